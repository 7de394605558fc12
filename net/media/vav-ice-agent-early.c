/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/media/vav-ice-agent-private.h"

/* Packets that leave before there is a path: VavIceEarly, for other threads. */

typedef struct
{
  VavIceAgent *self;
  GBytes *packet;
} Leaving;

static void
leaving_free (gpointer data)
{
  Leaving *leaving = data;

  vav_ice_agent_unref (leaving->self);
  g_bytes_unref (leaving->packet);
  g_free (leaving);
}

/* ICE thread */
static gboolean
on_leaving (gpointer data)
{
  Leaving *leaving = data;

  if (leaving->self->early != NULL)
    vav_ice_early_take (leaving->self->early, leaving->packet);

  return G_SOURCE_REMOVE;
}

gboolean
vav_ice_agent_has_path (VavIceAgent *self)
{
  return g_atomic_int_get (&self->has_path);
}

void
vav_ice_agent_send_early (VavIceAgent *self, const char *data, gsize length)
{
  g_autoptr (GSource) source = g_idle_source_new ();
  Leaving *leaving = g_new0 (Leaving, 1);

  leaving->self = vav_ice_agent_ref (self);
  leaving->packet = g_bytes_new (data, length);
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, on_leaving, leaving, leaving_free);
  g_mutex_lock (&self->lock);
  if (!self->closing)
    g_source_attach (source, self->context);
  g_mutex_unlock (&self->lock);
}

static void
do_begin_early (VavIceAgent *self, char **args)
{
  self->events.early (self->user_data);
}

void
vav_ice_agent_begin_early (VavIceAgent *self)
{
  if (!self->config.relay_only)
    vav_ice_agent_post (self, do_begin_early, NULL, NULL);
}

/* Any thread */
void
vav_ice_agent_mark (VavIceAgent *self, VavStep step)
{
  vav_timeline_mark (self->config.timeline, step);
}
