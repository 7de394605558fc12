/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/vav-app-waiting.h"

#include "app/vav-app-caller-row.h"

struct _VavAppWaiting
{
  GtkWidget parent_instance;

  /* template children */
  GtkWidget *box;
  GtkListBox *list;

  /* owned */
  VavAppHost *host;           /* nullable: not yet started */
  GtkFilterListModel *listed; /* nullable, the same */
  GtkFilter *filter;
};

G_DEFINE_FINAL_TYPE (VavAppWaiting, vav_app_waiting, GTK_TYPE_WIDGET)

/* The one who is asked about has the card. */
static gboolean
is_listed (gpointer item, gpointer user_data)
{
  return item != vav_app_host_get_ringing (VAV_APP_WAITING (user_data)->host);
}

static void
on_ringing (VavAppWaiting *self)
{
  gtk_filter_changed (self->filter, GTK_FILTER_CHANGE_DIFFERENT);
}

static void
on_listed (VavAppWaiting *self)
{
  gtk_widget_set_visible (GTK_WIDGET (self), g_list_model_get_n_items (G_LIST_MODEL (self->listed)) > 0);
}

static GtkWidget *
make_row (gpointer item, gpointer user_data)
{
  return vav_app_caller_row_new (VAV_APP_WAITING (user_data)->host, item);
}

static void
vav_app_waiting_dispose (GObject *object)
{
  VavAppWaiting *self = VAV_APP_WAITING (object);

  if (self->list != NULL)
    gtk_list_box_bind_model (self->list, NULL, NULL, NULL, NULL);
  if (self->filter != NULL)
    gtk_custom_filter_set_filter_func (GTK_CUSTOM_FILTER (self->filter), NULL, NULL, NULL);
  g_clear_object (&self->listed);
  g_clear_object (&self->filter);
  g_clear_object (&self->host);
  gtk_widget_dispose_template (GTK_WIDGET (self), VAV_APP_TYPE_WAITING);
  G_OBJECT_CLASS (vav_app_waiting_parent_class)->dispose (object);
}

static void
vav_app_waiting_class_init (VavAppWaitingClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = vav_app_waiting_dispose;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "calls");
  gtk_widget_class_set_template_from_resource (widget_class, "/org/visavis/Visavis/vav-app-waiting.ui");
  gtk_widget_class_bind_template_child (widget_class, VavAppWaiting, box);
  gtk_widget_class_bind_template_child (widget_class, VavAppWaiting, list);
}

static void
vav_app_waiting_init (VavAppWaiting *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/* Once, when the program is ready to call. */
void
vav_app_waiting_set_host (VavAppWaiting *self, VavAppHost *host)
{
  g_return_if_fail (self->host == NULL);

  self->host = g_object_ref (host);
  self->filter = GTK_FILTER (gtk_custom_filter_new (is_listed, self, NULL));
  self->listed
      = gtk_filter_list_model_new (g_object_ref (vav_app_host_get_callers (host)), g_object_ref (self->filter));
  gtk_list_box_bind_model (self->list, G_LIST_MODEL (self->listed), make_row, self, NULL);
  g_signal_connect_object (self->listed, "items-changed", G_CALLBACK (on_listed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (host, "notify::ringing", G_CALLBACK (on_ringing), self, G_CONNECT_SWAPPED);
  on_listed (self);
}
