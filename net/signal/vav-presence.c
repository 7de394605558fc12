/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/signal/vav-presence-private.h"

#include <string.h>

#define SEAL "visavis presence seal"
#define SECRETS_AT_ONCE 4 /* some 1 ms */
#define MEND_S 10

enum
{
  SIGNAL_CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (VavPresence, vav_presence, G_TYPE_OBJECT)

static void say (VavPresence *self);

/* oneself */

static gboolean
clock_cb (gpointer data)
{
  VavPresence *self = data;

  vav_presence_clear_source (&self->clock);
  say (self);
  return G_SOURCE_REMOVE;
}

/* At a moment of its own in every step, so that the clients of a broker do not all speak at once. */
static void
begin_sitting (VavPresence *self)
{
  const char *name = strrchr (self->topic, '/') + 1;
  GHashTableIter iter;
  gpointer value;

  vav_sitting_begin (&self->sitting, name, vav_presence_now () - g_random_int_range (0, (gint32)self->step), self->step,
                     self->secret);
  self->begun = TRUE;
  self->number = 0;
  g_hash_table_iter_init (&iter, self->friends);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    ((VavFriend *)value)->told = FALSE;
}

static void
tell (VavPresence *self, VavFriend *friend)
{
  guint8 sealed[VAV_PRESENCE_SEALED];
  gint64 rest = self->sitting.began + (gint64)(self->sitting.steps + 1) * self->sitting.step - vav_presence_now ();

  if (friend->told || !friend->ready)
    return;
  vav_sitting_seal (&self->sitting, friend->own_seal, friend->own_topic, sealed);
  friend->told = vav_broker_publish (self->broker, friend->own_topic, sealed, sizeof sealed, TRUE,
                                     (guint32)MAX (rest, 60), NULL);
  friend->knows = friend->knows || friend->told;
}

static void
publish_beat (VavPresence *self)
{
  self->said = vav_broker_publish (self->broker, self->topic, self->beat, sizeof self->beat, TRUE,
                                   self->sitting.step * 2U, NULL)
               || self->said;
}

/* Never a beat that is not due: it would be good later, when nobody may be here. So a clock that was set back begins anew. */
static void
say (VavPresence *self)
{
  gint64 number;
  GHashTableIter iter;
  gpointer value;

  if (!self->shown || !self->connected)
    return;
  number = self->begun ? (vav_presence_now () - self->sitting.began) / self->sitting.step : -1;
  if (number < self->number || number > self->sitting.steps)
    {
      begin_sitting (self);
      number = 0;
    }
  self->number = (guint)number;
  vav_sitting_make_beat (&self->sitting, self->secret, self->number, self->beat);
  g_hash_table_iter_init (&iter, self->friends);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    tell (self, value);
  publish_beat (self);
  vav_presence_wait_until (self, &self->clock, self->sitting.began + (number + 1) * self->sitting.step, clock_cb);
}

static void
clear_topic (VavPresence *self, const char *topic)
{
  vav_broker_publish (self->broker, topic, "", 0, TRUE, 0, NULL);
}

static void
say_goodbye (VavPresence *self)
{
  vav_presence_clear_source (&self->clock);
  if (self->said)
    clear_topic (self, self->topic);
  self->said = FALSE;
}

/* The will of a connection that broke unseen comes late, when the next one has spoken already; and anybody who found the topic can clear it. */
static void
on_own (VavPresence *self, GBytes *payload)
{
  gint64 now = g_get_monotonic_time ();
  gsize length;
  const void *bytes = g_bytes_get_data (payload, &length);

  if (!self->said || (length == sizeof self->beat && memcmp (bytes, self->beat, length) == 0))
    return;
  if (self->mended != 0 && now - self->mended < MEND_S * G_TIME_SPAN_SECOND)
    {
      vav_presence_wait_until (self, &self->clock, vav_presence_now () + MEND_S, clock_cb);
      return;
    }
  self->mended = now;
  say (self); /* whatever is due: who clears it again and again puts the clock off */
}

static void
take_name (VavPresence *self)
{
  g_autofree char *name = vav_topic_make_name ();
  GHashTableIter iter;
  gpointer value;

  g_free (self->topic);
  self->topic = vav_topic_presence (name);
  self->begun = FALSE;
  g_hash_table_iter_init (&iter, self->friends);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    ((VavFriend *)value)->knows = FALSE;
  vav_broker_subscribe (self->broker, self->topic, FALSE);
}

/* The name is known to somebody who may know nothing any more. */
static void
change_name (VavPresence *self)
{
  say_goodbye (self);
  vav_broker_unsubscribe (self->broker, self->topic);
  take_name (self);
  vav_broker_stop (self->broker);
  vav_broker_start (self->broker, self->topic);
}

/* the broker */

static void
on_message (VavBroker *broker, const char *topic, GBytes *payload, gboolean retained, VavPresence *self)
{
  g_autoptr (VavPresence) alive = g_object_ref (self);
  GHashTableIter iter;
  gpointer value;

  if (g_str_equal (topic, self->topic))
    {
      on_own (self, payload);
      return;
    }
  g_hash_table_iter_init (&iter, self->friends);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      VavFriend *friend = value;

      if (g_strcmp0 (topic, friend->their_topic) == 0)
        vav_friend_take_sitting (self, friend, payload);
      else if (g_strcmp0 (topic, friend->beats) == 0)
        vav_friend_take_beat (friend, payload);
    }
  if (g_str_has_prefix (topic, VAV_TOPIC_PRESENCE))
    vav_presence_review (self);
}

/* What the broker kept may be lost with the connection, on either side. */
static void
on_changed (VavBroker *broker, VavPresence *self)
{
  g_autoptr (VavPresence) alive = g_object_ref (self);
  gboolean connected = vav_broker_is_connected (broker);
  GHashTableIter iter;
  gpointer value;

  if (self->connected == connected)
    return;
  self->connected = connected;
  self->said = FALSE;
  vav_presence_clear_source (&self->clock);
  g_hash_table_iter_init (&iter, self->friends);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      ((VavFriend *)value)->told = FALSE;
      ((VavFriend *)value)->until = 0;
      g_clear_pointer (&((VavFriend *)value)->beat, g_bytes_unref);
    }
  say (self);
  vav_presence_review (self);
}

/* people */

static void
make_ready (VavPresence *self, VavFriend *friend)
{
  const char *own = vav_identity_get_id (self->identity);
  guint8 secret[VAV_PAIR_SECRET_SIZE];

  if (!vav_pair_secret_make (self->identity, friend->id, friend->key, secret))
    return;
  friend->own_topic = vav_topic_pair (secret, own, friend->id);
  friend->their_topic = vav_topic_pair (secret, friend->id, own);
  vav_pair_secret_derive (secret, SEAL, own, friend->id, friend->own_seal);
  vav_pair_secret_derive (secret, SEAL, friend->id, own, friend->their_seal);
  memset (secret, 0, sizeof secret);
  friend->ready = TRUE;
  vav_broker_subscribe (self->broker, friend->their_topic, TRUE);
  if (self->said)
    tell (self, friend);
}

static gboolean
work_cb (gpointer data)
{
  VavPresence *self = data;
  guint rest = SECRETS_AT_ONCE;
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->friends);
  while (rest > 0 && g_hash_table_iter_next (&iter, NULL, &value))
    {
      VavFriend *friend = value;

      if (friend->key == NULL || friend->ready)
        continue;
      make_ready (self, friend);
      g_clear_pointer (&friend->key, g_bytes_unref); /* tried once */
      rest--;
    }
  if (rest == 0)
    return G_SOURCE_CONTINUE;
  vav_presence_clear_source (&self->work);
  return G_SOURCE_REMOVE;
}

static void
add_friend (VavPresence *self, const char *id, GBytes *key)
{
  VavFriend *friend = g_new0 (VavFriend, 1);

  friend->id = g_strdup (id);
  friend->key = g_bytes_ref (key);
  g_hash_table_insert (self->friends, friend->id, friend);
  if (self->work != NULL)
    return;
  self->work = g_idle_source_new ();
  g_source_set_callback (self->work, work_cb, self, NULL);
  g_source_attach (self->work, self->context);
}

/* Whether they know where to look. What they were told may have been by a connection that is no more. */
static gboolean
drop_friend (VavPresence *self, VavFriend *friend)
{
  gboolean knows = friend->knows;

  if (knows)
    clear_topic (self, friend->own_topic);
  vav_friend_forget_beats (self, friend);
  if (friend->ready)
    vav_broker_unsubscribe (self->broker, friend->their_topic);
  return knows;
}

/* vfuncs */

static void
vav_presence_dispose (GObject *object)
{
  vav_presence_close (VAV_PRESENCE (object));
  G_OBJECT_CLASS (vav_presence_parent_class)->dispose (object);
}

static void
vav_presence_finalize (GObject *object)
{
  VavPresence *self = VAV_PRESENCE (object);

  memset (self->secret, 0, sizeof self->secret);
  g_free (self->topic);
  g_hash_table_unref (self->friends);
  g_object_unref (self->identity);
  g_main_context_unref (self->context);
  G_OBJECT_CLASS (vav_presence_parent_class)->finalize (object);
}

static void
vav_presence_class_init (VavPresenceClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = vav_presence_dispose;
  G_OBJECT_CLASS (klass)->finalize = vav_presence_finalize;

  signals[SIGNAL_CHANGED] = g_signal_new ("changed", VAV_TYPE_PRESENCE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                          G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_BOOLEAN);
}

static void
vav_presence_init (VavPresence *self)
{
  self->context = g_main_context_ref_thread_default ();
  self->friends
      = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify)(void (*) (void))vav_friend_free);
  self->step = VAV_PRESENCE_MAX_STEP_S;
}

VavPresence *
vav_presence_new (VavBroker *broker, VavIdentity *identity)
{
  VavPresence *self = g_object_new (VAV_TYPE_PRESENCE, NULL);

  self->broker = g_object_ref (broker);
  self->identity = g_object_ref (identity);
  take_name (self);
  g_signal_connect (broker, "message", G_CALLBACK (on_message), self);
  g_signal_connect (broker, "changed", G_CALLBACK (on_changed), self);
  return self;
}

/* public functions */

const char *
vav_presence_get_will (VavPresence *self)
{
  return self->topic;
}

void
vav_presence_close (VavPresence *self)
{
  if (self->broker == NULL)
    return;
  g_signal_handlers_disconnect_by_data (self->broker, self);
  say_goodbye (self);
  vav_presence_clear_source (&self->work);
  vav_presence_clear_source (&self->clock);
  vav_presence_clear_source (&self->ageing);
  g_clear_object (&self->broker);
}

void
vav_presence_set_people (VavPresence *self, GHashTable *keys)
{
  gboolean leaves = FALSE;
  GHashTableIter iter;
  gpointer id, value;

  if (self->broker == NULL)
    return;
  g_hash_table_iter_init (&iter, self->friends);
  while (g_hash_table_iter_next (&iter, &id, &value))
    if (!g_hash_table_contains (keys, id))
      {
        leaves = drop_friend (self, value) || leaves;
        g_hash_table_iter_remove (&iter);
      }
  g_hash_table_iter_init (&iter, keys);
  while (g_hash_table_iter_next (&iter, &id, &value))
    if (!g_hash_table_contains (self->friends, id))
      add_friend (self, id, value);
  if (leaves)
    change_name (self);
}

void
vav_presence_set_shown (VavPresence *self, gboolean shown)
{
  if (self->broker == NULL || self->shown == shown)
    return;
  self->shown = shown;
  if (shown)
    say (self);
  else
    say_goodbye (self);
}

gboolean
vav_presence_is_present (VavPresence *self, const char *id)
{
  VavFriend *friend = g_hash_table_lookup (self->friends, id);

  return friend != NULL && friend->present;
}

void
vav_presence_set_step (VavPresence *self, guint seconds)
{
  self->step = seconds;
}
