/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The estimator is fed with recorded feedback; what it was said then it is said again, whatever it makes of it now. */
#include <stdio.h>
#include <string.h>

#include "net/media/vav-rate-estimator.h"

#define MAX_PACKETS 1024
#define BEGIN_US 1000000
#define TICK_US 100000
#define PEER_CLOCK_US G_GINT64_CONSTANT (77000000000)

typedef struct
{
  double at_s, least, most; /* bit/s */
} Mark;

typedef struct
{
  const char *file;
  guint start, max;
  Mark marks[12]; /* ends with a zero time */
} Trace;

typedef struct
{
  VavRateEstimator *estimator;
  VavRatePacket packets[MAX_PACKETS];
  guint n;
  gint64 now_us, ticked_us;
  const Mark *mark;
  gint64 marked_us; /* the times of marks count from the first report */
  guint reports;
} Player;

static void
pass_marks (Player *self)
{
  if (self->marked_us == 0)
    self->marked_us = self->now_us;
  while (self->mark->at_s > 0 && (double)(self->now_us - self->marked_us) >= self->mark->at_s * 1e6)
    {
      double rate = vav_rate_estimator_get_bitrate (self->estimator);

      g_test_message ("%.1f s: %.0f kbit/s, queue %.0f ms, loss %.2f", self->mark->at_s, rate / 1e3,
                      (double)vav_rate_estimator_get_queue_us (self->estimator) / 1e3,
                      vav_rate_estimator_get_loss (self->estimator));
      g_assert_cmpfloat (rate, >=, self->mark->least);
      g_assert_cmpfloat (rate, <=, self->mark->most);
      self->mark++;
    }
}

static void
end_report (Player *self)
{
  if (self->n == 0)
    return;

  vav_rate_estimator_feed (self->estimator, self->packets, self->n, self->now_us);
  self->n = 0;
  self->reports++;
  pass_marks (self);
}

static void
begin_report (Player *self, gint64 after_us)
{
  end_report (self);
  self->now_us += after_us;
  if (self->ticked_us == 0)
    self->ticked_us = self->now_us;
  for (; self->ticked_us + TICK_US < self->now_us; self->ticked_us += TICK_US)
    vav_rate_estimator_tick (self->estimator, self->ticked_us + TICK_US, 0);
}

static void
read_line (Player *self, const char *line)
{
  gint64 after_us, ago_us, took_us;
  guint sequence, bytes;

  if (sscanf (line, "@%" G_GINT64_FORMAT, &after_us) == 1)
    begin_report (self, after_us);
  else if (sscanf (line, "%u %" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %u", &sequence, &ago_us, &took_us, &bytes) == 4)
    {
      gint64 sent_us = self->now_us - ago_us, received_us = took_us < 0 ? -1 : PEER_CLOCK_US + sent_us + took_us;

      g_assert_cmpuint (self->n, <, MAX_PACKETS);
      self->packets[self->n++] = (VavRatePacket){ (guint16)sequence, sent_us, received_us, bytes };
    }
  else
    g_assert_cmpint (line[0], ==, line[0] == '\0' ? '\0' : '#');
}

static void
play (gconstpointer data)
{
  const Trace *trace = data;
  g_autoptr (VavRateEstimator) estimator = vav_rate_estimator_new (trace->start, 50000, trace->max);
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "traces", trace->file, NULL);
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  g_autofree Player *player = g_new0 (Player, 1);
  g_autoptr (GError) error = NULL;

  g_test_summary ("The rate goes the way that is right for a recorded trace");
  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  player->estimator = estimator;
  player->mark = trace->marks;
  player->now_us = BEGIN_US;

  lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    read_line (player, lines[i]);
  end_report (player);

  g_assert_cmpuint (player->reports, >, 100);
  g_assert_cmpfloat (player->mark->at_s, ==, 0);
}

/* A path of 1.2 Mbit/s, of 300 kbit/s from 4 s to 8 s, with 2 % of loss and some jitter (scenario "trace" of rate-scenarios.c). */
static const Trace simulated = {
  "simulated.txt",
  600000,
  3000000,
  { { 1, 500e3, 1000e3 }, { 3.5, 900e3, 1350e3 }, { 5.2, 50e3, 300e3 }, { 7, 180e3, 330e3 }, { 11, 280e3, 600e3 } }
};

/* A real call between two network namespaces, with the program's own encoders and pacer, through tests/lab/impair.c; the first 11 s are
 * left out. */
static const Trace call = { "call.txt",
                            1866000,
                            1866000,
                            { { 1, 1700e3, 1866e3 },
                              { 1.8, 50e3, 500e3 },
                              { 3, 150e3, 330e3 },
                              { 6, 180e3, 330e3 },
                              { 9, 180e3, 330e3 },
                              { 12, 180e3, 330e3 } } };

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_data_func ("/rate-trace/simulated", &simulated, play);

  g_test_add_data_func ("/rate-trace/call", &call, play);

  return g_test_run ();
}
