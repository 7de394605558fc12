/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <nice/agent.h>

#include "net/core/vav-timeline.h"
#include "net/media/vav-ice-ports.h"
#include "net/media/vav-ice-report.h"
#include "net/media/vav-ice-url.h"

G_BEGIN_DECLS

/**
 * VavIceConfig:
 * @local: the peer is on this computer: loopback addresses only
 * @relay_only: no other candidates than a TURN server's, neither told nor used
 * @stun: (nullable): a STUN server
 * @turn: (nullable): a TURN server
 * @ports: of host candidates
 * @timeline: (nullable): the call's
 */
typedef struct
{
  gboolean local;
  gboolean relay_only;
  VavIceUrl *stun;
  VavIceUrl *turn;
  VavIcePorts ports;
  VavTimeline *timeline;
} VavIceConfig;

/**
 * VavIceEvents:
 *
 * What the agent tells, on its own thread. The strings are the agent's. Nothing is told any more when vav_ice_agent_close() has returned
 * %TRUE.
 */
typedef struct
{
  void (*receive) (gpointer user_data, const char *data, gsize length);
  void (*state) (gpointer user_data, NiceComponentState state);
  void (*candidate) (gpointer user_data, const char *candidate); /* "": no more will come */
  void (*gathered) (gpointer user_data);
  void (*path) (gpointer user_data, const char *local, const char *remote, gboolean relayed);
  void (*restarted) (gpointer user_data, guint generation, const char *ufrag, const char *password);
  void (*seen) (gpointer user_data, const char *host);
  void (*early) (gpointer user_data);
} VavIceEvents;

/**
 * VavIceAgent:
 *
 * A NiceAgent with a thread of its own. Checks that the path is still there and wanted (RFC 7675), trickle, aggressive nomination: the
 * first pair that works carries data, a better one takes over later. No UPnP, no TCP candidates. All calls may come from any thread and
 * return at once; they take effect in order.
 */
typedef struct _VavIceAgent VavIceAgent;

VavIceAgent *vav_ice_agent_new (const VavIceConfig *config, const VavIceEvents *events, gpointer user_data);
VavIceAgent *vav_ice_agent_ref (VavIceAgent *self);
void vav_ice_agent_unref (VavIceAgent *self);

void vav_ice_agent_set_controlling (VavIceAgent *self, gboolean controlling);
gboolean vav_ice_agent_get_controlling (VavIceAgent *self);
void vav_ice_agent_set_local_credentials (VavIceAgent *self, const char *ufrag, const char *password);
void vav_ice_agent_set_remote_credentials (VavIceAgent *self, const char *ufrag, const char *password);
void vav_ice_agent_gather (VavIceAgent *self);
/* candidate: cleaned by vav_candidate_clean(); kept until the remote credentials are known */
void vav_ice_agent_add_candidate (VavIceAgent *self, const char *candidate);
/* The peer has told all of its candidates. If one comes all the same it is taken. */
void vav_ice_agent_end_candidates (VavIceAgent *self);
/* Begins again beside what runs, with new addresses and credentials (RFC 8445, 9): `restarted` tells the latter. What runs goes on until a pair of the new
 * generation is selected. ufrag, password: (nullable): the peer's of that generation, once they are known. A generation below the present one is ignored. */
void vav_ice_agent_restart (VavIceAgent *self, guint generation, const char *ufrag, const char *password);
void vav_ice_agent_send (VavIceAgent *self, const char *data, gsize length);

/* Both descriptions are there: `early` tells so, on the ICE thread, but with relays only, as nothing may leave by another way then. Before there is
 * a path nothing can be sent but, early, what DTLS begins with: see VavIceEarly. */
void vav_ice_agent_begin_early (VavIceAgent *self);
gboolean vav_ice_agent_has_path (VavIceAgent *self);
void vav_ice_agent_mark (VavIceAgent *self, VavStep step);
void vav_ice_agent_send_dtls (VavIceAgent *self, const char *data, gsize length);

/* What was learnt so far. */
void vav_ice_agent_get_report (VavIceAgent *self, VavIceReport *report);

/* Releases relay allocations and sockets, ends the thread and waits for that until @deadline (monotonic time); not on the agent's thread.
 * Returns: %FALSE if it was too late. */
gboolean vav_ice_agent_close (VavIceAgent *self, gint64 deadline);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VavIceAgent, vav_ice_agent_unref)

G_END_DECLS
