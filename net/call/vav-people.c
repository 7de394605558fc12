/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/call/vav-people.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <sqlite3.h>
#include <string.h>

#include "net/core/vav-address.h"
#include "net/core/vav-id.h"

#define FILE_NAME "people.sqlite"
#define SCHEMA_VERSION 1
#define BUSY_LIMIT_MS 2000

/* id and address are NULL while not known; two rows never share a key. */
static const char schema[] = "CREATE TABLE IF NOT EXISTS people ("
                             "  number INTEGER PRIMARY KEY,"
                             "  name TEXT NOT NULL,"
                             "  id TEXT UNIQUE,"
                             "  address TEXT,"
                             "  trust INTEGER NOT NULL DEFAULT 0,"
                             "  last_seen INTEGER NOT NULL DEFAULT 0"
                             ");"
                             "CREATE INDEX IF NOT EXISTS people_by_name ON people (name);"
                             "PRAGMA user_version = " G_STRINGIFY (SCHEMA_VERSION) ";";

struct _VavPerson
{
  GObject parent_instance;

  gint64 number;
  char *name;
  char *id;
  char *address;
  VavTrust trust;
  gint64 last_seen;
};

G_DEFINE_FINAL_TYPE (VavPerson, vav_person, G_TYPE_OBJECT)

static void
vav_person_finalize (GObject *object)
{
  VavPerson *self = VAV_PERSON (object);

  g_free (self->name);
  g_free (self->id);
  g_free (self->address);

  G_OBJECT_CLASS (vav_person_parent_class)->finalize (object);
}

static void
vav_person_class_init (VavPersonClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = vav_person_finalize;
}

static void
vav_person_init (VavPerson *self)
{
}

const char *
vav_person_get_name (VavPerson *self)
{
  g_return_val_if_fail (VAV_IS_PERSON (self), NULL);
  return self->name;
}

const char *
vav_person_get_address (VavPerson *self)
{
  g_return_val_if_fail (VAV_IS_PERSON (self), NULL);
  return self->address;
}

const char *
vav_person_get_id (VavPerson *self)
{
  g_return_val_if_fail (VAV_IS_PERSON (self), NULL);
  return self->id;
}

VavTrust
vav_person_get_trust (VavPerson *self)
{
  g_return_val_if_fail (VAV_IS_PERSON (self), VAV_TRUST_UNKNOWN);
  return self->trust;
}

gint64
vav_person_get_last_seen (VavPerson *self)
{
  g_return_val_if_fail (VAV_IS_PERSON (self), 0);
  return self->last_seen;
}

struct _VavPeople
{
  GObject parent_instance;

  sqlite3 *db;
  GPtrArray *persons; /* of VavPerson: the table as it is, most recent first */
};

static void list_model_iface_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (VavPeople, vav_people, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_iface_init))

static GType
get_item_type (GListModel *model)
{
  return VAV_TYPE_PERSON;
}

static guint
get_n_items (GListModel *model)
{
  return VAV_PEOPLE (model)->persons->len;
}

static gpointer
get_item (GListModel *model, guint position)
{
  VavPeople *self = VAV_PEOPLE (model);

  return position < self->persons->len ? g_object_ref (self->persons->pdata[position]) : NULL;
}

static void
list_model_iface_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

static gboolean
fail (VavPeople *self, GError **error)
{
  g_set_error (error, VAV_ERROR, VAV_ERROR_PROFILE, _ ("The list of people cannot be read or written: %s."),
               sqlite3_errmsg (self->db));
  return FALSE;
}

static sqlite3_stmt *
prepare (VavPeople *self, const char *sql, GError **error)
{
  sqlite3_stmt *statement = NULL;

  if (sqlite3_prepare_v2 (self->db, sql, -1, &statement, NULL) != SQLITE_OK)
    fail (self, error);

  return statement;
}

static void
bind_text (sqlite3_stmt *statement, int position, const char *text)
{
  sqlite3_bind_text (statement, position, text, -1, SQLITE_TRANSIENT);
}

/* Runs a statement that returns no rows, and frees it. */
static gboolean
finish (VavPeople *self, sqlite3_stmt *statement, GError **error)
{
  gboolean done = sqlite3_step (statement) == SQLITE_DONE;

  if (!done)
    fail (self, error);
  sqlite3_finalize (statement);

  return done;
}

static VavPerson *
person_from_row (sqlite3_stmt *row)
{
  VavPerson *person = g_object_new (VAV_TYPE_PERSON, NULL);

  person->number = sqlite3_column_int64 (row, 0);
  person->name = g_strdup ((const char *)sqlite3_column_text (row, 1));
  person->id = g_strdup ((const char *)sqlite3_column_text (row, 2));
  person->address = g_strdup ((const char *)sqlite3_column_text (row, 3));
  person->trust = (VavTrust)CLAMP (sqlite3_column_int (row, 4), VAV_TRUST_UNKNOWN, VAV_TRUST_VERIFIED);
  person->last_seen = sqlite3_column_int64 (row, 5);

  return person;
}

/* Reads the table anew after each change: people are few, and so the list is never anything but the table. */
static gboolean
reload (VavPeople *self, GError **error)
{
  guint before = self->persons->len;
  sqlite3_stmt *rows = prepare (
      self, "SELECT number, name, id, address, trust, last_seen FROM people ORDER BY last_seen DESC, name", error);
  int result;

  if (rows == NULL)
    return FALSE;

  g_ptr_array_set_size (self->persons, 0);
  while ((result = sqlite3_step (rows)) == SQLITE_ROW)
    g_ptr_array_add (self->persons, person_from_row (rows));
  sqlite3_finalize (rows);
  g_list_model_items_changed (G_LIST_MODEL (self), 0, before, self->persons->len);

  return result == SQLITE_DONE || fail (self, error);
}

static void
vav_people_finalize (GObject *object)
{
  VavPeople *self = VAV_PEOPLE (object);

  g_ptr_array_unref (self->persons);
  sqlite3_close (self->db);

  G_OBJECT_CLASS (vav_people_parent_class)->finalize (object);
}

static void
vav_people_class_init (VavPeopleClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = vav_people_finalize;
}

static void
vav_people_init (VavPeople *self)
{
  self->persons = g_ptr_array_new_with_free_func (g_object_unref);
}

static int
schema_version (VavPeople *self)
{
  sqlite3_stmt *row = prepare (self, "PRAGMA user_version", NULL);
  int version = row != NULL && sqlite3_step (row) == SQLITE_ROW ? sqlite3_column_int (row, 0) : 0;

  sqlite3_finalize (row);
  return version;
}

static gboolean
open_file (VavPeople *self, const char *path, GError **error)
{
  if (sqlite3_open_v2 (path, &self->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL) != SQLITE_OK)
    return fail (self, error);

  sqlite3_busy_timeout (self->db, BUSY_LIMIT_MS);
  if (schema_version (self) > SCHEMA_VERSION)
    {
      g_set_error_literal (error, VAV_ERROR, VAV_ERROR_PROFILE,
                           _ ("The list of people was written by a newer Visavis. Update this one."));
      return FALSE;
    }

  /* WAL survives kill -9, and lets the command line read beside the running program. */
  if (sqlite3_exec (self->db, "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;", NULL, NULL, NULL) != SQLITE_OK
      || sqlite3_exec (self->db, schema, NULL, NULL, NULL) != SQLITE_OK)
    return fail (self, error);

  return reload (self, error);
}

/**
 * vav_people_open:
 * @profile: (nullable): the profile's folder, made if missing; %NULL: in memory only
 * @error: VAV_ERROR_PROFILE
 *
 * Returns: (transfer full): the people of the profile
 */
VavPeople *
vav_people_open (const char *profile, GError **error)
{
  g_autoptr (VavPeople) self = g_object_new (VAV_TYPE_PEOPLE, NULL);
  g_autofree char *path = NULL;

  if (profile == NULL)
    path = g_strdup (":memory:");
  else if (g_mkdir_with_parents (profile, 0700) != 0)
    {
      g_set_error (error, VAV_ERROR, VAV_ERROR_PROFILE, _ ("The profile folder %s cannot be made: %s."), profile,
                   g_strerror (errno));
      return NULL;
    }
  else
    path = g_build_filename (profile, FILE_NAME, NULL);

  return open_file (self, path, error) ? g_steal_pointer (&self) : NULL;
}

/**
 * vav_people_find_by_id:
 *
 * Returns: (transfer full) (nullable): the person with that key
 */
VavPerson *
vav_people_find_by_id (VavPeople *self, const char *id)
{
  g_return_val_if_fail (VAV_IS_PEOPLE (self), NULL);

  for (guint i = 0; i < self->persons->len; i++)
    {
      VavPerson *person = self->persons->pdata[i];

      if (person->id != NULL && g_strcmp0 (person->id, id) == 0)
        return g_object_ref (person);
    }

  return NULL;
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
 * vav_people_add:
 * @name: 1 to VAV_MAX_NAME bytes; no other person may have it
 * @address: in any form that vav_address_parse() reads; with an id in it the key is pinned from the start
 * @error: VAV_ERROR_FAILED, VAV_ERROR_INVALID_ADDRESS, VAV_ERROR_PROFILE
 *
 * Adds somebody whom this user has not talked to yet.
 */
gboolean
vav_people_add (VavPeople *self, const char *name, const char *address, GError **error)
{
  g_autoptr (VavAddress) parsed = vav_address_parse (address, error);
  g_autoptr (VavPerson) namesake = NULL;
  g_autofree char *where = NULL;
  sqlite3_stmt *statement;

  g_return_val_if_fail (VAV_IS_PEOPLE (self), FALSE);

  if (parsed == NULL)
    return FALSE;
  if (*name == '\0' || strlen (name) > VAV_MAX_NAME || !g_utf8_validate (name, -1, NULL))
    {
      g_set_error (error, VAV_ERROR, VAV_ERROR_FAILED, _ ("A name has 1 to %d bytes of text."), VAV_MAX_NAME);
      return FALSE;
    }
  namesake = vav_people_find_by_name (self, name);
  if (namesake != NULL)
    {
      g_set_error (error, VAV_ERROR, VAV_ERROR_FAILED,
                   _ ("There is already somebody called “%s”. Choose another name."), name);
      return FALSE;
    }

  statement = prepare (self, "INSERT INTO people (name, id, address) VALUES (?, ?, ?)", error);
  if (statement == NULL)
    return FALSE;
  where = parsed->host != NULL ? vav_address_join (parsed->host, parsed->port) : NULL;
  bind_text (statement, 1, name);
  bind_text (statement, 2, parsed->id);
  bind_text (statement, 3, where);

  return finish (self, statement, error) && reload (self, error);
}

/**
 * vav_people_remove:
 * @name: of the person, compared without regard to case
 * @error: VAV_ERROR_FAILED if there is nobody of that name, VAV_ERROR_PROFILE
 *
 * Forgets somebody, their key included.
 */
gboolean
vav_people_remove (VavPeople *self, const char *name, GError **error)
{
  g_autoptr (VavPerson) person = vav_people_find_by_name (self, name);
  sqlite3_stmt *statement;

  g_return_val_if_fail (VAV_IS_PEOPLE (self), FALSE);

  if (person == NULL)
    {
      g_set_error (error, VAV_ERROR, VAV_ERROR_FAILED, _ ("There is nobody called “%s” among your people."), name);
      return FALSE;
    }

  statement = prepare (self, "DELETE FROM people WHERE number = ?", error);
  if (statement == NULL)
    return FALSE;
  sqlite3_bind_int64 (statement, 1, person->number);

  return finish (self, statement, error) && reload (self, error);
}

/* The row that a key now belongs to: its own; else, if this side dialled, that of a person who was added by this address and has no key yet. Whoever
 * calls says themselves where they listen, and may say anything. */
static VavPerson *
find_row_for (VavPeople *self, const char *id, const char *address, gboolean dialled)
{
  VavPerson *person = vav_people_find_by_id (self, id);

  for (guint i = 0; person == NULL && dialled && address != NULL && i < self->persons->len; i++)
    {
      VavPerson *candidate = self->persons->pdata[i];

      if (candidate->id == NULL && g_strcmp0 (candidate->address, address) == 0)
        person = g_object_ref (candidate);
    }

  return person;
}

/* Names that people give themselves are typed to call them later: none may stand for somebody else, or for an address. */
static char *
choose_name (VavPeople *self, const char *claimed, const char *id)
{
  g_autoptr (VavPerson) namesake = vav_people_find_by_name (self, claimed);
  g_autofree char *other_id = vav_id_parse (claimed);

  if (namesake == NULL && other_id == NULL && strpbrk (claimed, ".:@[]/") == NULL
      && g_ascii_strcasecmp (claimed, "localhost") != 0)
    return g_strdup (claimed);

  return g_strdup_printf ("%s (%.8s)", claimed, id);
}

/**
 * vav_people_remember:
 * @id: the key that the two talked under
 * @name: what the person calls themselves; only used for somebody new, and made unmistakable
 * @address: (nullable): where they can be called, `HOST:PORT`
 * @dialled: whether this side called there; otherwise the address is what the other side says of itself, and only taken if none is known
 * @error: VAV_ERROR_PROFILE
 *
 * The two have talked: pins the key the first time, and keeps where and when.
 */
gboolean
vav_people_remember (VavPeople *self, const char *id, const char *name, const char *address, gboolean dialled,
                     GError **error)
{
  g_autoptr (VavPerson) person = find_row_for (self, id, address, dialled);
  g_autofree char *chosen = NULL;
  sqlite3_stmt *statement;

  g_return_val_if_fail (VAV_IS_PEOPLE (self), FALSE);

  if (person == NULL)
    statement
        = prepare (self, "INSERT INTO people (name, id, address, last_seen, trust) VALUES (?1, ?2, ?3, ?4, ?5)", error);
  else if (dialled)
    statement = prepare (self,
                         "UPDATE people SET id = ?2, address = coalesce (?3, address), last_seen = ?4,"
                         " trust = max (trust, ?5) WHERE number = ?6",
                         error);
  else
    statement = prepare (self,
                         "UPDATE people SET id = ?2, address = coalesce (address, ?3), last_seen = ?4,"
                         " trust = max (trust, ?5) WHERE number = ?6",
                         error);
  if (statement == NULL)
    return FALSE;

  bind_text (statement, 2, id);
  bind_text (statement, 3, address);
  sqlite3_bind_int64 (statement, 4, g_get_real_time () / G_USEC_PER_SEC);
  sqlite3_bind_int (statement, 5, VAV_TRUST_ACCEPTED);
  if (person == NULL)
    {
      chosen = choose_name (self, name, id);
      bind_text (statement, 1, chosen);
    }
  else
    sqlite3_bind_int64 (statement, 6, person->number);

  return finish (self, statement, error) && reload (self, error);
}
