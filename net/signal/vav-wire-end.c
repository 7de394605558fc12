/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* How a wire ends. */

#include <sys/socket.h>

#include "net/signal/vav-wire-private.h"

/* How long the other side may take to read what is left and to end its half. */
#define LAST_WORDS_MS 2000

void
vav_wire_clear_source (GSource **source)
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

GSource *
vav_wire_attach_now (VavWire *self, GSourceFunc func)
{
  GSource *source = g_idle_source_new ();

  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  return attach_source (self, source, func);
}

static gboolean
tell_cb (gpointer data)
{
  VavWire *self = data;

  if (self->owner != NULL)
    self->events->ended (self->owner, self->verdict);
  return G_SOURCE_REMOVE;
}

void
vav_wire_tell (VavWire *self, const GError *error)
{
  GSource *source;

  if (self->told)
    return;
  self->told = TRUE;
  self->verdict = error != NULL ? g_error_copy (error) : NULL;
  source = vav_wire_attach_now (self, tell_cb);
  g_source_unref (source);
}

GError *
vav_wire_make_reset_error (void)
{
  return g_error_new_literal (VAV_ERROR, VAV_ERROR_RESET, vav_error_describe (VAV_ERROR_RESET));
}

void
vav_wire_tell_reset (VavWire *self)
{
  g_autoptr (GError) error = vav_wire_make_reset_error ();

  vav_wire_tell (self, error);
}

void
vav_wire_settle_flushes (VavWire *self)
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
        g_task_return_error (task, vav_wire_make_reset_error ());
      g_object_unref (task);
    }
}

void
vav_wire_close_bottom (VavWire *self)
{
  if (self->socket != NULL)
    g_socket_close (self->socket, NULL);
  else
    g_io_stream_close_async (self->stream, G_PRIORITY_DEFAULT, NULL, NULL, NULL);
}

/* Gives everything back. While GIO's thread writes the close_notify, the descriptor must stay: then its callback does this again. */
void
vav_wire_release (VavWire *self)
{
  self->released = TRUE;
  vav_wire_clear_source (&self->deadline);
  vav_wire_clear_source (&self->pump);
  g_cancellable_cancel (self->cancellable);
  g_byte_array_set_size (self->queue, 0);
  vav_wire_settle_flushes (self);
  if (!self->ending_output)
    vav_wire_close_bottom (self);
}

/* Both halves ended in order? */
void
vav_wire_check_over (VavWire *self)
{
  if (!self->closing || !self->output_over || !self->read_over || self->released)
    return;
  vav_wire_tell (self, NULL);
  vav_wire_release (self);
}

void
vav_wire_set_linger_zero (VavWire *self)
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
    vav_wire_tell (self, NULL);
  else
    {
      vav_wire_set_linger_zero (self);
      vav_wire_tell_reset (self);
    }
  vav_wire_release (self);
  return G_SOURCE_REMOVE;
}

void
vav_wire_start_deadline (VavWire *self)
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
      vav_wire_close_bottom (self);
      return;
    }
  if (self->socket != NULL)
    (void)g_socket_shutdown (self->socket, FALSE, TRUE, NULL);
  vav_wire_check_over (self);
}

/* Ends our half once everything is written: close_notify (RFC 8446, 6.1), then FIN. */
void
vav_wire_end_output (VavWire *self)
{
  if (!self->closing || self->writing != NULL || self->queue->len > 0 || self->ending_output || self->output_over)
    return;
  self->ending_output = TRUE;
  g_output_stream_close_async (g_io_stream_get_output_stream (self->stream), G_PRIORITY_DEFAULT, self->cancellable,
                               output_ended_cb, g_object_ref (self));
}

void
vav_wire_begin_closing (VavWire *self)
{
  if (self->closing || self->released)
    return;
  self->closing = TRUE;
  vav_wire_start_deadline (self);
  if (self->write_broken)
    {
      vav_wire_tell_reset (self);
      vav_wire_release (self);
      return;
    }
  vav_wire_end_output (self);
  vav_wire_read_more (self);
}
