/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/call/vav-request-private.h"

#include "net/call/vav-endpoint-private.h"
#include "net/call/vav-stream-private.h"
#include "net/core/vav-enums.h"

struct _VavRequest
{
  GObject parent_instance;

  VavCall *call;   /* owned */
  GWeakRef stream; /* that it arrived on */
  VavDecision decision;
  gboolean settled;
};

G_DEFINE_FINAL_TYPE (VavRequest, vav_request, G_TYPE_OBJECT)

enum
{
  SETTLED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static gboolean
waits (VavCallPhase phase)
{
  return phase == VAV_CALL_PHASE_INCOMING || phase == VAV_CALL_PHASE_ALERTING;
}

static void
on_changed (VavCall *call, VavRequest *self)
{
  VavCallPhase phase = vav_call_get_phase (call);
  VavReason reason = vav_call_phase_is_over (phase) ? vav_call_get_reason (call) : VAV_REASON_NONE;

  if (self->settled || waits (phase))
    return;

  self->settled = TRUE;
  g_signal_emit (self, signals[SETTLED], 0, reason);
}

static void
vav_request_dispose (GObject *object)
{
  VavRequest *self = VAV_REQUEST (object);

  /* every request is answered */
  if (self->call != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->call, self);
      if (waits (vav_call_get_phase (self->call)))
        vav_call_reject (self->call, VAV_REASON_UNREACHABLE, NULL);
      g_clear_object (&self->call);
    }
  g_weak_ref_set (&self->stream, NULL);

  G_OBJECT_CLASS (vav_request_parent_class)->dispose (object);
}

static void
vav_request_finalize (GObject *object)
{
  VavRequest *self = VAV_REQUEST (object);

  g_weak_ref_clear (&self->stream);

  G_OBJECT_CLASS (vav_request_parent_class)->finalize (object);
}

static void
vav_request_class_init (VavRequestClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = vav_request_dispose;
  object_class->finalize = vav_request_finalize;

  /**
   * VavRequest::settled:
   * @self: the request
   * @reason: why no decision is needed any more; %VAV_REASON_NONE: it was accepted
   *
   * It needs no decision any more, because it was answered, withdrawn, or ran out of time.
   */
  signals[SETTLED] = g_signal_new ("settled", VAV_TYPE_REQUEST, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                                   VAV_TYPE_REASON);
}

static void
vav_request_init (VavRequest *self)
{
  g_weak_ref_init (&self->stream, NULL);
}

VavRequest *
vav_request_new (VavCall *call, VavStream *stream)
{
  VavRequest *self = g_object_new (VAV_TYPE_REQUEST, NULL);

  self->call = g_object_ref (call);
  g_weak_ref_set (&self->stream, stream);
  g_signal_connect (call, "changed", G_CALLBACK (on_changed), self);

  return self;
}

/**
 * vav_request_get_peer:
 *
 * Returns: (transfer none): who calls
 */
VavPeer *
vav_request_get_peer (VavRequest *self)
{
  g_return_val_if_fail (VAV_IS_REQUEST (self), NULL);
  return vav_call_get_peer (self->call);
}

/**
 * vav_request_get_value:
 *
 * Returns: the number of the call; see #VavStream:value
 */
guint64
vav_request_get_value (VavRequest *self)
{
  g_return_val_if_fail (VAV_IS_REQUEST (self), 0);
  return vav_call_get_value (self->call);
}

/**
 * vav_request_get_stream:
 *
 * Returns: (transfer full) (nullable): the stream that it arrived on
 */
VavStream *
vav_request_get_stream (VavRequest *self)
{
  g_return_val_if_fail (VAV_IS_REQUEST (self), NULL);
  return g_weak_ref_get (&self->stream);
}

/**
 * vav_request_get_data:
 *
 * Returns: (transfer none) (nullable): the caller's connect data, at most VAV_MAX_DATA bytes. Bytes from a stranger: doubt them
 */
GBytes *
vav_request_get_data (VavRequest *self)
{
  g_return_val_if_fail (VAV_IS_REQUEST (self), NULL);
  return vav_call_get_connect_data (self->call);
}

/**
 * vav_request_get_offer:
 *
 * Returns: what the caller offers to send, as incoming flows of this side
 */
VavFlows
vav_request_get_offer (VavRequest *self)
{
  g_return_val_if_fail (VAV_IS_REQUEST (self), VAV_FLOW_NONE);
  return vav_call_get_offer (self->call);
}

/**
 * vav_request_get_quality:
 * @flow: %VAV_FLOW_AUDIO_IN or %VAV_FLOW_VIDEO_IN
 *
 * Returns: (transfer none) (nullable): the codecs and the bit rate that @flow is offered in, while @self lives; %NULL if it is not offered
 */
const VavQuality *
vav_request_get_quality (VavRequest *self, VavFlows flow)
{
  g_return_val_if_fail (VAV_IS_REQUEST (self), NULL);
  g_return_val_if_fail (flow == VAV_FLOW_AUDIO_IN || flow == VAV_FLOW_VIDEO_IN, NULL);

  if ((vav_call_get_offer (self->call) & flow) == 0)
    return NULL;

  return vav_call_get_quality (self->call, flow == VAV_FLOW_AUDIO_IN ? VAV_MEDIA_AUDIO : VAV_MEDIA_VIDEO);
}

/**
 * vav_request_is_pending:
 *
 * Returns: whether the decision is still open
 */
gboolean
vav_request_is_pending (VavRequest *self)
{
  g_return_val_if_fail (VAV_IS_REQUEST (self), FALSE);
  return waits (vav_call_get_phase (self->call));
}

/**
 * vav_request_accept:
 * @flows: what runs from the start, usually VAV_FLOW_ALL; without %VAV_FLOW_VIDEO_OUT no camera is opened
 * @data: (nullable): answer data, at most VAV_MAX_DATA bytes
 *
 * Says yes. Too late is no error: the caller may have given up meanwhile.
 */
void
vav_request_accept (VavRequest *self, VavFlows flows, GBytes *data)
{
  g_return_if_fail (VAV_IS_REQUEST (self));
  g_return_if_fail (data == NULL || g_bytes_get_size (data) <= VAV_MAX_DATA);

  vav_call_accept (self->call, flows, data);
}

/* The call leaves the stream where it arrived, which then waits for the next one. */
static void
move (VavRequest *self, VavStream *from, VavStream *to)
{
  if (from != NULL)
    vav_stream_set_call (from, NULL);
  vav_stream_set_call (to, self->call);
  vav_stream_set_request (to, self);
  g_weak_ref_set (&self->stream, to);
  vav_endpoint_stream_changed (vav_stream_get_endpoint (to), to);
  if (from != NULL)
    vav_endpoint_stream_changed (vav_stream_get_endpoint (from), from);
}

/**
 * vav_request_accept_on:
 * @stream: where the call shall be, of the same endpoint; it keeps its number
 * @flows: what runs from the start
 * @data: (nullable): answer data, at most VAV_MAX_DATA bytes
 * @error: VAV_ERROR_BUSY: @stream is in a call; VAV_ERROR_CLOSED: the request does not wait any more; VAV_ERROR_TOO_LARGE
 *
 * Says yes on another stream than the one where the request arrived, and so in the views of that one. The first is idle again at once, without
 * `ended`: no connection of its has ended.
 */
gboolean
vav_request_accept_on (VavRequest *self, VavStream *stream, VavFlows flows, GBytes *data, GError **error)
{
  g_autoptr (VavStream) arrived = NULL;
  g_autoptr (VavRequest) alive = g_object_ref (self);
  VavError refusal = VAV_ERROR_CLOSED;

  g_return_val_if_fail (VAV_IS_REQUEST (self), FALSE);
  g_return_val_if_fail (VAV_IS_STREAM (stream), FALSE);

  if (data != NULL && g_bytes_get_size (data) > VAV_MAX_DATA)
    {
      g_set_error_literal (error, VAV_ERROR, VAV_ERROR_TOO_LARGE, vav_error_describe (VAV_ERROR_TOO_LARGE));
      return FALSE;
    }

  arrived = g_weak_ref_get (&self->stream);
  g_return_val_if_fail (arrived == NULL || vav_stream_get_endpoint (arrived) == vav_stream_get_endpoint (stream),
                        FALSE);

  if (!vav_request_is_pending (self) || (arrived != stream && !vav_stream_is_free (stream)))
    {
      if (vav_request_is_pending (self))
        refusal = VAV_ERROR_BUSY;
      g_set_error_literal (error, VAV_ERROR, (int)refusal, vav_error_describe (refusal));
      return FALSE;
    }
  if (arrived != stream)
    move (self, arrived, stream);
  vav_call_accept (self->call, flows, data);

  return TRUE;
}

/**
 * vav_request_get_decision:
 *
 * Returns: what the program's condition says. In handlers of connection-requested: whether to ask a person at all
 */
VavDecision
vav_request_get_decision (VavRequest *self)
{
  g_return_val_if_fail (VAV_IS_REQUEST (self), VAV_DECISION_ASK);
  return self->decision;
}

void
vav_request_set_decision (VavRequest *self, VavDecision decision)
{
  self->decision = decision;
}

void
vav_request_carry_out (VavRequest *self, GBytes *data)
{
  if (data != NULL && g_bytes_get_size (data) > VAV_MAX_DATA)
    {
      g_critical ("the condition gave more data than can be sent");
      data = NULL;
    }
  if (vav_call_is_decided (self->call))
    return;

  switch (self->decision)
    {
    case VAV_DECISION_ACCEPT:
      vav_call_accept (self->call, VAV_FLOW_ALL, data);
      break;
    case VAV_DECISION_REJECT:
      vav_call_reject (self->call, VAV_REASON_REFUSED, data);
      break;
    case VAV_DECISION_DEFER:
      vav_call_defer (self->call);
      break;
    case VAV_DECISION_ASK:
    default:
      vav_call_ring (self->call);
      break;
    }
}

/**
 * vav_request_reject:
 * @reason: %VAV_REASON_DECLINED (a person says no), %VAV_REASON_REFUSED (a program does), %VAV_REASON_BUSY or %VAV_REASON_UNREACHABLE
 * @data: (nullable): answer data, at most VAV_MAX_DATA bytes
 *
 * Says no. A caller that is rejected before vav_request_ring() never heard it ring.
 */
void
vav_request_reject (VavRequest *self, VavReason reason, GBytes *data)
{
  g_return_if_fail (VAV_IS_REQUEST (self));
  g_return_if_fail (data == NULL || g_bytes_get_size (data) <= VAV_MAX_DATA);

  vav_call_reject (self->call, reason, data);
}

/**
 * vav_request_defer:
 *
 * Asks for time: the caller hears no ringing, and the decision may come until the ring limit. Keep a reference.
 */
void
vav_request_defer (VavRequest *self)
{
  g_return_if_fail (VAV_IS_REQUEST (self));

  vav_call_defer (self->call);
}

/**
 * vav_request_ring:
 *
 * Tells the caller that it rings here. Happens by itself when no handler of connection-requested decided or deferred.
 */
void
vav_request_ring (VavRequest *self)
{
  g_return_if_fail (VAV_IS_REQUEST (self));

  vav_call_ring (self->call);
}
