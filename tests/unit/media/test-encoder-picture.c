/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Over a narrow line a key frame is no larger than what passes while the next pictures are waited for. */
#include <gst/app/gstappsink.h>
#include <gst/gst.h>

#include "net/media/vav-media-encoder.h"

#define LIMIT (20 * GST_SECOND)
#define N_PICTURES 30
#define BITRATE 15000

/* The size of the largest key frame but the first of 2.5 pictures a second, each third of which is one. */
static gsize
measure (guint interval_us)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GstElement) pipeline = gst_parse_launch (
      "videotestsrc num-buffers=30 pattern=ball ! video/x-raw,format=I420,width=160,height=90,framerate=5/2 ! "
      "vp8enc name=encoder ! appsink name=sink sync=false",
      &error);
  g_autoptr (GstElement) encoder = NULL, sink = NULL;
  gsize largest = 0;

  g_assert_no_error (error);
  encoder = gst_bin_get_by_name (GST_BIN (pipeline), "encoder");
  sink = gst_bin_get_by_name (GST_BIN (pipeline), "sink");
  vav_media_encoder_set_up (encoder, VAV_MEDIA_VIDEO);
  vav_media_encoder_set_bitrate (encoder, VAV_MEDIA_VIDEO, BITRATE);
  vav_media_encoder_set_interval (encoder, interval_us);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  for (guint i = 0; i < N_PICTURES; i++)
    {
      g_autoptr (GstSample) sample = gst_app_sink_try_pull_sample (GST_APP_SINK (sink), LIMIT);
      GstBuffer *buffer;

      g_assert_nonnull (sample);
      buffer = gst_sample_get_buffer (sample);
      if (i > 0 && !GST_BUFFER_FLAG_IS_SET (buffer, GST_BUFFER_FLAG_DELTA_UNIT))
        largest = MAX (largest, gst_buffer_get_size (buffer));
      if (i % 3 == 0)
        vav_media_encoder_force_key_frame (encoder);
    }
  gst_element_set_state (pipeline, GST_STATE_NULL);

  return largest;
}

static void
test_key_frames (void)
{
  gsize usual = measure (0), rare = measure (400000);

  g_test_message ("largest key frame %" G_GSIZE_FORMAT " bytes, and %" G_GSIZE_FORMAT " where pictures are few", usual,
                  rare);
  g_assert_cmpuint (rare, >, 0);
  g_assert_cmpuint (rare, <, usual);
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/encoder-picture/key-frames", test_key_frames);
  return g_test_run ();
}
