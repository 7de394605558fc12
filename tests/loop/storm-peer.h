/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "net/call/vav-endpoint-private.h"
#include "tests/unit/signal/rogue.h"

G_BEGIN_DECLS

/* The other end of an endpoint's signalling, in the same process and main context, that says whatever the test wants. Over TLS by a rogue, which is the
 * whole way in; or over a plain pair of sockets with a channel made by hand, which is all but TLS and the listener, and many times faster. */
typedef struct _StormPeer StormPeer;

typedef enum
{
  STORM_TCP, /* plain, over the loopback: a peer on this computer */
  STORM_UNIX,
  STORM_TLS,
} StormCarrier;

#define STORM_N_CARRIERS (STORM_TLS + 1)

typedef enum
{
  STORM_END_BYE,   /* in order; over TLS with close_notify */
  STORM_END_EOF,   /* TCP's end alone */
  STORM_END_RESET, /* RST; of a UNIX socket there is none */
} StormEnd;

#define STORM_N_ENDS (STORM_END_RESET + 1)

/* What came in. */
typedef void (*StormHeard) (VavMessage *message, gpointer data);

/* Connects, and exchanges hellos. id: who this is, unless TLS tells. heard: see storm_peer_listen() */
StormPeer *storm_peer_knock (VavEndpoint *endpoint, StormCarrier carrier, const char *id);
/* Takes the endpoint's connection from a listening descriptor. NULL: it gave up, or the hello was not sent (polite: FALSE). */
StormPeer *storm_peer_take (int listener, gboolean polite);
void storm_peer_free (StormPeer *self);

/* Sends a frame. FALSE: the other side has ended the connection. */
gboolean storm_peer_send (StormPeer *self, GBytes *body);
/* Reads what there is. */
void storm_peer_listen (StormPeer *self, StormHeard heard, gpointer data);
gboolean storm_peer_is_open (StormPeer *self);
void storm_peer_end (StormPeer *self, StormEnd end);
const char *storm_peer_get_id (StormPeer *self);      /* over TLS: made of its key */
VavChannel *storm_peer_get_channel (StormPeer *self); /* (nullable): the endpoint's end, if it was made by hand */

G_DEFINE_AUTOPTR_CLEANUP_FUNC (StormPeer, storm_peer_free)

G_END_DECLS
