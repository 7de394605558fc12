/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "net/signal/vav-broker.h"

G_BEGIN_DECLS

/**
 * VavTunnels:
 *
 * Connections that run through a broker instead of over TCP. Each ends here in a pair of AF_UNIX sockets: we pump one (see vav-tunnel-frame.h for what
 * goes over the broker), TLS is spoken over the other as over any socket, and tells who is there and what was tampered with. The
 * broker can therefore lose or hold up, and no more.
 *
 * A tunnel outlives the connection to the broker: what was not acknowledged is sent again when that is back. It ends when both directions have
 * ended, when either side closes its socket, when nothing was acknowledged for 30 s, or by a gap; all but the first is the end of the stream without
 * close_notify at the other side, so that order and reset are told apart as over TCP.
 *
 * Caps: VAV_TUNNELS_MAX tunnels from outside, 16 new ones a second in the long run, only those that begin with a whole TLS ClientHello, none whose id was
 * seen before, none older than ten minutes by its own time stamp; 256 KiB a tunnel and direction. Main-context object. Private to signal.
 *
 * Signals:
 * - `incoming` (GSocket *): somebody dialled our inbox; a reference to the socket is the handler's to take
 * - `changed`: as of the broker, after the tunnels know
 */
#define VAV_TYPE_TUNNELS (vav_tunnels_get_type ())
G_DECLARE_FINAL_TYPE (VavTunnels, vav_tunnels, VAV, TUNNELS, GObject)

#define VAV_TUNNELS_MAX 256

VavTunnels *vav_tunnels_new (VavBroker *broker, const char *own_id);
VavBroker *vav_tunnels_get_broker (VavTunnels *self);
gboolean vav_tunnels_is_closed (
    VavTunnels *self); /* disposed, by g_object_run_dispose() for who still holds it: `changed` told */
gboolean vav_tunnels_wake (VavTunnels *self); /* whether one can dial now; if not, the broker is tried at once */

/* Whether new ones are taken from the inbox. It is read on while an old one runs through it. */
void vav_tunnels_set_open (VavTunnels *self, gboolean open);
gboolean vav_tunnels_is_reachable (VavTunnels *self); /* open, and the broker said that it brings the mail */

/* One that we dial, as long as somebody wants to know what became of it. */
typedef struct _VavTunnel VavTunnel;

/* The broker must be connected. VAV_ERROR_FAILED: no descriptors are left; UNREACHABLE: they are closed. */
VavTunnel *vav_tunnels_dial (VavTunnels *self, const char *id, GSocket **socket, GError **error);
const GError *vav_tunnel_get_error (VavTunnel *self); /* (nullable): why it ended before anything came: UNREACHABLE */
gboolean vav_tunnel_has_received (VavTunnel *self);
gboolean
vav_tunnel_found_nobody (VavTunnel *self); /* the broker, or who reads there, says that they are not to be had */
void vav_tunnel_unref (VavTunnel *self);

G_END_DECLS
