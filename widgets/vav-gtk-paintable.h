/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gdk/gdk.h>

G_BEGIN_DECLS

/* A #GdkPaintable that shows the texture it was last given. Main thread only. Private to the library: others see a GdkPaintable. */
#define VAV_GTK_TYPE_PAINTABLE (vav_gtk_paintable_get_type ())
G_DECLARE_FINAL_TYPE (VavGtkPaintable, vav_gtk_paintable, VAV_GTK, PAINTABLE, GObject)

VavGtkPaintable *vav_gtk_paintable_new (void);
void vav_gtk_paintable_set_texture (VavGtkPaintable *self, GdkTexture *texture);
void vav_gtk_paintable_set_cairo (VavGtkPaintable *self, gboolean cairo);

/* Says that @surface (transfer full) has the same picture, in the same memory. Any thread, before anybody else has the texture. */
void vav_gtk_paintable_add_surface (GdkTexture *texture, cairo_surface_t *surface);

G_END_DECLS
