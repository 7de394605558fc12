/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/vav-app-paths.h"

#include <glib/gi18n.h>
#include <locale.h>

static gboolean
runs_in_place (void)
{
  g_autofree char *program = g_file_read_link ("/proc/self/exe", NULL);

  return program != NULL && g_str_has_prefix (program, VAV_APP_BUILDDIR "/");
}

/* A language that is asked for may have no locale on this computer (Debian generates few): the words need none but UTF-8. */
static void
fall_back_to_utf8 (void)
{
  static const char *variables[] = { "LC_ALL", "LC_MESSAGES", "LANG" };
  const char *wanted = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (variables) && (wanted == NULL || *wanted == '\0'); i++)
    wanted = g_getenv (variables[i]);
  if (wanted == NULL || *wanted == '\0' || strcmp (wanted, "C") == 0 || strcmp (wanted, "POSIX") == 0)
    return;
  if (setlocale (LC_ALL, "C.UTF-8") != NULL && g_getenv ("LANGUAGE") == NULL)
    g_setenv ("LANGUAGE", wanted, TRUE);
}

void
vav_app_paths_init_locale (void)
{
  if (setlocale (LC_ALL, "") == NULL)
    fall_back_to_utf8 ();
  bindtextdomain (GETTEXT_PACKAGE, runs_in_place () ? VAV_APP_BUILDDIR "/po" : VAV_APP_LOCALEDIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
}

GSettingsSchema *
vav_app_paths_find_schema (const char *id)
{
  GSettingsSchemaSource *source = g_settings_schema_source_get_default ();
  g_autoptr (GSettingsSchemaSource) built = NULL;
  GSettingsSchema *schema = NULL;

  if (runs_in_place ())
    built = g_settings_schema_source_new_from_directory (VAV_APP_BUILDDIR "/resources", source, TRUE, NULL);
  if (built != NULL)
    schema = g_settings_schema_source_lookup (built, id, TRUE);
  if (schema == NULL && source != NULL)
    schema = g_settings_schema_source_lookup (source, id, TRUE);
  return schema;
}

char *
vav_app_paths_find_icons (void)
{
  return runs_in_place () ? g_strdup (VAV_APP_SOURCEDIR "/resources/icons") : NULL;
}

char *
vav_app_paths_find_data (const char *name)
{
  const char *folder = runs_in_place () ? VAV_APP_SOURCEDIR "/resources" : VAV_APP_DATADIR "/visavis";
  g_autofree char *path = g_build_filename (folder, name, NULL);

  return g_file_test (path, G_FILE_TEST_IS_REGULAR) ? g_steal_pointer (&path) : NULL;
}
