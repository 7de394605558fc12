/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "net/core/vav-error.h"

G_BEGIN_DECLS

/**
 * VavFileStore:
 *
 * A file that comes in, as it grows in the folder that the person chose: never outside of it, never over another file. Until it is whole it is
 * called `NAME.XXXXXXXX.part`, where the X tell sender, name and size: what is there of it from an earlier call is found again. Only its owner
 * may read it (0600), and only one store writes it at a time.
 *
 * Blocks on the disk: for a worker thread. One thread at a time. Private to net/call.
 */
typedef struct _VavFileStore VavFileStore;

/**
 * VavFileStoreRead:
 * What is there, piece by piece from the beginning; bytes are borrowed.
 */
typedef void (*VavFileStoreRead) (const guint8 *bytes, gsize length, gpointer user_data);

/* name: as the other side gave it. VAV_ERROR_NO_SPACE if it cannot fit, _BUSY if it is being received already, _FAILED with the system's reason. */
VavFileStore *vav_file_store_open (const char *folder, const char *name, guint64 size, const char *peer_id,
                                   GError **error);
guint64 vav_file_store_get_offset (VavFileStore *self); /* bytes that are there */
gboolean vav_file_store_read_back (VavFileStore *self, VavFileStoreRead func, gpointer user_data, GError **error);
gboolean vav_file_store_restart (VavFileStore *self, GError **error);

/* VAV_ERROR_NO_SPACE, _FAILED; _PROTOCOL for more than was announced, nothing of which is written. */
gboolean vav_file_store_write (VavFileStore *self, const guint8 *bytes, gsize length, GError **error);

/* All is there: gives it its name, or one with a number if that is taken. Returns: (transfer full): where it is. VAV_ERROR_PROTOCOL: not all is there. */
char *vav_file_store_finish (VavFileStore *self, GError **error);

/* keep: what is there stays for another time; else it is thrown away. After finish() both are the same. */
void vav_file_store_close (VavFileStore *self, gboolean keep);

G_END_DECLS
