/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * VavFileRoom:
 *
 * What one file that is coming in still needs of its file system. Those that run at once would else each count on the same free space. It is a sum
 * kept in this process: blocks set aside on the disk itself would have to be given back by whoever is killed, would take a peer's word for how much
 * of the disk to fill before a byte has come, and cannot be had everywhere. Any thread.
 */
typedef struct _VavFileRoom VavFileRoom;

VavFileRoom *vav_file_room_take (int fd, guint64 needed); /* NULL: there is not as much beside what the others need */
void vav_file_room_set_needed (VavFileRoom *self, guint64 needed);
void vav_file_room_free (VavFileRoom *self);

G_END_DECLS
