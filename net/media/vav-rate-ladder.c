/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/media/vav-rate-ladder.h"

#define EVIDENCE_US (4 * G_USEC_PER_SEC)
/* From such a step on nobody wants to stay; and what is enough for more than the next one is no wobble about its edge. */
#define POOR 5
#define AMPLE_STEPS 2
#define AMPLE_US (1500 * 1000)
/* A rate may be low for a moment, as when feedback stays away: that is no reason for another size. */
#define SHORT_US (800 * 1000)
/* What a full path carries is known after some packets, and so is that it is far too little. */
#define STEEP_US (300 * 1000)
#define STEEP 0.6
/* So long a path is getting known, and a rate that leaps is no luck. */
#define OPENING_US (3 * G_USEC_PER_SEC)
/* A busy computer takes longer to find out. */
#define YOUNG_US (10 * G_USEC_PER_SEC)
#define PAUSE_US (3 * G_USEC_PER_SEC)
/* What was given up so soon after it was taken was taken too early. */
#define RELAPSE_US (15 * G_USEC_PER_SEC)
#define MAX_PATIENCE 8
#define TRIAL_US (3 * G_USEC_PER_SEC)
#define TRIAL_LEAST 8000 /* bit/s beside the sound, before a picture is tried */
/* Wider paths have queues that are longer than a packet. */
#define STARVING 150000
#define STARVING_LOSS 0.2
#define LEARN 0.05
/* How much more a rate is worth if the encoder does not need it; not so much that the next size is given up at once. */
#define MAX_WORTH 1.45
#define MAX_INTERVAL_US (2 * G_USEC_PER_SEC)

/* VP8 in real time: below keep a picture falls apart or stutters, at take it is as good as the next smaller one. In between it stays what
 * it is. */
static const struct
{
  VavRatePicture picture;
  guint screen_interval_us;
  guint keep, take; /* bit/s */
} steps[] = {
  { { 1280, 720, 0, FALSE }, 0, 650000, 1100000 },
  { { 960, 540, 0, FALSE }, 66000, 420000, 650000 },
  { { 640, 360, 0, FALSE }, 125000, 210000, 320000 },
  { { 480, 270, 0, FALSE }, 250000, 160000, 230000 },
  { { 320, 180, 0, FALSE }, 330000, 90000, 130000 },
  { { 320, 180, 66000, FALSE }, 500000, 50000, 70000 },
  { { 160, 90, 125000, FALSE }, 1000000, 25000, 35000 },
  { { 160, 90, 400000, FALSE }, 2000000, VAV_RATE_LADDER_LEAST, 15000 },
  { { 160, 90, 0, TRUE }, 0, 0, 0 },
};
#define N_STEPS G_N_ELEMENTS (steps)

/* Sound, with the lowest rate of the whole from which on. Opus is clear speech at 16 kbit/s and hardly gains above 32. */
static const struct
{
  guint from, bitrate, frame_ms;
} sounds[] = { { 1500000, 40000, 20 }, { 200000, 32000, 20 }, { 120000, 24000, 40 }, { 0, 16000, 60 } };

/* So much more than what it begins from, in per cent, is no wobble about it. */
#define AMPLE 125

/* The first step, counted from 1, for which there is enough. */
static guint
find_step (guint bitrate, guint (*need) (guint i))
{
  guint i = 0;

  while (i + 1 < N_STEPS && bitrate < need (i))
    i++;

  return i + 1;
}

static guint
need_to_take (guint i)
{
  return steps[i].take;
}

/* To begin with, and after a fall: not so near the edge that the next step follows. */
static guint
need_to_begin (guint i)
{
  return (steps[i].keep + steps[i].take) / 2;
}

/* What the limits allow is not held back by a rate that the limits forbid. */
static guint
find_better (guint bitrate, const VavRateLimits *limits)
{
  guint step = find_step (bitrate, need_to_take);

  if (bitrate >= limits->bitrate - limits->bitrate / 10)
    step = MIN (step, find_step (limits->bitrate, need_to_begin));

  return step;
}

static gboolean
is_steep (VavRateLadder *self, const VavRateShare *share)
{
  return share->full && share->bitrate < STEEP * steps[self->step - 1].keep;
}

static void
fall (VavRateLadder *self, const VavRateShare *share, gint64 now_us)
{
  guint bitrate = is_steep (self, share) ? share->bitrate : self->most;
  guint step = MAX (find_step (bitrate, need_to_begin), self->step + 1);

  if (step == N_STEPS && now_us - self->short_us < PAUSE_US && self->trial_us == 0)
    step = N_STEPS - 1;
  if (step == self->step)
    return;

  if (self->up_us != 0 && now_us - self->up_us < RELAPSE_US)
    self->patience = MIN (self->patience * 2, MAX_PATIENCE);
  else
    self->patience = 1;
  self->step = step;
  self->young = FALSE;
  self->enough = self->ample = (VavRateEvidence){ 0 };
  self->up_us = 0;
  self->trial_us = 0;
}

static gboolean
must_fall (VavRateLadder *self, const VavRateShare *share, gint64 now_us)
{
  guint bitrate = share->bitrate;

  if (bitrate >= steps[self->step - 1].keep)
    {
      self->short_us = self->trial_us = 0;
      return FALSE;
    }

  if (self->short_us == 0)
    {
      self->short_us = now_us;
      self->most = bitrate;
    }
  self->most = MAX (self->most, bitrate);
  if (self->trial_us != 0)
    return now_us >= self->trial_us || bitrate < self->trial_rate - self->trial_rate / 5;

  return now_us - self->short_us >= (is_steep (self, share) ? STEEP_US : SHORT_US);
}

static guint
get_worth (const VavRateShare *share)
{
  double worth = (double)share->bitrate / MAX (share->used, 1);

  /* little is used while a full path is emptied: that is no sign of a picture that needs less */
  if (share->full)
    return share->bitrate;

  return (guint)MIN (share->bitrate * CLAMP (worth * 0.7, 1, MAX_WORTH), (double)G_MAXUINT);
}

static gboolean
is_enough (VavRateLadder *self, guint worth, const VavRateLimits *limits)
{
  if (self->step == N_STEPS)
    return worth >= TRIAL_LEAST;

  return find_better (worth, limits) < self->step;
}

static gboolean
is_ample (VavRateLadder *self, guint worth, const VavRateLimits *limits)
{
  if (self->step < POOR || self->step == N_STEPS)
    return FALSE;

  return find_better (worth, limits) + AMPLE_STEPS <= self->step;
}

static void
gather (VavRateEvidence *evidence, gboolean there, guint worth, gint64 now_us)
{
  if (!there)
    *evidence = (VavRateEvidence){ 0 };
  else if (evidence->since_us == 0)
    *evidence = (VavRateEvidence){ now_us, worth };
  else
    evidence->least = MIN (evidence->least, worth);
}

static gboolean
is_proven (VavRateLadder *self, const VavRateEvidence *evidence, gint64 needed_us, gint64 now_us)
{
  return evidence->since_us != 0 && now_us - evidence->since_us >= (gint64)self->patience * needed_us;
}

static void
rise (VavRateLadder *self, const VavRateShare *share, const VavRateLimits *limits, gint64 now_us)
{
  guint worth = get_worth (share);
  gboolean ample;

  gather (&self->enough, is_enough (self, worth, limits), worth, now_us);
  gather (&self->ample, is_ample (self, worth, limits), worth, now_us);
  ample = is_proven (self, &self->ample, AMPLE_US, now_us);
  if (share->full || !(ample || is_proven (self, &self->enough, EVIDENCE_US, now_us)))
    return;

  if (self->step == N_STEPS)
    {
      self->short_us = 0;
      self->trial_us = now_us + TRIAL_US;
      self->trial_rate = share->bitrate;
    }
  self->step = MIN (find_better (ample ? self->ample.least : self->enough.least, limits), self->step - 1);
  self->enough = (VavRateEvidence){ 0 };
  if (ample)
    self->ample = (VavRateEvidence){ 0 };
  self->up_us = now_us;
}

/* Returns: whether it is still the beginning */
static gboolean
open_ladder (VavRateLadder *self, const VavRateShare *share, gint64 now_us)
{
  self->young &= now_us - self->begun_us < YOUNG_US;
  if (share->full || !self->young || now_us - self->begun_us >= OPENING_US)
    return FALSE;

  self->step = MIN (self->step, find_step (share->bitrate, need_to_begin));
  return TRUE;
}

static void
describe (const VavRateLadder *self, const VavRateLimits *limits, VavRatePicture *picture)
{
  const VavRatePicture *best = &limits->picture;
  guint interval_us = steps[self->step - 1].picture.interval_us;

  *picture = steps[self->step - 1].picture;
  if (limits->screen)
    {
      picture->width = best->width;
      picture->height = best->height;
      interval_us = steps[self->step - 1].screen_interval_us;
    }
  picture->width = MIN (picture->width, best->width);
  picture->height = MIN (picture->height, best->height);
  picture->interval_us = MIN (MAX (interval_us, best->interval_us), MAX_INTERVAL_US);
  picture->paused |= best->paused;
}

gboolean
vav_rate_ladder_follow (VavRateLadder *self, const VavRateShare *given, const VavRateLimits *limits, gint64 now_us,
                        VavRatePicture *picture)
{
  VavRateShare share = { MIN (given->bitrate, limits->bitrate), given->used, given->full };
  guint before = self->step;

  if (self->step == 0)
    {
      self->step = find_step (share.bitrate, need_to_begin);
      self->begun_us = now_us;
      self->young = TRUE;
      self->patience = 1;
    }
  else if (must_fall (self, &share, now_us))
    fall (self, &share, now_us);
  else if (!open_ladder (self, &share, now_us) && (self->short_us == 0 || self->step == N_STEPS))
    rise (self, &share, limits, now_us);
  describe (self, limits, picture);

  return self->step != before;
}

gboolean
vav_rate_ladder_is_starving (VavRateLadder *self, guint bitrate, double loss)
{
  if (vav_rate_ladder_is_paused (self))
    {
      self->usual_loss += (loss - self->usual_loss) * LEARN;
      return FALSE;
    }
  if (bitrate >= STARVING)
    {
      self->usual_loss = MIN (self->usual_loss, loss);
      return FALSE;
    }

  return loss > self->usual_loss + STARVING_LOSS;
}

gboolean
vav_rate_ladder_is_reduced (const VavRateLadder *self, const VavRateLimits *limits)
{
  return !self->young && self->step > find_step (limits->bitrate, need_to_begin);
}

gboolean
vav_rate_ladder_is_paused (const VavRateLadder *self)
{
  return self->step == N_STEPS;
}

/* Counted from 1 */
static guint
find_sound (guint bitrate)
{
  guint i = 0;

  while (bitrate < sounds[i].from)
    i++;

  return i + 1;
}

/* Less at once; more at once where there is ample room, else after it was there for a while. */
static void
choose_sound (VavRateLadder *self, guint bitrate, gint64 now_us)
{
  guint now = find_sound (bitrate), ample = find_sound (bitrate / AMPLE * 100);

  if (self->sound == 0 || now > self->sound)
    self->sound = now;
  self->sound = MIN (self->sound, ample);
  if (now == self->sound)
    {
      self->room_us = 0;
      return;
    }

  if (self->room_us == 0)
    self->room_us = now_us;
  if (now_us - self->room_us >= EVIDENCE_US)
    {
      self->sound = now;
      self->room_us = 0;
    }
}

guint
vav_rate_ladder_get_sound (VavRateLadder *self, guint bitrate, guint max, gint64 now_us, guint *frame_ms)
{
  choose_sound (self, bitrate, now_us);
  *frame_ms = sounds[self->sound - 1].frame_ms;

  return MIN (sounds[self->sound - 1].bitrate, max);
}
