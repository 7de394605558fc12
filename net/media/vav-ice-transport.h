/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>
#include <gst/webrtc/ice.h>
#include <gst/webrtc/icestream.h>
#include <gst/webrtc/icetransport.h>
#include <gst/webrtc/webrtc.h>

#include "net/media/vav-ice-agent.h"

G_BEGIN_DECLS

/* What webrtcbin sees of our ICE: one stream with one transport (BUNDLE and rtcp-mux leave no more). Packets that the agent received come
 * out of an appsrc, packets that webrtcbin sends go into an appsink and from there to whatever nice stream is current: which one that is
 * may change under a running DTLS, nobody here notices. */
#define VAV_TYPE_ICE_TRANSPORT (vav_ice_transport_get_type ())
G_DECLARE_FINAL_TYPE (VavIceTransport, vav_ice_transport, VAV, ICE_TRANSPORT, GstWebRTCICETransport)

/* What a packet is, by its first bytes (RFC 7983, RFC 5761). */
typedef enum
{
  VAV_PACKET_OTHER,
  VAV_PACKET_STUN,
  VAV_PACKET_DTLS,
  VAV_PACKET_RTP,
  VAV_PACKET_RTCP,
} VavPacketClass;

#define VAV_N_PACKET_CLASSES (VAV_PACKET_RTCP + 1)

VavPacketClass vav_packet_classify (const guint8 *data, gsize length);

VavIceTransport *vav_ice_transport_new (VavIceAgent *agent);
/* Hands a received packet on, once webrtcbin was told that it is connected. ICE thread; never blocks. */
void vav_ice_transport_receive (VavIceTransport *self, const char *data, gsize length);
/* How many packets of a class webrtcbin sent through this. Any thread. */
guint vav_ice_transport_get_sent (VavIceTransport *self, VavPacketClass class);
/* Tells webrtcbin, on the ICE thread; never steps back from connected to checking, which would stop the receiving side. */
void vav_ice_transport_set_state (VavIceTransport *self, GstWebRTCICEConnectionState state);

#define VAV_TYPE_ICE_STREAM (vav_ice_stream_get_type ())
G_DECLARE_FINAL_TYPE (VavIceStream, vav_ice_stream, VAV, ICE_STREAM, GstWebRTCICEStream)

VavIceStream *vav_ice_stream_new (guint session, VavIceTransport *transport);

G_END_DECLS
