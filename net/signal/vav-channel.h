/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

#include "net/core/vav-pipe.h"
#include "net/signal/vav-message.h"

G_BEGIN_DECLS

/**
 * VavChannel:
 *
 * One signalling connection whose peer is known: TLS is up, version, ALPN and certificate were judged, both hellos were
 * exchanged; or, on the dialling side, our own was said, and the peer's is the first thing that may come (is_greeted()). Carriers (direct, a broker)
 * make channels; calls use them.
 *
 * Lives in one main context (the thread-default one where it was made); all functions and signals there.
 *
 * It pings after 10 s of silence and answers pings; what comes from the peer is held to the rules (rising seq, at most
 * 2,000 messages at once and 200 a second in the long run, one hello, at most 16 messages of unknown type, each
 * answered with `unsupported`).
 *
 * Signals:
 * - `message` (VavMessage *): a valid message came in; never hello, ping or pong. Messages are delivered after
 *   vav_channel_start(), never from inside it; what came before is read then, in order.
 * - `greeted`: the peer's hello came after vav_channel_start(): its name and its features are known from now on. Before any `message`.
 * - `closed` (GError * nullable): nothing more will come. NULL: the peer closed in order (close_notify), or we did.
 *   VAV_ERROR_RESET: cut or reset; VAV_ERROR_TIMEOUT: silent for 30 s; VAV_ERROR_PROTOCOL or _TOO_LARGE: it talked
 *   nonsense, and we have closed; before the peer's hello also whatever vav_direct_dial_async() tells. Exactly once, also after our own close; never from inside a function of the channel.
 *
 * Handlers may call anything, also drop the last reference. A channel that is dropped without close or abort is closed in order.
 */
#define VAV_TYPE_CHANNEL (vav_channel_get_type ())
G_DECLARE_FINAL_TYPE (VavChannel, vav_channel, VAV, CHANNEL, GObject)

const char *vav_channel_get_peer_id (VavChannel *self);
GBytes *vav_channel_dup_peer_key (VavChannel *self);      /* (nullable): SPKI; what the id is the digest of */
GBytes *vav_channel_dup_peer_key (VavChannel *self);      /* (nullable): SPKI, whose digest the id is; NULL: no TLS */
const char *vav_channel_get_peer_name (VavChannel *self); /* (nullable): as it says; harmless characters only */
const char *vav_channel_get_peer_address (VavChannel *self); /* (nullable): HOST:PORT */
guint vav_channel_get_peer_version (VavChannel *self);
gboolean vav_channel_peer_has_feature (VavChannel *self, const char *feature);
gboolean vav_channel_is_greeted (VavChannel *self);
gboolean vav_channel_is_local (VavChannel *self); /* the peer is on this computer: its address is a loopback address */

/* Begins to deliver; from then on silence is noticed. Sending is possible before. */
void vav_channel_start (VavChannel *self);

/* Queues the message and gives it its seq. VAV_ERROR_CLOSED after the end or our close; VAV_ERROR_TOO_LARGE if the message is, or if 4 MiB
 * wait already because the peer does not read. */
gboolean vav_channel_send (VavChannel *self, VavMessage *message, GError **error);

/* Hello has the first number, and resume this one: what is sent again after it has one above, as it had on the connection before. */
#define VAV_CHANNEL_RESERVED_SEQ 2

/* Another connection for a call that had one: the numbers go on. The next message gets the number after @seq, which is above those of hello and resume. */
void vav_channel_continue (VavChannel *self, guint64 seq);

/* close(): sends what is queued, then close_notify, then waits for the peer's end for at most 2 s, in the background:
 * the channel keeps itself alive. What still comes is not delivered any more. abort(): at once; the peer sees a reset.
 * vav_channel_flush_async() settles when all that was queued has gone to the kernel (or cannot any more). */
void vav_channel_close (VavChannel *self);
void vav_channel_abort (VavChannel *self);
void vav_channel_flush_async (VavChannel *self, GAsyncReadyCallback callback, gpointer user_data);
gboolean vav_channel_flush_finish (VavChannel *self, GAsyncResult *result, GError **error);

/* Turns the connection into one of pieces, once what was sent has gone. Only from a handler of `message`, or before the start: nothing more is read as
 * messages, and `closed` is not told. The pipe is not started. VAV_ERROR_CLOSED if it has ended. */
void vav_channel_become_pipe_async (VavChannel *self, GAsyncReadyCallback callback, gpointer user_data);
VavPipe *vav_channel_become_pipe_finish (VavChannel *self, GAsyncResult *result, GError **error);

G_END_DECLS
