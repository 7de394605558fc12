/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/cli/vav-cli-nearby.h"

#include <glib-unix.h>
#include <glib/gi18n.h>
#include <stdio.h>

#include "app/cli/vav-cli-status.h"
#include "app/service/vav-app-events.h"
#include "app/service/vav-app-json.h"

#define USUAL_DURATION 3 /* seconds: answers come within one, also if a packet is lost */

typedef struct
{
  VavEndpoint *endpoint;
  VavNearby *nearby;    /* borrowed from it */
  VavAppEvents *events; /* nullable: told as lines */
  GPtrArray *told;      /* of VavNearbyPerson: the list as it was told */
  GMainLoop *loop;
} Search;

/* (transfer full) (nullable): who has that key among this user's people */
static VavPerson *
find_known (Search *search, VavNearbyPerson *found)
{
  return vav_people_find_by_id (vav_endpoint_get_people (search->endpoint), vav_nearby_person_get_id (found));
}

static void
write_event (Search *search, VavNearbyPerson *found, gboolean present)
{
  g_autoptr (VavPerson) known = find_known (search, found);
  JsonObject *fields = json_object_new ();

  vav_app_json_set_string (fields, "name", vav_nearby_person_get_name (found));
  vav_app_json_set_string (fields, "id", vav_nearby_person_get_id (found));
  vav_app_json_set_string (fields, "address", vav_nearby_person_get_address (found));
  vav_app_json_set_string (fields, "person", known != NULL ? vav_person_get_name (known) : NULL);
  json_object_set_boolean_member (fields, "present", present);
  vav_app_events_write (search->events, "nearby", 0, fields);
}

static void
print_line (Search *search, VavNearbyPerson *found, gboolean present)
{
  g_autoptr (VavPerson) known = find_known (search, found);
  g_autofree char *link = vav_nearby_person_dup_link (found);
  g_autofree char *name
      = vav_cli_printable (known != NULL ? vav_person_get_name (known) : vav_nearby_person_get_name (found));
  g_autofree char *claim = NULL;

  if (!present)
    {
      g_print (_ ("%s is gone."), *name != '\0' ? name : link);
      g_print ("\n");
      return;
    }
  /* Translators: %s is a name that somebody in the local network gives themselves */
  claim = known == NULL ? g_strdup_printf (_ ("calls themselves “%s”"), name) : g_strdup (name);
  g_print ("%s  %s\n", claim, link);
}

static void
tell (Search *search, VavNearbyPerson *found, gboolean present)
{
  if (search->events != NULL)
    write_event (search, found, present);
  else
    print_line (search, found, present);
}

static void
on_changed (Search *search, guint position, guint removed, guint added)
{
  for (guint i = 0; i < removed; i++)
    {
      tell (search, search->told->pdata[position], FALSE);
      g_ptr_array_remove_index (search->told, position);
    }
  for (guint i = position; i < position + added; i++)
    {
      VavNearbyPerson *found = g_list_model_get_item (G_LIST_MODEL (search->nearby), i);

      g_ptr_array_insert (search->told, (int)i, found);
      tell (search, found, TRUE);
    }
}

static gboolean
on_over (gpointer loop)
{
  g_main_loop_quit (loop);
  return G_SOURCE_CONTINUE;
}

static int
run (Search *search, double duration)
{
  guint sources[]
      = { g_timeout_add ((guint)(duration * 1000), on_over, search->loop),
          g_unix_signal_add (SIGINT, on_over, search->loop), g_unix_signal_add (SIGTERM, on_over, search->loop) };
  gulong handler = g_signal_connect_swapped (search->nearby, "items-changed", G_CALLBACK (on_changed), search);
  const char *trouble;

  vav_nearby_begin (search->nearby);
  g_main_loop_run (search->loop);
  trouble = vav_nearby_get_trouble (search->nearby);
  if (trouble != NULL)
    vav_cli_complain (trouble);
  else if (search->told->len == 0 && search->events == NULL)
    g_print ("%s\n", _ ("Nobody in the local network wants to be found."));
  g_signal_handler_disconnect (search->nearby, handler);
  vav_nearby_end (search->nearby);
  for (gsize i = 0; i < G_N_ELEMENTS (sources); i++)
    g_source_remove (sources[i]);
  return trouble != NULL ? VAV_CLI_FAILED : VAV_CLI_OK;
}

int
vav_cli_nearby (VavCliOptions *options)
{
  g_autoptr (VavAppEvents) events = options->json ? vav_app_events_new (stdout) : NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (VavEndpoint) endpoint = vav_endpoint_new (options->profile, "none", &error);
  g_autoptr (GPtrArray) told = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  Search search = { .endpoint = endpoint, .events = events, .told = told, .loop = loop };

  if (endpoint == NULL)
    {
      vav_cli_complain (error->message);
      return VAV_CLI_FAILED;
    }
  search.nearby = vav_endpoint_get_nearby (endpoint);
  return run (&search, options->duration > 0 ? options->duration : USUAL_DURATION);
}
