/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "net/core/vav-address.h"
#include "net/signal/vav-channel.h"
#include "net/signal/vav-identity.h"
#include "net/signal/vav-sources.h"
#include "net/signal/vav-tunnels.h"

G_BEGIN_DECLS

/* The direct carrier: TCP to the address, TLS 1.3 with certificates on both sides, ALPN visavis/1. */

typedef enum
{
  VAV_DIAL_RESOLVING,
  VAV_DIAL_CONNECTING,
  VAV_DIAL_TALKING, /* the other host has taken the connection */
} VavDialPhase;

typedef void (*VavDialProgress) (VavDialPhase phase, gpointer user_data);

/* Dials: looks the name up, tries the addresses side by side (RFC 8305), shakes hands, checks the id if the address has one, exchanges
 * hellos. Each step has its time limit; the whole takes at most 15 s. `progress` is called in the caller's context before the callback.
 * Errors: RESOLVE, UNREACHABLE, TIMEOUT, TLS, UNTRUSTED, PROTOCOL, G_IO_ERROR_CANCELLED. */
void vav_direct_dial_async (VavIdentity *identity, const VavAddress *address, const char *name,
                            GCancellable *cancellable, VavDialProgress progress, gpointer progress_data,
                            GAsyncReadyCallback callback, gpointer user_data);
VavChannel *vav_direct_dial_finish (GAsyncResult *result, GError **error);

/* The same without waiting for the peer's hello: what is sent from now on leaves in one flight with ours, a round trip earlier. The channel is
 * not yet greeted; how a connection ended that was cut before that is told to people by vav_direct_make_short(). */
void vav_direct_dial_at_once_async (VavIdentity *identity, const VavAddress *address, const char *name,
                                    GCancellable *cancellable, VavDialProgress progress, gpointer progress_data,
                                    GAsyncReadyCallback callback, gpointer user_data);
GError *vav_direct_make_short (const char *where);

/* The same as vav_direct_dial_async() through the broker of `tunnels`, whose inbox the address's id names; its host is not looked at. vav_direct_dial_finish() ends it. */
void vav_tunnel_dial_async (VavIdentity *identity, VavTunnels *tunnels, const VavAddress *address, const char *name,
                            GCancellable *cancellable, VavDialProgress progress, gpointer progress_data,
                            GAsyncReadyCallback callback, gpointer user_data);

/* Where somebody may be: `address`; with an id also at the `others` (nullable), each HOST:PORT, and behind the broker of `tunnels` (nullable). */
typedef struct
{
  const VavAddress *address;
  const char *const *others;
  VavTunnels *tunnels;
  gboolean no_direct; /* only through the broker */
  gboolean
      at_once; /* directly, as vav_direct_dial_at_once_async(): whoever has that id answers when the handshake is done */
} VavDialPlaces;

/* Dials somebody who may be at several places. The next is tried when the one before failed or was silent for 250 ms, the broker right after the first; the
 * first at which that id answers has it, and the rest is given up. `reached` (out, nullable, transfer full): where; without a host it was through the broker.
 * If nobody answers the error is that of the first place, or UNTRUSTED if somebody else answered at one of them. */
void vav_direct_dial_places_async (VavIdentity *identity, const VavDialPlaces *places, const char *name,
                                   GCancellable *cancellable, VavDialProgress progress, gpointer progress_data,
                                   GAsyncReadyCallback callback, gpointer user_data);
VavChannel *vav_direct_dial_places_finish (GAsyncResult *result, VavAddress **reached, GError **error);

/* What an error says of whom it was to reach. A broker's word is weaker than a host's: who changes the network is away from it for a moment. */
typedef enum
{
  VAV_DIAL_UNKNOWN,
  VAV_DIAL_ABSENT,  /* at each place that there is the broker said, or they did, that they take nothing there */
  VAV_DIAL_REFUSED, /* so it was, and a host was there and said that nobody listens on that port */
} VavDialVerdict;

/* In the callback, after an error. */
VavDialVerdict vav_direct_dial_judge (GAsyncResult *result);
VavDialVerdict vav_direct_dial_places_judge (GAsyncResult *result);

/**
 * VavListener:
 *
 * Listens on a port for callers. Signal `channel` (VavChannel *): a peer whose hello was read; take a reference and
 * call vav_channel_start() or it is closed.
 * Silent, slow and wrong peers cost little and hold nobody up: nothing is allocated for TLS before bytes came, few handshakes run at once, each has 5 s
 * from the first packet, and hello 5 s more. Connections that have not said hello are capped in all (1024, at most half of the descriptors) and per source
 * (64): the oldest of whoever has the most goes. Our own people's places go last and are served first.
 */
#define VAV_TYPE_LISTENER (vav_listener_get_type ())
G_DECLARE_FINAL_TYPE (VavListener, vav_listener, VAV, LISTENER, GObject)

VavListener *vav_listener_new (VavIdentity *identity);
void vav_listener_set_name (VavListener *self, const char *name);
void vav_listener_set_knows (VavListener *self, VavSourcesKnows knows, gpointer user_data); /* before it opens */
char *vav_listener_dup_source (const char *host); /* as `knows` is asked about it; NULL: it is no IP address */

/* host NULL: every address, IPv6 and IPv4. port 0: any. search: if the port is taken try the next ones (up to 20), then any. */
gboolean vav_listener_open (VavListener *self, const char *host, guint16 port, gboolean search, GError **error);
void vav_listener_close (VavListener *self);
gboolean vav_listener_is_open (VavListener *self);
guint16 vav_listener_get_port (VavListener *self);
char *vav_listener_dup_address (VavListener *self);

G_END_DECLS
