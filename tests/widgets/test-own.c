/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/lib/tolerate.h"
#include "tests/widgets/room.h"
#include "widgets/vav-gtk-display.h"
#include "widgets/vav-gtk-video-view.h"

/* The small picture: moved with the real pointer and real keys, and swapped with the large one. */

static GtkWidget *
own (Room *room)
{
  return find_class (GTK_WIDGET (room->view), "own");
}

static GtkWidget *
large (Room *room)
{
  return find_class (GTK_WIDGET (room->view), "remote");
}

/* At which side of the view it stands: -1 left or top, 1 right or bottom; 0 while it is under way. At the bottom it may be over the controls. */
static void
place (Room *room, int *across, int *down)
{
  GtkWidget *view = GTK_WIDGET (room->view);
  graphene_rect_t bounds;

  *across = *down = 0;
  if (!gtk_widget_compute_bounds (own (room), view, &bounds))
    return;
  if (bounds.origin.x < 30)
    *across = -1;
  if (bounds.origin.x + bounds.size.width > (float)gtk_widget_get_width (view) - 30)
    *across = 1;
  if (bounds.origin.y < 90)
    *down = -1;
  if (bounds.origin.y > (float)gtk_widget_get_height (view) / 2)
    *down = 1;
}

static gboolean
stands (Room *room, int across, int down)
{
  int x, y;

  place (room, &x, &y);
  return x == across && y == down;
}

static void
begin (Room *room)
{
  begin_call (room);
  wait_until (gtk_widget_get_opacity (large (room)) > 0.5 && gtk_widget_get_opacity (own (room)) > 0.5);
  wait_until (stands (room, 1, 1));
}

static void
on_notify (guint *n)
{
  (*n)++;
}

static void
test_drag (Room *room, gconstpointer media)
{
  static const struct
  {
    double x, y;
    int across, down;
    VavGtkCorner corner;
  } corners[] = { { 0.3, 0.3, -1, -1, VAV_GTK_CORNER_TOP_START },
                  { 0.8, 0.2, 1, -1, VAV_GTK_CORNER_TOP_END },
                  { 0.3, 0.9, -1, 1, VAV_GTK_CORNER_BOTTOM_START },
                  { 0.9, 0.9, 1, 1, VAV_GTK_CORNER_BOTTOM_END } };
  guint n = 0;

  g_test_summary ("A6: the own picture is dragged into any corner, and stands in the nearest when it is let go");
  begin (room);
  g_signal_connect_swapped (room->view, "notify::own-corner", G_CALLBACK (on_notify), &n);
  for (guint i = 0; i < G_N_ELEMENTS (corners); i++)
    {
      if (!point_at (own (room), 0.5, 0.5))
        return;
      act ("mousedown 1");
      point_at (GTK_WIDGET (room->view), (corners[i].x + 0.5) / 2, (corners[i].y + 0.5) / 2);
      point_at (GTK_WIDGET (room->view), corners[i].x, corners[i].y);
      act ("mouseup 1");
      /* it may be there before it is let go */
      wait_until (n > i && stands (room, corners[i].across, corners[i].down));
      g_assert_cmpint (vav_gtk_conference_get_own_corner (room->view), ==, corners[i].corner);
      g_assert_cmpuint (n, ==, i + 1);
      g_assert_false (vav_gtk_conference_get_swapped (room->view));
    }
}

/* The two test pictures have one aspect; which of them is shown large is told by the size that it is scaled to. */
static int
height_of (Room *room, VavGtkDisplayKind kind)
{
  GdkPaintable *paintable = vav_gtk_display_get_paintable (vav_gtk_display_get (room->pair.anna.stream, kind));

  return paintable != NULL ? gdk_paintable_get_intrinsic_height (paintable) : 0;
}

static void
test_swap (Room *room, gconstpointer media)
{
  g_test_summary (
      "W1: a click on the small picture swaps it with the large one; without one of them the other side is large");
  begin (room);
  wait_until (height_of (room, VAV_GTK_DISPLAY_REMOTE) > 300 && height_of (room, VAV_GTK_DISPLAY_OWN) < 200);
  if (!point_at (own (room), 0.5, 0.5))
    return;
  act ("click 1");
  wait_until (vav_gtk_conference_get_swapped (room->view));
  wait_until (height_of (room, VAV_GTK_DISPLAY_REMOTE) < 200 && height_of (room, VAV_GTK_DISPLAY_OWN) > 300);
  gtk_test_accessible_assert_property (own (room), GTK_ACCESSIBLE_PROPERTY_LABEL, "Picture of the other side");

  vav_stream_stop (room->pair.anna.stream, VAV_FLOW_VIDEO_OUT);
  wait_until (height_of (room, VAV_GTK_DISPLAY_REMOTE) > 300);
  gtk_test_accessible_assert_property (large (room), GTK_ACCESSIBLE_PROPERTY_LABEL, "Picture of the other side");
  vav_stream_play (room->pair.anna.stream, VAV_FLOW_VIDEO_OUT);
  wait_until (height_of (room, VAV_GTK_DISPLAY_OWN) > 300);
  gtk_widget_activate_action (GTK_WIDGET (room->view), "call.swap", NULL);
  wait_until (height_of (room, VAV_GTK_DISPLAY_REMOTE) > 300 && height_of (room, VAV_GTK_DISPLAY_OWN) < 200);
}

static void
test_elsewhere (Room *room, gconstpointer media)
{
  VavStream *anna = room->pair.anna.stream;
  guint n = 0;

  g_test_summary ("W1: a click on a button, or on the large picture, does what it does there and swaps nothing");
  begin (room);
  g_signal_connect_swapped (room->view, "notify::swapped", G_CALLBACK (on_notify), &n);
  if (!point_at (GTK_WIDGET (room->view), 0.3, 0.4))
    return;
  act ("click 1");
  point_at (find_class (GTK_WIDGET (room->view), "level"), 0.5, 0.5);
  act ("click 1");
  wait_until ((vav_stream_get_flows (anna) & VAV_FLOW_AUDIO_OUT) == 0);
  act ("click 1");
  wait_until ((vav_stream_get_flows (anna) & VAV_FLOW_AUDIO_OUT) != 0);
  g_assert_cmpuint (n, ==, 0);
}

static void
test_keys (Room *room, gconstpointer media)
{
  g_test_summary ("A6: with the focus on the small picture the arrow keys move it and Enter swaps it");
  begin (room);
  g_assert_true (gtk_widget_grab_focus (own (room)));
  if (!point_at (GTK_WIDGET (room->view), 0.5, 0.4))
    return;
  act ("key Up");
  wait_until (stands (room, 1, -1));
  act ("key Left");
  wait_until (stands (room, -1, -1));
  act ("key Down");
  wait_until (stands (room, -1, 1));
  g_assert_cmpint (vav_gtk_conference_get_own_corner (room->view), ==, VAV_GTK_CORNER_BOTTOM_START);
  act ("key Return");
  wait_until (vav_gtk_conference_get_swapped (room->view));
}

/* Where text runs from right to left the corner is the other one, and the left arrow key still goes to the left. */
static void
test_rtl (Room *room, gconstpointer media)
{
  g_test_summary (
      "A6: right to left, the small picture stands on the left, and the arrow keys still mean what they show");
  begin (room);
  gtk_widget_set_direction (GTK_WIDGET (room->view), GTK_TEXT_DIR_RTL);
  wait_until (stands (room, -1, 1));
  g_assert_cmpint (vav_gtk_conference_get_own_corner (room->view), ==, VAV_GTK_CORNER_BOTTOM_END);
  g_assert_true (gtk_widget_grab_focus (own (room)));
  if (!point_at (GTK_WIDGET (room->view), 0.5, 0.4))
    return;
  act ("key Right");
  wait_until (stands (room, 1, 1));
  g_assert_cmpint (vav_gtk_conference_get_own_corner (room->view), ==, VAV_GTK_CORNER_BOTTOM_START);
}

/* A program's choice of corner holds, also without any animation. */
static void
test_property (Room *room, gconstpointer media)
{
  g_object_set (gtk_settings_get_default (), "gtk-enable-animations", FALSE, NULL);
  begin (room);
  g_object_set (room->view, "own-corner", VAV_GTK_CORNER_TOP_START, NULL);
  wait_until (stands (room, -1, -1));
  gtk_widget_activate_action (GTK_WIDGET (room->view), "call.corner", "s", "top-end");
  wait_until (stands (room, 1, -1));
  g_object_set (gtk_settings_get_default (), "gtk-enable-animations", TRUE, NULL);
}

/* The mean of red, green and blue of what a widget shows. Returns: whether it was drawn yet */
static gboolean
read_colour (GdkPaintable *paintable, double *colour)
{
  const int size = 32;
  GtkSnapshot *snapshot = gtk_snapshot_new ();
  GskRenderNode *node;
  cairo_surface_t *surface;
  cairo_t *cr;
  const guint8 *pixels;

  gdk_paintable_snapshot (paintable, GDK_SNAPSHOT (snapshot), size, size);
  node = gtk_snapshot_free_to_node (snapshot);
  if (node == NULL)
    return FALSE;
  surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, size, size);
  cr = cairo_create (surface);
  gsk_render_node_draw (node, cr);
  gsk_render_node_unref (node);
  cairo_surface_flush (surface);
  pixels = cairo_image_surface_get_data (surface);
  for (int c = 0; c < 3; c++)
    colour[c] = 0;
  for (int i = 0; i < size * size; i++)
    for (int c = 0; c < 3; c++)
      colour[c] += (double)pixels[4 * i + c] / (size * size);
  cairo_destroy (cr);
  cairo_surface_destroy (surface);
  return TRUE;
}

static double
difference (const double *a, const double *b)
{
  return MAX (MAX (ABS (a[0] - b[0]), ABS (a[1] - b[1])), ABS (a[2] - b[2]));
}

/* A view that stands still and is given another source does not show the one before under the other's name. */
static void
test_still_follows (Room *room, gconstpointer media)
{
  GtkWidget *window = gtk_window_new ();
  VavGtkVideoView *view = g_object_new (VAV_GTK_TYPE_VIDEO_VIEW, NULL);
  g_autoptr (GdkPaintable) seen = gtk_widget_paintable_new (GTK_WIDGET (view));
  double clear[3], bob[3], anna[3];

  g_test_summary ("the last picture of a call that does not go on is of whom the view shows");
  begin (room);
  gtk_window_set_default_size (GTK_WINDOW (window), 160, 90);
  gtk_window_set_child (GTK_WINDOW (window), GTK_WIDGET (view));
  gtk_window_present (GTK_WINDOW (window));
  vav_gtk_video_view_set_source (view, room->pair.anna.stream, VAV_GTK_DISPLAY_REMOTE);
  wait_until (gtk_widget_get_width (GTK_WIDGET (view)) > 100 && vav_gtk_video_view_get_aspect (view) > 0);
  wait_until (read_colour (seen, clear) && MAX (MAX (clear[0], clear[1]), clear[2]) > 40);
  vav_gtk_video_view_set_dimmed (view, TRUE);
  wait_until (read_colour (seen, bob) && difference (clear, bob) > 15); /* darker by nearly a half */
  vav_gtk_video_view_set_source (view, room->pair.anna.stream, VAV_GTK_DISPLAY_OWN);
  wait_until (read_colour (seen, anna) && difference (bob, anna) > 4);
  gtk_window_destroy (GTK_WINDOW (window));
}

int
main (int argc, char **argv)
{
  g_setenv ("GTK_A11Y", "test", TRUE);
  gtk_test_init (&argc, &argv, NULL);
#define ADD(name, func) g_test_add ("/widgets/own/" name, Room, "test", room_set_up, func, room_tear_down)
  ADD ("drag", test_drag);
  ADD ("swap", test_swap);
  ADD ("elsewhere", test_elsewhere);
  ADD ("keys", test_keys);
  ADD ("rtl", test_rtl);
  ADD ("property", test_property);
  ADD ("still-follows", test_still_follows);
  return tolerate_exit (g_test_run ());
}
