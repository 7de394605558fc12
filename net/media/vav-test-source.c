/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/media/vav-test-source.h"

#include <gst/audio/audio.h>
#include <gst/video/video.h>

#include "net/media/vav-test-picture.h"

#define RATE 48000
#define CHUNK (RATE / 100)

static int grain; /* atomic */

struct _VavTestSource
{
  VavMediaKind kind;
  VavOutlet *outlet;
  char *seed;

  GThread *thread;
  GMutex lock;
  GCond cond;
  gboolean stop; /* under lock */
};

/* Returns FALSE if it is to stop. */
static gboolean
wait_until (VavTestSource *self, gint64 when)
{
  gboolean go_on;

  g_mutex_lock (&self->lock);
  while (!self->stop && g_get_monotonic_time () < when)
    g_cond_wait_until (&self->cond, &self->lock, when);
  go_on = !self->stop;
  g_mutex_unlock (&self->lock);

  return go_on;
}

static void
push (VavTestSource *self, GstBuffer *buffer, GstCaps *caps, gint64 when, gint64 duration)
{
  g_autoptr (GstSample) sample = NULL;

  GST_BUFFER_PTS (buffer) = (GstClockTime)when * GST_USECOND;
  GST_BUFFER_DURATION (buffer) = (GstClockTime)duration * GST_USECOND;
  sample = gst_sample_new (buffer, caps, NULL, NULL);
  vav_outlet_push (self->outlet, sample);
}

static GstBufferPool *
make_pool (GstCaps *caps, gsize size)
{
  GstBufferPool *pool = gst_buffer_pool_new ();
  GstStructure *config = gst_buffer_pool_get_config (pool);

  gst_buffer_pool_config_set_params (config, caps, (guint)size, 2, 0);
  gst_buffer_pool_set_config (pool, config);
  gst_buffer_pool_set_active (pool, TRUE);

  return pool;
}

static guint
milliseconds_of_day (void)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();

  return (guint)(g_date_time_get_hour (now) * 3600000 + g_date_time_get_minute (now) * 60000
                 + g_date_time_get_second (now) * 1000 + g_date_time_get_microsecond (now) / 1000);
}

static void
draw (VavTestPicture *picture, const GstVideoInfo *info, GstBuffer *buffer, guint16 number)
{
  GstMapInfo map;
  guint8 *planes[3];
  int strides[3];

  if (!gst_buffer_map (buffer, &map, GST_MAP_WRITE))
    return;
  for (guint i = 0; i < 3; i++)
    {
      planes[i] = map.data + GST_VIDEO_INFO_PLANE_OFFSET (info, i);
      strides[i] = GST_VIDEO_INFO_PLANE_STRIDE (info, i);
    }
  vav_test_picture_draw (picture, planes, strides, number, g_get_monotonic_time () * 1000, milliseconds_of_day ());
  gst_buffer_unmap (buffer, &map);
}

static void
describe_video (GstVideoInfo *info)
{
  gst_video_info_set_format (info, GST_VIDEO_FORMAT_I420, VAV_TEST_WIDTH, VAV_TEST_HEIGHT);
  GST_VIDEO_INFO_FPS_N (info) = VAV_TEST_FPS;
  GST_VIDEO_INFO_FPS_D (info) = 1;
}

GstCaps *
vav_test_source_make_caps (void)
{
  GstVideoInfo info;

  describe_video (&info);
  return gst_video_info_to_caps (&info);
}

static void
run_video (VavTestSource *self)
{
  g_autoptr (VavTestPicture) picture = vav_test_picture_new (VAV_TEST_WIDTH, VAV_TEST_HEIGHT, self->seed);
  g_autoptr (GstBufferPool) pool = NULL;
  g_autoptr (GstCaps) caps = NULL;
  GstVideoInfo info;
  gint64 start = g_get_monotonic_time ();

  vav_test_picture_set_grain (picture, g_atomic_int_get (&grain));
  describe_video (&info);
  caps = gst_video_info_to_caps (&info);
  pool = make_pool (caps, GST_VIDEO_INFO_SIZE (&info));

  for (gint64 n = 0;; n++)
    {
      g_autoptr (GstBuffer) buffer = NULL;
      gint64 when = start + n * G_USEC_PER_SEC / VAV_TEST_FPS;

      if (!wait_until (self, when))
        break;
      if (gst_buffer_pool_acquire_buffer (pool, &buffer, NULL) != GST_FLOW_OK)
        break;
      draw (picture, &info, buffer, (guint16)n);
      push (self, buffer, caps, g_get_monotonic_time (), G_USEC_PER_SEC / VAV_TEST_FPS);
    }

  gst_buffer_pool_set_active (pool, FALSE);
}

static void
run_audio (VavTestSource *self)
{
  g_autoptr (GstCaps) caps
      = gst_caps_new_simple ("audio/x-raw", "format", G_TYPE_STRING, GST_AUDIO_NE (S16), "rate", G_TYPE_INT, RATE,
                             "channels", G_TYPE_INT, 1, "layout", G_TYPE_STRING, "interleaved", NULL);
  double frequency = vav_test_tone_frequency (self->seed);
  double phase = 0;
  gint64 start = g_get_monotonic_time ();

  for (gint64 n = 0;; n++)
    {
      gint64 when = start + n * CHUNK * G_USEC_PER_SEC / RATE;
      g_autoptr (GstBuffer) buffer = NULL;
      GstMapInfo map;

      if (!wait_until (self, when))
        break;
      buffer = gst_buffer_new_allocate (NULL, CHUNK * sizeof (gint16), NULL);
      gst_buffer_map (buffer, &map, GST_MAP_WRITE);
      vav_test_tone_fill ((gint16 *)(gpointer)map.data, CHUNK, frequency, &phase);
      gst_buffer_unmap (buffer, &map);
      /* the time the samples were due, so that the sound is one without gaps */
      push (self, buffer, caps, when, CHUNK * G_USEC_PER_SEC / RATE);
    }
}

static gpointer
run (gpointer data)
{
  VavTestSource *self = data;

  if (self->kind == VAV_MEDIA_VIDEO)
    run_video (self);
  else
    run_audio (self);

  return NULL;
}

void
vav_test_source_set_grain (int new_grain)
{
  g_atomic_int_set (&grain, new_grain);
}

VavTestSource *
vav_test_source_new (VavMediaKind kind, const char *seed, VavOutlet *outlet)
{
  VavTestSource *self = g_new0 (VavTestSource, 1);

  self->kind = kind;
  self->seed = g_strdup (seed);
  self->outlet = g_object_ref (outlet);
  g_mutex_init (&self->lock);
  g_cond_init (&self->cond);
  self->thread = g_thread_new (kind == VAV_MEDIA_VIDEO ? "vav-test-video" : "vav-test-audio", run, self);

  return self;
}

void
vav_test_source_free (VavTestSource *self)
{
  if (self == NULL)
    return;

  g_mutex_lock (&self->lock);
  self->stop = TRUE;
  g_cond_broadcast (&self->cond);
  g_mutex_unlock (&self->lock);
  g_thread_join (self->thread);

  g_object_unref (self->outlet);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->cond);
  g_free (self->seed);
  g_free (self);
}
