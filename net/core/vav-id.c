/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/core/vav-id.h"

#include <string.h>

#define HASH_BYTES 32
#define HASH_DIGITS 52 /* ceil (256 / 5) */
#define CHECK_DIGITS 4
#define GROUP 4

G_STATIC_ASSERT (HASH_DIGITS + CHECK_DIGITS == VAV_ID_LENGTH);

static const char base32[] = "abcdefghijklmnopqrstuvwxyz234567"; /* RFC 4648, section 6 */

static void
sha256 (const char *prefix, const void *data, gsize length, guint8 hash[HASH_BYTES])
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  gsize size = HASH_BYTES;

  g_checksum_update (checksum, (const guchar *)prefix, (gssize)strlen (prefix));
  g_checksum_update (checksum, data, (gssize)length);
  g_checksum_get_digest (checksum, hash, &size);
}

static void
encode (const guint8 *bytes, guint n_digits, gsize n_bytes, char *digits)
{
  for (guint i = 0; i < n_digits; i++)
    {
      guint bit = i * 5;
      guint high = bytes[bit / 8];
      guint low = bit / 8 + 1 < n_bytes ? bytes[bit / 8 + 1] : 0;
      guint window = high << 8 | low;

      digits[i] = base32[(window >> (11 - bit % 8)) & 31];
    }
}

/* The check digits are the first 20 bits of a hash over the digits before them: a mistyped id is caught but for one in a million. */
static void
append_check_digits (char *digits)
{
  guint8 hash[HASH_BYTES];

  sha256 ("visavis-id", digits, HASH_DIGITS, hash);
  encode (hash, CHECK_DIGITS, HASH_BYTES, digits + HASH_DIGITS);
}

/**
 * vav_id_from_spki:
 * @spki: (array length=length): DER of a SubjectPublicKeyInfo (RFC 5280, section 4.1)
 * @length: its size in bytes
 *
 * Returns: (transfer full): the canonical id of that key
 */
char *
vav_id_from_spki (const guint8 *spki, gsize length)
{
  guint8 hash[HASH_BYTES];
  char *id = g_malloc0 (VAV_ID_LENGTH + 1);

  sha256 ("", spki, length, hash);
  encode (hash, HASH_DIGITS, HASH_BYTES, id);
  append_check_digits (id);

  return id;
}

/**
 * vav_id_parse:
 * @text: an id in any writing: upper case, groups with spaces or hyphens
 *
 * Returns: (transfer full) (nullable): the canonical form, or %NULL if it is no id or its check digits are wrong
 */
char *
vav_id_parse (const char *text)
{
  char id[VAV_ID_LENGTH + 1] = { 0 };
  char check[VAV_ID_LENGTH + 1] = { 0 };
  guint n = 0;

  g_return_val_if_fail (text != NULL, NULL);

  for (; *text != '\0'; text++)
    {
      char digit = g_ascii_tolower (*text);

      if (digit == '-' || digit == ' ')
        continue;
      if (n == VAV_ID_LENGTH || strchr (base32, digit) == NULL)
        return NULL;
      id[n++] = digit;
    }

  if (n != VAV_ID_LENGTH)
    return NULL;

  memcpy (check, id, HASH_DIGITS);
  append_check_digits (check);

  return strcmp (check, id) == 0 ? g_strdup (id) : NULL;
}

/**
 * vav_id_to_display:
 * @id: a canonical id
 *
 * Returns: (transfer full): the id as people read it aloud: groups of four, with hyphens
 */
char *
vav_id_to_display (const char *id)
{
  GString *text = g_string_new (NULL);

  g_return_val_if_fail (id != NULL, NULL);

  for (guint i = 0; id[i] != '\0'; i++)
    {
      if (i > 0 && i % GROUP == 0)
        g_string_append_c (text, '-');
      g_string_append_c (text, id[i]);
    }

  return g_string_free (text, FALSE);
}
