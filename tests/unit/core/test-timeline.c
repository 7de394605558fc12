/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/core/vav-timeline.h"

#include <string.h>

#define N_THREADS 4
#define N_MARKS 2000

/* Before anybody asked for it there is none, and everything takes that. First of all tests: there is no way back. */
static void
test_off (void)
{
  g_autofree char *table = NULL;

  g_assert_false (vav_timeline_is_enabled ());
  g_assert_null (vav_timeline_new ());
  vav_timeline_mark (NULL, VAV_STEP_DIALLED);
  vav_timeline_mark_at (NULL, VAV_STEP_DIALLED, 1);
  g_assert_false (vav_timeline_has (NULL, VAV_STEP_DIALLED));
  g_assert_null (vav_timeline_ref (NULL));
  vav_timeline_unref (NULL);
  table = vav_timeline_describe (NULL);
  g_assert_cmpstr (table, ==, "");

  vav_timeline_enable ();
}

/* The lines stand in the order of the times, whatever the order of the marks; the first mark of a step counts. */
static void
test_order (void)
{
  g_autoptr (VavTimeline) timeline = vav_timeline_new ();
  g_autofree char *table = NULL;

  vav_timeline_mark_at (timeline, VAV_STEP_PATH, 31500);
  vav_timeline_mark_at (timeline, VAV_STEP_DIALLED, 1000);
  vav_timeline_mark_at (timeline, VAV_STEP_CONNECTED, 2500);
  vav_timeline_mark_at (timeline, VAV_STEP_PATH, 99000);
  vav_timeline_mark_at (timeline, VAV_STEP_GATHERED, 500);
  vav_timeline_mark (timeline, VAV_STEP_TOLD);
  g_assert_true (vav_timeline_has (timeline, VAV_STEP_PATH));
  g_assert_false (vav_timeline_has (timeline, VAV_STEP_SECURED));
  table = vav_timeline_describe (timeline);
  g_assert_cmpstr (table, ==,
                   "      -0.5      +0.0  candidates gathered\n"
                   "       0.0      +0.5  dialled\n"
                   "       1.5      +1.5  TCP connected\n"
                   "      30.5     +29.0  pair found\n");
}

/* The called side counts from its yes; a start from its first step. */
static void
test_origin (void)
{
  g_autoptr (VavTimeline) called = vav_timeline_new ();
  g_autoptr (VavTimeline) start = vav_timeline_new ();
  g_autofree char *table = NULL;

  vav_timeline_mark_at (called, VAV_STEP_REQUEST_READ, 1000);
  vav_timeline_mark_at (called, VAV_STEP_ACCEPTED, 4000);
  table = vav_timeline_describe (called);
  g_assert_cmpstr (table, ==, "      -3.0      +0.0  request read\n       0.0      +3.0  accepted\n");

  vav_timeline_mark_at (start, VAV_STEP_MAIN, 7000);
  vav_timeline_mark_at (start, VAV_STEP_GTK, 9000);
  g_clear_pointer (&table, g_free);
  table = vav_timeline_describe (start);
  g_assert_cmpstr (table, ==, "       0.0      +0.0  main\n       2.0      +2.0  GTK ready\n");
}

/* Every step has a name of its own, and what is no step is not noted. */
static void
test_names (void)
{
  g_autoptr (VavTimeline) timeline = vav_timeline_new ();
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  g_autofree char *table = NULL;

  for (guint i = 0; i < VAV_N_STEPS; i++)
    {
      g_assert_nonnull (vav_step_to_string ((VavStep)i));
      g_assert_true (g_hash_table_add (seen, (gpointer)vav_step_to_string ((VavStep)i)));
    }
  vav_timeline_mark (timeline, VAV_N_STEPS);
  vav_timeline_mark (timeline, (VavStep)-1);
  table = vav_timeline_describe (timeline);
  g_assert_cmpstr (table, ==, "");
}

static gpointer
mark_many (gpointer data)
{
  for (guint i = 0; i < N_MARKS; i++)
    vav_timeline_mark (data, (VavStep)(i % VAV_STEP_TO_TELL));
  return NULL;
}

/* Any number of marks from any number of threads leaves one line a step, each at its first time. */
static void
test_threads (void)
{
  g_autoptr (VavTimeline) timeline = vav_timeline_new ();
  GThread *threads[N_THREADS];
  g_autofree char *table = NULL;
  g_autofree char *again = NULL;
  g_auto (GStrv) lines = NULL;

  for (guint i = 0; i < N_THREADS; i++)
    threads[i] = g_thread_new ("marker", mark_many, timeline);
  for (guint i = 0; i < N_THREADS; i++)
    g_thread_join (threads[i]);

  table = vav_timeline_describe (timeline);
  lines = g_strsplit (table, "\n", -1);
  g_assert_cmpuint (g_strv_length (lines), ==, VAV_STEP_TO_TELL + 1);
  mark_many (timeline);
  again = vav_timeline_describe (timeline);
  g_assert_cmpstr (again, ==, table);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/timeline/off", test_off);
  g_test_add_func ("/timeline/order", test_order);
  g_test_add_func ("/timeline/origin", test_origin);
  g_test_add_func ("/timeline/names", test_names);
  g_test_add_func ("/timeline/threads", test_threads);
  return g_test_run ();
}
