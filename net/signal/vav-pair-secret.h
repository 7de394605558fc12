/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "net/signal/vav-identity.h"

G_BEGIN_DECLS

#define VAV_PAIR_SECRET_SIZE 32

/* What two people's keys make, and nobody else can: ECDH (P-256) of their long-term keys, the same on both sides and in every year. Takes some 0.3 ms.
 * spki: the other's public key, as vav_channel_dup_peer_key() gives it. FALSE: it is not that of id, is of another kind, or is our own. */
gboolean vav_pair_secret_make (VavIdentity *identity, const char *id, GBytes *spki, guint8 *secret);

/* A key for one purpose, from the secret: HMAC-SHA-256 of purpose ‖ teller ‖ reader (two ids, of one length). 32 bytes. */
void vav_pair_secret_derive (const guint8 *secret, const char *purpose, const char *teller, const char *reader,
                             guint8 *key);

G_END_DECLS
