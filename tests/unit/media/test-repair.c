/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is decided about packets that do not come. */
#include "net/media/vav-repair.h"

/* Several attempts fit into the time that is granted, none after it; and the time has its bounds, whatever the peer's reports say. */
static void
test_plan (void)
{
  static const double round_trips[] = { -1, 0, 1, 20, 60, 100, 150, 250, 500, 1000, 1e9 };

  for (guint i = 0; i < G_N_ELEMENTS (round_trips); i++)
    for (double jitter = 0; jitter <= 1e6; jitter = jitter * 10 + 1)
      {
        VavRepairTimes times;

        vav_repair_plan (round_trips[i], jitter, &times);
        g_assert_cmpuint (times.latency_ms, >=, VAV_REPAIR_MIN_MS);
        g_assert_cmpuint (times.latency_ms, <=, VAV_REPAIR_MAX_MS);
        g_assert_cmpuint (times.period_ms, <=, times.latency_ms);
        /* never more than two requests in a round trip */
        g_assert_cmpfloat (times.retry_ms, >, round_trips[i] > 5000 ? 2500 : round_trips[i] / 2);
        g_assert_cmpuint (times.retry_ms, >=, 20);
        g_assert_cmpuint (times.retries, <=, 10);
      }
}

static void
test_attempts (void)
{
  VavRepairTimes times;

  vav_repair_plan (60, 5, &times);
  g_assert_cmpuint (1 + (times.period_ms - times.delay_ms) / times.retry_ms, >=, 5);
  vav_repair_plan (250, 20, &times);
  g_assert_cmpuint (1 + (times.period_ms - times.delay_ms) / times.retry_ms, >=, 4);
}

/* On a long path with jitter there is time for a second request, each answered after a round trip, wherever in the jitter the gap was noticed. */
static void
test_long_path (void)
{
  for (double rtt = 300; rtt <= 600; rtt += 50)
    for (double jitter = 0; jitter <= 150; jitter += 50)
      {
        VavRepairTimes times;

        vav_repair_plan (rtt, jitter, &times);
        g_assert_cmpfloat (times.latency_ms, >=, jitter + times.delay_ms + times.retry_ms + rtt + jitter);
        g_assert_cmpuint (times.period_ms, >=, times.delay_ms + times.retry_ms);
      }
}

/* Pictures may wait for what makes them late, for a third attempt on usual paths and for one repair on long ones, and no longer than anybody bears. */
static void
test_uneven (void)
{
  for (double rtt = -1; rtt <= 1000; rtt += 50)
    {
      double most = CLAMP (1.25 * rtt + 100, VAV_REPAIR_MIN_WAIT_MS, VAV_REPAIR_MAX_WAIT_MS);

      g_assert_cmpfloat (vav_repair_judge_uneven (rtt, 20, FALSE), ==, 0);
      g_assert_cmpfloat (vav_repair_judge_uneven (rtt, 60, FALSE), ==, 90);
      g_assert_cmpfloat (vav_repair_judge_uneven (rtt, 1e9, FALSE), ==, most);
      g_assert_cmpfloat (vav_repair_judge_uneven (rtt, 0, TRUE), <=, most);
      g_assert_cmpfloat (vav_repair_judge_uneven (rtt, 0, TRUE), >=, MIN (rtt + 100, VAV_REPAIR_MAX_WAIT_MS));
    }
  for (double rtt = 10; rtt <= 110; rtt += 20)
    {
      VavRepairTimes times;

      vav_repair_plan (rtt, 0, &times);
      g_assert_cmpfloat (vav_repair_judge_uneven (rtt, 0, TRUE), >=, times.delay_ms + 2 * times.retry_ms + rtt);
    }
  g_assert_cmpfloat (vav_repair_judge_uneven (1e9, 1e9, TRUE), ==, VAV_REPAIR_MAX_WAIT_MS);
}

/* A queue that comes and goes makes no path long. */
static void
test_calm (void)
{
  double calm = -1;

  g_assert_cmpfloat (vav_repair_calm_rtt (calm, -1), ==, -1);
  calm = vav_repair_calm_rtt (calm, 60);
  g_assert_cmpfloat (calm, ==, 60);
  g_assert_cmpfloat (vav_repair_calm_rtt (calm, -1), ==, 60);
  for (guint i = 0; i < 3; i++)
    calm = vav_repair_calm_rtt (calm, 360);
  g_assert_cmpfloat (calm, <, 150);
  g_assert_cmpfloat (vav_repair_calm_rtt (calm, 50), ==, 50);
}

/* Up at once, down slowly, within bounds. */
static void
test_sound (void)
{
  double latency;

  g_assert_cmpfloat (vav_repair_follow_sound (40, 120), ==, 130);
  latency = vav_repair_follow_sound (130, 5);
  g_assert_cmpfloat (latency, <, 130);
  g_assert_cmpfloat (latency, >, 110);
  for (guint i = 0; i < 60; i++)
    latency = vav_repair_follow_sound (latency, 5);
  g_assert_cmpfloat (latency, <, VAV_SOUND_MIN_MS + 1);
  g_assert_cmpfloat (vav_repair_follow_sound (latency, 1e9), ==, VAV_SOUND_MAX_MS);
}

/* Sound waits for pictures only as far as one would see that it does not. */
static void
test_together (void)
{
  g_assert_cmpuint (vav_repair_join_sound (40, 0, 60), ==, 40);
  g_assert_cmpuint (vav_repair_join_sound (40, 120, 60), ==, 40);
  g_assert_cmpuint (vav_repair_join_sound (40, 300, 60), ==, 210);
  g_assert_cmpuint (vav_repair_join_sound (250, 300, -1), ==, 250);
  /* way and wait together are no more than people can talk with, whatever the picture needs */
  g_assert_cmpuint (vav_repair_join_sound (40, 800, 600), ==, 100);
  g_assert_cmpuint (vav_repair_join_sound (120, 800, 600), ==, 120);
  g_assert_cmpuint (vav_repair_join_sound (40, 800, 1e9), ==, 40);
}

/* At once, and once more only when the first could have been answered: thirty requests a second are a handful. */
static void
test_key_frames (void)
{
  VavKeyFrameRequests requests = { 0 };
  const gint64 begin = 1000000;

  g_assert_true (vav_repair_may_ask (&requests, begin, 60));
  for (gint64 ms = 33; ms <= 990; ms += 33)
    if (vav_repair_may_ask (&requests, begin + ms * 1000, 60))
      g_assert_cmpint (ms, >=, 160);
  g_assert_cmpuint (requests.asked, ==, 7);
  g_assert_cmpuint (requests.held_back, ==, 24);
  g_assert_true (vav_repair_may_ask (&requests, begin + 10000000, -1));
}

/* Of so many packets, in runs of that length; @path->packets are each second's. Returns: whether there was parity in the end */
static gboolean
protect (VavRepairProtection *self, VavRepairLosses *losses, const VavRepairPath *path, guint seconds, double loss,
         guint run)
{
  for (guint second = 0; second < seconds; second++)
    {
      for (guint i = 0; i < (guint)path->packets; i++)
        vav_repair_count (losses, loss > 0 && i % (guint)(run / loss) < run);
      vav_repair_protect (self, path, losses);
      vav_repair_age (losses);
    }

  return self->group > 0;
}

/* What a path of that kind gets after a while. */
static VavRepairProtection
judge (double rtt_ms, double packets, double pictures, double loss, guint run)
{
  VavRepairProtection protection = { 0 };
  VavRepairLosses losses = { 0 };
  VavRepairPath path = { rtt_ms, packets, pictures, 1e6 };

  protect (&protection, &losses, &path, 30, loss, run);

  return protection;
}

/* Where a repeat comes soon, or little is lost, there is none: a clean path pays nothing. */
static void
test_no_parity (void)
{
  VavRepairProtection none = { 0 };

  g_assert_cmpuint (judge (20, 300, 250, 0, 1).group, ==, 0);
  g_assert_cmpuint (judge (500, 300, 250, 0, 1).group, ==, 0);
  g_assert_cmpuint (judge (500, 300, 250, 0.005, 1).group, ==, 0);
  g_assert_cmpuint (judge (60, 300, 250, 0.05, 1).group, ==, 0);
  g_assert_cmpuint (judge (60, 300, 250, 0.05, 8).group, ==, 0);
  g_assert_cmpuint (judge (-1, 300, 250, 0.2, 1).group, ==, 0);
  g_assert_cmpfloat (vav_repair_get_share (&none), ==, 1);
}

/* The more is lost the smaller the groups, as many at a time as a run is long, and none so long that a repeat would be there first. */
static void
test_parity (void)
{
  for (double loss = 0.02; loss <= 0.3; loss += 0.02)
    for (guint run = 1; run <= 6; run += 5)
      for (double pictures = 10; pictures <= 250; pictures += 40)
        {
          VavRepairProtection found = judge (500, pictures + 50, pictures, loss, run);
          double time_ms = found.group * found.depth / pictures * 1000;

          if (found.group == 0)
            continue;
          g_assert_cmpuint (found.group, >=, 2);
          g_assert_cmpfloat (found.group, <=, MAX (0.2 / loss + 1, 2));
          g_assert_true (time_ms <= 250 + 1000 / pictures * found.depth || found.group == 2);
          g_assert_cmpfloat (vav_repair_get_share (&found), <, 0.95);
          g_assert_cmpfloat (vav_repair_get_share (&found), >, 0.6);
        }
  g_assert_cmpuint (judge (200, 300, 250, 0.05, 1).group, ==, 4);
  g_assert_cmpuint (judge (200, 300, 250, 0.05, 1).depth, ==, 1);
  g_assert_cmpuint (judge (200, 300, 250, 0.1, 1).group, ==, 2);
  g_assert_cmpuint (judge (120, 300, 250, 0.05, 4).group, >, 0);
  g_assert_cmpuint (judge (120, 300, 250, 0.05, 4).depth, ==, 4);
  g_assert_cmpuint (judge (500, 60, 25, 0.05, 4).depth, <=, 3);
}

/* A call begins with more than the path has room for, or the path gets narrow: nothing is added then, and what was lost in that time is forgotten. */
static void
test_parity_full (void)
{
  VavRepairProtection protection = { 0 };
  VavRepairLosses losses = { 0 };
  VavRepairPath path = { 500, 300, 250, 1e6 };

  g_assert_false (protect (&protection, &losses, &path, 3, 0.8, 4));
  path.bitrate = 110000;
  g_assert_false (protect (&protection, &losses, &path, 10, 0.05, 1));
  path.bitrate = 200000;
  g_assert_true (protect (&protection, &losses, &path, 2, 0.05, 1));
  path.bitrate = 110000;
  g_assert_true (protect (&protection, &losses, &path, 10, 0.05, 1));
  path.bitrate = 90000;
  g_assert_false (protect (&protection, &losses, &path, 1, 0.05, 1));
  path.bitrate = 1e6;
  g_assert_true (protect (&protection, &losses, &path, 3, 0.05, 1));
  g_assert_false (protect (&protection, &losses, &path, 5, 0.8, 4));
  g_assert_false (protect (&protection, &losses, &path, 5, 0, 1));
}

/* It does not come and go with each run of losses, and goes when there are none any more. */
static void
test_parity_ends (void)
{
  VavRepairProtection protection = { 0 };
  VavRepairLosses losses = { 0 };
  VavRepairPath path = { 200, 300, 250, 1e6 };

  g_assert_true (protect (&protection, &losses, &path, 5, 0.05, 1));
  g_assert_true (protect (&protection, &losses, &path, 5, 0, 1));
  path.rtt_ms = 130;
  g_assert_true (protect (&protection, &losses, &path, 30, 0.02, 1));
  path.rtt_ms = 30;
  g_assert_true (protect (&protection, &losses, &path, 9, 0.02, 1));
  g_assert_false (protect (&protection, &losses, &path, 2, 0.02, 1));
  path.rtt_ms = 200;
  g_assert_true (protect (&protection, &losses, &path, 9, 0.05, 1));
  g_assert_false (protect (&protection, &losses, &path, 60, 0, 1));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/repair/plan", test_plan);
  g_test_add_func ("/repair/attempts", test_attempts);
  g_test_add_func ("/repair/long-path", test_long_path);
  g_test_add_func ("/repair/uneven", test_uneven);
  g_test_add_func ("/repair/calm", test_calm);
  g_test_add_func ("/repair/sound", test_sound);
  g_test_add_func ("/repair/together", test_together);
  g_test_add_func ("/repair/key-frames", test_key_frames);
  g_test_add_func ("/repair/no-parity", test_no_parity);
  g_test_add_func ("/repair/parity", test_parity);
  g_test_add_func ("/repair/parity-full", test_parity_full);
  g_test_add_func ("/repair/parity-ends", test_parity_ends);

  return g_test_run ();
}
