/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/call/vav-call-private.h"

/* Which steps of the set-up signalling tells of: see VavTimeline. */

void
vav_call_mark_sent (VavCall *self, VavMessage *message)
{
  if (vav_message_get_kind (message) == VAV_MESSAGE_REQUEST)
    vav_timeline_mark (self->timeline, VAV_STEP_REQUEST_SENT);
  else if (vav_message_get_kind (message) == VAV_MESSAGE_RINGING)
    vav_timeline_mark (self->timeline, VAV_STEP_RINGING);
}

void
vav_call_mark_heard (VavCall *self, VavMessage *message)
{
  if (vav_message_get_kind (message) == VAV_MESSAGE_RINGING)
    vav_timeline_mark (self->timeline, VAV_STEP_RINGING);
  else if (vav_message_get_kind (message) == VAV_MESSAGE_ACCEPT)
    vav_timeline_mark (self->timeline, VAV_STEP_ACCEPT_READ);
}

void
vav_call_mark_dialling (VavCall *self, VavDialPhase phase)
{
  if (phase == VAV_DIAL_CONNECTING)
    vav_timeline_mark (self->timeline, VAV_STEP_RESOLVED);
  else if (phase == VAV_DIAL_TALKING)
    vav_timeline_mark (self->timeline, VAV_STEP_CONNECTED);
}
