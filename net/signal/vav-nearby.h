/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define VAV_MAX_NEARBY 64 /* people that are listed at most */

/**
 * VavNearbyPerson:
 *
 * Somebody in the local network who wants to be found. All of it is a claim that anybody there can make: the name is a hint, and so is the id until somebody who
 * has that key answers. Dial `visavis:ID@ADDRESS`, and nobody else is talked to.
 *
 * Properties, all read-only and notified: `name` (fit to be shown; may be empty), `id` (canonical), `address` (`HOST:PORT`).
 */
#define VAV_TYPE_NEARBY_PERSON (vav_nearby_person_get_type ())
G_DECLARE_FINAL_TYPE (VavNearbyPerson, vav_nearby_person, VAV, NEARBY_PERSON, GObject)

const char *vav_nearby_person_get_name (VavNearbyPerson *self);
const char *vav_nearby_person_get_id (VavNearbyPerson *self);
const char *vav_nearby_person_get_address (VavNearbyPerson *self);          /* the first of the next */
const char *const *vav_nearby_person_get_addresses (VavNearbyPerson *self); /* never empty; IPv4 first */
char *vav_nearby_person_dup_link (VavNearbyPerson *self);                   /* `visavis:ID@ADDRESS` */

/**
 * VavNearby:
 *
 * The people in the local network who want to be found, by DNS-SD (RFC 6763, RFC 6762) and the Avahi daemon of this computer; not this user, nor those whom this
 * user has blocked. A #GListModel of #VavNearbyPerson, in the order in which they were found, at most VAV_MAX_NEARBY, at most 8 of one computer. It is empty unless
 * somebody searches. Main-context object; nothing in it waits.
 *
 * Searching asks the local network who offers `_visavis._tcp`. That this computer asks can be seen there, not for whom.
 *
 * Property `trouble` ((nullable), read-only, notified): why nobody can be found, a sentence for people.
 */
#define VAV_TYPE_NEARBY (vav_nearby_get_type ())
G_DECLARE_FINAL_TYPE (VavNearby, vav_nearby, VAV, NEARBY, GObject)

/* Searches until each vav_nearby_begin() has had its vav_nearby_end(), and 10 s longer: who comes back at once finds the list as it was. */
void vav_nearby_begin (VavNearby *self);
void vav_nearby_end (VavNearby *self);

VavNearbyPerson *vav_nearby_find (VavNearby *self, const char *id); /* (transfer full) (nullable) */
const char *vav_nearby_get_trouble (VavNearby *self);

G_END_DECLS
