/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Two sessions in one process call each other over loopback: real webrtcbin, real ICE, real codecs. */
#include "tests/lib/tolerate.h"
#include <gst/rtp/rtp.h>
#include <gst/video/video.h>
#include <math.h>
#include <stdlib.h>

#include "net/media/vav-media-session-private.h"
#include "net/media/vav-test-picture.h"
#include "pair.h"

#define LIMIT_S 60
#define SEEN 60 /* in a row: none is left out on the way */
#define MADE                                                                                                           \
  5 /* in a row: of 30 a second at least 25 are taken, where at half the rate every second one would be left out */

static int
compare_doubles (gconstpointer a, gconstpointer b)
{
  double x = *(const double *)a, y = *(const double *)b;

  return (x > y) - (x < y);
}

/* Power of one frequency in the last half second, as a share of all power (Goertzel). */
static double
share_of_frequency (Side *side, double frequency)
{
  double coefficient = 2 * cos (2 * G_PI * frequency / 48000);
  double s1 = 0, s2 = 0, total = 0;
  guint n = 24000;

  g_mutex_lock (&side->pair->lock);
  g_assert_cmpuint (side->samples->len, >=, n);
  for (guint i = side->samples->len - n; i < side->samples->len; i++)
    {
      double x = g_array_index (side->samples, gint16, i);
      double s = x + coefficient * s1 - s2;

      total += x * x;
      s2 = s1;
      s1 = s;
    }
  g_mutex_unlock (&side->pair->lock);

  return total > 0 ? (s1 * s1 + s2 * s2 - coefficient * s1 * s2) * 2 / (n * total) : 0;
}

static gboolean
both_heard_a_second (Pair *pair)
{
  gboolean enough;

  g_mutex_lock (&pair->lock);
  enough = pair->sides[0].samples->len >= 48000 && pair->sides[1].samples->len >= 48000;
  g_mutex_unlock (&pair->lock);

  return enough;
}

/* The numbers of the pictures that one side's encoder was given, in the order in which it was. */
typedef struct
{
  Pair *pair;
  GArray *numbers; /* guint16, under the lock of the pair */
} Given;

/* The encoder's thread */
static GstPadProbeReturn
on_given (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  g_autoptr (GstCaps) caps = gst_pad_get_current_caps (pad);
  Given *given = user_data;
  GstVideoInfo video;
  GstVideoFrame frame;
  guint16 number;
  guint32 tenths;

  if (caps == NULL || !gst_video_info_from_caps (&video, caps)
      || !gst_video_frame_map (&frame, &video, GST_PAD_PROBE_INFO_BUFFER (info), GST_MAP_READ))
    return GST_PAD_PROBE_OK;
  if (vav_test_picture_read (GST_VIDEO_FRAME_PLANE_DATA (&frame, 0), GST_VIDEO_FRAME_PLANE_STRIDE (&frame, 0),
                             GST_VIDEO_INFO_WIDTH (&video), GST_VIDEO_INFO_HEIGHT (&video), &number, &tenths))
    {
      g_mutex_lock (&given->pair->lock);
      g_array_append_val (given->numbers, number);
      g_mutex_unlock (&given->pair->lock);
    }
  gst_video_frame_unmap (&frame);

  return GST_PAD_PROBE_OK;
}

static void
given_watch (Given *self, Side *side)
{
  GstElement *encoder = vav_media_send_get_encoder (side->session->parts.send[VAV_MEDIA_VIDEO]);
  g_autoptr (GstPad) pad = gst_element_get_static_pad (encoder, "sink");

  self->pair = side->pair;
  self->numbers = g_array_new (FALSE, FALSE, sizeof (guint16));
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, on_given, self, NULL);
}

/* How many that were given one after the other were all seen, and how many that the source made one after the other were all given. */
static void
count_in_a_row (const Given *self, const Side *watcher, guint *seen, guint *made)
{
  guint n_seen = 0, n_made = 1;

  *seen = *made = 0;
  g_mutex_lock (&self->pair->lock);
  for (guint i = 0; i < self->numbers->len; i++)
    {
      guint16 number = g_array_index (self->numbers, guint16, i);

      n_seen = watcher->seen[number] ? n_seen + 1 : 0;
      n_made = i > 0 && number == g_array_index (self->numbers, guint16, i - 1) + 1 ? n_made + 1 : 1;
      *seen = MAX (*seen, n_seen);
      *made = MAX (*made, n_made);
    }
  g_mutex_unlock (&self->pair->lock);
}

static Given givens[2];

static gboolean
both_fluent (Pair *pair)
{
  for (guint i = 0; i < 2; i++)
    {
      guint seen, made;

      count_in_a_row (&givens[i], &pair->sides[1 - i], &seen, &made);
      if (seen < SEEN || made < MADE)
        return FALSE;
    }

  return TRUE;
}

/* Both sides see the other's pictures, each that is encoded, at the rate at which they are made, and hear the other's tone, not their own. How many that
 * are a second is up to the computer; the bench tells it. */
static void
test_see_and_hear (void)
{
  g_autoptr (Pair) pair = pair_new ("test");
  gint64 start = g_get_monotonic_time ();

  pair_start (pair);
  g_assert_true (pair_wait (pair, pair_both_connected, LIMIT_S));
  for (guint i = 0; i < 2; i++)
    given_watch (&givens[i], &pair->sides[i]);
  pair_open (pair, -1);
  g_assert_true (pair_wait (pair, pair_both_see_and_hear, LIMIT_S));
  for (guint i = 0; i < 2; i++)
    g_test_message ("side %u: connected %.0f ms, first frame %.0f ms after the offer was asked for", i,
                    (double)(pair->sides[i].connected_at - start) / 1000,
                    (double)(pair->sides[i].first_frame_at - start) / 1000);
  g_assert_true (pair_wait (pair, both_heard_a_second, LIMIT_S));

  g_assert_true (pair_wait (pair, both_fluent, LIMIT_S));
  for (guint i = 0; i < 2; i++)
    {
      Side *side = &pair->sides[i];
      GArray *latencies = side->latencies;
      double other = vav_test_tone_frequency (i == 0 ? "second" : "first");
      double own = vav_test_tone_frequency (i == 0 ? "first" : "second");

      g_test_message ("side %u: share of the other's tone %.3f", i, share_of_frequency (side, other));
      g_mutex_lock (&pair->lock);
      qsort (latencies->data, latencies->len, sizeof (double), compare_doubles);
      g_test_message ("side %u: latency median %.1f ms, p95 %.1f ms over %u", i,
                      g_array_index (latencies, double, latencies->len / 2),
                      g_array_index (latencies, double, latencies->len * 95 / 100), latencies->len);
      g_mutex_unlock (&pair->lock);
      g_test_message ("side %u: rtt %.2f ms, loss %.3f, concealed %" G_GUINT64_FORMAT, i, side->last_stats.rtt_ms,
                      side->last_stats.loss, side->last_stats.audio_in.concealed);
      g_test_message ("side %u: stats %u, cpu %.2f rss %.0f latency %.1f in %.0f kbps out %.0f kbps level %.1f", i,
                      side->stats, side->last_stats.cpu, side->last_stats.rss_mb, side->last_stats.video_in.latency_ms,
                      side->last_stats.video_in.kbps, side->last_stats.video_out.kbps,
                      side->last_stats.audio_in.level_db);
      g_assert_cmpfloat (share_of_frequency (side, other), >, 0.8);
      g_assert_cmpfloat (share_of_frequency (side, own), <, 0.1);
      g_assert_cmpuint (side->paths, >, 0);
      g_assert_cmpuint (side->stats, >, 0);
      g_assert_cmpuint (side->failures, ==, 0);
    }
  pair_close (pair);
  for (guint i = 0; i < 2; i++)
    g_clear_pointer (&givens[i].numbers, g_array_unref);
}

/* A second call has nothing left to load: how quick it is, is told, not judged. */
static void
test_warm (void)
{
  for (guint n = 0; n < 5; n++)
    {
      g_autoptr (Pair) pair = pair_new ("test");
      gint64 start = g_get_monotonic_time ();

      pair_start (pair);
      pair_open (pair, -1);
      g_assert_true (pair_wait (pair, pair_both_see_and_hear, LIMIT_S));
      g_test_message ("connected after %.0f and %.0f ms, first frames after %.0f and %.0f ms",
                      (double)(pair->sides[0].connected_at - start) / 1000,
                      (double)(pair->sides[1].connected_at - start) / 1000,
                      (double)(pair->sides[0].first_frame_at - start) / 1000,
                      (double)(pair->sides[1].first_frame_at - start) / 1000);
      pair_close (pair);
    }
}

/* Codecs and scalers in one thread each: a second waits for the first by spinning, and takes the processor from it where there are few. */
static void
test_one_thread (void)
{
  static const char *const factories[][2]
      = { { "vp8dec", "threads" }, { "vp8enc", "threads" }, { "videoscale", "n-threads" } };
  g_autoptr (Pair) pair = pair_new ("test");

  g_test_summary ("picture is encoded, scaled and decoded in one thread each");
  pair_start (pair);
  pair_open (pair, -1);
  g_assert_true (pair_wait (pair, pair_both_see_and_hear, LIMIT_S));
  for (guint i = 0; i < G_N_ELEMENTS (factories); i++)
    {
      GstElement *pipeline = pair->sides[0].session->parts.pipeline;
      g_autoptr (GstIterator) all = gst_bin_iterate_all_by_element_factory_name (GST_BIN (pipeline), factories[i][0]);
      g_auto (GValue) element = G_VALUE_INIT, threads = G_VALUE_INIT;
      int n = 0;

      while (gst_iterator_next (all, &element) == GST_ITERATOR_OK)
        {
          g_value_init (&threads, G_TYPE_INT);
          g_object_get_property (g_value_get_object (&element), factories[i][1], &threads);
          g_assert_cmpint (g_value_get_int (&threads), ==, 1);
          g_value_unset (&threads);
          g_value_unset (&element);
          n++;
        }
      g_assert_cmpint (n, ==, 1);
    }
  pair_close (pair);
}

static VavTimeline *timelines[2];

static gboolean
both_ready (Pair *pair)
{
  return pair_both_connected (pair) && vav_timeline_has (timelines[0], VAV_STEP_ENCODER_READY)
         && vav_timeline_has (timelines[1], VAV_STEP_ENCODER_READY);
}

/* While nobody has said yes the encoders of both sides are made ready, and nothing is captured for that and nothing leaves. */
static void
test_ready (void)
{
  static const VavStep later[] = { VAV_STEP_SOURCE_HELD, VAV_STEP_CAPTURED, VAV_STEP_ENCODED, VAV_STEP_MEDIA_SENT };
  g_autoptr (Pair) pair = pair_new ("test");

  vav_timeline_enable ();
  for (guint i = 0; i < 2; i++)
    {
      timelines[i] = vav_timeline_new ();
      vav_media_session_set_timeline (pair->sides[i].session, timelines[i]);
    }
  pair_start (pair);
  g_assert_true (pair_wait (pair, both_ready, LIMIT_S));
  for (guint i = 0; i < 2; i++)
    for (guint j = 0; j < G_N_ELEMENTS (later); j++)
      g_assert_false (vav_timeline_has (timelines[i], later[j]));

  pair_open (pair, -1);
  g_assert_true (pair_wait (pair, pair_both_see_and_hear, LIMIT_S));
  pair_close (pair);
  for (guint i = 0; i < 2; i++)
    g_clear_pointer (&timelines[i], vav_timeline_unref);
}

/* What each side's pictures may take, before there was one. */
static guint
get_bitrate (Pair *pair, guint side)
{
  return vav_media_send_get_bitrate (pair->sides[side].session->parts.send[VAV_MEDIA_VIDEO]);
}

static gboolean
first_is_free (Pair *pair)
{
  return get_bitrate (pair, 0) > 240000;
}

static gboolean
second_is_free (Pair *pair)
{
  return get_bitrate (pair, 1) > 240000;
}

static void
test_limit (void)
{
  g_test_summary (
      "W19: a limit of either side holds for the first picture of both, and until the peer says something else");
  for (guint limited = 0; limited < 2; limited++)
    {
      g_autoptr (Pair) pair = pair_new ("test");

      vav_media_set_rate_limit (pair->sides[limited].media, 300000);
      pair_start (pair);
      g_assert_true (pair_wait (pair, pair_both_connected, LIMIT_S));
      g_assert_cmpuint (get_bitrate (pair, limited), <=, 240000);
      g_assert_cmpuint (get_bitrate (pair, 1 - limited), <=, 240000);
      g_assert_cmpuint (get_bitrate (pair, 1 - limited), >=, 200000);
      pair_open (pair, -1);
      g_assert_true (pair_wait (pair, pair_both_see_and_hear, LIMIT_S));
      vav_media_session_set_peer_limit (pair->sides[1 - limited].session, 0);
      g_assert_true (pair_wait (pair, limited == 0 ? second_is_free : first_is_free, 60));
      g_assert_cmpuint (get_bitrate (pair, limited), <=, 240000);
      pair_close (pair);
    }
}

#define START_KBPS 300

static double
get_estimate (Pair *pair)
{
  VavStats stats = { 0 };

  vav_rate_control_read (pair->sides[0].session->parts.rate, &stats);
  return stats.sending.estimate_kbps;
}

static gboolean
has_learnt (Pair *pair)
{
  return fabs (get_estimate (pair) - START_KBPS) > 20;
}

static void
test_path (void)
{
  /* what is told of a path, and whether it is another line than the one before */
  static const struct
  {
    const char *local, *remote;
    gboolean other;
  } rows[] = {
    { "192.0.2.1:1000", "192.0.2.2:2000", TRUE },          { "192.0.2.1:1001", "192.0.2.2:2000", FALSE },
    { "192.0.2.1:1000", "192.0.2.2:2002", FALSE },         { "192.0.2.1:1000", "192.0.2.3:2000", TRUE },
    { "192.0.2.4:1000", "192.0.2.3:2000", TRUE },          { "[2001:db8::1]:1000", "[2001:db8::2]:2000", TRUE },
    { "[2001:db8::1]:1001", "[2001:db8::2]:2001", FALSE }, { "[2001:db8::1]:1001", "[2001:db8::3]:2001", TRUE },
  };
  g_autoptr (Pair) pair = pair_new ("test");
  VavMediaSession *session = pair->sides[0].session;

  g_test_summary ("A3: what is known of a line is kept when its path is made again, and forgotten with another line");
  pair_start (pair);
  pair_open (pair, -1);
  g_assert_true (pair_wait (pair, pair_both_see_and_hear, LIMIT_S));
  session->restarted = TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      VavMediaPath path = { (char *)rows[i].local, (char *)rows[i].remote, FALSE };

      g_assert_true (pair_wait (pair, has_learnt, LIMIT_S));
      g_test_message ("%s %s after %.0f kbit/s", rows[i].local, rows[i].remote, get_estimate (pair));
      vav_media_session_events.path (session, &path);
      g_assert_cmpint (!has_learnt (pair), ==, rows[i].other);
    }
  pair_close (pair);
}

/* Of each packet the length, by its stream and number, as it left the pacer. */
typedef struct
{
  GMutex lock;
  GHashTable *lengths; /* under lock: of gint64 to GSIZE_TO_POINTER */
  int seen;            /* atomic: on the wire */
  int wrong;           /* atomic: those whose length is another one than the pacer thinks */
  int other_header;    /* atomic: those whose header is */
} Wire;

#define WIRE_UDP 28
#define WIRE_HEADER 12

static gint64
read_key (const guint8 *header)
{
  return (gint64)GST_READ_UINT32_BE (header + 8) << 16 | GST_READ_UINT16_BE (header + 2);
}

/* The pacer's thread */
static GstPadProbeReturn
on_paced (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  Wire *wire = user_data;
  GstBuffer *buffer = GST_PAD_PROBE_INFO_BUFFER (info);
  GstRTPBuffer rtp = GST_RTP_BUFFER_INIT;
  gint64 key;

  g_assert_true (gst_rtp_buffer_map (buffer, GST_MAP_READ, &rtp));
  key = (gint64)gst_rtp_buffer_get_ssrc (&rtp) << 16 | gst_rtp_buffer_get_seq (&rtp);
  if (gst_rtp_buffer_get_header_len (&rtp) != VAV_PACKET_OVERHEAD - VAV_PACER_OVERHEAD)
    g_atomic_int_inc (&wire->other_header);
  gst_rtp_buffer_unmap (&rtp);
  g_mutex_lock (&wire->lock);
  g_hash_table_insert (wire->lengths, g_memdup2 (&key, sizeof key), GSIZE_TO_POINTER (gst_buffer_get_size (buffer)));
  g_mutex_unlock (&wire->lock);

  return GST_PAD_PROBE_OK;
}

/* The sending threads, after SRTP */
static GstPadProbeReturn
on_wire (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  Wire *wire = user_data;
  GstBuffer *buffer = GST_PAD_PROBE_INFO_BUFFER (info);
  guint8 header[WIRE_HEADER];
  gsize length;
  gint64 key;

  if (gst_buffer_extract (buffer, 0, header, sizeof header) < sizeof header || header[0] >> 6 != 2)
    return GST_PAD_PROBE_OK;

  key = read_key (header);
  g_mutex_lock (&wire->lock);
  length = GPOINTER_TO_SIZE (g_hash_table_lookup (wire->lengths, &key));
  g_mutex_unlock (&wire->lock);
  if (length == 0)
    return GST_PAD_PROBE_OK;
  if (gst_buffer_get_size (buffer) + WIRE_UDP != length + VAV_PACER_OVERHEAD)
    g_atomic_int_inc (&wire->wrong);
  g_atomic_int_inc (&wire->seen);

  return GST_PAD_PROBE_OK;
}

static Wire wire;

static gboolean
saw_enough (Pair *pair)
{
  return g_atomic_int_get (&wire.seen) >= 300;
}

static void
test_wire (void)
{
  g_autoptr (Pair) pair = pair_new ("test");
  g_autoptr (GstIterator) elements = NULL;
  g_autoptr (GstPad) paced = NULL, leaving = NULL;
  VavMediaParts *parts = &pair->sides[0].session->parts;
  GValue value = G_VALUE_INIT;

  g_test_summary ("What the pacer counts is what is on the wire");
  pair_start (pair);
  pair_open (pair, -1);
  g_assert_true (pair_wait (pair, pair_both_see_and_hear, LIMIT_S));
  g_mutex_init (&wire.lock);
  wire.lengths = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  elements = gst_bin_iterate_all_by_element_factory_name (GST_BIN (parts->pipeline), "dtlssrtpenc");
  g_assert_cmpint (gst_iterator_next (elements, &value), ==, GST_ITERATOR_OK);
  leaving = gst_element_get_static_pad (g_value_get_object (&value), "src");
  g_value_unset (&value);
  paced = gst_element_get_static_pad (GST_ELEMENT (vav_rate_control_get_pacer (parts->rate)), "src");
  gst_pad_add_probe (paced, GST_PAD_PROBE_TYPE_BUFFER, on_paced, &wire, NULL);
  gst_pad_add_probe (leaving, GST_PAD_PROBE_TYPE_BUFFER, on_wire, &wire, NULL);
  g_assert_true (pair_wait (pair, saw_enough, LIMIT_S));
  g_assert_cmpint (g_atomic_int_get (&wire.wrong), ==, 0);
  g_assert_cmpint (g_atomic_int_get (&wire.other_header), ==, 0);
  pair_close (pair);
  g_hash_table_unref (wire.lengths);
  g_mutex_clear (&wire.lock);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/media-session/see-and-hear", test_see_and_hear);
  g_test_add_func ("/media-session/warm", test_warm);
  g_test_add_func ("/media-session/one-thread", test_one_thread);
  g_test_add_func ("/media-session/ready", test_ready);
  g_test_add_func ("/media-session/limit", test_limit);
  g_test_add_func ("/media-session/path", test_path);
  g_test_add_func ("/media-session/wire", test_wire);

  return tolerate_exit (g_test_run ());
}
