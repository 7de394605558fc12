/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/signal/vav-broker.h"

#include <glib/gi18n-lib.h>

#include "net/core/vav-error.h"
#include "net/signal/vav-broker-link.h"
#include "net/signal/vav-topics.h"

#define FIRST_DELAY_MS 1000
#define MAX_DELAY_MS 25000
#define REFUSED_DELAY_MS 60000
#define STEADY_S 10 /* connected for so long: the next attempt may be soon again */

#define KEEP_ALIVE_S 30
#define TICK_S 5
#define PING_AFTER_S 15
#define LOST_AFTER_S 25
#define PROBE_S 4 /* after a change of the network */
#define GREETING_S 20

struct _VavBroker
{
  GObject parent_instance;

  /* owned */
  VavBrokerPlace *place;
  GMainContext *context;
  GHashTable *topics; /* topic → Topic */
  char *will;
  GError *error;

  /* while it is wanted */
  gboolean running;
  VavBrokerLink *link;
  gboolean connected;
  gint64 since;  /* when the link began, or was connected: monotonic, µs */
  gint64 probed; /* 0: no probe is under way */
  guint16 last_id;
  guint64 max_packet;
  GSource *tick;  /* while there is a link */
  GSource *retry; /* while there is none */
  guint n_failures;
};

typedef struct
{
  gboolean retained;
  guint16 asked; /* id of the SUBSCRIBE that was not answered yet */
  gboolean confirmed;
} Topic;

enum
{
  SIGNAL_CHANGED,
  SIGNAL_MESSAGE,
  SIGNAL_ANSWERED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (VavBroker, vav_broker, G_TYPE_OBJECT)

static void connect_now (VavBroker *self);

static void
clear_source (GSource **source)
{
  if (*source != NULL)
    g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

static void
emit_changed (VavBroker *self)
{
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

static guint16
next_id (VavBroker *self)
{
  self->last_id = self->last_id == G_MAXUINT16 ? 1 : (guint16)(self->last_id + 1);
  return self->last_id;
}

/* the end of a connection, and the next one */

static gboolean
retry_cb (gpointer data)
{
  VavBroker *self = data;

  clear_source (&self->retry);
  connect_now (self);
  return G_SOURCE_REMOVE;
}

static guint
choose_delay (VavBroker *self)
{
  guint doublings = MIN (self->n_failures, 8);
  guint delay = MIN (FIRST_DELAY_MS << doublings, MAX_DELAY_MS);

  if (g_error_matches (self->error, VAV_ERROR, VAV_ERROR_REFUSED))
    delay = REFUSED_DELAY_MS;
  return (guint)g_random_int_range ((gint32)delay / 2, (gint32)delay + 1);
}

static void
forget_answers (VavBroker *self)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->topics);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      ((Topic *)value)->confirmed = FALSE;
      ((Topic *)value)->asked = 0;
    }
}

/* The link is gone, or is closed here. */
static void
go_down (VavBroker *self, const GError *error)
{
  g_autoptr (VavBroker) alive = g_object_ref (self);
  gboolean steady = self->connected && g_get_monotonic_time () - self->since > STEADY_S * G_TIME_SPAN_SECOND;

  if (self->link != NULL)
    vav_broker_link_close (g_steal_pointer (&self->link));
  clear_source (&self->tick);
  self->connected = FALSE;
  self->probed = 0;
  forget_answers (self);
  g_clear_error (&self->error);
  self->error = g_error_copy (error);
  self->retry = g_timeout_source_new (steady ? choose_delay (self) / 2 : choose_delay (self));
  self->n_failures = steady ? 0 : self->n_failures + 1;
  g_source_set_callback (self->retry, retry_cb, self, NULL);
  g_source_attach (self->retry, self->context);
  emit_changed (self);
}

G_GNUC_PRINTF (3, 4)
static void
go_down_saying (VavBroker *self, VavError code, const char *format, ...)
{
  g_autoptr (GError) error = NULL;
  va_list arguments;

  va_start (arguments, format);
  error = g_error_new_valist (VAV_ERROR, (int)code, format, arguments);
  va_end (arguments);
  go_down (self, error);
}

/* what is said to the broker */

static void
ask_for (VavBroker *self, const char *name, Topic *topic)
{
  topic->asked = next_id (self);
  vav_mqtt_add_subscribe (vav_broker_link_get_queue (self->link), topic->asked, name, topic->retained);
}

static void
ping (VavBroker *self)
{
  vav_mqtt_add_ping (vav_broker_link_get_queue (self->link));
  vav_broker_link_flush (self->link);
}

static gboolean
tick_cb (gpointer data)
{
  VavBroker *self = data;
  gint64 now = g_get_monotonic_time ();
  gint64 last_in = vav_broker_link_get_last_in (self->link);
  gint64 silence = (now - last_in) / G_TIME_SPAN_SECOND;
  gint64 quiet = (now - vav_broker_link_get_last_out (self->link)) / G_TIME_SPAN_SECOND;
  gboolean probe_failed = self->probed > last_in && (now - self->probed) / G_TIME_SPAN_SECOND >= PROBE_S;
  gboolean no_greeting = !self->connected && (now - self->since) / G_TIME_SPAN_SECOND >= GREETING_S;

  if (probe_failed || no_greeting || (self->connected && silence >= LOST_AFTER_S))
    {
      go_down_saying (self, VAV_ERROR_TIMEOUT, _ ("The meeting server at %s does not answer any more."),
                      self->place->where);
      return G_SOURCE_REMOVE;
    }
  if (self->connected && (silence >= PING_AFTER_S || quiet >= PING_AFTER_S))
    ping (self);
  return G_SOURCE_CONTINUE;
}

/* what the broker says */

static void
take_greeting (VavBroker *self, const VavMqttPacket *packet)
{
  GHashTableIter iter;
  gpointer key, value;

  if (packet->reason == VAV_MQTT_BAD_PASSWORD || packet->reason == VAV_MQTT_NOT_ALLOWED)
    go_down_saying (self, VAV_ERROR_REFUSED, _ ("The meeting server at %s does not take this user name and password."),
                    self->place->where);
  else if (packet->reason == VAV_MQTT_BAD_VERSION)
    go_down_saying (self, VAV_ERROR_PROTOCOL, _ ("The meeting server at %s is too old: it does not speak MQTT 5."),
                    self->place->where);
  else if (packet->reason >= VAV_MQTT_REFUSED)
    go_down_saying (self, VAV_ERROR_REFUSED, _ ("The meeting server at %s wants no connection now."),
                    self->place->where);
  if (packet->reason >= VAV_MQTT_REFUSED)
    return;
  self->connected = TRUE;
  self->since = g_get_monotonic_time ();
  self->max_packet = packet->max_packet;
  g_clear_error (&self->error);
  g_hash_table_iter_init (&iter, self->topics);
  while (g_hash_table_iter_next (&iter, &key, &value))
    ask_for (self, key, value);
  vav_broker_link_flush (self->link);
  emit_changed (self);
}

static void
take_publish (VavBroker *self, const VavMqttPacket *packet)
{
  if (packet->wants_ack)
    {
      vav_mqtt_add_puback (vav_broker_link_get_queue (self->link), packet->id);
      vav_broker_link_flush (self->link);
    }
  if (g_hash_table_contains (self->topics, packet->topic)
      && g_bytes_get_size (packet->payload) <= VAV_TOPIC_MAX_PAYLOAD)
    g_signal_emit (self, signals[SIGNAL_MESSAGE], 0, packet->topic, packet->payload, packet->retained);
}

static void
take_subscribed (VavBroker *self, const VavMqttPacket *packet)
{
  GHashTableIter iter;
  gpointer value;
  gboolean found = FALSE;

  g_hash_table_iter_init (&iter, self->topics);
  while (!found && g_hash_table_iter_next (&iter, NULL, &value))
    if (((Topic *)value)->asked == packet->id && packet->id != 0)
      {
        ((Topic *)value)->asked = 0;
        ((Topic *)value)->confirmed = packet->reason < VAV_MQTT_REFUSED;
        found = TRUE;
      }
  if (found && packet->reason >= VAV_MQTT_REFUSED)
    go_down_saying (self, VAV_ERROR_REFUSED, _ ("The meeting server at %s does not let you take calls there."),
                    self->place->where);
  else if (found)
    emit_changed (self);
}

static void
on_packet (gpointer owner, VavMqttPacket *packet)
{
  g_autoptr (VavBroker) self = g_object_ref (owner);

  if (!self->connected && packet->type != VAV_MQTT_CONNACK)
    go_down_saying (self, VAV_ERROR_PROTOCOL,
                    _ ("What answers at %s is no meeting server (a broker that speaks MQTT 5)."), self->place->where);
  else if (packet->type == VAV_MQTT_CONNACK && !self->connected)
    take_greeting (self, packet);
  else if (packet->type == VAV_MQTT_PUBLISH)
    take_publish (self, packet);
  else if (packet->type == VAV_MQTT_SUBACK)
    take_subscribed (self, packet);
  else if (packet->type == VAV_MQTT_PUBACK)
    g_signal_emit (self, signals[SIGNAL_ANSWERED], 0, (guint)packet->id, (guint)packet->reason);
  else if (packet->type == VAV_MQTT_DISCONNECT)
    go_down_saying (self, VAV_ERROR_RESET, _ ("The meeting server at %s ended the connection."), self->place->where);
}

static void
on_up (gpointer owner)
{
  VavBroker *self = owner;
  g_autofree char *client_id = vav_topic_make_name ();
  const VavMqttConnect connect = {
    .client_id = client_id,
    .user = self->place->user,
    .password = self->place->password,
    .keep_alive = KEEP_ALIVE_S,
    .will_topic = self->will,
  };

  vav_mqtt_add_connect (vav_broker_link_get_queue (self->link), &connect);
  vav_broker_link_flush (self->link);
}

static void
on_down (gpointer owner, const GError *error)
{
  VavBroker *self = owner;

  self->link = NULL;
  go_down (self, error);
}

static const VavBrokerLinkEvents link_events = { on_up, on_packet, on_down };

static void
connect_now (VavBroker *self)
{
  clear_source (&self->retry);
  self->since = g_get_monotonic_time ();
  self->link = vav_broker_link_new (self->place, &link_events, self);
  self->tick = g_timeout_source_new_seconds (TICK_S);
  g_source_set_callback (self->tick, tick_cb, self, NULL);
  g_source_attach (self->tick, self->context);
}

/* In so many ms, if it waits for its next attempt. */
static void
retry_in (VavBroker *self, guint ms)
{
  if (self->retry == NULL)
    return;
  clear_source (&self->retry);
  self->retry = g_timeout_source_new (ms);
  g_source_set_callback (self->retry, retry_cb, self, NULL);
  g_source_attach (self->retry, self->context);
}

/* A way may have opened; and the one that we have may be dead without anybody having said so. */
static void
on_network_changed (VavBroker *self, gboolean available, GNetworkMonitor *monitor)
{
  if (!self->running)
    return;
  self->n_failures = 0;
  retry_in (self, FIRST_DELAY_MS / 2);
  if (self->connected)
    {
      self->probed = g_get_monotonic_time ();
      ping (self);
    }
}

/* vfuncs */

static void
vav_broker_finalize (GObject *object)
{
  VavBroker *self = VAV_BROKER (object);

  if (self->link != NULL)
    vav_broker_link_close (self->link);
  clear_source (&self->tick);
  clear_source (&self->retry);
  g_clear_error (&self->error);
  g_hash_table_unref (self->topics);
  g_main_context_unref (self->context);
  g_clear_pointer (&self->place, vav_broker_place_free);
  g_free (self->will);
  G_OBJECT_CLASS (vav_broker_parent_class)->finalize (object);
}

static void
vav_broker_class_init (VavBrokerClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = vav_broker_finalize;

  signals[SIGNAL_CHANGED]
      = g_signal_new ("changed", VAV_TYPE_BROKER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_MESSAGE] = g_signal_new ("message", VAV_TYPE_BROKER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                          G_TYPE_NONE, 3, G_TYPE_STRING, G_TYPE_BYTES, G_TYPE_BOOLEAN);
  signals[SIGNAL_ANSWERED] = g_signal_new ("answered", VAV_TYPE_BROKER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                           G_TYPE_NONE, 2, G_TYPE_UINT, G_TYPE_UINT);
}

static void
vav_broker_init (VavBroker *self)
{
  self->context = g_main_context_ref_thread_default ();
  self->topics = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
}

VavBroker *
vav_broker_new (const char *url, GError **error)
{
  VavBrokerPlace *place = vav_broker_place_parse (url, error);
  VavBroker *self;

  if (place == NULL)
    return NULL;
  self = g_object_new (VAV_TYPE_BROKER, NULL);
  self->place = place;
  g_signal_connect_object (g_network_monitor_get_default (), "network-changed", G_CALLBACK (on_network_changed), self,
                           G_CONNECT_SWAPPED);
  return self;
}

/* public functions */

const char *
vav_broker_get_where (VavBroker *self)
{
  return self->place->where;
}

void
vav_broker_start (VavBroker *self, const char *will)
{
  if (self->running)
    return;
  g_free (self->will);
  self->will = g_strdup (will);
  self->running = TRUE;
  self->n_failures = 0;
  connect_now (self);
}

void
vav_broker_stop (VavBroker *self)
{
  if (!self->running)
    return;
  self->running = FALSE;
  if (self->connected)
    vav_mqtt_add_disconnect (vav_broker_link_get_queue (self->link));
  if (self->link != NULL)
    vav_broker_link_close (g_steal_pointer (&self->link));
  clear_source (&self->tick);
  clear_source (&self->retry);
  self->connected = FALSE;
  g_clear_error (&self->error);
  forget_answers (self);
  emit_changed (self);
}

void
vav_broker_hurry (VavBroker *self)
{
  gint64 ago = (g_get_monotonic_time () - self->since) / G_TIME_SPAN_MILLISECOND;

  retry_in (self, ago < FIRST_DELAY_MS ? FIRST_DELAY_MS : 0);
}

gboolean
vav_broker_is_connected (VavBroker *self)
{
  return self->connected;
}

const GError *
vav_broker_get_error (VavBroker *self)
{
  return self->error;
}

void
vav_broker_subscribe (VavBroker *self, const char *topic, gboolean retained)
{
  Topic *entry;

  if (g_hash_table_contains (self->topics, topic))
    return;
  entry = g_new0 (Topic, 1);
  entry->retained = retained;
  g_hash_table_insert (self->topics, g_strdup (topic), entry);
  if (!self->connected)
    return;
  ask_for (self, topic, entry);
  vav_broker_link_flush (self->link);
}

void
vav_broker_unsubscribe (VavBroker *self, const char *topic)
{
  if (!g_hash_table_remove (self->topics, topic) || !self->connected)
    return;
  vav_mqtt_add_unsubscribe (vav_broker_link_get_queue (self->link), next_id (self), topic);
  vav_broker_link_flush (self->link);
}

gboolean
vav_broker_is_subscribed (VavBroker *self, const char *topic)
{
  Topic *entry = g_hash_table_lookup (self->topics, topic);

  return entry != NULL && entry->confirmed;
}

gboolean
vav_broker_publish (VavBroker *self, const char *topic, const void *payload, gsize length, gboolean retain,
                    guint32 expiry, guint *number)
{
  GByteArray *queue;
  guint16 id = 0;

  g_return_val_if_fail (length <= VAV_TOPIC_MAX_PAYLOAD, FALSE);

  if (!self->connected || length + 512 > self->max_packet)
    return FALSE;
  queue = vav_broker_link_get_queue (self->link);
  if (queue->len + length > VAV_BROKER_MAX_QUEUED)
    return FALSE;
  if (number != NULL)
    id = next_id (self);
  vav_mqtt_add_publish (queue, id, topic, payload, length, retain, expiry);
  vav_broker_link_flush (self->link);
  if (number != NULL)
    *number = id;
  return TRUE;
}
