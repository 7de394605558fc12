/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/vav-app-call-row.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "app/vav-app-portrait.h"
#include "app/vav-app-tooltip.h"
#include "widgets/visavis-gtk.h"

struct _VavAppCallRow
{
  GtkListBoxRow parent_instance;

  /* template children */
  AdwAvatar *avatar;
  GtkLabel *name_label;
  GtkLabel *state_label;
  GtkWidget *end_button;

  VavStream *stream; /* owned */
  gboolean shown;
};

G_DEFINE_FINAL_TYPE (VavAppCallRow, vav_app_call_row, GTK_TYPE_LIST_BOX_ROW)

static char *
describe (VavAppCallRow *self)
{
  g_autofree char *words = vav_gtk_words_state (self->stream);

  if (*words != '\0')
    return g_steal_pointer (&words);
  if (vav_stream_get_held (self->stream))
    return g_strdup (_ ("On hold · click to resume"));
  return g_strdup (self->shown ? _ ("In the window") : _ ("In the background"));
}

static void
update (VavAppCallRow *self)
{
  g_autofree char *name = vav_gtk_words_name (self->stream);
  g_autofree char *words = describe (self);
  /* Translators: %s is a person's name or an address */
  g_autofree char *end = g_strdup_printf (_ ("End the call with %s"), name);

  vav_app_portrait_show (self->avatar, vav_endpoint_get_people (vav_stream_get_endpoint (self->stream)),
                         vav_stream_get_peer (self->stream), name);
  gtk_label_set_label (self->name_label, name);
  gtk_label_set_label (self->state_label, words);
  vav_app_tooltip_set (self->end_button, end);
  gtk_widget_set_sensitive (self->end_button, vav_stream_get_state (self->stream) != VAV_STATE_CLOSING);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->end_button), GTK_ACCESSIBLE_PROPERTY_LABEL, end, -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, name,
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, words, -1);
}

static void
on_end (VavAppCallRow *self)
{
  g_autoptr (VavStream) stream = g_object_ref (self->stream);

  vav_stream_hang_up (stream, NULL);
}

static void
vav_app_call_row_dispose (GObject *object)
{
  g_clear_object (&VAV_APP_CALL_ROW (object)->stream);
  gtk_widget_dispose_template (GTK_WIDGET (object), VAV_APP_TYPE_CALL_ROW);
  G_OBJECT_CLASS (vav_app_call_row_parent_class)->dispose (object);
}

static void
vav_app_call_row_class_init (VavAppCallRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = vav_app_call_row_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/visavis/Visavis/vav-app-call-row.ui");
  gtk_widget_class_bind_template_child (widget_class, VavAppCallRow, avatar);
  gtk_widget_class_bind_template_child (widget_class, VavAppCallRow, name_label);
  gtk_widget_class_bind_template_child (widget_class, VavAppCallRow, state_label);
  gtk_widget_class_bind_template_child (widget_class, VavAppCallRow, end_button);
  gtk_widget_class_bind_template_callback (widget_class, on_end);
}

static void
vav_app_call_row_init (VavAppCallRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
vav_app_call_row_new (VavStream *stream)
{
  static const char *const changing[]
      = { "notify::state", "notify::peer", "notify::flows", "notify::peer-flows", "notify::held" };
  VavAppCallRow *self = g_object_new (VAV_APP_TYPE_CALL_ROW, NULL);

  self->stream = g_object_ref (stream);
  for (gsize i = 0; i < G_N_ELEMENTS (changing); i++)
    g_signal_connect_object (stream, changing[i], G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
  return GTK_WIDGET (self);
}

VavStream *
vav_app_call_row_get_stream (VavAppCallRow *self)
{
  return self->stream;
}

void
vav_app_call_row_set_shown (VavAppCallRow *self, gboolean shown)
{
  self->shown = shown;
  update (self);
}
