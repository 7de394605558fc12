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
  return TRUE;
}
