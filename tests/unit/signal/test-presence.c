/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/signal/vav-presence.h"

#include <string.h>

#include "net/signal/vav-pair-secret.h"
#include "net/signal/vav-presence-seal.h"
#include "net/signal/vav-x509.h"
#include "tests/unit/signal/fixture.h"

/* Presence: what is said, byte by byte; and two people at a real broker, with somebody beside them who hears all and says what he likes. */

#define NOW G_GINT64_CONSTANT (1800000000)
#define STEP 4 /* seconds, where it is waited for: a beat is good for 6 */

static GBytes *
dup_key (VavIdentity *identity)
{
  return vav_x509_get_spki (vav_identity_get_certificate (identity), NULL);
}

static const char *
id_of (VavIdentity *identity)
{
  return vav_identity_get_id (identity);
}

/* --- bytes --- */

static void
test_secret (void)
{
  g_autoptr (VavIdentity) anna = vav_identity_new_ephemeral (NULL);
  g_autoptr (VavIdentity) bob = vav_identity_new_ephemeral (NULL);
  g_autoptr (VavIdentity) carl = vav_identity_new_ephemeral (NULL);
  g_autoptr (GBytes) annas = dup_key (anna);
  g_autoptr (GBytes) bobs = dup_key (bob);
  g_autoptr (GBytes) nonsense = g_bytes_new_static ("nonsense", 8);
  guint8 one[VAV_PAIR_SECRET_SIZE], other[VAV_PAIR_SECRET_SIZE], third[VAV_PAIR_SECRET_SIZE];

  g_assert_true (vav_pair_secret_make (anna, id_of (bob), bobs, one));
  g_assert_true (vav_pair_secret_make (bob, id_of (anna), annas, other));
  g_assert_true (vav_pair_secret_make (carl, id_of (anna), annas, third));
  g_assert_cmpmem (one, sizeof one, other, sizeof other);
  g_assert_cmpint (memcmp (one, third, sizeof one), !=, 0);

  /* a key that is not of that id, of nobody, and our own */
  g_assert_false (vav_pair_secret_make (anna, id_of (carl), bobs, one));
  g_assert_false (vav_pair_secret_make (anna, id_of (bob), nonsense, one));
  g_assert_false (vav_pair_secret_make (anna, id_of (anna), annas, one));
}

typedef struct
{
  VavSitting sitting;
  guint8 secret[VAV_PRESENCE_LINK];
} Sitting;

static void
begin (Sitting *self, guint step)
{
  g_autofree char *name = vav_topic_make_name ();

  vav_sitting_begin (&self->sitting, name, NOW, step, self->secret);
}

/* What was sealed comes out with that key and topic, and with nothing else; no bit may change. */
static void
test_seal (void)
{
  guint8 key[VAV_PAIR_SECRET_SIZE] = { 1 };
  guint8 wrong[VAV_PAIR_SECRET_SIZE] = { 2 };
  guint8 sealed[VAV_PRESENCE_SEALED];
  VavSitting read;
  Sitting own;

  begin (&own, 600);
  vav_sitting_seal (&own.sitting, key, "a topic", sealed);
  g_assert_true (vav_sitting_open (&read, key, "a topic", sealed, sizeof sealed));
  g_assert_cmpmem (&read, sizeof read, &own.sitting, sizeof own.sitting);
  g_assert_false (vav_sitting_open (&read, wrong, "a topic", sealed, sizeof sealed));
  g_assert_false (vav_sitting_open (&read, key, "another", sealed, sizeof sealed));
  for (guint length = 0; length < sizeof sealed; length++)
    g_assert_false (vav_sitting_open (&read, key, "a topic", sealed, length));
  for (guint bit = 0; bit < 8 * sizeof sealed; bit++)
    {
      sealed[bit / 8] ^= (guint8)(1 << bit % 8);
      g_assert_false (vav_sitting_open (&read, key, "a topic", sealed, sizeof sealed));
      sealed[bit / 8] ^= (guint8)(1 << bit % 8);
    }
}

/* Somebody who accepted us may still send nonsense: under a right seal. */
static void
test_nonsense (void)
{
  guint8 key[VAV_PAIR_SECRET_SIZE] = { 1 };
  guint8 sealed[VAV_PRESENCE_SEALED];
  VavSitting read;
  Sitting own;

  for (guint i = 0; i < 6; i++)
    {
      begin (&own, 600);
      if (i == 1)
        own.sitting.name[3] = '#';
      if (i == 2)
        own.sitting.step = 0;
      if (i == 3)
        own.sitting.step = VAV_PRESENCE_MAX_STEP_S + 1;
      if (i == 4)
        own.sitting.steps = VAV_PRESENCE_MAX_STEPS + 1;
      if (i == 5)
        own.sitting.began = G_MININT64;
      vav_sitting_seal (&own.sitting, key, "t", sealed);
      g_assert_cmpint (vav_sitting_open (&read, key, "t", sealed, sizeof sealed), ==, i == 0);
    }
}

/* A beat is good from its time until half a step after the next is due, give or take what clocks differ; never one of another sitting, or one that is not due. */
static void
test_beats (void)
{
  guint8 beat[VAV_PRESENCE_BEAT];
  Sitting own, other;

  begin (&own, 600);
  begin (&other, 600);
  for (guint n = 0; n <= VAV_PRESENCE_MAX_STEPS; n++)
    {
      gint64 made = NOW + 600 * (gint64)n;

      vav_sitting_make_beat (&own.sitting, own.secret, n, beat);
      g_assert_cmpint (vav_sitting_judge (&own.sitting, beat, sizeof beat, made), ==, made + 900);
      g_assert_cmpint (vav_sitting_judge (&own.sitting, beat, sizeof beat, made + 899), ==, made + 900);
      g_assert_cmpint (vav_sitting_judge (&own.sitting, beat, sizeof beat, made - 300), ==, made + 900);
      g_assert_cmpint (vav_sitting_judge (&own.sitting, beat, sizeof beat, made + 900), ==, 0);
      g_assert_cmpint (vav_sitting_judge (&own.sitting, beat, sizeof beat, made - 301), ==, 0);
      g_assert_cmpint (vav_sitting_judge (&own.sitting, beat, sizeof beat - 1, made), ==, 0);
      g_assert_cmpint (vav_sitting_judge (&other.sitting, beat, sizeof beat, made), ==, 0);

      /* an old link under a later number: what a broker has */
      beat[1]++;
      g_assert_cmpint (vav_sitting_judge (&own.sitting, beat, sizeof beat, made + 600), ==, 0);
    }
}

/* --- at a broker --- */

typedef struct
{
  VavIdentity *identity;
  VavBroker *broker;
  VavPresence *presence;
  GHashTable *people;
} Person;

typedef struct
{
  GSubprocess *program;
  char *url;
  Person anna;
  Person bob;
  VavBroker *spy;
  GHashTable *heard; /* topic → GBytes: the latest that is not empty */
  guint n_heard;
} Fixture;

static void
person_arrive (Person *self, const char *url)
{
  self->broker = vav_broker_new (url, NULL);
  self->presence = vav_presence_new (self->broker, self->identity);
  vav_presence_set_step (self->presence, STEP);
  vav_presence_set_people (self->presence, self->people);
  vav_broker_start (self->broker, vav_presence_get_will (self->presence));
}

static void
person_leave (Person *self)
{
  if (self->presence != NULL)
    vav_presence_close (self->presence);
  g_clear_object (&self->presence);
  if (self->broker != NULL)
    vav_broker_stop (self->broker);
  g_clear_object (&self->broker);
}

static void
person_know (Person *self, Person *other)
{
  g_hash_table_insert (self->people, g_strdup (id_of (other->identity)), dup_key (other->identity));
}

static void
person_init (Person *self)
{
  self->identity = vav_identity_new_ephemeral (NULL);
  self->people = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_bytes_unref);
}

static void
person_clear (Person *self)
{
  person_leave (self);
  g_object_unref (self->identity);
  g_hash_table_unref (self->people);
}

static gboolean
sees (Person *self, Person *other)
{
  return vav_presence_is_present (self->presence, id_of (other->identity));
}

static char *
topic_of (Person *teller, Person *reader)
{
  guint8 secret[VAV_PAIR_SECRET_SIZE];
  g_autoptr (GBytes) key = dup_key (reader->identity);

  g_assert_true (vav_pair_secret_make (teller->identity, id_of (reader->identity), key, secret));
  return vav_topic_pair (secret, id_of (teller->identity), id_of (reader->identity));
}

static void
on_heard (VavBroker *broker, const char *topic, GBytes *payload, gboolean retained, Fixture *fixture)
{
  fixture->n_heard++;
  if (g_bytes_get_size (payload) > 0)
    g_hash_table_insert (fixture->heard, g_strdup (topic), g_bytes_ref (payload));
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->program = fixture_start_mosquitto (&fixture->url);
  fixture->heard = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_bytes_unref);
  person_init (&fixture->anna);
  person_init (&fixture->bob);
  person_know (&fixture->anna, &fixture->bob);
  person_know (&fixture->bob, &fixture->anna);
  fixture->spy = vav_broker_new (fixture->url, NULL);
  g_signal_connect (fixture->spy, "message", G_CALLBACK (on_heard), fixture);
  vav_broker_start (fixture->spy, NULL);
  WAIT_FOR (vav_broker_is_connected (fixture->spy));
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  person_clear (&fixture->anna);
  person_clear (&fixture->bob);
  vav_broker_stop (fixture->spy);
  g_object_unref (fixture->spy);
  fixture_stop_mosquitto (fixture->program);
  g_hash_table_unref (fixture->heard);
  g_free (fixture->url);
}

static void
spy_on (Fixture *fixture, const char *topic)
{
  vav_broker_subscribe (fixture->spy, topic, TRUE);
  WAIT_FOR (vav_broker_is_subscribed (fixture->spy, topic));
}

static void
repeat (Fixture *fixture, const char *topic)
{
  GBytes *payload = g_hash_table_lookup (fixture->heard, topic);

  vav_broker_publish (fixture->spy, topic, g_bytes_get_data (payload, NULL), g_bytes_get_size (payload), TRUE, 0, NULL);
}

/* Until the spy has heard so many more messages: what it said itself among them. */
static void
listen (Fixture *fixture, guint more)
{
  guint until = fixture->n_heard + more;

  WAIT_FOR (fixture->n_heard >= until);
}

/* Whoever comes first, and however often: one sees the other while they want to be seen, for longer than a beat is good. */
static void
test_come_and_go (Fixture *fixture, gconstpointer data)
{
  Person *anna = &fixture->anna, *bob = &fixture->bob;

  person_arrive (bob, fixture->url);
  person_arrive (anna, fixture->url);
  vav_presence_set_shown (bob->presence, TRUE);
  WAIT_FOR (sees (anna, bob));
  g_assert_false (sees (bob, anna));
  vav_presence_set_shown (anna->presence, TRUE);
  WAIT_FOR (sees (bob, anna));

  spy_on (fixture, vav_presence_get_will (bob->presence));
  WAIT_FOR (fixture->n_heard == 3); /* the first, and two more: it would be old by now */
  WAIT_FOR (sees (anna, bob) && sees (bob, anna));

  vav_presence_set_shown (bob->presence, FALSE);
  WAIT_FOR (!sees (anna, bob));
  vav_presence_set_shown (bob->presence, TRUE);
  WAIT_FOR (sees (anna, bob));
  person_leave (bob);
  WAIT_FOR (!sees (anna, bob));
}

static void
count (guint *number)
{
  (*number)++;
}

/* What is kept of somebody who has gone is shown again, and again, by whoever can write there: it stands until it is old, and then no more. What is invented never
 * does. */
static void
test_replay (Fixture *fixture, gconstpointer data)
{
  Person *anna = &fixture->anna, *bob = &fixture->bob;
  g_autofree char *pair = topic_of (bob, anna);
  g_autofree char *beats = NULL;
  guint8 zeros[VAV_PRESENCE_SEALED] = { 0 };
  guint changes = 0;
  gint64 old;

  person_arrive (bob, fixture->url);
  beats = g_strdup (vav_presence_get_will (bob->presence));
  spy_on (fixture, pair);
  spy_on (fixture, beats);
  vav_presence_set_shown (bob->presence, TRUE);
  WAIT_FOR (g_hash_table_contains (fixture->heard, pair) && g_hash_table_contains (fixture->heard, beats));
  person_leave (bob);

  person_arrive (anna, fixture->url);
  repeat (fixture, pair);
  repeat (fixture, beats);
  WAIT_FOR (sees (anna, bob)); /* this much a broker can do */
  old = g_get_monotonic_time () + 2 * STEP * G_TIME_SPAN_SECOND;
  while (g_get_monotonic_time () < old)
    fixture_iterate ();
  g_assert_false (sees (anna, bob));
  g_signal_connect_swapped (anna->presence, "changed", G_CALLBACK (count), &changes);
  for (guint i = 0; i < 50; i++)
    {
      g_autoptr (GBytes) old_pair = g_bytes_ref (g_hash_table_lookup (fixture->heard, pair));
      g_autoptr (GBytes) old_beat = g_bytes_ref (g_hash_table_lookup (fixture->heard, beats));

      repeat (fixture, pair);
      repeat (fixture, beats);
      vav_broker_publish (fixture->spy, beats, zeros, VAV_PRESENCE_BEAT, TRUE, 0, NULL);
      vav_broker_publish (fixture->spy, pair, zeros, VAV_PRESENCE_SEALED, TRUE, 0, NULL);
      listen (fixture, 4);
      g_hash_table_insert (fixture->heard, g_strdup (pair), g_steal_pointer (&old_pair));
      g_hash_table_insert (fixture->heard, g_strdup (beats), g_steal_pointer (&old_beat));
    }
  fixture_settle ();
  g_assert_cmpuint (changes, ==, 0);
}

/* Who is not among one's people any more learns nothing, also not from what they were told: the topic is another one, and the old one is empty. */
static void
test_removed (Fixture *fixture, gconstpointer data)
{
  Person *anna = &fixture->anna, *bob = &fixture->bob;
  g_autofree char *beats = NULL;

  person_arrive (anna, fixture->url);
  person_arrive (bob, fixture->url);
  vav_presence_set_shown (bob->presence, TRUE);
  WAIT_FOR (sees (anna, bob));
  beats = g_strdup (vav_presence_get_will (bob->presence));
  g_hash_table_remove_all (bob->people);
  vav_presence_set_people (bob->presence, bob->people);
  WAIT_FOR (!sees (anna, bob));
  g_assert_cmpstr (beats, !=, vav_presence_get_will (bob->presence));
  WAIT_FOR (vav_broker_is_connected (bob->broker));
  spy_on (fixture, beats);
  person_leave (bob);
  fixture_settle ();
  g_assert_cmpuint (fixture->n_heard, ==, 0);

  person_know (bob, anna);
  person_arrive (bob, fixture->url);
  vav_presence_set_shown (bob->presence, TRUE);
  WAIT_FOR (sees (anna, bob));
}

/* Nor does who is removed while there is no connection: the next one begins under another name. */
static void
test_removed_apart (Fixture *fixture, gconstpointer data)
{
  Person *anna = &fixture->anna, *bob = &fixture->bob;
  g_autofree char *beats = NULL;

  g_test_summary ("A11: Somebody who is removed while there is no connection does not see this user at the next");
  person_arrive (anna, fixture->url);
  person_arrive (bob, fixture->url);
  vav_presence_set_shown (bob->presence, TRUE);
  WAIT_FOR (sees (anna, bob));
  beats = g_strdup (vav_presence_get_will (bob->presence));
  vav_broker_stop (bob->broker);
  g_assert_false (vav_broker_is_connected (bob->broker));
  g_hash_table_remove_all (bob->people);
  vav_presence_set_people (bob->presence, bob->people);
  vav_broker_start (bob->broker, vav_presence_get_will (bob->presence));
  WAIT_FOR (vav_broker_is_connected (bob->broker));
  g_assert_cmpstr (beats, !=, vav_presence_get_will (bob->presence));
}

/* The will of a connection that broke unseen comes when the next has spoken: said again at once. */
static void
test_late_will (Fixture *fixture, gconstpointer data)
{
  Person *anna = &fixture->anna, *bob = &fixture->bob;

  person_arrive (anna, fixture->url);
  person_arrive (bob, fixture->url);
  vav_presence_set_step (bob->presence, VAV_PRESENCE_MAX_STEP_S); /* not before the next beat */
  vav_presence_set_shown (bob->presence, TRUE);
  WAIT_FOR (sees (anna, bob));
  spy_on (fixture, vav_presence_get_will (bob->presence));
  WAIT_FOR (fixture->n_heard == 1);
  vav_broker_publish (fixture->spy, vav_presence_get_will (bob->presence), "", 0, TRUE, 0, NULL);
  WAIT_FOR (fixture->n_heard == 3);
  WAIT_FOR (sees (anna, bob));
}

#define ADD(path, test) g_test_add (path, Fixture, NULL, set_up, test, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/signal/presence/secret", test_secret);
  g_test_add_func ("/signal/presence/seal", test_seal);
  g_test_add_func ("/signal/presence/nonsense", test_nonsense);
  g_test_add_func ("/signal/presence/beats", test_beats);
  ADD ("/signal/presence/come-and-go", test_come_and_go);
  ADD ("/signal/presence/replay", test_replay);
  ADD ("/signal/presence/removed", test_removed);
  ADD ("/signal/presence/removed-apart", test_removed_apart);
  ADD ("/signal/presence/late-will", test_late_will);
  return g_test_run ();
}
