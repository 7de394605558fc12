/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "net/call/vav-peer.h"
#include "net/call/vav-people.h"

G_BEGIN_DECLS

VavPeer *vav_peer_new (VavPeople *people, const char *own_id, const char *id, const char *claimed_name,
                       const char *address, guint16 port);
const char *vav_peer_get_callback (VavPeer *self);

G_END_DECLS
