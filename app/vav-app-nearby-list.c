/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/vav-app-nearby-list.h"

#include <glib/gi18n.h>
#include <string.h>

#include "app/vav-app-nearby-row.h"

struct _VavAppNearbyList
{
  GtkWidget parent_instance;

  /* borrowed: our children */
  GtkWidget *box;
  GtkListBox *list;

  /* owned */
  VavPeople *people; /* nullable: not yet started */
  GtkFilter *filter;
  GtkFilterListModel *shown;
  char *text; /* folded; "": all */
};

enum
{
  CALL,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (VavAppNearbyList, vav_app_nearby_list, GTK_TYPE_WIDGET)

static gboolean
matches (gpointer item, gpointer user_data)
{
  VavAppNearbyList *self = user_data;
  g_autoptr (VavPerson) known = vav_people_find_by_id (self->people, vav_nearby_person_get_id (item));
  g_autofree char *folded = g_utf8_casefold (vav_nearby_person_get_name (item), -1);

  return known == NULL && strstr (folded, self->text) != NULL;
}

static void
refilter (VavAppNearbyList *self)
{
  if (self->filter != NULL)
    gtk_filter_changed (self->filter, GTK_FILTER_CHANGE_DIFFERENT);
}

static void
update_visible (VavAppNearbyList *self)
{
  gtk_widget_set_visible (self->box, g_list_model_get_n_items (G_LIST_MODEL (self->shown)) > 0);
}

static GtkWidget *
make_row (gpointer item, gpointer user_data)
{
  return vav_app_nearby_row_new (item);
}

static void
on_row_activated (VavAppNearbyList *self, GtkListBoxRow *row)
{
  g_autofree char *link = vav_nearby_person_dup_link (vav_app_nearby_row_get_person (VAV_APP_NEARBY_ROW (row)));

  g_signal_emit (self, signals[CALL], 0, link);
}

static void
vav_app_nearby_list_dispose (GObject *object)
{
  VavAppNearbyList *self = VAV_APP_NEARBY_LIST (object);

  if (self->list != NULL)
    gtk_list_box_bind_model (self->list, NULL, NULL, NULL, NULL);
  self->list = NULL;
  if (self->filter != NULL)
    gtk_custom_filter_set_filter_func (GTK_CUSTOM_FILTER (self->filter), NULL, NULL, NULL);
  if (self->shown != NULL)
    g_signal_handlers_disconnect_by_data (self->shown, self);
  g_clear_object (&self->shown);
  g_clear_object (&self->filter);
  g_clear_object (&self->people);
  g_clear_pointer (&self->box, gtk_widget_unparent);
  G_OBJECT_CLASS (vav_app_nearby_list_parent_class)->dispose (object);
}

static void
vav_app_nearby_list_finalize (GObject *object)
{
  g_free (VAV_APP_NEARBY_LIST (object)->text);
  G_OBJECT_CLASS (vav_app_nearby_list_parent_class)->finalize (object);
}

static void
vav_app_nearby_list_class_init (VavAppNearbyListClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = vav_app_nearby_list_dispose;
  G_OBJECT_CLASS (klass)->finalize = vav_app_nearby_list_finalize;
  signals[CALL] = g_signal_new ("call", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                                1, G_TYPE_STRING);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
vav_app_nearby_list_init (VavAppNearbyList *self)
{
  GtkWidget *heading = gtk_label_new (_ ("Nearby"));
  GtkWidget *list = gtk_list_box_new ();

  self->text = g_strdup ("");
  self->list = GTK_LIST_BOX (list);
  gtk_label_set_xalign (GTK_LABEL (heading), 0);
  gtk_widget_add_css_class (heading, "heading");
  gtk_list_box_set_selection_mode (self->list, GTK_SELECTION_NONE);
  gtk_widget_add_css_class (list, "navigation-sidebar");
  gtk_accessible_update_property (GTK_ACCESSIBLE (list), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Nearby"), -1);
  g_signal_connect_object (list, "row-activated", G_CALLBACK (on_row_activated), self, G_CONNECT_SWAPPED);
  self->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  gtk_widget_add_css_class (self->box, "nearby");
  gtk_box_append (GTK_BOX (self->box), heading);
  gtk_box_append (GTK_BOX (self->box), list);
  gtk_widget_set_visible (self->box, FALSE);
  gtk_widget_set_parent (self->box, GTK_WIDGET (self));
}

static void
on_people_changed (VavAppNearbyList *self, guint position, guint removed, guint added)
{
  for (guint i = position; i < position + added; i++)
    {
      g_autoptr (VavPerson) person = g_list_model_get_item (G_LIST_MODEL (self->people), i);

      g_signal_handlers_disconnect_by_func (person, refilter, self);
      g_signal_connect_object (person, "notify::id", G_CALLBACK (refilter), self, G_CONNECT_SWAPPED);
    }
  refilter (self);
}

void
vav_app_nearby_list_set_endpoint (VavAppNearbyList *self, VavEndpoint *endpoint)
{
  g_return_if_fail (self->people == NULL);

  self->people = g_object_ref (vav_endpoint_get_people (endpoint));
  self->filter = GTK_FILTER (gtk_custom_filter_new (matches, self, NULL));
  self->shown = gtk_filter_list_model_new (G_LIST_MODEL (g_object_ref (vav_endpoint_get_nearby (endpoint))),
                                           g_object_ref (self->filter));
  gtk_list_box_bind_model (self->list, G_LIST_MODEL (self->shown), make_row, self, NULL);
  g_signal_connect_swapped (self->shown, "items-changed", G_CALLBACK (update_visible), self);
  update_visible (self);
  g_signal_connect_object (self->people, "items-changed", G_CALLBACK (on_people_changed), self, G_CONNECT_SWAPPED);
  on_people_changed (self, 0, 0, g_list_model_get_n_items (G_LIST_MODEL (self->people)));
}

void
vav_app_nearby_list_set_text (VavAppNearbyList *self, const char *text)
{
  g_free (self->text);
  self->text = g_strdup (text);
  refilter (self);
}
