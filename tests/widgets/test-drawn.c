/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/lib/tolerate.h"
#include "tests/widgets/room.h"
#include "widgets/vav-gtk-display.h"
#include "widgets/vav-gtk-video-view.h"

/* What it takes to draw a call without GL: the picture is scaled once, before it is converted, and goes to the screen as it is. */

static GdkPaintable *
paintable_of (Room *room)
{
  return vav_gtk_display_get_paintable (vav_gtk_display_get (room->pair.anna.stream, VAV_GTK_DISPLAY_REMOTE));
}

/* Whether the picture that is there was scaled for the view as large as that is now. */
static gboolean
fits (Room *room)
{
  GtkWidget *view = find_class (GTK_WIDGET (room->view), "remote");
  GdkPaintable *paintable = paintable_of (room);
  int width = gtk_widget_get_width (view), height = gtk_widget_get_height (view);

  if (paintable == NULL || gtk_widget_get_opacity (view) < 0.5)
    return FALSE;
  return ABS (gdk_paintable_get_intrinsic_height (paintable) - height) <= 1
         && gdk_paintable_get_intrinsic_width (paintable) >= width;
}

/* What a widget shows now. Returns: (transfer full): 32 bits a pixel */
static cairo_surface_t *
draw (GtkWidget *widget)
{
  int width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, width, height);
  cairo_t *cr = cairo_create (surface);
  GtkSnapshot *snapshot = gtk_snapshot_new ();
  GskRenderNode *node;

  GTK_WIDGET_GET_CLASS (widget)->snapshot (widget, snapshot);
  node = gtk_snapshot_free_to_node (snapshot);
  g_assert_nonnull (node);
  gsk_render_node_draw (node, cr);
  gsk_render_node_unref (node);
  cairo_destroy (cr);
  cairo_surface_flush (surface);
  return surface;
}

static guint32
pixel_of (const guint8 *pixels, int stride, int x, int y)
{
  return *(const guint32 *)(gconstpointer)(pixels + y * stride + 4 * x) & 0xffffff;
}

/* How many pixels of the view are not those of the picture, whose middle is in the view's middle. */
static guint
count_other_pixels (GtkWidget *view, GdkPaintable *paintable)
{
  g_autoptr (GdkPaintable) image = gdk_paintable_get_current_image (paintable);
  GdkTexture *texture = GDK_TEXTURE (image);
  int width = gdk_texture_get_width (texture), stride = 4 * width;
  g_autofree guint8 *picture = g_malloc ((gsize)stride * (gsize)gdk_texture_get_height (texture));
  cairo_surface_t *drawn = draw (view);
  int left = (width - gtk_widget_get_width (view) + 1) / 2;
  int top = (gdk_texture_get_height (texture) - gtk_widget_get_height (view) + 1) / 2;
  guint others = 0;

  gdk_texture_download (texture, picture, (gsize)stride);
  for (int y = 0; y < gtk_widget_get_height (view); y++)
    for (int x = 0; x < gtk_widget_get_width (view); x++)
      others += pixel_of (picture, stride, x + left, y + top)
                != pixel_of (cairo_image_surface_get_data (drawn), cairo_image_surface_get_stride (drawn), x, y);
  cairo_surface_destroy (drawn);
  return others;
}

/* In windows of even and odd sizes: what is scaled a second time differs nearly everywhere where something is to be seen. */
static void
test_pixels (Room *room, gconstpointer media)
{
  static const int sizes[][2] = { { 640, 480 }, { 713, 437 }, { 500, 333 } };

  g_test_summary ("the picture of a call is scaled once, and drawn pixel by pixel as it was scaled");
  begin_call (room);
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      GtkWidget *view = find_class (GTK_WIDGET (room->view), "remote");

      gtk_window_set_default_size (GTK_WINDOW (room->window), sizes[i][0], sizes[i][1]);
      wait_until (gtk_widget_get_width (GTK_WIDGET (room->view)) == sizes[i][0]);
      wait_until (fits (room));
      g_assert_cmpuint (count_other_pixels (view, paintable_of (room)), ==, 0);
    }
}

static gboolean
has_node (GskRenderNode *node, GskRenderNodeType type)
{
  if (gsk_render_node_get_node_type (node) == type)
    return TRUE;
  if (gsk_render_node_get_node_type (node) == GSK_CLIP_NODE)
    return has_node (gsk_clip_node_get_child (node), type);
  if (gsk_render_node_get_node_type (node) == GSK_TRANSFORM_NODE)
    return has_node (gsk_transform_node_get_child (node), type);
  if (gsk_render_node_get_node_type (node) == GSK_CONTAINER_NODE)
    for (guint i = 0; i < gsk_container_node_get_n_children (node); i++)
      if (has_node (gsk_container_node_get_child (node, i), type))
        return TRUE;
  return FALSE;
}

/* No texture, which GTK's cairo renderer would convert for each frame. */
static void
test_no_texture (Room *room, gconstpointer media)
{
  GtkWidget *view = find_class (GTK_WIDGET (room->view), "remote");
  GskRenderNode *node;
  GtkSnapshot *snapshot;

  g_test_summary ("without GL the picture of a call is drawn from the memory that GStreamer made it in");
  begin_call (room);
  wait_until (fits (room));
  g_assert_true (GSK_IS_CAIRO_RENDERER (gtk_native_get_renderer (GTK_NATIVE (room->window))));
  snapshot = gtk_snapshot_new ();
  GTK_WIDGET_GET_CLASS (view)->snapshot (view, snapshot);
  node = gtk_snapshot_free_to_node (snapshot);
  g_assert_true (has_node (node, GSK_CAIRO_NODE));
  g_assert_false (has_node (node, GSK_TEXTURE_NODE));
  gsk_render_node_unref (node);
}

int
main (int argc, char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
#define ADD(name, func) g_test_add ("/widgets/drawn/" name, Room, "test", room_set_up, func, room_tear_down)
  ADD ("pixels", test_pixels);
  ADD ("no-texture", test_no_texture);
  return tolerate_exit (g_test_run ());
}
