/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib-object.h>

#include "net/core/vav-types.h"

G_BEGIN_DECLS

/**
 * VavVideoInStats:
 * @fps: pictures a second
 * @width: in pixels
 * @height: in pixels
 * @kbps: what comes
 * @frames: since the beginning
 * @freezes: since the beginning: gaps over max (3 frame times, 150 ms + frame time), as W3C webrtc-stats counts
 * @freeze_ms: since the beginning
 * @latency_ms: median over the second, test pictures on one computer only, else -1
 *
 * The other side's picture.
 */
typedef struct
{
  double fps;
  int width, height;
  double kbps;
  guint64 frames;
  guint freezes;
  double freeze_ms;
  double latency_ms;
} VavVideoInStats;

/**
 * VavVideoOutStats:
 * @fps: pictures a second
 * @width: in pixels
 * @height: in pixels
 * @kbps: what is sent
 * @target_kbps: what the encoder is to give
 * @limit: why the target is no higher
 * @slow: what the path makes of it, now
 *
 * The own picture.
 */
typedef struct
{
  double fps;
  int width, height;
  double kbps, target_kbps;
  VavLimit limit;
  VavSlow slow;
} VavVideoOutStats;

/**
 * VavAudioInStats:
 * @kbps: what comes
 * @concealed: since the beginning: packets made up
 * @level_db: how loud it is
 *
 * The other side's sound.
 */
typedef struct
{
  double kbps;
  guint64 concealed;
  double level_db;
} VavAudioInStats;

/**
 * VavAudioOutStats:
 * @kbps: what is sent
 * @level_db: how loud it is
 *
 * The own sound.
 */
typedef struct
{
  double kbps;
  double level_db;
} VavAudioOutStats;

/**
 * VavSendingStats:
 * @estimate_kbps: what the path carries, as far as it was tried
 * @loss: 0 to 1, lately
 * @path_queue_ms: how long packets wait on the path beyond what they must
 * @pacer_ms: in what time what waits here will have left
 *
 * All that we send together, sound, pictures and repeats, as the peer's feedback has it.
 */
typedef struct
{
  double estimate_kbps;
  double loss;
  double path_queue_ms;
  double pacer_ms;
} VavSendingStats;

/**
 * VavStats:
 * @rtt_ms: to the other side and back
 * @loss: 0 to 1, of incoming packets
 * @video_in: the other side's picture
 * @video_out: the own picture
 * @audio_in: the other side's sound
 * @audio_out: the own sound
 * @sending: all that is sent
 * @cpu: of one core, this process
 * @rss_mb: memory of this process
 * @received: bytes of sound and picture that came since the beginning: RTP packets, without what was repeated and what SRTP, UDP and IP add
 * @sent: bytes of sound and picture that were sent since the beginning, counted in the same way
 *
 * How a call goes, over the last second. Rates in kbit/s, times in milliseconds, levels in dB of full scale (-100: silence); -1 where a
 * figure is not known.
 */
typedef struct
{
  double rtt_ms;
  double loss;
  VavVideoInStats video_in;
  VavVideoOutStats video_out;
  VavAudioInStats audio_in;
  VavAudioOutStats audio_out;
  VavSendingStats sending;
  double cpu;
  double rss_mb;
  guint64 received, sent;
} VavStats;

#define VAV_TYPE_STATS (vav_stats_get_type ())
GType vav_stats_get_type (void);
VavStats *vav_stats_copy (const VavStats *self);
void vav_stats_free (VavStats *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VavStats, vav_stats_free)

G_END_DECLS
