/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/media/vav-certificate.h"

#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <string.h>
#include <time.h>

#define LIFETIME (30 * 24 * 3600)

static gboolean
fill_certificate (gnutls_x509_crt_t certificate, gnutls_x509_privkey_t key)
{
  guint8 serial[16];
  time_t now = time (NULL);

  if (gnutls_rnd (GNUTLS_RND_NONCE, serial, sizeof serial) < 0)
    return FALSE;
  serial[0] = (guint8)((serial[0] & 0x3f) | 0x40); /* positive, and of full length */

  /* a day of grace: the other side's clock may be behind */
  return gnutls_x509_crt_set_version (certificate, 3) == 0
         && gnutls_x509_crt_set_serial (certificate, serial, sizeof serial) == 0
         && gnutls_x509_crt_set_activation_time (certificate, now - 24 * 3600) == 0
         && gnutls_x509_crt_set_expiration_time (certificate, now + LIFETIME) == 0
         && gnutls_x509_crt_set_dn (certificate, "CN=visavis", NULL) == 0
         && gnutls_x509_crt_set_key (certificate, key) == 0
         && gnutls_x509_crt_sign2 (certificate, certificate, key, GNUTLS_DIG_SHA256, 0) == 0;
}

static char *
export_pem (gnutls_x509_crt_t certificate, gnutls_x509_privkey_t key)
{
  gnutls_datum_t certificate_pem = { NULL, 0 };
  gnutls_datum_t key_pem = { NULL, 0 };
  char *pem = NULL;

  if (gnutls_x509_crt_export2 (certificate, GNUTLS_X509_FMT_PEM, &certificate_pem) == 0
      && gnutls_x509_privkey_export2_pkcs8 (key, GNUTLS_X509_FMT_PEM, NULL, GNUTLS_PKCS_PLAIN, &key_pem) == 0)
    pem = g_strdup_printf ("%.*s%.*s", (int)certificate_pem.size, (const char *)certificate_pem.data, (int)key_pem.size,
                           (const char *)key_pem.data);
  gnutls_free (certificate_pem.data);
  gnutls_free (key_pem.data);

  return pem;
}

static char *
make_pem (void)
{
  gnutls_x509_crt_t certificate = NULL;
  gnutls_x509_privkey_t key = NULL;
  char *pem = NULL;

  if (gnutls_x509_crt_init (&certificate) == 0 && gnutls_x509_privkey_init (&key) == 0
      && gnutls_x509_privkey_generate (key, GNUTLS_PK_ECDSA, GNUTLS_CURVE_TO_BITS (GNUTLS_ECC_CURVE_SECP256R1), 0) == 0
      && fill_certificate (certificate, key))
    pem = export_pem (certificate, key);
  gnutls_x509_crt_deinit (certificate);
  gnutls_x509_privkey_deinit (key);

  return pem;
}

const char *
vav_certificate_get_pem (void)
{
  static gsize once = 0;
  static char *pem = NULL;

  if (g_once_init_enter (&once))
    {
      pem = make_pem ();
      g_once_init_leave (&once, 1);
    }

  return pem;
}

gboolean
vav_certificate_digest (const char *pem, guint8 fingerprint[VAV_FINGERPRINT_SIZE])
{
  gnutls_datum_t text = { NULL, 0 };
  gnutls_datum_t der = { NULL, 0 };
  gsize size = VAV_FINGERPRINT_SIZE;
  gboolean done = FALSE;

  if (pem == NULL)
    return FALSE;
  text.data = (unsigned char *)pem;
  text.size = (unsigned int)strlen (pem);

  if (gnutls_pem_base64_decode2 ("CERTIFICATE", &text, &der) == 0)
    done = gnutls_fingerprint (GNUTLS_DIG_SHA256, &der, fingerprint, &size) == 0 && size == VAV_FINGERPRINT_SIZE;
  gnutls_free (der.data);

  return done;
}

char *
vav_certificate_describe (const guint8 fingerprint[VAV_FINGERPRINT_SIZE])
{
  GString *text = g_string_new ("sha-256 ");

  for (guint i = 0; i < VAV_FINGERPRINT_SIZE; i++)
    g_string_append_printf (text, i > 0 ? ":%02X" : "%02X", fingerprint[i]);

  return g_string_free (text, FALSE);
}

gboolean
vav_fingerprint_equal (const guint8 a[VAV_FINGERPRINT_SIZE], const guint8 b[VAV_FINGERPRINT_SIZE])
{
  return gnutls_memcmp (a, b, VAV_FINGERPRINT_SIZE) == 0;
}
