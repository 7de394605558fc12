/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "net/call/vav-endpoint-private.h"

G_BEGIN_DECLS

/* Where requests come in: the port that others dial, open while a stream detects, and a second one on the loopback that only this user's own key may
 * use, for calls to oneself. Owned by the endpoint, which it points back to. */

VavDoor *vav_door_new (VavEndpoint *endpoint);
void vav_door_free (VavDoor *self);
gboolean vav_door_set_where (VavDoor *self, const char *host_port, GError **error);
void vav_door_set_open (VavDoor *self, gboolean open, gboolean in_call, gboolean direct);
gboolean vav_door_is_open (VavDoor *self); /* requests may come in, by whatever carrier */
void vav_door_review (VavDoor *self);
/* Somebody whose hello was read, by whatever carrier they came. */
void vav_door_admit (VavDoor *self, VavChannel *channel);
void vav_door_set_name (VavDoor *self, const char *name);
guint16 vav_door_get_port (VavDoor *self);
const char *vav_door_get_host (VavDoor *self); /* (nullable): all addresses of this computer */
guint16 vav_door_open_for_self (VavDoor *self, GError **error);
void vav_door_close_for_self (VavDoor *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VavDoor, vav_door_free)

G_END_DECLS
