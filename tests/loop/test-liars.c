/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "tests/lib/tolerate.h"
#include "tests/loop/crate.h"
#include "tests/unit/signal/rogue.h"

#define ADD(path, test) g_test_add (path, Crate, "test", crate_set_up, test, crate_tear_down)
#define HEADER 12

static void
connect_through_relay (Crate *crate, RelayFilter filter)
{
  g_clear_pointer (&crate->relay, relay_free);
  crate->relay = relay_new (vav_endpoint_get_listening_address (crate->pair.bob.endpoint));
  relay_set_filter (crate->relay, filter, crate);
  crate_connect (crate);
}

/* Bytes on their way from Anna to Bob, and what becomes of them. */

typedef struct
{
  const char *what;
  GBytes *(*change) (guint8 *piece, gsize length);
  gboolean ends_call;
} Lie;

static GBytes *
spoil_data (guint8 *piece, gsize length)
{
  piece[length - 1] ^= 1;
  return g_bytes_new (piece, length);
}

static GBytes *
add_bytes (guint8 *piece, gsize length)
{
  g_autofree guint8 *more = g_malloc0 (length + 40);

  memcpy (more, piece, length);
  return g_bytes_new (more, length + 40);
}

static GBytes *
rename_file (guint8 *piece, gsize length)
{
  piece[3] = 99;
  return g_bytes_new (piece, length);
}

static GBytes *
move_offset (guint8 *piece, gsize length)
{
  piece[HEADER - 1]++;
  return g_bytes_new (piece, length);
}

static GBytes *
cut_header (guint8 *piece, gsize length)
{
  return g_bytes_new (piece, HEADER - 1);
}

static GBytes *
cut_data (guint8 *piece, gsize length)
{
  return g_bytes_new (piece, HEADER);
}

static const Lie lies[] = {
  { "another byte", spoil_data, FALSE },        { "more than was offered", add_bytes, TRUE },
  { "a file that is none", rename_file, TRUE }, { "another place", move_offset, TRUE },
  { "less than a header", cut_header, TRUE },   { "nothing", cut_data, TRUE },
};

/* The relay's threads. */
static GBytes *
tell_lie (gboolean from_caller, GBytes *piece, gpointer data)
{
  const Lie *lie = data;
  gsize length;
  const guint8 *bytes = g_bytes_get_data (piece, &length);
  g_autofree guint8 *copy = g_memdup2 (bytes, length);

  return from_caller ? lie->change (copy, length) : g_bytes_ref (piece);
}

static void
test_pieces (Crate *crate, gconstpointer media)
{
  Party *anna = &crate->pair.anna, *bob = &crate->pair.bob;
  guint n_ended = 0;

  g_test_summary ("W20: bytes that were changed give no file, and those that may not be there end the call");
  for (guint i = 0; i < G_N_ELEMENTS (lies); i++)
    {
      VavFile *file;

      g_test_message ("%s", lies[i].what);
      connect_through_relay (crate, NULL);
      relay_set_piece_filter (crate->relay, tell_lie, (gpointer)&lies[i]);
      file = crate_send (crate, anna, "a.bin", 1000);
      wait_until (vav_file_is_over (file) && crate->n_offered == i + 1 && vav_file_is_over (crate->last_offered));
      if (!lies[i].ends_call)
        {
          g_assert_error (vav_file_get_error (file), VAV_ERROR, VAV_ERROR_DAMAGED);
          g_assert_error (vav_file_get_error (crate->last_offered), VAV_ERROR, VAV_ERROR_DAMAGED);
          g_assert_cmpint (party_state (bob), ==, VAV_STATE_ACTIVE);
          vav_stream_hang_up (anna->stream, NULL);
        }
      n_ended++;
      wait_until (anna->n_ended == n_ended && bob->n_ended == n_ended);
      g_assert_cmpint (bob->reason, ==, lies[i].ends_call ? VAV_REASON_PROTOCOL : VAV_REASON_REMOTE);
      g_assert_cmpint (crate_size (crate, bob, "a.bin"), ==, -1);
      crate_remove_parts (crate);
    }
  g_assert_cmpuint (crate->n_done, ==, 0);
}

static void
test_broken_frame (Crate *crate, gconstpointer media)
{
  Party *anna = &crate->pair.anna, *bob = &crate->pair.bob;

  g_test_summary (
      "W20: a frame of nothing on the files' connection ends the call, also while much is being sent by it");
  for (guint i = 1; i <= 3; i++)
    {
      g_autoptr (GBytes) nothing = g_bytes_new (NULL, 0);

      connect_through_relay (crate, NULL);
      crate_send (crate, anna, "big.bin", 100 * 1000 * 1000);
      wait_until (crate->n_offered == i && vav_file_get_transferred (crate->last_offered) > 1000 * 1000);
      relay_say_piece (crate->relay, TRUE, nothing);
      wait_until (anna->n_ended == i && bob->n_ended == i);
      g_assert_cmpint (anna->reason, ==, VAV_REASON_PROTOCOL);
      crate_remove_parts (crate);
    }
}

/* Messages that Bob must not hear. */
static void
test_messages (Crate *crate, gconstpointer media)
{
  static const char *const words[] = {
    "{\"type\":\"file-offer\",\"file\":2,\"name\":\"a\",\"size\":1}",
    "{\"type\":\"file-offer\",\"file\":1,\"name\":\"a\",\"size\":9007199254740993}",
    "{\"type\":\"file-offer\",\"file\":0,\"name\":\"a\",\"size\":1}",
    "{\"type\":\"file-accept\",\"file\":1,\"offset\":0}",
    "{\"type\":\"file-refuse\",\"file\":1}",
    "{\"type\":\"file-done\",\"file\":1}",
    "{\"type\":\"file-cancel\",\"file\":1,\"by\":\"sender\",\"reason\":\"cancelled\"}",
    "{\"type\":\"file-cancel\",\"file\":1,\"by\":\"nobody\",\"reason\":\"cancelled\"}",
    "{\"type\":\"attached\"}",
  };
  Party *anna = &crate->pair.anna, *bob = &crate->pair.bob;

  g_test_summary ("W20: offers out of order and answers to what was never offered end the call");
  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    {
      g_test_message ("%s", words[i]);
      connect_through_relay (crate, NULL);
      relay_say (crate->relay, FALSE, words[i]);
      wait_until (anna->n_ended == i + 1 && bob->n_ended == i + 1);
      g_assert_cmpint (bob->reason, ==, VAV_REASON_PROTOCOL);
    }
  g_assert_cmpuint (crate->n_offered, ==, 0);
}

static char *
drop_files_to_caller (gboolean from_caller, const char *json, gpointer data)
{
  return !from_caller && strstr (json, "\"file-") != NULL ? NULL : g_strdup (json);
}

static void
test_flood (Crate *crate, gconstpointer media)
{
  Party *anna = &crate->pair.anna, *bob = &crate->pair.bob;

  g_test_summary ("W20: more than 256 offers that wait, and a number that was used, end the call");
  crate->manner = CRATE_WAITS;
  connect_through_relay (crate, drop_files_to_caller);
  for (guint i = 1; i <= 256; i++)
    {
      g_autofree char *offer
          = g_strdup_printf ("{\"type\":\"file-offer\",\"file\":%u,\"name\":\"/\\\\..\",\"size\":0}", i);

      relay_say (crate->relay, FALSE, offer);
    }
  wait_until (crate->n_offered == 256);
  g_assert_cmpstr (vav_file_get_name (crate->last_offered), ==, "file");
  g_assert_cmpint (party_state (bob), ==, VAV_STATE_ACTIVE);
  relay_say (crate->relay, FALSE, "{\"type\":\"file-offer\",\"file\":257,\"name\":\"a\",\"size\":0}");
  wait_until (anna->n_ended == 1 && bob->n_ended == 1);
  g_assert_cmpint (bob->reason, ==, VAV_REASON_PROTOCOL);

  connect_through_relay (crate, drop_files_to_caller);
  for (guint i = 0; i < 2; i++)
    relay_say (crate->relay, FALSE, "{\"type\":\"file-offer\",\"file\":1,\"name\":\"a\",\"size\":0}");
  wait_until (anna->n_ended == 2 && bob->n_ended == 2);
  g_assert_cmpint (bob->reason, ==, VAV_REASON_PROTOCOL);
}

/* The receiver says that it has more than there is, or twice that it wants it. */
static char *
lie_about_offset (gboolean from_caller, const char *json, gpointer data)
{
  g_autoptr (GRegex) regex = g_regex_new ("\"offset\":0", 0, 0, NULL);

  return g_regex_replace (regex, json, -1, 0, "\"offset\":5000,\"digest\":\"x\"", 0, NULL);
}

static void
test_receiver (Crate *crate, gconstpointer media)
{
  Party *anna = &crate->pair.anna, *bob = &crate->pair.bob;

  g_test_summary ("W20: a receiver that claims to have more than there is ends the call");
  connect_through_relay (crate, lie_about_offset);
  crate_send (crate, anna, "a.bin", 1000);
  wait_until (anna->n_ended == 1 && bob->n_ended == 1);
  g_assert_cmpint (anna->reason, ==, VAV_REASON_PROTOCOL);
}

typedef struct
{
  Crate *crate;
  char *call;
  gboolean over;
  RogueEnd end;
} Stranger;

static char *
note_call (gboolean from_caller, const char *json, gpointer data)
{
  g_autoptr (GRegex) regex = g_regex_new ("\"call\":\"([0-9a-f]{32})\"", 0, 0, NULL);
  g_autoptr (GMatchInfo) match = NULL;
  char **call = data;

  if (*call == NULL && g_regex_match (regex, json, 0, &match))
    *call = g_match_info_fetch (match, 1);
  return g_strdup (json);
}

/* A thread of its own. */
static gpointer
run_stranger (gpointer data)
{
  Stranger *stranger = data;
  const char *where = vav_endpoint_get_listening_address (stranger->crate->pair.bob.endpoint);
  RogueStyle style = { .alpn = "visavis/1" };
  g_autoptr (Rogue) rogue = rogue_new (rogue_connect ("127.0.0.1", (guint16)atoi (strrchr (where, ':') + 1)), FALSE);
  g_autofree char *attach = g_strdup_printf ("{\"type\":\"attach\",\"call\":\"%s\"}", stranger->call);

  if (rogue_handshake (rogue, &style) && rogue_send_hello (rogue) && rogue_send_message (rogue, attach))
    stranger->end = rogue_await_end (rogue, 20000);
  g_atomic_int_set (&stranger->over, TRUE);
  return NULL;
}

static void
test_stranger (Crate *crate, gconstpointer media)
{
  Stranger stranger = { crate };
  g_autofree char *call = NULL;
  VavFile *file;
  GThread *thread;

  g_test_summary ("W20: another key than the peer's cannot carry the files of a call, though it knows the call's id");
  crate->relay = relay_new (vav_endpoint_get_listening_address (crate->pair.bob.endpoint));
  relay_set_filter (crate->relay, note_call, &call);
  crate_connect (crate);
  relay_close_door (crate->relay);
  file = crate_send (crate, &crate->pair.bob, "a.bin", 1000);
  wait_until (vav_file_get_state (file) >= VAV_FILE_STATE_RUNNING);
  stranger.call = call;
  thread = g_thread_new ("stranger", run_stranger, &stranger);
  wait_until (g_atomic_int_get (&stranger.over));
  g_thread_join (thread);
  g_assert_cmpint (stranger.end, ==, ROGUE_END_RESET);
  wait_until (crate->n_done == 2);
  relay_set_filter (crate->relay, NULL, NULL); /* the call's id goes with this function */
}

/* The second connection cannot be made. */
static void
test_no_second_connection (Crate *crate, gconstpointer media)
{
  g_test_summary ("W20: where no second connection can be made files go both ways through the media's path");
  crate->relay = relay_new (vav_endpoint_get_listening_address (crate->pair.bob.endpoint));
  crate_connect (crate);
  relay_close_door (crate->relay);
  crate_send (crate, &crate->pair.anna, "a.bin", 3 * 1000 * 1000);
  crate_send (crate, &crate->pair.bob, "b.bin", 3 * 1000 * 1000);
  crate_send (crate, &crate->pair.bob, "empty", 0);
  wait_until (crate->n_done == 6);
  crate_assert_arrived (crate, &crate->pair.anna, "a.bin", "a.bin");
  crate_assert_arrived (crate, &crate->pair.bob, "b.bin", "b.bin");
}

/* It breaks in the middle, and the call does not. */
static void
test_connection_lost (Crate *crate, gconstpointer media)
{
  Party *anna = &crate->pair.anna, *bob = &crate->pair.bob;
  VavFile *file, *again;
  guint64 had;

  g_test_summary ("W20: a file whose connection is lost is interrupted on both sides, the call goes on, and so does "
                  "the file when offered again");
  connect_through_relay (crate, NULL);
  file = crate_send (crate, anna, "big.bin", 60 * 1000 * 1000);
  wait_until (crate->n_offered == 1 && vav_file_get_transferred (crate->last_offered) > 1000 * 1000);
  relay_cut_pieces (crate->relay);
  wait_until (vav_file_get_state (file) == VAV_FILE_STATE_INTERRUPTED
              && vav_file_get_state (crate->last_offered) == VAV_FILE_STATE_INTERRUPTED);
  had = vav_file_get_transferred (crate->last_offered);
  g_assert_cmpint (party_state (anna), ==, VAV_STATE_ACTIVE);
  again = crate_send_again (crate, anna, "big.bin");
  wait_until (vav_file_get_state (again) >= VAV_FILE_STATE_RUNNING);
  g_assert_cmpuint (vav_file_get_transferred (again), >=, had);
  wait_until (crate->n_done == 2);
  crate_assert_arrived (crate, anna, "big.bin", "big.bin");
  g_assert_cmpint (party_state (bob), ==, VAV_STATE_ACTIVE);
}

/* Only the caller sees it break, and there can be no other. */
static void
test_half_lost (Crate *crate, gconstpointer media)
{
  Party *anna = &crate->pair.anna, *bob = &crate->pair.bob;
  VavFile *file;
  gint64 began;

  g_test_summary ("W20: a called side that has not seen its connection for files break leaves it when the caller says "
                  "that there is none, and what it offers again goes through the media's path");
  connect_through_relay (crate, NULL);
  crate_send (crate, anna, "a.bin", 1000);
  wait_until (crate->n_done == 2);
  relay_close_door (crate->relay);
  relay_cut_pieces_of_caller (crate->relay);
  wait_until (crate_count_threads ("vav-pipe") == 2); /* Bob's */
  began = g_get_monotonic_time ();
  file = crate_send (crate, bob, "b.bin", 1000);
  wait_until (vav_file_is_over (file));
  if (vav_file_get_state (file) == VAV_FILE_STATE_INTERRUPTED)
    {
      file = crate_send_again (crate, bob, "b.bin");
      wait_until (vav_file_is_over (file));
    }
  g_assert_cmpint (vav_file_get_state (file), ==, VAV_FILE_STATE_DONE);
  g_test_message ("%.1f s", (double)(g_get_monotonic_time () - began) / G_USEC_PER_SEC);
  crate_assert_arrived (crate, bob, "b.bin", "b.bin");
  g_assert_cmpint (party_state (anna), ==, VAV_STATE_ACTIVE);
}

static char *
forget_features (gboolean from_caller, const char *json, gpointer data)
{
  g_autoptr (GRegex) regex = g_regex_new ("\"files\",?", 0, 0, NULL);
  g_autofree char *without = g_regex_replace (regex, json, -1, 0, "", 0, NULL);
  g_autoptr (GRegex) comma = g_regex_new (",\\]", 0, 0, NULL);

  return g_regex_replace (comma, without, -1, 0, "]", 0, NULL);
}

static void
on_not_sent (GObject *source, GAsyncResult *result, gpointer data)
{
  g_assert_null (vav_stream_send_file_finish (VAV_STREAM (source), result, data));
}

static void
test_not_supported (Crate *crate, gconstpointer media)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = NULL;

  g_test_summary ("N13: to a peer that never said it takes files none is offered, and the call goes on");
  connect_through_relay (crate, forget_features);
  path = crate_source (crate, &crate->pair.anna, "a");
  g_assert_true (g_file_set_contents (path, "a", -1, NULL));
  vav_stream_send_file_async (crate->pair.anna.stream, path, NULL, on_not_sent, &error);
  wait_until (error != NULL);
  g_assert_error (error, VAV_ERROR, VAV_ERROR_NOT_SUPPORTED);
  g_assert_cmpuint (crate->n_offered, ==, 0);
  g_assert_true (vav_stream_send_text (crate->pair.anna.stream, "then a text", NULL, NULL));
  g_assert_cmpint (party_state (&crate->pair.anna), ==, VAV_STATE_ACTIVE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD ("/liars/pieces", test_pieces);
  ADD ("/liars/broken-frame", test_broken_frame);
  ADD ("/liars/messages", test_messages);
  ADD ("/liars/flood", test_flood);
  ADD ("/liars/receiver", test_receiver);
  ADD ("/liars/stranger", test_stranger);
  ADD ("/liars/no-second-connection", test_no_second_connection);
  ADD ("/liars/connection-lost", test_connection_lost);
  ADD ("/liars/half-lost", test_half_lost);
  ADD ("/liars/not-supported", test_not_supported);

  return tolerate_exit (g_test_run ());
}
