/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

#include "net/media/vav-media-gate.h"

G_BEGIN_DECLS

/* What a packet of RTP becomes longer by on its way out, in bytes: SRTP's seal (10), UDP and IP (28, of IPv4). And what is on the wire beside what it
 * carries, where only that is known: its header, too, with the number for feedback (20). */
#define VAV_PACER_OVERHEAD 38
#define VAV_PACKET_OVERHEAD (20 + VAV_PACER_OVERHEAD)

/* In the order in which they go. */
typedef enum
{
  VAV_PACER_SOUND,   /* at once; it counts for what the others may send */
  VAV_PACER_REPEAT,  /* and repair: whatever is neither of the others */
  VAV_PACER_PICTURE, /* new pictures */
  VAV_N_PACER_PRIORITIES
} VavPacerPriority;

/**
 * VavPacerListener:
 * @feedback: what the peer says of packets that it got: the structure of rtpsession's event RTPTWCCPackets. On the thread that receives
 * @leaves: a packet of a picture leaves now. Returns: (transfer full) (nullable): one that is to follow it. On the pacer's thread
 * @dropped: pictures were dropped, since they had become too old or too many: those that follow build on them, and a key frame is needed.
 *   On the pacer's thread, that of the encoder, or whoever calls vav_pacer_start_afresh()
 */
typedef struct
{
  void (*feedback) (gpointer user_data, const GstStructure *structure);
  void (*dropped) (gpointer user_data);
  GstBuffer *(*leaves) (gpointer user_data, GstBuffer *packet); /* (nullable) */
} VavPacerListener;

/**
 * VavPacer:
 *
 * An element between those who make RTP packets and the RTP session: lets them go one by one, at a rate, from a thread of its own, so that no key
 * frame floods the path. Pads: "sink", "src". It never blocks who pushes. Its place is before the session, which numbers the packets for
 * transport-wide feedback and notes when each was sent.
 *
 * What waits is bounded: pictures half a second, repeats less. What a gate has shut while it waited does not leave.
 */
#define VAV_TYPE_PACER (vav_pacer_get_type ())
G_DECLARE_FINAL_TYPE (VavPacer, vav_pacer, VAV, PACER, GstElement)

/* gate: (nullable): asked for each packet as it leaves. Returns: (transfer floating), as elements are. */
VavPacer *vav_pacer_new (VavMediaGate *gate);
/* Once, before it runs. listener: static. destroy: with the element */
void vav_pacer_listen (VavPacer *self, const VavPacerListener *listener, gpointer user_data, GDestroyNotify destroy);

/* The rest by any thread. Which stream is sound, and which is pictures. */
void vav_pacer_set_ssrc (VavPacer *self, VavPacerPriority priority, guint32 ssrc);
/* Bit/s on the wire. Begins with VAV_PACER_OPEN. */
#define VAV_PACER_OPEN 20000000
void vav_pacer_set_rate (VavPacer *self, guint bits_per_second);
/* The path has become far narrower than what waits was made for: pictures and repeats that wait are dropped, a key frame is asked for as ever, and
 * what the peer misses of all pictures until now is not repeated. */
void vav_pacer_start_afresh (VavPacer *self);
/* In how many µs what waits will have gone. */
gint64 vav_pacer_get_queue_us (VavPacer *self);
/* How many left so far. */
guint64 vav_pacer_get_sent (VavPacer *self);
/* How many packets of a kind were dropped so far. */
guint vav_pacer_get_dropped (VavPacer *self, VavPacerPriority priority);

G_END_DECLS
