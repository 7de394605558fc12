/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/call/vav-call-private.h"

#include <string.h>

/* Of the sources of the loop: dialling has the default. */
#define AFTER_DIALLING (G_PRIORITY_DEFAULT + 5)

/* The media half of a call: the session, its description and candidates, and what flows. */

static void
on_description (VavMediaSession *session, const char *sdp, VavCall *self)
{
  vav_timeline_mark (self->timeline, VAV_STEP_DESCRIBED);
  g_free (self->local_description);
  self->local_description = g_strdup (sdp);
  vav_call_send_held (self);
}

static void
on_candidate (VavMediaSession *session, guint mline, const char *candidate, VavCall *self)
{
  g_autoptr (VavMessage) message = vav_message_new (VAV_MESSAGE_CANDIDATE);

  vav_message_set_uint (message, "mline", mline);
  vav_message_set_string (message, "candidate", candidate);
  if (vav_call_has_said_goodbye (self))
    return;
  if (self->described)
    vav_call_send (self, message);
  else if (self->local_candidates->len < VAV_MAX_CANDIDATES)
    g_ptr_array_add (self->local_candidates, g_steal_pointer (&message));
}

static void
on_connected (VavMediaSession *session, VavCall *self)
{
  vav_call_dispatch (self, VAV_CALL_EVENT_MEDIA_CONNECTED, VAV_REASON_NONE, NULL);
}

static void
on_failed (VavMediaSession *session, GError *error, VavCall *self)
{
  VavReason reason = vav_reason_from_error (error);

  if (vav_call_is_up (self) && g_error_matches (error, VAV_ERROR, VAV_ERROR_BROKEN))
    {
      vav_call_dispatch (self, VAV_CALL_EVENT_MEDIA_BROKEN, VAV_REASON_MEDIA, g_error_copy (error));
      return;
    }
  /* neither signalling nor media: that is the other side's end, not the network's between us */
  if (self->channel_over && reason != VAV_REASON_PROTOCOL)
    {
      vav_call_dispatch (self, VAV_CALL_EVENT_GONE, VAV_REASON_RESET, NULL);
      return;
    }
  vav_call_dispatch (self, VAV_CALL_EVENT_MEDIA_FAILED, reason == VAV_REASON_PROTOCOL ? reason : VAV_REASON_MEDIA,
                     g_error_copy (error));
}

static double
since_start_ms (VavCall *self)
{
  return (double)(g_get_monotonic_time () - self->start_us) / 1000.0;
}

static void
on_first_frame (VavMediaSession *session, VavCall *self)
{
  g_signal_emit (self, vav_call_signals[VAV_CALL_FIRST_FRAME], 0, since_start_ms (self));
}

static void
on_first_sound (VavMediaSession *session, VavCall *self)
{
  g_signal_emit (self, vav_call_signals[VAV_CALL_FIRST_SOUND], 0, since_start_ms (self));
}

static void
on_path (VavMediaSession *session, const char *local, const char *remote, gboolean relayed, VavCall *self)
{
  self->touch.path_lost = FALSE;
  if (self->touch.changing)
    self->touch.changed_us = g_get_monotonic_time ();
  g_signal_emit (self, vav_call_signals[VAV_CALL_PATH], 0, local, remote, relayed);
}

static void
on_path_lost (VavMediaSession *session, VavCall *self)
{
  vav_call_path_lost (self);
}

static void
on_restarted (VavMediaSession *session, guint generation, const char *ufrag, const char *password, VavCall *self)
{
  g_autoptr (VavMessage) message = vav_message_new (VAV_MESSAGE_DESCRIPTION);

  if (generation != self->touch.generation || vav_call_has_said_goodbye (self))
    return; /* there is a later one, or no need any more */

  vav_message_set_uint (message, "generation", generation);
  vav_message_set_string (message, "ufrag", ufrag);
  vav_message_set_string (message, "password", password);
  vav_call_send (self, message);
}

static void
on_peer_seen (VavMediaSession *session, const char *host, VavCall *self)
{
  vav_call_see_peer (self, host);
}

static void
on_stats (VavMediaSession *session, const VavStats *stats, VavCall *self)
{
  g_autoptr (VavCall) alive = g_object_ref (self); /* whoever hears of it may let go of us */

  g_clear_pointer (&self->stats, vav_stats_free);
  self->stats = vav_stats_copy (stats);
  g_signal_emit (self, vav_call_signals[VAV_CALL_STATS], 0, stats);
  vav_call_follow_slow (self, stats->video_out.slow);
}

static void
ensure_session (VavCall *self, gboolean local)
{
  static const struct
  {
    const char *signal;
    GCallback handler;
  } handlers[] = {
    { "description", G_CALLBACK (on_description) },
    { "candidate", G_CALLBACK (on_candidate) },
    { "connected", G_CALLBACK (on_connected) },
    { "failed", G_CALLBACK (on_failed) },
    { "first-frame", G_CALLBACK (on_first_frame) },
    { "first-sound", G_CALLBACK (on_first_sound) },
    { "path", G_CALLBACK (on_path) },
    { "path-lost", G_CALLBACK (on_path_lost) },
    { "restarted", G_CALLBACK (on_restarted) },
    { "peer-seen", G_CALLBACK (on_peer_seen) },
    { "stats", G_CALLBACK (on_stats) },
  };

  g_signal_connect_object (vav_endpoint_get_media (self->endpoint), "changed", G_CALLBACK (vav_call_update_flows), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (vav_endpoint_get_media (self->endpoint), "quality-changed",
                           G_CALLBACK (vav_call_update_flows), self, G_CONNECT_SWAPPED);
  self->session = vav_media_session_new (vav_endpoint_get_media (self->endpoint), self->video_in, self->audio_in);
  vav_media_session_set_local (self->session, local);
  vav_media_session_set_timeline (self->session, self->timeline);
  self->session_local = local;
  self->told_limit = vav_media_get_rate_limit (vav_endpoint_get_media (self->endpoint)) != 0 ? VAV_CALL_DESCRIBED : 0;
  for (guint i = 0; i < G_N_ELEMENTS (handlers); i++)
    g_signal_connect (self->session, handlers[i].signal, handlers[i].handler, self);
  vav_call_apply_flows (self);
}

static gboolean
is_this_computer (const VavAddress *address)
{
  g_autoptr (GInetAddress) inet = address->host != NULL ? g_inet_address_new_from_string (address->host) : NULL;

  if (inet != NULL)
    return g_inet_address_get_is_loopback (inet);

  return address->host != NULL && g_ascii_strcasecmp (address->host, "localhost") == 0;
}

static void
offer_media (VavCall *self)
{
  gboolean connected = self->channel != NULL;

  ensure_session (self, connected ? vav_channel_is_local (self->channel) : is_this_computer (self->address));
  vav_media_session_create_offer (self->session);
}

static void
clear_offering (VavCall *self)
{
  if (self->offering != NULL)
    g_source_destroy (self->offering);
  g_clear_pointer (&self->offering, g_source_unref);
}

static gboolean
on_offer_time (gpointer data)
{
  VavCall *self = data;

  clear_offering (self);
  offer_media (self);
  return G_SOURCE_REMOVE;
}

/* Caller: the offer is made while the connection is, so that it goes with the first flight. To build the media takes this thread some 30 ms; so the connection
 * is begun first, as the network has time to use meanwhile. */
void
vav_call_offer_media_soon (VavCall *self)
{
  self->offering = g_idle_source_new ();
  g_source_set_priority (self->offering, AFTER_DIALLING);
  g_source_set_callback (self->offering, on_offer_time, self, NULL);
  g_source_attach (self->offering, g_main_context_get_thread_default ());
}

/* Caller: now it is known where the host name leads, and by which carrier. If to this computer, on which only the loopback's addresses will do, or not
 * there after all, the offer is made anew; the first has not left yet. */
void
vav_call_renew_offer (VavCall *self)
{
  if (self->offering == NULL && vav_channel_is_local (self->channel) == self->session_local)
    return;

  vav_call_stop_media (self);
  g_clear_pointer (&self->local_description, g_free);
  g_ptr_array_set_size (self->local_candidates, 0);
  offer_media (self);
}

static void
take_early_candidates (VavCall *self)
{
  for (guint i = 0; i < self->remote_candidates->len; i++)
    {
      VavMessage *message = self->remote_candidates->pdata[i];

      vav_media_session_add_candidate (self->session, (guint)vav_message_get_uint (message, "mline", 0),
                                       vav_message_get_string (message, "candidate"));
    }
  g_ptr_array_set_size (self->remote_candidates, 0);
}

/* Callee: from here on the caller's addresses are used, so this waits for the person unless they know the caller. */
void
vav_call_answer_media (VavCall *self)
{
  if (self->session != NULL)
    return;

  ensure_session (self, vav_channel_is_local (self->channel));
  vav_call_take_description (self, self->remote_description);
}

void
vav_call_take_description (VavCall *self, const char *sdp)
{
  self->remote_described = TRUE;
  vav_timeline_mark (self->timeline, VAV_STEP_PEER_DESCRIBED);
  vav_media_session_set_remote (self->session, sdp);
  if (self->session != NULL) /* it was a description that it could take */
    take_early_candidates (self);
}

void
vav_call_take_candidate (VavCall *self, VavMessage *message)
{
  g_ptr_array_add (self->remote_candidates, vav_message_ref (message));
  if (self->session != NULL && self->remote_described)
    take_early_candidates (self);
}

/* The local person (or program) has said yes, and the other side has: sources on. */
void
vav_call_open_media (VavCall *self)
{
  if (self->role == VAV_ROLE_CALLEE)
    vav_call_answer_media (self);
  vav_call_apply_flows (self);
  vav_media_session_open (self->session);
}

static void
on_session_closed (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (VavEndpoint) endpoint = data;
  g_autoptr (GError) error = NULL;

  if (!vav_media_session_close_finish (VAV_MEDIA_SESSION (source), result, &error))
    g_debug ("media session: %s", error->message);
  vav_endpoint_end_task (endpoint);
}

void
vav_call_stop_media (VavCall *self)
{
  g_autoptr (VavMediaSession) session = g_steal_pointer (&self->session);

  clear_offering (self);
  if (session == NULL)
    return;

  g_signal_handlers_disconnect_by_data (session, self);
  g_signal_handlers_disconnect_by_func (vav_endpoint_get_media (self->endpoint), vav_call_update_flows, self);
  vav_endpoint_begin_task (self->endpoint);
  vav_media_session_close_async (session, on_session_closed, g_object_ref (self->endpoint));
}
