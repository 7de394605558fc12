/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/call/vav-call-private.h"
#include "net/call/vav-people-private.h"

#include <glib/gi18n-lib.h>

G_DEFINE_FINAL_TYPE (VavCall, vav_call, G_TYPE_OBJECT)

guint vav_call_signals[VAV_CALL_N_SIGNALS];

typedef struct
{
  VavCallEvent event;
  VavReason reason;
  GError *error;
} Event;

static void
event_free (gpointer data)
{
  Event *event = data;

  g_clear_error (&event->error);
  g_free (event);
}

static void handle (VavCall *self, Event *event);

/**
 * vav_call_dispatch:
 * @event: what happened
 * @reason: why, where the event brings its own reason
 * @error: (transfer full) (nullable): more about it
 *
 * Takes an event. Events that come while one is being handled (a handler of a signal hangs up, say) wait until that is done.
 */
void
vav_call_dispatch (VavCall *self, VavCallEvent event, VavReason reason, GError *error)
{
  g_autoptr (VavCall) alive = g_object_ref (self);
  Event *queued = g_new (Event, 1);

  *queued = (Event){ event, reason, error };
  g_queue_push_tail (self->events, queued);
  if (self->handling)
    return;

  self->handling = TRUE;
  while ((queued = g_queue_pop_head (self->events)) != NULL)
    {
      handle (self, queued);
      event_free (queued);
    }
  self->handling = FALSE;
}

/* The key is remembered when the two first talked: when the media path is up. */
static void
remember_peer (VavCall *self)
{
  g_autofree char *where = NULL;
  g_autoptr (GError) error = NULL;

  if (vav_peer_is_self (self->peer))
    return;

  /* by the broker: the key is all that one needs */
  if (self->role == VAV_ROLE_CALLER && self->address->host != NULL)
    where = vav_address_join (self->address->host, self->address->port);
  else if (self->role == VAV_ROLE_CALLEE)
    where = g_strdup (vav_peer_get_callback (self->peer));
  if (!vav_people_pin (vav_endpoint_get_people (self->endpoint), self->person, vav_peer_get_id (self->peer),
                       vav_peer_get_name (self->peer), where, self->role == VAV_ROLE_CALLER, &error))
    g_debug ("peer not remembered: %s", error->message);
  else
    vav_endpoint_keep_key (self->endpoint, self->channel);
}

static void
send_ringing (VavCall *self)
{
  g_autoptr (VavMessage) message = vav_message_new (VAV_MESSAGE_RINGING);

  /* For people that we know the answer goes with it, so that the path is made while it rings. Towards unknown callers nothing
   * is gathered or sent before the person accepts. */
  if (vav_peer_get_trust (self->peer) == VAV_TRUST_UNKNOWN && !vav_peer_is_self (self->peer))
    {
      vav_call_send (self, message);
      return;
    }
  vav_call_hold (self, message);
  vav_call_answer_media (self);
}

static void
send_accept (VavCall *self)
{
  g_autoptr (VavMessage) message = vav_call_make_accept (self);

  if (self->described)
    vav_call_send (self, message);
  else
    vav_call_hold (self, message);
}

static void
send_plain (VavCall *self, VavMessageType type)
{
  g_autoptr (VavMessage) message = vav_message_new (type);

  vav_call_send (self, message);
}

static void
act (VavCall *self, VavCallAction action)
{
  switch (action)
    {
    case VAV_CALL_ACTION_DIAL:
      vav_call_start_dialling (self);
      break;
    case VAV_CALL_ACTION_OFFER_MEDIA:
      vav_call_offer_media_soon (self);
      break;
    case VAV_CALL_ACTION_SEND_REQUEST:
      {
        g_autoptr (VavMessage) request = vav_call_make_request (self);

        vav_call_hold (self, request);
        break;
      }
    case VAV_CALL_ACTION_ANNOUNCE:
      break; /* the endpoint raises it once the stream has the call */
    case VAV_CALL_ACTION_SEND_RINGING:
      send_ringing (self);
      break;
    case VAV_CALL_ACTION_TELL_RINGING:
      g_signal_emit (self, vav_call_signals[VAV_CALL_RINGING], 0);
      break;
    case VAV_CALL_ACTION_OPEN_MEDIA:
      vav_call_open_media (self);
      break;
    case VAV_CALL_ACTION_SEND_ACCEPT:
      send_accept (self);
      break;
    case VAV_CALL_ACTION_SEND_REJECT:
      vav_call_send_reject (self);
      vav_call_leave_last_words (self);
      break;
    case VAV_CALL_ACTION_SEND_WITHDRAW:
      send_plain (self, VAV_MESSAGE_WITHDRAW);
      vav_call_leave_last_words (self);
      break;
    case VAV_CALL_ACTION_TELL_CLOSING:
      vav_call_tell_closing (self);
      break;
    case VAV_CALL_ACTION_FLUSH:
      vav_call_flush (self);
      break;
    case VAV_CALL_ACTION_SEND_CLOSING:
      vav_call_send_closing (self);
      break;
    case VAV_CALL_ACTION_SEND_CLOSED:
      send_plain (self, VAV_MESSAGE_CLOSED);
      break;
    case VAV_CALL_ACTION_STOP_MEDIA:
      vav_call_stop_media (self);
      break;
    case VAV_CALL_ACTION_CLOSE_CHANNEL:
      vav_call_leave_channel (self, TRUE);
      break;
    case VAV_CALL_ACTION_ABORT_CHANNEL:
      vav_call_leave_channel (self, FALSE);
      break;
    case VAV_CALL_ACTION_TAKE_CANDIDATE: /* the message's handler has done these */
    case VAV_CALL_ACTION_TAKE_FLOWS:
    case VAV_CALL_ACTION_NONE:
    default:
      break;
    }
}

/* What this side decided is no error to it. */
static gboolean
is_own_decision (VavCallEvent event)
{
  return event == VAV_CALL_EVENT_REJECT || event == VAV_CALL_EVENT_HANG_UP || event == VAV_CALL_EVENT_ABORT
         || event == VAV_CALL_EVENT_TAKE_BACK;
}

static void
finish (VavCall *self, const VavCallStep *step, Event *event)
{
  self->reason = step->reason != VAV_REASON_NONE ? step->reason : event->reason;
  if (step->graceful && step->reason == VAV_REASON_NONE)
    self->reason = self->first_goodbye;
  if (self->reason == VAV_REASON_NONE)
    self->reason = event->error != NULL ? vav_reason_from_error (event->error) : VAV_REASON_RESET;
  self->graceful = step->graceful;
  if (event->error != NULL)
    self->error = g_steal_pointer (&event->error);
  else if (!is_own_decision (event->event) && !step->graceful)
    self->error
        = self->reason == VAV_REASON_MEDIA && self->session != NULL
              ? vav_media_session_describe_failure (self->session) /* the peer gave up first: why, we know too */
              : vav_error_from_reason (self->reason);
}

static void
come_up (VavCall *self)
{
  self->active_us = g_get_monotonic_time ();
  remember_peer (self);
  vav_call_begin_confirming (self);
  vav_call_update_flows (self);
}

static void
handle (VavCall *self, Event *event)
{
  VavCallPhase before = self->phase;
  VavCallStep step = vav_call_machine_step (before, self->role, event->event);

  g_debug ("call %" G_GUINT64_FORMAT ": %s in %s → %s", self->value, vav_call_event_to_string (event->event),
           vav_call_phase_to_string (before), vav_call_phase_to_string (step.phase));

  self->phase = step.phase;
  if (event->event == VAV_CALL_EVENT_GONE || event->event == VAV_CALL_EVENT_PEER_CLOSED)
    self->resume.gone = TRUE;
  if (step.phase != before)
    {
      if (self->first_goodbye == VAV_REASON_NONE && step.phase > VAV_CALL_PHASE_ACTIVE)
        self->first_goodbye = step.phase == VAV_CALL_PHASE_GOODBYE_HEARD ? VAV_REASON_REMOTE : VAV_REASON_LOCAL;
      vav_call_start_timer (self, before);
      if (vav_call_phase_is_over (step.phase))
        finish (self, &step, event);
      if (step.phase == VAV_CALL_PHASE_ACTIVE && self->active_us == 0)
        come_up (self);
      else if (!vav_call_is_up (self) && step.phase != VAV_CALL_PHASE_GOODBYE_HEARD)
        vav_call_stop_sharing (self);
      vav_call_watch_touch (self);
      /* the end is told last, after what still belongs to the call */
      if (!vav_call_phase_is_over (step.phase))
        g_signal_emit (self, vav_call_signals[VAV_CALL_CHANGED], 0);
    }

  for (guint bit = 1; bit <= VAV_CALL_ACTION_ABORT_CHANNEL; bit <<= 1)
    if ((step.actions & bit) != 0)
      act (self, (VavCallAction)bit);

  if (step.phase == VAV_CALL_PHASE_PARTED)
    vav_call_close_if_leaving (self);
  if (step.phase != before && vav_call_phase_is_over (step.phase))
    {
      g_signal_emit (self, vav_call_signals[VAV_CALL_CHANGED], 0);
      self->told = TRUE;
      g_signal_emit (self, vav_call_signals[VAV_CALL_ENDED], 0, self->graceful, self->reason, self->goodbye_in);
    }

  /* the path was made while it rang */
  if (before != VAV_CALL_PHASE_CONNECTING && step.phase == VAV_CALL_PHASE_CONNECTING && self->session != NULL
      && vav_media_session_is_connected (self->session))
    vav_call_dispatch (self, VAV_CALL_EVENT_MEDIA_CONNECTED, VAV_REASON_NONE, NULL);
}

static void
vav_call_dispose (GObject *object)
{
  VavCall *self = VAV_CALL (object);

  vav_call_clear_timer (self);
  vav_courier_leave (self->courier);
  vav_call_clear_resume (self);
  vav_call_leave_channel (self, FALSE);
  vav_call_drop_screen (self);
  vav_call_stop_media (self);

  G_OBJECT_CLASS (vav_call_parent_class)->dispose (object);
}

static void
vav_call_finalize (GObject *object)
{
  VavCall *self = VAV_CALL (object);

  g_queue_free_full (self->events, event_free);
  g_clear_error (&self->error);
  g_clear_pointer (&self->address, vav_address_free);
  g_clear_pointer (&self->other_places, g_strfreev);
  g_clear_pointer (&self->connect_data, g_bytes_unref);
  g_clear_pointer (&self->answer_data, g_bytes_unref);
  g_clear_pointer (&self->goodbye_out, g_bytes_unref);
  g_clear_pointer (&self->goodbye_in, g_bytes_unref);
  g_clear_pointer (&self->held, vav_message_unref);
  g_clear_pointer (&self->stats, vav_stats_free);
  g_ptr_array_unref (self->local_candidates);
  g_ptr_array_unref (self->remote_candidates);
  g_clear_object (&self->peer);
  g_clear_object (&self->video_in);
  g_clear_object (&self->audio_in);
  g_clear_object (&self->courier);
  g_clear_object (&self->endpoint);
  vav_timeline_unref (self->timeline);
  g_free (self->entry);
  g_free (self->identifier);
  vav_outbox_free (self->resume.outbox);
  g_free (self->resume.seen);
  g_free (self->touch.addresses);
  g_free (self->call_id);
  g_free (self->local_description);
  g_free (self->remote_description);
  for (guint i = 0; i < VAV_N_MEDIA_KINDS; i++)
    vav_quality_free (self->quality[i]);

  G_OBJECT_CLASS (vav_call_parent_class)->finalize (object);
}

static guint
add_signal (VavCallClass *klass, const char *name, guint n_params, GType first, GType second, GType third)
{
  return g_signal_new (name, G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, n_params,
                       first, second, third);
}

static void
vav_call_class_init (VavCallClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  guint *signals = vav_call_signals;

  object_class->dispose = vav_call_dispose;
  object_class->finalize = vav_call_finalize;

  signals[VAV_CALL_CHANGED] = add_signal (klass, "changed", 0, 0, 0, 0);
  signals[VAV_CALL_SHARING_ENDED] = add_signal (klass, "sharing-ended", 1, G_TYPE_ERROR, 0, 0);
  signals[VAV_CALL_RINGING] = add_signal (klass, "ringing", 0, 0, 0, 0);
  signals[VAV_CALL_ANSWERED] = add_signal (klass, "answered", 1, G_TYPE_BYTES, 0, 0);
  signals[VAV_CALL_CLOSING] = add_signal (klass, "closing", 1, G_TYPE_BYTES, 0, 0);
  signals[VAV_CALL_GOODBYE_SENT] = add_signal (klass, "goodbye-sent", 1, G_TYPE_BYTES, 0, 0);
  signals[VAV_CALL_CLOSED] = add_signal (klass, "closed", 0, 0, 0, 0);
  signals[VAV_CALL_ENDED] = add_signal (klass, "ended", 3, G_TYPE_BOOLEAN, VAV_TYPE_REASON, G_TYPE_BYTES);
  signals[VAV_CALL_FIRST_FRAME] = add_signal (klass, "first-frame", 1, G_TYPE_DOUBLE, 0, 0);
  signals[VAV_CALL_FIRST_SOUND] = add_signal (klass, "first-sound", 1, G_TYPE_DOUBLE, 0, 0);
  signals[VAV_CALL_PATH] = add_signal (klass, "path", 3, G_TYPE_STRING, G_TYPE_STRING, G_TYPE_BOOLEAN);
  signals[VAV_CALL_NETWORK] = add_signal (klass, "network", 1, G_TYPE_UINT, 0, 0);
  signals[VAV_CALL_STATS] = add_signal (klass, "stats", 1, VAV_TYPE_STATS, 0, 0);
}

static void
vav_call_init (VavCall *self)
{
  self->events = g_queue_new ();
  self->local_candidates = g_ptr_array_new_with_free_func ((GDestroyNotify)vav_message_unref);
  self->remote_candidates = g_ptr_array_new_with_free_func ((GDestroyNotify)vav_message_unref);
  self->video_in = vav_outlet_new ();
  self->audio_in = vav_outlet_new ();
  self->courier = vav_courier_new (self);
  self->resume.outbox = vav_outbox_new ();
  self->flows = VAV_FLOW_ALL;
  self->peer_sends = VAV_FLOW_IN;
  self->peer_wants = VAV_FLOW_OUT;
  self->told_flows = VAV_FLOW_IN;
  self->linger_ms = -1;
  self->timeline = vav_timeline_new ();
}

VavCall *
vav_call_new (VavEndpoint *endpoint, VavRole role)
{
  VavCall *self = g_object_new (VAV_TYPE_CALL, NULL);

  self->endpoint = g_object_ref (endpoint);
  self->role = role;
  self->value = vav_endpoint_next_value (endpoint);

  return self;
}

/**
 * vav_call_dial:
 * @address: as the person gave it
 * @identifier: the name that the other side sees
 * @data: (nullable): connect data
 *
 * Begins. An address that cannot be read ends the call as failed, like any other reason: the error is read in the same place.
 */
void
vav_call_dial (VavCall *self, const char *address, const char *identifier, GBytes *data)
{
  g_autoptr (VavPerson) person = NULL;
  GError *error = NULL;

  self->start_us = g_get_monotonic_time ();
  vav_timeline_mark_at (self->timeline, VAV_STEP_DIALLED, self->start_us);
  self->start_time = g_get_real_time () / G_USEC_PER_SEC;
  self->identifier = g_strdup (identifier);
  self->connect_data = data != NULL ? g_bytes_ref (data) : NULL;
  self->call_id = vav_message_make_call_id ();

  person = vav_people_find_by_name (vav_endpoint_get_people (self->endpoint), address);
  self->person = person != NULL ? vav_person_get_number (person) : 0;
  self->entry = g_strdup (person != NULL ? vav_person_get_name (person) : *address != '\0' ? address : _ ("Yourself"));
  self->address = vav_endpoint_find_address (self->endpoint, address, &self->other_places, &error);
  if (self->given_up)
    {
      g_clear_error (&error);
      vav_call_dispatch (self, VAV_CALL_EVENT_DIAL_FAILED, VAV_REASON_LOCAL, NULL);
    }
  else if (self->address == NULL)
    vav_call_dispatch (self, VAV_CALL_EVENT_DIAL_FAILED, VAV_REASON_UNREACHABLE, error);
  else
    vav_call_dispatch (self, VAV_CALL_EVENT_DIAL, VAV_REASON_NONE, NULL);
}

/**
 * vav_call_take_request:
 * @channel: the caller's connection
 * @request: its first message
 * @error: VAV_ERROR_PROTOCOL: no request, or one that makes no sense
 *
 * Begins on the called side. The one who calls this then raises connection-requested and says vav_call_announced().
 */
gboolean
vav_call_take_request (VavCall *self, VavChannel *channel, VavMessage *request, GError **error)
{
  const char *sdp;
  const char *name = vav_message_get_string (request, "name");
  gint64 port = vav_message_get_uint (request, "port", 0);
  g_autofree char *callback = NULL;

  if (vav_message_get_kind (request) != VAV_MESSAGE_REQUEST)
    {
      g_set_error_literal (error, VAV_ERROR, VAV_ERROR_PROTOCOL, vav_error_describe (VAV_ERROR_PROTOCOL));
      return FALSE;
    }
  sdp = vav_message_get_string (request, "description");
  if (!vav_sdp_check (sdp, self->quality, error))
    return FALSE;

  vav_timeline_mark (self->timeline, VAV_STEP_REQUEST_READ);
  self->channel = g_object_ref (channel);
  self->call_id = g_strdup (vav_message_get_call (request));
  self->resume.heard = vav_message_get_seq (request);
  self->remote_description = g_strdup (sdp);
  self->connect_data = vav_call_dup_data (request);
  self->start_time = g_get_real_time () / G_USEC_PER_SEC;
  vav_call_read_flows (request, "flows", VAV_FLOW_AUDIO_IN, VAV_FLOW_VIDEO_IN, &self->peer_sends);
  self->peer
      = vav_peer_new (vav_endpoint_get_people (self->endpoint), vav_endpoint_get_id (self->endpoint),
                      vav_channel_get_peer_id (channel), name != NULL ? name : vav_channel_get_peer_name (channel),
                      vav_channel_get_peer_address (channel), (guint16)CLAMP (port, 0, G_MAXUINT16));
  self->entry = g_strdup (vav_peer_get_name (self->peer));
  vav_call_watch_channel (self);
  vav_call_dispatch (self, VAV_CALL_EVENT_PEER_REQUEST, VAV_REASON_NONE, NULL);

  return TRUE;
}

void
vav_call_ring (VavCall *self)
{
  self->decided = TRUE;
  vav_call_dispatch (self, VAV_CALL_EVENT_RING, VAV_REASON_NONE, NULL);
}

void
vav_call_defer (VavCall *self)
{
  self->decided = TRUE;
}

/* Once, and only while the caller waits. */
static gboolean
may_decide (VavCall *self)
{
  return !self->answered && (self->phase == VAV_CALL_PHASE_INCOMING || self->phase == VAV_CALL_PHASE_ALERTING);
}

void
vav_call_accept (VavCall *self, VavFlows flows, GBytes *data)
{
  self->decided = TRUE;
  if (!may_decide (self))
    return;

  self->answered = TRUE;
  self->flows = flows;
  self->answer_data = data != NULL ? g_bytes_ref (data) : NULL;
  self->start_us = g_get_monotonic_time ();
  vav_timeline_mark_at (self->timeline, VAV_STEP_ACCEPTED, self->start_us);
  vav_call_dispatch (self, VAV_CALL_EVENT_ACCEPT, VAV_REASON_NONE, NULL);
}

void
vav_call_reject (VavCall *self, VavReason reason, GBytes *data)
{
  self->decided = TRUE;
  if (!may_decide (self))
    return;

  self->answered = TRUE;
  self->decision = reason;
  self->answer_data = data != NULL ? g_bytes_ref (data) : NULL;
  vav_call_dispatch (self, VAV_CALL_EVENT_REJECT, reason, NULL);
}
