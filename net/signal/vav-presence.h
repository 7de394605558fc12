/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "net/signal/vav-broker.h"
#include "net/signal/vav-identity.h"

G_BEGIN_DECLS

/**
 * VavPresence:
 *
 * Who of one's people is there, and being there oneself, by a broker. Private to signal; call feeds it.
 *
 * Each connection has one topic with a random name, which its last will clears. While this side wants to be seen it holds a beat, said anew every ten minutes; each
 * person who may know is told once, under a topic and a seal that only the two can compute, what that name is and how a beat is recognised
 * (vav-presence-seal.h). Somebody is there while they have told this side, and their latest beat is fresh; the will or a goodbye ends it at once, a
 * broker that keeps the beat for ever does not: 5 minutes after the next one was due it is old. So a broker can deny, and no more.
 *
 * Quiet: an idle user says one message in ten minutes, and hears as many from each who is there; a message to each person comes only with a
 * connection, and once in 25 hours.
 *
 * Who may know no longer (removed, blocked) finds their topic cleared; and as a changed program could still listen to the one that it was told of, the connection is
 * made anew, with another name.
 *
 * Lives in one main context. Signal `changed` (const char *id, gboolean present): never from inside its functions, except for those of the broker.
 */
#define VAV_TYPE_PRESENCE (vav_presence_get_type ())
G_DECLARE_FINAL_TYPE (VavPresence, vav_presence, VAV, PRESENCE, GObject)

VavPresence *vav_presence_new (VavBroker *broker, VavIdentity *identity);
const char *vav_presence_get_will (VavPresence *self); /* for vav_broker_start() */
void vav_presence_close (VavPresence *self);           /* says goodbye; before the broker is stopped */

/* keys: ids → GBytes: public keys (SPKI). All who accepted each other: they may know of this user, and are watched. Others are not there, which is not told. */
void vav_presence_set_people (VavPresence *self, GHashTable *keys);
void vav_presence_set_shown (VavPresence *self,
                             gboolean shown); /* whether this side is there, for them; at first not */
gboolean vav_presence_is_present (VavPresence *self, const char *id);

void vav_presence_set_step (VavPresence *self, guint seconds); /* for tests, which do not wait for ten minutes */

G_END_DECLS
