/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/signal/vav-broker.h"

#include <glib/gi18n-lib.h>

#include "net/core/vav-error.h"
#include "net/core/vav-network-watch.h"
#include "net/signal/vav-broker-link.h"
#include "net/signal/vav-mqtt.h"
#include "net/signal/vav-topics.h"

#define FIRST_DELAY_MS 1000
#define MAX_DELAY_MS 25000
#define REFUSED_DELAY_MS 60000
#define STEADY_S 10  /* connected for so long: the next attempt may be soon again */
#define PAUSE_MS 500 /* after an attempt, before a change of the network makes another */
#define HUNG_S 3     /* an attempt that took longer when the network changes begins anew */

#define TICK_S 5
#define PROBE_S 4   /* for the answer to a probe */
#define SILENT_S 30 /* without a word: the library asks earlier, unless the broker has it wait (MQTT 5, 3.2.2.3.14) */

#define MIN_PACKET (VAV_TOPIC_MAX_PAYLOAD + 256) /* bytes: with the topic and what else belongs to it */

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
  VavNetworkWatch *network;
  VavBrokerLink *link;
  gboolean connected;
  gint64 since;   /* when the link began, or was connected: monotonic, µs */
  gint64 probed;  /* 0: no probe is under way */
  GSource *tick;  /* while there is a link */
  GSource *retry; /* while there is none */
  guint n_failures;
};

typedef struct
{
  gboolean retained;
  guint asked; /* number of the subscription that was not answered yet */
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
  topic->asked = vav_broker_session_subscribe (vav_broker_link_get_session (self->link), name, topic->retained);
}

static void
probe (VavBroker *self)
{
  self->probed = g_get_monotonic_time ();
  vav_broker_session_probe (vav_broker_link_get_session (self->link));
}

static gboolean
tick_cb (gpointer data)
{
  VavBroker *self = data;
  VavBrokerSession *session = vav_broker_link_get_session (self->link);
  gint64 last_in = vav_broker_link_get_last_in (self->link);
  gint64 now = g_get_monotonic_time ();
  gboolean probing = self->probed > last_in;

  if (session == NULL)
    return G_SOURCE_CONTINUE; /* the link looks after itself until then */
  if (!vav_broker_session_tick (session) || (probing && now - self->probed >= PROBE_S * G_TIME_SPAN_SECOND))
    {
      go_down_saying (self, VAV_ERROR_TIMEOUT, _ ("The meeting server at %s does not answer any more."),
                      self->place->where);
      return G_SOURCE_REMOVE;
    }
  if (!probing && now - last_in >= SILENT_S * G_TIME_SPAN_SECOND)
    probe (self);
  vav_broker_link_flush (self->link);
  return G_SOURCE_CONTINUE;
}

/* what the broker says */

static void
refuse_greeting (VavBroker *self, guint reason)
{
  if ((reason == MQTT_RC_BAD_USERNAME_OR_PASSWORD || reason == MQTT_RC_NOT_AUTHORIZED) && self->place->user == NULL)
    go_down_saying (self, VAV_ERROR_REFUSED, _ ("The meeting server at %s wants a user name and a password."),
                    self->place->where);
  else if (reason == MQTT_RC_BAD_USERNAME_OR_PASSWORD || reason == MQTT_RC_NOT_AUTHORIZED)
    go_down_saying (self, VAV_ERROR_REFUSED, _ ("The meeting server at %s does not take this user name and password."),
                    self->place->where);
  else if (reason == MQTT_RC_UNSUPPORTED_PROTOCOL_VERSION)
    go_down_saying (self, VAV_ERROR_PROTOCOL, _ ("The meeting server at %s is too old: it does not speak MQTT 5."),
                    self->place->where);
  else
    go_down_saying (self, VAV_ERROR_REFUSED, _ ("The meeting server at %s wants no connection now."),
                    self->place->where);
}

/* One that takes us but carries no call had better not pass for connected. FALSE: it was left. */
static gboolean
suits (VavBroker *self, const VavBrokerEvent *event)
{
  if (event->max_packet != 0 && event->max_packet < MIN_PACKET)
    go_down_saying (self, VAV_ERROR_REFUSED,
                    _ ("The meeting server at %s takes no message above %u bytes, and a call needs %u. Whoever runs it "
                       "can raise that limit."),
                    self->place->where, event->max_packet, MIN_PACKET);
  else if (event->max_qos < 1)
    go_down_saying (self, VAV_ERROR_REFUSED,
                    _ ("The meeting server at %s confirms no messages (it takes QoS 0 alone), and a call needs that "
                       "(QoS 1). Whoever runs it can allow it."),
                    self->place->where);
  else
    return TRUE;
  return FALSE;
}

static void
take_greeting (VavBroker *self, const VavBrokerEvent *event)
{
  GHashTableIter iter;
  gpointer key, value;

  if (event->reason != MQTT_RC_SUCCESS)
    {
      refuse_greeting (self, event->reason);
      return;
    }
  if (!suits (self, event))
    return;
  self->connected = TRUE;
  self->since = g_get_monotonic_time ();
  g_clear_error (&self->error);
  g_hash_table_iter_init (&iter, self->topics);
  while (g_hash_table_iter_next (&iter, &key, &value))
    ask_for (self, key, value);
  vav_broker_link_flush (self->link);
  emit_changed (self);
}

static void
take_message (VavBroker *self, const VavBrokerEvent *event)
{
  if (g_hash_table_contains (self->topics, event->topic) && g_bytes_get_size (event->payload) <= VAV_TOPIC_MAX_PAYLOAD)
    g_signal_emit (self, signals[SIGNAL_MESSAGE], 0, event->topic, event->payload, event->retained);
}

static void
take_subscribed (VavBroker *self, const VavBrokerEvent *event)
{
  GHashTableIter iter;
  gpointer value;
  gboolean found = FALSE;

  g_hash_table_iter_init (&iter, self->topics);
  while (!found && g_hash_table_iter_next (&iter, NULL, &value))
    if (((Topic *)value)->asked == event->number && event->number != 0)
      {
        ((Topic *)value)->asked = 0;
        ((Topic *)value)->confirmed = event->reason < VAV_BROKER_REFUSED;
        found = TRUE;
      }
  if (found && event->reason >= VAV_BROKER_REFUSED)
    go_down_saying (self, VAV_ERROR_REFUSED, _ ("The meeting server at %s does not let you take calls there."),
                    self->place->where);
  else if (found)
    emit_changed (self);
}

static void
on_event (gpointer owner, const VavBrokerEvent *event)
{
  g_autoptr (VavBroker) self = g_object_ref (owner);

  switch (event->type)
    {
    case VAV_BROKER_GREETED:
      take_greeting (self, event);
      break;
    case VAV_BROKER_SUBSCRIBED:
      take_subscribed (self, event);
      break;
    case VAV_BROKER_ANSWERED:
      g_signal_emit (self, signals[SIGNAL_ANSWERED], 0, event->number, event->reason);
      break;
    case VAV_BROKER_MESSAGE:
      take_message (self, event);
      break;
    case VAV_BROKER_ENDED:
      go_down_saying (self, VAV_ERROR_RESET, _ ("The meeting server at %s ended the connection."), self->place->where);
      break;
    default:
      g_assert_not_reached ();
    }
}

static void
on_down (gpointer owner, const GError *error)
{
  VavBroker *self = owner;

  self->link = NULL;
  go_down (self, error);
}

static const VavBrokerLinkEvents link_events = { on_event, on_down };

static void
start_tick (VavBroker *self)
{
  clear_source (&self->tick);
  self->tick = g_timeout_source_new_seconds (TICK_S);
  g_source_set_callback (self->tick, tick_cb, self, NULL);
  g_source_attach (self->tick, self->context);
}

static void
connect_now (VavBroker *self)
{
  clear_source (&self->retry);
  self->since = g_get_monotonic_time ();
  self->link = vav_broker_link_new (self->place, self->will, &link_events, self);
  start_tick (self);
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

static void
hurry (VavBroker *self, gint64 pause_ms)
{
  gint64 ago = (g_get_monotonic_time () - self->since) / G_TIME_SPAN_MILLISECOND;

  retry_in (self, ago < pause_ms ? (guint)pause_ms : 0);
}

/* What is said by a connection whose address is gone is repeated by the kernel for minutes, and nobody is told. */
static gboolean
is_cut_off (VavBroker *self)
{
  if (self->link == NULL)
    return FALSE;
  return vav_broker_link_is_stranded (self->link)
         || (!self->connected && g_get_monotonic_time () - self->since > HUNG_S * G_TIME_SPAN_SECOND);
}

/* A way may have opened; and the one that we have may be dead without anybody having said so. */
static void
on_network_changed (gpointer data)
{
  g_autoptr (VavBroker) self = g_object_ref (data);

  if (is_cut_off (self))
    go_down_saying (self, VAV_ERROR_RESET, _ ("The connection to the meeting server at %s broke."), self->place->where);
  self->n_failures = 0;
  hurry (self, PAUSE_MS);
  if (!self->connected)
    return;
  probe (self);
  vav_broker_link_flush (self->link);
  start_tick (self); /* the first look comes when the answer is due */
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
  vav_network_watch_free (self->network);
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
  self->network = vav_network_watch_new (on_network_changed, self);
  connect_now (self);
}

void
vav_broker_stop (VavBroker *self)
{
  if (!self->running)
    return;
  self->running = FALSE;
  if (self->connected)
    vav_broker_session_part (vav_broker_link_get_session (self->link));
  if (self->link != NULL)
    vav_broker_link_close (g_steal_pointer (&self->link));
  clear_source (&self->tick);
  clear_source (&self->retry);
  g_clear_pointer (&self->network, vav_network_watch_free);
  self->connected = FALSE;
  g_clear_error (&self->error);
  forget_answers (self);
  emit_changed (self);
}

void
vav_broker_hurry (VavBroker *self)
{
  hurry (self, FIRST_DELAY_MS);
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
  vav_broker_session_unsubscribe (vav_broker_link_get_session (self->link), topic);
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
  g_return_val_if_fail (length <= VAV_TOPIC_MAX_PAYLOAD, FALSE);

  if (!self->connected || vav_broker_link_get_queued (self->link) + length > VAV_BROKER_MAX_QUEUED
      || !vav_broker_session_publish (vav_broker_link_get_session (self->link), topic, payload, length, retain, expiry,
                                      number))
    return FALSE;
  vav_broker_link_flush (self->link);
  return TRUE;
}
