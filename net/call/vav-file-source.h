/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

#include "net/core/vav-error.h"

G_BEGIN_DECLS

/* A file that goes out, read once from beginning to end. Blocking; any one thread at a time. VAV_ERROR_FILE: it cannot be read, is no plain file,
 * or was changed meanwhile. */
typedef struct _VavFileSource VavFileSource;

VavFileSource *vav_file_source_open (const char *path, GError **error);
void vav_file_source_free (VavFileSource *self);
guint64 vav_file_source_get_size (VavFileSource *self);
gint64 vav_file_source_get_changed (VavFileSource *self); /* when it was written last, in ns */
guint64 vav_file_source_get_offset (VavFileSource *self);

/* The other side has the first `offset` bytes, with that digest: begins after them if they are the same, else at 0. */
gboolean vav_file_source_skip (VavFileSource *self, guint64 offset, const guint8 *digest, GCancellable *cancellable,
                               GError **error);

/* How much was read; 0 at the end. -1: error, also if it has become shorter. What is beyond the size is never read. */
gssize vav_file_source_read (VavFileSource *self, void *buffer, gsize length, GError **error);
void vav_file_source_get_digest (VavFileSource *self, guint8 *digest); /* of what was read */

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VavFileSource, vav_file_source_free)

G_END_DECLS
