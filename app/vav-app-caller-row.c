/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/vav-app-caller-row.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "app/vav-app-portrait.h"
#include "app/vav-app-tooltip.h"
#include "app/vav-app-words.h"
#include "widgets/visavis-gtk.h"

struct _VavAppCallerRow
{
  GtkListBoxRow parent_instance;

  /* template children */
  AdwAvatar *avatar;
  GtkLabel *name_label;
  GtkLabel *trust_label;
  GtkLabel *data_label;
  GtkWidget *accept_button;
  GtkWidget *decline_button;

  /* owned */
  VavAppHost *host;
  VavAppCaller *caller;
  guint clock; /* source that counts the seconds */
};

G_DEFINE_FINAL_TYPE (VavAppCallerRow, vav_app_caller_row, GTK_TYPE_LIST_BOX_ROW)

static gboolean
tick (gpointer user_data)
{
  VavAppCallerRow *self = user_data;
  VavPeer *peer = vav_request_get_peer (vav_app_caller_get_request (self->caller));
  g_autofree char *waited = vav_gtk_words_clock (vav_app_caller_get_waited (self->caller));
  g_autofree char *trust = vav_app_words_trust (peer, vav_endpoint_get_people (vav_app_host_get_endpoint (self->host)));
  /* Translators: how long somebody has waited, as 00:12, and how far they are trusted */
  g_autofree char *words = g_strdup_printf (_ ("%s · %s"), waited, trust);

  gtk_label_set_label (self->trust_label, words);
  return G_SOURCE_CONTINUE;
}

static void
on_accept (VavAppCallerRow *self)
{
  g_autoptr (VavAppCaller) caller = g_object_ref (self->caller);

  vav_app_host_answer (self->host, caller, VAV_FLOW_ALL);
}

static void
on_decline (VavAppCallerRow *self)
{
  g_autoptr (VavAppCaller) caller = g_object_ref (self->caller);

  vav_app_caller_decline (caller, NULL);
}

static void
name_button (GtkWidget *button, const char *words)
{
  vav_app_tooltip_set (button, words);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);
}

static void
fill (VavAppCallerRow *self)
{
  const char *name = vav_app_caller_get_name (self->caller);
  g_autofree char *line = vav_app_words_line (self->caller);
  /* Translators: %s is a person's name */
  g_autofree char *accept = g_strdup_printf (_ ("Answer %s"), name);
  /* Translators: %s is a person's name */
  g_autofree char *decline = g_strdup_printf (_ ("Decline %s"), name);

  vav_app_portrait_show (self->avatar, vav_endpoint_get_people (vav_app_host_get_endpoint (self->host)),
                         vav_request_get_peer (vav_app_caller_get_request (self->caller)), name);
  gtk_label_set_label (self->name_label, name);
  gtk_label_set_label (self->data_label, line != NULL ? line : "");
  gtk_widget_set_visible (GTK_WIDGET (self->data_label), line != NULL);
  name_button (self->accept_button, accept);
  name_button (self->decline_button, decline);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  tick (self);
}

static void
vav_app_caller_row_dispose (GObject *object)
{
  VavAppCallerRow *self = VAV_APP_CALLER_ROW (object);

  g_clear_handle_id (&self->clock, g_source_remove);
  g_clear_object (&self->caller);
  g_clear_object (&self->host);
  gtk_widget_dispose_template (GTK_WIDGET (self), VAV_APP_TYPE_CALLER_ROW);
  G_OBJECT_CLASS (vav_app_caller_row_parent_class)->dispose (object);
}

static void
vav_app_caller_row_class_init (VavAppCallerRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = vav_app_caller_row_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/visavis/Visavis/vav-app-caller-row.ui");
  gtk_widget_class_bind_template_child (widget_class, VavAppCallerRow, avatar);
  gtk_widget_class_bind_template_child (widget_class, VavAppCallerRow, name_label);
  gtk_widget_class_bind_template_child (widget_class, VavAppCallerRow, trust_label);
  gtk_widget_class_bind_template_child (widget_class, VavAppCallerRow, data_label);
  gtk_widget_class_bind_template_child (widget_class, VavAppCallerRow, accept_button);
  gtk_widget_class_bind_template_child (widget_class, VavAppCallerRow, decline_button);
  gtk_widget_class_bind_template_callback (widget_class, on_accept);
  gtk_widget_class_bind_template_callback (widget_class, on_decline);
}

static void
vav_app_caller_row_init (VavAppCallerRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
vav_app_caller_row_new (VavAppHost *host, VavAppCaller *caller)
{
  VavAppCallerRow *self = g_object_new (VAV_APP_TYPE_CALLER_ROW, NULL);

  self->host = g_object_ref (host);
  self->caller = g_object_ref (caller);
  self->clock = g_timeout_add_seconds (1, tick, self);
  fill (self);
  return GTK_WIDGET (self);
}
