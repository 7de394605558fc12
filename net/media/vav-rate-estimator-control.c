/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The rate that follows from what is measured: up while there is room, down and the queue emptied when there is none. */
#include <math.h>

#include "net/media/vav-rate-estimator-private.h"

#define RECEIVED_WINDOW_US (200 * MS)
#define TRAIN_WINDOW_US (1000 * MS)

/* Overuse */
#define THRESHOLD_US (20 * MS)
#define FAIR_THRESHOLD_US (30 * MS) /* at 1 Mbit/s; more for less */
#define MAX_FAIR_THRESHOLD_US (40 * MS)
#define MAX_OTHERS_US (100.0 * MS)
#define OTHERS_LEAVE_S 30.0 /* in which that is forgotten, and sooner while there is no queue at all */
#define OTHERS_LEFT_S 6.0
#define BACK_OFF 0.85
#define MAX_BACK_OFF 0.8 /* how far below the capacity a long queue is emptied */
#define CONFIRM_US (120 * MS)
#define SHORT_SILENCE_US (100 * MS)
#define MEASURE_AGAIN_US (400 * MS)
#define UNEXPLAINED 0.4 /* of the longest queue, that is still there though it should have gone */
#define MAX_OBEDIENCE_US (6000 * MS)
#define DRAIN_US (400.0 * MS)
/* The queue went so much faster than what was sent less explains, and by so much more, and by this part of a round trip; the path may carry so much
 * more than what arrived while it was full */
#define FREED_FASTER 2.0
#define FREED_UNDERRATED 1.2
#define FREED_US (60.0 * MS)
#define FREED_RTT 0.25
#define FREED_STEP 1.67
#define FREED_ENOUGH 400000 /* bit/s: what gives a picture that one can live with; beyond, it is not worth a queue */
/* So much of what the path carried before them is taken again when others have left, as TCP does after it was cut off (RFC 5681, 3.1) */
#define REGAINED 0.5
#define CARRIED_FORGOTTEN_S 60.0
/* Beside others who fill the queue whatever we do a call goes on with a picture: not below that part of what the path carried without them, nor above
 * what arrives, as the path may have become narrow */
#define BESIDE_SHARE 0.25
#define BESIDE_ENOUGH 150000 /* bit/s: the least of a call in RFC 8867, 4.1.1 */
#define BESIDE_US (30 * MS)  /* what they hold, as is remembered */

/* Growth, in nepers a second */
#define GROWTH_FREE 0.8
#define GROWTH_REGAIN 2.0
#define MAX_REGAIN 0.4 /* in the time in which we hear of it */
#define GROWTH_UNKNOWN 0.35
#define GROWTH_DISPERSED 0.2
#define OPENING_US (400 * MS)
#define OPENING_LOSS 0.02
/* Of the rate to begin with, where packets are lost without a queue: most likely not since they are too much for the path */
#define OPENING_LOSSY 0.75
#define OPENING_GAPS 3    /* between packets: enough to see that they came as they left */
#define OPENING_SHARE 0.8 /* of what came, drawn apart */
#define TRAIN_GAPS 10
#define DISPERSED_ROOM 2.0 /* so much faster than the rate trains came, though drawn apart: there is room */
#define NEAR 0.85
#define MIN_STEP 0.02 /* a second */
#define MAX_STEP 0.08
#define LIMITED 0.7
/* Sound alone is so little that below this the rate would stay for ever where no picture fits in beside it: bit/s, and how much of it sound is at least */
#define ALONE 60000
#define ALONE_LIMITED 0.35
/* Sound alone cannot become less: who went on sending that much has tried nothing, and a verdict is chance. */
#define UNTRIED_SHARE 0.95
#define MAX_PROBE_WAIT_US (24 * G_USEC_PER_SEC)
#define TRIAL_SHARE 0.8
#define LEAST_TRIAL_SHARE 0.3

/* Returns: whether others hold a queue, whatever we send, or did so lately */
gboolean
vav_rate_estimator_is_beside_others (VavRateEstimator *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->others_us >= BESIDE_US;
}

static double
get_least (VavRateEstimator *self)
{
  double arrived;

  if (!vav_rate_estimator_is_beside_others (self) || self->silenced > 0)
    return self->min;

  arrived = vav_rate_history_get_received (&self->history, SENT_WINDOW_US);

  return MAX (self->min, MIN (MIN (self->carried * BESIDE_SHARE, BESIDE_ENOUGH), arrived));
}

void
vav_rate_estimator_set_rate (VavRateEstimator *self, double rate)
{
  double least = get_least (self);

  self->rate = MIN (rate >= least ? rate : least, self->max);
}

/* The standing queue that is too much. A small flow bears more than a large one, so that the large one gives way first; jitter, and the
 * time that a packet itself takes, are no queue. */
static double
get_threshold_us (VavRateEstimator *self)
{
  double fair = MIN (FAIR_THRESHOLD_US * sqrt (1e6 / MAX (self->rate, 1)), MAX_FAIR_THRESHOLD_US);
  double packet = vav_rate_history_get_packet_bytes (&self->history, SENT_WINDOW_US) * 8e6 / MAX (self->rate, 1);

  return THRESHOLD_US + fair + self->others_us + 1.2 * self->delay.jitter_us
         + MIN (0.6 * packet, MAX_FAIR_THRESHOLD_US);
}

static double
get_response_s (VavRateEstimator *self)
{
  return ((double)self->rtt_us + QUEUE_WINDOW_US) / 1e6;
}

/* What arrives, at most what was to leave: more is the queue of others, or a lie. */
static double
get_received (VavRateEstimator *self, gint64 least_us)
{
  double packet = vav_rate_history_get_packet_bytes (&self->history, SENT_WINDOW_US) * 8e6 / MAX (self->full, 1);
  gint64 window_us = MAX (MAX (RECEIVED_WINDOW_US, least_us), (gint64)MIN (6 * packet, 1e6));

  window_us += (gint64)(WINDOW_PER_JITTER * self->delay.jitter_us);
  return CLAMP (vav_rate_history_get_received (&self->history, window_us), self->full * 0.1, self->full);
}

/* The path is full. */
static void
start_draining (VavRateEstimator *self)
{
  double allowed = MAX (self->rate, self->silenced), received;

  self->full = self->draining ? CLAMP (self->sent, allowed, MAX (self->full, allowed)) : allowed;
  received = get_received (self, 0);
  self->capacity
      = self->capacity > 0 && fabs (received / self->capacity - 1) < 0.2 ? (self->capacity + received) / 2 : received;
  if (self->probing)
    self->probe_wait_us = MIN (self->probe_wait_us * 2, MAX_PROBE_WAIT_US);
  self->probing = FALSE;
  self->full_us = self->drain_us = self->peaked_us = self->now_us;
  self->peak_us = self->queue_us;
  self->owed_us = self->peak_owed_us = 0;
  self->draining = TRUE;
  self->opening = FALSE;
  self->share = self->capacity;
  if (self->rate < self->regain)
    self->carried = MAX (self->full, self->carried * REGAINED);
  self->regain = 0;
  if (self->loss.trial != VAV_RATE_TRIAL_NONE)
    vav_rate_loss_stop (&self->loss, self->now_us);
}

/* The queue stays though we sent so much less for so long that it should be gone: it is not ours. Either the path has become longer, or
 * somebody fills the queue whatever we do; to wait for him would be to starve. */
static gboolean
is_in_vain (VavRateEstimator *self)
{
  gint64 since_us = self->now_us - self->drain_us;
  double patience_us = (double)self->rtt_us + 1.3 * (double)self->peak_us + 600 * MS;
  double gone_us = (double)(self->peak_us - self->queue_us);
  gboolean paid = self->owed_us - gone_us > (double)self->peak_us * UNEXPLAINED || self->rate <= self->min;

  if (self->queue_us <= self->peak_us / 2)
    return FALSE;

  return since_us > patience_us + (paid ? 0 : MAX_OBEDIENCE_US); /* an encoder need not obey for ever */
}

/* By how much a queue must have become shorter to be news, and no jitter. */
static double
get_freed_us (VavRateEstimator *self)
{
  return FREED_US + FREED_RTT * (double)self->rtt_us + self->delay.jitter_us;
}

/* Others have left the path. What it carried before they came is known: half of that is taken again at once, as fast as a new queue can be heard of, but
 * not more than there is room for, as far as that is known. */
static void
begin_regain (VavRateEstimator *self, double room)
{
  self->others_least_us = G_MININT64;
  self->regain = MIN (self->carried * REGAINED, room);
  if (self->loss.trial != VAV_RATE_TRIAL_NONE)
    vav_rate_loss_stop (&self->loss, self->now_us);
  self->capacity = 0;
  self->beyond_us = -1;
  self->probe_wait_us = PROBE_WAIT_US;
}

/* The queue went far sooner than what was sent less explains: others have left the path, and what arrived while it was full was our share of
 * then. How fast it went tells how much room there is: a queue falls by as much as is sent less than the path carries. Somewhat more than what arrived
 * is tried at once, not more than there was before, and the capacity is not known any more.
 *
 * Returns: whether it was so */
static gboolean
take_freed (VavRateEstimator *self)
{
  double gone_us = (double)(self->peak_us - self->queue_us);
  double took_us = MAX ((double)(self->now_us - self->peaked_us), 1);
  double carried = self->sent / MAX (1 - gone_us / took_us, 0.1);
  double room = MIN (MIN (self->capacity * FREED_STEP, carried), MIN (self->full, FREED_ENOUGH));

  if (gone_us < FREED_FASTER * self->peak_owed_us + get_freed_us (self) || room <= self->capacity)
    return FALSE;

  vav_rate_estimator_set_rate (self, room * VAV_RATE_DRAINED);
  begin_regain (self, carried);
  return TRUE;
}

/* Less than the capacity until the queue is gone: the longer it is, the less. */
static void
drain (VavRateEstimator *self, double threshold_us, double step_us)
{
  double over_us = (double)self->queue_us - threshold_us / 3;
  gboolean early = self->history.newest_sent_us < self->drain_us;

  if (early && self->queue_us > threshold_us)
    self->capacity
        = get_received (self, self->now_us - self->drain_us); /* of packets from before: their queue is never empty */
  if (!early && self->queue_us > self->peak_us * 1.3 + 20 * MS)
    start_draining (self);
  if (self->now_us - self->drain_us > self->rtt_us + MEASURE_AGAIN_US && self->queue_us > threshold_us)
    self->capacity
        = MIN (self->capacity, get_received (self, self->now_us - self->drain_us)); /* the longer, the surer */
  if (self->queue_us >= self->peak_us)
    {
      self->peak_us = self->queue_us;
      self->peaked_us = self->now_us;
      self->peak_owed_us = 0;
    }
  if (!early)
    {
      double capacity = MAX (self->capacity, 1);

      self->owed_us += step_us * (1 - self->sent / capacity);
      self->peak_owed_us += step_us * (1 - self->sent / (capacity * FREED_UNDERRATED));
    }

  if (over_us < self->delay.jitter_us / 2)
    {
      self->draining = FALSE;
      if (!take_freed (self))
        vav_rate_estimator_set_rate (self, self->capacity * VAV_RATE_DRAINED);
    }
  else if (is_in_vain (self))
    {
      self->draining = FALSE;
      self->others_least_us = self->least_us;
      vav_rate_delay_rebase (&self->delay, self->least_us);
      self->others_us = MAX (self->others_us, MIN ((double)self->peak_us, MAX_OTHERS_US));
      vav_rate_estimator_set_rate (self, self->share * VAV_RATE_DRAINED);
    }
  else
    vav_rate_estimator_set_rate (self, self->capacity * (1 - CLAMP (over_us / DRAIN_US, 1 - BACK_OFF, MAX_BACK_OFF)));
}

/* Returns: whether they arrived as they left */
static gboolean
is_together (const VavRateTrains *trains)
{
  return trains->received_us <= trains->sent_us * 1.12 + 250;
}

/* The first pictures are few packets, sent as fast as the rate to begin with: that is tried out on a path without a queue, and costs a slow
 * one little. */
static void
open_path (VavRateEstimator *self, double threshold_us)
{
  gboolean over = self->history.newest_sent_us - self->began_us >= OPENING_US;
  VavRateTrains trains;
  double found;

  vav_rate_history_get_trains (&self->history, TRAIN_WINDOW_US, self->sent, vav_rate_estimator_get_pacing (self),
                               &trains);
  /* small pictures are one packet each and show little; but a path that is nearly full has a queue by now */
  if (over && self->queue_us < threshold_us / 2)
    found = self->start * (vav_rate_loss_get (&self->loss) < OPENING_LOSS ? 1 : OPENING_LOSSY);
  else if (over || trains.gaps < OPENING_GAPS || trains.sent_us < 1)
    found = 0;
  else if (is_together (&trains))
    found = trains.bytes * 8e6 / trains.sent_us;
  else
    found = trains.gaps >= TRAIN_GAPS ? OPENING_SHARE * trains.bytes * 8e6 / trains.received_us : 0;
  vav_rate_estimator_set_rate (self, MAX (self->rate, MIN (found, self->start)));
  self->opening = !over && found <= 0;
}

/* Trains arrive as they left, and they left faster than what the path carried when it was full. */
static double
get_growth (VavRateEstimator *self, gboolean *free_path)
{
  double fastest = MIN (GROWTH_FREE, 0.16 / get_response_s (self));
  VavRateTrains trains;

  vav_rate_history_get_trains (&self->history, TRAIN_WINDOW_US, self->sent, vav_rate_estimator_get_pacing (self),
                               &trains);
  *free_path = FALSE;
  if (trains.gaps < TRAIN_GAPS || trains.sent_us < 1)
    return MIN (GROWTH_UNKNOWN, fastest);

  if (!is_together (&trains))
    {
      double arrived = trains.bytes * 8e6 / trains.received_us;

      *free_path = arrived > DISPERSED_ROOM * self->capacity;
      return arrived > DISPERSED_ROOM * self->rate ? fastest : MIN (GROWTH_DISPERSED, fastest);
    }
  *free_path = trains.bytes * 8e6 / trains.sent_us > 1.3 * self->capacity;

  return fastest;
}

/* About a packet each round trip, as flows of any kind do near the capacity, and more the longer the path was not full: then it has more
 * room than it had (as CUBIC does, RFC 9438), or what was taken for its capacity was not. */
static double
get_step (VavRateEstimator *self)
{
  double since_s = (double)(self->now_us - self->full_us) / 1e6;

  return CLAMP (9600 / get_response_s (self), self->rate * MIN_STEP, self->rate * MAX_STEP)
         + self->rate * MIN (0.008 * since_s, 0.2) * MIN (0.2 / get_response_s (self), 1);
}

/* Beyond what was the capacity once, the first steps are small, as CUBIC's are (RFC 9438, 4.3). */
static double
get_daring (VavRateEstimator *self)
{
  if (self->beyond_us < 0)
    return GROWTH_FREE;

  return 0.05 + 0.15 * (double)(self->now_us - self->beyond_us) / 1e6;
}

/* Whether or not as much is sent: pictures become larger only when the rate has been there for a while. */
static void
regain (VavRateEstimator *self, double seconds)
{
  double growth = MIN (GROWTH_REGAIN, MAX_REGAIN / get_response_s (self));

  vav_rate_estimator_set_rate (self, MIN (self->rate * exp (growth * seconds), self->regain));
  if (self->rate >= self->regain)
    self->regain = 0;
}

static void
grow (VavRateEstimator *self, double seconds)
{
  gboolean free_path;
  double growth = get_growth (self, &free_path);

  if (self->capacity > 0 && self->rate > self->capacity * 1.15)
    {
      self->capacity = 0;
      self->probe_wait_us = PROBE_WAIT_US;
      self->beyond_us = self->now_us;
    }
  if (self->capacity > 0 && free_path && self->now_us - self->full_us > self->probe_wait_us)
    {
      self->capacity = 0;
      self->probing = TRUE;
      self->beyond_us = -1;
    }

  if (self->capacity <= 0)
    vav_rate_estimator_set_rate (self, self->rate * exp (MIN (growth, get_daring (self)) * seconds));
  else if (self->rate < self->capacity * NEAR)
    vav_rate_estimator_set_rate (
        self, MIN (self->rate * exp (MIN (GROWTH_FREE / 2, growth * 2) * seconds), self->capacity * NEAR * 1.01));
  else
    vav_rate_estimator_set_rate (self, self->rate + get_step (self) * seconds);
}

/* More is lost than usual. */
static void
weigh_loss (VavRateEstimator *self, double threshold_us)
{
  if (self->queue_us > threshold_us / 2)
    {
      start_draining (self);
      vav_rate_estimator_set_rate (self, self->capacity * BACK_OFF);
      vav_rate_loss_stop (&self->loss, self->now_us);
      return;
    }

  vav_rate_loss_try (&self->loss, self->now_us);
}

static void
judge_loss (VavRateEstimator *self)
{
  double share = CLAMP (self->sent / MAX (self->tried, 1), self->trial_share, 1);

  switch (vav_rate_loss_judge (&self->loss, share, self->rtt_us, self->now_us))
    {
    case VAV_RATE_LOSS_INHERENT:
      vav_rate_estimator_set_rate (self, MAX (self->rate, self->held));
      break;
    case VAV_RATE_LOSS_CONGESTION:
      if (share >= UNTRIED_SHARE && self->rate < ALONE)
        {
          vav_rate_estimator_set_rate (self, MAX (self->rate, self->held));
          break;
        }
      self->capacity = self->tried * (1 - self->loss.before) / MAX (1 - self->loss.inherent, 0.1);
      self->regain = 0;
      self->full_us = self->now_us;
      vav_rate_estimator_set_rate (self, MIN (self->rate, self->capacity * 0.9));
      break;
    case VAV_RATE_LOSS_GO_DOWN:
      /* what is left is what came through: if the loss was a queue that overflows, there is none now */
      self->tried = self->sent;
      self->held = self->rate;
      self->trial_share = CLAMP (1 - self->loss.before, LEAST_TRIAL_SHARE, TRIAL_SHARE);
      vav_rate_estimator_set_rate (self, MIN (self->rate, self->sent) * self->trial_share);
      break;
    case VAV_RATE_LOSS_CHANCE:
    case VAV_RATE_LOSS_UNDECIDED:
      break;
    }
}

/* How much of a step may be taken: on a narrow line what is sent too much is a long queue by the time that it is seen. */
static double
get_room (VavRateEstimator *self, double threshold_us)
{
  return CLAMP (2 - 4 * (double)self->queue_us / threshold_us, 0, 1);
}

/* The first report after a silence may be of the oldest packets of many that came at once, since the peer's computer was busy: that is no
 * queue, and what came says nothing of the capacity. The rate is low by then, so there is time for the next.
 *
 * Returns: whether to wait for it */
static gboolean
end_silence (VavRateEstimator *self, double threshold_us)
{
  if (self->silenced <= 0 && self->queue_us > threshold_us && self->gap_us > 2 * self->interval_us + SHORT_SILENCE_US)
    {
      self->silenced = self->rate;
      self->doubted_us = -1;
      vav_rate_estimator_set_rate (self, self->rate / 2);
    }
  if (self->silenced <= 0)
    return FALSE;

  if (self->queue_us <= threshold_us)
    {
      if (self->fresh && (self->doubted_us < 0 || self->now_us - self->doubted_us < 2 * CONFIRM_US))
        vav_rate_estimator_set_rate (self,
                                     MAX (self->rate, self->silenced)); /* only the feedback was away, or we were */
      if (self->fresh)
        self->silenced = 0;
      return FALSE;
    }

  if (self->doubted_us < 0)
    self->doubted_us = self->now_us;
  if (self->now_us - self->doubted_us < CONFIRM_US)
    return TRUE;

  if (!self->draining)
    start_draining (self);
  if (self->fresh)
    self->silenced = 0;

  return FALSE;
}

/* As much is sent as may be, about: what is not sent shows nothing of the path. */
static gboolean
is_used (VavRateEstimator *self)
{
  return self->sent > self->rate * (self->rate < ALONE ? ALONE_LIMITED : LIMITED);
}

/* What the path carries without a queue is remembered; and where others held the queue, whether they are gone. */
static void
watch_others (VavRateEstimator *self, double threshold_us)
{
  if (self->queue_us < threshold_us / 2)
    self->carried = MAX (self->carried, MIN (self->sent, self->rate));
  if (!vav_rate_estimator_is_beside_others (self))
    self->others_least_us = G_MININT64; /* the clocks go apart */
  if (self->others_least_us == G_MININT64 || (double)(self->others_least_us - self->least_us) < get_freed_us (self))
    return;

  self->others_least_us = G_MININT64;
  if (self->rate < self->carried * REGAINED)
    begin_regain (self, self->max);
}

/* What is measured has changed. */
void
vav_rate_estimator_control (VavRateEstimator *self)
{
  double threshold_us = get_threshold_us (self);
  gint64 step_us = CLAMP (self->now_us - self->updated_us, 0, MAX_STEP_US);

  self->updated_us = self->now_us;
  self->carried *= exp (-(double)step_us / 1e6 / CARRIED_FORGOTTEN_S);
  self->others_us *= exp (-(double)step_us / 1e6 / (self->queue_us > THRESHOLD_US ? OTHERS_LEAVE_S : OTHERS_LEFT_S));
  if (end_silence (self, threshold_us))
    return;

  if (!self->draining && self->queue_us > threshold_us)
    start_draining (self);
  if (!self->draining)
    watch_others (self, threshold_us);

  if (self->opening)
    open_path (self, threshold_us);
  if (self->draining)
    drain (self, threshold_us, (double)step_us);
  else if (self->loss.trial != VAV_RATE_TRIAL_NONE)
    judge_loss (self);
  else if (vav_rate_loss_is_strange (&self->loss, self->now_us))
    weigh_loss (self, threshold_us);
  else if (self->queue_us < threshold_us / 2 && self->rate < self->regain)
    regain (self, (double)step_us / 1e6 * get_room (self, threshold_us));
  else if (self->queue_us < threshold_us / 2 && is_used (self))
    grow (self, (double)step_us / 1e6 * get_room (self, threshold_us));
}
