/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/call/vav-people-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "net/core/vav-address.h"
#include "net/signal/vav-name.h"

/* What this user changes about their people. */

gboolean
vav_people_holds (VavPeople *self, VavPerson *person, GError **error)
{
  if (g_ptr_array_find (self->persons, person, NULL))
    return TRUE;

  g_set_error (error, VAV_ERROR, VAV_ERROR_FAILED, _ ("%s is not among your people any more."), person->name);
  return FALSE;
}

gboolean
vav_people_commit (VavPeople *self, gboolean done, GError **error)
{
  return vav_store_end (self->store, done, error) && vav_people_reload (self, error);
}

gboolean
vav_people_change (VavPeople *self, VavPerson *person, GError **error, const char *sql, const char *types, ...)
{
  gboolean done;
  va_list arguments;

  if (!vav_people_holds (self, person, error) || !vav_store_begin (self->store, TRUE, error))
    return FALSE;

  va_start (arguments, types);
  done = vav_store_run_va (self->store, error, sql, types, arguments);
  va_end (arguments);

  return vav_people_commit (self, done, error);
}

/* One line, that can be read. */
static gboolean
is_name (const char *name)
{
  gboolean visible = FALSE;

  if (strlen (name) > VAV_MAX_NAME || !g_utf8_validate (name, -1, NULL))
    return FALSE;
  for (const char *letter = name; *letter != '\0'; letter = g_utf8_next_char (letter))
    {
      gunichar c = g_utf8_get_char (letter);

      if (g_unichar_iscntrl (c))
        return FALSE;
      visible = visible || g_unichar_isgraph (c);
    }

  return visible;
}

static gboolean
check_name (VavPeople *self, const char *name, VavPerson *self_named, GError **error)
{
  g_autoptr (VavPerson) namesake = NULL;

  if (!is_name (name))
    {
      g_autofree char *limits = vav_name_dup_limits ();

      g_set_error_literal (error, VAV_ERROR, VAV_ERROR_FAILED, limits);
      return FALSE;
    }
  namesake = vav_people_find_by_name (self, name);
  if (namesake == NULL || namesake == self_named)
    return TRUE;

  g_set_error (error, VAV_ERROR, VAV_ERROR_FAILED, _ ("There is already somebody called “%s”. Choose another name."),
               name);
  return FALSE;
}

VavPerson *
vav_people_insert (VavPeople *self, const char *name, const char *id, gboolean blocked, GError **error)
{
  gint64 number;
  gboolean done = vav_store_run (self->store, error, "INSERT INTO people (name, id, blocked) VALUES (?, ?, ?)", "ssi",
                                 name, id, (int)blocked);

  number = vav_store_get_last_number (self->store);
  return vav_people_commit (self, done, error) ? vav_people_find_by_number (self, number) : NULL;
}

/**
 * vav_people_add:
 * @name: 1 to VAV_MAX_NAME bytes on one line; no other person may have it
 * @address: (nullable): in any form that vav_address_parse() reads; with an id in it the key is pinned from the start
 * @error: VAV_ERROR_FAILED, VAV_ERROR_INVALID_ADDRESS, VAV_ERROR_PROFILE
 *
 * Adds somebody whom this user has not talked to yet.
 *
 * Returns: (transfer full): the new person
 */
VavPerson *
vav_people_add (VavPeople *self, const char *name, const char *address, GError **error)
{
  g_autoptr (VavAddress) parsed = NULL;
  g_autofree char *where = NULL;
  gboolean done;
  gint64 number;

  g_return_val_if_fail (VAV_IS_PEOPLE (self), NULL);
  g_return_val_if_fail (name != NULL, NULL);

  if (address != NULL && (parsed = vav_address_parse (address, error)) == NULL)
    return NULL;
  if (!check_name (self, name, NULL, error))
    return NULL;
  if (parsed != NULL && parsed->id != NULL)
    {
      g_autoptr (VavPerson) same = vav_people_find_by_id (self, parsed->id);

      if (same != NULL)
        {
          g_set_error (error, VAV_ERROR, VAV_ERROR_FAILED, _ ("That is %s, who is already among your people."),
                       same->name);
          return NULL;
        }
    }
  if (!vav_store_begin (self->store, TRUE, error))
    return NULL;

  where = parsed != NULL && parsed->host != NULL ? vav_address_join (parsed->host, parsed->port) : NULL;
  done = vav_store_run (self->store, error, "INSERT INTO people (name, id) VALUES (?, ?)", "ss", name,
                        parsed != NULL ? parsed->id : NULL);
  number = vav_store_get_last_number (self->store);
  done = done && vav_people_write_addresses (self, number, (const char *const[]){ where, NULL }, error);

  return vav_people_commit (self, done, error) ? vav_people_find_by_number (self, number) : NULL;
}

/**
 * vav_people_remove_person:
 * @person: of the list
 * @error: VAV_ERROR_FAILED, VAV_ERROR_PROFILE
 *
 * Forgets somebody, their key included. What the history tells of them stays, under the name they had then.
 */
gboolean
vav_people_remove_person (VavPeople *self, VavPerson *person, GError **error)
{
  g_return_val_if_fail (VAV_IS_PEOPLE (self), FALSE);
  g_return_val_if_fail (VAV_IS_PERSON (person), FALSE);

  return vav_people_change (self, person, error, "DELETE FROM people WHERE number = ?", "l", person->number);
}

/**
 * vav_people_remove:
 * @name: of the person, compared without regard to case
 * @error: VAV_ERROR_FAILED if there is nobody of that name, VAV_ERROR_PROFILE
 *
 * The same by name.
 */
gboolean
vav_people_remove (VavPeople *self, const char *name, GError **error)
{
  g_autoptr (VavPerson) person = NULL;

  g_return_val_if_fail (VAV_IS_PEOPLE (self), FALSE);

  person = vav_people_find_by_name (self, name);
  if (person == NULL)
    {
      g_set_error (error, VAV_ERROR, VAV_ERROR_FAILED, _ ("There is nobody called “%s” among your people."), name);
      return FALSE;
    }

  return vav_people_remove_person (self, person, error);
}

/**
 * vav_people_rename:
 * @name: 1 to VAV_MAX_NAME bytes of text on one line, that nobody else has
 */
gboolean
vav_people_rename (VavPeople *self, VavPerson *person, const char *name, GError **error)
{
  g_return_val_if_fail (VAV_IS_PEOPLE (self), FALSE);
  g_return_val_if_fail (VAV_IS_PERSON (person), FALSE);

  return check_name (self, name, person, error)
         && vav_people_change (self, person, error, "UPDATE people SET name = ? WHERE number = ?", "sl", name,
                               person->number);
}

/* In a transaction. */
gboolean
vav_people_write_addresses (VavPeople *self, gint64 person, const char *const *addresses, GError **error)
{
  gboolean done = vav_store_run (self->store, error, "DELETE FROM addresses WHERE person = ?", "l", person);

  for (int i = 0; done && addresses[i] != NULL && i < VAV_MAX_ADDRESSES; i++)
    done = vav_store_run (self->store, error, "INSERT INTO addresses (person, position, address) VALUES (?, ?, ?)",
                          "lis", person, i, addresses[i]);

  return done;
}

/* Returns: (nullable): as it is kept, `HOST:PORT` */
static char *
read_address (const char *text, GError **error)
{
  g_autoptr (VavAddress) parsed = vav_address_parse (text, error);

  if (parsed == NULL)
    return NULL;
  if (parsed->host != NULL)
    return vav_address_join (parsed->host, parsed->port);

  g_set_error_literal (error, VAV_ERROR, VAV_ERROR_INVALID_ADDRESS,
                       _ ("A person’s address names a computer: HOST or HOST:PORT."));
  return NULL;
}

/**
 * vav_people_set_addresses:
 * @addresses: (array zero-terminated=1): where @person can be called, in the order of preference; at most VAV_MAX_ADDRESSES. The same twice counts once
 * @error: VAV_ERROR_INVALID_ADDRESS, VAV_ERROR_TOO_LARGE, VAV_ERROR_FAILED, VAV_ERROR_PROFILE
 *
 * An id in one of them is not looked at: keys change by vav_people_replace_key() alone.
 */
gboolean
vav_people_set_addresses (VavPeople *self, VavPerson *person, const char *const *addresses, GError **error)
{
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func (g_free);

  g_return_val_if_fail (VAV_IS_PEOPLE (self), FALSE);
  g_return_val_if_fail (VAV_IS_PERSON (person), FALSE);

  for (guint i = 0; addresses[i] != NULL; i++)
    {
      g_autofree char *address = read_address (addresses[i], error);

      if (address == NULL)
        return FALSE;
      if (!g_ptr_array_find_with_equal_func (list, address, g_str_equal, NULL))
        g_ptr_array_add (list, g_steal_pointer (&address));
    }
  if (list->len > VAV_MAX_ADDRESSES)
    {
      g_set_error (error, VAV_ERROR, VAV_ERROR_TOO_LARGE, _ ("A person has at most %d addresses."), VAV_MAX_ADDRESSES);
      return FALSE;
    }
  g_ptr_array_add (list, NULL);
  if (!vav_people_holds (self, person, error) || !vav_store_begin (self->store, TRUE, error))
    return FALSE;

  return vav_people_commit (
      self, vav_people_write_addresses (self, person->number, (const char *const *)list->pdata, error), error);
}

/* It becomes the last. */
/**
 * vav_people_add_address:
 * @address: `HOST:PORT`; goes behind the others
 */
gboolean
vav_people_add_address (VavPeople *self, VavPerson *person, const char *address, GError **error)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) list = NULL;

  g_return_val_if_fail (VAV_IS_PEOPLE (self), FALSE);
  g_return_val_if_fail (VAV_IS_PERSON (person), FALSE);

  g_strv_builder_addv (builder, (const char **)person->addresses);
  g_strv_builder_add (builder, address);
  list = g_strv_builder_end (builder);

  return vav_people_set_addresses (self, person, (const char *const *)list, error);
}

/**
 * vav_people_remove_address:
 * @address: one of the person's
 */
gboolean
vav_people_remove_address (VavPeople *self, VavPerson *person, const char *address, GError **error)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_autofree char *gone = NULL;
  g_auto (GStrv) list = NULL;

  g_return_val_if_fail (VAV_IS_PEOPLE (self), FALSE);
  g_return_val_if_fail (VAV_IS_PERSON (person), FALSE);

  gone = read_address (address, error);
  if (gone == NULL)
    return FALSE;
  for (guint i = 0; person->addresses[i] != NULL; i++)
    if (strcmp (person->addresses[i], gone) != 0)
      g_strv_builder_add (builder, person->addresses[i]);
  list = g_strv_builder_end (builder);

  return vav_people_set_addresses (self, person, (const char *const *)list, error);
}

/**
 * vav_people_set_favourite:
 * @favourite: whether the person is one of those that stand first
 */
gboolean
vav_people_set_favourite (VavPeople *self, VavPerson *person, gboolean favourite, GError **error)
{
  g_return_val_if_fail (VAV_IS_PEOPLE (self), FALSE);
  g_return_val_if_fail (VAV_IS_PERSON (person), FALSE);

  return vav_people_change (self, person, error, "UPDATE people SET favourite = ? WHERE number = ?", "il",
                            (int)(favourite != FALSE), person->number);
}

/**
 * vav_people_set_blocked:
 *
 * Blocked people's calls are turned away by the endpoint, before anything rings.
 */
gboolean
vav_people_set_blocked (VavPeople *self, VavPerson *person, gboolean blocked, GError **error)
{
  g_return_val_if_fail (VAV_IS_PEOPLE (self), FALSE);
  g_return_val_if_fail (VAV_IS_PERSON (person), FALSE);

  return vav_people_change (self, person, error, "UPDATE people SET blocked = ? WHERE number = ?", "il",
                            (int)(blocked != FALSE), person->number);
}

/* Only these two: what decodes a picture has faults in the rarer kinds. */
static gboolean
is_picture (GBytes *picture)
{
  static const guint8 png[] = { 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n' };
  static const guint8 jpeg[] = { 0xff, 0xd8, 0xff };
  gsize size;
  const guint8 *data = g_bytes_get_data (picture, &size);

  return (size > sizeof png && memcmp (data, png, sizeof png) == 0)
         || (size > sizeof jpeg && memcmp (data, jpeg, sizeof jpeg) == 0);
}

/**
 * vav_people_set_picture:
 * @picture: (nullable): a PNG or JPEG file of at most VAV_MAX_PICTURE bytes; %NULL: none. Whether it can be drawn is not tried
 * @error: VAV_ERROR_TOO_LARGE, VAV_ERROR_FAILED, VAV_ERROR_PROFILE
 */
gboolean
vav_people_set_picture (VavPeople *self, VavPerson *person, GBytes *picture, GError **error)
{
  gboolean done;

  g_return_val_if_fail (VAV_IS_PEOPLE (self), FALSE);
  g_return_val_if_fail (VAV_IS_PERSON (person), FALSE);

  if (picture != NULL && g_bytes_get_size (picture) > VAV_MAX_PICTURE)
    {
      g_set_error (error, VAV_ERROR, VAV_ERROR_TOO_LARGE, _ ("The picture is too large: at most %d KiB."),
                   VAV_MAX_PICTURE / 1024);
      return FALSE;
    }
  if (picture != NULL && !is_picture (picture))
    {
      g_set_error_literal (error, VAV_ERROR, VAV_ERROR_FAILED, _ ("A picture is a PNG or JPEG file."));
      return FALSE;
    }
  if (!vav_people_holds (self, person, error) || !vav_store_begin (self->store, TRUE, error))
    return FALSE;

  done = vav_store_run (self->store, error, "DELETE FROM pictures WHERE person = ?", "l", person->number)
         && (picture == NULL
             || vav_store_run (self->store, error, "INSERT INTO pictures (person, bytes) VALUES (?, ?)", "lb",
                               person->number, picture))
         && vav_store_run (self->store, error,
                           "UPDATE people SET picture_version = picture_version + 1 WHERE number = ?", "l",
                           person->number);

  return vav_people_commit (self, done, error);
}
