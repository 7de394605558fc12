/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/signal/vav-nearby-record.h"

#include <string.h>

#include "net/core/vav-address.h"
#include "net/core/vav-id.h"
#include "net/core/vav-types.h"
#include "net/signal/vav-name.h"

#define MAX_STRINGS 16      /* of a record: as many as are looked at */
#define MAX_STRING 255      /* bytes, RFC 6763, 6.1 */
#define NUMBERED_ATTEMPTS 8 /* Léa, Léa (2) … Léa (8); then part of the id */
#define ID_DIGITS 8         /* of the id in a name */

GVariant *
vav_nearby_record_make (const char *id)
{
  g_autofree char *claim = g_strconcat ("id=", id, NULL);
  const char *const strings[] = { "txtvers=1", claim, "proto=1" };
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aay"));
  for (gsize i = 0; i < G_N_ELEMENTS (strings); i++)
    g_variant_builder_add_value (&builder,
                                 g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, strings[i], strlen (strings[i]), 1));
  return g_variant_builder_end (&builder);
}

/* The value of a string of the record, if its key is that (in any case, RFC 6763, 6.4). (transfer full) (nullable) */
static char *
value_of (GVariant *string, const char *key)
{
  gsize length;
  const char *bytes = g_variant_get_fixed_array (string, &length, 1);
  gsize n = strlen (key);

  if (length <= n || length > MAX_STRING || g_ascii_strncasecmp (bytes, key, n) != 0 || bytes[n] != '='
      || memchr (bytes, '\0', length) != NULL || !g_utf8_validate_len (bytes, length, NULL))
    return NULL;
  return g_strndup (bytes + n + 1, length - n - 1);
}

/* The first string with that key counts (RFC 6763, 6.4). */
static char *
find_value (GVariant *txt, const char *key)
{
  gsize n = MIN (g_variant_n_children (txt), MAX_STRINGS);
  char *value = NULL;

  for (gsize i = 0; i < n && value == NULL; i++)
    {
      g_autoptr (GVariant) string = g_variant_get_child_value (txt, i);

      value = value_of (string, key);
    }
  return value;
}

char *
vav_nearby_record_parse (GVariant *txt)
{
  g_autofree char *claim = NULL;
  g_autofree char *protocol = NULL;

  if (!g_variant_is_of_type (txt, G_VARIANT_TYPE ("aay")))
    return NULL;
  claim = find_value (txt, "id");
  protocol = find_value (txt, "proto");
  if (claim == NULL || g_strcmp0 (protocol, "1") != 0)
    return NULL;
  return vav_id_parse (claim);
}

char *
vav_nearby_record_read_name (const char *service)
{
  g_autofree char *valid = g_utf8_make_valid (service, (gssize)strnlen (service, 4 * VAV_NEARBY_MAX_LABEL));

  return vav_name_make_harmless (valid, VAV_MAX_NAME);
}

char *
vav_nearby_record_make_name (const char *name, guint attempt, const char *id)
{
  g_autofree char *suffix = NULL;
  g_autofree char *start = NULL;

  if (attempt <= 1)
    suffix = g_strdup ("");
  else if (attempt <= NUMBERED_ATTEMPTS)
    suffix = g_strdup_printf (" (%u)", attempt);
  else
    suffix = g_strdup_printf (" (%.*s)", ID_DIGITS, id);
  start = vav_name_make_harmless (name, VAV_NEARBY_MAX_LABEL - strlen (suffix));
  return g_strconcat (*start != '\0' ? start : "Visavis", suffix, NULL);
}

char *
vav_nearby_record_make_address (const char *ip, guint port, gboolean own)
{
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (ip);
  g_autofree char *text = NULL;

  if (address == NULL || port == 0 || port > G_MAXUINT16 || g_inet_address_get_is_any (address)
      || g_inet_address_get_is_multicast (address) || (g_inet_address_get_is_loopback (address) && !own))
    return NULL;
  if (g_inet_address_get_family (address) == G_SOCKET_FAMILY_IPV6 && g_inet_address_get_is_link_local (address))
    return NULL;
  text = g_inet_address_to_string (address);
  return vav_address_join (text, (guint16)port);
}
