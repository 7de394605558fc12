/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "tests/lib/tolerate.h"
#include "tests/loop/pair.h"

/* The door of an endpoint, and what comes through it: in which order, by whom, onto which stream. */

#define ADD(path, test) g_test_add (path, Pair, "test", pair_set_up, test, pair_tear_down)

/* W10: what TCP itself says at that address */
static gboolean
is_refused (const char *host_port)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocketConnection) connection = g_socket_client_connect_to_host (client, host_port, 0, NULL, &error);

  if (connection != NULL)
    return FALSE;
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED);
  return TRUE;
}

static void
test_door (Pair *pair, gconstpointer media)
{
  Party *anna = &pair->anna, *bob = &pair->bob;
  g_autofree char *address = g_strdup (vav_endpoint_get_listening_address (bob->endpoint));
  g_autoptr (VavStream) second = vav_stream_new (bob->endpoint);

  g_test_summary (
      "W10: The door is open while any stream detects; when the last stops, TCP itself refuses at once, a caller is "
      "told unreachable, and no request is raised.");
  g_assert_false (is_refused (address));
  vav_stream_set_detection (second, TRUE);
  vav_stream_set_detection (bob->stream, FALSE);
  g_assert_false (is_refused (address));
  vav_stream_set_detection (second, FALSE);
  g_assert_true (is_refused (address));
  g_assert_null (vav_endpoint_get_listening_address (bob->endpoint));

  vav_stream_set_address (anna->stream, address);
  wait_until (anna->n_ended == 1);
  g_assert_cmpint (anna->reason, ==, VAV_REASON_UNREACHABLE);
  g_assert_error (vav_stream_get_last_error (anna->stream), VAV_ERROR, VAV_ERROR_UNREACHABLE);
  g_assert_cmpuint (bob->n_requests, ==, 0);

  bob->manner = PARTY_ACCEPTS;
  vav_stream_set_detection (bob->stream, TRUE);
  party_call (anna, bob);
  wait_for_state (anna, VAV_STATE_ACTIVE);
}

/* While the call runs its peer may come back, so there the port cannot be closed to TCP; whoever else comes is told what a closed port tells. */
static void
test_door_in_call (Pair *pair, gconstpointer media)
{
  Party *anna = &pair->anna, *bob = &pair->bob;
  g_autofree char *address = g_strdup (vav_endpoint_get_listening_address (bob->endpoint));
  Party carl;
  int frames;

  g_test_summary ("W10: Closing the door in a call leaves the call alone; another caller is told unreachable, and when "
                  "the call is over "
                  "TCP itself refuses.");
  bob->manner = PARTY_ACCEPTS;
  party_call (anna, bob);
  wait_for_state (anna, VAV_STATE_ACTIVE);
  wait_for_state (bob, VAV_STATE_ACTIVE);
  vav_stream_set_detection (bob->stream, FALSE);
  g_assert_null (vav_endpoint_get_listening_address (bob->endpoint));

  party_init (&carl, "Carl", NULL, "none");
  vav_stream_set_address (carl.stream, address);
  wait_until (carl.n_ended == 1);
  g_assert_cmpint (carl.reason, ==, VAV_REASON_UNREACHABLE);
  g_assert_cmpuint (bob->n_requests, ==, 1);
  party_clear (&carl);

  frames = g_atomic_int_get (&bob->n_frames);
  wait_until (g_atomic_int_get (&bob->n_frames) > frames + 20);
  g_assert_cmpint (party_state (bob), ==, VAV_STATE_ACTIVE);
  vav_stream_hang_up (anna->stream, NULL);
  wait_until (anna->n_ended == 1 && bob->n_ended == 1);
  g_assert_true (is_refused (address));
}

static void
note_value (VavStream *stream, VavRequest *request, guint64 *value)
{
  *value = vav_request_get_value (request);
}

/* The number of the stream that gets the next request. */
static guint
next_in_line (Party *caller, Party *callee, VavStream **lines, guint n)
{
  guint64 value = 0;
  guint chosen = n;
  gulong handlers[3];

  for (guint i = 0; i < n; i++)
    handlers[i] = g_signal_connect (lines[i], "connection-requested", G_CALLBACK (note_value), &value);
  party_call (caller, callee);
  wait_until (value != 0);
  for (guint i = 0; i < n; i++)
    {
      g_signal_handler_disconnect (lines[i], handlers[i]);
      if (vav_stream_get_value (lines[i]) == value)
        chosen = i;
    }

  return chosen;
}

static void
test_longest (Pair *pair, gconstpointer media)
{
  Party *bob = &pair->bob;
  g_autoptr (VavStream) second = vav_stream_new (bob->endpoint);
  g_autoptr (VavStream) third = vav_stream_new (bob->endpoint);
  VavStream *lines[] = { bob->stream, second, third };
  Party callers[4];

  g_test_summary (
      "W10: Of the streams that detect, the one that has waited longest gets the request; a call that ended begins the "
      "wait anew, and with no stream free a caller is told busy.");
  for (guint i = 0; i < G_N_ELEMENTS (callers); i++)
    party_init (&callers[i], "Caller", NULL, "none");
  vav_stream_set_detection (second, TRUE);
  vav_stream_set_detection (third, TRUE);

  g_assert_cmpuint (next_in_line (&callers[0], bob, lines, 3), ==, 0);
  g_assert_cmpuint (next_in_line (&callers[1], bob, lines, 3), ==, 1);
  vav_stream_hang_up (callers[0].stream, NULL);
  wait_until (!vav_stream_is_busy (bob->stream));
  g_assert_cmpuint (next_in_line (&callers[2], bob, lines, 3), ==, 2);
  g_assert_cmpuint (next_in_line (&callers[0], bob, lines, 3), ==, 0);
  party_call (&callers[3], bob);
  wait_until (callers[3].n_ended == 1);
  g_assert_cmpint (callers[3].reason, ==, VAV_REASON_BUSY);

  for (guint i = 0; i < G_N_ELEMENTS (callers); i++)
    party_clear (&callers[i]);
}

/* W11 and W8: what is known when connection-requested is raised */

typedef struct
{
  Pair *pair;
  guint n;
  guint n_ringing;
  guint n_paths;
  int n_samples;
  guint64 value;
  guint64 stream_value;
  VavState state;
  VavFlows offer;
  VavTrust trust;
  char *name;
  char *id;
  char *data;
} Moment;

static void
look (VavStream *stream, VavRequest *request, Moment *moment)
{
  Party *anna = &moment->pair->anna, *bob = &moment->pair->bob;
  VavPeer *peer = vav_request_get_peer (request);
  GBytes *data = vav_request_get_data (request);

  moment->n++;
  moment->n_ringing += anna->n_ringing;
  moment->n_paths += anna->n_paths + bob->n_paths;
  moment->n_samples += g_atomic_int_get (&anna->n_frames) + g_atomic_int_get (&anna->n_sounds)
                       + g_atomic_int_get (&bob->n_frames) + g_atomic_int_get (&bob->n_sounds);
  moment->value = vav_request_get_value (request);
  moment->stream_value = vav_stream_get_value (stream);
  moment->state = vav_stream_get_state (stream);
  moment->offer = vav_request_get_offer (request);
  moment->trust = vav_peer_get_trust (peer);
  g_free (moment->name);
  moment->name = g_strdup (vav_peer_get_name (peer));
  g_free (moment->id);
  moment->id = g_strdup (vav_peer_get_id (peer));
  g_free (moment->data);
  moment->data = g_strndup (g_bytes_get_data (data, NULL), g_bytes_get_size (data));
}

static void
look_again (VavEndpoint *endpoint, VavStream *stream, VavRequest *request, Moment *moment)
{
  g_assert_cmpuint (vav_request_get_value (request), ==, moment->value);
  look (stream, request, moment);
}

static void
ask (Moment *moment)
{
  g_autoptr (GBytes) data = g_bytes_new_static ("about the house", 15);
  Party *anna = &moment->pair->anna, *bob = &moment->pair->bob;

  moment->n = 0;
  g_assert_true (vav_stream_dial (anna->stream, vav_endpoint_get_listening_address (bob->endpoint), data, NULL));
  wait_until (moment->n == 2);
  g_assert_cmpuint (moment->n_ringing, ==, 0);
  g_assert_cmpuint (moment->n_paths, ==, 0);
  g_assert_cmpint (moment->n_samples, ==, 0);
  g_assert_cmpuint (moment->value, >, 0);
  g_assert_cmpuint (moment->value, ==, moment->stream_value);
  g_assert_cmpint (moment->state, ==, VAV_STATE_INCOMING);
  g_assert_cmpuint (moment->offer, ==, VAV_FLOW_IN);
  g_assert_cmpstr (moment->name, ==, "Anna Karenina");
  g_assert_cmpstr (moment->id, ==, vav_endpoint_get_id (anna->endpoint));
  g_assert_cmpstr (moment->data, ==, "about the house");
  wait_for_state (anna, VAV_STATE_RINGING);
}

static void
reset_counts (Party *party)
{
  party->n_ringing = party->n_paths = 0;
  g_atomic_int_set (&party->n_frames, 0);
  g_atomic_int_set (&party->n_sounds, 0);
}

static void
test_request (Pair *pair, gconstpointer media)
{
  Party *anna = &pair->anna, *bob = &pair->bob;
  Moment moment = { pair };

  g_test_summary ("W11, W8, W9: A request is told, with number, name, id, offer and data, before anything rings, "
                  "before any path and "
                  "any media; so it is from strangers, and from people that one knows.");
  g_signal_connect (bob->stream, "connection-requested", G_CALLBACK (look), &moment);
  g_signal_connect (bob->endpoint, "connection-requested", G_CALLBACK (look_again), &moment);
  vav_stream_set_identifier (anna->stream, "Anna Karenina");
  ask (&moment);
  g_assert_cmpint (moment.trust, ==, VAV_TRUST_UNKNOWN);
  vav_request_accept (bob->request, VAV_FLOW_ALL, NULL);
  wait_until (g_atomic_int_get (&bob->n_frames) > 5);
  g_assert_cmpuint (vav_stream_get_value (bob->stream), ==, moment.value);
  vav_stream_hang_up (anna->stream, NULL);
  wait_until (anna->n_ended == 1 && bob->n_ended == 1);

  reset_counts (anna);
  reset_counts (bob);
  ask (&moment);
  g_assert_cmpint (moment.trust, ==, VAV_TRUST_ACCEPTED);
  g_signal_handlers_disconnect_by_data (bob->endpoint, &moment);
  g_signal_handlers_disconnect_by_data (bob->stream, &moment);
  g_free (moment.name);
  g_free (moment.id);
  g_free (moment.data);
}

static void
on_listen_failed (VavEndpoint *endpoint, GError *error, guint *n)
{
  g_assert_error (error, VAV_ERROR, VAV_ERROR_PORT_TAKEN);
  ++*n;
}

static void
test_moves (Pair *pair, gconstpointer media)
{
  Party *anna = &pair->anna, *bob = &pair->bob;
  g_autofree char *annas = NULL;
  g_autofree char *bobs = g_strdup (vav_endpoint_get_listening_address (bob->endpoint));
  guint n_failed = 0;

  g_test_summary ("W10, W7: Where one listens can be changed while one does: the old port is shut at once, one that is "
                  "taken is told, and after that another is opened again.");
  vav_stream_set_detection (anna->stream, TRUE);
  annas = g_strdup (vav_endpoint_get_listening_address (anna->endpoint));
  g_signal_connect (bob->endpoint, "listen-failed", G_CALLBACK (on_listen_failed), &n_failed);
  g_assert_true (vav_endpoint_set_listen (bob->endpoint, annas, NULL));
  g_assert_cmpuint (n_failed, ==, 1);
  g_assert_null (vav_endpoint_get_listening_address (bob->endpoint));
  g_assert_true (is_refused (bobs));

  g_assert_false (vav_endpoint_set_listen (bob->endpoint, "nonsense:port", NULL));
  g_assert_true (vav_endpoint_set_listen (bob->endpoint, "127.0.0.1:0", NULL));
  g_assert_nonnull (vav_endpoint_get_listening_address (bob->endpoint));
  bob->manner = PARTY_ACCEPTS;
  party_call (anna, bob);
  wait_for_state (anna, VAV_STATE_ACTIVE);
}

static void
test_addresses (Pair *pair, gconstpointer media)
{
  Party *bob = &pair->bob;
  g_auto (GStrv) one = vav_endpoint_dup_addresses (bob->endpoint);
  g_auto (GStrv) all = NULL;
  g_auto (GStrv) none = NULL;

  g_test_summary ("W10: Where one can be called is told as it is: the one address that was asked for, all of this "
                  "computer that are not its own alone, none when nobody listens. Each of them lets a caller in.");
  g_assert_cmpuint (g_strv_length (one), ==, 1);
  g_assert_cmpstr (one[0], ==, vav_endpoint_get_listening_address (bob->endpoint));

  g_assert_true (vav_endpoint_set_listen (bob->endpoint, ":0", NULL));
  all = vav_endpoint_dup_addresses (bob->endpoint);
  for (guint i = 0; all[i] != NULL; i++)
    {
      g_test_message ("%s", all[i]);
      g_assert_false (g_str_has_prefix (all[i], "127."));
      g_assert_false (is_refused (all[i]));
    }
  vav_stream_set_detection (bob->stream, FALSE);
  none = vav_endpoint_dup_addresses (bob->endpoint);
  g_assert_cmpuint (g_strv_length (none), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/loop/detection/door", test_door);
  ADD ("/loop/detection/door-in-call", test_door_in_call);
  ADD ("/loop/detection/moves", test_moves);
  ADD ("/loop/detection/addresses", test_addresses);
  ADD ("/loop/detection/longest", test_longest);
  ADD ("/loop/detection/request", test_request);
  return tolerate_exit (g_test_run ());
}
