/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <gst/app/gstappsrc.h>
#include <gst/video/video.h>
#include <gtk/gtk.h>

#include "widgets/vav-gtk-paintable.h"
#include "widgets/visavis-gtk.h"

typedef struct
{
  GstElement *pipeline;
  GstElement *source;
  GstElement *sink;
  GdkPaintable *paintable; /* owned */
} Chain;

static void
chain_set_up (Chain *chain, gconstpointer data)
{
  chain->pipeline = gst_object_ref_sink (gst_pipeline_new (NULL));
  chain->source = gst_element_factory_make ("appsrc", NULL);
  chain->sink = vav_gtk_video_sink_new ();
  g_object_set (chain->source, "format", GST_FORMAT_TIME, NULL);
  g_object_set (chain->sink, "sync", FALSE, "async", FALSE, "show-preroll-frame", FALSE, NULL);
  gst_bin_add_many (GST_BIN (chain->pipeline), chain->source, chain->sink, NULL);
  g_assert_true (gst_element_link (chain->source, chain->sink));
  g_object_get (chain->sink, "paintable", &chain->paintable, NULL);
  g_assert_true (GDK_IS_PAINTABLE (chain->paintable));
  gst_element_set_state (chain->pipeline, GST_STATE_PLAYING);
}

static void
chain_tear_down (Chain *chain, gconstpointer data)
{
  gst_element_set_state (chain->pipeline, GST_STATE_NULL);
  gst_clear_object (&chain->pipeline);
  g_clear_object (&chain->paintable);
}

/* One picture of one colour; the four bytes are repeated as they stand in memory. */
static void
push (Chain *chain, const char *format, int width, int height, const guint8 *pixel)
{
  g_autoptr (GstCaps) caps
      = gst_caps_new_simple ("video/x-raw", "format", G_TYPE_STRING, format, "width", G_TYPE_INT, width, "height",
                             G_TYPE_INT, height, "framerate", GST_TYPE_FRACTION, 0, 1, NULL);
  g_autoptr (GstSample) sample = NULL;
  GstVideoInfo info;
  GstBuffer *buffer;
  GstVideoFrame frame;
  int length;

  g_assert_true (gst_video_info_from_caps (&info, caps));
  buffer = gst_buffer_new_allocate (NULL, info.size, NULL);
  g_assert_true (gst_video_frame_map (&frame, &info, buffer, GST_MAP_WRITE));
  length = GST_VIDEO_FRAME_COMP_PSTRIDE (&frame, 0);
  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++)
      memcpy ((guint8 *)GST_VIDEO_FRAME_PLANE_DATA (&frame, 0) + y * GST_VIDEO_FRAME_PLANE_STRIDE (&frame, 0)
                  + x * length,
              pixel, (gsize)length);
  gst_video_frame_unmap (&frame);
  sample = gst_sample_new (buffer, caps, NULL, NULL);
  gst_buffer_unref (buffer);
  g_assert_cmpint (gst_app_src_push_sample (GST_APP_SRC (chain->source), sample), ==, GST_FLOW_OK);
}

/* Waits on this thread, without turning the main loop, until the sink has had everything. */
static void
wait_for_end (Chain *chain)
{
  g_autoptr (GstBus) bus = gst_element_get_bus (chain->pipeline);
  g_autoptr (GstMessage) message = NULL;

  gst_app_src_end_of_stream (GST_APP_SRC (chain->source));
  message = gst_bus_timed_pop_filtered (bus, 30 * GST_SECOND, GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
  g_assert_nonnull (message);
  g_assert_cmpint (GST_MESSAGE_TYPE (message), ==, GST_MESSAGE_EOS);
}

static guint64
count (Chain *chain, const char *property)
{
  guint64 value;

  g_object_get (chain->sink, property, &value, NULL);
  return value;
}

static void
wait_for_shown (Chain *chain, guint64 n)
{
  gint64 limit = g_get_monotonic_time () + 30 * G_USEC_PER_SEC;

  while (count (chain, "shown") < n && g_get_monotonic_time () < limit)
    g_main_context_iteration (NULL, FALSE);
  g_assert_cmpuint (count (chain, "shown"), ==, n);
}

static GskRenderNode *
snapshot (GdkPaintable *paintable, int width, int height)
{
  GtkSnapshot *snapshot = gtk_snapshot_new ();
  GskRenderNode *node;

  gdk_paintable_snapshot (paintable, GDK_SNAPSHOT (snapshot), width, height);
  node = gtk_snapshot_free_to_node (snapshot);
  g_assert_nonnull (node);
  return node;
}

/* Drawn over black, at a place inside. BGRA in memory. */
static guint32
draw_node (GskRenderNode *node, int width, int height)
{
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, width, height);
  cairo_t *cr = cairo_create (surface);
  guint32 pixel;

  cairo_set_source_rgb (cr, 0, 0, 0);
  cairo_paint (cr);
  gsk_render_node_draw (node, cr);
  cairo_surface_flush (surface);
  pixel = ((guint32 *)(gpointer)(cairo_image_surface_get_data (surface)
                                 + (height / 2) * cairo_image_surface_get_stride (surface)))[width / 2];
  cairo_destroy (cr);
  cairo_surface_destroy (surface);
  return pixel;
}

/* What a widget would draw: the paintable's snapshot. */
static guint32
draw_pixel (GdkPaintable *paintable, int width, int height)
{
  GskRenderNode *node = snapshot (paintable, width, height);
  guint32 pixel = draw_node (node, width, height);

  gsk_render_node_unref (node);
  return pixel;
}

/* Pictures come faster than the main thread takes them: it gets the last one, once, and the others are counted as dropped. */
static void
test_latest_wins (Chain *chain, gconstpointer data)
{
  for (guint8 i = 1; i <= 10; i++)
    push (chain, "BGRx", 64, 48, (const guint8[]){ i, 2, 3, 255 });
  wait_for_end (chain);
  g_assert_cmpuint (count (chain, "shown"), ==, 0);
  wait_for_shown (chain, 1);
  g_assert_cmpuint (count (chain, "dropped"), ==, 9);
  g_assert_cmphex (draw_pixel (chain->paintable, 64, 48), ==, 0xff03020a);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpuint (count (chain, "shown"), ==, 1);
}

typedef struct
{
  const char *format;
  guint8 pixel[4];
  guint32 shown;
} Colour;

/* What was sent is what is drawn, in every format; a byte that means nothing (BGRx) makes nothing transparent. */
static const Colour colours[] = {
  { "BGRx", { 0x11, 0x22, 0x33, 0xff }, 0xff332211 }, { "BGRx", { 0x11, 0x22, 0x33, 0x00 }, 0xff332211 },
  { "BGRA", { 0x11, 0x22, 0x33, 0xff }, 0xff332211 }, { "RGBA", { 0x33, 0x22, 0x11, 0xff }, 0xff332211 },
  { "RGB", { 0x33, 0x22, 0x11, 0x00 }, 0xff332211 },  { "BGRA", { 0xff, 0xff, 0xff, 0x00 }, 0xff000000 },
};

static void
test_colours (Chain *chain, gconstpointer data)
{
  for (gsize i = 0; i < G_N_ELEMENTS (colours); i++)
    {
      push (chain, colours[i].format, 30, 20, colours[i].pixel);
      wait_for_shown (chain, i + 1);
      g_assert_cmphex (draw_pixel (chain->paintable, 30, 20), ==, colours[i].shown);
    }
}

/* The same where the paintable is drawn by cairo; and what is drawn of a picture stays right when the next one has come, and when all are gone. */
static void
test_cairo (Chain *chain, gconstpointer data)
{
  GskRenderNode *nodes[G_N_ELEMENTS (colours)];

  g_test_summary ("drawn by cairo, a picture has the same pixels, and keeps them as long as somebody draws it");
  vav_gtk_paintable_set_cairo (VAV_GTK_PAINTABLE (chain->paintable), TRUE);
  for (gsize i = 0; i < G_N_ELEMENTS (colours); i++)
    {
      push (chain, colours[i].format, 30, 20, colours[i].pixel);
      wait_for_shown (chain, i + 1);
      g_assert_cmphex (draw_pixel (chain->paintable, 30, 20), ==, colours[i].shown);
      g_assert_cmphex (draw_pixel (chain->paintable, 75, 40), ==, colours[i].shown);
      nodes[i] = snapshot (chain->paintable, 30, 20);
      g_assert_cmpint (gsk_render_node_get_node_type (nodes[i]), ==,
                       g_str_equal (colours[i].format, "BGRx") ? GSK_CAIRO_NODE : GSK_TEXTURE_NODE);
    }
  chain_tear_down (chain, data);
  for (gsize i = 0; i < G_N_ELEMENTS (colours); i++)
    {
      g_assert_cmphex (draw_node (nodes[i], 30, 20), ==, colours[i].shown);
      gsk_render_node_unref (nodes[i]);
    }
  chain_set_up (chain, data);
}

static void
count_up (int *n)
{
  ++*n;
}

/* A change of size in the middle is told once, the odd sizes (rows with padding) too; before the first picture there is no size. */
static void
test_caps_change (Chain *chain, gconstpointer data)
{
  static const int sizes[][2] = { { 64, 48 }, { 33, 17 }, { 33, 17 }, { 1, 1 }, { 640, 480 } };
  int n_sizes = 0, n_contents = 0;

  g_signal_connect_swapped (chain->paintable, "invalidate-size", G_CALLBACK (count_up), &n_sizes);
  g_signal_connect_swapped (chain->paintable, "invalidate-contents", G_CALLBACK (count_up), &n_contents);
  g_assert_cmpint (gdk_paintable_get_intrinsic_width (chain->paintable), ==, 0);
  for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      push (chain, i % 2 != 0 ? "RGB" : "BGRx", sizes[i][0], sizes[i][1], (const guint8[]){ 9, 9, 9, 255 });
      wait_for_shown (chain, i + 1);
      g_assert_cmpint (gdk_paintable_get_intrinsic_width (chain->paintable), ==, sizes[i][0]);
      g_assert_cmpint (gdk_paintable_get_intrinsic_height (chain->paintable), ==, sizes[i][1]);
      g_assert_cmphex (draw_pixel (chain->paintable, sizes[i][0], sizes[i][1]), ==, 0xff090909);
    }
  g_assert_cmpint (n_sizes, ==, 4);
  g_assert_cmpint (n_contents, ==, 5);
}

/* The sink goes while a picture is on its way to the main thread: nothing is drawn by a dead object, and the paintable lives on by itself. */
static void
test_gone_before_shown (Chain *chain, gconstpointer data)
{
  GWeakRef sink;

  g_weak_ref_init (&sink, chain->sink);
  push (chain, "BGRx", 64, 48, (const guint8[]){ 1, 2, 3, 255 });
  wait_for_end (chain);
  gst_element_set_state (chain->pipeline, GST_STATE_NULL);
  gst_clear_object (&chain->pipeline);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_null (g_weak_ref_get (&sink));
  g_weak_ref_clear (&sink);
  g_assert_cmpint (gdk_paintable_get_intrinsic_width (chain->paintable), ==, 0);
  chain->pipeline = gst_object_ref_sink (gst_pipeline_new (NULL));
}

int
main (int argc, char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  gst_init (&argc, &argv);
#define ADD(name, func) g_test_add ("/widgets/sink/" name, Chain, NULL, chain_set_up, func, chain_tear_down)
  ADD ("latest-wins", test_latest_wins);
  ADD ("colours", test_colours);
  ADD ("cairo", test_cairo);
  ADD ("caps-change", test_caps_change);
  ADD ("gone-before-shown", test_gone_before_shown);
  return g_test_run ();
}
