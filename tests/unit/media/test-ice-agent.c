/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One side of ICE by itself: what it tells the peer, and that beginning again and again does no harm. That paths are found shows tests/lab. */
#include "net/media/vav-ice-agent-private.h"

#define LIMIT_US (30 * G_USEC_PER_SEC)
#define STORM 30
#define MOVES 12

typedef struct
{
  GMutex lock;
  GCond cond;
  guint n_candidates; /* under lock, as the rest */
  guint n_gathered;
  guint n_restarted;
  guint generation;
  guint n_paths;
  guint n_failures;
  GThread *failed_on;
  guint told[MOVES + 2]; /* candidates before each generation's begin */
  VavIceAgent *peer;     /* (nullable): is told what this one says of a new generation */
} Heard;

static void
note (gpointer data, guint *what)
{
  Heard *heard = data;

  g_mutex_lock (&heard->lock);
  (*what)++;
  g_cond_broadcast (&heard->cond);
  g_mutex_unlock (&heard->lock);
}

static void
on_receive (gpointer data, const char *bytes, gsize length)
{
}

static void
on_state (gpointer data, NiceComponentState state)
{
  Heard *heard = data;

  if (state != NICE_COMPONENT_STATE_FAILED)
    return;
  heard->failed_on = g_thread_self (); /* read when it is counted */
  note (heard, &heard->n_failures);
}

static void
on_candidate (gpointer data, const char *candidate)
{
  Heard *heard = data;

  g_test_message ("%s", candidate);
  if (heard->peer != NULL && heard->generation > 0)
    vav_ice_agent_add_candidate (heard->peer, candidate);
  note (heard, &heard->n_candidates);
}

static void
on_gathered (gpointer data)
{
  note (data, &((Heard *)data)->n_gathered);
}

static void
on_path (gpointer data, const char *local, const char *remote, gboolean relayed)
{
  note (data, &((Heard *)data)->n_paths);
}

static void
on_restarted (gpointer data, guint generation, const char *ufrag, const char *password)
{
  Heard *heard = data;

  heard->generation = generation; /* read when it is counted */
  g_mutex_lock (&heard->lock);
  if (generation < G_N_ELEMENTS (heard->told))
    heard->told[generation] = heard->n_candidates;
  g_mutex_unlock (&heard->lock);
  if (heard->peer != NULL)
    vav_ice_agent_restart (heard->peer, generation, ufrag, password);
  note (heard, &heard->n_restarted);
}

static void
wait_for (Heard *heard, const guint *what, guint n)
{
  gint64 until = g_get_monotonic_time () + LIMIT_US;

  g_mutex_lock (&heard->lock);
  while (*what < n && g_cond_wait_until (&heard->cond, &heard->lock, until))
    ;
  g_assert_cmpuint (*what, >=, n);
  g_mutex_unlock (&heard->lock);
}

/* Servers that are not there: nobody listens on port 9. */
static VavIceAgent *
make (Heard *heard, gboolean relay_only, gboolean reflexive, gboolean relay)
{
  static const VavIceEvents events = { on_receive, on_state, on_candidate, on_gathered, on_path, on_restarted };
  static VavIceUrl stun = { .host = (char *)"127.0.0.1", .port = 9 };
  static VavIceUrl turn
      = { .relay = TRUE, .host = (char *)"127.0.0.1", .port = 9, .user = (char *)"a", .password = (char *)"b" };
  VavIceConfig config
      = { .local = TRUE, .relay_only = relay_only, .stun = reflexive ? &stun : NULL, .turn = relay ? &turn : NULL };

  *heard = (Heard){ .n_candidates = 0 };
  g_mutex_init (&heard->lock);
  g_cond_init (&heard->cond);
  return vav_ice_agent_new (&config, &events, heard);
}

static void
finish (VavIceAgent *agent, Heard *heard)
{
  g_assert_true (vav_ice_agent_close (agent, g_get_monotonic_time () + LIMIT_US));
  g_mutex_clear (&heard->lock);
  g_cond_clear (&heard->cond);
}

static void
test_storm (void)
{
  Heard heard;
  g_autoptr (VavIceAgent) agent = make (&heard, FALSE, TRUE, FALSE);
  gint64 until = g_get_monotonic_time () + LIMIT_US;
  guint told = 0;

  g_test_summary (
      "A3, N12: generations that come faster than servers are found do no harm, and one that comes later begins");
  vav_ice_agent_set_controlling (agent, TRUE);
  vav_ice_agent_gather (agent);
  for (guint i = 1; i <= STORM; i++)
    vav_ice_agent_restart (agent, i, NULL, NULL);
  wait_for (&heard, &heard.n_restarted, 2);
  while (told != STORM + 1 && g_get_monotonic_time () < until)
    {
      vav_ice_agent_restart (agent, STORM + 1, NULL, NULL);
      g_mutex_lock (&heard.lock);
      g_cond_wait_until (&heard.cond, &heard.lock, g_get_monotonic_time () + 50 * 1000);
      told = heard.generation;
      g_mutex_unlock (&heard.lock);
    }
  g_assert_cmpuint (told, ==, STORM + 1);
  finish (agent, &heard);
}

static void
test_relay_only (void)
{
  g_test_summary ("A3: by relay only, the peer is told no address of this computer and none that STUN found, at first "
                  "and after a restart; else "
                  "it is");
  for (guint i = 0; i < 2; i++)
    {
      Heard heard;
      g_autoptr (VavIceAgent) agent = make (&heard, i == 0, TRUE, i == 0);

      vav_ice_agent_set_controlling (agent, TRUE);
      vav_ice_agent_gather (agent);
      vav_ice_agent_restart (agent, 1, NULL, NULL);
      wait_for (&heard, &heard.n_restarted, 1);
      if (i > 0)
        wait_for (&heard, &heard.n_candidates, 2);
      finish (agent, &heard);
      if (i == 0)
        g_assert_cmpuint (heard.n_candidates, ==, 0);
    }
}

static void
test_moves (void)
{
  Heard heard;
  g_autoptr (VavIceAgent) agent = make (&heard, FALSE, FALSE, FALSE);

  g_test_summary ("A3, N12: after many changes of the network the peer is told as many candidates as after one");
  vav_ice_agent_set_controlling (agent, TRUE);
  vav_ice_agent_gather (agent);
  for (guint i = 1; i <= MOVES + 1; i++)
    vav_ice_agent_restart (agent, i, NULL, NULL);
  wait_for (&heard, &heard.n_restarted, MOVES + 1);
  finish (agent, &heard);
  g_assert_cmpuint (heard.told[1], >, 0);
  g_assert_cmpuint (heard.told[MOVES + 1] - heard.told[MOVES], ==, heard.told[1]);
}

static void
test_overtaken (void)
{
  Heard heard[2];
  g_autoptr (VavIceAgent) caller = make (&heard[0], FALSE, FALSE, FALSE);
  g_autoptr (VavIceAgent) callee = make (&heard[1], FALSE, FALSE, FALSE);

  g_test_summary ("A3, N7: a generation that begins before the first answer is taken, here, and before anything was "
                  "gathered, there, has its path");
  heard[0].peer = callee;
  heard[1].peer = caller;
  vav_ice_agent_set_controlling (caller, TRUE);
  vav_ice_agent_set_local_credentials (caller, "abcd", "abcdabcdabcdabcdabcdab");
  vav_ice_agent_gather (caller);
  vav_ice_agent_restart (caller, 1, NULL, NULL);
  vav_ice_agent_set_remote_credentials (caller, "efgh", "efghefghefghefghefghef");
  for (guint i = 0; i < 2; i++)
    wait_for (&heard[i], &heard[i].n_paths, 1);
  vav_ice_agent_gather (callee);
  finish (caller, &heard[0]);
  finish (callee, &heard[1]);
}

/* As when a relay's connection has ended and who sends next hears of it. */
static void
test_foreign (void)
{
  Heard heard;
  g_autoptr (VavIceAgent) agent = make (&heard, FALSE, FALSE, FALSE);

  g_test_summary ("What libnice tells on another thread is taken on the thread of ICE");
  vav_ice_agent_gather (agent);
  wait_for (&heard, &heard.n_gathered, 1);
  g_signal_emit_by_name (agent->agent, "component-state-changed", agent->stream, VAV_ICE_COMPONENT,
                         NICE_COMPONENT_STATE_FAILED);
  wait_for (&heard, &heard.n_failures, 1);
  g_assert_true (heard.failed_on == agent->thread);
  finish (agent, &heard);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_log_set_always_fatal (G_LOG_LEVEL_ERROR
                          | G_LOG_LEVEL_CRITICAL); /* libnice warns of a name that it looks for as it is closed */
  g_test_add_func ("/ice-agent/storm", test_storm);
  g_test_add_func ("/ice-agent/relay-only", test_relay_only);
  g_test_add_func ("/ice-agent/moves", test_moves);
  g_test_add_func ("/ice-agent/overtaken", test_overtaken);
  g_test_add_func ("/ice-agent/foreign", test_foreign);

  return g_test_run ();
}
