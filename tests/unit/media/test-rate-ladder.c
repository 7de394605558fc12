/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which picture goes with which rate, and that it does not change its mind all the time. */
#include "net/media/vav-rate-ladder.h"

#define TICK_US 100000

static const VavRateLimits best = { { 1280, 720, 0, FALSE }, 1500000, FALSE };

typedef struct
{
  VavRateLadder ladder;
  VavRatePicture picture;
  gint64 now_us;
  guint changes;
  guint used; /* per cent of the rate; 0: all of it */
  gboolean full;
} Walk;

/* So many seconds at that rate. Returns: the height in the end, 0: paused */
static int
walk (Walk *walk, const VavRateLimits *limits, guint bitrate, double seconds)
{
  gint64 until_us = walk->now_us + (gint64)(seconds * G_USEC_PER_SEC);
  VavRateShare share = { bitrate, walk->used == 0 ? bitrate : bitrate / 100 * walk->used, walk->full };

  do
    {
      walk->changes += vav_rate_ladder_follow (&walk->ladder, &share, limits, walk->now_us, &walk->picture);
      walk->now_us += TICK_US;
    }
  while (walk->now_us < until_us);

  return walk->picture.paused ? 0 : walk->picture.height;
}

static int
begin_at (guint bitrate)
{
  Walk fresh = { .now_us = 1 };

  return walk (&fresh, &best, bitrate, 0);
}

static void
test_begins (void)
{
  g_test_summary ("A call begins with the size that its rate can carry");
  g_assert_cmpint (begin_at (G_MAXUINT), ==, 720);
  g_assert_cmpint (begin_at (1000000), ==, 720);
  g_assert_cmpint (begin_at (600000), ==, 540);
  g_assert_cmpint (begin_at (300000), ==, 360);
  g_assert_cmpint (begin_at (200000), ==, 270);
  g_assert_cmpint (begin_at (160000), ==, 180);
  g_assert_cmpint (begin_at (80000), ==, 180);
  g_assert_cmpint (begin_at (35000), ==, 90);
  g_assert_cmpint (begin_at (10000), ==, 0);
  g_assert_cmpint (begin_at (0), ==, 0);
}

/* What the first packets have shown is no luck. */
static void
test_opens (void)
{
  Walk one = { .now_us = 1 };

  g_test_summary (
      "A6: While the path is getting known the picture follows at once, and nobody is told that it is slow; "
      "then no more");
  g_assert_cmpint (walk (&one, &best, 500000, 0.3), ==, 360);
  g_assert_false (vav_rate_ladder_is_reduced (&one.ladder, &best));
  g_assert_cmpint (walk (&one, &best, 1100000, 0), ==, 720);
  g_assert_false (vav_rate_ladder_is_reduced (&one.ladder, &best));
  g_assert_cmpint (walk (&one, &best, 200000, 1), ==, 270);
  g_assert_true (vav_rate_ladder_is_reduced (&one.ladder, &best));
  g_assert_cmpint (walk (&one, &best, 1100000, 3), ==, 270);
  g_assert_cmpint (walk (&one, &best, 1100000, 3), ==, 720);
}

static void
test_down (void)
{
  Walk one = { .now_us = 1 };

  g_test_summary ("Down goes within a second, as far as it must, and not further, and not for a moment");
  g_assert_cmpint (walk (&one, &best, 1500000, 5), ==, 720);
  g_assert_cmpint (walk (&one, &best, 20000, 0.5), ==, 720);
  g_assert_cmpint (walk (&one, &best, 800000, 5), ==, 720);
  g_assert_cmpint (walk (&one, &best, 300000, 1), ==, 360);
  g_assert_cmpint (walk (&one, &best, 250000, 20), ==, 360);
  g_assert_cmpint (walk (&one, &best, 30000, 1), ==, 90);
  g_assert_cmpuint (one.picture.interval_us, ==, 125000);
  g_assert_cmpint (walk (&one, &best, 20000, 2), ==, 90);
  g_assert_cmpuint (one.picture.interval_us, ==, 400000);
  g_assert_cmpint (walk (&one, &best, 9000, 2), ==, 90);
  g_assert_cmpint (walk (&one, &best, 9000, 2), ==, 0);
  g_assert_cmpuint (one.changes, ==, 5);
}

/* Of a path that was found full it is known what it carries. */
static void
test_steep (void)
{
  Walk one = { .now_us = 1 };

  g_test_summary ("Where a full path carries far less the picture becomes smaller within half a second; where "
                  "it carries a little less, "
                  "within a second");
  g_assert_cmpint (walk (&one, &best, 1500000, 5), ==, 720);
  one.full = TRUE;
  /* what came just before it was full still counts in the first measurement */
  g_assert_cmpint (walk (&one, &best, 600000, 0.1), ==, 720);
  g_assert_cmpint (walk (&one, &best, 280000, 0.4), ==, 360);
  g_assert_cmpuint (one.changes, ==, 2);

  one = (Walk){ .now_us = 1 };
  g_assert_cmpint (walk (&one, &best, 1500000, 5), ==, 720);
  one.full = TRUE;
  g_assert_cmpint (walk (&one, &best, 600000, 0.5), ==, 720);
  g_assert_cmpint (walk (&one, &best, 600000, 0.5), ==, 540);
}

static void
test_up (void)
{
  Walk one = { .now_us = 1 };

  g_test_summary ("Up takes some seconds of evidence, then goes as far as the worst of them allows");
  g_assert_cmpint (walk (&one, &best, 250000, 4), ==, 270);
  g_assert_cmpint (walk (&one, &best, 700000, 3), ==, 270);
  g_assert_cmpint (walk (&one, &best, 1500000, 3), ==, 540);
  /* a dip begins it anew */
  g_assert_cmpint (walk (&one, &best, 1500000, 2), ==, 540);
  g_assert_cmpint (walk (&one, &best, 1000000, 0), ==, 540);
  g_assert_cmpint (walk (&one, &best, 1500000, 3), ==, 540);
  g_assert_cmpint (walk (&one, &best, 1500000, 3), ==, 720);
}

static void
test_poor (void)
{
  Walk one = { .now_us = 1 };

  g_test_summary ("A poor picture has another chance after two seconds of ample room, later if that was too early");
  g_assert_cmpint (walk (&one, &best, 30000, 4), ==, 90);
  g_assert_cmpint (walk (&one, &best, 75000, 3), ==, 90); /* enough for the next one alone */
  g_assert_cmpint (walk (&one, &best, 700000, 1), ==, 90);
  g_assert_cmpint (walk (&one, &best, 700000, 1.1), ==, 540);
  g_assert_cmpint (walk (&one, &best, 30000, 2), ==, 90);
  g_assert_cmpint (walk (&one, &best, 700000, 2.8), ==, 90);
  g_assert_cmpint (walk (&one, &best, 700000, 0.5), ==, 540);
}

/* What was enough before the last step says nothing of the next one. */
static void
test_poor_steps (void)
{
  Walk one = { .now_us = 1 };

  g_test_summary ("A poor picture that becomes better does so in one step, and the next one has evidence of its own");
  g_assert_cmpint (walk (&one, &best, 30000, 4), ==, 90);
  walk (&one, &best, 150000, 1.4);
  g_assert_cmpint (walk (&one, &best, 700000, 0.2), ==, 180);
  g_assert_cmpint (walk (&one, &best, 700000, 1), ==, 180);
  g_assert_cmpint (walk (&one, &best, 700000, 1), ==, 540);
}

/* While a full path is emptied hardly anything is sent, which is not because the picture needs so little. */
static void
test_emptying (void)
{
  Walk one = { .now_us = 1 };

  g_test_summary ("A picture does not grow while a full path is emptied, however little it uses then");
  g_assert_cmpint (walk (&one, &best, 250000, 0), ==, 270);
  one.full = TRUE;
  one.used = 10;
  g_assert_cmpint (walk (&one, &best, 250000, 20), ==, 270);
  one.full = FALSE;
  g_assert_cmpint (walk (&one, &best, 250000, 5), ==, 360);
}

/* Who looks for more fills the path each few seconds. */
static void
test_now_and_then (void)
{
  Walk one = { .now_us = 1 };

  g_test_summary ("A path that is full now and then, and carries enough all the time, gets its picture");
  g_assert_cmpint (walk (&one, &best, 60000, 4), ==, 180);
  g_assert_cmpuint (one.picture.interval_us, ==, 66000);
  for (guint i = 0; i < 3; i++)
    {
      one.full = FALSE;
      walk (&one, &best, 180000, 2);
      one.full = TRUE;
      walk (&one, &best, 150000, 1);
    }
  one.full = FALSE;
  g_assert_cmpint (walk (&one, &best, 180000, 1), ==, 180);
  g_assert_cmpuint (one.picture.interval_us, ==, 0);
}

/* What costs little shows nothing of what the path could carry. */
static void
test_easy (void)
{
  Walk one = { .now_us = 1, .used = 30 };
  guint changes;

  g_test_summary ("A picture that does not need its rate becomes larger, and stays so");
  g_assert_cmpint (walk (&one, &best, 250000, 3), ==, 270);
  g_assert_cmpint (walk (&one, &best, 250000, 5), ==, 360);
  changes = one.changes;
  g_assert_cmpint (walk (&one, &best, 250000, 60), ==, 360);
  g_assert_cmpuint (one.changes, ==, changes);
}

static void
test_paused (void)
{
  Walk one = { .now_us = 1 };
  guint pictures = 0;

  g_test_summary (
      "A paused picture is tried now and then, more and more rarely, and given up at once where there is no room");
  g_assert_cmpint (walk (&one, &best, 5000, 60), ==, 0);
  g_assert_cmpint (walk (&one, &best, 9000, 5), ==, 90);
  g_assert_cmpint (walk (&one, &best, 7000, 0), ==, 0);
  for (guint i = 0; i < 1200; i++)
    {
      gboolean shown = !one.picture.paused;

      pictures += walk (&one, &best, shown ? 5000 : 9000, 0) != 0 && !shown;
    }
  g_assert_cmpuint (pictures, >=, 4);
  g_assert_cmpuint (pictures, <=, 8);

  /* there was room */
  one = (Walk){ .now_us = 1 };
  g_assert_cmpint (walk (&one, &best, 15000, 5), ==, 90);
  g_assert_cmpint (walk (&one, &best, 40000, 60), ==, 90);
}

/* So many seconds over a path that gives that rate and loses so much, of which nothing is to be had for pictures while they starve the sound. */
static int
walk_losing (Walk *line, guint bitrate, double loss, double seconds)
{
  gint64 until_us = line->now_us + (gint64)(seconds * G_USEC_PER_SEC);
  int height = 0;

  while (line->now_us < until_us)
    height = walk (line, &best, vav_rate_ladder_is_starving (&line->ladder, bitrate, loss) ? 0 : bitrate, 0);

  return height;
}

static void
test_starving (void)
{
  Walk bad = { .now_us = 1 }, narrow = { .now_us = 1 }, wide = { .now_us = 1 };

  g_test_summary ("Pictures with which much is lost pause, and come back if as much is lost without them");
  walk_losing (&bad, 80000, 0, 1);
  walk_losing (&narrow, 80000, 0, 1);
  g_assert_cmpint (walk_losing (&bad, 80000, 0.3, 4), ==, 0);
  g_assert_cmpint (walk_losing (&bad, 80000, 0.3, 8), >, 0);
  g_assert_cmpint (walk_losing (&bad, 80000, 0.33, 30), >, 0);
  /* it loses nothing of sound alone: each trial ends as it begins */
  g_assert_cmpint (walk_losing (&narrow, 80000, 0.5, 4), ==, 0);
  for (guint i = 0; i < 5; i++)
    {
      while (narrow.picture.paused)
        walk_losing (&narrow, 80000, 0, 0.1);
      g_assert_cmpint (walk_losing (&narrow, 80000, 0.5, 1), ==, 0);
    }
  /* a path that got better is not remembered as a bad one */
  g_assert_cmpint (walk_losing (&bad, 1500000, 0, 60), ==, 720);
  g_assert_cmpint (walk_losing (&bad, 80000, 0.3, 6), ==, 0);
  g_assert_cmpint (walk_losing (&wide, 1500000, 0.4, 60), ==, 720);
}

static void
test_steady (void)
{
  Walk one = { .now_us = 1 };
  guint changes;

  g_test_summary ("A rate that swings does not make the size swing with it");
  walk (&one, &best, 1500000, 1);
  for (guint i = 0; i < 60; i++)
    {
      walk (&one, &best, 1200000, 1);
      walk (&one, &best, 750000, 1);
    }
  g_assert_cmpuint (one.changes, ==, 1);

  /* a path that promises more than it keeps is believed more and more rarely */
  for (guint i = 0; i < 8; i++)
    {
      walk (&one, &best, 1500000, 5);
      walk (&one, &best, 500000, 1);
    }
  changes = one.changes;
  for (guint i = 0; i < 20; i++)
    {
      walk (&one, &best, 1500000, 5);
      walk (&one, &best, 500000, 1);
    }
  g_assert_cmpuint (one.changes - changes, <=, 2);
}

static void
test_limits (void)
{
  const VavRateLimits low = { { 640, 360, 60000, FALSE }, 300000, FALSE };
  const VavRateLimits medium = { { 854, 480, 0, FALSE }, 800000, FALSE };
  Walk one = { .now_us = 1 };

  g_test_summary ("W19: what the person chose is the best that there is, and is reached again after a dip");
  g_assert_cmpint (walk (&one, &low, 5000000, 1), ==, 360);
  g_assert_cmpuint (one.picture.interval_us, ==, 60000);
  g_assert_false (vav_rate_ladder_is_reduced (&one.ladder, &low));
  g_assert_cmpint (walk (&one, &low, 100000, 1), ==, 180);
  g_assert_true (vav_rate_ladder_is_reduced (&one.ladder, &low));
  g_assert_cmpint (walk (&one, &low, 5000000, 5), ==, 360);
  g_assert_false (vav_rate_ladder_is_reduced (&one.ladder, &low));

  one = (Walk){ .now_us = 1 };
  g_assert_cmpint (walk (&one, &medium, 5000000, 1), ==, 480);
  g_assert_cmpint (one.picture.width, ==, 854);
}

static void
test_screen (void)
{
  const VavRateLimits screen = { { 1920, 1080, 0, FALSE }, 1500000, TRUE };
  Walk one = { .now_us = 1 };

  g_test_summary ("A screen keeps its size, and comes more rarely");
  g_assert_cmpint (walk (&one, &screen, 1500000, 1), ==, 1080);
  g_assert_cmpuint (one.picture.interval_us, ==, 0);
  g_assert_cmpint (walk (&one, &screen, 150000, 1), ==, 1080);
  g_assert_cmpuint (one.picture.interval_us, >=, 200000);
  g_assert_cmpint (walk (&one, &screen, 0, 4), ==, 0);
}

static guint
sound_at (guint bitrate, guint max)
{
  guint frame_ms = 0;
  VavRateLadder fresh = { 0 };
  guint sound = vav_rate_ladder_get_sound (&fresh, bitrate, max, 1, &frame_ms);

  g_assert_true (frame_ms == 20 || frame_ms == 40 || frame_ms == 60);
  return sound;
}

static void
test_sound (void)
{
  VavRateLadder ladder = { 0 };
  guint frame_ms = 0;

  g_test_summary ("Sound has its share first, from 16 to 40 kbit/s, with fewer headers where there is little");
  g_assert_cmpuint (sound_at (0, 40000), ==, 16000);
  g_assert_cmpuint (sound_at (50000, 40000), ==, 16000);
  g_assert_cmpuint (sound_at (150000, 40000), ==, 24000);
  g_assert_cmpuint (sound_at (300000, 40000), ==, 32000);
  g_assert_cmpuint (sound_at (G_MAXUINT, 40000), ==, 40000);
  g_assert_cmpuint (sound_at (G_MAXUINT, 20000), ==, 20000);
  vav_rate_ladder_get_sound (&ladder, 50000, 40000, 1, &frame_ms);
  g_assert_cmpuint (frame_ms, ==, 60);
  vav_rate_ladder_get_sound (&ladder, 1000000, 40000, 1, &frame_ms);
  g_assert_cmpuint (frame_ms, ==, 20);
}

/* So long at that rate. Returns: how often the length of sound's frames has changed; frame_ms: (inout) */
static guint
listen (VavRateLadder *ladder, guint bitrate, double seconds, gint64 *now_us, guint *frame_ms)
{
  gint64 until_us = *now_us + (gint64)(seconds * G_USEC_PER_SEC);
  guint changes = 0;

  for (; *now_us < until_us; *now_us += TICK_US)
    {
      guint before = *frame_ms;

      vav_rate_ladder_get_sound (ladder, bitrate, 40000, *now_us, frame_ms);
      changes += *frame_ms != before;
    }

  return changes;
}

static void
test_sound_steady (void)
{
  static const guint edges[] = { 120000, 200000 };

  g_test_summary ("A rate that wobbles about where sound becomes better changes it once; one that stays there, or goes "
                  "well beyond, has it become better");
  for (guint i = 0; i < G_N_ELEMENTS (edges); i++)
    {
      guint edge = edges[i], frame_ms = 0, changes = 0, longer;
      VavRateLadder ladder = { 0 };
      gint64 now_us = 1;

      changes = listen (&ladder, edge, 1, &now_us, &frame_ms);
      for (guint wobble = 0; wobble < 30; wobble++)
        {
          changes += listen (&ladder, edge - edge / 20, 1, &now_us, &frame_ms);
          changes += listen (&ladder, edge + edge / 20, 1, &now_us, &frame_ms);
        }
      g_assert_cmpuint (changes, ==, 2); /* the first choice, and less */
      longer = frame_ms;
      g_assert_cmpuint (listen (&ladder, edge + edge / 20, 6, &now_us, &frame_ms), ==, 1);
      g_assert_cmpuint (frame_ms, <, longer);

      g_assert_cmpuint (listen (&ladder, edge - 1, 0.1, &now_us, &frame_ms), ==, 1);
      g_assert_cmpuint (frame_ms, ==, longer);
      g_assert_cmpuint (listen (&ladder, edge + edge / 3, 0.1, &now_us, &frame_ms), ==, 1);
      g_assert_cmpuint (frame_ms, <, longer);
    }
}

/* Whatever comes, it answers with something that can be encoded, and only changes in the right direction. */
static void
test_any (void)
{
  Walk one = { .now_us = 1 };

  g_test_summary ("No rate, and no limit, leads to a picture that cannot be");
  for (guint i = 0; i < 20000; i++)
    {
      VavRateLimits limits = { { g_test_rand_int_range (16, 4000), g_test_rand_int_range (16, 4000),
                                 (guint)g_test_rand_int_range (0, 100000), g_test_rand_bit () },
                               (guint)g_test_rand_int (),
                               g_test_rand_bit () };

      one.used = (guint)g_test_rand_int_range (0, 150);
      walk (&one, &limits, (guint)g_test_rand_int (), g_test_rand_double_range (0, 10));
      g_assert_cmpint (one.picture.width, >=, 16);
      g_assert_cmpint (one.picture.height, >=, 16);
      g_assert_cmpint (one.picture.width, <=, limits.picture.width);
      g_assert_cmpint (one.picture.height, <=, limits.picture.height);
      g_assert_cmpuint (one.picture.interval_us, >=, limits.picture.interval_us);
      g_assert_cmpuint (one.picture.interval_us, <=, 2 * G_USEC_PER_SEC);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rate-ladder/begins", test_begins);
  g_test_add_func ("/rate-ladder/opens", test_opens);
  g_test_add_func ("/rate-ladder/down", test_down);
  g_test_add_func ("/rate-ladder/steep", test_steep);
  g_test_add_func ("/rate-ladder/up", test_up);
  g_test_add_func ("/rate-ladder/poor", test_poor);
  g_test_add_func ("/rate-ladder/poor-steps", test_poor_steps);
  g_test_add_func ("/rate-ladder/emptying", test_emptying);
  g_test_add_func ("/rate-ladder/now-and-then", test_now_and_then);
  g_test_add_func ("/rate-ladder/easy", test_easy);
  g_test_add_func ("/rate-ladder/paused", test_paused);
  g_test_add_func ("/rate-ladder/starving", test_starving);
  g_test_add_func ("/rate-ladder/steady", test_steady);
  g_test_add_func ("/rate-ladder/limits", test_limits);
  g_test_add_func ("/rate-ladder/screen", test_screen);
  g_test_add_func ("/rate-ladder/sound", test_sound);
  g_test_add_func ("/rate-ladder/sound-steady", test_sound_steady);
  g_test_add_func ("/rate-ladder/any", test_any);

  return g_test_run ();
}
