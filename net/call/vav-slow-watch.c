/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/call/vav-slow-watch.h"

#define REDUCED_AFTER_US (4 * G_USEC_PER_SEC)
#define WELL_AFTER_US (5 * G_USEC_PER_SEC)

static gint64
get_patience (VavSlow told, VavSlow now)
{
  if (told == VAV_SLOW_PAUSED || now == VAV_SLOW_PAUSED)
    return 0;

  return now == VAV_SLOW_NO ? WELL_AFTER_US : REDUCED_AFTER_US;
}

VavSlow
vav_slow_watch_follow (VavSlowWatch *self, VavSlow now, gint64 time_us)
{
  if (now == self->told)
    {
      self->since_us = 0;
      return self->told;
    }

  if (self->since_us == 0 || self->other != now)
    self->since_us = time_us;
  self->other = now;
  if (time_us - self->since_us >= get_patience (self->told, now))
    {
      self->told = now;
      self->since_us = 0;
    }

  return self->told;
}
