/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <nice/agent.h>

G_BEGIN_DECLS

/**
 * VavIceEarly:
 *
 * Sends DTLS's first packets before there is a path. A pair is selected a round trip after its first check left, and the other side's half a round
 * trip later still; a handshake that waits for that costs one round trip more than one that goes along with the checks. So until then its packets
 * go where the checks go: from our sockets to each address that the peer named, and again after 20, 60, 140, 300 and 620 ms, as the first ones may
 * find a router closed that opens with the peer's check. A check goes before them each time: libnice repeats its own after half a second at the
 * earliest, and the other side takes nothing from an address from which it had none. What is taken in is still libnice's to decide: nothing but what comes from an address
 * whose check was right. There is a cap on the datagrams, as an address may be somebody else's.
 *
 * Relayed candidates are left out: a relay lets nobody in unasked. All functions are for the thread of the context.
 */
typedef struct _VavIceEarly VavIceEarly;

#define VAV_ICE_EARLY_MAX_PACKETS 16   /* kept for a path */
#define VAV_ICE_EARLY_MAX_REMOTES 8    /* to which they go */
#define VAV_ICE_EARLY_MAX_DATAGRAMS 96 /* sent before there is a path */

VavIceEarly *vav_ice_early_new (NiceAgent *agent, GMainContext *context, guint stream, guint component);
void vav_ice_early_free (VavIceEarly *self);

/* What checks carry: without it none is sent. */
void vav_ice_early_set_local (VavIceEarly *self, const char *ufrag);
void vav_ice_early_set_remote (VavIceEarly *self, const char *ufrag, const char *password);

void vav_ice_early_add_remote (VavIceEarly *self, const NiceCandidate *candidate);
void vav_ice_early_take (VavIceEarly *self, GBytes *packet);

/* There is a path, of that stream: what was sent goes by it once more, the rest is the handshake's own business. What is taken from now on goes by the path at
 * once. */
void vav_ice_early_settle (VavIceEarly *self, guint stream);

/* How many datagrams were sent without a path. */
guint vav_ice_early_get_sent (VavIceEarly *self);

G_END_DECLS
