/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

#include "net/media/vav-media-gate.h"
#include "net/media/vav-rtcp-guard.h"
#include "net/media/vav-shield.h"

G_BEGIN_DECLS

/* Where packets come in. Before SRTP: only those of sources that the peer has shown to be its own pass (VavSourceGuard). After SRTP and before the RTP session,
 * which makes something of whatever comes: none pass before the gate is open, and after that only what the guards let pass (VavRtcpGuard, VavNumberGuard).
 * Parity ends here (VavShield).
 *
 * decrypter: a dtlssrtpdec */
void vav_media_door_put_in (GstElement *decrypter, VavMediaGate *gate, VavRtcpGuard *guard, VavShield *shield);

G_END_DECLS
