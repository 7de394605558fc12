/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/core/vav-card.h"

#include <gio/gio.h>
#include <glib/gi18n-lib.h>
#include <string.h>

#include "net/core/vav-address.h"
#include "net/core/vav-types.h"

#define SCHEME "visavis:"

/* One line that can be shown: without what would break it or turn it around; NULL if nothing is left. */
static char *
clean_name (const char *name)
{
  g_autoptr (GString) clean = g_string_new (NULL);

  if (name == NULL || !g_utf8_validate (name, -1, NULL))
    return NULL;
  for (const char *at = name; *at != '\0' && clean->len + 6 <= VAV_MAX_NAME; at = g_utf8_next_char (at))
    {
      gunichar c = g_utf8_get_char (at);

      if (g_unichar_isprint (c) && g_unichar_type (c) != G_UNICODE_FORMAT)
        g_string_append_unichar (clean, g_unichar_isspace (c) ? ' ' : c);
    }
  g_strstrip (clean->str);
  return *clean->str != '\0' ? g_strdup (clean->str) : NULL;
}

/* Returns: (nullable): the value of that key in a query; %NULL also if the query cannot be read */
static char *
look_up (const char *query, const char *key)
{
  g_autoptr (GHashTable) fields = g_uri_parse_params (query, -1, "&", G_URI_PARAMS_WWW_FORM, NULL);

  return fields != NULL ? g_strdup (g_hash_table_lookup (fields, key)) : NULL;
}

/**
 * vav_card_new:
 * @name: (nullable): of the person
 * @id: (nullable): canonical id
 * @address: (nullable): `HOST:PORT`
 *
 * Returns: (transfer full): the card
 */
VavCard *
vav_card_new (const char *name, const char *id, const char *address)
{
  VavCard *self = g_new0 (VavCard, 1);

  self->name = clean_name (name);
  self->id = g_strdup (id);
  self->address = g_strdup (address);
  return self;
}

/**
 * vav_card_parse:
 * @link: a `visavis:` link as somebody sent it, at most VAV_MAX_LINK bytes
 * @error: VAV_ERROR_INVALID_ADDRESS
 *
 * Returns: (transfer full) (nullable): the card; it has an id or an address or both
 */
VavCard *
vav_card_parse (const char *link, GError **error)
{
  g_autoptr (VavCard) self = g_new0 (VavCard, 1);
  g_autoptr (VavAddress) address = NULL;
  g_autofree char *name = NULL;
  g_autofree char *trimmed = NULL;
  const char *query;

  g_return_val_if_fail (link != NULL, NULL);

  if (strlen (link) > VAV_MAX_LINK || !g_utf8_validate (link, -1, NULL))
    {
      g_set_error_literal (error, VAV_ERROR, VAV_ERROR_INVALID_ADDRESS,
                           _ ("This is not a Visavis link. One begins with “visavis:”."));
      return NULL;
    }
  trimmed = g_strstrip (g_strdup (link));
  if (g_ascii_strncasecmp (trimmed, SCHEME, strlen (SCHEME)) != 0 || trimmed[strlen (SCHEME)] == '\0')
    {
      g_set_error_literal (error, VAV_ERROR, VAV_ERROR_INVALID_ADDRESS,
                           _ ("This is not a Visavis link. One begins with “visavis:”."));
      return NULL;
    }
  address = vav_address_parse (trimmed, error);
  if (address == NULL)
    return NULL;

  query = strchr (trimmed, '?');
  name = query != NULL ? look_up (query + 1, "name") : NULL;
  self->name = clean_name (name);
  self->id = g_strdup (address->id);
  self->address = address->host != NULL ? vav_address_join (address->host, address->port) : NULL;
  return g_steal_pointer (&self);
}

/**
 * vav_card_to_link:
 *
 * Returns: (transfer full): the card as a link
 */
char *
vav_card_to_link (const VavCard *self)
{
  GString *link = g_string_new (SCHEME);

  if (self->id != NULL)
    g_string_append (link, self->id);
  if (self->id != NULL && self->address != NULL)
    g_string_append_c (link, '@');
  if (self->address != NULL)
    g_string_append (link, self->address);
  if (self->name != NULL)
    {
      g_string_append (link, "?name=");
      g_string_append_uri_escaped (link, self->name, NULL, FALSE);
    }
  return g_string_free (link, FALSE);
}

void
vav_card_free (VavCard *self)
{
  g_free (self->name);
  g_free (self->id);
  g_free (self->address);
  g_free (self);
}
