/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/service/vav-app-copy.h"

#include <glib/gi18n.h>

#include "app/service/vav-app-keyring.h"
#include "app/service/vav-app-profile.h"

#define SETTINGS_GROUP "org/visavis/Visavis"

/* Values in the file are GVariants in text form. */
static char *
dup_address (GKeyFile *keys, const char *key)
{
  g_autofree char *text = g_key_file_get_value (keys, SETTINGS_GROUP, key, NULL);
  g_autoptr (GVariant) value = text != NULL ? g_variant_parse (G_VARIANT_TYPE_STRING, text, NULL, NULL, NULL) : NULL;

  return value != NULL ? g_variant_dup_string (value, NULL) : NULL;
}

/* Returns: whether the file is another now */
static gboolean
add_password (GKeyFile *keys, const char *key, const char *profile, GError **error)
{
  g_autofree char *bare = dup_address (keys, key);
  g_autofree char *password = NULL;
  g_autofree char *whole = NULL;
  g_autofree char *text = NULL;

  if (bare == NULL || !vav_app_keyring_lacks_password (bare))
    return FALSE;
  password = vav_app_keyring_look_up (profile, bare, error);
  if (password == NULL)
    return FALSE;
  whole = vav_app_keyring_join (bare, password);
  text = g_variant_print (g_variant_ref_sink (g_variant_new_string (whole)), FALSE);
  g_key_file_set_value (keys, SETTINGS_GROUP, key, text);
  return TRUE;
}

/* Returns: (nullable): the settings file with the passwords; NULL: as it is */
static GBytes *
make_settings (const char *profile, char **lacking)
{
  static const char *const with_accounts[] = { "broker", "turn" };
  g_autoptr (GKeyFile) keys = g_key_file_new ();
  g_autofree char *path = vav_app_profile_dup_settings_file (profile);
  g_autoptr (GError) error = NULL;
  gboolean changed = FALSE;
  gsize length;
  char *data;

  if (!g_file_test (path, G_FILE_TEST_IS_REGULAR)
      || !g_key_file_load_from_file (keys, path, G_KEY_FILE_KEEP_COMMENTS, NULL))
    return NULL;
  for (guint i = 0; i < G_N_ELEMENTS (with_accounts); i++)
    changed |= add_password (keys, with_accounts[i], profile, error == NULL ? &error : NULL);
  if (error != NULL)
    *lacking = g_strdup_printf (_ ("The copy lacks passwords of your servers. %s"), error->message);
  data = changed ? g_key_file_to_data (keys, &length, NULL) : NULL;
  return data != NULL ? g_bytes_new_take (data, length) : NULL;
}

gboolean
vav_app_copy_write (const char *profile, const char *file, const char *passphrase, char **lacking, GError **error)
{
  g_autoptr (GBytes) settings = NULL;

  *lacking = NULL;
  settings = make_settings (profile, lacking);
  return vav_backup_write_with (profile, settings, file, passphrase, error);
}
