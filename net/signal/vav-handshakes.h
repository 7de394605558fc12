/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "net/signal/vav-channel.h"
#include "net/signal/vav-identity.h"

G_BEGIN_DECLS

/**
 * VavHandshakes:
 *
 * Takes strangers' connections through TLS and hello. A handshake holds a thread, so at most four run at once; the others queue, and
 * sources that have few running come first. While others queue, a slow one is given 1.5 s instead of 5. Queue and
 * hellos are capped: the oldest goes. Main-context object. Private to signal.
 */
typedef struct _VavHandshakes VavHandshakes;

/* A peer whose hello was read: transfer full. */
typedef void (*VavHandshakesDone) (VavChannel *channel, gpointer user_data);

VavHandshakes *vav_handshakes_new (VavIdentity *identity, VavHandshakesDone done, gpointer user_data);
void vav_handshakes_free (VavHandshakes *self); /* cancels all; also from inside done */
void vav_handshakes_set_name (VavHandshakes *self, const char *name);
void vav_handshakes_add (VavHandshakes *self, GSocket *socket, const char *source);

G_END_DECLS
