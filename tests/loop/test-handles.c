/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "tests/lib/tolerate.h"
#include "tests/loop/ledger.h"
#include "tests/loop/names.h"
#include "tests/loop/pair.h"

/* The numbers of calls, and what is left of a call when it is over: one word about its end, and nothing else. */

#define ADD(path, test) g_test_add (path, Pair, "test", pair_set_up, test, pair_tear_down)

static void
connect_pair (Pair *pair)
{
  pair->bob.manner = PARTY_ACCEPTS;
  party_call (&pair->anna, &pair->bob);
  wait_for_state (&pair->anna, VAV_STATE_ACTIVE);
  wait_for_state (&pair->bob, VAV_STATE_ACTIVE);
}

/* R6 and W9 */

static void
add_value (GHashTable *values, guint64 value)
{
  guint64 *key = g_memdup2 (&value, sizeof value);

  g_assert_cmpuint (value, >, 0);
  g_assert_cmpuint (value, <, G_GUINT64_CONSTANT (1) << 53);
  g_assert_true (g_hash_table_add (values, key)); /* never seen before */
}

typedef struct
{
  VavStream *stream;
  guint64 value;
} Watched;

/* The state in which a call begins, on either side, is where its number is taken down. */
static void
check_value (GObject *object, GParamSpec *pspec, Watched *watched)
{
  VavState state = vav_stream_get_state (watched->stream);

  if (state == VAV_STATE_RESOLVING || state == VAV_STATE_INCOMING)
    watched->value = vav_stream_get_value (watched->stream);
  g_assert_cmpuint (vav_stream_get_value (watched->stream), ==, watched->value);
}

static void
test_redial (Pair *pair, gconstpointer media)
{
  Party *anna = &pair->anna, *bob = &pair->bob;
  g_autoptr (GHashTable) values = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  guint n = g_test_slow () ? 200 : 20;
  Watched watched[2] = { { anna->stream }, { bob->stream } };

  g_test_summary (
      "R6, W9, W17: The same person again, directly after the end, whoever hung up: it works every time; each call has "
      "numbers that no other had, which stay while it lasts, and ends once on each side.");
  for (guint i = 0; i < 2; i++)
    g_signal_connect (watched[i].stream, "notify::state", G_CALLBACK (check_value), &watched[i]);
  for (guint i = 1; i <= n; i++)
    {
      connect_pair (pair);
      add_value (values, watched[0].value);
      add_value (values, watched[1].value);
      g_assert_cmpuint (vav_request_get_value (bob->request), ==, watched[1].value);
      vav_stream_hang_up (i % 2 == 0 ? anna->stream : bob->stream, NULL);
      wait_until (anna->n_ended == i); /* not for Bob: he may still be about it */
      g_assert_true (anna->graceful);
    }
  wait_until (bob->n_ended == n);
  for (guint i = 0; i < 2; i++)
    g_signal_handlers_disconnect_by_data (watched[i].stream, &watched[i]);
}

/* W17 and N12: all ways to the end */

typedef void (*Way) (Pair *pair);

static void
hang_up_here (Pair *pair)
{
  connect_pair (pair);
  vav_stream_hang_up (pair->anna.stream, NULL);
}

static void
hang_up_there (Pair *pair)
{
  connect_pair (pair);
  vav_stream_hang_up (pair->bob.stream, NULL);
}

static void
hang_up_both (Pair *pair)
{
  connect_pair (pair);
  vav_stream_hang_up (pair->anna.stream, NULL);
  vav_stream_hang_up (pair->bob.stream, NULL);
}

static void
hang_up_twice (Pair *pair)
{
  connect_pair (pair);
  vav_stream_hang_up (pair->anna.stream, NULL);
  vav_stream_hang_up (pair->anna.stream, NULL);
  vav_stream_abort (pair->anna.stream);
}

static void
abort_here (Pair *pair)
{
  connect_pair (pair);
  vav_stream_abort (pair->anna.stream);
}

static void
abort_there (Pair *pair)
{
  connect_pair (pair);
  vav_stream_abort (pair->bob.stream);
}

static void
reject (Pair *pair)
{
  pair->bob.manner = PARTY_REJECTS;
  party_call (&pair->anna, &pair->bob);
}

static void
ring (Pair *pair)
{
  pair->bob.manner = PARTY_ASKS;
  party_call (&pair->anna, &pair->bob);
  wait_for_state (&pair->anna, VAV_STATE_RINGING);
}

static void
decline (Pair *pair)
{
  ring (pair);
  vav_stream_hang_up (pair->bob.stream, NULL);
}

static void
withdraw (Pair *pair)
{
  ring (pair);
  vav_stream_hang_up (pair->anna.stream, NULL);
}

static void
abort_ringing (Pair *pair)
{
  ring (pair);
  vav_stream_abort (pair->anna.stream);
}

static void
withdraw_and_accept (Pair *pair)
{
  ring (pair);
  vav_stream_hang_up (pair->anna.stream, NULL);
  vav_request_accept (pair->bob.request, VAV_FLOW_ALL, NULL);
}

static void
accept_and_abort (Pair *pair)
{
  ring (pair);
  vav_request_accept (pair->bob.request, VAV_FLOW_ALL, NULL);
  wait_until (party_state (&pair->anna) == VAV_STATE_CONNECTING || party_state (&pair->anna) == VAV_STATE_ACTIVE);
  vav_stream_abort (pair->anna.stream);
}

static const struct
{
  const char *name;
  Way way;
} ways[] = {
  { "hang up here", hang_up_here },
  { "hang up there", hang_up_there },
  { "hang up both", hang_up_both },
  { "hang up twice", hang_up_twice },
  { "abort here", abort_here },
  { "abort there", abort_there },
  { "reject", reject },
  { "decline", decline },
  { "withdraw", withdraw },
  { "abort ringing", abort_ringing },
  { "withdraw and accept", withdraw_and_accept },
  { "accept and abort", accept_and_abort },
};

/* A whole call comes after each: what was told late, or twice, would be counted by its end. */
static void
go_all_ways (Pair *pair)
{
  Party *anna = &pair->anna, *bob = &pair->bob;

  for (guint i = 0; i < G_N_ELEMENTS (ways); i++)
    {
      anna->n_ended = bob->n_ended = 0;
      g_test_message ("%s", ways[i].name);
      ways[i].way (pair);
      wait_until (anna->n_ended > 0 && bob->n_ended > 0);
      hang_up_here (pair);
      wait_until (anna->n_ended > 1 && bob->n_ended > 1);
      g_assert_cmpuint (anna->n_ended, ==, 2);
      g_assert_cmpuint (bob->n_ended, ==, 2);
      g_assert_cmpint (anna->reason, ==, VAV_REASON_LOCAL);
      g_assert_cmpint (bob->reason, ==, VAV_REASON_REMOTE);
      g_assert_true (anna->graceful && bob->graceful);
    }
}

static gboolean
is_settled (guint descriptors, guint threads)
{
  return ledger_count_descriptors () <= descriptors && ledger_count_threads () <= threads;
}

static void
wait_for_ledger (guint descriptors, guint threads)
{
  gint64 limit = g_get_monotonic_time () + 20 * G_USEC_PER_SEC;
  gboolean settled;

  /* looked at once a turn: a thread of a pool that begins has no name yet, and would be counted by a second look */
  while (!(settled = is_settled (descriptors, threads)) && g_get_monotonic_time () < limit)
    wait_one_turn ();
  if (!settled)
    {
      g_autofree char *list = ledger_dup_descriptors ();

      g_test_message ("%s", list);
      g_assert_cmpuint (ledger_count_descriptors (), <=, descriptors);
      g_assert_cmpuint (ledger_count_threads (), <=, threads);
    }
}

static void
test_all_ways (Pair *pair, gconstpointer media)
{
  guint descriptors, threads;

  g_test_summary ("W17, N12, R3: However a call ends, on whichever side, it ends once on each; the next call works, "
                  "and when all are over "
                  "descriptors and threads are as after the first round.");
  go_all_ways (pair);
  wait_until (!vav_stream_is_busy (pair->anna.stream) && !vav_stream_is_busy (pair->bob.stream));
  descriptors = ledger_count_descriptors ();
  threads = ledger_count_threads ();
  go_all_ways (pair);
  wait_for_ledger (descriptors, threads);
}

/* N12: dials that fail */

static void
fail_once (Pair *pair, const char *address)
{
  Party *anna = &pair->anna;
  guint before = anna->n_ended;

  g_assert_true (vav_stream_dial (anna->stream, address, NULL, NULL));
  wait_until (anna->n_ended == before + 1);
  g_assert_cmpint (party_state (anna), ==, VAV_STATE_FAILED);
}

static void
check_failures (Pair *pair, const char *what, const char *address)
{
  guint descriptors, threads;

  fail_once (pair, address);
  fail_once (pair, address);
  wait_until (!vav_stream_is_busy (pair->bob.stream));
  descriptors = ledger_count_descriptors ();
  threads = ledger_count_threads ();
  for (guint i = 0; i < 30; i++)
    fail_once (pair, address);
  wait_for_ledger (descriptors, threads);
  g_test_message ("%s: %u descriptors, %u threads", what, descriptors, threads);
}

static gboolean
on_incoming (GSocketService *service, GSocketConnection *connection, GObject *source, gpointer text)
{
  g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (connection)), text, strlen (text), NULL, NULL,
                             NULL);
  return TRUE;
}

static void
test_failed_dials (Pair *pair, gconstpointer media)
{
  Party *anna = &pair->anna, *bob = &pair->bob;
  Names *names = names_install ();
  g_autoptr (GSocketService) shop = g_socket_service_new ();
  guint16 port = g_socket_listener_add_any_inet_port (G_SOCKET_LISTENER (shop), NULL, NULL);
  g_autofree char *other = g_strdup_printf ("127.0.0.1:%u", port);
  const char *bobs = vav_endpoint_get_listening_address (bob->endpoint);
  g_autofree char *wrong_id = g_strdup_printf ("visavis:%s@%s", vav_endpoint_get_id (anna->endpoint), bobs);

  g_test_summary ("N12: After thirty failed dials of each kind, descriptors and threads are as before.");
  names_add_error (names, "nobody.example", G_RESOLVER_ERROR_NOT_FOUND);
  g_signal_connect (shop, "incoming", G_CALLBACK (on_incoming), (gpointer) "HTTP/1.0 200 OK\r\n\r\n");
  bob->manner = PARTY_REJECTS;
  check_failures (pair, "no address", "no address");
  check_failures (pair, "unknown name", "nobody.example");
  check_failures (pair, "refused", "127.0.0.6:1");
  check_failures (pair, "not ours", other);
  check_failures (pair, "another identity", wrong_id);
  check_failures (pair, "rejected", bobs);
  names_remove (names);
}

/* N5 */

static void
test_linger (Pair *pair, gconstpointer media)
{
  Party *anna = &pair->anna, *bob = &pair->bob;

  g_test_summary ("N5, N7: By default the end is graceful and goes on in the background; with linger 0 it is there at "
                  "once, and the other "
                  "side is told of a reset.");
  g_assert_cmpint (vav_stream_get_linger (anna->stream), ==, -1);
  connect_pair (pair);
  vav_stream_hang_up (anna->stream, NULL);
  g_assert_cmpuint (anna->n_ended, ==, 0);
  g_assert_cmpint (party_state (anna), ==, VAV_STATE_CLOSING);
  wait_until (anna->n_ended == 1 && bob->n_ended == 1);
  g_assert_true (anna->graceful && bob->graceful);

  vav_stream_set_linger (anna->stream, 0);
  connect_pair (pair);
  vav_stream_hang_up (anna->stream, NULL);
  g_assert_cmpuint (anna->n_ended, ==, 2);
  g_assert_false (anna->graceful);
  wait_until (bob->n_ended == 2);
  g_assert_false (bob->graceful);
  g_assert_cmpint (bob->reason, ==, VAV_REASON_RESET);
}

/* N3 */

static void
answer_with (VavStream *stream, VavRequest *request, GBytes *data)
{
  g_autoptr (GBytes) more = g_bytes_new_take (g_strnfill (VAV_MAX_DATA + 1, 'x'), VAV_MAX_DATA + 1);
  g_autoptr (GError) error = NULL;

  g_assert_cmpuint (g_bytes_get_size (vav_request_get_data (request)), ==, VAV_MAX_DATA);
  g_assert_false (vav_request_accept_on (request, stream, VAV_FLOW_ALL, more, &error));
  g_assert_error (error, VAV_ERROR, VAV_ERROR_TOO_LARGE);
  g_assert_true (vav_request_is_pending (request));
  g_assert_true (vav_request_accept_on (request, stream, VAV_FLOW_ALL, data, NULL));
}

static void
reject_with (VavStream *stream, VavRequest *request, GBytes *data)
{
  vav_request_reject (request, VAV_REASON_REFUSED, data);
}

static void
test_data_at_limit (Pair *pair, gconstpointer media)
{
  Party *anna = &pair->anna, *bob = &pair->bob;
  const char *where = vav_endpoint_get_listening_address (bob->endpoint);
  g_autoptr (GBytes) most = g_bytes_new_take (g_strnfill (VAV_MAX_DATA, 'y'), VAV_MAX_DATA);
  g_autoptr (GBytes) more = g_bytes_new_take (g_strnfill (VAV_MAX_DATA + 1, 'x'), VAV_MAX_DATA + 1);
  g_autoptr (GError) error = NULL;

  g_test_summary (
      "N3: 64 KiB go with the request, with a yes and with a no; one byte more is refused at the sender with an error, "
      "and nothing has happened.");
  g_assert_cmpuint (VAV_MAX_DATA, ==, 65536);
  g_assert_false (vav_stream_dial (anna->stream, where, more, &error));
  g_assert_error (error, VAV_ERROR, VAV_ERROR_TOO_LARGE);
  g_assert_cmpint (party_state (anna), ==, VAV_STATE_IDLE);

  g_signal_connect (bob->stream, "connection-requested", G_CALLBACK (answer_with), most);
  g_assert_true (vav_stream_dial (anna->stream, where, most, NULL));
  wait_for_state (anna, VAV_STATE_ACTIVE);
  g_assert_cmpuint (strlen (anna->answer_data), ==, VAV_MAX_DATA);
  vav_stream_hang_up (anna->stream, NULL);
  wait_until (anna->n_ended == 1 && !vav_stream_is_busy (bob->stream));
  g_signal_handlers_disconnect_by_func (bob->stream, answer_with, most);

  g_signal_connect (bob->stream, "connection-requested", G_CALLBACK (reject_with), most);
  g_assert_true (vav_stream_dial (anna->stream, where, most, NULL));
  wait_until (anna->n_ended == 2);
  g_assert_cmpint (anna->reason, ==, VAV_REASON_REFUSED);
  g_assert_cmpuint (strlen (anna->answer_data), ==, VAV_MAX_DATA);
  g_signal_handlers_disconnect_by_func (bob->stream, reject_with, most);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/loop/handles/redial", test_redial);
  if (!g_test_slow ())
    {
      ADD ("/loop/handles/all-ways", test_all_ways);
      ADD ("/loop/handles/failed-dials", test_failed_dials);
      ADD ("/loop/handles/linger", test_linger);
      ADD ("/loop/handles/data-at-limit", test_data_at_limit);
    }
  return tolerate_exit (g_test_run ());
}
