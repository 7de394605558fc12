/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/call/vav-call-private.h"

/* What becomes of calls whose requests cross: see VavCrossing. */

/**
 * vav_call_replace:
 * @dialled: a call of ours to the same peer
 * @flows: what runs from the start
 *
 * Accepts under the number of @dialled: whoever waits for that one waits for this one now.
 */
void
vav_call_replace (VavCall *self, VavCall *dialled, VavFlows flows)
{
  self->replaces = TRUE;
  self->value = dialled->value;
  g_free (self->entry);
  self->entry = g_strdup (dialled->entry);
  self->start_time = dialled->start_time;
  vav_call_accept (self, flows, dialled->connect_data);
  self->start_us = dialled->start_us;
  vav_timeline_mark_at (self->timeline, VAV_STEP_DIALLED, self->start_us);
}

/* The number under which the request was announced; it ends as withdrawn, since the call goes on under another. */
VavCall *
vav_call_new_remnant (VavCall *announced)
{
  VavCall *self = vav_call_new (announced->endpoint, VAV_ROLE_CALLEE);

  self->value = announced->value;
  self->phase = announced->phase;
  self->entry = g_strdup (announced->entry);
  self->peer = g_object_ref (announced->peer);
  self->start_time = announced->start_time;
  self->decided = self->answered = TRUE;
  self->remnant = TRUE;

  return self;
}

/* Its number goes on with another call. */
void
vav_call_drop (VavCall *self)
{
  if (self->described)
    {
      g_autoptr (VavMessage) withdraw = vav_message_new (VAV_MESSAGE_WITHDRAW);

      vav_call_send (self, withdraw);
    }
  self->dropped = TRUE;
  vav_call_hang_up (self, NULL, -1);
}
