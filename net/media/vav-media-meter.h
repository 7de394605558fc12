/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

#include "net/media/vav-media-stats.h"
#include "net/media/vav-media.h"

G_BEGIN_DECLS

/* Counts what comes in: packets where webrtcbin hands them out, samples where they go into the outlet. Threads of the media feed it, the
 * main thread reads it once a second. */
typedef struct _VavMediaMeter VavMediaMeter;

VavMediaMeter *vav_media_meter_new (VavMediaKind kind);
void vav_media_meter_free (VavMediaMeter *self);

void vav_media_meter_count_bytes (VavMediaMeter *self, gsize bytes);
/* sample: raw video or 16-bit audio, with caps */
void vav_media_meter_count_sample (VavMediaMeter *self, GstSample *sample);
/* Forgets when the last picture came: a pause that somebody wanted is no freeze. */
void vav_media_meter_pause (VavMediaMeter *self);
/* Fills video_in or audio_in with what came since the last reading, and adds to what was received since the beginning. */
void vav_media_meter_read (VavMediaMeter *self, gint64 now, VavStats *stats);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VavMediaMeter, vav_media_meter_free)

G_END_DECLS
