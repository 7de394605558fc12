/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "net/signal/vav-direct.h"

G_BEGIN_DECLS

/* What the tests of signal share: waiting for things, and two ends that talk. */

/* Runs the main loop until the condition holds; fails the test after 20 s. */
#define WAIT_FOR(condition)                                                                                            \
  G_STMT_START                                                                                                         \
  {                                                                                                                    \
    gint64 until_ = g_get_monotonic_time () + 20 * G_TIME_SPAN_SECOND;                                                 \
    while (!(condition) && g_get_monotonic_time () < until_)                                                           \
      fixture_iterate ();                                                                                              \
    if (!(condition))                                                                                                  \
      g_test_message ("Waited in vain: %s", #condition);                                                               \
    g_assert_true (condition);                                                                                         \
  }                                                                                                                    \
  G_STMT_END

void fixture_iterate (void); /* one turn of the main loop, at most 50 ms */
void fixture_settle (void);  /* turns until nothing is ready any more */

/* What a channel told. */
typedef struct
{
  VavChannel *channel;
  GPtrArray *messages; /* of VavMessage */
  gboolean closed;
  guint n_closed;
  GError *error;
} End;

End *end_new (VavChannel *channel); /* transfer full; connects, does not start */
void end_free (End *end);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (End, end_free)

/* A listener on 127.0.0.1 and what came in through it. */
typedef struct
{
  VavIdentity *identity;
  VavListener *listener;
  GPtrArray *ends; /* of End, started */
} House;

House *house_new (const char *host);
void house_free (House *house);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (House, house_free)

/* Dials and waits. */
VavChannel *fixture_dial (VavIdentity *identity, const char *address, GError **error);
VavChannel *fixture_dial_port (guint16 port, GError **error);

/* A real broker, on a port of the loopback. url: (out). Returns: (transfer full): for fixture_stop_mosquitto () */
GSubprocess *fixture_start_mosquitto (char **url);
void fixture_stop_mosquitto (GSubprocess *program);

guint fixture_count_descriptors (void);
guint fixture_count_threads (void);

G_END_DECLS
