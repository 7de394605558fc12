/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/vav-app-application.h"

#include <glib-unix.h>
#include <glib/gi18n.h>
#include <gst/gst.h>

#include "app/service/vav-app-timeline.h"
#include "app/vav-app-application-private.h"
#include "app/vav-app-choices.h"
#include "app/vav-app-link.h"
#include "app/vav-app-menu.h"
#include "app/vav-app-paths.h"
#include "app/vav-app-window-size.h"

/* What has not been given back by then is not waited for. The endpoint cuts what is left after 2 s; the rest of the 3 s that are promised is for the
 * window and the process to go, on a computer that has more to do. */
#define LEAVE_LIMIT_MS 2500

G_DEFINE_FINAL_TYPE (VavAppApplication, vav_app_application, ADW_TYPE_APPLICATION)

static const GOptionEntry entries[] = {
  { "profile", 'p', 0, G_OPTION_ARG_FILENAME, NULL, N_ ("Folder with your key, people and settings"), N_ ("DIR") },
  { "media", 'm', 0, G_OPTION_ARG_STRING, NULL, N_ ("Where picture and sound come from"), N_ ("test|auto|none|FILE") },
  { "listen", 'l', 0, G_OPTION_ARG_STRING, NULL, N_ ("Where to listen for calls"), N_ ("HOST:PORT") },
  { "timeline", 0, 0, G_OPTION_ARG_NONE, NULL, N_ ("Tell on stderr when each step of the start and of a call came"),
    NULL },
  { "notice", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_STRING, NULL, NULL, NULL },
  { "link", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_NONE, NULL, NULL, NULL },
  { "demo-answer", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_NONE, NULL, NULL, NULL },
  { "report", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_FILENAME, NULL, NULL, NULL },
  { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_STRING_ARRAY, NULL, NULL, N_ ("[ADDRESS]") },
  { NULL },
};

VavAppWindow *
vav_app_application_get_window (VavAppApplication *self)
{
  for (GList *at = gtk_application_get_windows (GTK_APPLICATION (self)); at != NULL; at = at->next)
    if (VAV_APP_IS_WINDOW (at->data))
      return at->data;
  return NULL;
}

/* --- the host --- */

static gboolean
media_is_camera (VavAppApplication *self)
{
  return self->options.media == NULL || g_strcmp0 (self->options.media, "auto") == 0;
}

static void
begin_call (VavAppApplication *self)
{
  g_autofree char *address = g_steal_pointer (&self->pending_call);
  g_autoptr (GError) error = NULL;
  VavAppWindow *window = vav_app_application_get_window (self);

  if (address == NULL)
    return;
  if (window != NULL)
    vav_app_window_call (window, address, VAV_FLOW_ALL);
  else if (!vav_app_host_call (self->host, address, VAV_FLOW_ALL, &error))
    g_message ("%s", error->message);
}

VavAppWindow *
vav_app_application_present_window (VavAppApplication *self)
{
  g_application_activate (G_APPLICATION (self));
  return self->leaving ? NULL : vav_app_application_get_window (self);
}

/* A service has no window yet: one is made for the question. */
static void
ask_about_link (VavAppApplication *self)
{
  g_autofree char *link = g_steal_pointer (&self->pending_link);
  VavAppWindow *window = link != NULL ? vav_app_application_present_window (self) : NULL;

  if (window != NULL)
    vav_app_link_ask (window, self->host, self->settings, link);
}

static void
export_calls (VavAppApplication *self, GDBusConnection *bus)
{
  g_autoptr (GError) error = NULL;

  self->exported = bus != NULL && vav_app_host_export (self->host, bus, &error);
  if (error != NULL)
    g_message ("%s", error->message);
}

static gboolean
make_host (VavAppApplication *self)
{
  if (self->host == NULL && self->start_error == NULL)
    {
      self->host = vav_app_host_new (&self->options, &self->start_error);
      if (self->host != NULL)
        vav_app_timeline_watch (vav_app_host_get_endpoint (self->host));
    }
  if (self->host == NULL)
    g_printerr ("%s\n", self->start_error->message);
  return self->host != NULL;
}

static void
start_host (VavAppApplication *self)
{
  VavAppWindow *window = vav_app_application_get_window (self);

  self->starting = FALSE;
  if (self->callers != NULL || self->leaving)
    return;
  if (!make_host (self))
    {
      if (window != NULL)
        vav_app_window_fail (window, self->start_error->message);
      vav_app_timeline_end ();
      return;
    }
  vav_app_timeline_mark (VAV_STEP_PROFILE);
  vav_app_settings_bind_history (self->settings, vav_app_host_get_endpoint (self->host));
  vav_app_settings_bind (self->settings, "findable", vav_app_host_get_endpoint (self->host), "findable");
  vav_app_settings_bind (self->settings, "do-not-disturb", vav_app_host_get_policy (self->host), "do-not-disturb");
  vav_app_settings_bind (self->settings, "who-may-ring", vav_app_host_get_policy (self->host), "who-may-ring");
  vav_app_settings_bind (self->settings, "presence", vav_app_host_get_policy (self->host), "presence");
  vav_app_policy_rule_presence (vav_app_host_get_policy (self->host), vav_app_host_get_endpoint (self->host));
  self->background = vav_app_background_new (G_APPLICATION (self), self->settings, self->options.profile);
  self->callers = vav_app_callers_new (GTK_APPLICATION (self), self->host, media_is_camera (self));
  if (window != NULL)
    vav_app_window_set_host (window, self->host, media_is_camera (self));
  if (!self->exported)
    export_calls (self, g_application_get_dbus_connection (G_APPLICATION (self)));

  vav_app_host_set_detection (self->host, vav_app_settings_get_boolean (self->settings, "detection", TRUE));
  vav_app_settings_bind (self->settings, "detection", self->host, "detection");
  if (vav_endpoint_get_listening_address (vav_app_host_get_endpoint (self->host)) != NULL)
    vav_app_timeline_mark (VAV_STEP_LISTENING);
  vav_app_timeline_end ();
  begin_call (self);
  ask_about_link (self);
}

static void
load_gstreamer (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  /* the first time on a computer this takes a second or more: it looks at every plugin */
  gst_init (NULL, NULL);
  g_task_return_boolean (task, TRUE);
}

static void
on_gstreamer (GObject *source, GAsyncResult *result, gpointer user_data)
{
  vav_app_timeline_mark (VAV_STEP_GSTREAMER);
  start_host (VAV_APP_APPLICATION (source));
  g_application_release (G_APPLICATION (source));
}

static void
begin_start (VavAppApplication *self)
{
  g_autoptr (GTask) task = NULL;

  if (self->callers != NULL || self->starting || self->start_error != NULL)
    return;
  self->starting = TRUE;
  g_application_hold (G_APPLICATION (self));
  task = g_task_new (self, NULL, on_gstreamer, NULL);
  g_task_run_in_thread (task, load_gstreamer);
}

void
vav_app_application_request_call (VavAppApplication *self, const char *address)
{
  g_free (self->pending_call);
  self->pending_call = g_strdup (address);
  if (self->host != NULL)
    begin_call (self);
}

/* --- leaving --- */

static gboolean
on_leave_limit (gpointer user_data)
{
  g_application_quit (user_data);
  return G_SOURCE_REMOVE;
}

static void
on_host_closed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  VavAppApplication *self = user_data;

  vav_app_host_close_finish (VAV_APP_HOST (source), result, NULL);
  if (self->import_file != NULL)
    vav_app_application_begin_import (self);
  else
    g_application_quit (user_data);
}

void
vav_app_application_leave (VavAppApplication *self)
{
  VavAppWindow *window = vav_app_application_get_window (self);

  if (self->leaving)
    return;
  self->leaving = TRUE;
  g_application_hold (G_APPLICATION (self));
  if (window != NULL)
    vav_app_window_size_keep (GTK_WINDOW (window), self->settings);
  for (GList *at = gtk_application_get_windows (GTK_APPLICATION (self)); at != NULL; at = at->next)
    gtk_widget_set_visible (at->data, FALSE); /* also those that have a camera or microphone open */
  g_clear_pointer (&self->callers, vav_app_callers_free);
  g_clear_pointer (&self->background, vav_app_background_close);
  if (self->host == NULL)
    {
      if (self->import_file != NULL)
        vav_app_application_begin_import (self);
      else
        g_application_quit (G_APPLICATION (self));
      return;
    }
  vav_app_choices_flush (vav_app_host_get_endpoint (self->host));
  g_settings_unbind (self->host, "detection"); /* closing turns it off, but not for the next start */
  if (self->import_file == NULL)
    g_timeout_add (LEAVE_LIMIT_MS, on_leave_limit, self);
  vav_app_host_close_async (self->host, on_host_closed, self);
}

static gboolean
on_window_close (VavAppApplication *self, VavAppWindow *window)
{
  gboolean stays = self->is_service
                   || (self->background != NULL
                       && vav_app_background_stays (self->background, vav_app_host_get_detection (self->host)));

  if (!stays)
    {
      vav_app_application_leave (self);
      return TRUE; /* goes with the application, when the calls are over */
    }
  vav_app_window_size_keep (GTK_WINDOW (window), self->settings);
  if (self->host != NULL)
    vav_app_host_hang_up_all (self->host);
  if (!self->is_service)
    vav_app_background_tell (self->background);
  return FALSE;
}

static gboolean
on_unix_signal (gpointer user_data)
{
  vav_app_application_leave (user_data);
  return G_SOURCE_CONTINUE;
}

/* --- GApplication --- */

static char *
dup_string_option (GVariantDict *options, const char *name, const char *environment)
{
  const char *text = NULL;

  if (!g_variant_dict_lookup (options, name, "&s", &text) && environment != NULL)
    text = g_getenv (environment);
  return text != NULL && *text != '\0' ? g_strdup (text) : NULL;
}

/* As this program was started, without what was asked of it once. */
static char **
dup_again (VavAppApplication *self)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  g_strv_builder_add_many (builder, "--profile", self->options.profile, NULL);
  if (self->options.media != NULL)
    g_strv_builder_add_many (builder, "--media", self->options.media, NULL);
  if (self->options.listen != NULL)
    g_strv_builder_add_many (builder, "--listen", self->options.listen, NULL);
  if (self->options.report != NULL)
    g_strv_builder_add_many (builder, "--report", self->options.report, NULL);
  return g_strv_builder_end (builder);
}

/* Returns: (nullable): the address on the command line; "" is one */
static char *
take_options (VavAppApplication *self, GVariantDict *options)
{
  g_autofree char *profile = NULL;
  const char **remaining = NULL;
  const char *report = NULL;
  char *address = NULL;

  g_variant_dict_lookup (options, "profile", "^ay", &profile);
  self->options.profile = vav_app_profile_dup_dir (profile);
  self->options.media = dup_string_option (options, "media", "VISAVIS_MEDIA");
  self->options.listen = dup_string_option (options, "listen", NULL);
  if (g_variant_dict_lookup (options, "report", "^&ay", &report))
    self->options.report = g_strdup (report);
  self->notice = dup_string_option (options, "notice", NULL);
  self->again = dup_again (self);
  self->options.accept_all = g_variant_dict_contains (options, "demo-answer");
  if (g_variant_dict_lookup (options, G_OPTION_REMAINING, "^a&s", &remaining) && remaining[0] != NULL)
    address = g_strdup (remaining[0]);
  g_free (remaining);
  return address;
}

/* What the command line leaves open. */
static void
load_settings (VavAppApplication *self)
{
  self->settings = self->options.settings = vav_app_settings_new (self->options.profile);
  if (self->options.media == NULL)
    self->options.media = vav_app_settings_dup_string (self->settings, "media");
  if (self->options.listen == NULL)
    self->options.listen = vav_app_settings_dup_string (self->settings, "listen");
  self->options.relay_only = vav_app_settings_get_boolean (self->settings, "relay-only", FALSE);
  vav_app_timeline_mark (VAV_STEP_SETTINGS);
}

/* The running instance is asked to do it; this process is done. */
static int
ask_running (VavAppApplication *self, const char *address, gboolean is_link)
{
  g_autoptr (GFile) link = is_link && address != NULL ? g_file_new_for_uri (address) : NULL;

  if (link != NULL)
    g_application_open (G_APPLICATION (self), &link, 1, "");
  else if (address != NULL)
    g_action_group_activate_action (G_ACTION_GROUP (self), "call", g_variant_new_string (address));
  else
    g_application_activate (G_APPLICATION (self));
  g_dbus_connection_flush_sync (g_application_get_dbus_connection (G_APPLICATION (self)), NULL, NULL);
  return 0;
}

static int
vav_app_application_handle_local_options (GApplication *application, GVariantDict *options)
{
  VavAppApplication *self = VAV_APP_APPLICATION (application);
  g_autofree char *address = take_options (self, options);
  gboolean is_link
      = g_variant_dict_contains (options, "link"); /* the desktop passes it on: who clicked on it is asked first */
  g_autoptr (GError) error = NULL;
  gboolean registered;

  if (!vav_app_place_find (&self->place, self->options.profile, &error))
    {
      g_printerr ("%s\n", error->message);
      return 1;
    }
  self->is_service = (g_application_get_flags (application) & G_APPLICATION_IS_SERVICE) != 0;
  g_application_set_application_id (application, self->place.application_id);
  if (!self->place.unique)
    g_application_set_flags (application, g_application_get_flags (application) | G_APPLICATION_NON_UNIQUE);
  if (self->place.lock != NULL)
    load_settings (self);
  registered = g_application_register (application, NULL, &error);
  /* somebody with another profile took the name after it was found free: beside them there is room; or who had our profile has gone after they
   * were found: it can be had now */
  if (registered && !g_application_get_is_remote (application))
    self->lost_race = self->place.lock == NULL;
  else
    self->lost_race = vav_app_place_is_lost (&self->place);
  if (!registered && !self->lost_race)
    g_printerr ("%s\n", error->message);
  if (!registered || self->lost_race)
    return 1;
  if (g_application_get_is_remote (application))
    return ask_running (self, address, is_link);
  vav_app_place_note (&self->place, self->options.profile);
  *(is_link ? &self->pending_link : &self->pending_call) = g_steal_pointer (&address);
  return -1;
}

static void
add_icons (void)
{
  g_autofree char *folder = vav_app_paths_find_icons ();
  GdkDisplay *display = gdk_display_get_default ();

  if (folder != NULL && display != NULL)
    gtk_icon_theme_add_search_path (gtk_icon_theme_get_for_display (display), folder);
  gtk_window_set_default_icon_name ("org.visavis.Visavis");
}

/* What a service is asked over the bus may come with its name: the calls must stand there before it. A window comes first instead, and they after it. */
static gboolean
vav_app_application_dbus_register (GApplication *application, GDBusConnection *bus, const char *path, GError **error)
{
  VavAppApplication *self = VAV_APP_APPLICATION (application);

  if (!G_APPLICATION_CLASS (vav_app_application_parent_class)->dbus_register (application, bus, path, error))
    return FALSE;
  if (self->is_service && self->place.lock != NULL && make_host (self))
    export_calls (self, bus);
  return TRUE;
}

static void
vav_app_application_startup (GApplication *application)
{
  VavAppApplication *self = VAV_APP_APPLICATION (application);

  g_set_prgname ("org.visavis.Visavis"); /* by which desktops know whose windows these are; GTK reads it now */
  G_APPLICATION_CLASS (vav_app_application_parent_class)->startup (application);
  vav_app_timeline_mark (VAV_STEP_GTK);
  add_icons ();
  vav_app_menu_name_items ();
  vav_app_application_add_actions (self);
  if (self->place.lock == NULL)
    return; /* as vav_app_application_handle_local_options() will find */
  self->signal_sources[0] = g_unix_signal_add (SIGINT, on_unix_signal, self);
  self->signal_sources[1] = g_unix_signal_add (SIGTERM, on_unix_signal, self);
  if (self->is_service)
    {
      g_application_hold (application);
      begin_start (self);
    }
}

static void
on_first_frame (GdkFrameClock *clock, VavAppApplication *self)
{
  VavAppWindow *window = vav_app_application_get_window (self);

  g_signal_handlers_disconnect_by_func (clock, on_first_frame, self);
  vav_app_timeline_mark (VAV_STEP_WINDOW_DRAWN);
  begin_start (self);
  if (window != NULL) /* while GStreamer is loaded */
    g_idle_add_full (G_PRIORITY_DEFAULT_IDLE, vav_app_window_prepare, g_object_ref (window), g_object_unref);
}

static void
on_realized (VavAppApplication *self, GtkWidget *window)
{
  g_signal_connect_object (gtk_widget_get_frame_clock (window), "after-paint", G_CALLBACK (on_first_frame), self, 0);
}

/* Once, to whoever sees the first window. */
static void
tell_notices (VavAppApplication *self, VavAppWindow *window)
{
  g_autofree char *notice = g_steal_pointer (&self->notice);

  if (notice != NULL)
    vav_app_window_notice (window, notice);
  if (vav_app_settings_get_trouble (self->settings) != NULL)
    vav_app_window_notice (window, vav_app_settings_get_trouble (self->settings));
  else if (vav_app_settings_get_site_trouble (self->settings) != NULL)
    vav_app_window_notice (window, vav_app_settings_get_site_trouble (self->settings));
}

static VavAppWindow *
make_window (VavAppApplication *self)
{
  g_autofree char *name = vav_app_profile_dup_identifier (self->options.profile);
  VavAppWindow *window = vav_app_window_new (GTK_APPLICATION (self), self->settings, name);

  vav_app_timeline_mark (VAV_STEP_WINDOW_MADE);
  tell_notices (self, window);
  g_signal_connect_object (window, "close-request", G_CALLBACK (on_window_close), self, G_CONNECT_SWAPPED);
  if (self->host != NULL)
    vav_app_window_set_host (window, self->host, media_is_camera (self));
  else if (self->start_error != NULL)
    vav_app_window_fail (window, self->start_error->message);
  else
    g_signal_connect_object (window, "realize", G_CALLBACK (on_realized), self, G_CONNECT_SWAPPED);
  return window;
}

static void
vav_app_application_activate (GApplication *application)
{
  VavAppApplication *self = VAV_APP_APPLICATION (application);
  VavAppWindow *window = vav_app_application_get_window (self);

  if (self->leaving)
    return;
  gtk_window_present (GTK_WINDOW (window != NULL ? window : make_window (self)));
  vav_app_timeline_mark (VAV_STEP_WINDOW_SHOWN);
}

/* `visavis:` links, as a desktop passes them on: what a person clicked on in a browser or a document. */
static void
vav_app_application_open (GApplication *application, GFile **files, int n_files, const char *hint)
{
  VavAppApplication *self = VAV_APP_APPLICATION (application);
  g_autofree char *uri = n_files > 0 ? g_file_get_uri (files[0]) : NULL;

  g_application_activate (application);
  if (uri == NULL)
    return;
  g_free (self->pending_link);
  self->pending_link = g_steal_pointer (&uri);
  if (self->host != NULL && self->callers != NULL)
    ask_about_link (self);
}

static void
vav_app_application_shutdown (GApplication *application)
{
  VavAppApplication *self = VAV_APP_APPLICATION (application);
  VavAppWindow *window = vav_app_application_get_window (self);

  for (gsize i = 0; i < G_N_ELEMENTS (self->signal_sources); i++)
    g_clear_handle_id (&self->signal_sources[i], g_source_remove);
  if (window != NULL)
    gtk_window_destroy (GTK_WINDOW (window));
  g_clear_pointer (&self->callers, vav_app_callers_free);
  g_clear_pointer (&self->background, vav_app_background_close);
  g_clear_object (&self->host);
  G_APPLICATION_CLASS (vav_app_application_parent_class)->shutdown (application);
}

static void
vav_app_application_finalize (GObject *object)
{
  VavAppApplication *self = VAV_APP_APPLICATION (object);

  g_clear_object (&self->host);
  g_clear_weak_pointer (&self->share);
  g_clear_error (&self->start_error);
  g_free (self->pending_call);
  g_free (self->pending_link);
  g_free (self->notice);
  g_strfreev (self->again);
  g_free (self->import_file);
  g_free (self->import_passphrase);
  g_clear_pointer (&self->settings, vav_app_settings_free);
  vav_app_place_clear (&self->place);
  vav_app_options_clear (&self->options);
  G_OBJECT_CLASS (vav_app_application_parent_class)->finalize (object);
}

static void
vav_app_application_class_init (VavAppApplicationClass *klass)
{
  GApplicationClass *application_class = G_APPLICATION_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = vav_app_application_finalize;
  application_class->dbus_register = vav_app_application_dbus_register;
  application_class->handle_local_options = vav_app_application_handle_local_options;
  application_class->startup = vav_app_application_startup;
  application_class->activate = vav_app_application_activate;
  application_class->open = vav_app_application_open;
  application_class->shutdown = vav_app_application_shutdown;
}

static void
vav_app_application_init (VavAppApplication *self)
{
  g_application_add_main_option_entries (G_APPLICATION (self), entries);
  g_application_set_option_context_summary (
      G_APPLICATION (self),
      _ ("See and hear each other, straight from one computer to the other.\n"
         "ADDRESS is a person's name, HOST, HOST:PORT or a visavis: link; \"\" is this computer."));
}

VavAppApplication *
vav_app_application_new (void)
{
  return g_object_new (VAV_APP_TYPE_APPLICATION, "application-id", "org.visavis.Visavis", "resource-base-path",
                       "/org/visavis/Visavis", "flags", G_APPLICATION_HANDLES_OPEN, NULL);
}

gboolean
vav_app_application_lost_race (VavAppApplication *self)
{
  return self->lost_race;
}

char **
vav_app_application_dup_restart (VavAppApplication *self)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  if (!self->restart)
    return NULL;
  g_strv_builder_addv (builder, (const char **)self->again);
  if (self->notice != NULL)
    g_strv_builder_add_many (builder, "--notice", self->notice, NULL);
  return g_strv_builder_end (builder);
}
