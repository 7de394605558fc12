/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/vav-app-restart.h"

#include <string.h>
#include <unistd.h>

#include "net/visavis.h"

typedef struct
{
  char *file;
  char *passphrase;
  char *profile;
} Import;

static void
import_free (gpointer data)
{
  Import *import = data;

  memset (import->passphrase, 0, strlen (import->passphrase));
  g_free (import->file);
  g_free (import->passphrase);
  g_free (import->profile);
  g_free (import);
}

/* thread: one of GTask's */
static void
read_backup (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Import *import = data;
  GError *error = NULL;

  if (vav_backup_read (import->file, import->passphrase, import->profile, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

void
vav_app_restart_import_async (const char *file, const char *passphrase, const char *profile,
                              GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, callback, user_data);
  Import *import = g_new0 (Import, 1);

  import->file = g_strdup (file);
  import->passphrase = g_strdup (passphrase);
  import->profile = g_strdup (profile);
  g_task_set_task_data (task, import, import_free);
  g_task_run_in_thread (task, read_backup);
}

gboolean
vav_app_restart_import_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
vav_app_restart_now (const char *const *arguments)
{
  g_autoptr (GPtrArray) argv = g_ptr_array_new ();
  g_autofree char *program = g_file_read_link ("/proc/self/exe", NULL);

  if (program == NULL)
    return;
  g_ptr_array_add (argv, program);
  for (gsize i = 0; arguments[i] != NULL; i++)
    g_ptr_array_add (argv, (gpointer)arguments[i]);
  g_ptr_array_add (argv, NULL);
  execv (program, (char **)argv->pdata);
}
