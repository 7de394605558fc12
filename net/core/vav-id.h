/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* An id names a key: the SHA-256 of its public key (SPKI). As text it is 52 base32 digits (RFC 4648, lower case)
 * and 4 check digits: VAV_ID_LENGTH characters, the canonical form that all code compares with
 * g_strcmp0(). For people it is written in groups of four. */
#define VAV_ID_LENGTH 56

char *vav_id_from_spki (const guint8 *spki, gsize length);
char *vav_id_parse (const char *text);
char *vav_id_to_display (const char *id);

G_END_DECLS
