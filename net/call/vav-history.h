/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "net/call/vav-person.h"
#include "net/core/vav-types.h"

G_BEGIN_DECLS

/**
 * VavHistoryEntry:
 *
 * A call, a text or a file, as it was. Only `seen` changes, and is notified.
 */
#define VAV_TYPE_HISTORY_ENTRY (vav_history_entry_get_type ())
G_DECLARE_FINAL_TYPE (VavHistoryEntry, vav_history_entry, VAV, HISTORY_ENTRY, GObject)

VavHistoryKind vav_history_entry_get_kind (VavHistoryEntry *self);
gint64 vav_history_entry_get_time (VavHistoryEntry *self); /* Unix seconds; of a call, when it began */
gboolean vav_history_entry_is_incoming (VavHistoryEntry *self);
const char *vav_history_entry_get_id (VavHistoryEntry *self); /* (nullable): the other side's key, if it was reached */
const char *vav_history_entry_get_name (VavHistoryEntry *self);    /* of the other side, as it was then */
const char *vav_history_entry_get_address (VavHistoryEntry *self); /* (nullable): what calls them again, HOST:PORT */
gint64
vav_history_entry_get_person (VavHistoryEntry *self); /* vav_person_get_number(); 0: nobody of this user's people */

/* of a call */
gint64 vav_history_entry_get_duration (VavHistoryEntry *self); /* seconds of talking; 0: never connected */
VavReason vav_history_entry_get_reason (VavHistoryEntry *self);
gboolean vav_history_entry_is_missed (VavHistoryEntry *self); /* somebody called, and nobody here said yes or no */
gboolean vav_history_entry_is_seen (VavHistoryEntry *self);
gboolean vav_history_entry_had_picture (VavHistoryEntry *self);

const char *vav_history_entry_get_text (VavHistoryEntry *self); /* (nullable): what was written */

/* of a file */
const char *vav_history_entry_get_file_name (VavHistoryEntry *self); /* (nullable) */
const char *vav_history_entry_get_path (VavHistoryEntry *self);      /* (nullable): where it was, or has come to lie */
guint64 vav_history_entry_get_size (VavHistoryEntry *self);
VavFileState vav_history_entry_get_file_state (VavHistoryEntry *self);

/**
 * VavHistory:
 *
 * What was, kept in the profile: a #GListModel of #VavHistoryEntry, the newest first. Entries are read when they are asked for; ten thousands cost
 * nothing at the start. Filled by the endpoint, if vav_endpoint_set_history_kept() says so. Main-context object.
 *
 * Properties, notified: `n-unseen` (guint): missed calls that were not looked at yet; `days` (guint, writable): see vav_history_set_days().
 */
#define VAV_TYPE_HISTORY (vav_history_get_type ())
G_DECLARE_FINAL_TYPE (VavHistory, vav_history, VAV, HISTORY, GObject)

/* Lists of the same kind that follow: all with one person, under whichever key; all with one key. (transfer full) */
GListModel *vav_history_get_for (VavHistory *self, VavPerson *person);
GListModel *vav_history_get_for_id (VavHistory *self, const char *id);

guint vav_history_get_n_unseen (VavHistory *self);
gboolean vav_history_mark_seen (VavHistory *self, VavPerson *person, GError **error); /* (nullable): everybody's */

/* Deleted is deleted: it is overwritten in the file. */
gboolean vav_history_delete (VavHistory *self, VavHistoryEntry *entry, GError **error);
gboolean vav_history_delete_for (VavHistory *self, VavPerson *person, GError **error);
gboolean vav_history_delete_for_id (VavHistory *self, const char *id, GError **error);
gboolean vav_history_delete_older (VavHistory *self, guint days, GError **error);
gboolean vav_history_delete_all (VavHistory *self, GError **error);

#define VAV_HISTORY_MAX_DAYS 36500
/* Older entries go by themselves, now and with each new one; 0: never. */
void vav_history_set_days (VavHistory *self, guint days);
guint vav_history_get_days (VavHistory *self);

G_END_DECLS
