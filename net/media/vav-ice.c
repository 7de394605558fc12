/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/media/vav-ice.h"

#include "net/media/vav-candidate.h"
#include "net/media/vav-ice-transport.h"

struct _VavIce
{
  GstWebRTCICE parent_instance;

  gboolean local;
  VavIceListener listener;
  gpointer user_data;
  GDestroyNotify destroy;

  VavIceAgent *agent;
  VavIceTransport *transport;
  VavIceStream *stream; /* under the object lock */

  GMutex lock; /* below */
  gint64 last_heard;
  gint64 gap;
  gboolean up; /* ICE thread: there was a path */
};

G_DEFINE_FINAL_TYPE (VavIce, vav_ice, GST_TYPE_WEBRTC_ICE)

/* What the agent tells, on the ICE thread */

static void
note_media (VavIce *self)
{
  gint64 now = g_get_monotonic_time ();

  g_mutex_lock (&self->lock);
  if (self->last_heard != 0)
    self->gap = MAX (self->gap, now - self->last_heard);
  self->last_heard = now;
  g_mutex_unlock (&self->lock);
}

static void
on_receive (gpointer user_data, const char *data, gsize length)
{
  VavIce *self = VAV_ICE (user_data);
  VavPacketClass class = vav_packet_classify ((const guint8 *)data, length);

  if (class == VAV_PACKET_RTP || class == VAV_PACKET_RTCP)
    {
      if (!self->listener.admits (self->user_data))
        return;
      note_media (self);
    }

  vav_ice_transport_receive (self->transport, data, length);
}

static void
on_state (gpointer user_data, NiceComponentState state)
{
  static const GstWebRTCICEConnectionState states[] = {
    [NICE_COMPONENT_STATE_DISCONNECTED] = GST_WEBRTC_ICE_CONNECTION_STATE_NEW,
    [NICE_COMPONENT_STATE_GATHERING] = GST_WEBRTC_ICE_CONNECTION_STATE_NEW,
    [NICE_COMPONENT_STATE_CONNECTING] = GST_WEBRTC_ICE_CONNECTION_STATE_CHECKING,
    [NICE_COMPONENT_STATE_CONNECTED] = GST_WEBRTC_ICE_CONNECTION_STATE_CONNECTED,
    [NICE_COMPONENT_STATE_READY] = GST_WEBRTC_ICE_CONNECTION_STATE_COMPLETED,
    [NICE_COMPONENT_STATE_FAILED] = GST_WEBRTC_ICE_CONNECTION_STATE_FAILED,
  };
  VavIce *self = VAV_ICE (user_data);

  if ((guint)state >= G_N_ELEMENTS (states))
    return;

  if (state == NICE_COMPONENT_STATE_CONNECTED || state == NICE_COMPONENT_STATE_READY)
    self->up = TRUE;
  /* a path that fails may be followed by another: the session decides when it is over */
  if (state != NICE_COMPONENT_STATE_FAILED || !self->up)
    vav_ice_transport_set_state (self->transport, states[state]);
  if (state == NICE_COMPONENT_STATE_FAILED)
    self->listener.failed (self->user_data);
}

static void
on_candidate (gpointer user_data, const char *candidate)
{
  VavIce *self = VAV_ICE (user_data);

  self->listener.candidate (self->user_data, candidate);
}

static void
on_gathered (gpointer user_data)
{
  gst_webrtc_ice_transport_gathering_state_change (GST_WEBRTC_ICE_TRANSPORT (VAV_ICE (user_data)->transport),
                                                   GST_WEBRTC_ICE_GATHERING_STATE_COMPLETE);
}

static void
on_path (gpointer user_data, const char *local, const char *remote, gboolean relayed)
{
  VavIce *self = VAV_ICE (user_data);

  self->listener.path (self->user_data, local, remote, relayed);
}

static void
on_restarted (gpointer user_data, guint generation, const char *ufrag, const char *password)
{
  VavIce *self = VAV_ICE (user_data);

  self->listener.restarted (self->user_data, generation, ufrag, password);
}

static void
on_seen (gpointer user_data, const char *host)
{
  VavIce *self = VAV_ICE (user_data);

  self->listener.seen (self->user_data, host);
}

/* webrtcbin begins DTLS when it hears that there is a path. It shall not wait for that. */
static void
on_early (gpointer user_data)
{
  vav_ice_transport_set_state (VAV_ICE (user_data)->transport, GST_WEBRTC_ICE_CONNECTION_STATE_CONNECTED);
}

/* What webrtcbin asks, on its own thread */

/* Until 1.26.9 and 1.27.2 webrtcbin never gave back the stream that it was given, whatever the documentation says. Which one runs counts, not which one
 * we were built with. */
static gboolean
is_stream_given_back (void)
{
  guint major, minor, micro, nano;

  gst_version (&major, &minor, &micro, &nano);
  return major > 1 || minor >= 28 || (minor == 27 && micro >= 50) || (minor == 26 && micro >= 10);
}

static GstWebRTCICEStream *
vav_ice_add_stream (GstWebRTCICE *ice, guint session)
{
  VavIce *self = VAV_ICE (ice);
  GstWebRTCICEStream *stream;

  GST_OBJECT_LOCK (self);
  if (self->stream == NULL)
    self->stream = vav_ice_stream_new (session, self->transport);
  stream = GST_WEBRTC_ICE_STREAM (self->stream);
  if (is_stream_given_back ())
    gst_object_ref (stream);
  GST_OBJECT_UNLOCK (self);

  return stream;
}

static GstWebRTCICETransport *
vav_ice_find_transport (GstWebRTCICE *ice, GstWebRTCICEStream *stream, GstWebRTCICEComponent component)
{
  return gst_object_ref (GST_WEBRTC_ICE_TRANSPORT (VAV_ICE (ice)->transport));
}

static gboolean
vav_ice_gather_candidates (GstWebRTCICE *ice, GstWebRTCICEStream *stream)
{
  vav_ice_agent_gather (VAV_ICE (ice)->agent);
  return TRUE;
}

#if GST_CHECK_VERSION(1, 24, 0)
static void
vav_ice_take_candidate (GstWebRTCICE *ice, GstWebRTCICEStream *stream, const char *candidate, GstPromise *promise)
{
  vav_ice_add_candidate (VAV_ICE (ice), candidate);
  if (promise != NULL)
    {
      gst_promise_reply (promise, NULL);
      gst_promise_unref (promise);
    }
}
#else
static void
vav_ice_take_candidate (GstWebRTCICE *ice, GstWebRTCICEStream *stream, const char *candidate)
{
  vav_ice_add_candidate (VAV_ICE (ice), candidate);
}
#endif

static gboolean
vav_ice_set_local_credentials (GstWebRTCICE *ice, GstWebRTCICEStream *stream, const char *ufrag, const char *password)
{
  if (ufrag == NULL || password == NULL)
    return FALSE;
  vav_ice_agent_set_local_credentials (VAV_ICE (ice)->agent, ufrag, password);
  return TRUE;
}

static gboolean
vav_ice_set_remote_credentials (GstWebRTCICE *ice, GstWebRTCICEStream *stream, const char *ufrag, const char *password)
{
  if (ufrag == NULL || password == NULL)
    return FALSE;
  vav_ice_agent_set_remote_credentials (VAV_ICE (ice)->agent, ufrag, password);
  return TRUE;
}

static void
vav_ice_set_is_controller (GstWebRTCICE *ice, gboolean controller)
{
  vav_ice_agent_set_controlling (VAV_ICE (ice)->agent, controller);
}

static gboolean
vav_ice_get_is_controller (GstWebRTCICE *ice)
{
  return vav_ice_agent_get_controlling (VAV_ICE (ice)->agent);
}

/* Servers and policies come with the configuration; what webrtcbin's own properties say is not listened to. */

static gboolean
vav_ice_add_turn_server (GstWebRTCICE *ice, const char *uri)
{
  return FALSE;
}

static void
vav_ice_ignore_flag (GstWebRTCICE *ice, gboolean value)
{
}

static void
vav_ice_ignore_text (GstWebRTCICE *ice, const char *value)
{
}

static char *
vav_ice_get_nothing (GstWebRTCICE *ice)
{
  return NULL;
}

static void
vav_ice_set_tos (GstWebRTCICE *ice, GstWebRTCICEStream *stream, guint tos)
{
}

static void
vav_ice_set_on_ice_candidate (GstWebRTCICE *ice, GstWebRTCICEOnCandidateFunc func, gpointer user_data,
                              GDestroyNotify notify)
{
  if (notify != NULL)
    notify (user_data);
}

static GstWebRTCICECandidateStats **
vav_ice_get_candidates (GstWebRTCICE *ice, GstWebRTCICEStream *stream)
{
  return g_new0 (GstWebRTCICECandidateStats *, 1);
}

static gboolean
vav_ice_get_selected_pair (GstWebRTCICE *ice, GstWebRTCICEStream *stream, GstWebRTCICECandidateStats **local,
                           GstWebRTCICECandidateStats **remote)
{
  return FALSE;
}

#if GST_CHECK_VERSION(1, 28, 0)
/* the session closes us itself, vav_ice_close() */
static void
vav_ice_close_promise (GstWebRTCICE *ice, GstPromise *promise)
{
  if (promise != NULL)
    {
      gst_promise_reply (promise, NULL);
      gst_promise_unref (promise);
    }
}
#endif

/* The ICE thread calls us until it has left. If it does not leave, what it uses has to stay for ever: this reference is never given back. */
static void
vav_ice_dispose (GObject *object)
{
  VavIce *self = VAV_ICE (object);

  if (self->agent != NULL && !vav_ice_close (self, g_get_monotonic_time () + 5 * G_USEC_PER_SEC))
    {
      g_debug ("an ICE thread does not leave and is left to itself");
      g_object_ref (self);
      return;
    }

  G_OBJECT_CLASS (vav_ice_parent_class)->dispose (object);
}

static void
vav_ice_finalize (GObject *object)
{
  VavIce *self = VAV_ICE (object);

  gst_clear_object (&self->stream);
  gst_clear_object (&self->transport);
  g_clear_pointer (&self->agent, vav_ice_agent_unref);
  if (self->destroy != NULL)
    self->destroy (self->user_data);
  g_mutex_clear (&self->lock);

  G_OBJECT_CLASS (vav_ice_parent_class)->finalize (object);
}

static void
vav_ice_class_init (VavIceClass *klass)
{
  GstWebRTCICEClass *ice_class = GST_WEBRTC_ICE_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = vav_ice_dispose;
  G_OBJECT_CLASS (klass)->finalize = vav_ice_finalize;
  ice_class->add_stream = vav_ice_add_stream;
  ice_class->find_transport = vav_ice_find_transport;
  ice_class->gather_candidates = vav_ice_gather_candidates;
  ice_class->add_candidate = vav_ice_take_candidate;
  ice_class->set_local_credentials = vav_ice_set_local_credentials;
  ice_class->set_remote_credentials = vav_ice_set_remote_credentials;
  ice_class->add_turn_server = vav_ice_add_turn_server;
  ice_class->set_is_controller = vav_ice_set_is_controller;
  ice_class->get_is_controller = vav_ice_get_is_controller;
  ice_class->set_force_relay = vav_ice_ignore_flag;
  ice_class->set_stun_server = vav_ice_ignore_text;
  ice_class->get_stun_server = vav_ice_get_nothing;
  ice_class->set_turn_server = vav_ice_ignore_text;
  ice_class->get_turn_server = vav_ice_get_nothing;
  ice_class->set_http_proxy = vav_ice_ignore_text;
  ice_class->get_http_proxy = vav_ice_get_nothing;
  ice_class->set_tos = vav_ice_set_tos;
  ice_class->set_on_ice_candidate = vav_ice_set_on_ice_candidate;
  ice_class->get_local_candidates = vav_ice_get_candidates;
  ice_class->get_remote_candidates = vav_ice_get_candidates;
  ice_class->get_selected_pair = vav_ice_get_selected_pair;
#if GST_CHECK_VERSION(1, 28, 0)
  ice_class->close = vav_ice_close_promise;
#endif
}

static void
vav_ice_init (VavIce *self)
{
  g_mutex_init (&self->lock);
}

/**
 * vav_ice_new:
 * @config: what may be used
 * @listener: who is told, on the ICE thread
 * @user_data: (closure): for @listener
 * @destroy: (nullable): frees @user_data
 *
 * Starts the ICE thread. Nothing is gathered before webrtcbin sets its local description.
 *
 * Returns: (transfer full): the ICE for one webrtcbin
 */
VavIce *
vav_ice_new (const VavIceConfig *config, const VavIceListener *listener, gpointer user_data, GDestroyNotify destroy)
{
  static const VavIceEvents events
      = { on_receive, on_state, on_candidate, on_gathered, on_path, on_restarted, on_seen, on_early };
  VavIce *self = g_object_new (VAV_TYPE_ICE, NULL);

  self->local = config->local;
  self->listener = *listener;
  self->user_data = user_data;
  self->destroy = destroy;
  self->agent = vav_ice_agent_new (config, &events, self);
  self->transport = vav_ice_transport_new (self->agent);

  return gst_object_ref_sink (self);
}

void
vav_ice_add_candidate (VavIce *self, const char *candidate)
{
  g_autofree char *clean = NULL;

  /* webrtcbin ends a list of candidates with nothing */
  if (candidate == NULL || *candidate == '\0')
    return;

  clean = vav_candidate_clean (candidate, self->local, NULL);
  if (clean != NULL)
    vav_ice_agent_add_candidate (self->agent, clean);
}

void
vav_ice_end_candidates (VavIce *self)
{
  vav_ice_agent_end_candidates (self->agent);
}

void
vav_ice_begin_early (VavIce *self)
{
  vav_ice_agent_begin_early (self->agent);
}

guint
vav_ice_get_sent (VavIce *self, VavPacketClass class)
{
  return vav_ice_transport_get_sent (self->transport, class);
}

const char *
vav_ice_describe_failure (VavIce *self)
{
  VavIceReport report;

  vav_ice_agent_get_report (self->agent, &report);
  return vav_ice_report_describe (&report);
}

void
vav_ice_restart (VavIce *self, guint generation, const char *ufrag, const char *password)
{
  vav_ice_agent_restart (self->agent, generation, ufrag, password);
}

gint64
vav_ice_get_last_heard (VavIce *self)
{
  gint64 last;

  g_mutex_lock (&self->lock);
  last = self->last_heard;
  g_mutex_unlock (&self->lock);

  return last;
}

guint
vav_ice_take_gap (VavIce *self)
{
  gint64 gap;

  g_mutex_lock (&self->lock);
  gap = self->gap;
  self->gap = 0;
  g_mutex_unlock (&self->lock);

  return (guint)(gap / 1000);
}

gboolean
vav_ice_close (VavIce *self, gint64 deadline)
{
  return vav_ice_agent_close (self->agent, deadline);
}
