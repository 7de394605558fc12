/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/call/vav-call-private.h"

/* What flows in a call: what this side wants, has and holds, what the other side wants, and what the two tell each other of it. */

/* What this side would send: what it wants to and the peer takes; nothing on hold, and nothing after goodbye. A screen is sent also while the camera is
 * off. */
static VavFlows
get_meant_flows (VavCall *self)
{
  if (self->on_hold || (self->phase > VAV_CALL_PHASE_ACTIVE && self->phase != VAV_CALL_PHASE_GOODBYE_HEARD))
    return VAV_FLOW_NONE;

  return (self->flows | (vav_call_get_screen (self) != NULL ? VAV_FLOW_VIDEO_OUT : 0)) & self->peer_wants
         & VAV_FLOW_OUT;
}

/* What it sends: of that what there is a source for. */
VavFlows
vav_call_get_sent_flows (VavCall *self)
{
  VavMedia *media = vav_endpoint_get_media (self->endpoint);
  VavFlows flows = get_meant_flows (self);

  if (!vav_media_has (media, VAV_MEDIA_AUDIO))
    flows &= ~(guint)VAV_FLOW_AUDIO_OUT;
  if (!vav_media_has (media, VAV_MEDIA_VIDEO) && vav_call_get_screen (self) == NULL)
    flows &= ~(guint)VAV_FLOW_VIDEO_OUT;

  return flows;
}

/* What it takes of what the peer sends. */
VavFlows
vav_call_get_taken_flows (VavCall *self)
{
  return self->leaving || self->on_hold ? VAV_FLOW_NONE : self->flows & VAV_FLOW_IN;
}

/* The session asks for sources that cannot be used now too: they are opened as soon as they can. */
void
vav_call_apply_flows (VavCall *self)
{
  if (self->session != NULL)
    vav_media_session_set_flows (self->session, get_meant_flows (self) | vav_call_get_taken_flows (self));
}

/* Something that decides about flows has changed: has it so, and tells the peer what it does not know yet. Before the call is up the peer
 * knows what request and accept said; the rest is told then. */
void
vav_call_update_flows (VavCall *self)
{
  VavFlows flows = vav_call_get_sent_flows (self) | vav_call_get_taken_flows (self);

  vav_call_apply_flows (self);
  if ((self->phase == VAV_CALL_PHASE_CONNECTING || vav_call_is_up (self))
      && (flows != self->told_flows || self->on_hold != self->told_on_hold
          || vav_media_get_rate_limit (vav_endpoint_get_media (self->endpoint)) != self->told_limit
          || self->slow.told != self->told_slow || (vav_call_get_screen (self) != NULL) != self->told_sharing))
    vav_call_send_flows (self);
}

/* Sets what runs, and tells the peer, which then stops sending what is not wanted. */
void
vav_call_set_flows (VavCall *self, VavFlows flows)
{
  if (self->flows == flows)
    return;

  self->flows = flows;
  vav_call_update_flows (self);
  g_signal_emit (self, vav_call_signals[VAV_CALL_CHANGED], 0);
}

/* What was wanted is kept, and may change meanwhile. */
void
vav_call_set_held (VavCall *self, gboolean held)
{
  if (self->on_hold == held)
    return;

  if (held)
    vav_call_stop_sharing (self);
  self->on_hold = held;
  vav_call_update_flows (self);
  g_signal_emit (self, vav_call_signals[VAV_CALL_CHANGED], 0);
}

gboolean
vav_call_get_held (VavCall *self)
{
  return self->on_hold;
}

gboolean
vav_call_get_peer_held (VavCall *self)
{
  return self->peer_on_hold;
}
