/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib-object.h>

#include "net/core/vav-types.h"

G_BEGIN_DECLS

/**
 * VavStats:
 *
 * How a call goes, over the last second. Rates in kbit/s, times in milliseconds, levels in dB of full scale (-100: silence); -1 where a
 * figure is not known.
 */
typedef struct
{
  double rtt_ms;
  double loss; /* 0 to 1, of incoming packets */

  struct
  {
    double fps;
    int width, height;
    double kbps;
    guint64 frames; /* since the beginning */
    guint
        freezes; /* since the beginning: gaps over max (3 frame times, 150 ms + frame time), as W3C webrtc-stats counts */
    double freeze_ms;  /* since the beginning */
    double latency_ms; /* median over the second, test pictures on one computer only, else -1 */
  } video_in;

  struct
  {
    double fps;
    int width, height;
    double kbps, target_kbps;
    VavLimit limit; /* why the target is no higher */
    VavSlow slow;   /* what the path makes of it, now */
  } video_out;

  struct
  {
    double kbps;
    guint64 concealed; /* since the beginning: packets made up */
    double level_db;
  } audio_in;

  struct
  {
    double kbps;
    double level_db;
  } audio_out;

  /* of all that we send together, sound, pictures and repeats, as the peer's feedback has it */
  struct
  {
    double estimate_kbps; /* what the path carries, as far as it was tried */
    double loss;          /* 0 to 1, lately */
    double path_queue_ms; /* how long packets wait on the path beyond what they must */
    double pacer_ms;      /* in what time what waits here will have left */
  } sending;

  double cpu; /* of one core, this process */
  double rss_mb;
} VavStats;

#define VAV_TYPE_STATS (vav_stats_get_type ())
GType vav_stats_get_type (void);
VavStats *vav_stats_copy (const VavStats *self);
void vav_stats_free (VavStats *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VavStats, vav_stats_free)

G_END_DECLS
