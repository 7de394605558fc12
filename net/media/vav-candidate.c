/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/media/vav-candidate.h"

#include <gio/gio.h>
#include <glib/gi18n-lib.h>
#include <string.h>

enum
{
  FIELD_FOUNDATION,
  FIELD_COMPONENT,
  FIELD_TRANSPORT,
  FIELD_PRIORITY,
  FIELD_ADDRESS,
  FIELD_PORT,
  FIELD_TYP,
  FIELD_TYPE,
  N_FIELDS
};

static const char *const candidate_types[] = { "host", "srflx", "prflx", "relay", NULL };

/* ice-char of RFC 8839, 5.1 */
static gboolean
is_ice_chars (const char *text, gsize max)
{
  gsize i;

  for (i = 0; text[i] != '\0'; i++)
    if (!g_ascii_isalnum (text[i]) && text[i] != '+' && text[i] != '/')
      return FALSE;

  return i > 0 && i <= max;
}

/* ::ffff:a.b.c.d would be looked at as IPv6 and used as IPv4: past what is refused there, loopback above all. */
static gboolean
is_mapped (GInetAddress *address)
{
  static const guint8 prefix[12] = { [10] = 0xff, [11] = 0xff };

  return g_inet_address_get_family (address) == G_SOCKET_FAMILY_IPV6
         && memcmp (g_inet_address_to_bytes (address), prefix, sizeof prefix) == 0;
}

/* An address that packets may be sent to. */
static gboolean
is_good_address (const char *text, gboolean local)
{
  g_autoptr (GInetAddress) address = NULL;

  /* a zone index ("fe80::1%eth0") names an interface of the peer's computer */
  if (strchr (text, '%') != NULL)
    return FALSE;
  address = g_inet_address_new_from_string (text);
  if (address == NULL || is_mapped (address))
    return FALSE;
  if (g_inet_address_get_is_any (address) || g_inet_address_get_is_multicast (address))
    return FALSE;
  if (g_inet_address_get_is_loopback (address) && !local)
    return FALSE;

  return strcmp (text, "255.255.255.255") != 0;
}

static char *
clean_fields (char **fields, gboolean local)
{
  guint64 component, priority, port;

  if (g_strv_length (fields) < N_FIELDS)
    return NULL;
  if (!is_ice_chars (fields[FIELD_FOUNDATION], 32))
    return NULL;
  /* rtcp-mux: component 1 is all there is */
  if (!g_ascii_string_to_unsigned (fields[FIELD_COMPONENT], 10, 1, 1, &component, NULL))
    return NULL;
  if (g_ascii_strcasecmp (fields[FIELD_TRANSPORT], "udp") != 0)
    return NULL;
  if (!g_ascii_string_to_unsigned (fields[FIELD_PRIORITY], 10, 1, G_MAXUINT32, &priority, NULL))
    return NULL;
  if (!is_good_address (fields[FIELD_ADDRESS], local))
    return NULL;
  if (!g_ascii_string_to_unsigned (fields[FIELD_PORT], 10, 1, G_MAXUINT16, &port, NULL))
    return NULL;
  if (strcmp (fields[FIELD_TYP], "typ") != 0 || !g_strv_contains (candidate_types, fields[FIELD_TYPE]))
    return NULL;

  return g_strdup_printf ("candidate:%s 1 UDP %u %s %u typ %s", fields[FIELD_FOUNDATION], (guint)priority,
                          fields[FIELD_ADDRESS], (guint)port, fields[FIELD_TYPE]);
}

char *
vav_candidate_clean (const char *text, gboolean local, GError **error)
{
  g_auto (GStrv) fields = NULL;
  char *clean = NULL;

  if (text != NULL && strlen (text) <= VAV_CANDIDATE_MAX_LENGTH && g_utf8_validate (text, -1, NULL))
    {
      if (g_str_has_prefix (text, "a="))
        text += 2;
      if (g_str_has_prefix (text, "candidate:"))
        {
          fields = g_strsplit (text + strlen ("candidate:"), " ", N_FIELDS + 1);
          clean = clean_fields (fields, local);
        }
    }
  if (clean == NULL)
    g_set_error_literal (error, VAV_ERROR, VAV_ERROR_PROTOCOL,
                         _ ("The other side named a network address that cannot be used."));

  return clean;
}
