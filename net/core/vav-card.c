/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/core/vav-card.h"

#include <gio/gio.h>
#include <glib/gi18n-lib.h>
#include <string.h>

#include "net/core/vav-address.h"
#include "net/core/vav-types.h"

#define SCHEME "visavis:"

G_DEFINE_BOXED_TYPE (VavCard, vav_card, vav_card_copy, vav_card_free)

static const char *const server_keys[VAV_N_SERVER_KINDS] = { "broker", "stun", "turn" };

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
 * vav_card_copy:
 *
 * Returns: (transfer full): a copy
 */
VavCard *
vav_card_copy (const VavCard *self)
{
  VavCard *copy = g_new0 (VavCard, 1);

  copy->name = g_strdup (self->name);
  copy->id = g_strdup (self->id);
  copy->address = g_strdup (self->address);
  for (guint i = 0; i < VAV_N_SERVER_KINDS; i++)
    copy->servers[i] = g_strdup (self->servers[i]);
  return copy;
}

/**
 * vav_card_set_server:
 * @kind: what the server is for
 * @url: (nullable): its URL
 *
 * One that no link may carry (vav_server_url_is_valid()) is left out.
 */
void
vav_card_set_server (VavCard *self, VavServerKind kind, const char *url)
{
  g_return_if_fail (kind < VAV_N_SERVER_KINDS);

  g_free (self->servers[kind]);
  self->servers[kind] = url != NULL && vav_server_url_is_valid (kind, url) ? g_strdup (url) : NULL;
}

/**
 * vav_card_has_servers:
 *
 * Returns: whether it carries any server
 */
gboolean
vav_card_has_servers (const VavCard *self)
{
  for (guint i = 0; i < VAV_N_SERVER_KINDS; i++)
    if (self->servers[i] != NULL)
      return TRUE;
  return FALSE;
}

/* A query that cannot be read says nothing. */
static void
read_query (VavCard *self, const char *query)
{
  g_autoptr (GHashTable) fields = g_uri_parse_params (query, -1, "&", G_URI_PARAMS_WWW_FORM, NULL);

  if (fields == NULL)
    return;
  self->name = clean_name (g_hash_table_lookup (fields, "name"));
  for (guint i = 0; i < VAV_N_SERVER_KINDS; i++)
    vav_card_set_server (self, i, g_hash_table_lookup (fields, server_keys[i]));
}

static gboolean
fail (GError **error)
{
  g_set_error_literal (error, VAV_ERROR, VAV_ERROR_INVALID_ADDRESS,
                       _ ("This is not a Visavis link. One begins with “visavis:”."));
  return FALSE;
}

/**
 * vav_card_parse:
 * @link: a `visavis:` link as somebody sent it, at most VAV_MAX_LINK bytes
 * @error: VAV_ERROR_INVALID_ADDRESS
 *
 * Returns: (transfer full) (nullable): the card; it has an id or an address or both, or at least a server
 */
VavCard *
vav_card_parse (const char *link, GError **error)
{
  g_autoptr (VavCard) self = g_new0 (VavCard, 1);
  g_autoptr (VavAddress) address = NULL;
  g_autofree char *trimmed = NULL;
  const char *query;

  g_return_val_if_fail (link != NULL, NULL);

  if (strlen (link) > VAV_MAX_LINK || !g_utf8_validate (link, -1, NULL))
    return fail (error), NULL;
  trimmed = g_strstrip (g_strdup (link));
  if (g_ascii_strncasecmp (trimmed, SCHEME, strlen (SCHEME)) != 0)
    return fail (error), NULL;
  query = strchr (trimmed, '?');
  if (query != NULL)
    read_query (self, query + 1);
  if (query == trimmed + strlen (SCHEME) && vav_card_has_servers (self))
    return g_steal_pointer (&self);
  if (trimmed[strlen (SCHEME)] == '\0')
    return fail (error), NULL;

  address = vav_address_parse (trimmed, error);
  if (address == NULL)
    return NULL;
  self->id = g_strdup (address->id);
  self->address = address->host != NULL ? vav_address_join (address->host, address->port) : NULL;
  return g_steal_pointer (&self);
}

static void
add_field (GString *link, const char *key, const char *value)
{
  if (value == NULL)
    return;
  g_string_append_printf (link, "%c%s=", strchr (link->str, '?') != NULL ? '&' : '?', key);
  g_string_append_uri_escaped (link, value, NULL, FALSE);
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
  add_field (link, "name", self->name);
  for (guint i = 0; i < VAV_N_SERVER_KINDS; i++)
    add_field (link, server_keys[i], self->servers[i]);
  return g_string_free (link, FALSE);
}

/**
 * vav_card_free:
 *
 * Frees a card.
 */
void
vav_card_free (VavCard *self)
{
  g_free (self->name);
  g_free (self->id);
  g_free (self->address);
  for (guint i = 0; i < VAV_N_SERVER_KINDS; i++)
    g_free (self->servers[i]);
  g_free (self);
}
