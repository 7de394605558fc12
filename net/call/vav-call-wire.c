/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/call/vav-call-private.h"

#include <string.h>

/* The signalling half of a call: what its messages say, and what comes in. */

/* The reasons that travel in a reject, and their words there. */
static const struct
{
  const char *word;
  VavReason reason;
} reject_words[] = {
  { "declined", VAV_REASON_DECLINED },       { "refused", VAV_REASON_REFUSED },     { "busy", VAV_REASON_BUSY },
  { "unreachable", VAV_REASON_UNREACHABLE }, { "no-answer", VAV_REASON_NO_ANSWER }, { "media", VAV_REASON_MEDIA },
};

static VavReason
reason_from_word (const char *word)
{
  for (guint i = 0; i < G_N_ELEMENTS (reject_words); i++)
    if (strcmp (reject_words[i].word, word) == 0)
      return reject_words[i].reason;

  return VAV_REASON_REFUSED; /* a newer peer's reason: it said no */
}

static const char *
word_from_reason (VavReason reason)
{
  for (guint i = 0; i < G_N_ELEMENTS (reject_words); i++)
    if (reject_words[i].reason == reason)
      return reject_words[i].word;

  return "media"; /* the set-up failed, for whatever reason of ours */
}

GBytes *
vav_call_dup_data (VavMessage *message)
{
  GBytes *data = vav_message_get_data (message);

  return data != NULL ? g_bytes_ref (data) : NULL;
}

/**
 * vav_call_read_flows:
 * @field: a list of "audio" and "video" in @message
 * @audio: what "audio" means
 * @video: what "video" means
 * @flows: (out): the set; untouched if @message has no such field
 */
gboolean
vav_call_read_flows (VavMessage *message, const char *field, VavFlows audio, VavFlows video, VavFlows *flows)
{
  g_auto (GStrv) words = NULL;

  if (!vav_message_has (message, field))
    return FALSE;

  words = vav_message_dup_strings (message, field);
  *flows = VAV_FLOW_NONE;
  if (words != NULL && g_strv_contains ((const char *const *)words, "audio"))
    *flows |= audio;
  if (words != NULL && g_strv_contains ((const char *const *)words, "video"))
    *flows |= video;

  return TRUE;
}

static void
write_flows (VavMessage *message, const char *field, gboolean audio, gboolean video)
{
  const char *words[3] = { NULL };
  guint n = 0;

  if (audio)
    words[n++] = "audio";
  if (video)
    words[n++] = "video";
  vav_message_set_strings (message, field, words);
}

static void
write_sent_flows (VavCall *self, VavMessage *message, const char *field)
{
  VavFlows sent = vav_call_get_sent_flows (self);

  self->told_flows = (self->told_flows & VAV_FLOW_IN) | sent;
  write_flows (message, field, (sent & VAV_FLOW_AUDIO_OUT) != 0, (sent & VAV_FLOW_VIDEO_OUT) != 0);
}

static void
write_port (VavCall *self, VavMessage *message)
{
  guint16 port = vav_endpoint_get_port (self->endpoint);

  if (port == 0)
    return;
  vav_message_set_uint (message, "port", port);
  self->resume.told_port = TRUE;
}

/* Of all that came until then, and of nothing else. The other side does not confirm it, so it would be kept until something else is said. */
static gboolean
is_confirmation (VavMessage *message)
{
  return vav_message_get_kind (message) == VAV_MESSAGE_ACK && !vav_message_has (message, "id");
}

void
vav_call_send (VavCall *self, VavMessage *message)
{
  g_autoptr (GError) error = NULL;

  if (self->channel == NULL || self->dropped)
    return;

  vav_message_set_call (message, self->call_id);
  if (self->channel_over && is_confirmation (message))
    return; /* the resume says the same */
  if (self->channel_over)
    {
      if (vav_call_could_resume (self))
        vav_outbox_keep (self->resume.outbox, message);
      return;
    }
  if (vav_channel_send (self->channel, message, &error))
    {
      vav_call_mark_sent (self, message);
      if (is_confirmation (message))
        vav_outbox_pass (self->resume.outbox, message);
      else
        vav_outbox_add (self->resume.outbox, message);
      return;
    }

  /* it has ended, and tells so in a moment */
  if (g_error_matches (error, VAV_ERROR, VAV_ERROR_CLOSED) && vav_call_could_resume (self))
    {
      vav_outbox_keep (self->resume.outbox, message);
      return;
    }
  /* the peer reads nothing: what is missing from now on would only puzzle it */
  g_debug ("%s not sent: %s", vav_message_kind_to_string (vav_message_get_kind (message)), error->message);
  if (g_error_matches (error, VAV_ERROR, VAV_ERROR_TOO_LARGE))
    vav_call_dispatch (self, VAV_CALL_EVENT_LOST, VAV_REASON_RESET, NULL);
}

/* Keeps a message until our description is there, which it carries. */
void
vav_call_hold (VavCall *self, VavMessage *message)
{
  g_clear_pointer (&self->held, vav_message_unref);
  self->held = vav_message_ref (message);
  vav_call_send_held (self);
}

void
vav_call_send_held (VavCall *self)
{
  g_autoptr (VavMessage) message = NULL;

  if (self->held == NULL || self->local_description == NULL)
    return;

  message = g_steal_pointer (&self->held);
  vav_message_set_string (message, "description", self->local_description);
  vav_call_send (self, message);
  self->described = TRUE;
  vav_call_watch_touch (self);

  for (guint i = 0; i < self->local_candidates->len; i++)
    vav_call_send (self, self->local_candidates->pdata[i]);
  g_ptr_array_set_size (self->local_candidates, 0);
}

VavMessage *
vav_call_make_request (VavCall *self)
{
  VavMessage *message = vav_message_new (VAV_MESSAGE_REQUEST);

  if (self->identifier != NULL)
    vav_message_set_string (message, "name", self->identifier);
  if (self->connect_data != NULL)
    vav_message_set_data (message, self->connect_data);
  write_sent_flows (self, message, "flows");
  write_port (self, message);

  return message;
}

VavMessage *
vav_call_make_accept (VavCall *self)
{
  VavMessage *message = vav_message_new (VAV_MESSAGE_ACCEPT);

  if (self->answer_data != NULL)
    vav_message_set_data (message, self->answer_data);
  write_sent_flows (self, message, "flows");

  return message;
}

void
vav_call_send_reject (VavCall *self)
{
  g_autoptr (VavMessage) message = vav_message_new (VAV_MESSAGE_REJECT);

  vav_message_set_string (message, "reason", word_from_reason (self->reason));
  if (self->answer_data != NULL)
    vav_message_set_data (message, self->answer_data);
  vav_call_send (self, message);
}

void
vav_call_send_flows (VavCall *self)
{
  g_autoptr (VavMessage) message = vav_message_new (VAV_MESSAGE_FLOWS);
  VavFlows in = vav_call_get_taken_flows (self);

  write_sent_flows (self, message, "send");
  write_flows (message, "receive", (in & VAV_FLOW_AUDIO_IN) != 0, (in & VAV_FLOW_VIDEO_IN) != 0);
  vav_message_set_uint (message, "held", self->on_hold ? 1 : 0);
  self->told_flows = (self->told_flows & VAV_FLOW_OUT) | in;
  self->told_on_hold = self->on_hold;
  self->told_sharing = vav_call_get_screen (self) != NULL;
  self->told_limit = vav_media_get_rate_limit (vav_endpoint_get_media (self->endpoint));
  vav_message_set_uint (message, "screen", self->told_sharing ? 1 : 0);
  vav_message_set_uint (message, "limit", self->told_limit);
  self->told_slow = self->slow.told;
  vav_message_set_uint (message, "slow", self->told_slow);
  vav_call_send (self, message);
}

/* Our goodbye. After it this side sends no more media either, and still takes what comes. Told here before its first byte leaves, as the other side
 * may have it, and tell so, before the next line of this runs: whoever compares the two sides' clocks sees them in order. */
void
vav_call_send_closing (VavCall *self)
{
  g_autoptr (VavMessage) message = vav_message_new (VAV_MESSAGE_CLOSING);

  if (self->goodbye_out != NULL)
    vav_message_set_data (message, self->goodbye_out);
  g_signal_emit (self, vav_call_signals[VAV_CALL_GOODBYE_SENT], 0, self->goodbye_out);
  vav_call_send (self, message);
  vav_call_apply_flows (self);
}

/**
 * vav_call_leave_channel:
 * @in_order: flush and close_notify; otherwise a reset
 *
 * Gives up dialling, or the connection.
 */
void
vav_call_leave_channel (VavCall *self, gboolean in_order)
{
  g_autoptr (VavChannel) channel = g_steal_pointer (&self->channel);

  if (self->dialling != NULL)
    {
      g_cancellable_cancel (self->dialling);
      g_clear_object (&self->dialling);
    }
  if (channel == NULL)
    return;

  g_signal_handlers_disconnect_by_data (channel, self);
  if (in_order && !self->channel_over)
    vav_endpoint_close_channel (self->endpoint, channel);
  else if (!self->channel_over)
    vav_channel_abort (channel);
  if (in_order && self->graceful)
    g_signal_emit (self, vav_call_signals[VAV_CALL_CLOSED], 0);
}

static void
nonsense (VavCall *self)
{
  vav_call_dispatch (self, VAV_CALL_EVENT_NONSENSE, VAV_REASON_PROTOCOL, NULL);
}

/* The answer, in ringing or accept: exactly one, before the call can connect. */
static gboolean
take_answer (VavCall *self, VavMessage *message, gboolean required)
{
  const char *sdp = vav_message_get_string (message, "description");
  gboolean waiting = self->phase == VAV_CALL_PHASE_REQUESTED || self->phase == VAV_CALL_PHASE_RINGING;

  if (!waiting)
    return TRUE; /* the machine knows that this is nonsense */
  if (sdp == NULL)
    return self->remote_described || !required;
  if (self->remote_described || !self->described)
    return FALSE;

  self->remote_described = TRUE;
  vav_call_take_description (self, sdp);

  return TRUE;
}

static void
on_ringing (VavCall *self, VavMessage *message)
{
  if (!take_answer (self, message, FALSE))
    nonsense (self);
  else
    vav_call_dispatch (self, VAV_CALL_EVENT_PEER_RINGING, VAV_REASON_NONE, NULL);
}

static void
tell_answer (VavCall *self, VavMessage *message)
{
  GBytes *data = vav_message_get_data (message);

  if (self->phase == VAV_CALL_PHASE_REQUESTED || self->phase == VAV_CALL_PHASE_RINGING)
    g_signal_emit (self, vav_call_signals[VAV_CALL_ANSWERED], 0, data);
}

static void
on_accept (VavCall *self, VavMessage *message)
{
  if (!take_answer (self, message, TRUE))
    {
      nonsense (self);
      return;
    }
  vav_call_read_flows (message, "flows", VAV_FLOW_AUDIO_IN, VAV_FLOW_VIDEO_IN, &self->peer_sends);
  tell_answer (self, message);
  vav_call_dispatch (self, VAV_CALL_EVENT_PEER_ACCEPT, VAV_REASON_NONE, NULL);
}

static void
on_reject (VavCall *self, VavMessage *message)
{
  tell_answer (self, message);
  vav_call_dispatch (self, VAV_CALL_EVENT_PEER_REJECT, reason_from_word (vav_message_get_string (message, "reason")),
                     NULL);
}

static void
on_candidate (VavCall *self, VavMessage *message)
{
  if (++self->n_remote_candidates > VAV_MAX_CANDIDATES)
    {
      nonsense (self);
      return;
    }
  if (!vav_call_phase_is_over (self->phase) && self->phase < VAV_CALL_PHASE_GOODBYE_SAID)
    vav_call_take_candidate (self, message);
  vav_call_dispatch (self, VAV_CALL_EVENT_PEER_CANDIDATE, VAV_REASON_NONE, NULL);
}

static void
on_flows (VavCall *self, VavMessage *message)
{
  if (self->phase == VAV_CALL_PHASE_CONNECTING || vav_call_is_up (self))
    {
      vav_call_read_flows (message, "send", VAV_FLOW_AUDIO_IN, VAV_FLOW_VIDEO_IN, &self->peer_sends);
      vav_call_read_flows (message, "receive", VAV_FLOW_AUDIO_OUT, VAV_FLOW_VIDEO_OUT, &self->peer_wants);
      self->peer_on_hold = vav_message_get_uint (message, "held", 0) != 0;
      self->peer_shares = vav_message_get_uint (message, "screen", 0) != 0;
      self->peer_slow = (VavSlow)vav_message_get_uint (message, "slow", VAV_SLOW_NO);
      if (self->session != NULL)
        vav_media_session_set_peer_limit (self->session, (guint)vav_message_get_uint (message, "limit", 0));
      vav_call_update_flows (self);
      g_signal_emit (self, vav_call_signals[VAV_CALL_CHANGED], 0);
    }
  vav_call_dispatch (self, VAV_CALL_EVENT_PEER_FLOWS, VAV_REASON_NONE, NULL);
}

static void
on_closing (VavCall *self, VavMessage *message)
{
  g_clear_pointer (&self->goodbye_in, g_bytes_unref);
  self->goodbye_in = vav_call_dup_data (message);
  vav_call_dispatch (self, VAV_CALL_EVENT_PEER_CLOSING, VAV_REASON_NONE, NULL);
}

/* Texts and files, and what is said of them. */
static void
on_gift (VavCall *self, VavMessage *message)
{
  VavCallEvent event = vav_courier_judge (self->courier, message);

  if (vav_call_machine_step (self->phase, self->role, event).phase != self->phase)
    vav_call_dispatch (self, event, VAV_REASON_NONE, NULL);
  else if (!vav_courier_take (self->courier, message))
    nonsense (self);
}

static void
on_message (VavChannel *channel, VavMessage *message, VavCall *self)
{
  g_autoptr (VavCall) alive = g_object_ref (self); /* whoever hears of it may let go of us */

  if (g_strcmp0 (vav_message_get_call (message), self->call_id) != 0
      && vav_message_get_kind (message) != VAV_MESSAGE_UNSUPPORTED)
    {
      nonsense (self);
      return;
    }
  if (!vav_call_hear (self, message))
    return;
  vav_call_mark_heard (self, message);

  switch (vav_message_get_kind (message))
    {
    case VAV_MESSAGE_RINGING:
      on_ringing (self, message);
      break;
    case VAV_MESSAGE_ACCEPT:
      on_accept (self, message);
      break;
    case VAV_MESSAGE_REJECT:
      on_reject (self, message);
      break;
    case VAV_MESSAGE_WITHDRAW:
      vav_call_dispatch (self, VAV_CALL_EVENT_PEER_WITHDRAW, VAV_REASON_NONE, NULL);
      break;
    case VAV_MESSAGE_CANDIDATE:
      on_candidate (self, message);
      break;
    case VAV_MESSAGE_FLOWS:
      on_flows (self, message);
      break;
    case VAV_MESSAGE_CLOSING:
      on_closing (self, message);
      break;
    case VAV_MESSAGE_CLOSED:
      vav_call_dispatch (self, VAV_CALL_EVENT_PEER_CLOSED, VAV_REASON_NONE, NULL);
      break;
    case VAV_MESSAGE_TEXT:
    case VAV_MESSAGE_ACK:
    case VAV_MESSAGE_FILE_OFFER:
    case VAV_MESSAGE_FILE_ACCEPT:
    case VAV_MESSAGE_FILE_REFUSE:
    case VAV_MESSAGE_FILE_CANCEL:
    case VAV_MESSAGE_FILE_DONE:
    case VAV_MESSAGE_FILE_WAY:
      on_gift (self, message);
      break;
    case VAV_MESSAGE_DESCRIPTION:
      vav_call_take_generation (self, message);
      break;
    case VAV_MESSAGE_UNSUPPORTED:
      break; /* the peer is older, and said so politely */
    case VAV_MESSAGE_ATTACH:
    case VAV_MESSAGE_ATTACHED:
    case VAV_MESSAGE_REQUEST:
    case VAV_MESSAGE_RESUME:
    case VAV_MESSAGE_HELLO:
    case VAV_MESSAGE_PING:
    case VAV_MESSAGE_PONG:
    default:
      nonsense (self);
      break;
    }
}

/* A carrier that fails means that the other side cannot be reached, unless it says more than that. */
static VavReason
dial_reason (const GError *error)
{
  VavReason reason = vav_reason_from_error (error);

  return reason == VAV_REASON_TIMEOUT ? VAV_REASON_UNREACHABLE : reason;
}

/* The connection ended before the other side had said hello: nobody was reached. */
static void
fail_to_reach (VavCall *self, const GError *error)
{
  g_autofree char *where = NULL;
  VavReason reason;
  GError *told;

  if (error != NULL && !g_error_matches (error, VAV_ERROR, VAV_ERROR_CLOSED)
      && !g_error_matches (error, VAV_ERROR, VAV_ERROR_RESET))
    told = g_error_copy (error);
  else
    {
      where = vav_address_join (self->address->host, self->address->port);
      told = vav_direct_make_short (where);
    }
  reason = dial_reason (told);
  vav_call_dispatch (self, reason == VAV_REASON_PROTOCOL ? VAV_CALL_EVENT_NONSENSE : VAV_CALL_EVENT_LOST, reason, told);
}

static void
on_closed (VavChannel *channel, GError *error, VavCall *self)
{
  VavReason reason = error != NULL ? vav_reason_from_error (error) : VAV_REASON_RESET;
  VavCallEvent event = reason == VAV_REASON_PROTOCOL ? VAV_CALL_EVENT_NONSENSE : VAV_CALL_EVENT_LOST;

  self->channel_over = TRUE;
  if (!vav_channel_is_greeted (channel))
    {
      fail_to_reach (self, error);
      return;
    }
  if (event == VAV_CALL_EVENT_LOST && vav_call_lose_channel (self, error))
    return;
  vav_call_dispatch (self, event, reason, error != NULL ? g_error_copy (error) : NULL);
}

void
vav_call_watch_channel (VavCall *self)
{
  g_signal_connect (self->channel, "message", G_CALLBACK (on_message), self);
  g_signal_connect (self->channel, "closed", G_CALLBACK (on_closed), self);
}

static void
on_dial_phase (VavDialPhase phase, gpointer data)
{
  VavCall *self = data;

  vav_call_mark_dialling (self, phase);
  if (phase == VAV_DIAL_CONNECTING && self->dialling != NULL)
    vav_call_dispatch (self, VAV_CALL_EVENT_RESOLVED, VAV_REASON_NONE, NULL);
}

static void
meet_peer (VavCall *self)
{
  g_autoptr (VavPeer) peer
      = vav_peer_new (vav_endpoint_get_people (self->endpoint), vav_endpoint_get_id (self->endpoint),
                      vav_channel_get_peer_id (self->channel), vav_channel_get_peer_name (self->channel),
                      vav_channel_get_peer_address (self->channel), 0);

  g_set_object (&self->peer, peer);
}

/* Our request is on its way already, and now the name is known. */
static void
on_greeted (VavChannel *channel, VavCall *self)
{
  vav_timeline_mark (self->timeline, VAV_STEP_HELLO);
  meet_peer (self);
  g_signal_emit (self, vav_call_signals[VAV_CALL_CHANGED], 0);
}

static void
on_dialled (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (VavCall) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (VavAddress) reached = NULL;
  g_autoptr (VavChannel) channel = vav_direct_dial_places_finish (result, &reached, &error);

  if (self->dialling == NULL) /* given up meanwhile */
    {
      if (channel != NULL)
        vav_channel_abort (channel);
      return;
    }
  g_clear_object (&self->dialling);
  if (channel == NULL)
    {
      VavReason reason = dial_reason (error);

      vav_call_dispatch (self, VAV_CALL_EVENT_DIAL_FAILED, reason, g_steal_pointer (&error));
      return;
    }

  vav_timeline_mark (self->timeline, VAV_STEP_SECURED);
  vav_call_keep_place (self, reached);
  vav_address_free (self->address);
  self->address = g_steal_pointer (&reached);
  self->channel = g_steal_pointer (&channel);
  meet_peer (self);
  g_signal_connect (self->channel, "greeted", G_CALLBACK (on_greeted), self);
  vav_call_watch_channel (self);
  vav_channel_start (self->channel);
  vav_call_renew_offer (self);
  vav_call_dispatch (self, VAV_CALL_EVENT_CONNECTED, VAV_REASON_NONE, NULL);
}

void
vav_call_start_dialling (VavCall *self)
{
  const VavDialPlaces places = {
    .address = self->address,
    .others = (const char *const *)self->other_places,
    .tunnels = self->address->self ? NULL : vav_endpoint_get_tunnels (self->endpoint),
    .no_direct = !self->address->self && !vav_endpoint_get_direct (self->endpoint),
    .at_once = TRUE,
  };

  self->dialling = g_cancellable_new ();
  vav_direct_dial_places_async (vav_endpoint_get_identity (self->endpoint), &places, self->identifier, self->dialling,
                                on_dial_phase, self, on_dialled, g_object_ref (self));
}
