/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/call/vav-people-import.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "net/call/vav-people-file-private.h"
#include "net/call/vav-people-private.h"
#include "net/call/vav-vcard.h"
#include "net/core/vav-address.h"
#include "net/core/vav-id.h"
#include "net/signal/vav-name.h"

G_STATIC_ASSERT (VAV_VCARD_MAX_ADDRESSES == VAV_MAX_ADDRESSES);

/* A person as they will be: the whole file is gone through before anything is written. */
typedef struct
{
  gint64 number; /* 0: new */
  char *name;
  char *id;             /* nullable */
  GPtrArray *addresses; /* of char * */
  gboolean changed;
} Row;

typedef struct
{
  GPtrArray *rows;     /* of Row, the new ones last */
  GHashTable *by_id;   /* borrowed id → borrowed Row */
  GHashTable *by_name; /* folded name → borrowed Row */
  GHashTable *former;  /* id that somebody had → their name */
  GHashTable *keyless; /* borrowed address → borrowed Row without a key: whose key it is that is met there */
} Plan;

G_DEFINE_BOXED_TYPE (VavImported, vav_imported, vav_imported_copy, vav_imported_free)

/**
 * vav_imported_copy:
 *
 * Returns: (transfer full): a copy
 */
VavImported *
vav_imported_copy (const VavImported *self)
{
  VavImported *copy = g_memdup2 (self, sizeof *self);

  copy->name = g_strdup (self->name);
  copy->id = g_strdup (self->id);
  copy->fault = g_strdup (self->fault);
  return copy;
}

/**
 * vav_imported_free:
 *
 * Frees it.
 */
void
vav_imported_free (VavImported *self)
{
  g_free (self->name);
  g_free (self->id);
  g_free (self->fault);
  g_free (self);
}

static void
row_free (Row *self)
{
  g_free (self->name);
  g_free (self->id);
  g_ptr_array_unref (self->addresses);
  g_free (self);
}

static void
plan_init (Plan *self)
{
  self->rows = g_ptr_array_new_with_free_func ((GDestroyNotify)row_free);
  self->by_id = g_hash_table_new (g_str_hash, g_str_equal);
  self->by_name = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->former = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->keyless = g_hash_table_new (g_str_hash, g_str_equal);
}

static void
plan_clear (Plan *self)
{
  g_hash_table_unref (self->by_id);
  g_hash_table_unref (self->by_name);
  g_hash_table_unref (self->former);
  g_hash_table_unref (self->keyless);
  g_ptr_array_unref (self->rows);
}

static Row *
plan_add (Plan *self, gint64 number, const char *name, const char *id)
{
  Row *row = g_new0 (Row, 1);
  g_autofree char *folded = g_utf8_casefold (name, -1);

  row->number = number;
  row->name = g_strdup (name);
  row->id = g_strdup (id);
  row->addresses = g_ptr_array_new_with_free_func (g_free);
  g_ptr_array_add (self->rows, row);
  if (row->id != NULL)
    g_hash_table_insert (self->by_id, row->id, row);
  if (!g_hash_table_contains (self->by_name, folded))
    g_hash_table_insert (self->by_name, g_steal_pointer (&folded), row);

  return row;
}

static Row *
plan_find_name (Plan *self, const char *name)
{
  g_autofree char *folded = g_utf8_casefold (name, -1);

  return g_hash_table_lookup (self->by_name, folded);
}

static void
plan_add_address (Plan *self, Row *row, const char *address)
{
  char *own = g_strdup (address);

  g_ptr_array_add (row->addresses, own);
  if (row->id == NULL && !g_hash_table_contains (self->keyless, own))
    g_hash_table_insert (self->keyless, own, row);
}

static void
add_addresses (Plan *plan, Row *row, const char *lines)
{
  g_auto (GStrv) addresses = g_strsplit (lines, "\n", -1);

  for (guint i = 0; addresses[i] != NULL; i++)
    plan_add_address (plan, row, addresses[i]);
}

/* In a transaction: as it is now, whoever wrote it. */
static gboolean
plan_read (Plan *self, VavStore *store, GError **error)
{
  sqlite3_stmt *rows
      = vav_store_prepare (store, error,
                           "SELECT number, name, id,"
                           " (SELECT group_concat (address, char (10)) FROM"
                           "  (SELECT address FROM addresses WHERE person = people.number ORDER BY position))"
                           " FROM people ORDER BY last_seen DESC, name, number",
                           "");
  int result;

  while (rows != NULL && (result = sqlite3_step (rows)) == SQLITE_ROW)
    {
      Row *row = plan_add (self, sqlite3_column_int64 (rows, 0), (const char *)sqlite3_column_text (rows, 1),
                           (const char *)sqlite3_column_text (rows, 2));

      if (sqlite3_column_text (rows, 3) != NULL)
        add_addresses (self, row, (const char *)sqlite3_column_text (rows, 3));
    }
  if (rows == NULL || !vav_store_finish (store, rows, result, error))
    return FALSE;

  rows = vav_store_prepare (
      store, error, "SELECT former_keys.id, people.name FROM former_keys JOIN people ON people.number = person", "");
  while (rows != NULL && (result = sqlite3_step (rows)) == SQLITE_ROW)
    g_hash_table_insert (self->former, g_strdup ((const char *)sqlite3_column_text (rows, 0)),
                         g_strdup ((const char *)sqlite3_column_text (rows, 1)));
  return rows != NULL && vav_store_finish (store, rows, result, error);
}

/* What would be dialled instead of the person, or the other way round. */
static gboolean
is_address (const char *name)
{
  g_autofree char *id = vav_id_parse (name);
  g_autoptr (VavAddress) address = NULL;

  if (id != NULL || g_ascii_strcasecmp (name, "localhost") == 0)
    return TRUE;
  if (strpbrk (name, ".:@[]/") == NULL)
    return FALSE;
  address = vav_address_parse (name, NULL);
  return address != NULL;
}

/* Returns: (transfer full) (nullable): how somebody new is called: no name stands for two, or for an address. NULL: only a key could tell them apart. */
static char *
choose_name (Plan *self, const char *name, const char *id)
{
  if (!is_address (name) && plan_find_name (self, name) == NULL)
    return g_strdup (name);

  for (guint n = 1; id != NULL; n++)
    {
      g_autofree char *marked = vav_people_mark_name (name, id, n);

      if (plan_find_name (self, marked) == NULL)
        return g_steal_pointer (&marked);
    }
  return NULL;
}

static gboolean
has (Row *row, const char *address)
{
  return g_ptr_array_find_with_equal_func (row->addresses, address, g_str_equal, NULL);
}

/* Where the card can be called and the person not yet. */
static guint
count_new (Row *row, VavVcard *card)
{
  guint n = 0;

  for (guint i = 0; i < card->addresses->len; i++)
    n += !has (row, card->addresses->pdata[i]);
  return n;
}

static VavImportOutcome
merge (Plan *plan, Row *row, VavVcard *card, char **fault)
{
  guint n = count_new (row, card);

  if (n == 0)
    return VAV_IMPORT_KNOWN;
  if (row->addresses->len + n > VAV_MAX_ADDRESSES)
    {
      *fault = g_strdup_printf (_ ("A person has at most %d addresses."), VAV_MAX_ADDRESSES);
      return VAV_IMPORT_FAULT;
    }
  for (guint i = 0; i < card->addresses->len; i++)
    if (!has (row, card->addresses->pdata[i]))
      plan_add_address (plan, row, card->addresses->pdata[i]);
  row->changed = TRUE;

  return VAV_IMPORT_CHANGED;
}

/* Who is dialled without a key gets the one that is met there: of two, the other might, and who was dialled would never have one.
 * Returns: (transfer full) (nullable): why the card cannot be somebody new */
static char *
find_fault_of_place (Plan *plan, VavVcard *card)
{
  for (guint i = 0; card->id == NULL && i < card->addresses->len; i++)
    {
      const char *address = card->addresses->pdata[i];
      Row *row = g_hash_table_lookup (plan->keyless, address);

      if (row != NULL)
        /* Translators: the first is the name of somebody else */
        return g_strdup_printf (_ ("%s has the address %s already. Without a key no two people can have the same one."),
                                row->name, address);
    }
  return NULL;
}

static VavImportOutcome
add (Plan *plan, VavVcard *card, Row **row, char **fault)
{
  g_autofree char *harmless = vav_name_make_harmless (card->name, VAV_MAX_NAME);
  g_autofree char *name = *harmless != '\0' ? choose_name (plan, harmless, card->id) : NULL;
  const char *before = card->id != NULL ? g_hash_table_lookup (plan->former, card->id) : NULL;

  if (before != NULL)
    *fault = g_strdup_printf (_ ("That is a key that %s had before. Remove it from the card."), before);
  else if (*harmless == '\0')
    *fault = vav_name_dup_limits ();
  else if (name == NULL && plan_find_name (plan, harmless) == NULL)
    *fault = g_strdup_printf (_ ("“%s” is an address. Choose another name."), harmless);
  else if (name == NULL)
    *fault = g_strdup_printf (_ ("There is already somebody called “%s”. Choose another name."), harmless);
  else
    *fault = find_fault_of_place (plan, card);
  if (*fault != NULL)
    return VAV_IMPORT_FAULT;

  *row = plan_add (plan, 0, name, card->id);
  merge (plan, *row, card, fault);
  return VAV_IMPORT_ADDED;
}

/* Without a key it is the name and the addresses together that tell who it is: by a name alone no file says where somebody is called. */
static Row *
find_namesake (Plan *plan, VavVcard *card)
{
  g_autofree char *harmless = vav_name_make_harmless (card->name, VAV_MAX_NAME);
  Row *row = plan_find_name (plan, card->name);

  if (row == NULL)
    row = plan_find_name (plan, harmless);
  return row != NULL && count_new (row, card) == 0 ? row : NULL;
}

static VavImported *
take_card (Plan *plan, VavVcard *card, const char *own_id)
{
  VavImported *result = g_new0 (VavImported, 1);
  Row *row = NULL;

  result->line = card->line;
  if (card->fault != NULL)
    {
      result->outcome = VAV_IMPORT_FAULT;
      result->line = card->fault_line;
      result->fault = g_strdup (card->fault);
    }
  else if (!card->called)
    result->outcome = VAV_IMPORT_NO_ADDRESS;
  else if (card->id != NULL && g_strcmp0 (card->id, own_id) == 0)
    result->outcome = VAV_IMPORT_SELF;
  else
    {
      row = card->id != NULL ? g_hash_table_lookup (plan->by_id, card->id) : find_namesake (plan, card);
      result->outcome = row != NULL ? merge (plan, row, card, &result->fault) : add (plan, card, &row, &result->fault);
      result->id = g_strdup (card->id);
    }
  if (row != NULL)
    result->name = g_strdup (row->name);
  else if (card->name != NULL)
    result->name = vav_name_make_harmless (card->name, VAV_MAX_NAME);

  return result;
}

static gboolean
plan_write (Plan *self, VavPeople *people, GError **error)
{
  for (guint i = 0; i < self->rows->len; i++)
    {
      Row *row = self->rows->pdata[i];

      if (row->number == 0)
        {
          if (!vav_store_run (people->store, error, "INSERT INTO people (name, id) VALUES (?, ?)", "ss", row->name,
                              row->id))
            return FALSE;
          row->number = vav_store_get_last_number (people->store);
        }
      else if (!row->changed)
        continue;
      g_ptr_array_add (row->addresses, NULL);
      if (!vav_people_write_addresses (people, row->number, (const char *const *)row->addresses->pdata, error))
        return FALSE;
    }

  return TRUE;
}

/**
 * vav_people_import_cards:
 * @file: what was read; it may be imported again
 * @own_id: (nullable): this user's id, who is not to become one of their own people
 * @error: VAV_ERROR_PROFILE
 *
 * A person is a name (FN) and at least one `IMPP`, `URL` or `X-…` that is a `visavis:` address. Who is there already (the same key) gets the addresses
 * that are new, behind those they have, and keeps their name and key. Somebody new whose name is taken, or is an address, is marked with the beginning of
 * their key; without a key such a card is a fault, and so is one with an address that somebody else without a key has. What is good is imported, at once;
 * on an error nothing is.
 *
 * Servers and names in the links are passed over.
 *
 * Returns: (transfer full) (element-type VavImported): what came of each card, in their order
 */
GPtrArray *
vav_people_import_cards (VavPeople *self, VavPeopleFile *file, const char *own_id, GError **error)
{
  GPtrArray *cards;
  g_autoptr (GPtrArray) results = g_ptr_array_new_with_free_func ((GDestroyNotify)vav_imported_free);
  Plan plan;
  gboolean done;

  g_return_val_if_fail (VAV_IS_PEOPLE (self), NULL);
  g_return_val_if_fail (file != NULL, NULL);

  if (!vav_store_begin (self->store, TRUE, error))
    return NULL;

  plan_init (&plan);
  done = plan_read (&plan, self->store, error);
  cards = vav_people_file_get_cards (file);
  for (guint i = 0; done && i < cards->len; i++)
    g_ptr_array_add (results, take_card (&plan, cards->pdata[i], own_id));
  done = done && plan_write (&plan, self, error);
  plan_clear (&plan);

  return vav_people_commit (self, done, error) ? g_steal_pointer (&results) : NULL;
}

typedef struct
{
  VavPerson *person; /* borrowed */
  char *folded;
} Named;

static int
compare_named (gconstpointer a, gconstpointer b)
{
  const Named *one = a;
  const Named *other = b;
  int order = strcmp (one->folded, other->folded);

  if (order != 0)
    return order;
  return one->person->number < other->person->number ? -1 : one->person->number > other->person->number;
}

/* Returns: (transfer full): of Named, all who are given to others, in the order of their names: who was talked to last is nobody else's business, and two
 * copies of the same people are the same. */
static GArray *
sort_by_name (VavPeople *self)
{
  GArray *sorted = g_array_new (FALSE, FALSE, sizeof (Named));

  for (guint i = 0; i < self->persons->len; i++)
    {
      VavPerson *person = self->persons->pdata[i];
      Named named = { .person = person };

      if (person->blocked)
        continue;
      named.folded = g_utf8_casefold (person->name, -1);
      g_array_append_val (sorted, named);
    }
  g_array_sort (sorted, compare_named);

  return sorted;
}

/**
 * vav_people_export_cards:
 * @n: (out) (optional): how many they are
 *
 * Names, keys and addresses; no pictures, no trust, and nobody who is blocked. Importing it changes nothing. The order is that of the names, without regard
 * to case or language: the same people are always the same text.
 *
 * Returns: (transfer full): the people as vCards (4.0), a card each
 */
char *
vav_people_export_cards (VavPeople *self, guint *n)
{
  GString *text = g_string_new (NULL);
  g_autoptr (GArray) sorted = NULL;

  g_return_val_if_fail (VAV_IS_PEOPLE (self), NULL);

  sorted = sort_by_name (self);
  for (guint i = 0; i < sorted->len; i++)
    {
      Named *named = &g_array_index (sorted, Named, i);
      VavPerson *person = named->person;
      g_autofree char *card = vav_vcard_write (person->name, person->id, (const char *const *)person->addresses);

      g_string_append (text, card);
      g_free (named->folded);
    }
  if (n != NULL)
    *n = sorted->len;

  return g_string_free (text, FALSE);
}
