/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <sys/socket.h>

#include "net/media/vav-media-private.h"
#include "tests/loop/ledger.h"
#include "tests/loop/storm.h"

/* What is looked at, and judged. */

void
storm_note (Storm *self, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  g_string_append (self->log, "  ");
  g_string_append_vprintf (self->log, format, args);
  g_string_append_c (self->log, '\n');
  va_end (args);
}

void
storm_fail (Storm *self, const char *where, const char *what)
{
  g_error ("%s: scene %u, does not hold: %s\n%sphase %s", where, self->n_scenes, what, self->log->str,
           self->call != NULL ? vav_call_phase_to_string (self->call->phase) : "none");
}

static void
on_ended (VavCall *call, gboolean graceful, VavReason reason, GBytes *data, Storm *self)
{
  self->n_ended++;
  self->graceful = graceful;
  storm_note (self, "ended: %s%s", graceful ? "graceful, " : "", vav_reason_to_nick (reason));
}

static void
on_message (VavChannel *channel, VavMessage *message, Storm *self)
{
  self->n_heard++;
}

void
storm_watch_call (Storm *self, VavCall *call)
{
  self->call = g_object_ref (call);
  self->n_calls++;
  ledger_watch (call);
  g_signal_connect (call, "ended", G_CALLBACK (on_ended), self);
}

void
storm_unwatch_call (Storm *self)
{
  if (self->channel != NULL)
    g_signal_handler_disconnect (self->channel, self->channel_handler);
  g_clear_object (&self->channel);
  if (self->call != NULL)
    g_signal_handlers_disconnect_by_data (self->call, self);
  g_clear_object (&self->call);
  self->session = NULL;
}

/* Packets that came to where the peer said that it is. Checks may, and what DTLS begins with (VavIceEarly); before a yes to an unknown caller nothing. */
static void
look_at_sink (Storm *self)
{
  guint8 packet[2048];
  gssize n;

  while ((n = recv (self->sink, packet, sizeof packet, MSG_DONTWAIT)) > 0)
    {
      VavPacketClass class = vav_packet_classify (packet, (gsize)n);

      storm_check (self, class == VAV_PACKET_STUN || class == VAV_PACKET_DTLS);
      storm_check (self,
                   self->allowed || self->who == STORM_KNOWN || self->who == STORM_SELF || self->who == STORM_CALLED);
      if (self->allowed && class == VAV_PACKET_STUN)
        self->n_stun++;
    }
}

static guint
count_media (VavMediaSession *session)
{
  return vav_media_session_get_sent (session, VAV_PACKET_RTP) + vav_media_session_get_sent (session, VAV_PACKET_RTCP);
}

static void
find_channel (Storm *self)
{
  if (self->channel != NULL || self->call == NULL || self->call->channel == NULL)
    return;
  self->channel = g_object_ref (self->call->channel);
  self->channel_handler = g_signal_connect (self->channel, "message", G_CALLBACK (on_message), self);
  ledger_watch (self->channel);
}

void
storm_look (Storm *self)
{
  VavMediaSession *session = self->call != NULL ? self->call->session : NULL;
  VavMedia *media = vav_endpoint_get_media (self->endpoint);

  find_channel (self);
  if (session != NULL && session != self->session)
    ledger_watch (session);
  self->session = session;
  look_at_sink (self);
  if (self->allowed)
    return;

  storm_check (self, session == NULL || count_media (session) == 0);
  storm_check (self, !vav_media_is_open (media, VAV_MEDIA_AUDIO));
  storm_check (self, !vav_media_is_open (media, VAV_MEDIA_VIDEO));
  storm_check (self, g_atomic_int_get (&self->n_samples) == self->samples_before);
  storm_check (self, self->who != STORM_UNKNOWN || session == NULL);
}

static gboolean
on_timer (gpointer data)
{
  *(gboolean *)data = TRUE;
  return G_SOURCE_CONTINUE;
}

void
storm_turn (Storm *self, double ms)
{
  gboolean over = ms == 0;
  guint timer = ms > 0 ? g_timeout_add (MAX ((guint)ms, 1), on_timer, &over) : 0;

  for (guint i = 0; i < 50 && g_main_context_iteration (NULL, !over); i++)
    {
      storm_look (self);
      if (ms > 0 && over)
        break;
    }
  if (timer != 0)
    g_source_remove (timer);
  storm_look (self);
}

void
storm_judge_end (Storm *self)
{
  VavCall *call = self->call;
  VavState state = vav_call_phase_to_state (call->phase);

  storm_check (self, vav_call_phase_is_over (call->phase));
  storm_check (self, self->n_ended == 1);
  storm_check (self, state == VAV_STATE_ENDED || state == VAV_STATE_FAILED);
  storm_check (self, vav_stream_get_state (self->stream) == state);
  storm_check (self, call->reason != VAV_REASON_NONE);
  storm_check (self, !self->graceful || self->said_goodbye);
  storm_check (self, call->session == NULL && call->channel == NULL && call->timer == 0);
  storm_check (self, self->request == NULL || !vav_request_is_pending (self->request));
  self->by_reason[call->reason]++;
  self->n_graceful += self->graceful;
}
