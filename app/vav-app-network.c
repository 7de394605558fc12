/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/vav-app-network.h"

#include "app/vav-app-secrets.h"

/* A range that cannot be read is no reason not to start: the page “Network” shows it. */
static void
set_ports (VavEndpoint *endpoint, VavAppSettings *settings)
{
  g_autofree char *ports = settings != NULL ? vav_app_settings_dup_string (settings, "media-ports") : NULL;
  g_autoptr (GError) error = NULL;

  if (!vav_endpoint_set_media_ports (endpoint, ports, &error))
    g_message ("%s", error->message);
}

static const char *const server_keys[VAV_N_SERVER_KINDS] = { "broker", "stun", "turn" };

char *
vav_app_network_dup_server (VavAppSettings *settings, VavServerKind kind)
{
  return settings != NULL ? vav_app_secrets_dup_server (vav_app_settings_get_secrets (settings), kind) : NULL;
}

gboolean
vav_app_network_has_servers (VavAppSettings *settings)
{
  for (guint kind = 0; kind < VAV_N_SERVER_KINDS; kind++)
    {
      g_autofree char *url = settings != NULL ? vav_app_settings_dup_string (settings, server_keys[kind]) : NULL;

      if (url != NULL)
        return TRUE;
    }
  return FALSE;
}

static gboolean
is_locked (VavAppSettings *settings, VavServerKind kind)
{
  return settings != NULL && vav_app_settings_is_locked (settings, server_keys[kind]);
}

gboolean
vav_app_network_drop_locked (VavAppSettings *settings, VavCard *card)
{
  gboolean dropped = FALSE;

  for (guint kind = 0; kind < VAV_N_SERVER_KINDS; kind++)
    if (card->servers[kind] != NULL && is_locked (settings, kind))
      {
        vav_card_set_server (card, kind, NULL);
        dropped = TRUE;
      }
  return dropped;
}

static gboolean
set_server (VavEndpoint *endpoint, VavServerKind kind, const char *url, GError **error)
{
  switch (kind)
    {
    case VAV_SERVER_STUN:
      return vav_endpoint_set_stun (endpoint, url, error);
    case VAV_SERVER_TURN:
      return vav_endpoint_set_turn (endpoint, url, error);
    case VAV_SERVER_BROKER:
    default:
      return vav_endpoint_set_broker (endpoint, url, error);
    }
}

void
vav_app_network_use_servers (VavEndpoint *endpoint, VavAppSettings *settings, const VavCard *card)
{
  for (guint kind = 0; kind < VAV_N_SERVER_KINDS; kind++)
    {
      g_autoptr (GError) error = NULL;

      if (card->servers[kind] == NULL || is_locked (settings, kind))
        continue;
      if (!set_server (endpoint, kind, card->servers[kind], &error))
        g_message ("%s", error->message);
      else if (settings != NULL)
        vav_app_secrets_set_server (vav_app_settings_get_secrets (settings), kind, card->servers[kind]);
    }
}

/* One that cannot be used is no reason not to start. */
static void
on_server_changed (VavAppSecrets *secrets, VavServerKind kind, VavEndpoint *endpoint)
{
  g_autofree char *url = vav_app_secrets_dup_server (secrets, kind);
  g_autoptr (GError) error = NULL;

  if (!set_server (endpoint, kind, url, &error))
    g_message ("%s", error->message);
}

/* A server that has a password is used as soon as the keyring has told it. */
static void
follow_servers (VavEndpoint *endpoint, VavAppSettings *settings)
{
  VavAppSecrets *secrets = settings != NULL ? vav_app_settings_get_secrets (settings) : NULL;

  if (secrets == NULL)
    return;
  g_signal_connect_object (secrets, "changed", G_CALLBACK (on_server_changed), endpoint, 0);
  vav_app_secrets_load (secrets);
}

gboolean
vav_app_network_set_up (VavEndpoint *endpoint, const VavAppOptions *options, GError **error)
{
  if (options->listen != NULL && !vav_endpoint_set_listen (endpoint, options->listen, error))
    return FALSE;
  vav_endpoint_set_relay_only (endpoint, options->relay_only);
  set_ports (endpoint, options->settings);
  follow_servers (endpoint, options->settings);
  return TRUE;
}
