/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The estimator on simulated paths.
 *
 *   test-rate-estimator --plot SCENARIO            columns to draw and to tune by
 *   test-rate-estimator --record SCENARIO FILE     what it was fed with, as a trace */
#include <string.h>

#include "rate-scenarios.h"

/* From 600 kbit/s to 3 Mbit/s on a path with room, in seconds; then it stays. */
static void
test_start (void)
{
  static const struct
  {
    const char *scenario;
    double seconds;
  } starts[] = { { "clean", 5 }, { "near", 5 }, { "far", 15 } };

  for (guint i = 0; i < G_N_ELEMENTS (starts); i++)
    {
      g_autoptr (PathSim) sim = rate_scenario_run (starts[i].scenario);

      g_test_message ("%s: %.1f s", starts[i].scenario, path_sim_get_reached (sim, 0, 2.9e6, 0));
      g_assert_cmpfloat (path_sim_get_reached (sim, 0, 2.9e6, 0), <, starts[i].seconds);
      g_assert_cmpfloat (path_sim_get_lowest (sim, 0, starts[i].seconds, 60), >, 2.9e6);
    }
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

  return g_test_run ();
}
