/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "net/signal/vav-tunnel-frame.h"
#include "net/signal/vav-tunnels.h"

G_BEGIN_DECLS

/* One tunnel, seen from its set (vav-tunnels.c). vav-tunnel.c pumps it. */

#define VAV_TUNNEL_KEY_SIZE                                                                                            \
  (VAV_TUNNEL_ID_SIZE + 1) /* and the direction of what comes in: a call to oneself has both ends here */

struct _VavTunnel
{
  VavTunnels *owner; /* NULL once it is over */
  guint8 key[VAV_TUNNEL_KEY_SIZE];
  char *topic;   /* where our frames go */
  char *answers; /* that we dialled: name for OPEN; NULL: we were dialled */
  GSocket *outside;
  GSource *watch;
  gboolean inside_closed; /* TLS has closed its socket: what it wrote is still read */

  /* out */
  guint64 sent;   /* the offset of the next byte */
  GQueue unacked; /* of Sent, the oldest first */
  gboolean end_sent;
  gboolean deaf;   /* the other side ended its half, then all: what we send is for nobody */
  gint64 progress; /* when the oldest was sent, or one before it acknowledged: µs */
  guint n_again;
  GSource *again;
  guint open_number; /* of the publish that opened it; 0: something came since */

  /* in */
  VavTunnelOrder *order;
  GByteArray *pending; /* in order, not written to the socket yet */
  guint64 acked;
  gboolean end_taken;
  gboolean end_written;

  GError *error;
  gboolean nobody; /* nobody reads that inbox, or its owner takes nothing from it */
};

VavTunnel *vav_tunnel_new (VavTunnels *owner, const guint8 *key, const char *topic, const char *answers,
                           GSocket **inside, GError **error);
VavTunnel *vav_tunnel_ref (VavTunnel *self);
void vav_tunnel_start (VavTunnel *self);
void vav_tunnel_take (VavTunnel *self, const VavTunnelFrame *frame);
/* The broker is back: what is not acknowledged is sent again, and the other side is told what came, so that it does the same. */
void vav_tunnel_resend (VavTunnel *self);

/* This program ends: sends what TLS has written up to now, as far as the window goes, and that no more comes. */
void vav_tunnel_leave (VavTunnel *self);

/* Closes the socket and leaves the set. Takes the error (nullable), which is told only if nothing came. */
void vav_tunnel_finish (VavTunnel *self, GError *error);

/* By the set. number (nullable): for QoS 1. */
gboolean vav_tunnels_publish (VavTunnels *self, const char *topic, GBytes *frame, guint *number);
void vav_tunnels_forget (VavTunnels *self, VavTunnel *tunnel);

G_END_DECLS
