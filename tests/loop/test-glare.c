/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/lib/tolerate.h"
#include "tests/loop/pair.h"

/* Two people dial each other in the same moment. Both listen, and dial on another stream than the one that waits for callers. */

#define CONNECTED_WITHIN_US (2 * G_USEC_PER_SEC)

typedef struct
{
  Party party;
  VavStream *line; /* that dials */
  guint64 value;   /* as told by the dial */
  guint n_ended;
} Side;

typedef struct
{
  Side sides[2];
} Cross;

static void
on_line_ended (VavStream *line, gboolean graceful, VavReason reason, GBytes *data, Side *side)
{
  side->n_ended++;
}

static void
side_init (Side *side, const char *name)
{
  *side = (Side){ 0 };
  party_init (&side->party, name, NULL, "none");
  party_listen (&side->party, "127.0.0.1:0");
  side->line = vav_stream_new (side->party.endpoint);
  g_signal_connect (side->line, "ended", G_CALLBACK (on_line_ended), side);
}

static void
side_clear (Side *side)
{
  g_signal_handlers_disconnect_by_data (side->line, side);
  vav_stream_hang_up (side->line, NULL);
  wait_until (!vav_stream_is_busy (side->line));
  g_clear_object (&side->line);
  party_clear (&side->party);
}

static void
dial (Side *side, Side *other)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (
      vav_stream_dial (side->line, vav_endpoint_get_listening_address (other->party.endpoint), NULL, &error));
  g_assert_no_error (error);
  side->value = vav_stream_get_value (side->line);
}

static gboolean
on_delay (gpointer passed)
{
  *(gboolean *)passed = TRUE;
  return G_SOURCE_REMOVE;
}

static void
pass_time (guint microseconds)
{
  gboolean passed = FALSE;
  gint64 until = g_get_monotonic_time () + microseconds;

  if (microseconds >= 1000)
    {
      g_timeout_add (microseconds / 1000, on_delay, &passed);
      wait_until (passed);
    }
  while (g_get_monotonic_time () < until)
    g_main_context_iteration (NULL, FALSE);
}

static guint
count_calls (Side *side)
{
  GListModel *streams = G_LIST_MODEL (side->party.endpoint);
  guint n = 0;

  for (guint i = 0; i < g_list_model_get_n_items (streams); i++)
    {
      g_autoptr (VavStream) stream = g_list_model_get_item (streams, i);

      n += vav_stream_is_busy (stream) ? 1 : 0;
    }

  return n;
}

/* Nobody accepts anything: that both are connected is the rule's doing alone. */
static void
cross_once (Side *first, Side *second, guint delay_us)
{
  guint asked = first->party.n_requests + second->party.n_requests;
  gint64 dialled;

  dial (first, second);
  pass_time (delay_us);
  dial (second, first);
  dialled = g_get_monotonic_time ();
  wait_until (vav_stream_get_state (first->line) == VAV_STATE_ACTIVE
              && vav_stream_get_state (second->line) == VAV_STATE_ACTIVE);
  g_assert_cmpint (g_get_monotonic_time () - dialled, <, 3 * pair_patience () * CONNECTED_WITHIN_US);
  g_assert_cmpuint (vav_stream_get_value (first->line), ==, first->value);
  g_assert_cmpuint (vav_stream_get_value (second->line), ==, second->value);
  g_assert_cmpuint (count_calls (first), ==, 1);
  g_assert_cmpuint (count_calls (second), ==, 1);
  g_assert_cmpuint (first->n_ended + second->n_ended, ==, 0);
  g_assert_false (vav_stream_is_incoming (first->line) || vav_stream_is_incoming (second->line));
  /* at most it was announced once, when the second dial came long after the first */
  g_assert_cmpuint (first->party.n_requests + second->party.n_requests, <=, asked + 1);

  vav_stream_hang_up (first->line, NULL);
  wait_until (first->n_ended == 1 && second->n_ended == 1);
  g_assert_true (vav_stream_get_graceful (first->line) && vav_stream_get_graceful (second->line));
  wait_until (count_calls (first) == 0 && count_calls (second) == 0);
  first->n_ended = second->n_ended = 0;
}

static void
cross_many (guint n, guint max_delay_us)
{
  Cross cross;

  side_init (&cross.sides[0], "Anna");
  side_init (&cross.sides[1], "Bob");
  for (guint i = 0; i < n; i++)
    {
      int first = g_test_rand_bit () ? 1 : 0;
      guint delay = max_delay_us == 0 ? 0 : (guint)g_test_rand_int_range (0, (int)max_delay_us);

      g_test_message ("%u: side %d first, the other after %u µs", i, first, delay);
      cross_once (&cross.sides[first], &cross.sides[1 - first], delay);
    }
  side_clear (&cross.sides[0]);
  side_clear (&cross.sides[1]);
}

static void
test_same_moment (void)
{
  g_test_summary (
      "W9, R1: both dial in the same moment: one call, both connected, under the numbers that their dials gave");
  cross_many (g_test_slow () ? 100 : 10, 0);
}

static void
test_while_connecting (void)
{
  g_test_summary ("W9: both dial within the time of a handshake: one call");
  cross_many (g_test_slow () ? 200 : 20, 40000);
}

static void
test_half_a_second (void)
{
  g_test_summary ("W9: both dial within half a second: one call");
  cross_many (g_test_slow () ? 200 : 10, 500000);
}

static void
on_line_state (VavStream *line, GParamSpec *pspec, gpointer unused)
{
  if (vav_stream_get_state (line) == VAV_STATE_CONNECTING)
    vav_stream_hang_up (line, NULL);
}

static void
test_hung_up (void)
{
  guint n = g_test_slow () ? 200 : 20;
  Cross cross;

  g_test_summary ("W9, A5: either side hangs up as soon as it hears that the two requests became one call");
  side_init (&cross.sides[0], "Anna");
  side_init (&cross.sides[1], "Bob");
  for (guint i = 0; i < 2; i++)
    g_signal_connect (cross.sides[i].line, "notify::state", G_CALLBACK (on_line_state), NULL);
  for (guint i = 0; i < n; i++)
    {
      dial (&cross.sides[0], &cross.sides[1]);
      pass_time ((guint)g_test_rand_int_range (0, 20000));
      dial (&cross.sides[1], &cross.sides[0]);
      pass_time ((guint)g_test_rand_int_range (0, 20000));
      for (guint j = 0; j < 2; j++)
        {
          vav_stream_hang_up (cross.sides[j].line, NULL);
          vav_stream_hang_up (cross.sides[j].party.stream, NULL);
        }
      wait_until (count_calls (&cross.sides[0]) == 0 && count_calls (&cross.sides[1]) == 0);
    }
  for (guint i = 0; i < 2; i++)
    g_signal_handlers_disconnect_by_func (cross.sides[i].line, on_line_state, NULL);
  side_clear (&cross.sides[0]);
  side_clear (&cross.sides[1]);
}

/* To dial a person whose request waits is to accept it, on whatever stream. */
static void
test_dial_who_rings (void)
{
  g_autoptr (GError) error = NULL;
  Cross cross;
  Side *anna = &cross.sides[0], *bob = &cross.sides[1];
  VavRequest *request;

  g_test_summary ("A5, W13: dialling somebody whose request waits accepts it, also on the stream where it waits");
  side_init (anna, "Anna");
  side_init (bob, "Bob");
  cross_once (anna, bob, 0); /* from here on they know each other */

  dial (anna, bob);
  wait_until (vav_stream_get_state (anna->line) == VAV_STATE_RINGING);
  request = bob->party.request;
  g_assert_true (vav_request_is_pending (request));
  g_assert_true (vav_stream_dial (bob->line, "Anna", NULL, &error));
  wait_until (vav_stream_get_state (bob->line) == VAV_STATE_ACTIVE
              && vav_stream_get_state (anna->line) == VAV_STATE_ACTIVE);
  g_assert_false (vav_request_is_pending (request));
  g_assert_cmpint (party_state (&bob->party), ==, VAV_STATE_ENDED);
  g_assert_cmpint (bob->party.reason, ==, VAV_REASON_WITHDRAWN);
  g_assert_cmpuint (bob->party.n_ended, ==, 1);
  vav_stream_hang_up (bob->line, NULL);
  wait_until (anna->n_ended == 1 && bob->n_ended == 1);

  dial (anna, bob);
  wait_until (vav_stream_get_state (anna->line) == VAV_STATE_RINGING);
  g_assert_true (vav_stream_dial (bob->party.stream, "Anna", NULL, &error));
  wait_until (party_state (&bob->party) == VAV_STATE_ACTIVE && vav_stream_get_state (anna->line) == VAV_STATE_ACTIVE);

  side_clear (anna);
  side_clear (bob);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/loop/glare/same-moment", test_same_moment);
  g_test_add_func ("/loop/glare/while-connecting", test_while_connecting);
  g_test_add_func ("/loop/glare/half-a-second", test_half_a_second);
  g_test_add_func ("/loop/glare/hung-up", test_hung_up);
  g_test_add_func ("/loop/glare/dial-who-rings", test_dial_who_rings);
  return tolerate_exit (g_test_run ());
}
