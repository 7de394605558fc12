/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/cli/vav-cli-bus.h"

#include <glib/gi18n.h>
#include <string.h>

#include "app/service/vav-app-service.h"

#define ANSWER_LIMIT 2000 /* milliseconds */
#define INSTANCE_PREFIX VAV_APP_BUS_NAME ".Instance_"

static void
bus_call_free (gpointer data)
{
  VavCliBusCall *self = data;

  g_free (self->owner);
  g_free (self->path);
  g_free (self->state);
  g_free (self->reason);
  g_free (self->name);
  g_free (self->address);
  g_free (self->id);
  g_free (self->initiator);
  g_free (self);
}

GDBusConnection *
vav_cli_bus_get (GError **error)
{
  g_autoptr (GError) reason = NULL;
  GDBusConnection *bus = NULL;

  if (vav_app_service_has_bus ())
    bus = g_bus_get_sync (G_BUS_TYPE_SESSION, NULL, &reason);
  if (bus != NULL)
    g_dbus_connection_set_exit_on_close (bus, FALSE);
  else
    g_set_error (
        error, VAV_ERROR, VAV_ERROR_FAILED,
        _ ("There is no session bus here, so your other programs cannot be asked. Run this in your desktop session."));

  return bus;
}

static GVariant *
ask_bus (GDBusConnection *bus, const char *method, GVariant *arguments, const char *type, GError **error)
{
  return g_dbus_connection_call_sync (bus, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
                                      method, arguments, G_VARIANT_TYPE (type), G_DBUS_CALL_FLAGS_NONE, ANSWER_LIMIT,
                                      NULL, error);
}

static void
add_owner (GDBusConnection *bus, const char *name, GPtrArray *owners)
{
  g_autoptr (GVariant) reply = ask_bus (bus, "GetNameOwner", g_variant_new ("(s)", name), "(s)", NULL);
  const char *owner;

  if (reply == NULL)
    return;
  g_variant_get (reply, "(&s)", &owner);
  if (!g_ptr_array_find_with_equal_func (owners, owner, g_str_equal, NULL))
    g_ptr_array_add (owners, g_strdup (owner));
}

char **
vav_cli_bus_list_owners (GDBusConnection *bus, GError **error)
{
  g_autoptr (GVariant) reply = ask_bus (bus, "ListNames", NULL, "(as)", error);
  g_autoptr (GPtrArray) owners = NULL;
  g_autofree const char **names = NULL;

  if (reply == NULL)
    return NULL;

  owners = g_ptr_array_new_with_free_func (g_free);
  g_variant_get (reply, "(^a&s)", &names);
  if (g_strv_contains (names, VAV_APP_BUS_NAME))
    add_owner (bus, VAV_APP_BUS_NAME, owners);
  for (guint i = 0; names[i] != NULL; i++)
    if (g_str_has_prefix (names[i], INSTANCE_PREFIX))
      add_owner (bus, names[i], owners);
  g_ptr_array_add (owners, NULL);

  return (char **)g_ptr_array_free (g_steal_pointer (&owners), FALSE);
}

static char *
dup_property (GVariant *properties, const char *name)
{
  char *value = NULL;

  g_variant_lookup (properties, name, "s", &value);
  return value != NULL ? value : g_strdup ("");
}

static VavCliBusCall *
bus_call_new (const char *owner, const char *path, GVariant *properties)
{
  VavCliBusCall *self = g_new0 (VavCliBusCall, 1);

  self->owner = g_strdup (owner);
  self->path = g_strdup (path);
  g_variant_lookup (properties, "Value", "t", &self->value);
  g_variant_lookup (properties, "StartTime", "x", &self->since);
  self->state = dup_property (properties, "State");
  self->reason = dup_property (properties, "Reason");
  self->name = dup_property (properties, "EntryName");
  self->address = dup_property (properties, "Address");
  self->id = dup_property (properties, "PeerId");
  self->initiator = dup_property (properties, "Initiator");

  return self;
}

static void
add_calls (GDBusConnection *bus, const char *owner, GPtrArray *calls)
{
  g_autoptr (GVariant) reply = NULL;
  g_autoptr (GVariantIter) objects = NULL;
  const char *path;
  GVariant *interfaces;

  reply = g_dbus_connection_call_sync (bus, owner, VAV_APP_BUS_PATH, "org.freedesktop.DBus.ObjectManager",
                                       "GetManagedObjects", NULL, G_VARIANT_TYPE ("(a{oa{sa{sv}}})"),
                                       G_DBUS_CALL_FLAGS_NO_AUTO_START, ANSWER_LIMIT, NULL, NULL);
  if (reply == NULL)
    return;

  g_variant_get (reply, "(a{oa{sa{sv}}})", &objects);
  while (g_variant_iter_loop (objects, "{&o@a{sa{sv}}}", &path, &interfaces))
    {
      g_autoptr (GVariant) properties = NULL;

      properties = g_variant_lookup_value (interfaces, "org.visavis.Call1", G_VARIANT_TYPE_VARDICT);
      if (properties != NULL)
        g_ptr_array_add (calls, bus_call_new (owner, path, properties));
    }
}

/* The order in which they were begun: the bus gives them in none. */
static int
compare_calls (gconstpointer a, gconstpointer b)
{
  const VavCliBusCall *one = *(const VavCliBusCall *const *)a;
  const VavCliBusCall *other = *(const VavCliBusCall *const *)b;

  if (one->since != other->since)
    return one->since < other->since ? -1 : 1;
  return (one->value > other->value) - (one->value < other->value);
}

GPtrArray *
vav_cli_bus_list_calls (GDBusConnection *bus, GError **error)
{
  g_auto (GStrv) owners = vav_cli_bus_list_owners (bus, error);
  GPtrArray *calls;

  if (owners == NULL)
    return NULL;

  calls = g_ptr_array_new_with_free_func (bus_call_free);
  for (guint i = 0; owners[i] != NULL; i++)
    add_calls (bus, owners[i], calls);
  g_ptr_array_sort (calls, compare_calls);

  return calls;
}
