/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

#include "net/core/vav-error.h"

G_BEGIN_DECLS

#define VAV_MAX_PICTURE (256 * 1024) /* bytes */
#define VAV_MAX_ADDRESSES 8

/**
 * VavPerson:
 *
 * Somebody this user has talked to, added or blocked. There is one object for each, which follows what is kept of them: bind to it. Changed by the
 * functions of #VavPeople alone. When the person is removed the object stays as it was last.
 *
 * Properties, all read-only and notified: `name`, `id`, `address`, `addresses` (GStrv), `trust`, `last-seen`, `favourite`, `blocked`,
 * `picture` (GBytes), `present`.
 */
#define VAV_TYPE_PERSON (vav_person_get_type ())
G_DECLARE_FINAL_TYPE (VavPerson, vav_person, VAV, PERSON, GObject)

gint64 vav_person_get_number (VavPerson *self); /* among this user's people; 1, 2, 3… */
const char *vav_person_get_name (VavPerson *self);
const char *vav_person_get_id (VavPerson *self);      /* (nullable): not known before the first call */
const char *vav_person_get_address (VavPerson *self); /* (nullable): the first of the addresses, HOST:PORT */
const char *const *vav_person_get_addresses (
    VavPerson *
        self); /* the first is dialled first, the others beside it if it is silent; where they were reached moves to the front */
VavTrust vav_person_get_trust (VavPerson *self);
gint64 vav_person_get_last_seen (VavPerson *self); /* Unix seconds; 0: never */
gboolean vav_person_get_favourite (VavPerson *self);
gboolean vav_person_get_blocked (VavPerson *self);
gboolean
vav_person_get_present (VavPerson *self); /* known to take calls by the meeting server now; FALSE: or not known */
GBytes *vav_person_get_picture (
    VavPerson *self); /* (transfer none) (nullable): a PNG or JPEG file, at most VAV_MAX_PICTURE bytes */

G_END_DECLS
