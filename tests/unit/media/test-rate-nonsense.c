/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Feedback that is repeated, late, false or a flood: a peer that lies makes us slow, or as fast as allowed, and nothing else. */
#include <math.h>
#include <string.h>

#include "net/media/vav-rate-estimator.h"

#define START 300000
#define MIN_RATE 50000
#define MAX_RATE 3000000
#define PICTURE_US 33333
#define PACKETS 8 /* of each picture */
#define BYTES 300u

/* What a peer may say of the packet that was sent at @sent_us. */
typedef gint64 (*Lie) (guint i, gint64 sent_us);

static void
assert_sane (VavRateEstimator *estimator)
{
  guint rate = vav_rate_estimator_get_bitrate (estimator);
  double loss = vav_rate_estimator_get_loss (estimator);

  g_assert_cmpuint (rate, >=, MIN_RATE);
  g_assert_cmpuint (rate, <=, MAX_RATE);
  g_assert_cmpuint (vav_rate_estimator_get_pacing (estimator), >=, rate);
  g_assert_true (isfinite (loss) && loss >= 0 && loss <= 1);
  g_assert_cmpint (vav_rate_estimator_get_queue_us (estimator), >=, 0);
}

static gint64
honest (guint i G_GNUC_UNUSED, gint64 sent_us)
{
  return sent_us + 30000;
}

static gint64
backwards (guint i, gint64 sent_us)
{
  return G_GINT64_CONSTANT (1000000000000) - sent_us - i;
}

static gint64
hours (guint i, gint64 sent_us)
{
  return sent_us + (gint64)(i * 2654435761u % 48) * G_GINT64_CONSTANT (3600000000);
}

static gint64
equal (guint i G_GNUC_UNUSED, gint64 sent_us G_GNUC_UNUSED)
{
  return 12345;
}

static gint64
zero (guint i G_GNUC_UNUSED, gint64 sent_us G_GNUC_UNUSED)
{
  return 0;
}

static gint64
nothing (guint i G_GNUC_UNUSED, gint64 sent_us G_GNUC_UNUSED)
{
  return -1;
}

static gint64
negative (guint i, gint64 sent_us G_GNUC_UNUSED)
{
  return i % 2 == 0 ? G_MININT64 : -2;
}

static gint64
largest (guint i, gint64 sent_us)
{
  return i % 3 == 0 ? G_MAXINT64 : sent_us;
}

static gint64
at_once (guint i, gint64 sent_us)
{
  return sent_us / PICTURE_US * PICTURE_US + i % 2;
}

/* Ever later: 300 ms a second */
static gint64
crawling (guint i G_GNUC_UNUSED, gint64 sent_us)
{
  return sent_us + sent_us * 3 / 10;
}

static void
feed_lies (VavRateEstimator *estimator, Lie lie, guint pictures, gint64 begin_us)
{
  for (guint i = 0; i < pictures; i++)
    {
      VavRatePacket packets[PACKETS];
      gint64 picture_us = begin_us + (gint64)i * PICTURE_US;

      for (guint j = 0; j < PACKETS; j++)
        packets[j] = (VavRatePacket){ (guint16)(i * PACKETS + j), picture_us + j * 1500,
                                      lie (i * PACKETS + j, picture_us + j * 1500), BYTES };
      vav_rate_estimator_feed (estimator, packets, PACKETS, picture_us + 60000);
      if (i % 3 == 0)
        vav_rate_estimator_tick (estimator, picture_us + 60000, 0);
      assert_sane (estimator);
    }
}

/* Each lie, for a minute, and the truth after it: the figures stay in their bounds. */
static void
test_lies (void)
{
  static const Lie lies[] = { backwards, hours, equal, zero, nothing, negative, largest, at_once, crawling };

  for (guint i = 0; i < G_N_ELEMENTS (lies); i++)
    {
      g_autoptr (VavRateEstimator) estimator = vav_rate_estimator_new (START, MIN_RATE, MAX_RATE);

      feed_lies (estimator, lies[i], 1800, 0);
      feed_lies (estimator, honest, 60, 1801 * PICTURE_US);
    }
}

/* A path that gets ever longer is one that is full: to that a liar can bring us, down to the minimum, no further. */
static void
test_slow (void)
{
  g_autoptr (VavRateEstimator) estimator = vav_rate_estimator_new (START, MIN_RATE, MAX_RATE);

  feed_lies (estimator, crawling, 300, 0);
  g_assert_cmpuint (vav_rate_estimator_get_bitrate (estimator), <, START / 2);
}

/* The same report a hundred times has the effect of one, also when it comes again after later ones. */
static void
test_repeated (void)
{
  g_autoptr (VavRateEstimator) once = vav_rate_estimator_new (START, MIN_RATE, MAX_RATE);
  g_autoptr (VavRateEstimator) often = vav_rate_estimator_new (START, MIN_RATE, MAX_RATE);
  VavRatePacket packets[PACKETS], first[PACKETS];

  for (guint i = 0; i < 300; i++)
    {
      gint64 picture_us = (gint64)i * PICTURE_US;

      for (guint j = 0; j < PACKETS; j++)
        packets[j] = (VavRatePacket){ (guint16)(65500 + i * PACKETS + j), picture_us + j * 1500,
                                      (i + j) % 10 == 0 ? -1 : picture_us + 30000 + j * 1600, BYTES };
      if (i == 0)
        memcpy (first, packets, sizeof first);
      vav_rate_estimator_feed (once, packets, PACKETS, picture_us + 60000);
      for (guint repeat = 0; repeat < 100; repeat++)
        vav_rate_estimator_feed (often, packets, PACKETS, picture_us + 60000 + repeat);
      vav_rate_estimator_feed (often, first, PACKETS, picture_us + 60100);
    }
  g_assert_cmpfloat_with_epsilon (vav_rate_estimator_get_loss (once), 0.1, 0.02);
  g_assert_cmpfloat_with_epsilon (vav_rate_estimator_get_loss (often), 0.1, 0.02);
  g_assert_cmpfloat_with_epsilon (
      (double)vav_rate_estimator_get_bitrate (often) / vav_rate_estimator_get_bitrate (once), 1, 0.05);
}

/* A loss that a later report takes back is none. */
static void
test_found (void)
{
  g_autoptr (VavRateEstimator) estimator = vav_rate_estimator_new (START, MIN_RATE, MAX_RATE);
  VavRatePacket packets[100];

  for (guint i = 0; i < G_N_ELEMENTS (packets); i++)
    packets[i] = (VavRatePacket){ (guint16)(65490 + i), i * 1000, i % 4 == 0 ? -1 : (gint64)i * 1000, BYTES };
  vav_rate_estimator_feed (estimator, packets, G_N_ELEMENTS (packets), 200000);
  g_assert_cmpfloat_with_epsilon (vav_rate_estimator_get_loss (estimator), 0.25, 0.001);

  for (guint i = 0; i < G_N_ELEMENTS (packets); i++)
    packets[i].received_us = i * 1000;
  vav_rate_estimator_feed (estimator, packets, G_N_ELEMENTS (packets), 201000);
  g_assert_cmpfloat (vav_rate_estimator_get_loss (estimator), ==, 0);
  assert_sane (estimator);
}

/* Numbers that are none of ours, times to come and times long past: as if nothing had been said. */
static void
test_foreign (void)
{
  g_autoptr (VavRateEstimator) estimator = vav_rate_estimator_new (START, MIN_RATE, MAX_RATE);
  const gint64 now_us = G_GINT64_CONSTANT (1000000000);
  static const gint64 sent[] = { -1, G_MININT64, G_MAXINT64, 0, 1 };

  for (guint i = 0; i < 10000; i++)
    {
      VavRatePacket packet
          = { (guint16)(i * 7919), sent[i % G_N_ELEMENTS (sent)], i % 2 == 0 ? -1 : (gint64)i, G_MAXUINT };

      vav_rate_estimator_feed (estimator, &packet, 1, now_us + i * 1000);
    }
  g_assert_cmpuint (vav_rate_estimator_get_bitrate (estimator), ==, START);
  g_assert_cmpfloat (vav_rate_estimator_get_loss (estimator), ==, 0);
}

/* A hundred thousand packets in one report, a hundred times, with all numbers and times by chance. */
static void
test_flood (void)
{
  g_autoptr (VavRateEstimator) estimator = vav_rate_estimator_new (START, MIN_RATE, MAX_RATE);
  g_autoptr (GRand) rand = g_rand_new_with_seed (4711);
  g_autofree VavRatePacket *packets = g_new (VavRatePacket, 100000);

  for (guint i = 0; i < 100000; i++)
    packets[i] = (VavRatePacket){ (guint16)g_rand_int (rand), g_rand_int_range (rand, -1, G_MAXINT32),
                                  g_rand_int_range (rand, -1, G_MAXINT32), g_rand_int (rand) };
  for (guint i = 0; i < 100; i++)
    {
      vav_rate_estimator_feed (estimator, packets + i * 7, 99000, G_MAXINT32 - i * 1000);
      vav_rate_estimator_tick (estimator, g_rand_int (rand), g_rand_int_range (rand, G_MININT32, G_MAXINT32));
      assert_sane (estimator);
    }
}

/* Our own clock may go back, stand still, or jump ahead. */
static void
test_clock (void)
{
  static const gint64 times[] = { 0, 5000000, 4000000, 0, G_MININT64, 5000000, G_MAXINT64 / 2, 6000000, -1 };
  g_autoptr (VavRateEstimator) estimator = vav_rate_estimator_new (START, MIN_RATE, MAX_RATE);

  for (guint i = 0; i < 500; i++)
    {
      VavRatePacket packet = { (guint16)i, i * 10000, i * 10000 + 5, BYTES };

      vav_rate_estimator_feed (estimator, &packet, 1, times[i % G_N_ELEMENTS (times)]);
      vav_rate_estimator_tick (estimator, times[(i + 3) % G_N_ELEMENTS (times)], 0);
      assert_sane (estimator);
    }
  vav_rate_estimator_restart (estimator, 0);
  assert_sane (estimator);
}

/* Bounds that cross, limits that come and go, nothing to feed. */
static void
test_bounds (void)
{
  g_autoptr (VavRateEstimator) estimator = vav_rate_estimator_new (START, MIN_RATE, MAX_RATE);
  g_autoptr (VavRateEstimator) crossed = vav_rate_estimator_new (0, 200000, 100000);
  g_autoptr (VavRateEstimator) widest = vav_rate_estimator_new (G_MAXUINT, 0, G_MAXUINT);

  vav_rate_estimator_set_max (estimator, 200000);
  g_assert_cmpuint (vav_rate_estimator_get_bitrate (estimator), ==, 200000);
  vav_rate_estimator_set_max (estimator, 0);
  g_assert_cmpuint (vav_rate_estimator_get_bitrate (estimator), ==, MIN_RATE);
  vav_rate_estimator_set_max (estimator, MAX_RATE);
  g_assert_cmpuint (vav_rate_estimator_get_bitrate (estimator), ==, MIN_RATE);
  vav_rate_estimator_feed (estimator, NULL, 0, 1000000);
  assert_sane (estimator);

  g_assert_cmpuint (vav_rate_estimator_get_bitrate (crossed), ==, 200000);
  g_assert_cmpuint (vav_rate_estimator_get_pacing (widest), ==, G_MAXUINT);
}

/* After a change of the path nothing of the old one counts. */
static void
test_restart (void)
{
  g_autoptr (VavRateEstimator) estimator = vav_rate_estimator_new (START, MIN_RATE, MAX_RATE);

  feed_lies (estimator, crawling, 300, 0);
  vav_rate_estimator_restart (estimator, 301 * PICTURE_US);
  g_assert_cmpuint (vav_rate_estimator_get_bitrate (estimator), ==, START);
  g_assert_cmpint (vav_rate_estimator_get_queue_us (estimator), ==, 0);
  g_assert_cmpfloat (vav_rate_estimator_get_loss (estimator), ==, 0);
}

/* Two sides of a narrow line may drown each other's feedback from the beginning. */
static void
test_silent (void)
{
  g_autoptr (VavRateEstimator) estimator = vav_rate_estimator_new (1200000, 30000, 3000000);
  VavRatePacket packet = { .sequence = 1, .sent_us = 4 * G_USEC_PER_SEC, .received_us = 0, .bytes = 200 };
  gint64 now_us = 0;

  g_test_summary (
      "A3: a path on which nothing is ever reported is not filled, and the first report lets nothing loose");
  for (; now_us < 1400000; now_us += 100000)
    vav_rate_estimator_tick (estimator, now_us, 0);
  g_assert_cmpuint (vav_rate_estimator_get_bitrate (estimator), ==, START);
  for (; now_us < 4000000; now_us += 100000)
    vav_rate_estimator_tick (estimator, now_us, 0);
  g_assert_cmpuint (vav_rate_estimator_get_bitrate (estimator), <=, 80000);

  vav_rate_estimator_feed (estimator, &packet, 1, now_us + 400000);
  g_assert_cmpuint (vav_rate_estimator_get_bitrate (estimator), <=, 100000);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/rate-nonsense/lies", test_lies);
  g_test_add_func ("/rate-nonsense/slow", test_slow);
  g_test_add_func ("/rate-nonsense/repeated", test_repeated);
  g_test_add_func ("/rate-nonsense/found", test_found);
  g_test_add_func ("/rate-nonsense/foreign", test_foreign);
  g_test_add_func ("/rate-nonsense/flood", test_flood);
  g_test_add_func ("/rate-nonsense/clock", test_clock);
  g_test_add_func ("/rate-nonsense/bounds", test_bounds);
  g_test_add_func ("/rate-nonsense/restart", test_restart);
  g_test_add_func ("/rate-nonsense/silent", test_silent);

  return g_test_run ();
}
