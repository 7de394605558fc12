/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

#include "net/core/vav-hop.h"

G_BEGIN_DECLS

/* Offer and answer with webrtcbin, whose promises settle on a thread of its own: each step follows the last there, without a turn over
 * the main context. The result is posted to the hop's owner: data is a char * (the description, ours to tell the peer; for
 * vav_media_negotiation_accept() "") or %NULL if it failed. */
/* data: (nullable): the name of a part for data beside picture and sound, in what the peer is told */
void vav_media_negotiation_offer (GstElement *webrtc, const char *data, VavHop *hop, VavHopFunc done);
/* offer, answer: cleaned by vav_sdp_parse() */
void vav_media_negotiation_answer (GstElement *webrtc, const char *offer, const char *data, VavHop *hop,
                                   VavHopFunc done);
void vav_media_negotiation_accept (GstElement *webrtc, const char *answer, VavHop *hop, VavHopFunc done);

G_END_DECLS
