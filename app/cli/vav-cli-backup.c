/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gi18n.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "app/cli/vav-cli-commands.h"
#include "app/cli/vav-cli-status.h"
#include "app/service/vav-app-copy.h"
#include "app/service/vav-app-profile.h"

/* A line of stdin without its end; (nullable): there is none, or it is longer than any passphrase. */
static char *
read_line (void)
{
  char line[VAV_MAX_PASSPHRASE + 2];

  if (fgets (line, sizeof line, stdin) == NULL)
    return NULL;
  if (strchr (line, '\n') == NULL && !feof (stdin))
    return NULL;
  line[strcspn (line, "\n")] = '\0';
  return g_strdup (line);
}

/* From the terminal without showing it; else the first line of stdin. */
static char *
ask (const char *prompt)
{
  struct termios shown, hidden;
  char *line;

  if (!isatty (STDIN_FILENO) || tcgetattr (STDIN_FILENO, &shown) != 0)
    return read_line ();
  hidden = shown;
  hidden.c_lflag &= ~(tcflag_t)ECHO;
  fputs (prompt, stderr);
  tcsetattr (STDIN_FILENO, TCSAFLUSH, &hidden);
  line = read_line ();
  tcsetattr (STDIN_FILENO, TCSAFLUSH, &shown);
  fputc ('\n', stderr);
  return line;
}

/* twice: what is sealed with a slip of the finger could never be opened again. */
static char *
ask_passphrase (gboolean twice)
{
  g_autofree char *first = ask (_ ("Passphrase: "));
  g_autofree char *second = NULL;

  if (first == NULL || *first == '\0')
    return vav_cli_complain (_ ("No passphrase was given.")), NULL;
  if (twice && isatty (STDIN_FILENO))
    {
      second = ask (_ ("Once more: "));
      if (g_strcmp0 (first, second) != 0)
        return vav_cli_complain (_ ("The two passphrases are not the same.")), NULL;
    }
  return g_steal_pointer (&first);
}

static int
fail (const GError *error)
{
  vav_cli_complain (error->message);
  return VAV_CLI_FAILED;
}

int
vav_cli_export (VavCliOptions *options)
{
  const char *file = options->arguments[0];
  g_autoptr (GError) error = NULL;
  g_autofree char *passphrase = NULL;
  g_autofree char *sentence = NULL;
  g_autofree char *lacking = NULL;

  if (g_file_test (file, G_FILE_TEST_EXISTS))
    {
      sentence = g_strdup_printf (_ ("“%s” is there already. Give the copy another name."), file);
      vav_cli_complain (sentence);
      return VAV_CLI_FAILED;
    }
  passphrase = ask_passphrase (TRUE);
  if (passphrase == NULL)
    return VAV_CLI_FAILED;
  if (!vav_app_copy_write (options->profile, file, passphrase, &lacking, &error))
    return fail (error);
  if (lacking != NULL)
    vav_cli_complain (lacking);
  g_print ("%s\n", _ ("The profile was saved. Without the passphrase nobody can open it."));
  return VAV_CLI_OK;
}

int
vav_cli_import (VavCliOptions *options)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *passphrase = ask_passphrase (FALSE);
  g_autoptr (VavAppLock) lock = NULL;

  if (passphrase == NULL)
    return VAV_CLI_FAILED;
  /* before the folder is made: a wrong file leaves no trace */
  if (!vav_backup_check (options->arguments[0], passphrase, &error))
    return fail (error);
  lock = vav_app_lock_take (options->profile, &error);
  if (lock == NULL || !vav_backup_read (options->arguments[0], passphrase, options->profile, &error))
    return fail (error);
  g_print (_ ("The profile is back. What was there before is in a folder “replaced-…” in %s."), options->profile);
  g_print ("\n");
  return VAV_CLI_OK;
}
