/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "net/call/vav-call.h"
#include "net/call/vav-endpoint.h"
#include "net/media/vav-media.h"
#include "net/signal/vav-direct.h"
#include "net/signal/vav-identity.h"

G_BEGIN_DECLS

/* What the endpoint is to its streams, its calls and its door. */

typedef struct _VavDoor VavDoor;

VavIdentity *vav_endpoint_get_identity (VavEndpoint *self);
VavMedia *vav_endpoint_get_media (VavEndpoint *self);
guint64 vav_endpoint_next_value (VavEndpoint *self);
guint16 vav_endpoint_get_port (VavEndpoint *self); /* where we can be called back; 0: nowhere */
gboolean vav_endpoint_is_closing (VavEndpoint *self);

/* The address to dial: a person's name, an address, or "" for this computer. */
VavAddress *vav_endpoint_find_address (VavEndpoint *self, const char *text, GError **error);

/* A stream's detection, state or call has changed: list it or not, open or close the door. */
void vav_endpoint_stream_changed (VavEndpoint *self, VavStream *stream);

/* The stream that the next request arrives on; (transfer full) (nullable): all are busy. */
VavStream *vav_endpoint_pick_stream (VavEndpoint *self, gboolean for_self);
void vav_endpoint_raise (VavEndpoint *self, VavStream *stream, VavRequest *request);
void vav_endpoint_set_listening_address (VavEndpoint *self, char *address);
void vav_endpoint_tell_listen_failed (VavEndpoint *self, const GError *error);

/* What must be finished before the endpoint is closed: channels that still flush, sessions being taken down. */
void vav_endpoint_begin_task (VavEndpoint *self);
void vav_endpoint_end_task (VavEndpoint *self);
void vav_endpoint_close_channel (VavEndpoint *self, VavChannel *channel);

G_END_DECLS
