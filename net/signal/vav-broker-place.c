/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/signal/vav-broker-place.h"

#include <gio/gio.h>
#include <glib/gi18n-lib.h>
#include <string.h>

#include "net/core/vav-address.h"
#include "net/core/vav-error.h"
#include "net/signal/vav-digest.h"

#define PORT_PLAIN 1883
#define PORT_TLS 8883
#define MAX_URL 2048
#define MAX_SECRET 256

void
vav_broker_place_free (VavBrokerPlace *self)
{
  g_free (self->host);
  g_free (self->where);
  g_free (self->user);
  g_free (self->password);
  g_free (self->ca);
  g_free (self->fingerprint);
  g_free (self);
}

VavBrokerPlace *
vav_broker_place_copy (const VavBrokerPlace *self)
{
  VavBrokerPlace *copy = g_memdup2 (self, sizeof *self);

  copy->host = g_strdup (self->host);
  copy->where = g_strdup (self->where);
  copy->user = g_strdup (self->user);
  copy->password = g_strdup (self->password);
  copy->ca = g_strdup (self->ca);
  copy->fingerprint = g_strdup (self->fingerprint);
  return copy;
}

/* One spelling of a fingerprint: as openssl shows it, with colons and capitals, or plain. */
static gboolean
take_fingerprint (VavBrokerPlace *self, const char *text)
{
  GString *hex = g_string_new (NULL);
  guint8 digest[VAV_DIGEST_SIZE];

  for (; *text != '\0'; text++)
    if (*text != ':')
      g_string_append_c (hex, g_ascii_tolower (*text));
  self->fingerprint = g_string_free (hex, FALSE);
  return vav_digest_from_hex (self->fingerprint, digest);
}

static gboolean
take_query (VavBrokerPlace *self, const char *query)
{
  g_autoptr (GHashTable) params = NULL;
  const char *fingerprint;

  if (query == NULL)
    return TRUE;
  params = g_uri_parse_params (query, -1, "&", G_URI_PARAMS_NONE, NULL);
  if (params == NULL)
    return FALSE;
  self->ca = g_strdup (g_hash_table_lookup (params, "ca"));
  fingerprint = g_hash_table_lookup (params, "sha256");
  return (fingerprint == NULL || take_fingerprint (self, fingerprint))
         && (self->tls || g_hash_table_size (params) == 0);
}

/* The host is held to the same rules as those that one calls. */
static gboolean
take_host (VavBrokerPlace *self, const char *host, int port)
{
  guint16 ignored;

  if (host == NULL || *host == '\0' || port > G_MAXUINT16 || port == 0)
    return FALSE;
  if (!vav_address_parse_listen (host, &self->host, &ignored, NULL) || self->host == NULL)
    return FALSE;
  self->port = port > 0 ? (guint16)port : (guint16)(self->tls ? PORT_TLS : PORT_PLAIN);
  self->where = vav_address_join (self->host, self->port);
  return TRUE;
}

static gboolean
take_user (VavBrokerPlace *self, const char *user, const char *password)
{
  if (user == NULL || *user == '\0')
    return password == NULL;
  self->user = g_strdup (user);
  self->password = g_strdup (password);
  return strlen (user) <= MAX_SECRET && (password == NULL || strlen (password) <= MAX_SECRET);
}

/**
 * vav_broker_place_parse:
 * @error: VAV_ERROR_INVALID_ADDRESS; its sentence does not repeat the URL, which may hold a password
 */
VavBrokerPlace *
vav_broker_place_parse (const char *url, GError **error)
{
  g_autoptr (VavBrokerPlace) self = g_new0 (VavBrokerPlace, 1);
  g_autoptr (GUri) uri = NULL;
  gboolean ok;

  if (strlen (url) <= MAX_URL)
    uri = g_uri_parse (url, G_URI_FLAGS_HAS_PASSWORD | G_URI_FLAGS_ENCODED_QUERY, NULL);
  ok = uri != NULL && (g_str_equal (g_uri_get_scheme (uri), "mqtt") || g_str_equal (g_uri_get_scheme (uri), "mqtts"));
  if (ok)
    {
      self->tls = g_str_equal (g_uri_get_scheme (uri), "mqtts");
      ok = take_host (self, g_uri_get_host (uri), g_uri_get_port (uri))
           && take_user (self, g_uri_get_user (uri), g_uri_get_password (uri))
           && take_query (self, g_uri_get_query (uri)) && strlen (g_uri_get_path (uri)) <= 1
           && g_uri_get_fragment (uri) == NULL;
    }
  if (ok)
    return g_steal_pointer (&self);
  g_set_error_literal (error, VAV_ERROR, VAV_ERROR_INVALID_ADDRESS,
                       _ ("That is not the address of a meeting server. Write it like "
                          "mqtts://USER:PASSWORD@broker.example, or mqtt:// without encryption."));
  return NULL;
}
