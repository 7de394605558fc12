/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/signal/vav-wire.h"

#include <glib/gi18n-lib.h>
#include <sys/socket.h>

#include "net/signal/vav-frame.h"

#define READ_SIZE (16 * 1024)
#define MAX_QUEUED (4 * 1024 * 1024)

/* How long the other side may take to read what is left and to end its half. */
#define LAST_WORDS_MS 2000

struct _VavWire
{
  GObject parent_instance;

  /* owned */
  GIOStream *stream;
  GSocket *socket;
  GMainContext *context;
  GCancellable *cancellable;

  /* borrowed */
  const VavWireEvents *events;
  gpointer owner;

  /* reading */
  VavFrameReader *reader;
  gboolean paused;
  gboolean reading;   /* a read is under way */
  gboolean read_over; /* the other side ended its half, or cannot be read any more */
  GError *read_error; /* why, if not in order; told when all frames before it were delivered */
  GSource *pump;      /* delivers frames that wait */
  guint8 buffer[READ_SIZE];

  /* writing */
  GByteArray *queue;
  GByteArray *writing; /* non-NULL: a write is under way */
  GQueue flushes;      /* of GTask */
  guint64 n_queued;    /* bytes, since the beginning */
  guint64 n_written;
  gboolean write_broken;

  /* the end */
  gboolean closing;       /* nothing more is delivered or taken */
  gboolean ending_output; /* the close_notify is under way, on a thread of GIO */
  gboolean output_over;
  gboolean told;
  gboolean released;
  GError *verdict; /* what `ended` tells */
  GSource *deadline;
};

G_DEFINE_FINAL_TYPE (VavWire, vav_wire, G_TYPE_OBJECT)

static void read_more (VavWire *self);
static void write_more (VavWire *self);
static void release (VavWire *self);

static void
clear_source (GSource **source)
{
  if (*source != NULL)
    g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

static GSource *
attach_source (VavWire *self, GSource *source, GSourceFunc func)
{
  g_source_set_callback (source, func, g_object_ref (self), g_object_unref);
  g_source_attach (source, self->context);
  return source;
}

static GSource *
attach_now (VavWire *self, GSourceFunc func)
{
  GSource *source = g_idle_source_new ();

  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  return attach_source (self, source, func);
}

/* the end */

static gboolean
tell_cb (gpointer data)
{
  VavWire *self = data;

  if (self->owner != NULL)
    self->events->ended (self->owner, self->verdict);
  return G_SOURCE_REMOVE;
}

static void
tell (VavWire *self, const GError *error)
{
  GSource *source;

  if (self->told)
    return;
  self->told = TRUE;
  self->verdict = error != NULL ? g_error_copy (error) : NULL;
  source = attach_now (self, tell_cb);
  g_source_unref (source);
}

static GError *
make_reset_error (void)
{
  return g_error_new_literal (VAV_ERROR, VAV_ERROR_RESET, vav_error_describe (VAV_ERROR_RESET));
}

static void
tell_reset (VavWire *self)
{
  g_autoptr (GError) error = make_reset_error ();

  tell (self, error);
}

static void
settle_flushes (VavWire *self)
{
  GTask *task;

  while ((task = g_queue_peek_head (&self->flushes)) != NULL)
    {
      guint64 target = *(guint64 *)g_task_get_task_data (task);

      if (self->n_written < target && !self->write_broken && !self->released)
        return;
      g_queue_pop_head (&self->flushes);
      if (self->n_written >= target)
        g_task_return_boolean (task, TRUE);
      else
        g_task_return_error (task, make_reset_error ());
      g_object_unref (task);
    }
}

static void
close_bottom (VavWire *self)
{
  if (self->socket != NULL)
    g_socket_close (self->socket, NULL);
  else
    g_io_stream_close_async (self->stream, G_PRIORITY_DEFAULT, NULL, NULL, NULL);
}

/* Gives everything back. While GIO's thread writes the close_notify, the descriptor must stay: then its callback does this again. */
static void
release (VavWire *self)
{
  self->released = TRUE;
  clear_source (&self->deadline);
  clear_source (&self->pump);
  g_cancellable_cancel (self->cancellable);
  g_byte_array_set_size (self->queue, 0);
  settle_flushes (self);
  if (!self->ending_output)
    close_bottom (self);
}

/* Both halves ended in order? */
static void
check_over (VavWire *self)
{
  if (!self->closing || !self->output_over || !self->read_over || self->released)
    return;
  tell (self, NULL);
  release (self);
}

static void
set_linger_zero (VavWire *self)
{
  const struct linger linger = { 1, 0 };

  if (self->socket != NULL && !g_socket_is_closed (self->socket))
    (void)setsockopt (g_socket_get_fd (self->socket), SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
}

static gboolean
deadline_cb (gpointer data)
{
  VavWire *self = data;

  /* all that was to be sent has gone: whether the other side ends its half too is its business */
  if (self->closing && self->output_over)
    tell (self, NULL);
  else
    {
      set_linger_zero (self);
      tell_reset (self);
    }
  release (self);
  return G_SOURCE_REMOVE;
}

static void
start_deadline (VavWire *self)
{
  if (self->deadline == NULL && !self->released)
    self->deadline = attach_source (self, g_timeout_source_new (LAST_WORDS_MS), deadline_cb);
}

static void
output_ended_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (VavWire) self = data;

  (void)g_output_stream_close_finish (G_OUTPUT_STREAM (source), result, NULL);
  self->ending_output = FALSE;
  self->output_over = TRUE;
  if (self->released)
    {
      close_bottom (self);
      return;
    }
  if (self->socket != NULL)
    (void)g_socket_shutdown (self->socket, FALSE, TRUE, NULL);
  check_over (self);
}

/* Ends our half once everything is written: close_notify (RFC 8446, 6.1), then FIN. */
static void
end_output (VavWire *self)
{
  if (!self->closing || self->writing != NULL || self->queue->len > 0 || self->ending_output || self->output_over)
    return;
  self->ending_output = TRUE;
  g_output_stream_close_async (g_io_stream_get_output_stream (self->stream), G_PRIORITY_DEFAULT, self->cancellable,
                               output_ended_cb, g_object_ref (self));
}

static void
begin_closing (VavWire *self)
{
  if (self->closing || self->released)
    return;
  self->closing = TRUE;
  start_deadline (self);
  if (self->write_broken)
    {
      tell_reset (self);
      release (self);
      return;
    }
  end_output (self);
  read_more (self);
}

/* reading */

/* Everything was delivered that came before the end of the other side's half. */
static void
finish_reading (VavWire *self)
{
  if (self->closing)
    check_over (self);
  else if (self->read_error != NULL)
    {
      tell (self, self->read_error);
      release (self);
    }
  else if (!vav_frame_reader_is_empty (self->reader))
    {
      tell_reset (self); /* cut in the middle of a message */
      release (self);
    }
  else
    {
      tell (self, NULL);
      begin_closing (self);
    }
}

/* Hands out the frames that are there. FALSE when no more may be delivered now. */
static gboolean
deliver (VavWire *self)
{
  while (!self->paused && !self->closing && !self->released && self->owner != NULL)
    {
      g_autoptr (GBytes) body = vav_frame_reader_pop (self->reader);

      if (body == NULL)
        return TRUE;
      self->events->frame (self->owner, body);
    }
  return self->closing && !self->released;
}

static void
go_on_reading (VavWire *self)
{
  if (!deliver (self))
    return;
  if (self->read_over)
    finish_reading (self);
  else if (self->read_error != NULL && !self->closing)
    vav_wire_fail (self, self->read_error);
  else
    read_more (self);
}

static gboolean
pump_cb (gpointer data)
{
  VavWire *self = data;

  clear_source (&self->pump);
  go_on_reading (self);
  return G_SOURCE_REMOVE;
}

static GError *
classify (const GError *error)
{
  if (error->domain == G_TLS_ERROR && error->code != G_TLS_ERROR_EOF)
    return g_error_new_literal (VAV_ERROR, VAV_ERROR_TLS, _ ("The other side broke off the encrypted connection."));
  return make_reset_error ();
}

static void
take_bytes (VavWire *self, gsize n)
{
  g_autoptr (GError) error = NULL;

  if (!self->closing && self->read_error == NULL && !vav_frame_reader_push (self->reader, self->buffer, n, &error))
    self->read_error = g_steal_pointer (&error);
}

static void
read_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (VavWire) self = data;
  g_autoptr (GError) error = NULL;
  gssize n = g_input_stream_read_finish (G_INPUT_STREAM (source), result, &error);

  self->reading = FALSE;
  if (self->released)
    return;
  if (n > 0)
    take_bytes (self, (gsize)n);
  else
    {
      self->read_over = TRUE;
      if (n < 0 && self->read_error == NULL)
        self->read_error = classify (error);
    }
  go_on_reading (self);
}

static void
read_more (VavWire *self)
{
  if ((self->paused && !self->closing) || self->reading || self->read_over || self->released)
    return;
  self->reading = TRUE;
  g_input_stream_read_async (g_io_stream_get_input_stream (self->stream), self->buffer, READ_SIZE, G_PRIORITY_DEFAULT,
                             self->cancellable, read_cb, g_object_ref (self));
}

/* writing */

/* Nothing more can be sent. But a goodbye may have come before the reset: what can still be read is read first. */
static void
break_writing (VavWire *self)
{
  self->write_broken = TRUE;
  g_byte_array_set_size (self->queue, 0);
  settle_flushes (self);
  if (self->closing)
    {
      tell_reset (self);
      release (self);
      return;
    }
  start_deadline (self);
}

static void
written_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (VavWire) self = data;
  gboolean ok = g_output_stream_write_all_finish (G_OUTPUT_STREAM (source), result, NULL, NULL);
  gsize length = self->writing->len;

  g_clear_pointer (&self->writing, g_byte_array_unref);
  if (self->released)
    return;
  if (!ok)
    {
      break_writing (self);
      return;
    }
  self->n_written += length;
  settle_flushes (self);
  write_more (self);
}

static void
write_more (VavWire *self)
{
  if (self->writing != NULL || self->released || self->write_broken)
    return;
  if (self->queue->len == 0)
    {
      end_output (self);
      return;
    }
  self->writing = g_steal_pointer (&self->queue);
  self->queue = g_byte_array_new ();
  g_output_stream_write_all_async (g_io_stream_get_output_stream (self->stream), self->writing->data,
                                   self->writing->len, G_PRIORITY_DEFAULT, self->cancellable, written_cb,
                                   g_object_ref (self));
}

/* vfuncs */

static void
vav_wire_finalize (GObject *object)
{
  VavWire *self = VAV_WIRE (object);

  if (!self->released)
    close_bottom (self);
  clear_source (&self->deadline);
  clear_source (&self->pump);
  g_clear_pointer (&self->reader, vav_frame_reader_free);
  g_clear_pointer (&self->queue, g_byte_array_unref);
  g_clear_error (&self->read_error);
  g_clear_error (&self->verdict);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->stream);
  g_clear_object (&self->socket);
  g_clear_pointer (&self->context, g_main_context_unref);
  G_OBJECT_CLASS (vav_wire_parent_class)->finalize (object);
}

static void
vav_wire_class_init (VavWireClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = vav_wire_finalize;
}

static void
vav_wire_init (VavWire *self)
{
  self->context = g_main_context_ref_thread_default ();
  self->cancellable = g_cancellable_new ();
  self->reader = vav_frame_reader_new ();
  self->queue = g_byte_array_new ();
  self->paused = TRUE;
}

/* public functions */

VavWire *
vav_wire_new (GIOStream *stream, GSocket *socket)
{
  VavWire *self = g_object_new (VAV_TYPE_WIRE, NULL);

  self->stream = g_object_ref (stream);
  self->socket = socket != NULL ? g_object_ref (socket) : NULL;
  return self;
}

void
vav_wire_attach (VavWire *self, const VavWireEvents *events, gpointer owner)
{
  self->events = events;
  self->owner = owner;
}

void
vav_wire_detach (VavWire *self)
{
  self->owner = NULL;
}

void
vav_wire_set_paused (VavWire *self, gboolean paused)
{
  self->paused = paused;
  if (!paused && self->pump == NULL && !self->released)
    self->pump = attach_now (self, pump_cb);
}

gboolean
vav_wire_is_open (VavWire *self)
{
  return !self->told && !self->closing && !self->released;
}

gboolean
vav_wire_send (VavWire *self, GBytes *frame, GError **error)
{
  gsize length;
  const guint8 *bytes = g_bytes_get_data (frame, &length);

  if (!vav_wire_is_open (self))
    {
      g_set_error_literal (error, VAV_ERROR, VAV_ERROR_CLOSED, vav_error_describe (VAV_ERROR_CLOSED));
      return FALSE;
    }
  if (self->write_broken)
    return TRUE; /* its end is told in a moment */
  if (self->queue->len + length > MAX_QUEUED)
    {
      g_set_error_literal (error, VAV_ERROR, VAV_ERROR_TOO_LARGE,
                           _ ("The other side does not read fast enough. Try again later."));
      return FALSE;
    }
  g_byte_array_append (self->queue, bytes, (guint)length);
  self->n_queued += length;
  write_more (self);
  return TRUE;
}

void
vav_wire_flush_async (VavWire *self, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);
  guint64 *target = g_new (guint64, 1);

  *target = self->n_queued;
  g_task_set_task_data (task, target, g_free);
  g_queue_push_tail (&self->flushes, task);
  settle_flushes (self);
}

gboolean
vav_wire_flush_finish (VavWire *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
vav_wire_close (VavWire *self)
{
  begin_closing (self);
}

void
vav_wire_fail (VavWire *self, const GError *error)
{
  tell (self, error);
  begin_closing (self);
}

void
vav_wire_abort (VavWire *self)
{
  if (self->released)
    return;
  set_linger_zero (self);
  tell_reset (self);
  release (self);
}
