/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>
#include <sqlite3.h>

G_BEGIN_DECLS

/* The file where a profile keeps its people and its history: `people.sqlite`. Private to net/call; used in one main context.
 *
 * WAL: a process that is killed loses nothing that was committed. What may not be lost to a power cut either (people) is written `lasting`, which waits
 * for the disk; the rest (a call's history) does not, as that may take longer than a picture lasts on the screen. */
typedef struct _VavStore VavStore;

VavStore *vav_store_open (const char *profile, GError **error); /* profile NULL: in memory. VAV_ERROR_PROFILE */
VavStore *vav_store_ref (VavStore *self);
void vav_store_unref (VavStore *self);

/* (nullable): what was found on opening, as a sentence for the person: a damaged file was put aside */
const char *vav_store_get_notice (VavStore *self);

/* types says what is bound, in order, a letter each: s const char * (nullable), i int, l gint64, b GBytes * (nullable). NULL: error is set. */
sqlite3_stmt *vav_store_prepare (VavStore *self, GError **error, const char *sql, const char *types, ...);
/* What a loop over rows ended with. Frees the statement. */
gboolean vav_store_finish (VavStore *self, sqlite3_stmt *statement, int result, GError **error);
gboolean vav_store_run (VavStore *self, GError **error, const char *sql, const char *types, ...);
gboolean vav_store_run_va (VavStore *self, GError **error, const char *sql, const char *types, va_list arguments);
gint64 vav_store_get_last_number (VavStore *self); /* of the row that was added last */

/* All or nothing: what stands between the two. end() commits if done, else takes it back; returns whether it is kept. */
gboolean vav_store_begin (VavStore *self, gboolean lasting, GError **error);
gboolean vav_store_end (VavStore *self, gboolean done, GError **error);

/* By another process, since this was asked last with that version (0: never); version: in and out. */
gboolean vav_store_was_changed (VavStore *self, gint64 *version);
/* (transfer full) (nullable): tells that something was written, by whomever; NULL in memory, or where the system has no such means */
GFileMonitor *vav_store_watch (VavStore *self);
void vav_store_wipe_log (VavStore *self); /* what was deleted goes from the log, too */

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VavStore, vav_store_unref)

G_END_DECLS
