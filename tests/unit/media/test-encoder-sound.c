/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whoever counts our sealed packets of sound learns nothing of what is said: they are as many and as long in speech as in silence. */
#include <gst/gst.h>

#include "net/media/vav-media-encoder.h"

#define N_BUFFERS 150
#define LIMIT (20 * GST_SECOND)

static GstPadProbeReturn
on_packet (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  gsize size = gst_buffer_get_size (GST_PAD_PROBE_INFO_BUFFER (info));

  g_array_append_val ((GArray *)user_data, size);
  return GST_PAD_PROBE_OK;
}

/* The lengths of the packets of 3 s of such a sound (audiotestsrc's wave). */
static GArray *
measure (const char *wave)
{
  g_autofree char *words = g_strdup_printf (
      "audiotestsrc num-buffers=%d samplesperbuffer=960 wave=%s ! audio/x-raw,format=S16LE,rate=48000,channels=1 "
      "! opusenc name=encoder ! fakesink name=sink",
      N_BUFFERS, wave);
  g_autoptr (GError) error = NULL;
  g_autoptr (GstElement) pipeline = gst_parse_launch (words, &error);
  g_autoptr (GstElement) encoder = NULL;
  g_autoptr (GstPad) pad = NULL;
  g_autoptr (GstBus) bus = gst_element_get_bus (pipeline);
  g_autoptr (GstMessage) message = NULL;
  GArray *lengths = g_array_new (FALSE, FALSE, sizeof (gsize));

  g_assert_no_error (error);
  encoder = gst_bin_get_by_name (GST_BIN (pipeline), "encoder");
  vav_media_encoder_set_up (encoder, VAV_MEDIA_AUDIO);
  vav_media_encoder_set_bitrate (encoder, VAV_MEDIA_AUDIO, 32000);
  pad = gst_element_get_static_pad (encoder, "src");
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, on_packet, lengths, NULL);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  message = gst_bus_timed_pop_filtered (bus, LIMIT, GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
  g_assert_nonnull (message);
  g_assert_cmpint (GST_MESSAGE_TYPE (message), ==, GST_MESSAGE_EOS);
  gst_element_set_state (pipeline, GST_STATE_NULL);

  return lengths;
}

static void
test_even (void)
{
  static const char *const waves[] = { "silence", "ticks", "pink-noise" };

  for (guint n = 0; n < G_N_ELEMENTS (waves); n++)
    {
      g_autoptr (GArray) lengths = measure (waves[n]);

      g_assert_cmpuint (lengths->len, >=, N_BUFFERS);
      for (guint packet = 0; packet < lengths->len; packet++)
        g_assert_cmpuint (g_array_index (lengths, gsize, packet), ==, 80); /* 20 ms at 32 kbit/s */
    }
}

/* Back and forth, at any moment, while it encodes. */
static void
test_lengths (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GstElement) pipeline = gst_parse_launch (
      "audiotestsrc num-buffers=20000 samplesperbuffer=960 ! audio/x-raw,format=S16LE,rate=48000,channels=1 "
      "! opusenc name=encoder complexity=0 ! fakesink name=sink",
      &error);
  g_autoptr (GstElement) encoder = NULL;
  g_autoptr (GstPad) pad = NULL;
  g_autoptr (GstBus) bus = gst_element_get_bus (pipeline);
  g_autoptr (GstMessage) message = NULL;
  g_autoptr (GArray) lengths = g_array_new (FALSE, FALSE, sizeof (gsize));
  static const guint ms[] = { 60, 20, 40 };

  g_test_summary ("How much sound goes in one packet may change at any moment");
  g_assert_no_error (error);
  encoder = gst_bin_get_by_name (GST_BIN (pipeline), "encoder");
  vav_media_encoder_set_up (encoder, VAV_MEDIA_AUDIO);
  pad = gst_element_get_static_pad (encoder, "src");
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, on_packet, lengths, NULL);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  for (guint i = 0; message == NULL; i++)
    {
      vav_media_encoder_set_frame (encoder, ms[i % G_N_ELEMENTS (ms)]);
      message = gst_bus_pop_filtered (bus, GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
    }
  g_assert_cmpint (GST_MESSAGE_TYPE (message), ==, GST_MESSAGE_EOS);
  gst_element_set_state (pipeline, GST_STATE_NULL);
  g_assert_cmpuint (lengths->len, <, 20000); /* and it did */
  g_assert_cmpuint (lengths->len, >, 20000 / 3);
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/encoder-sound/even", test_even);
  g_test_add_func ("/encoder-sound/lengths", test_lengths);
  return g_test_run ();
}
