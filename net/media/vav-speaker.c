/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/media/vav-speaker.h"

#include <gst/app/gstappsrc.h>
#include <gst/gst.h>

#include "net/media/vav-devices-private.h"
#include "net/media/vav-media-elements.h"

#define RATE 48000
#define MARGIN_MS 10    /* for decoder and threads */
#define BUFFER_US 60000 /* what the sound server holds of ours */
#define PIECE_US 10000  /* asked for at a time */
#define SURPLUS_MS 80   /* more than the cushion is left out */

struct _VavSpeaker
{
  VavOutlet *outlet;
  guint consumer; /* 0: stopped */
  GThread *thread;

  GMutex lock; /* all below */
  gboolean stop;
  guint latency_ms;
  guint cushion_ms;   /* silence that was given so far; 0: nothing played yet */
  GstElement *source; /* while it plays */
  GstBus *bus;
};

/* With the lock held. */
static void
push_silence (VavSpeaker *self, guint ms, GstCaps *caps)
{
  gsize size = (gsize)ms * RATE / 1000 * sizeof (gint16);
  GstBuffer *buffer = gst_buffer_new_allocate (NULL, size, NULL);
  g_autoptr (GstSample) sample = NULL;

  gst_buffer_memset (buffer, 0, 0, size);
  sample = gst_sample_new (buffer, caps, NULL, NULL);
  gst_buffer_unref (buffer);
  gst_app_src_push_sample (GST_APP_SRC (self->source), sample);
}

/* The decoder's thread */
static void
on_sample (gpointer data, gpointer user_data)
{
  VavSpeaker *self = user_data;
  guint wanted;

  g_mutex_lock (&self->lock);
  if (self->source != NULL && !self->stop)
    {
      wanted = self->latency_ms + MARGIN_MS;
      if (wanted > self->cushion_ms)
        {
          push_silence (self, wanted - self->cushion_ms, gst_sample_get_caps (data));
          gst_app_src_set_max_time (GST_APP_SRC (self->source), (wanted + SURPLUS_MS) * GST_MSECOND);
          self->cushion_ms = wanted;
        }
      gst_app_src_push_sample (GST_APP_SRC (self->source), data);
    }
  g_mutex_unlock (&self->lock);
}

static void
set_up_sink (GstElement *sink)
{
  GObjectClass *class = G_OBJECT_GET_CLASS (sink);

  if (g_object_class_find_property (class, "buffer-time") != NULL)
    g_object_set (sink, "buffer-time", (gint64)BUFFER_US, "latency-time", (gint64)PIECE_US, NULL);
  /* as fast as the device takes it: that is the only clock that counts here */
  g_object_set (sink, "sync", FALSE, NULL);
}

/* Returns (transfer full) (nullable) */
static GstElement *
build (GstElement **source)
{
  static const char *const chain[] = { "appsrc", "audioconvert", "audioresample", NULL };
  g_autoptr (VavDevice) device = vav_devices_pick (VAV_DEVICE_SPEAKER);
  g_autoptr (GstElement) pipeline = NULL;
  GstElement *sink, *elements[3];

  if (device == NULL)
    return NULL;
  sink = vav_device_make_element (device);
  pipeline = vav_media_make_pipeline (NULL);
  if (sink == NULL || !vav_media_make_chain (GST_BIN (pipeline), chain, elements, NULL))
    {
      g_clear_pointer (&sink, gst_object_unref);
      return NULL;
    }

  set_up_sink (sink);
  gst_bin_add (GST_BIN (pipeline), sink);
  g_object_set (elements[0], "is-live", TRUE, "format", GST_FORMAT_TIME, "leaky-type", 2 /* downstream: the oldest */,
                "max-bytes", (guint64)0, "max-time", (guint64)(SURPLUS_MS * GST_MSECOND), NULL);
  *source = elements[0];
  return gst_element_link (elements[2], sink) ? g_steal_pointer (&pipeline) : NULL;
}

static gboolean
is_stopped (VavSpeaker *self)
{
  gboolean stopped;

  g_mutex_lock (&self->lock);
  stopped = self->stop;
  g_mutex_unlock (&self->lock);

  return stopped;
}

static void
watch (VavSpeaker *self, GstBus *bus)
{
  while (!is_stopped (self))
    {
      g_autoptr (GstMessage) message
          = gst_bus_timed_pop_filtered (bus, GST_SECOND, GST_MESSAGE_ERROR | GST_MESSAGE_APPLICATION);

      if (message != NULL && GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR)
        break;
    }
}

static gpointer
run (gpointer data)
{
  VavSpeaker *self = data;
  GstElement *source = NULL;
  g_autoptr (GstElement) pipeline = is_stopped (self) ? NULL : build (&source);
  g_autoptr (GstBus) bus = NULL;

  if (pipeline == NULL)
    return NULL;

  bus = gst_element_get_bus (pipeline);
  g_mutex_lock (&self->lock);
  self->source = source;
  self->bus = bus;
  g_mutex_unlock (&self->lock);
  if (gst_element_set_state (pipeline, GST_STATE_PLAYING) != GST_STATE_CHANGE_FAILURE)
    watch (self, bus);

  g_mutex_lock (&self->lock);
  self->source = NULL;
  self->bus = NULL;
  g_mutex_unlock (&self->lock);
  gst_element_set_state (pipeline, GST_STATE_NULL);

  return NULL;
}

VavSpeaker *
vav_speaker_new (VavOutlet *outlet, guint latency_ms)
{
  VavSpeaker *self = g_new0 (VavSpeaker, 1);

  self->outlet = g_object_ref (outlet);
  self->latency_ms = latency_ms;
  g_mutex_init (&self->lock);
  self->consumer = vav_outlet_attach (outlet, on_sample, self, NULL);
  self->thread = g_thread_new ("vav-speaker", run, self);

  return self;
}

void
vav_speaker_set_latency (VavSpeaker *self, guint latency_ms)
{
  g_mutex_lock (&self->lock);
  if (self->latency_ms != latency_ms)
    {
      self->latency_ms = latency_ms;
      if (self->source != NULL)
        {
          gst_bus_post (self->bus, gst_message_new_latency (NULL));
        }
    }
  g_mutex_unlock (&self->lock);
}

void
vav_speaker_stop (VavSpeaker *self)
{
  if (self->consumer != 0)
    vav_outlet_detach (self->outlet, self->consumer);
  self->consumer = 0;

  g_mutex_lock (&self->lock);
  self->stop = TRUE;
  if (self->bus != NULL)
    gst_bus_post (self->bus, gst_message_new_application (NULL, gst_structure_new_empty ("stop")));
  g_mutex_unlock (&self->lock);
}

void
vav_speaker_free (VavSpeaker *self)
{
  if (self == NULL)
    return;

  vav_speaker_stop (self);
  g_thread_join (self->thread);
  g_object_unref (self->outlet);
  g_mutex_clear (&self->lock);
  g_free (self);
}
