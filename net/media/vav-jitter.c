/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/media/vav-jitter.h"

#include <stdlib.h>

#define MIN_COUNT 16
#define EARLIEST 20                       /* of that many one may be earlier than what counts as the earliest */
#define MAX_JUMP_US (10 * G_USEC_PER_SEC) /* more than any network keeps a packet: the other side's clock was set */
/* So that nothing overflows, whatever comes; at 90 kHz that is most of a year. */
#define MAX_TICKS (G_MAXINT64 / G_USEC_PER_SEC / 4)

struct _VavJitter
{
  gint64 transit[VAV_JITTER_WINDOW]; /* came less made, µs: the clocks' difference and the way */
  gint64 came[VAV_JITTER_WINDOW];    /* µs */
  guint n;                           /* how many of them there are */
  guint next;                        /* where the next one goes */

  gboolean have_timestamp;
  guint32 timestamp; /* the last one */
  gint64 ticks;      /* of the timestamps' clock since the first one */
};

VavJitter *
vav_jitter_new (void)
{
  return g_new0 (VavJitter, 1);
}

void
vav_jitter_free (VavJitter *self)
{
  g_free (self);
}

void
vav_jitter_reset (VavJitter *self)
{
  self->n = self->next = 0;
}

void
vav_jitter_add (VavJitter *self, gint64 came_us, gint64 made_us)
{
  gint64 transit = came_us - made_us;

  if (self->n > 0)
    {
      gint64 jump = transit - self->transit[(self->next + VAV_JITTER_WINDOW - 1) % VAV_JITTER_WINDOW];

      if (jump > MAX_JUMP_US || jump < -MAX_JUMP_US)
        vav_jitter_reset (self);
    }
  self->transit[self->next] = transit;
  self->came[self->next] = came_us;
  self->next = (self->next + 1) % VAV_JITTER_WINDOW;
  self->n = MIN (self->n + 1, VAV_JITTER_WINDOW);
}

void
vav_jitter_add_rtp (VavJitter *self, gint64 came_us, guint32 timestamp, guint clock_rate)
{
  if (self->have_timestamp && timestamp == self->timestamp)
    return;
  if (self->have_timestamp)
    self->ticks += (gint32)(timestamp - self->timestamp);
  if (self->ticks > MAX_TICKS || self->ticks < -MAX_TICKS)
    {
      vav_jitter_reset (self);
      self->ticks = 0;
    }
  self->have_timestamp = TRUE;
  self->timestamp = timestamp;
  vav_jitter_add (self, came_us, self->ticks * G_USEC_PER_SEC / MAX (clock_rate, 1));
}

static int
compare (gconstpointer a, gconstpointer b)
{
  gint64 x = *(const gint64 *)a;
  gint64 y = *(const gint64 *)b;

  return (x > y) - (x < y);
}

/* Returns: those of that time in order, in the caller's array; how many */
static guint
sort (VavJitter *self, guint span_ms, gint64 *sorted)
{
  guint last = (self->next + VAV_JITTER_WINDOW - 1) % VAV_JITTER_WINDOW;
  guint n = 0;

  for (; n < self->n; n++)
    {
      guint i = (last + VAV_JITTER_WINDOW - n) % VAV_JITTER_WINDOW;

      if (n >= MIN_COUNT && self->came[last] - self->came[i] > (gint64)span_ms * 1000)
        break;
      sorted[n] = self->transit[i];
    }
  qsort (sorted, n, sizeof *sorted, compare);

  return n;
}

double
vav_jitter_read (VavJitter *self, double share, guint span_ms)
{
  gint64 sorted[VAV_JITTER_WINDOW];
  guint n = sort (self, span_ms, sorted);

  if (n < MIN_COUNT)
    return 0;

  return MAX (0, (double)(sorted[(guint)((n - 1) * CLAMP (share, 0.0, 1.0))] - sorted[n / EARLIEST]) / 1000);
}

double
vav_jitter_read_earliest (VavJitter *self, guint span_ms)
{
  gint64 sorted[VAV_JITTER_WINDOW];
  guint n = sort (self, span_ms, sorted);

  return n > 0 ? (double)sorted[n / EARLIEST] / 1000 : 0;
}
