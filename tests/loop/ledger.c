/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/loop/ledger.h"

#include <malloc.h>
#include <string.h>
#include <unistd.h>

static GHashTable *living; /* object → type's name; lets go of nothing */

static guint
count_entries (const char *folder, gboolean (*is_meant) (const char *name))
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;
  guint n = 0;

  g_assert_nonnull (dir);
  while ((name = g_dir_read_name (dir)) != NULL)
    if (is_meant == NULL || is_meant (name))
      n++;
  return n;
}

guint
ledger_count_descriptors (void)
{
  return count_entries ("/proc/self/fd", NULL) - 1; /* without the folder's own */
}

char *
ledger_dup_descriptors (void)
{
  g_autoptr (GDir) dir = g_dir_open ("/proc/self/fd", 0, NULL);
  GString *text = g_string_new (NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename ("/proc/self/fd", name, NULL);
      g_autofree char *target = g_file_read_link (path, NULL);

      g_string_append_printf (text, " %s=%s", name, target != NULL ? target : "?");
    }
  return g_string_free (text, FALSE);
}

/* GLib keeps idle threads of its pools for 15 s, and names them so. */
static gboolean
is_own_thread (const char *name)
{
  g_autofree char *path = g_build_filename ("/proc/self/task", name, "comm", NULL);
  g_autofree char *words = NULL;

  return g_file_get_contents (path, &words, NULL, NULL) && !g_str_has_prefix (words, "pool-");
}

guint
ledger_count_threads (void)
{
  return count_entries ("/proc/self/task", is_own_thread);
}

gsize
ledger_count_memory (void)
{
  struct mallinfo2 info = mallinfo2 ();

  return info.uordblks + info.hblkhd;
}

static void
on_gone (gpointer data, GObject *where)
{
  g_hash_table_remove (living, data);
}

void
ledger_watch (gpointer object)
{
  gpointer *key = g_new (gpointer, 1);

  if (living == NULL)
    living = g_hash_table_new_full (NULL, NULL, g_free, NULL);
  *key = object;
  g_hash_table_insert (living, key, (gpointer)G_OBJECT_TYPE_NAME (object));
  g_object_weak_ref (object, on_gone, key);
}

guint
ledger_count_living (void)
{
  return living != NULL ? g_hash_table_size (living) : 0;
}

char *
ledger_dup_living (void)
{
  GString *text = g_string_new (NULL);
  GHashTableIter iter;
  gpointer name;

  if (living == NULL)
    return g_string_free (text, FALSE);
  g_hash_table_iter_init (&iter, living);
  while (g_hash_table_iter_next (&iter, NULL, &name))
    g_string_append_printf (text, " %s", (const char *)name);
  return g_string_free (text, FALSE);
}
