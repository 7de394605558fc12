/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gi18n.h>
#include <gst/gst.h>
#include <stdio.h>
#include <string.h>

#include "app/cli/vav-cli-commands.h"
#include "app/cli/vav-cli-status.h"
#include "app/service/vav-app-events.h"
#include "app/service/vav-app-json.h"
#include "app/service/vav-app-profile.h"

static int
fail (const GError *error)
{
  vav_cli_complain (error->message);
  return VAV_CLI_FAILED;
}

int
vav_cli_identity (VavCliOptions *options)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (VavEndpoint) endpoint = vav_endpoint_new (options->profile, "none", &error);
  g_autofree char *name = vav_app_profile_dup_identifier (options->profile);
  g_autofree char *id = NULL;

  if (endpoint == NULL)
    return fail (error);

  vav_endpoint_set_identifier (endpoint, name);
  if (options->json)
    {
      g_autoptr (VavAppEvents) events = vav_app_events_new (stdout);

      vav_app_events_identity (events, endpoint);
      return VAV_CLI_OK;
    }

  id = vav_id_to_display (vav_endpoint_get_id (endpoint));
  g_print ("%s %s\n%s %s\n%s %s\n", _ ("Id:"), id, _ ("Name:"), name, _ ("Profile:"), options->profile);

  return VAV_CLI_OK;
}

typedef struct
{
  GMainLoop *loop;
  GPtrArray *devices;
  GError *error;
} Listing;

static void
on_devices (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Listing *listing = user_data;

  listing->devices = vav_devices_list_finish (result, &listing->error);
  g_main_loop_quit (listing->loop);
}

static void
print_device (VavDevice *device)
{
  g_autofree char *name = vav_cli_printable (vav_device_get_name (device));

  g_print ("%-10s  %s%s\n", vav_device_kind_to_nick (vav_device_get_kind (device)), name,
           vav_device_is_default (device) ? _ (" (default)") : "");
}

int
vav_cli_devices (VavCliOptions *options)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (VavAppEvents) events = options->json ? vav_app_events_new (stdout) : NULL;
  g_autoptr (GPtrArray) devices = NULL;
  g_autoptr (GError) error = NULL;
  Listing listing = { .loop = loop };

  gst_init (NULL, NULL);
  vav_devices_list_async (NULL, on_devices, &listing);
  g_main_loop_run (loop);
  devices = listing.devices;
  error = listing.error;
  if (devices == NULL)
    return fail (error);

  for (guint i = 0; i < devices->len; i++)
    if (events != NULL)
      vav_app_events_device (events, g_ptr_array_index (devices, i));
    else
      print_device (g_ptr_array_index (devices, i));
  if (devices->len == 0 && events == NULL)
    g_print ("%s\n", _ ("No camera, microphone or speaker was found. Calls work without them."));

  return VAV_CLI_OK;
}
