/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/core/vav-address.h"

#include <gio/gio.h>
#include <glib/gi18n-lib.h>
#include <string.h>

#include "net/core/vav-card.h"
#include "net/core/vav-id.h"

#define SCHEME "visavis:"
#define MAX_HOST 253 /* RFC 1035, section 2.3.4 */
#define MAX_ZONE 15  /* IFNAMSIZ - 1 */

G_DEFINE_BOXED_TYPE (VavAddress, vav_address, vav_address_copy, vav_address_free)

static gboolean
fail (GError **error, const char *text)
{
  g_autofree char *shown = g_utf8_make_valid (text, MIN ((gssize)strlen (text), 80));

  g_set_error (
      error, VAV_ERROR, VAV_ERROR_INVALID_ADDRESS,
      _ ("“%s” is not an address. Write a name, an IP address, or either with a port, like anna.example:7667."), shown);
  return FALSE;
}

static gboolean
parse_port (const char *text, guint16 minimum, guint16 *port)
{
  guint64 number;

  if (!g_ascii_string_to_unsigned (text, 10, minimum, G_MAXUINT16, &number, NULL))
    return FALSE;
  *port = (guint16)number;
  return TRUE;
}

/* RFC 4007, section 11: `fe80::1%eth0`. GLib takes whatever stands there, and other people's links are shown. */
static gboolean
has_plain_zone (const char *ip)
{
  const char *zone = strchr (ip, '%');

  if (zone == NULL)
    return TRUE;
  for (const char *c = ++zone; *c != '\0'; c++)
    if (!g_ascii_isalnum (*c) && strchr ("-_.", *c) == NULL)
      return FALSE;
  return *zone != '\0' && strlen (zone) <= MAX_ZONE;
}

/* A host name of letters, digits, hyphens, underscores and dots; names in other scripts travel in their ASCII form. */
static char *
check_host (const char *text)
{
  g_autofree char *ascii = NULL;

  if (g_hostname_is_ip_address (text))
    return has_plain_zone (text) ? g_strdup (text) : NULL;
  if (!g_utf8_validate (text, -1, NULL))
    return NULL;

  ascii = g_hostname_to_ascii (text);
  if (ascii == NULL || *ascii == '\0' || *ascii == '.' || *ascii == '-' || strlen (ascii) > MAX_HOST)
    return NULL;
  for (const char *c = ascii; *c != '\0'; c++)
    if (!g_ascii_isalnum (*c) && strchr ("-_.", *c) == NULL)
      return NULL;
  if (strstr (ascii, "..") != NULL)
    return NULL;

  return g_steal_pointer (&ascii);
}

/* HOST, HOST:PORT, IPv6, [IPv6], [IPv6]:PORT */
static gboolean
split (const char *text, guint16 minimum_port, char **host, guint16 *port)
{
  g_autofree char *head = NULL;
  const char *colon = NULL;

  if (*text == '[')
    {
      const char *end = strchr (text, ']');

      if (end == NULL || (end[1] != '\0' && end[1] != ':'))
        return FALSE;
      head = g_strndup (text + 1, (gsize)(end - text - 1));
      if (!g_hostname_is_ip_address (head) || strchr (head, ':') == NULL)
        return FALSE;
      colon = end[1] == ':' ? end + 1 : NULL;
    }
  else if (g_hostname_is_ip_address (text))
    head = g_strdup (text);
  else
    {
      colon = strrchr (text, ':');
      head = colon != NULL ? g_strndup (text, (gsize)(colon - text)) : g_strdup (text);
    }

  if (colon != NULL && !parse_port (colon + 1, minimum_port, port))
    return FALSE;

  *host = check_host (head);
  return *host != NULL;
}

/* ID, ID@HOST, ID@HOST:PORT; also visavis:HOST without an id. What a card says in its query is not where to dial. */
static gboolean
parse_link (VavAddress *self, const char *link)
{
  g_autofree char *text = g_strndup (link, strcspn (link, "?"));
  const char *at = strchr (text, '@');
  g_autofree char *head = at != NULL ? g_strndup (text, (gsize)(at - text)) : g_strdup (text);

  self->id = vav_id_parse (head);
  /* an id with a slip in it is not the name of a computer */
  if (self->id == NULL && strlen (text) >= VAV_ID_LENGTH && strpbrk (text, ".:") == NULL)
    return FALSE;
  if (self->id == NULL)
    return at == NULL && split (text, 1, &self->host, &self->port);

  return at == NULL || split (at + 1, 1, &self->host, &self->port);
}

/**
 * vav_address_parse:
 * @text: what a person typed, or a `visavis:` link, at most VAV_MAX_LINK bytes
 * @error: VAV_ERROR_INVALID_ADDRESS
 *
 * Returns: (transfer full): the address, or %NULL on error
 */
VavAddress *
vav_address_parse (const char *text, GError **error)
{
  g_autoptr (VavAddress) self = g_new0 (VavAddress, 1);
  g_autofree char *trimmed = NULL;
  gboolean ok;

  g_return_val_if_fail (text != NULL, NULL);

  self->port = VAV_DEFAULT_PORT;
  self->text = g_strdup (text);
  if (strlen (text) > VAV_MAX_LINK)
    return fail (error, text), NULL;

  trimmed = g_strstrip (g_strdup (text));
  if (*trimmed == '\0')
    self->self = TRUE;
  else
    {
      if (g_ascii_strncasecmp (trimmed, SCHEME, strlen (SCHEME)) == 0)
        ok = parse_link (self, trimmed + strlen (SCHEME));
      else
        ok = split (trimmed, 1, &self->host, &self->port);
      if (!ok)
        return fail (error, text), NULL;
    }

  return g_steal_pointer (&self);
}

/**
 * vav_address_copy:
 *
 * Returns: (transfer full): a copy
 */
VavAddress *
vav_address_copy (const VavAddress *self)
{
  VavAddress *copy = g_new0 (VavAddress, 1);

  copy->text = g_strdup (self->text);
  copy->host = g_strdup (self->host);
  copy->port = self->port;
  copy->id = g_strdup (self->id);
  copy->self = self->self;

  return copy;
}

/**
 * vav_address_free:
 *
 * Frees an address.
 */
void
vav_address_free (VavAddress *self)
{
  g_free (self->text);
  g_free (self->host);
  g_free (self->id);
  g_free (self);
}

/**
 * vav_address_parse_listen:
 * @text: `HOST:PORT`, `[IPv6]:PORT`, `HOST`, or `:PORT`; port 0: any
 * @host: (out) (nullable): %NULL for every address
 * @port: (out): VAV_DEFAULT_PORT if none was given
 * @error: VAV_ERROR_INVALID_ADDRESS
 *
 * Where to listen.
 */
gboolean
vav_address_parse_listen (const char *text, char **host, guint16 *port, GError **error)
{
  g_return_val_if_fail (text != NULL, FALSE);

  *host = NULL;
  *port = VAV_DEFAULT_PORT;
  if (strlen (text) <= VAV_MAX_LINK && (*text == ':' ? parse_port (text + 1, 0, port) : split (text, 0, host, port)))
    return TRUE;

  return fail (error, text);
}

/**
 * vav_address_join:
 *
 * Returns: (transfer full): `HOST:PORT`, with brackets around an IPv6 address
 */
char *
vav_address_join (const char *host, guint16 port)
{
  return g_strdup_printf (strchr (host, ':') != NULL ? "[%s]:%u" : "%s:%u", host, port);
}

/**
 * vav_address_to_display:
 * @text: what was dialled: an address, or a person's name
 *
 * A link is for programs: of `visavis:ID@HOST:PORT` people read the host and port, of `visavis:ID` the first two groups of the id.
 *
 * Returns: (transfer full): what to show instead; @text itself if it is no link
 */
char *
vav_address_to_display (const char *text)
{
  g_autoptr (VavAddress) address = NULL;

  g_return_val_if_fail (text != NULL, NULL);

  address = vav_address_parse (text, NULL);
  if (address == NULL || address->id == NULL)
    return g_strdup (text);
  if (address->host != NULL)
    return vav_address_join (address->host, address->port);
  return g_strdup_printf ("%.4s %.4s…", address->id, address->id + 4);
}

/* RFC 1918, RFC 4193 (which GLib does not know), RFC 6598; and what is not even seen by a neighbour. */
static gboolean
is_local_ip (GInetAddress *ip)
{
  const guint8 *bytes = g_inet_address_to_bytes (ip);

  if (g_inet_address_get_is_loopback (ip) || g_inet_address_get_is_link_local (ip)
      || g_inet_address_get_is_site_local (ip))
    return TRUE;
  if (g_inet_address_get_family (ip) == G_SOCKET_FAMILY_IPV6)
    return (bytes[0] & 0xfe) == 0xfc;
  return bytes[0] == 100 && (bytes[1] & 0xc0) == 64;
}

/**
 * vav_address_is_local:
 * @host_port: `HOST:PORT`, as vav_endpoint_dup_addresses() gives it
 *
 * Returns: whether that is an IP address which only computers on the same network reach: of a private range, or of the provider's own. Of a name one cannot
 *   tell: %FALSE
 */
gboolean
vav_address_is_local (const char *host_port)
{
  g_autoptr (VavAddress) address = NULL;
  g_autoptr (GInetAddress) ip = NULL;

  g_return_val_if_fail (host_port != NULL, FALSE);

  address = vav_address_parse (host_port, NULL);
  ip = address != NULL && address->host != NULL ? g_inet_address_new_from_string (address->host) : NULL;
  return ip != NULL && is_local_ip (ip);
}
