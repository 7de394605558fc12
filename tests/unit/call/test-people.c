/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/call/vav-peer-private.h"
#include "net/call/vav-people.h"
#include "net/core/vav-id.h"

#include <glib/gstdio.h>

typedef struct
{
  char *profile;
  VavPeople *people;
  char *anna;
  char *mallory;
} Fixture;

static VavPeople *
open_people (const char *profile)
{
  g_autoptr (GError) error = NULL;
  VavPeople *people = vav_people_open (profile, &error);

  g_assert_no_error (error);
  return people;
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->profile = g_dir_make_tmp ("visavis-people-XXXXXX", NULL);
  fixture->people = open_people (fixture->profile);
  fixture->anna = vav_id_from_spki ((const guint8 *)"anna", 4);
  fixture->mallory = vav_id_from_spki ((const guint8 *)"mallory", 7);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  static const char *const files[] = { "people.sqlite", "people.sqlite-wal", "people.sqlite-shm" };

  g_clear_object (&fixture->people);
  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autofree char *path = g_build_filename (fixture->profile, files[i], NULL);

      g_unlink (path);
    }
  g_rmdir (fixture->profile);
  g_free (fixture->profile);
  g_free (fixture->anna);
  g_free (fixture->mallory);
}

static gboolean
add (VavPeople *people, const char *name, const char *address, GError **error)
{
  g_autoptr (VavPerson) person = vav_people_add (people, name, address, error);

  return person != NULL;
}

static void
count_changes (GListModel *model, guint position, guint removed, guint added, gpointer data)
{
  (*(guint *)data)++;
}

/* The key is pinned when the two first talked, and is there after a restart. */
static void
test_remember (Fixture *fixture, gconstpointer data)
{
  g_autoptr (VavPerson) person = NULL;
  guint changes = 0;

  g_signal_connect (fixture->people, "items-changed", G_CALLBACK (count_changes), &changes);
  g_assert_true (vav_people_remember (fixture->people, fixture->anna, "Anna", "192.0.2.1:7667", TRUE, NULL));
  g_assert_cmpuint (changes, ==, 1);

  g_clear_object (&fixture->people);
  fixture->people = open_people (fixture->profile);
  person = vav_people_find_by_id (fixture->people, fixture->anna);
  g_assert_nonnull (person);
  g_assert_cmpstr (vav_person_get_name (person), ==, "Anna");
  g_assert_cmpstr (vav_person_get_address (person), ==, "192.0.2.1:7667");
  g_assert_cmpint (vav_person_get_trust (person), ==, VAV_TRUST_ACCEPTED);
  g_assert_cmpint (vav_person_get_last_seen (person), >, 0);
}

/* Talking again changes the place, never the name that this user gave, nor adds a second person; no place keeps the last. */
static void
test_remember_again (Fixture *fixture, gconstpointer data)
{
  g_autoptr (VavPerson) person = NULL;

  g_assert_true (vav_people_remember (fixture->people, fixture->anna, "Anna", "192.0.2.1:7667", TRUE, NULL));
  g_assert_true (vav_people_remember (fixture->people, fixture->anna, "Queen of Sheba", "192.0.2.2:1", TRUE, NULL));
  g_assert_true (vav_people_remember (fixture->people, fixture->anna, "Anna", NULL, TRUE, NULL));
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (fixture->people)), ==, 1);
  person = vav_people_find_by_name (fixture->people, "ANNA");
  g_assert_nonnull (person);
  g_assert_cmpstr (vav_person_get_address (person), ==, "192.0.2.2:1");
}

/* Somebody added by address gets their key at the first call there; somebody else's key never replaces a pinned one. */
static void
test_add (Fixture *fixture, gconstpointer data)
{
  g_autoptr (VavPerson) anna = NULL;
  g_autoptr (VavPerson) stranger = NULL;

  g_assert_true (add (fixture->people, "Anna", "anna.example:7000", NULL));
  g_assert_true (vav_people_remember (fixture->people, fixture->anna, "whatever", "anna.example:7000", TRUE, NULL));
  anna = vav_people_find_by_name (fixture->people, "Anna");
  g_assert_cmpstr (vav_person_get_id (anna), ==, fixture->anna);

  g_assert_true (vav_people_remember (fixture->people, fixture->mallory, "Anna", "anna.example:7000", TRUE, NULL));
  g_clear_object (&anna);
  anna = vav_people_find_by_id (fixture->people, fixture->anna);
  stranger = vav_people_find_by_id (fixture->people, fixture->mallory);
  g_assert_nonnull (anna);
  g_assert_nonnull (stranger);
  g_assert_true (anna != stranger);
}

/* Who calls us may say anything of themselves: it changes no address that is known, takes no row of somebody added by address, and no
 * name that stands for somebody else or reads as an address. */
static void
test_claims (Fixture *fixture, gconstpointer data)
{
  g_autoptr (VavPerson) carl = NULL;
  g_autoptr (VavPerson) bob = NULL;
  g_autoptr (VavPerson) anna = NULL;
  g_autofree char *evil = vav_id_from_spki ((const guint8 *)"evil", 4);

  g_assert_true (add (fixture->people, "Carl", "10.0.0.9:7667", NULL));
  g_assert_true (vav_people_remember (fixture->people, fixture->mallory, "Mallory", "10.0.0.9:7667", FALSE, NULL));
  carl = vav_people_find_by_name (fixture->people, "Carl");
  g_assert_null (vav_person_get_id (carl));

  g_assert_true (vav_people_remember (fixture->people, fixture->anna, "Bob", "anna.example:7667", TRUE, NULL));
  g_assert_true (vav_people_remember (fixture->people, fixture->anna, "Bob", "192.0.2.66:6", FALSE, NULL));
  g_assert_true (vav_people_remember (fixture->people, evil, "bob", "192.0.2.67:6", FALSE, NULL));
  bob = vav_people_find_by_name (fixture->people, "Bob");
  g_assert_cmpstr (vav_person_get_id (bob), ==, fixture->anna);
  g_assert_cmpstr (vav_person_get_address (bob), ==, "anna.example:7667");

  g_assert_true (vav_people_remove (fixture->people, "Bob", NULL));
  g_assert_true (vav_people_remember (fixture->people, fixture->anna, "carl.example", NULL, FALSE, NULL));
  g_assert_null (vav_people_find_by_name (fixture->people, "carl.example"));
  g_assert_null (vav_people_find_by_name (fixture->people, "\xc3"));
}

/* What tells two of one name apart is nobody's to claim, and makes no name longer than one may be. */
static void
test_names_apart (Fixture *fixture, gconstpointer data)
{
  g_autofree char *evil = vav_id_from_spki ((const guint8 *)"evil", 4);
  g_autofree char *mark = g_strdup_printf ("Bob (%.8s)", fixture->mallory);
  g_autofree char *longest = g_strnfill (VAV_MAX_NAME, 'x');
  g_autoptr (VavPerson) first = NULL;
  g_autoptr (VavPerson) second = NULL;

  g_assert_true (add (fixture->people, "Bob", NULL, NULL));
  g_assert_true (vav_people_remember (fixture->people, evil, mark, NULL, FALSE, NULL));
  g_assert_true (vav_people_remember (fixture->people, fixture->mallory, "Bob", NULL, FALSE, NULL));
  first = vav_people_find_by_id (fixture->people, evil);
  second = vav_people_find_by_id (fixture->people, fixture->mallory);
  g_assert_cmpstr (vav_person_get_name (first), ==, mark);
  g_assert_cmpstr (vav_person_get_name (second), !=, mark);
  g_clear_object (&second);

  g_assert_true (add (fixture->people, longest, NULL, NULL));
  g_assert_true (vav_people_remember (fixture->people, fixture->anna, longest, NULL, FALSE, NULL));
  second = vav_people_find_by_id (fixture->people, fixture->anna);
  g_assert_cmpuint (strlen (vav_person_get_name (second)), <=, VAV_MAX_NAME);
  g_assert_cmpstr (vav_person_get_name (second), !=, longest);
}

/* Nonsense is refused with a sentence. */
static void
test_refused (Fixture *fixture, gconstpointer data)
{
  g_autofree char *long_name = g_strnfill (VAV_MAX_NAME + 1, 'x');
  g_autoptr (GError) bad_address = NULL;
  g_autoptr (GError) bad_name = NULL;
  g_autoptr (GError) twice = NULL;
  g_autoptr (GError) nobody = NULL;

  g_assert_false (add (fixture->people, "Anna", "no address at all", &bad_address));
  g_assert_error (bad_address, VAV_ERROR, VAV_ERROR_INVALID_ADDRESS);
  g_assert_false (add (fixture->people, long_name, "host", &bad_name));
  g_assert_error (bad_name, VAV_ERROR, VAV_ERROR_FAILED);
  g_assert_true (add (fixture->people, "Anna", "host", NULL));
  g_assert_false (add (fixture->people, "anna", "host2", &twice));
  g_assert_error (twice, VAV_ERROR, VAV_ERROR_FAILED);
  g_assert_false (vav_people_remove (fixture->people, "Bob", &nobody));
  g_assert_error (nobody, VAV_ERROR, VAV_ERROR_FAILED);
  g_assert_true (vav_people_remove (fixture->people, "Anna", NULL));
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (fixture->people)), ==, 0);
}

/* Names are data, not SQL. */
static void
test_quoting (Fixture *fixture, gconstpointer data)
{
  g_assert_true (vav_people_remember (fixture->people, fixture->anna, "'; DROP TABLE people; --", NULL, TRUE, NULL));
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (fixture->people)), ==, 1);
}

/* The key decides who a peer is: a known key keeps our name for it; an unknown key under a known name is an impostor. */
static void
test_peer (Fixture *fixture, gconstpointer data)
{
  g_autoptr (VavPeer) known = NULL;
  g_autoptr (VavPeer) impostor = NULL;
  g_autoptr (VavPeer) nameless = NULL;
  g_autoptr (VavPeer) self = NULL;

  vav_people_remember (fixture->people, fixture->anna, "Anna", NULL, TRUE, NULL);
  known = vav_peer_new (fixture->people, "own", fixture->anna, "Queen of Sheba", "[2001:db8::1]:50000", 7667);
  g_assert_cmpstr (vav_peer_get_name (known), ==, "Anna");
  g_assert_cmpstr (vav_peer_get_claimed_name (known), ==, "Queen of Sheba");
  g_assert_cmpint (vav_peer_get_trust (known), ==, VAV_TRUST_ACCEPTED);
  g_assert_cmpstr (vav_peer_get_callback (known), ==, "[2001:db8::1]:7667");
  g_assert_false (vav_peer_is_impostor (known));

  impostor = vav_peer_new (fixture->people, "own", fixture->mallory, "anna", "192.0.2.1:5", 0);
  g_assert_cmpint (vav_peer_get_trust (impostor), ==, VAV_TRUST_UNKNOWN);
  g_assert_true (vav_peer_is_impostor (impostor));
  g_assert_null (vav_peer_get_callback (impostor));

  nameless = vav_peer_new (fixture->people, "own", fixture->mallory, NULL, "192.0.2.1:5", 0);
  g_assert_cmpuint (strlen (vav_peer_get_name (nameless)), >, 0);
  g_assert_cmpstr (vav_peer_get_claimed_name (nameless), ==, "");

  self = vav_peer_new (fixture->people, fixture->mallory, fixture->mallory, "anna", "192.0.2.1:5", 0);
  g_assert_true (vav_peer_is_self (self));
  g_assert_false (vav_peer_is_impostor (self));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, test) g_test_add (path, Fixture, NULL, set_up, test, tear_down)
  ADD ("/call/people/remember", test_remember);
  ADD ("/call/people/remember-again", test_remember_again);
  ADD ("/call/people/add", test_add);
  ADD ("/call/people/claims", test_claims);
  ADD ("/call/people/names-apart", test_names_apart);
  ADD ("/call/people/refused", test_refused);
  ADD ("/call/people/quoting", test_quoting);
  ADD ("/call/peer", test_peer);
  return g_test_run ();
}
