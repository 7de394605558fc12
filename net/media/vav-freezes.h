/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define VAV_FREEZES_GAPS 30

/* How often and how long pictures stood still, as W3C webrtc-stats counts (freezeCount): a gap is a freeze if it is longer than three usual ones, and longer
 * than a usual one and 150 ms. Usual is the mean of the last thirty, freezes among them: a peer that sends few pictures on purpose is no freeze for ever.
 * Pure: no thread, no clock of its own. Begins zeroed. */
typedef struct
{
  guint n;
  double total_us;

  gint64 last_us; /* monotonic time; 0: none yet */
  double gaps_us[VAV_FREEZES_GAPS];
  double sum_us; /* of those */
  guint n_gaps, next;
} VavFreezes;

/* A picture came. */
void vav_freezes_add (VavFreezes *self, gint64 now_us);
/* Forgets when the last picture came: a pause that somebody wanted is no freeze. */
void vav_freezes_pause (VavFreezes *self);

G_END_DECLS
