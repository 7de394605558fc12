/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "tests/lib/tolerate.h"
#include "tests/loop/names.h"
#include "tests/loop/pair.h"

#define ADD(path, test) g_test_add (path, Town, "test", set_up, test, tear_down)

/* Two people, and the names by which they may find each other. */
typedef struct
{
  Pair pair;
  Names *names;
  guint16 port; /* Bob's */
} Town;

static guint16
port_of (const char *host_port)
{
  return (guint16)g_ascii_strtoull (strrchr (host_port, ':') + 1, NULL, 10);
}

static void
set_up (Town *town, gconstpointer media)
{
  town->names = names_install ();
  pair_set_up (&town->pair, media);
  town->port = port_of (vav_endpoint_get_listening_address (town->pair.bob.endpoint));
}

static void
tear_down (Town *town, gconstpointer media)
{
  pair_tear_down (&town->pair, media);
  names_remove (town->names);
}

static char *
at_bobs_port (Town *town, const char *host)
{
  return g_strdup_printf ("%s:%u", host, town->port);
}

static void
hang_up (Town *town)
{
  Party *anna = &town->pair.anna, *bob = &town->pair.bob;
  guint before = anna->n_ended;

  vav_stream_hang_up (anna->stream, NULL);
  wait_until (anna->n_ended == before + 1 && !vav_stream_is_busy (bob->stream));
}

/* W3 */

static void
test_unset (Town *town, gconstpointer media)
{
  Party *anna = &town->pair.anna, *bob = &town->pair.bob;
  g_autofree char *where = NULL;

  g_test_summary ("W3: Unset is NULL, never \"\", and dials nothing; it is NULL again when it is taken back.");
  g_assert_null (vav_stream_get_address (anna->stream));
  g_object_get (anna->stream, "address", &where, NULL);
  g_assert_null (where);
  vav_stream_set_address (anna->stream, NULL);
  g_assert_cmpint (party_state (anna), ==, VAV_STATE_IDLE);
  g_assert_cmpuint (vav_stream_get_value (anna->stream), ==, 0);

  bob->manner = PARTY_REJECTS;
  vav_stream_set_address (anna->stream, vav_endpoint_get_listening_address (bob->endpoint));
  wait_until (anna->n_ended == 1);
  vav_stream_set_address (anna->stream, NULL);
  g_assert_null (vav_stream_get_address (anna->stream));
  g_assert_cmpuint (bob->n_requests, ==, 1);
}

static void
test_constructed (Town *town, gconstpointer media)
{
  Party *bob = &town->pair.bob;
  VavStream *stream;

  g_test_summary (
      "W3: An address that is set with construction dials when that is complete, with all that was set beside it, "
      "whatever the order.");
  stream = g_object_new (VAV_TYPE_STREAM, "address", vav_endpoint_get_listening_address (bob->endpoint), "endpoint",
                         town->pair.anna.endpoint, "identifier", "Anna at work", NULL);
  g_assert_cmpuint (vav_stream_get_value (stream), >, 0);
  g_assert_true (vav_stream_is_busy (stream));
  wait_until (bob->n_requests == 1);
  g_assert_cmpstr (vav_peer_get_name (vav_request_get_peer (bob->request)), ==, "Anna at work");
  vav_request_accept (bob->request, VAV_FLOW_ALL, NULL);
  wait_until (vav_stream_get_state (stream) == VAV_STATE_ACTIVE);
  g_object_unref (stream);
}

static void
on_connected (GObject *source, GAsyncResult *result, gpointer data)
{
  GError **error = data;

  if (vav_stream_connect_finish (VAV_STREAM (source), result, error))
    *error
        = g_error_new_literal (VAV_ERROR, VAV_ERROR_CLOSED, "yes"); /* so that waiting for an answer is one condition */
}

static void
test_one_path (Town *town, gconstpointer media)
{
  Party *anna = &town->pair.anna, *bob = &town->pair.bob;
  const char *where = vav_endpoint_get_listening_address (bob->endpoint);
  g_autoptr (GError) answer = NULL;
  g_autoptr (GError) busy = NULL;
  g_autofree char *by_property = NULL;
  guint64 value;

  g_test_summary (
      "W3: Setting the address and calling connect pass the same states to the same result; the same value again "
      "redials; in a call both fail with busy and change nothing.");
  bob->manner = PARTY_ACCEPTS;
  vav_stream_set_address (anna->stream, where);
  wait_for_state (anna, VAV_STATE_ACTIVE);
  value = vav_stream_get_value (anna->stream);
  by_property = g_strdup (anna->states->str);

  vav_stream_set_address (anna->stream, where);
  g_assert_error (vav_stream_get_last_error (anna->stream), VAV_ERROR, VAV_ERROR_BUSY);
  vav_stream_connect_async (anna->stream, "192.0.2.1", NULL, NULL, on_connected, &busy);
  wait_until (busy != NULL);
  g_assert_error (busy, VAV_ERROR, VAV_ERROR_BUSY);
  g_assert_cmpstr (vav_stream_get_address (anna->stream), ==, where);
  g_assert_cmpuint (vav_stream_get_value (anna->stream), ==, value);
  g_assert_cmpint (party_state (anna), ==, VAV_STATE_ACTIVE);
  hang_up (town);

  vav_stream_set_address (anna->stream, where);
  wait_for_state (anna, VAV_STATE_ACTIVE);
  g_assert_cmpuint (vav_stream_get_value (anna->stream), !=, value);
  hang_up (town);

  g_string_truncate (anna->states, 0);
  vav_stream_connect_async (anna->stream, where, NULL, NULL, on_connected, &answer);
  wait_until (answer != NULL);
  g_assert_error (answer, VAV_ERROR, VAV_ERROR_CLOSED);
  g_assert_cmpstr (answer->message, ==, "yes");
  g_assert_cmpstr (anna->states->str, ==, by_property);
  g_assert_cmpstr (vav_stream_get_address (anna->stream), ==, where);
}

/* W5 and R1 */

static void
check_side_by_side (Town *town, const char *name, const char *dead)
{
  Party *anna = &town->pair.anna, *bob = &town->pair.bob;
  g_autofree char *where = at_bobs_port (town, name);
  int frames = g_atomic_int_get (&anna->n_frames);
  gint64 begun = g_get_monotonic_time ();
  DeadPort port;

  g_assert_true (dead_port_open (&port, dead, town->port));
  bob->manner = PARTY_ACCEPTS;
  vav_stream_set_address (anna->stream, where);
  wait_until (party_state (anna) == VAV_STATE_ACTIVE || anna->n_ended > 0);
  g_assert_cmpint (party_state (anna), ==, VAV_STATE_ACTIVE);
  g_assert_cmpint (g_get_monotonic_time () - begun, <, 8 * G_USEC_PER_SEC);
  wait_until (g_atomic_int_get (&anna->n_frames) > frames + 5);
  dead_port_close (&port);
}

static void
test_dead_ipv4 (Town *town, gconstpointer media)
{
  g_test_summary (
      "W5: A name with two IPv4 addresses, of which the first swallows everything: the second is tried beside it, and "
      "the call is up long before the first would have given up.");
  names_add (town->names, "two.example", (const char *[]){ "127.0.0.2", "127.0.0.1", NULL });
  check_side_by_side (town, "two.example", "127.0.0.2");
}

static void
test_dead_ipv6 (Town *town, gconstpointer media)
{
  g_test_summary (
      "W5: A name with an IPv6 address that swallows everything, and an IPv4 address: the call is up soon, by the "
      "second.");
  names_add (town->names, "both.example", (const char *[]){ "::1", "127.0.0.1", NULL });
  check_side_by_side (town, "both.example", "::1");
}

static void
test_refused_first (Town *town, gconstpointer media)
{
  Party *anna = &town->pair.anna, *bob = &town->pair.bob;
  g_autofree char *where = at_bobs_port (town, "three.example");

  g_test_summary ("W5: Addresses that refuse are passed over.");
  names_add (town->names, "three.example", (const char *[]){ "127.0.0.3", "127.0.0.4", "127.0.0.1", NULL });
  bob->manner = PARTY_ACCEPTS;
  vav_stream_set_address (anna->stream, where);
  wait_for_state (anna, VAV_STATE_ACTIVE);
}

/* An old address where nobody listens, and one where somebody is silent, stand before the one at which Bob is. */
static void
test_places_of_a_person (Town *town, gconstpointer media)
{
  Party *anna = &town->pair.anna, *bob = &town->pair.bob;
  VavPeople *people = vav_endpoint_get_people (anna->endpoint);
  const char *where = vav_endpoint_get_listening_address (bob->endpoint);
  g_autofree char *link = g_strdup_printf ("visavis:%s@127.0.0.1:9", vav_endpoint_get_id (bob->endpoint));
  g_autofree char *silent = at_bobs_port (town, "127.0.0.2");
  g_autoptr (VavPerson) person = vav_people_add (people, "Bob at home", link, NULL);
  DeadPort port;

  g_test_summary ("W5: A person with several addresses is called at all of them, and found where they are; that "
                  "address is the first from then on.");
  g_assert_nonnull (person);
  g_assert_true (
      vav_people_set_addresses (people, person, (const char *[]){ "127.0.0.1:9", silent, where, NULL }, NULL));
  g_assert_true (dead_port_open (&port, "127.0.0.2", town->port));
  bob->manner = PARTY_ACCEPTS;
  vav_stream_set_address (anna->stream, "Bob at home");
  wait_until (party_state (anna) == VAV_STATE_ACTIVE || anna->n_ended > 0);
  g_assert_cmpint (party_state (anna), ==, VAV_STATE_ACTIVE);
  wait_until (g_strcmp0 (vav_person_get_address (person), where) == 0);
  g_assert_cmpuint (g_strv_length ((char **)vav_person_get_addresses (person)), ==, 3);
  dead_port_close (&port);
}

static void
test_not_blocking (Town *town, gconstpointer media)
{
  Party *anna = &town->pair.anna, *bob = &town->pair.bob;
  g_autoptr (VavStream) other = vav_stream_new (anna->endpoint);
  g_autofree char *where = at_bobs_port (town, "slow.example");

  g_test_summary (
      "R1, W5: Dialling returns with a number before the name was asked for; while the answer is still out another "
      "call of the same endpoint is made and ended.");
  names_add (town->names, "slow.example", (const char *[]){ "127.0.0.1", NULL });
  names_hold (town->names);
  bob->manner = PARTY_ACCEPTS;
  g_assert_true (vav_stream_dial (anna->stream, where, NULL, NULL));
  g_assert_cmpuint (names_get_n_asked (town->names), ==, 0);
  g_assert_cmpuint (vav_stream_get_value (anna->stream), >, 0);
  g_assert_true (vav_endpoint_find (anna->endpoint, vav_stream_get_value (anna->stream)) == anna->stream);
  wait_until (names_get_n_asked (town->names) > 0);
  g_assert_cmpint (party_state (anna), ==, VAV_STATE_RESOLVING);

  vav_stream_set_address (other, vav_endpoint_get_listening_address (bob->endpoint));
  wait_until (vav_stream_get_state (other) == VAV_STATE_ACTIVE);
  g_assert_cmpint (party_state (anna), ==, VAV_STATE_RESOLVING);
  vav_stream_hang_up (other, NULL);
  wait_until (!vav_stream_is_busy (other) && !vav_stream_is_busy (bob->stream));

  names_release (town->names);
  wait_for_state (anna, VAV_STATE_ACTIVE);
}

static void
test_give_up_name (Town *town, gconstpointer media)
{
  Party *anna = &town->pair.anna;

  g_test_summary ("R3: A call whose name is still being looked up can be hung up, at once.");
  names_hold (town->names);
  vav_stream_set_address (anna->stream, "slow.example");
  wait_until (names_get_n_asked (town->names) > 0);
  vav_stream_hang_up (anna->stream, NULL);
  g_assert_cmpuint (anna->n_ended, ==, 1);
  g_assert_cmpint (anna->reason, ==, VAV_REASON_LOCAL);
  names_release (town->names);
}

/* W7: every no, with what it says */

static void
expect_no (Town *town, const char *address, VavError code, VavReason reason, GHashTable *sentences)
{
  Party *anna = &town->pair.anna;
  g_autoptr (GError) answer = NULL;
  const GError *error;
  guint before = anna->n_ended;

  vav_stream_connect_async (anna->stream, address, NULL, NULL, on_connected, &answer);
  wait_until (answer != NULL);
  error = vav_stream_get_last_error (anna->stream);
  g_test_message ("%s: %s", address, error != NULL ? error->message : "no error");
  g_assert_cmpuint (anna->n_ended, ==, before + 1);
  g_assert_error (error, VAV_ERROR, (int)code);
  g_assert_error (answer, VAV_ERROR, (int)code);
  g_assert_cmpstr (answer->message, ==, error->message);
  g_assert_cmpint (vav_stream_get_end_reason (anna->stream), ==, reason);
  g_assert_cmpint (party_state (anna), ==, VAV_STATE_FAILED);
  g_assert_true (g_unichar_isupper (g_utf8_get_char (error->message)) || g_ascii_isdigit (*error->message)
                 || g_str_has_prefix (error->message, "“"));
  g_assert_true (g_str_has_suffix (error->message, ".") || g_str_has_suffix (error->message, "?"));
  g_assert_true (g_hash_table_add (sentences, g_strdup (error->message)));
}

static gboolean
on_incoming (GSocketService *service, GSocketConnection *connection, GObject *source, gpointer text)
{
  GOutputStream *out = g_io_stream_get_output_stream (G_IO_STREAM (connection));

  g_output_stream_write_all (out, text, strlen (text), NULL, NULL, NULL);
  return TRUE;
}

/* A server that says something else than we expect, or nothing and closes. */
static GSocketService *
open_shop (const char *greeting, char **address)
{
  GSocketService *shop = g_socket_service_new ();
  g_autoptr (GSocketAddress) any = g_inet_socket_address_new_from_string ("127.0.0.1", 0);
  g_autoptr (GSocketAddress) bound = NULL;

  g_assert_true (g_socket_listener_add_address (G_SOCKET_LISTENER (shop), any, G_SOCKET_TYPE_STREAM,
                                                G_SOCKET_PROTOCOL_TCP, NULL, &bound, NULL));
  *address = g_strdup_printf ("127.0.0.1:%u", g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound)));
  g_signal_connect (shop, "incoming", G_CALLBACK (on_incoming), (gpointer)greeting);

  return shop;
}

static void
test_every_no (Town *town, gconstpointer media)
{
  Party *anna = &town->pair.anna, *bob = &town->pair.bob;
  const char *bobs = vav_endpoint_get_listening_address (bob->endpoint);
  g_autoptr (GHashTable) sentences = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autofree char *other_id = g_strdup_printf ("visavis:%s@%s", vav_endpoint_get_id (anna->endpoint), bobs);
  g_autofree char *only_id = g_strdup_printf ("visavis:%s", vav_endpoint_get_id (bob->endpoint));
  g_autofree char *ssh = NULL, *mute = NULL;
  g_autoptr (GSocketService) ssh_shop = open_shop ("SSH-2.0-OpenSSH_9.2\r\n", &ssh);
  g_autoptr (GSocketService) mute_shop = open_shop ("", &mute);

  g_test_summary (
      "W7: Each way in which a call cannot be made is told on the stream and by connect alike: domain, code, and a "
      "sentence of its own.");
  names_add_error (town->names, "nobody.example", G_RESOLVER_ERROR_NOT_FOUND);
  names_add_error (town->names, "cloudy.example", G_RESOLVER_ERROR_TEMPORARY_FAILURE);
  expect_no (town, "not an address", VAV_ERROR_INVALID_ADDRESS, VAV_REASON_UNREACHABLE, sentences);
  expect_no (town, "nobody.example", VAV_ERROR_RESOLVE, VAV_REASON_UNREACHABLE, sentences);
  expect_no (town, "cloudy.example", VAV_ERROR_RESOLVE, VAV_REASON_UNREACHABLE, sentences);
  expect_no (town, "127.0.0.5:1", VAV_ERROR_UNREACHABLE, VAV_REASON_UNREACHABLE, sentences);
  expect_no (town, only_id, VAV_ERROR_UNREACHABLE, VAV_REASON_UNREACHABLE, sentences);
  expect_no (town, ssh, VAV_ERROR_TLS, VAV_REASON_PROTOCOL, sentences);
  expect_no (town, mute, VAV_ERROR_UNREACHABLE, VAV_REASON_UNREACHABLE, sentences);
  expect_no (town, other_id, VAV_ERROR_UNTRUSTED, VAV_REASON_UNTRUSTED, sentences);
}

static void
on_decide (VavStream *stream, VavRequest *request, gpointer reason)
{
  vav_request_reject (request, (VavReason)GPOINTER_TO_INT (reason), NULL);
}

static void
test_no_of_the_other (Town *town, gconstpointer media)
{
  static const struct
  {
    VavReason reason;
    VavError code;
  } table[] = {
    { VAV_REASON_DECLINED, VAV_ERROR_DECLINED },
    { VAV_REASON_REFUSED, VAV_ERROR_REFUSED },
    { VAV_REASON_BUSY, VAV_ERROR_PEER_BUSY },
    { VAV_REASON_UNREACHABLE, VAV_ERROR_UNREACHABLE },
  };
  Party *bob = &town->pair.bob;
  g_autoptr (GHashTable) sentences = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  g_test_summary ("W7: Each kind of no of the other side is told as what it is.");
  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    {
      gulong handler = g_signal_connect (bob->stream, "connection-requested", G_CALLBACK (on_decide),
                                         GINT_TO_POINTER ((int)table[i].reason));

      expect_no (town, vav_endpoint_get_listening_address (bob->endpoint), table[i].code, table[i].reason, sentences);
      g_signal_handler_disconnect (bob->stream, handler);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/loop/addresses/unset", test_unset);
  ADD ("/loop/addresses/constructed", test_constructed);
  ADD ("/loop/addresses/one-path", test_one_path);
  ADD ("/loop/addresses/dead-ipv4", test_dead_ipv4);
  ADD ("/loop/addresses/dead-ipv6", test_dead_ipv6);
  ADD ("/loop/addresses/refused-first", test_refused_first);
  ADD ("/loop/addresses/places-of-a-person", test_places_of_a_person);
  ADD ("/loop/addresses/not-blocking", test_not_blocking);
  ADD ("/loop/addresses/give-up-name", test_give_up_name);
  ADD ("/loop/addresses/every-no", test_every_no);
  ADD ("/loop/addresses/no-of-the-other", test_no_of_the_other);
  return tolerate_exit (g_test_run ());
}
