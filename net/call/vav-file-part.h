/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

#include "net/core/vav-error.h"

G_BEGIN_DECLS

/**
 * VavFilePart:
 *
 * A file that is coming in. Until it is whole its name ends in `.part`, with a mark of who sends what, so that after a cut call the
 * same file of the same person goes on where it stopped. It is never outside its folder, never takes the place of another file, and only its owner
 * can read it. Blocking; any one thread at a time.
 *
 * Errors: VAV_ERROR_DISK_FULL; VAV_ERROR_DAMAGED: what arrived is not what was sent; VAV_ERROR_FILE: all else.
 */
typedef struct _VavFilePart VavFilePart;

/* name: as vav_file_name_clean() makes it. Waits half a second for a part that somebody lets go of, and reads through what is there already: both end
 * when cancelled, with G_IO_ERROR_CANCELLED. */
VavFilePart *vav_file_part_open (const char *folder, const char *name, guint64 size, const char *peer_id,
                                 GCancellable *cancellable, GError **error);

/* keep: what came stays for another time; else nothing is left of it. After finish() there is nothing to be left. */
void vav_file_part_free (VavFilePart *self, gboolean keep);

guint64 vav_file_part_get_size (VavFilePart *self);
guint64 vav_file_part_get_offset (VavFilePart *self); /* how much of it is there */
void vav_file_part_get_digest (VavFilePart *self, guint8 *digest);

gboolean vav_file_part_restart (VavFilePart *self, GError **error);
gboolean vav_file_part_write (VavFilePart *self, const void *bytes, gsize length,
                              GError **error); /* never beyond the size */

/* All is there: compares, and gives it its name; the path of the file (transfer full). If it is damaged nothing is left of it. */
char *vav_file_part_finish (VavFilePart *self, const guint8 *digest, GError **error);

G_END_DECLS
