/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "net/call/vav-call-machine.h"
#include "net/call/vav-courier.h"
#include "net/call/vav-peer.h"
#include "net/core/vav-outlet.h"
#include "net/core/vav-timeline.h"
#include "net/media/vav-media-stats.h"
#include "net/media/vav-media.h"
#include "net/media/vav-quality.h"
#include "net/signal/vav-channel.h"

G_BEGIN_DECLS

typedef struct _VavEndpoint VavEndpoint;

/* One call from dialling or request to its end: joins a signalling channel and a media session by the machine. A stream shows it to the
 * program, and outlives it. Main-context object; private to net/call.
 *
 * Everyone sends it events; only the call sets its phase. Its signals are those of #VavStream that tell of a call (see there), and
 * `changed`: phase, peer or flows are new. */
#define VAV_TYPE_CALL (vav_call_get_type ())
G_DECLARE_FINAL_TYPE (VavCall, vav_call, VAV, CALL, GObject)

VavCall *vav_call_new (VavEndpoint *endpoint, VavRole role);
void vav_call_dial (VavCall *self, const char *address, const char *identifier, GBytes *data);
gboolean vav_call_take_request (VavCall *self, VavChannel *channel, VavMessage *request, GError **error);

void vav_call_ring (VavCall *self);
void vav_call_defer (VavCall *self);
void vav_call_accept (VavCall *self, VavFlows flows, GBytes *data);
void vav_call_reject (VavCall *self, VavReason reason, GBytes *data);
void vav_call_hang_up (VavCall *self, GBytes *data, int linger_ms);
void vav_call_abort (VavCall *self);
/* The end in two acts. say_goodbye: FALSE if this is not the time for it. */
gboolean vav_call_say_goodbye (VavCall *self, GBytes *data);
void vav_call_hold_close (VavCall *self);
void vav_call_close (VavCall *self, int linger_ms);
void vav_call_set_flows (VavCall *self, VavFlows flows);
void vav_call_set_held (VavCall *self, gboolean held);
gboolean vav_call_get_held (VavCall *self);
gboolean vav_call_get_peer_held (VavCall *self);

/* See vav_stream_share_screen(). sharing: the first picture is there; screen: (nullable): where its pictures come out then */
gboolean vav_call_share_screen (VavCall *self, int fd, guint32 node, GError **error);
void vav_call_stop_sharing (VavCall *self);
VavOutlet *vav_call_get_screen (VavCall *self);
gboolean vav_call_get_peer_sharing (VavCall *self);

/* Two requests cross (see VavCrossing): the incoming one takes the place of what this side dialled, and is accepted; the other is dropped without
 * a word to the program. */
void vav_call_replace (VavCall *self, VavCall *dialled, VavFlows flows);
void vav_call_drop (VavCall *self);
VavCall *vav_call_new_remnant (VavCall *announced); /* what is left of an announced one, to be ended as withdrawn */
gboolean vav_call_is_dialling (VavCall *self);      /* caller: nobody has answered yet */
gboolean vav_call_was_dialled_since (VavCall *self,
                                     gint64 when); /* caller: after that, monotonic µs, and answered with yes */
gboolean vav_call_is_requested (VavCall *self);    /* caller: the request is out */
const char *
vav_call_get_target_id (VavCall *self); /* caller: who must answer, or who it is that will; (nullable): not known yet */
gboolean vav_call_is_incoming (VavCall *self); /* the other side alone began it */

gboolean vav_call_may_be_resumed_here (VavCall *self); /* the other side knows our port, and may come back by it */

VavRole vav_call_get_role (VavCall *self);
guint64 vav_call_get_value (VavCall *self);
VavCallPhase vav_call_get_phase (VavCall *self);
gboolean vav_call_is_decided (VavCall *self); /* callee: accepted, rejected, deferred or rung */
gboolean vav_call_is_told (VavCall *self);    /* `ended` was raised */
VavReason vav_call_get_reason (VavCall *self);
const GError *vav_call_get_error (VavCall *self);
gboolean vav_call_get_graceful (VavCall *self);
GBytes *vav_call_get_goodbye (VavCall *self); /* (nullable): the peer's data */
VavPeer *vav_call_get_peer (VavCall *self);
VavFlows vav_call_get_flows (VavCall *self);
VavFlows vav_call_get_peer_flows (VavCall *self);
VavFlows vav_call_get_offer (VavCall *self);
const VavQuality *vav_call_get_quality (VavCall *self, VavMediaKind kind);
GBytes *vav_call_get_connect_data (VavCall *self);
gint64 vav_call_get_start_time (VavCall *self);
const VavStats *vav_call_get_stats (VavCall *self);
VavTimeline *vav_call_get_timeline (VavCall *self); /* (nullable) */
VavSlow vav_call_get_slow (VavCall *self);          /* what the path makes of our picture */
VavSlow vav_call_get_peer_slow (VavCall *self);     /* of the peer's */
char *vav_call_dup_entry_name (VavCall *self);
VavCourier *vav_call_get_courier (VavCall *self);
VavOutlet *vav_call_get_video_in (VavCall *self);
VavOutlet *vav_call_get_audio_in (VavCall *self);

G_END_DECLS
