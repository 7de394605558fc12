/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Which packets of a broker libmosquitto may see. Pure, no I/O. Private to signal.
 *
 * libmosquitto (all of 2.0) trusts its broker:
 * - a property with a number that it does not know ends the program (property__read() logs without a session, which is an assertion), and properties that
 *   reach further than they say lead there too;
 * - it takes packets of up to 256 MB: the limit that CONNECT announces binds only an honest broker;
 * - it keeps each first half of a QoS 2 for as long as the second does not come, and leaks the properties of a PUBACK that nobody waits for;
 * - it reads past a SUBACK without a reason (CVE-2024-10525), or leaks it where that is mended;
 * - it takes a DISCONNECT without a reason, which is allowed, for an error.
 *
 * So it is given whole packets, and only such as a client of our kind has a use for. The sections are those of MQTT 5 (OASIS, 2019). */
#define VAV_BROKER_MAX_PACKET (32 * 1024) /* what we take; the broker is told so */

/* By a packet's first byte: whether a broker may say that to a client that asked for QoS 1 at most and for no other way to prove itself. */
gboolean vav_broker_guard_may_say (guint8 first, gboolean greeted);

/* The fixed header (2.1.1). FALSE: what follows is too long for us. size: of the header; 0: it is not all here yet. */
gboolean vav_broker_guard_measure (const guint8 *bytes, gsize length, gsize *size, gsize *body);

/* The body of a whole packet: whether its properties are what they say, and a SUBACK has one reason, since we ask for one topic at a time. The library finds
 * out about the rest. */
gboolean vav_broker_guard_is_sound (guint8 first, const guint8 *body, gsize length);

G_END_DECLS
