/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A path between two computers, in time of its own: a bottleneck with a queue, delay, jitter, loss, and the flows that share it. The same
 * seed gives the same run, to the last packet. */
#pragma once

#include <stdio.h>

#include "net/media/vav-rate-estimator.h"

#define PATH_FLOWS 32

typedef struct
{
  double at_s, bitrate;
} PathCapacity;

typedef struct
{
  PathCapacity capacity[32];              /* from when on how much, in bit/s; ends with a zero rate */
  double queue_ms;                        /* what waits longer than this is dropped */
  double jitter_ms;                       /* each packet up to so much more; the order is kept */
  double loss, burst;                     /* 0..1 after the bottleneck; mean length of a run */
  double feedback_loss;                   /* of reports */
  double deaf_s;                          /* no report comes before: the way back is flooded too */
  double late_s;                          /* nothing is heard before: the receiver has no keys yet */
  double slow_from_s, slow_to_s, slow_ms; /* when feedback needs so much longer */
  double interval_ms;                     /* between reports; 0: one at the end of each picture */
  double batch_ms;                        /* the receiver looks at its socket so often; 0: at once */
  double stall_s, stall_ms;        /* when the receiver does not get to look at its socket for so long; 0: never */
  double longer_from_s, longer_ms; /* from when on each way of the packets is so much longer; 0: never */
  double drift;                    /* how much faster the receiver's clock goes */
  gboolean mixed;                  /* reports come twice, and out of order */
  double clock_jump_s;             /* when the receiver's clock jumps by an hour; 0: never */
  guint seed;
} PathOptions;

typedef enum
{
  PATH_CALL, /* pictures and sound, with an estimator and a pacer */
  PATH_TCP,  /* as much as it can: Reno (RFC 5681) */
} PathKind;

typedef struct
{
  PathKind kind;
  double delay_ms; /* one way, without the queue */
  double start_s, stop_s;
  double pause_s, resume_s; /* no pictures and no sound; 0: never */
  guint start, min, max;    /* of the estimator */
  double source;            /* what the picture needs at most, in bit/s; 0: any */
  double source_until_s;    /* the picture stands still until then */
  double key_s;             /* a key frame so often; 0: only the first */
  double follow_ms;         /* in which the encoder follows its rate; 0: 200 */
  double spread;            /* how much smaller or larger pictures are than their mean, 0..1; 0: a quarter */
  gboolean repair;          /* what was lost of pictures is sent again, up to three times */
  guint sound_bytes;        /* of each 20 ms, on the wire */
  double size, idle_s;      /* TCP: so many bytes, then silence; 0: without end */
} PathFlow;

typedef struct
{
  double at_s, capacity, queue_ms;
  double estimated_ms[PATH_FLOWS];                                 /* the queue, as the estimator sees it */
  double rate[PATH_FLOWS], sent[PATH_FLOWS], received[PATH_FLOWS]; /* bit/s, the last two in this tenth of a second */
} PathSample;

typedef struct _PathSim PathSim;

PathSim *path_sim_new (const PathOptions *options, const PathFlow *flows, guint n_flows);
void path_sim_free (PathSim *self);
void path_sim_set_trace (PathSim *self, FILE *trace);
void path_sim_run (PathSim *self, double until_s);

/* A sample each tenth of a second. */
const PathSample *path_sim_get_samples (PathSim *self, guint *n);
double path_sim_get_rate (PathSim *self, guint flow, double at_s);
double path_sim_get_lowest (PathSim *self, guint flow, double from_s, double to_s);
double path_sim_get_highest (PathSim *self, guint flow, double from_s, double to_s);
double path_sim_get_sent (PathSim *self, guint flow, double from_s, double to_s);
double path_sim_get_received (PathSim *self, guint flow, double from_s, double to_s);
double path_sim_get_utilisation (PathSim *self, double from_s, double to_s);
double path_sim_get_queue (PathSim *self, double part, double from_s, double to_s);
double path_sim_get_reached (PathSim *self, guint flow, double rate, double from_s);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PathSim, path_sim_free)
