/* SPDX-License-Identifier: LGPL-2.1-or-later */
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

static void
on_closing_hold (VavStream *stream, GBytes *data, gpointer user_data)
{
  vav_stream_hold_closing (stream);
}

static void
count_closed (VavStream *stream, guint *n)
{
  (*n)++;
}

/* The two acts, and both orders of the two closes. */
static void
check_two_acts (Pair *pair, gboolean passive_closes_first)
{
  g_autoptr (GBytes) total = g_bytes_new_static ("12", 2);
  g_autoptr (GBytes) grand_total = g_bytes_new_static ("112", 3);
  g_autoptr (GError) error = NULL;
  Party *anna = &pair->anna, *bob = &pair->bob;
  guint anna_closed = 0, bob_closed = 0;
  int frames;

  connect_pair (pair);
  g_signal_connect (bob->stream, "closing", G_CALLBACK (on_closing_hold), NULL);
  g_signal_connect (anna->stream, "closed", G_CALLBACK (count_closed), &anna_closed);
  g_signal_connect (bob->stream, "closed", G_CALLBACK (count_closed), &bob_closed);

  g_assert_true (vav_stream_say_goodbye (anna->stream, total, &error));
  g_assert_no_error (error);
  g_assert_cmpint (party_state (anna), ==, VAV_STATE_CLOSING);
  g_assert_false (vav_stream_say_goodbye (anna->stream, NULL, &error));
  g_assert_error (error, VAV_ERROR, VAV_ERROR_CLOSED);
  wait_until (bob->n_closing == 1);
  g_assert_cmpstr (bob->closing_data, ==, "12");
  g_assert_cmpmem (g_bytes_get_data (vav_stream_get_goodbye (bob->stream), NULL), 2, "12", 2);

  /* half closed: Anna sends nothing more, and still sees Bob */
  frames = g_atomic_int_get (&anna->n_frames);
  wait_until (g_atomic_int_get (&anna->n_frames) > frames + 10);
  g_assert_cmpuint (anna->n_closing + anna->n_ended + bob->n_ended, ==, 0);

  g_assert_true (vav_stream_say_goodbye (bob->stream, grand_total, NULL));
  if (passive_closes_first)
    {
      vav_stream_close (bob->stream);
      g_assert_cmpuint (bob->n_ended, ==, 1);
      g_assert_cmpuint (anna_closed, ==, 0);
    }
  wait_until (anna->n_closing == 1);
  g_assert_cmpstr (anna->closing_data, ==, "112");
  g_assert_cmpuint (anna->n_ended, ==, 0);
  vav_stream_close (anna->stream);
  g_assert_cmpuint (anna->n_ended, ==, 1);
  if (!passive_closes_first)
    {
      int turns = 0;

      for (turns = 0; turns < 20; turns++) /* Anna's end of the connection comes in, and changes nothing */
        wait_one_turn ();
      g_assert_cmpuint (bob->n_ended, ==, 0);
      vav_stream_close (bob->stream);
    }
  wait_until (bob->n_ended == 1);
  g_assert_true (anna->graceful && bob->graceful);
  g_assert_cmpint (anna->reason, ==, VAV_REASON_LOCAL);
  g_assert_cmpint (bob->reason, ==, VAV_REASON_REMOTE);
  g_assert_cmpuint (anna_closed, ==, 1);
  g_assert_cmpuint (bob_closed, ==, 1);
  g_assert_cmpmem (g_bytes_get_data (vav_stream_get_goodbye (anna->stream), NULL), 3, "112", 3);
  g_signal_handlers_disconnect_by_data (anna->stream, &anna_closed);
  g_signal_handlers_disconnect_by_data (bob->stream, &bob_closed);
}

static void
test_passive_closes_first (Pair *pair, gconstpointer media)
{
  g_test_summary ("N8, N9, N6, N4, N10: goodbye and close are two acts; who hears a goodbye holds the close, answers "
                  "with data, and may close before "
                  "the answer is read");
  check_two_acts (pair, TRUE);
}

static void
test_passive_closes_last (Pair *pair, gconstpointer media)
{
  g_test_summary ("N8, N9, N6, N10: who answers a goodbye may close long after the other side has closed");
  check_two_acts (pair, FALSE);
}

/* Nobody holds the close, but a handler answers with data: both acts in one. */
static void
test_hang_up_does_both (Pair *pair, gconstpointer media)
{
  Party *anna = &pair->anna, *bob = &pair->bob;

  g_test_summary ("N4, N8, N9: disconnect says goodbye and closes; an answer with data comes back before the end");
  bob->say_goodbye = "take care";
  connect_pair (pair);
  vav_stream_hang_up (anna->stream, NULL);
  wait_until (anna->n_ended == 1 && bob->n_ended == 1);
  g_assert_true (anna->graceful && bob->graceful);
  g_assert_cmpstr (anna->closing_data, ==, "take care");
  g_assert_cmpstr (anna->ended_data, ==, "take care");
}

/* Both say goodbye in the same moment: each hears the other's. */
static void
test_both_at_once (Pair *pair, gconstpointer media)
{
  Party *anna = &pair->anna, *bob = &pair->bob;

  g_test_summary ("W17, N7: goodbyes that cross end the call gracefully, once on each side");
  connect_pair (pair);
  vav_stream_hang_up (anna->stream, NULL);
  vav_stream_hang_up (bob->stream, NULL);
  wait_until (anna->n_ended == 1 && bob->n_ended == 1);
  g_assert_true (anna->graceful && bob->graceful);
  g_assert_cmpint (anna->reason, ==, VAV_REASON_LOCAL);
  g_assert_cmpint (bob->reason, ==, VAV_REASON_LOCAL);
}

/* A held close is cut by the linger of who waits for it: that is a reset to both. */
static void
test_linger (Pair *pair, gconstpointer media)
{
  Party *anna = &pair->anna, *bob = &pair->bob;

  g_test_summary (
      "N5, N7: linger n is graceful for n milliseconds and abortive then; who holds the close is told of a reset");
  connect_pair (pair);
  g_signal_connect (bob->stream, "closing", G_CALLBACK (on_closing_hold), NULL);
  vav_stream_set_linger (anna->stream, 200);
  vav_stream_hang_up (anna->stream, NULL);
  wait_until (anna->n_ended == 1 && bob->n_ended == 1);
  g_assert_cmpuint (bob->n_closing, ==, 1);
  g_assert_false (anna->graceful || bob->graceful);
  g_assert_cmpint (anna->reason, ==, VAV_REASON_TIMEOUT);
  g_assert_cmpint (bob->reason, ==, VAV_REASON_RESET);
}

/* Both have said goodbye, and neither program ever closes: after 30 s each call closes by itself. */
static void
test_never_closed (Pair *pair, gconstpointer media)
{
  Party *anna = &pair->anna, *bob = &pair->bob;
  gint64 parted;

  g_test_summary ("N8, N12: a call that no program closes after the goodbyes closes by itself");
  connect_pair (pair);
  g_signal_connect (bob->stream, "closing", G_CALLBACK (on_closing_hold), NULL);
  g_assert_true (vav_stream_say_goodbye (anna->stream, NULL, NULL));
  wait_until (bob->n_closing == 1);
  g_assert_true (vav_stream_say_goodbye (bob->stream, NULL, NULL));
  wait_until (anna->n_closing == 1);
  parted = g_get_monotonic_time ();
  while (g_get_monotonic_time () - parted < 20 * G_USEC_PER_SEC)
    wait_one_turn ();
  g_assert_cmpuint (anna->n_ended + bob->n_ended, ==, 0);
  wait_until (anna->n_ended == 1 && bob->n_ended == 1);
  g_assert_true (anna->graceful && bob->graceful);
}

/* A held close whose connection breaks: the other side had said goodbye, and went without the answer that it waited for. */
static void
test_held_and_lost (Pair *pair, gconstpointer media)
{
  Party *anna = &pair->anna, *bob = &pair->bob;
  g_autoptr (GBytes) total = g_bytes_new_static ("12", 2);

  g_test_summary ("N7, N6: a connection that breaks while the close is held is a reset, and the data that came stays");
  connect_pair (pair);
  g_signal_connect (bob->stream, "closing", G_CALLBACK (on_closing_hold), NULL);
  g_assert_true (vav_stream_say_goodbye (anna->stream, total, NULL));
  wait_until (bob->n_closing == 1);
  vav_stream_abort (anna->stream);
  wait_until (anna->n_ended == 1 && bob->n_ended == 1);
  g_assert_false (anna->graceful || bob->graceful);
  g_assert_cmpint (bob->reason, ==, VAV_REASON_RESET);
  g_assert_cmpstr (bob->closing_data, ==, "12");
  g_assert_cmpmem (g_bytes_get_data (vav_stream_get_goodbye (bob->stream), NULL), 2, "12", 2);
}

/* There is nothing to say goodbye to. */
static void
test_no_goodbye (Pair *pair, gconstpointer media)
{
  g_autofree char *text = g_strnfill (VAV_MAX_DATA + 1, 'x');
  g_autoptr (GBytes) data = g_bytes_new (text, VAV_MAX_DATA + 1);
  g_autoptr (GError) error = NULL;
  Party *anna = &pair->anna;

  g_test_summary ("N3, N8: a goodbye outside of a call, or with too much data, is refused with an error");
  g_assert_false (vav_stream_say_goodbye (anna->stream, NULL, &error));
  g_assert_error (error, VAV_ERROR, VAV_ERROR_CLOSED);
  g_clear_error (&error);
  g_assert_false (vav_stream_say_goodbye (anna->stream, data, &error));
  g_assert_error (error, VAV_ERROR, VAV_ERROR_TOO_LARGE);
  vav_stream_close (anna->stream);
  vav_stream_hold_closing (anna->stream);
  g_assert_cmpuint (anna->n_ended, ==, 0);
}

/* A call is found, asked about and ended by its number alone; a failed one keeps its number and error until it is hung up. */
static void
test_by_number (Pair *pair, gconstpointer media)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) call_error = NULL;
  Party *anna = &pair->anna, *bob = &pair->bob;
  VavState state;
  guint64 value;

  g_test_summary ("W22, R3, R5: a call is ended by its number alone; then there is no such call");
  connect_pair (pair);
  value = vav_stream_get_value (anna->stream);
  g_assert_true (vav_endpoint_get_status (anna->endpoint, value, &state, &call_error, &error));
  g_assert_cmpint (state, ==, VAV_STATE_ACTIVE);
  g_assert_no_error (call_error);
  g_assert_true (vav_endpoint_hang_up (anna->endpoint, value, NULL, &error));
  wait_until (anna->n_ended == 1 && bob->n_ended == 1);
  g_assert_false (vav_endpoint_get_status (anna->endpoint, value, NULL, NULL, &error));
  g_assert_error (error, VAV_ERROR, VAV_ERROR_NO_SUCH_CALL);
  g_clear_error (&error);
  g_assert_false (vav_endpoint_hang_up (anna->endpoint, value, NULL, &error));
  g_assert_error (error, VAV_ERROR, VAV_ERROR_NO_SUCH_CALL);
}

static guint64
fail_once (Party *anna)
{
  guint ended = anna->n_ended;

  g_assert_true (vav_stream_dial (anna->stream, "127.0.0.1:1", NULL, NULL));
  wait_until (anna->n_ended == ended + 1);

  return vav_stream_get_value (anna->stream);
}

static void
test_failed_keeps_its_handle (Pair *pair, gconstpointer media)
{
  g_autoptr (GError) call_error = NULL;
  g_autoptr (GError) error = NULL;
  Party *anna = &pair->anna;
  guint64 values[66];
  VavState state;

  g_test_summary ("R2, R5: a call that failed keeps its number and error until it is hung up; beyond 64 the oldest go");
  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    values[i] = fail_once (anna);
  g_assert_false (vav_endpoint_get_status (anna->endpoint, values[0], NULL, NULL, NULL));
  g_assert_false (vav_endpoint_get_status (anna->endpoint, values[1], NULL, NULL, NULL));
  g_assert_true (vav_endpoint_get_status (anna->endpoint, values[2], &state, &call_error, NULL));
  g_assert_cmpint (state, ==, VAV_STATE_FAILED);
  g_assert_error (call_error, VAV_ERROR, VAV_ERROR_UNREACHABLE);
  g_assert_true (vav_endpoint_hang_up (anna->endpoint, values[2], NULL, NULL));
  g_assert_false (vav_endpoint_get_status (anna->endpoint, values[2], NULL, NULL, &error));
  g_assert_error (error, VAV_ERROR, VAV_ERROR_NO_SUCH_CALL);

  /* the stream's own hang-up lets go of it too */
  vav_stream_hang_up (anna->stream, NULL);
  g_assert_false (vav_endpoint_get_status (anna->endpoint, values[65], NULL, NULL, NULL));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/loop/endings/passive-closes-first", test_passive_closes_first);
  ADD ("/loop/endings/passive-closes-last", test_passive_closes_last);
  ADD ("/loop/endings/hang-up-does-both", test_hang_up_does_both);
  ADD ("/loop/endings/both-at-once", test_both_at_once);
  ADD ("/loop/endings/linger", test_linger);
  ADD ("/loop/endings/held-and-lost", test_held_and_lost);
  if (g_test_slow ())
    ADD ("/loop/endings/never-closed", test_never_closed);
  ADD ("/loop/endings/no-goodbye", test_no_goodbye);
  ADD ("/loop/endings/by-number", test_by_number);
  ADD ("/loop/endings/failed-keeps-its-handle", test_failed_keeps_its_handle);
  return tolerate_exit (g_test_run ());
}
