/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/call/vav-stream-private.h"

/* Which of a stream's four flows run. */

static void
set_flows (VavStream *self, VavFlows flows)
{
  if (self->flows == flows)
    return;

  self->flows = flows;
  if (self->call != NULL)
    vav_call_set_flows (self->call, flows);
  else
    g_object_notify_by_pspec (G_OBJECT (self), vav_stream_properties[VAV_STREAM_PROP_FLOWS]);
}

/**
 * vav_stream_stop:
 * @flows: what shall not run; stopping an incoming flow makes the sender stop
 *
 * In no call it holds for the next one.
 */
void
vav_stream_stop (VavStream *self, VavFlows flows)
{
  g_return_if_fail (VAV_IS_STREAM (self));
  set_flows (self, self->flows & ~(guint)flows);
}

/**
 * vav_stream_play:
 * @flows: which
 *
 * Lets flows run again.
 */
void
vav_stream_play (VavStream *self, VavFlows flows)
{
  g_return_if_fail (VAV_IS_STREAM (self));
  set_flows (self, self->flows | flows);
}

/**
 * vav_stream_get_flows:
 *
 * Returns: what this side wants to send and take, whatever the other side has stopped
 */
VavFlows
vav_stream_get_flows (VavStream *self)
{
  g_return_val_if_fail (VAV_IS_STREAM (self), VAV_FLOW_NONE);
  return self->flows;
}

/**
 * vav_stream_get_peer_flows:
 *
 * Returns: what the other side sends, as incoming flows of this side
 */
VavFlows
vav_stream_get_peer_flows (VavStream *self)
{
  g_return_val_if_fail (VAV_IS_STREAM (self), VAV_FLOW_NONE);
  return self->call != NULL ? vav_call_get_peer_flows (self->call) : VAV_FLOW_NONE;
}

/**
 * vav_stream_get_slow:
 *
 * Returns: what the path makes of our picture, for who sees it: it changes after seconds in which it has been so, except where the picture stands still
 */
VavSlow
vav_stream_get_slow (VavStream *self)
{
  g_return_val_if_fail (VAV_IS_STREAM (self), VAV_SLOW_NO);
  return self->call != NULL ? vav_call_get_slow (self->call) : VAV_SLOW_NO;
}

/**
 * vav_stream_get_peer_slow:
 *
 * Returns: what the path makes of the other side's picture, as that side says; %VAV_SLOW_NO if it sends none, or is of an older version
 */
VavSlow
vav_stream_get_peer_slow (VavStream *self)
{
  g_return_val_if_fail (VAV_IS_STREAM (self), VAV_SLOW_NO);
  return self->call != NULL ? vav_call_get_peer_slow (self->call) : VAV_SLOW_NO;
}

/**
 * vav_stream_set_held:
 * @held: whether this side sends and takes nothing
 *
 * Puts the call on hold, or takes it back. The other side is told (#VavStream:peer-held) and stops sending. What ran runs again
 * afterwards, also if vav_stream_stop() and vav_stream_play() changed it meanwhile. Nothing happens without a call; a new call is not held.
 */
void
vav_stream_set_held (VavStream *self, gboolean held)
{
  g_return_if_fail (VAV_IS_STREAM (self));

  if (vav_stream_is_busy (self))
    vav_call_set_held (self->call, !!held);
}

/**
 * vav_stream_get_held:
 *
 * Returns: whether this side has the call on hold
 */
gboolean
vav_stream_get_held (VavStream *self)
{
  g_return_val_if_fail (VAV_IS_STREAM (self), FALSE);
  return self->call != NULL && vav_call_get_held (self->call);
}

/**
 * vav_stream_get_peer_held:
 *
 * Returns: whether the other side has put this call on hold
 */
gboolean
vav_stream_get_peer_held (VavStream *self)
{
  g_return_val_if_fail (VAV_IS_STREAM (self), FALSE);
  return self->call != NULL && vav_call_get_peer_held (self->call);
}
