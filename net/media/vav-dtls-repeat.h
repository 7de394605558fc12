/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * VavDtlsRepeat:
 *
 * Sends what DTLS's handshake sent once more, 250 and 500 ms later, unless something new of the other side's has come until then. DTLS itself waits a
 * second, then two, then four (RFC 6347, 4.2.4.1), which GStreamer lets nobody change: over a line that loses a fifth every second call waited for seconds,
 * and over one that loses a third some never came about. RFC 9147, 5.8.2, allows less for what is as urgent as a call. What comes twice is
 * thrown away by the other side (RFC 6347, 4.1.2.6).
 *
 * All functions are for the thread of the context.
 */
typedef struct _VavDtlsRepeat VavDtlsRepeat;

#define VAV_DTLS_REPEAT_MAX_WAITING 16
#define VAV_DTLS_REPEAT_MAX_SENT 64 /* in all */

/* @packet is to leave now, if there is a way. */
typedef void (*VavDtlsRepeatFunc) (gpointer user_data, GBytes *packet);

/* Any thread. Returns: whether that is a packet of the handshake, and no alert or data. */
gboolean vav_dtls_is_handshake (const guint8 *data, gsize length);

VavDtlsRepeat *vav_dtls_repeat_new (GMainContext *context, VavDtlsRepeatFunc send, gpointer user_data);
void vav_dtls_repeat_free (VavDtlsRepeat *self);

/* A packet of the handshake has left. */
void vav_dtls_repeat_add (VavDtlsRepeat *self, GBytes *packet);
/* Anything has come. */
void vav_dtls_repeat_receive (VavDtlsRepeat *self, const guint8 *data, gsize length);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VavDtlsRepeat, vav_dtls_repeat_free)

G_END_DECLS
