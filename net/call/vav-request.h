/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "net/call/vav-peer.h"
#include "net/media/vav-quality.h"

G_BEGIN_DECLS

typedef struct _VavStream VavStream;

/**
 * VavRequest:
 *
 * Somebody asks for a call, before the decision. It arrives with #VavEndpoint::connection-requested (and the stream's signal of the same name),
 * before anything rings and before any media. A handler decides there and then (accept, reject), or asks for time without ringing (defer); if it does none of these,
 * the request rings when the handlers have returned: the caller is told, and the decision may come until the ring limit of 45 s.
 *
 * A program that decides by rule sets a condition (vav_endpoint_set_condition()).
 *
 * Every request is answered: one that is dropped without a decision is rejected as unreachable.
 */
#define VAV_TYPE_REQUEST (vav_request_get_type ())
G_DECLARE_FINAL_TYPE (VavRequest, vav_request, VAV, REQUEST, GObject)

VavPeer *vav_request_get_peer (VavRequest *self);
guint64 vav_request_get_value (VavRequest *self);
VavStream *vav_request_get_stream (VavRequest *self); /* (transfer full) (nullable): that it arrived on */
GBytes *vav_request_get_data (VavRequest *self);      /* (nullable) connect data */
VavFlows vav_request_get_offer (VavRequest *self);    /* what the caller offers to send, as our incoming flows */
const VavQuality *vav_request_get_quality (VavRequest *self, VavFlows flow); /* (nullable) in what quality */
gboolean vav_request_is_pending (VavRequest *self);

VavDecision vav_request_get_decision (VavRequest *self); /* of the program's condition; ASK if it has none */

void vav_request_accept (VavRequest *self, VavFlows flows, GBytes *data);
gboolean vav_request_accept_on (VavRequest *self, VavStream *stream, VavFlows flows, GBytes *data, GError **error);
void vav_request_reject (VavRequest *self, VavReason reason, GBytes *data); /* DECLINED, REFUSED, BUSY or UNREACHABLE */
void vav_request_defer (VavRequest *self);
void vav_request_ring (VavRequest *self);

G_END_DECLS
