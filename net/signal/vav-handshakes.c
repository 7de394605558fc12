/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/signal/vav-handshakes.h"

#include "net/signal/vav-channel-private.h"
#include "net/signal/vav-socket.h"
#include "net/signal/vav-tls.h"
#include "net/signal/vav-wire.h"

#define MAX_RUNNING 4
#define MAX_QUEUED 256
#define MAX_HELLOS 128
#define CROWD 16
#define CROWDED_MS 1500
#define CROWDED_TICK_MS 250

/* One stranger. In exactly one of the three queues; its async operation owns it once it has begun. */
typedef struct
{
  VavHandshakes *owner; /* NULL once that is gone */
  GQueue *queue;
  GList link;
  GSocket *socket;
  GIOStream *stream;
  VavChannel *channel;
  char *source;
  gint64 began;
  GCancellable *cancellable;
} Stranger;

struct _VavHandshakes
{
  VavIdentity *identity;
  VavHandshakesDone done;
  gpointer user_data;
  char *name;

  GQueue waiting; /* oldest first, as all three */
  GQueue shaking;
  GQueue greeting;
  GMainContext *context;
  GSource *tick; /* while somebody waits */
};

static void run_next (VavHandshakes *self);

static void
stranger_free (Stranger *stranger)
{
  g_clear_object (&stranger->channel);
  g_clear_object (&stranger->stream);
  g_clear_object (&stranger->socket);
  g_clear_object (&stranger->cancellable);
  g_free (stranger->source);
  g_free (stranger);
}

static void
move_to (Stranger *stranger, GQueue *queue)
{
  if (stranger->queue != NULL)
    g_queue_unlink (stranger->queue, &stranger->link);
  stranger->queue = queue;
  if (queue != NULL)
    g_queue_push_tail_link (queue, &stranger->link);
}

/* Ends the connection and forgets the stranger. */
static void
drop (Stranger *stranger)
{
  move_to (stranger, NULL);
  if (stranger->channel == NULL)
    g_socket_close (stranger->socket, NULL);
  stranger_free (stranger);
}

/* hello */

static void
opened_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Stranger *stranger = data;
  VavHandshakes *self = stranger->owner;
  g_autoptr (VavChannel) channel = NULL;
  g_autoptr (GError) error = NULL;

  if (vav_channel_open_finish (VAV_CHANNEL (source), result, &error) && self != NULL)
    channel = g_object_ref (stranger->channel);
  else if (error != NULL)
    g_debug ("A caller said no hello: %s", error->message);
  drop (stranger);
  if (channel != NULL)
    self->done (g_steal_pointer (&channel), self->user_data);
}

static void
greet (Stranger *stranger, const char *id)
{
  VavHandshakes *self = stranger->owner;

  if (self->greeting.length >= MAX_HELLOS)
    g_cancellable_cancel (((Stranger *)g_queue_peek_head (&self->greeting))->cancellable);
  move_to (stranger, &self->greeting);
  stranger->channel = vav_channel_new (stranger->stream, stranger->socket, id);
  vav_channel_open_async (stranger->channel, self->name, stranger->cancellable, opened_cb, stranger);
}

/* TLS */

/* Not one of ours: it is told so by an orderly end, of TLS if the handshake was made, else of TCP. What it still sends is read, as closing
 * with unread bytes would be a reset. */
static void
part (Stranger *stranger, gboolean shaken)
{
  GTlsConnection *connection = G_TLS_CONNECTION (stranger->stream);
  g_autoptr (GIOStream) base = NULL;
  g_autoptr (VavWire) wire = NULL;

  g_object_get (connection, "base-io-stream", &base, NULL);
  wire = vav_wire_new (shaken ? stranger->stream : base, stranger->socket);

  vav_wire_close (wire);
  move_to (stranger, NULL);
  stranger_free (stranger);
}

static void
handshake_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  GTlsConnection *connection = G_TLS_CONNECTION (source);
  Stranger *stranger = data;
  VavHandshakes *self = stranger->owner;
  g_autoptr (GError) error = NULL;
  g_autofree char *id = vav_tls_handshake_finish (connection, result, &error);
  gboolean shaken = g_tls_connection_get_protocol_version (connection) != G_TLS_PROTOCOL_VERSION_UNKNOWN;

  if (error != NULL)
    g_debug ("A caller was sent away: %s", error->message);
  if (id != NULL && self != NULL)
    greet (stranger, id);
  else if (self != NULL && g_error_matches (error, VAV_ERROR, VAV_ERROR_TLS))
    part (stranger, shaken);
  else
    drop (stranger);
  if (self != NULL)
    run_next (self);
}

static void
shake (Stranger *stranger)
{
  VavHandshakes *self = stranger->owner;
  g_autoptr (GSocketConnection) connection = g_socket_connection_factory_create_connection (stranger->socket);
  g_autoptr (GError) error = NULL;

  vav_socket_prepare (stranger->socket);
  stranger->stream = vav_tls_new_server (G_IO_STREAM (connection), self->identity, &error);
  if (stranger->stream == NULL)
    {
      g_debug ("No TLS: %s", error->message);
      drop (stranger);
      return;
    }
  move_to (stranger, &self->shaking);
  stranger->began = g_get_monotonic_time ();
  vav_tls_handshake_async (G_TLS_CONNECTION (stranger->stream), stranger->cancellable, handshake_cb, stranger);
}

static guint
count_shaking (VavHandshakes *self, const char *source)
{
  guint n = 0;

  for (GList *link = self->shaking.head; link != NULL; link = link->next)
    n += g_str_equal (((Stranger *)link->data)->source, source);
  return n;
}

/* Of the sources with the fewest handshakes under way: the one that waits longest; but in a crowd the newest, which still lives, as the old
 * ones there are mostly dead or hostile. */
static Stranger *
choose (VavHandshakes *self)
{
  gboolean crowd = self->waiting.length > CROWD;
  Stranger *best = NULL;
  guint least = G_MAXUINT;

  for (GList *link = crowd ? self->waiting.tail : self->waiting.head; link != NULL && least > 0;
       link = crowd ? link->prev : link->next)
    {
      Stranger *stranger = link->data;
      guint n = count_shaking (self, stranger->source);

      if (n < least)
        {
          best = stranger;
          least = n;
        }
    }
  return best;
}

static gboolean
tick_cb (gpointer data)
{
  VavHandshakes *self = data;
  gint64 limit = g_get_monotonic_time () - CROWDED_MS * G_TIME_SPAN_MILLISECOND;

  if (self->waiting.length == 0)
    {
      g_clear_pointer (&self->tick, g_source_unref);
      return G_SOURCE_REMOVE;
    }
  for (GList *link = self->shaking.head; link != NULL; link = link->next)
    {
      Stranger *stranger = link->data;

      if (stranger->began < limit)
        g_cancellable_cancel (stranger->cancellable);
    }
  return G_SOURCE_CONTINUE;
}

static void
run_next (VavHandshakes *self)
{
  while (self->shaking.length < MAX_RUNNING && self->waiting.length > 0)
    shake (choose (self));
  if (self->waiting.length == 0 || self->tick != NULL)
    return;
  self->tick = g_timeout_source_new (CROWDED_TICK_MS);
  g_source_set_callback (self->tick, tick_cb, self, NULL);
  g_source_attach (self->tick, self->context);
}

/* public functions */

VavHandshakes *
vav_handshakes_new (VavIdentity *identity, VavHandshakesDone done, gpointer user_data)
{
  VavHandshakes *self = g_new0 (VavHandshakes, 1);

  self->identity = g_object_ref (identity);
  self->done = done;
  self->user_data = user_data;
  self->context = g_main_context_ref_thread_default ();
  return self;
}

/* What runs frees itself when it is back. */
static void
cancel_all (GQueue *queue)
{
  Stranger *stranger;

  while ((stranger = g_queue_peek_head (queue)) != NULL)
    {
      move_to (stranger, NULL);
      stranger->owner = NULL;
      g_cancellable_cancel (stranger->cancellable);
    }
}

void
vav_handshakes_free (VavHandshakes *self)
{
  Stranger *stranger;

  while ((stranger = g_queue_peek_head (&self->waiting)) != NULL)
    drop (stranger);
  cancel_all (&self->shaking);
  cancel_all (&self->greeting);
  if (self->tick != NULL)
    g_source_destroy (self->tick);
  g_clear_pointer (&self->tick, g_source_unref);
  g_object_unref (self->identity);
  g_main_context_unref (self->context);
  g_free (self->name);
  g_free (self);
}

void
vav_handshakes_set_name (VavHandshakes *self, const char *name)
{
  g_free (self->name);
  self->name = g_strdup (name);
}

void
vav_handshakes_add (VavHandshakes *self, GSocket *socket, const char *source)
{
  Stranger *stranger = g_new0 (Stranger, 1);

  if (self->waiting.length >= MAX_QUEUED)
    drop (g_queue_peek_head (&self->waiting));
  stranger->owner = self;
  stranger->link.data = stranger;
  stranger->socket = g_object_ref (socket);
  stranger->source = g_strdup (source);
  stranger->cancellable = g_cancellable_new ();
  move_to (stranger, &self->waiting);
  run_next (self);
}
