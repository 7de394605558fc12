/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <gdk/x11/gdkx.h>
#include <gst/video/video.h>
#include <gtk/gtk.h>
#include <math.h>

#include "tests/lib/tolerate.h"
#include "tests/widgets/room.h"

/* The view in real calls: what is drawn is what came. */

/* --- colours: chroma (U and V, -0.5 to 0.5) tells the two test pictures apart, whatever moves in them --- */

typedef struct
{
  GMutex lock;
  double u, v;
  gboolean seen;
} Chroma;

static void
measure_sample (gpointer data, gpointer user_data)
{
  Chroma *chroma = user_data;
  GstVideoInfo info;
  GstVideoFrame frame;
  double sums[2] = { 0, 0 };
  int n = 0;

  g_assert_true (gst_video_info_from_caps (&info, gst_sample_get_caps (data)));
  g_assert_cmpint (GST_VIDEO_INFO_FORMAT (&info), ==, GST_VIDEO_FORMAT_I420);
  g_assert_true (gst_video_frame_map (&frame, &info, gst_sample_get_buffer (data), GST_MAP_READ));
  for (int y = 0; y < GST_VIDEO_FRAME_COMP_HEIGHT (&frame, 1); y += 4)
    for (int x = 0; x < GST_VIDEO_FRAME_COMP_WIDTH (&frame, 1); x += 4, n++)
      for (int plane = 0; plane < 2; plane++)
        sums[plane] += ((guint8 *)GST_VIDEO_FRAME_PLANE_DATA (
            &frame, plane + 1))[y * GST_VIDEO_FRAME_PLANE_STRIDE (&frame, plane + 1) + x];
  gst_video_frame_unmap (&frame);
  g_mutex_lock (&chroma->lock);
  chroma->u = sums[0] / n / 255 - 128.0 / 255;
  chroma->v = sums[1] / n / 255 - 128.0 / 255;
  chroma->seen = TRUE;
  g_mutex_unlock (&chroma->lock);
}

static Chroma
sent_chroma (VavOutlet *outlet)
{
  Chroma chroma = { .seen = FALSE };
  guint id;

  g_mutex_init (&chroma.lock);
  id = vav_outlet_attach (outlet, measure_sample, &chroma, NULL);
  wait_until (chroma.seen);
  vav_outlet_detach (outlet, id);
  return chroma;
}

static Chroma
drawn_chroma (GtkWidget *widget)
{
  g_autoptr (GdkPaintable) paintable = gtk_widget_paintable_new (widget);
  int width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, width, height);
  cairo_t *cr = cairo_create (surface);
  GtkSnapshot *snapshot = gtk_snapshot_new ();
  GskRenderNode *node;
  double red = 0, green = 0, blue = 0;

  gdk_paintable_snapshot (paintable, GDK_SNAPSHOT (snapshot), width, height);
  node = gtk_snapshot_free_to_node (snapshot);
  if (node != NULL)
    gsk_render_node_draw (node, cr);
  g_clear_pointer (&node, gsk_render_node_unref);
  cairo_surface_flush (surface);
  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++)
      {
        const guint8 *pixel
            = cairo_image_surface_get_data (surface) + y * cairo_image_surface_get_stride (surface) + 4 * x;

        blue += pixel[0] / 255.0 / (width * height);
        green += pixel[1] / 255.0 / (width * height);
        red += pixel[2] / 255.0 / (width * height);
      }
  cairo_destroy (cr);
  cairo_surface_destroy (surface);
  return (Chroma){ .u = -0.148 * red - 0.291 * green + 0.439 * blue, .v = 0.439 * red - 0.368 * green - 0.071 * blue };
}

/* Whether a colour has the hue of the one rather than of the other: white letters and black bars make it paler, not another. */
static gboolean
resembles (Chroma colour, Chroma one, Chroma other)
{
  double strength = hypot (colour.u, colour.v);
  double to_one = (colour.u * one.u + colour.v * one.v) / hypot (one.u, one.v);
  double to_other = (colour.u * other.u + colour.v * other.v) / hypot (other.u, other.v);

  return strength > 0.01 && to_one > 0.9 * strength && to_one > to_other;
}

/* Large, the other side's picture; in the corner, one's own: compared by colour with what came out of the stream. */
static void
test_pictures (Room *room, gconstpointer media)
{
  GtkWidget *remote = find_class (GTK_WIDGET (room->view), "remote");
  GtkWidget *own = find_class (GTK_WIDGET (room->view), "own");
  Chroma theirs, ours;

  g_test_summary ("W1: the view shows the other side's picture large and one's own in the corner");
  begin_call (room);
  wait_until (gtk_widget_get_opacity (remote) > 0.5 && gtk_widget_get_opacity (own) > 0.5);
  theirs = sent_chroma (vav_stream_get_video_in (room->pair.anna.stream));
  ours = sent_chroma (vav_stream_get_video_out (room->pair.anna.stream));
  wait_until (resembles (drawn_chroma (remote), theirs, ours));
  wait_until (resembles (drawn_chroma (own), ours, theirs));
  wait_until (gtk_widget_get_width (own) < gtk_widget_get_width (remote) / 2);
}

/* `view` chooses among remote, own and both while the call runs. */
static void
test_view_modes (Room *room, gconstpointer media)
{
  GtkWidget *main_view = find_class (GTK_WIDGET (room->view), "remote");
  GtkWidget *own = find_class (GTK_WIDGET (room->view), "own");
  Chroma theirs, ours;

  g_test_summary ("W1: `view` chooses the remote picture, one's own, or both");
  begin_call (room);
  theirs = sent_chroma (vav_stream_get_video_in (room->pair.anna.stream));
  ours = sent_chroma (vav_stream_get_video_out (room->pair.anna.stream));
  vav_gtk_conference_set_view (room->view, VAV_GTK_VIEW_OWN);
  wait_until (!gtk_widget_get_mapped (own));
  wait_until (resembles (drawn_chroma (main_view), ours, theirs));
  vav_gtk_conference_set_view (room->view, VAV_GTK_VIEW_REMOTE);
  wait_until (resembles (drawn_chroma (main_view), theirs, ours));
  g_assert_false (gtk_widget_get_mapped (own));
  vav_gtk_conference_set_view (room->view, VAV_GTK_VIEW_BOTH);
  wait_until (gtk_widget_get_opacity (own) > 0.5);
}

/* Two views share the work: one consumer at the outlet. None is seen: none, nothing is scaled or drawn. */
static void
test_shared (Room *room, gconstpointer media)
{
  VavOutlet *outlet = vav_stream_get_video_in (room->pair.anna.stream);
  guint before = vav_outlet_get_n_consumers (outlet);
  GtkWidget *second_window = gtk_window_new ();
  VavGtkConference *second = VAV_GTK_CONFERENCE (vav_gtk_conference_new ());

  g_test_summary ("W2: several views show one stream, and share the work");
  vav_gtk_conference_set_stream (second, room->pair.anna.stream);
  gtk_window_set_child (GTK_WINDOW (second_window), GTK_WIDGET (second));
  gtk_window_present (GTK_WINDOW (second_window));
  begin_call (room);
  wait_until (gtk_widget_get_opacity (find_class (GTK_WIDGET (second), "remote")) > 0.5);
  g_assert_cmpuint (vav_outlet_get_n_consumers (outlet), ==, before + 1);
  gtk_widget_set_visible (room->window, FALSE);
  g_assert_cmpuint (vav_outlet_get_n_consumers (outlet), ==, before + 1);
  gtk_widget_set_visible (second_window, FALSE);
  g_assert_cmpuint (vav_outlet_get_n_consumers (outlet), ==, before);
  gtk_widget_set_visible (room->window, TRUE);
  wait_until (vav_outlet_get_n_consumers (outlet) == before + 1);
  gtk_window_destroy (GTK_WINDOW (second_window));
}

/* A window manager unmaps the window that it minimises, and maps it again. */
static void
show_on_screen (GtkWidget *window, gboolean shown)
{
  GdkSurface *surface = gtk_native_get_surface (GTK_NATIVE (window));
  Display *display = gdk_x11_display_get_xdisplay (gdk_surface_get_display (surface));

  G_GNUC_BEGIN_IGNORE_DEPRECATIONS
  if (shown)
    XMapWindow (display, gdk_x11_surface_get_xid (surface));
  else
    XUnmapWindow (display, gdk_x11_surface_get_xid (surface));
  G_GNUC_END_IGNORE_DEPRECATIONS
  XFlush (display);
}

static void
test_minimised (Room *room, gconstpointer media)
{
  VavOutlet *outlet = vav_stream_get_video_in (room->pair.anna.stream);
  guint before = vav_outlet_get_n_consumers (outlet);

  g_test_summary ("A window that is minimised takes no picture: none is scaled, converted or drawn; it takes them "
                  "again when it is back");
  begin_call (room);
  wait_until (vav_outlet_get_n_consumers (outlet) == before + 1);
  wait_until (gtk_widget_get_opacity (find_class (GTK_WIDGET (room->view), "remote")) > 0.5);
  show_on_screen (room->window, FALSE);
  wait_until (vav_outlet_get_n_consumers (outlet) == before);
  g_assert_true (gtk_widget_get_mapped (GTK_WIDGET (room->view)));
  show_on_screen (room->window, TRUE);
  wait_until (vav_outlet_get_n_consumers (outlet) == before + 1);
}

static void
test_two_streams (Room *room, gconstpointer media)
{
  GtkWidget *view = GTK_WIDGET (room->view);
  GtkWidget *second = vav_gtk_conference_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  g_autoptr (VavStream) line = vav_stream_new (room->pair.anna.endpoint);
  Party carl;

  g_test_summary ("W2: a program holds two streams in two calls at once; the views of both are in one window, each "
                  "with its own picture");
  g_object_ref (view);
  gtk_window_set_child (GTK_WINDOW (room->window), NULL);
  gtk_box_append (GTK_BOX (box), view);
  gtk_box_append (GTK_BOX (box), second);
  g_object_unref (view);
  gtk_widget_set_vexpand (second, TRUE);
  gtk_window_set_child (GTK_WINDOW (room->window), box);
  vav_gtk_conference_set_stream (VAV_GTK_CONFERENCE (second), line);
  party_init (&carl, "Carl", NULL, "test");
  party_listen (&carl, "127.0.0.1:0");
  carl.manner = PARTY_ACCEPTS;

  begin_call (room);
  vav_stream_set_address (line, vav_endpoint_get_listening_address (carl.endpoint));
  wait_until (vav_stream_get_state (line) == VAV_STATE_ACTIVE);
  g_assert_cmpuint (vav_stream_get_value (line), !=, vav_stream_get_value (room->pair.anna.stream));
  wait_until (gtk_widget_get_opacity (find_class (view, "remote")) > 0.5);
  wait_until (gtk_widget_get_opacity (find_class (second, "remote")) > 0.5);
  g_assert_true (gtk_widget_get_mapped (view) && gtk_widget_get_mapped (second));

  vav_stream_hang_up (line, NULL);
  wait_until (carl.n_ended == 1);
  g_assert_cmpint (party_state (&room->pair.anna), ==, VAV_STATE_ACTIVE);
  party_clear (&carl);
}

/* The controls act on the stream, and the other side reads in words what happened. */
static void
test_controls (Room *room, gconstpointer media)
{
  GtkWidget *view = GTK_WIDGET (room->view);
  Party *anna = &room->pair.anna, *bob = &room->pair.bob;

  begin_call (room);
  g_assert_true (vav_gtk_conference_get_microphone (room->view));
  gtk_widget_activate_action (view, "call.microphone", NULL);
  g_assert_false (vav_gtk_conference_get_microphone (room->view));
  g_assert_false ((vav_stream_get_flows (anna->stream) & VAV_FLOW_AUDIO_OUT) != 0);
  gtk_widget_activate_action (view, "call.camera", NULL);
  wait_until ((vav_stream_get_peer_flows (bob->stream) & VAV_FLOW_VIDEO_IN) == 0);
  vav_stream_stop (bob->stream, VAV_FLOW_VIDEO_OUT);
  wait_until (has_words (view, "Bob’s camera is off"));
  vav_stream_play (bob->stream, VAV_FLOW_VIDEO_OUT);
  wait_until (gtk_widget_get_opacity (find_class (view, "remote")) > 0.5);
  g_assert_false (has_words (view, "camera is off"));
  vav_stream_hang_up (bob->stream, NULL);
  wait_until (has_words (view, "Call ended. Bob hung up."));
  gtk_widget_activate_action (view, "call.again", NULL);
  wait_until (vav_stream_get_state (vav_gtk_conference_get_stream (room->view)) == VAV_STATE_ACTIVE);
  gtk_widget_activate_action (view, "call.hang-up", NULL);
  wait_until (has_words (view, "Call ended."));
  wait_until (bob->n_ended == 2);
}

/* While it rings the words say so, with the name as soon as it is known; a refusal is told in place. */
static void
test_words (Room *room, gconstpointer media)
{
  GtkWidget *view = GTK_WIDGET (room->view);

  party_call (&room->pair.anna, &room->pair.bob);
  wait_until (has_words (view, "Ringing…"));
  wait_until (has_words (view, "Bob"));
  vav_request_reject (room->pair.bob.request, VAV_REASON_DECLINED, NULL);
  wait_until (has_words (view, "Bob declined the call."));
  wait_until (has_words (view, "Call again"));
}

/* A view alone is enough to be called: who calls stands there, and the person accepts in it. */
static void
test_called (Room *room, gconstpointer media)
{
  GtkWidget *view = GTK_WIDGET (room->view);

  party_listen (&room->pair.anna, "127.0.0.1:0");
  party_call (&room->pair.bob, &room->pair.anna);
  wait_until (has_words (view, "Bob is calling…"));
  wait_until (gtk_widget_get_mapped (find_class (view, "accept")));
  gtk_widget_activate_action (view, "call.accept", NULL);
  wait_for_state (&room->pair.bob, VAV_STATE_ACTIVE);
  wait_until (gtk_widget_get_opacity (find_class (view, "remote")) > 0.5);
  g_assert_false (gtk_widget_get_visible (find_class (view, "accept")));
}

int
main (int argc, char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
#define ADD(name, func) g_test_add ("/widgets/calls/" name, Room, "test", room_set_up, func, room_tear_down)
  ADD ("pictures", test_pictures);
  ADD ("view-modes", test_view_modes);
  ADD ("shared", test_shared);
  ADD ("minimised", test_minimised);
  ADD ("two-streams", test_two_streams);
  ADD ("controls", test_controls);
  ADD ("words", test_words);
  ADD ("called", test_called);
  return tolerate_exit (g_test_run ());
}
