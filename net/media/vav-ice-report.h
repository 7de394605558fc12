/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

#include "net/media/vav-ice-url.h"

G_BEGIN_DECLS

/**
 * VavIceRelayState:
 * @VAV_ICE_RELAY_NONE: none is set
 * @VAV_ICE_RELAY_ASKED: not known yet
 * @VAV_ICE_RELAY_WORKS: it gave us an address
 * @VAV_ICE_RELAY_REFUSES: it does not take the user name or the password
 * @VAV_ICE_RELAY_SILENT: it does not answer, or its name is not found
 */
typedef enum
{
  VAV_ICE_RELAY_NONE,
  VAV_ICE_RELAY_ASKED,
  VAV_ICE_RELAY_WORKS,
  VAV_ICE_RELAY_REFUSES,
  VAV_ICE_RELAY_SILENT,
} VavIceRelayState;

/**
 * VavIceNameState:
 * @VAV_ICE_NAME_FOUND: so it was, or there was no reason to ask
 * @VAV_ICE_NAME_ASKED: not known yet
 * @VAV_ICE_NAME_UNKNOWN: there is no such name
 * @VAV_ICE_NAME_UNANSWERED: nobody could be asked
 *
 * What became of the name of a server that says nothing.
 */
typedef enum
{
  VAV_ICE_NAME_FOUND,
  VAV_ICE_NAME_ASKED,
  VAV_ICE_NAME_UNKNOWN,
  VAV_ICE_NAME_UNANSWERED,
} VavIceNameState;

/**
 * VavIceReport:
 * @relay: our TURN server
 * @name: of our TURN server; without one, of our STUN server
 * @relay_only: nothing else was tried
 * @tcp: our TURN server is reached by TCP
 * @stun: a STUN server is set
 * @host: we had a host candidate
 * @outside: we had a public address: a server tells nothing new then, and it cannot be seen whether it answered
 * @reflexive: a server told us our address
 * @peer_relayed: the peer named an address at a relay
 *
 * What was learnt while a path was sought.
 */
typedef struct
{
  VavIceRelayState relay;
  VavIceNameState name;
  gboolean relay_only;
  gboolean tcp;
  gboolean stun;
  gboolean host;
  gboolean outside;
  gboolean reflexive;
  gboolean peer_relayed;
} VavIceReport;

/* Why there is no path, and what can be done about it: whole sentences, translated. */
const char *vav_ice_report_describe (const VavIceReport *self);

/* Looks for a server's name, for as long as the system does: in a thread. Returns: ASKED when it was cancelled */
VavIceNameState vav_ice_report_look_up (const VavIceUrl *server, GCancellable *cancellable);

/* Asks a TURN server whether it takes our credentials; allocates nothing. Blocks, for 3 s and as long as a
 * name is looked for: in a thread. Returns: WORKS, REFUSES or
 * SILENT; ASKED when it was cancelled */
VavIceRelayState vav_ice_report_probe (const VavIceUrl *turn, GCancellable *cancellable);

G_END_DECLS
