/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/signal/vav-handshakes.h"

#include "net/signal/vav-channel-private.h"
#include "net/signal/vav-socket.h"
#include "net/signal/vav-tls.h"
#include "net/signal/vav-wire.h"

#define MAX_RUNNING 4
#define MAX_RUNNING_KNOWN 8 /* our own people wait for no stranger */

/* Of all connections that may stand, these parts may wait for a handshake, and for a hello. The rest is for those who have not spoken. */
#define QUEUED_PART 4
#define HELLOS_PART 8

/* A handshake takes 2 ms of a processor; so many a second are begun for strangers, and so many at once after a rest. */
#define PER_SECOND 64
#define BURST 64

/* While others wait, a handshake may take so long; and in a crowd as long as two packets there and back, and a slow computer's reckoning. */
#define CROWD 16
#define QUEUED_MS 1500
#define CROWDED_MS 500

#define TICK_MS 100
#define TICKS_TO_COOL 10

/* One stranger. In exactly one of the three queues; its async operation owns it once it has begun. */
typedef struct
{
  VavHandshakes *owner; /* NULL once that is gone */
  GQueue *queue;
  GList link;
  GSocket *socket;
  GIOStream *stream;
  VavChannel *channel;
  VavSource *source; /* a place in it; NULL once the owner is gone */
  gint64 until;      /* TLS is up by then */
  gint64 began;
  GCancellable *cancellable;
} Stranger;

struct _VavHandshakes
{
  VavIdentity *identity;
  VavHandshakesDone done;
  gpointer user_data;
  char *name;
  VavSources *sources; /* not owned */

  GQueue waiting; /* oldest first, as all three */
  GQueue shaking;
  GQueue greeting;
  GMainContext *context;

  double tokens; /* handshakes that may be begun */
  gint64 filled;
  GSource *tick; /* while somebody waits or shakes hands, or a handshake is remembered */
  guint n_ticks;
};

static void run_next (VavHandshakes *self);

static void
stranger_free (Stranger *stranger)
{
  g_clear_object (&stranger->channel);
  g_clear_object (&stranger->stream);
  g_clear_object (&stranger->socket);
  g_clear_object (&stranger->cancellable);
  if (stranger->source != NULL)
    vav_sources_release (stranger->owner->sources, stranger->source);
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

/* The oldest of the source that yields first, or the oldest of that source. FALSE: there is none. Not for those who shake hands. */
static gboolean
drop_one (GQueue *queue, VavSource *source)
{
  Stranger *chosen = NULL;

  for (GList *link = queue->head; link != NULL; link = link->next)
    {
      Stranger *stranger = link->data;

      if ((source != NULL && stranger->source != source) || g_cancellable_is_cancelled (stranger->cancellable))
        continue;
      if (chosen == NULL || (source == NULL && vav_source_yields (stranger->source, chosen->source)))
        chosen = stranger;
    }
  if (chosen == NULL)
    return FALSE;
  if (chosen->channel != NULL)
    g_cancellable_cancel (chosen->cancellable); /* its callback frees it */
  else
    drop (chosen);
  return TRUE;
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

  if (self->greeting.length >= vav_sources_get_most (self->sources) / HELLOS_PART)
    drop_one (&self->greeting, NULL);
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
  stranger->source->recent++;
  stranger->began = g_get_monotonic_time ();
  vav_tls_handshake_async (G_TLS_CONNECTION (stranger->stream), stranger->cancellable, handshake_cb, stranger);
}

/* Our own people first, and then the sources that had the fewest handshakes lately. Of these the one that waits longest; but in a crowd the newest, which
 * still lives, as the old ones there are mostly dead or hostile. */
static Stranger *
choose (VavHandshakes *self)
{
  gboolean crowd = self->waiting.length > CROWD;
  Stranger *best = NULL;

  for (GList *link = crowd ? self->waiting.tail : self->waiting.head; link != NULL;
       link = crowd ? link->prev : link->next)
    {
      Stranger *stranger = link->data;

      if (best == NULL || vav_source_precedes (stranger->source, best->source))
        best = stranger;
    }
  return best;
}

static gboolean
has_room (VavHandshakes *self, const VavSource *source)
{
  return self->shaking.length < (source->known ? MAX_RUNNING_KNOWN : MAX_RUNNING);
}

/* Whether there is a handshake left to begin. For our own people there always is. */
static gboolean
spend (VavHandshakes *self, const VavSource *source)
{
  gint64 now = g_get_monotonic_time ();

  self->tokens += (double)(now - self->filled) / G_USEC_PER_SEC * PER_SECOND;
  self->tokens = MIN (self->tokens, BURST);
  self->filled = now;
  if (self->tokens < 1 && !source->known)
    return FALSE;
  self->tokens = MAX (self->tokens - 1, 0);
  return TRUE;
}

/* How long this handshake may take, counted from its begin (ms). */
static gint64
get_patience (VavHandshakes *self, Stranger *stranger)
{
  int round_trip;

  if (self->waiting.length == 0)
    return VAV_TLS_HANDSHAKE_MS;
  round_trip = vav_socket_get_round_trip (stranger->socket);
  if (self->waiting.length <= CROWD || stranger->source->known || round_trip < 0)
    return QUEUED_MS;
  return MIN (CROWDED_MS + 2 * round_trip, QUEUED_MS);
}

/* Ends the handshakes that take too long. */
static void
hurry (VavHandshakes *self)
{
  gint64 now = g_get_monotonic_time ();

  for (GList *link = self->shaking.head; link != NULL; link = link->next)
    {
      Stranger *stranger = link->data;
      gint64 end = stranger->began + get_patience (self, stranger) * G_TIME_SPAN_MILLISECOND;

      if (now >= MIN (end, stranger->until))
        g_cancellable_cancel (stranger->cancellable);
    }
}

static gboolean
tick_cb (gpointer data)
{
  VavHandshakes *self = data;
  gint64 now = g_get_monotonic_time ();
  gboolean warm = TRUE;
  GList *next;

  if (++self->n_ticks % TICKS_TO_COOL == 0)
    warm = vav_sources_cool (self->sources);
  for (GList *link = self->waiting.head; link != NULL; link = next)
    {
      next = link->next;
      if (((Stranger *)link->data)->until <= now)
        drop (link->data);
    }
  hurry (self);
  run_next (self);
  if (warm || self->waiting.length > 0 || self->shaking.length > 0)
    return G_SOURCE_CONTINUE;
  g_clear_pointer (&self->tick, g_source_unref);
  return G_SOURCE_REMOVE;
}

static void
run_next (VavHandshakes *self)
{
  Stranger *next;

  while ((next = choose (self)) != NULL && has_room (self, next->source) && spend (self, next->source))
    shake (next);
  if (self->tick != NULL || (self->waiting.length == 0 && self->shaking.length == 0))
    return;
  self->tick = g_timeout_source_new (TICK_MS);
  g_source_set_callback (self->tick, tick_cb, self, NULL);
  g_source_attach (self->tick, self->context);
}

/* public functions */

VavHandshakes *
vav_handshakes_new (VavIdentity *identity, VavSources *sources, VavHandshakesDone done, gpointer user_data)
{
  VavHandshakes *self = g_new0 (VavHandshakes, 1);

  self->identity = g_object_ref (identity);
  self->sources = sources;
  self->tokens = BURST;
  self->filled = g_get_monotonic_time ();
  self->done = done;
  self->user_data = user_data;
  self->context = g_main_context_ref_thread_default ();
  return self;
}

/* What runs frees itself when it is back. */
static void
cancel_all (VavHandshakes *self, GQueue *queue)
{
  Stranger *stranger;

  while ((stranger = g_queue_peek_head (queue)) != NULL)
    {
      move_to (stranger, NULL);
      vav_sources_release (self->sources, stranger->source);
      stranger->source = NULL;
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
  cancel_all (self, &self->shaking);
  cancel_all (self, &self->greeting);
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
vav_handshakes_add (VavHandshakes *self, GSocket *socket, VavSource *source, gint64 until)
{
  Stranger *stranger = g_new0 (Stranger, 1);

  if (self->waiting.length >= vav_sources_get_most (self->sources) / QUEUED_PART)
    drop_one (&self->waiting, NULL);
  stranger->owner = self;
  stranger->link.data = stranger;
  stranger->socket = g_object_ref (socket);
  stranger->source = source;
  stranger->until = until;
  stranger->cancellable = g_cancellable_new ();
  move_to (stranger, &self->waiting);
  run_next (self);
}

gboolean
vav_handshakes_drop_one_of (VavHandshakes *self, VavSource *source)
{
  return drop_one (&self->waiting, source) || drop_one (&self->greeting, source);
}
