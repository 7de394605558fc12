/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "net/call/vav-file.h"
#include "net/call/vav-stream.h"

G_BEGIN_DECLS

/**
 * VavStream::text:
 * @self: the object that tells it
 * @text: what they wrote: several lines perhaps; what could play tricks on a screen is replaced
 *
 * The other side wrote.
 */

/**
 * VavStream::file-offered:
 * @self: the object that tells it
 * @file: what they offer
 *
 * The other side offers a file: vav_file_accept() or vav_file_refuse() it, now or later.
 */

/**
 * VavStream::file-changed:
 * @self: the object that tells it
 * @file: which
 *
 * A file is new, or its state is.
 */

/**
 * VavStream::text-acknowledged:
 * @self: the object that tells it
 * @id: what vav_stream_send_text() gave
 *
 * That text was given to the other side's program.
 */

/* Writes to the other side, at most VAV_MAX_TEXT bytes of UTF-8. They arrive in order, each once. id: (out) (optional): 1, 2, 3… in each call.
 * VAV_ERROR_CLOSED: in no call, or after hanging up; VAV_ERROR_NOT_SUPPORTED: the other side cannot (nothing is sent, the call goes on);
 * VAV_ERROR_TOO_LARGE: the text, or all that waits to be sent. */
gboolean vav_stream_send_text (VavStream *self, const char *text, guint64 *id, GError **error);

/* Offers a file to the other side, at most 256 at a time. The result stands in vav_stream_get_files() too. Errors as above, and VAV_ERROR_FILE: it
 * cannot be read, or is no plain file. */
void vav_stream_send_file_async (VavStream *self, const char *path, GCancellable *cancellable,
                                 GAsyncReadyCallback callback, gpointer user_data);
VavFile *vav_stream_send_file_finish (VavStream *self, GAsyncResult *result, GError **error); /* (transfer full) */

/* (transfer none): of #VavFile, those of the present or last call in both directions, the oldest first */
GListModel *vav_stream_get_files (VavStream *self);

G_END_DECLS
