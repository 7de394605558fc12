/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "net/call/vav-stream.h"

G_BEGIN_DECLS

/* What the two people of a call give each other. Further signals of #VavStream:
 * - `text` (char *text): the other side wrote. Several lines perhaps; what could play tricks on a screen is replaced
 * - `text-acknowledged` (guint64 id): that text was given to the other side's program */

/* Writes to the other side, at most VAV_MAX_TEXT bytes of UTF-8. They arrive in order, each once. id: (out) (optional): 1, 2, 3… in each call.
 * VAV_ERROR_CLOSED: in no call, or after hanging up; VAV_ERROR_NOT_SUPPORTED: the other side cannot (nothing is sent, the call goes on);
 * VAV_ERROR_TOO_LARGE: the text, or all that waits to be sent. */
gboolean vav_stream_send_text (VavStream *self, const char *text, guint64 *id, GError **error);

G_END_DECLS
