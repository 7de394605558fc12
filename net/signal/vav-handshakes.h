/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "net/signal/vav-channel.h"
#include "net/signal/vav-identity.h"
#include "net/signal/vav-sources.h"

G_BEGIN_DECLS

/**
 * VavHandshakes:
 *
 * Takes strangers' connections through TLS and hello. A handshake holds a thread, so at most four run at once, and 64 a second are begun; the others
 * queue: our own people's places and sources that had few handshakes lately come first. While others queue, a slow one is given 1.5 s instead
 * of 5, in a crowd what its round trip needs. Queue and hellos are capped. Main-context object. Private to signal.
 */
typedef struct _VavHandshakes VavHandshakes;

/* A peer whose hello was read: transfer full. */
typedef void (*VavHandshakesDone) (VavChannel *channel, gpointer user_data);

VavHandshakes *vav_handshakes_new (VavIdentity *identity, VavSources *sources, VavHandshakesDone done,
                                   gpointer user_data);
void vav_handshakes_free (VavHandshakes *self); /* cancels all; also from inside done */
void vav_handshakes_set_name (VavHandshakes *self, const char *name);
/* Takes the source; until: when TLS must be up. */
void vav_handshakes_add (VavHandshakes *self, GSocket *socket, VavSource *source, gint64 until);
/* Puts out one that waits or has not said hello; FALSE: the source has none. */
gboolean vav_handshakes_drop_one_of (VavHandshakes *self, VavSource *source);

G_END_DECLS
