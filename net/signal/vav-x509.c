/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/signal/vav-x509.h"

#include <glib/gi18n-lib.h>
#include <gnutls/abstract.h>
#include <gnutls/crypto.h>
#include <gnutls/x509.h>

#define MAX_DER (8 * 1024)
#define LIFETIME (G_GINT64_CONSTANT (100) * 365 * 24 * 3600)

/* A computer's clock may be wrong: our own certificate must not be "not yet valid" elsewhere. (We do not look, others may.) */
#define BACKDATE (G_GINT64_CONSTANT (2) * 24 * 3600)

typedef struct
{
  gnutls_x509_privkey_t key;
  gnutls_x509_crt_t crt;
} Pair;

static void
pair_clear (Pair *pair)
{
  if (pair->crt != NULL)
    gnutls_x509_crt_deinit (pair->crt);
  if (pair->key != NULL)
    gnutls_x509_privkey_deinit (pair->key);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Pair, pair_clear)

static int
pair_init (Pair *pair)
{
  int code = gnutls_x509_privkey_init (&pair->key);

  return code < 0 ? code : gnutls_x509_crt_init (&pair->crt);
}

static int
fill_certificate (Pair *pair)
{
  static const char common_name[] = "visavis";
  guint8 serial[16];
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;
  int code = gnutls_rnd (GNUTLS_RND_NONCE, serial, sizeof serial);

  serial[0] &= 0x7f; /* RFC 5280, 4.1.2.2: positive */
  serial[0] |= 0x40;
  if (code >= 0)
    code = gnutls_x509_crt_set_version (pair->crt, 3);
  if (code >= 0)
    code = gnutls_x509_crt_set_serial (pair->crt, serial, sizeof serial);
  if (code >= 0)
    code = gnutls_x509_crt_set_activation_time (pair->crt, (time_t)(now - BACKDATE));
  if (code >= 0)
    code = gnutls_x509_crt_set_expiration_time (pair->crt, (time_t)(now + LIFETIME));
  if (code >= 0)
    code = gnutls_x509_crt_set_dn_by_oid (pair->crt, GNUTLS_OID_X520_COMMON_NAME, 0, common_name,
                                          sizeof common_name - 1);
  if (code >= 0)
    code = gnutls_x509_crt_set_key (pair->crt, pair->key);
  if (code >= 0)
    code = gnutls_x509_crt_set_key_usage (pair->crt, GNUTLS_KEY_DIGITAL_SIGNATURE);
  if (code >= 0)
    code = gnutls_x509_crt_sign2 (pair->crt, pair->crt, pair->key, GNUTLS_DIG_SHA256, 0);
  return code;
}

static char *
export_pem (Pair *pair, int *code)
{
  gnutls_datum_t key = { NULL, 0 };
  gnutls_datum_t crt = { NULL, 0 };
  char *pem = NULL;

  *code = gnutls_x509_privkey_export2_pkcs8 (pair->key, GNUTLS_X509_FMT_PEM, NULL, GNUTLS_PKCS_PLAIN, &key);
  if (*code >= 0)
    *code = gnutls_x509_crt_export2 (pair->crt, GNUTLS_X509_FMT_PEM, &crt);
  if (*code >= 0)
    pem = g_strdup_printf ("%.*s%.*s", (int)key.size, (char *)key.data, (int)crt.size, (char *)crt.data);
  gnutls_free (key.data);
  gnutls_free (crt.data);
  return pem;
}

char *
vav_x509_make_pem (GError **error)
{
  g_auto (Pair) pair = { NULL, NULL };
  char *pem = NULL;
  int code = pair_init (&pair);

  if (code >= 0)
    code = gnutls_x509_privkey_generate (pair.key, GNUTLS_PK_ECDSA, GNUTLS_CURVE_TO_BITS (GNUTLS_ECC_CURVE_SECP256R1),
                                         0);
  if (code >= 0)
    code = fill_certificate (&pair);
  if (code >= 0)
    pem = export_pem (&pair, &code);
  if (pem == NULL)
    g_set_error (error, VAV_ERROR, VAV_ERROR_PROFILE, _ ("A new identity cannot be made: %s"), gnutls_strerror (code));
  return pem;
}

gboolean
vav_x509_has_own_key (const char *pem, gsize length)
{
  g_auto (Pair) pair = { NULL, NULL };
  gnutls_datum_t datum = { (unsigned char *)pem, (unsigned int)length };
  guint8 of_key[64];
  guint8 of_crt[64];
  size_t key_size = sizeof of_key;
  size_t crt_size = sizeof of_crt;

  if (pair_init (&pair) < 0 || gnutls_x509_privkey_import2 (pair.key, &datum, GNUTLS_X509_FMT_PEM, NULL, 0) < 0
      || gnutls_x509_crt_import (pair.crt, &datum, GNUTLS_X509_FMT_PEM) < 0)
    return FALSE;
  if (gnutls_x509_privkey_get_key_id (pair.key, GNUTLS_KEYID_USE_SHA256, of_key, &key_size) < 0
      || gnutls_x509_crt_get_key_id (pair.crt, GNUTLS_KEYID_USE_SHA256, of_crt, &crt_size) < 0)
    return FALSE;
  return key_size == crt_size && memcmp (of_key, of_crt, key_size) == 0;
}

static GBytes *
export_spki (gnutls_x509_crt_t crt)
{
  gnutls_pubkey_t key = NULL;
  gnutls_datum_t der = { NULL, 0 };
  GBytes *spki = NULL;

  if (gnutls_pubkey_init (&key) < 0)
    return NULL;
  if (gnutls_pubkey_import_x509 (key, crt, 0) >= 0 && gnutls_pubkey_export2 (key, GNUTLS_X509_FMT_DER, &der) >= 0)
    spki = g_bytes_new (der.data, der.size);
  gnutls_free (der.data);
  gnutls_pubkey_deinit (key);
  return spki;
}

GBytes *
vav_x509_get_spki (GTlsCertificate *certificate, GError **error)
{
  g_auto (Pair) pair = { NULL, NULL };
  g_autoptr (GByteArray) der = NULL;
  gnutls_datum_t datum;
  GBytes *spki = NULL;

  g_return_val_if_fail (G_IS_TLS_CERTIFICATE (certificate), NULL);

  g_object_get (certificate, "certificate", &der, NULL);
  if (der != NULL && der->len <= MAX_DER && pair_init (&pair) >= 0)
    {
      datum = (gnutls_datum_t){ der->data, der->len };
      if (gnutls_x509_crt_import (pair.crt, &datum, GNUTLS_X509_FMT_DER) >= 0
          && g_tls_certificate_get_issuer (certificate) == NULL
          && gnutls_x509_crt_check_issuer (pair.crt, pair.crt) != 0)
        spki = export_spki (pair.crt);
    }
  if (spki == NULL)
    g_set_error_literal (error, VAV_ERROR, VAV_ERROR_TLS,
                         _ ("The other side shows a certificate that is not of the kind that Visavis uses."));
  return spki;
}
