/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "tests/lib/tolerate.h"
#include "tests/loop/pair.h"
#include "tests/loop/relay.h"

#define ADD(path, test) g_test_add (path, Talk, "test", set_up, test, tear_down)

typedef struct
{
  Pair pair;
  Relay *relay;
  GPtrArray *anna_read; /* of char * */
  GPtrArray *bob_read;
  guint64 acknowledged; /* Anna's, the last */
  guint n_acknowledged;
} Talk;

static void
on_text (VavStream *stream, const char *text, GPtrArray *read)
{
  g_assert_true (g_utf8_validate (text, -1, NULL));
  g_ptr_array_add (read, g_strdup (text));
}

static void
on_acknowledged (VavStream *stream, guint64 id, Talk *talk)
{
  g_assert_cmpuint (id, ==, talk->acknowledged + 1);
  talk->acknowledged = id;
  talk->n_acknowledged++;
}

static void
set_up (Talk *talk, gconstpointer media)
{
  pair_set_up (&talk->pair, media);
  talk->pair.bob.manner = PARTY_ACCEPTS;
  talk->anna_read = g_ptr_array_new_with_free_func (g_free);
  talk->bob_read = g_ptr_array_new_with_free_func (g_free);
  g_signal_connect (talk->pair.anna.stream, "text", G_CALLBACK (on_text), talk->anna_read);
  g_signal_connect (talk->pair.bob.stream, "text", G_CALLBACK (on_text), talk->bob_read);
  g_signal_connect (talk->pair.anna.stream, "text-acknowledged", G_CALLBACK (on_acknowledged), talk);
}

static void
tear_down (Talk *talk, gconstpointer media)
{
  g_signal_handlers_disconnect_by_data (talk->pair.anna.stream, talk);
  pair_tear_down (&talk->pair, media);
  g_clear_pointer (&talk->relay, relay_free);
  g_ptr_array_unref (talk->anna_read);
  g_ptr_array_unref (talk->bob_read);
}

static void
connect_pair (Talk *talk)
{
  Party *anna = &talk->pair.anna, *bob = &talk->pair.bob;

  if (talk->relay != NULL)
    g_assert_true (vav_stream_dial (anna->stream, relay_get_address (talk->relay), NULL, NULL));
  else
    party_call (anna, bob);
  wait_for_state (anna, VAV_STATE_ACTIVE);
  wait_for_state (bob, VAV_STATE_ACTIVE);
}

static void
connect_through_relay (Talk *talk, RelayFilter filter)
{
  talk->relay = relay_new (vav_endpoint_get_listening_address (talk->pair.bob.endpoint));
  relay_set_filter (talk->relay, filter, talk);
  connect_pair (talk);
}

static guint64
send_text (Party *party, const char *text)
{
  g_autoptr (GError) error = NULL;
  guint64 id = 0;

  g_assert_true (vav_stream_send_text (party->stream, text, &id, &error));
  g_assert_no_error (error);
  return id;
}

/* Anna cannot write to a call that is not there, any more, or yet. */
static void
assert_closed (Party *party)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (vav_stream_send_text (party->stream, "hello?", NULL, &error));
  g_assert_error (error, VAV_ERROR, VAV_ERROR_CLOSED);
}

static void
test_both_ways (Talk *talk, gconstpointer media)
{
  Party *anna = &talk->pair.anna, *bob = &talk->pair.bob;
  g_autofree char *longest = g_strnfill (VAV_MAX_TEXT, 'x');
  g_autofree char *longer = g_strnfill (VAV_MAX_TEXT + 1, 'x');
  g_autoptr (GError) error = NULL;

  g_test_summary ("W20: texts go both ways in order, each once, are acknowledged, and come in harmless");
  assert_closed (anna);
  connect_pair (talk);
  for (guint i = 1; i <= 50; i++)
    {
      g_autofree char *text = g_strdup_printf ("line %u", i);

      g_assert_cmpuint (send_text (anna, text), ==, i);
    }
  g_assert_cmpuint (send_text (bob, "grüße\n\x1b[31m\xe2\x80\xae"), ==, 1);
  send_text (anna, longest);
  g_assert_false (vav_stream_send_text (anna->stream, longer, NULL, &error));
  g_assert_error (error, VAV_ERROR, VAV_ERROR_TOO_LARGE);
  g_clear_error (&error);
  g_assert_false (vav_stream_send_text (anna->stream, "\xff", NULL, &error));
  g_assert_error (error, VAV_ERROR, VAV_ERROR_FAILED);

  wait_until (talk->n_acknowledged == 51 && talk->anna_read->len == 1);
  g_assert_cmpuint (talk->bob_read->len, ==, 51);
  for (guint i = 1; i <= 50; i++)
    {
      g_autofree char *text = g_strdup_printf ("line %u", i);

      g_assert_cmpstr (talk->bob_read->pdata[i - 1], ==, text);
    }
  g_assert_cmpstr (talk->bob_read->pdata[50], ==, longest);
  g_assert_cmpstr (talk->anna_read->pdata[0], ==, "grüße\n�[31m�");
  vav_stream_hang_up (anna->stream, NULL);
  wait_until (anna->n_ended == 1 && bob->n_ended == 1);
  assert_closed (anna);
}

/* More than the other side's channel lets in at once: it waits here, and all of it goes before the goodbye. */
static void
test_flush (Talk *talk, gconstpointer media)
{
  Party *anna = &talk->pair.anna, *bob = &talk->pair.bob;
  g_autofree char *longest = g_strnfill (VAV_MAX_TEXT, 'x');

  g_test_summary ("N4: texts that wait at hang-up go out before the goodbye, in order, and the end is graceful");
  connect_pair (talk);
  for (guint i = 0; i < 33; i++)
    send_text (anna, longest);
  send_text (anna, "last words");
  vav_stream_hang_up (anna->stream, NULL);
  assert_closed (anna);
  wait_until (anna->n_ended == 1 && bob->n_ended == 1);
  g_assert_true (anna->graceful && bob->graceful);
  g_assert_cmpuint (talk->bob_read->len, ==, 34);
  g_assert_cmpstr (talk->bob_read->pdata[33], ==, "last words");
}

static char *
forget_features (gboolean from_caller, const char *json, gpointer data)
{
  g_autoptr (GRegex) regex = g_regex_new ("\"features\":\\[[^]]*\\]", 0, 0, NULL);

  return g_regex_replace (regex, json, -1, 0, "\"features\":[\"trickle\"]", 0, NULL);
}

static void
test_not_supported (Talk *talk, gconstpointer media)
{
  Party *anna = &talk->pair.anna, *bob = &talk->pair.bob;
  g_autoptr (GError) error = NULL;

  g_test_summary ("N13: to a peer that never said it can read texts nothing is sent, and the call goes on");
  connect_through_relay (talk, forget_features);
  g_assert_false (vav_stream_send_text (anna->stream, "hello", NULL, &error));
  g_assert_error (error, VAV_ERROR, VAV_ERROR_NOT_SUPPORTED);
  vav_stream_hang_up (anna->stream, NULL);
  wait_until (anna->n_ended == 1 && bob->n_ended == 1);
  g_assert_true (anna->graceful && bob->graceful);
  g_assert_cmpuint (talk->bob_read->len, ==, 0);
}

/* What answers words that she never said. */
static char *
keep_from_caller (gboolean from_caller, const char *json, gpointer data)
{
  return from_caller || strstr (json, "\"ack\"") == NULL ? g_strdup (json) : NULL;
}

static void
test_unknown (Talk *talk, gconstpointer media)
{
  Party *anna = &talk->pair.anna, *bob = &talk->pair.bob;

  g_test_summary ("N13: unknown fields are passed over, unknown types refused politely, and the call goes on");
  connect_through_relay (talk, keep_from_caller);
  relay_say (talk->relay, FALSE, "{\"type\":\"dance\"}");
  relay_say (talk->relay, FALSE, "{\"type\":\"text\",\"id\":1,\"text\":\"hello\",\"colour\":{\"red\":[1]}}");
  wait_until (talk->bob_read->len == 1);
  vav_stream_hang_up (bob->stream, NULL);
  wait_until (anna->n_ended == 1 && bob->n_ended == 1);
  g_assert_true (anna->graceful && bob->graceful);
}

static void
test_nonsense (Talk *talk, gconstpointer media)
{
  static const char *const lies[] = {
    "{\"type\":\"text\",\"id\":2,\"text\":\"a number too many\"}",
    "{\"type\":\"ack\",\"id\":1}",
    "{\"type\":\"text\",\"id\":1,\"text\":\"\xff\"}",
    "{\"type\":\"text\",\"id\":1}",
    "{\"type\":\"attach\"}",
  };
  Party *anna = &talk->pair.anna, *bob = &talk->pair.bob;

  g_test_summary (
      "W20, N12: texts out of order, answers to nothing and broken ones end the call, and nothing is shown");
  for (guint i = 0; i < G_N_ELEMENTS (lies); i++)
    {
      g_autofree char *shown = g_strescape (lies[i], "\"");

      connect_through_relay (talk, NULL);
      relay_say (talk->relay, FALSE, lies[i]);
      wait_until (anna->n_ended == i + 1 && bob->n_ended == i + 1);
      g_test_message ("%s", shown);
      g_assert_cmpint (bob->reason, ==, VAV_REASON_PROTOCOL);
      g_assert_false (anna->graceful || bob->graceful);
      g_clear_pointer (&talk->relay, relay_free);
    }
  g_assert_cmpuint (talk->bob_read->len, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD ("/text/both-ways", test_both_ways);
  ADD ("/text/flush", test_flush);
  ADD ("/text/not-supported", test_not_supported);
  ADD ("/text/unknown", test_unknown);
  ADD ("/text/nonsense", test_nonsense);

  return tolerate_exit (g_test_run ());
}
