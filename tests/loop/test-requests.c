/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/lib/tolerate.h"
#include "tests/loop/pair.h"

#define ADD(path, test) g_test_add (path, Pair, "test", pair_set_up, test, pair_tear_down)

/* What a condition was asked, and says. */
typedef struct
{
  VavDecision decision;
  guint n;
  VavRequest *request;
  guint64 value;
} Rule;

static VavDecision
decide (VavStream *stream, VavRequest *request, GBytes **data, gpointer user_data)
{
  Rule *rule = user_data;

  rule->n++;
  rule->value = vav_request_get_value (request);
  g_set_object (&rule->request, request);
  *data = g_bytes_new_static ("by rule", 7);

  return rule->decision;
}

static void
set_rule (Party *party, Rule *rule)
{
  vav_endpoint_set_condition (party->endpoint, decide, rule, NULL);
}

static void
test_condition_accepts (Pair *pair, gconstpointer media)
{
  g_autoptr (GBytes) hello = g_bytes_new_static ("it is me", 8);
  Rule rule = { VAV_DECISION_ACCEPT };
  Party *anna = &pair->anna, *bob = &pair->bob;

  g_test_summary ("N1, N2, N3: a condition sees who calls, the offer and the data, and accepts with data of its own");
  set_rule (bob, &rule);
  vav_stream_dial (anna->stream, vav_endpoint_get_listening_address (bob->endpoint), hello, NULL);
  wait_for_state (anna, VAV_STATE_ACTIVE);
  g_assert_cmpuint (rule.n, ==, 1);
  g_assert_cmpuint (rule.value, ==, vav_stream_get_value (bob->stream));
  g_assert_cmpstr (vav_peer_get_name (vav_request_get_peer (rule.request)), ==, "Anna");
  g_assert_cmpuint (vav_request_get_offer (rule.request), ==, VAV_FLOW_IN);
  g_assert_cmpmem (g_bytes_get_data (vav_request_get_data (rule.request), NULL), 8, "it is me", 8);
  g_assert_cmpuint (bob->n_requests, ==, 1);
  g_assert_cmpint (vav_request_get_decision (bob->request), ==, VAV_DECISION_ACCEPT);
  g_assert_cmpstr (anna->answer_data, ==, "by rule");
  g_assert_cmpuint (anna->n_ringing, ==, 0);
  g_clear_object (&rule.request);
}

static void
test_condition_rejects (Pair *pair, gconstpointer media)
{
  Rule rule = { VAV_DECISION_REJECT };
  Party *anna = &pair->anna, *bob = &pair->bob;

  g_test_summary ("N2, N3, N11: a condition's no is told as refused, with its data, and never rang");
  set_rule (bob, &rule);
  party_call (anna, bob);
  wait_until (anna->n_ended == 1);
  g_assert_cmpint (anna->reason, ==, VAV_REASON_REFUSED);
  g_assert_true (g_error_matches (vav_stream_get_last_error (anna->stream), VAV_ERROR, VAV_ERROR_REFUSED));
  g_assert_cmpstr (anna->answer_data, ==, "by rule");
  g_assert_cmpuint (anna->n_ringing, ==, 0);
  g_clear_object (&rule.request);
}

static void
test_condition_defers (Pair *pair, gconstpointer media)
{
  Rule rule = { VAV_DECISION_DEFER };
  Party *anna = &pair->anna, *bob = &pair->bob;

  g_test_summary ("N2: a condition that defers lets nothing ring, and the decision comes later");
  set_rule (bob, &rule);
  party_call (anna, bob);
  wait_until (rule.n == 1);
  for (guint i = 0; i < 20; i++)
    wait_one_turn ();
  g_assert_cmpuint (anna->n_ringing, ==, 0);
  vav_request_accept (rule.request, VAV_FLOW_ALL, NULL);
  wait_for_state (anna, VAV_STATE_ACTIVE);
  g_assert_cmpuint (anna->n_ringing, ==, 0);
  g_clear_object (&rule.request);
}

static void
test_condition_asks (Pair *pair, gconstpointer media)
{
  Rule rule = { VAV_DECISION_ASK };
  Party *anna = &pair->anna, *bob = &pair->bob;

  g_test_summary ("N2, N11: a condition that asks lets it ring; a person's no is told as declined");
  set_rule (bob, &rule);
  party_call (anna, bob);
  wait_for_state (anna, VAV_STATE_RINGING);
  vav_request_reject (bob->request, VAV_REASON_DECLINED, NULL);
  wait_until (anna->n_ended == 1);
  g_assert_cmpint (anna->reason, ==, VAV_REASON_DECLINED);
  g_clear_object (&rule.request);
}

/* A handler that decides has the last word. */
static void
test_handler_before_condition (Pair *pair, gconstpointer media)
{
  Rule rule = { VAV_DECISION_REJECT };
  Party *anna = &pair->anna, *bob = &pair->bob;

  g_test_summary ("N2: a handler of connection-requested may decide otherwise than the condition");
  set_rule (bob, &rule);
  bob->manner = PARTY_ACCEPTS;
  party_call (anna, bob);
  wait_for_state (anna, VAV_STATE_ACTIVE);
  g_clear_object (&rule.request);
}

/* One that answers once, and then lets a person be asked. */
typedef struct
{
  VavEndpoint *endpoint;
  GString *said; /* in order */
} Once;

static void
forget_once (gpointer data)
{
  Once *once = data;

  g_string_append (once->said, "forgotten ");
}

static VavDecision
decide_once (VavStream *stream, VavRequest *request, GBytes **data, gpointer user_data)
{
  Once *once = user_data;

  g_string_append (once->said, "replacing ");
  vav_endpoint_set_condition (once->endpoint, NULL, NULL, NULL);
  g_string_append (once->said, "deciding ");
  return VAV_DECISION_ACCEPT;
}

static void
test_condition_replaces_itself (Pair *pair, gconstpointer media)
{
  Party *anna = &pair->anna, *bob = &pair->bob;
  g_autoptr (GString) said = g_string_new (NULL);
  Once once = { bob->endpoint, said };

  g_test_summary ("N2: a condition may put another one in its place while it decides, and is forgotten after that");
  vav_endpoint_set_condition (bob->endpoint, decide_once, &once, forget_once);
  party_call (anna, bob);
  wait_for_state (anna, VAV_STATE_ACTIVE);
  g_assert_cmpstr (said->str, ==, "replacing deciding forgotten ");
  vav_stream_hang_up (anna->stream, NULL);
  wait_until (anna->n_ended == 1 && bob->n_ended == 1);
  party_call (anna, bob);
  wait_until (bob->n_requests == 2);
  g_assert_cmpint (vav_request_get_decision (bob->request), ==, VAV_DECISION_ASK);
  g_assert_cmpstr (said->str, ==, "replacing deciding forgotten ");
}

/* The call goes to the stream that the program chooses; the one where it arrived waits for the next. */
static void
test_accept_on (Pair *pair, gconstpointer media)
{
  g_autoptr (VavStream) other = vav_stream_new (pair->bob.endpoint);
  g_autoptr (GError) error = NULL;
  Party *anna = &pair->anna, *bob = &pair->bob;
  Party carl;
  guint64 value;
  int frames = 0;

  g_test_summary ("W13, W9: a request is accepted onto another stream; it keeps its number, and the first stream waits "
                  "for the next");
  vav_outlet_attach (vav_stream_get_video_in (other), pair_count_sample, &frames, NULL);
  party_call (anna, bob);
  wait_for_state (anna, VAV_STATE_RINGING);
  value = vav_stream_get_value (bob->stream);
  g_assert_true (vav_request_accept_on (bob->request, other, VAV_FLOW_ALL, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (vav_stream_get_value (other), ==, value);
  g_assert_cmpint (party_state (bob), ==, VAV_STATE_IDLE);
  g_assert_cmpuint (vav_stream_get_value (bob->stream), ==, 0);
  wait_for_state (anna, VAV_STATE_ACTIVE);
  wait_until (g_atomic_int_get (&frames) > 10);
  g_assert_cmpuint (bob->n_ended, ==, 0);
  g_assert_cmpuint (g_atomic_int_get (&bob->n_frames), ==, 0);

  party_init (&carl, "Carl", NULL, "test");
  party_call (&carl, bob);
  wait_until (bob->n_requests == 2);
  g_assert_false (vav_request_accept_on (bob->request, other, VAV_FLOW_ALL, NULL, &error));
  g_assert_error (error, VAV_ERROR, VAV_ERROR_BUSY);
  g_clear_error (&error);
  vav_request_accept (bob->request, VAV_FLOW_ALL, NULL);
  wait_for_state (&carl, VAV_STATE_ACTIVE);
  g_assert_false (vav_request_accept_on (bob->request, other, VAV_FLOW_ALL, NULL, &error));
  g_assert_error (error, VAV_ERROR, VAV_ERROR_CLOSED);
  party_clear (&carl);

  vav_stream_hang_up (other, NULL);
  wait_until (anna->n_ended == 1);
  g_assert_true (anna->graceful);
}

/* While a call runs that came in by the port, its peer may come back; to others the door is closed all the same. */
static void
test_door_in_a_call (Pair *pair, gconstpointer media)
{
  g_autofree char *address = NULL;
  Party *anna = &pair->anna, *bob = &pair->bob;
  Party carl;

  g_test_summary ("W10: with detection off in a call a caller is told unreachable, and the call goes on");
  bob->manner = PARTY_ACCEPTS;
  address = g_strdup (vav_endpoint_get_listening_address (bob->endpoint));
  party_call (anna, bob);
  wait_for_state (bob, VAV_STATE_ACTIVE);
  vav_stream_set_detection (bob->stream, FALSE);
  g_assert_null (vav_endpoint_get_listening_address (bob->endpoint));

  party_init (&carl, "Carl", NULL, "test");
  vav_stream_dial (carl.stream, address, NULL, NULL);
  wait_until (carl.n_ended == 1);
  g_assert_cmpint (carl.reason, ==, VAV_REASON_UNREACHABLE);
  g_assert_cmpuint (carl.n_ringing, ==, 0);
  g_assert_cmpuint (bob->n_requests, ==, 1);
  g_assert_cmpint (party_state (bob), ==, VAV_STATE_ACTIVE);

  /* on again on the same port, and off after the call: then nothing listens */
  vav_stream_set_detection (bob->stream, TRUE);
  g_assert_cmpstr (vav_endpoint_get_listening_address (bob->endpoint), ==, address);
  vav_stream_set_detection (bob->stream, FALSE);
  vav_stream_hang_up (anna->stream, NULL);
  wait_until (bob->n_ended == 1);
  vav_stream_dial (carl.stream, address, NULL, NULL);
  wait_until (carl.n_ended == 2);
  g_assert_true (g_error_matches (vav_stream_get_last_error (carl.stream), VAV_ERROR, VAV_ERROR_UNREACHABLE));
  party_clear (&carl);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/loop/requests/condition-accepts", test_condition_accepts);
  ADD ("/loop/requests/condition-rejects", test_condition_rejects);
  ADD ("/loop/requests/condition-defers", test_condition_defers);
  ADD ("/loop/requests/condition-asks", test_condition_asks);
  ADD ("/loop/requests/handler-before-condition", test_handler_before_condition);
  ADD ("/loop/requests/condition-replaces-itself", test_condition_replaces_itself);
  ADD ("/loop/requests/accept-on", test_accept_on);
  ADD ("/loop/requests/door-in-a-call", test_door_in_a_call);
  return tolerate_exit (g_test_run ());
}
