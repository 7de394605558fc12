/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/call/vav-call-private.h"

/* What one may ask a call; all without effect. */

gboolean
vav_call_is_dialling (VavCall *self)
{
  return self->role == VAV_ROLE_CALLER && !self->dropped && self->phase >= VAV_CALL_PHASE_RESOLVING
         && self->phase <= VAV_CALL_PHASE_RINGING;
}

gboolean
vav_call_was_dialled_since (VavCall *self, gint64 when)
{
  return self->role == VAV_ROLE_CALLER && !self->dropped && self->start_us > when
         && (self->phase == VAV_CALL_PHASE_CONNECTING || vav_call_is_up (self));
}

gboolean
vav_call_is_requested (VavCall *self)
{
  return self->role == VAV_ROLE_CALLER && self->described;
}

const char *
vav_call_get_target_id (VavCall *self)
{
  if (self->peer != NULL)
    return vav_peer_get_id (self->peer);

  return self->address != NULL ? self->address->id : NULL;
}

gboolean
vav_call_is_incoming (VavCall *self)
{
  return self->role == VAV_ROLE_CALLEE && !self->replaces;
}

VavRole
vav_call_get_role (VavCall *self)
{
  return self->role;
}

VavTimeline *
vav_call_get_timeline (VavCall *self)
{
  return self->timeline;
}

guint64
vav_call_get_value (VavCall *self)
{
  return self->value;
}

VavCallPhase
vav_call_get_phase (VavCall *self)
{
  return self->phase;
}

gboolean
vav_call_is_decided (VavCall *self)
{
  return self->decided;
}

gboolean
vav_call_is_told (VavCall *self)
{
  return self->told;
}

VavReason
vav_call_get_reason (VavCall *self)
{
  return self->reason;
}

const GError *
vav_call_get_error (VavCall *self)
{
  return self->error;
}

gboolean
vav_call_get_graceful (VavCall *self)
{
  return self->graceful;
}

GBytes *
vav_call_get_goodbye (VavCall *self)
{
  return self->goodbye_in;
}

VavPeer *
vav_call_get_peer (VavCall *self)
{
  return self->peer;
}

VavFlows
vav_call_get_flows (VavCall *self)
{
  return self->flows;
}

/* What the peer sends, as our incoming flows. */
VavFlows
vav_call_get_peer_flows (VavCall *self)
{
  return self->peer_sends;
}

VavFlows
vav_call_get_offer (VavCall *self)
{
  return self->peer_sends;
}

const VavQuality *
vav_call_get_quality (VavCall *self, VavMediaKind kind)
{
  return self->quality[kind];
}

GBytes *
vav_call_get_connect_data (VavCall *self)
{
  return self->connect_data;
}

gint64
vav_call_get_start_time (VavCall *self)
{
  return self->start_time;
}

const VavStats *
vav_call_get_stats (VavCall *self)
{
  return self->stats;
}

char *
vav_call_dup_entry_name (VavCall *self)
{
  return g_strdup (self->entry);
}

VavCourier *
vav_call_get_courier (VavCall *self)
{
  return self->courier;
}

VavOutlet *
vav_call_get_video_in (VavCall *self)
{
  return self->video_in;
}

VavOutlet *
vav_call_get_audio_in (VavCall *self)
{
  return self->audio_in;
}
