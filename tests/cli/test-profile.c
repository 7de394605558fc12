/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <glib/gstdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "app/service/vav-app-profile.h"

typedef struct
{
  char *dir;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  fixture->dir = g_dir_make_tmp ("vav-XXXXXX", &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_autofree char *lock = g_build_filename (fixture->dir, "lock", NULL);
  g_autofree char *settings = vav_app_profile_dup_settings_file (fixture->dir);

  g_unlink (lock);
  g_unlink (settings);
  g_rmdir (fixture->dir);
  g_free (fixture->dir);
}

/* The option goes before the environment, which goes before the user's folder; all absolute. */
static void
test_dir (void)
{
  g_autofree char *option = NULL;
  g_autofree char *environment = NULL;
  g_autofree char *user = NULL;

  g_setenv ("VISAVIS_PROFILE", "/somewhere", TRUE);
  option = vav_app_profile_dup_dir ("here/../there");
  environment = vav_app_profile_dup_dir (NULL);
  g_unsetenv ("VISAVIS_PROFILE");
  user = vav_app_profile_dup_dir (NULL);

  g_assert_true (g_path_is_absolute (option));
  g_assert_true (g_str_has_suffix (option, "/there"));
  g_assert_cmpstr (environment, ==, "/somewhere");
  g_assert_true (g_str_has_suffix (user, "/visavis"));
}

/* One lock at a time; it is free again after release. */
static void
test_lock (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  VavAppLock *lock = vav_app_lock_take (fixture->dir, &error);

  g_assert_no_error (error);
  g_assert_null (vav_app_lock_take (fixture->dir, &error));
  g_assert_error (error, VAV_ERROR, VAV_ERROR_BUSY);
  g_clear_error (&error);

  vav_app_lock_release (lock);
  lock = vav_app_lock_take (fixture->dir, &error);
  g_assert_no_error (error);
  vav_app_lock_release (lock);
}

/* The lock of a process that dies, however it dies, is free. */
static void
test_lock_of_the_dead (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (VavAppLock) lock = NULL;
  pid_t child = fork ();
  int status;

  if (child == 0)
    _exit (vav_app_lock_take (fixture->dir, NULL) != NULL ? 0 : 1);
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  g_assert_cmpint (status, ==, 0);

  lock = vav_app_lock_take (fixture->dir, &error);
  g_assert_no_error (error);
}

/* A folder that cannot be one is a sentence. */
static void
test_unusable (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (vav_app_lock_take ("/dev/null/profile", &error));
  g_assert_error (error, VAV_ERROR, VAV_ERROR_PROFILE);
  g_assert_true (g_str_has_suffix (error->message, "."));
}

/* The name of the settings counts if it is a name; nonsense in the file falls back, and long names are cut at a character. */
static void
test_identifier (Fixture *fixture, gconstpointer data)
{
  g_autofree char *settings = vav_app_profile_dup_settings_file (fixture->dir);
  g_autofree char *fallback = vav_app_profile_dup_identifier (fixture->dir);
  g_autofree char *long_name = g_strnfill (200, 'n');
  const struct
  {
    const char *value, *name;
  } rows[] = {
    { "'Anna'", "Anna" }, { "\"O'Hara\"", "O'Hara" }, { "'  '", NULL }, { "''", NULL }, { "Anna", NULL }, { "7", NULL },
    { "'", NULL },
  };

  g_assert_cmpuint (strlen (fallback), >, 0);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *text = g_strdup_printf ("[org/visavis/Visavis]\nidentifier=%s\n", rows[i].value);
      g_autofree char *name = NULL;

      g_assert_true (g_file_set_contents (settings, text, -1, NULL));
      name = vav_app_profile_dup_identifier (fixture->dir);
      g_assert_cmpstr (name, ==, rows[i].name != NULL ? rows[i].name : fallback);
    }

  for (guint shift = 0; shift < 2; shift++)
    {
      g_autofree char *text
          = g_strdup_printf ("[org/visavis/Visavis]\nidentifier='%s%s'\n", long_name + 73 + shift, "éé");
      g_autofree char *name = NULL;

      g_assert_true (g_file_set_contents (settings, text, -1, NULL));
      name = vav_app_profile_dup_identifier (fixture->dir);
      g_assert_cmpuint (strlen (name), <=, VAV_MAX_NAME);
      g_assert_cmpuint (strlen (name), >, VAV_MAX_NAME - 4);
      g_assert_true (g_utf8_validate (name, -1, NULL));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/profile/dir", test_dir);
  g_test_add ("/profile/lock", Fixture, NULL, set_up, test_lock, tear_down);
  g_test_add ("/profile/lock-of-the-dead", Fixture, NULL, set_up, test_lock_of_the_dead, tear_down);
  g_test_add_func ("/profile/unusable", test_unusable);
  g_test_add ("/profile/identifier", Fixture, NULL, set_up, test_identifier, tear_down);

  return g_test_run ();
}
