/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "net/core/vav-error.h"

G_BEGIN_DECLS

#define VAV_MAX_LINK 1024

/**
 * VavCard:
 * @name: (nullable): what the person calls themselves; a hint, nobody vouches for it
 * @id: (nullable): canonical id of their key
 * @address: (nullable): `HOST:PORT` where they can be called
 *
 * Somebody's card: what one gives to another so that they can call. As a link it is
 * `visavis:ID@HOST:PORT?name=NAME` (RFC 3986: an opaque path and a query); unknown parts of the query are passed over, so that newer cards can
 * say more.
 */
typedef struct
{
  char *name;
  char *id;
  char *address;
} VavCard;

VavCard *vav_card_new (const char *name, const char *id, const char *address);
VavCard *vav_card_parse (const char *link, GError **error);
char *vav_card_to_link (const VavCard *self);
void vav_card_free (VavCard *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VavCard, vav_card_free)

G_END_DECLS
