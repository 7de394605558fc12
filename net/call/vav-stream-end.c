/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/call/vav-endpoint-private.h"
#include "net/call/vav-stream-private.h"

/* How a person or program ends the stream's call. */

/**
 * vav_stream_hang_up:
 * @data: (nullable): for the goodbye, at most VAV_MAX_DATA bytes
 *
 * Ends the call: withdraws a request, declines one that came in, says goodbye in a call and closes as soon as the other side has said its own, as
 * `linger` says. Works in every state; a call that failed lets go of its handle (see vav_endpoint_get_status()).
 */
void
vav_stream_hang_up (VavStream *self, GBytes *data)
{
  g_return_if_fail (VAV_IS_STREAM (self));
  g_return_if_fail (data == NULL || g_bytes_get_size (data) <= VAV_MAX_DATA);

  if (self->call == NULL)
    return;
  vav_endpoint_forget (self->endpoint, vav_call_get_value (self->call));
  vav_call_hang_up (self->call, data, self->linger_ms);
}

/**
 * vav_stream_abort:
 *
 * Ends the call at once, without a goodbye: the other side is told of a reset.
 */
void
vav_stream_abort (VavStream *self)
{
  g_return_if_fail (VAV_IS_STREAM (self));

  if (self->call != NULL)
    vav_call_abort (self->call);
}

/**
 * vav_stream_disconnect_async:
 * @data: (nullable): goes with the goodbye, at most VAV_MAX_DATA bytes
 * @callback: (nullable) (scope async): is called when the call is over
 *
 * Hangs up.
 */
void
vav_stream_disconnect_async (VavStream *self, GBytes *data, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);

  g_return_if_fail (VAV_IS_STREAM (self));

  g_task_set_source_tag (task, vav_stream_disconnect_async);
  if (!vav_stream_is_busy (self))
    {
      g_task_return_boolean (task, TRUE);
      return;
    }
  self->disconnecting = g_list_append (self->disconnecting, g_steal_pointer (&task));
  vav_stream_hang_up (self, data);
}

/**
 * vav_stream_disconnect_finish:
 * @result: of the call that ends
 *
 * Returns: whether it was ended gracefully
 */
gboolean
vav_stream_disconnect_finish (VavStream *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * vav_stream_say_goodbye:
 * @data: (nullable): for the other side, at most VAV_MAX_DATA bytes
 * @error: VAV_ERROR_CLOSED: no call is up, or it was said already; VAV_ERROR_TOO_LARGE
 *
 * The first act of an end alone. Nothing more is sent after it; what the other side says is still received until its own goodbye has come
 * (`closing`). The second act is vav_stream_close(). vav_stream_hang_up() does both.
 *
 * Returns: whether it is on its way
 */
gboolean
vav_stream_say_goodbye (VavStream *self, GBytes *data, GError **error)
{
  VavError refusal = VAV_ERROR_CLOSED;

  g_return_val_if_fail (VAV_IS_STREAM (self), FALSE);

  if (data != NULL && g_bytes_get_size (data) > VAV_MAX_DATA)
    refusal = VAV_ERROR_TOO_LARGE;
  else if (self->call != NULL && vav_call_say_goodbye (self->call, data))
    return TRUE;

  g_set_error_literal (error, VAV_ERROR, (int)refusal, vav_error_describe (refusal));
  return FALSE;
}

/**
 * vav_stream_hold_closing:
 *
 * In a handler of `closing`, or before: the answer to the other side's goodbye is not given at once. The program says its own when it has
 * worked it out (vav_stream_say_goodbye()), and closes (vav_stream_close()); after 30 s each of the two happens by itself. A connection that breaks
 * before this side has said its own is a reset, though the other side has said goodbye. Holds for the present call.
 */
void
vav_stream_hold_closing (VavStream *self)
{
  g_return_if_fail (VAV_IS_STREAM (self));

  if (self->call != NULL)
    vav_call_hold_close (self->call);
}

/**
 * vav_stream_close:
 *
 * The second act of an end: gives the connection back, at once if both sides have said goodbye, else as soon as they have. If this side has not,
 * it is said first, without data.
 */
void
vav_stream_close (VavStream *self)
{
  g_return_if_fail (VAV_IS_STREAM (self));

  if (self->call != NULL)
    vav_call_close (self->call, self->linger_ms);
}

/**
 * vav_stream_get_goodbye:
 *
 * Returns: (transfer none) (nullable): what the other side's goodbye came with, of the present or last call
 */
GBytes *
vav_stream_get_goodbye (VavStream *self)
{
  g_return_val_if_fail (VAV_IS_STREAM (self), NULL);
  return self->call != NULL ? vav_call_get_goodbye (self->call) : NULL;
}
