/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/call/vav-people-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "net/core/vav-id.h"
#include "net/signal/vav-name.h"

/* Whose key is whose. */

/* The row that a key now belongs to: its own; else, if this side dialled, that of a person who has no key yet: the one who was dialled by name, or one who was
 * added by this address. Whoever calls says themselves where they listen, and may say anything. */
static VavPerson *
find_row_for (VavPeople *self, gint64 number, const char *id, const char *address, gboolean dialled)
{
  VavPerson *person = vav_people_find_by_id (self, id);

  if (person == NULL && number != 0)
    person = vav_people_find_by_number (self, number);
  if (person != NULL && person->id != NULL && strcmp (person->id, id) != 0)
    g_clear_object (&person);
  for (guint i = 0; person == NULL && dialled && address != NULL && i < self->persons->len; i++)
    {
      VavPerson *candidate = self->persons->pdata[i];

      if (candidate->id == NULL && vav_person_has_address (candidate, address))
        person = g_object_ref (candidate);
    }

  return person;
}

static gboolean
is_free (VavPeople *self, const char *name)
{
  g_autoptr (VavPerson) namesake = vav_people_find_by_name (self, name);

  return namesake == NULL;
}

/* The n-th try, from 1: many keys may begin alike, and have one name; the whole key is one person's, whatever others call themselves. */
char *
vav_people_mark_name (const char *claimed, const char *id, guint n)
{
  g_autofree char *mark = n == 1   ? g_strdup_printf (" (%.8s)", id)
                          : n == 2 ? g_strdup_printf (" (%s)", id)
                                   : g_strdup_printf (" (%s, %u)", id, n);
  g_autofree char *start = vav_name_make_harmless (claimed, VAV_MAX_NAME - strlen (mark));

  return g_strconcat (start, mark, NULL);
}

/* Names that people give themselves are typed to call them later: none may stand for somebody else, or for an address. Also not when somebody had called
 * themselves by what would tell the two apart. */
char *
vav_people_choose_name (VavPeople *self, const char *claimed, const char *id)
{
  g_autofree char *other_id = vav_id_parse (claimed);

  if (other_id == NULL && *claimed != '\0' && strpbrk (claimed, ".:@[]/") == NULL
      && g_ascii_strcasecmp (claimed, "localhost") != 0 && is_free (self, claimed))
    return g_strdup (claimed);

  for (guint n = 1;; n++)
    {
      g_autofree char *name = vav_people_mark_name (claimed, id, n);

      if (is_free (self, name))
        return g_steal_pointer (&name);
    }
}

/* Where this side reached somebody goes before all that was known; what they say of themselves is only taken if nothing is. */
static gboolean
keep_address (VavPeople *self, gint64 number, VavPerson *person, const char *address, gboolean dialled, GError **error)
{
  g_autoptr (GPtrArray) list = g_ptr_array_new ();

  if (address == NULL || (person != NULL && person->addresses[0] != NULL && !dialled))
    return TRUE;

  g_ptr_array_add (list, (gpointer)address);
  for (guint i = 0; person != NULL && person->addresses[i] != NULL; i++)
    if (strcmp (person->addresses[i], address) != 0)
      g_ptr_array_add (list, person->addresses[i]);
  g_ptr_array_add (list, NULL);

  return vav_people_write_addresses (self, number, (const char *const *)list->pdata, error);
}

/* As vav_people_remember(), of somebody who was dialled by name. number: vav_person_get_number(), 0: it was an address, or they called */
gboolean
vav_people_pin (VavPeople *self, gint64 number, const char *id, const char *name, const char *address, gboolean dialled,
                GError **error)
{
  g_autoptr (VavPerson) person = NULL;
  g_autofree char *chosen = NULL;
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;
  gboolean done;

  person = find_row_for (self, number, id, address, dialled);
  chosen = person == NULL ? vav_people_choose_name (self, name, id) : NULL;
  /* in a call: only a new key waits for the disk */
  if (!vav_store_begin (self->store, person == NULL || person->id == NULL, error))
    return FALSE;

  if (person == NULL)
    done = vav_store_run (self->store, error, "INSERT INTO people (name, id, last_seen, trust) VALUES (?, ?, ?, ?)",
                          "ssli", chosen, id, now, (int)VAV_TRUST_ACCEPTED);
  else
    done = vav_store_run (self->store, error,
                          "UPDATE people SET id = ?, last_seen = ?, trust = max (trust, ?) WHERE number = ?", "slil",
                          id, now, (int)VAV_TRUST_ACCEPTED, person->number);
  done = done
         && keep_address (self, person != NULL ? person->number : vav_store_get_last_number (self->store), person,
                          address, dialled, error);

  return vav_people_commit (self, done, error);
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
  g_return_val_if_fail (VAV_IS_PEOPLE (self), FALSE);

  return vav_people_pin (self, 0, id, name, address, dialled, error);
}

/* Written once: it is what the id was made of. */
gboolean
vav_people_keep_key (VavPeople *self, const char *id, GBytes *key, GError **error)
{
  g_autoptr (VavPerson) person = vav_people_find_by_id (self, id);

  if (person == NULL || (person->key != NULL && g_bytes_equal (person->key, key)))
    return TRUE;
  return vav_people_change (self, person, error, "UPDATE people SET key = ? WHERE number = ?", "bl", key,
                            person->number);
}

static gboolean
no_key (VavPerson *person, GError **error)
{
  g_set_error (error, VAV_ERROR, VAV_ERROR_FAILED, _ ("The key of %s is not known yet. Call them once first."),
               person->name);
  return FALSE;
}

/**
 * vav_people_verify:
 * @person: whose key is known
 * @own_id: this user's id
 * @code: what @person reads out: 30 digits; all else in it is passed over
 * @error: VAV_ERROR_UNTRUSTED: it is not their code; VAV_ERROR_FAILED, VAV_ERROR_PROFILE
 */
gboolean
vav_people_verify (VavPeople *self, VavPerson *person, const char *own_id, const char *code, GError **error)
{
  g_autofree char *wanted = NULL;
  g_autoptr (GString) digits = g_string_new (NULL);
  g_autoptr (GString) expected = g_string_new (NULL);

  g_return_val_if_fail (VAV_IS_PEOPLE (self), FALSE);
  g_return_val_if_fail (VAV_IS_PERSON (person), FALSE);

  if (person->id == NULL)
    return no_key (person, error);

  wanted = vav_people_dup_compare_code (own_id, person->id);
  for (const char *c = code; *c != '\0'; c++)
    if (g_ascii_isdigit (*c))
      g_string_append_c (digits, *c);
  for (const char *c = wanted; *c != '\0'; c++)
    if (g_ascii_isdigit (*c))
      g_string_append_c (expected, *c);
  if (!g_string_equal (digits, expected))
    {
      g_set_error (
          error, VAV_ERROR, VAV_ERROR_UNTRUSTED,
          _ ("That is not the code of %s. Read it again; if it still differs, somebody may stand between you."),
          person->name);
      return FALSE;
    }

  return vav_people_change (self, person, error, "UPDATE people SET trust = ? WHERE number = ?", "il",
                            (int)VAV_TRUST_VERIFIED, person->number);
}

/**
 * vav_people_block_id:
 * @id: the key of somebody who called
 * @claimed_name: (nullable): what they call themselves
 * @error: VAV_ERROR_FAILED: no id; VAV_ERROR_PROFILE
 *
 * Blocks a caller who is not among this user's people, and stands there from now on, blocked; or the person who has that key.
 *
 * Returns: (transfer full): whom it blocked
 */
VavPerson *
vav_people_block_id (VavPeople *self, const char *id, const char *claimed_name, GError **error)
{
  g_autoptr (VavPerson) person = NULL;
  g_autofree char *canonical = NULL;
  g_autofree char *name = NULL;

  g_return_val_if_fail (VAV_IS_PEOPLE (self), NULL);

  canonical = vav_id_parse (id);
  if (canonical == NULL)
    {
      g_set_error_literal (error, VAV_ERROR, VAV_ERROR_FAILED, _ ("That is no id."));
      return NULL;
    }
  person = vav_people_find_by_id (self, canonical);
  if (person != NULL)
    return vav_people_set_blocked (self, person, TRUE, error) ? g_steal_pointer (&person) : NULL;

  if (claimed_name == NULL || *claimed_name == '\0' || strlen (claimed_name) > VAV_MAX_NAME
      || !g_utf8_validate (claimed_name, -1, NULL))
    claimed_name = _ ("Unknown caller");
  name = vav_people_choose_name (self, claimed_name, canonical);
  if (!vav_store_begin (self->store, TRUE, error))
    return NULL;

  return vav_people_insert (self, name, canonical, TRUE, error);
}

/* Somebody with a new key may have been met as a stranger already: that row becomes part of the person. In a transaction. */
static gboolean
absorb (VavPeople *self, VavPerson *person, VavPerson *stranger, GError **error)
{
  g_autoptr (GPtrArray) list = g_ptr_array_new ();

  for (guint i = 0; stranger->addresses[i] != NULL; i++)
    g_ptr_array_add (list, stranger->addresses[i]);
  for (guint i = 0; person->addresses[i] != NULL; i++)
    if (!vav_person_has_address (stranger, person->addresses[i]))
      g_ptr_array_add (list, person->addresses[i]);
  g_ptr_array_add (list, NULL);

  return vav_people_write_addresses (self, person->number, (const char *const *)list->pdata, error)
         && vav_store_run (self->store, error, "UPDATE history SET person = ? WHERE person = ?", "ll", person->number,
                           stranger->number)
         && vav_store_run (self->store, error, "DELETE FROM people WHERE number = ?", "l", stranger->number);
}

/**
 * vav_people_replace_key:
 * @person: whose computer was reinstalled, say
 * @new_id: the key that they have now; nobody else's, unless that is somebody met as a stranger, who becomes one with @person
 * @error: VAV_ERROR_FAILED, VAV_ERROR_PROFILE
 *
 * Trust is accepted from now on. Only for a key that a person has vouched for: compare the code of it first.
 */
gboolean
vav_people_replace_key (VavPeople *self, VavPerson *person, const char *new_id, GError **error)
{
  g_autofree char *id = NULL;
  g_autoptr (VavPerson) other = NULL;
  gboolean done;

  g_return_val_if_fail (VAV_IS_PEOPLE (self), FALSE);
  g_return_val_if_fail (VAV_IS_PERSON (person), FALSE);

  id = vav_id_parse (new_id);
  if (id == NULL)
    {
      g_set_error_literal (error, VAV_ERROR, VAV_ERROR_FAILED, _ ("That is no id."));
      return FALSE;
    }
  if (g_strcmp0 (id, person->id) == 0)
    return vav_people_holds (self, person, error);

  other = vav_people_find_by_id (self, id);
  if (other != NULL && (other->blocked || other->trust == VAV_TRUST_VERIFIED))
    {
      g_set_error (error, VAV_ERROR, VAV_ERROR_FAILED, _ ("That is the key of %s."), other->name);
      return FALSE;
    }
  if (!vav_people_holds (self, person, error) || !vav_store_begin (self->store, TRUE, error))
    return FALSE;

  done = (other == NULL || absorb (self, person, other, error))
         && (person->id == NULL
             || vav_store_run (self->store, error, "INSERT INTO former_keys (person, id, until) VALUES (?, ?, ?)",
                               "lsl", person->number, person->id, g_get_real_time () / G_USEC_PER_SEC))
         && vav_store_run (self->store, error, "UPDATE people SET id = ?, trust = ?, key = NULL WHERE number = ?",
                           "sil", id, (int)VAV_TRUST_ACCEPTED, person->number);

  return vav_people_commit (self, done, error);
}

/**
 * vav_people_dup_former_id:
 * @until: (out) (optional): when it was replaced, Unix seconds
 *
 * Returns: (transfer full) (nullable): the key that @person had before the present one
 */
char *
vav_people_dup_former_id (VavPeople *self, VavPerson *person, gint64 *until)
{
  sqlite3_stmt *row;
  char *id = NULL;

  g_return_val_if_fail (VAV_IS_PEOPLE (self), NULL);
  g_return_val_if_fail (VAV_IS_PERSON (person), NULL);

  row = vav_store_prepare (self->store, NULL,
                           "SELECT id, until FROM former_keys WHERE person = ? ORDER BY until DESC, rowid DESC LIMIT 1",
                           "l", person->number);
  if (row != NULL && sqlite3_step (row) == SQLITE_ROW)
    {
      id = g_strdup ((const char *)sqlite3_column_text (row, 0));
      if (until != NULL)
        *until = sqlite3_column_int64 (row, 1);
    }
  sqlite3_finalize (row);

  return id;
}
