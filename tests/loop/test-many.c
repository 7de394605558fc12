/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Many calls in one process: what they leave behind, beside what plain webrtcbin leaves behind. -m slow: 500 of each. */
#include <gst/gst.h>

#include "tests/lib/tolerate.h"
#include "tests/loop/bare.h"
#include "tests/loop/ledger.h"
#include "tests/loop/pair.h"

#define SECONDS 28  /* of each kind, in the short form */
#define N_CALLS 500 /* in the long one */
#define WARM_UP 100 /* calls that make what stays */
#define SAMPLE 5    /* calls */
#define MAX_SAMPLES 100
#define FEWEST 4    /* samples: a slow computer takes longer than SECONDS for them, and one alone tells no slope */

/* In bytes a call. What malloc() keeps in its caches counts as given, and differs by some 150 kB from one moment to the next. */
#define NOISE 1024
#define NOISE_SHORT (48 * 1024) /* the caches are not full yet after WARM_UP / 6 calls; a session that stays is three times as large */

typedef struct
{
  guint n_calls;
  guint n_samples;
  double at[MAX_SAMPLES]; /* calls */
  double memory[MAX_SAMPLES];
  guint descriptors;
  guint threads;
} Course;

/* Nothing of a call is under way any more. */
static void
settle_down (guint threads)
{
  gint64 limit = g_get_monotonic_time () + 8 * G_USEC_PER_SEC;

  while (ledger_count_threads () > threads && g_get_monotonic_time () < limit)
    wait_one_turn ();
}

static void
take_sample (Course *self)
{
  settle_down (self->threads);
  self->at[self->n_samples] = self->n_calls;
  self->memory[self->n_samples++] = (double)ledger_count_memory ();
  g_test_message ("after %u calls %.0f bytes, %u threads", self->n_calls, self->memory[self->n_samples - 1],
                  ledger_count_threads ());
}

/* Bytes a call: least squares over what came after the warm-up. */
static double
get_slope (const Course *self)
{
  double mean_at = 0, mean_memory = 0, above = 0, below = 0;

  for (guint i = 0; i < self->n_samples; i++)
    {
      mean_at += self->at[i] / self->n_samples;
      mean_memory += self->memory[i] / self->n_samples;
    }
  for (guint i = 0; i < self->n_samples; i++)
    {
      above += (self->at[i] - mean_at) * (self->memory[i] - mean_memory);
      below += (self->at[i] - mean_at) * (self->at[i] - mean_at);
    }
  return above / below;
}

static void
our_call (gpointer data)
{
  Pair *pair = data;
  Party *anna = &pair->anna, *bob = &pair->bob;

  anna->n_ended = bob->n_ended = anna->n_first_frames = bob->n_first_frames = 0;
  g_string_truncate (anna->states, 0);
  g_string_truncate (bob->states, 0);
  party_call (anna, bob);
  wait_until (anna->n_first_frames > 0 && bob->n_first_frames > 0);
  vav_stream_hang_up (anna->stream, NULL);
  wait_until (anna->n_ended == 1 && bob->n_ended == 1);
  g_assert_true (anna->graceful && bob->graceful);
}

static void
their_call (gpointer data)
{
  g_assert_true (bare_call ());
  wait_one_turn ();
}

static void
run_course (Course *self, void (*call) (gpointer data), gpointer data)
{
  guint warm_up = g_test_slow () ? WARM_UP : 15;
  gint64 end;

  call (data);
  while (self->n_calls < warm_up)
    {
      call (data);
      self->n_calls++;
    }
  settle_down (0); /* in vain: for as long as it takes in any case */
  self->descriptors = ledger_count_descriptors ();
  self->threads = ledger_count_threads ();
  end = g_get_monotonic_time () + SECONDS * G_USEC_PER_SEC;
  while (g_test_slow () ? self->n_calls < N_CALLS
                        : self->n_samples < FEWEST || (g_get_monotonic_time () < end && self->n_samples < MAX_SAMPLES))
    {
      call (data);
      if (++self->n_calls % SAMPLE == 0)
        take_sample (self);
    }
}

static void
test_many (void)
{
  Course ours = { 0 }, theirs = { 0 };
  double noise = g_test_slow () ? NOISE : NOISE_SHORT;
  Pair pair;

  g_test_summary ("N12, R6: call after call in one process: descriptors and threads as before, and no more memory than "
                  "plain webrtcbin takes for the same");
  pair_set_up (&pair, "test");
  pair.bob.manner = PARTY_ACCEPTS;
  run_course (&ours, our_call, &pair);
  wait_until (ledger_count_descriptors () <= ours.descriptors && ledger_count_threads () <= ours.threads);
  g_test_message ("ours: %.0f bytes a call over %u calls; %u descriptors, %u threads", get_slope (&ours), ours.n_calls,
                  ours.descriptors, ours.threads);
  pair_tear_down (&pair, "test");

  run_course (&theirs, their_call, NULL);
  g_test_message ("plain webrtcbin: %.0f bytes a call over %u calls", get_slope (&theirs), theirs.n_calls);
  g_assert_cmpfloat (get_slope (&ours), <=, MAX (get_slope (&theirs), 0) + noise);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (NULL, NULL);
  tolerate_gstreamer ();
  g_test_add_func ("/loop/many", test_many);
  return tolerate_exit (g_test_run ());
}
