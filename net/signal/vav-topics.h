/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * Topics: the names under which people meet at a broker. Private to signal.
 *
 * All begin with `visavis/1/`; below that is one kind and one name of 32 base32 digits (160 bits). Nothing else is published or subscribed to, and never
 * with a wildcard:
 *
 * - `visavis/1/in/NAME`: the inbox of somebody who takes calls. NAME is SHA-256 ("visavis inbox" ‖ ID): who has the id (from a card, a link or an
 *   earlier call) finds it; who has the topic cannot go back to the id. Subscribed to while calls are taken.
 * - `visavis/1/re/NAME`: where a connection reads the answers to its own calls. NAME is random, new with each connection.
 * - `visavis/1/at/NAME`: presence, retained (vav-presence.h). NAME is HMAC-SHA-256 ("visavis presence" ‖ ID of who tells ‖ ID of who may know), keyed with what
 *   only their two keys make (vav-pair-secret.h): ids are no secret, and who has both finds nothing. Or it is random, for the one topic of a connection that its
 *   last will clears. What the first holds is, sealed, the name of the second.
 *
 * Client ids are random. A publish is at most VAV_TOPIC_MAX_PAYLOAD bytes, QoS 0 or 1, and only those of `at` are retained. A broker's access list therefore
 * needs `topic readwrite visavis/1/#` and nothing else, and it may limit messages to 32 KiB.
 *
 * What a broker, and whoever else may read there, sees: which connection uses which names, how much and when. It cannot read, and what it
 * changes is noticed: TLS runs inside, from one computer to the other. Who knows an id can tell whether mail goes to its inbox.
 */
#define VAV_TOPIC_PRESENCE "visavis/1/at/"
#define VAV_TOPIC_NAME_LENGTH 32
#define VAV_TOPIC_MAX_PAYLOAD (20 * 1024)

char *vav_topic_inbox (const char *id);     /* the whole topic, as all of these */
char *vav_topic_answers (const char *name); /* name: of vav_topic_make_name() */
char *vav_topic_presence (const char *name);
char *vav_topic_pair (const guint8 *secret, const char *teller,
                      const char *reader); /* of vav_pair_secret_make(), and two ids */

char *vav_topic_make_name (void);                            /* random */
gboolean vav_topic_is_name (const char *text, gsize length); /* of the right form */

G_END_DECLS
