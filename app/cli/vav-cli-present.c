/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/cli/vav-cli-present.h"

#include <glib-unix.h>
#include <glib/gi18n.h>
#include <stdio.h>

#include "app/cli/vav-cli-status.h"
#include "app/service/vav-app-presence-watch.h"

#define USUAL_DURATION 3 /* seconds: a connection, and what the broker keeps for us */

typedef struct
{
  VavEndpoint *endpoint;
  VavAppEvents *events; /* nullable: told as lines */
} Present;

static void
on_present (VavPerson *person, gpointer data)
{
  Present *present = data;
  g_autofree char *name = NULL;

  if (present->events != NULL)
    return; /* they tell by themselves */
  name = vav_cli_printable (vav_person_get_name (person));
  g_print (vav_person_get_present (person) ? _ ("%s is reachable now.") : _ ("%s is not reachable any more."), name);
  g_print ("\n");
  fflush (stdout);
}

static gboolean
on_over (gpointer loop)
{
  g_main_loop_quit (loop);
  return G_SOURCE_CONTINUE;
}

static void
listen (double duration)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  guint sources[] = { g_timeout_add ((guint)(duration * 1000), on_over, loop),
                      g_unix_signal_add (SIGINT, on_over, loop), g_unix_signal_add (SIGTERM, on_over, loop) };

  g_main_loop_run (loop);
  for (gsize i = 0; i < G_N_ELEMENTS (sources); i++)
    g_source_remove (sources[i]);
}

static int
run (VavCliOptions *options, Present *present, VavCliPersonFunc func)
{
  VavPeople *people = vav_endpoint_get_people (present->endpoint);
  g_autoptr (VavAppPresenceWatch) watch = vav_app_presence_watch_new (people, on_present, present);
  g_autofree char *trouble = NULL;

  if (present->events != NULL)
    vav_app_events_watch_endpoint (present->events, present->endpoint);
  listen (options->duration > 0 ? options->duration : USUAL_DURATION);
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (people)); i++)
    {
      g_autoptr (VavPerson) person = g_list_model_get_item (G_LIST_MODEL (people), i);

      func (present->events, person);
    }
  trouble = vav_endpoint_dup_broker_trouble (present->endpoint);
  if (trouble == NULL)
    return VAV_CLI_OK;
  vav_cli_complain (trouble);
  return VAV_CLI_UNREACHABLE;
}

int
vav_cli_present (VavCliOptions *options, VavCliPersonFunc func)
{
  g_autoptr (VavAppEvents) events = options->json ? vav_app_events_new (stdout) : NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (VavEndpoint) endpoint = vav_endpoint_new (options->profile, "none", &error);
  Present present = { endpoint, events };

  if (endpoint == NULL || !vav_endpoint_set_broker (endpoint, options->broker, &error))
    {
      vav_cli_complain (error->message);
      return endpoint == NULL ? VAV_CLI_FAILED : VAV_CLI_USAGE;
    }
  return run (options, &present, func);
}
