/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "net/signal/vav-channel.h"

G_BEGIN_DECLS

/* How carriers make channels. Private to signal. */

/* stream: up and judged. socket (nullable): its bottom; tells the peer's address. */
VavChannel *vav_channel_new (GIOStream *stream, GSocket *socket, const char *peer_id);

/* Says hello and reads the other side's, which must be the first message (5 s). Then the channel is paused until vav_channel_start().
 * Errors: PROTOCOL, TIMEOUT, RESET, TLS, CLOSED (it ended the connection instead), G_IO_ERROR_CANCELLED; the channel
 * is then being closed. */
void vav_channel_open_async (VavChannel *self, const char *own_name, GCancellable *cancellable,
                             GAsyncReadyCallback callback, gpointer user_data);
gboolean vav_channel_open_finish (VavChannel *self, GAsyncResult *result, GError **error);

/* Says hello, and does not wait for the other side's: what is sent from now on leaves in the same flight. The channel is paused until
 * vav_channel_start(); the hello must be the first message then (5 s from now), and `greeted` tells of it. Errors as above come with `closed`. */
gboolean vav_channel_open_at_once (VavChannel *self, const char *own_name, GError **error);

gboolean vav_channel_is_started (VavChannel *self);

/* For tests: after how much silence a ping is sent, and the channel is given up. */
void vav_channel_set_patience (VavChannel *self, guint ping_ms, guint silence_ms);

G_END_DECLS
