/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/media/vav-freezes.h"

#define MORE_US 150000.0

static void
judge (VavFreezes *self, double gap_us)
{
  double usual_us = self->n_gaps > 0 ? self->sum_us / self->n_gaps : 0;

  if (usual_us <= 0 || gap_us <= MAX (3 * usual_us, usual_us + MORE_US))
    return;

  self->n++;
  self->total_us += gap_us;
}

static void
remember (VavFreezes *self, double gap_us)
{
  if (self->n_gaps == VAV_FREEZES_GAPS)
    self->sum_us -= self->gaps_us[self->next];
  else
    self->n_gaps++;
  self->gaps_us[self->next] = gap_us;
  self->sum_us += gap_us;
  self->next = (self->next + 1) % VAV_FREEZES_GAPS;
}

void
vav_freezes_add (VavFreezes *self, gint64 now_us)
{
  double gap_us = (double)(now_us - self->last_us);

  if (self->last_us != 0)
    {
      judge (self, gap_us);
      remember (self, gap_us);
    }
  self->last_us = now_us;
}

void
vav_freezes_pause (VavFreezes *self)
{
  self->last_us = 0;
}
