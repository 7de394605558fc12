/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/lib/tolerate.h"
#include "tests/loop/pair.h"

#define ADD(path, test) g_test_add (path, Pair, "test", pair_set_up, test, pair_tear_down)

static void
test_whole_call (Pair *pair, gconstpointer media)
{
  g_autoptr (GBytes) hello = g_bytes_new_static ("it is me", 8);
  g_autoptr (GBytes) goodbye = g_bytes_new_static ("see you", 7);
  Party *anna = &pair->anna, *bob = &pair->bob;

  g_test_summary ("W7, N3: A call from dialling to the end: states in order, pictures and sound both ways, data "
                  "both ways, graceful, ended once.");
  bob->manner = PARTY_ACCEPTS;
  bob->say = "come in";
  bob->say_goodbye = "take care";
  g_assert_true (vav_stream_dial (anna->stream, vav_endpoint_get_listening_address (bob->endpoint), hello, NULL));
  g_assert_cmpuint (vav_stream_get_value (anna->stream), >, 0);
  wait_for_state (anna, VAV_STATE_ACTIVE);
  wait_for_state (bob, VAV_STATE_ACTIVE);
  wait_until (g_atomic_int_get (&anna->n_frames) > 10 && g_atomic_int_get (&bob->n_frames) > 10);
  wait_until (g_atomic_int_get (&anna->n_sounds) > 10 && g_atomic_int_get (&bob->n_sounds) > 10);

  g_assert_cmpstr (anna->answer_data, ==, "come in");
  g_assert_cmpmem ("it is me", 8, g_bytes_get_data (vav_request_get_data (bob->request), NULL), 8);
  g_assert_cmpstr (vav_peer_get_name (vav_stream_get_peer (bob->stream)), ==, "Anna");
  g_assert_cmpstr (vav_peer_get_name (vav_stream_get_peer (anna->stream)), ==, "Bob");

  vav_stream_hang_up (anna->stream, goodbye);
  wait_until (anna->n_ended == 1 && bob->n_ended == 1);
  g_assert_true (anna->graceful);
  g_assert_true (bob->graceful);
  g_assert_cmpint (anna->reason, ==, VAV_REASON_LOCAL);
  g_assert_cmpint (bob->reason, ==, VAV_REASON_REMOTE);
  g_assert_cmpstr (bob->closing_data, ==, "see you");
  g_assert_cmpstr (bob->ended_data, ==, "see you");
  g_assert_cmpstr (anna->closing_data, ==, "take care");
  g_assert_cmpstr (anna->states->str, ==, "resolving dialling connecting active closing ended");
  g_assert_cmpstr (bob->states->str, ==, "incoming connecting active closing ended");
  g_assert_cmpuint (anna->n_ringing, ==, 0);
  g_assert_cmpuint (anna->n_first_frames, ==, 1);
  g_assert_null (vav_stream_get_last_error (anna->stream));
}

/* Asking the person: it rings, the accept connects, and the two are known to each other from then on. */
static void
test_ring_and_remember (Pair *pair, gconstpointer media)
{
  Party *anna = &pair->anna, *bob = &pair->bob;
  int frames;

  party_call (anna, bob);
  wait_for_state (anna, VAV_STATE_RINGING);
  g_assert_cmpint (vav_peer_get_trust (vav_request_get_peer (bob->request)), ==, VAV_TRUST_UNKNOWN);
  g_assert_cmpuint (vav_request_get_offer (bob->request), ==, VAV_FLOW_IN);
  g_assert_cmpuint (anna->n_paths + bob->n_paths, ==, 0);
  vav_request_accept (bob->request, VAV_FLOW_ALL, NULL);
  wait_for_state (bob, VAV_STATE_ACTIVE);
  wait_for_state (anna, VAV_STATE_ACTIVE);
  vav_stream_hang_up (bob->stream, NULL);
  wait_until (anna->n_ended == 1 && bob->n_ended == 1);
  g_assert_cmpint (anna->reason, ==, VAV_REASON_REMOTE);

  /* the second time they are accepted people: ICE and DTLS run while it rings */
  vav_stream_dial (anna->stream, "Bob", NULL, NULL);
  wait_for_state (anna, VAV_STATE_RINGING);
  g_assert_cmpint (vav_peer_get_trust (vav_request_get_peer (bob->request)), ==, VAV_TRUST_ACCEPTED);
  g_assert_cmpint (vav_peer_get_trust (vav_stream_get_peer (anna->stream)), ==, VAV_TRUST_ACCEPTED);
  wait_until (anna->n_paths > 1 && bob->n_paths > 1);
  g_assert_cmpint (party_state (anna), ==, VAV_STATE_RINGING);
  frames = g_atomic_int_get (&anna->n_frames);
  vav_request_accept (bob->request, VAV_FLOW_ALL, NULL);
  wait_for_state (anna, VAV_STATE_ACTIVE);
  wait_until (g_atomic_int_get (&anna->n_frames) > frames);
}

/* Before anything rings: what is offered, in what codecs and at what rates; what is not offered has none. */
static void
test_quality (Pair *pair, gconstpointer media)
{
  Party *anna = &pair->anna, *bob = &pair->bob;
  const VavQuality *sound;

  g_test_summary ("N1, W11: a request tells codecs and bit rates of what is offered before it rings");
  bob->manner = PARTY_DEFERS;
  vav_stream_stop (anna->stream, VAV_FLOW_VIDEO_OUT);
  party_call (anna, bob);
  wait_until (bob->n_requests == 1);
  g_assert_cmpuint (anna->n_ringing + anna->n_paths + bob->n_paths, ==, 0);
  g_assert_cmpuint (vav_request_get_offer (bob->request), ==, VAV_FLOW_AUDIO_IN);
  g_assert_null (vav_request_get_quality (bob->request, VAV_FLOW_VIDEO_IN));
  sound = vav_request_get_quality (bob->request, VAV_FLOW_AUDIO_IN);
  g_assert_cmpstrv (sound->codecs, ((const char *[]){ "OPUS", NULL }));
  g_assert_cmpuint (sound->bitrate, ==, 32000);
}

static void
test_reject (Pair *pair, gconstpointer media)
{
  Party *anna = &pair->anna, *bob = &pair->bob;

  g_test_summary ("N2, N11, W7: No to a caller: told with reason and data, without ever having rung.");
  bob->manner = PARTY_REJECTS;
  bob->say = "not now";
  party_call (anna, bob);
  wait_until (anna->n_ended == 1 && bob->n_ended == 1);
  g_assert_cmpint (party_state (anna), ==, VAV_STATE_FAILED);
  g_assert_cmpint (anna->reason, ==, VAV_REASON_REFUSED);
  g_assert_cmpstr (anna->answer_data, ==, "not now");
  g_assert_cmpuint (anna->n_ringing, ==, 0);
  g_assert_true (g_error_matches (vav_stream_get_last_error (anna->stream), VAV_ERROR, VAV_ERROR_REFUSED));
  g_assert_null (vav_stream_get_last_error (bob->stream)); /* his own decision is no error to him */
}

static void
test_withdraw (Pair *pair, gconstpointer media)
{
  Party *anna = &pair->anna, *bob = &pair->bob;

  g_test_summary ("N11: A caller who gives up is told to the other side as withdrawn.");
  party_call (anna, bob);
  wait_for_state (anna, VAV_STATE_RINGING);
  vav_stream_hang_up (anna->stream, NULL);
  wait_until (bob->n_ended == 1);
  g_assert_cmpint (bob->reason, ==, VAV_REASON_WITHDRAWN);
  g_assert_cmpint (anna->reason, ==, VAV_REASON_LOCAL);
  g_assert_false (vav_request_is_pending (bob->request));
  g_assert_null (vav_stream_get_request (bob->stream));
}

static void
test_defer (Pair *pair, gconstpointer media)
{
  Party *anna = &pair->anna, *bob = &pair->bob;

  g_test_summary ("N2: Deferred: no ringing, and yet it can be accepted later.");
  bob->manner = PARTY_DEFERS;
  party_call (anna, bob);
  wait_until (bob->n_requests == 1);
  vav_request_accept (bob->request, VAV_FLOW_ALL, NULL);
  wait_for_state (anna, VAV_STATE_ACTIVE);
  g_assert_cmpuint (anna->n_ringing, ==, 0);
}

/* A request that nobody keeps is answered all the same: every request is. */
static void
test_busy (Pair *pair, gconstpointer media)
{
  Party *anna = &pair->anna, *bob = &pair->bob;
  Party carl;

  bob->manner = PARTY_ACCEPTS;
  party_call (anna, bob);
  wait_for_state (anna, VAV_STATE_ACTIVE);
  party_init (&carl, "Carl", NULL, "test");
  party_call (&carl, bob);
  wait_until (carl.n_ended == 1);
  g_assert_cmpint (carl.reason, ==, VAV_REASON_BUSY);
  g_assert_cmpint (party_state (anna), ==, VAV_STATE_ACTIVE);
  party_clear (&carl);
}

/* Detection off closes the door: the caller is told unreachable. */
static void
test_detection_off (Pair *pair, gconstpointer media)
{
  Party *anna = &pair->anna, *bob = &pair->bob;
  g_autofree char *address = g_strdup (vav_endpoint_get_listening_address (bob->endpoint));

  vav_stream_set_detection (bob->stream, FALSE);
  g_assert_null (vav_endpoint_get_listening_address (bob->endpoint));
  vav_stream_dial (anna->stream, address, NULL, NULL);
  wait_until (anna->n_ended == 1);
  g_assert_cmpint (anna->reason, ==, VAV_REASON_UNREACHABLE);
  g_assert_true (g_error_matches (vav_stream_get_last_error (anna->stream), VAV_ERROR, VAV_ERROR_UNREACHABLE));
  g_assert_cmpuint (vav_stream_get_value (anna->stream), >, 0);
}

static void
test_address_property (Pair *pair, gconstpointer media)
{
  Party *anna = &pair->anna, *bob = &pair->bob;

  g_test_summary ("W3: Setting the address dials; a second one during the call fails with busy and leaves the "
                  "call alone.");
  bob->manner = PARTY_ACCEPTS;
  g_object_set (anna->stream, "address", vav_endpoint_get_listening_address (bob->endpoint), NULL);
  wait_for_state (anna, VAV_STATE_ACTIVE);
  g_object_set (anna->stream, "address", "192.0.2.1", NULL);
  g_assert_true (g_error_matches (vav_stream_get_last_error (anna->stream), VAV_ERROR, VAV_ERROR_BUSY));
  g_assert_cmpint (party_state (anna), ==, VAV_STATE_ACTIVE);
  vav_stream_hang_up (anna->stream, NULL);
  wait_until (anna->n_ended == 1 && bob->n_ended == 1);
  g_object_set (anna->stream, "address", vav_stream_get_address (anna->stream), NULL);
  wait_for_state (anna, VAV_STATE_ACTIVE);
}

static void
test_bad_address (Pair *pair, gconstpointer media)
{
  Party *anna = &pair->anna;

  g_test_summary ("W7: An address that cannot be read is a call that failed, with its number and its error.");
  g_assert_true (vav_stream_dial (anna->stream, "no such thing!", NULL, NULL));
  g_assert_cmpint (party_state (anna), ==, VAV_STATE_FAILED);
  g_assert_cmpuint (anna->n_ended, ==, 1);
  g_assert_true (g_error_matches (vav_stream_get_last_error (anna->stream), VAV_ERROR, VAV_ERROR_INVALID_ADDRESS));
}

/* The id in an address must be the one that answers. */
static void
test_wrong_id (Pair *pair, gconstpointer media)
{
  Party *anna = &pair->anna, *bob = &pair->bob;
  g_autofree char *address = g_strdup_printf ("visavis:%s@%s", vav_endpoint_get_id (anna->endpoint),
                                              vav_endpoint_get_listening_address (bob->endpoint));

  vav_stream_dial (anna->stream, address, NULL, NULL);
  wait_until (anna->n_ended == 1);
  g_assert_cmpint (anna->reason, ==, VAV_REASON_UNTRUSTED);
  g_assert_cmpuint (bob->n_requests, ==, 0);
}

/* Accepted without a picture: no camera is on there, and the caller knows. */
static void
test_without_picture (Pair *pair, gconstpointer media)
{
  Party *anna = &pair->anna, *bob = &pair->bob;

  bob->manner = PARTY_ACCEPTS;
  bob->accept_flows = VAV_FLOW_ALL & ~(guint)VAV_FLOW_VIDEO_OUT;
  party_call (anna, bob);
  wait_for_state (anna, VAV_STATE_ACTIVE);
  wait_until (g_atomic_int_get (&bob->n_frames) > 10 && g_atomic_int_get (&anna->n_sounds) > 10);
  g_assert_cmpuint (vav_stream_get_peer_flows (anna->stream), ==, VAV_FLOW_AUDIO_IN);
  g_assert_cmpint (g_atomic_int_get (&anna->n_frames), ==, 0);

  vav_stream_play (bob->stream, VAV_FLOW_VIDEO_OUT);
  wait_until (vav_stream_get_peer_flows (anna->stream) == VAV_FLOW_IN);
  wait_until (g_atomic_int_get (&anna->n_frames) > 10);
}

/* Stopping an incoming flow makes the sender stop. */
static void
test_stop_incoming (Pair *pair, gconstpointer media)
{
  Party *anna = &pair->anna, *bob = &pair->bob;

  bob->manner = PARTY_ACCEPTS;
  party_call (anna, bob);
  wait_until (g_atomic_int_get (&anna->n_frames) > 10);
  vav_stream_stop (anna->stream, VAV_FLOW_VIDEO_IN);
  wait_until (vav_stream_get_stats (bob->stream) != NULL && vav_stream_get_stats (bob->stream)->video_out.kbps < 1.0);
  vav_stream_play (anna->stream, VAV_FLOW_VIDEO_IN);
  wait_until (vav_stream_get_stats (bob->stream)->video_out.kbps > 50.0);
  g_assert_cmpint (party_state (anna), ==, VAV_STATE_ACTIVE);
}

/* Hanging up at once, without linger, is a reset to the other side. */
static void
test_abort (Pair *pair, gconstpointer media)
{
  Party *anna = &pair->anna, *bob = &pair->bob;

  bob->manner = PARTY_ACCEPTS;
  party_call (anna, bob);
  wait_for_state (bob, VAV_STATE_ACTIVE);
  vav_stream_abort (anna->stream);
  g_assert_cmpuint (anna->n_ended, ==, 1);
  wait_until (bob->n_ended == 1);
  g_assert_false (bob->graceful);
  g_assert_cmpint (bob->reason, ==, VAV_REASON_RESET);
  g_assert_cmpuint (bob->n_closing, ==, 0);
}

static void
test_hang_up_anywhere (Pair *pair, gconstpointer media)
{
  static const VavState states[] = { VAV_STATE_RESOLVING, VAV_STATE_DIALLING, VAV_STATE_RINGING, VAV_STATE_CONNECTING };
  Party *anna = &pair->anna, *bob = &pair->bob;

  g_test_summary ("R3: Hanging up works in every state on the way up, and leaves no stream behind (the "
                  "tear-down asserts that).");
  for (guint i = 0; i < G_N_ELEMENTS (states); i++)
    {
      guint ended = anna->n_ended;

      bob->manner = states[i] == VAV_STATE_CONNECTING ? PARTY_ACCEPTS : PARTY_ASKS;
      party_call (anna, bob);
      wait_until (party_state (anna) == states[i] || party_state (anna) == VAV_STATE_ACTIVE);
      vav_stream_hang_up (anna->stream, NULL);
      wait_until (anna->n_ended == ended + 1);
      wait_until (!vav_stream_is_busy (bob->stream));
    }
}

/* The endpoint's end is graceful for the peer. */
static void
test_close_endpoint (Pair *pair, gconstpointer media)
{
  Party *anna = &pair->anna, *bob = &pair->bob;

  bob->manner = PARTY_ACCEPTS;
  party_call (anna, bob);
  wait_for_state (bob, VAV_STATE_ACTIVE);
  party_clear (anna);
  wait_until (bob->n_ended == 1);
  g_assert_true (bob->graceful);
}

static void
on_connected (GObject *source, GAsyncResult *result, gpointer done)
{
  g_autoptr (GError) error = NULL;
  gboolean ok = vav_stream_connect_finish (VAV_STREAM (source), result, &error);

  *(int *)done = ok ? 1 : -1;
}

/* connect_async settles with yes when the call is up, and with the error when it is not. */
static void
test_connect_async (Pair *pair, gconstpointer media)
{
  Party *anna = &pair->anna, *bob = &pair->bob;
  int answer = 0;

  bob->manner = PARTY_REJECTS;
  vav_stream_connect_async (anna->stream, vav_endpoint_get_listening_address (bob->endpoint), NULL, NULL, on_connected,
                            &answer);
  wait_until (answer != 0);
  g_assert_cmpint (answer, ==, -1);

  answer = 0;
  bob->manner = PARTY_ACCEPTS;
  vav_stream_connect_async (anna->stream, NULL, NULL, NULL, on_connected, &answer);
  wait_until (answer != 0);
  g_assert_cmpint (answer, ==, 1);
  g_assert_cmpint (party_state (anna), ==, VAV_STATE_ACTIVE);
}

/* Cancelling gives up a call that is not up yet, and has no say in one that is. */
static void
test_cancel (Pair *pair, gconstpointer media)
{
  g_autoptr (GCancellable) early = g_cancellable_new ();
  g_autoptr (GCancellable) late = g_cancellable_new ();
  Party *anna = &pair->anna, *bob = &pair->bob;
  int answer = 0;

  vav_stream_connect_async (anna->stream, vav_endpoint_get_listening_address (bob->endpoint), NULL, early, on_connected,
                            &answer);
  wait_for_state (anna, VAV_STATE_RINGING);
  g_cancellable_cancel (early);
  wait_until (answer != 0);
  g_assert_cmpint (answer, ==, -1);
  wait_until (bob->n_ended == 1);

  answer = 0;
  bob->manner = PARTY_ACCEPTS;
  vav_stream_connect_async (anna->stream, NULL, NULL, late, on_connected, &answer);
  wait_until (answer == 1);
  g_cancellable_cancel (late);
  wait_until (g_atomic_int_get (&anna->n_frames) > 10);
  g_assert_cmpint (party_state (anna), ==, VAV_STATE_ACTIVE);
}

static void
redial_once (VavStream *stream, gboolean graceful, VavReason reason, GBytes *data, guint *n)
{
  if ((*n)++ == 0)
    g_assert_true (vav_stream_dial (stream, "127.0.0.1:1", NULL, NULL));
}

static void
test_redial_in_handler (Pair *pair, gconstpointer media)
{
  Party *anna = &pair->anna;
  guint n = 0;

  g_test_summary ("R6, W17: A program may redial from the handler of ended; each of the calls ends once.");
  g_signal_connect (anna->stream, "ended", G_CALLBACK (redial_once), &n);
  vav_stream_dial (anna->stream, "127.0.0.1:1", NULL, NULL);
  wait_until (n == 2);
  g_assert_cmpuint (anna->n_ended, ==, 2);
  g_signal_handlers_disconnect_by_func (anna->stream, redial_once, &n);
}

/* Yes, and no in the next moment: the caller hears that the call was declined. */
static void
test_accept_and_hang_up (Pair *pair, gconstpointer media)
{
  Party *anna = &pair->anna, *bob = &pair->bob;

  party_call (anna, bob);
  wait_for_state (anna, VAV_STATE_RINGING);
  vav_request_accept (bob->request, VAV_FLOW_ALL, NULL);
  vav_stream_hang_up (bob->stream, NULL);
  wait_until (anna->n_ended == 1 && bob->n_ended == 1);
  g_assert_cmpint (anna->reason, ==, VAV_REASON_DECLINED);
  g_assert_cmpint (bob->reason, ==, VAV_REASON_DECLINED);
}

static void
on_self_request (VavEndpoint *endpoint, VavStream *stream, VavRequest *request, VavStream **other)
{
  g_assert_true (vav_peer_is_self (vav_request_get_peer (request)));
  g_set_object (other, stream);
  vav_request_accept (request, VAV_FLOW_ALL, NULL);
}

static void
test_self_call (Pair *pair, gconstpointer media)
{
  Party *anna = &pair->anna;
  g_autoptr (VavStream) other = NULL;

  g_test_summary ("W6: The empty address is a real call to oneself, between two streams with two numbers, "
                  "though nothing listens for others.");
  g_signal_connect (anna->endpoint, "connection-requested", G_CALLBACK (on_self_request), &other);
  vav_stream_dial (anna->stream, "", NULL, NULL);
  wait_for_state (anna, VAV_STATE_ACTIVE);
  g_assert_nonnull (other);
  g_assert_true (other != anna->stream);
  g_assert_cmpuint (vav_stream_get_value (other), !=, vav_stream_get_value (anna->stream));
  g_assert_null (vav_endpoint_get_listening_address (anna->endpoint));
  wait_until (g_atomic_int_get (&anna->n_frames) > 10);
  vav_stream_hang_up (anna->stream, NULL);
  wait_until (anna->n_ended == 1 && !vav_stream_is_busy (other));
  g_assert_true (anna->graceful);
  g_assert_true (vav_stream_get_graceful (other));
}

static void
test_ipv6 (Pair *pair, gconstpointer media)
{
  Party *anna = &pair->anna, *bob = &pair->bob;

  g_test_summary ("W4: An IPv6 address with a port, as all others here use an IPv4 address with one.");
  vav_stream_set_detection (bob->stream, FALSE);
  party_listen (bob, "[::1]:0");
  bob->manner = PARTY_ACCEPTS;
  party_call (anna, bob);
  wait_until (g_atomic_int_get (&anna->n_frames) > 10);
}

static void
test_too_much_data (Pair *pair, gconstpointer media)
{
  g_test_summary ("N3: Data above the cap is refused at the sender, and no call is begun.");

  g_autofree char *text = g_strnfill (VAV_MAX_DATA + 1, 'x');
  g_autoptr (GBytes) data = g_bytes_new (text, VAV_MAX_DATA + 1);
  g_autoptr (GError) error = NULL;

  g_assert_false (vav_stream_dial (pair->anna.stream, "192.0.2.1", data, &error));
  g_assert_error (error, VAV_ERROR, VAV_ERROR_TOO_LARGE);
  g_assert_cmpint (party_state (&pair->anna), ==, VAV_STATE_IDLE);
}

/* With no sources at all the call connects: a missing camera or microphone never stops it. */
static void
test_no_media (void)
{
  Party anna, bob;

  party_init (&anna, "Anna", NULL, "none");
  party_init (&bob, "Bob", NULL, "none");
  party_listen (&bob, "127.0.0.1:0");
  bob.manner = PARTY_ACCEPTS;
  party_call (&anna, &bob);
  wait_for_state (&anna, VAV_STATE_ACTIVE);
  wait_for_state (&bob, VAV_STATE_ACTIVE);
  g_assert_cmpuint (vav_stream_get_peer_flows (anna.stream), ==, VAV_FLOW_NONE);
  party_clear (&anna);
  party_clear (&bob);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/loop/call/whole", test_whole_call);
  ADD ("/loop/call/ring-and-remember", test_ring_and_remember);
  ADD ("/loop/call/quality", test_quality);
  ADD ("/loop/call/reject", test_reject);
  ADD ("/loop/call/withdraw", test_withdraw);
  ADD ("/loop/call/defer", test_defer);
  ADD ("/loop/call/busy", test_busy);
  ADD ("/loop/call/detection-off", test_detection_off);
  ADD ("/loop/call/address-property", test_address_property);
  ADD ("/loop/call/bad-address", test_bad_address);
  ADD ("/loop/call/wrong-id", test_wrong_id);
  ADD ("/loop/call/without-picture", test_without_picture);
  ADD ("/loop/call/stop-incoming", test_stop_incoming);
  ADD ("/loop/call/abort", test_abort);
  ADD ("/loop/call/hang-up-anywhere", test_hang_up_anywhere);
  ADD ("/loop/call/close-endpoint", test_close_endpoint);
  ADD ("/loop/call/connect-async", test_connect_async);
  ADD ("/loop/call/cancel", test_cancel);
  ADD ("/loop/call/redial-in-handler", test_redial_in_handler);
  ADD ("/loop/call/accept-and-hang-up", test_accept_and_hang_up);
  ADD ("/loop/call/self", test_self_call);
  ADD ("/loop/call/ipv6", test_ipv6);
  ADD ("/loop/call/too-much-data", test_too_much_data);
  g_test_add_func ("/loop/call/no-media", test_no_media);
  return tolerate_exit (g_test_run ());
}
