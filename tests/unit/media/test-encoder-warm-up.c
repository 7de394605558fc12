/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/media/vav-encoder-warm-up.h"

#include <gst/app/gstappsink.h>
#include <gst/app/gstappsrc.h>
#include <gst/video/video.h>

#include "net/media/vav-media-encoder.h"

#define LIMIT (20 * GST_SECOND)

typedef struct
{
  GstElement *pipeline;
  GstElement *source;
  GstElement *encoder;
  GstElement *sink;
  GstCaps *caps;
  VavMediaGate *gate;
  VavTimeline *timeline;
} Line;

static void
set_up (Line *line, gconstpointer unused)
{
  line->pipeline = gst_parse_launch (
      "appsrc name=source is-live=true format=time ! vp8enc name=encoder ! appsink name=sink sync=false", NULL);
  line->source = gst_bin_get_by_name (GST_BIN (line->pipeline), "source");
  line->encoder = gst_bin_get_by_name (GST_BIN (line->pipeline), "encoder");
  line->sink = gst_bin_get_by_name (GST_BIN (line->pipeline), "sink");
  vav_media_encoder_set_up (line->encoder, VAV_MEDIA_VIDEO);
  line->caps = gst_caps_from_string ("video/x-raw, format=I420, width=320, height=180, framerate=30/1");
  line->gate = vav_media_gate_new ();
  line->timeline = vav_timeline_new ();
  vav_media_gate_set_timeline (line->gate, line->timeline);
  gst_element_set_state (line->pipeline, GST_STATE_PLAYING);
}

static void
tear_down (Line *line, gconstpointer unused)
{
  gst_element_set_state (line->pipeline, GST_STATE_NULL);
  gst_object_unref (line->source);
  gst_object_unref (line->encoder);
  gst_object_unref (line->sink);
  gst_object_unref (line->pipeline);
  gst_caps_unref (line->caps);
  vav_media_gate_unref (line->gate);
  vav_timeline_unref (line->timeline);
}

static void
push (Line *line, GstCaps *caps, GstClockTime time)
{
  GstVideoInfo info;
  g_autoptr (GstBuffer) buffer = NULL;
  g_autoptr (GstSample) sample = NULL;

  g_assert_true (gst_video_info_from_caps (&info, caps));
  buffer = gst_buffer_new_allocate (NULL, GST_VIDEO_INFO_SIZE (&info), NULL);
  gst_buffer_memset (buffer, 0, 77, GST_VIDEO_INFO_SIZE (&info));
  GST_BUFFER_PTS (buffer) = time;
  sample = gst_sample_new (buffer, caps, NULL, NULL);
  g_assert_cmpint (gst_app_src_push_sample (GST_APP_SRC (line->source), sample), ==, GST_FLOW_OK);
}

static GstClockTime
now (void)
{
  return (GstClockTime)g_get_monotonic_time () * GST_USECOND;
}

static void
wait_ready (Line *line)
{
  gint64 end = g_get_monotonic_time () + LIMIT / GST_USECOND;

  while (!vav_timeline_has (line->timeline, VAV_STEP_ENCODER_READY))
    {
      g_assert_cmpint (g_get_monotonic_time (), <, end);
      g_thread_yield ();
    }
}

/* The next that comes out is the picture of that time, and a key frame. */
static void
pull_key_frame (Line *line, GstClockTime time)
{
  g_autoptr (GstSample) sample = gst_app_sink_try_pull_sample (GST_APP_SINK (line->sink), LIMIT);

  g_assert_nonnull (sample);
  g_assert_cmpuint (GST_BUFFER_PTS (gst_sample_get_buffer (sample)), ==, time);
  g_assert_false (GST_BUFFER_FLAG_IS_SET (gst_sample_get_buffer (sample), GST_BUFFER_FLAG_DELTA_UNIT));
}

static guint64
get_interval (Line *line)
{
  guint64 interval;

  g_object_get (line->encoder, "min-force-key-unit-interval", &interval, NULL);
  return interval;
}

/* Ready before any real picture; of the grey one nothing is ever seen; the first real one is a key frame though the grey one was one a moment ago; and then
 * key frames are as rare as before. */
static void
test_ready (Line *line, gconstpointer unused)
{
  const guint64 interval = get_interval (line);
  GstClockTime time;

  g_assert_cmpuint (interval, >, 0);
  vav_encoder_warm_up (line->source, line->encoder, line->caps, line->gate);
  wait_ready (line);
  time = now ();
  vav_media_encoder_force_key_frame (line->encoder);
  push (line, line->caps, time);
  pull_key_frame (line, time);
  g_assert_cmpuint (get_interval (line), ==, interval);
}

/* Pictures of another size than was thought, and one that comes at once, are as good. */
static void
test_other (Line *line, gconstpointer unused)
{
  g_autoptr (GstCaps) other = gst_caps_from_string ("video/x-raw, format=I420, width=160, height=120, framerate=15/1");
  GstClockTime time;

  vav_encoder_warm_up (line->source, line->encoder, line->caps, line->gate);
  wait_ready (line);
  time = now ();
  vav_media_encoder_force_key_frame (line->encoder);
  push (line, other, time);
  pull_key_frame (line, time);
}

/* What are no caps of pictures changes nothing. */
static void
test_nonsense (Line *line, gconstpointer unused)
{
  const guint64 interval = get_interval (line);
  g_autoptr (GstCaps) sound = gst_caps_from_string ("audio/x-raw, rate=48000");
  GstClockTime time = now ();

  vav_encoder_warm_up (line->source, line->encoder, sound, line->gate);
  g_assert_cmpuint (get_interval (line), ==, interval);
  push (line, line->caps, time);
  pull_key_frame (line, time);
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  vav_timeline_enable ();
  g_test_add ("/encoder-warm-up/ready", Line, NULL, set_up, test_ready, tear_down);
  g_test_add ("/encoder-warm-up/other", Line, NULL, set_up, test_other, tear_down);
  g_test_add ("/encoder-warm-up/nonsense", Line, NULL, set_up, test_nonsense, tear_down);
  return g_test_run ();
}
