/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

#include "net/core/vav-hop.h"
#include "net/media/vav-shield.h"

G_BEGIN_DECLS

/**
 * VavMediaNegotiation:
 *
 * Offer and answer with one webrtcbin, whose promises settle on a thread of its own: each step follows the last there, without a turn over
 * the main context. The result is posted to the hop's owner: data is a char * (the description, ours to tell the peer; for
 * vav_media_negotiation_accept() "") or %NULL if it failed.
 */
typedef struct _VavMediaNegotiation VavMediaNegotiation;

/* picture_bitrate: at most so many bit/s of it, as the peer is told; shield: described to the peer, as it is when that is done */
VavMediaNegotiation *vav_media_negotiation_new (GstElement *webrtc, guint picture_bitrate, VavShield *shield,
                                                VavHop *hop);
void vav_media_negotiation_free (VavMediaNegotiation *self);

/* data: (nullable): the name of a part for data beside picture and sound, in what the peer is told */
void vav_media_negotiation_offer (VavMediaNegotiation *self, const char *data, VavHopFunc done);
/* offer, answer: cleaned by vav_sdp_parse() */
void vav_media_negotiation_answer (VavMediaNegotiation *self, const char *offer, const char *data, VavHopFunc done);
void vav_media_negotiation_accept (VavMediaNegotiation *self, const char *answer, VavHopFunc done);

/* Blocks until webrtcbin has come to the end of each step that was asked of it, or until @deadline (monotonic time). Not on webrtcbin's thread. */
void vav_media_negotiation_wait (VavMediaNegotiation *self, gint64 deadline);

G_END_DECLS
