/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/signal/vav-broker-link.h"

#include <gio/gio.h>
#include <glib/gi18n-lib.h>

#include "net/core/vav-error.h"
#include "net/core/vav-own-addresses.h"
#include "net/signal/vav-socket.h"
#include "net/signal/vav-tls-database.h"

#define CONNECT_MS 10000 /* from the name to the end of the handshake */
#define PARTING_MS 1000
#define READ_SIZE 8192

struct _VavBrokerLink
{
  /* the owner's */
  const VavBrokerLinkEvents *events;
  gpointer owner; /* NULL once it is closed, or told that it is down */

  VavBrokerPlace *place;
  GCancellable *cancellable;
  GSource *deadline;
  gboolean timed_out;
  GSocketConnection *connection;
  GIOStream *stream; /* while it is up */

  char *will;
  VavBrokerSession *session; /* while it is up */
  guint8 buffer[READ_SIZE];
  gint64 last_in;
  gboolean held; /* nothing is read until the broker reads */

  GByteArray *queue;
  GByteArray *writing; /* non-NULL: a write is under way */
};

static void read_more (VavBrokerLink *self);

static void
clear_deadline (VavBrokerLink *self)
{
  if (self->deadline != NULL)
    g_source_destroy (self->deadline);
  g_clear_pointer (&self->deadline, g_source_unref);
}

static void
link_clear (gpointer data)
{
  VavBrokerLink *self = data;

  clear_deadline (self);
  if (self->connection != NULL)
    g_socket_close (g_socket_connection_get_socket (self->connection), NULL);
  g_clear_object (&self->stream);
  g_clear_object (&self->connection);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->session, vav_broker_session_free);
  g_clear_pointer (&self->queue, g_byte_array_unref);
  g_clear_pointer (&self->writing, g_byte_array_unref);
  vav_broker_place_free (self->place);
  g_free (self->will);
}

/* Each operation that is under way holds one, and the owner. */
static void
link_unref (VavBrokerLink *self)
{
  g_rc_box_release_full (self, link_clear);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VavBrokerLink, link_unref)

/* The last thing that is told. Takes the error. */
static void
tell_down (VavBrokerLink *self, GError *error)
{
  g_autoptr (GError) owned = error;
  gpointer owner = g_steal_pointer (&self->owner);

  clear_deadline (self);
  g_cancellable_cancel (self->cancellable);
  if (owner == NULL)
    return;
  self->events->down (owner, error);
  link_unref (self);
}

/* words */

static GError *
describe (VavBrokerLink *self, const GError *failure)
{
  const char *where = self->place->where;

  if (self->timed_out)
    return g_error_new (VAV_ERROR, VAV_ERROR_TIMEOUT, _ ("The meeting server at %s does not answer."), where);
  if (failure->domain == G_RESOLVER_ERROR)
    return g_error_new (VAV_ERROR, VAV_ERROR_RESOLVE,
                        _ ("The meeting server’s name “%s” cannot be looked up. Check its spelling and your network "
                           "connection."),
                        self->place->host);
  if (g_error_matches (failure, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED))
    return g_error_new (VAV_ERROR, VAV_ERROR_UNREACHABLE, _ ("There is no meeting server at %s, or it does not run."),
                        where);
  if (g_error_matches (failure, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE))
    return g_error_new (VAV_ERROR, VAV_ERROR_TLS,
                        _ ("The meeting server at %s cannot prove that it is the one: its certificate is not trusted "
                           "here. Nothing was sent to it."),
                        where);
  if (failure->domain == G_TLS_ERROR)
    return g_error_new (VAV_ERROR, VAV_ERROR_TLS,
                        _ ("The meeting server at %s does not speak TLS (%s). Is the port right?"), where,
                        failure->message);
  return g_error_new (VAV_ERROR, VAV_ERROR_UNREACHABLE, _ ("The meeting server at %s cannot be reached (%s)."), where,
                      failure->message);
}

static GError *
make_lost (VavBrokerLink *self)
{
  return g_error_new (VAV_ERROR, VAV_ERROR_RESET, _ ("The connection to the meeting server at %s broke."),
                      self->place->where);
}

/* reading */

static void
deliver (VavBrokerLink *self)
{
  while (self->owner != NULL)
    {
      g_autoptr (VavBrokerEvent) event = vav_broker_session_pop (self->session);

      if (event == NULL)
        return;
      self->events->event (self->owner, event);
    }
}

static GError *
make_stranger (VavBrokerLink *self)
{
  return g_error_new (VAV_ERROR, VAV_ERROR_PROTOCOL,
                      _ ("What answers at %s is no meeting server (a broker that speaks MQTT 5)."), self->place->where);
}

static void
read_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (VavBrokerLink) self = data;
  gssize n = g_input_stream_read_finish (G_INPUT_STREAM (source), result, NULL);
  gboolean ok;

  if (self->owner == NULL)
    return;
  if (n <= 0)
    {
      tell_down (self, make_lost (self));
      return;
    }
  self->last_in = g_get_monotonic_time ();
  ok = vav_broker_session_push (self->session, self->buffer, (gsize)n);
  deliver (self);
  if (self->owner == NULL)
    return;
  if (!ok)
    {
      tell_down (self, make_stranger (self));
      return;
    }
  vav_broker_link_flush (self);
  self->held = self->queue->len > VAV_BROKER_MAX_QUEUED;
  if (!self->held)
    read_more (self);
}

static void
read_more (VavBrokerLink *self)
{
  g_input_stream_read_async (g_io_stream_get_input_stream (self->stream), self->buffer, READ_SIZE, G_PRIORITY_DEFAULT,
                             self->cancellable, read_cb, g_rc_box_acquire (self));
}

/* writing */

static void
written_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (VavBrokerLink) self = data;
  gboolean ok = g_output_stream_write_all_finish (G_OUTPUT_STREAM (source), result, NULL, NULL);

  g_clear_pointer (&self->writing, g_byte_array_unref);
  if (!ok)
    {
      tell_down (self, make_lost (self));
      return;
    }
  vav_broker_link_flush (self);
  if (self->owner == NULL && self->writing == NULL)
    g_cancellable_cancel (self->cancellable); /* the goodbye is out */
  else if (self->owner != NULL && self->held)
    {
      self->held = FALSE;
      read_more (self);
    }
}

void
vav_broker_link_flush (VavBrokerLink *self)
{
  if (self->session == NULL)
    return;
  vav_broker_session_drain (self->session, self->queue);
  if (self->writing != NULL || self->queue->len == 0)
    return;
  self->writing = g_steal_pointer (&self->queue);
  self->queue = g_byte_array_new ();
  g_output_stream_write_all_async (g_io_stream_get_output_stream (self->stream), self->writing->data,
                                   self->writing->len, G_PRIORITY_DEFAULT, self->cancellable, written_cb,
                                   g_rc_box_acquire (self));
}

/* connecting */

static void
go_up (VavBrokerLink *self, GIOStream *stream)
{
  g_autoptr (GError) error = NULL;

  clear_deadline (self);
  self->session = vav_broker_session_new (self->place, self->will, &error);
  if (self->session == NULL)
    {
      tell_down (self, describe (self, error));
      return;
    }
  self->stream = g_object_ref (stream);
  self->last_in = g_get_monotonic_time ();
  vav_broker_link_flush (self);
  read_more (self);
}

static gboolean
accept_certificate_cb (GTlsConnection *connection, GTlsCertificate *certificate, GTlsCertificateFlags flags,
                       gpointer fingerprint)
{
  g_autoptr (GByteArray) der = NULL;
  g_autofree char *hex = NULL;

  g_object_get (certificate, "certificate", &der, NULL);
  hex = der != NULL ? g_compute_checksum_for_data (G_CHECKSUM_SHA256, der->data, der->len) : NULL;
  return g_strcmp0 (hex, fingerprint) == 0;
}

static void
free_closure (gpointer data, GClosure *closure)
{
  g_free (data);
}

/* NULL: it cannot be read; no database at all: the system's. */
static gboolean
choose_trust (VavBrokerLink *self, GTlsConnection *tls, GError **error)
{
  g_autoptr (GTlsDatabase) database = NULL;

  if (self->place->fingerprint != NULL)
    {
      database = vav_tls_database_new (); /* vouches for nobody, so that we are asked */
      g_signal_connect_data (tls, "accept-certificate", G_CALLBACK (accept_certificate_cb),
                             g_strdup (self->place->fingerprint), free_closure, 0);
    }
  else if (self->place->ca != NULL)
    {
      database = g_tls_file_database_new (self->place->ca, error);
      if (database == NULL)
        return FALSE;
    }
  if (database != NULL)
    g_tls_connection_set_database (tls, database);
  return TRUE;
}

/* Once more, after the handshake: one that goes on with a session from before checks no certificate, and who is trusted may have changed since. */
static gboolean
is_trusted (VavBrokerLink *self, GTlsConnection *tls, GError **error)
{
  GTlsCertificate *certificate = g_tls_connection_get_peer_certificate (tls);
  GTlsDatabase *database = g_tls_connection_get_database (tls);
  GSocketConnectable *identity = g_tls_client_connection_get_server_identity (G_TLS_CLIENT_CONNECTION (tls));
  gboolean trusted;

  if (certificate == NULL)
    trusted = FALSE;
  else if (self->place->fingerprint != NULL)
    trusted = accept_certificate_cb (tls, certificate, 0, self->place->fingerprint);
  else
    trusted = database != NULL
              && g_tls_database_verify_chain (database, certificate, G_TLS_DATABASE_PURPOSE_AUTHENTICATE_SERVER,
                                              identity, NULL, G_TLS_DATABASE_VERIFY_NONE, NULL, NULL)
                     == 0;
  if (!trusted)
    g_set_error_literal (error, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE, "");
  return trusted;
}

static void
shaken_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (VavBrokerLink) self = data;
  g_autoptr (GError) error = NULL;
  GTlsConnection *tls = G_TLS_CONNECTION (source);
  gboolean ok = g_tls_connection_handshake_finish (tls, result, &error);

  if (self->owner == NULL)
    return;
  if (ok && is_trusted (self, tls, &error))
    go_up (self, G_IO_STREAM (source));
  else
    tell_down (self, describe (self, error));
}

static void
shake (VavBrokerLink *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocketConnectable) identity = g_network_address_new (self->place->host, self->place->port);
  g_autoptr (GIOStream) tls = g_tls_client_connection_new (G_IO_STREAM (self->connection), identity, &error);

  if (tls == NULL || !choose_trust (self, G_TLS_CONNECTION (tls), &error))
    tell_down (self, describe (self, error));
  else
    g_tls_connection_handshake_async (G_TLS_CONNECTION (tls), G_PRIORITY_DEFAULT, self->cancellable, shaken_cb,
                                      g_rc_box_acquire (self));
}

static void
connected_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (VavBrokerLink) self = data;
  g_autoptr (GError) error = NULL;

  self->connection = g_socket_client_connect_finish (G_SOCKET_CLIENT (source), result, &error);
  if (self->owner == NULL)
    return;
  if (self->connection == NULL)
    {
      tell_down (self, describe (self, error));
      return;
    }
  vav_socket_prepare (g_socket_connection_get_socket (self->connection));
  if (self->place->tls)
    shake (self);
  else
    go_up (self, G_IO_STREAM (self->connection));
}

static gboolean
deadline_cb (gpointer data)
{
  VavBrokerLink *self = data;

  self->timed_out = TRUE;
  g_cancellable_cancel (self->cancellable);
  return G_SOURCE_REMOVE;
}

static void
start_deadline (VavBrokerLink *self, guint ms)
{
  clear_deadline (self);
  self->deadline = g_timeout_source_new (ms);
  g_source_set_callback (self->deadline, deadline_cb, self, NULL);
  g_source_attach (self->deadline, g_main_context_get_thread_default ());
}

/* At once, if the kernel takes it: the program may be about to end, and run no main loop any more. */
static void
write_last (VavBrokerLink *self)
{
  GOutputStream *out = self->stream != NULL ? g_io_stream_get_output_stream (self->stream) : NULL;
  gssize n = 0;

  if (out == NULL)
    return;
  vav_broker_session_drain (self->session, self->queue);
  if (self->writing != NULL || self->queue->len == 0)
    return;
  if (G_IS_POLLABLE_OUTPUT_STREAM (out))
    n = g_pollable_output_stream_write_nonblocking (G_POLLABLE_OUTPUT_STREAM (out), self->queue->data, self->queue->len,
                                                    NULL, NULL);
  if (n > 0)
    g_byte_array_remove_range (self->queue, 0, (guint)n);
  vav_broker_link_flush (self);
}

/* public functions */

VavBrokerLink *
vav_broker_link_new (const VavBrokerPlace *place, const char *will, const VavBrokerLinkEvents *events, gpointer owner)
{
  VavBrokerLink *self = g_rc_box_new0 (VavBrokerLink);
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketConnectable) target = g_network_address_new (place->host, place->port);

  self->events = events;
  self->owner = owner;
  self->place = vav_broker_place_copy (place);
  self->cancellable = g_cancellable_new ();
  self->will = g_strdup (will);
  self->queue = g_byte_array_new ();
  start_deadline (self, CONNECT_MS);
  g_socket_client_set_enable_proxy (client, FALSE);
  g_socket_client_connect_async (client, target, self->cancellable, connected_cb, g_rc_box_acquire (self));
  return self;
}

void
vav_broker_link_close (VavBrokerLink *self)
{
  g_autoptr (VavBrokerLink) owned = self;

  self->owner = NULL;
  write_last (self);
  if (self->writing != NULL)
    start_deadline (self, PARTING_MS);
  else
    g_cancellable_cancel (self->cancellable);
}

VavBrokerSession *
vav_broker_link_get_session (VavBrokerLink *self)
{
  return self->session;
}

gsize
vav_broker_link_get_queued (VavBrokerLink *self)
{
  return self->queue->len;
}

gint64
vav_broker_link_get_last_in (VavBrokerLink *self)
{
  return self->last_in;
}

gboolean
vav_broker_link_is_stranded (VavBrokerLink *self)
{
  g_autoptr (GSocketAddress) here
      = self->connection != NULL ? g_socket_connection_get_local_address (self->connection, NULL) : NULL;

  return G_IS_INET_SOCKET_ADDRESS (here)
         && vav_own_address_find_interface (g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (here))) == 0;
}
