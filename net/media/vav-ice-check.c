/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/media/vav-ice-check.h"

#include <string.h>
#include <stun/stunagent.h>
#include <stun/usages/ice.h>

#define MAX_CHECK 1300 /* bytes */
#define PREFERENCE (110u << 24 | 65535u << 8)

GBytes *
vav_ice_check_new (const char *local_ufrag, const char *remote_ufrag, const char *remote_password, gboolean controlling,
                   guint component, guint64 tie)
{
  /* of the peer-reflexive candidate that it may be taken for: 5.1.2.1, 7.1.1 */
  guint32 priority = PREFERENCE | (256 - component);
  g_autofree char *user = g_strconcat (remote_ufrag, ":", local_ufrag, NULL);
  guint8 buffer[MAX_CHECK];
  StunAgent agent;
  StunMessage message;
  gsize length;

  stun_agent_init (&agent, STUN_ALL_KNOWN_ATTRIBUTES, STUN_COMPATIBILITY_RFC5389,
                   STUN_AGENT_USAGE_SHORT_TERM_CREDENTIALS | STUN_AGENT_USAGE_USE_FINGERPRINT);
  length = stun_usage_ice_conncheck_create (
      &agent, &message, buffer, sizeof buffer, (const guint8 *)user, strlen (user), (const guint8 *)remote_password,
      strlen (remote_password), FALSE, controlling, priority, tie, NULL, STUN_USAGE_ICE_COMPATIBILITY_RFC5245);

  return length > 0 ? g_bytes_new (buffer, length) : NULL;
}
