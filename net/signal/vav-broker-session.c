/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/signal/vav-broker-session.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gunixsocketaddress.h>
#include <unistd.h>

#include "net/signal/vav-broker-guard.h"
#include "net/signal/vav-mqtt.h"
#include "net/signal/vav-topics.h"

#define KEEP_ALIVE_S 15   /* libmosquitto says a word, and after as much again without an answer gives up */
#define MAX_INCOMING 64   /* publishes with QoS 1 that we take before we answered */
#define MAX_OUTGOING 1024 /* and that we send before the broker has */
#define READ_SIZE 8192

struct _VavBrokerSession
{
  /* owned */
  struct mosquitto *library;
  GSocket *ours; /* the other end of the library's socket */
  char *client_id;
  GByteArray *bytes;  /* a packet that is not whole yet */
  GHashTable *flying; /* numbers of publishes that wait for their answer */
  GQueue events;      /* of VavBrokerEvent */
  gboolean greeted;
  gboolean ended;
};

void
vav_broker_event_free (VavBrokerEvent *event)
{
  g_free (event->topic);
  g_clear_pointer (&event->payload, g_bytes_unref);
  g_free (event);
}

static VavBrokerEvent *
note (VavBrokerSession *self, VavBrokerEventType type, int number, int reason)
{
  VavBrokerEvent *event = g_new0 (VavBrokerEvent, 1);

  event->type = type;
  event->number = (guint)number;
  event->reason = (guint)reason;
  g_queue_push_tail (&self->events, event);
  return event;
}

/* libmosquitto's callbacks: from inside its functions, under a lock of its */

static void
connect_cb (struct mosquitto *library, void *data, int reason, int flags, const mosquitto_property *properties)
{
  VavBrokerSession *self = data;
  VavBrokerEvent *event = note (self, VAV_BROKER_GREETED, 0, reason);

  self->greeted = TRUE;
  event->max_qos = 2;
  mosquitto_property_read_byte (properties, MQTT_PROP_MAXIMUM_QOS, &event->max_qos, false);
  mosquitto_property_read_int32 (properties, MQTT_PROP_MAXIMUM_PACKET_SIZE, &event->max_packet, false);
}

static void
subscribe_cb (struct mosquitto *library, void *data, int number, int n_reasons, const int *reasons,
              const mosquitto_property *properties)
{
  note (data, VAV_BROKER_SUBSCRIBED, number, n_reasons == 1 ? reasons[0] : MQTT_RC_UNSPECIFIED);
}

/* Also called when a publish with QoS 0 was written. */
static void
publish_cb (struct mosquitto *library, void *data, int number, int reason, const mosquitto_property *properties)
{
  VavBrokerSession *self = data;

  if (g_hash_table_remove (self->flying, GINT_TO_POINTER (number)))
    note (self, VAV_BROKER_ANSWERED, number, reason);
}

static void
message_cb (struct mosquitto *library, void *data, const struct mosquitto_message *message,
            const mosquitto_property *properties)
{
  VavBrokerEvent *event = note (data, VAV_BROKER_MESSAGE, 0, 0);

  event->topic = g_strdup (message->topic);
  event->payload = g_bytes_new (message->payload, (gsize)message->payloadlen);
  event->retained = message->retain;
}

/* the library's socket */

/* libmosquitto takes no socket that is open already, but connects to a path. So we listen at one, in a folder that only we may enter and that is gone
 * again when this returns. By its descriptor the path is short, wherever the folder is. Nothing here waits: a connection to a listening socket is made by the kernel. */
static gboolean
join (VavBrokerSession *self, const mosquitto_property *properties, GError **error)
{
  g_autofree char *folder = g_dir_make_tmp ("visavis-XXXXXX", error);
  int descriptor = folder != NULL ? open (folder, O_PATH | O_DIRECTORY | O_CLOEXEC) : -1;
  g_autofree char *path = g_strdup_printf ("/proc/self/fd/%d/broker", descriptor);
  g_autoptr (GSocketAddress) address = g_unix_socket_address_new (path);
  g_autoptr (GSocket) listener = NULL;

  if (folder != NULL)
    listener = g_socket_new (G_SOCKET_FAMILY_UNIX, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_DEFAULT, error);
  if (listener != NULL && g_socket_bind (listener, address, FALSE, error) && g_socket_listen (listener, error))
    {
      int rc = mosquitto_connect_bind_v5 (self->library, path, 0, KEEP_ALIVE_S, NULL, properties);

      if (rc == MOSQ_ERR_SUCCESS)
        self->ours = g_socket_accept (listener, NULL, error);
      else
        g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED, mosquitto_strerror (rc));
      (void)unlinkat (descriptor, "broker", 0);
    }
  if (descriptor >= 0)
    (void)close (descriptor);
  if (folder != NULL)
    (void)rmdir (folder);
  if (self->ours == NULL)
    return FALSE;
  g_socket_set_blocking (self->ours, FALSE);
  (void)fcntl (mosquitto_socket (self->library), F_SETFD, FD_CLOEXEC);
  return TRUE;
}

static gboolean
set_up (VavBrokerSession *self, const VavBrokerPlace *place, const char *will, GError **error)
{
  mosquitto_property *properties = NULL;
  gboolean ok;

  mosquitto_connect_v5_callback_set (self->library, connect_cb);
  mosquitto_subscribe_v5_callback_set (self->library, subscribe_cb);
  mosquitto_publish_v5_callback_set (self->library, publish_cb);
  mosquitto_message_v5_callback_set (self->library, message_cb);
  ok = mosquitto_int_option (self->library, MOSQ_OPT_PROTOCOL_VERSION, MQTT_PROTOCOL_V5) == MOSQ_ERR_SUCCESS
       && mosquitto_int_option (self->library, MOSQ_OPT_RECEIVE_MAXIMUM, MAX_INCOMING) == MOSQ_ERR_SUCCESS
       && mosquitto_int_option (self->library, MOSQ_OPT_SEND_MAXIMUM, MAX_OUTGOING) == MOSQ_ERR_SUCCESS
       && mosquitto_username_pw_set (self->library, place->user, place->password) == MOSQ_ERR_SUCCESS
       && (will == NULL || mosquitto_will_set_v5 (self->library, will, 0, NULL, 0, true, NULL) == MOSQ_ERR_SUCCESS)
       && mosquitto_property_add_int32 (&properties, MQTT_PROP_MAXIMUM_PACKET_SIZE, VAV_BROKER_MAX_PACKET)
              == MOSQ_ERR_SUCCESS;
  if (!ok)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED, mosquitto_strerror (MOSQ_ERR_INVAL));
  ok = ok && join (self, properties, error);
  mosquitto_property_free_all (&properties);
  return ok;
}

/* what the broker says */

/* Of a sound packet: one greeting, and one answer to each publish. */
static gboolean
is_awaited (VavBrokerSession *self, guint8 first, const guint8 *body)
{
  switch (first & 0xf0)
    {
    case CMD_CONNACK:
      return !self->greeted;
    case CMD_PUBACK:
      return g_hash_table_contains (self->flying, GINT_TO_POINTER (body[0] << 8 | body[1]));
    default:
      return TRUE;
    }
}

/* The library reads all that is there, so its socket always has room for more. */
static gboolean
give (VavBrokerSession *self, const guint8 *bytes, gsize length)
{
  while (length > 0)
    {
      gssize n = g_socket_send (self->ours, (const char *)bytes, length, NULL, NULL);

      if (n <= 0 || mosquitto_loop_read (self->library, 1) != MOSQ_ERR_SUCCESS)
        return FALSE;
      bytes += n;
      length -= (gsize)n;
    }
  return TRUE;
}

/* A broker that knows MQTT 3 alone says so in its own way, without properties (3.1.1, 3.2). libmosquitto of Debian 12 tells of that, 2.0.21 calls it broken. */
static gboolean
is_of_mqtt_3 (VavBrokerSession *self, guint8 first, gsize body)
{
  return (first & 0xf0) == CMD_CONNACK && body == 2 && !self->greeted;
}

/* Takes the next packet, if it is whole: how many bytes; 0: more must come first. -1: that is no broker. */
static gssize
push_packet (VavBrokerSession *self, const guint8 *bytes, gsize length)
{
  gsize size, body;

  if (!vav_broker_guard_may_say (bytes[0], self->greeted) || !vav_broker_guard_measure (bytes, length, &size, &body))
    return -1;
  if (size == 0 || length - size < body)
    return 0;
  if (is_of_mqtt_3 (self, bytes[0], body))
    {
      note (self, VAV_BROKER_GREETED, 0, MQTT_RC_UNSUPPORTED_PROTOCOL_VERSION);
      return -1;
    }
  if ((bytes[0] & 0xf0) == CMD_DISCONNECT)
    {
      self->ended = TRUE;
      note (self, VAV_BROKER_ENDED, 0, 0);
    }
  else if (!vav_broker_guard_is_sound (bytes[0], bytes + size, body)
           || (is_awaited (self, bytes[0], bytes + size) && !give (self, bytes, size + body)))
    return -1;
  return (gssize)(size + body);
}

gboolean
vav_broker_session_push (VavBrokerSession *self, const guint8 *bytes, gsize length)
{
  gssize n = 1;

  g_byte_array_append (self->bytes, bytes, (guint)length);
  while (!self->ended && n > 0 && self->bytes->len > 0)
    {
      n = push_packet (self, self->bytes->data, self->bytes->len);
      if (n > 0)
        g_byte_array_remove_range (self->bytes, 0, (guint)n);
    }
  return n >= 0;
}

VavBrokerEvent *
vav_broker_session_pop (VavBrokerSession *self)
{
  return g_queue_pop_head (&self->events);
}

/* what is said to the broker */

void
vav_broker_session_drain (VavBrokerSession *self, GByteArray *to)
{
  char buffer[READ_SIZE];
  gssize n;

  while ((n = g_socket_receive (self->ours, buffer, sizeof buffer, NULL, NULL)) > 0)
    {
      g_byte_array_append (to, (const guint8 *)buffer, (guint)n);
      if (mosquitto_want_write (self->library)) /* its socket was full */
        (void)mosquitto_loop_write (self->library, 1);
    }
}

gboolean
vav_broker_session_tick (VavBrokerSession *self)
{
  return mosquitto_loop_misc (self->library) == MOSQ_ERR_SUCCESS;
}

/* The library says a PINGREQ only when it thinks fit. To end a subscription that never was is answered as well, and changes nothing (MQTT 5, 3.11.3). */
void
vav_broker_session_probe (VavBrokerSession *self)
{
  vav_broker_session_unsubscribe (self, self->client_id);
}

guint
vav_broker_session_subscribe (VavBrokerSession *self, const char *topic, gboolean retained)
{
  int options = MQTT_SUB_OPT_RETAIN_AS_PUBLISHED | (retained ? 0 : MQTT_SUB_OPT_SEND_RETAIN_NEVER);
  int number = 0;

  (void)mosquitto_subscribe_v5 (self->library, &number, topic, 1, options, NULL);
  return (guint)number;
}

void
vav_broker_session_unsubscribe (VavBrokerSession *self, const char *topic)
{
  (void)mosquitto_unsubscribe_v5 (self->library, NULL, topic, NULL);
}

gboolean
vav_broker_session_publish (VavBrokerSession *self, const char *topic, const void *payload, gsize length,
                            gboolean retain, guint32 expiry, guint *number)
{
  mosquitto_property *properties = NULL;
  int id = 0;
  int rc = MOSQ_ERR_SUCCESS;

  if (number != NULL && g_hash_table_size (self->flying) >= MAX_OUTGOING)
    return FALSE;
  if (expiry != 0)
    rc = mosquitto_property_add_int32 (&properties, MQTT_PROP_MESSAGE_EXPIRY_INTERVAL, expiry);
  if (rc == MOSQ_ERR_SUCCESS)
    rc = mosquitto_publish_v5 (self->library, &id, topic, (int)length, payload, number != NULL ? 1 : 0, retain,
                               properties);
  mosquitto_property_free_all (&properties);
  if (rc != MOSQ_ERR_SUCCESS)
    return FALSE;
  if (number != NULL)
    {
      g_hash_table_add (self->flying, GINT_TO_POINTER (id));
      *number = (guint)id;
    }
  return TRUE;
}

void
vav_broker_session_part (VavBrokerSession *self)
{
  (void)mosquitto_disconnect_v5 (self->library, MQTT_RC_NORMAL_DISCONNECTION, NULL);
}

/* life */

VavBrokerSession *
vav_broker_session_new (const VavBrokerPlace *place, const char *will, GError **error)
{
  static gsize ready;
  VavBrokerSession *self = g_new0 (VavBrokerSession, 1);

  if (g_once_init_enter (&ready))
    {
      mosquitto_lib_init ();
      g_once_init_leave (&ready, 1);
    }
  self->client_id = vav_topic_make_name ();
  self->bytes = g_byte_array_new ();
  self->flying = g_hash_table_new (NULL, NULL);
  self->library = mosquitto_new (self->client_id, true, self);
  if (self->library == NULL)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED, g_strerror (errno));
  else if (set_up (self, place, will, error))
    return self;
  vav_broker_session_free (self);
  return NULL;
}

/* The library first: it gets a signal when it writes to a socket that has no other end any more. */
void
vav_broker_session_free (VavBrokerSession *self)
{
  g_clear_pointer (&self->library, mosquitto_destroy);
  g_clear_object (&self->ours);
  g_byte_array_unref (self->bytes);
  g_hash_table_unref (self->flying);
  g_queue_clear_full (&self->events, (GDestroyNotify)vav_broker_event_free);
  g_free (self->client_id);
  g_free (self);
}
