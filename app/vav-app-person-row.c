/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/vav-app-person-row.h"

#include <adwaita.h>
#include <glib/gi18n.h>

struct _VavAppPersonRow
{
  GtkListBoxRow parent_instance;

  /* template children */
  AdwAvatar *avatar;
  GtkLabel *name_label;
  GtkLabel *detail_label;

  VavPerson *person; /* owned */
};

G_DEFINE_FINAL_TYPE (VavAppPersonRow, vav_app_person_row, GTK_TYPE_LIST_BOX_ROW)

/* "Today 14:02", "Yesterday 9:15", "3 May": as near as it matters. */
static char *
describe_day (gint64 when)
{
  g_autoptr (GDateTime) then = g_date_time_new_from_unix_local (when);
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autoptr (GDateTime) yesterday = g_date_time_add_days (now, -1);

  if (then == NULL)
    return g_strdup ("");
  if (g_date_time_get_year (then) == g_date_time_get_year (now)
      && g_date_time_get_day_of_year (then) == g_date_time_get_day_of_year (now))
    /* Translators: a time of today, as strftime() formats it */
    return g_date_time_format (then, _ ("Today %H:%M"));
  if (g_date_time_get_year (then) == g_date_time_get_year (yesterday)
      && g_date_time_get_day_of_year (then) == g_date_time_get_day_of_year (yesterday))
    /* Translators: a time of yesterday, as strftime() formats it */
    return g_date_time_format (then, _ ("Yesterday %H:%M"));
  return g_date_time_format (then, "%x");
}

static char *
describe (VavPerson *person)
{
  g_autofree char *day
      = vav_person_get_last_seen (person) > 0 ? describe_day (vav_person_get_last_seen (person)) : NULL;
  const char *detail = day != NULL ? day : vav_person_get_address (person);

  if (vav_person_get_trust (person) == VAV_TRUST_VERIFIED)
    return g_strdup_printf ("%s · %s", detail != NULL ? detail : "", _ ("verified"));
  return g_strdup (detail != NULL ? detail : "");
}

static void
vav_app_person_row_dispose (GObject *object)
{
  g_clear_object (&VAV_APP_PERSON_ROW (object)->person);
  gtk_widget_dispose_template (GTK_WIDGET (object), VAV_APP_TYPE_PERSON_ROW);
  G_OBJECT_CLASS (vav_app_person_row_parent_class)->dispose (object);
}

static void
vav_app_person_row_class_init (VavAppPersonRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = vav_app_person_row_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/visavis/Visavis/vav-app-person-row.ui");
  gtk_widget_class_bind_template_child (widget_class, VavAppPersonRow, avatar);
  gtk_widget_class_bind_template_child (widget_class, VavAppPersonRow, name_label);
  gtk_widget_class_bind_template_child (widget_class, VavAppPersonRow, detail_label);
}

static void
vav_app_person_row_init (VavAppPersonRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

static void
fill (VavAppPersonRow *self)
{
  const char *name = vav_person_get_name (self->person);
  g_autofree char *detail = describe (self->person);
  g_autofree char *tooltip = g_strdup_printf (_ ("Call %s"), name);

  adw_avatar_set_text (self->avatar, name);
  gtk_label_set_label (self->name_label, name);
  gtk_label_set_label (self->detail_label, detail);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self), tooltip);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, name,
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, detail, -1);
}

GtkWidget *
vav_app_person_row_new (VavPerson *person)
{
  VavAppPersonRow *self = g_object_new (VAV_APP_TYPE_PERSON_ROW, NULL);

  self->person = g_object_ref (person);
  fill (self);
  g_signal_connect_object (person, "notify", G_CALLBACK (fill), self, G_CONNECT_SWAPPED);
  return GTK_WIDGET (self);
}

VavPerson *
vav_app_person_row_get_person (VavAppPersonRow *self)
{
  return self->person;
}
