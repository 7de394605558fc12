/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The estimator on simulated paths. Times are in s, rates in bit/s, queues in ms.
 *
 *   test-rate-estimator --plot SCENARIO            columns to draw and to tune by
 *   test-rate-estimator --record SCENARIO FILE     what it was fed with, as a trace */
#include <stdlib.h>
#include <string.h>

#include "rate-scenarios.h"

typedef struct
{
  const char *scenario;
  double from, to;
  double utilisation, queue; /* at least, at most for 95 % of the time */
} Bound;

static void
check (const Bound *bounds, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (PathSim) sim = rate_scenario_run (bounds[i].scenario);
      double utilisation = path_sim_get_utilisation (sim, bounds[i].from, bounds[i].to);
      double queue = path_sim_get_queue (sim, 0.95, bounds[i].from, bounds[i].to);

      g_test_message ("%s: utilisation %.2f, queue %.0f ms", bounds[i].scenario, utilisation, queue);
      g_assert_cmpfloat (utilisation, >=, bounds[i].utilisation);
      g_assert_cmpfloat (queue, <=, bounds[i].queue);
    }
}

/* From 600 kbit/s to 3 Mbit/s on a path with room, in seconds; then it stays. */
static void
test_start (void)
{
  static const struct
  {
    const char *scenario;
    double seconds;
  } starts[] = { { "clean", 5 }, { "near", 5 }, { "far", 15 } };

  g_test_summary ("From 600 kbit/s to 3 Mbit/s in 5 s on a path with room, in 15 s with a round trip of 600 ms, and "
                  "there it stays");

  for (guint i = 0; i < G_N_ELEMENTS (starts); i++)
    {
      g_autoptr (PathSim) sim = rate_scenario_run (starts[i].scenario);

      g_test_message ("%s: %.1f s", starts[i].scenario, path_sim_get_reached (sim, 0, 2.9e6, 0));
      g_assert_cmpfloat (path_sim_get_reached (sim, 0, 2.9e6, 0), <, starts[i].seconds);
      g_assert_cmpfloat (path_sim_get_lowest (sim, 0, starts[i].seconds, 60), >, 2.9e6);
    }
}

static void
test_open (void)
{
  g_autoptr (PathSim) sim = rate_scenario_run ("open");
  g_autoptr (PathSim) slow = rate_scenario_run ("open-slow");
  double queue = path_sim_get_queue (slow, 0.95, 1.5, 10);

  g_test_summary ("A path with room has 1.2 Mbit/s 0.3 s after the first packet; one of 300 kbit/s is not flooded to "
                  "find that out");
  g_test_message ("%.1f s; %.0f ms", path_sim_get_reached (sim, 0, 1.15e6, 0), queue);
  g_assert_cmpfloat (path_sim_get_reached (sim, 0, 1.15e6, 0), <=, 0.3);
  g_assert_cmpfloat (path_sim_get_lowest (slow, 0, 0, 0.3), <=, 600e3);
  g_assert_cmpfloat (queue, <, 200);
}

/* The capacity falls at 20 s and is back at 40 s. The estimate stays around the new capacity, since that is how it knows it. */
static void
test_drop (void)
{
  static const struct
  {
    const char *scenario;
    double queue;
  } drops[]
      = { { "drop", 200 }, { "drop-deep", 200 }, { "drop-interval", 230 }, { "drop-rare", 250 }, { "drop-far", 230 } };

  g_test_summary (
      "3 Mbit/s to 300 kbit/s and back: below it in 2 s, less than 200 ms more delay after 4 s, 80 % in 15 s");

  for (guint i = 0; i < G_N_ELEMENTS (drops); i++)
    {
      g_autoptr (PathSim) sim = rate_scenario_run (drops[i].scenario);
      double queue = path_sim_get_queue (sim, 0.98, 24, 40), back = path_sim_get_reached (sim, 0, 0.8 * 3e6, 40);

      g_test_message ("%s: queue %.0f ms, back in %.1f s", drops[i].scenario, queue, back);
      g_assert_cmpfloat (path_sim_get_lowest (sim, 0, 20, 22), <, 300e3);
      g_assert_cmpfloat (path_sim_get_received (sim, 0, 24, 40), >, 0.7 * 300e3);
      g_assert_cmpfloat (queue, <, drops[i].queue);
      g_assert_cmpfloat (back, <, 15);
    }
}

/* Another chance of the path, and other times at which TCP flows begin. */
static void
set_seed (RateScenario *scenario, guint seed)
{
  scenario->path.seed = seed + 1;
  for (guint flow = 1; flow < PATH_FLOWS && scenario->flows[flow].kind == PATH_TCP; flow++)
    scenario->flows[flow].start_s += 0.013 * seed;
}

/* What arrives while the path is full is measured roughly, and a queue that goes sooner than that explains is no proof that others were there. */
static void
test_fall (void)
{
  guint long_queues = 0, high_rates = 0;

  g_test_summary (
      "Alone on a path that falls from 3 Mbit/s to 300 kbit/s a call does not take its own queue for that of "
      "others who have left: from 4 s on, of 400 runs with different chance eight at most have a queue of more "
      "than 200 ms, and three a rate that is not there");
  for (guint seed = 0; seed < 400; seed++)
    {
      RateScenario scenario = *rate_scenario_find ("fall");
      g_autoptr (PathSim) sim = NULL;

      set_seed (&scenario, seed);
      sim = rate_scenario_new (&scenario);
      path_sim_run (sim, scenario.seconds);
      long_queues += path_sim_get_queue (sim, 1, 9, 20) > 200 ? 1 : 0;
      high_rates += path_sim_get_highest (sim, 0, 9, 20) > 1.4 * 300e3 ? 1 : 0;
    }
  g_test_message ("%u queues, %u rates", long_queues, high_rates);
  g_assert_cmpuint (long_queues, <=, 8);
  g_assert_cmpuint (high_rates, <=, 3);
}

static void
test_rfc_8867 (void)
{
  static const Bound bounds[] = {
    { "rfc-1", 5, 100, 0.7, 200 },  { "rfc-2", 5, 125, 0.7, 200 },  { "rfc-3", 5, 100, 0.7, 200 },
    { "rfc-4", 40, 120, 0.8, 200 }, { "rfc-5", 50, 200, 0.8, 200 }, { "rfc-8", 5, 120, 0.8, 200 },
  };

  g_test_summary ("RFC 8867, 5.1 to 5.5 and 5.8: at least 70 % of the capacity used, a queue of at most 200 ms for 95 "
                  "% of the time");
  check (bounds, G_N_ELEMENTS (bounds));
}

/* What a TCP flow fills is its queue, not ours: here the share is what counts. */
static void
test_tcp (void)
{
  g_autoptr (PathSim) long_flow = rate_scenario_run ("rfc-6");
  g_autoptr (PathSim) short_flows = rate_scenario_run ("rfc-7");
  double share = path_sim_get_received (long_flow, 0, 20, 120);

  g_test_summary (
      "RFC 8867, 5.6 and 5.7: beside a TCP flow in a queue of 300 ms a call does not starve, nor does the flow");
  g_test_message ("long: %.0f; short: %.0f, %.0f", share, path_sim_get_received (short_flows, 0, 20, 300),
                  path_sim_get_received (short_flows, 1, 20, 300));
  g_assert_cmpfloat (share, >, 0.5e6);
  g_assert_cmpfloat (path_sim_get_received (long_flow, 1, 20, 120), >, 0.6e6);
  g_assert_cmpfloat (path_sim_get_utilisation (long_flow, 20, 120), >, 0.9);
  g_assert_cmpfloat (path_sim_get_received (short_flows, 0, 20, 300), >, 0.4e6);
  g_assert_cmpfloat (path_sim_get_received (short_flows, 1, 20, 300), >, 0.4e6);
  g_assert_cmpfloat (path_sim_get_utilisation (short_flows, 20, 300), >, 0.7);
}

static void
test_shares (void)
{
  static const char *scenarios[] = { "two", "two-slow" };

  g_test_summary ("Two calls on one path, the second 10 s later, have shares of 0.6 to 1.6 of each other");

  for (guint i = 0; i < G_N_ELEMENTS (scenarios); i++)
    {
      g_autoptr (PathSim) sim = rate_scenario_run (scenarios[i]);
      double share = path_sim_get_received (sim, 0, 40, 120) / path_sim_get_received (sim, 1, 40, 120);

      g_test_message ("%s: %.2f, %.2f used", scenarios[i], share, path_sim_get_utilisation (sim, 40, 120));
      g_assert_cmpfloat (share, >, 0.6);
      g_assert_cmpfloat (share, <, 1.6);
      g_assert_cmpfloat (path_sim_get_utilisation (sim, 40, 120), >, 0.8);
    }
}

#define SEEDS 15

static int
compare (gconstpointer a, gconstpointer b)
{
  const double *first = a, *second = b;

  return (*first > *second) - (*first < *second);
}

/* Of one run. */
typedef double (*Measure) (PathSim *sim, const Bound *bound);

static double
measure_queue (PathSim *sim, const Bound *bound)
{
  return path_sim_get_queue (sim, 0.95, bound->from, bound->to);
}

static double
measure_utilisation (PathSim *sim, const Bound *bound)
{
  return path_sim_get_utilisation (sim, bound->from, bound->to);
}

static double
measure_received (PathSim *sim, const Bound *bound)
{
  return path_sim_get_received (sim, 0, bound->from, bound->to);
}

static double
measure_excess (PathSim *sim, const Bound *bound)
{
  return path_sim_get_sent (sim, 0, bound->from, bound->to) / path_sim_get_received (sim, 0, bound->from, bound->to);
}

/* Of fifteen runs, the median. */
static double
run_seeds (const Bound *bound, Measure measure, const char *what)
{
  double figures[SEEDS];

  for (guint seed = 0; seed < SEEDS; seed++)
    {
      RateScenario scenario = *rate_scenario_find (bound->scenario);
      g_autoptr (PathSim) sim = NULL;

      set_seed (&scenario, seed);
      sim = rate_scenario_new (&scenario);
      path_sim_run (sim, scenario.seconds);
      figures[seed] = measure (sim, bound);
    }
  qsort (figures, SEEDS, sizeof *figures, compare);
  g_test_message ("%s: %s %g to %g, median %g", bound->scenario, what, figures[0], figures[SEEDS - 1],
                  figures[SEEDS / 2]);

  return figures[SEEDS / 2];
}

static void
check_median (const Bound *bound)
{
  g_assert_cmpfloat (run_seeds (bound, measure_utilisation, "used"), >=, bound->utilisation);
  g_assert_cmpfloat (run_seeds (bound, measure_queue, "queue"), <=, bound->queue);
}

/* Each time that they leave the path its room is taken again, before the next one comes. */
static void
test_short_flows (void)
{
  static const Bound bound = { "short", 5, 60 };

  g_test_summary ("Beside five TCP flows of 100 kB each few seconds a call has an eighth of 2 Mbit/s");
  g_assert_cmpfloat (run_seeds (&bound, measure_received, "received"), >, 2e6 / 8);
}

/* They are on the path for a third of the time, and each time all at once. */
static void
test_pages (void)
{
  static const Bound bound = { "pages", 5, 60 };

  g_test_summary ("Beside pages of thirty TCP flows each ten seconds a call has 30 % of 2 Mbit/s");
  g_assert_cmpfloat (run_seeds (&bound, measure_received, "received"), >, 0.3 * 2e6);
}

/* Its own queue, that takes long to go, is not to be taken for that of others, beside whom one need not give way. */
static void
test_narrowing (void)
{
  static const Bound bound = { "narrowing", 40, 80 };

  g_test_summary ("Where 1 Mbit/s become 45 kbit/s, with a queue of a second, 20 s later a call sends what arrives and "
                  "no more: of fifteen runs with different chance the median counts");
  g_assert_cmpfloat (run_seeds (&bound, measure_excess, "sent of what arrives"), <, 1.2);
}

/* Encoders as they are: they follow their rate in 0.6 s, and one picture is many times as large as another. */
static void
test_unruly (void)
{
  static const Bound bounds[] = {
    { "unruly-two", 15, 40, 0.8, 112 },
    { "unruly-300", 5, 30, 0.8, 170 },
    { "unruly-100", 5, 30, 0.8, 190 },
    { "unruly-50", 5, 30, 0.8, 215 }, /* a packet of 1240 bytes takes 200 ms here */
  };

  g_test_summary (
      "Two calls on 2 Mbit/s, and one on 300, 100 and 50 kbit/s, use the path and hold a short queue whatever "
      "the encoder does: of fifteen runs with different chance the median counts");

  for (guint i = 0; i < G_N_ELEMENTS (bounds); i++)
    check_median (&bounds[i]);
}

/* Who never saw the queue empty takes what it loses for a bad radio link, and what is repeated of it fills it further. */
static void
test_deaf (void)
{
  static const Bound bound = { "deaf", 5, 30, 0.8, 200 };

  g_test_summary ("A line of 300 kbit/s that both sides flood before the first report comes is used, and not flooded "
                  "for ever");
  check_median (&bound);
}

/* The worst of fifteen runs counts: who is unlucky with the first packets is not to have a small picture for ten seconds. */
static void
test_open_loss (void)
{
  RateScenario scenario = *rate_scenario_find ("open-loss");
  double least = 3e6;

  g_test_summary (
      "Over a line that loses a twentieth by chance, a call has 500 kbit/s in the first seconds, in each of "
      "fifteen runs with different chance");

  for (guint seed = 0; seed < SEEDS; seed++)
    {
      g_autoptr (PathSim) sim = NULL;

      scenario.path.seed = seed + 1;
      sim = rate_scenario_new (&scenario);
      path_sim_run (sim, scenario.seconds);
      least = MIN (least, path_sim_get_received (sim, 0, 1, scenario.seconds));
    }
  g_test_message ("least: %.0f bit/s", least);
  g_assert_cmpfloat (least, >, 500e3);
}

/* Of a handshake whose messages are lost each next try comes later, and one side is done before the other. */
static void
test_late (void)
{
  static const Bound bound = { "late", 8, 14, 0.2, 200 };

  g_test_summary ("Where a fifth is lost and the peer's keys are ready six seconds after ours, it gets 600 kbit/s and "
                  "more two to eight seconds later: that less was sent since nobody heard it is forgotten");
  check_median (&bound);
}

static void
test_cellular (void)
{
  static const Bound bound = { "cellular", 2, 30, 0.45, 330 };

  g_test_summary ("Where the capacity falls to a half within a second that is seen before the queue of 500 ms is full");
  check_median (&bound);
}

/* At 20 s the peer's computer is busy for a while, and its program comes late to packets that were there in time. */
static void
test_stall (void)
{
  static const struct
  {
    double capacity, ms;
  } stalls[] = { { 3e6, 300 }, { 3e6, 800 }, { 3e6, 2000 }, { 1e6, 300 }, { 1e6, 800 }, { 1e6, 2000 } };

  g_test_summary ("A receiver that hangs for 0.3 to 2 s is no narrow path: 4 s later as much is sent as before");

  for (guint i = 0; i < G_N_ELEMENTS (stalls); i++)
    {
      RateScenario scenario = *rate_scenario_find ("stall");
      g_autoptr (PathSim) sim = NULL;

      scenario.path.capacity[0].bitrate = stalls[i].capacity;
      scenario.path.stall_ms = stalls[i].ms;
      sim = rate_scenario_new (&scenario);
      path_sim_run (sim, scenario.seconds);
      g_test_message ("%.0f ms at %.0f: %.0f", stalls[i].ms, stalls[i].capacity, path_sim_get_rate (sim, 0, 24));
      g_assert_cmpfloat (path_sim_get_rate (sim, 0, 24), >, 0.75 * stalls[i].capacity);
    }
}

/* What gets through is of course less by the loss. */
static void
test_loss (void)
{
  static const Bound bounds[] = {
    { "loss-5", 10, 60, 0.95 * 0.8, 100 },    { "loss-10", 10, 60, 0.9 * 0.8, 100 },
    { "loss-20", 15, 60, 0.8 * 0.7, 100 },    { "loss-30", 20, 60, 0.7 * 0.7, 100 },
    { "loss-burst", 15, 60, 0.9 * 0.7, 100 },
  };

  g_test_summary (
      "Loss by chance of 5 to 30 %, alone or in bursts, with as much of the feedback lost, does not starve a call");
  check (bounds, G_N_ELEMENTS (bounds));
}

static void
test_shallow (void)
{
  static const struct
  {
    const char *scenario;
    double capacity;
  } shallow[] = { { "shallow", 1e6 }, { "shallow-slow", 500e3 } };

  g_test_summary ("A queue that holds 50 ms shows congestion by loss more than by delay: it is seen, and used");

  for (guint i = 0; i < G_N_ELEMENTS (shallow); i++)
    {
      g_autoptr (PathSim) sim = rate_scenario_run (shallow[i].scenario);
      double sent = path_sim_get_sent (sim, 0, 15, 60) / shallow[i].capacity;

      g_test_message ("%s: %.2f sent, %.2f used", shallow[i].scenario, sent, path_sim_get_utilisation (sim, 15, 60));
      g_assert_cmpfloat (sent, <, 1.1);
      g_assert_cmpfloat (path_sim_get_utilisation (sim, 15, 60), >, 0.8);
    }
}

static void
test_slow (void)
{
  static const Bound bounds[] = {
    { "slow-300", 10, 60, 0.8, 180 },      { "slow-100", 10, 60, 0.8, 180 },
    { "slow-50", 15, 60, 0.8, 230 }, /* a packet of 1240 bytes takes 200 ms here */
    { "slow-100-rare", 10, 60, 0.8, 180 }, { "slow-50-rare", 15, 60, 0.8, 230 },
  };

  g_test_summary ("Paths of 300, 100 and 50 kbit/s, met with 300 kbit/s, are used and not flooded");
  check (bounds, G_N_ELEMENTS (bounds));
}

static void
test_jitter (void)
{
  static const Bound bounds[] = {
    { "jitter-50", 15, 60, 0.8, 100 }, { "jitter-100", 15, 60, 0.7, 100 },    { "jitter-200", 15, 60, 0.6, 100 },
    { "moderate", 15, 60, 0.65, 100 }, { "international", 10, 60, 0.5, 300 },
  };

  g_test_summary ("Jitter of 25, 50 and 100 ms each way, also with loss and on 300 kbit/s, does not pass for a queue");
  check (bounds, G_N_ELEMENTS (bounds));
}

static void
test_feedback (void)
{
  static const Bound bounds[] = {
    { "rtt-600", 20, 90, 0.7, 200 },
    { "reports", 10, 60, 0.8, 100 },
    { "batch", 10, 60, 0.8, 100 },
    { "drift", 10, 60, 0.8, 100 },
  };

  g_test_summary ("A round trip of 600 ms, reports that are lost, repeated and mixed up, a receiver that looks every "
                  "10 ms, a clock that "
                  "drifts and jumps by an hour: the path is used all the same");
  check (bounds, G_N_ELEMENTS (bounds));
}

/* Without a word the packets go another way at 20 s, that is 150 ms longer. */
static void
test_longer (void)
{
  static const Bound bounds[] = { { "longer", 25, 60, 0.7, 100 } };

  g_test_summary ("A path that becomes 150 ms longer is not full: 5 s later it is used again");
  check (bounds, G_N_ELEMENTS (bounds));
}

/* The picture stands still for 40 s, then moves. */
static void
test_still (void)
{
  g_autoptr (PathSim) sim = rate_scenario_run ("still");

  g_test_summary ("A source that sends less than it may is no reason to allow more, nor less; when it has more, it "
                  "gets it in 10 s");
  for (double at_s = 5; at_s < 40; at_s += 1)
    {
      g_assert_cmpfloat (path_sim_get_rate (sim, 0, at_s), >=, 590e3);
      g_assert_cmpfloat (path_sim_get_rate (sim, 0, at_s), <=, 900e3);
    }
  g_assert_cmpfloat (path_sim_get_reached (sim, 0, 2.4e6, 40), <, 10);
}

static void
test_alone (void)
{
  static const struct
  {
    const char *scenario;
    double within;
  } alone[] = { { "alone", 15 }, { "alone-50", 15 }, { "alone-loss", 40 } };

  g_test_summary (
      "While only sound is sent, also with a loss of 25 %, the rate rises to where a picture fits in beside "
      "it, and no further");
  for (guint i = 0; i < G_N_ELEMENTS (alone); i++)
    for (guint seed = 1; seed <= 8; seed++)
      {
        RateScenario scenario = *rate_scenario_find (alone[i].scenario);
        g_autoptr (PathSim) sim = NULL;
        double reached;

        scenario.path.seed = seed;
        sim = rate_scenario_new (&scenario);
        path_sim_run (sim, scenario.seconds);
        reached = path_sim_get_reached (sim, 0, 58e3, 0);
        g_test_message ("%s, %u: %.1f s, then %.0f", alone[i].scenario, seed, reached, path_sim_get_rate (sim, 0, 60));
        g_assert_cmpfloat (reached, <, alone[i].within);
        g_assert_cmpfloat (path_sim_get_rate (sim, 0, 60), <, 70e3);
      }
}

/* Nothing is sent from 20 s to 35 s. */
static void
test_pause (void)
{
  g_autoptr (PathSim) sim = rate_scenario_run ("pause");

  g_test_summary ("After a pause of 15 s the rate is what it was before, 1 s after it goes on");
  g_assert_cmpfloat (path_sim_get_rate (sim, 0, 36), >, 0.8 * path_sim_get_rate (sim, 0, 20));
  g_assert_cmpfloat (path_sim_get_queue (sim, 0.95, 35, 60), <, 100);
}

static void
test_keys (void)
{
  static const Bound bounds[] = { { "keys", 10, 60, 0.75, 150 } };

  g_test_summary ("A key frame of five times the mean every 5 s is no congestion");
  check (bounds, G_N_ELEMENTS (bounds));
}

int
main (int argc, char **argv)
{
  if (argc == 3 && strcmp (argv[1], "--plot") == 0)
    return rate_scenario_plot (argv[2]);
  if (argc == 4 && strcmp (argv[1], "--record") == 0)
    return rate_scenario_record (argv[2], argv[3]);

  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/rate-estimator/start", test_start);
  g_test_add_func ("/rate-estimator/open", test_open);
  g_test_add_func ("/rate-estimator/open-loss", test_open_loss);
  g_test_add_func ("/rate-estimator/drop", test_drop);
  g_test_add_func ("/rate-estimator/fall", test_fall);
  g_test_add_func ("/rate-estimator/rfc-8867", test_rfc_8867);
  g_test_add_func ("/rate-estimator/tcp", test_tcp);
  g_test_add_func ("/rate-estimator/shares", test_shares);
  g_test_add_func ("/rate-estimator/short-flows", test_short_flows);
  g_test_add_func ("/rate-estimator/pages", test_pages);
  g_test_add_func ("/rate-estimator/narrowing", test_narrowing);
  g_test_add_func ("/rate-estimator/unruly", test_unruly);
  g_test_add_func ("/rate-estimator/deaf", test_deaf);
  g_test_add_func ("/rate-estimator/late", test_late);
  g_test_add_func ("/rate-estimator/cellular", test_cellular);
  g_test_add_func ("/rate-estimator/stall", test_stall);
  g_test_add_func ("/rate-estimator/loss", test_loss);
  g_test_add_func ("/rate-estimator/shallow", test_shallow);
  g_test_add_func ("/rate-estimator/slow", test_slow);
  g_test_add_func ("/rate-estimator/jitter", test_jitter);
  g_test_add_func ("/rate-estimator/feedback", test_feedback);
  g_test_add_func ("/rate-estimator/longer", test_longer);
  g_test_add_func ("/rate-estimator/still", test_still);
  g_test_add_func ("/rate-estimator/alone", test_alone);
  g_test_add_func ("/rate-estimator/pause", test_pause);
  g_test_add_func ("/rate-estimator/keys", test_keys);

  return g_test_run ();
}
