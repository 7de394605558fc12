/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/vav-app-preferences-private.h"

#include <glib/gi18n.h>

/* In the order of the list's rows. 0: for ever */
static const int days_kept[] = { 0, 7, 30, 365 };

static VavHistory *
get_history (VavAppPreferences *self)
{
  return self->host != NULL ? vav_endpoint_get_history (vav_app_host_get_endpoint (self->host)) : NULL;
}

static VavPeople *
get_people (VavAppPreferences *self)
{
  return self->host != NULL ? vav_endpoint_get_people (vav_app_host_get_endpoint (self->host)) : NULL;
}

/* --- the history --- */

static void
on_days_selected (VavAppPreferences *self)
{
  guint selected = adw_combo_row_get_selected (self->days_row);

  if (!self->filling && selected < G_N_ELEMENTS (days_kept))
    vav_app_settings_set_int (self->settings, "keep-history-days", days_kept[selected]);
}

/* The settings may name a number that the list does not: then that is its last row. */
static void
fill_days (VavAppPreferences *self)
{
  int days = vav_app_settings_get_int (self->settings, "keep-history-days", 0);
  g_autofree char *other = NULL;
  guint i = 0;

  while (i < G_N_ELEMENTS (days_kept) && days_kept[i] != days)
    i++;
  if (i == G_N_ELEMENTS (days_kept))
    {
      other = g_strdup_printf (ngettext ("%d day", "%d days", (gulong)days), days);
      gtk_string_list_append (GTK_STRING_LIST (adw_combo_row_get_model (self->days_row)), other);
    }
  adw_combo_row_set_selected (self->days_row, i);
}

static void
update_delete (VavAppPreferences *self)
{
  VavHistory *history = get_history (self);
  gboolean empty = history == NULL || g_list_model_get_n_items (G_LIST_MODEL (history)) == 0;

  gtk_widget_set_sensitive (GTK_WIDGET (self->delete_row), !empty);
  adw_action_row_set_subtitle (self->delete_row, empty ? _ ("There is none") : _ ("Of calls, messages and files"));
}

static void
on_delete_response (VavAppPreferences *self, const char *response)
{
  VavHistory *history = get_history (self);
  g_autoptr (GError) error = NULL;

  if (g_strcmp0 (response, "delete") != 0 || history == NULL)
    return;
  if (vav_history_delete_all (history, &error))
    vav_app_preferences_toast (self, _ ("The history was deleted"));
  else
    vav_app_preferences_toast (self, error->message);
}

static void
on_delete (VavAppPreferences *self)
{
  GtkWidget *dialog = adw_message_dialog_new (GTK_WINDOW (self), _ ("Delete the whole history?"),
                                              _ ("What is known of past calls, messages and files is deleted for good, "
                                                 "with everybody. The files themselves and "
                                                 "your people stay."));
  AdwMessageDialog *message = ADW_MESSAGE_DIALOG (dialog);

  adw_message_dialog_add_responses (message, "cancel", _ ("_Cancel"), "delete", _ ("_Delete"), NULL);
  adw_message_dialog_set_response_appearance (message, "delete", ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_close_response (message, "cancel");
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_delete_response), self, G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (dialog));
}

/* --- blocked people --- */

static gboolean
is_blocked (gpointer item, gpointer user_data)
{
  return vav_person_get_blocked (item);
}

static void
on_blocked (GtkFilter *filter)
{
  gtk_filter_changed (filter, GTK_FILTER_CHANGE_DIFFERENT);
}

static void
on_people_changed (GtkFilter *filter, guint position, guint removed, guint added, GListModel *people)
{
  for (guint i = position; i < position + added; i++)
    {
      g_autoptr (VavPerson) person = g_list_model_get_item (people, i);

      g_signal_handlers_disconnect_by_func (person, on_blocked, filter);
      g_signal_connect_object (person, "notify::blocked", G_CALLBACK (on_blocked), filter, G_CONNECT_SWAPPED);
    }
}

static void
on_unblock (GtkWidget *button, VavAppPreferences *self)
{
  VavPerson *person = g_object_get_data (G_OBJECT (button), "person");
  VavPeople *people = get_people (self);
  g_autoptr (GError) error = NULL;

  /* the row goes, and its button with it: keys would go nowhere */
  gtk_widget_child_focus (GTK_WIDGET (self->blocked_list), GTK_DIR_TAB_FORWARD);
  if (people != NULL && !vav_people_set_blocked (people, person, FALSE, &error))
    vav_app_preferences_toast (self, error->message);
}

static void
on_blocked_name (GtkWidget *button, GParamSpec *pspec, VavPerson *person)
{
  g_autofree char *words = g_strdup_printf (_ ("Unblock %s"), vav_person_get_name (person));

  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);
}

/* The button holds the person: which it is may change while the row is there. A click on the row itself does nothing. */
static GtkWidget *
make_blocked_row (gpointer item, gpointer user_data)
{
  GtkWidget *row = adw_action_row_new ();
  GtkWidget *button = gtk_button_new_with_label (_ ("Unblock"));

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  g_object_bind_property (item, "name", row, "title", G_BINDING_SYNC_CREATE);
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  g_object_set_data_full (G_OBJECT (button), "person", g_object_ref (item), g_object_unref);
  g_signal_connect_object (button, "clicked", G_CALLBACK (on_unblock), user_data, 0);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), button);
  g_signal_connect_object (item, "notify::name", G_CALLBACK (on_blocked_name), button, G_CONNECT_SWAPPED);
  on_blocked_name (button, NULL, item);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), FALSE);
  return row;
}

static void
update_blocked (VavAppPreferences *self)
{
  gboolean any = g_list_model_get_n_items (self->blocked) > 0;

  gtk_widget_set_visible (GTK_WIDGET (self->blocked_list), any);
  adw_preferences_group_set_description (
      self->blocked_group,
      any ? _ ("Their calls are turned away before you hear of them.")
          : _ ("Nobody is blocked. You can block a caller, or somebody of your people on their page."));
}

static void
fill_blocked (VavAppPreferences *self)
{
  VavPeople *people = get_people (self);
  GtkFilter *filter = GTK_FILTER (gtk_custom_filter_new (is_blocked, NULL, NULL));

  self->blocked = G_LIST_MODEL (gtk_filter_list_model_new (NULL, filter));
  gtk_list_box_bind_model (self->blocked_list, self->blocked, make_blocked_row, self, NULL);
  g_signal_connect_object (self->blocked, "items-changed", G_CALLBACK (update_blocked), self, G_CONNECT_SWAPPED);
  if (people != NULL)
    {
      g_signal_connect_object (people, "items-changed", G_CALLBACK (on_people_changed), filter, G_CONNECT_SWAPPED);
      on_people_changed (filter, 0, 0, g_list_model_get_n_items (G_LIST_MODEL (people)), G_LIST_MODEL (people));
      gtk_filter_list_model_set_model (GTK_FILTER_LIST_MODEL (self->blocked), G_LIST_MODEL (people));
    }
  update_blocked (self);
}

/* --- the page --- */

void
vav_app_preferences_fill_history (VavAppPreferences *self)
{
  VavHistory *history = get_history (self);

  gtk_switch_set_active (self->keep_switch, TRUE); /* where nothing is known of settings */
  vav_app_settings_bind (self->settings, "keep-history", self->keep_switch, "active");
  fill_days (self);
  if (history != NULL)
    g_signal_connect_object (history, "items-changed", G_CALLBACK (update_delete), self, G_CONNECT_SWAPPED);
  update_delete (self);
  fill_blocked (self);
}

void
vav_app_preferences_bind_history (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_child (widget_class, VavAppPreferences, keep_switch);
  gtk_widget_class_bind_template_child (widget_class, VavAppPreferences, days_row);
  gtk_widget_class_bind_template_child (widget_class, VavAppPreferences, delete_row);
  gtk_widget_class_bind_template_child (widget_class, VavAppPreferences, blocked_group);
  gtk_widget_class_bind_template_child (widget_class, VavAppPreferences, blocked_list);
  gtk_widget_class_bind_template_callback (widget_class, on_days_selected);
  gtk_widget_class_bind_template_callback (widget_class, on_delete);
}
