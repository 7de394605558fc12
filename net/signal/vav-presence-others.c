/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/signal/vav-presence-private.h"

static void review_ageing (VavPresence *self);

gint64
vav_presence_now (void)
{
  return g_get_real_time () / G_USEC_PER_SEC;
}

void
vav_friend_free (VavFriend *friend)
{
  g_free (friend->id);
  g_clear_pointer (&friend->key, g_bytes_unref);
  g_free (friend->their_topic);
  g_free (friend->own_topic);
  g_free (friend->beats);
  g_clear_pointer (&friend->beat, g_bytes_unref);
  g_free (friend);
}

void
vav_presence_clear_source (GSource **source)
{
  if (*source != NULL)
    g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

void
vav_presence_wait_until (VavPresence *self, GSource **source, gint64 when, GSourceFunc func)
{
  gint64 ms = when * 1000 - g_get_real_time () / 1000;

  vav_presence_clear_source (source);
  *source = g_timeout_source_new ((guint)CLAMP (ms, 10, VAV_PRESENCE_MAX_STEP_S * 2000));
  g_source_set_callback (*source, func, self, NULL);
  g_source_attach (*source, self->context);
}

/* Two may have named one topic, or somebody this side's own: what is still wanted stays. */
void
vav_friend_forget_beats (VavPresence *self, VavFriend *friend)
{
  g_autofree char *topic = g_steal_pointer (&friend->beats);
  GHashTableIter iter;
  gpointer other;

  g_clear_pointer (&friend->beat, g_bytes_unref);
  friend->until = 0;
  if (topic == NULL || g_str_equal (topic, self->topic))
    return;
  g_hash_table_iter_init (&iter, self->friends);
  while (g_hash_table_iter_next (&iter, NULL, &other))
    if (g_strcmp0 (((VavFriend *)other)->beats, topic) == 0)
      return;
  vav_broker_unsubscribe (self->broker, topic);
}

static void
review (VavPresence *self, VavFriend *friend)
{
  gboolean present = self->connected && friend->until > vav_presence_now ();

  if (friend->present == present)
    return;
  friend->present = present;
  g_signal_emit_by_name (self, "changed", friend->id, present);
}

/* Whoever listens may change the people. */
void
vav_presence_review (VavPresence *self)
{
  g_autoptr (GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);
  GHashTableIter iter;
  gpointer id;

  g_hash_table_iter_init (&iter, self->friends);
  while (g_hash_table_iter_next (&iter, &id, NULL))
    g_ptr_array_add (ids, g_strdup (id));
  for (guint i = 0; i < ids->len; i++)
    {
      VavFriend *friend = g_hash_table_lookup (self->friends, ids->pdata[i]);

      if (friend != NULL)
        review (self, friend);
    }
  review_ageing (self);
}

static gboolean
ageing_cb (gpointer data)
{
  VavPresence *self = data;

  vav_presence_clear_source (&self->ageing);
  vav_presence_review (self);
  return G_SOURCE_REMOVE;
}

static void
review_ageing (VavPresence *self)
{
  gint64 first = G_MAXINT64;
  GHashTableIter iter;
  gpointer value;

  vav_presence_clear_source (&self->ageing);
  if (self->friends == NULL)
    return;
  g_hash_table_iter_init (&iter, self->friends);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    if (((VavFriend *)value)->present)
      first = MIN (first, ((VavFriend *)value)->until);
  if (first != G_MAXINT64)
    vav_presence_wait_until (self, &self->ageing, first, ageing_cb);
}

/* What does not hold changes nothing: the one before may, for as long as it is fresh. */
static void
judge (VavFriend *friend)
{
  gint64 until = 0;
  gsize length;
  const guint8 *beat;

  if (friend->beat == NULL || friend->beats == NULL)
    return;
  beat = g_bytes_get_data (friend->beat, &length);
  until = vav_sitting_judge (&friend->sitting, beat, length, vav_presence_now ());
  friend->until = MAX (friend->until, until);
}

void
vav_friend_take_sitting (VavPresence *self, VavFriend *friend, GBytes *payload)
{
  gsize length;
  const guint8 *bytes = g_bytes_get_data (payload, &length);
  VavSitting sitting;
  g_autofree char *topic = NULL;

  if (length == 0)
    {
      vav_friend_forget_beats (self, friend);
      return;
    }
  if (!vav_sitting_open (&sitting, friend->their_seal, friend->their_topic, bytes, length))
    return;
  topic = vav_topic_presence (sitting.name);
  if (g_strcmp0 (topic, friend->beats) != 0)
    vav_friend_forget_beats (self, friend);
  friend->sitting = sitting;
  if (friend->beats == NULL)
    {
      friend->beats = g_steal_pointer (&topic);
      vav_broker_subscribe (self->broker, friend->beats, TRUE);
    }
  judge (friend);
}

void
vav_friend_take_beat (VavFriend *friend, GBytes *payload)
{
  gsize length = g_bytes_get_size (payload);

  if (length != 0 && length != VAV_PRESENCE_BEAT)
    return;
  g_clear_pointer (&friend->beat, g_bytes_unref);
  if (length == 0)
    friend->until = 0;
  else
    friend->beat = g_bytes_ref (payload);
  judge (friend);
}
