/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/media/vav-screen.h"

#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <gst/app/gstappsink.h>
#include <gst/gst.h>

#include "net/core/vav-hop.h"
#include "net/media/vav-media-elements.h"

/* What stands still is given again so often, in milliseconds. */
#define REPEAT_MS 100

/* PipeWire tells nobody that a node is gone; a stream that does not even repeat its last picture for so long is. The first one may take longer: a
 * compositor draws when it has something to draw. Opening hangs inside GStreamer if nobody answers, so the object looks at that clock, and what hangs
 * is left to itself. */
#define SILENCE_S 3
#define FIRST_S 10

/* At least so many buffers, and two of them are at work while one is held to be repeated. KWin has no more, and PipeWire takes the number only if it suits both. */
#define MIN_BUFFERS 4

/* Less than the rate says, since no picture comes on the dot. */
#define INTERVAL_US (G_USEC_PER_SEC / VAV_SCREEN_FPS - 6000)

/* What the thread that plays and the object share. */
typedef struct
{
  gatomicrefcount ref_count;

  /* constant */
  int fd;
  guint32 node;
  VavOutlet *outlet;
  VavHop *hop;

  GMutex lock;
  GstBus *bus;   /* under lock; NULL: not open */
  gboolean stop; /* under lock */
  gint64 last;   /* under lock: when there was a picture, monotonic µs; 0: none yet */

  gint64 next; /* source's thread: no picture before that */
} Reel;

struct _VavScreen
{
  GObject parent_instance;

  VavHop *hop;
  VavOutlet *outlet;
  Reel *reel;     /* nullable: stopped, or over */
  GSource *limit; /* nullable: for the first picture */
  gboolean begun;
};

G_DEFINE_FINAL_TYPE (VavScreen, vav_screen, G_TYPE_OBJECT)

enum
{
  SIGNAL_BEGAN,
  SIGNAL_ENDED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

/* --- the thread that plays --- */

static Reel *
reel_ref (Reel *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

static void
reel_unref (gpointer data)
{
  Reel *self = data;

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  g_object_unref (self->outlet);
  vav_hop_unref (self->hop);
  g_mutex_clear (&self->lock);
  g_free (self);
}

static void
on_began_post (gpointer owner, gpointer data)
{
  VavScreen *self = owner;

  if (self->reel != data)
    return;
  g_clear_pointer (&self->limit, vav_media_remove_timer);
  self->begun = TRUE;
  g_signal_emit (self, signals[SIGNAL_BEGAN], 0);
}

typedef struct
{
  Reel *reel;
  GError *error; /* nullable */
} End;

static void
end_free (gpointer data)
{
  End *self = data;

  reel_unref (self->reel);
  g_clear_error (&self->error);
  g_free (self);
}

static void
on_ended_post (gpointer owner, gpointer data)
{
  VavScreen *self = owner;
  End *end = data;

  if (self->reel != end->reel)
    return;
  vav_screen_stop (self);
  g_signal_emit (self, signals[SIGNAL_ENDED], 0, end->error);
}

static GError *
make_silence_error (void)
{
  return g_error_new_literal (VAV_ERROR, VAV_ERROR_DEVICE,
                              _ ("The screen cannot be shared: the desktop gave no picture of it."));
}

static gboolean
on_limit (gpointer user_data)
{
  VavScreen *self = user_data;
  g_autoptr (GError) error = make_silence_error ();

  vav_screen_stop (self);
  g_signal_emit (self, signals[SIGNAL_ENDED], 0, error);

  return G_SOURCE_REMOVE;
}

/* The source's streaming thread. PipeWire hands on whatever times the compositor invents, and none of a picture that it repeats. */
static GstPadProbeReturn
on_captured (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  Reel *self = user_data;
  gint64 now = g_get_monotonic_time ();
  GstBuffer *buffer;

  if (now < self->next)
    return GST_PAD_PROBE_DROP; /* if it was the last one it comes again */
  self->next = now + INTERVAL_US;
  buffer = vav_media_own_buffer (pad, GST_PAD_PROBE_INFO_BUFFER (info));
  GST_BUFFER_PTS (buffer) = (GstClockTime)now * GST_USECOND; /* the pipeline's base time is 0 */
  GST_BUFFER_DTS (buffer) = GST_CLOCK_TIME_NONE;
  GST_PAD_PROBE_INFO_DATA (info) = buffer;

  return GST_PAD_PROBE_OK;
}

/* The pipeline's streaming thread */
static GstFlowReturn
on_sample (GstAppSink *sink, gpointer user_data)
{
  Reel *self = user_data;
  g_autoptr (GstSample) sample = gst_app_sink_pull_sample (sink);
  gboolean first;

  if (sample == NULL)
    return GST_FLOW_OK;

  g_mutex_lock (&self->lock);
  first = self->last == 0;
  self->last = g_get_monotonic_time ();
  if (!self->stop)
    vav_outlet_push (self->outlet, sample);
  g_mutex_unlock (&self->lock);
  if (first)
    vav_hop_post (self->hop, on_began_post, reel_ref (self), reel_unref);

  return GST_FLOW_OK;
}

/* Scales in the format that comes, then converts what is left. */
static GstElement *
build (Reel *self, GError **error)
{
  static const char *const chain[] = { "pipewiresrc", "videoscale", "videoconvert", "appsink", NULL };
  GstAppSinkCallbacks callbacks = { .new_sample = on_sample };
  g_autoptr (GstElement) pipeline = vav_media_make_pipeline (NULL);
  g_autofree char *node = g_strdup_printf ("%u", self->node);
  g_autoptr (GstCaps) caps = NULL;
  g_autoptr (GstPad) pad = NULL;
  GstElement *elements[4];

  if (!vav_media_make_chain (GST_BIN (pipeline), chain, elements, error))
    return NULL;

  /* it is this node or none: not another one, such as a camera, when it has gone */
  gst_util_set_object_arg (G_OBJECT (elements[0]), "stream-properties",
                           "properties, node.dont-reconnect=(string)true, media.role=(string)Screen");
  g_object_set (elements[0], "fd", self->fd, "path", node, "keepalive-time", REPEAT_MS, "min-buffers",
                MIN_BUFFERS, NULL);
  pad = gst_element_get_static_pad (elements[0], "src");
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, on_captured, self, NULL);

  caps = gst_caps_new_simple ("video/x-raw", "format", G_TYPE_STRING, "I420", "width", GST_TYPE_INT_RANGE, 16,
                              VAV_SCREEN_WIDTH, "height", GST_TYPE_INT_RANGE, 16, VAV_SCREEN_HEIGHT,
                              "pixel-aspect-ratio", GST_TYPE_FRACTION, 1, 1, NULL);
  g_object_set (elements[3], "caps", caps, "sync", FALSE, "enable-last-sample", FALSE, "max-buffers", 4, NULL);
  gst_app_sink_set_callbacks (GST_APP_SINK (elements[3]), &callbacks, self, NULL);

  return g_steal_pointer (&pipeline);
}

static gboolean
is_stopped (Reel *self)
{
  gboolean stop;

  g_mutex_lock (&self->lock);
  stop = self->stop;
  g_mutex_unlock (&self->lock);

  return stop;
}

static gboolean
is_silent (Reel *self)
{
  gboolean silent;

  g_mutex_lock (&self->lock);
  silent = self->last != 0 && g_get_monotonic_time () > self->last + SILENCE_S * G_USEC_PER_SEC;
  g_mutex_unlock (&self->lock);

  return silent;
}

/* Plays until told to stop. Returns FALSE if it ended by itself. */
static gboolean
watch (Reel *self, GstBus *bus)
{
  const GstMessageType types = GST_MESSAGE_ERROR | GST_MESSAGE_EOS | GST_MESSAGE_APPLICATION;

  while (!is_stopped (self))
    {
      g_autoptr (GstMessage) message = gst_bus_timed_pop_filtered (bus, GST_SECOND / 2, types);
      GstMessageType type = message != NULL ? GST_MESSAGE_TYPE (message) : GST_MESSAGE_UNKNOWN;

      if (type == GST_MESSAGE_ERROR || type == GST_MESSAGE_EOS || is_silent (self))
        return is_stopped (self);
    }

  return TRUE;
}

static gboolean
play (Reel *self, GstElement *pipeline)
{
  g_autoptr (GstBus) bus = gst_element_get_bus (pipeline);

  g_mutex_lock (&self->lock);
  self->bus = gst_object_ref (bus);
  g_mutex_unlock (&self->lock);
  if (is_stopped (self))
    return TRUE;
  if (gst_element_set_state (pipeline, GST_STATE_PLAYING) == GST_STATE_CHANGE_FAILURE)
    return FALSE;

  return watch (self, bus);
}

/* error: (transfer full) (nullable): why it could not even be built */
static void
tell_end (Reel *self, GError *error)
{
  End *end = g_new0 (End, 1);

  end->reel = reel_ref (self);
  end->error = error;
  if (error == NULL && self->last == 0)
    end->error = make_silence_error ();
  vav_hop_post (self->hop, on_ended_post, end, end_free);
}

static gpointer
run (gpointer data)
{
  Reel *self = data;
  GError *error = NULL;
  GstElement *pipeline = build (self, &error);

  if (pipeline == NULL || !play (self, pipeline))
    tell_end (self, error);
  if (pipeline != NULL)
    {
      gst_element_set_state (pipeline, GST_STATE_NULL);
      gst_object_unref (pipeline);
    }

  g_mutex_lock (&self->lock);
  gst_clear_object (&self->bus);
  g_mutex_unlock (&self->lock);
  g_close (self->fd, NULL);
  reel_unref (self);

  return NULL;
}

static Reel *
reel_new (int fd, guint32 node, VavOutlet *outlet, VavHop *hop)
{
  Reel *self = g_new0 (Reel, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->fd = fd;
  self->node = node;
  self->outlet = g_object_ref (outlet);
  self->hop = vav_hop_ref (hop);
  g_mutex_init (&self->lock);
  g_thread_unref (g_thread_new ("vav-screen", run, reel_ref (self)));

  return self;
}

static void
reel_stop (Reel *self)
{
  g_mutex_lock (&self->lock);
  self->stop = TRUE;
  if (self->bus != NULL)
    gst_bus_post (self->bus, gst_message_new_application (NULL, gst_structure_new_empty ("stop")));
  g_mutex_unlock (&self->lock);
}

/* --- the object --- */

static void
vav_screen_dispose (GObject *object)
{
  VavScreen *self = VAV_SCREEN (object);

  vav_screen_stop (self);
  g_clear_pointer (&self->hop, vav_hop_unref);
  g_clear_object (&self->outlet);

  G_OBJECT_CLASS (vav_screen_parent_class)->dispose (object);
}

static void
vav_screen_class_init (VavScreenClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = vav_screen_dispose;

  signals[SIGNAL_BEGAN]
      = g_signal_new ("began", VAV_TYPE_SCREEN, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_ENDED]
      = g_signal_new ("ended", VAV_TYPE_SCREEN, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_ERROR);
}

static void
vav_screen_init (VavScreen *self)
{
  self->hop = vav_hop_new (self);
  self->outlet = vav_outlet_new ();
}

VavScreen *
vav_screen_new (int fd, guint32 node)
{
  VavScreen *self = g_object_new (VAV_TYPE_SCREEN, NULL);

  self->reel = reel_new (fd, node, self->outlet, self->hop);
  self->limit = vav_media_add_timer (self->hop, FIRST_S, on_limit, self);

  return self;
}

VavOutlet *
vav_screen_get_outlet (VavScreen *self)
{
  return self->outlet;
}

gboolean
vav_screen_has_begun (VavScreen *self)
{
  return self->begun;
}

void
vav_screen_stop (VavScreen *self)
{
  g_clear_pointer (&self->limit, vav_media_remove_timer);
  if (self->reel != NULL)
    reel_stop (self->reel);
  g_clear_pointer (&self->reel, reel_unref);
}
