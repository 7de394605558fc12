/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/media/vav-playout.h"

#include "net/media/vav-jitter.h"

#define NEARLY_ALL 0.96
/* Nobody sees less than a usual distance of pictures, and a computer that is busy makes that much by itself. */
#define BEGIN_MS 35
#define END_MS 20
#define DOWN 0.1

struct _VavPlayout
{
  GMutex lock;
  VavJitter *jitter; /* under lock */
  double delay_ms;   /* under lock */
};

VavPlayout *
vav_playout_new (void)
{
  VavPlayout *self = g_new0 (VavPlayout, 1);

  g_mutex_init (&self->lock);
  self->jitter = vav_jitter_new ();

  return self;
}

void
vav_playout_free (VavPlayout *self)
{
  if (self == NULL)
    return;

  vav_jitter_free (self->jitter);
  g_mutex_clear (&self->lock);
  g_free (self);
}

void
vav_playout_add (VavPlayout *self, gint64 now_us, gint64 time_us)
{
  g_mutex_lock (&self->lock);
  vav_jitter_add (self->jitter, now_us, time_us);
  g_mutex_unlock (&self->lock);
}

static double
follow (double delay_ms, double late_ms)
{
  double wanted = late_ms >= BEGIN_MS || delay_ms > 0 ? late_ms : 0;

  if (wanted < delay_ms)
    wanted = delay_ms + (wanted - delay_ms) * DOWN;

  return wanted >= END_MS ? wanted : 0;
}

guint
vav_playout_follow (VavPlayout *self, double uneven_ms, double *offset_ms)
{
  double bound = MIN (uneven_ms, VAV_PLAYOUT_MAX_MS);
  guint delay_ms;

  g_mutex_lock (&self->lock);
  self->delay_ms = follow (self->delay_ms, MIN (vav_jitter_read (self->jitter, NEARLY_ALL), bound));
  delay_ms = (guint)self->delay_ms;
  *offset_ms = vav_jitter_read_earliest (self->jitter) + self->delay_ms;
  /* what was late before the path became uneven has other causes */
  if (bound <= 0 && delay_ms == 0)
    vav_jitter_reset (self->jitter);
  g_mutex_unlock (&self->lock);

  return delay_ms;
}
