/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/media/vav-ice-agent-private.h"

/* Checks over a long line. All on the ICE thread.
 *
 * A check that comes in cancels our own one of that pair and sends another (RFC 8445, 7.3.1.4). libnice 0.1.21 knows the answer to a cancelled one for no
 * longer than its first time-out, the longer of 500 ms and the pacing times the number of pairs: where there and back takes longer than that, each answer
 * is one too many late, and the two sides make each other ask for ever. So if nothing is answered for a while the pacing is raised, which libnice
 * reads anew for each check's time-out only: its clock of the checks keeps the pacing with which it was started.
 *
 * But it also counts its patience with a stream in which nothing is asked in steps of the pacing, and so would lose it at once: where our check was answered,
 * say, and the other side's, which selects the pair, is still to come. Until there is a path its word that there is none is not taken; we
 * have limits of our own (vav-ice-agent-end.c, and those of the call). */

#define SLOW_MS 700    /* a little more than the first time-out: of two checks one may be lost */
#define PACING_MS 1000 /* a check is good for that times the number of pairs, which are two at least behind a router */

void
vav_ice_agent_end_slow (VavIceAgent *self)
{
  if (self->slow != NULL)
    g_source_destroy (self->slow);
  g_clear_pointer (&self->slow, g_source_unref);
  self->slowed = FALSE;
  g_object_set (self->agent, "stun-pacing-timer", VAV_ICE_PACING_MS, NULL);
}

static gboolean
on_slow (gpointer data)
{
  VavIceAgent *self = data;

  self->slowed = TRUE;
  g_object_set (self->agent, "stun-pacing-timer", PACING_MS, NULL);
  return G_SOURCE_REMOVE;
}

/* The other side's first candidate of a generation: from now on there are checks. */
void
vav_ice_agent_begin_slow (VavIceAgent *self)
{
  if (self->slow != NULL)
    return;

  self->slow = g_timeout_source_new (SLOW_MS);
  g_source_set_callback (self->slow, on_slow, self, NULL);
  g_source_attach (self->slow, self->context);
}
