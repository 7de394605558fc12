/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the session hears from the media's threads. All of it runs in the main context. */
#include <string.h>

#include "net/media/vav-media-elements.h"
#include "net/media/vav-media-session-private.h"

/* DTLS may be done before a pair is selected: what was sent then would be lost, and a key frame is dear. */
static void
check_connected (VavMediaSession *self)
{
  if (self->phase == VAV_SESSION_PHASE_OVER || self->connected || !self->sealed || !self->has_path)
    return;

  self->connected = TRUE;
  g_clear_pointer (&self->limit, vav_media_remove_timer);
  vav_media_session_update_flows (self);
  g_signal_emit (self, vav_media_session_signals[VAV_SESSION_SIGNAL_CONNECTED], 0);
}

static void
on_sealed_post (gpointer owner, gpointer data)
{
  VavMediaSession *self = owner;

  self->sealed = TRUE;
  check_connected (self);
}

static void
on_mismatch_post (gpointer owner, gpointer data)
{
  vav_media_session_fail_code (owner, VAV_ERROR_FINGERPRINT);
}

static void
on_lost_post (gpointer owner, gpointer data)
{
  vav_media_session_lose (owner);
}

static void
on_broken_post (gpointer owner, gpointer data)
{
  vav_media_session_fail_code (owner, VAV_ERROR_BROKEN);
}

/* Before DTLS was up that is the end, unless the network has changed. Else another path may be found: the owner has that tried, and decides how long. */
static void
on_path_lost_post (gpointer owner, gpointer data)
{
  VavMediaSession *self = owner;

  if (self->phase == VAV_SESSION_PHASE_OVER)
    return;
  if (self->connected || self->restarted)
    g_signal_emit (self, vav_media_session_signals[VAV_SESSION_SIGNAL_PATH_LOST], 0);
  else
    vav_media_session_fail_path (self);
}

static void
on_restarted_post (gpointer owner, gpointer data)
{
  VavMediaSession *self = owner;
  const VavMediaRestart *restart = data;

  if (self->phase != VAV_SESSION_PHASE_OVER)
    g_signal_emit (self, vav_media_session_signals[VAV_SESSION_SIGNAL_RESTARTED], 0, restart->generation,
                   restart->ufrag, restart->password);
}

static void
on_candidate_post (gpointer owner, gpointer data)
{
  VavMediaSession *self = owner;

  /* in a bundle all belong to the first m-line */
  if (self->phase != VAV_SESSION_PHASE_OVER)
    g_signal_emit (self, vav_media_session_signals[VAV_SESSION_SIGNAL_CANDIDATE], 0, 0u, data);
}

static gboolean
take_host (char **host, const char *address)
{
  const char *port = strrchr (address, ':');
  g_autofree char *other = g_strndup (address, port != NULL ? (gsize)(port - address) : strlen (address));

  if (g_strcmp0 (*host, other) == 0)
    return FALSE;

  g_free (*host);
  *host = g_steal_pointer (&other);
  return TRUE;
}

/* Returns: whether it leads from or to another host. Between the same two it is the same line, whatever the ports: what is known of it holds. */
static gboolean
take_hosts (VavMediaSession *self, const VavMediaPath *path)
{
  gboolean local = take_host (&self->path_hosts[0], path->local);
  gboolean remote = take_host (&self->path_hosts[1], path->remote);

  return local || remote;
}

static void
on_path_post (gpointer owner, gpointer data)
{
  VavMediaSession *self = owner;
  const VavMediaPath *path = data;
  gboolean other = take_hosts (self, path);

  if (self->phase != VAV_SESSION_PHASE_OVER)
    g_signal_emit (self, vav_media_session_signals[VAV_SESSION_SIGNAL_PATH], 0, path->local, path->remote,
                   path->relayed);
  if (other && self->restarted && self->phase != VAV_SESSION_PHASE_OVER)
    vav_rate_control_restart (self->parts.rate);
  self->has_path = TRUE;
  check_connected (self);
}

static void
on_seen_post (gpointer owner, gpointer data)
{
  VavMediaSession *self = owner;

  if (self->phase != VAV_SESSION_PHASE_OVER)
    g_signal_emit (self, vav_media_session_signals[VAV_SESSION_SIGNAL_PEER_SEEN], 0, data);
}

static void
on_first_frame_post (gpointer owner, gpointer data)
{
  VavMediaSession *self = owner;

  if (self->phase == VAV_SESSION_PHASE_OVER)
    return;

  vav_media_dump (self->parts.pipeline, "first-frame");
  vav_rate_control_hear (self->parts.rate);
  g_signal_emit (self, vav_media_session_signals[VAV_SESSION_SIGNAL_FIRST_FRAME], 0);
}

static void
on_first_sound_post (gpointer owner, gpointer data)
{
  VavMediaSession *self = owner;

  if (self->phase == VAV_SESSION_PHASE_OVER)
    return;

  vav_rate_control_hear (self->parts.rate);
  g_signal_emit (self, vav_media_session_signals[VAV_SESSION_SIGNAL_FIRST_SOUND], 0);
}

void
vav_media_session_on_stats (gpointer owner, gpointer data)
{
  VavMediaSession *self = owner;

  if (self->phase != VAV_SESSION_PHASE_OVER && self->opened)
    g_signal_emit (self, vav_media_session_signals[VAV_SESSION_SIGNAL_STATS], 0, data);
}

void
vav_media_session_on_accepted (gpointer owner, gpointer data)
{
  VavMediaSession *self = owner;

  if (data == NULL)
    vav_media_session_fail_code (self, VAV_ERROR_PROTOCOL);
  else if (self->phase != VAV_SESSION_PHASE_OVER)
    vav_ice_begin_early (self->parts.ice);
}

const VavMediaEvents vav_media_session_events = {
  .connected = on_sealed_post,
  .mismatch = on_mismatch_post,
  .lost = on_lost_post,
  .broken = on_broken_post,
  .path_lost = on_path_lost_post,
  .restarted = on_restarted_post,
  .candidate = on_candidate_post,
  .path = on_path_post,
  .seen = on_seen_post,
  .first = { on_first_sound_post, on_first_frame_post },
};

void
vav_media_session_on_described (gpointer owner, gpointer data)
{
  VavMediaSession *self = owner;
  const char *text = data;

  if (self->phase == VAV_SESSION_PHASE_OVER)
    return;
  if (text == NULL)
    {
      vav_media_session_fail_code (self,
                                   self->phase == VAV_SESSION_PHASE_ANSWERING ? VAV_ERROR_PROTOCOL : VAV_ERROR_MEDIA);
      return;
    }

  vav_media_parts_watch_dtls (&self->parts, self->hop, &vav_media_session_events);
  if (self->phase == VAV_SESSION_PHASE_ANSWERING)
    {
      self->phase = VAV_SESSION_PHASE_SETTLED;
      vav_ice_begin_early (self->parts.ice);
    }
  g_signal_emit (self, vav_media_session_signals[VAV_SESSION_SIGNAL_DESCRIPTION], 0, text);
  /* after that has left: while the other side is waited for */
  if (self->phase != VAV_SESSION_PHASE_OVER && (self->flows & VAV_FLOW_VIDEO_OUT))
    vav_media_send_warm_up (self->parts.send[VAV_MEDIA_VIDEO]);
}
