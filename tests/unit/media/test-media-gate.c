/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What must not pass: nothing before both the person agreed and the fingerprint matched; nothing of a stopped flow; nothing ever after a
 * mismatch. */
#include "tests/lib/tolerate.h"
#include <string.h>

#include "net/media/vav-media-private.h"
#include "net/media/vav-media-session-private.h"
#include "pair.h"

static guint
sent_rtp (Pair *pair, guint side)
{
  return vav_media_session_get_sent (pair->sides[side].session, VAV_PACKET_RTP);
}

static int
frames (Pair *pair, guint side)
{
  return g_atomic_int_get (&pair->sides[side].frames);
}

static int
sounds (Pair *pair, guint side)
{
  return g_atomic_int_get (&pair->sides[side].sounds);
}

static gboolean
first_side_connected (Pair *pair)
{
  return pair->sides[0].connected > 0;
}

/* Connected, but nobody agreed: no media packet leaves, nothing is shown, no source is open. Then it opens, and all flows. */
static void
test_nothing_before_open (void)
{
  g_autoptr (Pair) pair = pair_new ("test");

  pair_start (pair);
  g_assert_true (pair_wait (pair, pair_both_connected, 60));
  pair_run (1.0);
  for (guint i = 0; i < 2; i++)
    {
      g_assert_cmpuint (sent_rtp (pair, i), ==, 0);
      g_assert_cmpint (frames (pair, i), ==, 0);
      g_assert_cmpint (sounds (pair, i), ==, 0);
      g_assert_false (vav_media_is_open (pair->sides[i].media, VAV_MEDIA_VIDEO));
      g_assert_false (vav_media_is_open (pair->sides[i].media, VAV_MEDIA_AUDIO));
      g_assert_cmpuint (vav_media_session_get_sent (pair->sides[i].session, VAV_PACKET_DTLS), >, 0);
    }

  pair_open (pair, -1);
  g_assert_true (pair_wait (pair, pair_both_see_and_hear, 60));
  pair_close (pair);
  for (guint i = 0; i < 2; i++)
    g_assert_false (vav_media_is_open (pair->sides[i].media, VAV_MEDIA_VIDEO));
}

/* Somebody at the first side looks at what its camera gives, before anybody agreed: not one picture goes to the encoder. Then it opens, and the camera is
 * handed over without having been closed. */
static void
test_camera_for_oneself (void)
{
  g_autoptr (Pair) pair = pair_new ("test");
  Side *a = &pair->sides[0];
  VavMediaSendCounters counters;

  pair_start (pair);
  vav_media_hold (a->media, VAV_MEDIA_VIDEO);
  g_assert_true (pair_wait (pair, pair_both_connected, 60));
  pair_run (1.0);
  g_assert_true (vav_media_is_open (a->media, VAV_MEDIA_VIDEO));
  vav_media_send_read_counters (a->session->parts.send[VAV_MEDIA_VIDEO], &counters);
  g_assert_cmpuint (counters.frames, ==, 0);
  g_assert_cmpuint (counters.bytes, ==, 0);
  g_assert_cmpuint (sent_rtp (pair, 0), ==, 0);
  g_assert_cmpint (frames (pair, 1), ==, 0);

  pair_open (pair, -1);
  vav_media_release (a->media, VAV_MEDIA_VIDEO);
  g_assert_true (vav_media_is_open (a->media, VAV_MEDIA_VIDEO));
  g_assert_true (pair_wait (pair, pair_both_see_and_hear, 60));
  pair_close (pair);
  g_assert_false (vav_media_is_open (a->media, VAV_MEDIA_VIDEO));
}

static gboolean
second_sends (Pair *pair)
{
  return sent_rtp (pair, 1) > 60;
}

/* Only one side agreed: it sends, but the other neither sends nor shows; when it agrees too it sees a picture at once, without waiting for
 * a key
 * frame by chance. */
static void
test_open_on_one_side (void)
{
  g_autoptr (Pair) pair = pair_new ("test");
  gint64 opened;

  pair_start (pair);
  pair_open (pair, 1);
  g_assert_true (pair_wait (pair, second_sends, 60));
  pair_run (0.5);
  g_assert_cmpuint (sent_rtp (pair, 0), ==, 0);
  g_assert_cmpint (frames (pair, 0), ==, 0);
  g_assert_cmpint (sounds (pair, 0), ==, 0);
  g_assert_cmpint (frames (pair, 1), ==, 0);

  opened = g_get_monotonic_time ();
  pair_open (pair, 0);
  g_assert_true (pair_wait (pair, pair_both_see_and_hear, 60));
  g_test_message ("first frames %.0f and %.0f ms after the second side opened",
                  (double)(pair->sides[0].first_frame_at - opened) / 1000,
                  (double)(pair->sides[1].first_frame_at - opened) / 1000);
  pair_close (pair);
}

static gboolean
first_side_sees_more (Pair *pair)
{
  return frames (pair, 0) > 0;
}

/* Each flow stops and goes on by itself, on either side; a source is open only while something sends from it. */
static void
test_stop_and_play (void)
{
  g_autoptr (Pair) pair = pair_new ("test");
  Side *a = &pair->sides[0], *b = &pair->sides[1];
  int before;

  pair_start (pair);
  pair_open (pair, -1);
  g_assert_true (pair_wait (pair, pair_both_see_and_hear, 60));

  /* b sends no picture */
  vav_media_session_set_flows (b->session, VAV_FLOW_ALL & ~VAV_FLOW_VIDEO_OUT);
  g_assert_false (vav_media_is_open (b->media, VAV_MEDIA_VIDEO));
  g_assert_true (vav_media_is_open (b->media, VAV_MEDIA_AUDIO));
  pair_run (0.4);
  before = frames (pair, 0);
  pair_run (0.6);
  g_assert_cmpint (frames (pair, 0), ==, before);
  g_assert_cmpint (frames (pair, 1), >, 0);

  /* and goes on, with a key frame */
  g_atomic_int_set (&a->frames, 0);
  {
    gint64 played = g_get_monotonic_time ();

    vav_media_session_set_flows (b->session, VAV_FLOW_ALL);
    g_assert_true (pair_wait (pair, first_side_sees_more, 60));
    g_test_message ("picture back after %.0f ms", (double)(g_get_monotonic_time () - played) / 1000);
  }

  /* a does not want to see or hear */
  vav_media_session_set_flows (a->session, VAV_FLOW_OUT);
  pair_run (0.3);
  before = frames (pair, 0) + sounds (pair, 0);
  pair_run (0.5);
  g_assert_cmpint (frames (pair, 0) + sounds (pair, 0), ==, before);

  /* and does again */
  g_atomic_int_set (&a->frames, 0);
  vav_media_session_set_flows (a->session, VAV_FLOW_ALL);
  g_assert_true (pair_wait (pair, first_side_sees_more, 60));

  /* no sound from a */
  vav_media_session_set_flows (a->session, VAV_FLOW_ALL & ~VAV_FLOW_AUDIO_OUT);
  pair_run (0.4);
  g_assert_false (vav_media_is_open (a->media, VAV_MEDIA_AUDIO));
  g_assert_cmpuint (a->failures + b->failures, ==, 0);
  pair_close (pair);
}

/* One digit of each fingerprint is another. */
static char *
munge_fingerprint (guint from, const char *sdp)
{
  g_autoptr (GRegex) regex = g_regex_new ("(sha-256 )(.)", 0, 0, NULL);
  const char *digit = strstr (sdp, "sha-256 ") + strlen ("sha-256 ");

  return g_regex_replace (regex, sdp, -1, 0, *digit == 'A' ? "\\1B" : "\\1A", 0, NULL);
}

static char *
munge_second_fingerprint (guint from, const char *sdp)
{
  return from == 1 ? munge_fingerprint (from, sdp) : NULL;
}

static gboolean
first_side_failed (Pair *pair)
{
  return pair->sides[0].failures > 0;
}

static gboolean
both_failed (Pair *pair)
{
  return pair->sides[0].failures > 0 && pair->sides[1].failures > 0;
}

/* The certificates are not the announced ones: both sides fail with that error, and not one media packet left and nothing was shown,
 * though both had agreed. */
static void
test_wrong_fingerprints (void)
{
  g_autoptr (Pair) pair = pair_new ("test");

  pair->munge = munge_fingerprint;
  pair_start (pair);
  pair_open (pair, -1);
  g_assert_true (pair_wait (pair, both_failed, 60));
  pair_run (0.5);
  for (guint i = 0; i < 2; i++)
    {
      g_assert_error (pair->sides[i].error, VAV_ERROR, VAV_ERROR_FINGERPRINT);
      g_assert_cmpuint (pair->sides[i].failures, ==, 1);
      g_assert_cmpuint (pair->sides[i].connected, ==, 0);
      g_assert_cmpuint (sent_rtp (pair, i), ==, 0);
      g_assert_cmpint (frames (pair, i) + sounds (pair, i), ==, 0);
      g_assert_false (vav_media_is_open (pair->sides[i].media, VAV_MEDIA_VIDEO));
      g_assert_false (vav_media_session_is_connected (pair->sides[i].session));
    }
  pair_close (pair);
}

/* Only one side sees a wrong one: it sends nothing and shows nothing of what the other, which is content, sends. */
static void
test_one_wrong_fingerprint (void)
{
  g_autoptr (Pair) pair = pair_new ("test");

  pair->munge = munge_second_fingerprint;
  pair_start (pair);
  pair_open (pair, -1);
  g_assert_true (pair_wait (pair, first_side_failed, 60));
  g_assert_true (pair_wait (pair, second_sends, 60));
  g_assert_error (pair->sides[0].error, VAV_ERROR, VAV_ERROR_FINGERPRINT);
  g_assert_cmpuint (sent_rtp (pair, 0), ==, 0);
  g_assert_cmpint (frames (pair, 0) + sounds (pair, 0), ==, 0);
  g_assert_cmpint (frames (pair, 1) + sounds (pair, 1), ==, 0);
  g_assert_false (first_side_connected (pair));
  pair_close (pair);
}

/* What comes before anything was asked for, twice, or in the wrong role, ends in one failure, not in harm. */
static void
test_wrong_order (void)
{
  g_autoptr (Pair) pair = pair_new ("test");
  Side *a = &pair->sides[0], *b = &pair->sides[1];

  pair->deliver = FALSE;
  vav_media_session_add_candidate (a->session, 0, "candidate:1 1 UDP 2015363327 127.0.0.1 5000 typ host");
  pair_start (pair);
  vav_media_session_create_offer (a->session);
  while (a->descriptions == 0)
    g_main_context_iteration (NULL, TRUE);
  /* an offer to one that offers itself */
  vav_media_session_set_remote (a->session, a->description);
  g_assert_cmpuint (a->failures, ==, 1);
  g_assert_error (a->error, VAV_ERROR, VAV_ERROR_PROTOCOL);
  vav_media_session_set_remote (a->session, a->description);
  g_assert_cmpuint (a->failures, ==, 1);
  /* garbage */
  vav_media_session_set_remote (b->session, "v=0\r\nnonsense");
  g_assert_cmpuint (b->failures, ==, 1);
  g_assert_error (b->error, VAV_ERROR, VAV_ERROR_PROTOCOL);
  pair_close (pair);
}

static gboolean
never (Pair *pair)
{
  return FALSE;
}

/* Nonsense as candidates, and far too many, harm nothing. */
static void
test_candidate_nonsense (void)
{
  static const char *const nonsense[] = {
    "",
    "a=",
    "candidate:",
    "candidate:1 1 UDP 1 host.example.com 9 typ host",
    "candidate:1 1 UDP 1 x.local 9 typ host",
    "candidate:1 1 UDP 99999999999 127.0.0.1 9 typ host",
    "candidate:1 1 UDP 1 127.0.0.1 99999 typ host",
    "\xff\xfe",
    "candidate:1 1 UDP 1 224.0.0.1 9 typ host",
    "candidate:1 1 TCP 1 127.0.0.1 9 typ host tcptype active",
  };
  g_autoptr (Pair) pair = pair_new ("test");

  pair_start (pair);
  pair_open (pair, -1);
  for (guint i = 0; i < 500; i++)
    {
      vav_media_session_add_candidate (pair->sides[1].session, i, nonsense[i % G_N_ELEMENTS (nonsense)]);
      vav_media_session_add_candidate (pair->sides[0].session, 0, nonsense[i % G_N_ELEMENTS (nonsense)]);
    }
  g_assert_true (pair_wait (pair, pair_both_see_and_hear, 60));
  for (guint i = 0; i < 300; i++)
    {
      g_autofree char *candidate
          = g_strdup_printf ("candidate:%u 1 UDP %u 127.0.0.1 %u typ host", i, 1000 + i, 10000 + i);

      vav_media_session_add_candidate (pair->sides[0].session, 0, candidate);
    }
  g_assert_false (pair_wait (pair, never, 0.5));
  g_assert_false (pair_any_failed (pair));
  pair_close (pair);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/media-gate/nothing-before-open", test_nothing_before_open);
  g_test_add_func ("/media-gate/camera-for-oneself", test_camera_for_oneself);
  g_test_add_func ("/media-gate/open-on-one-side", test_open_on_one_side);
  g_test_add_func ("/media-gate/stop-and-play", test_stop_and_play);
  g_test_add_func ("/media-gate/wrong-fingerprints", test_wrong_fingerprints);
  g_test_add_func ("/media-gate/one-wrong-fingerprint", test_one_wrong_fingerprint);
  g_test_add_func ("/media-gate/wrong-order", test_wrong_order);
  g_test_add_func ("/media-gate/candidate-nonsense", test_candidate_nonsense);

  return tolerate_exit (g_test_run ());
}
