/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/media/vav-ice-agent-private.h"

/* Our servers that say nothing: why that is, so that it can be told. On the ICE thread, but for probe(). */

#define PATIENCE_MS 2500 /* who gave no address by then is asked why, for as long again */

/* There is no other way than the relay, and that is none. */
static void
do_give_up (VavIceAgent *self, char **args)
{
  self->events.state (self->user_data, NICE_COMPONENT_STATE_FAILED);
}

static void
conclude (VavIceAgent *self, VavIceRelayState state)
{
  gboolean news;

  g_mutex_lock (&self->lock);
  news = self->report.relay == VAV_ICE_RELAY_ASKED && state != VAV_ICE_RELAY_WORKS;
  if (news)
    self->report.relay = state;
  g_mutex_unlock (&self->lock);
  if (!news)
    return;
  vav_ice_agent_review_end (self);
  if (self->config.relay_only && state != VAV_ICE_RELAY_ASKED)
    vav_ice_agent_post (self, do_give_up, NULL, NULL);
}

static void
note_name (VavIceAgent *self, VavIceNameState state)
{
  g_mutex_lock (&self->lock);
  self->report.name = state;
  g_mutex_unlock (&self->lock);
}

/* A thread of its own. What a relay has to say is told before anything of a STUN server, so that is not asked beside one. */
static gpointer
probe (gpointer data)
{
  VavIceAgent *self = data;
  const VavIceUrl *server = self->config.turn != NULL ? self->config.turn : self->config.stun;
  VavIceNameState name = vav_ice_report_look_up (server, self->cancellable);

  if (name == VAV_ICE_NAME_ASKED)
    return NULL; /* it is over */
  note_name (self, name);
  if (self->config.turn != NULL)
    conclude (self,
              name == VAV_ICE_NAME_FOUND ? vav_ice_report_probe (server, self->cancellable) : VAV_ICE_RELAY_SILENT);
  return NULL;
}

static gboolean
is_silent (VavIceAgent *self, const VavIceReport *report)
{
  if (self->config.turn != NULL)
    return report->relay == VAV_ICE_RELAY_ASKED;
  return !report->reflexive && !report->outside && !g_atomic_int_get (&self->has_path);
}

static gboolean
on_patience (gpointer data)
{
  VavIceAgent *self = data;
  VavIceReport report;

  vav_ice_agent_get_report (self, &report);
  if (is_silent (self, &report) && self->probe == NULL)
    {
      note_name (self, VAV_ICE_NAME_ASKED);
      self->probe = g_thread_new ("vav-ice-probe", probe, self);
      return G_SOURCE_CONTINUE;
    }

  conclude (self, VAV_ICE_RELAY_SILENT); /* a name that is still looked for, as a rule */
  return G_SOURCE_REMOVE;
}

void
vav_ice_agent_begin_patience (VavIceAgent *self)
{
  if (self->config.turn == NULL && self->config.stun == NULL)
    return;
  self->patience = g_timeout_source_new (PATIENCE_MS);
  g_source_set_callback (self->patience, on_patience, self, NULL);
  g_source_attach (self->patience, self->context);
}

void
vav_ice_agent_end_patience (VavIceAgent *self)
{
  if (self->patience != NULL)
    g_source_destroy (self->patience);
  g_clear_pointer (&self->patience, g_source_unref);
  g_clear_pointer (&self->probe, g_thread_join);
}
