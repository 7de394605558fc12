/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "tests/lib/tolerate.h"
#include "tests/loop/pair.h"

#define ADD(path, test) g_test_add (path, Pair, "test", set_up, test, pair_tear_down)

/* What calls leave in the history of both sides, and who is turned away before anything is left. */

static void
set_up (Pair *pair, gconstpointer media)
{
  pair_set_up (pair, media);
  pair->bob.manner = PARTY_ACCEPTS;
  vav_endpoint_set_history_kept (pair->anna.endpoint, TRUE);
  vav_endpoint_set_history_kept (pair->bob.endpoint, TRUE);
}

static void
dial (Party *caller, Party *callee)
{
  vav_stream_dial (caller->stream, vav_endpoint_get_listening_address (callee->endpoint), NULL, NULL);
}

static GListModel *
history_of (Party *party)
{
  return G_LIST_MODEL (vav_endpoint_get_history (party->endpoint));
}

static VavHistoryEntry *
entry_of (Party *party, guint position)
{
  return g_list_model_get_item (history_of (party), position);
}

/* The last is the call itself: it began first. */
static void
assert_call (Party *party, gboolean incoming, VavReason reason, const char *name)
{
  g_autoptr (VavHistoryEntry) call = entry_of (party, g_list_model_get_n_items (history_of (party)) - 1);

  g_assert_cmpint (vav_history_entry_get_kind (call), ==, VAV_HISTORY_CALL);
  g_assert_cmpint (vav_history_entry_is_incoming (call), ==, incoming);
  g_assert_cmpint (vav_history_entry_get_reason (call), ==, reason);
  g_assert_cmpstr (vav_history_entry_get_name (call), ==, name);
  g_assert_true (vav_history_entry_had_picture (call));
  g_assert_false (vav_history_entry_is_missed (call));
  g_assert_cmpint (vav_history_entry_get_person (call), >, 0);
  g_assert_cmpint (vav_history_entry_get_duration (call), >, 0); /* however short it was */
}

static void
assert_texts (Party *party, const char *said, const char *heard)
{
  guint n_said = 0;
  guint n_heard = 0;

  g_assert_cmpuint (g_list_model_get_n_items (history_of (party)), ==, 3);
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (VavHistoryEntry) text = entry_of (party, i);

      g_assert_cmpint (vav_history_entry_get_kind (text), ==, VAV_HISTORY_TEXT);
      n_said += !vav_history_entry_is_incoming (text) && strcmp (vav_history_entry_get_text (text), said) == 0;
      n_heard += vav_history_entry_is_incoming (text) && strcmp (vav_history_entry_get_text (text), heard) == 0;
    }
  g_assert_cmpuint (n_said, ==, 1);
  g_assert_cmpuint (n_heard, ==, 1);
}

static void
test_call (Pair *pair, gconstpointer media)
{
  Party *anna = &pair->anna, *bob = &pair->bob;

  g_test_summary ("a call with texts leaves the call and the texts with both, once, under the person's name");
  dial (anna, bob);
  wait_until (party_state (anna) == VAV_STATE_ACTIVE && party_state (bob) == VAV_STATE_ACTIVE);
  g_assert_true (vav_stream_send_text (anna->stream, "good morning", NULL, NULL));
  g_assert_true (vav_stream_send_text (bob->stream, "good evening", NULL, NULL));
  wait_until (g_list_model_get_n_items (history_of (anna)) == 2 && g_list_model_get_n_items (history_of (bob)) == 2);
  vav_stream_hang_up (anna->stream, NULL);
  wait_until (anna->n_ended == 1 && bob->n_ended == 1);

  assert_texts (anna, "good morning", "good evening");
  assert_texts (bob, "good evening", "good morning");
  assert_call (anna, FALSE, VAV_REASON_LOCAL, "Bob");
  assert_call (bob, TRUE, VAV_REASON_REMOTE, "Anna");
}

static void
test_missed (Pair *pair, gconstpointer media)
{
  Party *anna = &pair->anna, *bob = &pair->bob;
  g_autoptr (VavHistoryEntry) missed = NULL;
  VavHistory *history = vav_endpoint_get_history (bob->endpoint);

  g_test_summary (
      "a caller who gives up leaves a missed call that is counted until it was looked at; a refusal leaves none");
  bob->manner = PARTY_ASKS;
  dial (anna, bob);
  wait_for_state (anna, VAV_STATE_RINGING);
  vav_stream_hang_up (anna->stream, NULL);
  wait_until (bob->n_ended == 1);
  g_assert_cmpuint (vav_history_get_n_unseen (history), ==, 1);
  missed = entry_of (bob, 0);
  g_assert_true (vav_history_entry_is_missed (missed));
  g_assert_cmpstr (vav_history_entry_get_name (missed), ==, "Anna");
  g_assert_cmpstr (vav_history_entry_get_id (missed), ==, vav_endpoint_get_id (anna->endpoint));
  g_assert_cmpint (vav_history_entry_get_duration (missed), ==, 0);
  g_assert_false (vav_history_entry_had_picture (missed));
  g_assert_true (vav_history_mark_seen (history, NULL, NULL));
  g_assert_true (vav_history_entry_is_seen (missed));

  bob->manner = PARTY_REJECTS;
  dial (anna, bob);
  wait_until (bob->n_ended == 2 && anna->n_ended == 2);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (history)), ==, 2);
  g_assert_cmpuint (vav_history_get_n_unseen (history), ==, 0);
}

static void
accept_self (VavEndpoint *endpoint, VavStream *stream, VavRequest *request)
{
  vav_request_accept (request, VAV_FLOW_ALL, NULL);
}

static void
test_nothing (Pair *pair, gconstpointer media)
{
  Party *anna = &pair->anna;

  g_test_summary ("a call to oneself leaves nothing, and who keeps no history has none");
  g_signal_connect (anna->endpoint, "connection-requested", G_CALLBACK (accept_self), NULL);
  vav_stream_dial (anna->stream, "", NULL, NULL);
  wait_for_state (anna, VAV_STATE_ACTIVE);
  vav_stream_hang_up (anna->stream, NULL);
  wait_until (anna->n_ended >= 1);
  vav_endpoint_set_history_kept (anna->endpoint, FALSE);
  vav_stream_dial (anna->stream, "127.0.0.1:1", NULL, NULL);
  wait_for_state (anna, VAV_STATE_FAILED);
  g_assert_cmpuint (g_list_model_get_n_items (history_of (anna)), ==, 0);

  vav_endpoint_set_history_kept (anna->endpoint, TRUE);
  vav_stream_dial (anna->stream, "no where at all", NULL, NULL);
  wait_until (g_list_model_get_n_items (history_of (anna)) == 1);
}

static void
test_blocked (Pair *pair, gconstpointer media)
{
  Party *anna = &pair->anna, *bob = &pair->bob;
  VavPeople *people = vav_endpoint_get_people (bob->endpoint);
  g_autoptr (VavPerson) blocked = NULL;

  g_test_summary (
      "N2: a blocked caller is told what all are told while nobody listens; nothing rings, is asked or is left");
  blocked = vav_people_block_id (people, vav_endpoint_get_id (anna->endpoint), "Anna", NULL);
  dial (anna, bob);
  wait_until (anna->n_ended == 1);
  g_assert_cmpint (anna->reason, ==, VAV_REASON_UNREACHABLE);
  g_assert_cmpuint (anna->n_ringing, ==, 0);
  g_assert_cmpuint (bob->n_requests, ==, 0);
  g_assert_cmpuint (bob->n_ended, ==, 0);
  g_assert_cmpuint (g_list_model_get_n_items (history_of (bob)), ==, 0);

  g_assert_true (vav_people_set_blocked (people, blocked, FALSE, NULL));
  dial (anna, bob);
  wait_for_state (anna, VAV_STATE_ACTIVE);
}

static void
test_other_key (Pair *pair, gconstpointer media)
{
  Party *anna = &pair->anna, *bob = &pair->bob;
  VavPeople *people = vav_endpoint_get_people (anna->endpoint);
  g_autofree char *old_key = vav_id_from_spki ((const guint8 *)"before", 6);
  g_autofree char *link
      = g_strdup_printf ("visavis:%s@%s", old_key, vav_endpoint_get_listening_address (bob->endpoint));
  g_autoptr (VavPerson) person = vav_people_add (people, "Bob", link, NULL);
  const char *answered;

  g_test_summary ("who answers in place of the person that was dialled is known, and can be taken for them");
  vav_stream_dial (anna->stream, "Bob", NULL, NULL);
  wait_for_state (anna, VAV_STATE_FAILED);
  g_assert_cmpint (anna->reason, ==, VAV_REASON_UNTRUSTED);
  answered = vav_error_get_other_id (vav_stream_get_last_error (anna->stream));
  g_assert_cmpstr (answered, ==, vav_endpoint_get_id (bob->endpoint));
  g_assert_true (vav_people_replace_key (people, person, answered, NULL));
  vav_stream_dial (anna->stream, "Bob", NULL, NULL);
  wait_for_state (anna, VAV_STATE_ACTIVE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/history/call", test_call);
  ADD ("/history/missed", test_missed);
  ADD ("/history/nothing", test_nothing);
  ADD ("/history/blocked", test_blocked);
  ADD ("/history/other-key", test_other_key);
  return tolerate_exit (g_test_run ());
}
