/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>
#include <gtk/gtk.h>

#include "net/visavis.h"

G_BEGIN_DECLS

/**
 * VavGtkDisplay:
 *
 * One direction of a stream's picture, or the picture of a preview, made ready for the screen once for all views that show it: from the stream's outlet, scaled to the largest view, to a
 * paintable. Works only while the flow runs and a view is to be seen. The own picture opens the camera for that while the call is not up yet: from dialling, or
 * from accepting, on. Private to the library.
 *
 * Properties: `paintable` (nullable): changes with every run of the flow, so an old picture never comes back.
 */
#define VAV_GTK_TYPE_DISPLAY (vav_gtk_display_get_type ())
G_DECLARE_FINAL_TYPE (VavGtkDisplay, vav_gtk_display, VAV_GTK, DISPLAY, GObject)

typedef enum
{
  VAV_GTK_DISPLAY_REMOTE,
  VAV_GTK_DISPLAY_OWN,
} VavGtkDisplayKind;

VavGtkDisplay *vav_gtk_display_get (VavStream *stream, VavGtkDisplayKind kind);
VavGtkDisplay *vav_gtk_display_get_for_preview (VavPreview *preview);
GdkPaintable *vav_gtk_display_get_paintable (VavGtkDisplay *self);
gboolean vav_gtk_display_is_whole (VavGtkDisplay *self);
GstSample *
vav_gtk_display_dup_sample (VavGtkDisplay *self); /* (transfer full) (nullable): the last picture, at full size */
void vav_gtk_display_set_demand (VavGtkDisplay *self, GtkWidget *view, int width, int height);

G_END_DECLS
