/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/vav-app-saver.h"

#include "app/vav-app-data-rate.h"

#define KEY "vav-app-saver"

static const char *const keys[] = { "data-saver", "data-saver-amount" };

typedef struct
{
  VavAppSettings *settings; /* borrowed */
  VavEndpoint *endpoint;    /* borrowed: it owns this */
  gulong watches[G_N_ELEMENTS (keys)];
  gulong network;
} Saver;

gboolean
vav_app_saver_is_metered (void)
{
  return g_network_monitor_get_network_metered (g_network_monitor_get_default ());
}

static void
update (Saver *self)
{
  g_autofree char *when = vav_app_settings_dup_string (self->settings, keys[0]);
  g_autofree char *amount = vav_app_settings_dup_string (self->settings, keys[1]);

  vav_endpoint_set_rate_limit (self->endpoint, vav_app_data_rate_decide (when, amount, vav_app_saver_is_metered ()));
}

static void
saver_free (gpointer data)
{
  Saver *self = data;

  g_signal_handler_disconnect (g_network_monitor_get_default (), self->network);
  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++)
    vav_app_settings_unwatch (self->settings, self->watches[i]);
  g_free (self);
}

void
vav_app_saver_keep (VavAppSettings *settings, VavEndpoint *endpoint)
{
  Saver *self = g_new0 (Saver, 1);

  self->settings = settings;
  self->endpoint = endpoint;
  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++)
    self->watches[i] = vav_app_settings_watch (settings, keys[i], G_CALLBACK (update), self);
  self->network = g_signal_connect_swapped (g_network_monitor_get_default (), "notify::network-metered",
                                            G_CALLBACK (update), self);
  update (self);
  g_object_set_data_full (G_OBJECT (endpoint), KEY, self, saver_free);
}
