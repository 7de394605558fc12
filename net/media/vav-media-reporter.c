/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/media/vav-media-reporter.h"

#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

#include "net/media/vav-media-elements.h"
#include "net/media/vav-media-stats.h"
#include "net/media/vav-repair.h"

struct _VavMediaReporter
{
  VavMediaParts *parts; /* the session's */
  VavHop *hop;
  VavHopFunc report;
  GSource *timer;

  gint64 last_time;
  double last_cpu;
  VavMediaSendCounters last_send[VAV_N_MEDIA_KINDS];
};

static double
read_cpu_seconds (void)
{
  struct rusage usage;

  if (getrusage (RUSAGE_SELF, &usage) != 0)
    return 0;
  return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
         + (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static double
read_rss_mb (void)
{
  g_autofree char *text = NULL;
  unsigned long size = 0, resident = 0;

  if (!g_file_get_contents ("/proc/self/statm", &text, NULL, NULL) || sscanf (text, "%lu %lu", &size, &resident) != 2)
    return -1;
  return (double)resident * (double)sysconf (_SC_PAGESIZE) / 1e6;
}

static void
read_sender (VavMediaReporter *self, VavMediaKind kind, double seconds, VavStats *stats)
{
  VavMediaSendCounters *last = &self->last_send[kind];
  VavMediaSendCounters now;
  double kbps;

  vav_media_send_read_counters (self->parts->send[kind], &now);
  kbps = (double)(now.bytes - last->bytes) * 8 / 1000 / seconds;
  if (kind == VAV_MEDIA_VIDEO)
    {
      stats->video_out.fps = (double)(now.frames - last->frames) / seconds;
      stats->video_out.width = now.width;
      stats->video_out.height = now.height;
      stats->video_out.kbps = kbps;
      stats->video_out.target_kbps = vav_media_send_get_bitrate (self->parts->send[kind]) / 1000.0;
      stats->video_out.limit = vav_media_send_get_limit (self->parts->send[kind]);
    }
  else
    {
      stats->audio_out.kbps = kbps;
      stats->audio_out.level_db = vav_media_level (now.level);
    }
  stats->sent += now.bytes;
  *last = now;
}

static gboolean
on_second (gpointer user_data)
{
  VavMediaReporter *self = user_data;
  gint64 now = g_get_monotonic_time ();
  double seconds = MAX ((double)(now - self->last_time) / G_USEC_PER_SEC, 0.001);
  double cpu = read_cpu_seconds ();
  VavStats *stats = g_new0 (VavStats, 1);
  VavMediaTuning *tuning = self->parts->tuning;
  guint sound_ms, picture_ms = 0;

  stats->rtt_ms = vav_media_tuning_read_rtt (tuning);
  stats->loss = vav_media_tuning_read_loss (tuning);
  sound_ms = vav_media_tuning_follow_path (tuning, stats->rtt_ms);
  for (guint i = 0; i < VAV_N_MEDIA_KINDS; i++)
    {
      picture_ms += vav_media_receive_follow_path (self->parts->receive[i], vav_media_tuning_get_uneven (tuning),
                                                   vav_media_tuning_is_lossy (tuning));
      vav_media_meter_read (vav_media_receive_get_meter (self->parts->receive[i]), now, stats);
      read_sender (self, (VavMediaKind)i, seconds, stats);
    }
  vav_rate_control_follow_path (self->parts->rate, stats->rtt_ms);
  vav_rate_control_read (self->parts->rate, stats);
  if (self->parts->speaker != NULL)
    vav_speaker_set_latency (self->parts->speaker, vav_repair_join_sound (sound_ms, picture_ms, stats->rtt_ms));
  vav_media_tuning_follow_rate (tuning, stats->sending.estimate_kbps, stats->rtt_ms);
  stats->audio_in.concealed = vav_media_receive_get_concealed (self->parts->receive[VAV_MEDIA_AUDIO]);
  stats->cpu = (cpu - self->last_cpu) / seconds;
  stats->rss_mb = read_rss_mb ();
  self->last_cpu = cpu;
  self->last_time = now;
  vav_hop_post (self->hop, self->report, stats, (GDestroyNotify)vav_stats_free);

  return G_SOURCE_CONTINUE;
}

VavMediaReporter *
vav_media_reporter_new (VavMediaParts *parts, VavHop *hop, VavHopFunc report)
{
  VavMediaReporter *self = g_new0 (VavMediaReporter, 1);

  self->parts = parts;
  self->hop = vav_hop_ref (hop);
  self->report = report;
  self->last_time = g_get_monotonic_time ();
  self->last_cpu = read_cpu_seconds ();
  self->timer = vav_media_add_timer (self->hop, 1, on_second, self);

  return self;
}

void
vav_media_reporter_free (VavMediaReporter *self)
{
  if (self == NULL)
    return;

  vav_media_remove_timer (self->timer);
  vav_hop_unref (self->hop);
  g_free (self);
}
