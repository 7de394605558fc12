/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

#include "net/media/vav-media-buffers.h"
#include "net/media/vav-media-gate.h"
#include "net/media/vav-rtcp-guard.h"
#include "net/media/vav-shield.h"

G_BEGIN_DECLS

/* Sets up what webrtcbin makes inside itself, as it makes it: our DTLS certificate, no waiting for the clock before sending, a jitter
 * buffer that starts with the first packet, few streams, none before the gate is open; and follows the path with the jitter buffers' times. */
typedef struct _VavMediaTuning VavMediaTuning;

#define VAV_LATENCY_START_MS 40

VavMediaTuning *vav_media_tuning_new (GstElement *pipeline, VavMediaGate *gate, VavRtcpGuard *guard, VavShield *shield);
void vav_media_tuning_free (VavMediaTuning *self);

/* Once a second: sets how long packets are waited for, and how they are asked for, by what came in so far. rtt_ms: -1 if not known. Returns: how
 * late sound comes, in ms */
guint vav_media_tuning_follow_path (VavMediaTuning *self, double rtt_ms);
/* As vav_media_buffers_get_uneven(). */
double vav_media_tuning_get_uneven (VavMediaTuning *self);
gboolean vav_media_tuning_is_lossy (VavMediaTuning *self);
void vav_media_tuning_count_packets (VavMediaTuning *self, VavMediaBufferCounts *counts);
/* Once a second: sets how often we report, by what we can send. rtt_ms: -1 if not known */
void vav_media_tuning_follow_rate (VavMediaTuning *self, double kbps, double rtt_ms);
/* Share of packets lost since the last reading, 0 to 1. */
double vav_media_tuning_read_loss (VavMediaTuning *self);

/* Milliseconds; -1: not known yet. */
double vav_media_tuning_read_rtt (VavMediaTuning *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VavMediaTuning, vav_media_tuning_free)

G_END_DECLS
