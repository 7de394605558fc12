/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "net/core/vav-types.h"

G_BEGIN_DECLS

/* Who is at the other end of a call. Immutable. */
#define VAV_TYPE_PEER (vav_peer_get_type ())
G_DECLARE_FINAL_TYPE (VavPeer, vav_peer, VAV, PEER, GObject)

const char *vav_peer_get_name (VavPeer *self);    /* as we know them, else as they say */
const char *vav_peer_get_claimed_name (VavPeer *self);
const char *vav_peer_get_id (VavPeer *self);      /* canonical id */
const char *vav_peer_get_address (VavPeer *self); /* IP:PORT of the signalling connection */
VavTrust vav_peer_get_trust (VavPeer *self);
gboolean vav_peer_is_self (VavPeer *self);        /* our own key */
gboolean vav_peer_is_impostor (VavPeer *self);    /* an unknown key under the name of one of our people: warn */

G_END_DECLS
