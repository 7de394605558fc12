/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/media/vav-ice-url.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define DEFAULT_PORT 3478 /* RFC 8489, RFC 8656 */
#define MAX_LENGTH 1024

static gboolean
is_good_host (const char *host)
{
  return host != NULL && *host != '\0' && strlen (host) <= 255 && g_utf8_validate (host, -1, NULL)
         && strpbrk (host, " \t/%") == NULL;
}

static gboolean
read_scheme (VavIceUrl *self, GUri *uri)
{
  const char *scheme = g_uri_get_scheme (uri);
  const char *query = g_uri_get_query (uri);

  if (g_str_equal (scheme, "stun"))
    return query == NULL;
  if (!g_str_equal (scheme, "turn"))
    return FALSE;

  self->relay = TRUE;
  self->tcp = g_strcmp0 (query, "transport=tcp") == 0;
  return query == NULL || self->tcp || g_str_equal (query, "transport=udp");
}

static gboolean
read_rest (VavIceUrl *self, GUri *uri)
{
  int port = g_uri_get_port (uri);

  if (!is_good_host (g_uri_get_host (uri)) || port == 0 || port > G_MAXUINT16)
    return FALSE;
  if (*g_uri_get_path (uri) != '\0' && !g_str_equal (g_uri_get_path (uri), "/"))
    return FALSE;

  self->host = g_strdup (g_uri_get_host (uri));
  self->port = port > 0 ? (guint16)port : DEFAULT_PORT;
  self->user = g_strdup (g_uri_get_user (uri));
  self->password = g_strdup (g_uri_get_password (uri));
  if (!self->relay)
    return self->user == NULL;

  return self->user != NULL && *self->user != '\0' && self->password != NULL;
}

/* As a sentence may repeat it: with nothing that may be part of a password. */
static char *
dup_shown (const char *text)
{
  const char *at = text != NULL ? strrchr (text, '@') : NULL;

  if (at != NULL)
    text = at + 1;
  else if (text != NULL && g_str_has_prefix (text, "turn"))
    text = NULL;
  if (text == NULL || strlen (text) > 80 || !g_utf8_validate (text, -1, NULL))
    return g_strdup ("…");
  return g_strconcat (at != NULL ? "…@" : "", text, NULL);
}

VavIceUrl *
vav_ice_url_parse (const char *text, GError **error)
{
  g_autoptr (VavIceUrl) self = g_new0 (VavIceUrl, 1);
  g_autoptr (GUri) uri = NULL;

  if (text != NULL && strlen (text) <= MAX_LENGTH)
    uri = g_uri_parse (text, G_URI_FLAGS_HAS_PASSWORD, NULL);
  if (uri == NULL || !read_scheme (self, uri) || !read_rest (self, uri))
    {
      g_autofree char *shown = dup_shown (text);

      g_set_error (error, VAV_ERROR, VAV_ERROR_INVALID_ADDRESS,
                   _ ("The server address “%s” cannot be read. Write stun://HOST:PORT, or "
                      "turn://USER:PASSWORD@HOST:PORT."),
                   shown);
      return NULL;
    }

  return g_steal_pointer (&self);
}

VavIceUrl *
vav_ice_url_copy (const VavIceUrl *self)
{
  VavIceUrl *copy = g_memdup2 (self, sizeof *self);

  copy->host = g_strdup (self->host);
  copy->user = g_strdup (self->user);
  copy->password = g_strdup (self->password);

  return copy;
}

void
vav_ice_url_free (VavIceUrl *self)
{
  if (self == NULL)
    return;

  g_free (self->host);
  g_free (self->user);
  g_free (self->password);
  g_free (self);
}
