/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Somebody in the middle, with a key of their own, whom both sides take for the other: passes on what they say, and lies where a test wants it
 * to. A call through it is real in all else. Threads of its own. */
typedef struct _Relay Relay;

/* from_caller: who said it. Returns what goes on instead (transfer full); NULL: nothing. On the relay's threads, one at a time. */
typedef char *(*RelayFilter) (gboolean from_caller, const char *json, gpointer user_data);

/* The same for the pieces of files. Returns what goes on instead (transfer full). */
typedef GBytes *(*RelayPieceFilter) (gboolean from_caller, GBytes *piece, gpointer user_data);

Relay *relay_new (const char *callee); /* HOST:PORT */
void relay_free (Relay *self);
const char *relay_get_address (Relay *self);
void relay_set_filter (Relay *self, RelayFilter filter, gpointer user_data);
void relay_set_piece_filter (Relay *self, RelayPieceFilter filter, gpointer user_data);

/* Says that to one side in the other's name, as soon as that side has said hello; a call id is put in. */
void relay_say (Relay *self, gboolean to_caller, const char *json);

/* The same on the files' connection; waits for it. */
void relay_say_piece (Relay *self, gboolean to_caller, GBytes *piece);

/* Resets the files' connection. */
void relay_cut_pieces (Relay *self);

/* Resets it towards the caller only: the callee's side stays open, and nobody is behind it. */
void relay_cut_pieces_of_caller (Relay *self);

/* Takes no further connection. */
void relay_close_door (Relay *self);

G_END_DECLS
