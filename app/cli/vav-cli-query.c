/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gi18n.h>
#include <stdio.h>
#include <string.h>

#include "app/cli/vav-cli-bus.h"
#include "app/cli/vav-cli-commands.h"
#include "app/cli/vav-cli-status.h"
#include "app/service/vav-app-events.h"
#include "app/service/vav-app-json.h"
#include "app/service/vav-app-service.h"

/* Starting the service may take a moment on a cold disk; the other side may hold the end of a call for 30 s. In milliseconds. */
#define START_LIMIT 25000
#define ANSWER_LIMIT 2000
#define GONE_LIMIT 35000

static int
fail (const GError *error)
{
  vav_cli_complain (error->message);
  return VAV_CLI_FAILED;
}

/* What the nick of a reason on the bus says in words. */
static const char *
describe_reason (const char *nick)
{
  g_autoptr (GEnumClass) reasons = g_type_class_ref (VAV_TYPE_REASON);
  GEnumValue *reason = g_enum_get_value_by_nick (reasons, nick);

  return vav_reason_describe (reason != NULL ? (VavReason)reason->value : VAV_REASON_NONE);
}

static void
write_call (VavAppEvents *events, const VavCliBusCall *call)
{
  JsonObject *fields = json_object_new ();

  vav_app_json_set_string (fields, "state", call->state);
  vav_app_json_set_string (fields, "reason", call->reason);
  vav_app_json_set_string (fields, "name", call->name);
  vav_app_json_set_string (fields, "address", call->address);
  vav_app_json_set_string (fields, "id", call->id);
  vav_app_json_set_string (fields, "initiator", call->initiator);
  json_object_set_int_member (fields, "since", call->since);
  vav_app_events_write (events, "call", call->value, fields);
}

static void
print_call (const VavCliBusCall *call)
{
  g_autoptr (GDateTime) since = g_date_time_new_from_unix_local (call->since);
  g_autofree char *time = since != NULL && call->since > 0 ? g_date_time_format (since, "%X") : g_strdup ("");
  g_autofree char *name = vav_cli_printable (call->name);
  g_autofree char *initiator = vav_cli_printable (call->initiator);
  g_autofree char *address = vav_cli_printable (call->address);

  g_print ("%-16" G_GUINT64_FORMAT "  %-12s  %s  ", call->value, call->state, name);
  g_print (_ ("(%s, begun by %s %s)"), address, initiator, time);
  g_print (strcmp (call->state, "failed") == 0 ? "  %s\n" : "\n", describe_reason (call->reason));
}

int
vav_cli_calls (VavCliOptions *options)
{
  g_autoptr (VavAppEvents) events = options->json ? vav_app_events_new (stdout) : NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GDBusConnection) bus = vav_cli_bus_get (&error);
  g_autoptr (GPtrArray) calls = bus != NULL ? vav_cli_bus_list_calls (bus, &error) : NULL;

  if (calls == NULL)
    return fail (error);

  for (guint i = 0; i < calls->len; i++)
    if (events != NULL)
      write_call (events, g_ptr_array_index (calls, i));
    else
      print_call (g_ptr_array_index (calls, i));
  if (calls->len == 0 && events == NULL)
    g_print ("%s\n", _ ("You are in no call."));

  return VAV_CLI_OK;
}

static GVariant *
connect_options (const VavCliOptions *options)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE_VARDICT);
  if (options->identifier != NULL)
    g_variant_builder_add (&builder, "{sv}", "identifier", g_variant_new_string (options->identifier));
  if (options->data != NULL)
    g_variant_builder_add (&builder, "{sv}", "data",
                           g_variant_new_from_bytes (G_VARIANT_TYPE_BYTESTRING, options->data, TRUE));

  return g_variant_builder_end (&builder);
}

/* The path of the call. (transfer full) (nullable) */
static char *
connect_with (GDBusConnection *bus, const char *name, const VavCliOptions *options, GError **error)
{
  g_autoptr (GVariant) reply = NULL;
  char *path = NULL;

  reply = g_dbus_connection_call_sync (bus, name, VAV_APP_BUS_PATH, "org.visavis.Endpoint1", "Connect",
                                       g_variant_new ("(s@a{sv})", options->arguments[0], connect_options (options)),
                                       G_VARIANT_TYPE ("(o)"), G_DBUS_CALL_FLAGS_NONE, START_LIMIT, NULL, error);
  if (reply != NULL)
    g_variant_get (reply, "(o)", &path);

  return path;
}

static gboolean
detects (GDBusConnection *bus, const char *owner)
{
  g_autoptr (GVariant) reply = NULL;
  g_autoptr (GVariant) value = NULL;

  reply
      = g_dbus_connection_call_sync (bus, owner, VAV_APP_BUS_PATH, "org.freedesktop.DBus.Properties", "Get",
                                     g_variant_new ("(ss)", "org.visavis.Endpoint1", "Detection"),
                                     G_VARIANT_TYPE ("(v)"), G_DBUS_CALL_FLAGS_NO_AUTO_START, ANSWER_LIMIT, NULL, NULL);
  if (reply == NULL)
    return FALSE;
  g_variant_get (reply, "(v)", &value);

  return g_variant_is_of_type (value, G_VARIANT_TYPE_BOOLEAN) && g_variant_get_boolean (value);
}

/* Where the service is not installed, a program that waits for calls does as well; one that makes a single call does not. */
static char *
connect_with_instance (GDBusConnection *bus, const VavCliOptions *options, GError **error)
{
  g_auto (GStrv) owners = vav_cli_bus_list_owners (bus, NULL);

  for (guint i = 0; owners != NULL && owners[i] != NULL; i++)
    if (detects (bus, owners[i]))
      return connect_with (bus, owners[i], options, error);

  g_set_error (error, VAV_ERROR, VAV_ERROR_FAILED,
               _ ("Visavis is not running and could not be started. Start it, or use “visavis-cli call”."));
  return NULL;
}

/* An address that nobody can read, or a person without one, makes a call that failed at once. */
static VavCliStatus
judge_dialled (const VavCliOptions *options, const VavCliBusCall *call)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (VavAddress) address = vav_address_parse (options->arguments[0], &error);

  if (strcmp (call->state, "failed") != 0)
    return VAV_CLI_OK;
  vav_cli_complain (address == NULL ? error->message : describe_reason (call->reason));
  return address == NULL ? VAV_CLI_USAGE : VAV_CLI_FAILED;
}

static VavCliStatus
tell_dialled (const VavCliOptions *options, GDBusConnection *bus, const char *path)
{
  g_autoptr (GPtrArray) calls = vav_cli_bus_list_calls (bus, NULL);
  VavCliBusCall dialled = { .value = g_ascii_strtoull (strrchr (path, '/') + 1, NULL, 10),
                            .state = (char *)"dialling",
                            .reason = (char *)"none" };
  const VavCliBusCall *call = &dialled;
  g_autoptr (VavAppEvents) events = NULL;

  for (guint i = 0; calls != NULL && i < calls->len; i++)
    if (strcmp (((VavCliBusCall *)g_ptr_array_index (calls, i))->path, path) == 0)
      call = g_ptr_array_index (calls, i);

  if (!options->json)
    {
      g_print ("%" G_GUINT64_FORMAT "\n", call->value);
      return judge_dialled (options, call);
    }
  events = vav_app_events_new (stdout);
  write_call (events, call);
  return judge_dialled (options, call);
}

int
vav_cli_dial (VavCliOptions *options)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GDBusConnection) bus = vav_cli_bus_get (&error);
  g_autofree char *path = NULL;

  if (bus == NULL)
    return fail (error);

  path = connect_with (bus, VAV_APP_BUS_NAME, options, &error);
  if (path == NULL && !g_dbus_error_is_remote_error (error))
    return fail (error);
  if (path == NULL && g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_SERVICE_UNKNOWN))
    {
      g_clear_error (&error);
      path = connect_with_instance (bus, options, &error);
    }
  if (path == NULL)
    {
      g_dbus_error_strip_remote_error (error);
      return fail (error);
    }

  return (int)tell_dialled (options, bus, path);
}

/* The waiting for calls to go. */
typedef struct
{
  GDBusConnection *bus;
  GMainLoop *loop;
  GPtrArray *calls; /* element-type VavCliBusCall, borrowed: that are still there */
  gboolean late;
} HangUp;

static void
forget (HangUp *hang_up, const char *owner, const char *path)
{
  for (guint i = hang_up->calls->len; i > 0; i--)
    {
      const VavCliBusCall *call = g_ptr_array_index (hang_up->calls, i - 1);

      if (strcmp (call->owner, owner) == 0 && (path == NULL || strcmp (call->path, path) == 0))
        g_ptr_array_remove_index (hang_up->calls, i - 1);
    }
  if (hang_up->calls->len == 0)
    g_main_loop_quit (hang_up->loop);
}

static void
on_removed (GDBusConnection *bus, const char *sender, const char *root, const char *interface, const char *signal,
            GVariant *parameters, gpointer user_data)
{
  const char *path;

  if (!g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(oas)")))
    return;
  g_variant_get_child (parameters, 0, "&o", &path);
  forget (user_data, sender, path);
}

static void
on_owner_changed (GDBusConnection *bus, const char *sender, const char *path, const char *interface, const char *signal,
                  GVariant *parameters, gpointer user_data)
{
  const char *name, *old_owner, *new_owner;

  if (!g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(sss)")))
    return;
  g_variant_get (parameters, "(&s&s&s)", &name, &old_owner, &new_owner);
  if (*new_owner == '\0')
    forget (user_data, name, NULL);
}

static gboolean
on_late (gpointer user_data)
{
  HangUp *hang_up = user_data;

  hang_up->late = TRUE;
  g_main_loop_quit (hang_up->loop);
  return G_SOURCE_CONTINUE;
}

typedef struct
{
  HangUp *hang_up;
  char *owner, *path;
} Asked;

/* Whoever cannot be asked has no such call any more. */
static void
on_asked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Asked *asked = user_data;
  g_autoptr (GVariant) reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, NULL);

  if (reply == NULL && asked->hang_up->loop != NULL)
    forget (asked->hang_up, asked->owner, asked->path);
  g_free (asked->owner);
  g_free (asked->path);
  g_free (asked);
}

static void
ask_all (HangUp *hang_up)
{
  for (guint i = 0; i < hang_up->calls->len; i++)
    {
      const VavCliBusCall *call = g_ptr_array_index (hang_up->calls, i);
      Asked *asked = g_new0 (Asked, 1);
      GVariant *data = g_variant_new_from_data (G_VARIANT_TYPE_BYTESTRING, "", 0, TRUE, NULL, NULL);

      asked->hang_up = hang_up;
      asked->owner = g_strdup (call->owner);
      asked->path = g_strdup (call->path);
      g_dbus_connection_call (hang_up->bus, call->owner, call->path, "org.visavis.Call1", "HangUp",
                              g_variant_new ("(@ay)", data), NULL, G_DBUS_CALL_FLAGS_NO_AUTO_START, ANSWER_LIMIT, NULL,
                              on_asked, asked);
    }
}

/* Subscribes before it asks, so that no going is missed. */
static gboolean
hang_up_and_wait (GDBusConnection *bus, GPtrArray *calls)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  HangUp hang_up = { .bus = bus, .loop = loop, .calls = calls };
  guint removed, changed, late;

  removed = g_dbus_connection_signal_subscribe (bus, NULL, "org.freedesktop.DBus.ObjectManager", "InterfacesRemoved",
                                                VAV_APP_BUS_PATH, NULL, G_DBUS_SIGNAL_FLAGS_NONE, on_removed, &hang_up,
                                                NULL);
  changed = g_dbus_connection_signal_subscribe (bus, "org.freedesktop.DBus", "org.freedesktop.DBus", "NameOwnerChanged",
                                                NULL, NULL, G_DBUS_SIGNAL_FLAGS_NONE, on_owner_changed, &hang_up, NULL);
  late = g_timeout_add (GONE_LIMIT, on_late, &hang_up);
  ask_all (&hang_up);
  if (calls->len > 0)
    g_main_loop_run (loop);

  g_source_remove (late);
  g_dbus_connection_signal_unsubscribe (bus, removed);
  g_dbus_connection_signal_unsubscribe (bus, changed);
  /* the program ends now: what is still asked for may come back to nobody */
  return !hang_up.late;
}

static gboolean
read_value (VavCliOptions *options, guint64 *value)
{
  return options->n_arguments == 1 && !options->all
         && g_ascii_string_to_unsigned (options->arguments[0], 10, 1, G_MAXUINT64, value, NULL);
}

int
vav_cli_hang_up (VavCliOptions *options)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GDBusConnection) bus = NULL;
  g_autoptr (GPtrArray) all = NULL;
  g_autoptr (GPtrArray) calls = g_ptr_array_new ();
  guint64 value = 0;

  if (!read_value (options, &value) && !(options->all && options->n_arguments == 0))
    {
      vav_cli_complain (_ ("“hang-up” takes the number of a call, as “visavis-cli calls” lists it, or --all."));
      return VAV_CLI_USAGE;
    }

  bus = vav_cli_bus_get (&error);
  all = bus != NULL ? vav_cli_bus_list_calls (bus, &error) : NULL;
  if (all == NULL)
    return fail (error);

  for (guint i = 0; i < all->len; i++)
    if (options->all || ((VavCliBusCall *)g_ptr_array_index (all, i))->value == value)
      g_ptr_array_add (calls, g_ptr_array_index (all, i));
  if (calls->len == 0 && !options->all)
    {
      vav_cli_complain (_ ("There is no call with this number."));
      return VAV_CLI_FAILED;
    }

  if (hang_up_and_wait (bus, calls))
    return VAV_CLI_OK;
  vav_cli_complain (_ ("A call did not end in time."));
  return VAV_CLI_FAILED;
}
