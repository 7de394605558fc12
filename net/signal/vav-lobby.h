/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * VavLobby:
 *
 * Where connections wait that said nothing yet: a descriptor and a source each, no TLS. Who sent a whole TLS
 * ClientHello goes on to the handshake (`ready`), who sends anything else gets an alert, who is silent for 10 s is
 * dropped. When there are too many, in all or from one source, the oldest is dropped, so that silence never keeps a
 * talking one out. Main-context object. Private to signal.
 */
typedef struct _VavLobby VavLobby;

/* The socket is the callee's from then on; source: see vav_socket_dup_source(). */
typedef void (*VavLobbyReady) (GSocket *socket, const char *source, gpointer user_data);

VavLobby *vav_lobby_new (VavLobbyReady ready, gpointer user_data);
void vav_lobby_free (VavLobby *self); /* not from inside ready */
void vav_lobby_add (VavLobby *self, GSocket *socket);
gboolean vav_lobby_drop_oldest (VavLobby *self); /* FALSE: nobody waits */
guint vav_lobby_get_n_waiting (VavLobby *self);

G_END_DECLS
