/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Sources of which the RTP session may hear. One call has four from the other side, and one more for each stream that begins anew. */
#define VAV_RTCP_MAX_SOURCES 32
/* Of one transport-wide report: two seconds at full rate. */
#define VAV_RTCP_MAX_NUMBERS 1024

/**
 * VavRtcpGuard:
 *
 * Looks at the RTCP of a peer before the RTP session does, which does whatever it is told to, as often as it is told, and believes what lengths say: takes
 * out what is broken, what we have no use for, and what is more than a second has room for. What is refused is counted, and nothing else happens.
 *
 * Any thread.
 */
typedef struct _VavRtcpGuard VavRtcpGuard;

VavRtcpGuard *vav_rtcp_guard_new (void);
VavRtcpGuard *vav_rtcp_guard_ref (VavRtcpGuard *self);
void vav_rtcp_guard_unref (VavRtcpGuard *self);

/* data: (inout): a compound packet (RFC 3550, 6.1), or one of reduced size (RFC 5506); what is left of it comes first. now_us: monotonic. Returns: how many
 * bytes are left; they are a valid packet again; 0 if none */
gsize vav_rtcp_guard_filter (VavRtcpGuard *self, guint8 *data, gsize size, gint64 now_us);
/* Whether a packet of RTP may pass: its source is one of the first that were heard of, and it names no others, as only a mixer does. */
gboolean vav_rtcp_guard_admit (VavRtcpGuard *self, const guint8 *packet, gsize size);
/* What became of a transport-wide report: of how many packets it told, and whether they were news (vav_rate_feedback_is_news()). From a peer that tells no
 * news for long nothing more is heard of packets. */
void vav_rtcp_guard_note_told (VavRtcpGuard *self, guint n, gboolean news);
/* How many were refused so far. */
guint vav_rtcp_guard_get_refused (VavRtcpGuard *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VavRtcpGuard, vav_rtcp_guard_unref)

G_END_DECLS
