/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/vav-app-paths.h"

#include "app/service/vav-app-process.h"

GSettingsSchema *
vav_app_paths_find_schema (const char *id)
{
  GSettingsSchemaSource *source = g_settings_schema_source_get_default ();
  g_autoptr (GSettingsSchemaSource) built = NULL;
  GSettingsSchema *schema = NULL;

  if (vav_app_process_runs_in_place ())
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
  return vav_app_process_runs_in_place () ? g_strdup (VAV_APP_SOURCEDIR "/resources/icons") : NULL;
}

char *
vav_app_paths_find_data (const char *name)
{
  const char *folder = vav_app_process_runs_in_place () ? VAV_APP_SOURCEDIR "/resources" : VAV_APP_DATADIR "/visavis";
  g_autofree char *path = g_build_filename (folder, name, NULL);

  return g_file_test (path, G_FILE_TEST_IS_REGULAR) ? g_steal_pointer (&path) : NULL;
}

char *
vav_app_paths_dup_folder (GUserDirectory directory)
{
  const char *folder = g_get_user_special_dir (directory);

  if (g_file_test ("/.flatpak-info", G_FILE_TEST_EXISTS)
      && (folder == NULL || !g_file_test (folder, G_FILE_TEST_IS_DIR)))
    folder = g_get_user_data_dir ();

  return g_strdup (folder != NULL ? folder : g_get_home_dir ());
}
