/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How late what comes is, as a quantile. */
#include "net/media/vav-jitter.h"

#define INTERVAL_US 20000
#define ANY_MS 1000000

/* n packets, of which every tenth is late by that much */
static void
add (VavJitter *jitter, guint n, gint64 late_us)
{
  for (guint i = 0; i < n; i++)
    vav_jitter_add (jitter, 5000000 + i * INTERVAL_US + (i % 10 == 9 ? late_us : 0), i * INTERVAL_US);
}

/* A quantile tells of those that come late, wherever the other side's clock is; too few tell nothing. */
static void
test_quantile (void)
{
  g_autoptr (VavJitter) jitter = vav_jitter_new ();

  add (jitter, 10, 80000);
  g_assert_cmpfloat (vav_jitter_read (jitter, 0.99, ANY_MS), ==, 0);
  add (jitter, 500, 80000);
  g_assert_cmpfloat (vav_jitter_read (jitter, 0, ANY_MS), ==, 0);
  g_assert_cmpfloat (vav_jitter_read (jitter, 0.5, ANY_MS), ==, 0);
  g_assert_cmpfloat (vav_jitter_read (jitter, 0.95, ANY_MS), ==, 80);
  g_assert_cmpfloat (vav_jitter_read (jitter, 7, ANY_MS), ==, 80);
  g_assert_cmpfloat (vav_jitter_read (jitter, -1, ANY_MS), ==, 0);
}

/* What was is forgotten when as many have come evenly as are looked at. */
static void
test_forgets (void)
{
  g_autoptr (VavJitter) jitter = vav_jitter_new ();

  add (jitter, 500, 80000);
  add (jitter, VAV_JITTER_WINDOW - 1, 0);
  g_assert_cmpfloat (vav_jitter_read (jitter, 1, ANY_MS), ==, 80);
  add (jitter, 10, 0);
  g_assert_cmpfloat (vav_jitter_read (jitter, 1, ANY_MS), ==, 0);
}

/* Only the time that is asked for counts, at however few packets a second: what was late before is forgotten. Where so few come that they tell
 * nothing, the last few do. */
static void
test_span (void)
{
  static const gint64 intervals[] = { 20000, 100000, 1000000 };

  for (guint k = 0; k < G_N_ELEMENTS (intervals); k++)
    {
      g_autoptr (VavJitter) jitter = vav_jitter_new ();

      for (gint64 i = 0; i < 500; i++)
        vav_jitter_add (jitter, i * intervals[k] + (i % 2 == 0 && i < 200 ? 90000 : 10000), i * intervals[k]);
      g_assert_cmpfloat (vav_jitter_read (jitter, 1, ANY_MS), ==, 80);
      g_assert_cmpfloat (vav_jitter_read (jitter, 1, (guint)(290 * intervals[k] / 1000)), ==, 0);
      g_assert_cmpfloat (vav_jitter_read (jitter, 1, (guint)(310 * intervals[k] / 1000)), ==, 80);
      g_assert_cmpfloat (vav_jitter_read_earliest (jitter, 0), ==, 10);
      vav_jitter_add (jitter, 500 * intervals[k] + 50000, 500 * intervals[k]);
      g_assert_cmpfloat (vav_jitter_read (jitter, 1, 0), ==, 40);
    }
}

/* A clock that jumps by more than a network can keep a packet is another clock. */
static void
test_jump (void)
{
  g_autoptr (VavJitter) jitter = vav_jitter_new ();

  add (jitter, 100, 30000);
  for (gint64 i = 0; i < 30; i++)
    vav_jitter_add (jitter, i * INTERVAL_US, i * INTERVAL_US + G_GINT64_CONSTANT (3600000000));
  g_assert_cmpfloat (vav_jitter_read (jitter, 1, ANY_MS), ==, 0);
}

/* RTP timestamps wrap around; of a picture's packets the first counts. */
static void
test_rtp (void)
{
  g_autoptr (VavJitter) jitter = vav_jitter_new ();
  guint32 timestamp = G_MAXUINT32 - 90000;

  for (gint64 i = 0; i < 100; i++, timestamp += 3000)
    for (gint64 j = 0; j < 5; j++)
      vav_jitter_add_rtp (jitter, i * 100000 / 3 + j * 4000, timestamp, 90000);
  g_assert_cmpfloat (vav_jitter_read (jitter, 1, ANY_MS), <, 0.1);
}

/* Timestamps from the wire are whatever the peer likes; there is always an answer, and never a long one. */
static void
test_nonsense (void)
{
  g_autoptr (VavJitter) jitter = vav_jitter_new ();
  g_autoptr (GRand) rand = g_rand_new_with_seed (1);

  for (gint64 i = 0; i < 20000; i++)
    {
      double ms;

      vav_jitter_add_rtp (jitter, i * 1000, g_rand_int (rand), i % 3 == 0 ? 0 : g_rand_int (rand));
      if (i % 100 != 0)
        continue;
      ms = vav_jitter_read (jitter, 0.99, ANY_MS);
      g_assert_cmpfloat (ms, >=, 0);
      g_assert_cmpfloat (ms, <=, VAV_JITTER_WINDOW * 10000.0);
    }
}

/* A peer whose timestamps only ever go one way, by as much as can be: nothing overflows (a sanitizer sees it if it does). */
static void
test_leaps (void)
{
  for (guint i = 0; i < 4; i++)
    {
      g_autoptr (VavJitter) jitter = vav_jitter_new ();
      guint32 step = i % 2 == 0 ? G_MAXINT32 : (guint32)G_MININT32;
      guint32 timestamp = 0;

      for (gint64 n = 0; n < 20000; n++, timestamp += step)
        vav_jitter_add_rtp (jitter, n * 1000, timestamp, i < 2 ? 90000 : 1);
      g_assert_cmpfloat (vav_jitter_read (jitter, 0.99, ANY_MS), <=, VAV_JITTER_WINDOW * 10000.0);

      /* and then those of a usual one count */
      for (gint64 n = 20000; n < 20600; n++, timestamp += 90)
        vav_jitter_add_rtp (jitter, n * 1000, timestamp, 90000);
      g_assert_cmpfloat (vav_jitter_read (jitter, 1, ANY_MS), <, 0.1);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/jitter/quantile", test_quantile);
  g_test_add_func ("/jitter/forgets", test_forgets);
  g_test_add_func ("/jitter/span", test_span);
  g_test_add_func ("/jitter/jump", test_jump);
  g_test_add_func ("/jitter/rtp", test_rtp);
  g_test_add_func ("/jitter/nonsense", test_nonsense);
  g_test_add_func ("/jitter/leaps", test_leaps);

  return g_test_run ();
}
