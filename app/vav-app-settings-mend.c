/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/vav-app-settings-mend.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

/* What a person can choose fills some kilobytes. */
#define MAX_FILE (1024 * 1024)

/* Returns: (nullable): the file as it can be read; NULL: it cannot */
static GKeyFile *
load (const char *file)
{
  g_autoptr (GKeyFile) keys = g_key_file_new ();
  struct stat info;

  if (g_stat (file, &info) != 0 || !S_ISREG (info.st_mode) || info.st_size > MAX_FILE
      || !g_key_file_load_from_file (keys, file, G_KEY_FILE_KEEP_COMMENTS, NULL))
    return NULL;
  return g_steal_pointer (&keys);
}

/* The name of the group in the file: the schema's path without the slashes around it. */
static char *
dup_group (GSettingsSchema *schema)
{
  const char *path = g_settings_schema_get_path (schema);

  return g_strndup (path + 1, strlen (path) - 2);
}

static gboolean
is_allowed (GSettingsSchemaKey *key, const char *text)
{
  g_autoptr (GVariant) value = NULL;

  if (text == NULL || !g_utf8_validate (text, -1, NULL))
    return FALSE;
  value = g_variant_parse (g_settings_schema_key_get_value_type (key), text, NULL, NULL, NULL);
  return value != NULL && g_settings_schema_key_range_check (key, value);
}

/* Keys that the schema lacks are left alone: a newer program may have put them there. Returns: whether any was taken out */
static gboolean
remove_wrong_keys (GKeyFile *keys, GSettingsSchema *schema)
{
  g_autofree char *group = dup_group (schema);
  g_auto (GStrv) known = g_settings_schema_list_keys (schema);
  gboolean removed = FALSE;

  for (gsize i = 0; known[i] != NULL; i++)
    {
      g_autoptr (GSettingsSchemaKey) key = g_settings_schema_get_key (schema, known[i]);
      g_autofree char *text = NULL;

      if (!g_key_file_has_key (keys, group, known[i], NULL))
        continue;
      text = g_key_file_get_value (keys, group, known[i], NULL);
      if (!is_allowed (key, text))
        removed |= g_key_file_remove_key (keys, group, known[i], NULL);
    }
  return removed;
}

/* A name that is free, beside the file. */
static char *
dup_aside (const char *file)
{
  g_autofree char *folder = g_path_get_dirname (file);
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *when = g_date_time_format (now, "%Y%m%d-%H%M%S");
  char *aside = g_strdup_printf ("%s/settings-damaged-%s.ini", folder, when);

  for (guint i = 2; g_file_test (aside, G_FILE_TEST_EXISTS); i++)
    {
      g_free (aside);
      aside = g_strdup_printf ("%s/settings-damaged-%s-%u.ini", folder, when, i);
    }
  return aside;
}

static gboolean
copy (const char *from, const char *to)
{
  g_autofree char *data = NULL;
  gsize size;

  return g_file_get_contents (from, &data, &size, NULL)
         && g_file_set_contents_full (to, data, (gssize)size, G_FILE_SET_CONTENTS_CONSISTENT, 0600, NULL);
}

static char *
give_up (gboolean *usable)
{
  *usable = FALSE;
  return g_strdup (_ ("Your settings cannot be read. Visavis uses its own, and what you choose now is not kept."));
}

char *
vav_app_settings_mend (const char *file, GSettingsSchema *schema, gboolean *usable)
{
  g_autoptr (GKeyFile) keys = NULL;
  g_autofree char *aside = NULL;
  g_autofree char *shown = NULL;
  GStatBuf info;

  *usable = TRUE;
  if (g_lstat (file, &info) != 0 && errno == ENOENT)
    return NULL;
  keys = load (file);
  if (keys != NULL && !remove_wrong_keys (keys, schema))
    return NULL;

  aside = dup_aside (file);
  shown = g_filename_display_name (aside);
  if (keys == NULL)
    {
      if (g_rename (file, aside) != 0)
        return give_up (usable);
      return g_strdup_printf (_ ("Your settings could not be read, so Visavis starts with its own. The old file is "
                                 "kept as “%s”."),
                              shown);
    }
  if (!copy (file, aside) || !g_key_file_save_to_file (keys, file, NULL))
    return give_up (usable);
  return g_strdup_printf (_ ("Some of your settings made no sense and were set back. The old file is kept as “%s”."),
                          shown);
}
