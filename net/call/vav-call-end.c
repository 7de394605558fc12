/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/call/vav-call-private.h"

/* How a call ends, in two acts: the goodbye, after which a side only listens, and the close. */

/* From here on this side gives nothing new. */
gboolean
vav_call_has_said_goodbye (VavCall *self)
{
  return self->phase == VAV_CALL_PHASE_GOODBYE_SAID || self->phase == VAV_CALL_PHASE_PARTED
         || vav_call_phase_is_over (self->phase);
}

void
vav_call_tell_closing (VavCall *self)
{
  g_signal_emit (self, vav_call_signals[VAV_CALL_CLOSING], 0, self->goodbye_in);

  /* nobody takes it on to answer: it is done for them */
  if (self->phase == VAV_CALL_PHASE_GOODBYE_HEARD && !self->holds_close)
    {
      self->leaving = TRUE;
      vav_call_dispatch (self, VAV_CALL_EVENT_HANG_UP, VAV_REASON_NONE, NULL);
    }
}

/* What was said goes before the goodbye on the same connection. Picture and sound stop at once. */
void
vav_call_flush (VavCall *self)
{
  vav_call_apply_flows (self);
  if (vav_courier_flush (self->courier))
    vav_call_dispatch (self, VAV_CALL_EVENT_FLUSHED, VAV_REASON_NONE, NULL);
}

/* It takes too long: what is left is not given. */
void
vav_call_cut_flush (VavCall *self)
{
  vav_courier_cut (self->courier);
  vav_call_dispatch (self, VAV_CALL_EVENT_FLUSHED, VAV_REASON_NONE, NULL);
}

/* While it cannot be known whether our goodbye arrived, we are not done. */
void
vav_call_close_if_leaving (VavCall *self)
{
  if (self->leaving && !(self->channel_over && vav_call_can_resume (self)))
    vav_call_dispatch (self, VAV_CALL_EVENT_CLOSE, VAV_REASON_NONE, NULL);
}

static void
keep_goodbye (VavCall *self, GBytes *data)
{
  if (data != NULL && self->goodbye_out == NULL && !vav_call_has_said_goodbye (self))
    self->goodbye_out = g_bytes_ref (data);
}

/**
 * vav_call_hang_up:
 * @data: (nullable): for the goodbye
 * @linger_ms: see #VavStream:linger
 */
void
vav_call_hang_up (VavCall *self, GBytes *data, int linger_ms)
{
  if (linger_ms == 0)
    {
      vav_call_abort (self);
      return;
    }

  self->decided = TRUE;
  self->given_up = self->phase == VAV_CALL_PHASE_IDLE;
  self->linger_ms = linger_ms;
  if (self->role == VAV_ROLE_CALLEE && self->phase == VAV_CALL_PHASE_CONNECTING && !self->described)
    {
      /* our accept still waits for our answer: the caller never hears of it */
      g_clear_pointer (&self->held, vav_message_unref);
      vav_call_dispatch (self, VAV_CALL_EVENT_TAKE_BACK, VAV_REASON_NONE, NULL);
      return;
    }
  keep_goodbye (self, data);
  self->leaving = TRUE;
  vav_call_dispatch (self, VAV_CALL_EVENT_HANG_UP, VAV_REASON_NONE, NULL);
}

void
vav_call_abort (VavCall *self)
{
  self->decided = TRUE;
  self->given_up = self->phase == VAV_CALL_PHASE_IDLE;
  vav_call_dispatch (self, VAV_CALL_EVENT_ABORT, VAV_REASON_NONE, NULL);
}

/**
 * vav_call_say_goodbye:
 * @data: (nullable): for the goodbye
 *
 * The first act alone: this side sends nothing more, and still receives until the other side is done.
 *
 * Returns: %FALSE if there is no call up, or it was said already
 */
gboolean
vav_call_say_goodbye (VavCall *self, GBytes *data)
{
  if (!vav_call_is_up (self) && self->phase != VAV_CALL_PHASE_GOODBYE_HEARD)
    return FALSE;

  keep_goodbye (self, data);
  vav_call_dispatch (self, VAV_CALL_EVENT_HANG_UP, VAV_REASON_NONE, NULL);

  return TRUE;
}

/* The answer to the peer's goodbye is the program's, not ours by itself. */
void
vav_call_hold_close (VavCall *self)
{
  self->holds_close = TRUE;
}

/* The second act: at once if both have said goodbye, else as soon as they have. */
void
vav_call_close (VavCall *self, int linger_ms)
{
  if (!vav_call_has_said_goodbye (self))
    {
      vav_call_hang_up (self, NULL, linger_ms);
      return;
    }

  self->leaving = TRUE;
  vav_call_close_if_leaving (self);
}
