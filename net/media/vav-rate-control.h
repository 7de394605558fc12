/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "net/core/vav-hop.h"
#include "net/media/vav-media-send.h"
#include "net/media/vav-media-stats.h"
#include "net/media/vav-pacer.h"
#include "net/media/vav-rtcp-guard.h"
#include "net/media/vav-shield.h"

G_BEGIN_DECLS

/**
 * VavRateControl:
 *
 * How much we send, and when: hears from the peer's feedback what the path carries (VavRateEstimator), ten times a second shares that out,
 * sound first, and sets the encoders, the size of the picture (VavRateLadder) and the pacer. What the person chose and what the peer takes are limits.
 * Main thread.
 *
 * A peer that knows no feedback gets what a call begins with; one that agreed to it and sends none, what is left of that after a while of silence.
 */
typedef struct _VavRateControl VavRateControl;

/* Gives @webrtc a pacer for all that it sends. guard: is told what the peer's feedback was worth; shield: protects the
 * pictures where that helps, and takes its share from theirs */
VavRateControl *vav_rate_control_new (GstElement *webrtc, VavMediaGate *gate, VavRtcpGuard *guard, VavShield *shield,
                                      VavHop *hop);
/* After the pipeline was stopped, and after stop; any thread. */
void vav_rate_control_free (VavRateControl *self);

/* (transfer none) */
VavPacer *vav_rate_control_get_pacer (VavRateControl *self);
/* Once for each kind. */
void vav_rate_control_add (VavRateControl *self, VavMediaKind kind, VavMediaSend *send);
/* Bit/s that the peer wants at most, 0: it does not say. */
void vav_rate_control_set_peer_limit (VavRateControl *self, VavMediaKind kind, guint bits_per_second);

/* From when something can leave. Nothing if already so. */
void vav_rate_control_start (VavRateControl *self);
void vav_rate_control_stop (VavRateControl *self);
/* Another path: what was known of the last one says nothing. */
void vav_rate_control_restart (VavRateControl *self);
/* The first sound or picture of the peer has come: from now on it hears us, too. */
void vav_rate_control_hear (VavRateControl *self);
/* Once a second: whether pictures are to be protected. rtt_ms: -1 if not known */
void vav_rate_control_follow_path (VavRateControl *self, double rtt_ms);
/* Fills what @stats says of the path and of what is held back. */
void vav_rate_control_read (VavRateControl *self, VavStats *stats);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VavRateControl, vav_rate_control_free)

G_END_DECLS
