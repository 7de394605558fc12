/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The paths that the estimator is shown, those of RFC 8867 among them. */
#include "rate-scenarios.h"

#include <string.h>

#define CALL .kind = PATH_CALL, .start = 600000, .min = 50000, .max = 4000000, .sound_bytes = 80
#define HD .kind = PATH_CALL, .start = 600000, .min = 50000, .max = 3000000, .sound_bytes = 80
#define SLOW .kind = PATH_CALL, .start = 300000, .min = 30000, .max = 3000000, .sound_bytes = 50
#define RFC .kind = PATH_CALL, .start = 300000, .min = 150000, .max = 1500000, .sound_bytes = 80 /* RFC 8867, 4.1.1 */
#define RFC_PATH .queue_ms = 300, .jitter_ms = 30
#define EVEN .kind = PATH_CALL, .start = 1200000, .min = 30000, .max = 1870000, .source = 1.5e6, .source_until_s = 1000
#define UNRULY EVEN, .delay_ms = 30, .follow_ms = 600, .spread = 0.8
/* as sound is on a narrow line, and no picture */
#define ALONE                                                                                                          \
  .kind = PATH_CALL, .start = 35000, .min = 30000, .max = 3000000, .sound_bytes = 59, .source = 1,                     \
  .source_until_s = 1000, .delay_ms = 30
/* what a page of the web is made of (RFC 8868, 5.1) */
#define FILE_OF(bytes)                                                                                                 \
  {                                                                                                                    \
    .kind = PATH_TCP, .delay_ms = 50, .start_s = 5, .size = bytes, .idle_s = 10                                        \
  }
#define FILES FILE_OF (30e3), FILE_OF (35e3), FILE_OF (40e3), FILE_OF (45e3), FILE_OF (50e3)
#define CLEAN .queue_ms = 300, .seed = 1, .capacity = { { 0, 20e6 } }
#define THREE .queue_ms = 300, .seed = 1, .capacity = { { 0, 3e6 } }

static const RateScenario scenarios[] = {
  { "clean", 30, { CLEAN }, { { HD, .delay_ms = 20 } } },
  { "far", 40, { CLEAN }, { { HD, .delay_ms = 300 } } },
  { "near", 20, { CLEAN }, { { HD, .delay_ms = 0.1 } } },
  { "drop",
    60,
    { .queue_ms = 300, .seed = 2, .capacity = { { 0, 3e6 }, { 20, 300e3 }, { 40, 3e6 } } },
    { { HD, .delay_ms = 30 } } },
  { "drop-deep",
    60,
    { .queue_ms = 1000, .seed = 2, .capacity = { { 0, 3e6 }, { 20, 300e3 }, { 40, 3e6 } } },
    { { HD, .delay_ms = 30 } } },
  { "drop-interval",
    60,
    { .queue_ms = 300, .seed = 2, .interval_ms = 50, .capacity = { { 0, 3e6 }, { 20, 300e3 }, { 40, 3e6 } } },
    { { HD, .delay_ms = 30 } } },
  { "drop-rare",
    60,
    { .queue_ms = 300, .seed = 2, .interval_ms = 250, .capacity = { { 0, 3e6 }, { 20, 300e3 }, { 40, 3e6 } } },
    { { HD, .delay_ms = 30 } } },
  { "drop-far",
    60,
    { .queue_ms = 300, .seed = 2, .capacity = { { 0, 3e6 }, { 20, 300e3 }, { 40, 3e6 } } },
    { { HD, .delay_ms = 150 } } },
  { "shallow", 60, { .queue_ms = 50, .seed = 3, .capacity = { { 0, 1e6 } } }, { { HD, .delay_ms = 30 } } },
  { "shallow-slow", 60, { .queue_ms = 50, .seed = 3, .capacity = { { 0, 500e3 } } }, { { HD, .delay_ms = 30 } } },
  { "slow-300", 60, { .queue_ms = 500, .seed = 4, .capacity = { { 0, 300e3 } } }, { { SLOW, .delay_ms = 50 } } },
  { "slow-100", 60, { .queue_ms = 500, .seed = 4, .capacity = { { 0, 100e3 } } }, { { SLOW, .delay_ms = 50 } } },
  { "slow-50", 60, { .queue_ms = 1000, .seed = 4, .capacity = { { 0, 50e3 } } }, { { SLOW, .delay_ms = 50 } } },
  { "slow-100-rare",
    60,
    { .queue_ms = 500, .seed = 4, .interval_ms = 150, .capacity = { { 0, 100e3 } } },
    { { SLOW, .delay_ms = 50 } } },
  { "slow-50-rare",
    60,
    { .queue_ms = 1000, .seed = 4, .interval_ms = 250, .capacity = { { 0, 50e3 } } },
    { { SLOW, .delay_ms = 50 } } },
  { "loss-5", 60, { THREE, .loss = 0.05, .feedback_loss = 0.05 }, { { HD, .delay_ms = 30 } } },
  { "loss-10", 60, { THREE, .loss = 0.1, .feedback_loss = 0.1 }, { { HD, .delay_ms = 30 } } },
  { "loss-20", 60, { THREE, .loss = 0.2, .feedback_loss = 0.2 }, { { HD, .delay_ms = 30 } } },
  { "loss-30", 60, { THREE, .loss = 0.3, .feedback_loss = 0.3 }, { { HD, .delay_ms = 30 } } },
  { "loss-burst", 60, { THREE, .loss = 0.1, .burst = 6, .feedback_loss = 0.1 }, { { HD, .delay_ms = 30 } } },
  { "jitter-50", 60, { THREE, .jitter_ms = 50 }, { { HD, .delay_ms = 50 } } },
  { "jitter-100", 60, { THREE, .jitter_ms = 100 }, { { HD, .delay_ms = 50 } } },
  { "jitter-200", 60, { THREE, .jitter_ms = 200 }, { { HD, .delay_ms = 50 } } },
  { "moderate", 60, { THREE, .jitter_ms = 50, .loss = 0.05, .feedback_loss = 0.05 }, { { HD, .delay_ms = 75 } } },
  { "international",
    60,
    { .queue_ms = 500, .seed = 5, .jitter_ms = 200, .loss = 0.03, .burst = 4, .capacity = { { 0, 300e3 } } },
    { { SLOW, .delay_ms = 150 } } },
  { "rtt-600", 90, { THREE }, { { HD, .delay_ms = 300 } } },
  { "still",
    60,
    { .queue_ms = 300, .seed = 6, .capacity = { { 0, 3e6 } } },
    { { HD, .delay_ms = 30, .source = 100e3, .source_until_s = 40 } } },
  { "pause", 60, { THREE }, { { HD, .delay_ms = 30, .pause_s = 20, .resume_s = 35 } } },
  { "keys", 60, { .queue_ms = 300, .seed = 7, .capacity = { { 0, 2e6 } } }, { { HD, .delay_ms = 30, .key_s = 5 } } },
  { "reports", 60, { THREE, .feedback_loss = 0.25, .mixed = TRUE }, { { HD, .delay_ms = 30 } } },
  { "batch", 60, { THREE, .batch_ms = 10 }, { { HD, .delay_ms = 30 } } },
  { "drift", 60, { THREE, .drift = 200e-6, .clock_jump_s = 30 }, { { HD, .delay_ms = 30 } } },
  { "longer", 60, { THREE, .longer_from_s = 20, .longer_ms = 150 }, { { HD, .delay_ms = 30 } } },
  { "two",
    120,
    { .queue_ms = 300, .seed = 8, .capacity = { { 0, 3e6 } } },
    { { HD, .delay_ms = 30 }, { HD, .delay_ms = 30, .start_s = 10 } } },
  { "two-slow",
    120,
    { .queue_ms = 300, .seed = 8, .capacity = { { 0, 1e6 } } },
    { { HD, .delay_ms = 30 }, { HD, .delay_ms = 30, .start_s = 10 } } },
  { "stall", 40, { THREE, .interval_ms = 50, .stall_s = 20, .stall_ms = 800 }, { { HD, .delay_ms = 30 } } },
  { "unruly-two",
    40,
    { .queue_ms = 300, .interval_ms = 50, .capacity = { { 0, 2e6 } } },
    { { UNRULY, .sound_bytes = 130 }, { UNRULY, .sound_bytes = 130, .start_s = 5 } } },
  { "unruly-300",
    30,
    { .queue_ms = 300, .interval_ms = 50, .capacity = { { 0, 300e3 } } },
    { { UNRULY, .sound_bytes = 100 } } },
  { "unruly-100",
    30,
    { .queue_ms = 300, .interval_ms = 150, .capacity = { { 0, 100e3 } } },
    { { UNRULY, .sound_bytes = 70 } } },
  { "unruly-50",
    30,
    { .queue_ms = 300, .interval_ms = 250, .capacity = { { 0, 50e3 } } },
    { { UNRULY, .sound_bytes = 50 } } },
  { "open", 10, { CLEAN }, { { EVEN, .sound_bytes = 100, .delay_ms = 30 } } },
  { "open-slow",
    10,
    { .queue_ms = 300, .seed = 9, .capacity = { { 0, 300e3 } } },
    { { EVEN, .sound_bytes = 100, .delay_ms = 30 } } },
  { "deaf",
    30,
    { .queue_ms = 300, .interval_ms = 50, .deaf_s = 1, .capacity = { { 0, 300e3 } } },
    { { UNRULY, .sound_bytes = 100, .repair = TRUE } } },
  { "cellular",
    30,
    { .queue_ms = 500,
      .jitter_ms = 10,
      .capacity = { { 0, 1.8e6 },  { 1, 2.2e6 },  { 2, 1.6e6 },  { 3, 1.1e6 },  { 4, 1.5e6 },  { 5, 2.4e6 },
                    { 6, 3.1e6 },  { 7, 2.6e6 },  { 8, 1.4e6 },  { 9, 0.7e6 },  { 10, 0.5e6 }, { 11, 0.8e6 },
                    { 12, 1.3e6 }, { 13, 1.9e6 }, { 14, 2.7e6 }, { 15, 2.2e6 }, { 16, 1.2e6 }, { 17, 0.6e6 },
                    { 18, 0.9e6 }, { 19, 1.6e6 }, { 20, 2.3e6 }, { 21, 1.7e6 }, { 22, 1.0e6 }, { 23, 0.5e6 },
                    { 24, 0.4e6 }, { 25, 0.7e6 }, { 26, 1.2e6 }, { 27, 2.0e6 }, { 28, 2.8e6 }, { 29, 2.1e6 } } },
    { { EVEN, .sound_bytes = 130, .delay_ms = 40 } } },
  { "alone", 60, { THREE, .interval_ms = 200 }, { { ALONE } } },
  { "alone-loss", 60, { THREE, .interval_ms = 200, .loss = 0.25, .feedback_loss = 0.1 }, { { ALONE } } },
  { "alone-50", 60, { .queue_ms = 1000, .interval_ms = 200, .seed = 4, .capacity = { { 0, 50e3 } } }, { { ALONE } } },
  { "fall",
    20,
    { .queue_ms = 300, .interval_ms = 50, .capacity = { { 0, 3e6 }, { 5, 300e3 } } },
    { { EVEN, .sound_bytes = 100, .delay_ms = 30, .spread = 0.4, .repair = TRUE } } },
  { "rfc-1",
    100,
    { RFC_PATH, .seed = 11, .capacity = { { 0, 1e6 }, { 40, 2.5e6 }, { 60, 600e3 }, { 80, 1e6 } } },
    { { RFC, .delay_ms = 50 } } },
  { "rfc-2",
    125,
    { RFC_PATH, .seed = 12, .capacity = { { 0, 4e6 }, { 25, 2e6 }, { 50, 3.5e6 }, { 75, 1e6 }, { 100, 2e6 } } },
    { { RFC, .delay_ms = 50 }, { RFC, .delay_ms = 50 } } },
  { "rfc-3",
    100,
    { RFC_PATH, .seed = 13, .slow_from_s = 35, .slow_to_s = 70, .slow_ms = 250,
      .capacity = { { 0, 2e6 }, { 20, 1e6 }, { 40, 500e3 }, { 60, 2e6 } } },
    { { RFC, .delay_ms = 50 } } },
  { "rfc-4",
    120,
    { RFC_PATH, .seed = 14, .capacity = { { 0, 3.5e6 } } },
    { { RFC, .delay_ms = 50 }, { RFC, .delay_ms = 50, .start_s = 20 }, { RFC, .delay_ms = 50, .start_s = 40 } } },
  { "rfc-5",
    200,
    { RFC_PATH, .seed = 15, .capacity = { { 0, 4e6 } } },
    { { RFC, .delay_ms = 10 },
      { RFC, .delay_ms = 25, .start_s = 10 },
      { RFC, .delay_ms = 50, .start_s = 20 },
      { RFC, .delay_ms = 100, .start_s = 30 },
      { RFC, .delay_ms = 150, .start_s = 40 } } },
  { "rfc-6",
    120,
    { RFC_PATH, .seed = 16, .capacity = { { 0, 2e6 } } },
    { { RFC, .delay_ms = 50, .start_s = 5 }, { .kind = PATH_TCP, .delay_ms = 50 } } },
  { "rfc-7",
    300,
    { RFC_PATH, .seed = 17, .capacity = { { 0, 2e6 } } },
    { { RFC, .delay_ms = 50 },
      { RFC, .delay_ms = 50, .start_s = 5 },
      { .kind = PATH_TCP, .delay_ms = 50, .start_s = 10, .size = 300e3, .idle_s = 8 },
      { .kind = PATH_TCP, .delay_ms = 50, .start_s = 20, .size = 500e3, .idle_s = 12 },
      { .kind = PATH_TCP, .delay_ms = 50, .start_s = 25, .size = 200e3, .idle_s = 15 } } },
  { "narrowing",
    120,
    { .queue_ms = 1000, .interval_ms = 200, .seed = 20, .capacity = { { 0, 1e6 }, { 20, 45e3 } } },
    { { UNRULY, .sound_bytes = 80 } } },
  { "pages",
    60,
    { .queue_ms = 300, .interval_ms = 50, .seed = 19, .capacity = { { 0, 2e6 } } },
    { { UNRULY, .sound_bytes = 130 }, FILES, FILES, FILES, FILES, FILES, FILES } },
  { "rfc-8",
    120,
    { RFC_PATH, .seed = 18, .capacity = { { 0, 3.5e6 } } },
    { { RFC, .delay_ms = 50, .pause_s = 40, .resume_s = 60 }, { RFC, .delay_ms = 50 }, { RFC, .delay_ms = 50 } } },
  { "open-loss",
    8,
    { .queue_ms = 300, .loss = 0.05, .feedback_loss = 0.05, .interval_ms = 50, .capacity = { { 0, 3e6 } } },
    { { UNRULY, .sound_bytes = 100, .repair = 1 } } },
  { "late",
    20,
    { .queue_ms = 300, .loss = 0.2, .late_s = 6, .feedback_loss = 0.2, .interval_ms = 50, .capacity = { { 0, 3e6 } } },
    { { UNRULY, .sound_bytes = 100, .repair = 1 } } },
  { "short",
    60,
    { .queue_ms = 300, .capacity = { { 0, 2e6 } } },
    { { EVEN, .sound_bytes = 130, .delay_ms = 50 },
      { .kind = PATH_TCP, .delay_ms = 50, .start_s = 5, .size = 100e3, .idle_s = 2 },
      { .kind = PATH_TCP, .delay_ms = 50, .start_s = 5, .size = 100e3, .idle_s = 2.5 },
      { .kind = PATH_TCP, .delay_ms = 50, .start_s = 5, .size = 100e3, .idle_s = 3 },
      { .kind = PATH_TCP, .delay_ms = 50, .start_s = 5, .size = 100e3, .idle_s = 3.5 },
      { .kind = PATH_TCP, .delay_ms = 50, .start_s = 5, .size = 100e3, .idle_s = 4 } } },
  { "trace",
    12,
    { .queue_ms = 300,
      .jitter_ms = 10,
      .loss = 0.02,
      .seed = 20,
      .capacity = { { 0, 1.2e6 }, { 4, 300e3 }, { 8, 1.2e6 } } },
    { { HD, .delay_ms = 30 } } },
};

/* Returns: (nullable): the scenario, %NULL after the last */
const RateScenario *
rate_scenario_get (guint i)
{
  return i < G_N_ELEMENTS (scenarios) ? &scenarios[i] : NULL;
}

const RateScenario *
rate_scenario_find (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (scenarios); i++)
    if (strcmp (scenarios[i].name, name) == 0)
      return &scenarios[i];

  return NULL;
}

static guint
count_flows (const RateScenario *scenario)
{
  guint n = 0;

  while (n < PATH_FLOWS && scenario->flows[n].delay_ms > 0)
    n++;

  return n;
}

PathSim *
rate_scenario_new (const RateScenario *scenario)
{
  return path_sim_new (&scenario->path, scenario->flows, count_flows (scenario));
}

/* Returns: (transfer full): the whole run */
PathSim *
rate_scenario_run (const char *name)
{
  const RateScenario *scenario = rate_scenario_find (name);
  PathSim *sim;

  g_assert_nonnull (scenario);
  sim = rate_scenario_new (scenario);
  path_sim_run (sim, scenario->seconds);

  return sim;
}

/* Time in s, capacity in kbit/s, queue in ms, then of each flow the queue and the rate that it estimates, what it sent and what arrived. */
int
rate_scenario_plot (const char *name)
{
  const RateScenario *scenario = rate_scenario_find (name);
  g_autoptr (PathSim) sim = NULL;
  const PathSample *samples;
  guint n;

  if (scenario == NULL)
    {
      for (guint i = 0; i < G_N_ELEMENTS (scenarios); i++)
        g_print ("%s\n", scenarios[i].name);
      return 2;
    }
  sim = rate_scenario_run (name);
  samples = path_sim_get_samples (sim, &n);
  for (guint i = 0; i < n; i++)
    {
      g_print ("%6.1f %6.0f %6.0f", samples[i].at_s, samples[i].capacity / 1e3, samples[i].queue_ms);
      for (guint flow = 0; flow < count_flows (scenario); flow++)
        g_print ("  %6.0f %6.0f %6.0f %6.0f", samples[i].estimated_ms[flow], samples[i].rate[flow] / 1e3,
                 samples[i].sent[flow] / 1e3, samples[i].received[flow] / 1e3);
      g_print ("\n");
    }

  return 0;
}

/* Writes what the first flow's estimator was fed with. */
int
rate_scenario_record (const char *name, const char *file)
{
  const RateScenario *scenario = rate_scenario_find (name);
  g_autoptr (PathSim) sim = NULL;
  FILE *trace = fopen (file, "w");

  if (scenario == NULL || trace == NULL)
    {
      if (trace != NULL)
        fclose (trace);
      return 2;
    }
  sim = rate_scenario_new (scenario);
  path_sim_set_trace (sim, trace);
  path_sim_run (sim, scenario->seconds);
  fclose (trace);

  return 0;
}
