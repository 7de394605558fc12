/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What came of a run. */
#include <stdlib.h>

#include "path-sim.h"

double
path_sim_get_rate (PathSim *self, guint flow, double at_s)
{
  guint n;
  const PathSample *samples = path_sim_get_samples (self, &n);
  double rate = 0;

  for (guint i = 0; i < n && samples[i].at_s <= at_s + 0.01; i++)
    rate = samples[i].rate[flow];

  return rate;
}

double
path_sim_get_lowest (PathSim *self, guint flow, double from_s, double to_s)
{
  guint n;
  const PathSample *samples = path_sim_get_samples (self, &n);
  double lowest = G_MAXDOUBLE;

  for (guint i = 0; i < n; i++)
    if (samples[i].at_s > from_s && samples[i].at_s <= to_s)
      lowest = MIN (lowest, samples[i].rate[flow]);

  return lowest;
}

double
path_sim_get_highest (PathSim *self, guint flow, double from_s, double to_s)
{
  guint n;
  const PathSample *samples = path_sim_get_samples (self, &n);
  double highest = 0;

  for (guint i = 0; i < n; i++)
    if (samples[i].at_s > from_s && samples[i].at_s <= to_s)
      highest = MAX (highest, samples[i].rate[flow]);

  return highest;
}

/* The mean of one of the rates of a flow, that is at @offset of a sample. */
static double
get_mean (PathSim *self, gsize offset, double from_s, double to_s)
{
  guint n, used = 0;
  const PathSample *samples = path_sim_get_samples (self, &n);
  double sum = 0;

  for (guint i = 0; i < n; i++)
    if (samples[i].at_s > from_s && samples[i].at_s <= to_s)
      {
        sum += G_STRUCT_MEMBER (double, &samples[i], offset);
        used++;
      }

  return used > 0 ? sum / used : 0;
}

double
path_sim_get_sent (PathSim *self, guint flow, double from_s, double to_s)
{
  return get_mean (self, G_STRUCT_OFFSET (PathSample, sent) + flow * sizeof (double), from_s, to_s);
}

double
path_sim_get_received (PathSim *self, guint flow, double from_s, double to_s)
{
  return get_mean (self, G_STRUCT_OFFSET (PathSample, received) + flow * sizeof (double), from_s, to_s);
}

/* Returns: what part of the capacity all flows together had */
double
path_sim_get_utilisation (PathSim *self, double from_s, double to_s)
{
  guint n;
  const PathSample *samples = path_sim_get_samples (self, &n);
  double sum = 0, capacity = 0;

  for (guint i = 0; i < n; i++)
    if (samples[i].at_s > from_s && samples[i].at_s <= to_s)
      {
        capacity += samples[i].capacity;
        for (guint flow = 0; flow < PATH_FLOWS; flow++)
          sum += samples[i].received[flow];
      }

  return sum / MAX (capacity, 1);
}

static int
compare (gconstpointer a, gconstpointer b)
{
  const double *first = a, *second = b;

  return (*first > *second) - (*first < *second);
}

/* Returns: the queue, in milliseconds, that was not exceeded in this @part of the samples */
double
path_sim_get_queue (PathSim *self, double part, double from_s, double to_s)
{
  guint n;
  const PathSample *samples = path_sim_get_samples (self, &n);
  g_autoptr (GArray) queues = g_array_new (FALSE, FALSE, sizeof (double));

  for (guint i = 0; i < n; i++)
    if (samples[i].at_s > from_s && samples[i].at_s <= to_s)
      g_array_append_val (queues, samples[i].queue_ms);
  g_array_sort (queues, compare);

  return queues->len > 0 ? g_array_index (queues, double, (guint)(part * (queues->len - 1))) : 0;
}

/* Returns: how long after @from_s the estimate first was at least @rate; a very large number if it never was */
double
path_sim_get_reached (PathSim *self, guint flow, double rate, double from_s)
{
  guint n;
  const PathSample *samples = path_sim_get_samples (self, &n);

  for (guint i = 0; i < n; i++)
    if (samples[i].at_s >= from_s && samples[i].rate[flow] >= rate)
      return samples[i].at_s - from_s;

  return G_MAXDOUBLE;
}
