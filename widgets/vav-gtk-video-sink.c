/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "widgets/vav-gtk-video-sink.h"

#include <gst/video/video.h>

#include "widgets/vav-gtk-paintable.h"

struct _VavGtkVideoSink
{
  GstVideoSink parent_instance;

  VavGtkPaintable *paintable; /* owned; made at init and never changed */

  GstVideoInfo info; /* streaming thread */

  /* under the object lock */
  GdkTexture *pending; /* owned: the picture that the main thread has not yet taken */
  gboolean posted;     /* a wake-up is on its way */
  guint64 shown;
  guint64 dropped;
};

enum
{
  PROP_PAINTABLE = 1,
  PROP_SHOWN,
  PROP_DROPPED,
  N_PROPS
};
static GParamSpec *properties[N_PROPS];

static GstStaticPadTemplate sink_template = GST_STATIC_PAD_TEMPLATE (
    "sink", GST_PAD_SINK, GST_PAD_ALWAYS, GST_STATIC_CAPS (GST_VIDEO_CAPS_MAKE ("{ BGRx, BGRA, RGBA, RGB }")));

G_DEFINE_FINAL_TYPE (VavGtkVideoSink, vav_gtk_video_sink, GST_TYPE_VIDEO_SINK)

/* Main thread: takes the latest picture over. */
static gboolean
take_over (gpointer user_data)
{
  VavGtkVideoSink *self = user_data;
  g_autoptr (GdkTexture) texture = NULL;

  GST_OBJECT_LOCK (self);
  texture = g_steal_pointer (&self->pending);
  self->posted = FALSE;
  if (texture != NULL)
    self->shown++;
  GST_OBJECT_UNLOCK (self);

  if (texture != NULL)
    vav_gtk_paintable_set_texture (self->paintable, texture);
  return G_SOURCE_REMOVE;
}

static void
post (VavGtkVideoSink *self, GdkTexture *texture /* (transfer full) */)
{
  g_autoptr (GdkTexture) replaced = NULL;
  gboolean wake;

  GST_OBJECT_LOCK (self);
  replaced = g_steal_pointer (&self->pending);
  if (replaced != NULL)
    self->dropped++;
  self->pending = texture;
  wake = !self->posted;
  self->posted = TRUE;
  GST_OBJECT_UNLOCK (self);

  if (wake)
    g_idle_add_full (G_PRIORITY_DEFAULT, take_over, g_object_ref (self), g_object_unref);
}

static void
release_frame (gpointer data)
{
  GstVideoFrame *frame = data;

  gst_video_frame_unmap (frame);
  g_free (frame);
}

/* GDK 4.8 has no format with an unused byte, so BGRx is shown as premultiplied BGRA, which is right where that byte is 255, as GStreamer's
 * converters leave it. Other producers may leave anything there: three pixels tell. */
static gboolean
padding_is_opaque (GstVideoFrame *frame)
{
  const guint8 *pixels = GST_VIDEO_FRAME_PLANE_DATA (frame, 0);
  gsize stride = (gsize)GST_VIDEO_FRAME_PLANE_STRIDE (frame, 0);
  gsize width = (gsize)GST_VIDEO_FRAME_WIDTH (frame);
  gsize height = (gsize)GST_VIDEO_FRAME_HEIGHT (frame);

  return pixels[3] == 255 && pixels[stride * (height / 2) + 4 * (width / 2) + 3] == 255
         && pixels[stride * (height - 1) + 4 * (width - 1) + 3] == 255;
}

static GBytes *
copy_opaque (GstVideoFrame *frame)
{
  gsize stride = (gsize)GST_VIDEO_FRAME_PLANE_STRIDE (frame, 0);
  gsize width = (gsize)GST_VIDEO_FRAME_WIDTH (frame);
  gsize height = (gsize)GST_VIDEO_FRAME_HEIGHT (frame);
  const guint8 *from = GST_VIDEO_FRAME_PLANE_DATA (frame, 0);
  guint8 *pixels = g_malloc (stride * height);

  for (gsize y = 0; y < height; y++)
    {
      memcpy (pixels + y * stride, from + y * stride, 4 * width);
      for (gsize x = 0; x < width; x++)
        pixels[y * stride + 4 * x + 3] = 255;
    }
  return g_bytes_new_take (pixels, stride * height);
}

static GdkMemoryFormat
memory_format (GstVideoFormat format)
{
  if (format == GST_VIDEO_FORMAT_BGRA)
    return GDK_MEMORY_B8G8R8A8;
  if (format == GST_VIDEO_FORMAT_RGBA)
    return GDK_MEMORY_R8G8B8A8;
  if (format == GST_VIDEO_FORMAT_RGB)
    return GDK_MEMORY_R8G8B8;
  return GDK_MEMORY_B8G8R8A8_PREMULTIPLIED;
}

/* How many bytes of the mapped plane may be read: the last row need not be as long as the stride. */
static gsize
plane_size (GstVideoFrame *frame)
{
  gsize stride = (gsize)GST_VIDEO_FRAME_PLANE_STRIDE (frame, 0);
  gsize row = (gsize)GST_VIDEO_FRAME_WIDTH (frame) * (gsize)GST_VIDEO_FRAME_COMP_PSTRIDE (frame, 0);

  return stride * (gsize)(GST_VIDEO_FRAME_HEIGHT (frame) - 1) + row;
}

static void
unref_bytes (gpointer bytes)
{
  g_bytes_unref (bytes);
}

/* The same memory for cairo, whose pixels are of the computer's byte order. */
static void
add_surface (GdkTexture *texture, GBytes *bytes, gsize stride)
{
#if G_BYTE_ORDER == G_LITTLE_ENDIAN
  static const cairo_user_data_key_t key;
  guchar *pixels = (guchar *)(gpointer)g_bytes_get_data (bytes, NULL);
  cairo_surface_t *surface = cairo_image_surface_create_for_data (
      pixels, CAIRO_FORMAT_ARGB32, gdk_texture_get_width (texture), gdk_texture_get_height (texture), (int)stride);

  if (cairo_surface_status (surface) == CAIRO_STATUS_SUCCESS
      && cairo_surface_set_user_data (surface, &key, bytes, unref_bytes) == CAIRO_STATUS_SUCCESS)
    {
      g_bytes_ref (bytes);
      vav_gtk_paintable_add_surface (texture, surface);
      return;
    }
  cairo_surface_destroy (surface);
#endif
}

/* The texture keeps the buffer mapped: no copy. */
static GdkTexture *
texture_new (GstVideoFrame *frame /* (transfer full) */)
{
  g_autoptr (GBytes) bytes = NULL;
  int width = GST_VIDEO_FRAME_WIDTH (frame);
  int height = GST_VIDEO_FRAME_HEIGHT (frame);
  gsize stride = (gsize)GST_VIDEO_FRAME_PLANE_STRIDE (frame, 0);
  GdkMemoryFormat format = memory_format (GST_VIDEO_FRAME_FORMAT (frame));
  GdkTexture *texture;

  if (GST_VIDEO_FRAME_FORMAT (frame) == GST_VIDEO_FORMAT_BGRx && !padding_is_opaque (frame))
    {
      bytes = copy_opaque (frame);
      release_frame (frame);
    }
  else
    bytes
        = g_bytes_new_with_free_func (GST_VIDEO_FRAME_PLANE_DATA (frame, 0), plane_size (frame), release_frame, frame);
  texture = gdk_memory_texture_new (width, height, format, bytes, stride);
  if (format == GDK_MEMORY_B8G8R8A8_PREMULTIPLIED)
    add_surface (texture, bytes, stride);
  return texture;
}

/* Streaming thread. */
static GstFlowReturn
vav_gtk_video_sink_show_frame (GstVideoSink *sink, GstBuffer *buffer)
{
  VavGtkVideoSink *self = VAV_GTK_VIDEO_SINK (sink);
  GstVideoFrame *frame = g_new0 (GstVideoFrame, 1);

  if (!gst_video_frame_map (frame, &self->info, buffer, GST_MAP_READ))
    {
      g_free (frame);
      GST_ELEMENT_ERROR (self, RESOURCE, READ, (NULL), ("The buffer cannot be read."));
      return GST_FLOW_ERROR;
    }
  post (self, texture_new (frame));
  return GST_FLOW_OK;
}

static gboolean
vav_gtk_video_sink_set_info (GstVideoSink *sink, GstCaps *caps, const GstVideoInfo *info)
{
  VAV_GTK_VIDEO_SINK (sink)->info = *info;
  return TRUE;
}

static gboolean
vav_gtk_video_sink_propose_allocation (GstBaseSink *sink, GstQuery *query)
{
  gst_query_add_allocation_meta (query, GST_VIDEO_META_API_TYPE, NULL);
  return TRUE;
}

static gboolean
vav_gtk_video_sink_stop (GstBaseSink *sink)
{
  VavGtkVideoSink *self = VAV_GTK_VIDEO_SINK (sink);
  g_autoptr (GdkTexture) texture = NULL;

  GST_OBJECT_LOCK (self);
  texture = g_steal_pointer (&self->pending);
  GST_OBJECT_UNLOCK (self);
  return TRUE;
}

static void
vav_gtk_video_sink_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  VavGtkVideoSink *self = VAV_GTK_VIDEO_SINK (object);

  if (id == PROP_PAINTABLE)
    {
      g_value_set_object (value, self->paintable);
      return;
    }
  if (id != PROP_SHOWN && id != PROP_DROPPED)
    {
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
      return;
    }
  GST_OBJECT_LOCK (self);
  g_value_set_uint64 (value, id == PROP_SHOWN ? self->shown : self->dropped);
  GST_OBJECT_UNLOCK (self);
}

/* The paintable's texture belongs to the main thread and may have been drawn; the last reference to the sink may go anywhere. */
static gboolean
unref_on_main (gpointer paintable)
{
  g_object_unref (paintable);
  return G_SOURCE_REMOVE;
}

static void
vav_gtk_video_sink_finalize (GObject *object)
{
  VavGtkVideoSink *self = VAV_GTK_VIDEO_SINK (object);

  g_clear_object (&self->pending);
  if (g_main_context_is_owner (g_main_context_default ()))
    g_object_unref (self->paintable);
  else
    g_idle_add (unref_on_main, self->paintable);
  G_OBJECT_CLASS (vav_gtk_video_sink_parent_class)->finalize (object);
}

static void
vav_gtk_video_sink_class_init (VavGtkVideoSinkClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);

  object_class->get_property = vav_gtk_video_sink_get_property;
  object_class->finalize = vav_gtk_video_sink_finalize;
  GST_VIDEO_SINK_CLASS (klass)->show_frame = vav_gtk_video_sink_show_frame;
  GST_VIDEO_SINK_CLASS (klass)->set_info = vav_gtk_video_sink_set_info;
  GST_BASE_SINK_CLASS (klass)->propose_allocation = vav_gtk_video_sink_propose_allocation;
  GST_BASE_SINK_CLASS (klass)->stop = vav_gtk_video_sink_stop;

  properties[PROP_PAINTABLE] = g_param_spec_object ("paintable", "Paintable", "What shows the pictures",
                                                    GDK_TYPE_PAINTABLE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  properties[PROP_SHOWN] = g_param_spec_uint64 ("shown", "Shown", "Pictures handed to the paintable", 0, G_MAXUINT64, 0,
                                                G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  properties[PROP_DROPPED] = g_param_spec_uint64 ("dropped", "Dropped", "Pictures replaced before that", 0, G_MAXUINT64,
                                                  0, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  gst_element_class_add_static_pad_template (element_class, &sink_template);
  gst_element_class_set_static_metadata (element_class, "GTK paintable sink", "Sink/Video",
                                         "Shows pictures in a GdkPaintable", "Visavis");
}

static void
vav_gtk_video_sink_init (VavGtkVideoSink *self)
{
  self->paintable = vav_gtk_paintable_new ();
}

/**
 * vav_gtk_video_sink_new:
 *
 * Initialises GStreamer if nobody has.
 *
 * Returns: (transfer floating): a new sink
 */
GstElement *
vav_gtk_video_sink_new (void)
{
  if (!gst_is_initialized ())
    gst_init (NULL, NULL);
  return g_object_new (VAV_GTK_TYPE_VIDEO_SINK, NULL);
}

/**
 * vav_gtk_video_sink_get_paintable:
 *
 * Returns: (transfer none): what shows the pictures; without size before the first
 */
GdkPaintable *
vav_gtk_video_sink_get_paintable (VavGtkVideoSink *self)
{
  g_return_val_if_fail (VAV_GTK_IS_VIDEO_SINK (self), NULL);
  return GDK_PAINTABLE (self->paintable);
}
