/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/signal/vav-topics.h"

#include <gnutls/crypto.h>
#include <string.h>

#include "net/signal/vav-digest.h"
#include "net/signal/vav-pair-secret.h"

#define ROOT "visavis/1/"
#define BITS_PER_DIGIT 5

static const char base32[] = "abcdefghijklmnopqrstuvwxyz234567"; /* RFC 4648, section 6 */

/* The first 160 bits: a whole number of digits and of bytes. */
static char *
encode (const guint8 *bytes)
{
  char *name = g_malloc0 (VAV_TOPIC_NAME_LENGTH + 1);

  for (guint i = 0; i < VAV_TOPIC_NAME_LENGTH; i++)
    {
      guint bit = i * BITS_PER_DIGIT;
      guint window = (guint)bytes[bit / 8] << 8 | bytes[bit / 8 + 1];

      name[i] = base32[(window >> (16 - BITS_PER_DIGIT - bit % 8)) & 31];
    }
  return name;
}

char *
vav_topic_inbox (const char *id)
{
  g_autoptr (VavDigest) digest = vav_digest_new ();
  guint8 bytes[VAV_DIGEST_SIZE];
  g_autofree char *name = NULL;

  vav_digest_update (digest, "visavis inbox", strlen ("visavis inbox"));
  vav_digest_update (digest, id, strlen (id));
  vav_digest_peek (digest, bytes);
  name = encode (bytes);
  return g_strconcat (ROOT "in/", name, NULL);
}

char *
vav_topic_pair (const guint8 *secret, const char *teller, const char *reader)
{
  guint8 bytes[VAV_DIGEST_SIZE];
  g_autofree char *name = NULL;

  vav_pair_secret_derive (secret, "visavis presence", teller, reader, bytes);
  name = encode (bytes);
  return vav_topic_presence (name);
}

char *
vav_topic_answers (const char *name)
{
  return g_strconcat (ROOT "re/", name, NULL);
}

char *
vav_topic_presence (const char *name)
{
  return g_strconcat (VAV_TOPIC_PRESENCE, name, NULL);
}

char *
vav_topic_make_name (void)
{
  guint8 bytes[VAV_DIGEST_SIZE] = { 0 };

  g_return_val_if_fail (gnutls_rnd (GNUTLS_RND_KEY, bytes, sizeof bytes) == 0, NULL);
  return encode (bytes);
}

gboolean
vav_topic_is_name (const char *text, gsize length)
{
  if (length != VAV_TOPIC_NAME_LENGTH)
    return FALSE;
  for (gsize i = 0; i < length; i++)
    if (text[i] == '\0' || strchr (base32, text[i]) == NULL)
      return FALSE;
  return TRUE;
}
