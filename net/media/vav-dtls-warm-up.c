/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/media/vav-dtls-warm-up.h"

#include <gst/gst.h>

#include "net/media/vav-certificate.h"

/* GStreamer's DTLS elements make an RSA key the first time that one of them is created: 0.1 to 0.6 s of processor time, in the way of a
 * first call, for a certificate that we do not use (ours, vav-certificate.c, is set on every element). There is no way to say so
 * beforehand. So while that first element is created, and on that thread only, OpenSSL makes the key of three primes instead of two (RFC
 * 8017, section 3.2): as good a key, in a quarter of the time, and never in half a second. */

#ifdef HAVE_LIBCRYPTO

#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/rsa.h>

#define PRIMES 3

static GPrivate hurried = G_PRIVATE_INIT (NULL); /* set on the thread that warms up */

/* OpenSSL's hook for making a key. Threads that met it by chance get theirs as ever. */
static int
make_key (RSA *rsa, int bits, BIGNUM *exponent, BN_GENCB *callback)
{
  RSA_set_method (rsa, RSA_PKCS1_OpenSSL ());
  if (g_private_get (&hurried) != NULL)
    return RSA_generate_multi_prime_key (rsa, bits, PRIMES, exponent, callback);

  return RSA_generate_key_ex (rsa, bits, exponent, callback);
}

static void
create_quickly (void (*create) (void))
{
  const RSA_METHOD *before = RSA_get_default_method ();
  RSA_METHOD *method = RSA_meth_dup (RSA_PKCS1_OpenSSL ()); /* never freed: another thread may have seen it */

  RSA_meth_set_keygen (method, make_key);
  g_private_set (&hurried, method);
  RSA_set_default_method (method);
  create ();
  RSA_set_default_method (before);
  g_private_set (&hurried, NULL);
}

#else

static void
create_quickly (void (*create) (void))
{
  create ();
}

#endif

/* GStreamer shares what it makes of a certificate among the elements that use it, and lets go of it with the last one. One that goes on
 * one thread while another one comes on a second thread gets hold of what is being freed (1.22). So one stays for ever. */
static void
keep_certificate (void)
{
  static GstElement *keeper;

  keeper = gst_element_factory_make ("dtlsdec", NULL);
  if (keeper == NULL || vav_certificate_get_pem () == NULL)
    return;
  gst_object_ref_sink (keeper);
  g_object_set (keeper, "pem", vav_certificate_get_pem (), NULL);
}

void
vav_dtls_warm_up (void)
{
  static gsize once = 0;

  if (g_once_init_enter (&once))
    {
      create_quickly (keep_certificate);
      g_once_init_leave (&once, 1);
    }
}
