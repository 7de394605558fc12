/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/vav-app-devices.h"

struct _VavAppDevices
{
  AdwWindow parent_instance;

  /* template children */
  VavGtkDevices *devices;
};

G_DEFINE_FINAL_TYPE (VavAppDevices, vav_app_devices, ADW_TYPE_WINDOW)

static void
vav_app_devices_class_init (VavAppDevicesClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (VAV_GTK_TYPE_DEVICES);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/visavis/Visavis/vav-app-devices.ui");
  gtk_widget_class_bind_template_child (widget_class, VavAppDevices, devices);
}

static void
vav_app_devices_init (VavAppDevices *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
vav_app_devices_new (GtkWindow *parent, VavEndpoint *endpoint, gboolean preview)
{
  VavAppDevices *self = g_object_new (VAV_APP_TYPE_DEVICES, "transient-for", parent, NULL);

  vav_gtk_devices_set_endpoint (self->devices, endpoint);
  vav_gtk_devices_set_preview (self->devices, preview);
  return GTK_WIDGET (self);
}
