/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/signal/vav-presence-seal.h"

#include <gnutls/crypto.h>
#include <string.h>

#include "net/signal/vav-digest.h"

#define VERSION 1
#define NONCE 12
#define TAG 16
#define KEY 32
#define BODY (VAV_PRESENCE_SEALED - NONCE - TAG)

G_STATIC_ASSERT (BODY == 1 + VAV_TOPIC_NAME_LENGTH + 8 + 2 + 2 + VAV_PRESENCE_LINK);

/* The chain: link n is `count` digests nearer to its end than what comes in. */
static void
walk (const VavSitting *self, guint8 *link, guint count)
{
  g_autoptr (VavDigest) digest = vav_digest_new ();

  for (guint i = 0; i < count; i++)
    {
      vav_digest_update (digest, self->name, VAV_TOPIC_NAME_LENGTH);
      vav_digest_update (digest, link, VAV_PRESENCE_LINK);
      vav_digest_peek (digest, link);
      vav_digest_reset (digest);
    }
}

void
vav_sitting_begin (VavSitting *self, const char *name, gint64 began, guint step, guint8 *secret)
{
  g_return_if_fail (strlen (name) == VAV_TOPIC_NAME_LENGTH);

  memset (self, 0, sizeof *self);
  memcpy (self->name, name, VAV_TOPIC_NAME_LENGTH);
  self->began = began;
  self->step = (guint16)step;
  self->steps = VAV_PRESENCE_MAX_STEPS;
  if (gnutls_rnd (GNUTLS_RND_KEY, secret, VAV_PRESENCE_LINK) < 0)
    g_error ("GnuTLS has no random numbers");
  memcpy (self->end, secret, VAV_PRESENCE_LINK);
  walk (self, self->end, self->steps);
}

static void
put (guint8 **at, guint64 value, guint size)
{
  for (guint i = 0; i < size; i++)
    *(*at)++ = (guint8)(value >> 8 * (size - 1 - i));
}

static guint64
get (const guint8 **at, guint size)
{
  guint64 value = 0;

  for (guint i = 0; i < size; i++)
    value = value << 8 | *(*at)++;
  return value;
}

static gnutls_aead_cipher_hd_t
make_cipher (const guint8 *key)
{
  gnutls_aead_cipher_hd_t cipher;
  const gnutls_datum_t datum = { (unsigned char *)key, KEY };

  if (gnutls_aead_cipher_init (&cipher, GNUTLS_CIPHER_AES_256_GCM, &datum) < 0)
    g_error ("GnuTLS has no AES-256-GCM");
  return cipher;
}

void
vav_sitting_seal (const VavSitting *self, const guint8 *key, const char *topic, guint8 *sealed)
{
  gnutls_aead_cipher_hd_t cipher = make_cipher (key);
  guint8 body[BODY];
  guint8 *at = body;
  size_t size = BODY + TAG;

  put (&at, VERSION, 1);
  memcpy (at, self->name, VAV_TOPIC_NAME_LENGTH);
  at += VAV_TOPIC_NAME_LENGTH;
  put (&at, (guint64)self->began, 8);
  put (&at, self->step, 2);
  put (&at, self->steps, 2);
  memcpy (at, self->end, VAV_PRESENCE_LINK);

  /* 96 random bits: a pair's key seals a few times a day */
  if (gnutls_rnd (GNUTLS_RND_NONCE, sealed, NONCE) < 0
      || gnutls_aead_cipher_encrypt (cipher, sealed, NONCE, topic, strlen (topic), TAG, body, BODY, sealed + NONCE,
                                     &size)
             < 0)
    g_error ("GnuTLS does not seal");
  gnutls_aead_cipher_deinit (cipher);
}

gboolean
vav_sitting_open (VavSitting *self, const guint8 *key, const char *topic, const guint8 *sealed, gsize length)
{
  guint8 body[BODY];
  const guint8 *at = body;
  size_t size = BODY;
  gnutls_aead_cipher_hd_t cipher;
  gboolean whole;

  if (length != VAV_PRESENCE_SEALED)
    return FALSE;
  cipher = make_cipher (key);
  whole = gnutls_aead_cipher_decrypt (cipher, sealed, NONCE, topic, strlen (topic), TAG, sealed + NONCE, BODY + TAG,
                                      body, &size)
          >= 0;
  gnutls_aead_cipher_deinit (cipher);
  if (!whole || size != BODY || get (&at, 1) != VERSION)
    return FALSE;

  memset (self, 0, sizeof *self);
  memcpy (self->name, at, VAV_TOPIC_NAME_LENGTH);
  at += VAV_TOPIC_NAME_LENGTH;
  self->began = (gint64)get (&at, 8);
  self->step = (guint16)get (&at, 2);
  self->steps = (guint16)get (&at, 2);
  memcpy (self->end, at, VAV_PRESENCE_LINK);
  return vav_topic_is_name (self->name, VAV_TOPIC_NAME_LENGTH) && self->began >= 0 && self->began <= G_MAXUINT32 * 4LL
         && self->step > 0 && self->step <= VAV_PRESENCE_MAX_STEP_S && self->steps <= VAV_PRESENCE_MAX_STEPS;
}

void
vav_sitting_make_beat (const VavSitting *self, const guint8 *secret, guint number, guint8 *beat)
{
  guint8 *at = beat;

  g_return_if_fail (number <= self->steps);

  put (&at, number, 2);
  memcpy (at, secret, VAV_PRESENCE_LINK);
  walk (self, at, self->steps - number);
}

gint64
vav_sitting_judge (const VavSitting *self, const guint8 *beat, gsize length, gint64 now)
{
  guint8 link[VAV_PRESENCE_LINK];
  const guint8 *at = beat;
  gint64 slack = MAX (self->step / 2, 1);
  gint64 made;
  guint number;

  if (length != VAV_PRESENCE_BEAT)
    return 0;
  number = (guint)get (&at, 2);
  made = self->began + (gint64)number * self->step;
  if (number > self->steps || made > now + slack || made + self->step + slack <= now)
    return 0;
  memcpy (link, at, VAV_PRESENCE_LINK);
  walk (self, link, number);
  return memcmp (link, self->end, VAV_PRESENCE_LINK) == 0 ? made + self->step + slack : 0;
}
