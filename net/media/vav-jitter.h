/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* How late things come that should come evenly, packets or pictures: by how much each is later than the earliest of the last
 * ones (than nearly the earliest: one may have had a time that was guessed). A quantile
 * of that says how long one must wait for nearly all of them; a mean would say nothing of those that come late. Not for several threads at
 * once. */
typedef struct _VavJitter VavJitter;

#define VAV_JITTER_WINDOW 512 /* no more count, however long the time that is asked for: ten seconds of sound */

VavJitter *vav_jitter_new (void);
void vav_jitter_free (VavJitter *self);
void vav_jitter_reset (VavJitter *self);

/* Both in µs, on two clocks that need not agree: when it came, and when it was made. A jump of the other side's clock begins anew. */
void vav_jitter_add (VavJitter *self, gint64 came_us, gint64 made_us);
/* As before, with a timestamp of RTP, which wraps around. Of packets with one timestamp only the first counts: the others wait for their turn. */
void vav_jitter_add_rtp (VavJitter *self, gint64 came_us, guint32 timestamp, guint clock_rate);

/* share: 0 to 1. span_ms: only what came in that time before the last one counts, but always some: where few come, the last few. Returns: ms within
 * which that share of them came, counted from the earliest; 0: too few to tell */
double vav_jitter_read (VavJitter *self, double share, guint span_ms);
/* ms between the two clocks of the earliest one of that time */
double vav_jitter_read_earliest (VavJitter *self, guint span_ms);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VavJitter, vav_jitter_free)

G_END_DECLS
