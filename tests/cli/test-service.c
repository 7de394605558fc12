/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "app/service/vav-app-service.h"
#include "shut.h"
#include "tests/lib/tolerate.h"

#define CALLS VAV_APP_BUS_PATH "/calls/"
#define LIMIT 20 /* seconds that anything may take before the test fails */

/* A bus of the test's own, a service on it under a name, and a client with a connection of its own. */
typedef struct
{
  GTestDBus *bus;
  GDBusConnection *server, *client;
  VavEndpoint *endpoint;
  VavAppService *service;
} Fixture;

static GDBusConnection *
connect_to (GTestDBus *bus)
{
  g_autoptr (GError) error = NULL;
  GDBusConnection *connection = g_dbus_connection_new_for_address_sync (
      g_test_dbus_get_bus_address (bus),
      G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION, NULL, NULL,
      &error);

  g_assert_no_error (error);
  return connection;
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  fixture->bus = g_test_dbus_new (G_TEST_DBUS_NONE);
  g_test_dbus_up (fixture->bus);
  fixture->server = connect_to (fixture->bus);
  fixture->client = connect_to (fixture->bus);

  fixture->endpoint = vav_endpoint_new (NULL, "none", &error);
  g_assert_no_error (error);
  fixture->service = vav_app_service_new (fixture->endpoint);
  g_assert_true (vav_app_service_export (fixture->service, fixture->server, NULL, &error));
  g_assert_no_error (error);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_clear_object (&fixture->service);
  shut (fixture->endpoint);
  g_clear_object (&fixture->endpoint);
  g_clear_object (&fixture->client);
  g_clear_object (&fixture->server);
  g_test_dbus_down (fixture->bus);
  g_clear_object (&fixture->bus);
}

static void
on_reply (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **)user_data = g_object_ref (result);
}

/* Asks the service from its own thread: the reply comes by the main loop. */
static GVariant *
ask (Fixture *fixture, const char *path, const char *interface, const char *method, GVariant *arguments, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  g_dbus_connection_call (fixture->client, g_dbus_connection_get_unique_name (fixture->server), path, interface, method,
                          arguments, NULL, G_DBUS_CALL_FLAGS_NONE, LIMIT * 1000, NULL, on_reply, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);

  return g_dbus_connection_call_finish (fixture->client, result, error);
}

static char *
dial (Fixture *fixture, const char *address)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = NULL;
  char *path;

  reply = ask (fixture, VAV_APP_BUS_PATH, "org.visavis.Endpoint1", "Connect", g_variant_new ("(sa{sv})", address, NULL),
               &error);
  g_assert_no_error (error);
  g_variant_get (reply, "(o)", &path);

  return path;
}

static char *
dup_property (Fixture *fixture, const char *path, const char *name)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = NULL;
  g_autoptr (GVariant) value = NULL;

  reply = ask (fixture, path, "org.freedesktop.DBus.Properties", "Get",
               g_variant_new ("(ss)", "org.visavis.Call1", name), &error);
  if (reply == NULL)
    return NULL;
  g_variant_get (reply, "(v)", &value);

  return g_variant_dup_string (value, NULL);
}

static void
hang_up (Fixture *fixture, const char *path)
{
  g_autoptr (GVariant) reply = NULL;
  g_autoptr (GError) error = NULL;

  reply = ask (fixture, path, "org.visavis.Call1", "HangUp", g_variant_new_parsed ("(@ay [],)"), &error);
  g_assert_no_error (error);
}

static guint
count_calls (Fixture *fixture)
{
  g_autoptr (GVariant) reply
      = ask (fixture, VAV_APP_BUS_PATH, "org.freedesktop.DBus.ObjectManager", "GetManagedObjects", NULL, NULL);
  g_autoptr (GVariant) objects = g_variant_get_child_value (reply, 0);

  return (guint)g_variant_n_children (objects);
}

static void
test_failed (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = dial (fixture, "not an address");
  g_autofree char *state = dup_property (fixture, path, "State");
  g_autofree char *reason = dup_property (fixture, path, "Reason");
  g_autofree char *gone = NULL;

  g_test_summary ("R2, R5: A call that failed can be read until it is hung up; then there is no such object.");
  g_assert_true (g_str_has_prefix (path, CALLS));
  g_assert_cmpstr (state, ==, "failed");
  g_assert_cmpstr (reason, ==, "unreachable");
  g_assert_cmpuint (count_calls (fixture), ==, 1);

  hang_up (fixture, path);
  while (count_calls (fixture) > 0)
    g_main_context_iteration (NULL, FALSE);
  gone = dup_property (fixture, path, "State");
  g_assert_null (gone);
}

static void
test_many_failed (Fixture *fixture, gconstpointer data)
{
  g_autofree char *first = dial (fixture, "not an address");
  g_autofree char *gone = NULL;

  g_test_summary ("R2: Failed calls that nobody hangs up do not fill the memory: beyond 64 the oldest go.");
  for (guint i = 0; i < 64; i++)
    g_free (dial (fixture, "not an address"));
  g_assert_cmpuint (count_calls (fixture), ==, 64);
  gone = dup_property (fixture, first, "State");
  g_assert_null (gone);
}

static void
test_dialling (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GSocketListener) listener = g_socket_listener_new ();
  guint16 port = g_socket_listener_add_any_inet_port (listener, NULL, NULL);
  g_autofree char *address = g_strdup_printf ("127.0.0.1:%u", port);
  g_autofree char *path = dial (fixture, address);
  g_autofree char *shown = dup_property (fixture, path, "Address");
  guint64 value = g_ascii_strtoull (path + strlen (CALLS), NULL, 10);

  g_test_summary (
      "R1, R3: The handle is there at once, its number is the one of the path, and it can be hung up while dialling.");
  g_assert_cmpstr (shown, ==, address);
  g_assert_nonnull (vav_endpoint_find (fixture->endpoint, value));
  hang_up (fixture, path);
  while (count_calls (fixture) > 0)
    g_main_context_iteration (NULL, FALSE);
  g_assert_null (vav_endpoint_find (fixture->endpoint, value));
}

static void
test_detection (Fixture *fixture, gconstpointer data)
{
  g_autoptr (VavStream) stream = vav_stream_new (fixture->endpoint);
  g_autoptr (GError) error = NULL;

  g_test_summary ("W10: Without a stream to set it on, detection is off and stays off; with one, it is that stream's.");
  g_assert_true (vav_endpoint_set_listen (fixture->endpoint, "127.0.0.1:0", &error));
  for (guint round = 0; round < 2; round++)
    {
      g_autoptr (GVariant) reply = NULL;

      reply = ask (fixture, VAV_APP_BUS_PATH, "org.freedesktop.DBus.Properties", "Set",
                   g_variant_new ("(ssv)", "org.visavis.Endpoint1", "Detection", g_variant_new_boolean (TRUE)), &error);
      g_assert_no_error (error);
      g_assert_cmpint (vav_stream_get_detection (stream), ==, round == 1);
      vav_app_service_set_default_stream (fixture->service, stream);
    }

  g_assert_nonnull (vav_endpoint_get_listening_address (fixture->endpoint));
  vav_stream_set_detection (stream, FALSE);
  g_assert_null (vav_endpoint_get_listening_address (fixture->endpoint));
}

int
main (int argc, char **argv)
{
  g_autofree char *daemon = NULL;

  g_test_init (&argc, &argv, NULL);

  daemon = g_find_program_in_path ("dbus-daemon");
  if (daemon == NULL)
    {
      g_print ("1..0 # SKIP dbus-daemon is not installed\n");
      return 0;
    }
  g_test_add ("/service/failed", Fixture, NULL, set_up, test_failed, tear_down);
  g_test_add ("/service/many-failed", Fixture, NULL, set_up, test_many_failed, tear_down);
  g_test_add ("/service/dialling", Fixture, NULL, set_up, test_dialling, tear_down);
  g_test_add ("/service/detection", Fixture, NULL, set_up, test_detection, tear_down);

  return tolerate_exit (g_test_run ());
}
