/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

#include "net/media/vav-rate-estimator.h"

G_BEGIN_DECLS

/* No more of one report is looked at. */
#define VAV_RATE_FEEDBACK_MAX 4096

/* What the peer says of packets, from rtpsession's structure RTPTWCCPackets, in the order of the numbers. overhead: bytes that a packet has
 * on the wire beside its payload. Returns: (element-type VavRatePacket) (transfer full): empty if it is nonsense */
GArray *vav_rate_feedback_parse (const GstStructure *structure, guint overhead);

/* Whether a report ends with a packet that came, and that left some time after the last one that was news. Only of such reports GStreamer forgets what was
 * before: it keeps 0.3 s (rtpstats.c). packets: as parsed. news_us: (inout): when that one left; 0 to begin with */
gboolean vav_rate_feedback_is_news (const GArray *packets, gint64 *news_us);

/* Whether a report ends with a packet that left within the last half minute. Only after such a report rtpsession knows of no older ones: it keeps all from
 * the last one that a report names, and forgets none if that one was never sent (rtptwcc.c). packets: as parsed. now_us: monotonic */
gboolean vav_rate_feedback_is_current (const GArray *packets, gint64 now_us);

G_END_DECLS
