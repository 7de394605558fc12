/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "net/core/vav-timeline.h"
#include "net/core/vav-types.h"
#include "net/media/vav-sdp.h"

G_BEGIN_DECLS

/**
 * VavMediaGate:
 *
 * The one question that every media thread asks before it lets anything through: is this flow open? It is when the person opened the call,
 * the certificate that DTLS saw has the announced fingerprint, and the flow runs. All three are needed, each way. Shut for ever once
 * closed. May be asked from any thread.
 */
typedef struct _VavMediaGate VavMediaGate;

VavMediaGate *vav_media_gate_new (void);
VavMediaGate *vav_media_gate_ref (VavMediaGate *self);
void vav_media_gate_unref (VavMediaGate *self);

/* Once, before DTLS can begin. */
void vav_media_gate_expect (VavMediaGate *self, const guint8 fingerprint[VAV_FINGERPRINT_SIZE]);
/* pem: the certificate that DTLS saw. Returns: whether it is the announced one */
gboolean vav_media_gate_match (VavMediaGate *self, const char *pem);
void vav_media_gate_open (VavMediaGate *self);
void vav_media_gate_set_flows (VavMediaGate *self, VavFlows flows);
void vav_media_gate_close (VavMediaGate *self);
/* Whether the other side is the announced one. */
gboolean vav_media_gate_is_matched (VavMediaGate *self);
/* Whether the person agreed too; what runs and what does not is another question. */
gboolean vav_media_gate_is_open (VavMediaGate *self);
gboolean vav_media_gate_passes (VavMediaGate *self, VavFlows flow);

/* The call's timeline (nullable), at hand for all those threads. Set before there are any. */
void vav_media_gate_set_timeline (VavMediaGate *self, VavTimeline *timeline);
VavTimeline *vav_media_gate_get_timeline (VavMediaGate *self);
void vav_media_gate_mark (VavMediaGate *self, VavStep step);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VavMediaGate, vav_media_gate_unref)

G_END_DECLS
