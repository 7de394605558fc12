/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/signal/vav-tls-pipe.h"

#include <string.h>

#include "net/core/vav-error.h"
#include "net/core/vav-quiet.h"
#include "net/signal/vav-frame.h"

#define MAX_QUEUED (4 * VAV_FRAME_MAX)

/* How long the other side may take, after our close, to read what is left and to end its half. */
#define LAST_WORDS_S 2

struct _VavTlsPipe
{
  GObject parent_instance;

  /* fixed */
  GIOStream *stream;
  GSocket *socket;
  GCancellable *reading;
  GCancellable *writing;
  const VavPipeEvents *events;
  gpointer user_data;
  GDestroyNotify destroy;

  /* the reader's */
  GBytes *rest;
  gsize rest_taken;

  /* under lock */
  GMutex lock;
  GCond changed;
  GQueue queue; /* of GBytes */
  gsize queued;
  gboolean started;
  gboolean closing; /* by us, in order */
  gboolean broken;  /* nothing can be sent any more */
  gboolean writer_over;
};

static void pipe_iface_init (VavPipeInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (VavTlsPipe, vav_tls_pipe, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (VAV_TYPE_PIPE, pipe_iface_init))

/* writing: the writer's thread */

/* NULL: nothing more is to be written. */
static GBytes *
next_piece (VavTlsPipe *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  GBytes *piece;

  while (g_queue_is_empty (&self->queue) && !self->closing && !self->broken)
    g_cond_wait (&self->changed, &self->lock);
  if (self->broken)
    return NULL;
  piece = g_queue_pop_head (&self->queue);
  if (piece != NULL)
    self->queued -= g_bytes_get_size (piece);
  g_cond_broadcast (&self->changed);
  return piece;
}

/* Errors of TLS are taken also where they change nothing: glib-networking loses the one that nobody takes (its end_gnutls_io(), 2.74). */

static gboolean
write_piece (VavTlsPipe *self, GBytes *piece, guint8 *buffer)
{
  g_autoptr (GError) ignored = NULL;
  gsize length = g_bytes_get_size (piece);
  guint32 header = GUINT32_TO_BE ((guint32)length);

  memcpy (buffer, &header, VAV_FRAME_HEADER);
  memcpy (buffer + VAV_FRAME_HEADER, g_bytes_get_data (piece, NULL), length);
  return g_output_stream_write_all (g_io_stream_get_output_stream (self->stream), buffer, VAV_FRAME_HEADER + length,
                                    NULL, self->writing, &ignored);
}

static gpointer
run_writer (gpointer data)
{
  g_autoptr (VavTlsPipe) self = data;
  g_autofree guint8 *buffer = g_malloc (VAV_FRAME_HEADER + VAV_FRAME_MAX);
  gboolean ok = TRUE;
  GBytes *piece;

  while (ok && (piece = next_piece (self)) != NULL)
    {
      ok = write_piece (self, piece, buffer);
      g_bytes_unref (piece);
    }
  if (ok)
    {
      g_autoptr (GError) ignored = NULL;

      (void)g_output_stream_close (g_io_stream_get_output_stream (self->stream), self->writing, &ignored);
      (void)g_socket_shutdown (self->socket, FALSE, TRUE, NULL);
    }
  g_mutex_lock (&self->lock);
  self->broken = TRUE;
  self->writer_over = TRUE;
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->lock);
  return NULL;
}

/* reading: the reader's thread */

/* Returns whether all came. *n: how much did. */
static gboolean
read_exactly (VavTlsPipe *self, guint8 *buffer, gsize length, gsize *n, GError **error)
{
  gsize waiting = self->rest != NULL ? g_bytes_get_size (self->rest) - self->rest_taken : 0;
  gsize taken = MIN (waiting, length);

  if (taken > 0)
    memcpy (buffer, (const guint8 *)g_bytes_get_data (self->rest, NULL) + self->rest_taken, taken);
  self->rest_taken += taken;
  *n = 0;
  if (taken < length
      && !g_input_stream_read_all (g_io_stream_get_input_stream (self->stream), buffer + taken, length - taken, n,
                                   self->reading, error))
    return FALSE;
  *n += taken;
  return *n == length;
}

/* NULL without error: the other side closed in order. */
static GBytes *
read_piece (VavTlsPipe *self, GError **error)
{
  g_autofree guint8 *buffer = NULL;
  guint32 length;
  gsize n;

  if (!read_exactly (self, (guint8 *)&length, sizeof length, &n, error))
    {
      if (n > 0 && error != NULL && *error == NULL)
        g_set_error_literal (error, VAV_ERROR, VAV_ERROR_RESET, vav_error_describe (VAV_ERROR_RESET));
      return NULL;
    }
  length = GUINT32_FROM_BE (length);
  if (length == 0 || length > VAV_FRAME_MAX)
    {
      g_set_error_literal (error, VAV_ERROR, VAV_ERROR_PROTOCOL, vav_error_describe (VAV_ERROR_PROTOCOL));
      return NULL;
    }
  buffer = g_malloc (length);
  if (read_exactly (self, buffer, length, &n, error))
    return g_bytes_new_take (g_steal_pointer (&buffer), length);
  if (*error == NULL)
    g_set_error_literal (error, VAV_ERROR, VAV_ERROR_RESET, vav_error_describe (VAV_ERROR_RESET));
  return NULL;
}

static gboolean
is_closing (VavTlsPipe *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  return self->closing;
}

/* We closed: what was sent still goes, and what still comes is read away, as closing with unread bytes would be a reset. */
static void
part (VavTlsPipe *self)
{
  gint64 limit = g_get_monotonic_time () + LAST_WORDS_S * G_TIME_SPAN_SECOND;
  g_autofree guint8 *buffer = g_malloc (VAV_FRAME_MAX);
  g_autoptr (GError) ignored = NULL;
  gboolean in_time = TRUE;

  g_mutex_lock (&self->lock);
  while (!self->writer_over && in_time)
    in_time = g_cond_wait_until (&self->changed, &self->lock, limit);
  in_time = self->writer_over;
  g_mutex_unlock (&self->lock);
  g_socket_set_timeout (self->socket, LAST_WORDS_S);
  while (in_time && g_get_monotonic_time () < limit
         && g_input_stream_read (g_io_stream_get_input_stream (self->stream), buffer, VAV_FRAME_MAX, NULL, &ignored)
                > 0)
    ;
}

/* After this the writer is gone too. */
static void
stop_writer (VavTlsPipe *self)
{
  g_cancellable_cancel (self->writing);
  g_mutex_lock (&self->lock);
  self->broken = TRUE;
  g_cond_broadcast (&self->changed);
  while (!self->writer_over)
    g_cond_wait (&self->changed, &self->lock);
  g_mutex_unlock (&self->lock);
}

static GError *
describe (GError *error)
{
  g_autoptr (GError) owned = error;

  if (error == NULL || error->domain == VAV_ERROR)
    return g_steal_pointer (&owned);
  return g_error_new_literal (VAV_ERROR, VAV_ERROR_RESET, vav_error_describe (VAV_ERROR_RESET));
}

static gpointer
run_reader (gpointer data)
{
  g_autoptr (VavTlsPipe) self = data;
  g_autoptr (GError) error = NULL;
  GBytes *piece;

  while (!is_closing (self) && (piece = read_piece (self, &error)) != NULL)
    {
      self->events->piece (self->user_data, piece);
      g_bytes_unref (piece);
    }
  if (is_closing (self))
    {
      part (self);
      if (!g_error_matches (error, VAV_ERROR, VAV_ERROR_PROTOCOL))
        g_clear_error (&error);
    }
  stop_writer (self);
  (void)g_socket_close (self->socket, NULL);
  error = describe (g_steal_pointer (&error));
  self->events->closed (self->user_data, error);
  if (self->destroy != NULL)
    self->destroy (self->user_data);
  return NULL;
}

/* the interface */

static gsize
get_max_piece (VavPipe *pipe)
{
  return VAV_FRAME_MAX;
}

static void
start (VavPipe *pipe, const VavPipeEvents *events, gpointer user_data, GDestroyNotify destroy)
{
  VavTlsPipe *self = VAV_TLS_PIPE (pipe);

  g_return_if_fail (!self->started);

  self->started = TRUE;
  self->events = events;
  self->user_data = user_data;
  self->destroy = destroy;
  g_thread_unref (vav_quiet_thread_new ("vav-pipe-write", run_writer, g_object_ref (self)));
  g_thread_unref (vav_quiet_thread_new ("vav-pipe-read", run_reader, g_object_ref (self)));
}

static gboolean
send_piece (VavPipe *pipe, GBytes *piece, GError **error)
{
  VavTlsPipe *self = VAV_TLS_PIPE (pipe);
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  gsize length = g_bytes_get_size (piece);

  g_return_val_if_fail (length > 0, FALSE);

  while (self->queued > 0 && self->queued + length > MAX_QUEUED && !self->closing && !self->broken)
    g_cond_wait (&self->changed, &self->lock);
  if (self->closing || self->broken)
    {
      g_set_error_literal (error, VAV_ERROR, VAV_ERROR_CLOSED, vav_error_describe (VAV_ERROR_CLOSED));
      return FALSE;
    }
  g_queue_push_tail (&self->queue, g_bytes_ref (piece));
  self->queued += length;
  g_cond_broadcast (&self->changed);
  return TRUE;
}

static void
close_pipe (VavPipe *pipe)
{
  VavTlsPipe *self = VAV_TLS_PIPE (pipe);

  g_mutex_lock (&self->lock);
  self->closing = TRUE;
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->lock);
  g_cancellable_cancel (self->reading);
}

static void
pipe_iface_init (VavPipeInterface *iface)
{
  iface->get_max_piece = get_max_piece;
  iface->start = start;
  iface->send = send_piece;
  iface->close = close_pipe;
}

static void
vav_tls_pipe_finalize (GObject *object)
{
  VavTlsPipe *self = VAV_TLS_PIPE (object);

  if (!self->started)
    (void)g_socket_close (self->socket, NULL);
  g_queue_clear_full (&self->queue, (GDestroyNotify)g_bytes_unref);
  g_clear_pointer (&self->rest, g_bytes_unref);
  g_clear_object (&self->stream);
  g_clear_object (&self->socket);
  g_clear_object (&self->reading);
  g_clear_object (&self->writing);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->changed);
  G_OBJECT_CLASS (vav_tls_pipe_parent_class)->finalize (object);
}

static void
vav_tls_pipe_class_init (VavTlsPipeClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = vav_tls_pipe_finalize;
}

static void
vav_tls_pipe_init (VavTlsPipe *self)
{
  g_mutex_init (&self->lock);
  g_cond_init (&self->changed);
  self->reading = g_cancellable_new ();
  self->writing = g_cancellable_new ();
}

VavPipe *
vav_tls_pipe_new (GIOStream *stream, GSocket *socket, GBytes *rest)
{
  VavTlsPipe *self = g_object_new (VAV_TYPE_TLS_PIPE, NULL);

  self->stream = g_object_ref (stream);
  self->socket = g_object_ref (socket);
  self->rest = rest != NULL ? g_bytes_ref (rest) : NULL;
  return VAV_PIPE (self);
}
