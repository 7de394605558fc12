/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "widgets/vav-gtk-paintable.h"

#include <gtk/gtk.h>

struct _VavGtkPaintable
{
  GObject parent_instance;

  GdkTexture *texture; /* owned, nullable */
  gboolean cairo;
};

static const char surface_key[] = "vav-gtk-surface";

static void
destroy_surface (gpointer surface)
{
  cairo_surface_destroy (surface);
}

/* GTK's cairo renderer converts a texture each time that it draws it, byte by byte. What was recorded of cairo it only copies, once for each frame.
 *
 * The surface lives as long as the record: else cairo would take a copy for that as well. */
static void
draw_surface (cairo_surface_t *surface, cairo_t *cr, double across, double down)
{
  static const cairo_user_data_key_t key;

  cairo_surface_reference (surface);
  if (cairo_surface_set_user_data (cairo_get_target (cr), &key, surface, destroy_surface) != CAIRO_STATUS_SUCCESS)
    cairo_surface_destroy (surface);
  cairo_scale (cr, across, down);
  cairo_set_source_surface (cr, surface, 0, 0);
  /* where it is scaled, to the last pixel; where it is not, this would only keep cairo from its quickest way */
  if (across < 1 || across > 1 || down < 1 || down > 1)
    cairo_pattern_set_extend (cairo_get_source (cr), CAIRO_EXTEND_PAD);
  cairo_paint (cr);
}

static void
vav_gtk_paintable_snapshot (GdkPaintable *paintable, GdkSnapshot *snapshot, double width, double height)
{
  VavGtkPaintable *self = VAV_GTK_PAINTABLE (paintable);
  const graphene_rect_t area = GRAPHENE_RECT_INIT (0, 0, (float)width, (float)height);
  cairo_surface_t *surface;
  cairo_t *cr;

  if (self->texture == NULL)
    return;
  surface = self->cairo ? g_object_get_data (G_OBJECT (self->texture), surface_key) : NULL;
  if (surface == NULL)
    {
      gtk_snapshot_append_texture (GTK_SNAPSHOT (snapshot), self->texture, &area);
      return;
    }
  cr = gtk_snapshot_append_cairo (GTK_SNAPSHOT (snapshot), &area);
  draw_surface (surface, cr, width / gdk_texture_get_width (self->texture),
                height / gdk_texture_get_height (self->texture));
  cairo_destroy (cr);
}

static GdkPaintable *
vav_gtk_paintable_get_current_image (GdkPaintable *paintable)
{
  VavGtkPaintable *self = VAV_GTK_PAINTABLE (paintable);

  if (self->texture != NULL)
    return GDK_PAINTABLE (g_object_ref (self->texture));
  return gdk_paintable_new_empty (0, 0);
}

static int
vav_gtk_paintable_get_intrinsic_width (GdkPaintable *paintable)
{
  VavGtkPaintable *self = VAV_GTK_PAINTABLE (paintable);

  return self->texture != NULL ? gdk_texture_get_width (self->texture) : 0;
}

static int
vav_gtk_paintable_get_intrinsic_height (GdkPaintable *paintable)
{
  VavGtkPaintable *self = VAV_GTK_PAINTABLE (paintable);

  return self->texture != NULL ? gdk_texture_get_height (self->texture) : 0;
}

static void
vav_gtk_paintable_iface_init (GdkPaintableInterface *iface)
{
  iface->snapshot = vav_gtk_paintable_snapshot;
  iface->get_current_image = vav_gtk_paintable_get_current_image;
  iface->get_intrinsic_width = vav_gtk_paintable_get_intrinsic_width;
  iface->get_intrinsic_height = vav_gtk_paintable_get_intrinsic_height;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (VavGtkPaintable, vav_gtk_paintable, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (GDK_TYPE_PAINTABLE, vav_gtk_paintable_iface_init))

static void
vav_gtk_paintable_dispose (GObject *object)
{
  g_clear_object (&VAV_GTK_PAINTABLE (object)->texture);
  G_OBJECT_CLASS (vav_gtk_paintable_parent_class)->dispose (object);
}

static void
vav_gtk_paintable_class_init (VavGtkPaintableClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = vav_gtk_paintable_dispose;
}

static void
vav_gtk_paintable_init (VavGtkPaintable *self)
{
}

VavGtkPaintable *
vav_gtk_paintable_new (void)
{
  return g_object_new (VAV_GTK_TYPE_PAINTABLE, NULL);
}

/*
 * vav_gtk_paintable_set_texture:
 * @texture: (nullable): what is shown from now on; %NULL: nothing, the paintable has no size
 */
void
vav_gtk_paintable_set_texture (VavGtkPaintable *self, GdkTexture *texture)
{
  int width, height;

  g_return_if_fail (VAV_GTK_IS_PAINTABLE (self));

  width = gdk_paintable_get_intrinsic_width (GDK_PAINTABLE (self));
  height = gdk_paintable_get_intrinsic_height (GDK_PAINTABLE (self));
  if (!g_set_object (&self->texture, texture))
    return;
  if (width != gdk_paintable_get_intrinsic_width (GDK_PAINTABLE (self))
      || height != gdk_paintable_get_intrinsic_height (GDK_PAINTABLE (self)))
    gdk_paintable_invalidate_size (GDK_PAINTABLE (self));
  gdk_paintable_invalidate_contents (GDK_PAINTABLE (self));
}

/*
 * vav_gtk_paintable_set_cairo:
 * @cairo: it is drawn by GTK's cairo renderer: surfaces are better than textures
 */
void
vav_gtk_paintable_set_cairo (VavGtkPaintable *self, gboolean cairo)
{
  g_return_if_fail (VAV_GTK_IS_PAINTABLE (self));
  self->cairo = cairo;
}

void
vav_gtk_paintable_add_surface (GdkTexture *texture, cairo_surface_t *surface)
{
  g_object_set_data_full (G_OBJECT (texture), surface_key, surface, destroy_surface);
}
