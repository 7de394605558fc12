/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/vav-app-notice.h"

#include <glib/gi18n.h>

struct _VavAppNotice
{
  GtkWidget parent_instance;

  /* template children */
  GtkWidget *box;
  GtkLabel *label;
  GtkWidget *test_picture_button;

  VavEndpoint *endpoint; /* owned, nullable */
};

G_DEFINE_FINAL_TYPE (VavAppNotice, vav_app_notice, GTK_TYPE_WIDGET)

static void
update (VavAppNotice *self)
{
  gboolean camera = vav_endpoint_has (self->endpoint, VAV_DEVICE_CAMERA);
  gboolean microphone = vav_endpoint_has (self->endpoint, VAV_DEVICE_MICROPHONE);
  const char *words;

  if (!camera && !microphone)
    words = _ ("No camera and no microphone can be used. In calls, people see your initials and do not hear you.");
  else if (!camera)
    words = _ ("No camera can be used. In calls, people hear you and see your initials.");
  else
    words = _ ("No microphone can be used. In calls, people see you and do not hear you.");
  gtk_widget_set_visible (GTK_WIDGET (self), !camera || !microphone);
  gtk_label_set_label (self->label, words);
  gtk_widget_set_visible (self->test_picture_button, !camera);
}

static void
on_test_picture (VavAppNotice *self)
{
  if (self->endpoint != NULL)
    vav_endpoint_set_test_picture (self->endpoint, TRUE);
}

static void
vav_app_notice_dispose (GObject *object)
{
  VavAppNotice *self = VAV_APP_NOTICE (object);

  g_clear_object (&self->endpoint);
  g_clear_pointer (&self->box, gtk_widget_unparent);
  G_OBJECT_CLASS (vav_app_notice_parent_class)->dispose (object);
}

static void
vav_app_notice_class_init (VavAppNoticeClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = vav_app_notice_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/visavis/Visavis/vav-app-notice.ui");
  gtk_widget_class_bind_template_child (widget_class, VavAppNotice, box);
  gtk_widget_class_bind_template_child (widget_class, VavAppNotice, label);
  gtk_widget_class_bind_template_child (widget_class, VavAppNotice, test_picture_button);
  gtk_widget_class_bind_template_callback (widget_class, on_test_picture);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "notice");
}

static void
vav_app_notice_init (VavAppNotice *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}

void
vav_app_notice_set_endpoint (VavAppNotice *self, VavEndpoint *endpoint)
{
  g_return_if_fail (self->endpoint == NULL);

  /* who wants neither has no need of being told */
  if (g_str_equal (vav_endpoint_get_source (endpoint), "none"))
    return;
  self->endpoint = g_object_ref (endpoint);
  g_signal_connect_object (endpoint, "notify::has-camera", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (endpoint, "notify::has-microphone", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
}
