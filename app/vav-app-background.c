/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/vav-app-background.h"

#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <string.h>

#include "app/service/vav-app-profile.h"
#include "app/vav-app-notices.h"

#define PORTAL_NAME "org.freedesktop.portal.Desktop"
#define PORTAL_PATH "/org/freedesktop/portal/desktop"
#define PORTAL_INTERFACE "org.freedesktop.portal.Background"
#define NAME "org.visavis.Visavis"

struct _VavAppBackground
{
  GApplication *application; /* borrowed: owns us */
  VavAppSettings *settings;  /* borrowed, the same */
  char *profile;             /* nullable: the usual one, which need not be named */
  GCancellable *cancellable;
  gulong handler;
  gboolean held;
};

/* --- starting with the desktop --- */

/* Each profile has a file of its own. */
static char *
dup_path (VavAppBackground *self, const char *folder)
{
  g_autofree char *name = self->profile != NULL ? g_strdup_printf (NAME ".%08x.desktop", g_str_hash (self->profile))
                                                : g_strdup (NAME ".desktop");

  return g_build_filename (folder, name, NULL);
}

/* An argument as the Desktop Entry Specification, "The Exec key", has it quoted. */
static char *
quote (const char *argument)
{
  GString *text = g_string_new ("\"");

  for (const char *at = argument; *at != '\0'; at++)
    {
      if (strchr ("\"`$\\", *at) != NULL)
        g_string_append_c (text, '\\');
      g_string_append_c (text, *at);
      if (*at == '%')
        g_string_append_c (text, '%');
    }
  g_string_append_c (text, '"');
  return g_string_free (text, FALSE);
}

static char *
dup_exec (VavAppBackground *self)
{
  g_autofree char *quoted = self->profile != NULL ? quote (self->profile) : NULL;

  return quoted != NULL ? g_strconcat ("visavis --profile ", quoted, " --gapplication-service", NULL)
                        : g_strdup ("visavis --gapplication-service");
}

static void
write_file (VavAppBackground *self, gboolean wanted)
{
  g_autofree char *folder = g_build_filename (g_get_user_config_dir (), "autostart", NULL);
  g_autofree char *path = dup_path (self, folder);
  g_autofree char *exec = dup_exec (self);
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autoptr (GError) error = NULL;

  if (!wanted)
    {
      g_unlink (path);
      return;
    }
  g_key_file_set_string (file, G_KEY_FILE_DESKTOP_GROUP, "Type", "Application");
  g_key_file_set_string (file, G_KEY_FILE_DESKTOP_GROUP, "Name", "Visavis");
  g_key_file_set_string (file, G_KEY_FILE_DESKTOP_GROUP, "Icon", NAME);
  g_key_file_set_string (file, G_KEY_FILE_DESKTOP_GROUP, "Exec", exec);
  g_key_file_set_boolean (file, G_KEY_FILE_DESKTOP_GROUP, "X-GNOME-UsesNotifications", TRUE);
  g_mkdir_with_parents (folder, 0700);
  if (!g_key_file_save_to_file (file, path, &error))
    g_message ("%s", error->message);
}

/* The portal asks the person by itself, and remembers; its answer changes nothing here. */
static gboolean
is_wanted (VavAppBackground *self)
{
  return vav_app_settings_get_boolean (self->settings, "autostart", FALSE);
}

static void
on_requested (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);

  if (answer == NULL && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    write_file (user_data, is_wanted (user_data));
}

static void
ask_portal (VavAppBackground *self, GDBusConnection *bus, gboolean wanted)
{
  const char *usual[] = { "visavis", "--gapplication-service", NULL };
  const char *other[] = { "visavis", "--profile", self->profile, "--gapplication-service", NULL };
  GVariantBuilder options;

  g_variant_builder_init (&options, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&options, "{sv}", "reason",
                         g_variant_new_string (_ ("So that people can call you while the window is closed.")));
  g_variant_builder_add (&options, "{sv}", "autostart", g_variant_new_boolean (wanted));
  g_variant_builder_add (&options, "{sv}", "commandline",
                         g_variant_new_strv (self->profile != NULL ? other : usual, -1));
  g_dbus_connection_call (bus, PORTAL_NAME, PORTAL_PATH, PORTAL_INTERFACE, "RequestBackground",
                          g_variant_new ("(sa{sv})", "", &options), NULL, G_DBUS_CALL_FLAGS_NONE, -1, self->cancellable,
                          on_requested, self);
}

static void
on_autostart (VavAppBackground *self)
{
  GDBusConnection *bus = g_application_get_dbus_connection (self->application);

  if (self->profile != NULL && !g_utf8_validate (self->profile, -1, NULL))
    g_message ("The folder of this profile has a name that no desktop file can have.");
  else if (bus != NULL)
    ask_portal (self, bus, is_wanted (self));
  else
    write_file (self, is_wanted (self));
}

VavAppBackground *
vav_app_background_new (GApplication *application, VavAppSettings *settings, const char *profile)
{
  VavAppBackground *self = g_new0 (VavAppBackground, 1);
  g_autofree char *usual = vav_app_profile_dup_usual_dir ();

  self->application = application;
  self->settings = settings;
  self->profile = g_strcmp0 (profile, usual) != 0 ? g_strdup (profile) : NULL;
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
  g_free (self->profile);
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
