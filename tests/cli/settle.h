/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>
#include <string.h>

/* Waits until the thread that an endpoint warms media up with has ended: it must not meet the exit handlers of the libraries that it uses. */
static inline gboolean
is_warming_up (void)
{
  g_autoptr (GDir) tasks = g_dir_open ("/proc/self/task", 0, NULL);
  const char *task;

  while (tasks != NULL && (task = g_dir_read_name (tasks)) != NULL)
    {
      g_autofree char *path = g_strdup_printf ("/proc/self/task/%s/comm", task);
      g_autofree char *name = NULL;

      if (g_file_get_contents (path, &name, NULL, NULL) && strcmp (name, "vav-warm-up\n") == 0)
        return TRUE;
    }

  return FALSE;
}

static inline int
settle (int status)
{
  while (is_warming_up ())
    g_usleep (10 * 1000);

  return status;
}
