/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/call/vav-call-private.h"

/* Who sends a picture knows what the path makes of it, and tells the other side: whoever sees less shall know why. */

/* Once a second. A picture that is not sent is not reduced. */
void
vav_call_follow_slow (VavCall *self, VavSlow now)
{
  VavSlow before = self->slow.told;

  if ((vav_call_get_sent_flows (self) & VAV_FLOW_VIDEO_OUT) == 0)
    now = VAV_SLOW_NO;
  if (vav_slow_watch_follow (&self->slow, now, g_get_monotonic_time ()) == before)
    return;

  vav_call_update_flows (self);
  g_signal_emit (self, vav_call_signals[VAV_CALL_CHANGED], 0);
}

VavSlow
vav_call_get_slow (VavCall *self)
{
  return vav_call_phase_is_over (self->phase) ? VAV_SLOW_NO : self->slow.told;
}

VavSlow
vav_call_get_peer_slow (VavCall *self)
{
  if (vav_call_phase_is_over (self->phase) || (self->peer_sends & VAV_FLOW_VIDEO_IN) == 0)
    return VAV_SLOW_NO;

  return self->peer_slow;
}
