/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/call/vav-call-private.h"
#include "net/call/vav-stream-private.h"
#include "net/media/vav-media-session-private.h"
#include "tests/lib/tolerate.h"
#include "tests/loop/pair.h"

#define ADD(path, test) g_test_add (path, Pair, "test", pair_set_up, test, pair_tear_down)

/* Three times what is promised. */
#define STOP_LIMIT_MS 3000
#define PLAY_LIMIT_MS 900
#define BUSY_MS 10000
#define TRIES 20 /* a busy computer may be late, but not each time */

static const VavFlows all_flows[] = { VAV_FLOW_AUDIO_IN, VAV_FLOW_AUDIO_OUT, VAV_FLOW_VIDEO_IN, VAV_FLOW_VIDEO_OUT };

/* kbit/s that a party sends of a kind, as its own statistics say; −1: none yet */
static double
sent (Party *party, gboolean video)
{
  const VavStats *stats = vav_stream_get_stats (party->stream);

  if (stats == NULL)
    return -1;
  return video ? stats->video_out.kbps : stats->audio_out.kbps;
}

static gboolean
both_send (Pair *pair)
{
  return sent (&pair->anna, TRUE) > 5 && sent (&pair->anna, FALSE) > 5 && sent (&pair->bob, TRUE) > 5
         && sent (&pair->bob, FALSE) > 5;
}

static void
connect_pair (Pair *pair)
{
  pair->bob.manner = PARTY_ACCEPTS;
  party_call (&pair->anna, &pair->bob);
  wait_for_state (&pair->anna, VAV_STATE_ACTIVE);
  wait_for_state (&pair->bob, VAV_STATE_ACTIVE);
  wait_until (g_atomic_int_get (&pair->anna.n_frames) > 5 && g_atomic_int_get (&pair->bob.n_frames) > 5);
  wait_until (g_atomic_int_get (&pair->anna.n_sounds) > 5 && g_atomic_int_get (&pair->bob.n_sounds) > 5);
  /* figures of the time before would say that all is silent */
  wait_until (both_send (pair));
}

static gint64
milliseconds_since (gint64 begin)
{
  return (g_get_monotonic_time () - begin) / 1000;
}

/* Which of the two sends what @actor calls a flow, and what it is. */
static Party *
sender_of (Pair *pair, Party *actor, VavFlows flow)
{
  Party *other = actor == &pair->anna ? &pair->bob : &pair->anna;

  return (flow & VAV_FLOW_OUT) != 0 ? actor : other;
}

static int *
arrivals (Pair *pair, Party *sender, VavFlows flow)
{
  Party *receiver = sender == &pair->anna ? &pair->bob : &pair->anna;

  return (int *)((flow & (VAV_FLOW_VIDEO_IN | VAV_FLOW_VIDEO_OUT)) != 0 ? &receiver->n_frames : &receiver->n_sounds);
}

static gboolean
is_silent (Pair *pair, Party *actor, VavFlows flows)
{
  for (guint i = 0; i < G_N_ELEMENTS (all_flows); i++)
    {
      gboolean video = (all_flows[i] & (VAV_FLOW_VIDEO_IN | VAV_FLOW_VIDEO_OUT)) != 0;

      if ((flows & all_flows[i]) != 0 && sent (sender_of (pair, actor, all_flows[i]), video) > 0.5)
        return FALSE;
    }

  return TRUE;
}

/* Waits until the next of each of the flows is there. */
static void
wait_for_arrivals (Pair *pair, Party *actor, VavFlows flows)
{
  int before[G_N_ELEMENTS (all_flows)];

  for (guint i = 0; i < G_N_ELEMENTS (all_flows); i++)
    before[i] = g_atomic_int_get (arrivals (pair, sender_of (pair, actor, all_flows[i]), all_flows[i]));
  for (guint i = 0; i < G_N_ELEMENTS (all_flows); i++)
    if ((flows & all_flows[i]) != 0)
      wait_until (g_atomic_int_get (arrivals (pair, sender_of (pair, actor, all_flows[i]), all_flows[i])) > before[i]);
}

/* One party stops flows, nothing of them leaves their senders any more and the others go on; it plays them again. Returns: whether that was in time */
static gboolean
stop_and_play_once (Pair *pair, Party *actor, VavFlows flows)
{
  VavFlows others = VAV_FLOW_ALL & ~(guint)flows;
  gint64 begin = g_get_monotonic_time (), stopped, back;

  vav_stream_stop (actor->stream, flows);
  wait_until (is_silent (pair, actor, flows));
  stopped = milliseconds_since (begin);
  wait_for_arrivals (pair, actor, others);
  g_assert_cmpuint (vav_stream_get_flows (actor->stream), ==, others);

  begin = g_get_monotonic_time ();
  vav_stream_play (actor->stream, flows);
  wait_for_arrivals (pair, actor, flows);
  back = milliseconds_since (begin);
  g_test_message ("flows 0x%x stop after %d ms and are back after %d", (guint)flows, (int)stopped, (int)back);
  wait_until (sent (sender_of (pair, actor, flows), (flows & (VAV_FLOW_VIDEO_IN | VAV_FLOW_VIDEO_OUT)) != 0) > 5);

  return stopped < STOP_LIMIT_MS && back < PLAY_LIMIT_MS;
}

static void
stop_and_play (Pair *pair, Party *actor, VavFlows flows)
{
  gboolean in_time = FALSE;

  for (guint try = 0; try < TRIES && !in_time; try++)
    in_time = stop_and_play_once (pair, actor, flows);
  g_assert_true (in_time);
}

static void
test_each (Pair *pair, gconstpointer media)
{
  Party *actors[] = { &pair->anna, &pair->bob };

  g_test_summary (
      "W14, W15: each of the four flows, stopped by either side, stops at its sender and is back at once when played");
  connect_pair (pair);
  for (guint a = 0; a < G_N_ELEMENTS (actors); a++)
    for (guint i = 0; i < G_N_ELEMENTS (all_flows); i++)
      stop_and_play (pair, actors[a], all_flows[i]);
  g_assert_cmpint (party_state (&pair->anna), ==, VAV_STATE_ACTIVE);
}

static void
test_sets (Pair *pair, gconstpointer media)
{
  g_test_summary ("W14, W15: sets of flows stop and play together, while the stream stays connected");
  connect_pair (pair);
  stop_and_play (pair, &pair->anna, VAV_FLOW_VIDEO_IN | VAV_FLOW_VIDEO_OUT);
  stop_and_play (pair, &pair->bob, VAV_FLOW_AUDIO_IN | VAV_FLOW_VIDEO_OUT);
  stop_and_play (pair, &pair->anna, VAV_FLOW_ALL);
  g_assert_cmpint (party_state (&pair->bob), ==, VAV_STATE_ACTIVE);
}

/* What the other side stops is not what this side wants; what this side stopped stays so when the other plays. */
static void
test_wishes (Pair *pair, gconstpointer media)
{
  Party *anna = &pair->anna, *bob = &pair->bob;

  g_test_summary ("W14: flows says what this side wants, whatever the peer stops; peer-flows what the peer sends");
  connect_pair (pair);
  vav_stream_stop (anna->stream, VAV_FLOW_VIDEO_IN);
  wait_until (vav_stream_get_peer_flows (anna->stream) == VAV_FLOW_IN);
  wait_until (is_silent (pair, anna, VAV_FLOW_VIDEO_IN));
  g_assert_cmpuint (vav_stream_get_flows (bob->stream), ==, VAV_FLOW_ALL);

  vav_stream_stop (bob->stream, VAV_FLOW_VIDEO_OUT);
  wait_until (vav_stream_get_peer_flows (anna->stream) == VAV_FLOW_AUDIO_IN);
  vav_stream_play (anna->stream, VAV_FLOW_VIDEO_IN);
  wait_for_arrivals (pair, anna, VAV_FLOW_AUDIO_IN);
  g_assert_true (is_silent (pair, anna, VAV_FLOW_VIDEO_IN));
  vav_stream_play (bob->stream, VAV_FLOW_VIDEO_OUT);
  wait_for_arrivals (pair, anna, VAV_FLOW_VIDEO_IN);
}

/* What is stopped before the call never begins. */
static void
test_before (Pair *pair, gconstpointer media)
{
  Party *anna = &pair->anna, *bob = &pair->bob;

  g_test_summary ("W14: what was stopped before the call is not sent in it, until it is played");
  vav_stream_stop (anna->stream, VAV_FLOW_VIDEO_IN);
  bob->manner = PARTY_ACCEPTS;
  party_call (anna, bob);
  wait_until (g_atomic_int_get (&anna->n_sounds) > 5 && g_atomic_int_get (&bob->n_frames) > 5);
  wait_until (sent (bob, TRUE) >= 0 && is_silent (pair, anna, VAV_FLOW_VIDEO_IN));
  g_assert_cmpint (g_atomic_int_get (&anna->n_frames), ==, 0);
  vav_stream_play (anna->stream, VAV_FLOW_VIDEO_IN);
  wait_until (g_atomic_int_get (&anna->n_frames) > 5);
}

static void
hold_and_resume (Pair *pair, Party *holder, Party *other)
{
  g_object_set (holder->stream, "held", TRUE, NULL);
  wait_until (vav_stream_get_peer_held (other->stream));
  wait_until (is_silent (pair, holder, VAV_FLOW_ALL));
  g_assert_true (vav_stream_get_held (holder->stream));
  g_assert_false (vav_stream_get_held (other->stream));
  g_assert_cmpuint (vav_stream_get_peer_flows (other->stream), ==, VAV_FLOW_NONE);
  g_assert_cmpuint (vav_stream_get_flows (holder->stream), ==, VAV_FLOW_ALL);

  /* changed while held: shows afterwards */
  vav_stream_stop (holder->stream, VAV_FLOW_VIDEO_OUT);
  vav_stream_set_held (holder->stream, FALSE);
  wait_until (!vav_stream_get_peer_held (other->stream));
  wait_for_arrivals (pair, holder, VAV_FLOW_AUDIO_IN | VAV_FLOW_AUDIO_OUT | VAV_FLOW_VIDEO_IN);
  g_assert_cmpuint (vav_stream_get_peer_flows (other->stream), ==, VAV_FLOW_AUDIO_IN);
  vav_stream_play (holder->stream, VAV_FLOW_VIDEO_OUT);
  wait_for_arrivals (pair, holder, VAV_FLOW_VIDEO_OUT);
}

static void
test_hold (Pair *pair, gconstpointer media)
{
  Party *anna = &pair->anna, *bob = &pair->bob;

  g_test_summary ("W14, W15: a call on hold sends and takes nothing, the peer knows, and all runs again as it did or "
                  "was changed to");
  vav_stream_set_held (anna->stream, TRUE);
  g_assert_false (vav_stream_get_held (anna->stream)); /* there is nothing to hold */
  connect_pair (pair);
  hold_and_resume (pair, anna, bob);
  hold_and_resume (pair, bob, anna);

  /* both, and one after the other back */
  vav_stream_set_held (anna->stream, TRUE);
  vav_stream_set_held (bob->stream, TRUE);
  wait_until (vav_stream_get_peer_held (anna->stream) && vav_stream_get_peer_held (bob->stream));
  vav_stream_set_held (anna->stream, FALSE);
  wait_until (!vav_stream_get_peer_held (bob->stream));
  wait_until (is_silent (pair, anna, VAV_FLOW_ALL));
  vav_stream_set_held (bob->stream, FALSE);
  wait_for_arrivals (pair, anna, VAV_FLOW_ALL);

  /* a new call is not held */
  vav_stream_set_held (anna->stream, TRUE);
  vav_stream_hang_up (anna->stream, NULL);
  wait_until (anna->n_ended == 1 && bob->n_ended == 1);
  g_assert_true (bob->graceful);
  party_call (anna, bob);
  wait_for_state (anna, VAV_STATE_ACTIVE);
  wait_for_arrivals (pair, anna, VAV_FLOW_ALL);
}

static void
count_notify (GObject *object, GParamSpec *pspec, guint *n)
{
  ++*n;
}

/* Whether Bob sees Anna's picture in so many lines; in fewer, after a while, where the computer is so busy that it passes for a slow path. */
static gboolean
is_sent (Pair *pair, int lines, gint64 since)
{
  VavMediaSend *send = vav_stream_get_call (pair->anna.stream)->session->parts.send[VAV_MEDIA_VIDEO];
  const VavStats *sent = vav_stream_get_stats (pair->anna.stream), *got = vav_stream_get_stats (pair->bob.stream);

  if (sent == NULL || got == NULL || vav_media_send_get_limits (send)->picture.height != lines)
    return FALSE;
  return got->video_in.height == lines
         || (got->video_in.height < lines && sent->video_out.limit == VAV_LIMIT_PATH
             && milliseconds_since (since) > BUSY_MS);
}

static void
wait_for_quality (Pair *pair, VavPictureQuality quality, int lines)
{
  gint64 since = g_get_monotonic_time ();

  vav_endpoint_set_picture_quality (pair->anna.endpoint, quality);
  wait_until (is_sent (pair, lines, since));
}

/* Limits of the picture in the middle of a call: smaller, slower, and as before. A busy computer loses a packet now and
 * then; a change would lose dozens. */
static void
test_picture_quality (Pair *pair, gconstpointer media)
{
  Party *anna = &pair->anna, *bob = &pair->bob;
  guint n = 0;

  g_test_summary ("W19: the picture's quality changes in a call, without renegotiation or loss");
  connect_pair (pair);
  g_signal_connect (anna->endpoint, "notify::picture-quality", G_CALLBACK (count_notify), &n);
  vav_endpoint_set_picture_quality (anna->endpoint, VAV_PICTURE_QUALITY_LOW);
  wait_for_quality (pair, VAV_PICTURE_QUALITY_LOW, 360);
  g_assert_cmpuint (n, ==, 1);
  wait_until (vav_stream_get_stats (anna->stream)->video_out.height <= 360
              && vav_stream_get_stats (anna->stream)->video_out.target_kbps <= 300);
  wait_until (vav_stream_get_stats (anna->stream)->video_out.fps < 18);
  wait_for_quality (pair, VAV_PICTURE_QUALITY_MEDIUM, 480);
  wait_for_quality (pair, VAV_PICTURE_QUALITY_AUTO, 720);
  g_assert_cmpfloat (vav_stream_get_stats (bob->stream)->loss, <, 0.05);
  g_assert_cmpint (party_state (anna), ==, VAV_STATE_ACTIVE);
}

/* Settings are there before and without a call, notified when they change and only then. */
static void
test_settings (Pair *pair, gconstpointer media)
{
  VavEndpoint *endpoint = pair->anna.endpoint;
  g_autofree char *camera = NULL;
  double volume = 0;
  gboolean muted = FALSE, processing = FALSE;
  guint n = 0;

  g_test_summary ("W19: devices, volume and muting are settings of the endpoint");
  g_signal_connect (endpoint, "notify", G_CALLBACK (count_notify), &n);
  g_object_set (endpoint, "camera", "No Such Camera", "volume", 1.5, "muted", TRUE, "voice-processing", FALSE, NULL);
  g_assert_cmpuint (n, ==, 4);
  g_object_set (endpoint, "camera", "No Such Camera", "volume", 1.5, "muted", TRUE, "voice-processing", FALSE, NULL);
  g_assert_cmpuint (n, ==, 4);
  g_object_get (endpoint, "camera", &camera, "volume", &volume, "muted", &muted, "voice-processing", &processing, NULL);
  g_assert_cmpstr (camera, ==, "No Such Camera");
  g_assert_cmpfloat (volume, ==, 1.5);
  g_assert_true (muted);
  g_assert_false (processing);
  vav_endpoint_set_device (endpoint, VAV_DEVICE_CAMERA, NULL);
  g_assert_null (vav_endpoint_get_device (endpoint, VAV_DEVICE_CAMERA));
}

static void
count_failure (VavEndpoint *endpoint, GError *error, guint *n)
{
  g_assert_error (error, VAV_ERROR, VAV_ERROR_DEVICE);
  (*n)++;
}

/* A source that gives nothing: that is told, once for the picture and once for the sound, and the call is up. */
static void
test_device_failed (Pair *pair, gconstpointer media)
{
  guint n = 0;

  g_test_summary ("W18: what cannot give picture or sound is no obstacle, and the person is told");
  g_signal_connect (pair->anna.endpoint, "device-failed", G_CALLBACK (count_failure), &n);
  pair->bob.manner = PARTY_ACCEPTS;
  party_call (&pair->anna, &pair->bob);
  wait_for_state (&pair->anna, VAV_STATE_ACTIVE);
  wait_until (n == 2);
  g_signal_handlers_disconnect_by_data (pair->anna.endpoint, &n);
}

static void
test_broken (Pair *pair, gconstpointer unused)
{
  VavMediaParts *parts;

  g_test_summary (
      "W17: what breaks down in one's own media during a call ends it, and why is told; to the other side it "
      "is no goodbye");
  connect_pair (pair);
  parts = &vav_stream_get_call (pair->anna.stream)->session->parts;
  GST_ELEMENT_ERROR (vav_media_send_get_encoder (parts->send[VAV_MEDIA_VIDEO]), LIBRARY, ENCODE, (NULL),
                     ("an error of the test's"));
  wait_until (pair->anna.n_ended == 1 && pair->bob.n_ended == 1);
  g_assert_cmpint (pair->anna.reason, ==, VAV_REASON_MEDIA);
  g_assert_error (vav_stream_get_last_error (pair->anna.stream), VAV_ERROR, VAV_ERROR_BROKEN);
  g_assert_cmpint (pair->bob.reason, ==, VAV_REASON_RESET);
  g_assert_false (pair->anna.graceful || pair->bob.graceful);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/loop/flows/each", test_each);
  ADD ("/loop/flows/sets", test_sets);
  ADD ("/loop/flows/wishes", test_wishes);
  ADD ("/loop/flows/before", test_before);
  ADD ("/loop/flows/hold", test_hold);
  ADD ("/loop/flows/picture-quality", test_picture_quality);
  ADD ("/loop/flows/settings", test_settings);
  ADD ("/loop/flows/broken", test_broken);
  /* a file without picture and sound */
  g_test_add ("/loop/flows/device-failed", Pair, "/proc/self/exe", pair_set_up, test_device_failed, pair_tear_down);
  return tolerate_exit (g_test_run ());
}
