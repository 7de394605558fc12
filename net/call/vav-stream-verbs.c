/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/call/vav-stream-private.h"

#include <string.h>

#include "net/call/vav-endpoint-private.h"

/* What a program does with a stream, and asks it. */

/**
 * vav_stream_new:
 * @endpoint: the user whose line it is
 *
 * Returns: (transfer full): an idle stream
 */
VavStream *
vav_stream_new (VavEndpoint *endpoint)
{
  return g_object_new (VAV_TYPE_STREAM, "endpoint", endpoint, NULL);
}

/**
 * vav_stream_get_endpoint:
 *
 * Returns: (transfer none): the user whose line it is
 */
VavEndpoint *
vav_stream_get_endpoint (VavStream *self)
{
  g_return_val_if_fail (VAV_IS_STREAM (self), NULL);
  return self->endpoint;
}

/**
 * vav_stream_get_address:
 *
 * Returns: (nullable): what was dialled last
 */
const char *
vav_stream_get_address (VavStream *self)
{
  g_return_val_if_fail (VAV_IS_STREAM (self), NULL);
  return self->address;
}

static void
refuse (VavStream *self, GError *error)
{
  g_clear_error (&self->refusal);
  self->refusal = error;
  g_object_notify_by_pspec (G_OBJECT (self), vav_stream_properties[VAV_STREAM_PROP_LAST_ERROR]);
}

/**
 * vav_stream_set_address:
 * @address: (nullable): where to dial; "" is this computer; %NULL: nowhere
 *
 * Dials, as vav_stream_dial() does; setting the same value again redials. In a call nothing happens but that `last-error` says busy.
 */
void
vav_stream_set_address (VavStream *self, const char *address)
{
  g_autoptr (GError) error = NULL;

  g_return_if_fail (VAV_IS_STREAM (self));

  if (!self->constructed || address == NULL)
    {
      g_free (self->address);
      self->address = g_strdup (address);
      if (self->constructed)
        g_object_notify_by_pspec (G_OBJECT (self), vav_stream_properties[VAV_STREAM_PROP_ADDRESS]);
      return;
    }
  if (!vav_stream_dial (self, address, NULL, &error))
    refuse (self, g_steal_pointer (&error));
}

/**
 * vav_stream_get_identifier:
 *
 * Returns: (nullable): the name under which this stream can be called
 */
const char *
vav_stream_get_identifier (VavStream *self)
{
  g_return_val_if_fail (VAV_IS_STREAM (self), NULL);
  return self->identifier != NULL ? self->identifier : vav_endpoint_get_identifier (self->endpoint);
}

/**
 * vav_stream_set_identifier:
 * @identifier: (nullable): the name that the other side sees, at most VAV_MAX_NAME bytes; %NULL: the endpoint's
 *
 * Takes effect with the next call.
 */
void
vav_stream_set_identifier (VavStream *self, const char *identifier)
{
  g_return_if_fail (VAV_IS_STREAM (self));
  g_return_if_fail (identifier == NULL || strlen (identifier) <= VAV_MAX_NAME);

  if (g_strcmp0 (self->identifier, identifier) == 0)
    return;
  g_free (self->identifier);
  self->identifier = g_strdup (identifier);
  g_object_notify_by_pspec (G_OBJECT (self), vav_stream_properties[VAV_STREAM_PROP_IDENTIFIER]);
}

/**
 * vav_stream_get_detection:
 *
 * Returns: whether this stream takes calls
 */
gboolean
vav_stream_get_detection (VavStream *self)
{
  g_return_val_if_fail (VAV_IS_STREAM (self), FALSE);
  return self->detection;
}

/**
 * vav_stream_set_detection:
 * @detection: whether requests may arrive on this stream
 *
 * The endpoint listens while any stream detects; with none, nobody can connect at all.
 */
void
vav_stream_set_detection (VavStream *self, gboolean detection)
{
  g_return_if_fail (VAV_IS_STREAM (self));

  if (self->detection == detection)
    return;
  self->detection = detection;
  self->waiting_since = g_get_monotonic_time ();
  if (self->constructed)
    vav_endpoint_stream_changed (self->endpoint, self);
  g_object_notify_by_pspec (G_OBJECT (self), vav_stream_properties[VAV_STREAM_PROP_DETECTION]);
}

/**
 * vav_stream_get_linger:
 *
 * Returns: milliseconds for the goodbye before the end is forced; 0: at once; -1: in the background, for 30 s at most
 */
int
vav_stream_get_linger (VavStream *self)
{
  g_return_val_if_fail (VAV_IS_STREAM (self), -1);
  return self->linger_ms;
}

/**
 * vav_stream_set_linger:
 * @linger_ms: as vav_stream_get_linger()
 *
 * Sets how long the goodbye may take.
 */
void
vav_stream_set_linger (VavStream *self, int linger_ms)
{
  g_return_if_fail (VAV_IS_STREAM (self));
  g_return_if_fail (linger_ms >= -1);

  if (self->linger_ms == linger_ms)
    return;
  self->linger_ms = linger_ms;
  g_object_notify_by_pspec (G_OBJECT (self), vav_stream_properties[VAV_STREAM_PROP_LINGER]);
}

/**
 * vav_stream_get_value:
 *
 * Returns: the number of the present or last call: unique among the calls of all this user's programs, below 2⁵³; 0: never had one
 */
guint64
vav_stream_get_value (VavStream *self)
{
  g_return_val_if_fail (VAV_IS_STREAM (self), 0);
  return self->call != NULL ? vav_call_get_value (self->call) : 0;
}

/**
 * vav_stream_get_state:
 *
 * Returns: the phase of the call
 */
VavState
vav_stream_get_state (VavStream *self)
{
  g_return_val_if_fail (VAV_IS_STREAM (self), VAV_STATE_IDLE);
  return self->call != NULL ? vav_call_phase_to_state (vav_call_get_phase (self->call)) : VAV_STATE_IDLE;
}

/**
 * vav_stream_get_end_reason:
 *
 * Returns: why the last call is over
 */
VavReason
vav_stream_get_end_reason (VavStream *self)
{
  g_return_val_if_fail (VAV_IS_STREAM (self), VAV_REASON_NONE);
  return self->call != NULL ? vav_call_get_reason (self->call) : VAV_REASON_NONE;
}

/**
 * vav_stream_get_last_error:
 *
 * Returns: (transfer none) (nullable): why the last call could not be made or broke; its message is for people
 */
const GError *
vav_stream_get_last_error (VavStream *self)
{
  g_return_val_if_fail (VAV_IS_STREAM (self), NULL);

  if (self->refusal != NULL)
    return self->refusal;
  return self->call != NULL ? vav_call_get_error (self->call) : NULL;
}

/**
 * vav_stream_get_graceful:
 *
 * Returns: whether the last call ended with the peer's goodbye
 */
gboolean
vav_stream_get_graceful (VavStream *self)
{
  g_return_val_if_fail (VAV_IS_STREAM (self), FALSE);
  return self->call != NULL && vav_call_get_graceful (self->call);
}

/**
 * vav_stream_is_incoming:
 *
 * Returns: whether the other side called
 */
gboolean
vav_stream_is_incoming (VavStream *self)
{
  g_return_val_if_fail (VAV_IS_STREAM (self), FALSE);
  return self->call != NULL && vav_call_is_incoming (self->call);
}

/**
 * vav_stream_is_busy:
 *
 * Returns: whether a call is under way, in whatever state but idle and over
 */
gboolean
vav_stream_is_busy (VavStream *self)
{
  g_return_val_if_fail (VAV_IS_STREAM (self), FALSE);
  return self->call != NULL && !vav_call_phase_is_over (vav_call_get_phase (self->call));
}

/**
 * vav_stream_get_start_time:
 *
 * Returns: since when the two are connected, in Unix seconds; 0: never
 */
gint64
vav_stream_get_start_time (VavStream *self)
{
  g_return_val_if_fail (VAV_IS_STREAM (self), 0);
  return self->call != NULL ? vav_call_get_start_time (self->call) : 0;
}

/**
 * vav_stream_get_peer:
 *
 * Returns: (transfer none) (nullable): who is at the other end
 */
VavPeer *
vav_stream_get_peer (VavStream *self)
{
  g_return_val_if_fail (VAV_IS_STREAM (self), NULL);
  return self->call != NULL ? vav_call_get_peer (self->call) : NULL;
}

/**
 * vav_stream_get_answer:
 *
 * Returns: (transfer none) (nullable): the data of `answered`, for those who ask later; bytes from the other side: doubt them
 */
GBytes *
vav_stream_get_answer (VavStream *self)
{
  g_return_val_if_fail (VAV_IS_STREAM (self), NULL);
  return self->answer;
}

/**
 * vav_stream_get_request:
 *
 * Returns: (transfer none) (nullable): what waits for a decision
 */
VavRequest *
vav_stream_get_request (VavStream *self)
{
  g_return_val_if_fail (VAV_IS_STREAM (self), NULL);
  return self->request;
}

/**
 * vav_stream_dup_entry_name:
 *
 * Returns: (transfer full) (nullable): the person's name, or the address that was dialled
 */
char *
vav_stream_dup_entry_name (VavStream *self)
{
  g_return_val_if_fail (VAV_IS_STREAM (self), NULL);
  return self->call != NULL ? vav_call_dup_entry_name (self->call) : NULL;
}

/**
 * vav_stream_get_stats:
 *
 * Returns: (transfer none) (nullable): how the call goes, over the last second
 */
const VavStats *
vav_stream_get_stats (VavStream *self)
{
  g_return_val_if_fail (VAV_IS_STREAM (self), NULL);
  return self->call != NULL ? vav_call_get_stats (self->call) : NULL;
}

/**
 * vav_stream_get_timeline:
 *
 * Returns: (transfer none) (nullable): how the present or last call was set up
 */
VavTimeline *
vav_stream_get_timeline (VavStream *self)
{
  g_return_val_if_fail (VAV_IS_STREAM (self), NULL);
  return self->call != NULL ? vav_call_get_timeline (self->call) : NULL;
}

/* To dial somebody whose request waits on this very stream is to accept it. */
static gboolean
accept_pending (VavStream *self, const char *address, GBytes *data)
{
  g_autoptr (VavAddress) where = NULL;

  if (self->request == NULL || !vav_request_is_pending (self->request) || *address == '\0')
    return FALSE;
  where = vav_endpoint_find_address (self->endpoint, address, NULL, NULL);
  if (where == NULL || g_strcmp0 (where->id, vav_peer_get_id (vav_request_get_peer (self->request))) != 0)
    return FALSE;

  vav_request_accept (self->request, self->flows, data);
  return TRUE;
}

/**
 * vav_stream_dial:
 * @address: where to; "" is this computer
 * @data: (nullable): connect data, at most VAV_MAX_DATA bytes
 * @error: VAV_ERROR_BUSY in a call; VAV_ERROR_TOO_LARGE
 *
 * Dials. When this returns the call has its `value`, and nothing was looked up yet. A handler may dial anew from `ended` on. To dial a person
 * who calls at this moment is to accept their call: one call comes of it, whoever was first.
 *
 * Returns: whether a call was begun
 */
gboolean
vav_stream_dial (VavStream *self, const char *address, GBytes *data, GError **error)
{
  g_autoptr (VavCall) call = NULL;
  VavError refusal;

  g_return_val_if_fail (VAV_IS_STREAM (self), FALSE);
  g_return_val_if_fail (address != NULL, FALSE);

  if ((data == NULL || g_bytes_get_size (data) <= VAV_MAX_DATA) && accept_pending (self, address, data))
    return TRUE;
  if (!vav_stream_is_free (self) || vav_endpoint_is_closing (self->endpoint))
    refusal = vav_stream_is_free (self) ? VAV_ERROR_CLOSED : VAV_ERROR_BUSY;
  else if (data != NULL && g_bytes_get_size (data) > VAV_MAX_DATA)
    refusal = VAV_ERROR_TOO_LARGE;
  else
    {
      g_clear_error (&self->refusal);
      if (address != self->address)
        {
          g_free (self->address);
          self->address = g_strdup (address);
        }
      g_object_notify_by_pspec (G_OBJECT (self), vav_stream_properties[VAV_STREAM_PROP_ADDRESS]);

      call = vav_call_new (self->endpoint, VAV_ROLE_CALLER);
      vav_stream_set_call (self, call);
      vav_call_dial (call, self->address, vav_stream_get_identifier (self), data);
      return TRUE;
    }

  g_set_error_literal (error, VAV_ERROR, (int)refusal, vav_error_describe (refusal));
  return FALSE;
}

static void
settle_list (GList **tasks, const GError *error)
{
  g_autolist (GTask) settled = g_steal_pointer (tasks);

  for (GList *l = settled; l != NULL; l = l->next)
    {
      gulong *handler = g_task_get_task_data (l->data);

      /* not g_cancellable_disconnect(): this may run inside of the cancelling */
      if (handler != NULL)
        g_signal_handler_disconnect (g_task_get_cancellable (l->data), *handler);
      if (error != NULL)
        g_task_return_error (l->data, g_error_copy (error));
      else
        g_task_return_boolean (l->data, TRUE);
    }
}

/* The call has moved on: whoever waits for it is told. */
void
vav_stream_settle (VavStream *self)
{
  VavState state = vav_stream_get_state (self);
  gboolean over = state == VAV_STATE_ENDED || state == VAV_STATE_FAILED;
  const GError *error = self->call != NULL ? vav_call_get_error (self->call) : NULL;
  g_autoptr (GError) closed = NULL;

  if (state == VAV_STATE_ACTIVE)
    settle_list (&self->connecting, NULL);
  if (!over)
    return;

  if (error == NULL && self->connecting != NULL)
    error = closed = g_error_new_literal (VAV_ERROR, VAV_ERROR_CLOSED, vav_error_describe (VAV_ERROR_CLOSED));
  settle_list (&self->connecting, error);
  settle_list (&self->disconnecting, NULL);
}

/* In the stream's context; by now the call may be up, and is then none of the cancellable's business. */
static gboolean
give_up_connecting (gpointer data)
{
  GTask *task = data;
  VavStream *self = g_task_get_source_object (task);

  if (g_list_find (self->connecting, task) != NULL)
    vav_stream_hang_up (self, NULL);

  return G_SOURCE_REMOVE;
}

/* Any thread */
static void
on_connect_cancelled (GCancellable *cancellable, gpointer task)
{
  g_autoptr (GSource) source = g_idle_source_new ();

  g_source_set_callback (source, give_up_connecting, g_object_ref (task), g_object_unref);
  g_source_attach (source, g_task_get_context (task));
}

static void
watch_cancellable (GTask *task)
{
  GCancellable *cancellable = g_task_get_cancellable (task);
  gulong *handler;

  if (cancellable == NULL)
    return;
  handler = g_new (gulong, 1);
  *handler = g_signal_connect (cancellable, "cancelled", G_CALLBACK (on_connect_cancelled), task);
  g_task_set_task_data (task, handler, g_free);
}

/**
 * vav_stream_connect_async:
 * @address: (nullable): where to; %NULL: the present `address`
 * @data: (nullable): connect data
 * @cancellable: (nullable): gives the call up
 * @callback: when the call is active, or is over before it was
 *
 * Dials, as vav_stream_dial() does.
 */
void
vav_stream_connect_async (VavStream *self, const char *address, GBytes *data, GCancellable *cancellable,
                          GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  g_autofree char *where = NULL;
  GError *error = NULL;

  g_return_if_fail (VAV_IS_STREAM (self));

  g_task_set_source_tag (task, vav_stream_connect_async);
  if (g_task_return_error_if_cancelled (task))
    return;
  where = g_strdup (address != NULL ? address : self->address != NULL ? self->address : "");
  if (!vav_stream_dial (self, where, data, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  watch_cancellable (task);
  self->connecting = g_list_append (self->connecting, g_steal_pointer (&task));
  if (vav_stream_is_free (self))
    vav_stream_settle (self); /* an address that cannot be read has failed already */
}

/**
 * vav_stream_connect_finish:
 * @result: of the call that ends
 *
 * Returns: whether the call is active
 */
gboolean
vav_stream_connect_finish (VavStream *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * vav_stream_get_video_in:
 *
 * Returns: (transfer none): the other side's picture; it lasts as long as the stream, over all its calls
 */
VavOutlet *
vav_stream_get_video_in (VavStream *self)
{
  g_return_val_if_fail (VAV_IS_STREAM (self), NULL);
  return self->video_in;
}

VavOutlet *
vav_stream_get_audio_in (VavStream *self)
{
  g_return_val_if_fail (VAV_IS_STREAM (self), NULL);
  return self->audio_in;
}

/**
 * vav_stream_get_video_out:
 *
 * Returns: (transfer none): our own picture. It comes while something holds the camera: a call that sends it; and while the screen is shared it is that
 */
VavOutlet *
vav_stream_get_video_out (VavStream *self)
{
  g_return_val_if_fail (VAV_IS_STREAM (self), NULL);
  return self->video_out;
}

/* Whether a new call may begin: there was none, or its end was told. */
gboolean
vav_stream_is_free (VavStream *self)
{
  return self->call == NULL || vav_call_is_told (self->call);
}

gboolean
vav_stream_was_called (VavStream *self)
{
  return vav_stream_is_busy (self) && vav_call_may_be_resumed_here (self->call);
}

VavCall *
vav_stream_get_call (VavStream *self)
{
  return self->call;
}

/* Since when this stream waits for a request, monotonic µs: the one that has waited longest gets the next. */
gint64
vav_stream_get_waiting_since (VavStream *self)
{
  return self->waiting_since;
}
