/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "net/core/vav-error.h"
#include "net/core/vav-server-url.h"

G_BEGIN_DECLS

#define VAV_MAX_LINK 2048

/**
 * VavCard:
 * @name: (nullable): what the person calls themselves; a hint, nobody vouches for it
 * @id: (nullable): canonical id of their key
 * @address: (nullable): `HOST:PORT` where they can be called
 * @servers: (array fixed-size=3): of each #VavServerKind: (nullable): its URL, by which they can be reached from anywhere
 *
 * Somebody's card: what one gives to another so that they can call. As a link it is
 * `visavis:ID@HOST:PORT?name=NAME&broker=URL&stun=URL&turn=URL` (RFC 3986: an opaque path and a query); unknown parts of the query are passed over,
 * so that newer cards can say more. Without id and address it is a household's invitation: `visavis:?broker=URL…`.
 */
typedef struct
{
  char *name;
  char *id;
  char *address;
  char *servers[VAV_N_SERVER_KINDS];
} VavCard;

#define VAV_TYPE_CARD (vav_card_get_type ())
GType vav_card_get_type (void);
VavCard *vav_card_new (const char *name, const char *id, const char *address);
VavCard *vav_card_parse (const char *link, GError **error);
VavCard *vav_card_copy (const VavCard *self);
void vav_card_set_server (VavCard *self, VavServerKind kind, const char *url);
gboolean vav_card_has_servers (const VavCard *self);
char *vav_card_to_link (const VavCard *self);
void vav_card_free (VavCard *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VavCard, vav_card_free)

G_END_DECLS
