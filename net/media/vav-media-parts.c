/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/media/vav-media-parts.h"

#include <glib/gi18n-lib.h>
#include <gst/webrtc/webrtc.h>
#include <string.h>

#include "net/media/vav-media-bus.h"
#include "net/media/vav-media-elements.h"
#include "net/media/vav-media-private.h"
#include "net/media/vav-rate-limit.h"
#include "net/media/vav-sctp.h"

/* What foreign threads know: enough to hop. The gate is matched on the DTLS thread there and then, or what the peer sends at once would
 * be dropped. */
typedef struct
{
  VavHop *hop;
  VavMediaGate *gate;
  const VavMediaEvents *events;
} Watch;

static Watch *
watch_new (VavHop *hop, VavMediaGate *gate, const VavMediaEvents *events)
{
  Watch *watch = g_new0 (Watch, 1);

  watch->hop = vav_hop_ref (hop);
  watch->gate = vav_media_gate_ref (gate);
  watch->events = events;

  return watch;
}

static void
watch_free (gpointer data)
{
  Watch *watch = data;

  vav_hop_unref (watch->hop);
  vav_media_gate_unref (watch->gate);
  g_free (watch);
}

static void
watch_closure_free (gpointer data, GClosure *closure)
{
  watch_free (data);
}

static void
path_free (gpointer data)
{
  VavMediaPath *path = data;

  g_free (path->local);
  g_free (path->remote);
  g_free (path);
}

/* ICE thread */
static void
on_ice_candidate (gpointer user_data, const char *candidate)
{
  Watch *watch = user_data;

  vav_hop_post (watch->hop, watch->events->candidate, g_strdup (candidate), g_free);
}

static void
on_ice_path (gpointer user_data, const char *local, const char *remote, gboolean relayed)
{
  Watch *watch = user_data;
  VavMediaPath *path = g_new0 (VavMediaPath, 1);

  path->local = g_strdup (local);
  path->remote = g_strdup (remote);
  path->relayed = relayed;
  vav_hop_post (watch->hop, watch->events->path, path, path_free);
}

static void
on_ice_failed (gpointer user_data)
{
  Watch *watch = user_data;

  vav_hop_post (watch->hop, watch->events->path_lost, NULL, NULL);
}

static void
restart_free (gpointer data)
{
  VavMediaRestart *restart = data;

  g_free (restart->ufrag);
  g_free (restart->password);
  g_free (restart);
}

/* ICE thread */
static void
on_ice_restarted (gpointer user_data, guint generation, const char *ufrag, const char *password)
{
  Watch *watch = user_data;
  VavMediaRestart *restart = g_new0 (VavMediaRestart, 1);

  restart->generation = generation;
  restart->ufrag = g_strdup (ufrag);
  restart->password = g_strdup (password);
  vav_hop_post (watch->hop, watch->events->restarted, restart, restart_free);
}

/* ICE thread */
static void
on_ice_seen (gpointer user_data, const char *host)
{
  Watch *watch = user_data;

  vav_hop_post (watch->hop, watch->events->seen, g_strdup (host), g_free);
}

/* Before DTLS there is no key to read it with; what it would make inside GStreamer, for each SSRC, is not wanted from a stranger. Not kept
 * back until the call is open: SRTP counts the packets that it sees (RFC 3711, 3.3.1), and would not know them again. */
static gboolean
on_ice_asks (gpointer user_data)
{
  Watch *watch = user_data;

  return vav_media_gate_is_matched (watch->gate);
}

/* DTLS thread; once also the main thread, vav_media_parts_watch_dtls() */
static void
on_dtls_state (GObject *dtls, GParamSpec *pspec, gpointer user_data)
{
  Watch *watch = user_data;
  GstWebRTCDTLSTransportState state;
  g_autofree char *pem = NULL;
  gboolean matched;

  g_object_get (dtls, "state", &state, NULL);
  if (state == GST_WEBRTC_DTLS_TRANSPORT_STATE_FAILED)
    vav_hop_post (watch->hop, watch->events->lost, NULL, NULL);
  if (state != GST_WEBRTC_DTLS_TRANSPORT_STATE_CONNECTED)
    return;

  vav_media_gate_mark (watch->gate, VAV_STEP_DTLS_DONE);
  g_object_get (dtls, "remote-certificate", &pem, NULL);
  matched = vav_media_gate_match (watch->gate, pem);
  vav_hop_post (watch->hop, matched ? watch->events->connected : watch->events->mismatch, NULL, NULL);
}

static GstPadProbeReturn
on_unknown_packet (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  return GST_PAD_PROBE_DROP;
}

/* The jitter buffer's thread */
static void
on_pad_added (GstElement *webrtc, GstPad *pad, gpointer user_data)
{
  VavMediaReceive **receive = user_data;

  if (GST_PAD_DIRECTION (pad) != GST_PAD_SRC)
    return;
  for (guint i = 0; i < VAV_N_MEDIA_KINDS; i++)
    if (vav_media_receive_take_pad (receive[i], pad))
      return;

  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_BUFFER_LIST, on_unknown_packet, NULL, NULL);
}

static gboolean
make_receivers (VavMediaParts *parts, VavOutlet *const *outlets, VavHop *hop, const VavMediaEvents *events,
                GError **error)
{
  for (guint i = 0; i < VAV_N_MEDIA_KINDS; i++)
    {
      parts->receive[i] = vav_media_receive_new ((VavMediaKind)i, outlets[i], parts->gate, hop, events->first[i],
                                                 parts->pipeline, error);
      if (parts->receive[i] == NULL)
        return FALSE;
    }

  g_signal_connect_data (parts->webrtc, "pad-added", G_CALLBACK (on_pad_added),
                         g_memdup2 (parts->receive, sizeof parts->receive), (GClosureNotify)(GCallback)g_free, 0);
  return TRUE;
}

static gboolean
make_senders (VavMediaParts *parts, VavMedia *media, const VavSdpMedia *specs, GError **error)
{
  /* in the order of the m-lines */
  for (guint mline = 0; mline < VAV_N_MEDIA_KINDS; mline++)
    {
      guint kind = specs[VAV_MEDIA_AUDIO].mline == mline ? VAV_MEDIA_AUDIO : VAV_MEDIA_VIDEO;

      parts->send[kind]
          = vav_media_send_new ((VavMediaKind)kind, &specs[kind], media, parts->gate,
                                vav_rate_control_get_pacer (parts->rate), parts->pipeline, parts->webrtc, error);
      if (parts->send[kind] == NULL)
        return FALSE;
      vav_rate_control_add (parts->rate, (VavMediaKind)kind, parts->send[kind]);
    }
  vav_shield_set_picture (parts->shield, vav_media_send_get_ssrc (parts->send[VAV_MEDIA_VIDEO]));

  return TRUE;
}

/* Of pictures in either direction, as this side wants it. */
static guint
get_picture_bitrate (VavMedia *media)
{
  return vav_rate_limit_join (vav_rate_limit_get_picture (vav_media_get_rate_limit (media)), VAV_VIDEO_BITRATE);
}

static gboolean
make_webrtc (VavMediaParts *parts, VavMedia *media, gboolean local, VavRtcpGuard *guard, VavHop *hop,
             const VavMediaEvents *events)
{
  static const VavIceListener listener
      = { on_ice_candidate, on_ice_path, on_ice_failed, on_ice_asks, on_ice_restarted, on_ice_seen };
  VavIceConfig config = { .local = local };
  GstElement *webrtc;

  vav_media_fill_ice_config (media, &config);
  config.timeline = vav_media_gate_get_timeline (parts->gate);
  parts->ice = vav_ice_new (&config, &listener, watch_new (hop, parts->gate, events), watch_free);
  /* webrtcbin keeps the reference that it is given */
  webrtc = gst_element_factory_make_full ("webrtcbin", "ice-agent", gst_object_ref (parts->ice), "bundle-policy",
                                          GST_WEBRTC_BUNDLE_POLICY_MAX_BUNDLE, "latency", (guint)VAV_LATENCY_START_MS,
                                          NULL);
  if (webrtc == NULL)
    {
      gst_object_unref (parts->ice);
      return FALSE;
    }

  gst_bin_add (GST_BIN (parts->pipeline), webrtc);
  parts->webrtc = gst_object_ref (webrtc);
  parts->negotiation = vav_media_negotiation_new (webrtc, get_picture_bitrate (media), parts->shield, hop);
  parts->rate = vav_rate_control_new (webrtc, parts->gate, guard, parts->shield, hop);
  return gst_element_set_state (parts->pipeline, GST_STATE_PLAYING) != GST_STATE_CHANGE_FAILURE;
}

gboolean
vav_media_parts_build (VavMediaParts *parts, VavMedia *media, gboolean local, const VavSdpMedia *specs,
                       VavOutlet *const *outlets, VavHop *hop, const VavMediaEvents *events, GError **error)
{
  g_autoptr (VavRtcpGuard) guard = vav_rtcp_guard_new ();

  parts->pipeline = vav_media_make_pipeline (NULL);
  vav_media_bus_watch (parts->pipeline, hop, &(VavMediaBusEvents){ events->broken, events->lost });
  parts->shield = vav_shield_new (&specs[VAV_MEDIA_VIDEO]);
  parts->tuning = vav_media_tuning_new (parts->pipeline, parts->gate, guard, parts->shield);
  if (vav_sctp_is_possible ())
    parts->pipe = vav_data_pipe_new (parts->pipeline, parts->gate);
  if (!make_webrtc (parts, media, local, guard, hop, events))
    {
      g_set_error_literal (error, VAV_ERROR, VAV_ERROR_MEDIA,
                           _ ("A part for picture and sound is not installed (GStreamer's “webrtcbin”, with its "
                              "parts for ICE and DTLS). Install the GStreamer plug-ins and try again."));
      return FALSE;
    }

  return make_receivers (parts, outlets, hop, events, error) && make_senders (parts, media, specs, error);
}

void
vav_media_parts_watch_dtls (VavMediaParts *parts, VavHop *hop, const VavMediaEvents *events)
{
  g_autoptr (GObject) transceiver = NULL;
  g_autoptr (GObject) sender = NULL;
  Watch *watch;

  /* the bundle has one transport; any of its transceivers knows it */
  g_signal_emit_by_name (parts->webrtc, "get-transceiver", 0, &transceiver);
  if (transceiver != NULL)
    g_object_get (transceiver, "sender", &sender, NULL);
  if (sender != NULL)
    g_object_get (sender, "transport", &parts->dtls, NULL);
  if (parts->dtls == NULL)
    return;

  watch = watch_new (hop, parts->gate, events);
  parts->dtls_handler
      = g_signal_connect_data (parts->dtls, "notify::state", G_CALLBACK (on_dtls_state), watch, watch_closure_free, 0);
  /* it may have been quicker */
  on_dtls_state (parts->dtls, NULL, watch);
}
