/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/call/vav-backup.h"
#include "net/call/vav-people.h"
#include "net/signal/vav-identity.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#define PHRASE "correct horse battery"

typedef struct
{
  char *root;
  char *profile; /* Anna's computer */
  char *fresh;   /* her new one */
  char *file;
} Fixture;

static void
add_person (const char *profile, const char *name)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (VavPeople) people = vav_people_open (profile, &error);
  g_autoptr (VavPerson) karim = NULL;

  g_assert_no_error (error);
  karim = vav_people_add (people, name, "karim.example", &error);
  g_assert_no_error (error);
}

static char *
make_identity (const char *profile)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (VavIdentity) identity = vav_identity_load (profile, &error);

  g_assert_no_error (error);
  return g_strdup (vav_identity_get_id (identity));
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autofree char *settings = NULL;

  fixture->root = g_dir_make_tmp ("visavis-backup-XXXXXX", NULL);
  fixture->profile = g_build_filename (fixture->root, "old", NULL);
  fixture->fresh = g_build_filename (fixture->root, "new", NULL);
  fixture->file = g_build_filename (fixture->root, "anna.visavis-profile", NULL);
  g_free (make_identity (fixture->profile));
  add_person (fixture->profile, "Karim");
  settings = g_build_filename (fixture->profile, "settings.ini", NULL);
  g_assert_true (g_file_set_contents (settings, "[org/visavis/Visavis]\nidentifier='Anna'\n", -1, NULL));
}

static void
remove_all (GFile *file)
{
  g_autoptr (GFileEnumerator) children
      = g_file_enumerate_children (file, "standard::*", G_FILE_QUERY_INFO_NOFOLLOW_SYMLINKS, NULL, NULL);
  GFile *child;

  while (children != NULL && g_file_enumerator_iterate (children, NULL, &child, NULL, NULL) && child != NULL)
    remove_all (child);
  g_file_delete (file, NULL, NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GFile) root = g_file_new_for_path (fixture->root);

  remove_all (root);
  g_free (fixture->root);
  g_free (fixture->profile);
  g_free (fixture->fresh);
  g_free (fixture->file);
}

static void
write_backup (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;

  vav_backup_write (fixture->profile, fixture->file, PHRASE, &error);
  g_assert_no_error (error);
}

static void
assert_is_annas (const char *profile, const char *id)
{
  g_autofree char *path = g_build_filename (profile, "settings.ini", NULL);
  g_autofree char *settings = NULL;
  g_autofree char *other = make_identity (profile);
  g_autoptr (VavPeople) people = vav_people_open (profile, NULL);
  g_autoptr (VavPerson) karim = vav_people_find_by_name (people, "Karim");

  g_assert_cmpstr (other, ==, id);
  g_assert_nonnull (karim);
  g_assert_true (g_file_get_contents (path, &settings, NULL, NULL));
  g_assert_nonnull (strstr (settings, "'Anna'"));
}

/* Saved while the profile is in use, brought to another computer: the same person with the same people. */
static void
test_move (Fixture *fixture, gconstpointer data)
{
  g_autofree char *id = make_identity (fixture->profile);
  g_autoptr (VavPeople) in_use = vav_people_open (fixture->profile, NULL);
  g_autofree char *text = NULL;
  gsize length;
  GStatBuf info;
  g_autoptr (GError) error = NULL;

  write_backup (fixture);
  g_assert_cmpint (g_stat (fixture->file, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 0777, ==, 0600);
  g_assert_true (g_file_get_contents (fixture->file, &text, &length, NULL));
  g_assert_null (memmem (text, length, "PRIVATE KEY", 11));
  g_assert_null (memmem (text, length, "Karim", 5));

  vav_backup_read (fixture->file, PHRASE, fixture->fresh, &error);
  g_assert_no_error (error);
  assert_is_annas (fixture->fresh, id);
}

/* Where there was a profile it is put aside, whole. */
static void
test_replace (Fixture *fixture, gconstpointer data)
{
  g_autofree char *id = make_identity (fixture->profile);
  g_autofree char *replaced_id = make_identity (fixture->fresh);
  g_autofree char *old = NULL;
  g_autofree char *id_aside = NULL;
  g_autoptr (GDir) folder = NULL;
  g_autoptr (VavPeople) people = NULL;
  g_autoptr (VavPerson) zoe = NULL;
  g_autoptr (GError) error = NULL;
  const char *name;

  add_person (fixture->fresh, "Zoë");
  write_backup (fixture);
  vav_backup_read (fixture->file, PHRASE, fixture->fresh, &error);
  g_assert_no_error (error);
  assert_is_annas (fixture->fresh, id);

  folder = g_dir_open (fixture->fresh, 0, NULL);
  while ((name = g_dir_read_name (folder)) != NULL)
    {
      g_assert_false (g_str_has_prefix (name, ".import-"));
      if (g_str_has_prefix (name, "replaced-"))
        old = g_build_filename (fixture->fresh, name, NULL);
    }
  g_assert_nonnull (old);
  id_aside = make_identity (old);
  g_assert_cmpstr (id_aside, ==, replaced_id);
  people = vav_people_open (old, NULL);
  zoe = vav_people_find_by_name (people, "Zoë");
  g_assert_nonnull (zoe);
}

static void
assert_refused (Fixture *fixture, const char *passphrase)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (vav_backup_read (fixture->file, passphrase, fixture->fresh, &error));
  g_assert_error (error, VAV_ERROR, VAV_ERROR_PROFILE);
  g_assert_false (g_file_test (fixture->fresh, G_FILE_TEST_EXISTS));
}

static void
test_passphrases (Fixture *fixture, gconstpointer data)
{
  g_autofree char *endless = g_strnfill (VAV_MAX_PASSPHRASE + 1, 'x');
  const char *const bad[] = { "", "short", "\xff\xff\xff\xff\xff\xff\xff\xff", endless };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_false (vav_backup_write (fixture->profile, fixture->file, bad[i], &error));
      g_assert_error (error, VAV_ERROR, VAV_ERROR_PROFILE);
      g_assert_false (g_file_test (fixture->file, G_FILE_TEST_EXISTS));
    }
  write_backup (fixture);
  assert_refused (fixture, "correct horse batterz");
  assert_refused (fixture, "");
}

/* A file that is not ours, or has suffered: a sentence, and nothing is touched. */
static void
test_damaged (Fixture *fixture, gconstpointer data)
{
  static const gsize cuts[] = { 0, 1, 15, 16, 63, 64, 79, 80 };
  static const gsize flips[] = { 0, 16, 20, 52, 64, 100 };
  g_autofree char *good = NULL;
  gsize length;

  assert_refused (fixture, PHRASE); /* none there */
  write_backup (fixture);
  g_assert_true (g_file_get_contents (fixture->file, &good, &length, NULL));
  for (guint i = 0; i < G_N_ELEMENTS (cuts); i++)
    {
      g_assert_true (g_file_set_contents (fixture->file, good, (gssize)cuts[i], NULL));
      assert_refused (fixture, PHRASE);
    }
  g_assert_true (g_file_set_contents (fixture->file, good, (gssize)length - 1, NULL));
  assert_refused (fixture, PHRASE);
  for (guint i = 0; i < G_N_ELEMENTS (flips); i++)
    {
      /* the fifth byte after the name is the count's highest: it would take for ever */
      good[flips[i]] ^= (char)0x80;
      g_assert_true (g_file_set_contents (fixture->file, good, (gssize)length, NULL));
      assert_refused (fixture, PHRASE);
      good[flips[i]] ^= (char)0x80;
    }
  g_assert_cmpint (g_unlink (fixture->file), ==, 0);
  g_assert_cmpint (g_mkdir (fixture->file, 0700), ==, 0);
  assert_refused (fixture, PHRASE);
}

/* A key that cannot be kept is no reason to lose the people: all is as it was. */
static void
test_unkept (Fixture *fixture, gconstpointer data)
{
  g_autofree char *key = g_build_filename (fixture->fresh, "identity.pem", NULL);
  g_autoptr (GDir) folder = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (VavPeople) people = NULL;
  g_autoptr (VavPerson) zoe = NULL;
  const char *name;

  write_backup (fixture);
  add_person (fixture->fresh, "Zoë");
  g_assert_cmpint (g_mkdir (key, 0700), ==, 0); /* a folder can neither be read nor have a second name */
  g_assert_false (vav_backup_read (fixture->file, PHRASE, fixture->fresh, &error));
  g_assert_error (error, VAV_ERROR, VAV_ERROR_PROFILE);

  people = vav_people_open (fixture->fresh, NULL);
  zoe = vav_people_find_by_name (people, "Zoë");
  g_assert_nonnull (zoe);
  folder = g_dir_open (fixture->fresh, 0, NULL);
  while ((name = g_dir_read_name (folder)) != NULL)
    g_assert_false (g_str_has_prefix (name, ".import-") || g_str_has_prefix (name, "replaced-"));
}

/* What could not be read again is not saved: files that together are as large as what is saved may be. */
static void
test_too_large (Fixture *fixture, gconstpointer data)
{
  g_autofree char *settings = g_build_filename (fixture->profile, "settings.ini", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (truncate (settings, 256 * 1024 * 1024), ==, 0);
  g_assert_false (vav_backup_write (fixture->profile, fixture->file, PHRASE, &error));
  g_assert_error (error, VAV_ERROR, VAV_ERROR_PROFILE);
  g_assert_nonnull (strstr (error->message, "settings.ini"));
  g_assert_false (g_file_test (fixture->file, G_FILE_TEST_EXISTS));
}

static void
test_nothing_to_save (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (vav_backup_write (fixture->fresh, fixture->file, PHRASE, &error));
  g_assert_error (error, VAV_ERROR, VAV_ERROR_PROFILE);
  g_clear_error (&error);
  g_assert_false (vav_backup_write (fixture->profile, "/nonexistent/x", PHRASE, &error));
  g_assert_error (error, VAV_ERROR, VAV_ERROR_PROFILE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add ("/call/backup/move", Fixture, NULL, set_up, test_move, tear_down);
  g_test_add ("/call/backup/replace", Fixture, NULL, set_up, test_replace, tear_down);
  g_test_add ("/call/backup/passphrases", Fixture, NULL, set_up, test_passphrases, tear_down);
  g_test_add ("/call/backup/damaged", Fixture, NULL, set_up, test_damaged, tear_down);
  g_test_add ("/call/backup/unkept", Fixture, NULL, set_up, test_unkept, tear_down);
  g_test_add ("/call/backup/too-large", Fixture, NULL, set_up, test_too_large, tear_down);
  g_test_add ("/call/backup/nothing-to-save", Fixture, NULL, set_up, test_nothing_to_save, tear_down);

  return g_test_run ();
}
