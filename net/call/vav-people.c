/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/call/vav-people-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "net/core/vav-list-model.h"

enum
{
  SIGNAL_READ,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

VAV_DEFINE_LIST_MODEL (VavPeople, persons, VAV_TYPE_PERSON)

G_DEFINE_FINAL_TYPE_WITH_CODE (VavPeople, vav_people, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_iface_init))

static void
vav_people_finalize (GObject *object)
{
  VavPeople *self = VAV_PEOPLE (object);

  g_ptr_array_unref (self->persons);
  g_clear_pointer (&self->store, vav_store_unref);

  G_OBJECT_CLASS (vav_people_parent_class)->finalize (object);
}

static void
vav_people_class_init (VavPeopleClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = vav_people_finalize;

  signals[SIGNAL_READ] = g_signal_new ("read", VAV_TYPE_PEOPLE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
vav_people_init (VavPeople *self)
{
  self->persons = g_ptr_array_new_with_free_func (g_object_unref);
}

/* What begins and ends as before is not told of. */
static void
replace_list (VavPeople *self, GPtrArray *fresh)
{
  g_autoptr (GPtrArray) before = self->persons;
  guint head = 0;
  guint tail = 0;
  guint least = MIN (before->len, fresh->len);

  while (head < least && before->pdata[head] == fresh->pdata[head])
    head++;
  while (tail < least - head && before->pdata[before->len - 1 - tail] == fresh->pdata[fresh->len - 1 - tail])
    tail++;

  self->persons = g_ptr_array_ref (fresh);
  if (before->len - head - tail > 0 || fresh->len - head - tail > 0)
    g_list_model_items_changed (G_LIST_MODEL (self), head, before->len - head - tail, fresh->len - head - tail);
}

static GHashTable *
index_by_number (GPtrArray *persons)
{
  GHashTable *index = g_hash_table_new (g_int64_hash, g_int64_equal);

  for (guint i = 0; i < persons->len; i++)
    g_hash_table_insert (index, &((VavPerson *)persons->pdata[i])->number, persons->pdata[i]);

  return index;
}

/* Reads the table anew after each change: people are few, and so the list is never anything but the table. Who was there before stays the same
 * object. News of persons are told when the list is right. */
gboolean
vav_people_reload (VavPeople *self, GError **error)
{
  g_autoptr (GPtrArray) fresh = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GHashTable) known = index_by_number (self->persons);
  sqlite3_stmt *rows = vav_store_prepare (
      self->store, error, "SELECT " VAV_PERSON_COLUMNS " FROM people ORDER BY last_seen DESC, name, number", "");
  int result;

  if (rows == NULL)
    return FALSE;

  while ((result = sqlite3_step (rows)) == SQLITE_ROW)
    {
      gint64 number = sqlite3_column_int64 (rows, 0);
      VavPerson *person = g_hash_table_lookup (known, &number);

      person = person != NULL ? g_object_ref (person) : vav_person_new (self->store, number);
      g_object_freeze_notify (G_OBJECT (person));
      vav_person_take_row (person, rows);
      g_ptr_array_add (fresh, person);
    }
  if (!vav_store_finish (self->store, rows, result, error))
    {
      g_ptr_array_foreach (fresh, (GFunc)(void (*) (void))g_object_thaw_notify, NULL);
      return FALSE;
    }
  replace_list (self, fresh);
  for (guint i = 0; i < fresh->len; i++)
    g_object_thaw_notify (fresh->pdata[i]);
  g_signal_emit (self, signals[SIGNAL_READ], 0);

  return TRUE;
}

void
vav_people_refresh (VavPeople *self)
{
  g_autoptr (GError) error = NULL;

  if (vav_store_was_changed (self->store, &self->version) && !vav_people_reload (self, &error))
    g_debug ("people not read anew: %s", error->message);
}

VavPeople *
vav_people_new (VavStore *store, GError **error)
{
  g_autoptr (VavPeople) self = g_object_new (VAV_TYPE_PEOPLE, NULL);

  self->store = vav_store_ref (store);
  vav_store_was_changed (store, &self->version);

  return vav_people_reload (self, error) ? g_steal_pointer (&self) : NULL;
}

/**
 * vav_people_open:
 * @profile: (nullable): the profile's folder, made if missing; %NULL: in memory only
 * @error: VAV_ERROR_PROFILE
 *
 * A damaged file is put aside under another name, never deleted, and the list begins anew; vav_people_get_notice() tells it.
 *
 * Returns: (transfer full): the people of the profile
 */
VavPeople *
vav_people_open (const char *profile, GError **error)
{
  g_autoptr (VavStore) store = vav_store_open (profile, error);

  return store != NULL ? vav_people_new (store, error) : NULL;
}

/**
 * vav_people_get_notice:
 *
 * Returns: (nullable): a sentence for the person: a damaged file was put aside
 */
const char *
vav_people_get_notice (VavPeople *self)
{
  g_return_val_if_fail (VAV_IS_PEOPLE (self), NULL);
  return vav_store_get_notice (self->store);
}

static VavPerson *
peek_id (VavPeople *self, const char *id)
{
  for (guint i = 0; i < self->persons->len; i++)
    {
      VavPerson *person = self->persons->pdata[i];

      if (person->id != NULL && g_strcmp0 (person->id, id) == 0)
        return person;
    }

  return NULL;
}

/**
 * vav_people_find_by_id:
 *
 * Returns: (transfer full) (nullable): the person with that key
 */
VavPerson *
vav_people_find_by_id (VavPeople *self, const char *id)
{
  VavPerson *person;

  g_return_val_if_fail (VAV_IS_PEOPLE (self), NULL);

  person = peek_id (self, id);
  return person != NULL ? g_object_ref (person) : NULL;
}

gboolean
vav_people_is_blocked (VavPeople *self, const char *id)
{
  VavPerson *person = peek_id (self, id);

  return person != NULL && person->blocked;
}

/**
 * vav_people_find_by_name:
 * @name: compared without regard to case
 *
 * Returns: (transfer full) (nullable): the person of that name last seen
 */
VavPerson *
vav_people_find_by_name (VavPeople *self, const char *name)
{
  g_autofree char *wanted = NULL;

  g_return_val_if_fail (VAV_IS_PEOPLE (self), NULL);

  if (!g_utf8_validate (name, -1, NULL))
    return NULL;
  wanted = g_utf8_casefold (name, -1);

  for (guint i = 0; i < self->persons->len; i++)
    {
      VavPerson *person = self->persons->pdata[i];
      g_autofree char *folded = g_utf8_casefold (person->name, -1);

      if (strcmp (folded, wanted) == 0)
        return g_object_ref (person);
    }

  return NULL;
}

/**
 * vav_people_find_by_number:
 *
 * Returns: (transfer full) (nullable): the person of that number
 */
VavPerson *
vav_people_find_by_number (VavPeople *self, gint64 number)
{
  g_return_val_if_fail (VAV_IS_PEOPLE (self), NULL);

  for (guint i = 0; i < self->persons->len; i++)
    if (((VavPerson *)self->persons->pdata[i])->number == number)
      return g_object_ref (self->persons->pdata[i]);

  return NULL;
}
