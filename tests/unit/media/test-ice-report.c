/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a person is told of a path that was not found. That it is true of real relays shows tests/lab. */
#include <string.h>

#include "net/media/vav-ice-ports.h"
#include "net/media/vav-ice-report.h"

static void
test_describe (void)
{
  static const struct
  {
    VavIceReport report;
    const char *words;
  } table[] = {
    { { .host = FALSE }, "no port of this computer" },
    { { .host = TRUE }, "a STUN server or a relay" },
    { { .host = TRUE, .stun = TRUE }, "your network seems to stop UDP" },
    { { .host = TRUE, .stun = TRUE, .peer_relayed = TRUE }, "your network seems to stop UDP" },
    { { .host = TRUE, .peer_relayed = TRUE }, "the other side’s relay" },
    { { .host = TRUE, .stun = TRUE, .reflexive = TRUE }, "One of you needs a relay" },
    { { .host = TRUE, .stun = TRUE, .outside = TRUE }, "One of you needs a relay" },
    { { .host = TRUE, .stun = TRUE, .reflexive = TRUE, .peer_relayed = TRUE }, "the other side’s relay" },
    { { .host = TRUE, .relay = VAV_ICE_RELAY_REFUSES }, "refuses the user name" },
    { { .host = TRUE, .relay = VAV_ICE_RELAY_REFUSES, .stun = TRUE, .peer_relayed = TRUE }, "refuses the user name" },
    { { .host = TRUE, .relay = VAV_ICE_RELAY_SILENT }, "reach it by TCP" },
    { { .host = TRUE, .relay = VAV_ICE_RELAY_SILENT, .tcp = TRUE }, "Check its address and port." },
    { { .host = TRUE, .relay = VAV_ICE_RELAY_SILENT, .name = VAV_ICE_NAME_UNKNOWN },
      "the name of your relay (TURN) is not known" },
    { { .host = TRUE, .relay = VAV_ICE_RELAY_SILENT, .name = VAV_ICE_NAME_UNANSWERED },
      "the name of your relay (TURN) cannot be looked up" },
    { { .relay = VAV_ICE_RELAY_SILENT, .name = VAV_ICE_NAME_ASKED, .relay_only = TRUE },
      "the name of your relay (TURN) cannot be looked up" },
    { { .host = TRUE, .stun = TRUE, .name = VAV_ICE_NAME_UNKNOWN }, "the name of your STUN server is not known" },
    { { .host = TRUE, .stun = TRUE, .name = VAV_ICE_NAME_UNANSWERED },
      "the name of your STUN server cannot be looked up" },
    { { .host = TRUE, .stun = TRUE, .outside = TRUE, .name = VAV_ICE_NAME_ASKED }, "One of you needs a relay" },
    { { .host = TRUE, .relay = VAV_ICE_RELAY_WORKS }, "not even over your relay" },
    { { .relay = VAV_ICE_RELAY_WORKS, .relay_only = TRUE }, "not even over your relay" },
    { { .relay = VAV_ICE_RELAY_SILENT, .relay_only = TRUE }, "does not answer" },
  };

  g_test_summary ("A3: each way not to find a path has words that say what can be done");
  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    {
      const char *words = vav_ice_report_describe (&table[i].report);

      g_test_message ("%u: %s", i, words);
      g_assert_nonnull (strstr (words, table[i].words));
      g_assert_true (g_str_has_suffix (words, "."));
    }
}

/* A resolver whose answer is the name: a code of G_RESOLVER_ERROR, or none. */
typedef GResolver Oracle;
typedef GResolverClass OracleClass;
GType oracle_get_type (void);

G_DEFINE_TYPE (Oracle, oracle, G_TYPE_RESOLVER)

static GList *
oracle_lookup (GResolver *self, const char *name, GCancellable *cancellable, GError **error)
{
  if (strcmp (name, "there") == 0)
    return g_list_prepend (NULL, g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4));
  g_set_error_literal (error, G_RESOLVER_ERROR,
                       strcmp (name, "nowhere") == 0 ? G_RESOLVER_ERROR_NOT_FOUND : G_RESOLVER_ERROR_TEMPORARY_FAILURE,
                       name);
  return NULL;
}

static void
oracle_class_init (OracleClass *klass)
{
  klass->lookup_by_name = oracle_lookup;
}

static void
oracle_init (Oracle *self)
{
}

static void
test_names (void)
{
  static const struct
  {
    const char *host;
    VavIceNameState state;
  } table[] = {
    { "there", VAV_ICE_NAME_FOUND },     { "nowhere", VAV_ICE_NAME_UNKNOWN }, { "later", VAV_ICE_NAME_UNANSWERED },
    { "192.0.2.1", VAV_ICE_NAME_FOUND }, { "::1", VAV_ICE_NAME_FOUND },
  };
  g_autoptr (GResolver) before = g_resolver_get_default ();
  g_autoptr (GResolver) oracle = g_object_new (oracle_get_type (), NULL);
  g_autoptr (GCancellable) cancelled = g_cancellable_new ();
  VavIceUrl server = { .host = (char *)"nowhere" };

  g_test_summary ("A3: the name of a server that does not exist is told from one that nobody could be asked about");
  g_resolver_set_default (oracle);
  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    {
      VavIceUrl one = { .host = (char *)table[i].host };

      g_assert_cmpint (vav_ice_report_look_up (&one, NULL), ==, table[i].state);
    }
  g_cancellable_cancel (cancelled);
  g_assert_cmpint (vav_ice_report_look_up (&server, cancelled), ==, VAV_ICE_NAME_ASKED);
  g_resolver_set_default (before);
}

/* A socket that nobody reads from: what is sent to it gets no answer. */
static void
test_probe_silent (void)
{
  g_autoptr (GSocket) socket = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_DATAGRAM, G_SOCKET_PROTOCOL_UDP, NULL);
  g_autoptr (GSocketAddress) any = g_inet_socket_address_new_from_string ("127.0.0.1", 0);
  g_autoptr (GSocketAddress) bound = NULL;
  g_autoptr (GCancellable) cancelled = g_cancellable_new ();
  VavIceUrl turn = { .relay = TRUE, .host = (char *)"127.0.0.1", .user = (char *)"a", .password = (char *)"b" };

  g_test_summary (
      "A3: a relay that says nothing, or nonsense, is silent; a probe that is cancelled has learnt nothing");
  g_assert_true (g_socket_bind (socket, any, FALSE, NULL));
  bound = g_socket_get_local_address (socket, NULL);
  turn.port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound));
  g_assert_cmpint (vav_ice_report_probe (&turn, NULL), ==, VAV_ICE_RELAY_SILENT);
  g_cancellable_cancel (cancelled);
  g_assert_cmpint (vav_ice_report_probe (&turn, cancelled), ==, VAV_ICE_RELAY_ASKED);
}

typedef struct
{
  GSocket *socket;
  gsize length; /* of the nonsense */
  GCancellable *over;
} Liar;

/* A thread: answers each request with its own header and then noise. */
static gpointer
lie (gpointer data)
{
  Liar *liar = data;
  GSocketAddress *from = NULL;
  char packet[1500];

  while (g_socket_receive_from (liar->socket, &from, packet, sizeof packet, liar->over, NULL) > 0)
    {
      packet[0] = 0x01;
      packet[1] = 0x14;
      memset (packet + 20, 0xff, sizeof packet - 20);
      packet[2] = (char)((liar->length - 20) >> 8);
      packet[3] = (char)(liar->length - 20);
      g_socket_send_to (liar->socket, from, packet, liar->length, NULL, NULL);
      g_clear_object (&from);
    }

  return NULL;
}

static void
test_probe_liar (void)
{
  static const gsize lengths[] = { 20, 24, 27, 100, 1500 };
  g_autoptr (GSocketAddress) any = g_inet_socket_address_new_from_string ("127.0.0.1", 0);

  g_test_summary ("A relay whose answers are noise is told from one that refuses us, and does no harm");
  for (guint i = 0; i < G_N_ELEMENTS (lengths); i++)
    {
      g_autoptr (GSocket) socket
          = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_DATAGRAM, G_SOCKET_PROTOCOL_UDP, NULL);
      g_autoptr (GSocketAddress) bound = NULL;
      VavIceUrl turn = { .relay = TRUE, .host = (char *)"127.0.0.1", .user = (char *)"a", .password = (char *)"b" };
      g_autoptr (GCancellable) over = g_cancellable_new ();
      Liar liar = { socket, lengths[i], over };
      GThread *thread;

      g_assert_true (g_socket_bind (socket, any, FALSE, NULL));
      bound = g_socket_get_local_address (socket, NULL);
      turn.port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound));
      thread = g_thread_new ("liar", lie, &liar);
      g_assert_cmpint (vav_ice_report_probe (&turn, NULL), !=, VAV_ICE_RELAY_REFUSES);
      g_cancellable_cancel (over);
      g_thread_join (thread);
    }
}

static void
test_ports (void)
{
  static const char *const wrong[] = { "x",
                                       "50000",
                                       "-",
                                       "50000-",
                                       "-50100",
                                       "50100-50000",
                                       "1-100",
                                       "50000-50014",
                                       "60000-70000",
                                       "50000-50100-5",
                                       "50000-50100x",
                                       "50000 50100",
                                       "0x5000-0x6000" };
  VavIcePorts ports = { 7, 8 };

  g_test_summary ("A3: a range of ports that is none is refused in words and changes nothing");
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_false (vav_ice_ports_parse (wrong[i], &ports, &error));
      g_assert_error (error, VAV_ERROR, VAV_ERROR_INVALID_ADDRESS);
      g_assert_cmpuint (ports.first, ==, 7);
    }
  g_assert_true (vav_ice_ports_parse ("50000 - 50015", &ports, NULL));
  g_assert_cmpuint (ports.first, ==, 50000);
  g_assert_cmpuint (ports.last, ==, 50015);
  g_assert_true (vav_ice_ports_parse ("", &ports, NULL));
  g_assert_cmpuint (ports.first, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/ice-report/describe", test_describe);
  g_test_add_func ("/ice-report/names", test_names);
  g_test_add_func ("/ice-report/probe-silent", test_probe_silent);
  g_test_add_func ("/ice-report/probe-liar", test_probe_liar);
  g_test_add_func ("/ice-ports/parse", test_ports);

  return g_test_run ();
}
