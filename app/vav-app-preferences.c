/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/vav-app-preferences.h"

#include <glib/gi18n.h>
#include <string.h>

#include "app/service/vav-app-profile.h"
#include "app/vav-app-preferences-private.h"

G_DEFINE_FINAL_TYPE (VavAppPreferences, vav_app_preferences, ADW_TYPE_PREFERENCES_WINDOW)

/* In the order of the rows of their lists. */
static const char *const who_may_ring[] = { "everyone", "people" };
static const char *const qualities[] = { "auto", "low", "medium", "high" };

void
vav_app_preferences_tell (GtkWidget *row, GtkLabel *label, const char *sentence)
{
  gtk_label_set_label (label, sentence != NULL ? sentence : "");
  gtk_widget_set_visible (GTK_WIDGET (label), sentence != NULL);
  if (sentence != NULL)
    gtk_widget_add_css_class (row, "error");
  else
    gtk_widget_remove_css_class (row, "error");
  gtk_accessible_update_state (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_STATE_INVALID,
                               sentence != NULL ? GTK_ACCESSIBLE_INVALID_TRUE : GTK_ACCESSIBLE_INVALID_FALSE, -1);
}

void
vav_app_preferences_lock (VavAppPreferences *self, const char *key, GtkLabel *label, ...)
{
  va_list rows;

  if (!vav_app_settings_is_locked (self->settings, key))
    return;
  gtk_label_set_label (label, _ ("Set by your organisation"));
  gtk_widget_remove_css_class (GTK_WIDGET (label), "error");
  gtk_widget_add_css_class (GTK_WIDGET (label), "dim-label");
  gtk_widget_set_visible (GTK_WIDGET (label), TRUE);
  va_start (rows, label);
  for (GtkWidget *row = va_arg (rows, GtkWidget *); row != NULL; row = va_arg (rows, GtkWidget *))
    gtk_widget_set_sensitive (row, FALSE);
  va_end (rows);
}

void
vav_app_preferences_toast (VavAppPreferences *self, const char *sentence)
{
  g_autofree char *escaped = g_markup_escape_text (sentence, -1);

  adw_preferences_window_add_toast (ADW_PREFERENCES_WINDOW (self), adw_toast_new (escaped));
}

static void
on_password_row_destroyed (GtkWidget *row, GtkEditable *text)
{
  g_signal_handlers_disconnect_by_data (text, row);
}

void
vav_app_preferences_guard_password (GtkEditable *row)
{
  GtkEditable *text = gtk_editable_get_delegate (row);

  g_signal_connect_object (row, "destroy", G_CALLBACK (on_password_row_destroyed), text, 0);
}

/* --- the name --- */

static const char *
find_fault_of_name (const char *name)
{
  if (strlen (name) > VAV_MAX_NAME)
    return _ ("This name is too long: at most 128 bytes can be sent, which are 128 plain letters.");
  if (strpbrk (name, "\n\r") != NULL)
    return _ ("A name is one line.");
  return NULL;
}

/* At once, so that nothing is lost if the window is closed; the other side is told with the next call. */
static void
on_name_changed (VavAppPreferences *self)
{
  g_autofree char *name = g_strstrip (g_strdup (gtk_editable_get_text (self->name_row)));
  const char *fault = find_fault_of_name (name);
  g_autofree char *known = NULL;

  if (self->filling)
    return;
  vav_app_preferences_tell (GTK_WIDGET (self->name_row), self->name_error, fault);
  if (fault != NULL)
    return;
  vav_app_settings_set_string (self->settings, "identifier", name);
  known = *name != '\0' ? g_steal_pointer (&name) : vav_app_profile_dup_account_name ();
  if (self->host != NULL)
    vav_endpoint_set_identifier (vav_app_host_get_endpoint (self->host), known);
}

/* --- lists --- */

static void
on_ring_selected (VavAppPreferences *self)
{
  guint selected = adw_combo_row_get_selected (self->ring_row);

  if (!self->filling && selected < G_N_ELEMENTS (who_may_ring))
    vav_app_settings_set_string (self->settings, "who-may-ring", who_may_ring[selected]);
}

static void
on_quality_selected (VavAppPreferences *self)
{
  guint selected = adw_combo_row_get_selected (self->quality_row);

  if (self->filling || selected >= G_N_ELEMENTS (qualities))
    return;
  if (self->host != NULL)
    vav_endpoint_set_picture_quality (vav_app_host_get_endpoint (self->host), (VavPictureQuality)selected);
  vav_app_settings_set_string (self->settings, "picture-quality", qualities[selected]);
}

/* Without a host there is nothing to try devices with. */
static void
fill_devices (VavAppPreferences *self)
{
  g_autofree char *quality = vav_app_settings_dup_string (self->settings, "picture-quality");

  gtk_widget_set_visible (self->devices_group, self->host != NULL);
  if (self->host != NULL)
    vav_gtk_devices_set_endpoint (self->devices, vav_app_host_get_endpoint (self->host));
  for (guint i = 0; i < G_N_ELEMENTS (qualities); i++)
    if (g_strcmp0 (quality, qualities[i]) == 0)
      adw_combo_row_set_selected (self->quality_row, i);
}

static void
fill_you (VavAppPreferences *self)
{
  g_autofree char *name = vav_app_profile_dup_identifier (self->profile);
  g_autofree char *ring = vav_app_settings_dup_string (self->settings, "who-may-ring");

  gtk_editable_set_text (self->name_row, name);
  adw_combo_row_set_selected (self->ring_row, g_strcmp0 (ring, who_may_ring[1]) == 0 ? 1 : 0);
  vav_app_settings_bind (self->settings, "do-not-disturb", self->disturb_switch, "active");
  vav_app_settings_bind (self->settings, "presence", self->presence_switch, "active");
  vav_app_settings_bind (self->settings, "autostart", self->autostart_switch, "active");
  vav_app_settings_bind (self->settings, "run-in-background", self->background_switch, "active");
  if (self->host != NULL)
    g_object_bind_property (self->host, "detection", self->reachable_switch, "active",
                            G_BINDING_SYNC_CREATE | G_BINDING_BIDIRECTIONAL);
  else
    vav_app_settings_bind (self->settings, "detection", self->reachable_switch, "active");
}

static void
tell_autostart (VavAppPreferences *self, GParamSpec *pspec, VavAppBackground *background)
{
  g_autofree char *trouble = NULL;

  g_object_get (background, "trouble", &trouble, NULL);
  adw_action_row_set_subtitle (self->autostart_action_row,
                               trouble != NULL ? trouble : _ ("You can be called as soon as you are logged in"));
}

void
vav_app_preferences_set_background (VavAppPreferences *self, VavAppBackground *background)
{
  g_signal_connect_object (background, "notify::trouble", G_CALLBACK (tell_autostart), self, G_CONNECT_SWAPPED);
  tell_autostart (self, NULL, background);
}

/* --- names --- */

static gboolean
is_button_with_icon (GtkWidget *widget, const char *icon)
{
  return GTK_IS_BUTTON (widget) && g_strcmp0 (gtk_button_get_icon_name (GTK_BUTTON (widget)), icon) == 0;
}

/* libadwaita's own controls that are but a picture have no name for a screen reader. icon: (nullable): of a button; else a switch */
static gboolean
name_part (GtkWidget *widget, const char *icon, const char *name)
{
  if (icon != NULL ? is_button_with_icon (widget, icon) : GTK_IS_SWITCH (widget))
    {
      gtk_accessible_update_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
      return TRUE;
    }
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    if (name_part (child, icon, name))
      return TRUE;
  return FALSE;
}

static void
name_parts (VavAppPreferences *self)
{
  (void)name_part (GTK_WIDGET (self), "edit-find-symbolic", _ ("Search"));
  (void)name_part (GTK_WIDGET (self->only_row), NULL, _ ("Only on one address"));
  (void)name_part (GTK_WIDGET (self->turn_password_row), "view-reveal-symbolic", _ ("Show the password"));
  (void)name_part (GTK_WIDGET (self->broker_password_row), "view-reveal-symbolic", _ ("Show the password"));
}

/* --- GObject --- */

static void
vav_app_preferences_dispose (GObject *object)
{
  VavAppPreferences *self = VAV_APP_PREFERENCES (object);

  self->filling = TRUE;
  if (self->chooser != NULL)
    gtk_native_dialog_destroy (GTK_NATIVE_DIALOG (self->chooser));
  g_clear_object (&self->chooser);
  if (self->devices != NULL)
    vav_gtk_devices_set_endpoint (self->devices, NULL);
  self->devices = NULL;
  g_clear_object (&self->blocked);
  g_clear_object (&self->host);
  g_clear_pointer (&self->profile, g_free);
  G_OBJECT_CLASS (vav_app_preferences_parent_class)->dispose (object);
}

static void
vav_app_preferences_class_init (VavAppPreferencesClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = vav_app_preferences_dispose;
  g_signal_new ("import", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2,
                G_TYPE_STRING, G_TYPE_STRING);
  g_type_ensure (VAV_GTK_TYPE_DEVICES);
  g_type_ensure (VAV_APP_TYPE_SAVER_GROUP);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/visavis/Visavis/vav-app-preferences.ui");
  gtk_widget_class_bind_template_child (widget_class, VavAppPreferences, name_row);
  gtk_widget_class_bind_template_child (widget_class, VavAppPreferences, name_error);
  gtk_widget_class_bind_template_child (widget_class, VavAppPreferences, reachable_switch);
  gtk_widget_class_bind_template_child (widget_class, VavAppPreferences, disturb_switch);
  gtk_widget_class_bind_template_child (widget_class, VavAppPreferences, presence_switch);
  gtk_widget_class_bind_template_child (widget_class, VavAppPreferences, ring_row);
  gtk_widget_class_bind_template_child (widget_class, VavAppPreferences, autostart_action_row);
  gtk_widget_class_bind_template_child (widget_class, VavAppPreferences, autostart_switch);
  gtk_widget_class_bind_template_child (widget_class, VavAppPreferences, background_switch);
  gtk_widget_class_bind_template_child (widget_class, VavAppPreferences, devices_group);
  gtk_widget_class_bind_template_child (widget_class, VavAppPreferences, devices);
  gtk_widget_class_bind_template_child (widget_class, VavAppPreferences, quality_row);
  gtk_widget_class_bind_template_child (widget_class, VavAppPreferences, saver_group);
  gtk_widget_class_bind_template_callback (widget_class, on_name_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_quality_selected);
  gtk_widget_class_bind_template_callback (widget_class, on_ring_selected);
  vav_app_preferences_bind_history (widget_class);
  vav_app_preferences_bind_network (widget_class);
  vav_app_preferences_bind_broker (widget_class);
  vav_app_preferences_bind_secrets (widget_class);
  vav_app_preferences_bind_profile (widget_class);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_w, GDK_CONTROL_MASK, "window.close", NULL);
}

static void
vav_app_preferences_init (VavAppPreferences *self)
{
  self->filling = TRUE;
  gtk_widget_init_template (GTK_WIDGET (self));
  name_parts (self);
  vav_app_preferences_guard_password (self->turn_password_row);
  vav_app_preferences_guard_password (self->broker_password_row);
}

VavAppPreferences *
vav_app_preferences_new (GtkWindow *parent, VavAppSettings *settings, VavAppHost *host, const char *profile)
{
  VavAppPreferences *self = g_object_new (VAV_APP_TYPE_PREFERENCES, "transient-for", parent, "destroy-with-parent",
                                          TRUE, "application", gtk_window_get_application (parent), NULL);

  self->settings = settings;
  self->host = host != NULL ? g_object_ref (host) : NULL;
  self->profile = g_strdup (profile);
  fill_you (self);
  fill_devices (self);
  vav_app_saver_group_set_settings (self->saver_group, settings);
  vav_app_preferences_fill_history (self);
  vav_app_preferences_fill_network (self);
  vav_app_preferences_fill_broker (self);
  vav_app_preferences_fill_secrets (self);
  vav_app_preferences_fill_profile (self);
  self->filling = FALSE;
  return self;
}
