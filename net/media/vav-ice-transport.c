/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/media/vav-ice-transport.h"

#include <gst/app/gstappsink.h>
#include <gst/app/gstappsrc.h>

/* Packets that wait for webrtcbin to take them; a second of a good picture. Full: the newest are dropped, as a socket would. */
#define MAX_WAITING (512 * 1024)

/* Packets of a peer that begins its DTLS before our webrtcbin has the description: kept, as DTLS would send them again only after a second. */
#define MAX_EARLY 16

struct _VavIceTransport
{
  GstWebRTCICETransport parent_instance;

  VavIceAgent *agent;
  int last_state;                   /* ICE thread */
  GPtrArray *waiting;               /* ICE thread; of GstBuffer: came before webrtcbin can do anything with it */
  guint sent[VAV_N_PACKET_CLASSES]; /* atomic */
};

G_DEFINE_FINAL_TYPE (VavIceTransport, vav_ice_transport, GST_TYPE_WEBRTC_ICE_TRANSPORT)

struct _VavIceStream
{
  GstWebRTCICEStream parent_instance;

  VavIceTransport *transport;
};

G_DEFINE_FINAL_TYPE (VavIceStream, vav_ice_stream, GST_TYPE_WEBRTC_ICE_STREAM)

VavPacketClass
vav_packet_classify (const guint8 *data, gsize length)
{
  if (length < 2)
    return VAV_PACKET_OTHER;
  if (data[0] <= 3)
    return VAV_PACKET_STUN;
  if (data[0] >= 20 && data[0] <= 63)
    return VAV_PACKET_DTLS;
  if (data[0] >= 128 && data[0] <= 191)
    return data[1] >= 192 && data[1] <= 223 ? VAV_PACKET_RTCP : VAV_PACKET_RTP;

  return VAV_PACKET_OTHER;
}

guint
vav_ice_transport_get_sent (VavIceTransport *self, VavPacketClass class)
{
  return (guint)g_atomic_int_get (&self->sent[class]);
}

static void
mark (VavIceTransport *self, VavPacketClass class, VavStep dtls, VavStep media)
{
  if (class == VAV_PACKET_DTLS || class == VAV_PACKET_RTP)
    vav_ice_agent_mark (self->agent, class == VAV_PACKET_DTLS ? dtls : media);
}

/* webrtcbin's sending thread */
static GstFlowReturn
on_packet (GstAppSink *sink, gpointer user_data)
{
  VavIceTransport *self = user_data;
  g_autoptr (GstSample) sample = gst_app_sink_pull_sample (sink);
  GstBuffer *buffer = sample != NULL ? gst_sample_get_buffer (sample) : NULL;
  GstMapInfo map;

  if (buffer != NULL && gst_buffer_map (buffer, &map, GST_MAP_READ))
    {
      VavPacketClass class = vav_packet_classify (map.data, map.size);

      g_atomic_int_inc (&self->sent[class]);
      mark (self, class, VAV_STEP_DTLS_SENT, VAV_STEP_MEDIA_SENT);
      if (class == VAV_PACKET_DTLS)
        vav_ice_agent_send_dtls (self->agent, (const char *)map.data, map.size);
      else
        vav_ice_agent_send (self->agent, (const char *)map.data, map.size);
      gst_buffer_unmap (buffer, &map);
    }

  return GST_FLOW_OK;
}

static gboolean
is_up (VavIceTransport *self)
{
  return self->last_state == GST_WEBRTC_ICE_CONNECTION_STATE_CONNECTED
         || self->last_state == GST_WEBRTC_ICE_CONNECTION_STATE_COMPLETED;
}

static void
hand_on (VavIceTransport *self, GstBuffer *buffer)
{
  gst_app_src_push_buffer (GST_APP_SRC (GST_WEBRTC_ICE_TRANSPORT (self)->src), buffer);
}

void
vav_ice_transport_receive (VavIceTransport *self, const char *data, gsize length)
{
  GstBuffer *buffer;

  if (length == 0)
    return;

  mark (self, vav_packet_classify ((const guint8 *)data, length), VAV_STEP_DTLS_READ, VAV_STEP_MEDIA_READ);
  buffer = gst_buffer_new_memdup (data, length);
  /* running time of a pipeline with base time 0 on the system clock: jitter is measured from when the packet came in, not from when a
   * thread got round to it */
  GST_BUFFER_PTS (buffer) = GST_BUFFER_DTS (buffer) = (GstClockTime)g_get_monotonic_time () * GST_USECOND;
  if (is_up (self))
    hand_on (self, buffer);
  else if (self->waiting->len < MAX_EARLY)
    g_ptr_array_add (self->waiting, buffer);
  else
    gst_buffer_unref (buffer);
}

void
vav_ice_transport_set_state (VavIceTransport *self, GstWebRTCICEConnectionState state)
{
  gboolean was_up = is_up (self);

  if (state == (GstWebRTCICEConnectionState)self->last_state)
    return;
  if (was_up && state != GST_WEBRTC_ICE_CONNECTION_STATE_COMPLETED && state != GST_WEBRTC_ICE_CONNECTION_STATE_FAILED)
    return;

  self->last_state = (int)state;
  gst_webrtc_ice_transport_connection_state_change (GST_WEBRTC_ICE_TRANSPORT (self), state);
  if (was_up || !is_up (self))
    return;
  for (guint i = 0; i < self->waiting->len; i++)
    hand_on (self, gst_buffer_ref (g_ptr_array_index (self->waiting, i)));
  g_ptr_array_set_size (self->waiting, 0);
}

static void
make_elements (VavIceTransport *self)
{
  GstWebRTCICETransport *transport = GST_WEBRTC_ICE_TRANSPORT (self);
  GstAppSinkCallbacks callbacks = { .new_sample = on_packet };

  transport->src = gst_object_ref_sink (gst_element_factory_make ("appsrc", NULL));
  g_object_set (transport->src, "is-live", TRUE, "format", GST_FORMAT_TIME, "max-bytes", (guint64)MAX_WAITING,
                "leaky-type", 1 /* upstream: the newest */, NULL);
  transport->sink = gst_object_ref_sink (gst_element_factory_make ("appsink", NULL));
  g_object_set (transport->sink, "sync", FALSE, "async", FALSE, "enable-last-sample", FALSE, NULL);
  gst_app_sink_set_callbacks (GST_APP_SINK (transport->sink), &callbacks, self, NULL);
}

static void
vav_ice_transport_finalize (GObject *object)
{
  VavIceTransport *self = VAV_ICE_TRANSPORT (object);
  GstWebRTCICETransport *transport = GST_WEBRTC_ICE_TRANSPORT (object);
  GstAppSinkCallbacks none = { NULL };

  gst_app_sink_set_callbacks (GST_APP_SINK (transport->sink), &none, NULL, NULL);
  gst_clear_object (&transport->src);
  gst_clear_object (&transport->sink);
  g_clear_pointer (&self->agent, vav_ice_agent_unref);
  g_ptr_array_unref (self->waiting);

  G_OBJECT_CLASS (vav_ice_transport_parent_class)->finalize (object);
}

static void
vav_ice_transport_class_init (VavIceTransportClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = vav_ice_transport_finalize;
}

static void
vav_ice_transport_init (VavIceTransport *self)
{
  self->last_state = GST_WEBRTC_ICE_CONNECTION_STATE_NEW;
  self->waiting = g_ptr_array_new_with_free_func ((GDestroyNotify)gst_buffer_unref);
  make_elements (self);
}

VavIceTransport *
vav_ice_transport_new (VavIceAgent *agent)
{
  VavIceTransport *self = g_object_new (VAV_TYPE_ICE_TRANSPORT, "component", GST_WEBRTC_ICE_COMPONENT_RTP, NULL);

  self->agent = vav_ice_agent_ref (agent);

  return gst_object_ref_sink (self);
}

static GstWebRTCICETransport *
vav_ice_stream_find_transport (GstWebRTCICEStream *stream, GstWebRTCICEComponent component)
{
  return gst_object_ref (GST_WEBRTC_ICE_TRANSPORT (VAV_ICE_STREAM (stream)->transport));
}

/* VavIce gathers when webrtcbin asks it */
static gboolean
vav_ice_stream_gather_candidates (GstWebRTCICEStream *stream)
{
  return TRUE;
}

static void
vav_ice_stream_finalize (GObject *object)
{
  VavIceStream *self = VAV_ICE_STREAM (object);

  gst_clear_object (&self->transport);

  G_OBJECT_CLASS (vav_ice_stream_parent_class)->finalize (object);
}

static void
vav_ice_stream_class_init (VavIceStreamClass *klass)
{
  GstWebRTCICEStreamClass *stream_class = GST_WEBRTC_ICE_STREAM_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = vav_ice_stream_finalize;
  stream_class->find_transport = vav_ice_stream_find_transport;
  stream_class->gather_candidates = vav_ice_stream_gather_candidates;
}

static void
vav_ice_stream_init (VavIceStream *self)
{
}

VavIceStream *
vav_ice_stream_new (guint session, VavIceTransport *transport)
{
  VavIceStream *self = g_object_new (VAV_TYPE_ICE_STREAM, "stream-id", session, NULL);

  self->transport = gst_object_ref (transport);

  return gst_object_ref_sink (self);
}
