/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>
#include <gst/webrtc/ice.h>
#include <gst/webrtc/webrtc.h>

#include "net/media/vav-ice-agent.h"
#include "net/media/vav-ice-transport.h"

G_BEGIN_DECLS

/**
 * VavIceListener:
 *
 * Called on the ICE thread; copy and hop. The strings are borrowed.
 * @candidate: a local candidate, "candidate:…"
 * @path: the selected pair, "IP:PORT", whenever it changes
 * @failed: no pair works, or the one that worked is silent (consent, RFC 7675)
 * @admits: whether received RTP and RTCP may go on
 * @restarted: our credentials of a new generation; its candidates follow
 * @seen: the other side was heard from an IP address that it had not told of
 */
typedef struct
{
  void (*candidate) (gpointer user_data, const char *candidate);
  void (*path) (gpointer user_data, const char *local, const char *remote, gboolean relayed);
  void (*failed) (gpointer user_data);
  gboolean (*admits) (gpointer user_data);
  void (*restarted) (gpointer user_data, guint generation, const char *ufrag, const char *password);
  void (*seen) (gpointer user_data, const char *host);
} VavIceListener;

/* Our ICE, as webrtcbin wants it (its "ice-agent" property). Local candidates go to the listener, not through webrtcbin. */
#define VAV_TYPE_ICE (vav_ice_get_type ())
G_DECLARE_FINAL_TYPE (VavIce, vav_ice, VAV, ICE, GstWebRTCICE)

VavIce *vav_ice_new (const VavIceConfig *config, const VavIceListener *listener, gpointer user_data,
                     GDestroyNotify destroy);
/* Takes a remote candidate as it came from the peer; nonsense is dropped. */
void vav_ice_add_candidate (VavIce *self, const char *candidate);
/* The peer says that it has told all; when ours are told too and nothing is answered, the state becomes failed. */
void vav_ice_end_candidates (VavIce *self);
/* Both descriptions are there: DTLS begins beside ICE's checks (VavIceEarly). */
void vav_ice_begin_early (VavIce *self);

/* How many packets of a class webrtcbin sent. Any thread. */
guint vav_ice_get_sent (VavIce *self, VavPacketClass class);
/* Why there is no path, in whole sentences, as far as is known by now. */
const char *vav_ice_describe_failure (VavIce *self);
/* See vav_ice_agent_restart(). */
void vav_ice_restart (VavIce *self, guint generation, const char *ufrag, const char *password);
/* When the last media packet (RTP or RTCP) came in, monotonic µs; 0: none yet. Any thread. */
gint64 vav_ice_get_last_heard (VavIce *self);
/* The longest time between two of them since this was asked last, in ms. Any thread. */
guint vav_ice_take_gap (VavIce *self);
/* Before the pipeline is stopped; not on the main thread. Returns: %FALSE if the thread has not left by @deadline */
gboolean vav_ice_close (VavIce *self, gint64 deadline);

G_END_DECLS
