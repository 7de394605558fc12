/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/call/vav-request-private.h"
#include "net/call/vav-stream-private.h"

#include "net/call/vav-endpoint-private.h"

/* The calls of an endpoint: by their numbers, and as they come in. */

#define MAX_FAILED 64

typedef struct
{
  guint64 value;
  GError *error; /* nullable */
} FailedCall;

void
vav_failed_call_free (gpointer failed_call)
{
  FailedCall *failed = failed_call;

  g_clear_error (&failed->error);
  g_free (failed);
}

static GList *
find_failed (VavEndpoint *self, guint64 value)
{
  for (GList *link = self->failed.head; link != NULL; link = link->next)
    if (((FailedCall *)link->data)->value == value)
      return link;

  return NULL;
}

void
vav_endpoint_keep_failed (VavEndpoint *self, guint64 value, const GError *error)
{
  FailedCall *failed = g_new0 (FailedCall, 1);

  failed->value = value;
  failed->error = error != NULL ? g_error_copy (error) : NULL;
  g_queue_push_tail (&self->failed, failed);
  if (self->failed.length > MAX_FAILED)
    vav_failed_call_free (g_queue_pop_head (&self->failed));
}

void
vav_endpoint_forget (VavEndpoint *self, guint64 value)
{
  GList *link = find_failed (self, value);

  if (link == NULL)
    return;
  vav_failed_call_free (link->data);
  g_queue_delete_link (&self->failed, link);
}

/**
 * vav_endpoint_find:
 * @value: the number of a call
 *
 * Returns: (transfer none) (nullable): the stream that is in that call
 */
VavStream *
vav_endpoint_find (VavEndpoint *self, guint64 value)
{
  g_return_val_if_fail (VAV_IS_ENDPOINT (self), NULL);

  for (guint i = 0; i < self->streams->len; i++)
    if (vav_stream_get_value (self->streams->pdata[i]) == value && vav_stream_is_busy (self->streams->pdata[i]))
      return self->streams->pdata[i];

  return NULL;
}

static gboolean
no_such_call (GError **error)
{
  g_set_error_literal (error, VAV_ERROR, VAV_ERROR_NO_SUCH_CALL, vav_error_describe (VAV_ERROR_NO_SUCH_CALL));
  return FALSE;
}

/**
 * vav_endpoint_get_status:
 * @value: the number of a call
 * @state: (out) (optional): where it stands
 * @call_error: (out) (optional) (nullable) (transfer full): why it failed
 * @error: VAV_ERROR_NO_SUCH_CALL
 *
 * Asks how a call stands. One that this side dialled and that failed keeps its number and its error, and nothing else, until it is hung up;
 * beyond 64 the oldest go. Of one that is over in any other way nothing is known any more.
 *
 * Returns: whether there is such a call
 */
gboolean
vav_endpoint_get_status (VavEndpoint *self, guint64 value, VavState *state, GError **call_error, GError **error)
{
  VavStream *stream;
  GList *failed;

  g_return_val_if_fail (VAV_IS_ENDPOINT (self), FALSE);

  stream = vav_endpoint_find (self, value);
  failed = stream == NULL ? find_failed (self, value) : NULL;
  if (stream == NULL && failed == NULL)
    return no_such_call (error);

  if (state != NULL)
    *state = stream != NULL ? vav_stream_get_state (stream) : VAV_STATE_FAILED;
  if (call_error != NULL)
    *call_error = failed != NULL && ((FailedCall *)failed->data)->error != NULL
                      ? g_error_copy (((FailedCall *)failed->data)->error)
                      : NULL;

  return TRUE;
}

/**
 * vav_endpoint_hang_up:
 * @value: the number of a call
 * @data: (nullable): for the goodbye, at most VAV_MAX_DATA bytes
 * @error: VAV_ERROR_NO_SUCH_CALL, VAV_ERROR_TOO_LARGE
 *
 * Ends a call by its number alone, in whatever state, as vav_stream_hang_up() does. vav_endpoint_get_status() tells when that is complete.
 */
gboolean
vav_endpoint_hang_up (VavEndpoint *self, guint64 value, GBytes *data, GError **error)
{
  VavStream *stream;

  g_return_val_if_fail (VAV_IS_ENDPOINT (self), FALSE);

  if (data != NULL && g_bytes_get_size (data) > VAV_MAX_DATA)
    {
      g_set_error_literal (error, VAV_ERROR, VAV_ERROR_TOO_LARGE, vav_error_describe (VAV_ERROR_TOO_LARGE));
      return FALSE;
    }

  stream = vav_endpoint_find (self, value);
  if (stream == NULL && find_failed (self, value) == NULL)
    return no_such_call (error);

  if (stream != NULL)
    vav_stream_hang_up (stream, data);
  else
    vav_endpoint_forget (self, value);

  return TRUE;
}

/* The detecting stream that has waited longest. A call to oneself never fails for want of one: its other half gets a stream of its own. */
VavStream *
vav_endpoint_pick_stream (VavEndpoint *self, gboolean for_self)
{
  VavStream *best = NULL;

  for (guint i = 0; i < self->streams->len && !self->closing; i++)
    {
      VavStream *stream = self->streams->pdata[i];

      if (vav_stream_get_detection (stream) && vav_stream_is_free (stream)
          && (best == NULL || vav_stream_get_waiting_since (stream) < vav_stream_get_waiting_since (best)))
        best = stream;
    }
  if (best != NULL)
    return g_object_ref (best);

  return for_self && !self->closing ? vav_stream_new (self) : NULL;
}

void
vav_endpoint_raise (VavEndpoint *self, VavStream *stream, VavRequest *request)
{
  g_autoptr (GBytes) data = NULL;
  VavDecision decision = VAV_DECISION_ASK;

  vav_endpoint_stream_changed (self, stream);
  if (self->condition != NULL && self->condition->func != NULL)
    {
      VavCondition *condition = g_rc_box_acquire (self->condition);

      decision = condition->func (stream, request, &data, condition->user_data);
      vav_condition_release (condition);
    }
  vav_request_set_decision (request, decision);
  g_signal_emit_by_name (stream, "connection-requested", request);
  g_signal_emit (self, vav_endpoint_signals[VAV_ENDPOINT_CONNECTION_REQUESTED], 0, stream, request);
  vav_request_carry_out (request, data);
}

static void
condition_clear (gpointer data)
{
  VavCondition *condition = data;

  if (condition->destroy != NULL)
    condition->destroy (condition->user_data);
}

void
vav_condition_release (VavCondition *condition)
{
  g_rc_box_release_full (condition, condition_clear);
}

/**
 * vav_endpoint_set_condition:
 * @condition: (nullable) (scope notified): decides about requests; %NULL: all are asked about
 * @user_data: for @condition
 * @destroy: (nullable): for @user_data, once the condition is replaced and does not run any more
 *
 * The condition is asked first, before `connection-requested`. What it decides is done after the handlers of that have returned, unless one of
 * them decided otherwise. A caller that it rejects is told "refused" and never heard it ring.
 */
void
vav_endpoint_set_condition (VavEndpoint *self, VavConditionFunc condition, gpointer user_data, GDestroyNotify destroy)
{
  VavCondition *before;

  g_return_if_fail (VAV_IS_ENDPOINT (self));

  before = self->condition;
  self->condition = g_rc_box_new (VavCondition);
  *self->condition = (VavCondition){ condition, user_data, destroy };
  if (before != NULL)
    vav_condition_release (before);
}
