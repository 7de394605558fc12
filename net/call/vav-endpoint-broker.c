/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/call/vav-door.h"
#include "net/call/vav-endpoint-private.h"

/* The endpoint's broker: set, left, and what others are told of it. */

static void
set_meeting_address (VavEndpoint *self, gboolean reachable)
{
  if (reachable == (self->meeting_address != NULL))
    return;
  g_clear_pointer (&self->meeting_address, g_free);
  if (reachable)
    self->meeting_address = g_strconcat ("visavis:", vav_endpoint_get_id (self), NULL);
  g_object_notify (G_OBJECT (self), "meeting-address");
}

static void
on_changed (VavRendezvous *rendezvous, VavEndpoint *self)
{
  set_meeting_address (self, vav_door_is_open (self->door) && vav_rendezvous_is_reachable (rendezvous));
  g_object_notify (G_OBJECT (self), "broker-trouble");
}

static void
on_channel (VavRendezvous *rendezvous, VavChannel *channel, VavEndpoint *self)
{
  vav_door_admit (self->door, channel);
}

VavTunnels *
vav_endpoint_get_tunnels (VavEndpoint *self)
{
  return self->rendezvous != NULL ? vav_rendezvous_get_tunnels (self->rendezvous) : NULL;
}

void
vav_endpoint_review_meeting (VavEndpoint *self, gboolean open, gboolean in_call)
{
  if (self->rendezvous == NULL)
    return;
  vav_rendezvous_set_open (self->rendezvous, open || in_call);
  vav_endpoint_review_presence (self, open);
  set_meeting_address (self, open && vav_rendezvous_is_reachable (self->rendezvous));
}

void
vav_endpoint_clear_broker (VavEndpoint *self)
{
  g_autoptr (VavRendezvous) rendezvous = NULL;

  if (self->rendezvous == NULL)
    return;
  g_signal_handlers_disconnect_by_data (self->rendezvous, self);
  vav_endpoint_end_presence (self);
  rendezvous = g_steal_pointer (&self->rendezvous); /* calls that wait for it fail meanwhile, and find none */
  g_clear_pointer (&self->broker, g_free);
  vav_rendezvous_close (rendezvous);
}

/**
 * vav_endpoint_set_broker:
 * @url: (nullable): `mqtt://` or `mqtts://[USER:PASS@]HOST[:PORT]`, a meeting server: an MQTT 5 broker; %NULL: none
 * @error: VAV_ERROR_INVALID_ADDRESS
 *
 * People are called by it who share it, without knowing where they are (`visavis:ID`); and this user can be, while a stream detects. It learns
 * blinded names, sizes and times. `?ca=FILE` (PEM) and `&sha256=HEX` say which certificate it must have, where this computer's authorities do not vouch for
 * it. It is connected to in the background, again and again; another URL replaces it, and cuts what runs through it.
 */
gboolean
vav_endpoint_set_broker (VavEndpoint *self, const char *url, GError **error)
{
  VavRendezvous *rendezvous = NULL;

  g_return_val_if_fail (VAV_IS_ENDPOINT (self), FALSE);

  if (g_strcmp0 (url, self->broker) == 0)
    return TRUE;
  if (url != NULL)
    {
      rendezvous = vav_rendezvous_new (self->identity, url, error);
      if (rendezvous == NULL)
        return FALSE;
    }
  vav_endpoint_clear_broker (self);
  self->rendezvous = rendezvous;
  self->broker = g_strdup (url);
  if (rendezvous != NULL)
    {
      vav_rendezvous_set_name (rendezvous, self->identifier);
      g_signal_connect (rendezvous, "channel", G_CALLBACK (on_channel), self);
      g_signal_connect (rendezvous, "changed", G_CALLBACK (on_changed), self);
      vav_endpoint_begin_presence (self);
    }
  set_meeting_address (self, FALSE);
  vav_endpoint_review_door (self);
  g_object_notify (G_OBJECT (self), "broker");
  g_object_notify (G_OBJECT (self), "broker-trouble");
  return TRUE;
}

/**
 * vav_endpoint_get_broker:
 *
 * Returns: (nullable): the meeting server's URL
 */
const char *
vav_endpoint_get_broker (VavEndpoint *self)
{
  g_return_val_if_fail (VAV_IS_ENDPOINT (self), NULL);
  return self->broker;
}

/**
 * vav_endpoint_get_meeting_address:
 *
 * Returns: (nullable): `visavis:ID`, which who shares the meeting server can call now
 */
const char *
vav_endpoint_get_meeting_address (VavEndpoint *self)
{
  g_return_val_if_fail (VAV_IS_ENDPOINT (self), NULL);
  return self->meeting_address;
}

/**
 * vav_endpoint_is_broker_connected:
 *
 * Returns: whether it is connected to; changes with a notify of #VavEndpoint:broker-trouble
 */
gboolean
vav_endpoint_is_broker_connected (VavEndpoint *self)
{
  g_return_val_if_fail (VAV_IS_ENDPOINT (self), FALSE);
  return self->rendezvous != NULL && vav_rendezvous_is_connected (self->rendezvous);
}

/**
 * vav_endpoint_dup_broker_trouble:
 *
 * Returns: (transfer full) (nullable): why there is no connection to the meeting server, as a sentence; %NULL also before the first attempt has ended
 */
char *
vav_endpoint_dup_broker_trouble (VavEndpoint *self)
{
  const GError *error;

  g_return_val_if_fail (VAV_IS_ENDPOINT (self), NULL);
  error = self->rendezvous != NULL ? vav_rendezvous_get_error (self->rendezvous) : NULL;
  return error != NULL ? g_strdup (error->message) : NULL;
}

/**
 * vav_endpoint_set_direct:
 * @direct: whether calls are made and taken over TCP too; %FALSE: only by the broker
 */
void
vav_endpoint_set_direct (VavEndpoint *self, gboolean direct)
{
  g_return_if_fail (VAV_IS_ENDPOINT (self));

  if (self->no_direct == !direct)
    return;
  self->no_direct = !direct;
  vav_endpoint_review_door (self);
}

/**
 * vav_endpoint_get_direct:
 *
 * Returns: whether calls may go without a meeting server
 */
gboolean
vav_endpoint_get_direct (VavEndpoint *self)
{
  g_return_val_if_fail (VAV_IS_ENDPOINT (self), FALSE);
  return !self->no_direct;
}
