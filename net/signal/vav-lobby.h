/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

#include "net/signal/vav-sources.h"

G_BEGIN_DECLS

/**
 * VavLobby:
 *
 * Where connections wait that said nothing yet: a descriptor and a source each, no TLS. Who sent a whole TLS
 * ClientHello goes on to the handshake (`ready`), who sends anything else gets an alert, who is silent for 5 s is
 * dropped. When there are too many the listener drops some, so that silence never keeps a talking one out.
 * Main-context object. Private to signal.
 */
typedef struct _VavLobby VavLobby;

/* The socket is the callee's from then on, and so is the connection's place in the source. until: when the handshake must be over. */
typedef void (*VavLobbyReady) (GSocket *socket, VavSource *source, gint64 until, gpointer user_data);

VavLobby *vav_lobby_new (VavSources *sources, VavLobbyReady ready, gpointer user_data);
void vav_lobby_free (VavLobby *self);                                    /* not from inside ready */
void vav_lobby_add (VavLobby *self, GSocket *socket, VavSource *source); /* takes the source */

/* The oldest of the source that yields first; FALSE: nobody waits. Or the oldest of that source. */
gboolean vav_lobby_drop_one (VavLobby *self);
gboolean vav_lobby_drop_one_of (VavLobby *self, VavSource *source);

G_END_DECLS
