/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>
#include <gst/sdp/sdp.h>

#include "net/media/vav-sdp.h"

G_BEGIN_DECLS

/**
 * VavShield:
 *
 * Sends parity (VavParityMaker) of the picture's packets where that was agreed on and is planned, and makes of parity that comes in the packet that did
 * not. Parity has a source of its own (RFC 5109, 14.1; RFC 5956, 4.1). It never gets into the RTP session of the one to whom it is sent: what comes out of
 * the shield is a packet of the picture, with the number for feedback of the one that brought it.
 *
 * webrtcbin's own ULPFEC is of no use here: its decoder comes behind the jitter buffer and begins when that has given a packet up, which is as late as
 * the answer to any request may come; and its encoder's parity goes with the very picture, into the same run of losses.
 */
typedef struct _VavShield VavShield;

#define VAV_SHIELD_PAYLOAD 127 /* that we offer; webrtcbin takes its own from 96 on */

/* video: what is agreed of the picture */
VavShield *vav_shield_new (const VavSdpMedia *video);
VavShield *vav_shield_ref (VavShield *self);
void vav_shield_unref (VavShield *self);

/* The next by the main thread. picture: the source of our pictures. Before we describe ourselves */
void vav_shield_set_picture (VavShield *self, guint32 picture);
/* We offer it. */
void vav_shield_offer (VavShield *self);
/* What a peer's description says. payload: 0: it knows no parity */
void vav_shield_agree (VavShield *self, guint payload);
/* As vav_parity_maker_set(). Nothing is sent unless it was agreed on. */
void vav_shield_plan (VavShield *self, guint group, guint depth);
gboolean vav_shield_is_agreed (VavShield *self);

/* Any thread: writes what is offered or agreed on into a description of ours. */
void vav_shield_describe (VavShield *self, GstSDPMessage *message);
/* The pacer's thread: a picture's packet that leaves now. Returns: (transfer full) (nullable): a packet that is to follow it */
GstBuffer *vav_shield_protect (VavShield *self, GstBuffer *packet);
/* The receiving thread: a packet that came; what it is now. Returns: %FALSE if nothing can be made of it */
gboolean vav_shield_take (VavShield *self, GstBuffer **packet);

/* Any thread: packets. */
typedef struct
{
  guint sent, received; /* of parity */
  guint recovered;      /* packets of pictures */
} VavShieldCounts;

void vav_shield_read (VavShield *self, VavShieldCounts *counts);

G_END_DECLS
