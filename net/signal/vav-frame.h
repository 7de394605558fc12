/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "net/core/vav-error.h"

G_BEGIN_DECLS

#define VAV_FRAME_HEADER 4
#define VAV_FRAME_MAX (256 * 1024)

/* Cuts a byte stream into frames: 4 bytes length (big endian), then the body (1 to VAV_FRAME_MAX bytes). Pure, no I/O. It never holds more
 * than one frame and what was pushed with it, and allocates for what came, not for what was announced.
 *
 * push() fails as soon as a header with a forbidden length is there: VAV_ERROR_TOO_LARGE, or VAV_ERROR_PROTOCOL for 0. The frames
 * before it can still be popped; pushing more fails again. pop() gives whole frames in order (transfer full), NULL when there is none. */
typedef struct _VavFrameReader VavFrameReader;

VavFrameReader *vav_frame_reader_new (void);
void vav_frame_reader_free (VavFrameReader *self);
gboolean vav_frame_reader_push (VavFrameReader *self, const guint8 *bytes, gsize length, GError **error);
GBytes *vav_frame_reader_pop (VavFrameReader *self);
GBytes *vav_frame_reader_take_rest (VavFrameReader *self); /* (nullable): what came and was not popped */
gboolean vav_frame_reader_is_empty (VavFrameReader *self); /* no byte of an unfinished frame waits */

GBytes *vav_frame_wrap (GBytes *body, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VavFrameReader, vav_frame_reader_free)

G_END_DECLS
