/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/call/vav-history-private.h"
#include "net/call/vav-people-private.h"
#include "net/call/vav-store-schema.h"
#include "net/core/vav-id.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The file of a profile: old, new, damaged, out of reach. */

typedef struct
{
  char *profile;
  char *path;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->profile = g_dir_make_tmp ("visavis-store-XXXXXX", NULL);
  fixture->path = g_build_filename (fixture->profile, "people.sqlite", NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GDir) dir = NULL;
  const char *name;

  g_chmod (fixture->profile, 0700);
  dir = g_dir_open (fixture->profile, 0, NULL);
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (fixture->profile, name, NULL);

      g_remove (path);
    }
  g_rmdir (fixture->profile);
  g_free (fixture->profile);
  g_free (fixture->path);
}

static void
execute (const char *path, const char *sql)
{
  sqlite3 *db = NULL;
  char *message = NULL;

  g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
  sqlite3_exec (db, sql, NULL, NULL, &message);
  g_assert_cmpstr (message, ==, NULL);
  sqlite3_close (db);
}

static VavPeople *
open_people (const char *profile)
{
  g_autoptr (GError) error = NULL;
  VavPeople *people = vav_people_open (profile, &error);

  g_assert_no_error (error);
  return people;
}

/* (nullable): the one file that was put aside */
static char *
find_damaged (Fixture *fixture, const char *ending)
{
  g_autoptr (GDir) dir = g_dir_open (fixture->profile, 0, NULL);
  const char *name;
  char *found = NULL;

  while ((name = g_dir_read_name (dir)) != NULL)
    if (g_str_has_prefix (name, "people-damaged-") && g_str_has_suffix (name, ending))
      {
        g_assert_null (found);
        found = g_build_filename (fixture->profile, name, NULL);
      }

  return found;
}

/* A file of the first version, as it was released. */
static const char version_1[]
    = "PRAGMA journal_mode = WAL;"
      "CREATE TABLE people (number INTEGER PRIMARY KEY, name TEXT NOT NULL, id TEXT UNIQUE, address TEXT,"
      " trust INTEGER NOT NULL DEFAULT 0, last_seen INTEGER NOT NULL DEFAULT 0);"
      "CREATE INDEX people_by_name ON people (name);"
      "PRAGMA user_version = 1;"
      "INSERT INTO people VALUES (1, 'Anna', 'aaaa', 'anna.example:7667', 2, 1000);"
      "INSERT INTO people VALUES (4, 'Grand-mère', NULL, '[2001:db8::1]:7000', 0, 0);"
      "INSERT INTO people VALUES (7, 'Bob', 'bbbb', NULL, 1, 2000);";

/* Everybody is there after a step to a new version, with all that was known of them; and once more when it is opened again. */
static void
test_migration (Fixture *fixture, gconstpointer data)
{
  execute (fixture->path, version_1);

  for (int i = 0; i < 2; i++)
    {
      g_autoptr (VavPeople) people = open_people (fixture->profile);
      g_autoptr (VavPerson) anna = vav_people_find_by_name (people, "Anna");
      g_autoptr (VavPerson) bob = g_list_model_get_item (G_LIST_MODEL (people), 0);
      g_autoptr (VavPerson) grandmother = vav_people_find_by_number (people, 4);

      g_assert_null (vav_people_get_notice (people));
      g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (people)), ==, 3);
      g_assert_cmpstr (vav_person_get_name (bob), ==, "Bob");
      g_assert_null (vav_person_get_address (bob));
      g_assert_cmpstr (vav_person_get_id (anna), ==, "aaaa");
      g_assert_cmpstr (vav_person_get_address (anna), ==, "anna.example:7667");
      g_assert_null (vav_person_get_addresses (anna)[1]);
      g_assert_cmpint (vav_person_get_trust (anna), ==, VAV_TRUST_VERIFIED);
      g_assert_cmpint (vav_person_get_last_seen (anna), ==, 1000);
      g_assert_false (vav_person_get_blocked (anna));
      g_assert_cmpstr (vav_person_get_name (grandmother), ==, "Grand-mère");
      g_assert_cmpstr (vav_person_get_address (grandmother), ==, "[2001:db8::1]:7000");
    }
}

/* A list of the second version keeps all that hangs on its people when their table is made anew: addresses, pictures, history. */
static void
test_numbered (Fixture *fixture, gconstpointer data)
{
  g_autoptr (VavStore) store = NULL;
  g_autoptr (VavPeople) people = NULL;
  g_autoptr (VavHistory) history = NULL;
  g_autoptr (VavPerson) anna = NULL;
  g_autoptr (GListModel) annas = NULL;
  g_autoptr (VavHistoryEntry) entry = NULL;

  execute (fixture->path, version_1);
  execute (fixture->path, vav_store_steps[1]);
  execute (fixture->path, "INSERT INTO pictures VALUES (1, x'89504e47');"
                          "UPDATE people SET picture_version = 1, favourite = 1 WHERE number = 1;"
                          "INSERT INTO history (kind, time, incoming, person, name) VALUES (0, 1, 0, 1, 'Anna');"
                          "PRAGMA user_version = 2;");
  store = vav_store_open (fixture->profile, NULL);
  people = vav_people_new (store, NULL);
  history = vav_history_new (store, people);
  g_assert_null (vav_people_get_notice (people));
  anna = vav_people_find_by_number (people, 1);
  g_assert_cmpstr (vav_person_get_address (anna), ==, "anna.example:7667");
  g_assert_true (vav_person_get_favourite (anna));
  g_assert_cmpuint (g_bytes_get_size (vav_person_get_picture (anna)), ==, 4);
  annas = vav_history_get_for (history, anna);
  g_assert_cmpuint (g_list_model_get_n_items (annas), ==, 1);

  /* what hangs on the new table goes with a person as it did with the old one */
  g_assert_true (vav_people_remove_person (people, anna, NULL));
  entry = g_list_model_get_item (G_LIST_MODEL (history), 0);
  g_assert_cmpint (vav_history_entry_get_person (entry), ==, 0);
}

/* Whoever comes after somebody who was removed is not taken for them: not now, and not when the program is started again. */
static void
test_number_used_once (Fixture *fixture, gconstpointer data)
{
  gint64 number = 0;

  for (int i = 0; i < 3; i++)
    {
      g_autoptr (VavPeople) people = open_people (fixture->profile);

      for (int j = 0; j < 2; j++)
        {
          g_autoptr (VavPerson) person = vav_people_add (people, "Anna", NULL, NULL);

          g_assert_cmpint (vav_person_get_number (person), >, number);
          number = vav_person_get_number (person);
          g_assert_true (vav_people_remove_person (people, person, NULL));
        }
    }
}

/* A step that fails half way leaves the old version, whole: here its last table is in the way. Such a file is put aside as it was. */
static void
test_half_a_step (Fixture *fixture, gconstpointer data)
{
  g_autoptr (VavPeople) people = NULL;
  g_autofree char *damaged = NULL;
  sqlite3 *db = NULL;
  sqlite3_stmt *row = NULL;

  execute (fixture->path, version_1);
  execute (fixture->path, "CREATE TABLE history (other)");
  people = open_people (fixture->profile);
  g_assert_nonnull (vav_people_get_notice (people));
  damaged = find_damaged (fixture, ".sqlite");
  g_assert_cmpint (sqlite3_open (damaged, &db), ==, SQLITE_OK);
  g_assert_cmpint (
      sqlite3_prepare_v2 (db, "SELECT address, user_version FROM people, pragma_user_version WHERE name = 'Anna'", -1,
                          &row, NULL),
      ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_step (row), ==, SQLITE_ROW);
  g_assert_cmpstr ((const char *)sqlite3_column_text (row, 0), ==, "anna.example:7667");
  g_assert_cmpint (sqlite3_column_int (row, 1), ==, 1);
  sqlite3_finalize (row);
  sqlite3_close (db);
}

/* What a newer Visavis wrote is neither read nor touched. */
static void
test_newer (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *damaged = NULL;

  execute (fixture->path, "CREATE TABLE people (other); PRAGMA user_version = 5;");
  g_assert_null (vav_people_open (fixture->profile, &error));
  g_assert_error (error, VAV_ERROR, VAV_ERROR_PROFILE);
  g_assert_nonnull (strstr (error->message, "newer"));
  damaged = find_damaged (fixture, "");
  g_assert_null (damaged);
}

/* The file that was put aside holds what the damaged one held, and the list begins anew and works. */
static void
assert_put_aside (Fixture *fixture, const char *content, gsize length)
{
  g_autoptr (VavPeople) people = open_people (fixture->profile);
  g_autoptr (VavPerson) anna = NULL;
  g_autofree char *damaged = find_damaged (fixture, ".sqlite");
  g_autofree char *kept = NULL;
  gsize kept_length;

  g_assert_nonnull (damaged);
  g_assert_nonnull (vav_people_get_notice (people));
  g_assert_nonnull (strstr (vav_people_get_notice (people), damaged));
  g_assert_true (g_file_get_contents (damaged, &kept, &kept_length, NULL));
  g_assert_cmpmem (kept, kept_length, content, length);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (people)), ==, 0);
  anna = vav_people_add (people, "Anna", "host", NULL);
  g_assert_nonnull (anna);

  g_clear_object (&people);
  people = open_people (fixture->profile);
  g_assert_null (vav_people_get_notice (people));
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (people)), ==, 1);
}

static void
test_random (Fixture *fixture, gconstpointer data)
{
  g_autofree guint8 *bytes = g_malloc (20000);

  for (gsize i = 0; i < 20000; i++)
    bytes[i] = (guint8)g_test_rand_int ();
  g_assert_true (g_file_set_contents (fixture->path, (char *)bytes, 20000, NULL));
  assert_put_aside (fixture, (char *)bytes, 20000);
}

/* Cut off in the middle: its head is sound. */
static void
test_truncated (Fixture *fixture, gconstpointer data)
{
  g_autofree char *content = NULL;
  gsize length;

  {
    g_autoptr (VavPeople) people = open_people (fixture->profile);

    for (int i = 0; i < 500; i++)
      {
        g_autofree char *name = g_strdup_printf ("Somebody of the name of %d", i);
        g_autoptr (VavPerson) person = vav_people_add (people, name, "visavis.example", NULL);

        g_assert_nonnull (person);
      }
  }
  g_assert_true (g_file_get_contents (fixture->path, &content, &length, NULL));
  g_assert_cmpuint (length, >, 40000);
  g_assert_cmpint (truncate (fixture->path, 20000), ==, 0);
  assert_put_aside (fixture, content, 20000);
}

/* Flaws in its pages are found, though its schema can be read. */
static void
test_holes (Fixture *fixture, gconstpointer data)
{
  g_autofree char *content = NULL;
  gsize length;

  execute (fixture->path, version_1);
  execute (fixture->path, "WITH RECURSIVE c (i) AS (SELECT 10 UNION ALL SELECT i + 1 FROM c WHERE i < 3000)"
                          " INSERT INTO people (number, name) SELECT i, 'Somebody ' || i FROM c");
  {
    g_autoptr (VavPeople) people = open_people (fixture->profile);

    g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (people)), >, 2900);
  }
  g_assert_true (g_file_get_contents (fixture->path, &content, &length, NULL));
  memset (content + length / 2, 0xa5, 3 * 4096);
  g_assert_true (g_file_set_contents (fixture->path, content, (gssize)length, NULL));
  assert_put_aside (fixture, content, length);
}

/* A database, but of some other program. */
static void
test_foreign (Fixture *fixture, gconstpointer data)
{
  g_autofree char *damaged = NULL;
  g_autoptr (VavPeople) people = NULL;

  execute (fixture->path, "CREATE TABLE people (recipe TEXT); PRAGMA user_version = 2;");
  people = open_people (fixture->profile);
  g_assert_nonnull (vav_people_get_notice (people));
  damaged = find_damaged (fixture, ".sqlite");
  g_assert_nonnull (damaged);
}

/* An empty file is what is left of a first start that was cut off: nothing is lost, nothing is told. */
static void
test_empty (Fixture *fixture, gconstpointer data)
{
  g_autoptr (VavPeople) people = NULL;

  g_assert_true (g_file_set_contents (fixture->path, "", 0, NULL));
  people = open_people (fixture->profile);
  g_assert_null (vav_people_get_notice (people));
}

static void
assert_refused (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *damaged = find_damaged (fixture, "");

  g_assert_null (vav_people_open (fixture->profile, &error));
  g_assert_error (error, VAV_ERROR, VAV_ERROR_PROFILE);
  g_assert_true (g_str_has_suffix (error->message, "."));
  g_assert_null (damaged);
}

/* A folder of that name, a profile that is a file: told, and left alone. */
static void
test_no_file (Fixture *fixture, gconstpointer data)
{
  g_autofree char *below = g_build_filename (fixture->path, "below", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_mkdir (fixture->path, 0700), ==, 0);
  assert_refused (fixture);
  g_assert_cmpint (g_rmdir (fixture->path), ==, 0);

  g_assert_true (g_file_set_contents (fixture->path, "", 0, NULL));
  g_assert_null (vav_people_open (below, &error));
  g_assert_error (error, VAV_ERROR, VAV_ERROR_PROFILE);
}

/* No permission to read, then none to write. The superuser has all: this process gives that up meanwhile. */
static void
test_no_permission (Fixture *fixture, gconstpointer data)
{
  const uid_t nobody = 65534;
  gboolean root = geteuid () == 0;

  g_object_unref (open_people (fixture->profile));
  for (int mode = 0; mode <= 0444; mode += 0444)
    {
      g_assert_cmpint (g_chmod (fixture->path, mode), ==, 0);
      g_assert_cmpint (g_chmod (fixture->profile, 0755), ==, 0);
      if (root)
        g_assert_cmpint (seteuid (nobody), ==, 0);
      assert_refused (fixture);
      if (root)
        g_assert_cmpint (seteuid (0), ==, 0);
    }
}

/* Two programs on one profile: neither loses what the other wrote, and each can read it. */
static void
test_two (Fixture *fixture, gconstpointer data)
{
  g_autoptr (VavPeople) window = open_people (fixture->profile);
  g_autoptr (VavPeople) line = open_people (fixture->profile);
  g_autoptr (VavPerson) anna = vav_people_add (window, "Anna", "anna.example", NULL);
  g_autoptr (VavPerson) bob = vav_people_add (line, "Bob", "bob.example", NULL);
  g_autoptr (VavPerson) same_anna = vav_people_find_by_name (line, "anna");
  g_autofree char *id = vav_id_from_spki ((const guint8 *)"carl", 4);
  g_autoptr (VavPerson) carl = NULL;
  g_autoptr (VavPerson) same_bob = NULL;

  g_assert_nonnull (same_anna);
  g_assert_true (vav_people_rename (line, same_anna, "Anna Berg", NULL));
  carl = vav_people_block_id (line, id, "Carl", NULL);
  g_assert_nonnull (carl);

  g_assert_false (vav_people_is_blocked (window, id));
  vav_people_refresh (window);
  g_assert_true (vav_people_is_blocked (window, id));
  g_assert_cmpstr (vav_person_get_name (anna), ==, "Anna Berg");
  same_bob = vav_people_find_by_name (window, "bob");
  g_assert_true (vav_people_remove_person (window, same_bob, NULL));
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (window)), ==, 2);
}

/* Nobody else on this computer reads who one's people are. */
static void
test_mode (Fixture *fixture, gconstpointer data)
{
  g_autoptr (VavPeople) people = open_people (fixture->profile);
  struct stat status;

  g_assert_cmpint (stat (fixture->path, &status), ==, 0);
  g_assert_cmpint (status.st_mode & 0777, ==, 0600);
}

#define CROWD 16

static gpointer
open_in_a_crowd (gpointer profile)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (VavPeople) people = vav_people_open (profile, &error);

  g_assert_no_error (error);
  g_assert_null (vav_people_get_notice (people));
  return NULL;
}

/* Several programs of one user start at once on a profile that is new, or old: each gets it, none finds it damaged. */
static void
test_crowd (Fixture *fixture, gconstpointer data)
{
  for (guint round = 0; round < 40; round++)
    {
      GThread *threads[CROWD];

      for (guint i = 0; i < CROWD; i++)
        threads[i] = g_thread_new ("opener", open_in_a_crowd, fixture->profile);
      for (guint i = 0; i < CROWD; i++)
        g_thread_join (threads[i]);
      if (round % 2 == 1)
        g_assert_cmpint (g_unlink (fixture->path), ==, 0);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, test) g_test_add ("/call/store/" path, Fixture, NULL, set_up, test, tear_down)
  ADD ("migration", test_migration);
  ADD ("numbered", test_numbered);
  ADD ("number-used-once", test_number_used_once);
  ADD ("half-a-step", test_half_a_step);
  ADD ("newer", test_newer);
  ADD ("random", test_random);
  ADD ("truncated", test_truncated);
  ADD ("holes", test_holes);
  ADD ("foreign", test_foreign);
  ADD ("empty", test_empty);
  ADD ("no-file", test_no_file);
  ADD ("no-permission", test_no_permission);
  ADD ("two", test_two);
  ADD ("mode", test_mode);
  ADD ("crowd", test_crowd);

  return g_test_run ();
}
