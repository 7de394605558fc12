/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/call/vav-endpoint-private.h"
#include "net/call/vav-people-private.h"

/* The endpoint's presence at the broker: who may know, and who is there. */

/* Both have accepted each other: the key is kept when the two talk, which takes both; and this side has not taken it back. */
static gboolean
is_mutual (VavPerson *person)
{
  return person->id != NULL && person->key != NULL && vav_person_is_ours (person);
}

static void
review_people (VavEndpoint *self)
{
  VavPresence *presence = vav_rendezvous_get_presence (self->rendezvous);
  g_autoptr (GHashTable) keys = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_bytes_unref);
  GPtrArray *persons = self->people->persons;

  for (guint i = 0; i < persons->len; i++)
    {
      VavPerson *person = persons->pdata[i];

      if (is_mutual (person))
        g_hash_table_insert (keys, g_strdup (person->id), g_bytes_ref (person->key));
    }
  vav_presence_set_people (presence, keys);
  g_ptr_array_ref (persons); /* whoever listens may change the people */
  for (guint i = 0; i < persons->len; i++)
    {
      VavPerson *person = persons->pdata[i];

      vav_person_set_present (person, person->id != NULL && vav_presence_is_present (presence, person->id));
    }
  g_ptr_array_unref (persons);
}

static void
on_changed (VavPresence *presence, const char *id, gboolean present, VavEndpoint *self)
{
  g_autoptr (VavPerson) person = vav_people_find_by_id (self->people, id);

  if (person != NULL)
    vav_person_set_present (person, present);
}

void
vav_endpoint_keep_key (VavEndpoint *self, VavChannel *channel)
{
  g_autoptr (GBytes) key = channel != NULL ? vav_channel_dup_peer_key (channel) : NULL;
  g_autoptr (GError) error = NULL;

  if (key != NULL && !vav_people_keep_key (self->people, vav_channel_get_peer_id (channel), key, &error))
    g_debug ("key not kept: %s", error->message);
}

void
vav_endpoint_begin_presence (VavEndpoint *self)
{
  VavPresence *presence = vav_rendezvous_get_presence (self->rendezvous);

  self->present = FALSE;
  g_signal_connect (presence, "changed", G_CALLBACK (on_changed), self);
  self->people_read = g_signal_connect_swapped (self->people, "read", G_CALLBACK (review_people), self);
  review_people (self);
}

void
vav_endpoint_end_presence (VavEndpoint *self)
{
  g_autoptr (GPtrArray) persons = g_ptr_array_ref (self->people->persons);

  g_signal_handlers_disconnect_by_data (vav_rendezvous_get_presence (self->rendezvous), self);
  g_clear_signal_handler (&self->people_read, self->people);
  for (guint i = 0; i < persons->len; i++)
    vav_person_set_present (persons->pdata[i], FALSE);
}

static void
review_shown (VavEndpoint *self)
{
  if (self->rendezvous != NULL)
    vav_presence_set_shown (vav_rendezvous_get_presence (self->rendezvous), self->present && !self->presence_hidden);
}

void
vav_endpoint_review_presence (VavEndpoint *self, gboolean open)
{
  self->present = open;
  review_shown (self);
}

/**
 * vav_endpoint_set_presence:
 * @shown: whether this user's people see at the meeting server when a stream detects
 *
 * Those see it whom this user has talked to, and has not blocked or removed; nobody else, and not the server. At first they do.
 */
void
vav_endpoint_set_presence (VavEndpoint *self, gboolean shown)
{
  g_return_if_fail (VAV_IS_ENDPOINT (self));

  if (self->presence_hidden == !shown)
    return;
  self->presence_hidden = !shown;
  review_shown (self);
  g_object_notify (G_OBJECT (self), "presence");
}

/**
 * vav_endpoint_get_presence:
 *
 * Returns: whether one's people see at the meeting server that this user takes calls
 */
gboolean
vav_endpoint_get_presence (VavEndpoint *self)
{
  g_return_val_if_fail (VAV_IS_ENDPOINT (self), FALSE);
  return !self->presence_hidden;
}
