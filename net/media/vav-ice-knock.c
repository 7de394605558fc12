/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Who moves to another network and cannot be called back there, or cannot call back, is found by a knock: one of ICE's own checks (RFC 8445, 7.2), sent from
 * the new address to where the other side's media come from. It is sealed with the credentials that both have from the call's signalling; so whoever takes it
 * knows who sent it, and from where, though no signalling gets through. All on the ICE thread. */

#include <sys/socket.h>
#include <unistd.h>

#include "net/media/vav-ice-agent-private.h"
#include "net/media/vav-ice-check.h"

/* From whatever address the kernel would take for that way now. */
static void
send_to (const NiceAddress *address, GBytes *knock)
{
  gsize length;
  const void *data = g_bytes_get_data (knock, &length);
  union
  {
    struct sockaddr any;
    struct sockaddr_storage storage;
  } there = { 0 };
  int fd;

  nice_address_copy_to_sockaddr (address, &there.any);
  fd = socket (there.any.sa_family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0)
    return;
  (void)sendto (fd, data, length, 0, &there.any,
                there.any.sa_family == AF_INET ? sizeof (struct sockaddr_in) : sizeof (struct sockaddr_in6));
  close (fd);
}

void
vav_ice_agent_knock (VavIceAgent *self)
{
  guint stream = (guint)g_atomic_int_get ((int *)&self->stream);
  g_autofree char *ufrag = NULL;
  g_autofree char *password = NULL;
  g_autoptr (GBytes) knock = NULL;
  GSList *candidates;

  /* where only relays are to be seen our address is nobody's business */
  if (self->config.relay_only || self->remote_ufrag == NULL
      || !nice_agent_get_local_credentials (self->agent, stream, &ufrag, &password))
    return;
  knock = vav_ice_check_new (ufrag, self->remote_ufrag, self->remote_password, g_atomic_int_get (&self->controlling),
                             VAV_ICE_COMPONENT, g_random_int ());
  if (knock == NULL)
    return;

  candidates = nice_agent_get_remote_candidates (self->agent, stream, VAV_ICE_COMPONENT);
  for (GSList *link = candidates; link != NULL; link = link->next)
    send_to (&((NiceCandidate *)link->data)->addr, knock);
  g_slist_free_full (candidates, (GDestroyNotify)nice_candidate_free);
}

/* libnice has checked the seal. Where only relays are to be seen nobody is to be called at what was seen: that would show our address. */
static void
on_remote (NiceAgent *agent, NiceCandidate *candidate, VavIceAgent *self)
{
  char host[NICE_ADDRESS_STRING_LEN];

  if (candidate->type != NICE_CANDIDATE_TYPE_PEER_REFLEXIVE || self->config.relay_only)
    return;
  nice_address_to_string (&candidate->addr, host);
  self->events.seen (self->user_data, host);
}

void
vav_ice_agent_watch_knocks (VavIceAgent *self)
{
  g_signal_connect (self->agent, "new-remote-candidate-full", G_CALLBACK (on_remote), self);
}

/* Takes the strings. */
void
vav_ice_agent_keep_remote (VavIceAgent *self, char *ufrag, char *password)
{
  g_free (self->remote_ufrag);
  g_free (self->remote_password);
  self->remote_ufrag = ufrag;
  self->remote_password = password;
}
