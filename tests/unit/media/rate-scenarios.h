/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "path-sim.h"

typedef struct
{
  const char *name;
  double seconds;
  PathOptions path;
  PathFlow flows[PATH_FLOWS]; /* ends with one that has neither start rate nor kind */
} RateScenario;

const RateScenario *rate_scenario_find (const char *name);
const RateScenario *rate_scenario_get (guint i);
PathSim *rate_scenario_new (const RateScenario *scenario);
PathSim *rate_scenario_run (const char *name);
int rate_scenario_plot (const char *name);
int rate_scenario_record (const char *name, const char *file);
