/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "net/visavis.h"

G_BEGIN_DECLS

/* Two users on this computer, each with an endpoint and a stream of their own, and what was told about them. Everything between them is real: TLS,
 * ICE, encoded media over the loopback. */

typedef struct
{
  VavEndpoint *endpoint;
  VavStream *stream;

  /* told by signals */
  VavRequest *request; /* the last, kept */
  guint n_requests;
  guint n_ringing;
  guint n_answered;
  guint n_closing;
  guint n_ended;
  guint n_frames;
  guint n_sounds;
  guint n_first_frames;
  guint n_paths;
  gboolean graceful;
  VavReason reason;
  char *answer_data;
  char *closing_data;
  char *ended_data;
  GString *states; /* "resolving dialling …" as they came */

  /* what it does when somebody calls */
  enum
  {
    PARTY_ASKS,
    PARTY_ACCEPTS,
    PARTY_REJECTS,
    PARTY_DEFERS,
  } manner;
  VavFlows accept_flows;
  const char *say; /* answer data */
  const char *say_goodbye;
} Party;

typedef struct
{
  Party anna;
  Party bob;
} Pair;

void pair_set_up (Pair *pair, gconstpointer media);
void pair_tear_down (Pair *pair, gconstpointer media);

void party_init (Party *party, const char *name, const char *profile, const char *media);
void party_listen (Party *party, const char *host_port);
void party_clear (Party *party);
void party_call (Party *caller, Party *callee);

/* Runs the main loop until the condition holds; fails the test after a generous limit. */
#define wait_until(condition)                                                                                            \
  G_STMT_START                                                                                                           \
  {                                                                                                                      \
    gint64 wait_limit = g_get_monotonic_time () + 30 * pair_patience () * G_USEC_PER_SEC;                                \
    while (!(condition))                                                                                                 \
      {                                                                                                                  \
        wait_one_turn ();                                                                                                \
        if (g_get_monotonic_time () > wait_limit)                                                                        \
          g_error ("%s:%d: waited in vain for: %s", __FILE__, __LINE__, #condition);                                     \
      }                                                                                                                  \
  }                                                                                                                      \
  G_STMT_END

void pair_count_sample (gpointer sample, gpointer counter);
/* How many times longer than usual things may take: programs under the sanitizers are slower. */
int pair_patience (void);
void wait_one_turn (void);
VavState party_state (Party *party);
#define wait_for_state(party, wanted) wait_until (party_state (party) == (wanted))

G_END_DECLS
