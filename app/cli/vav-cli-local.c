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

static void
write_person (VavAppEvents *events, VavPerson *person)
{
  JsonObject *fields = json_object_new ();

  vav_app_json_set_string (fields, "name", vav_person_get_name (person));
  vav_app_json_set_string (fields, "address", vav_person_get_address (person));
  vav_app_json_set_string (fields, "id", vav_person_get_id (person));
  vav_app_json_set_string (fields, "trust", vav_trust_to_nick (vav_person_get_trust (person)));
  vav_app_events_write (events, "person", 0, fields);
}

static const char *
describe_trust (VavTrust trust)
{
  switch (trust)
    {
    case VAV_TRUST_ACCEPTED:
      return _ ("known");
    case VAV_TRUST_VERIFIED:
      return _ ("verified");
    case VAV_TRUST_UNKNOWN:
    default:
      return _ ("not talked to yet");
    }
}

static void
print_person (VavPerson *person)
{
  const char *address = vav_person_get_address (person);
  g_autofree char *name = vav_cli_printable (vav_person_get_name (person));

  g_print ("%s  %s  (%s)\n", name, address != NULL ? address : _ ("no address"),
           describe_trust (vav_person_get_trust (person)));
}

static int
list_people (VavPeople *people, gboolean json)
{
  g_autoptr (VavAppEvents) events = json ? vav_app_events_new (stdout) : NULL;
  guint n = g_list_model_get_n_items (G_LIST_MODEL (people));

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (VavPerson) person = g_list_model_get_item (G_LIST_MODEL (people), i);

      if (events != NULL)
        write_person (events, person);
      else
        print_person (person);
    }
  if (n == 0 && !json)
    g_print ("%s\n", _ ("There is nobody yet. Add somebody with: visavis-cli people add NAME ADDRESS"));

  return VAV_CLI_OK;
}

static int
complain_of_people (const char *sentence)
{
  vav_cli_complain (sentence);
  return VAV_CLI_USAGE;
}

int
vav_cli_people (VavCliOptions *options)
{
  const char *verb = options->n_arguments > 0 ? options->arguments[0] : NULL;
  g_autoptr (VavPeople) people = NULL;
  g_autoptr (VavPerson) person = NULL;
  g_autoptr (VavAddress) address = NULL;
  g_autoptr (GError) error = NULL;
  gboolean add = g_strcmp0 (verb, "add") == 0;
  gboolean remove = g_strcmp0 (verb, "remove") == 0;

  if (g_strcmp0 (verb, "verify") == 0 || g_strcmp0 (verb, "block") == 0)
    return complain_of_people (_ ("“people verify” and “people block” are not available in this version."));
  if ((verb != NULL && !add && !remove) || (add && options->n_arguments != 3) || (remove && options->n_arguments != 2))
    return complain_of_people (
        _ ("“people” takes nothing, “add NAME ADDRESS” or “remove NAME”. “visavis-cli people --help” helps."));
  if (add && *options->arguments[2] == '\0')
    return complain_of_people (_ ("A person needs an address; the empty one is this computer."));
  if (add && (address = vav_address_parse (options->arguments[2], &error)) == NULL)
    return complain_of_people (error->message);

  people = vav_people_open (options->profile, &error);
  if (people == NULL)
    return fail (error);
  if (verb == NULL)
    return list_people (people, options->json);
  if (add)
    person = vav_people_add (people, options->arguments[1], options->arguments[2], &error);
  if (add ? person == NULL : !vav_people_remove (people, options->arguments[1], &error))
    return fail (error);

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
