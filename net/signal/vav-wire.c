/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/signal/vav-wire.h"

#include <glib/gi18n-lib.h>

#include "net/signal/vav-wire-private.h"

#define MAX_QUEUED (4 * 1024 * 1024)

G_DEFINE_FINAL_TYPE (VavWire, vav_wire, G_TYPE_OBJECT)

static void write_more (VavWire *self);

/* reading */

/* Everything was delivered that came before the end of the other side's half. */
static void
finish_reading (VavWire *self)
{
  if (self->closing)
    vav_wire_check_over (self);
  else if (self->read_error != NULL)
    {
      vav_wire_tell (self, self->read_error);
      vav_wire_release (self);
    }
  else if (!vav_frame_reader_is_empty (self->reader))
    {
      vav_wire_tell_reset (self); /* cut in the middle of a message */
      vav_wire_release (self);
    }
  else
    {
      vav_wire_tell (self, NULL);
      vav_wire_begin_closing (self);
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
    vav_wire_read_more (self);
}

static gboolean
pump_cb (gpointer data)
{
  VavWire *self = data;

  vav_wire_clear_source (&self->pump);
  go_on_reading (self);
  return G_SOURCE_REMOVE;
}

static GError *
classify (const GError *error)
{
  if (error->domain == G_TLS_ERROR && error->code != G_TLS_ERROR_EOF)
    return g_error_new_literal (VAV_ERROR, VAV_ERROR_TLS, _ ("The other side broke off the encrypted connection."));
  return vav_wire_make_reset_error ();
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

void
vav_wire_read_more (VavWire *self)
{
  if ((self->paused && !self->closing) || self->reading || self->read_over || self->released)
    return;
  self->reading = TRUE;
  g_input_stream_read_async (g_io_stream_get_input_stream (self->stream), self->buffer, VAV_WIRE_READ_SIZE,
                             G_PRIORITY_DEFAULT, self->cancellable, read_cb, g_object_ref (self));
}

/* writing */

/* Nothing more can be sent. But a goodbye may have come before the reset: what can still be read is read first. */
static void
break_writing (VavWire *self)
{
  self->write_broken = TRUE;
  g_byte_array_set_size (self->queue, 0);
  vav_wire_settle_flushes (self);
  if (self->closing)
    {
      vav_wire_tell_reset (self);
      vav_wire_release (self);
      return;
    }
  vav_wire_start_deadline (self);
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
  vav_wire_settle_flushes (self);
  write_more (self);
}

static void
write_more (VavWire *self)
{
  if (self->writing != NULL || self->released || self->write_broken)
    return;
  if (self->queue->len == 0)
    {
      vav_wire_end_output (self);
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
    vav_wire_close_bottom (self);
  vav_wire_clear_source (&self->deadline);
  vav_wire_clear_source (&self->pump);
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
    self->pump = vav_wire_attach_now (self, pump_cb);
}

gboolean
vav_wire_steal (VavWire *self, GIOStream **stream, GSocket **socket, GBytes **rest)
{
  if (!vav_wire_is_open (self) || self->socket == NULL || !self->paused || self->reading || self->read_over
      || self->read_error != NULL || self->writing != NULL || self->queue->len > 0 || self->write_broken)
    return FALSE;
  *stream = g_object_ref (self->stream);
  *socket = g_object_ref (self->socket);
  *rest = vav_frame_reader_take_rest (self->reader);
  self->told = TRUE;
  self->released = TRUE;
  vav_wire_clear_source (&self->deadline);
  vav_wire_clear_source (&self->pump);
  return TRUE;
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
  vav_wire_settle_flushes (self);
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
  vav_wire_begin_closing (self);
}

void
vav_wire_fail (VavWire *self, const GError *error)
{
  vav_wire_tell (self, error);
  vav_wire_begin_closing (self);
}

void
vav_wire_abort (VavWire *self)
{
  if (self->released)
    return;
  vav_wire_set_linger_zero (self);
  vav_wire_tell_reset (self);
  vav_wire_release (self);
}
