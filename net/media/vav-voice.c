/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/media/vav-voice.h"

#include <gst/app/gstappsrc.h>

#include "net/media/vav-media-elements.h"

#define RATE 48000
#define SLACK (5 * GST_MSECOND)  /* less than that off is no gap */
#define AHEAD (30 * GST_MSECOND) /* so much silence at a time */
#define MAX_GAP (10 * GST_SECOND)
#define EARLY                                                                                                          \
  (10 * GST_MSECOND) /* an echo that seems to come before its sound is not found; devices' clocks are off by a little */

/* What was played goes through a pipeline of its own, in which a probe keeps it until the processor asks. So the processor always finds its
 * probe, whether a speaker plays or not, and whenever one is opened, closed or changed.
 *
 * The probe takes what it has for one piece without gaps, begun where its oldest sound begins (GStreamer 1.22 to 1.26 at least): behind a gap
 * it would give silence for ever. So it gets one piece: silence where nothing was played, always a little further than the microphone is. */
struct _VavVoice
{
  VavOutlet *played;
  guint consumer;
  GstElement *pipeline;
  GstElement *source;
  GstElement *processor;

  GMutex lock;
  GstClockTime next; /* under lock: where the piece ends, on the monotonic clock; 0: the microphone gives nothing yet */
};

/* With the lock held. samples: (nullable): silence */
static void
add (VavVoice *self, const guint8 *samples, gsize n)
{
  GstBuffer *buffer = gst_buffer_new_allocate (NULL, n * 2, NULL);

  if (samples != NULL)
    gst_buffer_fill (buffer, 0, samples, n * 2);
  else
    gst_buffer_memset (buffer, 0, 0, n * 2);
  GST_BUFFER_PTS (buffer) = self->next;
  self->next += gst_util_uint64_scale (n, GST_SECOND, RATE);
  gst_app_src_push_buffer (GST_APP_SRC (self->source), buffer);
}

/* With the lock held. */
static void
fill_until (VavVoice *self, GstClockTime end)
{
  GstClockTime gap = end > self->next ? end - self->next : 0;

  if (gap > MAX_GAP)
    self->next = end - MAX_GAP;
  add (self, NULL, gst_util_uint64_scale (MIN (gap, MAX_GAP), RATE, GST_SECOND));
}

/* The speaker's streaming thread */
static void
on_played (gpointer sample, gpointer user_data)
{
  VavVoice *self = user_data;
  GstBuffer *buffer = gst_sample_get_buffer (sample);
  GstClockTime begin = GST_BUFFER_PTS (buffer) - EARLY;
  gsize late = 0;
  GstMapInfo map;

  if (!gst_buffer_map (buffer, &map, GST_MAP_READ))
    return;

  g_mutex_lock (&self->lock);
  if (begin > self->next + SLACK && self->next != 0)
    fill_until (self, begin);
  else if (begin + SLACK < self->next)
    late = MIN (gst_util_uint64_scale (self->next - begin, RATE, GST_SECOND), map.size / 2);
  if (self->next != 0 && late < map.size / 2)
    add (self, map.data + late * 2, map.size / 2 - late);
  g_mutex_unlock (&self->lock);
  gst_buffer_unmap (buffer, &map);
}

/* The microphone's streaming thread */
static GstPadProbeReturn
on_heard (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  VavVoice *self = user_data;
  GstClockTime begin = GST_BUFFER_PTS (GST_PAD_PROBE_INFO_BUFFER (info));

  if (!GST_CLOCK_TIME_IS_VALID (begin))
    return GST_PAD_PROBE_OK;

  g_mutex_lock (&self->lock);
  if (self->next == 0)
    self->next = begin;
  if (begin + 10 * GST_MSECOND > self->next)
    fill_until (self, begin + AHEAD);
  g_mutex_unlock (&self->lock);

  return GST_PAD_PROBE_OK;
}

/* The processor looks for the probe by its name among all of the process; GStreamer gives each its own. */
static void
set_up_processor (GstElement *processor, GstElement *probe)
{
  g_object_set (processor, "probe", GST_OBJECT_NAME (probe), "echo-cancel", TRUE, "noise-suppression", TRUE,
                "gain-control", TRUE, "high-pass-filter", TRUE, NULL);
}

VavVoice *
vav_voice_new (VavOutlet *played)
{
  static const char *const chain[] = { "appsrc", "webrtcechoprobe", "fakesink", NULL };
  g_autoptr (VavVoice) self = g_new0 (VavVoice, 1);
  g_autoptr (GstCaps) caps
      = gst_caps_from_string ("audio/x-raw, format=S16LE, rate=48000, channels=1, layout=interleaved");
  g_autoptr (GstPad) pad = NULL;
  GstElement *elements[3];

  g_mutex_init (&self->lock);
  self->played = g_object_ref (played);
  self->processor = gst_element_factory_make ("webrtcdsp", NULL);
  if (self->processor == NULL)
    return NULL;
  gst_object_ref_sink (self->processor);
  self->pipeline = vav_media_make_pipeline (NULL);
  if (!vav_media_make_chain (GST_BIN (self->pipeline), chain, elements, NULL))
    return NULL;

  set_up_processor (self->processor, elements[1]);
  self->source = gst_object_ref (elements[0]);
  g_object_set (self->source, "is-live", TRUE, "format", GST_FORMAT_TIME, "caps", caps, "max-bytes", (guint64)0,
                "max-time", (guint64)(2 * MAX_GAP), "leaky-type", 2 /* downstream: the oldest */, NULL);
  g_object_set (elements[2], "sync", FALSE, "async", FALSE, "enable-last-sample", FALSE, NULL);
  gst_element_set_state (self->pipeline, GST_STATE_PLAYING);
  pad = gst_element_get_static_pad (self->processor, "sink");
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, on_heard, self, NULL);
  self->consumer = vav_outlet_attach (played, on_played, self, NULL);

  return g_steal_pointer (&self);
}

void
vav_voice_free (VavVoice *self)
{
  if (self == NULL)
    return;

  if (self->consumer != 0)
    vav_outlet_detach (self->played, self->consumer);
  if (self->pipeline != NULL)
    gst_element_set_state (self->pipeline, GST_STATE_NULL);
  gst_clear_object (&self->source);
  gst_clear_object (&self->pipeline);
  gst_clear_object (&self->processor);
  g_object_unref (self->played);
  g_mutex_clear (&self->lock);
  g_free (self);
}

GstElement *
vav_voice_get_element (VavVoice *self)
{
  return self->processor;
}
