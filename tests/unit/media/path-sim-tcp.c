/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "path-sim-private.h"

#define TCP_BYTES 1500

static void
tcp_send (PathSim *self, Flow *flow, guint index)
{
  while (!path_sim_is_silent (self, flow) && flow->left > 0 && (double)flow->in_flight < flow->window)
    {
      Packet *packet = g_new0 (Packet, 1);

      packet->flow = index;
      packet->bytes = TCP_BYTES;
      packet->number = flow->next++;
      packet->sent_us = self->now_us;
      flow->in_flight++;
      flow->left -= TCP_BYTES;
      path_sim_enter_path (self, packet);
    }
}

void
path_sim_tcp_begin (PathSim *self, Flow *flow, guint index)
{
  flow->window = 10;
  flow->threshold = G_MAXINT;
  flow->in_flight = 0;
  flow->expected = flow->next;
  flow->ack_us = self->now_us;
  flow->left = flow->options.size > 0 ? (gint64)flow->options.size : G_MAXINT64;
  tcp_send (self, flow, index);
}

void
path_sim_tcp_on_ack (PathSim *self, Flow *flow, guint index, Packet *packet)
{
  flow->ack_us = self->now_us;
  if (packet->number >= flow->expected)
    {
      gint64 lost = packet->number - flow->expected;

      flow->in_flight = MAX (flow->in_flight - lost - 1, 0);
      flow->expected = packet->number + 1;
      if (lost > 0 && packet->number > flow->recover)
        {
          flow->window = flow->threshold = MAX (flow->window / 2, 2);
          flow->recover = flow->next;
        }
      else if (lost == 0)
        flow->window += flow->window < flow->threshold ? 1 : 1 / flow->window;
    }
  g_free (packet);
  if (flow->left <= 0 && flow->in_flight == 0 && flow->options.idle_s > 0)
    path_events_add (&self->events, self->now_us + (gint64)(flow->options.idle_s * 1e6), START, index, NULL);
  else
    tcp_send (self, flow, index);
}

void
path_sim_tcp_tick (PathSim *self, Flow *flow, guint index)
{
  if (flow->in_flight == 0 || self->now_us - flow->ack_us < G_USEC_PER_SEC)
    return;

  flow->threshold = MAX (flow->window / 2, 2);
  flow->window = 2;
  flow->in_flight = 0;
  flow->expected = flow->next;
  flow->ack_us = self->now_us;
  tcp_send (self, flow, index);
}
