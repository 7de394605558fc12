/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/vav-app-launch.h"

#include "app/service/vav-app-service.h"
#include "net/visavis.h"

#define NOTE_FILE "instance"

static gboolean
is_owned (GDBusConnection *bus, const char *name)
{
  g_autoptr (GVariant) answer = g_dbus_connection_call_sync (
      bus, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "NameHasOwner",
      g_variant_new ("(s)", name), G_VARIANT_TYPE ("(b)"), G_DBUS_CALL_FLAGS_NONE, 2000, NULL, NULL);
  gboolean owned = FALSE;

  if (answer != NULL)
    g_variant_get (answer, "(b)", &owned);
  return owned;
}

static char *
note_path (const char *profile)
{
  return g_build_filename (profile, NOTE_FILE, NULL);
}

/* Returns: (nullable): the name that the profile's service noted, if it is on this bus */
static char *
find_running (GDBusConnection *bus, const char *profile)
{
  g_autofree char *path = note_path (profile);
  g_autofree char *name = NULL;

  if (bus == NULL || !g_file_get_contents (path, &name, NULL, NULL))
    return NULL;
  g_strstrip (name);
  if (!g_str_has_prefix (name, VAV_APP_BUS_NAME) || !g_application_id_is_valid (name) || !is_owned (bus, name))
    return NULL;
  return g_steal_pointer (&name);
}

gboolean
vav_app_place_find (VavAppPlace *place, const char *profile, GError **error)
{
  g_autoptr (GDBusConnection) bus = NULL;
  g_autoptr (GError) busy = NULL;

  if (vav_app_service_has_bus ())
    bus = g_bus_get_sync (G_BUS_TYPE_SESSION, NULL, NULL);
  place->unique = bus != NULL;
  place->lock = vav_app_lock_take (profile, &busy);
  if (place->lock == NULL)
    {
      place->application_id = g_error_matches (busy, VAV_ERROR, VAV_ERROR_BUSY) ? find_running (bus, profile) : NULL;
      if (place->application_id == NULL)
        g_propagate_error (error, g_steal_pointer (&busy));
      return place->application_id != NULL;
    }
  if (bus != NULL && is_owned (bus, VAV_APP_BUS_NAME))
    place->application_id = vav_app_service_dup_instance_name ();
  else
    place->application_id = g_strdup (VAV_APP_BUS_NAME);
  return TRUE;
}

void
vav_app_place_clear (VavAppPlace *place)
{
  g_clear_pointer (&place->application_id, g_free);
  g_clear_pointer (&place->lock, vav_app_lock_release);
}

gboolean
vav_app_place_is_lost (const VavAppPlace *place)
{
  g_autoptr (GDBusConnection) bus = place->unique ? g_bus_get_sync (G_BUS_TYPE_SESSION, NULL, NULL) : NULL;

  return bus != NULL && place->lock != NULL && is_owned (bus, place->application_id);
}

void
vav_app_place_note (const VavAppPlace *place, const char *profile)
{
  g_autofree char *path = note_path (profile);

  if (place->unique && place->lock != NULL)
    g_file_set_contents (path, place->application_id, -1, NULL);
}
