/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The test picture's code and the tone: what is drawn can be read, also after hard compression and scaling. */
#include <gst/app/gstappsink.h>
#include <gst/app/gstappsrc.h>
#include <gst/gst.h>
#include <gst/video/video.h>
#include <math.h>

#include "net/media/vav-test-picture.h"

#define WIDTH 1280
#define HEIGHT 720
#define MONO_NS G_GINT64_CONSTANT (987654321012345)

static GstBuffer *
draw (VavTestPicture *picture, int width, int height, guint16 number, gint64 mono_ns)
{
  GstVideoInfo info;
  GstBuffer *buffer;
  GstMapInfo map;
  guint8 *planes[3];
  int strides[3];

  gst_video_info_set_format (&info, GST_VIDEO_FORMAT_I420, (guint)width, (guint)height);
  buffer = gst_buffer_new_allocate (NULL, GST_VIDEO_INFO_SIZE (&info), NULL);
  gst_buffer_map (buffer, &map, GST_MAP_WRITE);
  for (guint i = 0; i < 3; i++)
    {
      planes[i] = map.data + GST_VIDEO_INFO_PLANE_OFFSET (&info, i);
      strides[i] = GST_VIDEO_INFO_PLANE_STRIDE (&info, i);
    }
  vav_test_picture_draw (picture, planes, strides, number, mono_ns, 45296789);
  gst_buffer_unmap (buffer, &map);

  return buffer;
}

/* What is drawn is read, for many numbers, times and sizes. */
static void
test_round_trip (void)
{
  static const int sizes[][2] = { { 1280, 720 }, { 960, 540 }, { 640, 360 }, { 640, 480 }, { 1920, 1080 } };

  for (guint s = 0; s < G_N_ELEMENTS (sizes); s++)
    {
      g_autoptr (VavTestPicture) picture = vav_test_picture_new (sizes[s][0], sizes[s][1], "seed");

      for (guint n = 0; n < 20; n++)
        {
          guint16 number = (guint16)(n * 3571), read_number;
          gint64 mono = MONO_NS + n * G_GINT64_CONSTANT (33333333333);
          g_autoptr (GstBuffer) buffer = draw (picture, sizes[s][0], sizes[s][1], number, mono);
          guint32 tenths;
          GstMapInfo map;

          gst_buffer_map (buffer, &map, GST_MAP_READ);
          g_assert_true (
              vav_test_picture_read (map.data, sizes[s][0], sizes[s][0], sizes[s][1], &read_number, &tenths));
          gst_buffer_unmap (buffer, &map);
          g_assert_cmpuint (read_number, ==, number);
          g_assert_cmpuint (tenths, ==, (guint32)(mono / 100000));
          g_assert_cmpfloat_with_epsilon (vav_test_picture_age (tenths, mono + 12300000), 12.3, 0.11);
        }
    }
}

/* The age of a picture survives the counter's wrap; a time that is none is told. */
static void
test_age (void)
{
  guint32 tenths = G_MAXUINT32 - 5;
  gint64 wrap_ns = ((gint64)G_MAXUINT32 + 1) * 100000;

  g_assert_cmpfloat_with_epsilon (vav_test_picture_age (tenths, wrap_ns + 400000), 1.0, 0.01);
  g_assert_cmpfloat (vav_test_picture_age (12345, G_GINT64_CONSTANT (1000000000000)), <, 0);
}

/* A picture without a code, or with a broken one, is not read; nor are tiny ones. */
static void
test_nothing_to_read (void)
{
  g_autofree guint8 *noise = g_malloc (WIDTH * HEIGHT);
  guint16 number;
  guint32 tenths;
  guint read = 0;

  for (guint seed = 0; seed < 100; seed++)
    {
      g_autoptr (GRand) random = g_rand_new_with_seed (seed);

      for (gsize i = 0; i < WIDTH * HEIGHT; i += 40)
        memset (noise + i, g_rand_int_range (random, 0, 2) ? 30 : 220, 40);
      read += vav_test_picture_read (noise, WIDTH, WIDTH, HEIGHT, &number, &tenths);
    }
  g_assert_cmpuint (read, <=, 5);

  memset (noise, 0, WIDTH * HEIGHT);
  g_assert_false (vav_test_picture_read (noise, WIDTH, WIDTH, HEIGHT, &number, &tenths));
  g_assert_false (vav_test_picture_read (noise, 100, 100, 56, &number, &tenths));
  g_assert_false (vav_test_picture_read (noise, 320, 320, 20, &number, &tenths));
}

/* Through the real encoder at 150 kbit/s, the real decoder and a scaler to 320 pixels the code is read out of nearly all pictures. */
static void
test_codec (void)
{
  g_autoptr (VavTestPicture) picture = vav_test_picture_new (WIDTH, HEIGHT, "seed");
  g_autoptr (GError) error = NULL;
  g_autoptr (GstElement) pipeline = gst_parse_launch (
      "appsrc name=in format=time caps=video/x-raw,format=I420,width=1280,height=720,framerate=30/1 ! "
      "vp8enc deadline=1 cpu-used=-6 end-usage=cbr target-bitrate=150000 keyframe-max-dist=3000 ! vp8dec ! tee name=t "
      "t. ! queue ! appsink name=full sync=false "
      "t. ! queue ! videoscale ! video/x-raw,width=320,height=180 ! appsink name=small sync=false",
      &error);
  g_autoptr (GstElement) in = NULL;
  const char *const sinks[] = { "full", "small" };

  g_assert_no_error (error);
  in = gst_bin_get_by_name (GST_BIN (pipeline), "in");
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  for (guint n = 0; n < 60; n++)
    {
      GstBuffer *buffer = draw (picture, WIDTH, HEIGHT, (guint16)n, MONO_NS + n * 33333333);

      GST_BUFFER_PTS (buffer) = n * GST_SECOND / 30;
      g_assert_cmpint (gst_app_src_push_buffer (GST_APP_SRC (in), buffer), ==, GST_FLOW_OK);
    }
  gst_app_src_end_of_stream (GST_APP_SRC (in));

  for (guint i = 0; i < G_N_ELEMENTS (sinks); i++)
    {
      g_autoptr (GstElement) sink = gst_bin_get_by_name (GST_BIN (pipeline), sinks[i]);
      guint all = 0, read = 0;
      GstSample *sample;

      while ((sample = gst_app_sink_pull_sample (GST_APP_SINK (sink))) != NULL)
        {
          GstVideoInfo info;
          GstVideoFrame frame;
          guint16 number;
          guint32 tenths;

          gst_video_info_from_caps (&info, gst_sample_get_caps (sample));
          g_assert_true (gst_video_frame_map (&frame, &info, gst_sample_get_buffer (sample), GST_MAP_READ));
          if (vav_test_picture_read (GST_VIDEO_FRAME_PLANE_DATA (&frame, 0), GST_VIDEO_FRAME_PLANE_STRIDE (&frame, 0),
                                     GST_VIDEO_INFO_WIDTH (&info), GST_VIDEO_INFO_HEIGHT (&info), &number, &tenths))
            {
              read++;
              g_assert_cmpuint (number, ==, all);
              g_assert_cmpuint (tenths, ==, (guint32)((MONO_NS + all * 33333333) / 100000));
            }
          all++;
          gst_video_frame_unmap (&frame);
          gst_sample_unref (sample);
        }
      g_test_message ("%s: %u of %u read", sinks[i], read, all);
      g_assert_cmpuint (all, ==, 60);
      g_assert_cmpuint (read, >=, 54);
    }
  gst_element_set_state (pipeline, GST_STATE_NULL);
}

/* Two seeds give two hues; the same seed gives the same picture everywhere. */
static void
test_hues_differ (void)
{
  g_autoptr (VavTestPicture) a = vav_test_picture_new (WIDTH, HEIGHT, "first");
  g_autoptr (VavTestPicture) b = vav_test_picture_new (WIDTH, HEIGHT, "second");
  g_autoptr (GstBuffer) first = draw (a, WIDTH, HEIGHT, 0, MONO_NS);
  g_autoptr (GstBuffer) second = draw (b, WIDTH, HEIGHT, 0, MONO_NS);
  guint8 chroma[2][2];

  for (guint i = 0; i < 2; i++)
    {
      gst_buffer_extract (first, WIDTH * HEIGHT * (4 + i) / 4, &chroma[0][i], 1);
      gst_buffer_extract (second, WIDTH * HEIGHT * (4 + i) / 4, &chroma[1][i], 1);
    }
  g_assert_cmpint (ABS (chroma[0][0] - chroma[1][0]) + ABS (chroma[0][1] - chroma[1][1]), >, 20);
}

/* Grain is another one in each frame, is the same on every computer, and leaves the code and all that is outside its box alone. */
static void
test_grain (void)
{
  g_autoptr (VavTestPicture) plain = vav_test_picture_new (WIDTH, HEIGHT, "seed");
  g_autoptr (VavTestPicture) grainy = vav_test_picture_new (WIDTH, HEIGHT, "seed");
  g_autoptr (VavTestPicture) other = vav_test_picture_new (WIDTH, HEIGHT, "seed");
  guint changed[3] = { 0 };
  GstBuffer *buffers[4];
  GstMapInfo maps[4];

  vav_test_picture_set_grain (grainy, 24);
  vav_test_picture_set_grain (other, 24);
  buffers[0] = draw (plain, WIDTH, HEIGHT, 7, MONO_NS);
  buffers[1] = draw (grainy, WIDTH, HEIGHT, 7, MONO_NS);
  buffers[2] = draw (grainy, WIDTH, HEIGHT, 8, MONO_NS);
  buffers[3] = draw (other, WIDTH, HEIGHT, 7, MONO_NS);
  for (guint i = 0; i < 4; i++)
    gst_buffer_map (buffers[i], &maps[i], GST_MAP_READ);

  for (guint y = HEIGHT * 28 / 100; y < HEIGHT * 28 / 100 + HEIGHT * 35 / 100; y++)
    for (guint x = WIDTH * 62 / 100; x < WIDTH * 62 / 100 + WIDTH * 36 / 100; x++)
      {
        gsize at = (gsize)y * WIDTH + x;

        changed[0] += maps[1].data[at] != maps[0].data[at];
        changed[1] += maps[1].data[at] != maps[2].data[at];
        g_assert_cmpint (ABS (maps[1].data[at] - 128), <=, 24);
      }
  for (gsize at = 0; at < WIDTH * HEIGHT; at++)
    changed[2] += maps[1].data[at] != maps[0].data[at];
  g_assert_cmpuint (changed[0], >, WIDTH * HEIGHT / 10);
  g_assert_cmpuint (changed[1], >, WIDTH * HEIGHT / 10);
  g_assert_cmpuint (changed[2], ==, changed[0]);
  g_assert_cmpmem (maps[1].data, maps[1].size, maps[3].data, maps[3].size);

  for (guint i = 0; i < 4; i++)
    {
      gst_buffer_unmap (buffers[i], &maps[i]);
      gst_buffer_unref (buffers[i]);
    }
}

/* The tone has the level and the pitch that are told, and no seam between pieces. */
static void
test_tone (void)
{
  gint16 samples[4800];
  double phase = 0, sum = 0;
  double frequency = vav_test_tone_frequency ("first");
  guint crossings = 0;

  g_assert_cmpfloat (frequency, >=, 300);
  g_assert_cmpfloat (frequency, <=, 1000);
  g_assert_cmpfloat (frequency, !=, vav_test_tone_frequency ("second"));
  for (guint i = 0; i < 10; i++)
    vav_test_tone_fill (samples + i * 480, 480, frequency, &phase);
  for (guint i = 0; i < 4800; i++)
    {
      sum += (double)samples[i] * samples[i];
      crossings += i > 0 && samples[i - 1] < 0 && samples[i] >= 0;
    }
  g_assert_cmpfloat_with_epsilon (10 * log10 (sum / 4800 / 32768 / 32768), -20, 0.5);
  g_assert_cmpfloat_with_epsilon (crossings, frequency / 10, 1.5);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (NULL, NULL);

  g_test_add_func ("/test-picture/round-trip", test_round_trip);
  g_test_add_func ("/test-picture/age", test_age);
  g_test_add_func ("/test-picture/nothing-to-read", test_nothing_to_read);
  g_test_add_func ("/test-picture/codec", test_codec);
  g_test_add_func ("/test-picture/hues-differ", test_hues_differ);
  g_test_add_func ("/test-picture/grain", test_grain);
  g_test_add_func ("/test-picture/tone", test_tone);

  return g_test_run ();
}
