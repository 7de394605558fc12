/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * VavBroker:
 *
 * A connection to one MQTT 5 broker, made again for as long as it is wanted: after 1 s, then up to 25 s, each time shortened by chance to as little as half, so
 * that the clients of a broker that comes back do not all come at once; where it said no (a wrong password), 60 s; and at once when the network changes, which also
 * ends a connection whose address is gone. Knows topics and payloads, nothing of what is in them. Private to signal.
 *
 * libmosquitto speaks MQTT (vav-broker-session.h). GIO looks the name up, connects and shakes hands (vav-broker-link.h), since libmosquitto would block in that, on the
 * main loop or for minutes in a thread of its own, try one address after the other, and bring a second TLS library with a trust of its own. Nothing has
 * a thread here, so stopping waits for nothing.
 *
 * Idle it sends a ping every 15 to 20 s (195 in an hour, measured), and presence (vav-presence.h) a message every 10 minutes: 6 in an hour, which the broker brings back
 * to its sender and to each of their people who is connected.
 *
 * Lives in one main context; nothing is emitted from inside its functions, except `changed` from vav_broker_stop().
 *
 * Signals:
 * - `changed`: it is connected now, or no longer, or an attempt failed, or a subscription was confirmed
 * - `message` (const char *topic, GBytes *payload, gboolean retained): of a topic that is subscribed to
 * - `answered` (guint number, guint reason): the broker took a publish; reason: of MQTT 5 (2.4), two of which are named below
 */
#define VAV_TYPE_BROKER (vav_broker_get_type ())
G_DECLARE_FINAL_TYPE (VavBroker, vav_broker, VAV, BROKER, GObject)

#define VAV_BROKER_NOBODY 0x10  /* nobody is subscribed to that topic */
#define VAV_BROKER_REFUSED 0x80 /* from here on they are errors */

VavBroker *vav_broker_new (const char *url, GError **error); /* see vav-broker-place.h */
const char *vav_broker_get_where (VavBroker *self);          /* HOST:PORT */

/* will (nullable): a topic whose retained message is cleared by the broker when the connection breaks without a goodbye. */
void vav_broker_start (VavBroker *self, const char *will);
void vav_broker_stop (VavBroker *self);

void vav_broker_hurry (VavBroker *self); /* somebody waits: tries again now, unless it was just tried */

gboolean vav_broker_is_connected (VavBroker *self);
const GError *
vav_broker_get_error (VavBroker *self); /* (nullable): why not; NULL also before the first attempt has ended */

/* Kept over reconnections. retained: what the broker keeps for that topic is wanted too. */
void vav_broker_subscribe (VavBroker *self, const char *topic, gboolean retained);
void vav_broker_unsubscribe (VavBroker *self, const char *topic);
gboolean vav_broker_is_subscribed (VavBroker *self, const char *topic); /* and the broker has confirmed it */

/* Not kept: FALSE if it is not connected, or too much waits already. expiry: seconds. number (out, nullable): QoS 1, and `answered` tells of that number. */
gboolean vav_broker_publish (VavBroker *self, const char *topic, const void *payload, gsize length, gboolean retain,
                             guint32 expiry, guint *number);

G_END_DECLS
