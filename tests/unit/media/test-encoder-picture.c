/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What leaves the encoder of pictures when a key frame is wanted, and how large it is. */
#include <gst/app/gstappsink.h>
#include <gst/gst.h>
#include <gst/video/video.h>

#include "net/media/vav-media-encoder.h"

#define LIMIT (20 * GST_SECOND)
#define N_PICTURES 30
#define BITRATE 15000

typedef struct
{
  GstElement *pipeline, *encoder, *sink;
} Studio;

static void
studio_open (Studio *studio, guint interval_us)
{
  g_autoptr (GError) error = NULL;

  studio->pipeline = gst_parse_launch (
      "videotestsrc num-buffers=30 pattern=ball ! video/x-raw,format=I420,width=160,height=90,framerate=5/2 ! "
      "vp8enc name=encoder ! appsink name=sink sync=false max-buffers=1",
      &error);
  g_assert_no_error (error);
  studio->encoder = gst_bin_get_by_name (GST_BIN (studio->pipeline), "encoder");
  studio->sink = gst_bin_get_by_name (GST_BIN (studio->pipeline), "sink");
  vav_media_encoder_set_up (studio->encoder, VAV_MEDIA_VIDEO);
  vav_media_encoder_set_bitrate (studio->encoder, VAV_MEDIA_VIDEO, BITRATE);
  vav_media_encoder_set_interval (studio->encoder, interval_us);
  gst_element_set_state (studio->pipeline, GST_STATE_PLAYING);
}

static void
studio_close (Studio *studio)
{
  gst_element_set_state (studio->pipeline, GST_STATE_NULL);
  gst_object_unref (studio->encoder);
  gst_object_unref (studio->sink);
  gst_object_unref (studio->pipeline);
}

/* Returns: (transfer full) (nullable): NULL: that was all */
static GstBuffer *
take (Studio *studio)
{
  g_autoptr (GstSample) sample = gst_app_sink_try_pull_sample (GST_APP_SINK (studio->sink), LIMIT);

  g_assert_true (sample != NULL || gst_app_sink_is_eos (GST_APP_SINK (studio->sink)));
  return sample != NULL ? gst_buffer_ref (gst_sample_get_buffer (sample)) : NULL;
}

static gboolean
is_key (GstBuffer *buffer)
{
  return !GST_BUFFER_FLAG_IS_SET (buffer, GST_BUFFER_FLAG_DELTA_UNIT);
}

/* The size of the largest key frame but the first of 2.5 pictures a second, each third of which is one. */
static gsize
measure (guint interval_us)
{
  Studio studio;
  gsize largest = 0;

  studio_open (&studio, interval_us);
  for (guint i = 0; i < N_PICTURES; i++)
    {
      g_autoptr (GstBuffer) buffer = take (&studio);

      g_assert_nonnull (buffer);
      if (i > 0 && is_key (buffer))
        largest = MAX (largest, gst_buffer_get_size (buffer));
      if (i % 3 == 0)
        vav_media_encoder_force_key_frame (studio.encoder);
    }
  studio_close (&studio);

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

/* An encoder that does not hear at once, as one that gave a key frame just now. user_data: (int *) how often */
static GstPadProbeReturn
overhear (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  gboolean request = gst_video_event_is_force_key_unit (GST_PAD_PROBE_INFO_EVENT (info));

  return request && g_atomic_int_add ((int *)user_data, -1) > 0 ? GST_PAD_PROBE_DROP : GST_PAD_PROBE_OK;
}

/* What was encoded before the key frame builds on what has not left. */
static void
test_afresh (void)
{
  g_autoptr (GstPad) pad = NULL;
  Studio studio;
  guint came = 0, before = 0;
  int deaf = 5;

  g_test_summary (
      "Who starts afresh sends nothing before the key frame, which is asked for until it comes, and all after it");
  studio_open (&studio, 0);
  for (guint i = 0; i < 5; i++)
    gst_buffer_unref (take (&studio));
  pad = gst_element_get_static_pad (studio.encoder, "src");
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_EVENT_UPSTREAM, overhear, &deaf, NULL);
  vav_media_encoder_start_afresh (studio.encoder);
  for (GstBuffer *buffer = take (&studio); buffer != NULL; buffer = take (&studio))
    {
      if (is_key (buffer))
        before = came;
      came++;
      gst_buffer_unref (buffer);
    }
  /* two had left it by then: one waits in the sink, one before it */
  g_assert_cmpuint (before, <=, 2);
  g_assert_cmpuint (came - before, >, 10);
  g_assert_cmpuint (came, <, N_PICTURES - 5 - 2);
  studio_close (&studio);
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/encoder-picture/key-frames", test_key_frames);
  g_test_add_func ("/encoder-picture/afresh", test_afresh);
  return g_test_run ();
}
