/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/call/vav-call-private.h"

/* Where the other side of a call can be dialled once the connection is lost, and what is still brought there when the call is over. */

gboolean
vav_call_find_host (VavCall *self, char **host)
{
  const char *where = self->channel != NULL ? vav_channel_get_peer_address (self->channel) : NULL;
  g_autoptr (VavAddress) address = where != NULL ? vav_address_parse (where, NULL) : NULL;

  *host = address != NULL ? g_strdup (address->host) : NULL;
  return *host != NULL;
}

/* Caller: where the connection went, by whatever name. Callee: the same host, at the port that the caller listens on. Without a host: only by the broker. */
VavAddress *
vav_call_find_place (VavCall *self)
{
  const char *where = vav_channel_get_peer_address (self->channel);
  g_autoptr (VavAddress) here = where != NULL ? vav_address_parse (where, NULL) : NULL;
  g_autoptr (VavAddress) there = NULL;
  const char *callback = self->peer != NULL ? vav_peer_get_callback (self->peer) : NULL;

  if (self->role == VAV_ROLE_CALLER)
    there = here != NULL && self->address->port == here->port ? g_steal_pointer (&here)
                                                              : vav_address_copy (self->address);
  else if (callback != NULL)
    there = vav_address_parse (callback, NULL);
  if (there == NULL)
    there = g_new0 (VavAddress, 1);
  if (self->role == VAV_ROLE_CALLEE && there->host != NULL && here != NULL)
    {
      g_free (there->host);
      there->host = g_strdup (here->host);
    }
  g_free (there->id);
  there->id = g_strdup (vav_channel_get_peer_id (self->channel));

  return g_steal_pointer (&there);
}

void
vav_call_keep_place (VavCall *self, const VavAddress *reached)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_autofree char *dialled = NULL;

  if (reached->host != NULL || self->address->host == NULL)
    return;

  dialled = vav_address_join (self->address->host, self->address->port);
  g_strv_builder_add (builder, dialled);
  if (self->other_places != NULL)
    g_strv_builder_addv (builder, (const char **)self->other_places);
  g_clear_pointer (&self->other_places, g_strfreev);
  self->other_places = g_strv_builder_end (builder);
}

/* Who called knows no more of the other side's port than that it was there at another host. */
void
vav_call_see_peer (VavCall *self, const char *host)
{
  if (self->role != VAV_ROLE_CALLER)
    return;
  g_debug ("call %" G_GUINT64_FORMAT ": the peer was heard from %s", self->value, host);
  g_free (self->resume.seen);
  self->resume.seen = g_strdup (host);
  self->resume.seen_us = g_get_monotonic_time ();
}

/* Caller: where it was heard from, and where it was said to be. (transfer full) */
char **
vav_call_list_places (VavCall *self)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  if (self->role == VAV_ROLE_CALLER && self->resume.seen != NULL)
    {
      g_autofree char *seen = vav_address_join (self->resume.seen, self->address->port);

      g_strv_builder_add (builder, seen);
    }
  if (self->role == VAV_ROLE_CALLER && self->other_places != NULL)
    g_strv_builder_addv (builder, (const char **)self->other_places);

  return g_strv_builder_end (builder);
}

/* A call to oneself is one's own from both sides: who called dials. Towards a stranger nothing is sent before somebody here said yes: they come back, or not. */
gboolean
vav_call_has_place (VavCall *self)
{
  g_autoptr (VavAddress) place = NULL;

  if (self->role == VAV_ROLE_CALLEE && !self->answered && vav_peer_get_trust (self->peer) == VAV_TRUST_UNKNOWN)
    return FALSE;
  if (vav_peer_is_self (self->peer))
    return self->role == VAV_ROLE_CALLER;
  if (vav_endpoint_get_tunnels (self->endpoint) != NULL)
    return TRUE;
  place = vav_call_find_place (self);

  return place->host != NULL || self->other_places != NULL;
}

/* what is carried there */

/* A withdrawal: whom we called rings for nobody until they hear of it, and may know no place to ask at. */
static VavErrand *
send_errand (VavCall *self)
{
  g_autoptr (VavAddress) place = NULL;
  g_auto (GStrv) others = NULL;

  if (self->role != VAV_ROLE_CALLER || !self->channel_over || vav_peer_is_self (self->peer)
      || !vav_call_has_place (self))
    return NULL;
  place = vav_call_find_place (self);
  others = vav_call_list_places (self);
  return vav_errand_new (self->endpoint, self->call_id, self->resume.heard, place, (const char *const *)others,
                         self->identifier);
}

void
vav_call_leave_last_words (VavCall *self)
{
  if (!vav_call_could_resume (self))
    return;
  vav_last_words_keep (self->endpoint->last_words, self->call_id, vav_channel_get_peer_id (self->channel),
                       self->resume.heard, self->resume.outbox, send_errand (self));
  self->resume.outbox = vav_outbox_new ();
}
