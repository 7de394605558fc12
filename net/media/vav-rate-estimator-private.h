/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "net/media/vav-rate-delay.h"
#include "net/media/vav-rate-estimator.h"
#include "net/media/vav-rate-history.h"
#include "net/media/vav-rate-loss.h"

G_BEGIN_DECLS

#define MS 1000
#define MAX_STEP_US (200 * MS) /* growth is by feedback: none for the time without */
#define QUEUE_WINDOW_US (100 * MS)
#define WINDOW_PER_JITTER 6
#define SENT_WINDOW_US (500 * MS)
#define PROBE_WAIT_US (3 * G_USEC_PER_SEC)

struct _VavRateEstimator
{
  guint start, min, max;
  VavRateHistory history;
  VavRateDelay delay;
  VavRateLoss loss;

  /* clocks */
  gint64 now_us;               /* never goes back */
  gint64 began_us;             /* when the first packet of the history was sent; -1: none yet */
  gint64 fed_us;               /* the last feedback; -1: none yet */
  gint64 ticked_us, silent_us; /* for how long nothing came while we sent */
  gint64 interval_us;          /* from one feedback to the next, usually */
  gint64 updated_us;
  gint64 rtt_us;
  gboolean unheard;  /* less is sent since no first report has come */
  gboolean fresh;    /* the last report did not take much longer than usual */
  gint64 backlog_us; /* of the pacer */

  /* measured */
  gint64 least_us, queue_us;
  double floor_us; /* above the least delay, but no queue */
  double sent;

  /* control */
  double rate;
  double capacity;  /* what arrived when the path was full; 0: unknown */
  double full;      /* the rate when the path was full */
  gint64 full_us;   /* when that was */
  gint64 beyond_us; /* since when the rate is beyond it; -1: it never was */
  gboolean draining;
  double others_us;         /* the queue that others hold, and that must be borne */
  gint64 drain_us, peak_us; /* since when, and the longest queue since */
  gint64 peaked_us;         /* when that was */
  double owed_us;           /* of the queue what sending less should have emptied since the beginning */
  double peak_owed_us;      /* and since then */
  double share;             /* the capacity as it was taken then */
  double carried;           /* what the path carried without a queue, of the last minute or so */
  double regain;            /* up to where the rate is taken again since others have left; 0: they have not */
  gint64 others_least_us;   /* the least delay when the queue turned out to be theirs; %G_MININT64: it has not */
  double silenced;          /* the rate before feedback fell silent; 0: it has not */
  gint64 gap_us;            /* before the last feedback */
  gint64 doubted_us;        /* since when it is there again and tells of a long queue; -1: it does not */
  double held, tried;       /* the rate before less was tried, and what was really sent */
  double trial_share;       /* how much less that is */
  gboolean opening;         /* at the beginning: whether the path carries the rate to begin with is not known */
  gint64 probe_wait_us;     /* after the path was full nothing is probed for so long */
  gboolean probing;
};

/* Of the capacity, once the queue is empty, or turns out not to be ours. */
#define VAV_RATE_DRAINED 0.9

void vav_rate_estimator_set_rate (VavRateEstimator *self, double rate);
void vav_rate_estimator_control (VavRateEstimator *self);

G_END_DECLS
