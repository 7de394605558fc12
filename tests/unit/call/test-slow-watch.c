/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/call/vav-slow-watch.h"

#define SECOND G_USEC_PER_SEC

/* What is told when it has been so, once a second, for @seconds. */
static VavSlow
follow (VavSlowWatch *watch, gint64 *time_us, VavSlow now, guint seconds)
{
  VavSlow told = watch->told;

  for (guint i = 0; i < seconds; i++)
    {
      *time_us += SECOND;
      told = vav_slow_watch_follow (watch, now, *time_us);
    }
  return told;
}

/* A reduced picture is told when it lasts, and taken back when it is over for good. */
static void
test_reduced (void)
{
  VavSlowWatch watch = { 0 };
  gint64 time_us = 1;

  g_assert_cmpint (follow (&watch, &time_us, VAV_SLOW_NO, 10), ==, VAV_SLOW_NO);
  g_assert_cmpint (follow (&watch, &time_us, VAV_SLOW_REDUCED, 4), ==, VAV_SLOW_NO);
  g_assert_cmpint (follow (&watch, &time_us, VAV_SLOW_REDUCED, 1), ==, VAV_SLOW_REDUCED);
  g_assert_cmpint (follow (&watch, &time_us, VAV_SLOW_NO, 5), ==, VAV_SLOW_REDUCED);
  g_assert_cmpint (follow (&watch, &time_us, VAV_SLOW_NO, 1), ==, VAV_SLOW_NO);
}

/* Up and down every three seconds: whatever is told first stays. */
static void
test_flicker (void)
{
  VavSlowWatch well = { 0 }, reduced = { .told = VAV_SLOW_REDUCED };
  gint64 time_us = 1;

  for (guint i = 0; i < 50; i++)
    {
      g_assert_cmpint (follow (&well, &time_us, i % 2 == 0 ? VAV_SLOW_REDUCED : VAV_SLOW_NO, 3), ==, VAV_SLOW_NO);
      g_assert_cmpint (follow (&reduced, &time_us, i % 2 == 0 ? VAV_SLOW_NO : VAV_SLOW_REDUCED, 3), ==,
                       VAV_SLOW_REDUCED);
    }
}

/* A picture that pauses stands still, and one that goes on moves: both are told at once. */
static void
test_paused (void)
{
  VavSlowWatch watch = { 0 };
  gint64 time_us = 1;

  g_assert_cmpint (follow (&watch, &time_us, VAV_SLOW_PAUSED, 1), ==, VAV_SLOW_PAUSED);
  g_assert_cmpint (follow (&watch, &time_us, VAV_SLOW_REDUCED, 1), ==, VAV_SLOW_REDUCED);
  g_assert_cmpint (follow (&watch, &time_us, VAV_SLOW_PAUSED, 1), ==, VAV_SLOW_PAUSED);
  g_assert_cmpint (follow (&watch, &time_us, VAV_SLOW_NO, 1), ==, VAV_SLOW_NO);
  /* what was begun to be counted before the pause does not count after it */
  g_assert_cmpint (follow (&watch, &time_us, VAV_SLOW_REDUCED, 4), ==, VAV_SLOW_NO);
  g_assert_cmpint (follow (&watch, &time_us, VAV_SLOW_NO, 1), ==, VAV_SLOW_NO);
  g_assert_cmpint (follow (&watch, &time_us, VAV_SLOW_REDUCED, 4), ==, VAV_SLOW_NO);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/slow-watch/reduced", test_reduced);
  g_test_add_func ("/slow-watch/flicker", test_flicker);
  g_test_add_func ("/slow-watch/paused", test_paused);
  return g_test_run ();
}
