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
#define REQUEST_INTERFACE "org.freedesktop.portal.Request"
#define NAME "org.visavis.Visavis"

struct _VavAppBackground
{
  GObject parent_instance;

  /* borrowed: NULL once it is closed */
  GApplication *application;
  VavAppSettings *settings;

  /* owned */
  char *profile; /* nullable: the usual one, which need not be named */
  char *trouble; /* nullable */
  gulong handler;

  /* the latest request to the portal */
  GCancellable *cancellable; /* nullable: none */
  GDBusConnection *bus;      /* nullable: the same */
  guint response;
  guint n_requests;

  gboolean refused; /* the setting falls back: of that nobody need be told */
  gboolean held;
};

G_DEFINE_FINAL_TYPE (VavAppBackground, vav_app_background, G_TYPE_OBJECT)

enum
{
  PROP_TROUBLE = 1,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

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

static gboolean
is_wanted (VavAppBackground *self)
{
  return vav_app_settings_get_boolean (self->settings, "autostart", FALSE);
}

static void
set_trouble (VavAppBackground *self, const char *sentence)
{
  if (g_strcmp0 (self->trouble, sentence) == 0)
    return;
  g_free (self->trouble);
  self->trouble = g_strdup (sentence);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_TROUBLE]);
}

static void
fall_back (VavAppBackground *self, const char *sentence)
{
  if (!is_wanted (self))
    return;
  self->refused = TRUE;
  vav_app_settings_set_boolean (self->settings, "autostart", FALSE);
  set_trouble (self, sentence);
}

/* A file of its own would go round what was decided. */
static void
take_refusal (VavAppBackground *self)
{
  fall_back (self, _ ("Your desktop does not let Visavis start with it. Where it lists what programs may do, in "
                      "its settings, you can allow that."));
}

/* What a sandbox would write stays inside, where no desktop looks. */
static void
do_without_portal (VavAppBackground *self)
{
  if (!g_file_test ("/.flatpak-info", G_FILE_TEST_EXISTS))
    write_file (self, is_wanted (self));
  else
    fall_back (self, _ ("Your desktop has no means by which a program in a sandbox could start with it. Visavis "
                        "can be put among the programs that it starts by hand."));
}

static void
stop_asking (VavAppBackground *self)
{
  if (self->cancellable == NULL)
    return;
  g_cancellable_cancel (self->cancellable);
  g_dbus_connection_signal_unsubscribe (self->bus, self->response);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->bus);
}

static void
on_response (GDBusConnection *bus, const char *sender, const char *path, const char *interface, const char *signal,
             GVariant *parameters, gpointer user_data)
{
  VavAppBackground *self = user_data;
  g_autoptr (GVariant) results = NULL;
  gboolean granted = TRUE;
  guint32 response;

  if (!g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(ua{sv})")))
    return;
  g_variant_get (parameters, "(u@a{sv})", &response, &results);
  g_variant_lookup (results, "autostart", "b", &granted);
  stop_asking (self);
  if (response != 0 || !granted)
    take_refusal (self);
}

/* Whether it says that nobody is there to be asked; any other error is a no. */
static gboolean
tells_no_portal (const GError *error)
{
  return g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_SERVICE_UNKNOWN)
         || g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_NAME_HAS_NO_OWNER)
         || g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_UNKNOWN_METHOD)
         || g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_UNKNOWN_INTERFACE)
         || g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_UNKNOWN_OBJECT)
         || (error->domain == G_DBUS_ERROR && error->code >= G_DBUS_ERROR_SPAWN_EXEC_FAILED
             && error->code <= G_DBUS_ERROR_SPAWN_NO_MEMORY);
}

static void
on_requested (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);
  VavAppBackground *self = user_data;

  if (answer != NULL || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return; /* the response comes by itself, or is no longer wanted */
  stop_asking (self);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CLOSED))
    return; /* the session ends, and nobody said no */
  if (tells_no_portal (error))
    do_without_portal (self);
  else
    take_refusal (self);
}

/* The portal asks the person by itself, and remembers. Its answer is listened for before it is asked. */
static void
ask_portal (VavAppBackground *self, GDBusConnection *bus, gboolean wanted)
{
  const char *usual[] = { "visavis", "--gapplication-service", NULL };
  const char *other[] = { "visavis", "--profile", self->profile, "--gapplication-service", NULL };
  g_autofree char *sender = g_strdelimit (g_strdup (g_dbus_connection_get_unique_name (bus) + 1), ".", '_');
  g_autofree char *token = g_strdup_printf ("visavis_background_%u", ++self->n_requests);
  g_autofree char *path = g_strdup_printf (PORTAL_PATH "/request/%s/%s", sender, token);
  GVariantBuilder options;

  self->cancellable = g_cancellable_new ();
  self->bus = g_object_ref (bus);
  self->response = g_dbus_connection_signal_subscribe (bus, PORTAL_NAME, REQUEST_INTERFACE, "Response", path, NULL,
                                                       G_DBUS_SIGNAL_FLAGS_NONE, on_response, self, NULL);
  g_variant_builder_init (&options, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&options, "{sv}", "handle_token", g_variant_new_string (token));
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
  gboolean wanted = is_wanted (self);

  if (self->refused && !wanted)
    return;
  self->refused = FALSE;
  stop_asking (self);
  set_trouble (self, NULL);
  write_file (self, FALSE); /* it may be of a time without a portal */

  if (self->profile != NULL && !g_utf8_validate (self->profile, -1, NULL))
    fall_back (self, _ ("The folder of this profile has a name that no desktop file can have."));
  else if (bus != NULL)
    ask_portal (self, bus, wanted);
  else
    do_without_portal (self);
}

/* --- GObject --- */

static void
vav_app_background_dispose (GObject *object)
{
  VavAppBackground *self = VAV_APP_BACKGROUND (object);

  if (self->settings != NULL)
    vav_app_settings_unwatch (self->settings, self->handler);
  self->settings = NULL;
  self->application = NULL;
  stop_asking (self);
  g_clear_pointer (&self->profile, g_free);
  g_clear_pointer (&self->trouble, g_free);
  G_OBJECT_CLASS (vav_app_background_parent_class)->dispose (object);
}

static void
vav_app_background_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_TROUBLE)
    g_value_set_string (value, VAV_APP_BACKGROUND (object)->trouble);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
vav_app_background_class_init (VavAppBackgroundClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = vav_app_background_dispose;
  object_class->get_property = vav_app_background_get_property;
  props[PROP_TROUBLE] = g_param_spec_string ("trouble", NULL, NULL, NULL, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
vav_app_background_init (VavAppBackground *self)
{
}

VavAppBackground *
vav_app_background_new (GApplication *application, VavAppSettings *settings, const char *profile)
{
  VavAppBackground *self = g_object_new (VAV_APP_TYPE_BACKGROUND, NULL);
  g_autofree char *usual = vav_app_profile_dup_usual_dir ();

  self->application = application;
  self->settings = settings;
  self->profile = g_strcmp0 (profile, usual) != 0 ? g_strdup (profile) : NULL;
  self->handler = vav_app_settings_watch (settings, "autostart", G_CALLBACK (on_autostart), self);
  return self;
}

void
vav_app_background_close (VavAppBackground *self)
{
  g_object_run_dispose (G_OBJECT (self));
  g_object_unref (self);
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
