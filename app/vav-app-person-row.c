/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/vav-app-person-row.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "app/vav-app-people-actions.h"
#include "app/vav-app-picture.h"
#include "app/vav-app-portrait.h"
#include "app/vav-app-tooltip.h"
#include "app/vav-app-words.h"

struct _VavAppPersonRow
{
  GtkListBoxRow parent_instance;

  /* template children */
  AdwAvatar *avatar;
  GtkWidget *presence_dot;
  GtkLabel *name_label;
  GtkLabel *detail_label;
  GtkWidget *page_button;

  gboolean nearby;
  VavPerson *person; /* owned */
  GtkWidget *menu;   /* borrowed: our child; nullable before it was asked for */
};

G_DEFINE_FINAL_TYPE (VavAppPersonRow, vav_app_person_row, GTK_TYPE_LIST_BOX_ROW)

/* --- what is seen --- */

static char *
describe (VavPerson *person, gboolean nearby)
{
  g_autofree char *day
      = vav_person_get_last_seen (person) > 0 ? vav_app_words_day (vav_person_get_last_seen (person)) : NULL;
  const char *detail = nearby ? _ ("on this network") : day != NULL ? day : vav_person_get_address (person);

  if (vav_person_get_trust (person) == VAV_TRUST_VERIFIED)
    return g_strdup_printf ("%s · %s", detail != NULL ? detail : "", _ ("verified"));
  return g_strdup (detail != NULL ? detail : "");
}

static void
update_picture (VavAppPersonRow *self)
{
  g_autoptr (GdkPaintable) paintable = vav_app_picture_get_paintable (vav_person_get_picture (self->person));

  adw_avatar_set_custom_image (self->avatar, paintable);
}

static void
update (VavAppPersonRow *self)
{
  const char *name = vav_person_get_name (self->person);
  g_autofree char *detail = describe (self->person, self->nearby);
  /* what the dot says to who sees it */
  g_autofree char *spoken = vav_person_get_present (self->person)
                                ? g_strdup_printf ("%s · %s", _ ("Reachable now"), detail)
                                : g_strdup (detail);
  /* Translators: %s is a person's name */
  g_autofree char *tooltip = g_strdup_printf (_ ("Call %s"), name);
  /* Translators: %s is a person's name */
  g_autofree char *page = g_strdup_printf (_ ("All about %s"), name);

  vav_app_portrait_set_name (self->avatar, name);
  gtk_label_set_label (self->name_label, name);
  gtk_label_set_label (self->detail_label, detail);
  gtk_widget_set_visible (self->presence_dot, vav_person_get_present (self->person));
  vav_app_tooltip_set (GTK_WIDGET (self), tooltip);
  vav_app_tooltip_set (self->page_button, page);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->page_button), GTK_ACCESSIBLE_PROPERTY_LABEL, page, -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, name,
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, spoken, -1);
}

/* --- the menu --- */

static void
show_menu (VavAppPersonRow *self, const GdkRectangle *at)
{
  g_autoptr (GMenuModel) model = vav_app_people_actions_make_menu (self->person, FALSE);

  if (self->menu == NULL)
    {
      self->menu = gtk_popover_menu_new_from_model (NULL);
      gtk_popover_set_has_arrow (GTK_POPOVER (self->menu), FALSE);
      gtk_widget_set_halign (self->menu, GTK_ALIGN_START);
      gtk_widget_set_parent (self->menu, GTK_WIDGET (self));
    }
  gtk_popover_menu_set_menu_model (GTK_POPOVER_MENU (self->menu), model);
  gtk_popover_set_pointing_to (GTK_POPOVER (self->menu), at);
  gtk_popover_popup (GTK_POPOVER (self->menu));
}

static void
on_pressed (VavAppPersonRow *self, int n_press, double x, double y)
{
  show_menu (self, &(GdkRectangle){ (int)x, (int)y, 1, 1 });
}

static void
on_long_press (VavAppPersonRow *self, double x, double y)
{
  show_menu (self, &(GdkRectangle){ (int)x, (int)y, 1, 1 });
}

static void
action_menu (GtkWidget *widget, const char *name, GVariant *parameter)
{
  show_menu (VAV_APP_PERSON_ROW (widget), &(GdkRectangle){ 24, gtk_widget_get_height (widget) / 2, 1, 1 });
}

/* --- GObject --- */

static void
vav_app_person_row_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  VavAppPersonRow *self = VAV_APP_PERSON_ROW (widget);

  GTK_WIDGET_CLASS (vav_app_person_row_parent_class)->size_allocate (widget, width, height, baseline);
  if (self->menu != NULL)
    gtk_popover_present (GTK_POPOVER (self->menu));
}

static void
vav_app_person_row_dispose (GObject *object)
{
  VavAppPersonRow *self = VAV_APP_PERSON_ROW (object);

  g_clear_pointer (&self->menu, gtk_widget_unparent);
  g_clear_object (&self->person);
  gtk_widget_dispose_template (GTK_WIDGET (object), VAV_APP_TYPE_PERSON_ROW);
  G_OBJECT_CLASS (vav_app_person_row_parent_class)->dispose (object);
}

static void
vav_app_person_row_class_init (VavAppPersonRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = vav_app_person_row_dispose;
  widget_class->size_allocate = vav_app_person_row_size_allocate;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/visavis/Visavis/vav-app-person-row.ui");
  gtk_widget_class_bind_template_child (widget_class, VavAppPersonRow, avatar);
  gtk_widget_class_bind_template_child (widget_class, VavAppPersonRow, presence_dot);
  gtk_widget_class_bind_template_child (widget_class, VavAppPersonRow, name_label);
  gtk_widget_class_bind_template_child (widget_class, VavAppPersonRow, detail_label);
  gtk_widget_class_bind_template_child (widget_class, VavAppPersonRow, page_button);
  gtk_widget_class_bind_template_callback (widget_class, on_pressed);
  gtk_widget_class_bind_template_callback (widget_class, on_long_press);
  gtk_widget_class_install_action (widget_class, "person.menu", NULL, action_menu);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Menu, 0, "person.menu", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_F10, GDK_SHIFT_MASK, "person.menu", NULL);
}

static void
vav_app_person_row_init (VavAppPersonRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
vav_app_person_row_new (VavPerson *person)
{
  VavAppPersonRow *self = g_object_new (VAV_APP_TYPE_PERSON_ROW, NULL);

  self->person = g_object_ref (person);
  gtk_actionable_set_action_target (GTK_ACTIONABLE (self->page_button), "x", vav_person_get_number (person));
  gtk_actionable_set_action_name (GTK_ACTIONABLE (self->page_button), "people.open");
  g_signal_connect_object (person, "notify", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (person, "notify::picture", G_CALLBACK (update_picture), self, G_CONNECT_SWAPPED);
  update (self);
  update_picture (self);
  return GTK_WIDGET (self);
}

void
vav_app_person_row_set_nearby (VavAppPersonRow *self, gboolean nearby)
{
  if (self->nearby == nearby)
    return;
  self->nearby = nearby;
  update (self);
}

VavPerson *
vav_app_person_row_get_person (VavAppPersonRow *self)
{
  return self->person;
}
