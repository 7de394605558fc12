/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/vav-app-nearby-row.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "app/vav-app-portrait.h"
#include "app/vav-app-tooltip.h"

struct _VavAppNearbyRow
{
  GtkListBoxRow parent_instance;

  /* template children */
  AdwAvatar *avatar;
  GtkLabel *name_label;
  GtkLabel *detail_label;
  GtkWidget *add_button;

  VavNearbyPerson *person; /* owned */
};

G_DEFINE_FINAL_TYPE (VavAppNearbyRow, vav_app_nearby_row, GTK_TYPE_LIST_BOX_ROW)

static void
update (VavAppNearbyRow *self)
{
  const char *claimed = vav_nearby_person_get_name (self->person);
  const char *name = *claimed != '\0' ? claimed : _ ("Somebody");
  const char *address = vav_nearby_person_get_address (self->person);
  /* Translators: %s is an address; the name above is what somebody in the local network calls themselves */
  g_autofree char *detail = g_strdup_printf (_ ("claimed name · %s"), address);
  /* Translators: %s is a name that nobody vouches for */
  g_autofree char *tooltip = g_strdup_printf (
      _ ("Call who calls themselves “%s” in the local network. You do not know them: it may be anybody."), name);
  /* Translators: %s is a name */
  g_autofree char *add = g_strdup_printf (_ ("Add %s to your people…"), name);
  g_autoptr (VavCard) card = vav_card_new (claimed, vav_nearby_person_get_id (self->person), address);
  g_autofree char *link = vav_card_to_link (card);

  vav_app_portrait_set_name (self->avatar, name);
  gtk_label_set_label (self->name_label, name);
  gtk_label_set_label (self->detail_label, detail);
  vav_app_tooltip_set (GTK_WIDGET (self), tooltip);
  vav_app_tooltip_set (self->add_button, add);
  gtk_actionable_set_action_target (GTK_ACTIONABLE (self->add_button), "s", link);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (self->add_button), "people.add-card");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->add_button), GTK_ACCESSIBLE_PROPERTY_LABEL, add, -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, name,
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, detail, -1);
}

static void
vav_app_nearby_row_dispose (GObject *object)
{
  g_clear_object (&VAV_APP_NEARBY_ROW (object)->person);
  gtk_widget_dispose_template (GTK_WIDGET (object), VAV_APP_TYPE_NEARBY_ROW);
  G_OBJECT_CLASS (vav_app_nearby_row_parent_class)->dispose (object);
}

static void
vav_app_nearby_row_class_init (VavAppNearbyRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = vav_app_nearby_row_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/visavis/Visavis/vav-app-nearby-row.ui");
  gtk_widget_class_bind_template_child (widget_class, VavAppNearbyRow, avatar);
  gtk_widget_class_bind_template_child (widget_class, VavAppNearbyRow, name_label);
  gtk_widget_class_bind_template_child (widget_class, VavAppNearbyRow, detail_label);
  gtk_widget_class_bind_template_child (widget_class, VavAppNearbyRow, add_button);
}

static void
vav_app_nearby_row_init (VavAppNearbyRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
vav_app_nearby_row_new (VavNearbyPerson *person)
{
  VavAppNearbyRow *self = g_object_new (VAV_APP_TYPE_NEARBY_ROW, NULL);

  self->person = g_object_ref (person);
  g_signal_connect_object (person, "notify", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
  return GTK_WIDGET (self);
}

VavNearbyPerson *
vav_app_nearby_row_get_person (VavAppNearbyRow *self)
{
  return self->person;
}
