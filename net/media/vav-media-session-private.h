/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "net/core/vav-hop.h"
#include "net/media/vav-media-parts.h"
#include "net/media/vav-media-reporter.h"
#include "net/media/vav-media-session.h"

G_BEGIN_DECLS

/* For the session's own two files. */

typedef enum
{
  VAV_SESSION_PHASE_NEW,
  VAV_SESSION_PHASE_OFFERING,  /* our offer is out or on its way */
  VAV_SESSION_PHASE_ANSWERING, /* we took an offer */
  VAV_SESSION_PHASE_SETTLED,   /* both descriptions are set */
  VAV_SESSION_PHASE_OVER,      /* failed or closed: nothing is told any more */
} VavSessionPhase;

struct _VavMediaSession
{
  GObject parent_instance;

  VavMedia *media;
  VavOutlet *outlets[VAV_N_MEDIA_KINDS]; /* where what comes in goes */
  VavHop *hop;
  VavMediaParts parts;
  VavMediaReporter *reporter;

  VavSessionPhase phase;
  gboolean local;
  VavTimeline *timeline; /* nullable */
  gboolean opened;
  gboolean sealed;     /* DTLS came up, with the announced fingerprint */
  gboolean has_path;   /* ICE selected a pair */
  gboolean connected;  /* both */
  gboolean restarted;  /* the network has changed: a path that is lost is not the end */
  char *path_hosts[2]; /* of the last path: here, there */
  VavFlows flows;
  guint peer_limit; /* bit/s; 0: none */
  GSource *limit;   /* time to connect */
};

typedef enum
{
  VAV_SESSION_SIGNAL_DESCRIPTION,
  VAV_SESSION_SIGNAL_CANDIDATE,
  VAV_SESSION_SIGNAL_CONNECTED,
  VAV_SESSION_SIGNAL_PATH,
  VAV_SESSION_SIGNAL_FIRST_FRAME,
  VAV_SESSION_SIGNAL_FIRST_SOUND,
  VAV_SESSION_SIGNAL_STATS,
  VAV_SESSION_SIGNAL_PATH_LOST,
  VAV_SESSION_SIGNAL_RESTARTED,
  VAV_SESSION_SIGNAL_PEER_SEEN,
  VAV_SESSION_SIGNAL_FAILED,
  VAV_N_SESSION_SIGNALS
} VavSessionSignal;

extern guint vav_media_session_signals[VAV_N_SESSION_SIGNALS];

/* Once, and nothing follows: what is left is taken apart when the owner closes or lets go of the session. error: (transfer full) */
void vav_media_session_fail (VavMediaSession *self, GError *error);
void vav_media_session_fail_code (VavMediaSession *self, VavError code);
void vav_media_session_fail_path (VavMediaSession *self);
void vav_media_session_lose (VavMediaSession *self);
/* Starts and stops what leaves: the gate says which. */
void vav_media_session_update_flows (VavMediaSession *self);

extern const VavMediaEvents vav_media_session_events;
void vav_media_session_on_stats (gpointer owner, gpointer data);
void vav_media_session_on_described (gpointer owner, gpointer data);
void vav_media_session_on_accepted (gpointer owner, gpointer data);

G_END_DECLS
