/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/signal/vav-channel.h"

#include <glib/gi18n-lib.h>

#include "net/core/vav-address.h"
#include "net/signal/vav-frame.h"
#include "net/signal/vav-hello.h"
#include "net/signal/vav-message-private.h"
#include "net/signal/vav-message-trace.h"
#include "net/signal/vav-tls-pipe.h"
#include "net/signal/vav-x509.h"

#define PING_MS 10000
#define SILENCE_MS 30000

enum
{
  SIGNAL_MESSAGE,
  SIGNAL_CLOSED,
  SIGNAL_GREETED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (VavChannel, vav_channel, G_TYPE_OBJECT)

void
vav_channel_clear_source (GSource **source)
{
  if (*source != NULL)
    g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

GSource *
vav_channel_attach_timeout (VavChannel *self, guint ms, GSourceFunc func)
{
  GSource *source = g_timeout_source_new (ms);

  g_source_set_callback (source, func, self, NULL);
  g_source_attach (source, self->context);
  return source;
}

/* the end */

static void
tell_closed (VavChannel *self)
{
  if (self->told)
    return;
  self->told = TRUE;
  g_signal_emit (self, signals[SIGNAL_CLOSED], 0, self->end);
}

static gboolean
tell_closed_cb (gpointer data)
{
  tell_closed (data);
  return G_SOURCE_REMOVE;
}

static void
tell_closed_later (VavChannel *self)
{
  g_autoptr (GSource) source = g_idle_source_new ();

  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, tell_closed_cb, g_object_ref (self), g_object_unref);
  g_source_attach (source, self->context);
}

/* messages */

static void
give_up (VavChannel *self, GError *error)
{
  if (self->opening != NULL)
    {
      vav_hello_fail (self, error);
      return;
    }
  vav_wire_fail (self->wire, error);
  g_error_free (error);
}

static void
answer (VavChannel *self, VavMessageType type, const char *field, const char *text)
{
  g_autoptr (VavMessage) message = vav_message_new (type);

  vav_message_set_string (message, field, text);
  (void)vav_channel_send (self, message, NULL);
}

static GError *
out_of_place (void)
{
  return g_error_new_literal (VAV_ERROR, VAV_ERROR_PROTOCOL,
                              _ ("The other side sent a message where it has no place."));
}

static void
take_message (VavChannel *self, VavMessage *message)
{
  VavMessageType type = vav_message_get_kind (message);

  if (type == VAV_MESSAGE_REQUEST || type == VAV_MESSAGE_RESUME)
    vav_rules_trust (&self->rules);
  if ((type == VAV_MESSAGE_HELLO) != self->expects_hello)
    give_up (self, out_of_place ());
  else if (type == VAV_MESSAGE_HELLO)
    {
      vav_hello_take (self, message);
      if (self->started)
        g_signal_emit (self, signals[SIGNAL_GREETED], 0);
    }
  else if (type == VAV_MESSAGE_PING)
    answer (self, VAV_MESSAGE_PONG, "token", vav_message_get_string (message, "token"));
  else if (type != VAV_MESSAGE_PONG)
    g_signal_emit (self, signals[SIGNAL_MESSAGE], 0, message);
}

static void
take_unknown (VavChannel *self, const char *type)
{
  GError *error = NULL;

  if (self->expects_hello)
    give_up (self, out_of_place ());
  else if (!vav_rules_take_unknown (&self->rules, &error))
    give_up (self, error);
  else
    answer (self, VAV_MESSAGE_UNSUPPORTED, "what", type);
}

/* What can be told before the body is looked at. */
static gboolean
may_read (VavChannel *self, gsize length, GError **error)
{
  if (!vav_rules_count (&self->rules, length, self->last_in, error))
    return FALSE;
  if (!self->expects_hello || length <= VAV_SCHEMA_SMALL)
    return TRUE;
  g_propagate_error (error, out_of_place ()); /* that is no hello */
  return FALSE;
}

static void
frame_cb (gpointer owner, GBytes *body)
{
  g_autoptr (VavChannel) self = g_object_ref (owner);
  g_autoptr (VavMessage) message = NULL;
  g_autofree char *unknown = NULL;
  GError *error = NULL;
  guint64 seq = 0;

  self->last_in = g_get_monotonic_time ();
  if (!may_read (self, g_bytes_get_size (body), &error))
    {
      give_up (self, error);
      return;
    }
  message = vav_message_parse_full (body, &unknown, &seq, &error);
  if (message == NULL && unknown == NULL)
    {
      give_up (self, error);
      return;
    }
  g_clear_error (&error);
  if (!vav_rules_take_seq (&self->rules, seq, &error))
    give_up (self, error);
  else if (message == NULL)
    take_unknown (self, unknown);
  else
    {
      vav_message_trace (message, "←");
      take_message (self, message);
    }
}

static void
ended_cb (gpointer owner, const GError *error)
{
  g_autoptr (VavChannel) self = g_object_ref (owner);

  self->over = TRUE;
  vav_channel_clear_source (&self->patience);
  vav_channel_clear_source (&self->hello_deadline);
  if (self->end == NULL && error != NULL)
    self->end = g_error_copy (error);
  if (self->opening != NULL)
    vav_hello_settle (self, error != NULL ? g_error_copy (error)
                                          : g_error_new_literal (VAV_ERROR, VAV_ERROR_CLOSED,
                                                                 _ ("The other side ended the connection at once.")));
  else if (self->started || self->leaving)
    tell_closed (self);
  if (self->leaving)
    g_object_unref (self); /* of vav_channel_close() */
  self->leaving = FALSE;
}

static const VavWireEvents wire_events = { frame_cb, ended_cb };

/* silence */

static gboolean patience_cb (gpointer data);

static void
wait_on (VavChannel *self)
{
  gint64 silent = (g_get_monotonic_time () - self->last_in) / 1000;
  gint64 next = silent < self->ping_ms ? self->ping_ms - silent : self->ping_ms;

  next = MIN (next, MAX (self->silence_ms - silent, 1));
  vav_channel_clear_source (&self->patience);
  self->patience = vav_channel_attach_timeout (self, (guint)next, patience_cb);
}

static gboolean
patience_cb (gpointer data)
{
  VavChannel *self = data;
  gint64 silent = (g_get_monotonic_time () - self->last_in) / 1000;

  if (silent >= self->silence_ms)
    {
      g_set_error_literal (&self->end, VAV_ERROR, VAV_ERROR_TIMEOUT, vav_error_describe (VAV_ERROR_TIMEOUT));
      vav_channel_clear_source (&self->patience);
      vav_wire_abort (self->wire);
      return G_SOURCE_REMOVE;
    }
  if (silent >= self->ping_ms)
    answer (self, VAV_MESSAGE_PING, "token", NULL);
  wait_on (self);
  return G_SOURCE_REMOVE;
}

/* vfuncs */

static void
vav_channel_dispose (GObject *object)
{
  VavChannel *self = VAV_CHANNEL (object);

  vav_channel_clear_source (&self->patience);
  vav_channel_clear_source (&self->hello_deadline);
  if (self->wire != NULL)
    {
      vav_wire_detach (self->wire);
      vav_wire_close (self->wire);
    }
  g_clear_object (&self->wire);
  G_OBJECT_CLASS (vav_channel_parent_class)->dispose (object);
}

static void
vav_channel_finalize (GObject *object)
{
  VavChannel *self = VAV_CHANNEL (object);

  g_clear_pointer (&self->peer_id, g_free);
  g_clear_object (&self->peer_certificate);
  g_clear_pointer (&self->peer_address, g_free);
  g_clear_pointer (&self->peer_name, g_free);
  g_clear_pointer (&self->features, g_strfreev);
  g_clear_error (&self->end);
  g_clear_pointer (&self->context, g_main_context_unref);
  G_OBJECT_CLASS (vav_channel_parent_class)->finalize (object);
}

static void
vav_channel_class_init (VavChannelClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = vav_channel_dispose;
  object_class->finalize = vav_channel_finalize;

  signals[SIGNAL_MESSAGE] = g_signal_new ("message", VAV_TYPE_CHANNEL, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                          G_TYPE_NONE, 1, G_TYPE_POINTER);
  signals[SIGNAL_CLOSED]
      = g_signal_new ("closed", VAV_TYPE_CHANNEL, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_ERROR);
  signals[SIGNAL_GREETED]
      = g_signal_new ("greeted", VAV_TYPE_CHANNEL, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
vav_channel_init (VavChannel *self)
{
  self->context = g_main_context_ref_thread_default ();
  self->ping_ms = PING_MS;
  self->silence_ms = SILENCE_MS;
  self->last_in = g_get_monotonic_time ();
  vav_rules_init (&self->rules, self->last_in);
}

static void
take_peer_address (VavChannel *self, GSocket *socket)
{
  g_autoptr (GSocketAddress) address = g_socket_get_remote_address (socket, NULL);
  g_autofree char *host = NULL;
  GInetAddress *ip;

  if (!G_IS_INET_SOCKET_ADDRESS (address))
    return;
  ip = g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (address));
  host = g_inet_address_to_string (ip);
  self->peer_address = vav_address_join (host, g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (address)));
  self->is_local = g_inet_address_get_is_loopback (ip);
}

VavChannel *
vav_channel_new (GIOStream *stream, GSocket *socket, const char *peer_id)
{
  VavChannel *self = g_object_new (VAV_TYPE_CHANNEL, NULL);

  self->peer_id = g_strdup (peer_id);
  if (G_IS_TLS_CONNECTION (stream))
    g_object_get (stream, "peer-certificate", &self->peer_certificate, NULL);
  if (socket != NULL)
    take_peer_address (self, socket);
  self->wire = vav_wire_new (stream, socket);
  vav_wire_attach (self->wire, &wire_events, self);
  return self;
}

gboolean
vav_channel_is_started (VavChannel *self)
{
  return self->started;
}

void
vav_channel_set_patience (VavChannel *self, guint ping_ms, guint silence_ms)
{
  self->ping_ms = ping_ms;
  self->silence_ms = silence_ms;
  if (self->patience != NULL)
    wait_on (self);
}

/* public functions */

const char *
vav_channel_get_peer_id (VavChannel *self)
{
  g_return_val_if_fail (VAV_IS_CHANNEL (self), NULL);
  return self->peer_id;
}

GBytes *
vav_channel_dup_peer_key (VavChannel *self)
{
  g_return_val_if_fail (VAV_IS_CHANNEL (self), NULL);
  return self->peer_certificate != NULL ? vav_x509_get_spki (self->peer_certificate, NULL) : NULL;
}

const char *
vav_channel_get_peer_name (VavChannel *self)
{
  g_return_val_if_fail (VAV_IS_CHANNEL (self), NULL);
  return self->peer_name;
}

const char *
vav_channel_get_peer_address (VavChannel *self)
{
  g_return_val_if_fail (VAV_IS_CHANNEL (self), NULL);
  return self->peer_address;
}

guint
vav_channel_get_peer_version (VavChannel *self)
{
  g_return_val_if_fail (VAV_IS_CHANNEL (self), 0);
  return self->peer_version;
}

gboolean
vav_channel_peer_has_feature (VavChannel *self, const char *feature)
{
  g_return_val_if_fail (VAV_IS_CHANNEL (self), FALSE);
  return self->features != NULL && g_strv_contains ((const char *const *)self->features, feature);
}

gboolean
vav_channel_is_greeted (VavChannel *self)
{
  g_return_val_if_fail (VAV_IS_CHANNEL (self), FALSE);
  return self->peer_version != 0;
}

gboolean
vav_channel_is_local (VavChannel *self)
{
  g_return_val_if_fail (VAV_IS_CHANNEL (self), FALSE);
  return self->is_local;
}

void
vav_channel_start (VavChannel *self)
{
  g_return_if_fail (VAV_IS_CHANNEL (self));

  if (self->started)
    return;
  self->started = TRUE;
  if (self->over)
    {
      tell_closed_later (self);
      return;
    }
  self->last_in = g_get_monotonic_time ();
  wait_on (self);
  vav_wire_set_paused (self->wire, FALSE);
}

gboolean
vav_channel_send (VavChannel *self, VavMessage *message, GError **error)
{
  g_autoptr (GBytes) body = NULL;
  g_autoptr (GBytes) frame = NULL;
  VavMessageType type;

  g_return_val_if_fail (VAV_IS_CHANNEL (self) && message != NULL, FALSE);

  type = vav_message_get_kind (message);
  vav_message_set_seq (message, type == VAV_MESSAGE_RESUME ? VAV_CHANNEL_RESERVED_SEQ : self->seq + 1);
  body = vav_message_serialize (message, error);
  if (body != NULL)
    frame = vav_frame_wrap (body, error);
  if (frame == NULL || !vav_wire_send (self->wire, frame, error))
    return FALSE;
  vav_message_trace (message, "→");
  if (type == VAV_MESSAGE_REQUEST || type == VAV_MESSAGE_RESUME)
    vav_rules_trust (&self->rules);
  self->seq = type == VAV_MESSAGE_HELLO || type == VAV_MESSAGE_RESUME ? VAV_CHANNEL_RESERVED_SEQ : self->seq + 1;
  return TRUE;
}

void
vav_channel_continue (VavChannel *self, guint64 seq)
{
  g_return_if_fail (VAV_IS_CHANNEL (self));

  self->seq = MAX (seq, VAV_CHANNEL_RESERVED_SEQ);
}

static void
begin_leaving (VavChannel *self)
{
  vav_channel_clear_source (&self->patience);
  if (self->opening == NULL)
    vav_channel_clear_source (&self->hello_deadline);
  if (self->leaving || self->over)
    return;
  self->leaving = TRUE;
  g_object_ref (self);
}

void
vav_channel_close (VavChannel *self)
{
  g_return_if_fail (VAV_IS_CHANNEL (self));

  begin_leaving (self);
  vav_wire_close (self->wire);
}

void
vav_channel_abort (VavChannel *self)
{
  g_return_if_fail (VAV_IS_CHANNEL (self));

  begin_leaving (self);
  vav_wire_abort (self->wire);
}

static void
flushed_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  GError *error = NULL;

  if (vav_wire_flush_finish (VAV_WIRE (source), result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

void
vav_channel_flush_async (VavChannel *self, GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (VAV_IS_CHANNEL (self));
  vav_wire_flush_async (self->wire, flushed_cb, g_task_new (self, NULL, callback, user_data));
}

gboolean
vav_channel_flush_finish (VavChannel *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
written_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  VavChannel *self = g_task_get_source_object (task);
  g_autoptr (GIOStream) stream = NULL;
  g_autoptr (GSocket) socket = NULL;
  g_autoptr (GBytes) rest = NULL;

  if (!vav_wire_flush_finish (VAV_WIRE (source), result, NULL) || !vav_wire_steal (self->wire, &stream, &socket, &rest))
    {
      g_task_return_new_error (task, VAV_ERROR, VAV_ERROR_CLOSED, "%s", vav_error_describe (VAV_ERROR_CLOSED));
      return;
    }
  self->over = TRUE;
  g_task_return_pointer (task, vav_tls_pipe_new (stream, socket, rest), g_object_unref);
}

void
vav_channel_become_pipe_async (VavChannel *self, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);

  g_return_if_fail (VAV_IS_CHANNEL (self));

  vav_channel_clear_source (&self->patience);
  vav_wire_set_paused (self->wire, TRUE);
  vav_wire_flush_async (self->wire, written_cb, task);
}

VavPipe *
vav_channel_become_pipe_finish (VavChannel *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}
