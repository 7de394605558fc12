/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/media/vav-dtls-warm-up.h"

#include <gst/gst.h>

/* GStreamer's DTLS elements make an RSA key the first time that one of them is created: 0.1 to 0.6 s of processor time, in the way of the first
 * call, for a certificate that we never use: ours is set on every element (vav-certificate.c), and it is the one whose fingerprint is told and
 * compared. There is no way to say so beforehand. So while that first element is created, and on that thread only, OpenSSL is handed a placeholder instead
 * of searching for primes: the product of two primes that stand in RFCs. It protects nothing, and need not. */

#ifdef HAVE_LIBCRYPTO

#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/bn.h>
#include <openssl/rsa.h>

static GPrivate placeholder_wanted = G_PRIVATE_INIT (NULL);

/* Fills rsa, which takes what it is given; everything else is freed. */
static int
fill_placeholder (RSA *rsa)
{
  BN_CTX *context = BN_CTX_new ();
  BIGNUM *p = BN_get_rfc3526_prime_1536 (NULL);
  BIGNUM *q = BN_get_rfc2409_prime_1024 (NULL);
  BIGNUM *p1 = BN_dup (p), *q1 = BN_dup (q), *phi = BN_new ();
  BIGNUM *n = BN_new (), *e = BN_new (), *d = BN_new ();
  BIGNUM *d_p = BN_new (), *d_q = BN_new (), *inverse = BN_new ();
  int ok = BN_sub_word (p1, 1) && BN_sub_word (q1, 1) && BN_mul (n, p, q, context) && BN_mul (phi, p1, q1, context)
           && BN_set_word (e, RSA_F4) && BN_mod_inverse (d, e, phi, context) != NULL && BN_mod (d_p, d, p1, context)
           && BN_mod (d_q, d, q1, context) && BN_mod_inverse (inverse, q, p, context) != NULL
           && RSA_set0_key (rsa, n, e, d) && RSA_set0_factors (rsa, p, q)
           && RSA_set0_crt_params (rsa, d_p, d_q, inverse);

  BN_free (p1);
  BN_free (q1);
  BN_free (phi);
  BN_CTX_free (context);

  return ok;
}

/* OpenSSL's hook for making a key; on every other thread, and after the warm-up, it makes a real one. */
static int
make_key (RSA *rsa, int bits, BIGNUM *exponent, BN_GENCB *callback)
{
  RSA_set_method (rsa, RSA_PKCS1_OpenSSL ());
  if (g_private_get (&placeholder_wanted) != NULL)
    return fill_placeholder (rsa);

  return RSA_generate_key_ex (rsa, bits, exponent, callback);
}

static void
create_quickly (void (*create) (void))
{
  const RSA_METHOD *before = RSA_get_default_method ();
  RSA_METHOD *method = RSA_meth_dup (RSA_PKCS1_OpenSSL ()); /* never freed: another thread may have seen it */

  RSA_meth_set_keygen (method, make_key);
  g_private_set (&placeholder_wanted, method);
  RSA_set_default_method (method);
  create ();
  RSA_set_default_method (before);
  g_private_set (&placeholder_wanted, NULL);
}

#else

static void
create_quickly (void (*create) (void))
{
  create ();
}

#endif

static void
create_element (void)
{
  g_autoptr (GstElement) element = gst_element_factory_make ("dtlsdec", NULL);

  if (element != NULL)
    gst_object_ref_sink (element);
}

void
vav_dtls_warm_up (void)
{
  static gsize once = 0;

  if (g_once_init_enter (&once))
    {
      create_quickly (create_element);
      g_once_init_leave (&once, 1);
    }
}
