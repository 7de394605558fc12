/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "net/call/vav-call-private.h"
#include "net/call/vav-stream-private.h"
#include "tests/loop/storm-live.h"
#include "tests/loop/storm-peer.h"
#include "tests/loop/storm-words.h"

G_BEGIN_DECLS

/* Scenes between an endpoint and a peer that says at random what it may and what it may not, while the person at the endpoint does at random what
 * people do. What must hold all the time is looked at after each step; what must hold at the end, when the scene is over. */

typedef enum
{
  STORM_UNKNOWN, /* calls the endpoint */
  STORM_KNOWN,
  STORM_SELF,   /* the endpoint's own key */
  STORM_CALLED, /* is called by the endpoint */
} StormWho;

#define STORM_N_WHO (STORM_CALLED + 1)

typedef struct
{
  StormWords words;
  VavMedia *media; /* the peer's */
  int sink;        /* UDP: where its candidates point to */
  int listener;
  guint16 port;
  char *offer;
  char *answer;

  /* of one endpoint, for some scenes */
  VavEndpoint *endpoint;
  VavStream *stream;
  int n_samples; /* atomic: pictures and sounds that were shown */

  /* of one scene */
  StormWho who;
  StormPeer *peer;
  StormLive *live; /* nullable */
  VavCall *call;   /* owned, nullable */
  VavRequest *request;
  VavMediaSession *session; /* borrowed: the last that was seen */
  VavChannel *channel;      /* owned, nullable: the endpoint's end */
  gulong channel_handler;
  GString *log;
  GPtrArray *said; /* of GBytes: for replays */
  guint64 seq;
  guint n_ended;
  guint n_candidates;
  gboolean allowed; /* media may leave: somebody here said yes, or the called peer did */
  gboolean said_goodbye;
  gboolean graceful;
  int samples_before;

  /* over all scenes */
  guint n_scenes;
  guint n_sent;  /* not counting what came after the end of a call */
  guint n_heard; /* of these, by a call: no ping, nothing that was malformed */
  guint by_type[VAV_N_MESSAGE_TYPES];
  guint by_phase[VAV_N_CALL_PHASES]; /* where the call stood when a message came */
  guint by_reason[VAV_N_REASONS];
  guint n_calls;
  guint n_stun;            /* at the sink, after a yes */
  guint n_live_before_yes; /* scenes in which the path was up before anybody said yes */
  guint n_live_media;      /* and in which media left in the end */
  guint n_graceful;
} Storm;

Storm *storm_new (guint32 seed);
void storm_free (Storm *self);
void storm_begin_endpoint (Storm *self);
void storm_end_endpoint (Storm *self);
void storm_scene (Storm *self, StormWho who, StormCarrier carrier, gboolean live);

/* storm-watch.c */
void storm_note (Storm *self, const char *format, ...) G_GNUC_PRINTF (2, 3);
void storm_fail (Storm *self, const char *where, const char *what) G_GNUC_NORETURN;
#define storm_check(self, condition)                                                                                   \
  G_STMT_START                                                                                                         \
  {                                                                                                                    \
    if (!(condition))                                                                                                  \
      storm_fail (self, G_STRLOC, #condition);                                                                         \
  }                                                                                                                    \
  G_STMT_END
void storm_watch_call (Storm *self, VavCall *call);
void storm_unwatch_call (Storm *self);
void storm_look (Storm *self);            /* what holds at any time */
void storm_turn (Storm *self, double ms); /* the main loop, and looks after each turn; 0: what is ready */
void storm_judge_end (Storm *self);
/* Turns the main loop until it holds, or the limit has passed. */
#define storm_wait(self, condition, limit_ms)                                                                          \
  G_STMT_START                                                                                                         \
  {                                                                                                                    \
    gint64 storm_limit = g_get_monotonic_time () + (limit_ms)*G_GINT64_CONSTANT (1000);                                \
    while (!(condition) && g_get_monotonic_time () < storm_limit)                                                      \
      storm_turn (self, 2);                                                                                            \
  }                                                                                                                    \
  G_STMT_END

G_END_DECLS
