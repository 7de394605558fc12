/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/media/vav-ice-agent-private.h"

/* The end of candidates (RFC 8838, 13), and knowing from it that there is no path. All on the ICE thread.
 *
 * libnice would call a check failed after 39 s (RFC 8489, 6.2.1). When both sides have said that no more candidates come, and for 6 s after the last that was
 * said nothing was answered, each check has been sent four times by each side, and the last had 2.5 s: what is not answered then is let through by
 * nobody. While candidates may still come, from a server that is slow to answer, say, nothing is given up. */

#define LAST_CHECKS_MS 6000

static gboolean
on_over (gpointer data)
{
  VavIceAgent *self = data;

  g_clear_pointer (&self->over, g_source_unref);
  self->events.state (self->user_data, NICE_COMPONENT_STATE_FAILED);
  return G_SOURCE_REMOVE;
}

void
vav_ice_agent_end_waiting (VavIceAgent *self)
{
  if (self->over != NULL)
    g_source_destroy (self->over);
  g_clear_pointer (&self->over, g_source_unref);
}

static void
wait_for_checks (VavIceAgent *self)
{
  vav_ice_agent_end_waiting (self);
  if (!self->own_over || !self->peer_over || self->answered || self->generation > 0)
    return;
  self->over = g_timeout_source_new (0);
  g_source_set_ready_time (self->over, self->last_candidate + LAST_CHECKS_MS * G_TIME_SPAN_MILLISECOND);
  g_source_set_callback (self->over, on_over, self, NULL);
  g_source_attach (self->over, self->context);
}

/* One of ours was told, or one of theirs came; or the end of either. */
void
vav_ice_agent_note_candidate (VavIceAgent *self)
{
  self->last_candidate = g_get_monotonic_time ();
  wait_for_checks (self);
}

void
vav_ice_agent_note_answer (VavIceAgent *self)
{
  self->answered = TRUE;
  vav_ice_agent_end_waiting (self);
}

/* Whether we can say that ours are all told. A relay that has not answered is asked why, and may yet give an address. */
static void
do_review (VavIceAgent *self, char **args)
{
  VavIceReport report;

  vav_ice_agent_get_report (self, &report);
  if (self->own_over || !self->gathered || report.relay == VAV_ICE_RELAY_ASKED || !vav_ice_hold_is_empty (self->hold)
      || self->generation > 0)
    return;
  self->own_over = TRUE;
  self->events.candidate (self->user_data, "");
  vav_ice_agent_note_candidate (self);
}

void
vav_ice_agent_review_end (VavIceAgent *self)
{
  vav_ice_agent_post (self, do_review, NULL, NULL);
}

static void
do_end_remote (VavIceAgent *self, char **args)
{
  if (self->peer_over || self->generation > 0)
    return;
  self->peer_over = TRUE;
  vav_ice_agent_note_candidate (self); /* theirs may wait for their description still, and ours be as old as the call has rung */
}

void
vav_ice_agent_end_candidates (VavIceAgent *self)
{
  vav_ice_agent_post (self, do_end_remote, NULL, NULL);
}
