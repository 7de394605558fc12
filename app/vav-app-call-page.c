/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/vav-app-call-page.h"

struct _VavAppCallPage
{
  GtkWidget parent_instance;

  /* template children */
  VavGtkConference *conference;
};

G_DEFINE_FINAL_TYPE (VavAppCallPage, vav_app_call_page, GTK_TYPE_WIDGET)

static void
vav_app_call_page_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), VAV_APP_TYPE_CALL_PAGE);
  G_OBJECT_CLASS (vav_app_call_page_parent_class)->dispose (object);
}

static void
vav_app_call_page_class_init (VavAppCallPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = vav_app_call_page_dispose;
  vav_gtk_init ();
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "callpage");
  gtk_widget_class_set_template_from_resource (widget_class, "/org/visavis/Visavis/vav-app-call-page.ui");
  gtk_widget_class_bind_template_child (widget_class, VavAppCallPage, conference);
}

static void
vav_app_call_page_init (VavAppCallPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

VavStream *
vav_app_call_page_get_stream (VavAppCallPage *self)
{
  return vav_gtk_conference_get_stream (self->conference);
}

void
vav_app_call_page_set_stream (VavAppCallPage *self, VavStream *stream)
{
  vav_gtk_conference_set_stream (self->conference, stream);
}

VavGtkConference *
vav_app_call_page_get_conference (VavAppCallPage *self)
{
  return self->conference;
}
