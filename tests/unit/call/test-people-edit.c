/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/call/vav-peer-private.h"
#include "net/call/vav-people-private.h"
#include "net/core/vav-id.h"

#include <string.h>

/* What this user changes about their people, and that the objects follow. */

typedef struct
{
  VavPeople *people;
  VavPerson *anna;
  VavPerson *bob;
  char *key;
  char *other_key;
  GString *told; /* "name trust …" */
} Fixture;

static void
on_notify (VavPerson *person, GParamSpec *pspec, GString *told)
{
  g_string_append_printf (told, "%s ", pspec->name);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->people = vav_people_open (NULL, NULL);
  fixture->anna = vav_people_add (fixture->people, "Anna", "anna.example", NULL);
  fixture->bob = vav_people_add (fixture->people, "Bob", NULL, NULL);
  fixture->key = vav_id_from_spki ((const guint8 *)"anna", 4);
  fixture->other_key = vav_id_from_spki ((const guint8 *)"new anna", 8);
  fixture->told = g_string_new (NULL);
  g_signal_connect (fixture->anna, "notify", G_CALLBACK (on_notify), fixture->told);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_signal_handlers_disconnect_by_data (fixture->anna, fixture->told);
  g_object_unref (fixture->anna);
  g_object_unref (fixture->bob);
  g_object_unref (fixture->people);
  g_string_free (fixture->told, TRUE);
  g_free (fixture->key);
  g_free (fixture->other_key);
}

static int
compare (const void *a, const void *b)
{
  return strcmp (*(const char *const *)a, *(const char *const *)b);
}

/* In the order of the alphabet: what changes at once has none. */
static void
assert_told (Fixture *fixture, const char *properties)
{
  g_auto (GStrv) words = g_strsplit (g_strchomp (fixture->told->str), " ", -1);
  g_autofree char *sorted = NULL;

  qsort (words, g_strv_length (words), sizeof *words, compare);
  sorted = g_strjoinv (" ", words);
  g_assert_cmpstr (sorted, ==, properties);
  g_string_truncate (fixture->told, 0);
}

/* Each change is told by the same object, and nothing but it; what changes nothing is not. */
static void
test_live (Fixture *fixture, gconstpointer data)
{
  g_autoptr (VavPerson) found = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (vav_people_rename (fixture->people, fixture->anna, "Anna Berg", NULL));
  assert_told (fixture, "name");
  g_assert_true (vav_people_rename (fixture->people, fixture->anna, "Anna Berg", NULL));
  assert_told (fixture, "");
  g_assert_true (vav_people_set_favourite (fixture->people, fixture->anna, TRUE, NULL));
  assert_told (fixture, "favourite");
  g_assert_true (vav_people_set_blocked (fixture->people, fixture->anna, TRUE, NULL));
  assert_told (fixture, "blocked");
  g_assert_true (vav_people_remember (fixture->people, fixture->key, "whatever", "anna.example:7667", TRUE, NULL));
  assert_told (fixture, "id last-seen trust");
  found = vav_people_find_by_id (fixture->people, fixture->key);
  g_assert_true (found == fixture->anna);
  g_assert_true (vav_person_get_favourite (found));

  g_assert_true (vav_people_remove_person (fixture->people, fixture->anna, NULL));
  g_assert_cmpstr (vav_person_get_name (fixture->anna), ==, "Anna Berg");
  g_assert_false (vav_people_set_favourite (fixture->people, fixture->anna, FALSE, &error));
  g_assert_error (error, VAV_ERROR, VAV_ERROR_FAILED);
  g_assert_nonnull (strstr (error->message, "Anna Berg"));
}

static void
note_changes (GListModel *model, guint position, guint removed, guint added, gpointer text)
{
  g_string_append_printf (text, "%u-%u+%u ", position, removed, added);
}

/* The list tells only the part that is new: who was talked to last comes first. */
static void
test_order (Fixture *fixture, gconstpointer data)
{
  g_autoptr (VavPerson) carl = vav_people_add (fixture->people, "Carl", NULL, NULL);
  g_autoptr (GString) changes = g_string_new (NULL);
  g_autoptr (VavPerson) first = NULL;

  g_signal_connect (fixture->people, "items-changed", G_CALLBACK (note_changes), changes);
  g_assert_true (vav_people_set_favourite (fixture->people, fixture->bob, TRUE, NULL));
  g_assert_cmpstr (changes->str, ==, "");
  g_assert_true (vav_people_remember (fixture->people, fixture->key, "x", "anna.example:7667", TRUE, NULL));
  g_assert_cmpstr (changes->str, ==, "");
  g_assert_true (vav_people_remember (fixture->people, fixture->other_key, "Dora", NULL, FALSE, NULL));
  g_assert_true (vav_people_remove_person (fixture->people, fixture->bob, NULL));
  first = g_list_model_get_item (G_LIST_MODEL (fixture->people), 0);
  g_assert_true (first == fixture->anna);
  g_assert_cmpstr (changes->str, ==, "1-0+1 2-1+0 ");
  g_signal_handlers_disconnect_by_data (fixture->people, changes);
}

/* Addresses have an order; where one was reached goes first; nonsense and too many are refused, and change nothing. */
static void
test_addresses (Fixture *fixture, gconstpointer data)
{
  const char *many[VAV_MAX_ADDRESSES + 2] = { NULL };
  g_autoptr (GPtrArray) texts = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) too_many = NULL;
  g_autofree char *joined = NULL;

  g_assert_true (vav_people_set_addresses (
      fixture->people, fixture->anna, (const char *const[]){ "a.example", "b.example:1", "a.example", NULL }, NULL));
  assert_told (fixture, "address addresses");
  g_assert_true (vav_people_add_address (fixture->people, fixture->anna, "[2001:db8::1]", NULL));
  assert_told (fixture, "addresses");
  g_assert_true (vav_people_remember (fixture->people, fixture->key, "Anna", "b.example:1", FALSE, NULL));
  joined = g_strjoinv (" ", (char **)vav_person_get_addresses (fixture->anna));
  g_assert_cmpstr (joined, ==, "a.example:7667 b.example:1 [2001:db8::1]:7667");
  g_assert_true (vav_people_remove_address (fixture->people, fixture->anna, "a.example", NULL));
  g_assert_cmpstr (vav_person_get_address (fixture->anna), ==, "b.example:1");
  g_assert_true (vav_people_remember (fixture->people, fixture->key, "Anna", "c.example:2", TRUE, NULL));
  g_assert_null (vav_person_get_addresses (fixture->anna)[2]);

  for (guint i = 0; i < VAV_MAX_ADDRESSES + 1; i++)
    {
      g_ptr_array_add (texts, g_strdup_printf ("%u.example", i));
      many[i] = texts->pdata[i];
    }
  g_assert_false (vav_people_set_addresses (fixture->people, fixture->anna, many, &too_many));
  g_assert_error (too_many, VAV_ERROR, VAV_ERROR_TOO_LARGE);
  for (guint i = 0; i < 20; i++)
    {
      g_autofree char *where = g_strdup_printf ("192.0.2.%u:7667", i);

      g_assert_true (vav_people_remember (fixture->people, fixture->other_key, "Dora", where, TRUE, NULL));
    }
  {
    g_autoptr (VavPerson) dora = vav_people_find_by_id (fixture->people, fixture->other_key);

    g_assert_cmpuint (g_strv_length ((char **)vav_person_get_addresses (dora)), ==, VAV_MAX_ADDRESSES);
    g_assert_cmpstr (vav_person_get_address (dora), ==, "192.0.2.19:7667");
  }
}

static void
test_nonsense (Fixture *fixture, gconstpointer data)
{
  g_autofree char *long_name = g_strnfill (VAV_MAX_NAME + 1, 'x');
  const char *const names[] = { "", " ", "\t", "two\nlines", "\xff\xfe", "a\x1b[31m", "bob", long_name };
  const char *const addresses[] = { "", "no where", "\xff", "host:70000", "host\nname", "visavis:@" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (VavPerson) added = vav_people_add (fixture->people, names[i], NULL, NULL);

      g_assert_null (added);
      g_assert_false (vav_people_rename (fixture->people, fixture->anna, names[i], &error));
      g_assert_error (error, VAV_ERROR, VAV_ERROR_FAILED);
    }
  for (guint i = 0; i < G_N_ELEMENTS (addresses); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_false (vav_people_add_address (fixture->people, fixture->anna, addresses[i], &error));
      g_assert_error (error, VAV_ERROR, VAV_ERROR_INVALID_ADDRESS);
    }
  assert_told (fixture, "");
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (fixture->people)), ==, 2);
}

static GBytes *
make_picture (gsize size, const char *head)
{
  guint8 *bytes = g_malloc0 (size);

  memcpy (bytes, head, strlen (head));
  return g_bytes_new_take (bytes, size);
}

/* A picture is kept as it was given. One that is too large, or of another kind, is refused and leaves the one before. */
static void
test_picture (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) png = make_picture (VAV_MAX_PICTURE, "\x89PNG\r\n\x1a\n");
  g_autoptr (GBytes) jpeg = make_picture (1000, "\xff\xd8\xff\xe0");
  g_autoptr (GBytes) huge = make_picture (VAV_MAX_PICTURE + 1, "\x89PNG\r\n\x1a\n");
  g_autoptr (GBytes) text = g_bytes_new_static ("<svg/>", 6);
  g_autoptr (GBytes) none = g_bytes_new_static ("", 0);
  g_autoptr (GError) too_large = NULL;
  g_autoptr (GError) no_picture = NULL;

  g_assert_null (vav_person_get_picture (fixture->anna));
  g_assert_true (vav_people_set_picture (fixture->people, fixture->anna, png, NULL));
  assert_told (fixture, "picture");
  g_assert_true (g_bytes_equal (vav_person_get_picture (fixture->anna), png));
  g_assert_true (vav_people_set_picture (fixture->people, fixture->anna, jpeg, NULL));
  assert_told (fixture, "picture");
  g_assert_false (vav_people_set_picture (fixture->people, fixture->anna, huge, &too_large));
  g_assert_error (too_large, VAV_ERROR, VAV_ERROR_TOO_LARGE);
  g_assert_false (vav_people_set_picture (fixture->people, fixture->anna, text, &no_picture));
  g_assert_error (no_picture, VAV_ERROR, VAV_ERROR_FAILED);
  g_assert_false (vav_people_set_picture (fixture->people, fixture->anna, none, NULL));
  assert_told (fixture, "");
  g_assert_true (g_bytes_equal (vav_person_get_picture (fixture->anna), jpeg));
  g_assert_true (vav_people_set_picture (fixture->people, fixture->anna, NULL, NULL));
  g_assert_null (vav_person_get_picture (fixture->anna));
}

/* An unknown caller is blocked by their key: they stand among the people, but for nobody else, and are warned of by no impostor. */
static void
test_block (Fixture *fixture, gconstpointer data)
{
  g_autofree char *third = vav_id_from_spki ((const guint8 *)"third", 5);
  g_autoptr (VavPerson) mallory = vav_people_block_id (fixture->people, fixture->key, "bob", NULL);
  g_autoptr (VavPerson) nameless = vav_people_block_id (fixture->people, fixture->other_key, "\xff", NULL);
  g_autoptr (VavPerson) again = vav_people_block_id (fixture->people, fixture->key, "Another name", NULL);
  g_autoptr (VavPeer) namesake = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (again == mallory);
  g_assert_true (vav_person_get_blocked (mallory));
  g_assert_true (vav_people_is_blocked (fixture->people, fixture->key));
  g_assert_cmpint (vav_person_get_trust (mallory), ==, VAV_TRUST_UNKNOWN);
  g_assert_true (g_str_has_prefix (vav_person_get_name (mallory), "bob ("));
  g_assert_true (g_utf8_validate (vav_person_get_name (nameless), -1, NULL));
  namesake = vav_peer_new (fixture->people, "own", third, vav_person_get_name (mallory), "192.0.2.1:5", 0);
  g_assert_false (vav_peer_is_impostor (namesake));

  g_assert_null (vav_people_block_id (fixture->people, "no id", "x", &error));
  g_assert_error (error, VAV_ERROR, VAV_ERROR_FAILED);
  g_assert_true (vav_people_set_blocked (fixture->people, mallory, FALSE, NULL));
  g_assert_false (vav_people_is_blocked (fixture->people, fixture->key));
}

/* The code is the same on both sides, of the promised form, and another one for another key. */
static void
test_code (Fixture *fixture, gconstpointer data)
{
  gint64 before = g_get_monotonic_time ();
  g_autofree char *ours = vav_people_dup_compare_code (fixture->key, fixture->other_key);
  gint64 took = g_get_monotonic_time () - before;
  g_autofree char *theirs = vav_people_dup_compare_code (fixture->other_key, fixture->key);
  g_autofree char *own = vav_people_dup_compare_code (fixture->key, fixture->key);

  g_test_message ("one code: %.1f ms", (double)took / 1000.0);
  g_assert_true (g_regex_match_simple ("^[0-9]{5}( [0-9]{5}){5}$", ours, 0, 0));
  g_assert_cmpstr (ours, ==, theirs);
  g_assert_cmpstr (ours, !=, own);
  /* it is printed on paper and must not change with a version: PBKDF2-HMAC-SHA-512 of the two ids, the smaller first */
  g_assert_cmpstr (ours, ==, "68520 84113 10102 20576 27789 58154");
}

/* The right code makes somebody verified; a wrong, short or empty one, or no key, does not. */
static void
test_verify (Fixture *fixture, gconstpointer data)
{
  g_autofree char *code = vav_people_dup_compare_code ("own", fixture->key);
  g_autofree char *other = vav_people_dup_compare_code ("own", fixture->other_key);
  g_autofree char *dashed = g_strdelimit (g_strdup (code), " ", '-');
  g_autofree char *short_code = g_strndup (code, strlen (code) - 1);
  const char *const wrong[] = { other, short_code, "", "12345", "no code" };
  g_autoptr (GError) no_key = NULL;

  g_assert_false (vav_people_verify (fixture->people, fixture->bob, "own", code, &no_key));
  g_assert_error (no_key, VAV_ERROR, VAV_ERROR_FAILED);
  g_assert_true (vav_people_remember (fixture->people, fixture->key, "Anna", "anna.example:7667", TRUE, NULL));
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_false (vav_people_verify (fixture->people, fixture->anna, "own", wrong[i], &error));
      g_assert_error (error, VAV_ERROR, VAV_ERROR_UNTRUSTED);
      g_assert_cmpint (vav_person_get_trust (fixture->anna), ==, VAV_TRUST_ACCEPTED);
    }
  g_assert_true (vav_people_verify (fixture->people, fixture->anna, "own", dashed, NULL));
  g_assert_cmpint (vav_person_get_trust (fixture->anna), ==, VAV_TRUST_VERIFIED);
}

/* A reinstalled computer: the person is the same, under another key, which nobody has compared yet. Who had been met as a stranger with that
 * key becomes one with them. */
static void
test_replace_key (Fixture *fixture, gconstpointer data)
{
  g_autofree char *code = vav_people_dup_compare_code ("own", fixture->key);
  g_autofree char *former = NULL;
  g_autofree char *none = NULL;
  g_autoptr (GError) error = NULL;
  gint64 until = 0;

  g_assert_true (vav_people_remember (fixture->people, fixture->key, "Anna", "anna.example:7667", TRUE, NULL));
  g_assert_true (vav_people_verify (fixture->people, fixture->anna, "own", code, NULL));
  g_assert_true (vav_people_remember (fixture->people, fixture->other_key, "Anna", "192.0.2.7:7667", FALSE, NULL));
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (fixture->people)), ==, 3);

  none = vav_people_dup_former_id (fixture->people, fixture->anna, NULL);
  g_assert_null (none);
  g_assert_true (vav_people_replace_key (fixture->people, fixture->anna, fixture->other_key, NULL));
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (fixture->people)), ==, 2);
  g_assert_cmpstr (vav_person_get_id (fixture->anna), ==, fixture->other_key);
  g_assert_cmpint (vav_person_get_trust (fixture->anna), ==, VAV_TRUST_ACCEPTED);
  g_assert_cmpstr (vav_person_get_address (fixture->anna), ==, "192.0.2.7:7667");
  g_assert_true (vav_person_has_address (fixture->anna, "anna.example:7667"));
  former = vav_people_dup_former_id (fixture->people, fixture->anna, &until);
  g_assert_cmpstr (former, ==, fixture->key);
  g_assert_cmpint (until, >, 0);

  /* nobody takes a key that is somebody else's for sure */
  g_free (code);
  code = vav_people_dup_compare_code ("own", fixture->other_key);
  g_assert_true (vav_people_verify (fixture->people, fixture->anna, "own", code, NULL));
  g_assert_false (vav_people_replace_key (fixture->people, fixture->bob, fixture->other_key, &error));
  g_assert_error (error, VAV_ERROR, VAV_ERROR_FAILED);
  g_assert_false (vav_people_replace_key (fixture->people, fixture->bob, "no id", NULL));
  g_assert_null (vav_person_get_id (fixture->bob));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, test) g_test_add ("/call/people-edit/" path, Fixture, NULL, set_up, test, tear_down)
  ADD ("live", test_live);
  ADD ("order", test_order);
  ADD ("addresses", test_addresses);
  ADD ("nonsense", test_nonsense);
  ADD ("picture", test_picture);
  ADD ("block", test_block);
  ADD ("code", test_code);
  ADD ("verify", test_verify);
  ADD ("replace-key", test_replace_key);
  return g_test_run ();
}
