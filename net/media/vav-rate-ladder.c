/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/media/vav-rate-ladder.h"

#define EVIDENCE_US (4 * G_USEC_PER_SEC)
/* What was given up so soon after it was taken was taken too early. */
#define RELAPSE_US (15 * G_USEC_PER_SEC)
#define MAX_PATIENCE 8
#define MAX_INTERVAL_US (2 * G_USEC_PER_SEC)

/* VP8 in real time: below keep a picture falls apart or stutters, at take it is as good as the next smaller one. In between it stays what
 * it is. */
static const struct
{
  VavRatePicture picture;
  guint screen_interval_us;
  guint keep, take; /* bit/s */
} steps[] = {
  { { 1280, 720, 0, FALSE }, 0, 700000, 1100000 },
  { { 960, 540, 0, FALSE }, 66000, 420000, 650000 },
  { { 640, 360, 0, FALSE }, 125000, 210000, 320000 },
  { { 480, 270, 50000, FALSE }, 250000, 120000, 180000 },
  { { 320, 180, 66000, FALSE }, 500000, 55000, 85000 },
  { { 160, 90, 125000, FALSE }, 1000000, 25000, 35000 },
  { { 160, 90, 0, TRUE }, 0, 0, 0 },
};
#define N_STEPS G_N_ELEMENTS (steps)

/* Sound, with the lowest rate of the whole from which on. Opus is clear speech at 16 kbit/s and hardly gains above 32. */
static const struct
{
  guint from, bitrate;
} sounds[] = { { 1500000, 40000 }, { 200000, 32000 }, { 120000, 24000 }, { 0, 16000 } };

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

static void
fall (VavRateLadder *self, guint bitrate, gint64 now_us)
{
  if (self->up_us != 0 && now_us - self->up_us < RELAPSE_US)
    self->patience = MIN (self->patience * 2, MAX_PATIENCE);
  else
    self->patience = 1;
  self->step = MAX (find_step (bitrate, need_to_begin), self->step + 1);
  self->enough_us = 0;
  self->up_us = 0;
}

static void
rise (VavRateLadder *self, guint bitrate, const VavRateLimits *limits, gint64 now_us)
{
  if (find_better (bitrate, limits) >= self->step)
    {
      self->enough_us = 0;
      return;
    }

  if (self->enough_us == 0)
    {
      self->enough_us = now_us;
      self->least = bitrate;
    }
  self->least = MIN (self->least, bitrate);
  if (now_us - self->enough_us < (gint64)self->patience * EVIDENCE_US)
    return;

  self->step = find_better (self->least, limits);
  self->enough_us = 0;
  self->up_us = now_us;
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
vav_rate_ladder_follow (VavRateLadder *self, guint bitrate, const VavRateLimits *limits, gint64 now_us,
                        VavRatePicture *picture)
{
  guint before = self->step;

  bitrate = MIN (bitrate, limits->bitrate);
  if (self->step == 0)
    {
      self->step = find_step (bitrate, need_to_begin);
      self->patience = 1;
    }
  else if (bitrate < steps[self->step - 1].keep)
    fall (self, bitrate, now_us);
  else
    rise (self, bitrate, limits, now_us);
  describe (self, limits, picture);

  return self->step != before;
}

gboolean
vav_rate_ladder_is_reduced (const VavRateLadder *self, const VavRateLimits *limits)
{
  return self->step > find_step (limits->bitrate, need_to_begin);
}

guint
vav_rate_ladder_get_sound (guint bitrate, guint max)
{
  guint i = 0;

  while (bitrate < sounds[i].from)
    i++;

  return MIN (sounds[i].bitrate, max);
}
