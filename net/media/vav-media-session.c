/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/media/vav-media-session.h"

#include "net/media/vav-media-elements.h"
#include "net/media/vav-media-negotiation.h"
#include "net/media/vav-media-private.h"
#include "net/media/vav-media-session-private.h"
#include "net/media/vav-rate-limit.h"
#include "net/media/vav-sdp-data.h"

#define CONNECT_LIMIT_S 20
#define LOST_LIMIT_S 1

G_DEFINE_FINAL_TYPE (VavMediaSession, vav_media_session, G_TYPE_OBJECT)

guint vav_media_session_signals[VAV_N_SESSION_SIGNALS];

static const VavSdpMedia default_media[VAV_N_MEDIA_KINDS] = {
  [VAV_MEDIA_AUDIO] = { .mline = 0, .payload = 111, .twcc = 3 },
  [VAV_MEDIA_VIDEO] = { .mline = 1, .payload = 96, .twcc = 3 },
};

/* Nothing passes any more, and nothing is told. */
static void
shut (VavMediaSession *self)
{
  self->phase = VAV_SESSION_PHASE_OVER;
  g_clear_pointer (&self->limit, vav_media_remove_timer);
  g_clear_pointer (&self->reporter, vav_media_reporter_free);
  if (self->parts.gate != NULL)
    vav_media_gate_close (self->parts.gate);
  if (self->parts.pipe != NULL)
    vav_data_pipe_stop (self->parts.pipe);
  if (self->parts.speaker != NULL)
    vav_speaker_stop (self->parts.speaker);
  if (self->parts.rate != NULL)
    vav_rate_control_stop (self->parts.rate);
  for (guint i = 0; i < VAV_N_MEDIA_KINDS; i++)
    if (self->parts.send[i] != NULL)
      vav_media_send_stop (self->parts.send[i]);
}

static void
take_apart (VavMediaSession *self, GTask *task)
{
  shut (self);
  if (self->parts.gate != NULL || task != NULL)
    vav_media_parts_close (&self->parts, task);
}

void
vav_media_session_fail (VavMediaSession *self, GError *error)
{
  g_autoptr (GError) owned = error;

  if (self->phase == VAV_SESSION_PHASE_OVER)
    return;

  shut (self);
  g_signal_emit (self, vav_media_session_signals[VAV_SESSION_SIGNAL_FAILED], 0, owned);
}

void
vav_media_session_fail_code (VavMediaSession *self, VavError code)
{
  vav_media_session_fail (self, g_error_new_literal (VAV_ERROR, (int)code, vav_error_describe (code)));
}

void
vav_media_session_fail_path (VavMediaSession *self)
{
  vav_media_session_fail (self, vav_media_session_describe_failure (self));
}

/* The speaker is opened with the call, as the microphone is: not before. */
static void
update_speaker (VavMediaSession *self)
{
  if (self->parts.speaker == NULL && vav_media_has_speaker (self->media)
      && vav_media_gate_passes (self->parts.gate, VAV_FLOW_AUDIO_IN))
    self->parts.speaker
        = vav_speaker_new (vav_media_get_playback (self->media), self->outlets[VAV_MEDIA_AUDIO], VAV_LATENCY_START_MS);
}

void
vav_media_session_update_flows (VavMediaSession *self)
{
  static const VavFlows out[VAV_N_MEDIA_KINDS] = { VAV_FLOW_AUDIO_OUT, VAV_FLOW_VIDEO_OUT };

  if (self->parts.gate == NULL || self->phase == VAV_SESSION_PHASE_OVER)
    return;

  update_speaker (self);
  if (self->parts.pipe != NULL && vav_media_gate_is_open (self->parts.gate))
    vav_data_pipe_open (self->parts.pipe);
  if (self->connected && vav_media_gate_is_open (self->parts.gate))
    vav_rate_control_start (self->parts.rate);
  for (guint i = 0; i < VAV_N_MEDIA_KINDS; i++)
    {
      if (self->parts.send[i] == NULL)
        continue;
      if (self->connected && vav_media_gate_passes (self->parts.gate, out[i]))
        vav_media_send_start (self->parts.send[i]);
      else
        vav_media_send_stop (self->parts.send[i]);
    }
}

static gboolean
on_limit (gpointer user_data)
{
  VavMediaSession *self = user_data;

  g_clear_pointer (&self->limit, g_source_unref);
  vav_media_session_fail_path (self);

  return G_SOURCE_REMOVE;
}

/* DTLS has ended. Before the call was up it may be that the peer has broken it off, and says so by the signalling connection in a moment: that is the better reason. */
void
vav_media_session_lose (VavMediaSession *self)
{
  if (self->limit == NULL)
    {
      vav_media_session_fail_path (self);
      return;
    }

  vav_media_remove_timer (self->limit);
  self->limit = vav_media_add_timer (self->hop, LOST_LIMIT_S, on_limit, self);
}

/* The tighter of the two limits, and the picture's part of it. */
static void
update_limit (VavMediaSession *self)
{
  guint own = vav_media_get_rate_limit (self->media);
  guint limit = vav_rate_limit_join (own, self->peer_limit);

  if (self->phase != VAV_SESSION_PHASE_OVER && self->parts.send[VAV_MEDIA_VIDEO] != NULL)
    vav_media_send_set_max (self->parts.send[VAV_MEDIA_VIDEO], vav_rate_limit_get_picture (limit),
                            limit == own ? VAV_LIMIT_OWN : VAV_LIMIT_PEER);
}

static gboolean
build (VavMediaSession *self, const VavSdpMedia *specs)
{
  g_autoptr (GError) error = NULL;

  self->parts.gate = vav_media_gate_new ();
  vav_media_gate_set_timeline (self->parts.gate, self->timeline);
  vav_media_gate_set_flows (self->parts.gate, self->flows);
  if (self->opened)
    vav_media_gate_open (self->parts.gate);
  if (vav_media_parts_build (&self->parts, self->media, self->local, specs, self->outlets, self->hop,
                             &vav_media_session_events, &error))
    {
      vav_timeline_mark (self->timeline, VAV_STEP_MEDIA_BUILT);
      self->reporter = vav_media_reporter_new (&self->parts, self->hop, vav_media_session_on_stats);
      update_limit (self);
      return TRUE;
    }

  vav_media_session_fail (self, g_steal_pointer (&error));
  return FALSE;
}

static void
on_quality_changed (VavMedia *media, VavMediaSession *self)
{
  if (self->phase != VAV_SESSION_PHASE_OVER && self->parts.send[VAV_MEDIA_VIDEO] != NULL)
    vav_media_send_set_quality (self->parts.send[VAV_MEDIA_VIDEO], vav_media_get_picture_quality (media));
  update_limit (self);
}

static void
vav_media_session_dispose (GObject *object)
{
  VavMediaSession *self = VAV_MEDIA_SESSION (object);

  take_apart (self, NULL);
  if (self->media != NULL)
    vav_media_end_session (self->media);
  for (guint i = 0; i < VAV_N_MEDIA_KINDS; i++)
    g_clear_object (&self->outlets[i]);
  for (guint i = 0; i < G_N_ELEMENTS (self->path_hosts); i++)
    g_clear_pointer (&self->path_hosts[i], g_free);
  g_clear_pointer (&self->hop, vav_hop_unref);
  g_clear_pointer (&self->timeline, vav_timeline_unref);
  g_clear_object (&self->media);

  G_OBJECT_CLASS (vav_media_session_parent_class)->dispose (object);
}

static guint
make_signal (const char *name, guint n, GType first, GType second, GType third)
{
  return g_signal_new (name, VAV_TYPE_MEDIA_SESSION, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, n, first,
                       second, third);
}

static void
vav_media_session_class_init (VavMediaSessionClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = vav_media_session_dispose;

  vav_media_session_signals[VAV_SESSION_SIGNAL_DESCRIPTION] = make_signal ("description", 1, G_TYPE_STRING, 0, 0);
  vav_media_session_signals[VAV_SESSION_SIGNAL_CANDIDATE] = make_signal ("candidate", 2, G_TYPE_UINT, G_TYPE_STRING, 0);
  vav_media_session_signals[VAV_SESSION_SIGNAL_CONNECTED] = make_signal ("connected", 0, 0, 0, 0);
  vav_media_session_signals[VAV_SESSION_SIGNAL_PATH]
      = make_signal ("path", 3, G_TYPE_STRING, G_TYPE_STRING, G_TYPE_BOOLEAN);
  vav_media_session_signals[VAV_SESSION_SIGNAL_FIRST_FRAME] = make_signal ("first-frame", 0, 0, 0, 0);
  vav_media_session_signals[VAV_SESSION_SIGNAL_FIRST_SOUND] = make_signal ("first-sound", 0, 0, 0, 0);
  vav_media_session_signals[VAV_SESSION_SIGNAL_STATS] = make_signal ("stats", 1, VAV_TYPE_STATS, 0, 0);
  vav_media_session_signals[VAV_SESSION_SIGNAL_PATH_LOST] = make_signal ("path-lost", 0, 0, 0, 0);
  vav_media_session_signals[VAV_SESSION_SIGNAL_RESTARTED]
      = make_signal ("restarted", 3, G_TYPE_UINT, G_TYPE_STRING, G_TYPE_STRING);
  vav_media_session_signals[VAV_SESSION_SIGNAL_PEER_SEEN] = make_signal ("peer-seen", 1, G_TYPE_STRING, 0, 0);
  vav_media_session_signals[VAV_SESSION_SIGNAL_FAILED] = make_signal ("failed", 1, G_TYPE_ERROR, 0, 0);
}

static void
vav_media_session_init (VavMediaSession *self)
{
  self->hop = vav_hop_new (self);
  self->flows = VAV_FLOW_ALL;
}

/**
 * vav_media_session_new:
 * @media: what this user sees and hears with
 * @video_in: where the other side's picture goes: raw video (I420), unsynchronised
 * @audio_in: where the other side's sound goes: raw audio (16 bit, 48 kHz, mono)
 *
 * Returns: (transfer full): a session in which nothing has begun
 */
VavMediaSession *
vav_media_session_new (VavMedia *media, VavOutlet *video_in, VavOutlet *audio_in)
{
  VavMediaSession *self;

  g_return_val_if_fail (VAV_IS_MEDIA (media), NULL);
  g_return_val_if_fail (VAV_IS_OUTLET (video_in), NULL);
  g_return_val_if_fail (VAV_IS_OUTLET (audio_in), NULL);

  self = g_object_new (VAV_TYPE_MEDIA_SESSION, NULL);
  self->media = g_object_ref (media);
  vav_media_begin_session (media);
  g_signal_connect_object (media, "quality-changed", G_CALLBACK (on_quality_changed), self, 0);
  self->outlets[VAV_MEDIA_VIDEO] = g_object_ref (video_in);
  self->outlets[VAV_MEDIA_AUDIO] = g_object_ref (audio_in);

  return self;
}

/**
 * vav_media_session_set_local:
 * @local: the peer is on this computer
 */
void
vav_media_session_set_local (VavMediaSession *self, gboolean local)
{
  g_return_if_fail (VAV_IS_MEDIA_SESSION (self));

  self->local = local;
}

void
vav_media_session_set_timeline (VavMediaSession *self, VavTimeline *timeline)
{
  g_return_if_fail (VAV_IS_MEDIA_SESSION (self));

  g_clear_pointer (&self->timeline, vav_timeline_unref);
  self->timeline = vav_timeline_ref (timeline);
}

/**
 * vav_media_session_create_offer:
 *
 * Makes our offer; `description` and `candidate` follow, or `failed`.
 */
void
vav_media_session_create_offer (VavMediaSession *self)
{
  g_return_if_fail (VAV_IS_MEDIA_SESSION (self));

  if (self->phase != VAV_SESSION_PHASE_NEW)
    return;
  self->phase = VAV_SESSION_PHASE_OFFERING;
  if (!build (self, default_media))
    return;
  vav_shield_offer (self->parts.shield);
  vav_media_negotiation_offer (self->parts.negotiation, self->parts.pipe != NULL ? VAV_SDP_DATA_MID : NULL,
                               vav_media_session_on_described);
}

static void
agree (VavMediaSession *self, const VavSdp *sdp)
{
  for (guint i = 0; i < VAV_N_MEDIA_KINDS; i++)
    if (sdp->quality[i] != NULL)
      vav_rate_control_set_peer_limit (self->parts.rate, (VavMediaKind)i, sdp->quality[i]->bitrate);
  vav_shield_agree (self->parts.shield, sdp->media[VAV_MEDIA_VIDEO].parity);
  if (self->parts.pipe != NULL)
    vav_data_pipe_agree (self->parts.pipe, sdp->data_port);
}

static void
take_offer (VavMediaSession *self, const VavSdp *sdp)
{
  self->phase = VAV_SESSION_PHASE_ANSWERING;
  if (!build (self, sdp->media))
    return;
  vav_media_gate_expect (self->parts.gate, sdp->fingerprint);
  agree (self, sdp);
  vav_media_negotiation_answer (self->parts.negotiation, sdp->text, self->parts.pipe != NULL ? sdp->data_mid : NULL,
                                vav_media_session_on_described);
}

static void
take_answer (VavMediaSession *self, const VavSdp *sdp)
{
  self->phase = VAV_SESSION_PHASE_SETTLED;
  vav_media_gate_expect (self->parts.gate, sdp->fingerprint);
  agree (self, sdp);
  vav_media_negotiation_accept (self->parts.negotiation, sdp->text, vav_media_session_on_accepted);
}

/**
 * vav_media_session_set_remote:
 * @sdp: the peer's offer or answer
 *
 * Takes the peer's description: an offer if nothing has begun (our answer follows as `description`), the answer to our offer else. What
 * cannot be taken ends in `failed`, before this returns.
 */
void
vav_media_session_set_remote (VavMediaSession *self, const char *sdp)
{
  g_autoptr (VavSdp) parsed = NULL;
  g_autoptr (GError) error = NULL;

  g_return_if_fail (VAV_IS_MEDIA_SESSION (self));

  if (self->phase == VAV_SESSION_PHASE_OVER)
    return;
  parsed = vav_sdp_parse (sdp, &error);
  if (parsed == NULL)
    {
      vav_media_session_fail (self, g_steal_pointer (&error));
      return;
    }

  if (self->phase == VAV_SESSION_PHASE_NEW && !parsed->answer)
    take_offer (self, parsed);
  else if (self->phase == VAV_SESSION_PHASE_OFFERING && parsed->answer)
    take_answer (self, parsed);
  else
    vav_media_session_fail_code (self, VAV_ERROR_PROTOCOL);
  if (self->phase == VAV_SESSION_PHASE_OVER)
    return;

  for (guint i = 0; i < parsed->candidates->len; i++)
    vav_ice_add_candidate (self->parts.ice, parsed->candidates->pdata[i]);
  self->limit = vav_media_add_timer (self->hop, CONNECT_LIMIT_S, on_limit, self);
}

/**
 * vav_media_session_add_candidate:
 * @mline: index of the m-line; all are in one bundle
 * @candidate: the peer's candidate; nonsense is dropped; empty: no more will come
 *
 * May come before the description.
 */
void
vav_media_session_add_candidate (VavMediaSession *self, guint mline, const char *candidate)
{
  g_return_if_fail (VAV_IS_MEDIA_SESSION (self));

  if (self->phase == VAV_SESSION_PHASE_OVER || self->parts.ice == NULL)
    return;
  if (*candidate != '\0')
    vav_ice_add_candidate (self->parts.ice, candidate);
  else
    vav_ice_end_candidates (self->parts.ice);
}

/**
 * vav_media_session_open:
 *
 * The person agreed: media may flow as soon as the fingerprint matched.
 */
void
vav_media_session_open (VavMediaSession *self)
{
  g_return_if_fail (VAV_IS_MEDIA_SESSION (self));

  self->opened = TRUE;
  if (self->parts.gate == NULL || self->phase == VAV_SESSION_PHASE_OVER)
    return;

  vav_media_gate_open (self->parts.gate);
  vav_media_session_update_flows (self);
}

/**
 * vav_media_session_set_flows:
 * @flows: what runs
 *
 * Takes effect at once. What the other side sends of a stopped incoming flow is dropped; telling it not to send is the owner's business.
 */
void
vav_media_session_set_flows (VavMediaSession *self, VavFlows flows)
{
  VavFlows started = flows & ~self->flows;

  g_return_if_fail (VAV_IS_MEDIA_SESSION (self));

  self->flows = flows;
  if (self->parts.gate == NULL || self->phase == VAV_SESSION_PHASE_OVER)
    return;

  vav_media_gate_set_flows (self->parts.gate, flows);
  vav_media_session_update_flows (self);
  vav_media_meter_pause (vav_media_receive_get_meter (self->parts.receive[VAV_MEDIA_VIDEO]));
  if (started & VAV_FLOW_VIDEO_IN)
    vav_media_receive_request_key_frame (self->parts.receive[VAV_MEDIA_VIDEO]);
}

/**
 * vav_media_session_set_screen:
 * @screen: (nullable): pictures of a screen
 *
 * Sends those in the place of the camera's, in the same stream of packets. Which flows run is another matter.
 */
void
vav_media_session_set_screen (VavMediaSession *self, VavOutlet *screen)
{
  g_return_if_fail (VAV_IS_MEDIA_SESSION (self));

  if (self->phase != VAV_SESSION_PHASE_OVER && self->parts.send[VAV_MEDIA_VIDEO] != NULL)
    vav_media_send_set_screen (self->parts.send[VAV_MEDIA_VIDEO], screen);
}

/**
 * vav_media_session_set_peer_limit:
 * @bits_per_second: at most so many of sound and picture together; 0: no limit
 *
 * What the peer says; any number will do. From now on what is sent keeps to it, as to the media's own limit, and no longer to what the peer's
 * description said of its picture.
 */
void
vav_media_session_set_peer_limit (VavMediaSession *self, guint bits_per_second)
{
  g_return_if_fail (VAV_IS_MEDIA_SESSION (self));

  self->peer_limit = bits_per_second;
  update_limit (self);
  if (self->phase != VAV_SESSION_PHASE_OVER && self->parts.rate != NULL)
    vav_rate_control_set_peer_limit (self->parts.rate, VAV_MEDIA_VIDEO, 0);
}

/**
 * vav_media_session_is_connected:
 *
 * Returns: whether DTLS came up with the announced fingerprint
 */
gboolean
vav_media_session_is_connected (VavMediaSession *self)
{
  g_return_val_if_fail (VAV_IS_MEDIA_SESSION (self), FALSE);

  return self->connected;
}

/**
 * vav_media_session_describe_failure:
 *
 * Returns: (transfer full): VAV_ERROR_MEDIA: why there is no path, as far as is known by now
 */
GError *
vav_media_session_describe_failure (VavMediaSession *self)
{
  const char *words = vav_error_describe (VAV_ERROR_MEDIA);

  g_return_val_if_fail (VAV_IS_MEDIA_SESSION (self), NULL);

  /* once there was a path, what stood in the way at first explains nothing */
  if (!self->connected && self->parts.ice != NULL)
    words = vav_ice_describe_failure (self->parts.ice);

  return g_error_new_literal (VAV_ERROR, VAV_ERROR_MEDIA, words);
}

/**
 * vav_media_session_get_pipe:
 *
 * Returns: (transfer none) (nullable): a pipe through the media path; %NULL before the call is open and connected, after its end, and if
 *   either side cannot
 */
VavPipe *
vav_media_session_get_pipe (VavMediaSession *self)
{
  g_return_val_if_fail (VAV_IS_MEDIA_SESSION (self), NULL);

  if (self->phase == VAV_SESSION_PHASE_OVER || self->parts.pipe == NULL || !self->connected
      || !vav_media_gate_is_open (self->parts.gate) || !vav_data_pipe_is_agreed (self->parts.pipe))
    return NULL;

  return VAV_PIPE (self->parts.pipe);
}

guint
vav_media_session_get_sent (VavMediaSession *self, VavPacketClass class)
{
  return self->parts.ice != NULL ? vav_ice_get_sent (self->parts.ice, class) : 0;
}

/**
 * vav_media_session_close_async:
 * @callback: (nullable): called when all is given back
 * @user_data: for @callback
 *
 * Ends the session.
 */
void
vav_media_session_close_async (VavMediaSession *self, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task;

  g_return_if_fail (VAV_IS_MEDIA_SESSION (self));

  task = g_task_new (self, NULL, callback, user_data);
  g_task_set_source_tag (task, vav_media_session_close_async);
  take_apart (self, task);
}

/**
 * vav_media_session_close_finish:
 * @result: what the callback got
 * @error: return location: VAV_ERROR_TIMEOUT
 *
 * Returns: whether all was given back in time
 */
gboolean
vav_media_session_close_finish (VavMediaSession *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
