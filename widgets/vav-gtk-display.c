/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "widgets/vav-gtk-display.h"

#include <gst/app/gstappsrc.h>
#include <gst/video/video.h>

#include "widgets/vav-gtk-fit.h"
#include "widgets/vav-gtk-paintable.h"
#include "widgets/vav-gtk-video-sink.h"

/* A small own picture needs no more than this many frames a second, and is small up to this width in device pixels. */
#define SMALL_FPS 15
#define SMALL_WIDTH 400

typedef struct
{
  GtkWidget *view; /* borrowed */
  int width;
  int height;
} Demand;

struct _VavGtkDisplay
{
  GObject parent_instance;

  VavGtkDisplayKind kind;
  VavStream *stream;   /* borrowed: the stream owns this object; or else: */
  VavPreview *preview; /* the same */
  VavOutlet *outlet;   /* owned */
  VavPreview *early;   /* owned, nullable: the camera before the call is up */

  /* owned; all or none */
  GstElement *pipeline;
  GdkPaintable *paintable;
  guint consumer; /* attached to the outlet as */

  GArray *demands; /* of Demand: the views to be seen */

  GMutex lock;
  /* under lock */
  GstElement *source; /* borrowed from the pipeline; NULL: nobody takes pictures */
  GstElement *limit;  /* borrowed: the capsfilter that says the size */
  int box_width;      /* the largest view, device pixels */
  int box_height;
  gboolean box_changed;
  gboolean whole;  /* a screen: nothing of it is cut off */
  GstSample *last; /* owned, nullable: the decoder has more buffers than this one */
  /* streaming thread of the outlet */
  GstCaps *caps;    /* owned: of the last sample */
  gint64 next_time; /* monotonic: no small picture before */
};

enum
{
  PROP_PAINTABLE = 1,
  N_PROPS
};
static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (VavGtkDisplay, vav_gtk_display, G_TYPE_OBJECT)

/* --- the outlet's streaming thread --- */

static void
limit_size (VavGtkDisplay *self, int box_width, int box_height)
{
  g_autoptr (GstCaps) caps = NULL;
  GstVideoInfo info;
  int width, height;

  if (!gst_video_info_from_caps (&info, self->caps))
    return;
  width = GST_VIDEO_INFO_WIDTH (&info);
  height = GST_VIDEO_INFO_HEIGHT (&info);
  if (GST_VIDEO_INFO_PAR_D (&info) > 0)
    width = MAX (1, width * GST_VIDEO_INFO_PAR_N (&info) / GST_VIDEO_INFO_PAR_D (&info));
  vav_gtk_fit_scale (width, height, box_width, box_height, self->whole, &width, &height);
  /* no pixel aspect ratio: even sizes are a pixel off the aspect, which is no matter */
  caps = gst_caps_new_simple ("video/x-raw", "width", G_TYPE_INT, width, "height", G_TYPE_INT, height, NULL);
  g_object_set (self->limit, "caps", caps, NULL);
}

static gboolean
too_early (VavGtkDisplay *self, int box_width)
{
  gint64 now = g_get_monotonic_time ();

  if (self->kind != VAV_GTK_DISPLAY_OWN || box_width > SMALL_WIDTH)
    return FALSE;
  if (now < self->next_time)
    return TRUE;
  /* a little less than the period, so that 30 fps gives every second picture and not every third */
  self->next_time = now + G_USEC_PER_SEC / SMALL_FPS - G_USEC_PER_SEC / 60;
  return FALSE;
}

/* Any thread; must return at once: appsrc is leaky and never waits. */
static void
consume (gpointer data, gpointer user_data)
{
  GstSample *sample = data;
  VavGtkDisplay *self = user_data;
  GstCaps *caps = gst_sample_get_caps (sample);

  g_mutex_lock (&self->lock);
  if (self->source != NULL && caps != NULL && !too_early (self, self->box_width))
    {
      if (self->box_changed || self->caps == NULL || !gst_caps_is_equal (self->caps, caps))
        {
          gst_caps_replace (&self->caps, caps);
          limit_size (self, self->box_width, self->box_height);
          self->box_changed = FALSE;
        }
      gst_app_src_push_sample (GST_APP_SRC (self->source), sample);
      g_clear_pointer (&self->last, gst_sample_unref);
      self->last = gst_sample_ref (sample);
    }
  g_mutex_unlock (&self->lock);
}

/* --- the pipeline --- */

static GstElement *
make_sink (gboolean cairo)
{
  GstElement *sink = cairo ? NULL : gst_element_factory_make ("gtk4paintablesink", NULL);

  if (sink == NULL)
    sink = vav_gtk_video_sink_new ();
  g_object_set (sink, "sync", FALSE, "qos", FALSE, "enable-last-sample", FALSE, "async", FALSE, NULL);
  return sink;
}

static GstElement *
make_source (void)
{
  GstElement *source = gst_element_factory_make ("appsrc", NULL);

  if (source != NULL)
    g_object_set (source, "is-live", TRUE, "format", GST_FORMAT_TIME, "leaky-type", GST_APP_LEAKY_TYPE_DOWNSTREAM,
                  "max-buffers", (guint64)1, "max-bytes", (guint64)0, "max-time", (guint64)0, NULL);
  return source;
}

static GstElement *
make_one_thread (const char *factory)
{
  GstElement *element = gst_element_factory_make (factory, NULL);

  if (element != NULL)
    g_object_set (element, "n-threads", 1, NULL);
  return element;
}

/* Whether it is drawn without GL. */
static gboolean
is_drawn_by_cairo (VavGtkDisplay *self)
{
  GtkNative *native = gtk_widget_get_native (g_array_index (self->demands, Demand, 0).view);
  GskRenderer *renderer = native != NULL ? gtk_native_get_renderer (native) : NULL;

  return renderer != NULL && GSK_IS_CAIRO_RENDERER (renderer);
}

/* GTK's cairo renderer of 4.8 takes most textures through floats, 7 ms for a picture of 1110×624, and RGB byte by byte. What cairo can draw as it is needs
 * none of that. */
static GstCaps *
drawn_fastest (gboolean cairo)
{
  if (!cairo)
    return gst_caps_new_any ();
  return gst_caps_new_simple ("video/x-raw", "format", G_TYPE_STRING, G_BYTE_ORDER == G_LITTLE_ENDIAN ? "BGRx" : "RGB",
                              NULL);
}

static void
on_shown (GdkPaintable *paintable, VavGtkDisplay *self)
{
  vav_timeline_mark (vav_stream_get_timeline (self->stream), VAV_STEP_SHOWN);
  g_signal_handlers_disconnect_by_func (paintable, on_shown, self);
}

/* Scales in the format that comes (I420: 12 bits a pixel), then converts what is left to what GDK draws fastest. */
static gboolean
build (VavGtkDisplay *self)
{
  GstElement *source = make_source ();
  GstElement *scale = make_one_thread ("videoscale");
  GstElement *limit = gst_element_factory_make ("capsfilter", NULL);
  GstElement *convert = make_one_thread ("videoconvert");
  gboolean cairo = is_drawn_by_cairo (self);
  GstElement *sink = make_sink (cairo);
  g_autoptr (GstClock) clock = gst_system_clock_obtain ();
  g_autoptr (GstCaps) drawn = drawn_fastest (cairo);

  if (source == NULL || scale == NULL || limit == NULL || convert == NULL)
    {
      g_debug ("GStreamer's elements for showing pictures are missing");
      g_clear_pointer (&source, gst_object_unref);
      g_clear_pointer (&scale, gst_object_unref);
      g_clear_pointer (&limit, gst_object_unref);
      g_clear_pointer (&convert, gst_object_unref);
      gst_object_unref (sink);
      return FALSE;
    }
  g_object_set (scale, "add-borders", FALSE, NULL);
  self->pipeline = gst_object_ref_sink (gst_pipeline_new (NULL));
  gst_bin_add_many (GST_BIN (self->pipeline), source, scale, limit, convert, sink, NULL);
  gst_element_link_many (source, scale, limit, convert, NULL);
  gst_element_link_filtered (convert, sink, drawn);
  g_object_get (sink, "paintable", &self->paintable, NULL);
  if (VAV_GTK_IS_PAINTABLE (self->paintable))
    vav_gtk_paintable_set_cairo (VAV_GTK_PAINTABLE (self->paintable), cairo);
  if (self->kind == VAV_GTK_DISPLAY_REMOTE && self->stream != NULL && vav_stream_get_timeline (self->stream) != NULL)
    g_signal_connect_object (self->paintable, "invalidate-contents", G_CALLBACK (on_shown), self, 0);
  gst_pipeline_use_clock (GST_PIPELINE (self->pipeline), clock);
  gst_element_set_base_time (self->pipeline, 0);
  gst_element_set_start_time (self->pipeline, GST_CLOCK_TIME_NONE);
  gst_element_set_state (self->pipeline, GST_STATE_PLAYING);

  g_mutex_lock (&self->lock);
  self->source = source;
  self->limit = limit;
  self->box_changed = TRUE;
  g_mutex_unlock (&self->lock);
  return TRUE;
}

static void
stop_pipeline (GstElement *pipeline, gpointer user_data)
{
  gst_element_set_state (pipeline, GST_STATE_NULL);
}

static void
detach (VavGtkDisplay *self)
{
  if (self->consumer != 0)
    vav_outlet_detach (self->outlet, self->consumer);
  self->consumer = 0;
}

/* Stopping joins a streaming thread: not on this one. */
static void
demolish (VavGtkDisplay *self)
{
  detach (self);
  g_mutex_lock (&self->lock);
  self->source = NULL;
  self->limit = NULL;
  g_clear_pointer (&self->last, gst_sample_unref);
  g_mutex_unlock (&self->lock);
  gst_clear_caps (&self->caps);
  g_clear_object (&self->paintable);
  if (self->pipeline != NULL)
    gst_element_call_async (self->pipeline, stop_pipeline, NULL, NULL);
  gst_clear_object (&self->pipeline);
}

/* --- when it works --- */

/* Whether pictures flow, or will as soon as the path is up: then everything stands ready for the first one. */
static gboolean
flow_runs (VavGtkDisplay *self)
{
  VavFlows flows;
  VavState state;

  if (self->preview != NULL)
    return vav_preview_get_camera (self->preview);
  flows = vav_stream_get_flows (self->stream);
  state = vav_stream_get_state (self->stream);
  if (!vav_stream_is_busy (self->stream) || state == VAV_STATE_INCOMING)
    return FALSE;
  if (self->kind == VAV_GTK_DISPLAY_OWN)
    return (flows & VAV_FLOW_VIDEO_OUT) != 0 || vav_stream_get_sharing (self->stream);
  if ((flows & VAV_FLOW_VIDEO_IN) == 0)
    return FALSE;
  return state != VAV_STATE_ACTIVE || (vav_stream_get_peer_flows (self->stream) & VAV_FLOW_VIDEO_IN) != 0;
}

/* The call has begun at this side: dialled, or accepted; and is not up yet. */
static gboolean
is_beginning (VavState state)
{
  return state == VAV_STATE_RESOLVING || state == VAV_STATE_DIALLING || state == VAV_STATE_RINGING
         || state == VAV_STATE_CONNECTING;
}

/* Who calls sees themselves while it rings. The call opens the camera when it is up, and not before: until then it is open for who looks at it here, and
 * for nobody else. */
static void
update_camera (VavGtkDisplay *self, gboolean shown)
{
  gboolean wanted = shown && self->kind == VAV_GTK_DISPLAY_OWN && self->stream != NULL
                    && is_beginning (vav_stream_get_state (self->stream));

  if (wanted && self->early == NULL)
    {
      self->early = vav_endpoint_make_preview (vav_stream_get_endpoint (self->stream));
      vav_preview_set_camera (self->early, TRUE);
    }
  else if (!wanted)
    g_clear_object (&self->early);
}

static gboolean
is_screen (VavGtkDisplay *self)
{
  if (self->stream == NULL)
    return FALSE;
  return self->kind == VAV_GTK_DISPLAY_OWN ? vav_stream_get_sharing (self->stream)
                                           : vav_stream_get_peer_sharing (self->stream);
}

/* Returns: whether it is another thing than before */
static gboolean
update_whole (VavGtkDisplay *self)
{
  gboolean whole = is_screen (self), changed;

  g_mutex_lock (&self->lock);
  changed = self->whole != whole;
  self->whole = whole;
  self->box_changed |= changed;
  g_mutex_unlock (&self->lock);
  return changed;
}

static void
update (VavGtkDisplay *self)
{
  gboolean runs = flow_runs (self);
  gboolean seen = self->demands->len > 0;
  gboolean changed = update_whole (self);

  if (!runs && self->pipeline != NULL)
    {
      demolish (self);
      changed = TRUE;
    }
  else if (runs && seen && self->pipeline == NULL)
    changed |= build (self);

  if (runs && seen && self->pipeline != NULL && self->consumer == 0)
    self->consumer = vav_outlet_attach (self->outlet, consume, self, NULL);
  else if (!seen)
    detach (self);
  update_camera (self, runs && seen);
  if (changed)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PAINTABLE]);
}

static void
update_box (VavGtkDisplay *self)
{
  int width = 0, height = 0;

  for (guint i = 0; i < self->demands->len; i++)
    {
      const Demand *demand = &g_array_index (self->demands, Demand, i);

      width = MAX (width, demand->width);
      height = MAX (height, demand->height);
    }
  g_mutex_lock (&self->lock);
  if (self->box_width != width || self->box_height != height)
    {
      self->box_width = width;
      self->box_height = height;
      self->box_changed = TRUE;
    }
  g_mutex_unlock (&self->lock);
}

static void
vav_gtk_display_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_PAINTABLE)
    g_value_set_object (value, VAV_GTK_DISPLAY (object)->paintable);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
vav_gtk_display_finalize (GObject *object)
{
  VavGtkDisplay *self = VAV_GTK_DISPLAY (object);

  demolish (self);
  g_clear_object (&self->early);
  g_clear_object (&self->outlet);
  g_clear_pointer (&self->demands, g_array_unref);
  g_mutex_clear (&self->lock);
  G_OBJECT_CLASS (vav_gtk_display_parent_class)->finalize (object);
}

static void
vav_gtk_display_class_init (VavGtkDisplayClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = vav_gtk_display_get_property;
  object_class->finalize = vav_gtk_display_finalize;
  properties[PROP_PAINTABLE]
      = g_param_spec_object ("paintable", NULL, NULL, GDK_TYPE_PAINTABLE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
vav_gtk_display_init (VavGtkDisplay *self)
{
  g_mutex_init (&self->lock);
  self->demands = g_array_new (FALSE, FALSE, sizeof (Demand));
}

static VavGtkDisplay *
display_new (VavOutlet *outlet, VavGtkDisplayKind kind)
{
  VavGtkDisplay *self = g_object_new (VAV_GTK_TYPE_DISPLAY, NULL);

  if (!gst_is_initialized ())
    gst_init (NULL, NULL);
  self->kind = kind;
  self->outlet = g_object_ref (outlet);
  return self;
}

static VavGtkDisplay *
new_for_stream (VavStream *stream, VavGtkDisplayKind kind)
{
  VavGtkDisplay *self = display_new (
      kind == VAV_GTK_DISPLAY_REMOTE ? vav_stream_get_video_in (stream) : vav_stream_get_video_out (stream), kind);

  self->stream = stream;
  /* the stream disconnects its handlers before it lets go of us */
  g_signal_connect_swapped (stream, "notify::state", G_CALLBACK (update), self);
  g_signal_connect_swapped (stream, "notify::flows", G_CALLBACK (update), self);
  g_signal_connect_swapped (stream, "notify::peer-flows", G_CALLBACK (update), self);
  g_signal_connect_swapped (stream, "notify::sharing", G_CALLBACK (update), self);
  g_signal_connect_swapped (stream, "notify::peer-sharing", G_CALLBACK (update), self);
  return self;
}

/*
 * vav_gtk_display_get:
 *
 * Returns: (transfer none): the display of that direction; it lives as long as the stream, so a view that keeps it must also keep the stream
 */
VavGtkDisplay *
vav_gtk_display_get (VavStream *stream, VavGtkDisplayKind kind)
{
  const char *key = kind == VAV_GTK_DISPLAY_REMOTE ? "vav-gtk-display-remote" : "vav-gtk-display-own";
  VavGtkDisplay *self;

  g_return_val_if_fail (VAV_IS_STREAM (stream), NULL);

  self = g_object_get_data (G_OBJECT (stream), key);
  if (self == NULL)
    {
      self = new_for_stream (stream, kind);
      g_object_set_data_full (G_OBJECT (stream), key, self, g_object_unref);
    }
  return self;
}

/*
 * vav_gtk_display_get_for_preview:
 *
 * Returns: (transfer none): the display of the camera's picture; lives as long as the preview
 */
VavGtkDisplay *
vav_gtk_display_get_for_preview (VavPreview *preview)
{
  const char *key = "vav-gtk-display";
  VavGtkDisplay *self = g_object_get_data (G_OBJECT (preview), key);

  if (self == NULL)
    {
      self = display_new (vav_preview_get_video_out (preview), VAV_GTK_DISPLAY_OWN);
      self->preview = preview;
      g_signal_connect_swapped (preview, "notify::camera", G_CALLBACK (update), self);
      g_object_set_data_full (G_OBJECT (preview), key, self, g_object_unref);
    }
  return self;
}

/*
 * vav_gtk_display_get_paintable:
 *
 * Returns: (transfer none) (nullable): what shows the picture; %NULL while the flow does not run
 */
GdkPaintable *
vav_gtk_display_get_paintable (VavGtkDisplay *self)
{
  g_return_val_if_fail (VAV_GTK_IS_DISPLAY (self), NULL);
  return self->paintable;
}

/* Returns: whether it is to be shown uncut. `paintable` is notified when that changes, too */
gboolean
vav_gtk_display_is_whole (VavGtkDisplay *self)
{
  gboolean whole;

  g_return_val_if_fail (VAV_GTK_IS_DISPLAY (self), FALSE);
  g_mutex_lock (&self->lock);
  whole = self->whole;
  g_mutex_unlock (&self->lock);
  return whole;
}

/* Returns: (transfer full) (nullable): the last picture as it came, before it was made to fit the screen */
GstSample *
vav_gtk_display_dup_sample (VavGtkDisplay *self)
{
  GstSample *sample;

  g_return_val_if_fail (VAV_GTK_IS_DISPLAY (self), NULL);
  g_mutex_lock (&self->lock);
  sample = self->last != NULL ? gst_sample_ref (self->last) : NULL;
  g_mutex_unlock (&self->lock);
  return sample;
}

/*
 * vav_gtk_display_set_demand:
 * @view: who asks; asks again before it goes
 * @width: in device pixels; 0: the view is not to be seen any more
 *
 * Says how large a view shows the picture.
 */
void
vav_gtk_display_set_demand (VavGtkDisplay *self, GtkWidget *view, int width, int height)
{
  Demand demand = { view, width, height };

  g_return_if_fail (VAV_GTK_IS_DISPLAY (self));

  for (guint i = 0; i < self->demands->len; i++)
    if (g_array_index (self->demands, Demand, i).view == view)
      {
        g_array_remove_index_fast (self->demands, i);
        break;
      }
  if (width > 0 && height > 0)
    g_array_append_val (self->demands, demand);
  update_box (self);
  update (self);
}
