/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/media/vav-rate-loss.h"

#include <math.h>
#include <string.h>

#define BUCKET_US 100000
#define MIN_PACKETS 40   /* before that a loss is chance */
#define MARGIN 0.02      /* so much more than usual is left alone (the GCC draft has 2 to 10 %) */
#define DEVIATIONS 2.5   /* and so much of chance */
#define SETTLE_US 300000 /* an encoder needs so long to send less */
#define HELD_PACKETS 100
#define MAX_HOLD_US 1200000
#define MAX_TRIAL_US 2500000 /* by then the better guess must do */
#define PAUSE_US 4000000
#define MAX_PAUSE_US 60000000
#define OBEDIENT 0.93       /* who sent more than that did not go down, and what was lost proves nothing */
#define FOLLOW_US 2000000.0 /* in which the inherent loss follows */

void
vav_rate_loss_clear (VavRateLoss *self)
{
  memset (self, 0, sizeof *self);
  self->pause_us = PAUSE_US;
}

static void
sum (VavRateLoss *self, guint *total, guint *lost)
{
  *total = *lost = 0;
  for (guint i = 0; i < VAV_RATE_LOSS_BUCKETS; i++)
    {
      *total += self->total[i];
      *lost += self->lost[i];
    }
}

/* A trial is short, and so its figure rough: the inherent loss follows the loss of longer times, down to nothing, and up a little. That it
 * has become much more needs another trial: a queue that slowly overflows more often must not pass for a bad radio link. */
static void
follow (VavRateLoss *self)
{
  double loss = vav_rate_loss_get (self);
  guint total, lost;

  sum (self, &total, &lost);
  if (total < MIN_PACKETS || self->trial != VAV_RATE_TRIAL_NONE)
    return;

  self->inherent += (MIN (loss, self->proven * 1.25) - self->inherent) * (BUCKET_US / FOLLOW_US);
}

void
vav_rate_loss_count (VavRateLoss *self, gint64 sent_us, gboolean lost, gint64 now_us)
{
  gint64 bucket = MAX (now_us / BUCKET_US, self->bucket);

  if (bucket > self->bucket)
    follow (self);
  if (bucket - self->bucket > VAV_RATE_LOSS_BUCKETS)
    self->bucket = bucket - VAV_RATE_LOSS_BUCKETS;
  while (self->bucket < bucket)
    {
      self->bucket++;
      self->total[self->bucket % VAV_RATE_LOSS_BUCKETS] = self->lost[self->bucket % VAV_RATE_LOSS_BUCKETS] = 0;
    }
  self->total[bucket % VAV_RATE_LOSS_BUCKETS]++;
  self->lost[bucket % VAV_RATE_LOSS_BUCKETS] += lost ? 1 : 0;

  if (self->trial != VAV_RATE_TRIAL_NONE && sent_us >= self->trial_us)
    {
      self->trial_total++;
      self->trial_lost += lost ? 1 : 0;
    }
}

/* A packet that was counted as lost came after all. */
void
vav_rate_loss_found (VavRateLoss *self)
{
  for (guint i = 0; i < VAV_RATE_LOSS_BUCKETS; i++)
    {
      guint at = (guint)((self->bucket + VAV_RATE_LOSS_BUCKETS - i) % VAV_RATE_LOSS_BUCKETS);

      if (self->lost[at] > 0)
        {
          self->lost[at]--;
          return;
        }
    }
}

/* Returns: what part of the packets of the last two seconds was lost, 0..1 */
double
vav_rate_loss_get (VavRateLoss *self)
{
  guint total, lost;

  sum (self, &total, &lost);

  return total > 0 ? (double)lost / total : 0;
}

/* Returns: %TRUE if more is lost than the path loses anyway, and chance does not explain it */
gboolean
vav_rate_loss_is_strange (VavRateLoss *self, gint64 now_us)
{
  guint total, lost;
  double loss, margin;

  sum (self, &total, &lost);
  if (total < MIN_PACKETS || self->trial != VAV_RATE_TRIAL_NONE)
    return FALSE;

  loss = (double)lost / total;
  margin = MAX (MARGIN, DEVIATIONS * sqrt (loss * (1 - loss) / total));
  if (now_us < self->next_trial_us)
    margin = 2 * margin + self->inherent / 2;

  return loss > self->inherent + margin;
}

static void
begin (VavRateLoss *self, VavRateTrial trial, gint64 from_us)
{
  self->trial = trial;
  self->trial_us = from_us;
  self->trial_total = self->trial_lost = 0;
}

/**
 * vav_rate_loss_try:
 *
 * Loss alone does not tell congestion from a bad radio link. The rate is held, and then less is sent for a while: a queue that overflows
 * loses less then, a radio link as much as before (cf. the loss-based part of the GCC draft, section 6, which takes all loss over
 * 10 % for congestion).
 */
void
vav_rate_loss_try (VavRateLoss *self, gint64 now_us)
{
  begin (self, VAV_RATE_TRIAL_HOLD, now_us);
}

void
vav_rate_loss_stop (VavRateLoss *self, gint64 now_us)
{
  self->trial = VAV_RATE_TRIAL_NONE;
  self->next_trial_us = now_us + PAUSE_US / 2;
}

static double
get_tried (VavRateLoss *self)
{
  return self->trial_total > 0 ? (double)self->trial_lost / self->trial_total : 0;
}

/* The end of the first part. */
static VavRateVerdict
judge_held (VavRateLoss *self, gint64 rtt_us, gint64 now_us)
{
  if (self->trial_total < HELD_PACKETS && now_us < self->trial_us + rtt_us + MAX_HOLD_US)
    return VAV_RATE_LOSS_UNDECIDED;

  self->before = get_tried (self);
  if (self->before < self->inherent + MARGIN)
    {
      vav_rate_loss_stop (self, now_us);
      return VAV_RATE_LOSS_CHANCE;
    }
  begin (self, VAV_RATE_TRIAL_LESS, now_us + SETTLE_US);

  return VAV_RATE_LOSS_GO_DOWN;
}

/**
 * vav_rate_loss_judge:
 * @share: to what part of the rate that was held the sender has really gone down
 * @rtt_us: the round trip
 *
 * Returns: what is known so far of the trial that goes on
 */
VavRateVerdict
vav_rate_loss_judge (VavRateLoss *self, double share, gint64 rtt_us, gint64 now_us)
{
  /* what would be lost if the queue lets through as much as before, and not more */
  double congested = MAX (1 - (1 - self->before) / MAX (share, 0.1), self->inherent), apart = self->before - congested;
  double needed = 16 * self->before * (1 - self->before) / MAX (apart * apart, 1e-4);

  if (self->trial != VAV_RATE_TRIAL_LESS)
    return judge_held (self, rtt_us, now_us);
  if (self->trial_total < MAX (needed, MIN_PACKETS) && now_us < self->trial_us + rtt_us + MAX_TRIAL_US)
    return VAV_RATE_LOSS_UNDECIDED;

  self->trial = VAV_RATE_TRIAL_NONE;
  if (share < OBEDIENT && get_tried (self) > (self->before + congested) / 2)
    {
      self->inherent = self->proven = MAX (get_tried (self), self->inherent);
      self->next_trial_us = now_us + self->pause_us;
      self->pause_us = MIN (self->pause_us * 2, MAX_PAUSE_US);
      return VAV_RATE_LOSS_INHERENT;
    }
  self->next_trial_us = now_us + PAUSE_US / 2;
  self->pause_us = PAUSE_US;

  return VAV_RATE_LOSS_CONGESTION;
}
