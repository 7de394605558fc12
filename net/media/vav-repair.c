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
