/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/call/vav-sightings.h"

#include "net/call/vav-people-private.h"

typedef struct
{
  char *source;
  char *id;
} Sighting;

struct _VavSightings
{
  VavPeople *people;
  GPtrArray *ours; /* of Sighting, the latest last, as the next */
  GPtrArray *others;
};

static void
sighting_free (gpointer data)
{
  Sighting *sighting = data;

  g_free (sighting->source);
  g_free (sighting->id);
  g_free (sighting);
}

VavSightings *
vav_sightings_new (VavPeople *people)
{
  VavSightings *self = g_new0 (VavSightings, 1);

  self->people = g_object_ref (people);
  self->ours = g_ptr_array_new_with_free_func (sighting_free);
  self->others = g_ptr_array_new_with_free_func (sighting_free);

  return self;
}

void
vav_sightings_free (VavSightings *self)
{
  g_ptr_array_unref (self->ours);
  g_ptr_array_unref (self->others);
  g_object_unref (self->people);
  g_free (self);
}

static gboolean
is_ours (VavSightings *self, const char *id)
{
  g_autoptr (VavPerson) person = vav_people_find_by_id (self->people, id);

  return person != NULL && vav_person_is_ours (person);
}

static void
forget (GPtrArray *list, const char *source, const char *id)
{
  for (guint i = 0; i < list->len; i++)
    {
      Sighting *sighting = list->pdata[i];

      if (g_str_equal (sighting->source, source) && g_str_equal (sighting->id, id))
        {
          g_ptr_array_remove_index (list, i);
          return;
        }
    }
}

static void
add (VavSightings *self, Sighting *sighting)
{
  if (is_ours (self, sighting->id))
    {
      g_ptr_array_add (self->ours, sighting);
      if (self->ours->len > VAV_SIGHTINGS_MAX_OURS)
        g_ptr_array_remove_index (self->ours, 0);
      return;
    }

  g_ptr_array_add (self->others, sighting);
  if (self->others->len > VAV_SIGHTINGS_MAX_OTHERS)
    {
      Sighting *oldest = g_ptr_array_steal_index (self->others, 0);

      /* they may have become one of ours since */
      if (is_ours (self, oldest->id))
        add (self, oldest);
      else
        sighting_free (oldest);
    }
}

void
vav_sightings_note (VavSightings *self, const char *source, const char *id)
{
  Sighting *sighting = g_new0 (Sighting, 1);

  sighting->source = g_strdup (source);
  sighting->id = g_strdup (id);
  forget (self->ours, source, id);
  forget (self->others, source, id);
  add (self, sighting);
}

static gboolean
has (VavSightings *self, GPtrArray *list, const char *source)
{
  for (guint i = 0; i < list->len; i++)
    {
      Sighting *sighting = list->pdata[i];

      if (g_str_equal (sighting->source, source) && is_ours (self, sighting->id))
        return TRUE;
    }

  return FALSE;
}

gboolean
vav_sightings_knows (VavSightings *self, const char *source)
{
  return has (self, self->ours, source) || has (self, self->others, source);
}
