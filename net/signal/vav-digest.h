/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define VAV_DIGEST_SIZE 32

/* SHA-256 as the bytes come, by GnuTLS (it uses the processor's instructions for it). One thread at a time. */
typedef struct _VavDigest VavDigest;

VavDigest *vav_digest_new (void);
void vav_digest_free (VavDigest *self);
void vav_digest_update (VavDigest *self, const void *bytes, gsize length);
void vav_digest_reset (VavDigest *self);

/* Of what came up to now; more may come. */
void vav_digest_peek (VavDigest *self, guint8 *digest);

char *vav_digest_to_hex (const guint8 *digest);
gboolean vav_digest_from_hex (const char *hex, guint8 *digest); /* FALSE: not 64 lower-case hex digits */

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VavDigest, vav_digest_free)

G_END_DECLS
