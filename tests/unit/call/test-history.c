/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/call/vav-endpoint.h"
#include "net/call/vav-history-private.h"
#include "net/call/vav-people-private.h"
#include "net/core/vav-id.h"

#include <glib/gstdio.h>
#include <string.h>

typedef struct
{
  char *profile;
  VavStore *store;
  VavPeople *people;
  VavHistory *history;
  VavPerson *anna;
  char *key;
  char *strange_key;
  guint n_notified;
} Fixture;

static void
on_n_unseen (Fixture *fixture)
{
  fixture->n_notified++;
}

static void
open_profile (Fixture *fixture)
{
  fixture->store = vav_store_open (fixture->profile, NULL);
  fixture->people = vav_people_new (fixture->store, NULL);
  fixture->history = vav_history_new (fixture->store, fixture->people);
  g_signal_connect_swapped (fixture->history, "notify::n-unseen", G_CALLBACK (on_n_unseen), fixture);
}

static void
close_profile (Fixture *fixture)
{
  g_clear_object (&fixture->anna);
  g_clear_object (&fixture->history);
  g_clear_object (&fixture->people);
  g_clear_pointer (&fixture->store, vav_store_unref);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->profile = g_dir_make_tmp ("visavis-history-XXXXXX", NULL);
  open_profile (fixture);
  fixture->key = vav_id_from_spki ((const guint8 *)"anna", 4);
  fixture->strange_key = vav_id_from_spki ((const guint8 *)"somebody", 8);
  fixture->anna = vav_people_add (fixture->people, "Anna", "anna.example", NULL);
  g_assert_true (vav_people_remember (fixture->people, fixture->key, "Anna", "anna.example:7667", TRUE, NULL));
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  static const char *const files[] = { "people.sqlite", "people.sqlite-wal", "people.sqlite-shm", "identity.pem" };

  close_profile (fixture);
  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autofree char *path = g_build_filename (fixture->profile, files[i], NULL);

      g_unlink (path);
    }
  g_rmdir (fixture->profile);
  g_free (fixture->profile);
  g_free (fixture->key);
  g_free (fixture->strange_key);
}

static void
keep (Fixture *fixture, VavHistoryKind kind, gint64 time, const char *id, gboolean missed, const char *text)
{
  g_autoptr (VavHistoryEntry) entry = vav_history_entry_new (kind);
  g_autoptr (VavPerson) person = id != NULL ? vav_people_find_by_id (fixture->people, id) : NULL;

  entry->time = time;
  entry->id = g_strdup (id);
  entry->person = person != NULL ? vav_person_get_number (person) : 0;
  entry->name = g_strdup (person != NULL ? vav_person_get_name (person) : "Somebody");
  entry->incoming = entry->missed = missed;
  entry->seen = !missed;
  entry->text = g_strdup (text);
  g_assert_true (vav_history_keep (fixture->history, entry, NULL));
}

/* Texts and names of files of a list, calls as a star. */
static char *
read_out (gpointer list)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < g_list_model_get_n_items (list); i++)
    {
      g_autoptr (VavHistoryEntry) entry = g_list_model_get_item (list, i);

      g_string_append_printf (text, "%s ", entry->text != NULL ? entry->text : "*");
    }
  return g_strchomp (g_strdup (text->str));
}

static void
assert_list (gpointer list, const char *expected)
{
  g_autofree char *text = read_out (list);

  g_assert_cmpstr (text, ==, expected);
}

/* The newest comes first, a call below what was written in it; each person's list follows; all is there after a restart. */
static void
test_lists (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GListModel) annas = vav_history_get_for (fixture->history, fixture->anna);
  g_autoptr (GListModel) strangers = vav_history_get_for_id (fixture->history, fixture->strange_key);

  assert_list (annas, "");
  assert_list (fixture->history, "");
  keep (fixture, VAV_HISTORY_TEXT, 1010, fixture->key, FALSE, "a");
  keep (fixture, VAV_HISTORY_FILE, 1020, fixture->key, FALSE, "b.pdf");
  keep (fixture, VAV_HISTORY_CALL, 1000, fixture->key, FALSE, NULL);
  keep (fixture, VAV_HISTORY_TEXT, 2000, fixture->strange_key, FALSE, "c");
  keep (fixture, VAV_HISTORY_TEXT, 2000, fixture->strange_key, FALSE, "d");
  assert_list (fixture->history, "d c b.pdf a *");
  assert_list (annas, "b.pdf a *");
  assert_list (strangers, "d c");

  g_clear_object (&annas);
  g_clear_object (&strangers);
  close_profile (fixture);
  open_profile (fixture);
  fixture->anna = vav_people_find_by_id (fixture->people, fixture->key);
  annas = vav_history_get_for (fixture->history, fixture->anna);
  assert_list (fixture->history, "d c b.pdf a *");
  assert_list (annas, "b.pdf a *");
}

/* What was with a person stays theirs under another key, and is nobody's when they are removed. */
static void
test_person (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GListModel) annas = vav_history_get_for (fixture->history, fixture->anna);
  g_autoptr (VavHistoryEntry) entry = NULL;

  keep (fixture, VAV_HISTORY_TEXT, 1, fixture->key, FALSE, "old");
  keep (fixture, VAV_HISTORY_TEXT, 2, fixture->strange_key, FALSE, "new");
  assert_list (annas, "old");
  g_assert_true (vav_people_replace_key (fixture->people, fixture->anna, fixture->strange_key, NULL));
  assert_list (annas, "new old");

  g_assert_true (vav_people_remove_person (fixture->people, fixture->anna, NULL));
  close_profile (fixture);
  open_profile (fixture);
  assert_list (fixture->history, "new old");
  entry = g_list_model_get_item (G_LIST_MODEL (fixture->history), 1);
  g_assert_cmpint (vav_history_entry_get_person (entry), ==, 0);
  g_assert_cmpstr (vav_history_entry_get_name (entry), ==, "Anna");
}

/* Who holds an entry of somebody who is removed, or becomes one with another, hears so: it is not called by their number any more. */
static void
test_person_while_shown (Fixture *fixture, gconstpointer data)
{
  g_autoptr (VavPerson) carl = vav_people_block_id (fixture->people, fixture->strange_key, "Carl", NULL);
  g_autoptr (GListModel) carls = vav_history_get_for (fixture->history, carl);
  g_autoptr (VavHistoryEntry) of_carl = NULL;
  g_autoptr (VavHistoryEntry) of_anna = NULL;

  g_assert_true (vav_people_set_blocked (fixture->people, carl, FALSE, NULL));
  keep (fixture, VAV_HISTORY_TEXT, 1, fixture->key, FALSE, "a");
  keep (fixture, VAV_HISTORY_TEXT, 2, fixture->strange_key, FALSE, "c");
  of_carl = g_list_model_get_item (G_LIST_MODEL (fixture->history), 0);
  of_anna = g_list_model_get_item (G_LIST_MODEL (fixture->history), 1);
  g_assert_cmpint (vav_history_entry_get_person (of_carl), ==, vav_person_get_number (carl));

  g_assert_true (vav_people_replace_key (fixture->people, fixture->anna, fixture->strange_key, NULL));
  g_assert_cmpint (vav_history_entry_get_person (of_carl), ==, vav_person_get_number (fixture->anna));
  g_assert_true (vav_people_remove_person (fixture->people, fixture->anna, NULL));
  g_assert_cmpint (vav_history_entry_get_person (of_carl), ==, 0);
  g_assert_cmpint (vav_history_entry_get_person (of_anna), ==, 0);
}

static void
on_changed_read_part (GListModel *history, guint position, guint removed, guint added, GListModel *part)
{
  g_assert_cmpuint (g_list_model_get_n_items (part), ==, 1);
}

/* A list that is first read while the others are told of a new entry holds it once. */
static void
test_read_late (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GListModel) annas = vav_history_get_for (fixture->history, fixture->anna);

  assert_list (fixture->history, "");
  g_signal_connect (fixture->history, "items-changed", G_CALLBACK (on_changed_read_part), annas);
  keep (fixture, VAV_HISTORY_TEXT, 1, fixture->key, FALSE, "a");
  assert_list (annas, "a");
}

/* Missed calls are counted until they were looked at; an entry that is shown is told so. */
static void
test_missed (Fixture *fixture, gconstpointer data)
{
  g_autoptr (VavHistoryEntry) shown = NULL;

  keep (fixture, VAV_HISTORY_CALL, 1, fixture->key, TRUE, NULL);
  keep (fixture, VAV_HISTORY_CALL, 2, fixture->strange_key, TRUE, NULL);
  keep (fixture, VAV_HISTORY_CALL, 3, fixture->key, FALSE, NULL);
  g_assert_cmpuint (vav_history_get_n_unseen (fixture->history), ==, 2);
  g_assert_cmpuint (fixture->n_notified, ==, 2);
  shown = g_list_model_get_item (G_LIST_MODEL (fixture->history), 2);
  g_assert_false (vav_history_entry_is_seen (shown));
  g_assert_true (vav_history_mark_seen (fixture->history, fixture->anna, NULL));
  g_assert_true (vav_history_entry_is_seen (shown));
  g_assert_cmpuint (vav_history_get_n_unseen (fixture->history), ==, 1);

  close_profile (fixture);
  open_profile (fixture);
  g_assert_cmpuint (vav_history_get_n_unseen (fixture->history), ==, 1);
  g_assert_true (vav_history_mark_seen (fixture->history, NULL, NULL));
  g_assert_cmpuint (vav_history_get_n_unseen (fixture->history), ==, 0);
  g_assert_true (vav_history_delete_all (fixture->history, NULL));
}

static gboolean
profile_holds (Fixture *fixture, const char *name, const char *text)
{
  g_autofree char *path = g_build_filename (fixture->profile, name, NULL);
  g_autofree char *content = NULL;
  gsize length = 0;

  return g_file_get_contents (path, &content, &length, NULL) && memmem (content, length, text, strlen (text)) != NULL;
}

/* One, all of a person, what is old, all; and what was deleted is in no file any more. */
static void
test_delete (Fixture *fixture, gconstpointer data)
{
  const gint64 now = g_get_real_time () / 1000;
  const gint64 day = 24 * 60 * 60 * 1000;
  g_autoptr (GListModel) annas = vav_history_get_for (fixture->history, fixture->anna);
  g_autoptr (VavHistoryEntry) one = NULL;

  keep (fixture, VAV_HISTORY_TEXT, now - 40 * day, fixture->strange_key, FALSE, "ancient");
  keep (fixture, VAV_HISTORY_TEXT, now - 10 * day, fixture->key, FALSE, "a-secret-word");
  keep (fixture, VAV_HISTORY_TEXT, now, fixture->key, FALSE, "fresh");
  keep (fixture, VAV_HISTORY_TEXT, now, fixture->strange_key, FALSE, "strange");
  g_assert_true (profile_holds (fixture, "people.sqlite-wal", "a-secret-word"));
  one = g_list_model_get_item (annas, 1);
  g_assert_true (vav_history_delete (fixture->history, one, NULL));
  assert_list (annas, "fresh");
  assert_list (fixture->history, "strange fresh ancient");
  g_assert_false (profile_holds (fixture, "people.sqlite-wal", "a-secret-word"));
  g_assert_false (profile_holds (fixture, "people.sqlite", "a-secret-word"));

  g_assert_true (vav_history_delete_older (fixture->history, 30, NULL));
  assert_list (fixture->history, "strange fresh");
  keep (fixture, VAV_HISTORY_TEXT, now - 40 * day, fixture->key, FALSE, "old");
  vav_history_set_days (fixture->history, 39);
  assert_list (fixture->history, "strange fresh");
  g_assert_true (vav_history_delete_for (fixture->history, fixture->anna, NULL));
  assert_list (fixture->history, "strange");
  assert_list (annas, "");
  keep (fixture, VAV_HISTORY_TEXT, now, fixture->key, FALSE, "again");
  g_assert_true (vav_history_delete_for_id (fixture->history, fixture->strange_key, NULL));
  assert_list (fixture->history, "again");
  g_assert_true (vav_history_delete_all (fixture->history, NULL));
  assert_list (fixture->history, "");
}

/* Texts are data, not SQL, and come back as they were. */
static void
test_quoting (Fixture *fixture, gconstpointer data)
{
  g_autofree char *text = g_strnfill (VAV_MAX_TEXT, 'x');
  g_autoptr (VavHistoryEntry) entry = NULL;

  memcpy (text, "'; DROP TABLE history; --", 25);
  keep (fixture, VAV_HISTORY_TEXT, 1, fixture->key, FALSE, text);
  entry = g_list_model_get_item (G_LIST_MODEL (fixture->history), 0);
  g_assert_cmpstr (vav_history_entry_get_text (entry), ==, text);
  g_assert_null (vav_history_entry_get_file_name (entry));
}

/* Fifty thousand entries cost next to nothing to open; the limits are far above what it takes, and far below what a person would wait. */
static void
test_many (Fixture *fixture, gconstpointer data)
{
  gint64 before;
  gint64 opened;
  gint64 listed;

  g_assert_true (vav_store_run (fixture->store, NULL,
                                "WITH RECURSIVE c (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < 50000)"
                                " INSERT INTO history (kind, time, incoming, id, name, text)"
                                " SELECT 1, i, 1, ?, 'Somebody', 'What was written in a call, number ' || i FROM c",
                                "s", fixture->strange_key));
  close_profile (fixture);
  before = g_get_monotonic_time ();
  open_profile (fixture);
  opened = g_get_monotonic_time ();
  for (guint i = 0; i < 100; i++)
    g_object_unref (g_list_model_get_item (G_LIST_MODEL (fixture->history), i));
  listed = g_get_monotonic_time ();
  g_test_message ("opened, with the check of the file: %.1f ms; the first hundred: %.1f ms",
                  (double)(opened - before) / 1000.0, (double)(listed - opened) / 1000.0);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (fixture->history)), ==, 50000);
  g_assert_cmpint (opened - before, <, 3 * G_USEC_PER_SEC);
  g_assert_cmpint (listed - opened, <, 3 * G_USEC_PER_SEC);
}

static gboolean
late_cb (gpointer data)
{
  g_error ("waited in vain for what another program wrote");
  return G_SOURCE_REMOVE;
}

/* Lists are read when they are asked, and then kept: they have to be told. */
static void
wait_for_numbers (VavEndpoint *window, guint people, guint entries, guint unseen)
{
  guint limit = g_timeout_add_seconds (30, late_cb, NULL);

  while (g_list_model_get_n_items (G_LIST_MODEL (vav_endpoint_get_people (window))) != people
         || g_list_model_get_n_items (G_LIST_MODEL (vav_endpoint_get_history (window))) != entries
         || vav_history_get_n_unseen (vav_endpoint_get_history (window)) != unseen)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (limit);
}

/* The program that runs sees what another one of the same person writes, without being asked anything. */
static void
test_other_program (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (VavEndpoint) window = vav_endpoint_new (fixture->profile, "none", &error);
  g_autoptr (VavPerson) bob = NULL;
  g_autoptr (VavHistoryEntry) shown = NULL;

  g_test_summary ("a running program sees the people and the calls that another program of the same person writes");
  g_assert_no_error (error);
  wait_for_numbers (window, 1, 0, 0);
  bob = vav_people_add (fixture->people, "Bob", "bob.example", NULL);
  wait_for_numbers (window, 2, 0, 0);
  keep (fixture, VAV_HISTORY_CALL, 1000, fixture->key, TRUE, NULL);
  wait_for_numbers (window, 2, 1, 1);
  g_assert_true (vav_people_remove_person (fixture->people, bob, NULL));
  wait_for_numbers (window, 1, 1, 1);
  shown = g_list_model_get_item (G_LIST_MODEL (vav_endpoint_get_history (window)), 0);
  g_assert_false (vav_history_entry_is_seen (shown));
  g_assert_true (vav_history_mark_seen (fixture->history, NULL, NULL));
  wait_for_numbers (window, 1, 1, 0);
  g_assert_true (vav_history_entry_is_seen (shown));
}

/* A list has an entry at each of its places, also at one that another program has deleted and of which nothing was told yet. */
static void
test_deleted_beside (Fixture *fixture, gconstpointer data)
{
  g_autoptr (VavStore) store = NULL;
  g_autoptr (VavPeople) people = NULL;
  g_autoptr (VavHistory) window = NULL;
  g_autoptr (VavHistoryEntry) gone = NULL;

  keep (fixture, VAV_HISTORY_TEXT, 1000, fixture->key, FALSE, "a");
  store = vav_store_open (fixture->profile, NULL);
  people = vav_people_new (store, NULL);
  window = vav_history_new (store, people);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (window)), ==, 1);
  g_assert_true (vav_history_delete_all (fixture->history, NULL));
  gone = g_list_model_get_item (G_LIST_MODEL (window), 0);
  g_assert_nonnull (gone);
  g_assert_cmpint (vav_history_entry_get_time (gone), ==, 1);
  g_assert_cmpstr (vav_history_entry_get_name (gone), ==, "");
  g_assert_null (vav_history_entry_get_text (gone));
  vav_history_refresh (window);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (window)), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, test) g_test_add ("/call/history/" path, Fixture, NULL, set_up, test, tear_down)
  ADD ("lists", test_lists);
  ADD ("person", test_person);
  ADD ("missed", test_missed);
  ADD ("person-while-shown", test_person_while_shown);
  ADD ("read-late", test_read_late);
  ADD ("delete", test_delete);
  ADD ("quoting", test_quoting);
  ADD ("many", test_many);
  ADD ("deleted-beside", test_deleted_beside);
  ADD ("other-program", test_other_program);
  return g_test_run ();
}
