/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The other end of a signalling connection, made by hand with GnuTLS so that it can do what ours never does. Blocking; any one thread. */
typedef struct _Rogue Rogue;

typedef enum
{
  ROGUE_END_NONE,  /* not ended yet, or nothing came in time */
  ROGUE_END_BYE,   /* close_notify */
  ROGUE_END_EOF,   /* TCP ended without close_notify */
  ROGUE_END_RESET, /* RST */
  ROGUE_END_ALERT, /* a fatal TLS alert, or something that is not TLS */
} RogueEnd;

typedef struct
{
  const char *priority;    /* GnuTLS's words for versions; NULL: TLS 1.3 */
  const char *alpn;        /* NULL: none */
  const char *pem;         /* key and certificate; NULL: a fresh one of our kind */
  gboolean no_certificate; /* a client shows none; a server one that is not self-signed */
} RogueStyle;

int rogue_connect (const char *host, guint16 port);
int rogue_connect_from (const char *from, const char *host, guint16 port);
    /* a descriptor, or -1 */                       /* from: (nullable): an address of ours */
int rogue_listen (const char *host, guint16 *port); /* 0: any, and it is told */
Rogue *rogue_new (int fd, gboolean server);         /* takes the descriptor */
void rogue_free (Rogue *self);                      /* closes as the kernel does when a program dies */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Rogue, rogue_free)

gboolean rogue_handshake (Rogue *self, const RogueStyle *style);
char *rogue_dup_peer_id (Rogue *self); /* (nullable) */

gboolean rogue_send_plain (Rogue *self, const void *bytes, gsize length); /* below TLS */
gboolean rogue_send_bytes (Rogue *self, const void *bytes, gsize length);
gboolean rogue_send_frame (Rogue *self, const char *json);
gboolean rogue_send_message (Rogue *self, const char *json); /* the same, with a seq put in unless it has one */
gboolean rogue_send_piece (Rogue *self, GBytes *body);       /* a frame of any bytes, also of none */
gboolean rogue_send_hello (Rogue *self);

/* The next frame; NULL: the end (see rogue_get_end()) or nothing within the time. */
char *rogue_receive (Rogue *self, int timeout_ms);
GBytes *rogue_receive_bytes (Rogue *self, int timeout_ms); /* the same, of any bytes */
gboolean rogue_has_pending (Rogue *self);               /* decrypted bytes wait, though the descriptor may be silent */
RogueEnd rogue_await_end (Rogue *self, int timeout_ms); /* reads all there is until the end */
RogueEnd rogue_get_end (Rogue *self);
const char *rogue_end_to_string (RogueEnd end);
int rogue_get_fd (Rogue *self);

/* Three ways to go, and the descriptor is closed. */
void rogue_bye (Rogue *self);
void rogue_eof (Rogue *self);
void rogue_reset (Rogue *self);

G_END_DECLS
