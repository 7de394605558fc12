/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/call/vav-call-private.h"

/* How long a call stays in a phase. */

static gboolean
on_timer (gpointer data)
{
  g_autoptr (VavCall) self = g_object_ref (data);
  VavCallEvent event = VAV_CALL_EVENT_RING_TIMEOUT;

  self->timer = 0;
  if (self->phase == VAV_CALL_PHASE_FLUSHING && self->linger_ms < 0)
    {
      vav_call_cut_flush (self);
      return G_SOURCE_REMOVE;
    }
  if (self->phase == VAV_CALL_PHASE_CONNECTING)
    event = VAV_CALL_EVENT_SET_UP_TIMEOUT;
  else if (self->phase > VAV_CALL_PHASE_CONNECTING)
    event = VAV_CALL_EVENT_LINGER_TIMEOUT;
  vav_call_dispatch (self, event, VAV_REASON_NONE, NULL);

  return G_SOURCE_REMOVE;
}

static guint
attach_timer (VavCall *self, guint milliseconds)
{
  g_autoptr (GSource) source = g_timeout_source_new (milliseconds);

  g_source_set_callback (source, on_timer, self, NULL);

  return g_source_attach (source, g_main_context_get_thread_default ());
}

void
vav_call_clear_timer (VavCall *self)
{
  GSource *source;

  if (self->timer == 0)
    return;
  source = g_main_context_find_source_by_id (g_main_context_get_thread_default (), self->timer);
  if (source != NULL)
    g_source_destroy (source);
  self->timer = 0;
}

/* Each phase that waits for somebody has its limit. From RESOLVING to the hello the carrier watches the clock. */
void
vav_call_start_timer (VavCall *self, VavCallPhase before)
{
  guint limit = 0;

  switch (self->phase)
    {
    case VAV_CALL_PHASE_REQUESTED:
      limit = VAV_ANSWER_LIMIT_S * 1000;
      break;
    case VAV_CALL_PHASE_INCOMING:
      limit = VAV_RING_LIMIT_S * 1000;
      break;
    case VAV_CALL_PHASE_CONNECTING:
      limit = VAV_SET_UP_LIMIT_S * 1000;
      break;
    case VAV_CALL_PHASE_GOODBYE_SAID:
      if (before == VAV_CALL_PHASE_FLUSHING && self->linger_ms > 0)
        return; /* what the program allows counts from the hang-up on */
      limit = self->linger_ms > 0 ? (guint)self->linger_ms : VAV_LINGER_LIMIT_MS;
      break;
    case VAV_CALL_PHASE_FLUSHING:
    case VAV_CALL_PHASE_GOODBYE_HEARD:
    case VAV_CALL_PHASE_ANSWERING:
    case VAV_CALL_PHASE_PARTED:
      limit = self->linger_ms > 0 ? (guint)self->linger_ms : VAV_LINGER_LIMIT_MS;
      break;
    case VAV_CALL_PHASE_RINGING:
    case VAV_CALL_PHASE_ALERTING:
      return; /* the limit of the phase before goes on */
    case VAV_CALL_PHASE_IDLE:
    case VAV_CALL_PHASE_RESOLVING:
    case VAV_CALL_PHASE_DIALLING:
    case VAV_CALL_PHASE_RECONNECTING: /* vav-call-touch.c watches that clock */
    case VAV_CALL_PHASE_ACTIVE:
    case VAV_CALL_PHASE_ENDED:
    case VAV_CALL_PHASE_FAILED:
    default:
      break;
    }

  vav_call_clear_timer (self);
  if (limit > 0)
    self->timer = attach_timer (self, limit);
}
