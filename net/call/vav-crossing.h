/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "net/call/vav-endpoint-private.h"

G_BEGIN_DECLS

/**
 * VavCrossing:
 *
 * Two people dial each other in the same moment, and one call must come of it. The request of the smaller id wins; the other side drops what
 * it began and accepts, on the stream that it dialled with and under the number that its program knows, without being asked. Who dials
 * somebody whose request waits already accepts that, for the same reason. Calls to oneself are exempt.
 *
 * As long as this side does not know yet who will answer where it dials, a request waits a moment for that. Owned by the door.
 */
typedef struct _VavCrossing VavCrossing;

/* A request that crosses nothing after all, or whose other half came to nothing. */
typedef void (*VavCrossingRaise) (VavCall *request, gpointer user_data);

VavCrossing *vav_crossing_new (VavEndpoint *endpoint, VavCrossingRaise raise, gpointer user_data);
void vav_crossing_free (VavCrossing *self);

/* A request has come in. FALSE: it crosses none of ours, and is the caller's to raise. */
gboolean vav_crossing_take (VavCrossing *self, VavCall *request);

/* A call of this endpoint has moved on. */
void vav_crossing_review (VavCrossing *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VavCrossing, vav_crossing_free)

G_END_DECLS
