/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "path-sim-events.h"
#include "path-sim-source.h"
#include "path-sim.h"

#define TICK_US 100000

typedef enum
{
  START,
  PICTURE,
  SOUND,
  PACE,
  DEPART,
  ARRIVE,
  REPORT,
  ACK,
  TICK,
  SAMPLE,
} EventKind;

typedef struct
{
  guint flow, bytes;
  gint64 number, sent_us;
  gboolean marker;
  guint repairs; /* that are left */
} Packet;

typedef struct
{
  gint64 sent_us, received_us;
  guint bytes, repairs;
} Sent;

typedef struct
{
  PathFlow options;
  guint64 sent_bytes, received_bytes; /* since the last sample */
  gint64 next, last_arrival_us;

  /* a call */
  VavRateEstimator *estimator;
  PathSource source;
  gint64 paced_until_us, queued_bytes;
  GQueue pacer;
  gboolean pacing;
  Sent *table; /* by sequence number */
  gint64 reported, highest, next_report_us;
  gboolean heard; /* a report has come */
  guint unmarked; /* packets without a marker since the last report */

  /* TCP */
  double window, threshold;
  gint64 in_flight, expected, recover, ack_us, left;
} Flow;

struct _PathSim
{
  PathOptions options;
  Flow flows[PATH_FLOWS];
  guint n_flows;
  gint64 now_us;
  PathEvents events;
  GQueue queue;
  gint64 queue_bytes;
  gboolean bad; /* the link is in a run of losses */
  GRand *rand;
  GArray *samples;
  FILE *trace;
  gint64 traced_us;
};

void path_sim_enter_path (PathSim *self, Packet *packet);
gboolean path_sim_is_silent (PathSim *self, Flow *flow);

/* TCP, with what matters of it to others: the window, and how it changes */
void path_sim_tcp_begin (PathSim *self, Flow *flow, guint index);
void path_sim_tcp_tick (PathSim *self, Flow *flow, guint index);
void path_sim_tcp_on_ack (PathSim *self, Flow *flow, guint index, Packet *packet);
