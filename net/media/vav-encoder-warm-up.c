/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/media/vav-encoder-warm-up.h"

#include <gst/app/gstappsrc.h>
#include <gst/video/video.h>

#define INTERVAL "min-force-key-unit-interval"

typedef struct
{
  GstClockTime time; /* of the grey picture: how it is known again */
  guint64 interval;  /* between two key frames that are asked for; the encoder's */
  VavMediaGate *gate;
} WarmUp;

static void
warm_up_free (gpointer data)
{
  WarmUp *self = data;

  vav_media_gate_unref (self->gate);
  g_free (self);
}

/* The encoder's thread. The grey picture was a key frame; the first real one is to be another, however soon it comes: so long the interval is none. */
static GstPadProbeReturn
on_encoded (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  WarmUp *self = user_data;
  g_autoptr (GstElement) encoder = NULL;

  if (GST_BUFFER_PTS (GST_PAD_PROBE_INFO_BUFFER (info)) == self->time)
    {
      vav_media_gate_mark (self->gate, VAV_STEP_ENCODER_READY);
      return GST_PAD_PROBE_DROP;
    }

  encoder = gst_pad_get_parent_element (pad);
  if (encoder != NULL)
    g_object_set (encoder, INTERVAL, self->interval, NULL);
  return GST_PAD_PROBE_REMOVE;
}

static GstSample *
make_grey (GstCaps *caps, const GstVideoInfo *info, GstClockTime time)
{
  g_autoptr (GstBuffer) buffer = gst_buffer_new_allocate (NULL, GST_VIDEO_INFO_SIZE (info), NULL);

  gst_buffer_memset (buffer, 0, 128, GST_VIDEO_INFO_SIZE (info));
  GST_BUFFER_PTS (buffer) = GST_BUFFER_DTS (buffer) = time;
  return gst_sample_new (buffer, caps, NULL, NULL);
}

void
vav_encoder_warm_up (GstElement *source, GstElement *encoder, GstCaps *caps, VavMediaGate *gate)
{
  g_autoptr (GstPad) pad = gst_element_get_static_pad (encoder, "src");
  g_autoptr (GstSample) grey = NULL;
  GstVideoInfo info;
  WarmUp *self;

  if (!gst_video_info_from_caps (&info, caps))
    return;

  self = g_new0 (WarmUp, 1);
  self->time = (GstClockTime)g_get_monotonic_time () * GST_USECOND;
  self->gate = vav_media_gate_ref (gate);
  g_object_get (encoder, INTERVAL, &self->interval, NULL);
  g_object_set (encoder, INTERVAL, (guint64)0, NULL);
  grey = make_grey (caps, &info, self->time);
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, on_encoded, self, warm_up_free);
  gst_app_src_push_sample (GST_APP_SRC (source), grey);
}
