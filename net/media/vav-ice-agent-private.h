/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "net/media/vav-dtls-repeat.h"
#include "net/media/vav-ice-agent.h"
#include "net/media/vav-ice-early.h"
#include "net/media/vav-ice-hold.h"

G_BEGIN_DECLS

/* For the agent's own files. */

#define VAV_ICE_COMPONENT 1
#define VAV_ICE_PACING_MS 5 /* Ta, RFC 8445 14.2; a connection check is about 100 bytes */

struct _VavIceAgent
{
  gatomicrefcount ref_count;

  VavIceConfig config;
  VavIceEvents events;
  gpointer user_data;

  GMainContext *context;
  GMainLoop *loop;
  GThread *thread;
  NiceAgent *agent;

  guint stream; /* atomic; the one that carries data */
  int controlling;
  int has_path; /* atomic; from the first pair on */

  /* ICE thread */
  guint next;                /* the stream of a new generation, until it has a path; 0: none */
  guint old;                 /* the one that was replaced; 0: none */
  guint failed;              /* one that never had a path; 0: none */
  gboolean broken;           /* the one that carries data has failed */
  GSource *parting;          /* when it goes */
  GHashTable *own_addresses; /* that libnice was given, as strings */
  GPtrArray *gatherers;      /* streams that gather, as pointers */
  GPtrArray *leavers;        /* those of them that are to go then */
  guint generation;
  gboolean gathering;
  gboolean remote_known;
  char *remote_ufrag; /* the other side's, of the stream that carries data; nullable */
  char *remote_password;
  char *next_ufrag; /* the same, of the next; nullable */
  char *next_password;
  GPtrArray *waiting; /* candidates before the remote credentials */
  guint n_candidates;
  gboolean gathered;
  gboolean own_over;  /* the peer was told that no more candidates come */
  gboolean peer_over; /* the peer said so */
  gboolean answered;  /* some check was */
  gint64 last_candidate;
  GSource *over;         /* when there is no path */
  GSource *slow;         /* (nullable): nothing is answered for a while */
  gboolean slowed;       /* that was so, and no path has been found since */
  VavIceHold *hold;      /* our relayed candidates */
  VavIceEarly *early;    /* (nullable): DTLS before there is a path */
  VavDtlsRepeat *repeat; /* (nullable): once the thread has left */
  GSource *goodbye;
  GSource *patience; /* with our servers */
  GThread *probe;    /* (nullable) */
  GCancellable *cancellable;

  GMutex lock;
  GCond cond;
  gboolean closing;    /* under lock */
  gboolean gone;       /* under lock: the thread has left */
  VavIceReport report; /* under lock */
};

/* Runs @func on the ICE thread, after what was posted before; nothing more once it is to close. */
void vav_ice_agent_post (VavIceAgent *self, void (*func) (VavIceAgent *, char **), const char *first,
                         const char *second);
guint vav_ice_agent_add_stream (VavIceAgent *self);

/* vav-ice-agent-early.c */
void vav_ice_agent_repeat (gpointer user_data, GBytes *packet); /* VavDtlsRepeatFunc */

/* vav-ice-agent-gather.c */
void vav_ice_agent_gather_stream (VavIceAgent *self, guint stream);

/* vav-ice-agent-patience.c */
void vav_ice_agent_begin_patience (VavIceAgent *self);
void vav_ice_agent_end_patience (VavIceAgent *self);

/* vav-ice-agent-end.c */
void vav_ice_agent_note_candidate (VavIceAgent *self);
void vav_ice_agent_note_answer (VavIceAgent *self);
void vav_ice_agent_review_end (VavIceAgent *self); /* any thread, but without the lock */
void vav_ice_agent_end_waiting (VavIceAgent *self);

/* vav-ice-agent-slow.c */
void vav_ice_agent_begin_slow (VavIceAgent *self);
void vav_ice_agent_end_slow (VavIceAgent *self);

/* vav-ice-agent-restart.c */
guint vav_ice_agent_get_newest (VavIceAgent *self);
void vav_ice_agent_take_over (VavIceAgent *self);
void vav_ice_agent_drop_failed (VavIceAgent *self);
void vav_ice_agent_note_gathered (VavIceAgent *self, guint stream);
void vav_ice_agent_end_parting (VavIceAgent *self); /* with the thread */

/* vav-ice-knock.c */
void vav_ice_agent_knock (VavIceAgent *self);
void vav_ice_agent_watch_knocks (VavIceAgent *self);
void vav_ice_agent_keep_remote (VavIceAgent *self, char *ufrag, char *password);

G_END_DECLS
