/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/signal/vav-rendezvous.h"

#include "net/signal/vav-handshakes.h"
#include "net/signal/vav-tls.h"

/* All who come by the broker stand in one queue: their addresses are not known, and those who come by TCP are not to wait for them. */
#define SOURCE "broker"

struct _VavRendezvous
{
  GObject parent_instance;

  /* owned */
  VavBroker *broker;
  VavTunnels *tunnels;
  VavSources *sources;
  VavPresence *presence;
  VavHandshakes *handshakes;
};

enum
{
  SIGNAL_CHANNEL,
  SIGNAL_CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (VavRendezvous, vav_rendezvous, G_TYPE_OBJECT)

/* Nobody took it: dropping the last reference closes it. */
static void
on_shaken (VavChannel *channel, gpointer data)
{
  g_autoptr (VavRendezvous) self = g_object_ref (data);

  g_signal_emit (self, signals[SIGNAL_CHANNEL], 0, channel);
  g_object_unref (channel);
}

static void
on_incoming (VavTunnels *tunnels, GSocket *socket, VavRendezvous *self)
{
  vav_handshakes_add (self->handshakes, socket, vav_sources_take (self->sources, SOURCE),
                      g_get_monotonic_time () + VAV_TLS_HANDSHAKE_MS * G_TIME_SPAN_MILLISECOND);
}

static void
on_changed (VavTunnels *tunnels, VavRendezvous *self)
{
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

static void
vav_rendezvous_dispose (GObject *object)
{
  vav_rendezvous_close (VAV_RENDEZVOUS (object));
  G_OBJECT_CLASS (vav_rendezvous_parent_class)->dispose (object);
}

static void
vav_rendezvous_class_init (VavRendezvousClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = vav_rendezvous_dispose;

  signals[SIGNAL_CHANNEL] = g_signal_new ("channel", VAV_TYPE_RENDEZVOUS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                          G_TYPE_NONE, 1, VAV_TYPE_CHANNEL);
  signals[SIGNAL_CHANGED]
      = g_signal_new ("changed", VAV_TYPE_RENDEZVOUS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
vav_rendezvous_init (VavRendezvous *self)
{
}

VavRendezvous *
vav_rendezvous_new (VavIdentity *identity, const char *url, GError **error)
{
  g_autoptr (VavBroker) broker = vav_broker_new (url, error);
  VavRendezvous *self;

  if (broker == NULL)
    return NULL;
  self = g_object_new (VAV_TYPE_RENDEZVOUS, NULL);
  self->broker = g_steal_pointer (&broker);
  self->tunnels = vav_tunnels_new (self->broker, vav_identity_get_id (identity));
  self->sources = vav_sources_new (NULL, NULL);
  self->handshakes = vav_handshakes_new (identity, self->sources, on_shaken, self);
  g_signal_connect (self->tunnels, "incoming", G_CALLBACK (on_incoming), self);
  g_signal_connect (self->tunnels, "changed", G_CALLBACK (on_changed), self);
  self->presence = vav_presence_new (self->broker, identity);
  vav_broker_start (self->broker, vav_presence_get_will (self->presence));
  return self;
}

void
vav_rendezvous_close (VavRendezvous *self)
{
  if (self->broker == NULL)
    return;
  g_signal_handlers_disconnect_by_data (self->tunnels, self);
  g_clear_pointer (&self->handshakes, vav_handshakes_free);
  g_clear_pointer (&self->sources, vav_sources_free);
  g_object_run_dispose (G_OBJECT (self->tunnels)); /* a dial may hold them */
  vav_presence_close (self->presence);
  vav_broker_stop (self->broker);
  g_clear_object (&self->presence);
  g_clear_object (&self->tunnels);
  g_clear_object (&self->broker);
}

VavPresence *
vav_rendezvous_get_presence (VavRendezvous *self)
{
  return self->presence;
}

VavTunnels *
vav_rendezvous_get_tunnels (VavRendezvous *self)
{
  return self->tunnels;
}

void
vav_rendezvous_set_name (VavRendezvous *self, const char *name)
{
  vav_handshakes_set_name (self->handshakes, name);
}

void
vav_rendezvous_set_open (VavRendezvous *self, gboolean open)
{
  vav_tunnels_set_open (self->tunnels, open);
}

gboolean
vav_rendezvous_is_reachable (VavRendezvous *self)
{
  return vav_tunnels_is_reachable (self->tunnels);
}

gboolean
vav_rendezvous_is_connected (VavRendezvous *self)
{
  return vav_broker_is_connected (self->broker);
}

const GError *
vav_rendezvous_get_error (VavRendezvous *self)
{
  return vav_broker_get_error (self->broker);
}
