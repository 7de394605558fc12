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
 * - who was pushed aside by flows that come all at once takes half of what the path carried before them again when they have left (the slow start
 *   threshold of TCP: RFC 5681, 3.1);
 * - loss is congestion only if less is lost when less is sent (vav_rate_loss_try()).
 *
 * The peer's word is not trusted: numbers count once, only packets that were sent count, and all is within [min, max]. */
#include "net/media/vav-rate-estimator-private.h"

#define MAX_REPORT 4096                  /* packets of one report; GStreamer has at most some 1000 */
#define MAX_AGE_US (30 * G_USEC_PER_SEC) /* feedback on older packets is no news */
#define MAX_RTT_US (5 * G_USEC_PER_SEC)

/* Measuring */
#define MAX_QUEUE_WINDOW_US (700 * MS)
#define FLOOR_US_PER_S (20.0 * MS)
#define FLOOR_PER_JITTER 2.5
#define SUDDEN_WINDOW_US (40 * MS)
#define SUDDEN_US (100 * MS)
#define SUDDEN_PER_JITTER 6.0
#define LONG_SILENCE_US (1500 * MS)
#define FIRST_PATIENCE_US (1500 * MS) /* a long line, and a picture that takes its time */
#define SILENT_RATE 80000 /* GStreamer does not report on sound alone for seconds: it is not to suffer from it */

/* Nobody knows the path yet. What the first picture, small as it is, leaves with shows whether it carries the rate to begin with. */
#define CAUTIOUS 300000
#define UNHEARD_US (2000 * MS)        /* what is reported for so long is known better than by where it began */
#define OPENING_SILENCE_US (300 * MS) /* who hears nothing for so long does not go on like that */

/* Pacing, as a factor */
#define PACING_FREE 2.5
#define PACING_NEAR 1.5
#define NEAR_US (10000 * MS)
#define PACING_LATE 1.1 /* while the pacer has so much more to send that it would be the mean */
#define MAX_BACKLOG_US (200 * MS)
#define PACING_DRAIN 1.2

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
  self->others_least_us = G_MININT64;
}

/* Clocks of callers and of virtual machines may go back: time stands still then. */
static gint64
advance (VavRateEstimator *self, gint64 now_us)
{
  self->now_us = MAX (self->now_us, now_us);

  return self->now_us;
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

/* A queue that is far longer than jitter explains is seen in less time. Returns: the delay that it makes; %G_MININT64 if there is none */
static gint64
find_sudden (VavRateEstimator *self, gint64 base_us)
{
  gint64 risen_us = vav_rate_history_get_risen (&self->history, SUDDEN_WINDOW_US);
  gint64 jitter_us = (gint64)(SUDDEN_PER_JITTER * self->delay.jitter_us);

  return risen_us > base_us + SUDDEN_US + jitter_us ? risen_us : G_MININT64;
}

static void
measure (VavRateEstimator *self)
{
  gint64 window_us = QUEUE_WINDOW_US + (gint64)(WINDOW_PER_JITTER * self->delay.jitter_us);
  gint64 age_us = self->history.newest_sent_us - self->began_us;
  gint64 least_us = vav_rate_history_get_delay (&self->history, MIN (window_us, MAX_QUEUE_WINDOW_US));
  gint64 step_us = CLAMP (self->now_us - self->updated_us, 0, MAX_STEP_US);
  gint64 base_us = vav_rate_delay_get_base (&self->delay);

  if (least_us != G_MAXINT64)
    {
      self->least_us = MAX (least_us, find_sudden (self, base_us));
      self->queue_us
          = (gint64)follow_floor (self, (double)(self->least_us - base_us), self->draining ? 0 : (double)step_us / 1e6);
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

  if (packet->received_us >= 0
      && !vav_rate_delay_add (&self->delay, packet->sent_us, packet->received_us,
                              packet->bytes * 8e6 / MAX (MAX (self->capacity, self->rate), 1)))
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
  self->gap_us = self->fed_us >= 0 ? self->now_us - self->fed_us : 0;
  if (self->fed_us >= 0)
    self->interval_us += (MIN (self->now_us - self->fed_us, 500 * MS) - self->interval_us) / 8;
  self->fed_us = self->ticked_us = self->now_us;
  self->silent_us = 0;
  measure (self);
  vav_rate_estimator_control (self);
}

/**
 * vav_rate_estimator_tick:
 * @now_us: our monotonic clock
 * @queued_us: how long what waits in the pacer will take
 *
 * Feedback that stays away is the first sign of a path that has become slow: a picture that took 10 ms takes 300 ms now, and the
 * receiver reports when it is whole; a queue that overflows can take the end of each picture, and with it the reports. If all was well,
 * the next report sets the rate to what it was. Where none came from the beginning, both sides may drown each other's, and the first that
 * comes through knows of no time without a queue: nothing is set back then, until the peer is heard (vav_rate_estimator_hear()). To be called
 * some ten times a second while packets leave of which the peer is to report; a pause needs no ticks.
 */
void
vav_rate_estimator_tick (VavRateEstimator *self, gint64 now_us, gint64 queued_us)
{
  gboolean first = self->fed_us < 0;
  gint64 patience_us;
  double least, before;

  g_return_if_fail (self != NULL);

  advance (self, now_us);
  self->backlog_us = MAX (queued_us, 0);
  patience_us = first ? FIRST_PATIENCE_US : MAX (200 * MS, 5 * self->interval_us + (gint64)(3 * self->delay.jitter_us));
  self->silent_us += CLAMP (self->now_us - self->ticked_us, 0, MAX_STEP_US);
  self->ticked_us = self->now_us;
  if (self->silent_us < patience_us)
    return;

  if (self->silenced <= 0 && !first)
    {
      self->silenced = self->rate;
      self->doubted_us = -1;
    }
  self->unheard |= first;
  before = first ? MIN (self->start, CAUTIOUS) : self->silenced;
  least = MAX (before / (self->silent_us < LONG_SILENCE_US ? 4 : 16), MIN (before, SILENT_RATE));
  vav_rate_estimator_set_rate (self, MAX (self->rate * 0.75, least));
}

/**
 * vav_rate_estimator_hear:
 * @now_us: our monotonic clock
 *
 * The first sound or picture of the peer has come. Where packets are lost, its keys may be ready seconds after ours are: until then it could not hear us,
 * and that it was silent said nothing of the path, which begins now.
 */
void
vav_rate_estimator_hear (VavRateEstimator *self, gint64 now_us)
{
  g_return_if_fail (self != NULL);

  advance (self, now_us);
  if (self->unheard && (self->began_us < 0 || self->now_us - self->began_us < UNHEARD_US))
    vav_rate_estimator_restart (self, now_us);
  self->unheard = FALSE;
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
  self->regain = MIN (self->regain, self->max);
  vav_rate_estimator_set_rate (self, self->rate);
}

/* The packets take another path from now on, of which nothing is known. */
void
vav_rate_estimator_restart (VavRateEstimator *self, gint64 now_us)
{
  g_return_if_fail (self != NULL);

  advance (self, now_us);
  forget (self);
  vav_rate_loss_clear (&self->loss);
  vav_rate_delay_restart (&self->delay);
  self->updated_us = self->now_us;
  self->interval_us = 33 * MS;
  self->rtt_us = 100 * MS;
  self->capacity = self->silenced = self->tried = 0;
  self->others_us = self->carried = self->regain = 0;
  self->beyond_us = -1;
  self->fresh = self->unheard = FALSE;
  self->probing = FALSE;
  self->probe_wait_us = PROBE_WAIT_US;
  self->opening = TRUE;
  vav_rate_estimator_set_rate (self, MIN (self->start, CAUTIOUS));
}

/* Returns: what all that is sent may be together, sound, pictures and repair */
guint
vav_rate_estimator_get_bitrate (VavRateEstimator *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return (guint)self->rate;
}

/* Returns: what the rate will be once the queue of a full path is empty, as far as is known; else what it is */
guint
vav_rate_estimator_get_prospect (VavRateEstimator *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return (guint)(self->draining ? CLAMP (self->capacity * VAV_RATE_DRAINED, self->rate, self->max) : self->rate);
}

/* Returns: whether the path may be full, or was lately */
static gboolean
is_near (VavRateEstimator *self)
{
  if (self->capacity > 0)
    return self->rate > self->capacity * 0.8;

  return self->beyond_us >= 0 && self->now_us - self->beyond_us < NEAR_US;
}

/* Returns: what packets leave with, so that a key frame does not flood the path; more where more room is looked for */
guint
vav_rate_estimator_get_pacing (VavRateEstimator *self)
{
  double factor = PACING_FREE;

  g_return_val_if_fail (self != NULL, 0);

  if (self->draining)
    factor = self->backlog_us > MAX_BACKLOG_US ? 1 : PACING_DRAIN; /* the pacer empties itself when the path is empty */
  else if (self->backlog_us > MAX_BACKLOG_US)
    factor = PACING_LATE;
  else if (is_near (self))
    factor = PACING_NEAR;
  if (self->opening && self->silent_us < OPENING_SILENCE_US)
    factor = MAX (factor, self->start / self->rate);

  return (guint)MIN (self->rate * factor, (double)G_MAXUINT);
}

/* Returns: what part of the packets of the last two seconds was lost, 0..1 */
double
vav_rate_estimator_get_loss (VavRateEstimator *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return vav_rate_loss_get (&self->loss);
}

/* Returns: whether a full path is being emptied */
gboolean
vav_rate_estimator_is_draining (VavRateEstimator *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->draining;
}

/* Returns: how long packets wait on the path beyond what they must */
gint64
vav_rate_estimator_get_queue_us (VavRateEstimator *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->queue_us;
}
