/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define VAV_RATE_BASES 16

/* What a path's one-way delay is without a queue, and how much it varies. Delays have the unknown difference of two clocks in them. */
typedef struct
{
  gint64 bases[VAV_RATE_BASES]; /* the least delay of each period, as a ring */
  gint64 period;                /* the newest, in periods of our clock */
  gint64 slice, slice_delay_us; /* the least delay of the slice that is being filled */
  gint64 before_us[2];          /* of the last two slices */
  guint n_before;
  gint64 last_delay_us;
  gboolean known; /* some packet came */
  double jitter_us;
} VavRateDelay;

void vav_rate_delay_clear (VavRateDelay *self);
gboolean vav_rate_delay_add (VavRateDelay *self, gint64 sent_us, gint64 received_us);
gint64 vav_rate_delay_get_base (VavRateDelay *self);
void vav_rate_delay_rebase (VavRateDelay *self, gint64 delay_us);

G_END_DECLS
