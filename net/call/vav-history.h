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

/**
 * vav_history_entry_get_kind:
 *
 * Returns: what it tells of
 */
VavHistoryKind vav_history_entry_get_kind (VavHistoryEntry *self);
/**
 * vav_history_entry_get_time:
 *
 * Returns: Unix seconds; of a call, when it began
 */
gint64 vav_history_entry_get_time (VavHistoryEntry *self);
/**
 * vav_history_entry_is_incoming:
 *
 * Returns: whether it came from the other side
 */
gboolean vav_history_entry_is_incoming (VavHistoryEntry *self);
/**
 * vav_history_entry_get_id:
 *
 * Returns: (nullable): the other side's key, if it was reached
 */
const char *vav_history_entry_get_id (VavHistoryEntry *self);
/**
 * vav_history_entry_get_name:
 *
 * Returns: of the other side, as it was then
 */
const char *vav_history_entry_get_name (VavHistoryEntry *self);
/**
 * vav_history_entry_get_address:
 *
 * Returns: (nullable): what calls them again, `HOST:PORT`
 */
const char *vav_history_entry_get_address (VavHistoryEntry *self);
/**
 * vav_history_entry_get_person:
 *
 * Returns: vav_person_get_number(); 0: nobody of this user's people
 */
gint64 vav_history_entry_get_person (VavHistoryEntry *self);
/**
 * vav_history_entry_get_duration:
 *
 * Returns: of a call, seconds of talking; 0: never connected
 */
gint64 vav_history_entry_get_duration (VavHistoryEntry *self);
/**
 * vav_history_entry_get_reason:
 *
 * Returns: why the call was over
 */
VavReason vav_history_entry_get_reason (VavHistoryEntry *self);
/**
 * vav_history_entry_is_missed:
 *
 * Returns: whether somebody called, and nobody here said yes or no
 */
gboolean vav_history_entry_is_missed (VavHistoryEntry *self);
/**
 * vav_history_entry_is_seen:
 *
 * Returns: whether it was looked at
 */
gboolean vav_history_entry_is_seen (VavHistoryEntry *self);
/**
 * vav_history_entry_had_picture:
 *
 * Returns: whether the call had pictures
 */
gboolean vav_history_entry_had_picture (VavHistoryEntry *self);

/**
 * vav_history_entry_get_text:
 *
 * Returns: (nullable): what was written
 */
const char *vav_history_entry_get_text (VavHistoryEntry *self);
/**
 * vav_history_entry_get_file_name:
 *
 * Returns: (nullable): of a file, its name
 */
const char *vav_history_entry_get_file_name (VavHistoryEntry *self);
/**
 * vav_history_entry_get_path:
 *
 * Returns: (nullable): where the file was, or has come to lie
 */
const char *vav_history_entry_get_path (VavHistoryEntry *self);
/**
 * vav_history_entry_get_size:
 *
 * Returns: of a file, in bytes
 */
guint64 vav_history_entry_get_size (VavHistoryEntry *self);
/**
 * vav_history_entry_get_file_state:
 *
 * Returns: where the file stood last
 */
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
