/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/call/vav-call-private.h"
#include "net/call/vav-stream-private.h"

/* A call that loses its signalling connection goes on with another: both sides that know where the other is dial, say `resume`, and send again what the
 * other has not heard. Only the same key, and only for the call that it is in. */

#define FIRST_MS 250
#define LAST_MS 4000   /* between two tries at most */
#define TRY_MS 4000    /* for one try: where nobody answers another begins, by another way perhaps */
#define REACH_MS 1500  /* of that, to reach the other host: a lost first packet is repeated after 1 s, 3 s and 7 s */
#define PATIENT_TRY 4  /* one in so many waits longer for that, in case the network is that slow */
#define CALLEE_MS 1000 /* whoever called tries first */
#define REFUSED_MS 500 /* so long without media, and a port that nobody listens on, are an end */
#define ABSENT_MS                                                                                                      \
  5000 /* so long, if it is a broker that says so, or if we have just moved: who knows whose host that is */
#define MOVED_MS 10000
#define TAKEN_MS 100 /* no more connections are taken than one in that time */
#define CONFIRM_MS 1000
#define CONFIRM_AT 16

gboolean
vav_call_is_up (VavCall *self)
{
  return self->phase == VAV_CALL_PHASE_ACTIVE || self->phase == VAV_CALL_PHASE_RECONNECTING;
}

static gboolean
peer_can_resume (VavCall *self)
{
  return self->channel != NULL && vav_channel_peer_has_feature (self->channel, "resume");
}

gboolean
vav_call_could_resume (VavCall *self)
{
  return peer_can_resume (self) && !self->dropped && !self->resume.gone && vav_outbox_is_whole (self->resume.outbox)
         && (self->role == VAV_ROLE_CALLEE || self->described); /* else there is no request to go on with */
}

/* Also while the program quits: its goodbye goes on the next connection, for as long as that may take. */
gboolean
vav_call_can_resume (VavCall *self)
{
  return vav_call_phase_outlives_connection (self->phase) && vav_call_could_resume (self);
}

gboolean
vav_call_may_be_resumed_here (VavCall *self)
{
  return self->peer != NULL && !vav_peer_is_self (self->peer)
         && (self->role == VAV_ROLE_CALLEE || self->resume.told_port
             || vav_endpoint_get_tunnels (self->endpoint) != NULL);
}

static void
set_source (GSource **source, guint ms, GSourceFunc func, gpointer data)
{
  if (*source != NULL)
    g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
  if (func == NULL)
    return;
  *source = g_timeout_source_new (ms);
  g_source_set_callback (*source, func, data, NULL);
  g_source_attach (*source, g_main_context_get_thread_default ());
}

/* what came, and what the peer knows of it */

static gboolean on_confirm (gpointer data);

/* While another connection begins with what was heard up to there, no more than that is confirmed by this one. */
static void
confirm (VavCall *self)
{
  g_autoptr (VavMessage) ack = NULL;

  if (self->resume.pending != NULL)
    {
      set_source (&self->resume.confirm, CONFIRM_MS, on_confirm, self);
      return;
    }
  set_source (&self->resume.confirm, 0, NULL, NULL);
  self->resume.n_unconfirmed = 0;
  if (self->channel_over || self->dropped || vav_call_has_said_goodbye (self))
    return;

  ack = vav_message_new (VAV_MESSAGE_ACK);
  vav_message_set_uint (ack, "last_seq", self->resume.heard);
  vav_call_send (self, ack);
}

static gboolean
on_confirm (gpointer data)
{
  confirm (data);
  return G_SOURCE_REMOVE;
}

/* A confirmation is not confirmed itself, or it would never end. */
static void
note_heard (VavCall *self, gboolean to_confirm)
{
  if (!to_confirm)
    return;
  self->resume.n_unconfirmed++;
  if (!vav_call_is_up (self))
    return; /* vav_call_begin_confirming() comes back to it */
  if (self->resume.n_unconfirmed >= CONFIRM_AT)
    confirm (self);
  else if (self->resume.confirm == NULL)
    set_source (&self->resume.confirm, CONFIRM_MS, on_confirm, self);
}

/* The call has come up. What was heard before that may have been the last thing for a long time. */
void
vav_call_begin_confirming (VavCall *self)
{
  if (self->resume.n_unconfirmed > 0 && self->resume.confirm == NULL)
    set_source (&self->resume.confirm, CONFIRM_MS, on_confirm, self);
}

gboolean
vav_call_hear (VavCall *self, VavMessage *message)
{
  guint64 seq = vav_message_get_seq (message);
  guint64 confirmed = 0;

  if (!peer_can_resume (self) || vav_message_get_kind (message) == VAV_MESSAGE_UNSUPPORTED)
    return TRUE;
  if (seq <= self->resume.heard)
    return FALSE; /* it came by the connection before */
  self->resume.heard = seq;
  self->resume.heard_us = g_get_monotonic_time ();
  if (vav_message_get_kind (message) == VAV_MESSAGE_ACK)
    confirmed = (guint64)vav_message_get_uint (message, "last_seq", 0);
  /* one that is said again by another connection may be older than what that began with */
  if (confirmed > vav_outbox_get_confirmed (self->resume.outbox)
      && !vav_outbox_confirm (self->resume.outbox, confirmed))
    {
      vav_call_dispatch (self, VAV_CALL_EVENT_NONSENSE, VAV_REASON_PROTOCOL, NULL);
      return FALSE;
    }
  note_heard (self, confirmed == 0);

  return confirmed == 0 || vav_message_has (message, "id");
}

/* trying */

static void try_later (VavCall *self);

static void
leave_pending (VavCall *self)
{
  g_autoptr (VavChannel) pending = g_steal_pointer (&self->resume.pending);

  if (self->resume.dialling != NULL)
    g_cancellable_cancel (self->resume.dialling);
  g_clear_object (&self->resume.dialling);
  if (pending == NULL)
    return;
  g_signal_handlers_disconnect_by_data (pending, self);
  vav_channel_abort (pending);
}

void
vav_call_stop_resuming (VavCall *self)
{
  set_source (&self->resume.retry, 0, NULL, NULL);
  leave_pending (self);
}

/* The channel has said, or is to be told, up to where both have heard: from here on it is the call's. */
static gboolean
take_channel (VavCall *self, VavChannel *channel, guint64 last_seq)
{
  if (!vav_outbox_confirm (self->resume.outbox, last_seq))
    return FALSE;

  vav_call_stop_resuming (self);
  g_signal_handlers_disconnect_by_data (self->channel, self);
  if (!self->channel_over)
    vav_channel_abort (self->channel);
  g_set_object (&self->channel, channel);
  self->channel_over = FALSE;
  self->resume.cut = FALSE;
  self->resume.n_tries = 0;
  self->resume.taken_us = self->resume.heard_us = g_get_monotonic_time ();
  if (self->phase != VAV_CALL_PHASE_RECONNECTING)
    self->touch.out_us = 0;
  vav_call_watch_channel (self);

  return TRUE;
}

static gboolean
say_resume (VavCall *self, VavChannel *channel)
{
  g_autoptr (VavMessage) message = vav_message_new (VAV_MESSAGE_RESUME);

  vav_message_set_call (message, self->call_id);
  vav_message_set_uint (message, "last_seq", self->resume.heard);
  return vav_channel_send (channel, message, NULL);
}

static void
go_on (VavCall *self)
{
  g_debug ("call %" G_GUINT64_FORMAT ": resumed, %u messages again", self->value,
           vav_outbox_get_n_waiting (self->resume.outbox));
  vav_outbox_send_again (self->resume.outbox, self->channel);
  vav_call_check_touch (self);
  if (!vav_call_is_up (self))
    vav_call_dispatch (self, VAV_CALL_EVENT_IN_TOUCH, VAV_REASON_NONE, NULL);
}

static void
on_pending_message (VavChannel *channel, VavMessage *message, VavCall *self)
{
  g_autoptr (VavCall) alive = g_object_ref (self);
  g_autoptr (VavChannel) kept = g_object_ref (channel);
  gboolean ours = g_strcmp0 (vav_message_get_call (message), self->call_id) == 0;
  VavMessageType type = vav_message_get_kind (message);

  if (ours && type == VAV_MESSAGE_CLOSED)
    {
      vav_call_dispatch (self, VAV_CALL_EVENT_GONE, VAV_REASON_RESET, NULL);
      return;
    }
  g_signal_handlers_disconnect_by_data (channel, self);
  if (ours && type == VAV_MESSAGE_RESUME)
    {
      g_clear_object (&self->resume.pending); /* it is the call's now, and not to be aborted */
      if (take_channel (self, channel, (guint64)vav_message_get_uint (message, "last_seq", 0)))
        {
          go_on (self);
          return;
        }
      vav_channel_abort (channel);
    }
  leave_pending (self);
  try_later (self);
}

static void
on_pending_closed (VavChannel *channel, GError *error, VavCall *self)
{
  leave_pending (self);
  try_later (self);
}

/* A host that is there, and on which nobody listens, while nothing is heard of the other side: its program is gone. */
static void
on_refused (VavCall *self, VavDialVerdict verdict)
{
  gint64 now = g_get_monotonic_time ();
  gboolean sure = verdict == VAV_DIAL_REFUSED && now - self->touch.moved_us > MOVED_MS * 1000;

  if (vav_call_get_silence (self, now) >= (sure ? REFUSED_MS : ABSENT_MS) * 1000)
    vav_call_dispatch (self, VAV_CALL_EVENT_GONE, VAV_REASON_RESET, NULL);
  else
    {
      self->resume.n_tries = MIN (self->resume.n_tries, 1);
      try_later (self);
    }
}

static void
on_dialled (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (VavCall) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (VavChannel) channel = vav_direct_dial_places_finish (result, NULL, &error);

  VavDialVerdict verdict;

  if (self->resume.dialling == NULL || g_task_get_cancellable (G_TASK (result)) != self->resume.dialling)
    {
      if (channel != NULL)
        vav_channel_abort (channel);
      return; /* given up meanwhile */
    }
  g_clear_object (&self->resume.dialling);
  if (channel == NULL)
    {
      g_debug ("call %" G_GUINT64_FORMAT ": %s", self->value, error->message);
      verdict = vav_direct_dial_places_judge (result);
      if (verdict != VAV_DIAL_UNKNOWN)
        on_refused (self, verdict);
      else
        try_later (self);
      return;
    }

  self->resume.pending = g_steal_pointer (&channel);
  g_signal_connect (self->resume.pending, "message", G_CALLBACK (on_pending_message), self);
  g_signal_connect (self->resume.pending, "closed", G_CALLBACK (on_pending_closed), self);
  vav_channel_start (self->resume.pending);
  say_resume (self, self->resume.pending);
}

static gboolean
on_retry (gpointer data)
{
  vav_call_resume_now (data);
  return G_SOURCE_REMOVE;
}

/* With a back-off, and not at the same moment as the other side. */
static void
try_later (VavCall *self)
{
  guint ms = MIN (FIRST_MS << MIN (self->resume.n_tries, 4), LAST_MS);

  if (!vav_call_can_resume (self))
    return;
  self->resume.n_tries++;
  set_source (&self->resume.retry, ms * 3 / 4 + (guint)g_random_int_range (0, (gint32)ms / 2), on_retry, self);
}

static void
on_progress (VavDialPhase phase, gpointer data)
{
  VavCall *self = data;

  if (phase == VAV_DIAL_TALKING && self->resume.dialling != NULL)
    set_source (&self->resume.retry, TRY_MS, on_retry, self);
}

/* By the broker too, if it is there: who waits for it waits long. */
static VavTunnels *
find_tunnels (VavCall *self)
{
  VavTunnels *tunnels = vav_peer_is_self (self->peer) ? NULL : vav_endpoint_get_tunnels (self->endpoint);

  return tunnels != NULL && vav_tunnels_wake (tunnels) ? tunnels : NULL;
}

static void
dial (VavCall *self, const VavAddress *place, gboolean patient)
{
  g_auto (GStrv) others = vav_call_list_places (self);
  const VavDialPlaces places = {
    .address = place,
    .others = (const char *const *)others,
    .tunnels = find_tunnels (self),
    .no_direct = !vav_peer_is_self (self->peer) && !vav_endpoint_get_direct (self->endpoint),
  };

  if (places.tunnels == NULL && (places.no_direct || (place->host == NULL && others[0] == NULL)))
    {
      try_later (self); /* the broker is away */
      return;
    }
  self->resume.dialling = g_cancellable_new ();
  set_source (&self->resume.retry, patient || places.tunnels != NULL ? TRY_MS : REACH_MS, on_retry, self);
  vav_direct_dial_places_async (vav_endpoint_get_identity (self->endpoint), &places, self->identifier,
                                self->resume.dialling, on_progress, self, on_dialled, g_object_ref (self));
}

void
vav_call_resume_now (VavCall *self)
{
  g_autoptr (VavAddress) place = NULL;
  gboolean patient = ++self->resume.n_dials % PATIENT_TRY == 0;

  vav_call_stop_resuming (self);
  if (!vav_call_can_resume (self) || !vav_call_has_place (self))
    return;

  place = vav_call_find_place (self);
  dial (self, place, patient);
}

gboolean
vav_call_is_resuming (VavCall *self)
{
  return self->resume.retry != NULL;
}

void
vav_call_resume_soon (VavCall *self)
{
  if (self->role == VAV_ROLE_CALLER)
    vav_call_resume_now (self);
  else
    set_source (&self->resume.retry, CALLEE_MS + (guint)g_random_int_range (0, CALLEE_MS / 4), on_retry, self);
}

gboolean
vav_call_lose_channel (VavCall *self, const GError *error)
{
  if (!vav_call_can_resume (self))
    return FALSE;

  g_signal_handlers_disconnect_by_data (self->channel, self);
  if (self->touch.out_us == 0)
    self->touch.out_us = g_get_monotonic_time ();
  if (self->resume.pending != NULL)
    return TRUE; /* the peer has taken that one instead, and is about to say so */
  self->resume.cut = error == NULL || g_error_matches (error, VAV_ERROR, VAV_ERROR_RESET);
  self->resume.n_tries = 0;
  set_source (&self->resume.confirm, 0, NULL, NULL);
  vav_call_dispatch (self, VAV_CALL_EVENT_OUT_OF_TOUCH, VAV_REASON_NONE, NULL);
  if (!vav_call_can_resume (self) || !self->channel_over)
    return TRUE; /* whoever heard of it has ended the call */
  if (self->resume.dialling == NULL)
    vav_call_resume_soon (self);

  return TRUE;
}

/* the other side comes back */

static gboolean
is_of (VavCall *call, VavChannel *channel, VavMessage *resume)
{
  return call != NULL && call->channel != NULL && call->call_id != NULL && vav_call_can_resume (call)
         && g_strcmp0 (call->call_id, vav_message_get_call (resume)) == 0
         && g_strcmp0 (vav_channel_get_peer_id (call->channel), vav_channel_get_peer_id (channel)) == 0
         && (call->role == VAV_ROLE_CALLEE || !vav_peer_is_self (call->peer));
}

/* If both dial at once, what the caller dialled is taken. */
static void
admit (VavCall *self, VavChannel *channel, guint64 last_seq)
{
  g_autoptr (VavCall) alive = g_object_ref (self);
  gint64 now = g_get_monotonic_time ();

  if (now - self->resume.taken_us < TAKEN_MS * 1000 || (self->role == VAV_ROLE_CALLER && self->resume.pending != NULL)
      || !take_channel (self, channel, last_seq))
    {
      vav_channel_abort (channel);
      return;
    }
  say_resume (self, channel);
  go_on (self);
}

gboolean
vav_call_admit (VavEndpoint *endpoint, VavChannel *channel, VavMessage *resume)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (endpoint));

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (VavStream) stream = g_list_model_get_item (G_LIST_MODEL (endpoint), i);
      VavCall *call = vav_stream_get_call (stream);

      if (!is_of (call, channel, resume))
        continue;
      admit (call, channel, (guint64)vav_message_get_uint (resume, "last_seq", 0));
      return TRUE;
    }

  return FALSE;
}

void
vav_call_clear_resume (VavCall *self)
{
  vav_call_stop_resuming (self);
  set_source (&self->resume.confirm, 0, NULL, NULL);
  set_source (&self->touch.tick, 0, NULL, NULL);
  g_clear_pointer (&self->touch.network, vav_network_watch_free);
}
