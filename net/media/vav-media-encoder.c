/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/media/vav-media-encoder.h"

#include <gst/video/video.h>

/* Per cent. Opus weighs by it how much of a packet goes to what was in the one before: some always, since losses come in bursts. */
#define MIN_LOSS 3
#define MAX_LOSS 30
#define LOSS_STEP 3

/* A key frame is at most as large as four usual pictures, in per cent; or as what is sent in KEY_FRAME_US, if pictures are few: of 2 a second four are two
 * seconds of the line, and before it has passed the next one is asked for. */
#define MAX_INTRA 400
#define KEY_FRAME_US 133000
#define LEAST_INTRA 60

/* Of an encoder of pictures: an int, 1 while only a key frame leaves it. Atomic */
#define HEADLESS "vav-headless"

/* Between two pictures at least, as they are stamped: more than a tick of the encoder's time, whichever it takes. */
#define LEAST_STEP GST_MSECOND

/* The encoder's thread */
typedef struct
{
  GstClockTime last; /* stamp of the picture before */
  GstClockTime lag;  /* what is added to those of a source whose stamps are behind those of the one before it */
} Stamps;

/* What is stamped no later than the picture before it the encoder throws away, and the key frame that it should have been with it: for good, since it
 * takes that for under way. */
static GstPadProbeReturn
on_picture (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  Stamps *stamps = user_data;
  GstBuffer *buffer = GST_PAD_PROBE_INFO_BUFFER (info);
  GstClockTime time = GST_BUFFER_PTS (buffer);

  if (!GST_CLOCK_TIME_IS_VALID (time))
    return GST_PAD_PROBE_OK;
  if (stamps->last == GST_CLOCK_TIME_NONE || time >= stamps->last + LEAST_STEP)
    stamps->lag = 0;
  else if (time + stamps->lag < stamps->last + LEAST_STEP)
    stamps->lag = stamps->last + LEAST_STEP - time;
  stamps->last = time + stamps->lag;
  if (stamps->lag == 0)
    return GST_PAD_PROBE_OK;

  buffer = gst_buffer_make_writable (buffer);
  GST_BUFFER_PTS (buffer) = stamps->last;
  GST_BUFFER_DTS (buffer) = GST_CLOCK_TIME_NONE;
  GST_PAD_PROBE_INFO_DATA (info) = buffer;
  return GST_PAD_PROBE_OK;
}

/* The encoder's thread. It obeys at its own time, and asks for some time between two key frames: so it is asked again. */
static GstPadProbeReturn
on_encoded (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  int *headless = user_data;

  if (g_atomic_int_get (headless) == 0)
    return GST_PAD_PROBE_OK;
  if (GST_BUFFER_FLAG_IS_SET (GST_PAD_PROBE_INFO_BUFFER (info), GST_BUFFER_FLAG_DELTA_UNIT))
    {
      /* for a certain time: a request for any time is refused while there is another, even if what answered that one was thrown away */
      gst_pad_send_event (pad, gst_video_event_new_upstream_force_key_unit (
                                   GST_BUFFER_PTS (GST_PAD_PROBE_INFO_BUFFER (info)), TRUE, 0));
      return GST_PAD_PROBE_DROP;
    }

  g_atomic_int_set (headless, 0);
  return GST_PAD_PROBE_OK;
}

static void
set_up_video (GstElement *encoder)
{
  g_autoptr (GstPad) sink = gst_element_get_static_pad (encoder, "sink");
  g_autoptr (GstPad) pad = gst_element_get_static_pad (encoder, "src");
  Stamps *stamps = g_new0 (Stamps, 1);
  int *headless = g_new0 (int, 1);

  stamps->last = GST_CLOCK_TIME_NONE;
  gst_pad_add_probe (sink, GST_PAD_PROBE_TYPE_BUFFER, on_picture, stamps, g_free);
  g_object_set_data_full (G_OBJECT (encoder), HEADLESS, headless, g_free);
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, on_encoded, headless, NULL);

  gst_util_set_object_arg (G_OBJECT (encoder), "end-usage", "cbr");
  gst_util_set_object_arg (G_OBJECT (encoder), "error-resilient", "default");
  /* deadline 1 and a negative cpu-used are real time; a positive one is adaptive and gave 7 pictures a second. One thread: the second
   * waits for the first by spinning, and two calls of two threads on two cores gave 5 pictures a second. A rate buffer of half a second;
   * key frames only when asked for. */
  g_object_set (encoder, "deadline", (gint64)1, "cpu-used", -6, "threads", 1, "keyframe-max-dist", 3000,
                "lag-in-frames", 0, "undershoot", 95, "buffer-size", 150, "buffer-initial-size", 75,
                "buffer-optimal-size", 100, "min-quantizer", 4, "max-quantizer", 56, "static-threshold", 100,
                "max-intra-bitrate", MAX_INTRA, "min-force-key-unit-interval", (guint64)(100 * GST_MSECOND), NULL);
}

/* Of an encoder of sound: an int, how long its frames are to be; 0: as they are. Atomic */
#define FRAME_MS "vav-frame-ms"

/* The encoder's thread: opusenc of 1.22 takes the new length in two steps, and what another thread encodes between them ends the program. */
static GstPadProbeReturn
on_sound (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  g_autoptr (GstElement) encoder = gst_pad_get_parent_element (pad);
  int ms = g_atomic_int_get ((int *)user_data);
  int before;

  if (encoder == NULL || ms == 0)
    return GST_PAD_PROBE_OK;

  /* the values of its enumeration are the times */
  g_object_get (encoder, "frame-size", &before, NULL);
  if (before != ms)
    g_object_set (encoder, "frame-size", ms, NULL);

  return GST_PAD_PROBE_OK;
}

/* A rate that never varies, and packets in silence too: their lengths and pauses would tell through all sealing who speaks, and something of what is
 * said (RFC 6562, 2 and 3). */
static void
set_up_audio (GstElement *encoder)
{
  g_autoptr (GstPad) pad = gst_element_get_static_pad (encoder, "sink");
  int *frame_ms = g_new0 (int, 1);

  g_object_set_data_full (G_OBJECT (encoder), FRAME_MS, frame_ms, g_free);
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, on_sound, frame_ms, NULL);
  gst_util_set_object_arg (G_OBJECT (encoder), "bitrate-type", "cbr");
  gst_util_set_object_arg (G_OBJECT (encoder), "audio-type", "voice");
  gst_util_set_object_arg (G_OBJECT (encoder), "frame-size", "20");
  g_object_set (encoder, "dtx", FALSE, "inband-fec", TRUE, "packet-loss-percentage", MIN_LOSS, NULL);
}

void
vav_media_encoder_set_up (GstElement *encoder, VavMediaKind kind)
{
  if (kind == VAV_MEDIA_VIDEO)
    set_up_video (encoder);
  else
    set_up_audio (encoder);
}

void
vav_media_encoder_set_bitrate (GstElement *encoder, VavMediaKind kind, guint bits_per_second)
{
  g_object_set (encoder, kind == VAV_MEDIA_VIDEO ? "target-bitrate" : "bitrate", (int)bits_per_second, NULL);
}

void
vav_media_encoder_set_interval (GstElement *encoder, guint interval_us)
{
  int percent = interval_us > 0 ? (int)CLAMP (100 * KEY_FRAME_US / interval_us, LEAST_INTRA, MAX_INTRA) : MAX_INTRA;

  g_object_set (encoder, "max-intra-bitrate", percent, NULL);
}

void
vav_media_encoder_set_frame (GstElement *encoder, guint ms)
{
  g_atomic_int_set ((int *)g_object_get_data (G_OBJECT (encoder), FRAME_MS), (int)ms);
}

void
vav_media_encoder_set_loss (GstElement *encoder, double loss)
{
  int percent = (int)CLAMP (loss * 100, MIN_LOSS, MAX_LOSS);
  int before;

  g_object_get (encoder, "packet-loss-percentage", &before, NULL);
  if (ABS (percent - before) >= LOSS_STEP || (percent == MIN_LOSS && before != percent))
    g_object_set (encoder, "packet-loss-percentage", percent, NULL);
}

void
vav_media_encoder_force_key_frame (GstElement *encoder)
{
  g_autoptr (GstPad) pad = gst_element_get_static_pad (encoder, "src");

  gst_pad_send_event (pad, gst_video_event_new_upstream_force_key_unit (GST_CLOCK_TIME_NONE, TRUE, 0));
}

void
vav_media_encoder_start_afresh (GstElement *encoder)
{
  g_atomic_int_set ((int *)g_object_get_data (G_OBJECT (encoder), HEADLESS), 1);
  vav_media_encoder_force_key_frame (encoder);
}
