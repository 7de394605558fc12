/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define VAV_RATE_BASES 16

/* How much delays vary from one short time to the next. */
typedef struct
{
  gint64 slice, slice_delay_us; /* the least delay of the slice that is being filled */
  gint64 before_us[2];          /* of the last two slices */
  guint n_before;
  double us;
} VavRateJitter;

/* What a path's one-way delay is without a queue, and how much it varies. Delays have the unknown difference of two clocks in them. */
typedef struct
{
  gint64 bases[VAV_RATE_BASES]; /* the least delay of each period, as a ring */
  gint64 period;                /* the newest, in periods of our clock */
  gint64 last_delay_us;
  gboolean known;               /* some packet came */
  VavRateJitter whole, foreign; /* of all that there is, and without what our own packets make each other wait */
  gint64 own_until_us;          /* when the last packet would be through, if we were alone */
  double jitter_us;             /* the smaller of the two */
} VavRateDelay;

void vav_rate_delay_clear (VavRateDelay *self);
void vav_rate_delay_restart (VavRateDelay *self);
gboolean vav_rate_delay_add (VavRateDelay *self, gint64 sent_us, gint64 received_us, double takes_us);
gint64 vav_rate_delay_get_base (VavRateDelay *self);
void vav_rate_delay_rebase (VavRateDelay *self, gint64 delay_us);

G_END_DECLS
