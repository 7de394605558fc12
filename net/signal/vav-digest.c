/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/signal/vav-digest.h"

#include <gnutls/crypto.h>
#include <string.h>

struct _VavDigest
{
  gnutls_hash_hd_t hash;
};

static gnutls_hash_hd_t
make_hash (void)
{
  gnutls_hash_hd_t hash;

  if (gnutls_hash_init (&hash, GNUTLS_DIG_SHA256) < 0)
    g_error ("GnuTLS has no SHA-256");
  return hash;
}

VavDigest *
vav_digest_new (void)
{
  VavDigest *self = g_new (VavDigest, 1);

  self->hash = make_hash ();
  return self;
}

void
vav_digest_free (VavDigest *self)
{
  gnutls_hash_deinit (self->hash, NULL);
  g_free (self);
}

void
vav_digest_update (VavDigest *self, const void *bytes, gsize length)
{
  if (length > 0)
    gnutls_hash (self->hash, bytes, length);
}

void
vav_digest_reset (VavDigest *self)
{
  gnutls_hash_deinit (self->hash, NULL);
  self->hash = make_hash ();
}

void
vav_digest_peek (VavDigest *self, guint8 *digest)
{
  gnutls_hash_hd_t copy = gnutls_hash_copy (self->hash);

  if (copy == NULL)
    g_error ("GnuTLS cannot copy a hash");
  gnutls_hash_deinit (copy, digest);
}

char *
vav_digest_to_hex (const guint8 *digest)
{
  char *hex = g_malloc (2 * VAV_DIGEST_SIZE + 1);

  for (guint i = 0; i < VAV_DIGEST_SIZE; i++)
    g_snprintf (hex + 2 * i, 3, "%02x", digest[i]);
  return hex;
}

gboolean
vav_digest_from_hex (const char *hex, guint8 *digest)
{
  if (hex == NULL || strlen (hex) != 2 * VAV_DIGEST_SIZE || strspn (hex, "0123456789abcdef") != 2 * VAV_DIGEST_SIZE)
    return FALSE;
  for (guint i = 0; i < VAV_DIGEST_SIZE; i++)
    digest[i] = (guint8)(g_ascii_xdigit_value (hex[2 * i]) << 4 | g_ascii_xdigit_value (hex[2 * i + 1]));
  return TRUE;
}
