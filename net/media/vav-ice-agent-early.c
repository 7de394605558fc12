/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/media/vav-ice-agent-private.h"

/* DTLS's packets: before there is a path by VavIceEarly, and those of its handshake once more by VavDtlsRepeat; for other threads. */

typedef struct
{
  VavIceAgent *self;
  GBytes *packet;
  gboolean early, handshake;
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

  if (leaving->early && leaving->self->early != NULL)
    vav_ice_early_take (leaving->self->early, leaving->packet);
  if (leaving->handshake && leaving->self->repeat != NULL)
    vav_dtls_repeat_add (leaving->self->repeat, leaving->packet);

  return G_SOURCE_REMOVE;
}

gboolean
vav_ice_agent_has_path (VavIceAgent *self)
{
  return g_atomic_int_get (&self->has_path);
}

void
vav_ice_agent_send_dtls (VavIceAgent *self, const char *data, gsize length)
{
  gboolean early = !vav_ice_agent_has_path (self);
  gboolean handshake = vav_dtls_is_handshake ((const guint8 *)data, length);
  g_autoptr (GSource) source = NULL;
  Leaving *leaving;

  if (!early)
    vav_ice_agent_send (self, data, length);
  if (!early && !handshake)
    return;

  source = g_idle_source_new ();
  leaving = g_new0 (Leaving, 1);
  leaving->self = vav_ice_agent_ref (self);
  leaving->packet = g_bytes_new (data, length);
  leaving->early = early;
  leaving->handshake = handshake;
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, on_leaving, leaving, leaving_free);
  g_mutex_lock (&self->lock);
  if (!self->closing)
    g_source_attach (source, self->context);
  g_mutex_unlock (&self->lock);
}

/* ICE thread. Before there is a path VavIceEarly repeats them itself. */
void
vav_ice_agent_repeat (gpointer user_data, GBytes *packet)
{
  VavIceAgent *self = user_data;
  gsize length;
  const char *data = g_bytes_get_data (packet, &length);

  if (vav_ice_agent_has_path (self))
    vav_ice_agent_send (self, data, length);
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
