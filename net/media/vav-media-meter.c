/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/media/vav-media-meter.h"

#include <gst/video/video.h>
#include <stdlib.h>

#include "net/media/vav-freezes.h"
#include "net/media/vav-media-elements.h"
#include "net/media/vav-test-picture.h"

#define MAX_LATENCIES 120

struct _VavMediaMeter
{
  VavMediaKind kind;

  GMutex lock; /* all below */
  gint64 last_read;
  guint64 bytes;
  guint64 last_bytes;

  guint64 frames;
  guint64 last_frames;
  int width;
  int height;
  VavFreezes freezes;
  double latencies[MAX_LATENCIES];
  guint n_latencies;

  double square_sum;
  guint square_n;
};

VavMediaMeter *
vav_media_meter_new (VavMediaKind kind)
{
  VavMediaMeter *self = g_new0 (VavMediaMeter, 1);

  self->kind = kind;
  g_mutex_init (&self->lock);
  self->last_read = g_get_monotonic_time ();

  return self;
}

void
vav_media_meter_free (VavMediaMeter *self)
{
  if (self == NULL)
    return;

  g_mutex_clear (&self->lock);
  g_free (self);
}

void
vav_media_meter_count_bytes (VavMediaMeter *self, gsize bytes)
{
  g_mutex_lock (&self->lock);
  self->bytes += bytes;
  g_mutex_unlock (&self->lock);
}

static void
read_latency (VavMediaMeter *self, GstVideoFrame *frame, gint64 now)
{
  guint16 number;
  guint32 tenths;
  double age;

  if (self->n_latencies >= MAX_LATENCIES
      || !vav_test_picture_read (GST_VIDEO_FRAME_PLANE_DATA (frame, 0), GST_VIDEO_FRAME_PLANE_STRIDE (frame, 0),
                                 self->width, self->height, &number, &tenths))
    return;

  age = vav_test_picture_age (tenths, now * 1000);
  if (age >= 0)
    self->latencies[self->n_latencies++] = age;
}

static void
count_video (VavMediaMeter *self, GstSample *sample)
{
  gint64 now = g_get_monotonic_time ();
  GstVideoInfo info;
  GstVideoFrame frame;

  vav_freezes_add (&self->freezes, now);
  self->frames++;
  if (!gst_video_info_from_caps (&info, gst_sample_get_caps (sample)))
    return;
  self->width = GST_VIDEO_INFO_WIDTH (&info);
  self->height = GST_VIDEO_INFO_HEIGHT (&info);
  if (GST_VIDEO_INFO_FORMAT (&info) == GST_VIDEO_FORMAT_I420
      && gst_video_frame_map (&frame, &info, gst_sample_get_buffer (sample), GST_MAP_READ))
    {
      read_latency (self, &frame, now);
      gst_video_frame_unmap (&frame);
    }
}

static void
count_audio (VavMediaMeter *self, GstSample *sample)
{
  GstBuffer *buffer = gst_sample_get_buffer (sample);
  GstMapInfo map;

  if (!gst_buffer_map (buffer, &map, GST_MAP_READ))
    return;
  self->square_sum += vav_media_mean_square ((const gint16 *)(gpointer)map.data, map.size / 2);
  self->square_n++;
  gst_buffer_unmap (buffer, &map);
}

void
vav_media_meter_count_sample (VavMediaMeter *self, GstSample *sample)
{
  g_mutex_lock (&self->lock);
  if (self->kind == VAV_MEDIA_VIDEO)
    count_video (self, sample);
  else
    count_audio (self, sample);
  g_mutex_unlock (&self->lock);
}

void
vav_media_meter_pause (VavMediaMeter *self)
{
  g_mutex_lock (&self->lock);
  vav_freezes_pause (&self->freezes);
  g_mutex_unlock (&self->lock);
}

static int
compare_doubles (gconstpointer a, gconstpointer b)
{
  double x = *(const double *)a;
  double y = *(const double *)b;

  return (x > y) - (x < y);
}

static void
read_video (VavMediaMeter *self, double seconds, VavStats *stats)
{
  stats->video_in.fps = (double)(self->frames - self->last_frames) / seconds;
  stats->video_in.width = self->width;
  stats->video_in.height = self->height;
  stats->video_in.kbps = (double)(self->bytes - self->last_bytes) * 8 / 1000 / seconds;
  stats->video_in.frames = self->frames;
  stats->video_in.freezes = self->freezes.n;
  stats->video_in.freeze_ms = self->freezes.total_us / 1000;
  stats->video_in.latency_ms = -1;
  if (self->n_latencies > 0)
    {
      qsort (self->latencies, self->n_latencies, sizeof (double), compare_doubles);
      stats->video_in.latency_ms = self->latencies[self->n_latencies / 2];
    }
  self->n_latencies = 0;
  self->last_frames = self->frames;
}

void
vav_media_meter_read (VavMediaMeter *self, gint64 now, VavStats *stats)
{
  double seconds;

  g_mutex_lock (&self->lock);
  seconds = MAX ((double)(now - self->last_read) / G_USEC_PER_SEC, 0.001);
  if (self->kind == VAV_MEDIA_VIDEO)
    read_video (self, seconds, stats);
  else
    {
      stats->audio_in.kbps = (double)(self->bytes - self->last_bytes) * 8 / 1000 / seconds;
      stats->audio_in.level_db = vav_media_level (self->square_n > 0 ? self->square_sum / self->square_n : 0);
      self->square_sum = 0;
      self->square_n = 0;
    }
  stats->received += self->bytes;
  self->last_bytes = self->bytes;
  self->last_read = now;
  g_mutex_unlock (&self->lock);
}
