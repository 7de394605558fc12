/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

#include "net/signal/vav-message.h"

G_BEGIN_DECLS

/**
 * VavChannel:
 *
 * One signalling connection whose peer is known: TLS is up, version, ALPN and certificate were judged, both hellos were
 * exchanged. Carriers (direct today, a broker later) make channels; calls use them.
 *
 * Lives in one main context (the thread-default one where it was made); all functions and signals there.
 *
 * Signals:
 * - `message` (VavMessage *): a valid message came in. Messages are delivered after vav_channel_start().
 * - `closed` (GError * nullable): nothing more will come. NULL: the peer closed in order (close_notify).
 *   VAV_ERROR_RESET: cut or reset; VAV_ERROR_PROTOCOL or _TOO_LARGE: it talked nonsense, and we have closed. Exactly once, also after our own close.
 */
#define VAV_TYPE_CHANNEL (vav_channel_get_type ())
G_DECLARE_FINAL_TYPE (VavChannel, vav_channel, VAV, CHANNEL, GObject)

const char *vav_channel_get_peer_id (VavChannel *self);
const char *vav_channel_get_peer_name (VavChannel *self);
const char *vav_channel_get_peer_address (VavChannel *self);
guint vav_channel_get_peer_version (VavChannel *self);
gboolean vav_channel_peer_has_feature (VavChannel *self, const char *feature);
gboolean vav_channel_is_local (VavChannel *self);

void vav_channel_start (VavChannel *self);
gboolean vav_channel_send (VavChannel *self, VavMessage *message, GError **error);

/* Sends what is queued, then close_notify, then waits for the peer's end for at most 2 s, in the background: the channel keeps itself
 * alive. vav_channel_flush_async() settles when all that was queued has gone to the kernel (or cannot any more). */
void vav_channel_close (VavChannel *self);
void vav_channel_abort (VavChannel *self);
void vav_channel_flush_async (VavChannel *self, GAsyncReadyCallback callback, gpointer user_data);
gboolean vav_channel_flush_finish (VavChannel *self, GAsyncResult *result, GError **error);

G_END_DECLS
