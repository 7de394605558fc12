/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/call/vav-people.h"

#include <gnutls/crypto.h>
#include <string.h>

#include "net/core/vav-id.h"

#define GROUPS 6
#define BYTES_A_GROUP 5 /* 40 bits for 5 digits: no digit is more likely than another by more than one in ten million */
#define GROUP_MODULUS 100000
#define ROUNDS 20000 /* PBKDF2 with HMAC-SHA-512: some 20 ms */

/**
 * vav_people_dup_compare_code:
 * @own_id: a canonical id
 * @other_id: another one
 *
 * Both sides see the same code for the same two keys, whoever computes it. Somebody in the middle has a key of their own towards each of the two
 * and so must find a pair of keys that give the same code: with 30 digits (100 bits) a birthday search offline over 2⁵⁰ keys of each kind.
 * The slow hash makes each of these trials dearer by 2¹⁵ or more, as do the 5200 rounds of Signal's safety numbers, whose idea this is.
 *
 * Returns: (transfer full): six groups of five digits with spaces between them
 */
char *
vav_people_dup_compare_code (const char *own_id, const char *other_id)
{
  static const char salt[] = "visavis compare code 1";
  gboolean own_first = g_strcmp0 (own_id, other_id) < 0;
  g_autofree char *both = NULL;
  guint8 hash[GROUPS * BYTES_A_GROUP];
  gnutls_datum_t key;
  gnutls_datum_t salt_datum = { (unsigned char *)salt, sizeof salt - 1 };
  g_autoptr (GString) code = g_string_new (NULL);

  g_return_val_if_fail (own_id != NULL && other_id != NULL, NULL);

  both = g_strconcat (own_first ? own_id : other_id, own_first ? other_id : own_id, NULL);
  key = (gnutls_datum_t){ (unsigned char *)both, (unsigned int)strlen (both) };
  if (gnutls_pbkdf2 (GNUTLS_MAC_SHA512, &key, &salt_datum, ROUNDS, hash, sizeof hash) != GNUTLS_E_SUCCESS)
    g_error ("PBKDF2 with SHA-512 is not to be had");

  for (guint i = 0; i < GROUPS; i++)
    {
      guint64 number = 0;

      for (guint j = 0; j < BYTES_A_GROUP; j++)
        number = number << 8 | hash[i * BYTES_A_GROUP + j];
      g_string_append_printf (code, i == 0 ? "%05u" : " %05u", (guint)(number % GROUP_MODULUS));
    }

  return g_string_free (g_steal_pointer (&code), FALSE);
}
