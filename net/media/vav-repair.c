/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/media/vav-repair.h"

#define UNKNOWN_RTT_MS 100
#define MAX_RTT_MS 5000 /* what a peer's reports can make us believe */
#define ATTEMPTS 5      /* each with its round trip */
#define MAX_RETRIES 10 /* one that is in vain so often has no answer: the other side does not repeat, or not any more */
/* Longer than packets overtake each other where they do at all; what is asked for in vain comes twice, no more. */
#define REORDER_MS 5
/* The other side takes up to that long to answer, and feedback leaves that late at most (vav-media-tuning.c). */
#define ANSWER_MS 20
/* A request or its answer may be lost, too, and on a lossy path often is. Who waits for a whole round trip before asking again has the second answer
 * after more than two, and then the picture stood still. So the next request goes while the first answer is on its way: that costs one packet for
 * each that was lost. */
#define RETRY_SHARE 0.6
#define RETRY_MS 10
#define MIN_RETRY_MS                                                                                                   \
  20 /* on short ways: what has not come by then is not asked for again more than fifty times a second */
/* A key frame takes a while to be encoded and sent, longer than a round trip. */
#define KEY_FRAME_MS 100

#define LEAD_MS 90u
#define TALK_MS 400 /* from mouth to ear: with more, people begin to speak at the same time */

#define USUAL_MAX_MS 800
#define UNEVEN_MS 50      /* less is a busy computer */
#define MORE_ATTEMPTS 2.5 /* than the first: where a fifth is lost each way, the third is needed by one of eight */
#define TRIPS_TO_WAIT 1.25
#define SLACK_MS 100 /* until it is missed, and until what was repaired is decoded */
#define CALM 0.1

/* Of parity */
#define LONG_RTT_MS 150
#define LONG_WITH_RUNS_MS                                                                                              \
  100 /* on a short way runs are repaired in time, and parity costs more than it gives (measured: 60 ms, runs of 8) */
#define FAR_STILL 0.8
#define RUN 1.7 /* the mean length of runs of lost packets; by chance alone it is 1 / (1 - loss) */
#define NO_RUN 1.5
#define LOSS 0.01
#define NO_LOSS 0.005
#define TOO_MUCH 0.25 /* parity is lost with the rest, and more packets are no help against a path that has no room */
#define NARROW 120000 /* bit/s of all: below, pictures need what they have to be seen at all */
#define TOO_NARROW 100000
#define FEW 3             /* runs: of fewer nothing is known */
#define CALM_S 10         /* losses in runs are seldom */
#define MEMORY 0.85       /* of what was so, a second later */
#define LOST_OF_GROUP 0.2 /* so many of a group and its parity are lost at most, in the mean */
#define MIN_GROUP 2
#define MAX_GROUP 10
#define MAX_DEPTH 4
#define LONGER_RUN 1.25 /* than the mean */
#define SHORTEST_MS 100 /* groups need not be shorter in time, whatever the round trip */
#define COST 1.2        /* parity is as long as the longest packet of its group */

static double
known_rtt (double rtt_ms)
{
  return rtt_ms >= 0 ? MIN (rtt_ms, MAX_RTT_MS) : UNKNOWN_RTT_MS;
}

/* How long a packet is waited for at most: for two attempts, since a key frame that is asked for instead of the second one takes as long to come, and
 * longer to be sent. It counts from when the packet would have come had nothing delayed it. */
static double
longest_wait (double rtt, double jitter, double retry)
{
  return CLAMP (rtt + retry + 2 * (jitter + ANSWER_MS), USUAL_MAX_MS, VAV_REPAIR_MAX_MS);
}

void
vav_repair_plan (double rtt_ms, double jitter_ms, VavRepairTimes *times)
{
  double rtt = known_rtt (rtt_ms);
  double jitter = CLAMP (jitter_ms, 0, VAV_REPAIR_MAX_MS);
  guint retry = (guint)(rtt * RETRY_SHARE + MIN (jitter, rtt) / 2) + RETRY_MS;

  times->latency_ms
      = (guint)CLAMP (ATTEMPTS * (rtt + jitter + ANSWER_MS), VAV_REPAIR_MIN_MS, longest_wait (rtt, jitter, retry));
  times->delay_ms = REORDER_MS;
  times->retry_ms = MAX (retry, MIN_RETRY_MS);
  times->retries = MAX_RETRIES;
  times->period_ms = times->latency_ms > rtt ? times->latency_ms - (guint)rtt : 0;
}

double
vav_repair_calm_rtt (double calm_ms, double rtt_ms)
{
  if (rtt_ms < 0 || calm_ms < 0)
    return MAX (calm_ms, rtt_ms);

  return rtt_ms > calm_ms ? calm_ms + (rtt_ms - calm_ms) * CALM : rtt_ms;
}

double
vav_repair_judge_uneven (double rtt_ms, double jitter_ms, gboolean repairs)
{
  double rtt = known_rtt (rtt_ms);
  double most = CLAMP (TRIPS_TO_WAIT * rtt + SLACK_MS, VAV_REPAIR_MIN_WAIT_MS, VAV_REPAIR_MAX_WAIT_MS);
  double uneven = jitter_ms >= UNEVEN_MS ? 1.5 * jitter_ms : 0;

  if (repairs)
    {
      VavRepairTimes times;

      vav_repair_plan (rtt_ms, jitter_ms, &times);
      uneven = MAX (uneven, rtt + times.delay_ms + MORE_ATTEMPTS * times.retry_ms);
    }

  return MIN (uneven, most);
}

double
vav_repair_follow_sound (double latency_ms, double jitter_ms)
{
  double wanted = CLAMP (jitter_ms + 10, VAV_SOUND_MIN_MS, VAV_SOUND_MAX_MS);

  return wanted > latency_ms ? wanted : latency_ms + (wanted - latency_ms) * 0.1;
}

guint
vav_repair_join_sound (guint sound_ms, guint picture_ms, double rtt_ms)
{
  guint most_ms = (guint)MAX (TALK_MS - known_rtt (rtt_ms) / 2, 0);

  return MAX (sound_ms, MIN (MAX (picture_ms, LEAD_MS) - LEAD_MS, most_ms));
}

gboolean
vav_repair_may_ask (VavKeyFrameRequests *self, gint64 now_us, double rtt_ms)
{
  double wait_ms = known_rtt (rtt_ms) + KEY_FRAME_MS;

  if (self->last_us != 0 && (double)(now_us - self->last_us) < wait_ms * 1000)
    {
      self->held_back++;
      return FALSE;
    }

  self->last_us = now_us;
  self->asked++;
  return TRUE;
}

void
vav_repair_count (VavRepairLosses *self, gboolean lost)
{
  self->told++;
  self->lost += lost;
  self->runs += lost && !self->in_run;
  self->in_run = lost;
}

void
vav_repair_age (VavRepairLosses *self)
{
  self->told *= MEMORY;
  self->lost *= MEMORY;
  self->runs *= MEMORY;
}

/* Returns: %FALSE if pictures are so few that the smallest groups would take longer than a repeat */
static gboolean
plan_groups (VavRepairProtection *self, const VavRepairPath *path, double loss, double run)
{
  double most = path->pictures * MAX (path->rtt_ms / 2, SHORTEST_MS) / 1000;
  double depth = 1;

  if (most < MIN_GROUP)
    return FALSE;
  if (run >= NO_RUN && path->packets > 0)
    depth = CLAMP (LONGER_RUN * run * path->pictures / path->packets + 1, 1, MAX_DEPTH);

  self->depth = (guint)MIN (depth, most / MIN_GROUP);
  self->group = (guint)CLAMP (MIN (LOST_OF_GROUP / loss, most / self->depth) + 0.5, MIN_GROUP, MAX_GROUP);
  return TRUE;
}

void
vav_repair_protect (VavRepairProtection *self, const VavRepairPath *path, VavRepairLosses *losses)
{
  gboolean on = self->group > 0;
  double loss = losses->told > 0 ? losses->lost / losses->told : 0;
  double run = losses->runs > 0 ? losses->lost / losses->runs : 1;
  gboolean runs = run >= (on ? NO_RUN : RUN);
  double far_ms = runs ? LONG_WITH_RUNS_MS : LONG_RTT_MS;
  gboolean hard = path->rtt_ms >= (on ? FAR_STILL * far_ms : far_ms);
  gboolean wide = path->bitrate >= (on ? TOO_NARROW : NARROW);
  gboolean cause = hard && wide && loss >= (on ? NO_LOSS : LOSS) && (on || losses->runs >= FEW);

  self->calm = cause && plan_groups (self, path, loss, run) ? 0 : self->calm + 1;
  if (self->calm >= CALM_S || loss > TOO_MUCH || !wide)
    *self = (VavRepairProtection){ 0 };
  /* what was lost since the path was full says nothing of what will be */
  if (loss > TOO_MUCH)
    *losses = (VavRepairLosses){ 0 };
}

double
vav_repair_get_share (const VavRepairProtection *self)
{
  return self->group > 0 ? self->group / (self->group + COST) : 1;
}
