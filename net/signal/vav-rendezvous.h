/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "net/signal/vav-channel.h"
#include "net/signal/vav-identity.h"
#include "net/signal/vav-presence.h"
#include "net/signal/vav-tunnels.h"

G_BEGIN_DECLS

/**
 * VavRendezvous:
 *
 * The broker carrier, for somebody who takes and makes calls by it: the connection, the tunnels, and the handshakes of those who come.
 *
 * Signals:
 * - `channel` (VavChannel *): a peer whose hello was read, as of VavListener
 * - `changed`: what vav_rendezvous_is_reachable() and vav_rendezvous_get_error() say
 */
#define VAV_TYPE_RENDEZVOUS (vav_rendezvous_get_type ())
G_DECLARE_FINAL_TYPE (VavRendezvous, vav_rendezvous, VAV, RENDEZVOUS, GObject)

/* Connects, and stays connected until vav_rendezvous_close(). VAV_ERROR_INVALID_ADDRESS */
VavRendezvous *vav_rendezvous_new (VavIdentity *identity, const char *url, GError **error);
void vav_rendezvous_close (VavRendezvous *self);

VavPresence *vav_rendezvous_get_presence (VavRendezvous *self);
VavTunnels *vav_rendezvous_get_tunnels (VavRendezvous *self); /* to dial by */
void vav_rendezvous_set_name (VavRendezvous *self, const char *name);
void vav_rendezvous_set_open (VavRendezvous *self, gboolean open); /* whether calls are taken */
gboolean vav_rendezvous_is_reachable (VavRendezvous *self);
gboolean vav_rendezvous_is_connected (VavRendezvous *self);
const GError *vav_rendezvous_get_error (VavRendezvous *self); /* (nullable): why there is no connection now */

G_END_DECLS
