/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/call/vav-door.h"
#include "net/call/vav-endpoint-private.h"
#include "net/call/vav-people-private.h"
#include "net/core/vav-own-addresses.h"

/* The endpoint in the local network: who is seen there, and whether it is. */

/* Nobody needs to find themselves, and who is blocked is not there. */
static gboolean
is_shown (const char *id, gpointer data)
{
  VavEndpoint *self = data;

  return g_strcmp0 (id, vav_endpoint_get_id (self)) != 0 && !vav_people_is_blocked (self->people, id);
}

/* By which interface and protocol the port is reached; FALSE: only from this computer. */
static gboolean
find_way_in (VavEndpoint *self, int *interface, int *protocol)
{
  const char *host = vav_door_get_host (self->door);
  g_autoptr (GInetAddress) ip = host != NULL ? g_inet_address_new_from_string (host) : NULL;
  guint number;

  *interface = VAV_AVAHI_ANY;
  *protocol = VAV_AVAHI_ANY;
  if (host == NULL)
    return TRUE;
  if (ip == NULL || g_inet_address_get_is_loopback (ip))
    return FALSE;
  if (g_inet_address_get_family (ip) == G_SOCKET_FAMILY_IPV4)
    *protocol = VAV_AVAHI_IPV4;
  if (g_inet_address_get_is_any (ip))
    return TRUE;
  if (g_inet_address_get_family (ip) == G_SOCKET_FAMILY_IPV6)
    *protocol = VAV_AVAHI_IPV6;
  number = vav_own_address_find_interface (ip);
  *interface = (int)number;
  return number != 0;
}

static void
announce (VavEndpoint *self)
{
  int interface = VAV_AVAHI_ANY;
  int protocol = VAV_AVAHI_ANY;
  gboolean wanted = self->findable && self->listening_address != NULL && find_way_in (self, &interface, &protocol);

  vav_announcement_set (self->announcement, self->identifier, wanted ? vav_door_get_port (self->door) : 0, interface,
                        protocol);
}

static void
on_people (VavEndpoint *self)
{
  vav_nearby_review (self->nearby);
}

static void
watch_person (VavEndpoint *self, guint position, guint removed, guint added)
{
  for (guint i = position; i < position + added; i++)
    {
      g_autoptr (VavPerson) person = g_list_model_get_item (G_LIST_MODEL (self->people), i);

      g_signal_handlers_disconnect_by_func (person, on_people, self);
      g_signal_connect_object (person, "notify::blocked", G_CALLBACK (on_people), self, G_CONNECT_SWAPPED);
    }
  on_people (self);
}

void
vav_endpoint_make_nearby (VavEndpoint *self)
{
  g_autoptr (VavAvahi) avahi = vav_avahi_new ();

  self->nearby = vav_nearby_new (avahi, is_shown, self);
  self->announcement = vav_announcement_new (avahi, vav_endpoint_get_id (self));
  g_signal_connect (self, "notify::listening-address", G_CALLBACK (announce), NULL);
  g_signal_connect (self, "notify::identifier", G_CALLBACK (announce), NULL);
  g_signal_connect_object (self->people, "items-changed", G_CALLBACK (watch_person), self, G_CONNECT_SWAPPED);
  watch_person (self, 0, 0, g_list_model_get_n_items (G_LIST_MODEL (self->people)));
}

void
vav_endpoint_drop_nearby (VavEndpoint *self)
{
  if (self->nearby != NULL)
    vav_nearby_stop (self->nearby);
  g_clear_object (&self->nearby);
  g_clear_pointer (&self->announcement, vav_announcement_free);
}

char **
vav_endpoint_list_nearby (VavEndpoint *self, const char *id)
{
  g_autoptr (VavNearbyPerson) person = id != NULL ? vav_nearby_find (self->nearby, id) : NULL;

  return person != NULL ? g_strdupv ((char **)vav_nearby_person_get_addresses (person)) : NULL;
}

/**
 * vav_endpoint_set_findable:
 * @findable: whether everybody in the local network is told name, id and port while this user can be called
 *
 * Off at first, and only the person can want it.
 */
void
vav_endpoint_set_findable (VavEndpoint *self, gboolean findable)
{
  g_return_if_fail (VAV_IS_ENDPOINT (self));

  findable = findable != FALSE;
  if (self->findable == findable)
    return;
  self->findable = findable;
  announce (self);
  g_object_notify (G_OBJECT (self), "findable");
}

/**
 * vav_endpoint_get_findable:
 *
 * Returns: whether everybody in the local network may find this user
 */
gboolean
vav_endpoint_get_findable (VavEndpoint *self)
{
  g_return_val_if_fail (VAV_IS_ENDPOINT (self), FALSE);
  return self->findable;
}

/**
 * vav_endpoint_get_nearby:
 *
 * Returns: (transfer none): who can be found in the local network; empty until vav_nearby_begin(). While it lists somebody, a call to their id, or to a
 *   person with that key, is tried where they are said to be as well
 */
VavNearby *
vav_endpoint_get_nearby (VavEndpoint *self)
{
  g_return_val_if_fail (VAV_IS_ENDPOINT (self), NULL);
  return self->nearby;
}
