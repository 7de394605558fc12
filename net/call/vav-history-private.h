/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "net/call/vav-history.h"
#include "net/call/vav-people.h"
#include "net/call/vav-store.h"

G_BEGIN_DECLS

struct _VavHistoryEntry
{
  GObject parent_instance;

  gint64 number; /* 0: not kept yet */
  VavHistoryKind kind;
  gint64 time; /* Unix milliseconds: what was written in a call comes after its beginning */
  gboolean incoming;
  gint64 person; /* 0: none */
  char *id;      /* nullable */
  char *name;
  char *address; /* nullable */
  gint64 duration;
  VavReason reason;
  gboolean missed;
  gboolean seen;
  gboolean picture;
  char *text; /* nullable: the text, or the name of the file */
  char *path; /* nullable */
  guint64 size;
  VavFileState state;
};

/* The columns that are read by from_row(), in this order. */
#define VAV_HISTORY_COLUMNS                                                                                            \
  "number, kind, time, incoming, person, id, name, address, duration, reason, missed, seen, picture, text, path, "     \
  "size, state"

VavHistoryEntry *vav_history_entry_new (VavHistoryKind kind);
VavHistoryEntry *vav_history_entry_from_row (sqlite3_stmt *row);
void vav_history_entry_set_seen (VavHistoryEntry *self);

VavHistory *vav_history_new (VavStore *store, VavPeople *people);
void vav_history_refresh (VavHistory *self); /* another process may have written: read anew if so */
gboolean vav_history_keep (VavHistory *self, VavHistoryEntry *entry, GError **error);
VavHistoryEntry *vav_history_read (VavHistory *self, gint64 number); /* (nullable) */

/* A list of the history, or of a part of it: numbers and times in order; entries are read one by one. */
#define VAV_TYPE_HISTORY_LIST (vav_history_list_get_type ())
G_DECLARE_FINAL_TYPE (VavHistoryList, vav_history_list, VAV, HISTORY_LIST, GObject)

/* history: not owned by the list of all, which it owns. person, id: (nullable) whose */
VavHistoryList *vav_history_list_new (VavHistory *history, VavStore *store, gboolean owns, VavPerson *person,
                                      const char *id);
void vav_history_list_insert (VavHistoryList *self, VavHistoryEntry *entry);
void vav_history_list_reload (VavHistoryList *self);

G_END_DECLS
