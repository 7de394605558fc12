/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What leaves before there is a path, seen by sockets that stand for the peer's addresses. */
#include "net/media/vav-ice-early.h"

#include <string.h>

#define COMPONENT 1
#define PATIENCE_MS 20000

typedef struct
{
  NiceAgent *agent;
  guint stream;
  VavIceEarly *early;
} Fixture;

static void
on_receive (NiceAgent *agent, guint stream, guint component, guint length, char *data, gpointer user_data)
{
}

static void
set_up (Fixture *self, gconstpointer unused)
{
  NiceAddress address;

  self->agent = nice_agent_new_full (NULL, NICE_COMPATIBILITY_RFC5245, NICE_AGENT_OPTION_ICE_TRICKLE);
  g_object_set (self->agent, "upnp", FALSE, "ice-tcp", FALSE, NULL);
  nice_address_init (&address);
  nice_address_set_from_string (&address, "127.0.0.1");
  nice_agent_add_local_address (self->agent, &address);
  self->stream = nice_agent_add_stream (self->agent, 1);
  nice_agent_attach_recv (self->agent, self->stream, COMPONENT, NULL, on_receive, NULL);
  g_assert_true (nice_agent_gather_candidates (self->agent, self->stream));
  self->early = vav_ice_early_new (self->agent, NULL, self->stream, COMPONENT);
}

static void
tear_down (Fixture *self, gconstpointer unused)
{
  vav_ice_early_free (self->early);
  g_object_unref (self->agent);
}

static GSocket *
make_place (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new (loopback, 0);
  GSocket *place = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_DATAGRAM, G_SOCKET_PROTOCOL_UDP, &error);

  g_assert_no_error (error);
  g_assert_true (g_socket_bind (place, address, FALSE, &error));
  g_socket_set_blocking (place, FALSE);

  return place;
}

static void
name_place (Fixture *self, GSocket *place, NiceCandidateType type)
{
  g_autoptr (GSocketAddress) address = g_socket_get_local_address (place, NULL);
  NiceCandidate *candidate = nice_candidate_new (type);

  nice_address_set_from_string (&candidate->addr, "127.0.0.1");
  nice_address_set_port (&candidate->addr, g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (address)));
  candidate->transport = NICE_CANDIDATE_TRANSPORT_UDP;
  vav_ice_early_add_remote (self->early, candidate);
  nice_candidate_free (candidate);
}

static void
take (Fixture *self, const char *text)
{
  g_autoptr (GBytes) packet = g_bytes_new_static (text, strlen (text));

  vav_ice_early_take (self->early, packet);
}

/* (nullable): nothing is there now */
static char *
read_now (GSocket *place)
{
  char packet[64] = "";
  gssize length = g_socket_receive (place, packet, sizeof packet - 1, NULL, NULL);

  return length >= 0 ? g_strdup (packet) : NULL;
}

static void
expect (GSocket *place, const char *text)
{
  gint64 deadline = g_get_monotonic_time () + PATIENCE_MS * 1000;
  g_autofree char *packet = NULL;

  while ((packet = read_now (place)) == NULL && g_get_monotonic_time () < deadline)
    g_main_context_iteration (NULL, FALSE);
  g_assert_cmpstr (packet, ==, text);
}

static void
test_goes_out (Fixture *self, gconstpointer unused)
{
  g_autoptr (GSocket) first = make_place ();
  g_autoptr (GSocket) later = make_place ();
  g_autoptr (GSocket) relay = make_place ();
  g_autofree char *stray = NULL;

  g_test_summary (
      "W7: DTLS's first packets go to every address that the peer named, also one named later, and again; to a "
      "relay's never");
  name_place (self, first, NICE_CANDIDATE_TYPE_HOST);
  name_place (self, relay, NICE_CANDIDATE_TYPE_RELAYED);
  take (self, "hello");
  expect (first, "hello");
  name_place (self, later, NICE_CANDIDATE_TYPE_SERVER_REFLEXIVE);
  expect (later, "hello");
  expect (first, "hello");
  expect (later, "hello");
  stray = read_now (relay);
  g_assert_null (stray);
}

static void
test_is_capped (Fixture *self, gconstpointer unused)
{
  g_autoptr (GPtrArray) places = g_ptr_array_new_with_free_func (g_object_unref);
  guint n = 0;

  g_test_summary ("W7: what leaves before there is a path is limited, whatever a peer names");
  for (guint i = 0; i < 2 * VAV_ICE_EARLY_MAX_REMOTES; i++)
    {
      g_ptr_array_add (places, make_place ());
      name_place (self, places->pdata[i], NICE_CANDIDATE_TYPE_HOST);
    }
  for (guint i = 0; i < 100; i++)
    take (self, "more");
  g_assert_cmpuint (vav_ice_early_get_sent (self->early), ==, VAV_ICE_EARLY_MAX_DATAGRAMS);
  for (guint i = 0; i < places->len; i++)
    {
      g_autofree char *packet = read_now (places->pdata[i]);

      n += packet != NULL;
    }
  g_assert_cmpuint (n, ==, VAV_ICE_EARLY_MAX_REMOTES);
}

static void
test_ends_with_path (Fixture *self, gconstpointer unused)
{
  g_autoptr (GSocket) place = make_place ();

  g_test_summary ("W7: once there is a path nothing leaves by another way");
  name_place (self, place, NICE_CANDIDATE_TYPE_HOST);
  take (self, "hello");
  expect (place, "hello");
  vav_ice_early_settle (self->early, self->stream);
  take (self, "by the path");
  name_place (self, place, NICE_CANDIDATE_TYPE_HOST);
  g_assert_cmpuint (vav_ice_early_get_sent (self->early), ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add ("/media/ice-early/goes-out", Fixture, NULL, set_up, test_goes_out, tear_down);
  g_test_add ("/media/ice-early/is-capped", Fixture, NULL, set_up, test_is_capped, tear_down);
  g_test_add ("/media/ice-early/ends-with-path", Fixture, NULL, set_up, test_ends_with_path, tear_down);

  return g_test_run ();
}
