/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/media/vav-ice-agent-private.h"

/* Generations of ICE: a new one is made beside what runs, and takes over when it has a path. All on the ICE thread. */

/* Generations that were given up before they had gathered; each has sockets. Where one server is STUN and TURN, and near, libnice takes the answer of the first
 * for something of the second, and gathers for 8 s; and none of its streams has gathered before all have. So in the 30 s that a call looks for a path, two
 * generations every 4 s, as both sides begin one, may be such. */
#define MAX_LEAVERS 24
#define OLD_PATH_MS 2000 /* the other side may send on the old path until it knows of the new one */

/* The stream that descriptions and candidates are about. */
guint
vav_ice_agent_get_newest (VavIceAgent *self)
{
  return self->next != 0 ? self->next : (guint)g_atomic_int_get ((int *)&self->stream);
}

/* libnice (up to 0.1.23 at least) falls over the stream when a server's name, or its address as one, is resolved after the stream was removed: so one that
 * gathers goes when that is done. And once the agent gives its relays back, which takes as long as their server does, it falls over a stream that goes
 * before its relay has: that stream goes with the agent. */
static void
remove_stream (VavIceAgent *self, guint stream)
{
  gpointer key = GUINT_TO_POINTER (stream);

  if (self->goodbye != NULL)
    return;
  if (g_ptr_array_find (self->gatherers, key, NULL))
    g_ptr_array_add (self->leavers, key);
  else
    nice_agent_remove_stream (self->agent, stream);
}

void
vav_ice_agent_note_gathered (VavIceAgent *self, guint stream)
{
  gpointer key = GUINT_TO_POINTER (stream);

  g_ptr_array_remove_fast (self->gatherers, key);
  if (g_ptr_array_remove_fast (self->leavers, key))
    remove_stream (self, stream);
}

static gboolean
on_parting (gpointer data)
{
  VavIceAgent *self = data;

  g_clear_pointer (&self->parting, g_source_unref);
  remove_stream (self, self->old);
  self->old = 0;

  return G_SOURCE_REMOVE;
}

static void
drop_old (VavIceAgent *self)
{
  if (self->parting == NULL)
    return;
  g_source_destroy (self->parting);
  on_parting (self);
}

void
vav_ice_agent_drop_failed (VavIceAgent *self)
{
  if (self->failed != 0)
    remove_stream (self, self->failed);
  self->failed = 0;
}

/* The new generation has a path: from now on it carries data, under the same DTLS. */
void
vav_ice_agent_take_over (VavIceAgent *self)
{
  drop_old (self);
  self->old = (guint)g_atomic_int_get ((int *)&self->stream);
  g_atomic_int_set ((int *)&self->stream, (int)self->next);
  self->next = 0;
  vav_ice_agent_keep_remote (self, g_steal_pointer (&self->next_ufrag), g_steal_pointer (&self->next_password));
  self->broken = FALSE;
  self->parting = g_timeout_source_new (OLD_PATH_MS);
  g_source_set_callback (self->parting, on_parting, self, NULL);
  g_source_attach (self->parting, self->context);
}

void
vav_ice_agent_end_parting (VavIceAgent *self)
{
  if (self->parting != NULL)
    g_source_destroy (self->parting);
  g_clear_pointer (&self->parting, g_source_unref);
}

/* A second gathering on one stream does nothing (libnice 0.1.21): a new stream, then, which has credentials of its own. */
static void
begin_generation (VavIceAgent *self, guint generation)
{
  g_autofree char *ufrag = NULL;
  g_autofree char *password = NULL;

  vav_ice_agent_drop_failed (self);
  vav_ice_agent_end_slow (self);
  if (self->next != 0)
    remove_stream (self, self->next);
  self->generation = generation;
  self->remote_known = FALSE;
  self->n_candidates = 0;
  g_clear_pointer (&self->next_ufrag, g_free);
  g_clear_pointer (&self->next_password, g_free);
  g_ptr_array_set_size (self->waiting, 0);

  self->next = vav_ice_agent_add_stream (self);
  if (nice_agent_get_local_credentials (self->agent, self->next, &ufrag, &password))
    self->events.restarted (self->user_data, generation, ufrag, password);
  vav_ice_agent_gather_stream (self, self->next);
}

static void
do_restart (VavIceAgent *self, char **args)
{
  guint generation = (guint)g_ascii_strtoull (args[0], NULL, 10);
  guint before = self->generation;
  g_auto (GStrv) remote = args[1] != NULL ? g_strsplit (args[1], " ", 2) : NULL;

  if (generation < self->generation || self->leavers->len >= MAX_LEAVERS)
    return;
  if (generation > self->generation)
    begin_generation (self, generation);
  if (generation > before && remote == NULL)
    vav_ice_agent_knock (self); /* nobody may hear of it otherwise */
  if (remote == NULL || self->remote_known || self->next == 0)
    return;

  g_ptr_array_set_size (self->waiting, 0); /* of the generation before */
  if (!nice_agent_set_remote_credentials (self->agent, self->next, remote[0], remote[1]))
    return;
  self->next_ufrag = g_strdup (remote[0]);
  self->next_password = g_strdup (remote[1]);
  self->remote_known = TRUE;
  vav_ice_hold_set_remote_known (self->hold);
}

void
vav_ice_agent_restart (VavIceAgent *self, guint generation, const char *ufrag, const char *password)
{
  g_autofree char *number = g_strdup_printf ("%u", generation);
  g_autofree char *remote = ufrag != NULL ? g_strconcat (ufrag, " ", password, NULL) : NULL;

  vav_ice_agent_post (self, do_restart, number, remote);
}
