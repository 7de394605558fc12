/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "net/media/vav-media-send.h"
#include "net/media/vav-pacer.h"

G_BEGIN_DECLS

/* How much we send, and when. Main thread. */
typedef struct _VavRateControl VavRateControl;

/* Gives @webrtc a pacer for all that it sends. */
VavRateControl *vav_rate_control_new (GstElement *webrtc, VavMediaGate *gate);
/* After the pipeline was stopped, any thread. */
void vav_rate_control_free (VavRateControl *self);

VavPacer *vav_rate_control_get_pacer (VavRateControl *self);
/* Once for each kind. */
void vav_rate_control_add (VavRateControl *self, VavMediaKind kind, VavMediaSend *send);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VavRateControl, vav_rate_control_free)

G_END_DECLS
