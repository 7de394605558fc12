/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Who is let in first in a crowd: those from where one of our people said hello lately. */
#include "net/call/vav-sightings.h"

#include <glib/gstdio.h>

#include "net/core/vav-id.h"

#define HOME "192.0.2.7"
#define CAFE "192.0.2.8"

typedef struct
{
  char *profile;
  VavPeople *people;
  VavSightings *sightings;
  char *anna;
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  self->profile = g_dir_make_tmp ("visavis-sightings-XXXXXX", NULL);
  self->people = vav_people_open (self->profile, &error);
  g_assert_no_error (error);
  self->sightings = vav_sightings_new (self->people);
  self->anna = vav_id_from_spki ((const guint8 *)"anna", 4);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  static const char *const files[] = { "people.sqlite", "people.sqlite-wal", "people.sqlite-shm" };

  vav_sightings_free (self->sightings);
  g_object_unref (self->people);
  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autofree char *path = g_build_filename (self->profile, files[i], NULL);

      g_unlink (path);
    }
  g_rmdir (self->profile);
  g_free (self->profile);
  g_free (self->anna);
}

static void
remember_anna (Fixture *self)
{
  g_assert_true (vav_people_remember (self->people, self->anna, "Anna", "192.0.2.1:7667", TRUE, NULL));
}

/* Numbers that nobody else has. */
static char *
make_id (guint number)
{
  return vav_id_from_spki ((const guint8 *)&number, sizeof number);
}

static void
test_ours (Fixture *self, gconstpointer data)
{
  g_autoptr (VavPerson) anna = NULL;

  g_test_summary ("N12: a source is known from where one of our people came, if they became one only after that too, "
                  "and until they are blocked");
  g_assert_false (vav_sightings_knows (self->sightings, HOME));
  vav_sightings_note (self->sightings, HOME, self->anna);
  g_assert_false (vav_sightings_knows (self->sightings, HOME));
  remember_anna (self);
  g_assert_true (vav_sightings_knows (self->sightings, HOME));
  g_assert_false (vav_sightings_knows (self->sightings, CAFE));
  anna = vav_people_find_by_id (self->people, self->anna);
  g_assert_true (vav_people_set_blocked (self->people, anna, TRUE, NULL));
  g_assert_false (vav_sightings_knows (self->sightings, HOME));
}

static void
test_others (Fixture *self, gconstpointer data)
{
  g_test_summary ("N12: however many strangers come, from there or from elsewhere, ours are not forgotten, also "
                  "whoever became one only after their hello");
  vav_sightings_note (self->sightings, HOME, self->anna);
  remember_anna (self);
  for (guint i = 0; i < 2 * VAV_SIGHTINGS_MAX_OURS; i++)
    {
      g_autofree char *id = make_id (i);

      vav_sightings_note (self->sightings, i % 2 == 0 ? HOME : CAFE, id);
    }
  g_assert_true (vav_sightings_knows (self->sightings, HOME));
  g_assert_false (vav_sightings_knows (self->sightings, CAFE));
}

static void
test_cap (Fixture *self, gconstpointer data)
{
  g_test_summary ("N12: of the places of one's people the latest are known");
  remember_anna (self);
  for (guint i = 0; i <= VAV_SIGHTINGS_MAX_OURS; i++)
    {
      g_autofree char *source = g_strdup_printf ("10.0.%u.%u", i / 256, i % 256);

      vav_sightings_note (self->sightings, source, self->anna);
      vav_sightings_note (self->sightings, source, self->anna);
    }
  g_assert_false (vav_sightings_knows (self->sightings, "10.0.0.0"));
  g_assert_true (vav_sightings_knows (self->sightings, "10.0.0.1"));
  g_assert_true (vav_sightings_knows (self->sightings, "10.0.1.0"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/sightings/ours", Fixture, NULL, set_up, test_ours, tear_down);
  g_test_add ("/sightings/others", Fixture, NULL, set_up, test_others, tear_down);
  g_test_add ("/sightings/cap", Fixture, NULL, set_up, test_cap, tear_down);

  return g_test_run ();
}
