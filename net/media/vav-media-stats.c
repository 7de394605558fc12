/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/media/vav-media-stats.h"

G_DEFINE_BOXED_TYPE (VavStats, vav_stats, vav_stats_copy, vav_stats_free)

/**
 * vav_stats_copy:
 * @self: what to copy
 *
 * Returns: (transfer full): a copy
 */
VavStats *
vav_stats_copy (const VavStats *self)
{
  return g_memdup2 (self, sizeof *self);
}

/**
 * vav_stats_free:
 * @self: (nullable) (transfer full): what to free
 */
void
vav_stats_free (VavStats *self)
{
  g_free (self);
}
