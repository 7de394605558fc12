/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

#include "net/media/vav-media-gate.h"

G_BEGIN_DECLS

/* Sets up what webrtcbin makes inside itself, as it makes it: our DTLS certificate, no waiting for the clock before sending, a jitter
 * buffer that starts with the first packet, few streams, none before the gate is open; and follows measured jitter with the jitter buffers' time. */
typedef struct _VavMediaTuning VavMediaTuning;

#define VAV_LATENCY_START_MS 40
#define VAV_LATENCY_MIN_MS 20
#define VAV_LATENCY_MAX_MS 200

VavMediaTuning *vav_media_tuning_new (GstElement *pipeline, VavMediaGate *gate);
void vav_media_tuning_free (VavMediaTuning *self);

/* Whether pictures come whenever there is something new: GStreamer takes a packet for lost that does not come when the rate so far let expect it, and
 * then throws away the beginning of the next picture. */
void vav_media_tuning_set_uneven (VavMediaTuning *self, gboolean uneven);

/* Once a second: reads the jitter buffers and sets webrtcbin's latency: up at once, down slowly. rtt_ms: -1 if not known. Returns: the
 * time in ms */
guint vav_media_tuning_follow_jitter (VavMediaTuning *self, GstElement *webrtc, double rtt_ms);
/* Share of packets lost since the last reading, 0 to 1. */
double vav_media_tuning_read_loss (VavMediaTuning *self);

/* Milliseconds; -1: not known yet. */
double vav_media_tuning_read_rtt (VavMediaTuning *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VavMediaTuning, vav_media_tuning_free)

G_END_DECLS
