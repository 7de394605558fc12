/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/core/vav-server-url.h"

#include <string.h>

#include "net/core/vav-address.h"

#define FINGERPRINT "sha256="
#define FINGERPRINT_LENGTH 64 /* hex digits of a SHA-256 */

static GUri *
parse (const char *url)
{
  return g_uri_parse (url, G_URI_FLAGS_HAS_PASSWORD, NULL);
}

static gboolean
has_scheme (GUri *uri, VavServerKind kind)
{
  static const char *const schemes[VAV_N_SERVER_KINDS][3] = { { "mqtt", "mqtts" }, { "stun" }, { "turn" } };

  return g_strv_contains (schemes[kind], g_uri_get_scheme (uri));
}

/* A host that could be dialled, so that nothing else stands in a question that names it. */
static gboolean
has_host (GUri *uri)
{
  const char *host = g_uri_get_host (uri);
  g_autoptr (VavAddress) address = NULL;
  g_autofree char *joined = NULL;

  if (host == NULL || *host == '\0' || g_uri_get_port (uri) == 0)
    return FALSE;
  joined = vav_address_join (host, 1);
  address = vav_address_parse (joined, NULL);
  return address != NULL && address->host != NULL && address->id == NULL;
}

/* A name and a password, or neither. */
static gboolean
has_account (GUri *uri, VavServerKind kind)
{
  const char *user = g_uri_get_user (uri);
  const char *password = g_uri_get_password (uri);
  gboolean whole = user != NULL && *user != '\0' && password != NULL && *password != '\0';

  if (kind == VAV_SERVER_TURN)
    return whole;
  return kind == VAV_SERVER_BROKER && whole ? TRUE : user == NULL && password == NULL;
}

static gboolean
is_fingerprint (const char *text)
{
  return strlen (text) == FINGERPRINT_LENGTH && strspn (text, "0123456789abcdefABCDEF") == FINGERPRINT_LENGTH;
}

/* Only what changes nothing but how that server is reached: a file of this computer, say, is no link's business. */
static gboolean
has_plain_query (GUri *uri, VavServerKind kind)
{
  const char *query = g_uri_get_query (uri);

  if (query == NULL)
    return TRUE;
  if (kind == VAV_SERVER_TURN)
    return strcmp (query, "transport=tcp") == 0 || strcmp (query, "transport=udp") == 0;
  return kind == VAV_SERVER_BROKER && strcmp (g_uri_get_scheme (uri), "mqtts") == 0
         && g_str_has_prefix (query, FINGERPRINT) && is_fingerprint (query + strlen (FINGERPRINT));
}

/* No line ends, and no marks that turn around what is shown. */
static gboolean
is_plain_text (const char *url)
{
  for (const char *c = url; *c != '\0'; c++)
    if (!g_ascii_isgraph (*c))
      return FALSE;
  return TRUE;
}

/**
 * vav_server_url_is_valid:
 * @kind: what the server is for
 * @url: as a link that somebody sent says it, or as the preferences have it
 *
 * Returns: whether a link may carry it: of the right scheme and form, at most VAV_MAX_SERVER_URL bytes, and with nothing that reaches beyond that server
 */
gboolean
vav_server_url_is_valid (VavServerKind kind, const char *url)
{
  g_autoptr (GUri) uri = NULL;
  const char *path;

  g_return_val_if_fail (url != NULL, FALSE);

  if (strlen (url) > VAV_MAX_SERVER_URL || !is_plain_text (url))
    return FALSE;
  uri = parse (url);
  if (uri == NULL)
    return FALSE;
  path = g_uri_get_path (uri);
  return has_scheme (uri, kind) && has_host (uri) && has_account (uri, kind) && has_plain_query (uri, kind)
         && (*path == '\0' || strcmp (path, "/") == 0) && g_uri_get_fragment (uri) == NULL;
}

/**
 * vav_server_url_dup_host:
 * @url: a URL for which vav_server_url_is_valid() holds
 *
 * Returns: (transfer full) (nullable): the server's name or IP address
 */
char *
vav_server_url_dup_host (const char *url)
{
  g_autoptr (GUri) uri = parse (url);

  return uri != NULL ? g_strdup (g_uri_get_host (uri)) : NULL;
}
