/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/signal/vav-identity.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

/* A new folder that goes with the test. */
typedef struct
{
  char *folder;
  char *profile;
  char *file;
} Place;

static void
place_set_up (Place *place, gconstpointer data)
{
  place->folder = g_dir_make_tmp ("visavis-XXXXXX", NULL);
  place->profile = g_build_filename (place->folder, "a", "profile", NULL);
  place->file = g_build_filename (place->profile, "identity.pem", NULL);
}

static void
remove_tree (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      remove_tree (child);
    }
  g_remove (path);
}

static void
place_tear_down (Place *place, gconstpointer data)
{
  remove_tree (place->folder);
  g_free (place->folder);
  g_free (place->profile);
  g_free (place->file);
}

static guint
count_files (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  guint n = 0;

  while (g_dir_read_name (dir) != NULL)
    n++;
  return n;
}

static guint
get_mode (const char *path)
{
  struct stat info;

  g_assert_cmpint (stat (path, &info), ==, 0);
  return info.st_mode & 0777;
}

/* The first start makes folder and key for the owner alone and leaves no other file; the second finds the same identity. */
static void
test_create (Place *place, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (VavIdentity) first = vav_identity_load (place->profile, &error);
  g_autoptr (VavIdentity) second = NULL;
  g_autofree char *id = NULL;

  g_assert_no_error (error);
  g_assert_cmpuint (get_mode (place->profile), ==, 0700);
  g_assert_cmpuint (get_mode (place->file), ==, 0600);
  g_assert_cmpuint (count_files (place->profile), ==, 1);
  g_assert_cmpuint (strlen (vav_identity_get_id (first)), ==, VAV_ID_LENGTH);
  second = vav_identity_load (place->profile, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (vav_identity_get_id (first), ==, vav_identity_get_id (second));
  id = vav_identity_id_of_certificate (vav_identity_get_certificate (second), &error);
  g_assert_no_error (error);
  g_assert_cmpstr (id, ==, vav_identity_get_id (first));
}

/* No name, and a life that outlasts its owner. */
static void
test_certificate (void)
{
  g_autoptr (VavIdentity) identity = vav_identity_new_ephemeral (NULL);
  GTlsCertificate *certificate = vav_identity_get_certificate (identity);
  g_autoptr (GDateTime) until = g_tls_certificate_get_not_valid_after (certificate);
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  g_autofree char *subject = g_tls_certificate_get_subject_name (certificate);

  g_assert_cmpstr (subject, ==, "CN=visavis");
  g_assert_cmpint (g_date_time_get_year (until) - g_date_time_get_year (now), >=, 99);
}

/* A file that others may read is made private. */
static void
test_too_open (Place *place, gconstpointer data)
{
  g_autoptr (VavIdentity) first = vav_identity_load (place->profile, NULL);
  g_autoptr (VavIdentity) second = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_chmod (place->file, 0644), ==, 0);
  second = vav_identity_load (place->profile, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (get_mode (place->file), ==, 0600);
  g_assert_cmpstr (vav_identity_get_id (first), ==, vav_identity_get_id (second));
}

static void
assert_damaged (Place *place, const char *content)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *after = NULL;

  g_assert_true (g_file_set_contents (place->file, content, -1, NULL));
  g_assert_null (vav_identity_load (place->profile, &error));
  g_assert_error (error, VAV_ERROR, VAV_ERROR_PROFILE);
  g_assert_nonnull (strstr (error->message, place->file));
  g_assert_true (g_file_get_contents (place->file, &after, NULL, NULL));
  g_assert_cmpstr (after, ==, content);
}

/* A damaged file, cut anywhere, or a key with another's certificate: told with the path, and left alone. */
static void
test_damaged (Place *place, gconstpointer data)
{
  g_autofree char *whole = NULL;
  g_autofree char *other = NULL;
  g_autofree char *other_profile = g_build_filename (place->folder, "other", NULL);
  g_autofree char *other_file = g_build_filename (other_profile, "identity.pem", NULL);
  g_autofree char *mixed = NULL;
  gsize length;

  g_object_unref (vav_identity_load (place->profile, NULL));
  g_assert_true (g_file_get_contents (place->file, &whole, &length, NULL));
  assert_damaged (place, "");
  assert_damaged (place, "nonsense");
  for (gsize cut = 50; cut + 30 < length; cut += 97)
    {
      g_autofree char *begin = g_strndup (whole, cut);

      assert_damaged (place, begin);
    }

  g_object_unref (vav_identity_load (other_profile, NULL));
  g_assert_true (g_file_get_contents (other_file, &other, NULL, NULL));
  *strstr (whole, "-----BEGIN CERTIFICATE") = '\0';
  mixed = g_strconcat (whole, strstr (other, "-----BEGIN CERTIFICATE"), NULL);
  assert_damaged (place, mixed);
}

/* What cannot be a profile: a file in the way, a folder where the key should be. */
static void
test_in_the_way (Place *place, gconstpointer data)
{
  g_autofree char *file = g_build_filename (place->folder, "file", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_set_contents (file, "x", 1, NULL));
  g_assert_null (vav_identity_load (file, &error));
  g_assert_error (error, VAV_ERROR, VAV_ERROR_PROFILE);
  g_clear_error (&error);
  g_assert_cmpint (g_mkdir_with_parents (place->file, 0700), ==, 0);
  g_assert_null (vav_identity_load (place->profile, &error));
  g_assert_error (error, VAV_ERROR, VAV_ERROR_PROFILE);
}

#define RACERS 8

/* Several programs that begin on one new profile at the same moment have one identity. */
static void
test_race (Place *place, gconstpointer data)
{
  GSubprocess *racers[RACERS];
  g_autofree char *first = NULL;

  for (int i = 0; i < RACERS; i++)
    {
      racers[i] = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE, NULL, data, "--print-id", place->profile, NULL);
      g_assert_nonnull (racers[i]);
    }
  for (int i = 0; i < RACERS; i++)
    {
      g_autofree char *out = NULL;

      g_assert_true (g_subprocess_communicate_utf8 (racers[i], NULL, NULL, &out, NULL, NULL));
      g_assert_true (g_subprocess_get_successful (racers[i]));
      g_object_unref (racers[i]);
      if (first == NULL)
        first = g_strdup (out);
      g_assert_cmpstr (out, ==, first);
    }
  g_assert_cmpuint (count_files (place->profile), ==, 1);
}

static int
print_id (const char *profile)
{
  g_autoptr (VavIdentity) identity = vav_identity_load (profile, NULL);

  if (identity == NULL)
    return 1;
  g_print ("%s\n", vav_identity_get_id (identity));
  return 0;
}

#define ADD(name, func) g_test_add (name, Place, argv[0], place_set_up, func, place_tear_down)

int
main (int argc, char **argv)
{
  if (argc == 3 && strcmp (argv[1], "--print-id") == 0)
    return print_id (argv[2]);
  g_test_init (&argc, &argv, NULL);
  ADD ("/signal/identity/create", test_create);
  ADD ("/signal/identity/too-open", test_too_open);
  ADD ("/signal/identity/damaged", test_damaged);
  ADD ("/signal/identity/in-the-way", test_in_the_way);
  ADD ("/signal/identity/race", test_race);
  g_test_add_func ("/signal/identity/certificate", test_certificate);
  return g_test_run ();
}
