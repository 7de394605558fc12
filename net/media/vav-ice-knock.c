/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Who moves to another network and cannot be called back there, or cannot call back, is found by a knock: one of ICE's own checks (RFC 8445, 7.2), sent from
 * the new address to where the other side's media come from. It is sealed with the credentials that both have from the call's signalling; so whoever takes it
 * knows who sent it, and from where, though no signalling gets through. All on the ICE thread. */

#include <string.h>
#include <stun/stunagent.h>
#include <stun/usages/ice.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/media/vav-ice-agent-private.h"

#define PRIORITY                                                                                                       \
  ((110u << 24) | (65535u << 8) | (256u - VAV_ICE_COMPONENT)) /* of a peer-reflexive candidate: RFC 8445, 5.1.2.1 */
#define MAX_KNOCK 1300

static gsize
write_knock (VavIceAgent *self, const char *local_ufrag, guint8 *buffer, gsize size)
{
  static const guint16 known[]
      = { STUN_ATTRIBUTE_USERNAME, STUN_ATTRIBUTE_MESSAGE_INTEGRITY, STUN_ATTRIBUTE_PRIORITY, 0 };
  g_autofree char *user = g_strconcat (self->remote_ufrag, ":", local_ufrag, NULL);
  StunAgent stun;
  StunMessage message;

  stun_agent_init (&stun, known, STUN_COMPATIBILITY_RFC5389,
                   STUN_AGENT_USAGE_SHORT_TERM_CREDENTIALS | STUN_AGENT_USAGE_USE_FINGERPRINT);
  return stun_usage_ice_conncheck_create (&stun, &message, buffer, size, (const guint8 *)user, strlen (user),
                                          (const guint8 *)self->remote_password, strlen (self->remote_password), FALSE,
                                          g_atomic_int_get (&self->controlling), PRIORITY, g_random_int (), NULL,
                                          STUN_USAGE_ICE_COMPATIBILITY_RFC5245);
}

/* From whatever address the kernel would take for that way now. */
static void
send_to (const NiceAddress *address, const guint8 *data, gsize length)
{
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
  guint8 knock[MAX_KNOCK];
  gsize length;
  GSList *candidates;

  /* where only relays are to be seen our address is nobody's business */
  if (self->config.relay_only || self->remote_ufrag == NULL
      || !nice_agent_get_local_credentials (self->agent, stream, &ufrag, &password))
    return;
  length = write_knock (self, ufrag, knock, sizeof knock);
  if (length == 0)
    return;

  candidates = nice_agent_get_remote_candidates (self->agent, stream, VAV_ICE_COMPONENT);
  for (GSList *link = candidates; link != NULL; link = link->next)
    send_to (&((NiceCandidate *)link->data)->addr, knock, length);
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
