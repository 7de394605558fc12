/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/**
 * VavQuality:
 * @codecs: (array zero-terminated=1): names as RFC 3551 and its kin register them, in capitals ("OPUS", "VP8"), the preferred one first; what
 *   only repairs or wraps others (RTX, FEC) is not among them
 * @bitrate: at most so many bit/s (RFC 3890), %0 if not told
 *
 * In what quality one kind of media is offered. What a stranger says: it binds nobody.
 */
typedef struct
{
  char **codecs;
  guint bitrate;
} VavQuality;

#define VAV_TYPE_QUALITY (vav_quality_get_type ())
GType vav_quality_get_type (void);
VavQuality *vav_quality_copy (const VavQuality *self);
void vav_quality_free (VavQuality *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VavQuality, vav_quality_free)

G_END_DECLS
