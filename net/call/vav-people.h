/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

#include "net/core/vav-error.h"

G_BEGIN_DECLS

/* Somebody this user has talked to or added. */
#define VAV_TYPE_PERSON (vav_person_get_type ())
G_DECLARE_FINAL_TYPE (VavPerson, vav_person, VAV, PERSON, GObject)

const char *vav_person_get_name (VavPerson *self);
const char *vav_person_get_address (VavPerson *self); /* where they were last reached: HOST:PORT; (nullable) */
const char *vav_person_get_id (VavPerson *self);      /* (nullable): not known before the first call */
VavTrust vav_person_get_trust (VavPerson *self);
gint64 vav_person_get_last_seen (VavPerson *self);    /* Unix seconds; 0: never */

/* The people of a profile, kept in SQLite; a GListModel of VavPerson, most recent first. Main-context object. */
#define VAV_TYPE_PEOPLE (vav_people_get_type ())
G_DECLARE_FINAL_TYPE (VavPeople, vav_people, VAV, PEOPLE, GObject)

VavPeople *vav_people_open (const char *profile, GError **error); /* profile NULL: in memory */
VavPerson *vav_people_find_by_id (VavPeople *self, const char *id);
VavPerson *vav_people_find_by_name (VavPeople *self, const char *name);
gboolean vav_people_add (VavPeople *self, const char *name, const char *address, GError **error);
gboolean vav_people_remove (VavPeople *self, const char *name, GError **error);

/* The two have talked: pins the key (trust: accepted) on the first time, and keeps where the person was reached. */
gboolean vav_people_remember (VavPeople *self, const char *id, const char *name, const char *address, gboolean dialled,
                              GError **error);

G_END_DECLS
