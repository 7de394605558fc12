/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "net/call/vav-person.h"
#include "net/call/vav-store.h"

G_BEGIN_DECLS

struct _VavPerson
{
  GObject parent_instance;

  VavStore *store; /* owned: pictures are read when they are asked for */
  gint64 number;
  char *name;
  char *id;         /* nullable */
  char **addresses; /* never NULL */
  VavTrust trust;
  gint64 last_seen;
  gboolean favourite;
  gboolean blocked;
  gint64 picture_version;
  GBytes *picture; /* nullable: none, or not read yet */
  gboolean picture_read;
  GBytes *key;      /* nullable: the two have not talked yet */
  gboolean present; /* by the endpoint: not in the table */
};

/* The columns that take_row() reads, in this order, of `people`. */
#define VAV_PERSON_COLUMNS                                                                                             \
  "number, name, id, trust, last_seen, favourite, blocked, picture_version,"                                           \
  " (SELECT group_concat (address, char (10)) FROM"                                                                    \
  "  (SELECT address FROM addresses WHERE person = people.number ORDER BY position)), key"

VavPerson *vav_person_new (VavStore *store, gint64 number);
void vav_person_take_row (VavPerson *self, sqlite3_stmt *row); /* notifies what is new */
void vav_person_set_present (VavPerson *self, gboolean present);
/* One of ours: accepted at least, and not blocked. */
gboolean vav_person_is_ours (VavPerson *self);
gboolean vav_person_has_address (VavPerson *self, const char *address);

G_END_DECLS
