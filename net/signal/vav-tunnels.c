/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/signal/vav-tunnels.h"

#include <glib/gi18n-lib.h>
#include <gnutls/crypto.h>
#include <string.h>

#include "net/core/vav-error.h"
#include "net/signal/vav-tls.h"
#include "net/signal/vav-tunnel-private.h"

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VavTunnel, vav_tunnel_unref)

#define MAX_SEEN 4096
#define BURST 64.0
#define PER_SECOND 16.0
#define MAX_AGE_MS (10 * 60 * 1000)
#define EXPIRY_S 30 /* a request that the broker could not deliver for so long is none any more */

struct _VavTunnels
{
  GObject parent_instance;

  /* owned */
  VavBroker *broker;
  char *inbox;   /* topic */
  char *name;    /* of the topic for answers */
  char *answers; /* topic */

  GHashTable *tunnels; /* key (of the tunnel) → VavTunnel; NULL: closed */
  GHashTable *seen;    /* GBytes: ids of tunnels from outside */
  GQueue seen_order;   /* of GBytes in `seen`, the oldest first */
  guint n_incoming;
  gboolean open;
  double tokens;
  gint64 filled; /* µs */
};

enum
{
  SIGNAL_INCOMING,
  SIGNAL_CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (VavTunnels, vav_tunnels, G_TYPE_OBJECT)

static guint
hash_key (gconstpointer key)
{
  guint hash;

  memcpy (&hash, key, sizeof hash); /* they are random; one that is not costs only who made it */
  return hash ^ ((const guint8 *)key)[VAV_TUNNEL_ID_SIZE];
}

static gboolean
equal_keys (gconstpointer a, gconstpointer b)
{
  return memcmp (a, b, VAV_TUNNEL_KEY_SIZE) == 0;
}

static void
review_inbox (VavTunnels *self)
{
  if (self->open || self->n_incoming > 0)
    vav_broker_subscribe (self->broker, self->inbox, FALSE);
  else
    vav_broker_unsubscribe (self->broker, self->inbox);
}

gboolean
vav_tunnels_publish (VavTunnels *self, const char *topic, GBytes *frame, guint *number)
{
  return vav_broker_publish (self->broker, topic, g_bytes_get_data (frame, NULL), g_bytes_get_size (frame), FALSE,
                             EXPIRY_S, number);
}

void
vav_tunnels_forget (VavTunnels *self, VavTunnel *tunnel)
{
  gboolean incoming = tunnel->answers == NULL;

  if (!g_hash_table_remove (self->tunnels, tunnel->key) || !incoming)
    return;
  self->n_incoming--;
  review_inbox (self);
}

/* from outside */

static gboolean
was_seen (VavTunnels *self, const guint8 *id)
{
  g_autoptr (GBytes) bytes = g_bytes_new (id, VAV_TUNNEL_ID_SIZE);

  if (g_hash_table_contains (self->seen, bytes))
    return TRUE;
  if (self->seen_order.length >= MAX_SEEN)
    g_hash_table_remove (self->seen, g_queue_pop_head (&self->seen_order));
  g_hash_table_add (self->seen, g_bytes_ref (bytes));
  g_queue_push_tail (&self->seen_order, bytes);
  return FALSE;
}

static gboolean
has_token (VavTunnels *self)
{
  gint64 now = g_get_monotonic_time ();

  self->tokens = MIN (BURST, self->tokens + (double)(now - self->filled) / G_TIME_SPAN_SECOND * PER_SECOND);
  self->filled = now;
  if (self->tokens < 1)
    return FALSE;
  self->tokens--;
  return TRUE;
}

static void
refuse (VavTunnels *self, const VavTunnelFrame *open, VavTunnelReset reason)
{
  g_autofree char *topic = vav_topic_answers (open->answers);
  VavTunnelFrame frame = { .kind = VAV_TUNNEL_RESET, .from_dialled = TRUE, .reason = reason };
  g_autoptr (GBytes) bytes = NULL;

  memcpy (frame.id, open->id, VAV_TUNNEL_ID_SIZE);
  bytes = vav_tunnel_frame_build (&frame);
  vav_tunnels_publish (self, topic, bytes, NULL);
}

static gboolean
begins_tls (const VavTunnelFrame *frame)
{
  gsize hello = vav_tls_measure_client_hello (frame->data, frame->length);

  return hello > 0 && hello <= frame->length;
}

static void
admit (VavTunnels *self, const guint8 *key, const VavTunnelFrame *frame)
{
  g_autofree char *topic = vav_topic_answers (frame->answers);
  g_autoptr (GSocket) inside = NULL;
  g_autoptr (GError) error = NULL;
  VavTunnel *tunnel = vav_tunnel_new (self, key, topic, NULL, &inside, &error);

  if (tunnel == NULL)
    {
      refuse (self, frame, VAV_TUNNEL_FULL);
      return;
    }
  self->n_incoming++;
  g_hash_table_insert (self->tunnels, tunnel->key, tunnel);
  vav_tunnel_take (tunnel, frame);
  g_signal_emit (self, signals[SIGNAL_INCOMING], 0, inside);
}

/* Silence towards what is nonsense or was seen; a word to who may have meant it. */
static void
consider (VavTunnels *self, const guint8 *key, const VavTunnelFrame *frame)
{
  gint64 now = g_get_real_time () / G_TIME_SPAN_MILLISECOND;

  if (!begins_tls (frame) || !has_token (self) || was_seen (self, frame->id))
    return;
  if (!self->open)
    refuse (self, frame, VAV_TUNNEL_CLOSED);
  else if (frame->sent < now - MAX_AGE_MS || frame->sent > now + MAX_AGE_MS)
    refuse (self, frame, VAV_TUNNEL_EXPIRED);
  else if (self->n_incoming >= VAV_TUNNELS_MAX)
    refuse (self, frame, VAV_TUNNEL_FULL);
  else
    admit (self, key, frame);
}

static void
on_message (VavBroker *broker, const char *topic, GBytes *payload, gboolean retained, VavTunnels *self)
{
  g_autoptr (VavTunnels) alive = g_object_ref (self);
  gboolean to_inbox = g_str_equal (topic, self->inbox);
  guint8 key[VAV_TUNNEL_KEY_SIZE];
  VavTunnelFrame frame;
  VavTunnel *tunnel;
  gsize length;
  const guint8 *bytes = g_bytes_get_data (payload, &length);

  if (retained || (!to_inbox && !g_str_equal (topic, self->answers)) || !vav_tunnel_frame_parse (&frame, bytes, length)
      || frame.from_dialled == to_inbox)
    return;
  memcpy (key, frame.id, VAV_TUNNEL_ID_SIZE);
  key[VAV_TUNNEL_ID_SIZE] = frame.from_dialled ? 1 : 0;
  tunnel = g_hash_table_lookup (self->tunnels, key);
  if (tunnel != NULL)
    vav_tunnel_take (tunnel, &frame);
  else if (frame.kind == VAV_TUNNEL_OPEN)
    consider (self, key, &frame);
}

/* to outside */

static GError *
make_nobody (void)
{
  return g_error_new_literal (VAV_ERROR, VAV_ERROR_UNREACHABLE,
                              _ ("They are not connected to the meeting server. Is Visavis running there, and does it "
                                 "take calls?"));
}

static void
on_answered (VavBroker *broker, guint number, guint reason, VavTunnels *self)
{
  GHashTableIter iter;
  gpointer value;

  if (reason != VAV_BROKER_NOBODY && reason < VAV_BROKER_REFUSED)
    return;
  g_hash_table_iter_init (&iter, self->tunnels);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    if (((VavTunnel *)value)->open_number == number)
      {
        ((VavTunnel *)value)->nobody = reason == VAV_BROKER_NOBODY;
        vav_tunnel_finish (value, make_nobody ());
        return;
      }
}

/* Those whose answers are heard again: what is sent before that is answered in vain. */
static void
on_changed (VavBroker *broker, VavTunnels *self)
{
  g_autoptr (GList) tunnels = NULL;

  if (vav_broker_is_connected (broker))
    tunnels = g_hash_table_get_values (self->tunnels);
  for (GList *link = tunnels; link != NULL; link = link->next)
    {
      VavTunnel *tunnel = link->data;

      if (vav_broker_is_subscribed (broker, tunnel->answers != NULL ? self->answers : self->inbox))
        vav_tunnel_resend (tunnel);
    }
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

/* vfuncs */

static void
vav_tunnels_dispose (GObject *object)
{
  VavTunnels *self = VAV_TUNNELS (object);
  GHashTableIter iter;
  gpointer value;
  gboolean closes = self->tunnels != NULL;

  g_signal_handlers_disconnect_by_data (self->broker, self);
  while (self->tunnels != NULL
         && (g_hash_table_iter_init (&iter, self->tunnels), g_hash_table_iter_next (&iter, NULL, &value)))
    {
      g_autoptr (VavTunnel) tunnel = vav_tunnel_ref (value);

      self->open = TRUE; /* the inbox is not looked after any more */
      vav_tunnel_leave (tunnel);
    }
  g_clear_pointer (&self->tunnels, g_hash_table_unref);
  if (closes)
    g_signal_emit (self, signals[SIGNAL_CHANGED], 0); /* who waits for the broker need not any more */
  G_OBJECT_CLASS (vav_tunnels_parent_class)->dispose (object);
}

static void
vav_tunnels_finalize (GObject *object)
{
  VavTunnels *self = VAV_TUNNELS (object);

  g_object_unref (self->broker);
  g_queue_clear (&self->seen_order);
  g_hash_table_unref (self->seen);
  g_free (self->inbox);
  g_free (self->name);
  g_free (self->answers);
  G_OBJECT_CLASS (vav_tunnels_parent_class)->finalize (object);
}

static void
vav_tunnels_class_init (VavTunnelsClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = vav_tunnels_dispose;
  G_OBJECT_CLASS (klass)->finalize = vav_tunnels_finalize;

  signals[SIGNAL_INCOMING] = g_signal_new ("incoming", VAV_TYPE_TUNNELS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                           G_TYPE_NONE, 1, G_TYPE_SOCKET);
  signals[SIGNAL_CHANGED]
      = g_signal_new ("changed", VAV_TYPE_TUNNELS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
vav_tunnels_init (VavTunnels *self)
{
  self->tunnels = g_hash_table_new_full (hash_key, equal_keys, NULL, (GDestroyNotify)(void (*) (void))vav_tunnel_unref);
  self->seen = g_hash_table_new_full (g_bytes_hash, g_bytes_equal, (GDestroyNotify)g_bytes_unref, NULL);
  self->tokens = BURST;
  self->filled = g_get_monotonic_time ();
}

VavTunnels *
vav_tunnels_new (VavBroker *broker, const char *own_id)
{
  VavTunnels *self = g_object_new (VAV_TYPE_TUNNELS, NULL);

  self->broker = g_object_ref (broker);
  self->inbox = vav_topic_inbox (own_id);
  self->name = vav_topic_make_name ();
  self->answers = vav_topic_answers (self->name);
  vav_broker_subscribe (broker, self->answers, FALSE);
  g_signal_connect (broker, "message", G_CALLBACK (on_message), self);
  g_signal_connect (broker, "answered", G_CALLBACK (on_answered), self);
  g_signal_connect (broker, "changed", G_CALLBACK (on_changed), self);
  return self;
}

/* public functions */

VavBroker *
vav_tunnels_get_broker (VavTunnels *self)
{
  return self->broker;
}

void
vav_tunnels_set_open (VavTunnels *self, gboolean open)
{
  self->open = open;
  review_inbox (self);
}

gboolean
vav_tunnels_is_closed (VavTunnels *self)
{
  return self->tunnels == NULL;
}

gboolean
vav_tunnels_wake (VavTunnels *self)
{
  if (vav_broker_is_connected (self->broker))
    return TRUE;
  vav_broker_hurry (self->broker);
  return FALSE;
}

gboolean
vav_tunnels_is_reachable (VavTunnels *self)
{
  return self->open && vav_broker_is_subscribed (self->broker, self->inbox);
}

VavTunnel *
vav_tunnels_dial (VavTunnels *self, const char *id, GSocket **socket, GError **error)
{
  g_autofree char *topic = vav_topic_inbox (id);
  guint8 key[VAV_TUNNEL_KEY_SIZE] = { 0 };
  VavTunnel *tunnel;

  if (vav_tunnels_is_closed (self))
    {
      g_set_error (error, VAV_ERROR, VAV_ERROR_UNREACHABLE, _ ("The meeting server at %s is no longer used."),
                   vav_broker_get_where (self->broker));
      return NULL;
    }
  g_return_val_if_fail (gnutls_rnd (GNUTLS_RND_KEY, key, VAV_TUNNEL_ID_SIZE) == 0, NULL);
  key[VAV_TUNNEL_ID_SIZE] = 1;
  tunnel = vav_tunnel_new (self, key, topic, self->name, socket, error);
  if (tunnel == NULL)
    return NULL;
  g_hash_table_insert (self->tunnels, tunnel->key, tunnel);
  vav_tunnel_start (tunnel);
  return vav_tunnel_ref (tunnel);
}
