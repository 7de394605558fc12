/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/call/vav-endpoint-private.h"

#include <glib/gi18n-lib.h>

#include "net/call/vav-door.h"
#include "net/call/vav-history-private.h"
#include "net/call/vav-people-private.h"

/* What the endpoint keeps in its profile: people and history. */

/**
 * vav_endpoint_get_people:
 *
 * Returns: (transfer none): this user's people
 */
VavPeople *
vav_endpoint_get_people (VavEndpoint *self)
{
  g_return_val_if_fail (VAV_IS_ENDPOINT (self), NULL);
  return self->people;
}

/**
 * vav_endpoint_get_notice:
 *
 * Returns: (transfer none) (nullable): what was found when the profile was opened, as a sentence that the person should read: a damaged file was put
 *   aside. A program shows it once
 */
const char *
vav_endpoint_get_notice (VavEndpoint *self)
{
  g_return_val_if_fail (VAV_IS_ENDPOINT (self), NULL);
  return vav_people_get_notice (self->people);
}

/**
 * vav_endpoint_get_history:
 *
 * Returns: (transfer none): what was kept so far; also while nothing new is
 */
VavHistory *
vav_endpoint_get_history (VavEndpoint *self)
{
  g_return_val_if_fail (VAV_IS_ENDPOINT (self), NULL);
  return self->history;
}

/**
 * vav_endpoint_set_history_kept:
 * @kept: whether calls, texts and files are written into the history from now on. What is there stays: see vav_history_delete_all()
 */
void
vav_endpoint_set_history_kept (VavEndpoint *self, gboolean kept)
{
  g_return_if_fail (VAV_IS_ENDPOINT (self));
  kept = kept != FALSE;
  if (self->history_kept == kept)
    return;
  self->history_kept = kept;
  g_object_notify (G_OBJECT (self), "history-kept");
}

/**
 * vav_endpoint_get_history_kept:
 *
 * Returns: whether calls, texts and files are kept
 */
gboolean
vav_endpoint_get_history_kept (VavEndpoint *self)
{
  g_return_val_if_fail (VAV_IS_ENDPOINT (self), FALSE);
  return self->history_kept;
}

static void
on_written (VavEndpoint *self)
{
  vav_people_refresh (self->people);
  vav_history_refresh (self->history);
}

void
vav_endpoint_watch_profile (VavEndpoint *self)
{
  if (self->written != NULL)
    g_signal_connect_object (self->written, "changed", G_CALLBACK (on_written), self, G_CONNECT_SWAPPED);
}

/* Somebody with a key may also be where the local network says; whoever else answers there is refused. */
static void
add_nearby (VavEndpoint *self, VavAddress *address, char ***others)
{
  g_auto (GStrv) nearby = vav_endpoint_list_nearby (self, address->id);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  char **next = nearby;

  if (nearby == NULL)
    return;
  if (address->host == NULL)
    {
      g_autoptr (VavAddress) place = vav_address_parse (*next++, NULL);

      if (place != NULL)
        {
          address->host = g_steal_pointer (&place->host);
          address->port = place->port;
        }
    }
  if (others == NULL)
    return;
  if (*others != NULL)
    g_strv_builder_addv (builder, (const char **)*others);
  g_strv_builder_addv (builder, (const char **)next);
  g_strfreev (*others);
  *others = g_strv_builder_end (builder);
}

/* A person's pinned key is required of whoever answers at their address. Without one, only the first place is dialled: at the others it could be anybody. */
static VavAddress *
address_of_person (VavEndpoint *self, VavPerson *person, char ***others, GError **error)
{
  const char *known = vav_person_get_address (person);
  const char *id = vav_person_get_id (person);
  g_autofree char *link = id != NULL ? g_strconcat ("visavis:", id, NULL) : NULL;
  g_autoptr (VavAddress) address = NULL;

  if (known != NULL || link != NULL)
    address = vav_address_parse (known != NULL ? known : link, error);
  if (known != NULL && address == NULL)
    return NULL;
  if (link != NULL && address->id == NULL)
    address->id = g_strdup (id);
  if (known != NULL && id != NULL && others != NULL)
    *others = g_strdupv ((char **)vav_person_get_addresses (person) + 1);
  if (id != NULL)
    add_nearby (self, address, others);
  if (address == NULL || (address->host == NULL && vav_endpoint_get_tunnels (self) == NULL))
    {
      g_set_error (error, VAV_ERROR, VAV_ERROR_UNREACHABLE,
                   _ ("No address is known for %s. Ask them to call you, or call their address once."),
                   vav_person_get_name (person));
      return NULL;
    }
  return g_steal_pointer (&address);
}

VavAddress *
vav_endpoint_find_address (VavEndpoint *self, const char *text, char ***others, GError **error)
{
  g_autoptr (VavPerson) person = NULL;
  g_autoptr (VavAddress) address = NULL;

  vav_people_refresh (self->people); /* another program of this user may have added them a moment ago */
  person = *text != '\0' ? vav_people_find_by_name (self->people, text) : NULL;
  if (person != NULL)
    return address_of_person (self, person, others, error);

  address = vav_address_parse (text, error);
  if (address == NULL)
    return NULL;
  if (address->self)
    {
      address->port = vav_door_open_for_self (self->door, error);
      if (address->port == 0)
        return NULL;
      address->host = g_strdup ("127.0.0.1");
      address->id = g_strdup (vav_endpoint_get_id (self));
    }
  else if (address->host == NULL && (person = vav_people_find_by_id (self->people, address->id)) != NULL)
    return address_of_person (self, person, others, error);
  else if (address->id != NULL)
    add_nearby (self, address, others);

  return g_steal_pointer (&address);
}
