/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How much the path to the peer carries, from what feedback says of each packet.
 *
 * Parts of several designs, each for what it does best:
 * - the standing queue is the one-way delay above its least value (RFC 8698, NADA, 4.2; RFC 8298, SCReAM, 4.1.2.1), not the gradient:
 *   it is known how long the queue is, so it can be emptied on purpose, and a queue that grows slowly is seen too;
 * - rates go up by a factor while the capacity is unknown, by steps near it, and down to a part of what arrives (AIMD with an
 *   estimate of the capacity: draft-ietf-rmcat-gcc-02, 5.5);
 * - flows that send more give way earlier, so that shares become equal (the idea of RFC 8698, 4.3: equal queue, equal rate);
 * - the trains of packets that pictures are probe for room (vav_rate_history_get_trains());
 * - loss is congestion only if less is lost when less is sent (vav_rate_loss_try()).
 *
 * The peer's word is not trusted: numbers count once, only packets that were sent count, and all is within [min, max]. */
#include "net/media/vav-rate-estimator.h"

#include <math.h>

#include "net/media/vav-rate-delay.h"
#include "net/media/vav-rate-history.h"
#include "net/media/vav-rate-loss.h"

#define MS 1000
#define MAX_REPORT 4096                  /* packets of one report; GStreamer has at most some 1000 */
#define MAX_AGE_US (30 * G_USEC_PER_SEC) /* feedback on older packets is no news */
#define MAX_RTT_US (5 * G_USEC_PER_SEC)
#define MAX_STEP_US (200 * MS) /* growth is by feedback: none for the time without */

/* Measuring */
#define QUEUE_WINDOW_US (100 * MS)
#define MAX_QUEUE_WINDOW_US (700 * MS)
#define WINDOW_PER_JITTER 6
#define FLOOR_US_PER_S (20.0 * MS)
#define FLOOR_PER_JITTER 2.5
#define SENT_WINDOW_US (500 * MS)
#define RECEIVED_WINDOW_US (200 * MS)
#define TRAIN_WINDOW_US (1000 * MS)

/* Overuse */
#define THRESHOLD_US (20 * MS)
#define FAIR_THRESHOLD_US (25 * MS) /* at 1 Mbit/s; more for less */
#define MAX_FAIR_THRESHOLD_US (40 * MS)
#define MAX_OTHERS_US (100.0 * MS)
#define OTHERS_LEAVE_S 30.0 /* in which that is forgotten, and sooner while there is no queue at all */
#define OTHERS_LEFT_S 6.0
#define BACK_OFF 0.85
#define MAX_BACK_OFF 0.8 /* how far below the capacity a long queue is emptied */
#define MAX_OBEDIENCE_US (6000 * MS)
#define DRAIN_US (400.0 * MS)

/* Growth, in nepers a second */
#define GROWTH_FREE 0.8
#define GROWTH_UNKNOWN 0.35
#define GROWTH_DISPERSED 0.2
#define NEAR 0.85
#define LIMITED 0.7
#define LONG_SILENCE_US (1500 * MS)
#define PROBE_WAIT_US (3 * G_USEC_PER_SEC)
#define MAX_PROBE_WAIT_US (24 * G_USEC_PER_SEC)
#define TRIAL_SHARE 0.8

/* Pacing, as a factor */
#define PACING_FREE 2.5
#define PACING_NEAR 1.5
#define PACING_LATE 1.1 /* while the pacer has so much more to send that it would be the mean */
#define MAX_BACKLOG_US (200 * MS)
#define PACING_DRAIN 1.2

struct _VavRateEstimator
{
  guint start, min, max;
  VavRateHistory history;
  VavRateDelay delay;
  VavRateLoss loss;

  /* clocks */
  gint64 now_us;               /* never goes back */
  gint64 began_us;             /* when the first packet of the history was sent; -1: none yet */
  gint64 fed_us;               /* the last feedback; -1: none yet */
  gint64 ticked_us, silent_us; /* for how long nothing came while we sent */
  gint64 interval_us;          /* from one feedback to the next, usually */
  gint64 updated_us;
  gint64 rtt_us;
  gboolean fresh;    /* the last report did not take much longer than usual */
  gint64 backlog_us; /* of the pacer */

  /* measured */
  gint64 least_us, queue_us;
  double floor_us; /* above the least delay, but no queue */
  double sent;

  /* control */
  double rate;
  double capacity;  /* what arrived when the path was full; 0: unknown */
  double full;      /* the rate when the path was full */
  gint64 full_us;   /* when that was */
  gint64 beyond_us; /* since when the rate is beyond it; -1: it never was */
  gboolean draining;
  double others_us;         /* the queue that others hold, and that must be borne */
  gint64 drain_us, peak_us; /* since when, and the longest queue since */
  double silenced;          /* the rate before feedback fell silent; 0: it has not */
  double held, tried;       /* the rate before less was tried, and what was really sent */
  gint64 probe_wait_us;     /* after the path was full nothing is probed for so long */
  gboolean probing;
};

static void
set_rate (VavRateEstimator *self, double rate)
{
  self->rate = rate >= self->min ? MIN (rate, self->max) : self->min;
}

static void
forget (VavRateEstimator *self)
{
  vav_rate_history_clear (&self->history);
  vav_rate_delay_clear (&self->delay);
  self->began_us = self->fed_us = -1;
  self->silent_us = 0;
  self->queue_us = 0;
  self->floor_us = 0;
  self->sent = 0;
  self->draining = FALSE;
}

/* Clocks of callers and of virtual machines may go back: time stands still then. */
static gint64
advance (VavRateEstimator *self, gint64 now_us)
{
  self->now_us = MAX (self->now_us, now_us);

  return self->now_us;
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
get_received (VavRateEstimator *self, gint64 more_us)
{
  double packet = vav_rate_history_get_packet_bytes (&self->history, SENT_WINDOW_US) * 8e6 / MAX (self->full, 1);
  gint64 window_us = MAX (RECEIVED_WINDOW_US, (gint64)MIN (6 * packet, 1e6)) + more_us;

  window_us += (gint64)(WINDOW_PER_JITTER * self->delay.jitter_us);
  return CLAMP (vav_rate_history_get_received (&self->history, window_us), self->full * 0.1, self->full);
}

/* The path is full. */
static void
start_draining (VavRateEstimator *self)
{
  double received;

  self->full = self->rate;
  received = get_received (self, 0);
  self->capacity
      = self->capacity > 0 && fabs (received / self->capacity - 1) < 0.2 ? (self->capacity + received) / 2 : received;
  if (self->probing)
    self->probe_wait_us = MIN (self->probe_wait_us * 2, MAX_PROBE_WAIT_US);
  self->probing = FALSE;
  self->full_us = self->drain_us = self->now_us;
  self->peak_us = self->queue_us;
  self->draining = TRUE;
  if (self->loss.trial != VAV_RATE_TRIAL_NONE)
    vav_rate_loss_stop (&self->loss, self->now_us);
}

/* The queue stays though we sent less for as long as it would have taken: it is not ours. Either the path has become longer, or
 * somebody fills the queue whatever we do; to wait for him would be to starve. */
static gboolean
is_in_vain (VavRateEstimator *self)
{
  double patience_us = (double)self->rtt_us + 1.3 * (double)self->peak_us + 600 * MS;

  if (self->sent > self->capacity * 0.9)
    patience_us += MAX_OBEDIENCE_US; /* an encoder that does not obey yet */

  return self->now_us - self->drain_us > patience_us && self->queue_us > self->peak_us / 2;
}

/* Less than the capacity until the queue is gone: the longer it is, the less. */
static void
drain (VavRateEstimator *self, double threshold_us)
{
  double over_us = (double)self->queue_us - threshold_us / 3;
  gboolean early = self->history.newest_sent_us < self->drain_us;

  if (early && self->queue_us > threshold_us)
    self->capacity
        = get_received (self, self->now_us - self->drain_us); /* of packets from before: their queue is never empty */
  if (!early && self->queue_us > self->peak_us * 1.3 + 20 * MS)
    start_draining (self);
  self->peak_us = MAX (self->peak_us, self->queue_us);

  if (over_us < self->delay.jitter_us / 2)
    {
      self->draining = FALSE;
      set_rate (self, self->capacity * 0.9);
    }
  else if (is_in_vain (self))
    {
      self->draining = FALSE;
      vav_rate_delay_rebase (&self->delay, self->least_us);
      self->others_us = MAX (self->others_us, MIN ((double)self->peak_us, MAX_OTHERS_US));
      set_rate (self, self->capacity * BACK_OFF);
    }
  else
    set_rate (self, self->capacity * (1 - CLAMP (over_us / DRAIN_US, 1 - BACK_OFF, MAX_BACK_OFF)));
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
  if (trains.gaps < 10 || trains.sent_us < 1)
    return MIN (GROWTH_UNKNOWN, fastest);
  if (trains.received_us > trains.sent_us * 1.12 + 250)
    return MIN (GROWTH_DISPERSED, fastest);

  *free_path = trains.bytes * 8e6 / trains.sent_us > 1.3 * self->capacity;

  return fastest;
}

/* About a packet each round trip, as flows of any kind do near the capacity, and more the longer the path was not full: then it has more
 * room than it had (as CUBIC does, RFC 9438), or what was taken for its capacity was not. */
static double
get_step (VavRateEstimator *self)
{
  double since_s = (double)(self->now_us - self->full_us) / 1e6;

  return CLAMP (9600 / get_response_s (self), self->rate * 0.02, self->rate * 0.05)
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
    set_rate (self, self->rate * exp (MIN (growth, get_daring (self)) * seconds));
  else if (self->rate < self->capacity * NEAR)
    set_rate (self, MIN (self->rate * exp (MIN (GROWTH_FREE / 2, growth * 2) * seconds), self->capacity * NEAR * 1.01));
  else
    set_rate (self, self->rate + get_step (self) * seconds);
}

/* More is lost than usual. */
static void
weigh_loss (VavRateEstimator *self, double threshold_us)
{
  if (self->queue_us > threshold_us / 2)
    {
      start_draining (self);
      set_rate (self, self->capacity * BACK_OFF);
      vav_rate_loss_stop (&self->loss, self->now_us);
      return;
    }

  vav_rate_loss_try (&self->loss, self->now_us);
}

static void
judge_loss (VavRateEstimator *self)
{
  double share = CLAMP (self->sent / MAX (self->tried, 1), TRIAL_SHARE, 1);

  switch (vav_rate_loss_judge (&self->loss, share, self->rtt_us, self->now_us))
    {
    case VAV_RATE_LOSS_INHERENT:
      set_rate (self, MAX (self->rate, self->held));
      break;
    case VAV_RATE_LOSS_CONGESTION:
      self->capacity = self->tried * (1 - self->loss.before) / MAX (1 - self->loss.inherent, 0.1);
      self->full_us = self->now_us;
      set_rate (self, MIN (self->rate, self->capacity * 0.9));
      break;
    case VAV_RATE_LOSS_GO_DOWN:
      self->tried = self->sent;
      self->held = self->rate;
      set_rate (self, self->rate * TRIAL_SHARE);
      break;
    case VAV_RATE_LOSS_CHANCE:
    case VAV_RATE_LOSS_UNDECIDED:
      break;
    }
}

static void
control (VavRateEstimator *self)
{
  double threshold_us = get_threshold_us (self);
  gint64 step_us = CLAMP (self->now_us - self->updated_us, 0, MAX_STEP_US);

  self->updated_us = self->now_us;
  self->others_us *= exp (-(double)step_us / 1e6 / (self->queue_us > THRESHOLD_US ? OTHERS_LEAVE_S : OTHERS_LEFT_S));
  if (self->silenced > 0 && self->fresh)
    {
      if (self->queue_us <= threshold_us)
        set_rate (self, MAX (self->rate, self->silenced)); /* only the feedback was away, or we were */
      self->silenced = 0;
    }

  if (!self->draining && self->queue_us > threshold_us)
    start_draining (self);

  if (self->draining)
    drain (self, threshold_us);
  else if (self->loss.trial != VAV_RATE_TRIAL_NONE)
    judge_loss (self);
  else if (vav_rate_loss_is_strange (&self->loss, self->now_us))
    weigh_loss (self, threshold_us);
  else if (self->queue_us < threshold_us / 2 && self->sent > self->rate * LIMITED)
    grow (self, (double)step_us / 1e6);
}

/* With much jitter the least delay of half a minute is a rare one: what is usually above it is no queue. Follows the delay that is not
 * exceeded in three of ten cases, as far as jitter explains it. */
static double
follow_floor (VavRateEstimator *self, double above_us, double seconds)
{
  self->floor_us += (above_us > self->floor_us ? 0.3 : -0.7) * FLOOR_US_PER_S * seconds;
  self->floor_us = CLAMP (self->floor_us, 0, FLOOR_PER_JITTER * self->delay.jitter_us);

  return MAX (above_us - self->floor_us, 0);
}

static void
measure (VavRateEstimator *self)
{
  gint64 window_us = QUEUE_WINDOW_US + (gint64)(WINDOW_PER_JITTER * self->delay.jitter_us);
  gint64 age_us = self->history.newest_sent_us - self->began_us;
  gint64 least_us = vav_rate_history_get_delay (&self->history, MIN (window_us, MAX_QUEUE_WINDOW_US));
  gint64 step_us = CLAMP (self->now_us - self->updated_us, 0, MAX_STEP_US);

  if (least_us != G_MAXINT64)
    {
      self->least_us = least_us;
      self->queue_us = (gint64)follow_floor (self, (double)(least_us - vav_rate_delay_get_base (&self->delay)),
                                             self->draining ? 0 : (double)step_us / 1e6);
    }
  self->sent = vav_rate_history_get_sent (&self->history, CLAMP (age_us, SENT_WINDOW_US / 4, SENT_WINDOW_US));
}

static void
measure_rtt (VavRateEstimator *self, gint64 sent_us)
{
  gint64 sample_us = CLAMP (self->now_us - sent_us, MS, MAX_RTT_US);

  self->fresh = sample_us < self->rtt_us * 3 / 2 + 100 * MS;
  self->rtt_us += (sample_us - self->rtt_us) / 8;
}

/* Returns: whether that was news */
static gboolean
absorb (VavRateEstimator *self, const VavRatePacket *packet, gboolean *jumped)
{
  gint64 number;
  VavRateNews news;

  if (packet->sent_us > self->now_us || packet->sent_us < self->now_us - MAX_AGE_US
      || packet->received_us > G_MAXINT64 / 4)
    return FALSE;

  news = vav_rate_history_add (&self->history, packet, &number);
  if (news == VAV_RATE_OLD)
    return FALSE;

  if (packet->received_us >= 0 && !vav_rate_delay_add (&self->delay, packet->sent_us, packet->received_us))
    {
      gint64 fed_us = self->fed_us;

      if (*jumped) /* once a report is enough, whatever it says */
        return FALSE;
      *jumped = TRUE;
      forget (self);
      self->fed_us = fed_us;
      return absorb (self, packet, jumped);
    }

  if (self->began_us < 0)
    self->began_us = packet->sent_us;
  if (news == VAV_RATE_FOUND)
    vav_rate_loss_found (&self->loss);
  else
    vav_rate_loss_count (&self->loss, packet->sent_us, packet->received_us < 0, self->now_us);

  return TRUE;
}

/**
 * vav_rate_estimator_feed:
 * @packets: (array length=n): what one report says, in the order of the numbers
 * @now_us: our monotonic clock
 *
 * Feedback has come. It may be late, repeated, out of order or false.
 */
void
vav_rate_estimator_feed (VavRateEstimator *self, const VavRatePacket *packets, guint n, gint64 now_us)
{
  gboolean news = FALSE, jumped = FALSE;
  gint64 sent_us = -1;

  g_return_if_fail (self != NULL && (packets != NULL || n == 0));

  advance (self, now_us);
  for (guint i = n > MAX_REPORT ? n - MAX_REPORT : 0; i < n; i++)
    if (absorb (self, &packets[i], &jumped))
      {
        news = TRUE;
        if (packets[i].received_us >= 0)
          sent_us = MAX (sent_us, packets[i].sent_us);
      }
  if (!news)
    return;

  if (sent_us >= 0)
    measure_rtt (self, sent_us);
  if (self->fed_us >= 0)
    self->interval_us += (MIN (self->now_us - self->fed_us, 500 * MS) - self->interval_us) / 8;
  self->fed_us = self->ticked_us = self->now_us;
  self->silent_us = 0;
  measure (self);
  control (self);
}

/**
 * vav_rate_estimator_tick:
 * @now_us: our monotonic clock
 * @queued_us: how long what waits in the pacer will take
 *
 * Feedback that stays away is the first sign of a path that has become slow: a picture that took 10 ms takes 300 ms now, and the
 * receiver reports when it is whole; a queue that overflows can take the end of each picture, and with it the reports. If all was well,
 * the next report sets the rate to what it was. To be called some ten times a second while packets leave; a pause needs no ticks.
 */
void
vav_rate_estimator_tick (VavRateEstimator *self, gint64 now_us, gint64 queued_us)
{
  gint64 patience_us;

  g_return_if_fail (self != NULL);

  advance (self, now_us);
  self->backlog_us = MAX (queued_us, 0);
  patience_us = MAX (200 * MS, 5 * self->interval_us + (gint64)(3 * self->delay.jitter_us));
  if (self->fed_us >= 0)
    self->silent_us += CLAMP (self->now_us - self->ticked_us, 0, MAX_STEP_US);
  self->ticked_us = self->now_us;
  if (self->silent_us < patience_us)
    return;

  if (self->silenced <= 0)
    self->silenced = self->rate;
  set_rate (self, MAX (self->rate * 0.75, self->silenced / (self->silent_us < LONG_SILENCE_US ? 4 : 16)));
}

/**
 * vav_rate_estimator_new:
 * @start: the rate to begin with
 * @min: what is sent in any case
 * @max: what is never exceeded, at least @min
 *
 * Returns: (transfer full): an estimator that knows nothing of its path
 */
VavRateEstimator *
vav_rate_estimator_new (guint start, guint min, guint max)
{
  VavRateEstimator *self = g_new0 (VavRateEstimator, 1);

  self->start = start;
  self->min = MAX (min, 1);
  self->max = MAX (max, self->min);
  vav_rate_estimator_restart (self, 0);

  return self;
}

void
vav_rate_estimator_free (VavRateEstimator *self)
{
  g_free (self);
}

/* A data saver, the peer's limit, or what the encoders can use; at least the minimum of the estimator. */
void
vav_rate_estimator_set_max (VavRateEstimator *self, guint max)
{
  g_return_if_fail (self != NULL);

  self->max = MAX (max, self->min);
  set_rate (self, self->rate);
}

/* The packets take another path from now on, of which nothing is known. */
void
vav_rate_estimator_restart (VavRateEstimator *self, gint64 now_us)
{
  g_return_if_fail (self != NULL);

  advance (self, now_us);
  forget (self);
  vav_rate_loss_clear (&self->loss);
  self->delay.jitter_us = 0;
  self->updated_us = self->now_us;
  self->interval_us = 33 * MS;
  self->rtt_us = 100 * MS;
  self->capacity = self->silenced = self->tried = 0;
  self->others_us = 0;
  self->beyond_us = -1;
  self->fresh = FALSE;
  self->probing = FALSE;
  self->probe_wait_us = PROBE_WAIT_US;
  set_rate (self, self->start);
}

/* Returns: what all that is sent may be together, sound, pictures and repair */
guint
vav_rate_estimator_get_bitrate (VavRateEstimator *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return (guint)self->rate;
}

/* Returns: what packets leave with, so that a key frame does not flood the path; more where more room is looked for */
guint
vav_rate_estimator_get_pacing (VavRateEstimator *self)
{
  double factor = PACING_FREE;

  g_return_val_if_fail (self != NULL, 0);

  if (self->draining)
    factor = PACING_DRAIN;
  else if (self->capacity > 0 && self->rate > self->capacity * 0.8)
    factor = self->backlog_us > MAX_BACKLOG_US ? PACING_LATE : PACING_NEAR;

  return (guint)MIN (self->rate * factor, (double)G_MAXUINT);
}

/* Returns: what part of the packets of the last two seconds was lost, 0..1 */
double
vav_rate_estimator_get_loss (VavRateEstimator *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return vav_rate_loss_get (&self->loss);
}

/* Returns: how long packets wait on the path beyond what they must */
gint64
vav_rate_estimator_get_queue_us (VavRateEstimator *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->queue_us;
}
