/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "net/call/vav-person.h"

G_BEGIN_DECLS

/**
 * VavPeople:
 *
 * The people of a profile, kept in SQLite: a #GListModel of #VavPerson, most recent first. Each change is on the disk when the function returns, or
 * an error tells why not. Main-context object.
 *
 * Functions that take a #VavPerson fail with VAV_ERROR_FAILED for one that was removed.
 */
#define VAV_TYPE_PEOPLE (vav_people_get_type ())
G_DECLARE_FINAL_TYPE (VavPeople, vav_people, VAV, PEOPLE, GObject)

VavPeople *vav_people_open (const char *profile, GError **error); /* profile NULL: in memory */
const char *
vav_people_get_notice (VavPeople *self); /* (nullable): a sentence for the person: a damaged file was put aside */

VavPerson *vav_people_find_by_id (VavPeople *self, const char *id); /* (transfer full) (nullable), as the next two */
VavPerson *vav_people_find_by_name (VavPeople *self, const char *name);
VavPerson *vav_people_find_by_number (VavPeople *self, gint64 number);

/* A name is 1 to VAV_MAX_NAME bytes of text on one line, and of one person alone. address: (nullable), any form that vav_address_parse() reads; an
 * id in it pins the key. */
VavPerson *vav_people_add (VavPeople *self, const char *name, const char *address,
                           GError **error); /* (transfer full) */
gboolean vav_people_remove (VavPeople *self, const char *name, GError **error);
gboolean vav_people_remove_person (VavPeople *self, VavPerson *person, GError **error);
gboolean vav_people_rename (VavPeople *self, VavPerson *person, const char *name, GError **error);
gboolean vav_people_set_addresses (VavPeople *self, VavPerson *person, const char *const *addresses, GError **error);
gboolean vav_people_add_address (VavPeople *self, VavPerson *person, const char *address, GError **error);
gboolean vav_people_remove_address (VavPeople *self, VavPerson *person, const char *address, GError **error);
gboolean vav_people_set_favourite (VavPeople *self, VavPerson *person, gboolean favourite, GError **error);
gboolean vav_people_set_picture (VavPeople *self, VavPerson *person, GBytes *picture, GError **error); /* (nullable) */

/* Blocked people's calls are turned away by the endpoint, before anything rings. block_id: an unknown caller; (transfer full). */
gboolean vav_people_set_blocked (VavPeople *self, VavPerson *person, gboolean blocked, GError **error);
VavPerson *vav_people_block_id (VavPeople *self, const char *id, const char *claimed_name, GError **error);

/* The two have talked: pins the key (trust: accepted) on the first time, and keeps where the person was reached. */
gboolean vav_people_remember (VavPeople *self, const char *id, const char *name, const char *address, gboolean dialled,
                              GError **error);

/* The code that two people compare, by voice or face: 30 digits, the same on both sides. It takes some 20 ms. */
char *vav_people_dup_compare_code (const char *own_id, const char *other_id);
/* Trust is verified from now on, if that is the code; else VAV_ERROR_UNTRUSTED. Only the digits count. */
gboolean vav_people_verify (VavPeople *self, VavPerson *person, const char *own_id, const char *code, GError **error);

/* The person has another key from now on, accepted and not verified. The one before is kept as a former one. */
gboolean vav_people_replace_key (VavPeople *self, VavPerson *person, const char *new_id, GError **error);
char *vav_people_dup_former_id (VavPeople *self, VavPerson *person,
                                gint64 *until); /* (nullable); until: (out) (optional) Unix seconds */

G_END_DECLS
