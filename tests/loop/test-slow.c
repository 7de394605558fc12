/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/call/vav-call-private.h"
#include "net/call/vav-stream-private.h"
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
}

/* From now on the test says what the rate control would: this computer's path is clean. */
static void
take_over (Party *party)
{
  VavCall *call = vav_stream_get_call (party->stream);

  g_signal_handlers_block_matched (call->session, G_SIGNAL_MATCH_ID | G_SIGNAL_MATCH_DATA,
                                   g_signal_lookup ("stats", VAV_TYPE_MEDIA_SESSION), 0, NULL, NULL, call);
}

static void
say (Party *party, VavSlow slow)
{
  vav_call_follow_slow (vav_stream_get_call (party->stream), slow);
}

static void
note (VavStream *stream, GParamSpec *pspec, GString *notes)
{
  const char *words[] = { "no ", "reduced ", "paused " };
  VavSlow slow = VAV_SLOW_NO;

  g_object_get (stream, pspec->name, &slow, NULL);
  if (!g_str_has_suffix (notes->str, words[slow]))
    g_string_append (notes, words[slow]);
}

/* Whether both know it; the rate control goes on to say it. */
static gboolean
both_know (Pair *pair, VavSlow slow)
{
  say (&pair->bob, slow);
  return vav_stream_get_slow (pair->bob.stream) == slow && vav_stream_get_peer_slow (pair->anna.stream) == slow;
}

/* Who sends knows what the path makes of the picture, and the other side is told, in steps that a person can follow. */
static void
test_told (Pair *pair, gconstpointer media)
{
  Party *anna = &pair->anna, *bob = &pair->bob;
  g_autoptr (GString) own = g_string_new ("no ");
  g_autoptr (GString) peer = g_string_new ("no ");

  g_test_summary (
      "A6: both sides know that a picture is reduced or pauses because of a slow path, and when that is over");
  connect_pair (pair);
  take_over (bob);
  g_signal_connect (bob->stream, "notify::slow", G_CALLBACK (note), own);
  g_signal_connect (anna->stream, "notify::peer-slow", G_CALLBACK (note), peer);
  wait_until (both_know (pair, VAV_SLOW_REDUCED));
  wait_until (both_know (pair, VAV_SLOW_PAUSED));
  wait_until (both_know (pair, VAV_SLOW_REDUCED));
  wait_until (both_know (pair, VAV_SLOW_NO));
  g_assert_cmpstr (own->str, ==, "no reduced paused reduced no ");
  g_assert_cmpstr (peer->str, ==, own->str);
  g_assert_cmpint (vav_stream_get_slow (anna->stream), ==, VAV_SLOW_NO);
  g_assert_cmpint (vav_stream_get_peer_slow (bob->stream), ==, VAV_SLOW_NO);
  g_signal_handlers_disconnect_by_data (bob->stream, own);
  g_signal_handlers_disconnect_by_data (anna->stream, peer);
}

/* A picture that is not sent is not reduced. What was said counts neither then nor after the call. */
static void
test_off (Pair *pair, gconstpointer media)
{
  Party *anna = &pair->anna, *bob = &pair->bob;

  g_test_summary ("A6: of a picture that is off nobody is told that the path is slow");
  connect_pair (pair);
  take_over (bob);
  vav_stream_stop (bob->stream, VAV_FLOW_VIDEO_OUT);
  wait_until (vav_stream_get_peer_flows (anna->stream) == VAV_FLOW_AUDIO_IN);
  say (bob, VAV_SLOW_PAUSED);
  g_assert_cmpint (vav_stream_get_slow (bob->stream), ==, VAV_SLOW_NO);
  vav_stream_play (bob->stream, VAV_FLOW_VIDEO_OUT);
  wait_until (both_know (pair, VAV_SLOW_PAUSED));
  vav_stream_stop (bob->stream, VAV_FLOW_VIDEO_OUT);
  wait_until (vav_stream_get_peer_flows (anna->stream) == VAV_FLOW_AUDIO_IN);
  g_assert_cmpint (vav_stream_get_peer_slow (anna->stream), ==, VAV_SLOW_NO);
  vav_stream_abort (bob->stream);
  wait_until (anna->n_ended == 1 && bob->n_ended == 1);
  g_assert_cmpint (vav_stream_get_slow (bob->stream), ==, VAV_SLOW_NO);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/loop/slow/told", test_told);
  ADD ("/loop/slow/off", test_off);
  return tolerate_exit (g_test_run ());
}
