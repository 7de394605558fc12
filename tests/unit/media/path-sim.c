/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "path-sim.h"

#include <math.h>

#include "path-sim-private.h"

#define PAYLOAD 1200
#define CLOCK_UNIT_US 250 /* of feedback */
#define CLOCK_OFFSET_US G_GINT64_CONSTANT (5000000000)
#define HOUR_US G_GINT64_CONSTANT (3600000000)
#define MAX_AGE_US 500000
#define REPAIRS 3

/* The bottleneck */
static double
get_capacity (PathSim *self)
{
  double capacity = self->options.capacity[0].bitrate;

  for (guint i = 0; i < G_N_ELEMENTS (self->options.capacity) && self->options.capacity[i].bitrate > 0; i++)
    if ((double)self->now_us >= self->options.capacity[i].at_s * 1e6)
      capacity = self->options.capacity[i].bitrate;

  return capacity;
}

static double
get_queue_ms (PathSim *self)
{
  return (double)self->queue_bytes * 8e3 / get_capacity (self);
}

static void
serve (PathSim *self)
{
  Packet *packet = g_queue_peek_head (&self->queue);

  if (packet != NULL)
    path_events_add (&self->events, self->now_us + (gint64)(packet->bytes * 8e6 / get_capacity (self)), DEPART, 0,
                     NULL);
}

void
path_sim_enter_path (PathSim *self, Packet *packet)
{
  self->flows[packet->flow].sent_bytes += packet->bytes;
  if (get_queue_ms (self) > self->options.queue_ms)
    {
      g_free (packet);
      return;
    }
  g_queue_push_tail (&self->queue, packet);
  self->queue_bytes += packet->bytes;
  if (self->queue.length == 1)
    serve (self);
}

/* Gilbert–Elliott: all is lost in the bad state, nothing in the good one. */
static gboolean
is_lost (PathSim *self)
{
  double burst = MAX (self->options.burst, 1), loss = self->options.loss, chance = g_rand_double (self->rand);

  if (burst <= 1)
    return chance < loss;

  self->bad = self->bad ? chance >= 1 / burst : chance < loss / (1 - loss) / burst;
  return self->bad;
}

static void
on_depart (PathSim *self)
{
  Packet *packet = g_queue_pop_head (&self->queue);
  Flow *flow = &self->flows[packet->flow];
  double longer_ms = (double)self->now_us > self->options.longer_from_s * 1e6 ? self->options.longer_ms : 0;
  double wait_ms = flow->options.delay_ms + longer_ms + g_rand_double (self->rand) * self->options.jitter_ms;
  gint64 arrival_us = MAX (self->now_us + (gint64)(wait_ms * 1e3), flow->last_arrival_us);
  gint64 stall_us = (gint64)(self->options.stall_s * 1e6), end_us = stall_us + (gint64)(self->options.stall_ms * 1e3);

  self->queue_bytes -= packet->bytes;
  if (is_lost (self))
    g_free (packet);
  else
    {
      if (self->options.batch_ms > 0)
        arrival_us
            = (gint64)(ceil ((double)arrival_us / (self->options.batch_ms * 1e3)) * self->options.batch_ms * 1e3);
      if (arrival_us >= stall_us && arrival_us < end_us)
        arrival_us = end_us;
      flow->last_arrival_us = arrival_us;
      path_events_add (&self->events, arrival_us, ARRIVE, packet->flow, packet);
    }
  serve (self);
}

/* A call: the receiver reports at the end of each picture, or at intervals, as GStreamer's does. */
static void
send_report (PathSim *self, Flow *flow, guint index)
{
  g_autoptr (GArray) report = g_array_new (FALSE, FALSE, sizeof (VavRatePacket));
  gint64 wait_us = (gint64)(flow->options.delay_ms * 1e3), at_us = self->now_us;
  double now_s = (double)self->now_us / 1e6;

  flow->unmarked = 0;
  flow->next_report_us = self->now_us + (gint64)(self->options.interval_ms * 1e3);
  for (; flow->reported < flow->highest; flow->reported++)
    {
      Sent *sent = &flow->table[(flow->reported + 1) & 0xffff];
      VavRatePacket packet = { (guint16)(flow->reported + 1), sent->sent_us, sent->received_us, sent->bytes };

      g_array_append_val (report, packet);
    }
  if (now_s >= self->options.slow_from_s && now_s < self->options.slow_to_s)
    wait_us += (gint64)(self->options.slow_ms * 1e3);
  at_us += wait_us;
  if (self->options.mixed)
    {
      path_events_add (&self->events, at_us + g_rand_int_range (self->rand, 0, 80000), REPORT, index,
                       g_array_copy (report));
      at_us += g_rand_int_range (self->rand, 0, 80000);
    }
  if (g_rand_double (self->rand) >= self->options.feedback_loss && now_s >= self->options.deaf_s)
    path_events_add (&self->events, at_us, REPORT, index, g_steal_pointer (&report));
}

/* GStreamer's rtptwcc.c does not wait for ever for the end of a picture that was lost. */
static gboolean
must_report (Flow *flow)
{
  gint64 span = flow->highest - flow->reported;
  guint lost = 0;

  for (gint64 number = flow->reported + 1; number <= flow->highest; number++)
    lost += flow->table[number & 0xffff].received_us < 0 ? 1 : 0;

  return lost >= 60 && (span - lost >= 30 || flow->unmarked >= 10);
}

static void
arrive_in_call (PathSim *self, Flow *flow, Packet *packet)
{
  Sent *sent = &flow->table[packet->number & 0xffff];
  gint64 clock_us = CLOCK_OFFSET_US + (gint64)((double)self->now_us * (1 + self->options.drift));

  if ((double)self->now_us < self->options.late_s * 1e6)
    {
      flow->reported = flow->highest = packet->number;
      return;
    }
  if (self->options.clock_jump_s > 0 && (double)self->now_us > self->options.clock_jump_s * 1e6)
    clock_us += HOUR_US;
  sent->received_us = clock_us / CLOCK_UNIT_US * CLOCK_UNIT_US;
  flow->highest = packet->number;
  flow->unmarked += packet->marker ? 0 : 1;
  if (self->options.interval_ms > 0 ? self->now_us >= flow->next_report_us : packet->marker || must_report (flow))
    send_report (self, flow, packet->flow);
}

static void
trace_report (PathSim *self, const GArray *report)
{
  fprintf (self->trace, "@%" G_GINT64_FORMAT "\n", self->now_us - self->traced_us);
  self->traced_us = self->now_us;
  for (guint i = 0; i < report->len; i++)
    {
      const VavRatePacket *packet = &g_array_index (report, VavRatePacket, i);
      gint64 took_us = packet->received_us < 0 ? -1 : packet->received_us - CLOCK_OFFSET_US - packet->sent_us + 1000;

      fprintf (self->trace, "%u %" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %u\n", packet->sequence,
               self->now_us - packet->sent_us, took_us, packet->bytes);
    }
}

static void
start_pacing (PathSim *self, Flow *flow, guint index)
{
  if (flow->pacing)
    return;

  flow->pacing = TRUE;
  path_events_add (&self->events, MAX (self->now_us, flow->paced_until_us), PACE, index, NULL);
}

/* As vav-pacer.c does, before the next picture. */
static void
repair (PathSim *self, Flow *flow, const GArray *report, guint index)
{
  for (guint i = report->len; i-- > 0;)
    {
      const VavRatePacket *lost = &g_array_index (report, VavRatePacket, i);
      guint repairs = flow->table[lost->sequence].repairs;
      Packet *packet;

      if (lost->received_us >= 0 || repairs == 0)
        continue;
      packet = g_new0 (Packet, 1);
      packet->flow = index;
      packet->bytes = lost->bytes;
      packet->repairs = repairs - 1;
      packet->sent_us = self->now_us;
      flow->queued_bytes += packet->bytes;
      g_queue_push_head (&flow->pacer, packet);
    }
  start_pacing (self, flow, index);
}

static void
on_report (PathSim *self, Flow *flow, GArray *report, guint index)
{
  if (flow->options.repair)
    repair (self, flow, report, index);
  if (self->trace != NULL && flow == self->flows)
    trace_report (self, report);
  vav_rate_estimator_feed (flow->estimator, (VavRatePacket *)(gpointer)report->data, report->len, self->now_us);
  if (self->options.late_s > 0 && !flow->heard)
    vav_rate_estimator_hear (flow->estimator, self->now_us);
  flow->heard = TRUE;
  g_array_unref (report);
}

static void
leave_now (PathSim *self, Flow *flow, Packet *packet)
{
  flow->paced_until_us = MAX (flow->paced_until_us, self->now_us)
                         + (gint64)(packet->bytes * 8e6 / MAX (vav_rate_estimator_get_pacing (flow->estimator), 1));
  packet->number = flow->next++;
  packet->sent_us = self->now_us;
  flow->table[packet->number & 0xffff] = (Sent){ self->now_us, -1, packet->bytes, packet->repairs };
  path_sim_enter_path (self, packet);
}

static void
on_pace (PathSim *self, Flow *flow, guint index)
{
  Packet *packet;

  if (self->now_us < flow->paced_until_us) /* sound went in between */
    {
      path_events_add (&self->events, flow->paced_until_us, PACE, index, NULL);
      return;
    }
  packet = g_queue_pop_head (&flow->pacer);
  flow->pacing = packet != NULL;
  if (packet == NULL)
    return;

  flow->queued_bytes -= packet->bytes;
  leave_now (self, flow, packet);
  path_events_add (&self->events, flow->paced_until_us, PACE, index, NULL);
}

gboolean
path_sim_is_silent (PathSim *self, Flow *flow)
{
  double now_s = (double)self->now_us / 1e6;

  return (now_s >= flow->options.pause_s && now_s < flow->options.resume_s)
         || (flow->options.stop_s > 0 && now_s >= flow->options.stop_s);
}

/* As vav-pacer.c does: a picture without the one before it is of no use, and a new beginning is made. */
static void
drop_old (PathSim *self, Flow *flow)
{
  Packet *first = g_queue_peek_head (&flow->pacer);

  if (first == NULL || self->now_us - first->sent_us <= MAX_AGE_US)
    return;

  g_queue_clear_full (&flow->pacer, g_free);
  flow->queued_bytes = 0;
  flow->source.next_key_us = self->now_us;
}

static void
on_picture (PathSim *self, Flow *flow, guint index)
{
  gint64 left;

  path_events_add (&self->events, self->now_us + PATH_PICTURE_US, PICTURE, index, NULL);
  drop_old (self, flow);
  if (path_sim_is_silent (self, flow))
    return;

  left = path_source_make (&flow->source, &flow->options, vav_rate_estimator_get_bitrate (flow->estimator),
                           self->now_us, self->rand);
  while (left > 0)
    {
      Packet *packet = g_new0 (Packet, 1);

      packet->flow = index;
      packet->bytes = (guint)MIN (left, PAYLOAD) + 40;
      left -= PAYLOAD;
      packet->marker = left <= 0;
      packet->repairs = flow->options.repair ? REPAIRS : 0;
      packet->sent_us = self->now_us; /* to the pacer, for now */
      flow->queued_bytes += packet->bytes;
      g_queue_push_tail (&flow->pacer, packet);
    }
  start_pacing (self, flow, index);
}

static void
on_sound (PathSim *self, Flow *flow, guint index)
{
  path_events_add (&self->events, self->now_us + PATH_SOUND_US, SOUND, index, NULL);
  if (!path_sim_is_silent (self, flow))
    {
      Packet *packet = g_new0 (Packet, 1);

      packet->flow = index;
      packet->bytes = flow->options.sound_bytes;
      leave_now (self, flow, packet);
    }
}

static void
on_arrive (PathSim *self, Flow *flow, Packet *packet)
{
  flow->received_bytes += packet->bytes;
  if (flow->options.kind == PATH_TCP)
    {
      path_events_add (&self->events, self->now_us + (gint64)(flow->options.delay_ms * 1e3), ACK, packet->flow, packet);
      return;
    }
  arrive_in_call (self, flow, packet);
  g_free (packet);
}

static void
on_start (PathSim *self, Flow *flow, guint index)
{
  if (flow->options.kind == PATH_TCP)
    {
      path_sim_tcp_begin (self, flow, index);
      if (flow->next <= 10)
        path_events_add (&self->events, self->now_us + TICK_US, TICK, index, NULL);
      return;
    }
  flow->source.rate = vav_rate_estimator_get_bitrate (flow->estimator);
  on_picture (self, flow, index);
  if (flow->options.sound_bytes > 0)
    on_sound (self, flow, index);
  path_events_add (&self->events, self->now_us + TICK_US, TICK, index, NULL);
}

static void
on_tick (PathSim *self, Flow *flow, guint index)
{
  path_events_add (&self->events, self->now_us + TICK_US, TICK, index, NULL);
  if (flow->options.kind == PATH_TCP)
    path_sim_tcp_tick (self, flow, index);
  else
    vav_rate_estimator_tick (flow->estimator, self->now_us,
                             flow->queued_bytes * 8000000 / MAX (vav_rate_estimator_get_pacing (flow->estimator), 1));
}

static void
on_sample (PathSim *self)
{
  PathSample sample
      = { .at_s = (double)self->now_us / 1e6, .capacity = get_capacity (self), .queue_ms = get_queue_ms (self) };

  for (guint i = 0; i < self->n_flows; i++)
    {
      Flow *flow = &self->flows[i];

      if (flow->estimator != NULL)
        sample.estimated_ms[i] = (double)vav_rate_estimator_get_queue_us (flow->estimator) / 1e3;
      sample.rate[i] = flow->estimator != NULL ? vav_rate_estimator_get_bitrate (flow->estimator) : 0;
      sample.sent[i] = (double)flow->sent_bytes * 8e6 / TICK_US;
      sample.received[i] = (double)flow->received_bytes * 8e6 / TICK_US;
      flow->sent_bytes = flow->received_bytes = 0;
    }
  g_array_append_val (self->samples, sample);
  path_events_add (&self->events, self->now_us + TICK_US, SAMPLE, 0, NULL);
}

static void
dispatch (PathSim *self, const PathEvent *event)
{
  Flow *flow = &self->flows[event->flow];

  switch (event->kind)
    {
    case START:
      on_start (self, flow, event->flow);
      break;
    case PICTURE:
      on_picture (self, flow, event->flow);
      break;
    case SOUND:
      on_sound (self, flow, event->flow);
      break;
    case PACE:
      on_pace (self, flow, event->flow);
      break;
    case DEPART:
      on_depart (self);
      break;
    case ARRIVE:
      on_arrive (self, flow, event->data);
      break;
    case REPORT:
      on_report (self, flow, event->data, event->flow);
      break;
    case ACK:
      path_sim_tcp_on_ack (self, flow, event->flow, event->data);
      break;
    case TICK:
      on_tick (self, flow, event->flow);
      break;
    case SAMPLE:
      on_sample (self);
      break;
    }
}

void
path_sim_run (PathSim *self, double until_s)
{
  while (path_events_get_time (&self->events) <= (gint64)(until_s * 1e6))
    {
      PathEvent event = path_events_take (&self->events);

      self->now_us = event.time_us;
      dispatch (self, &event);
    }
}

PathSim *
path_sim_new (const PathOptions *options, const PathFlow *flows, guint n_flows)
{
  PathSim *self = g_new0 (PathSim, 1);

  self->options = *options;
  self->n_flows = n_flows;
  self->rand = g_rand_new_with_seed (options->seed);
  path_events_init (&self->events);
  self->samples = g_array_new (FALSE, FALSE, sizeof (PathSample));
  for (guint i = 0; i < n_flows; i++)
    {
      Flow *flow = &self->flows[i];

      flow->options = flows[i];
      if (flows[i].kind == PATH_CALL)
        {
          flow->estimator = vav_rate_estimator_new (flows[i].start, flows[i].min, flows[i].max);
          flow->table = g_new0 (Sent, 0x10000);
          flow->next = 65000; /* wraps soon */
          flow->reported = flow->highest = flow->next - 1;
        }
      path_events_add (&self->events, (gint64)(flows[i].start_s * 1e6) + 7000 * i, START, i, NULL);
    }
  path_events_add (&self->events, TICK_US, SAMPLE, 0, NULL);

  return self;
}

void
path_sim_set_trace (PathSim *self, FILE *trace)
{
  self->trace = trace;
  fprintf (trace, "# SPDX-License-Identifier: LGPL-2.1-or-later\n"
                  "# @ a report, so many us after the one before; then of each packet its number, how long ago it was "
                  "sent, how long it\n"
                  "# took (-1: lost; the clocks differ), both in us, and its bytes\n");
}

void
path_sim_free (PathSim *self)
{
  while (!path_events_is_empty (&self->events))
    {
      PathEvent event = path_events_take (&self->events);

      if (event.kind == REPORT)
        g_array_unref (event.data);
      else
        g_free (event.data);
    }
  g_queue_clear_full (&self->queue, g_free);
  for (guint i = 0; i < self->n_flows; i++)
    {
      g_queue_clear_full (&self->flows[i].pacer, g_free);
      vav_rate_estimator_free (self->flows[i].estimator);
      g_free (self->flows[i].table);
    }
  path_events_clear (&self->events);
  g_array_unref (self->samples);
  g_rand_free (self->rand);
  g_free (self);
}

const PathSample *
path_sim_get_samples (PathSim *self, guint *n)
{
  *n = self->samples->len;

  return (const PathSample *)(gpointer)self->samples->data;
}
