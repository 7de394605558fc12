/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/signal/vav-pair-secret.h"

#include <gmp.h>
#include <gnutls/abstract.h>
#include <gnutls/crypto.h>
#include <gnutls/x509.h>
#include <nettle/ecc-curve.h>
#include <nettle/ecc.h>
#include <string.h>

/* GnuTLS has had ECDH apart from TLS since 3.8.2 only, so it is Nettle's, on which GnuTLS stands. */

#define COORDINATE 32 /* bytes, P-256 */

static gboolean
read_own (VavIdentity *identity, gnutls_datum_t *k)
{
  g_autoptr (GByteArray) der = NULL;
  gnutls_x509_privkey_t key = NULL;
  gnutls_ecc_curve_t curve = GNUTLS_ECC_CURVE_INVALID;
  gnutls_datum_t datum;
  gboolean done = FALSE;

  g_object_get (vav_identity_get_certificate (identity), "private-key", &der, NULL);
  if (der == NULL || gnutls_x509_privkey_init (&key) < 0)
    return FALSE;
  datum = (gnutls_datum_t){ der->data, der->len };
  done = gnutls_x509_privkey_import2 (key, &datum, GNUTLS_X509_FMT_DER, NULL, 0) >= 0
         && gnutls_x509_privkey_export_ecc_raw (key, &curve, NULL, NULL, k) >= 0 && curve == GNUTLS_ECC_CURVE_SECP256R1;
  gnutls_x509_privkey_deinit (key);
  gnutls_memset (der->data, 0, der->len);
  return done;
}

static gboolean
read_other (GBytes *spki, gnutls_datum_t *x, gnutls_datum_t *y)
{
  gnutls_pubkey_t key = NULL;
  gnutls_ecc_curve_t curve = GNUTLS_ECC_CURVE_INVALID;
  gsize length;
  gconstpointer bytes = g_bytes_get_data (spki, &length);
  gnutls_datum_t datum = { (unsigned char *)bytes, (unsigned int)length };
  gboolean done;

  if (gnutls_pubkey_init (&key) < 0)
    return FALSE;
  done = gnutls_pubkey_import (key, &datum, GNUTLS_X509_FMT_DER) >= 0
         && gnutls_pubkey_export_ecc_raw (key, &curve, x, y) >= 0 && curve == GNUTLS_ECC_CURVE_SECP256R1;
  gnutls_pubkey_deinit (key);
  return done;
}

static void
import (mpz_t number, const gnutls_datum_t *datum)
{
  mpz_import (number, datum->size, 1, 1, 0, 0, datum->data);
}

static void
wipe_and_clear (mpz_t number)
{
  size_t limbs = mpz_size (number);

  if (limbs > 0)
    gnutls_memset (mpz_limbs_modify (number, (mp_size_t)limbs), 0, limbs * sizeof (mp_limb_t));
  mpz_clear (number);
}

/* The x coordinate of k · (x, y); FALSE: that is no point of the curve. */
static gboolean
multiply (const gnutls_datum_t *k, const gnutls_datum_t *x, const gnutls_datum_t *y, guint8 *shared)
{
  const struct ecc_curve *curve = nettle_get_secp_256r1 ();
  struct ecc_scalar scalar;
  struct ecc_point point;
  mpz_t a, b;
  size_t count = 0;
  gboolean done;

  mpz_init (a);
  mpz_init (b);
  ecc_scalar_init (&scalar, curve);
  ecc_point_init (&point, curve);
  import (a, k);
  done = ecc_scalar_set (&scalar, a) != 0;
  wipe_and_clear (a);
  mpz_init (a);
  import (a, x);
  import (b, y);
  done = done
         && ecc_point_set (&point, a, b) != 0; /* it checks the equation of the curve; the order of P-256 is prime */
  if (done)
    {
      ecc_point_mul (&point, &scalar, &point);
      ecc_point_get (&point, a, b);
      memset (shared, 0, COORDINATE);
      mpz_export (shared + COORDINATE - (mpz_sizeinbase (a, 2) + 7) / 8, &count, 1, 1, 0, 0, a);
    }
  wipe_and_clear (a);
  mpz_clear (b);
  ecc_scalar_clear (&scalar);
  ecc_point_clear (&point);
  return done;
}

static gboolean
is_key_of (GBytes *spki, const char *id)
{
  gsize length;
  const guint8 *bytes = g_bytes_get_data (spki, &length);
  g_autofree char *own = vav_id_from_spki (bytes, length);

  return g_strcmp0 (own, id) == 0;
}

gboolean
vav_pair_secret_make (VavIdentity *identity, const char *id, GBytes *spki, guint8 *secret)
{
  static const char salt[] = "visavis pair 1";
  gnutls_datum_t k = { NULL, 0 };
  gnutls_datum_t x = { NULL, 0 };
  gnutls_datum_t y = { NULL, 0 };
  guint8 shared[COORDINATE];
  gboolean done;

  if (g_strcmp0 (id, vav_identity_get_id (identity)) == 0 || !is_key_of (spki, id))
    return FALSE;
  done = read_own (identity, &k) && read_other (spki, &x, &y)
         && multiply (&k, &x, &y, shared)
         /* HKDF-Extract (RFC 5869): a coordinate is not evenly spread */
         && gnutls_hmac_fast (GNUTLS_MAC_SHA256, salt, sizeof salt - 1, shared, sizeof shared, secret) >= 0;
  if (k.data != NULL)
    gnutls_memset (k.data, 0, k.size);
  gnutls_memset (shared, 0, sizeof shared);
  gnutls_free (k.data);
  gnutls_free (x.data);
  gnutls_free (y.data);
  return done;
}

void
vav_pair_secret_derive (const guint8 *secret, const char *purpose, const char *teller, const char *reader, guint8 *key)
{
  g_autofree char *text = g_strconcat (purpose, teller, reader, NULL);

  if (gnutls_hmac_fast (GNUTLS_MAC_SHA256, secret, VAV_PAIR_SECRET_SIZE, text, strlen (text), key) < 0)
    g_error ("GnuTLS has no HMAC-SHA-256");
}
