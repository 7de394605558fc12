/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/vav-app-person-page.h"

#include <glib/gi18n.h>

#include "app/vav-app-history-list.h"
#include "app/vav-app-people-actions.h"
#include "app/vav-app-picture.h"
#include "app/vav-app-portrait.h"
#include "app/vav-app-tooltip.h"
#include "app/vav-app-words.h"

struct _VavAppPersonPage
{
  GtkWidget parent_instance;

  /* template children */
  GtkWidget *scroller;
  AdwAvatar *avatar;
  GtkLabel *name_label;
  GtkLabel *trust_label;
  GtkWidget *presence_box;
  GtkWidget *call_button;
  GtkWidget *sound_button;
  GtkWidget *favourite_button;
  GtkMenuButton *menu_button;
  VavAppHistoryList *history_list;
  AdwPreferencesGroup *address_group;
  GtkWidget *identity_group;
  AdwActionRow *key_row;
  GtkWidget *compare_button;
  AdwActionRow *former_row;

  /* owned */
  VavEndpoint *endpoint; /* nullable, as the next */
  VavPerson *person;
  GPtrArray *address_rows; /* of GtkWidget, borrowed from the group */
};

G_DEFINE_FINAL_TYPE (VavAppPersonPage, vav_app_person_page, GTK_TYPE_WIDGET)

static void
update_picture (VavAppPersonPage *self)
{
  g_autoptr (GdkPaintable) paintable = vav_app_picture_get_paintable (vav_person_get_picture (self->person));

  adw_avatar_set_custom_image (self->avatar, paintable);
}

static char *
describe_trust (VavPerson *person)
{
  if (vav_person_get_blocked (person))
    return g_strdup (_ ("Blocked: their calls do not ring"));
  return vav_app_words_person_trust (person);
}

static void
update_favourite (VavAppPersonPage *self)
{
  gboolean favourite = vav_person_get_favourite (self->person);
  const char *words = favourite ? _ ("Remove from favourites") : _ ("Add to favourites");

  gtk_button_set_icon_name (GTK_BUTTON (self->favourite_button),
                            favourite ? "starred-symbolic" : "non-starred-symbolic");
  vav_app_tooltip_set (self->favourite_button, words);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->favourite_button), GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);
}

static void
update_identity (VavAppPersonPage *self)
{
  const char *id = vav_person_get_id (self->person);
  g_autofree char *shown = id != NULL ? vav_id_to_display (id) : NULL;
  gint64 until = 0;
  g_autofree char *former = vav_people_dup_former_id (vav_endpoint_get_people (self->endpoint), self->person, &until);
  g_autofree char *day = former != NULL ? vav_app_words_day (until) : NULL;
  /* Translators: %s is a day, and perhaps a time */
  g_autofree char *title = former != NULL ? g_strdup_printf (_ ("Another key until %s"), day) : NULL;
  g_autofree char *former_shown = former != NULL ? vav_id_to_display (former) : NULL;

  adw_action_row_set_subtitle (self->key_row, shown != NULL ? shown : _ ("Not known before the first call"));
  gtk_widget_set_visible (self->compare_button, id != NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->former_row), former != NULL);
  if (former == NULL)
    return;
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->former_row), title);
  adw_action_row_set_subtitle (self->former_row, former_shown);
}

static void
on_copy (GtkWidget *button, gpointer address)
{
  gdk_clipboard_set_text (gtk_widget_get_clipboard (button), address);
}

static void
add_address (VavAppPersonPage *self, const char *address)
{
  GtkWidget *row = adw_action_row_new ();
  GtkWidget *button = gtk_button_new_from_icon_name ("edit-copy-symbolic");
  /* Translators: %s is an address */
  g_autofree char *words = g_strdup_printf (_ ("Copy %s"), address);

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), address);
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "flat");
  vav_app_tooltip_set (button, words);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);
  g_signal_connect_data (button, "clicked", G_CALLBACK (on_copy), g_strdup (address), (GClosureNotify)g_free, 0);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), button);
  adw_preferences_group_add (self->address_group, row);
  g_ptr_array_add (self->address_rows, row);
}

static void
update_addresses (VavAppPersonPage *self)
{
  const char *const *addresses = vav_person_get_addresses (self->person);

  for (guint i = 0; i < self->address_rows->len; i++)
    adw_preferences_group_remove (self->address_group, g_ptr_array_index (self->address_rows, i));
  g_ptr_array_set_size (self->address_rows, 0);
  for (guint i = 0; addresses[i] != NULL; i++)
    add_address (self, addresses[i]);
  gtk_widget_set_visible (GTK_WIDGET (self->address_group), addresses[0] != NULL);
}

static void
update (VavAppPersonPage *self)
{
  const char *name = vav_person_get_name (self->person);
  g_autofree char *trust = describe_trust (self->person);
  g_autoptr (GMenuModel) menu = vav_app_people_actions_make_menu (self->person, TRUE);

  vav_app_portrait_set_name (self->avatar, name);
  gtk_label_set_label (self->name_label, name);
  gtk_label_set_label (self->trust_label, trust);
  gtk_widget_set_visible (self->presence_box, vav_person_get_present (self->person));
  gtk_menu_button_set_menu_model (self->menu_button, menu);
  update_favourite (self);
  update_identity (self);
  update_addresses (self);
}

/* What was missed was looked at. */
static void
show_history (VavAppPersonPage *self)
{
  VavHistory *history = vav_endpoint_get_history (self->endpoint);
  g_autoptr (GListModel) entries = vav_history_get_for (history, self->person);
  g_autoptr (GError) error = NULL;

  vav_app_history_list_show (self->history_list, history, entries, FALSE);
  if (!vav_history_mark_seen (history, self->person, &error))
    g_message ("%s", error->message);
}

static void
on_history_call (VavAppPersonPage *self)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "people.call", "x", vav_person_get_number (self->person));
}

static void
forget_person (VavAppPersonPage *self)
{
  if (self->person != NULL)
    g_signal_handlers_disconnect_by_data (self->person, self);
  g_clear_object (&self->person);
  g_clear_object (&self->endpoint);
}

static void
vav_app_person_page_dispose (GObject *object)
{
  VavAppPersonPage *self = VAV_APP_PERSON_PAGE (object);

  forget_person (self);
  g_clear_pointer (&self->address_rows, g_ptr_array_unref);
  gtk_widget_dispose_template (GTK_WIDGET (self), VAV_APP_TYPE_PERSON_PAGE);
  G_OBJECT_CLASS (vav_app_person_page_parent_class)->dispose (object);
}

static void
vav_app_person_page_class_init (VavAppPersonPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = vav_app_person_page_dispose;
  g_type_ensure (VAV_APP_TYPE_HISTORY_LIST);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/visavis/Visavis/vav-app-person-page.ui");
  gtk_widget_class_bind_template_child (widget_class, VavAppPersonPage, scroller);
  gtk_widget_class_bind_template_child (widget_class, VavAppPersonPage, avatar);
  gtk_widget_class_bind_template_child (widget_class, VavAppPersonPage, name_label);
  gtk_widget_class_bind_template_child (widget_class, VavAppPersonPage, trust_label);
  gtk_widget_class_bind_template_child (widget_class, VavAppPersonPage, presence_box);
  gtk_widget_class_bind_template_child (widget_class, VavAppPersonPage, call_button);
  gtk_widget_class_bind_template_child (widget_class, VavAppPersonPage, sound_button);
  gtk_widget_class_bind_template_child (widget_class, VavAppPersonPage, favourite_button);
  gtk_widget_class_bind_template_child (widget_class, VavAppPersonPage, menu_button);
  gtk_widget_class_bind_template_child (widget_class, VavAppPersonPage, history_list);
  gtk_widget_class_bind_template_callback (widget_class, on_history_call);
  gtk_widget_class_bind_template_child (widget_class, VavAppPersonPage, address_group);
  gtk_widget_class_bind_template_child (widget_class, VavAppPersonPage, identity_group);
  gtk_widget_class_bind_template_child (widget_class, VavAppPersonPage, key_row);
  gtk_widget_class_bind_template_child (widget_class, VavAppPersonPage, compare_button);
  gtk_widget_class_bind_template_child (widget_class, VavAppPersonPage, former_row);
}

static void
vav_app_person_page_init (VavAppPersonPage *self)
{
  self->address_rows = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * vav_app_person_page_set_person:
 * @endpoint: this user
 * @person: whom it shows from now on
 */
void
vav_app_person_page_set_person (VavAppPersonPage *self, VavEndpoint *endpoint, VavPerson *person)
{
  const struct
  {
    GtkWidget *button;
    const char *action;
  } actions[] = {
    { self->call_button, "people.call" },
    { self->sound_button, "people.call-sound" },
    { self->favourite_button, "people.favourite" },
    { self->compare_button, "people.compare" },
  };

  forget_person (self);
  self->endpoint = g_object_ref (endpoint);
  self->person = g_object_ref (person);
  /* the target first: an action without one is a mistake */
  for (gsize i = 0; i < G_N_ELEMENTS (actions); i++)
    {
      gtk_actionable_set_action_target (GTK_ACTIONABLE (actions[i].button), "x", vav_person_get_number (person));
      gtk_actionable_set_action_name (GTK_ACTIONABLE (actions[i].button), actions[i].action);
    }
  g_signal_connect_swapped (person, "notify", G_CALLBACK (update), self);
  g_signal_connect_swapped (person, "notify::picture", G_CALLBACK (update_picture), self);
  update (self);
  update_picture (self);
  show_history (self);
}

VavPerson *
vav_app_person_page_get_person (VavAppPersonPage *self)
{
  return self->person;
}
