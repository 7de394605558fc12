/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* When pictures are shown that come late. */
#include "net/media/vav-playout.h"

#define INTERVAL_US 33333

/* A second of pictures, every fifth of them late, on a clock that is 2 ms behind. Returns: the delay after it */
static guint
second (VavPlayout *playout, gint64 *now, gint64 late_us, double uneven_ms, double *offset_ms)
{
  for (guint i = 0; i < 30; i++, *now += INTERVAL_US)
    vav_playout_add (playout, *now + 2000 + (i % 5 == 4 ? late_us : 0), *now);

  return vav_playout_follow (playout, uneven_ms, offset_ms);
}

/* Where all comes evenly nothing is kept back, nor where only this computer is late. */
static void
test_even (void)
{
  g_autoptr (VavPlayout) playout = vav_playout_new ();
  gint64 now = 1000000;
  double offset;

  for (guint i = 0; i < 10; i++)
    {
      g_assert_cmpuint (second (playout, &now, 0, 0, &offset), ==, 0);
      g_assert_cmpuint (second (playout, &now, 0, 150, &offset), ==, 0);
    }
  for (guint i = 0; i < 10; i++)
    g_assert_cmpuint (second (playout, &now, 120000, 0, &offset), ==, 0);
}

/* Up at once, to what nearly all need and no more than the network can be blamed for; down slowly, to nothing. */
static void
test_up_and_down (void)
{
  g_autoptr (VavPlayout) playout = vav_playout_new ();
  gint64 now = 1000000;
  double offset;
  guint delay, before, seconds = 0;

  g_assert_cmpuint (second (playout, &now, 0, 0, &offset), ==, 0);
  delay = second (playout, &now, 100000, 150, &offset);
  g_assert_cmpuint (delay, ==, 100);
  g_assert_cmpfloat_with_epsilon (offset, 102, 0.01);
  g_assert_cmpuint (second (playout, &now, 200000, 150, &offset), ==, 150);

  for (before = 150; before > 0; before = delay, seconds++)
    {
      delay = second (playout, &now, 0, 0, &offset);
      g_assert_cmpuint (delay, <, before);
      g_assert_cmpuint (delay == 0 ? 20 : before - delay, <=, 20);
      g_assert_cmpuint (seconds, <, 60);
    }
  g_assert_cmpuint (seconds, >=, 10);
}

/* Never longer than anybody wants to talk with. */
static void
test_bound (void)
{
  g_autoptr (VavPlayout) playout = vav_playout_new ();
  gint64 now = 1000000;
  double offset;

  g_assert_cmpuint (second (playout, &now, 5000000, 1e9, &offset), ==, VAV_PLAYOUT_MAX_MS);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/playout/even", test_even);
  g_test_add_func ("/playout/up-and-down", test_up_and_down);
  g_test_add_func ("/playout/bound", test_bound);

  return g_test_run ();
}
