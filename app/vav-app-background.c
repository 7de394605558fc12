/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/vav-app-background.h"

#include <glib/gi18n.h>
#include <glib/gstdio.h>

#include "app/vav-app-notices.h"

#define PORTAL_NAME "org.freedesktop.portal.Desktop"
#define PORTAL_PATH "/org/freedesktop/portal/desktop"
#define PORTAL_INTERFACE "org.freedesktop.portal.Background"
#define FILE_NAME "org.visavis.Visavis.desktop"

struct _VavAppBackground
{
  GApplication *application; /* borrowed: owns us */
  VavAppSettings *settings;  /* borrowed, the same */
  GCancellable *cancellable;
  gulong handler;
  gboolean held;
};

/* --- starting with the desktop --- */

static void
write_file (gboolean wanted)
{
  g_autofree char *folder = g_build_filename (g_get_user_config_dir (), "autostart", NULL);
  g_autofree char *path = g_build_filename (folder, FILE_NAME, NULL);
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autoptr (GError) error = NULL;

  if (!wanted)
    {
      g_unlink (path);
      return;
    }
  g_key_file_set_string (file, G_KEY_FILE_DESKTOP_GROUP, "Type", "Application");
  g_key_file_set_string (file, G_KEY_FILE_DESKTOP_GROUP, "Name", "Visavis");
  g_key_file_set_string (file, G_KEY_FILE_DESKTOP_GROUP, "Icon", "org.visavis.Visavis");
  g_key_file_set_string (file, G_KEY_FILE_DESKTOP_GROUP, "Exec", "visavis --gapplication-service");
  g_key_file_set_boolean (file, G_KEY_FILE_DESKTOP_GROUP, "X-GNOME-UsesNotifications", TRUE);
  g_mkdir_with_parents (folder, 0700);
  if (!g_key_file_save_to_file (file, path, &error))
    g_message ("%s", error->message);
}

/* The portal asks the person by itself, and remembers; its answer changes nothing here. */
static void
on_requested (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);

  if (answer == NULL && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    write_file (GPOINTER_TO_INT (user_data) != 0);
}

static void
ask_portal (VavAppBackground *self, GDBusConnection *bus, gboolean wanted)
{
  static const char *const command[] = { "visavis", "--gapplication-service", NULL };
  GVariantBuilder options;

  g_variant_builder_init (&options, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&options, "{sv}", "reason",
                         g_variant_new_string (_ ("So that people can call you while the window is closed.")));
  g_variant_builder_add (&options, "{sv}", "autostart", g_variant_new_boolean (wanted));
  g_variant_builder_add (&options, "{sv}", "commandline", g_variant_new_strv (command, -1));
  g_dbus_connection_call (bus, PORTAL_NAME, PORTAL_PATH, PORTAL_INTERFACE, "RequestBackground",
                          g_variant_new ("(sa{sv})", "", &options), NULL, G_DBUS_CALL_FLAGS_NONE, -1, self->cancellable,
                          on_requested, GINT_TO_POINTER (wanted));
}

static void
on_autostart (VavAppBackground *self)
{
  GDBusConnection *bus = g_application_get_dbus_connection (self->application);
  gboolean wanted = vav_app_settings_get_boolean (self->settings, "autostart", FALSE);

  if (bus != NULL)
    ask_portal (self, bus, wanted);
  else
    write_file (wanted);
}

VavAppBackground *
vav_app_background_new (GApplication *application, VavAppSettings *settings)
{
  VavAppBackground *self = g_new0 (VavAppBackground, 1);

  self->application = application;
  self->settings = settings;
  self->cancellable = g_cancellable_new ();
  self->handler = vav_app_settings_watch (settings, "autostart", G_CALLBACK (on_autostart), self);
  return self;
}

void
vav_app_background_free (VavAppBackground *self)
{
  vav_app_settings_unwatch (self->settings, self->handler);
  g_cancellable_cancel (self->cancellable);
  g_object_unref (self->cancellable);
  g_free (self);
}

/* Without a bus nobody could open the window again. */
gboolean
vav_app_background_stays (VavAppBackground *self, gboolean reachable)
{
  return reachable && g_application_get_dbus_connection (self->application) != NULL
         && vav_app_settings_get_boolean (self->settings, "run-in-background", FALSE);
}

void
vav_app_background_tell (VavAppBackground *self)
{
  if (!self->held)
    g_application_hold (self->application); /* until somebody quits */
  self->held = TRUE;
  if (vav_app_settings_get_boolean (self->settings, "told-background", FALSE))
    return;
  vav_app_settings_set_boolean (self->settings, "told-background", TRUE);
  vav_app_notices_tell_background (self->application);
}
