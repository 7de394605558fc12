/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gi18n.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "app/cli/vav-cli-commands.h"
#include "app/cli/vav-cli-status.h"
#include "app/service/vav-app-process.h"

static const VavCliCommand commands[] = {
  { "identity", "", N_ ("Print this user’s id and name, and where the profile is."), 0, 0, FALSE, NULL,
    vav_cli_identity },
  { "answer", "", N_ ("Wait for calls and take those of your people; --anyone takes all."), 0, 0, TRUE,
    vav_cli_options_answer, vav_cli_answer },
  { "call", N_ ("ADDRESS"),
    N_ ("Call an address (HOST, HOST:PORT, [IPv6]:PORT, visavis:ID@HOST:PORT), one of your people, or \"\" for "
        "yourself."),
    1, 1, TRUE, vav_cli_options_call, vav_cli_call },
  { "dial", N_ ("ADDRESS"), N_ ("Begin a call in the running Visavis, print its number and quit."), 1, 1, FALSE,
    vav_cli_options_dial, vav_cli_dial },
  { "calls", "", N_ ("List all your current calls, whichever program began them."), 0, 0, FALSE, NULL, vav_cli_calls },
  { "hang-up", N_ ("NUMBER | --all"), N_ ("End one of your calls by its number, or all; returns when they are gone."),
    0, 1, FALSE, vav_cli_options_hang_up, vav_cli_hang_up },
  { "people",
    N_ ("[add NAME ADDRESS | remove NAME | verify NAME CODE | block NAME | unblock NAME | import FILE | export FILE]"),
    N_ ("List your people; add, remove, verify or block one. “verify NAME” prints the code to compare; “import” and "
        "“export” read and write a file of vCards."),
    0, 8, FALSE, vav_cli_options_people, vav_cli_people },
  { "devices", "", N_ ("List cameras, microphones and speakers, as Visavis sees them."), 0, 0, FALSE, NULL,
    vav_cli_devices },
  { "export", N_ ("FILE"),
    N_ ("Save a copy of your profile as a file that a passphrase opens; the passphrase is asked for, or is the first "
        "line of stdin."),
    1, 1, FALSE, NULL, vav_cli_export },
  { "import", N_ ("FILE"),
    N_ ("Bring a saved profile back; what was there is kept beside it. Visavis must not be running with the profile."),
    1, 1, FALSE, NULL, vav_cli_import },
};

static void
print_help (void)
{
  g_print ("%s\n\n%s\n  visavis-cli [%s] %s\n\n%s\n", _ ("Face-to-face calls from the command line."), _ ("Usage:"),
           _ ("OPTION…"), _ ("COMMAND …"), _ ("Commands:"));
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    g_print ("  %-10s %s\n", commands[i].name, _ (commands[i].summary));

  g_print ("\n%s\n"
           "  --profile DIR               %s\n"
           "  --json                      %s\n"
           "  --listen HOST:PORT          %s\n"
           "  --media test|auto|none|FILE %s\n"
           "  --stun URL, --turn URL      %s\n"
           "  --relay-only                %s\n"
           "  --media-ports FIRST-LAST    %s\n"
           "  --broker URL                %s\n"
           "  --no-direct                 %s\n"
           "  --timeline                  %s\n"
           "  --version                   %s\n\n",
           _ ("Options:"), _ ("The folder with your key and people"), _ ("Tell what happens as JSON, one event a line"),
           _ ("Where to wait for calls; port 0 means any"),
           _ ("Picture and sound: auto (your devices), test, none, or a media file"),
           _ ("Servers that help through NATs: stun://HOST:PORT, turn://USER:PASS@HOST:PORT"),
           _ ("Let picture and sound travel over the relay only"),
           _ ("The UDP ports for picture and sound, like 50000-50100"),
           _ ("A meeting server (an MQTT broker): mqtts://USER:PASS@HOST[:PORT], mqtt://, or an invitation’s link"),
           _ ("Call and be called by the meeting server only"), _ ("Tell on stderr when each step of a call came"),
           _ ("Print the version and quit"));
  g_print (
      "%s\n%s\n\n%s\n",
      _ ("Exit status: 0 connected and ended gracefully, 2 usage, 3 refused, rejected or busy, 4 unreachable or no"),
      _ ("answer, 5 ended by a reset, 6 identity does not match, 7 media failed, 1 anything else."),
      _ ("“visavis-cli COMMAND --help” tells the options of a command."));
}

static int
complain_of_usage (const char *sentence, const char *command)
{
  g_autofree char *text = NULL;

  if (command != NULL)
    text = g_strdup_printf (_ ("%s “visavis-cli %s --help” helps."), sentence, command);
  else
    text = g_strdup_printf (_ ("%s “visavis-cli --help” helps."), sentence);
  vav_cli_complain (text);

  return VAV_CLI_USAGE;
}

/* GOption's messages have no full stop, ours have. */
static int
complain_of_error (const GError *error, const char *command)
{
  g_autofree char *sentence = g_strdup_printf (g_str_has_suffix (error->message, ".") ? "%s" : "%s.", error->message);

  return complain_of_usage (sentence, command);
}

static const VavCliCommand *
find (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    if (strcmp (commands[i].name, name) == 0)
      return &commands[i];

  return NULL;
}

static int
run (const VavCliCommand *command, char **argv)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *help = NULL;
  g_autoptr (VavCliOptions) options = vav_cli_options_parse (command, argv, &help, &error);

  if (help != NULL)
    {
      g_print ("%s", help);
      return VAV_CLI_OK;
    }
  if (options == NULL)
    return complain_of_error (error, command->name);

  return command->run (options);
}

static int
run_line (char **argv)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *sentence = NULL;
  const VavCliCommand *command;
  gboolean help = FALSE;
  int index;

  if (g_strcmp0 (argv[1], "--version") == 0 && argv[2] == NULL)
    {
      g_print ("Visavis %s\n", VAV_VERSION);
      return VAV_CLI_OK;
    }

  index = vav_cli_options_find_command (argv, &help, &error);
  if (index < 0)
    return complain_of_error (error, NULL);
  if (index == 0)
    {
      print_help ();
      return help ? VAV_CLI_OK : VAV_CLI_USAGE;
    }

  command = find (argv[index]);
  if (command != NULL)
    return run (command, argv);

  sentence = g_strdup_printf (_ ("There is no command “%s”."), argv[index]);
  return complain_of_usage (sentence, NULL);
}

/* Not by exit(): plug-ins and keys for a first call may still be on their way in a thread of the library, which must not meet the exit
 * handlers of the libraries that it is using. */
static void
leave (int status)
{
  fflush (NULL);
  _exit (status);
}

int
main (int argc, char **argv)
{
  g_auto (GStrv) arguments = NULL;

  vav_app_process_prepare ();
  g_set_prgname ("visavis-cli");

  arguments = vav_app_process_take_arguments (argc, argv);
  leave (run_line (arguments));
}
