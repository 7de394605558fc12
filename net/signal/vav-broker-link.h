/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "net/signal/vav-broker-place.h"
#include "net/signal/vav-mqtt.h"

G_BEGIN_DECLS

/* One TCP or TLS connection to a broker, from looking its name up to its end, with packets in and out. Main-context object. Private to signal; its owner
 * is VavBroker, which knows what to say. */
typedef struct _VavBrokerLink VavBrokerLink;

/* Called from the main loop, never from inside a function of the link. `packet` may close the link. After `down` nothing more is told. */
typedef struct
{
  void (*up) (gpointer owner);
  void (*packet) (gpointer owner, VavMqttPacket *packet);
  void (*down) (gpointer owner, const GError *error);
} VavBrokerLinkEvents;

VavBrokerLink *vav_broker_link_new (const VavBrokerPlace *place, const VavBrokerLinkEvents *events, gpointer owner);
void
vav_broker_link_close (VavBrokerLink *self); /* nothing is told any more; what was queued still goes, for 1 s at most */

/* To append to; then flush. Above VAV_BROKER_MAX_QUEUED bytes one had better not. */
#define VAV_BROKER_MAX_QUEUED (1024 * 1024)
GByteArray *vav_broker_link_get_queue (VavBrokerLink *self);
void vav_broker_link_flush (VavBrokerLink *self);

gint64 vav_broker_link_get_last_in (VavBrokerLink *self); /* monotonic, µs, as the next */
gint64 vav_broker_link_get_last_out (VavBrokerLink *self);

G_END_DECLS
