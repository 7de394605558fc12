/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/cli/vav-cli-cards.h"

#include <gio/gunixinputstream.h>
#include <gio/gunixoutputstream.h>
#include <glib/gi18n.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "app/cli/vav-cli-status.h"
#include "app/service/vav-app-cards.h"
#include "app/service/vav-app-events.h"
#include "app/service/vav-app-json.h"

/* Whatever is the matter with the file, as a sentence that says what to do where the system's does not. */
static int
fail (const GError *error, const char *path)
{
  g_autofree char *sentence = NULL;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_EXISTS))
    sentence = g_strdup_printf (_ ("“%s” is there already. Give the copy another name."), path);
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED))
    sentence = g_strdup_printf (_ ("“%s” is not a file that can be reached from here. Give the path of one."), path);
  else
    sentence = g_strdup_printf (g_str_has_suffix (error->message, ".") ? "%s" : "%s.", error->message);
  vav_cli_complain (sentence);

  return VAV_CLI_FAILED;
}

static gboolean
is_standard (const char *path)
{
  return strcmp (path, "-") == 0;
}

static const char *
to_nick (VavImportOutcome outcome)
{
  g_autoptr (GEnumClass) class = g_type_class_ref (VAV_TYPE_IMPORT_OUTCOME);

  return g_enum_get_value (class, (int)outcome)->value_nick;
}

static void
write_one (VavAppEvents *events, const VavImported *one)
{
  JsonObject *fields = json_object_new ();

  vav_app_json_set_string (fields, "name", one->name);
  vav_app_json_set_string (fields, "id", one->id);
  vav_app_json_set_string (fields, "outcome", to_nick (one->outcome));
  json_object_set_int_member (fields, "line", one->line);
  if (one->fault != NULL)
    vav_app_json_set_string (fields, "error", one->fault);
  vav_app_events_write (events, "imported", 0, fields);
}

static void
write_all (GPtrArray *imported)
{
  static const char *const totals[VAV_N_IMPORT_OUTCOMES]
      = { "added", "changed", "known", "self", "no_address", "faults" };
  g_autoptr (VavAppEvents) events = vav_app_events_new (stdout);
  JsonObject *fields = json_object_new ();

  for (guint i = 0; i < imported->len; i++)
    write_one (events, imported->pdata[i]);
  for (guint outcome = 0; outcome < VAV_N_IMPORT_OUTCOMES; outcome++)
    json_object_set_int_member (fields, totals[outcome], vav_app_cards_count (imported, outcome));
  vav_app_events_write (events, "import", 0, fields);
}

static void
print_one (const VavImported *one)
{
  g_autofree char *name = vav_cli_printable (one->name != NULL ? one->name : _ ("A card without a name"));
  const char *outcome = "";

  switch (one->outcome)
    {
    case VAV_IMPORT_ADDED:
      outcome = _ ("added");
      break;
    case VAV_IMPORT_CHANGED:
      outcome = _ ("has new addresses");
      break;
    case VAV_IMPORT_KNOWN:
      outcome = _ ("known already");
      break;
    case VAV_IMPORT_SELF:
      outcome = _ ("that is you");
      break;
    case VAV_IMPORT_NO_ADDRESS:
      outcome = _ ("no Visavis address");
      break;
    case VAV_IMPORT_FAULT:
    default:
      {
        g_autofree char *sentence = vav_app_cards_describe_fault (one);

        vav_cli_complain (sentence);
        return;
      }
    }
  g_print ("%s: %s\n", name, outcome);
}

static void
print_all (GPtrArray *imported)
{
  g_autofree char *sentence = vav_app_cards_describe (imported);

  for (guint i = 0; i < imported->len; i++)
    print_one (imported->pdata[i]);
  g_print ("%s\n", sentence);
}

static VavPeopleFile *
read_file (const char *path, GError **error)
{
  g_autoptr (GFile) file = g_file_new_for_commandline_arg (path);
  g_autoptr (GInputStream) stream = is_standard (path) ? g_unix_input_stream_new (STDIN_FILENO, FALSE)
                                                       : (GInputStream *)g_file_read (file, NULL, error);

  return stream != NULL ? vav_people_file_read (stream, NULL, error) : NULL;
}

int
vav_cli_cards_check_import (VavCliOptions *options)
{
  g_autofree char *sentence = NULL;

  if (g_ascii_strncasecmp (options->arguments[1], "visavis:", strlen ("visavis:")) != 0)
    return VAV_CLI_OK;

  sentence = g_strdup_printf (_ ("“%s” is an address: give a file of vCards. One person is added by: visavis-cli "
                                 "people add NAME ADDRESS"),
                              options->arguments[1]);
  vav_cli_complain (sentence);
  return VAV_CLI_USAGE;
}

int
vav_cli_cards_import (VavCliOptions *options, VavPeople *people)
{
  const char *path = options->arguments[1];
  g_autoptr (GError) error = NULL;
  g_autoptr (VavPeopleFile) file = read_file (path, &error);
  g_autoptr (VavEndpoint) self = file != NULL ? vav_endpoint_new (options->profile, "none", &error) : NULL;
  g_autoptr (GPtrArray) imported = NULL;

  if (self != NULL)
    imported = vav_people_import_cards (people, file, vav_endpoint_get_id (self), &error);
  if (imported == NULL)
    return fail (error, path);

  if (options->json)
    write_all (imported);
  else
    print_all (imported);

  return vav_app_cards_count (imported, VAV_IMPORT_FAULT) == 0 ? VAV_CLI_OK : VAV_CLI_FAILED;
}

static gboolean
write_whole (GOutputStream *stream, const char *text, GError **error)
{
  return g_output_stream_write_all (stream, text, strlen (text), NULL, NULL, error)
         && g_output_stream_close (stream, NULL, error);
}

/* A file of its own, for this user alone: it says who their people are. A part of them would look like all of them. */
static gboolean
write_file (const char *path, const char *text, GError **error)
{
  g_autoptr (GFile) file = g_file_new_for_commandline_arg (path);
  g_autoptr (GOutputStream) stream = is_standard (path)
                                         ? g_unix_output_stream_new (STDOUT_FILENO, FALSE)
                                         : (GOutputStream *)g_file_create (file, G_FILE_CREATE_PRIVATE, NULL, error);

  if (stream == NULL)
    return FALSE;
  if (write_whole (stream, text, error))
    return TRUE;
  if (!is_standard (path))
    g_file_delete (file, NULL, NULL);

  return FALSE;
}

static void
write_export (FILE *out, guint n)
{
  g_autoptr (VavAppEvents) events = vav_app_events_new (out);
  JsonObject *fields = json_object_new ();

  json_object_set_int_member (fields, "people", n);
  vav_app_events_write (events, "export", 0, fields);
}

int
vav_cli_cards_export (VavCliOptions *options, VavPeople *people)
{
  const char *path = options->arguments[1];
  gboolean beside = is_standard (path); /* the cards go to standard output */
  guint n;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = vav_people_export_cards (people, &n);
  g_autofree char *sentence = vav_app_cards_describe_export (n);

  if (n > 0 && !write_file (path, text, &error))
    return fail (error, path);

  if (n > 0 && options->json)
    write_export (beside ? stderr : stdout, n);
  else if (n > 0 && !beside)
    g_print ("%s\n", sentence);
  else
    vav_cli_complain (sentence);

  return n > 0 ? VAV_CLI_OK : VAV_CLI_FAILED;
}
