/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gi18n.h>
#include <stdio.h>
#include <string.h>

#include "app/cli/vav-cli-cards.h"
#include "app/cli/vav-cli-commands.h"
#include "app/cli/vav-cli-nearby.h"
#include "app/cli/vav-cli-present.h"
#include "app/cli/vav-cli-status.h"
#include "app/service/vav-app-events.h"
#include "app/service/vav-app-json.h"

static int
fail (const GError *error)
{
  vav_cli_complain (error->message);
  return g_error_matches (error, VAV_ERROR, VAV_ERROR_UNTRUSTED) ? VAV_CLI_UNTRUSTED : VAV_CLI_FAILED;
}

static void
write_person (VavAppEvents *events, VavPerson *person, gboolean asked)
{
  JsonObject *fields = json_object_new ();

  vav_app_json_set_string (fields, "name", vav_person_get_name (person));
  vav_app_json_set_string (fields, "address", vav_person_get_address (person));
  vav_app_json_set_string (fields, "id", vav_person_get_id (person));
  vav_app_json_set_string (fields, "trust", vav_trust_to_nick (vav_person_get_trust (person)));
  json_object_set_boolean_member (fields, "blocked", vav_person_get_blocked (person));
  if (asked)
    json_object_set_boolean_member (fields, "present", vav_person_get_present (person));
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

  g_print ("%s  %s  (%s%s%s)\n", name, address != NULL ? address : _ ("no address"),
           vav_person_get_present (person) ? _ ("reachable now") : "", vav_person_get_present (person) ? ", " : "",
           vav_person_get_blocked (person) ? _ ("blocked") : describe_trust (vav_person_get_trust (person)));
}

/* Who was asked for at the meeting server. */
static void
tell_person (VavAppEvents *events, VavPerson *person)
{
  if (events != NULL)
    write_person (events, person, TRUE);
  else
    print_person (person);
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
        write_person (events, person, FALSE);
      else
        print_person (person);
    }
  if (n == 0 && !json)
    g_print ("%s\n", _ ("There is nobody yet. Add somebody with: visavis-cli people add NAME ADDRESS"));

  return VAV_CLI_OK;
}

static int
complain_of_usage (const char *sentence)
{
  vav_cli_complain (sentence);
  return VAV_CLI_USAGE;
}

/* Returns: (transfer full) (nullable): complained of */
static VavPerson *
find (VavPeople *people, const char *name)
{
  VavPerson *person = vav_people_find_by_name (people, name);
  g_autofree char *sentence = NULL;

  if (person == NULL)
    {
      sentence = g_strdup_printf (_ ("There is nobody called “%s” among your people."), name);
      vav_cli_complain (sentence);
    }
  return person;
}

static int
add (VavCliOptions *options, VavPeople *people)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (VavPerson) person = vav_people_add (people, options->arguments[1], options->arguments[2], &error);

  return person != NULL ? VAV_CLI_OK : fail (error);
}

static int
check_add (VavCliOptions *options)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (VavAddress) address = NULL;

  if (*options->arguments[2] == '\0')
    return complain_of_usage (_ ("A person needs an address; the empty one is this computer."));
  address = vav_address_parse (options->arguments[2], &error);
  return address != NULL ? VAV_CLI_OK : complain_of_usage (error->message);
}

static int
remove_person (VavCliOptions *options, VavPeople *people)
{
  g_autoptr (GError) error = NULL;

  return vav_people_remove (people, options->arguments[1], &error) ? VAV_CLI_OK : fail (error);
}

static int
set_blocked (VavCliOptions *options, VavPeople *people, gboolean blocked)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (VavPerson) person = find (people, options->arguments[1]);

  if (person == NULL)
    return VAV_CLI_FAILED;
  return vav_people_set_blocked (people, person, blocked, &error) ? VAV_CLI_OK : fail (error);
}

static int
block (VavCliOptions *options, VavPeople *people)
{
  return set_blocked (options, people, TRUE);
}

static int
unblock (VavCliOptions *options, VavPeople *people)
{
  return set_blocked (options, people, FALSE);
}

/* Without a code: the one that the two should read to each other. A code in six groups need not be quoted. */
static int
verify (VavCliOptions *options, VavPeople *people)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (VavPerson) person = find (people, options->arguments[1]);
  g_autoptr (VavEndpoint) self = NULL;
  g_autofree char *code = NULL;

  if (person == NULL)
    return VAV_CLI_FAILED;
  self = vav_endpoint_new (options->profile, "none", &error);
  if (self == NULL)
    return fail (error);
  if (options->n_arguments == 2 && vav_person_get_id (person) != NULL)
    {
      code = vav_people_dup_compare_code (vav_endpoint_get_id (self), vav_person_get_id (person));
      g_print ("%s\n", code);
      return VAV_CLI_OK;
    }
  code = g_strjoinv (" ", options->arguments + 2);
  return vav_people_verify (people, person, vav_endpoint_get_id (self), code, &error) ? VAV_CLI_OK : fail (error);
}

typedef struct
{
  const char *name;
  guint min_arguments; /* with the verb itself */
  guint max_arguments;
  int (*check) (VavCliOptions *options); /* nullable: before the profile is opened */
  int (*run) (VavCliOptions *options, VavPeople *people);
} Verb;

static const Verb verbs[] = {
  { "add", 3, 3, check_add, add },
  { "remove", 2, 2, NULL, remove_person },
  { "verify", 2, 8, NULL, verify },
  { "block", 2, 2, NULL, block },
  { "unblock", 2, 2, NULL, unblock },
  { "import", 2, 2, vav_cli_cards_check_import, vav_cli_cards_import },
  { "export", 2, 2, NULL, vav_cli_cards_export },
};

static const Verb *
find_verb (VavCliOptions *options)
{
  for (guint i = 0; i < G_N_ELEMENTS (verbs); i++)
    if (strcmp (verbs[i].name, options->arguments[0]) == 0 && options->n_arguments >= verbs[i].min_arguments
        && options->n_arguments <= verbs[i].max_arguments)
      return &verbs[i];

  return NULL;
}

int
vav_cli_people (VavCliOptions *options)
{
  const Verb *verb = options->n_arguments > 0 ? find_verb (options) : NULL;
  g_autoptr (VavPeople) people = NULL;
  g_autoptr (GError) error = NULL;

  if (options->nearby && options->n_arguments > 0)
    return complain_of_usage (_ ("“people --nearby” takes nothing more."));
  if (options->nearby)
    return vav_cli_nearby (options);
  if (options->n_arguments == 0 && options->broker != NULL)
    return vav_cli_present (options, tell_person);
  if (options->n_arguments > 0 && verb == NULL)
    return complain_of_usage (
        _ ("“people” takes nothing, “add NAME ADDRESS”, “remove NAME”, “verify NAME CODE”, “block NAME”, “unblock "
           "NAME”, “import FILE” or “export FILE”. “visavis-cli people --help” helps."));
  if (verb != NULL && verb->check != NULL && verb->check (options) != VAV_CLI_OK)
    return VAV_CLI_USAGE;

  people = vav_people_open (options->profile, &error);
  if (people == NULL)
    return fail (error);
  if (vav_people_get_notice (people) != NULL)
    vav_cli_complain (vav_people_get_notice (people));

  return verb != NULL ? verb->run (options, people) : list_people (people, options->json);
}
