/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/call/vav-call-private.h"
#include "net/call/vav-stream-private.h"
#include "net/media/vav-media-session-private.h"
#include "tests/lib/tolerate.h"
#include "tests/loop/pair.h"

#define ADD(path, test) g_test_add (path, Pair, "test", pair_set_up, test, pair_tear_down)

static void
connect_pair (Pair *pair)
{
  pair->bob.manner = PARTY_ACCEPTS;
  party_call (&pair->anna, &pair->bob);
  wait_for_state (&pair->anna, VAV_STATE_ACTIVE);
  wait_for_state (&pair->bob, VAV_STATE_ACTIVE);
  wait_until (vav_stream_get_stats (pair->anna.stream) != NULL && vav_stream_get_stats (pair->bob.stream) != NULL);
}

/* A computer that has too much to do is a slow path to itself: then that is told, and holds the picture below what the limit would let it have. */
#define BUSY_US (10 * G_USEC_PER_SEC)
static gint64 waits_since;

#define wait_for_limits(condition)                                                                                     \
  G_STMT_START                                                                                                         \
  {                                                                                                                    \
    waits_since = g_get_monotonic_time ();                                                                             \
    wait_until (condition);                                                                                            \
  }                                                                                                                    \
  G_STMT_END

static gboolean
is_slow (Party *party)
{
  return vav_stream_get_stats (party->stream)->video_out.limit == VAV_LIMIT_PATH
         && g_get_monotonic_time () - waits_since > BUSY_US;
}

static VavMediaSend *
get_send (Party *party)
{
  return vav_stream_get_call (party->stream)->session->parts.send[VAV_MEDIA_VIDEO];
}

/* Whether a party's picture is held back by that, to at most so many kbit/s and lines. */
static gboolean
is_held_to (Party *party, VavLimit limit, double kbps, int lines)
{
  const VavStats *stats = vav_stream_get_stats (party->stream);

  return vav_media_send_get_limit (get_send (party)) == limit
         && vav_media_send_get_limits (get_send (party))->bitrate <= kbps * 1000
         && (stats->video_out.limit == limit || is_slow (party)) && stats->video_out.target_kbps <= kbps
         && stats->video_out.height <= lines;
}

/* Whether it is not held back any more; to @kbps it was. */
static gboolean
is_free (Party *party, double kbps)
{
  const VavStats *stats = vav_stream_get_stats (party->stream);

  if (vav_media_send_get_limit (get_send (party)) != VAV_LIMIT_QUALITY)
    return FALSE;
  if (is_slow (party))
    return stats->video_out.target_kbps > kbps || stats->sending.estimate_kbps < kbps;
  return stats->video_out.limit == VAV_LIMIT_QUALITY && stats->video_out.height == 720
         && stats->video_out.target_kbps >= 1000;
}

static void
count_notify (GObject *object, GParamSpec *pspec, guint *n)
{
  ++*n;
}

/* One side's limit holds in both directions, at once, without another negotiation; the tighter of two holds; without one all is as before. */
static void
test_both_ways (Pair *pair, gconstpointer media)
{
  Party *anna = &pair->anna, *bob = &pair->bob;
  guint n = 0;

  g_test_summary ("W19: a limit set by one side in a call holds for what it sends and for what the other side sends, "
                  "and goes again");
  connect_pair (pair);
  wait_for_limits (is_free (anna, 0) && is_free (bob, 0));
  g_signal_connect (anna->endpoint, "notify::rate-limit", G_CALLBACK (count_notify), &n);
  vav_endpoint_set_rate_limit (anna->endpoint, 300000);
  vav_endpoint_set_rate_limit (anna->endpoint, 300000);
  g_assert_cmpuint (n, ==, 1);
  wait_for_limits (is_held_to (anna, VAV_LIMIT_OWN, 250, 360) && is_held_to (bob, VAV_LIMIT_PEER, 250, 360));
  wait_until (vav_stream_get_stats (bob->stream)->video_out.kbps < 300
              && vav_stream_get_stats (anna->stream)->video_in.height <= 360);

  vav_endpoint_set_rate_limit (bob->endpoint, 600000);
  wait_for_limits (is_held_to (anna, VAV_LIMIT_OWN, 250, 360) && is_held_to (bob, VAV_LIMIT_PEER, 250, 360));
  vav_endpoint_set_rate_limit (anna->endpoint, 0);
  wait_for_limits (is_held_to (anna, VAV_LIMIT_PEER, 550, 480) && is_held_to (bob, VAV_LIMIT_OWN, 550, 480));
  g_assert_cmpuint (vav_media_send_get_limits (get_send (bob))->bitrate, >, 400000);
  g_assert_true (vav_stream_get_stats (bob->stream)->video_out.target_kbps > 400
                 || vav_stream_get_stats (bob->stream)->sending.estimate_kbps < 550);

  vav_endpoint_set_rate_limit (bob->endpoint, 0);
  wait_for_limits (is_free (anna, 550) && is_free (bob, 550));
  g_assert_cmpint (party_state (anna), ==, VAV_STATE_ACTIVE);
  g_signal_handlers_disconnect_by_data (anna->endpoint, &n);
}

/* Set without a call, it holds in the next one. The quality that a person chose stays a limit beside it. */
static void
test_before (Pair *pair, gconstpointer media)
{
  Party *anna = &pair->anna, *bob = &pair->bob;

  g_test_summary ("W19: a limit set before a call holds in it, beside the quality that was chosen");
  g_object_set (bob->endpoint, "rate-limit", 600000, NULL);
  vav_endpoint_set_picture_quality (anna->endpoint, VAV_PICTURE_QUALITY_LOW);
  connect_pair (pair);
  wait_for_limits (is_held_to (bob, VAV_LIMIT_OWN, 550, 480) && is_held_to (anna, VAV_LIMIT_QUALITY, 300, 360));
  vav_endpoint_set_picture_quality (anna->endpoint, VAV_PICTURE_QUALITY_AUTO);
  wait_for_limits (is_held_to (anna, VAV_LIMIT_PEER, 550, 480));
}

/* The offer told it, and what is told later counts, also that there is none any more. */
static void
test_lifted (Pair *pair, gconstpointer media)
{
  Party *anna = &pair->anna, *bob = &pair->bob;

  g_test_summary ("W19: a limit that was there when a call was begun and is gone when it is accepted holds for nobody");
  vav_endpoint_set_rate_limit (anna->endpoint, 300000);
  party_call (anna, bob);
  wait_until (bob->request != NULL);
  vav_endpoint_set_rate_limit (anna->endpoint, 0);
  vav_request_accept (bob->request, VAV_FLOW_ALL, NULL);
  wait_until (vav_stream_get_stats (anna->stream) != NULL && vav_stream_get_stats (bob->stream) != NULL);
  wait_for_limits (is_free (anna, 300) && is_free (bob, 300));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/loop/rate-limit/both-ways", test_both_ways);
  ADD ("/loop/rate-limit/before", test_before);
  ADD ("/loop/rate-limit/lifted", test_lifted);
  return tolerate_exit (g_test_run ());
}
