/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/vav-app-network.h"

#include "app/vav-app-settings.h"

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
  return settings != NULL ? vav_app_settings_dup_string (settings, server_keys[kind]) : NULL;
}

gboolean
vav_app_network_has_servers (VavAppSettings *settings)
{
  for (guint kind = 0; kind < VAV_N_SERVER_KINDS; kind++)
    {
      g_autofree char *url = vav_app_network_dup_server (settings, kind);

      if (url != NULL)
        return TRUE;
    }
  return FALSE;
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

      if (card->servers[kind] == NULL)
        continue;
      if (!set_server (endpoint, kind, card->servers[kind], &error))
        g_message ("%s", error->message);
      else if (settings != NULL)
        vav_app_settings_set_string (settings, server_keys[kind], card->servers[kind]);
    }
}

/* One that cannot be used is no reason not to start. */
static void
set_broker (VavEndpoint *endpoint, VavAppSettings *settings)
{
  g_autofree char *url = vav_app_network_dup_server (settings, VAV_SERVER_BROKER);
  g_autoptr (GError) error = NULL;

  if (url != NULL && !vav_endpoint_set_broker (endpoint, url, &error))
    g_message ("%s", error->message);
}

gboolean
vav_app_network_set_up (VavEndpoint *endpoint, const VavAppOptions *options, GError **error)
{
  if (options->listen != NULL && !vav_endpoint_set_listen (endpoint, options->listen, error))
    return FALSE;
  if (options->stun != NULL && !vav_endpoint_set_stun (endpoint, options->stun, error))
    return FALSE;
  if (options->turn != NULL && !vav_endpoint_set_turn (endpoint, options->turn, error))
    return FALSE;
  vav_endpoint_set_relay_only (endpoint, options->relay_only);
  set_ports (endpoint, options->settings);
  set_broker (endpoint, options->settings);
  return TRUE;
}
