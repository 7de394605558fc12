/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define VAV_RATE_LOSS_BUCKETS 20

typedef enum
{
  VAV_RATE_TRIAL_NONE,
  VAV_RATE_TRIAL_HOLD,
  VAV_RATE_TRIAL_LESS,
} VavRateTrial;

/* How much is lost, and how much of it is lost whatever we send. */
typedef struct
{
  guint total[VAV_RATE_LOSS_BUCKETS], lost[VAV_RATE_LOSS_BUCKETS];
  gint64 bucket;           /* the newest, in tenths of a second */
  double inherent, proven; /* what is lost anyway, now and by the last trial */

  /* a trial: the rate is held, then less is sent, to see if less is lost */
  VavRateTrial trial;
  gint64 trial_us;
  double before; /* the loss of the first part */
  guint trial_total, trial_lost;
  gint64 next_trial_us;
  gint64 pause_us; /* between trials, longer each time that loss was no congestion */
} VavRateLoss;

typedef enum
{
  VAV_RATE_LOSS_UNDECIDED,
  VAV_RATE_LOSS_CHANCE,  /* it is no more than usual */
  VAV_RATE_LOSS_GO_DOWN, /* the first part is over: less is to be sent now */
  VAV_RATE_LOSS_INHERENT,
  VAV_RATE_LOSS_CONGESTION,
} VavRateVerdict;

void vav_rate_loss_clear (VavRateLoss *self);
void vav_rate_loss_count (VavRateLoss *self, gint64 sent_us, gboolean lost, gint64 now_us);
void vav_rate_loss_found (VavRateLoss *self);
double vav_rate_loss_get (VavRateLoss *self);
gboolean vav_rate_loss_is_strange (VavRateLoss *self, gint64 now_us);
void vav_rate_loss_try (VavRateLoss *self, gint64 now_us);
VavRateVerdict vav_rate_loss_judge (VavRateLoss *self, double share, gint64 rtt_us, gint64 now_us);
void vav_rate_loss_stop (VavRateLoss *self, gint64 now_us);

G_END_DECLS
