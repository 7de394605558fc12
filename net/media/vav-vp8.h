/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The largest picture that is decoded; a decoder makes room for what a frame declares, whoever sent it. */
#define VAV_VP8_MAX_WIDTH 4096
#define VAV_VP8_MAX_HEIGHT 2304

typedef enum
{
  VAV_VP8_DELTA, /* a change to the picture before */
  VAV_VP8_KEY,   /* a whole picture of a good size */
  VAV_VP8_BAD,   /* a key frame that is too large, has no size, or is none */
} VavVp8Frame;

/* Looks at the uncompressed header of a whole frame (RFC 6386, 9.1). */
VavVp8Frame vav_vp8_look (const guint8 *data, gsize length);

/* Whether the payload of an RTP packet is the first of a key frame (RFC 7741, 4.2 and 4.3). */
gboolean vav_vp8_begins_key (const guint8 *payload, gsize length);

G_END_DECLS
