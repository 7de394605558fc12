/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/media/vav-rate-delay.h"

#include <string.h>

#define PERIOD_US                                                                                                      \
  (2 * G_USEC_PER_SEC) /* sixteen of them: a base is forgotten after half a minute (cf. RFC 8698, 4.3: minutes) */
#define SLICE_US 40000 /* longer than from picture to picture, so that each slice has the begin of a train */
#define MAX_JUMP_US (5 * G_USEC_PER_SEC)
#define MAX_OWN_US 500000
#define JITTER_GAIN (1 / 32.0)
#define SECOND_DIFFERENCE 1.73 /* of independent values it is so much wider than the first difference */

/* The delays are forgotten, but not how much they vary. */
void
vav_rate_delay_clear (VavRateDelay *self)
{
  VavRateDelay before = *self;

  memset (self, 0, sizeof *self);
  self->whole.us = before.whole.us;
  self->foreign.us = before.foreign.us;
  self->jitter_us = before.jitter_us;
  for (guint i = 0; i < VAV_RATE_BASES; i++)
    self->bases[i] = G_MAXINT64;
}

/* All is. */
void
vav_rate_delay_restart (VavRateDelay *self)
{
  memset (self, 0, sizeof *self);
  vav_rate_delay_clear (self);
}

/* The second difference is zero while a queue grows or empties evenly: jitter is what remains. */
static void
end_slice (VavRateJitter *self)
{
  if (self->n_before == G_N_ELEMENTS (self->before_us))
    {
      double second = (double)(self->slice_delay_us - 2 * self->before_us[1] + self->before_us[0]);
      double sample = MIN (ABS (second) / SECOND_DIFFERENCE, 3 * self->us + 10000);

      self->us += JITTER_GAIN * (sample - self->us);
    }
  self->before_us[0] = self->before_us[1];
  self->before_us[1] = self->slice_delay_us;
  self->n_before = MIN (self->n_before + 1, G_N_ELEMENTS (self->before_us));
}

static void
add_to_slice (VavRateJitter *self, gint64 sent_us, gint64 delay_us)
{
  gint64 slice = sent_us / SLICE_US;

  if (slice < self->slice)
    return;

  if (slice > self->slice && self->slice > 0)
    {
      end_slice (self);
      if (slice > self->slice + 3)
        self->n_before = 0; /* a pause */
    }
  self->slice_delay_us = slice > self->slice ? delay_us : MIN (delay_us, self->slice_delay_us);
  self->slice = slice;
}

/* On a slow line pictures, one large and one small, make themselves and the sound wait: who takes that for jitter takes a queue for it too.
 * What our packets would wait for each other alone is known. */
static void
add_to_jitter (VavRateDelay *self, gint64 sent_us, gint64 delay_us, double takes_us)
{
  gint64 own_us = CLAMP (self->own_until_us - sent_us, 0, MAX_OWN_US) + (gint64)MIN (takes_us, MAX_OWN_US);

  self->own_until_us = sent_us + own_us;
  add_to_slice (&self->whole, sent_us, delay_us);
  add_to_slice (&self->foreign, sent_us, delay_us - own_us);
  self->jitter_us = MIN (self->whole.us, self->foreign.us);
}

static void
add_to_base (VavRateDelay *self, gint64 sent_us, gint64 delay_us)
{
  gint64 period = MAX (sent_us / PERIOD_US, self->period);

  if (period - self->period >= VAV_RATE_BASES)
    self->period = period - VAV_RATE_BASES;
  while (self->period < period)
    self->bases[++self->period % VAV_RATE_BASES] = G_MAXINT64;
  self->bases[period % VAV_RATE_BASES] = MIN (self->bases[period % VAV_RATE_BASES], delay_us);
}

/**
 * vav_rate_delay_add:
 * @sent_us: our clock
 * @received_us: the peer's clock
 * @takes_us: how long the packet itself takes on the path
 *
 * Returns: %FALSE if the clocks jumped against each other, and what was before says nothing any more
 */
gboolean
vav_rate_delay_add (VavRateDelay *self, gint64 sent_us, gint64 received_us, double takes_us)
{
  gint64 delay_us = received_us - sent_us;

  if (self->known && ABS (delay_us - self->last_delay_us) > MAX_JUMP_US)
    return FALSE;

  self->known = TRUE;
  self->last_delay_us = delay_us;
  add_to_base (self, sent_us, delay_us);
  add_to_jitter (self, sent_us, delay_us, takes_us);

  return TRUE;
}

/* Returns: the least delay of the last half minute, %G_MAXINT64 if none is known */
gint64
vav_rate_delay_get_base (VavRateDelay *self)
{
  gint64 base = G_MAXINT64;

  for (guint i = 0; i < VAV_RATE_BASES; i++)
    base = MIN (base, self->bases[i]);

  return base;
}

/* From now on the path has no less delay than @delay_us: it is another path, or somebody else holds the queue. */
void
vav_rate_delay_rebase (VavRateDelay *self, gint64 delay_us)
{
  for (guint i = 0; i < VAV_RATE_BASES; i++)
    if (self->bases[i] < delay_us)
      self->bases[i] = delay_us;
}
