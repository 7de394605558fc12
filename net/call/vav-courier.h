/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "net/call/vav-call-machine.h"
#include "net/signal/vav-message.h"

G_BEGIN_DECLS

typedef struct _VavCall VavCall;

/**
 * VavCourier:
 *
 * What two people give each other in a call: texts. Owned by its call, to which it points back, and which hands it
 * the messages that are its business. Main-context object; private to net/call.
 *
 * Signals: `text` (char *), `text-acknowledged` (guint64): see #VavStream.
 */
#define VAV_TYPE_COURIER (vav_courier_get_type ())
G_DECLARE_FINAL_TYPE (VavCourier, vav_courier, VAV, COURIER, GObject)

VavCourier *vav_courier_new (VavCall *call);
void vav_courier_leave (VavCourier *self); /* the call is about to be gone */

/* What such a message is to the machine: the peer gives something new, or confirms what this side gave. */
VavCallEvent vav_courier_judge (VavCourier *self, VavMessage *message);

/* FALSE: it makes no sense. */
gboolean vav_courier_take (VavCourier *self, VavMessage *message);

/* Before our goodbye: what waits goes out first. FALSE: something does, and the call is told VAV_CALL_EVENT_FLUSHED when it has gone. cut(): it takes too long. */
gboolean vav_courier_flush (VavCourier *self);
void vav_courier_cut (VavCourier *self);

gboolean vav_courier_send_text (VavCourier *self, const char *text, guint64 *id, GError **error);

G_END_DECLS
