/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/vav-app-application.h"

#include <glib/gi18n.h>

#include "app/vav-app-about.h"
#include "app/vav-app-application-private.h"
#include "app/vav-app-preferences.h"
#include "app/vav-app-restart.h"
#include "app/vav-app-share.h"

static void
action_quit (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  vav_app_application_leave (user_data);
}

static void
action_call (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  g_application_activate (user_data);
  vav_app_application_request_call (user_data, g_variant_get_string (parameter, NULL));
}

static void
action_test_call (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  vav_app_application_request_call (user_data, "");
}

static void
action_share (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  VavAppApplication *self = user_data;
  VavAppWindow *window = vav_app_application_present_window (self);

  if (window == NULL || self->host == NULL)
    return;
  if (self->share == NULL)
    g_set_weak_pointer (&self->share, vav_app_share_new (GTK_WINDOW (window), vav_app_host_get_endpoint (self->host), self->settings));
  gtk_window_present (GTK_WINDOW (self->share));
}

static void
action_about (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  VavAppWindow *window = vav_app_application_present_window (user_data);

  if (window != NULL)
    vav_app_about_show (GTK_WINDOW (window));
}

static void
action_new_call (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  VavAppWindow *window = vav_app_application_present_window (user_data);

  if (window != NULL)
    vav_app_window_new_call (window);
}

static void
on_import (VavAppApplication *self, const char *file, const char *passphrase)
{
  g_free (self->import_file);
  g_free (self->import_passphrase);
  self->import_file = g_strdup (file);
  self->import_passphrase = g_strdup (passphrase);
  vav_app_application_leave (self);
}

static void
on_imported (GObject *source, GAsyncResult *result, gpointer user_data)
{
  VavAppApplication *self = user_data;
  g_autoptr (GError) error = NULL;

  g_free (self->notice);
  if (vav_app_restart_import_finish (result, &error))
    self->notice = g_strdup (_ ("The saved copy is in place now. What you had is in a folder “replaced-…” in your "
                                "profile."));
  else
    self->notice = g_strdup (error->message);
  self->restart = TRUE;
  g_application_quit (user_data);
}

/* Nothing of this process reads or writes the profile any more when the saved one takes its place; only the lock is still held. */
void
vav_app_application_begin_import (VavAppApplication *self)
{
  VavAppWindow *window = vav_app_application_get_window (self);

  if (window != NULL)
    gtk_window_destroy (GTK_WINDOW (window));
  g_clear_object (&self->host);
  vav_app_restart_import_async (self->import_file, self->import_passphrase, self->options.profile, on_imported, self);
}

static VavAppPreferences *
find_preferences (VavAppApplication *self)
{
  for (GList *at = gtk_application_get_windows (GTK_APPLICATION (self)); at != NULL; at = at->next)
    if (VAV_APP_IS_PREFERENCES (at->data))
      return at->data;
  return NULL;
}

static VavAppPreferences *
make_preferences (VavAppApplication *self, GtkWindow *parent)
{
  VavAppPreferences *preferences = vav_app_preferences_new (parent, self->settings, self->host, self->options.profile);

  if (self->background != NULL)
    vav_app_preferences_set_background (preferences, self->background);
  g_signal_connect_object (preferences, "import", G_CALLBACK (on_import), self, G_CONNECT_SWAPPED);
  return preferences;
}

/* From the first start, which lets no other window have the keys: so this one stands over it and is modal too. */
static void
action_restore_profile (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  VavAppApplication *self = user_data;
  GtkWindow *parent = gtk_application_get_active_window (GTK_APPLICATION (self));
  VavAppPreferences *preferences;

  if (parent == NULL || find_preferences (self) != NULL || self->leaving)
    return;
  preferences = make_preferences (self, parent);
  gtk_window_set_modal (GTK_WINDOW (preferences), TRUE);
  vav_app_preferences_restore (preferences);
}

static void
action_preferences (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  VavAppApplication *self = user_data;
  VavAppPreferences *preferences = find_preferences (self);
  VavAppWindow *window = preferences == NULL ? vav_app_application_present_window (self) : NULL;

  if (window != NULL && (self->host != NULL || self->start_error != NULL))
    preferences = make_preferences (self, GTK_WINDOW (window));
  if (preferences != NULL)
    gtk_window_present (GTK_WINDOW (preferences));
}

void
vav_app_application_add_actions (VavAppApplication *self)
{
  static const GActionEntry actions[] = {
    { .name = "quit", .activate = action_quit },
    { .name = "preferences", .activate = action_preferences },
    { .name = "restore-profile", .activate = action_restore_profile },
    { .name = "about", .activate = action_about },
    { .name = "new-call", .activate = action_new_call },
    { .name = "share", .activate = action_share },
    { .name = "test-call", .activate = action_test_call },
    { .name = "call", .activate = action_call, .parameter_type = "s" },
  };

  g_action_map_add_action_entries (G_ACTION_MAP (self), actions, G_N_ELEMENTS (actions), self);
  gtk_application_set_accels_for_action (GTK_APPLICATION (self), "app.quit", (const char *[]){ "<Control>q", NULL });
  gtk_application_set_accels_for_action (GTK_APPLICATION (self), "app.preferences",
                                         (const char *[]){ "<Control>comma", NULL });
  gtk_application_set_accels_for_action (GTK_APPLICATION (self), "people.recent",
                                         (const char *[]){ "<Control>r", NULL });
  gtk_application_set_accels_for_action (GTK_APPLICATION (self), "people.add",
                                         (const char *[]){ "<Control><Shift>n", NULL });
  gtk_application_set_accels_for_action (GTK_APPLICATION (self), "app.new-call",
                                         (const char *[]){ "<Control>n", NULL });
  /* GTK itself has only the first */
  gtk_application_set_accels_for_action (GTK_APPLICATION (self), "win.show-help-overlay",
                                         (const char *[]){ "<Control>question", "<Control>F1", NULL });
  gtk_application_set_accels_for_action (GTK_APPLICATION (self), "win.hang-up", (const char *[]){ "<Control>h", NULL });
  gtk_application_set_accels_for_action (GTK_APPLICATION (self), "win.small", (const char *[]){ "<Control>m", NULL });
}
