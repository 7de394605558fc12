/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "net/call/vav-people.h"
#include "net/call/vav-person-private.h"
#include "net/call/vav-store.h"

G_BEGIN_DECLS

struct _VavPeople
{
  GObject parent_instance;

  VavStore *store;
  gint64 version;     /* of the store, when it was last read anew */
  GPtrArray *persons; /* of VavPerson: the table as it is, most recent first */
};

VavPeople *vav_people_new (VavStore *store, GError **error);

/* Signal `read`: the list, or something of a person, was read anew; private. */

/* Another process may have changed the list: read anew if so. */
void vav_people_refresh (VavPeople *self);
gboolean vav_people_reload (VavPeople *self, GError **error);
/* The public key that this person now talked under. */
gboolean vav_people_pin (VavPeople *self, gint64 number, const char *id, const char *name, const char *address,
                         gboolean dialled, GError **error);
gboolean vav_people_keep_key (VavPeople *self, const char *id, GBytes *key, GError **error);
gboolean vav_people_is_blocked (VavPeople *self, const char *id);

/* For what changes the list. A whole change: transaction, statement, list. */
gboolean vav_people_holds (VavPeople *self, VavPerson *person, GError **error);
gboolean vav_people_change (VavPeople *self, VavPerson *person, GError **error, const char *sql, const char *types,
                            ...);
gboolean vav_people_commit (VavPeople *self, gboolean done,
                            GError **error); /* a transaction that was begun, and the list */
VavPerson *vav_people_insert (VavPeople *self, const char *name, const char *id, gboolean blocked, GError **error);
char *vav_people_mark_name (const char *claimed, const char *id, guint n); /* (transfer full) */
char *vav_people_choose_name (VavPeople *self, const char *claimed, const char *id);
gboolean vav_people_write_addresses (VavPeople *self, gint64 person, const char *const *addresses, GError **error);

G_END_DECLS
