/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/media/vav-quality.h"

G_DEFINE_BOXED_TYPE (VavQuality, vav_quality, vav_quality_copy, vav_quality_free)

/**
 * vav_quality_copy:
 * @self: what to copy
 *
 * Returns: (transfer full): a copy
 */
VavQuality *
vav_quality_copy (const VavQuality *self)
{
  VavQuality *copy = g_memdup2 (self, sizeof *self);

  copy->codecs = g_strdupv (self->codecs);

  return copy;
}

/**
 * vav_quality_free:
 * @self: (nullable) (transfer full): what to free
 */
void
vav_quality_free (VavQuality *self)
{
  if (self == NULL)
    return;

  g_strfreev (self->codecs);
  g_free (self);
}
