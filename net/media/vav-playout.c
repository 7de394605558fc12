/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/media/vav-playout.h"

#include "net/media/vav-jitter.h"
#include "net/media/vav-repair.h"

/* That share of the pictures of the last seconds is waited for. Not of more seconds: what comes once, as where a line falls to a tenth, is soon over. */
#define NEARLY_ALL 0.98
#define NEARLY_ALL_MS 3000
/* Losses by chance go on and on. */
#define LOSSY_ALL 0.99
#define LOSSY_ALL_MS 6000
/* What counts as early is what was so lately: a queue that stands makes no picture come unevenly, nor does one that grows and shrinks slowly. */
#define LATELY_MS 1000
/* Nobody sees less than a usual distance of pictures, and a computer that is busy makes that much by itself. */
#define BEGIN_MS 35
#define END_MS 20
/* How much faster and slower pictures follow each other until they are shown when they are to be: people see nothing of a fifth, and a delay that came
 * at once would be a freeze of its own. Where much is to be taken back it is gone after a second or two. */
#define SLOWER 0.5
#define FASTER 0.2
#define FASTER_PER_MS 0.001
#define FASTEST 0.8
#define USUAL_MS 33      /* between pictures */
#define MEAN_OF 16       /* pictures, for the distance between them */
#define MAX_STEP_MS 1000 /* between two pictures' times: more is a jump */

struct _VavPlayout
{
  GMutex lock; /* all below */
  VavJitter *jitter;
  VavJitter *late;    /* by how much each was later than what came just before it */
  double distance_ms; /* between pictures, the mean */
  gint64 last_us;     /* the last picture's own time */

  double delay_ms;  /* that is needed */
  double wanted_ms; /* from a picture's own time to when it is shown */
  double offset_ms; /* as that is now */
};

VavPlayout *
vav_playout_new (void)
{
  VavPlayout *self = g_new0 (VavPlayout, 1);

  g_mutex_init (&self->lock);
  self->jitter = vav_jitter_new ();
  self->late = vav_jitter_new ();
  self->distance_ms = USUAL_MS;

  return self;
}

void
vav_playout_free (VavPlayout *self)
{
  if (self == NULL)
    return;

  vav_jitter_free (self->jitter);
  vav_jitter_free (self->late);
  g_mutex_clear (&self->lock);
  g_free (self);
}

void
vav_playout_add (VavPlayout *self, gint64 now_us, gint64 time_us)
{
  gint64 late_us;

  g_mutex_lock (&self->lock);
  vav_jitter_add (self->jitter, now_us, time_us);
  late_us = now_us - time_us - (gint64)(vav_jitter_read_earliest (self->jitter, LATELY_MS) * 1000);
  vav_jitter_add (self->late, now_us, now_us - MAX (late_us, 0));
  g_mutex_unlock (&self->lock);
}

/* With the lock held. */
static gboolean
is_held (VavPlayout *self)
{
  return self->delay_ms > 0 || self->offset_ms > self->wanted_ms;
}

/* With the lock held. A little with each picture. */
static void
turn (VavPlayout *self, double step_ms)
{
  double faster = CLAMP ((self->offset_ms - self->wanted_ms) * FASTER_PER_MS, FASTER, FASTEST);

  if (self->offset_ms > self->wanted_ms)
    self->offset_ms = MAX (self->wanted_ms, self->offset_ms - faster * step_ms);
  else
    self->offset_ms = MIN (self->wanted_ms, self->offset_ms + SLOWER * step_ms);
}

gint64
vav_playout_show (VavPlayout *self, gint64 now_us, gint64 time_us)
{
  gint64 shown_us = now_us;
  double step_ms;

  g_mutex_lock (&self->lock);
  step_ms = CLAMP ((double)(time_us - self->last_us) / 1000, 0, MAX_STEP_MS);
  self->last_us = time_us;
  if (step_ms > 0 && step_ms < MAX_STEP_MS)
    self->distance_ms += (step_ms - self->distance_ms) / MEAN_OF;
  if (is_held (self))
    {
      turn (self, step_ms);
      shown_us = time_us + (gint64)(self->offset_ms * 1000);
    }
  g_mutex_unlock (&self->lock);

  /* so long is another clock */
  return shown_us <= now_us + VAV_REPAIR_MAX_WAIT_MS * 1000 ? MAX (shown_us, now_us) : now_us;
}

/* With the lock held. Where pictures are few each is seen for long anyway, and that one comes half a distance late is not worth a delay. */
static double
judge_delay (VavPlayout *self, double most_ms, gboolean lossy)
{
  double late_ms = lossy ? vav_jitter_read (self->late, LOSSY_ALL, LOSSY_ALL_MS)
                         : vav_jitter_read (self->late, NEARLY_ALL, NEARLY_ALL_MS);
  double wanted = MIN (late_ms, most_ms) - MAX (0, self->distance_ms - USUAL_MS);

  return wanted >= (is_held (self) ? END_MS : BEGIN_MS) ? wanted : 0;
}

guint
vav_playout_follow (VavPlayout *self, double uneven_ms, gboolean lossy)
{
  double most_ms = MIN (uneven_ms, VAV_REPAIR_MAX_WAIT_MS);
  double earliest_ms;
  gboolean held;
  guint delay_ms;

  g_mutex_lock (&self->lock);
  held = is_held (self);
  earliest_ms = vav_jitter_read_earliest (self->jitter, LATELY_MS);
  self->delay_ms = judge_delay (self, most_ms, lossy);
  self->wanted_ms = earliest_ms + self->delay_ms;
  self->offset_ms = held ? MIN (self->offset_ms, self->wanted_ms + VAV_REPAIR_MAX_WAIT_MS) : earliest_ms;
  held = is_held (self);
  delay_ms = held ? (guint)(MAX (self->offset_ms, self->wanted_ms) - earliest_ms + 0.5) : 0;
  /* what was late before the path became uneven has other causes */
  if (most_ms <= 0 && !held)
    vav_jitter_reset (self->late);
  g_mutex_unlock (&self->lock);

  return delay_ms;
}
