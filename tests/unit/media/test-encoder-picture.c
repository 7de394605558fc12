/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What leaves the encoder of pictures when a key frame is wanted, and how large it is. */
#include <gst/app/gstappsink.h>
#include <gst/app/gstappsrc.h>
#include <gst/gst.h>
#include <gst/video/video.h>

#include "net/media/vav-media-encoder.h"
#include "net/media/vav-test-picture.h"

#define LIMIT (20 * GST_SECOND)
#define N_PICTURES 30
#define BITRATE 15000
#define INTERVAL (400 * GST_MSECOND)

/* of what is drawn by us */
#define WIDTH 320
#define HEIGHT 180
#define RATE 30

typedef struct
{
  GstElement *pipeline, *encoder, *sink;
} Studio;

static void
studio_set_up (Studio *studio, guint interval_us)
{
  studio->encoder = gst_bin_get_by_name (GST_BIN (studio->pipeline), "encoder");
  studio->sink = gst_bin_get_by_name (GST_BIN (studio->pipeline), "sink");
  vav_media_encoder_set_up (studio->encoder, VAV_MEDIA_VIDEO);
  vav_media_encoder_set_interval (studio->encoder, interval_us);
}

static void
studio_prepare (Studio *studio, guint interval_us)
{
  g_autoptr (GError) error = NULL;

  studio->pipeline = gst_parse_launch ("videotestsrc name=source num-buffers=30 pattern=ball ! "
                                       "video/x-raw,format=I420,width=160,height=90,framerate=5/2 ! "
                                       "vp8enc name=encoder ! appsink name=sink sync=false max-buffers=1",
                                       &error);
  g_assert_no_error (error);
  studio_set_up (studio, interval_us);
  vav_media_encoder_set_bitrate (studio->encoder, VAV_MEDIA_VIDEO, BITRATE);
}

static void
studio_open (Studio *studio, guint interval_us)
{
  studio_prepare (studio, interval_us);
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

/* On its way to the encoder the tenth picture is stamped earlier, and a key frame is asked for then. */
#define STUMBLES 10

typedef struct
{
  GstElement *encoder;
  guint n;
  gint64 step;      /* added to its stamp */
  gboolean lasting; /* and to all that follow */
} Stumble;

static GstPadProbeReturn
on_input (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  Stumble *stumble = user_data;
  GstBuffer *buffer = gst_buffer_make_writable (GST_PAD_PROBE_INFO_BUFFER (info));

  if (++stumble->n == STUMBLES)
    vav_media_encoder_start_afresh (stumble->encoder);
  if (stumble->n == STUMBLES || (stumble->lasting && stumble->n > STUMBLES))
    GST_BUFFER_PTS (buffer) = (GstClockTime)((gint64)GST_BUFFER_PTS (buffer) + stumble->step);
  GST_PAD_PROBE_INFO_DATA (info) = buffer;

  return GST_PAD_PROBE_OK;
}

/* All that leaves the encoder, in order. (transfer full) (element-type GstBuffer) */
static GPtrArray *
take_all (Studio *studio)
{
  GPtrArray *all = g_ptr_array_new_with_free_func ((GDestroyNotify)gst_buffer_unref);

  for (GstBuffer *buffer = take (studio); buffer != NULL; buffer = take (studio))
    g_ptr_array_add (all, buffer);

  return all;
}

/* How many came up to the last key frame. */
static guint
find_last_key (GPtrArray *all)
{
  for (guint i = all->len; i > 0; i--)
    if (is_key (all->pdata[i - 1]))
      return i;

  return 0;
}

/* The encoder throws that picture away, which was to be the key frame: it takes it for under way for ever, and hears no request but one for a certain time. */
static void
test_lost_key_frame (void)
{
  g_autoptr (GPtrArray) all = NULL;
  g_autoptr (GstPad) pad = NULL;
  Stumble stumble = { .step = -(gint64)(3 * INTERVAL) };
  Studio studio;

  g_test_summary ("A key frame that the encoder has thrown away is asked for again, so that it comes");
  studio_prepare (&studio, 0);
  stumble.encoder = studio.encoder;
  pad = gst_element_get_static_pad (studio.encoder, "sink");
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, on_input, &stumble, NULL);
  gst_element_set_state (studio.pipeline, GST_STATE_PLAYING);
  all = take_all (&studio);
  g_assert_cmpuint (all->len, >=, N_PICTURES - 4);
  g_assert_cmpuint (find_last_key (all), ==, STUMBLES);
  studio_close (&studio);
}

/* Before the encoder's own eyes: what its owner sees is what is stamped by the source. */
static void
stumble_early (gint64 step, gboolean lasting)
{
  g_autoptr (GPtrArray) all = NULL;
  g_autoptr (GstElement) source = NULL;
  g_autoptr (GstPad) pad = NULL;
  Stumble stumble = { .step = step, .lasting = lasting };
  Studio studio;

  studio_prepare (&studio, 0);
  stumble.encoder = studio.encoder;
  source = gst_bin_get_by_name (GST_BIN (studio.pipeline), "source");
  pad = gst_element_get_static_pad (source, "src");
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, on_input, &stumble, NULL);
  gst_element_set_state (studio.pipeline, GST_STATE_PLAYING);
  all = take_all (&studio);
  g_assert_cmpuint (all->len, ==, N_PICTURES);
  g_assert_cmpuint (find_last_key (all), ==, STUMBLES);
  for (guint i = 1; i < all->len; i++)
    {
      GstClockTime before = GST_BUFFER_PTS ((GstBuffer *)all->pdata[i - 1]);
      GstClockTime now = GST_BUFFER_PTS ((GstBuffer *)all->pdata[i]);

      g_assert_cmpuint (now, >, before);
      /* as far apart as the source says, but for those about the stumble */
      if (i > STUMBLES)
        g_assert_cmpuint (now - before, >=, lasting ? INTERVAL : 0);
    }
  studio_close (&studio);
}

static void
test_earlier (void)
{
  g_test_summary ("A picture that is stamped no later than the one before it is sent, and is the key frame if one was "
                  "asked for");
  stumble_early (-(gint64)INTERVAL, FALSE);
  stumble_early (-(gint64)(3 * INTERVAL), FALSE);
  stumble_early (-(gint64)(3 * INTERVAL), TRUE);
}

static GstBuffer *
draw (VavTestPicture *picture, guint number)
{
  GstBuffer *buffer = gst_buffer_new_allocate (NULL, WIDTH * HEIGHT * 3 / 2, NULL);
  const int strides[] = { WIDTH, WIDTH / 2, WIDTH / 2 };
  GstMapInfo map;

  gst_buffer_map (buffer, &map, GST_MAP_WRITE);
  vav_test_picture_draw (picture,
                         (guint8 *[]){ map.data, map.data + WIDTH * HEIGHT, map.data + WIDTH * HEIGHT * 5 / 4 },
                         strides, (guint16)number, 0, 0);
  gst_buffer_unmap (buffer, &map);
  GST_BUFFER_PTS (buffer) = number * GST_SECOND / RATE;
  GST_BUFFER_DURATION (buffer) = GST_SECOND / RATE;

  return buffer;
}

/* Returns: how long a line that carries just that would take for what is waiting at most, in milliseconds, after the rate became less */
static double
fall (Studio *studio, GstElement *source, guint before, guint after)
{
  g_autoptr (VavTestPicture) picture = vav_test_picture_new (WIDTH, HEIGHT, "fall");
  double waiting = 0, most = 0;

  vav_test_picture_set_grain (picture, 12);
  vav_media_encoder_set_bitrate (studio->encoder, VAV_MEDIA_VIDEO, before);
  for (guint i = 0; i < 6 * RATE; i++)
    {
      g_autoptr (GstBuffer) encoded = NULL;

      if (i == 4 * RATE)
        vav_media_encoder_set_bitrate (studio->encoder, VAV_MEDIA_VIDEO, after);
      gst_app_src_push_buffer (GST_APP_SRC (source), draw (picture, i));
      encoded = take (studio);
      g_assert_nonnull (encoded);
      if (i < 4 * RATE)
        continue;
      waiting = MAX (waiting + (double)gst_buffer_get_size (encoded) * 8 - (double)after / RATE, 0);
      most = MAX (most, waiting * 1000 / after);
    }

  return most;
}

/* What an encoder may owe it sends too much for some time when its rate falls: that is a queue on the line. */
static void
test_obeys (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GstElement) source = NULL;
  Studio studio;
  double most;

  g_test_summary ("An encoder whose rate falls to two thirds makes no more too much than a line takes in 150 ms");
  studio.pipeline = gst_parse_launch (
      "appsrc name=source format=time caps=video/x-raw,format=I420,width=320,height=180,framerate=30/1 ! "
      "vp8enc name=encoder ! appsink name=sink sync=false",
      &error);
  g_assert_no_error (error);
  source = gst_bin_get_by_name (GST_BIN (studio.pipeline), "source");
  studio_set_up (&studio, 0);
  gst_element_set_state (studio.pipeline, GST_STATE_PLAYING);
  most = fall (&studio, source, 200000, 130000);
  g_test_message ("%.0f ms", most);
  g_assert_cmpfloat (most, <, 150);
  studio_close (&studio);
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/encoder-picture/key-frames", test_key_frames);
  g_test_add_func ("/encoder-picture/afresh", test_afresh);
  g_test_add_func ("/encoder-picture/lost-key-frame", test_lost_key_frame);
  g_test_add_func ("/encoder-picture/earlier", test_earlier);
  g_test_add_func ("/encoder-picture/obeys", test_obeys);
  return g_test_run ();
}
