/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* When pictures are shown that come late. Everything in simulated time. */
#include "net/media/vav-playout.h"

#include "net/media/vav-repair.h"

/* Pictures on their way, one after the other. */
typedef struct
{
  VavPlayout *playout;
  gboolean lossy;
  gint64 clock_us; /* how far the pictures' clock is behind */
  gint64 time_us;  /* the next one's own */
  gint64 came_us;  /* when the last one came whole */
  gint64 shown_us; /* when it was shown */
  double wait_ms;  /* from its time until then */
  double gap_ms;   /* the longest between two that were shown, since it was set to 0 */
  double back_ms;  /* by how much one was shown before the one before it, the most */
} Show;

static void
show_begin (Show *show)
{
  *show = (Show){ .playout = vav_playout_new (), .clock_us = 2000, .time_us = G_USEC_PER_SEC };
}

/* Of late_ms each has its turn; none overtakes another, and none is decoded before the one before it was shown. Returns: the delay after that second */
static guint
second (Show *show, guint fps, const double *late_ms, guint n_late, double uneven_ms)
{
  for (guint i = 0; i < fps; i++, show->time_us += G_USEC_PER_SEC / fps)
    {
      gint64 before_us = show->shown_us;
      gint64 ready_us;

      show->came_us = MAX (show->came_us, show->time_us + show->clock_us + (gint64)(late_ms[i % n_late] * 1000));
      vav_playout_add (show->playout, show->came_us, show->time_us);
      ready_us = MAX (show->came_us, before_us);
      show->shown_us = vav_playout_show (show->playout, ready_us, show->time_us);
      g_assert_cmpint (show->shown_us, >=, ready_us);
      show->wait_ms = (double)(show->shown_us - show->time_us - show->clock_us) / 1000;
      if (before_us > 0)
        {
          show->gap_ms = MAX (show->gap_ms, (double)(show->shown_us - before_us) / 1000);
          show->back_ms = MAX (show->back_ms, (double)(before_us - show->shown_us) / 1000);
        }
    }

  return vav_playout_follow (show->playout, uneven_ms, show->lossy);
}

static void
show_end (Show *show)
{
  g_assert_cmpfloat (show->back_ms, ==, 0);
  vav_playout_free (show->playout);
}

static const double even[] = { 0 };
static const double some_100[] = { 100, 0, 0, 0, 0 };

/* Where all comes evenly nothing is kept back, nor where only this computer is late or was. */
static void
test_even (void)
{
  static const double some_30[] = { 0, 0, 0, 0, 30 };
  static const double some_120[] = { 0, 0, 0, 0, 120 };
  Show show;

  show_begin (&show);
  for (guint i = 0; i < 10; i++)
    {
      g_assert_cmpuint (second (&show, 30, even, 1, 0), ==, 0);
      g_assert_cmpuint (second (&show, 30, some_30, 5, 150), ==, 0);
    }
  for (guint i = 0; i < 10; i++)
    g_assert_cmpuint (second (&show, 30, some_120, 5, 0), ==, 0);
  g_assert_cmpint (show.shown_us, ==, show.came_us);
  second (&show, 30, even, 1, 0);
  g_assert_cmpuint (second (&show, 30, even, 1, 150), ==, 0);
  show_end (&show);
}

/* A queue that fills in three seconds, stands, and is gone after three more: it makes all pictures late, and none unevenly. */
static void
test_queue (void)
{
  Show show;

  show_begin (&show);
  for (guint i = 0; i < 9 * 30; i++)
    {
      double late = CLAMP (MIN (i, 9 * 30 - i) / 90.0, 0, 1) * 300;

      second (&show, 1, &late, 1, 400);
      show.time_us -= G_USEC_PER_SEC - G_USEC_PER_SEC / 30;
    }
  second (&show, 30, even, 1, 400);
  g_assert_cmpfloat (show.wait_ms, <, 50);
  show_end (&show);
}

/* One picture of sixty. */
static guint
rarely (Show *show, guint times)
{
  static const double rare_60[30] = { [15] = 60 };
  guint delay_ms = 0;

  for (guint i = 0; i < times; i++)
    {
      second (show, 30, rare_60, 30, 400);
      delay_ms = second (show, 30, even, 1, 400);
    }

  return delay_ms;
}

static void
test_rare (void)
{
  Show show;

  g_test_summary ("A picture that is late each other second is waited for where packets are lost all the time, and not "
                  "where it was a queue");
  show_begin (&show);
  g_assert_cmpuint (rarely (&show, 5), ==, 0);
  show.lossy = TRUE;
  g_assert_cmpuint (rarely (&show, 5), ==, 60);
  show_end (&show);
}

/* Up within a second, to what nearly all need and no more than the network can be blamed for: then they move evenly. And what is waited for makes no
 * gap of its own. */
static void
test_up (void)
{
  static const double some_200[] = { 0, 0, 0, 0, 200 };
  Show show;

  show_begin (&show);
  g_assert_cmpuint (second (&show, 30, even, 1, 0), ==, 0);
  g_assert_cmpuint (second (&show, 30, some_100, 5, 150), ==, 100);
  show.gap_ms = 0;
  second (&show, 30, even, 1, 150);
  g_assert_cmpfloat_with_epsilon (show.wait_ms, 100, 1);
  g_assert_cmpfloat (show.gap_ms, <=, 51);
  show.gap_ms = 0;
  for (guint i = 0; i < 10; i++)
    second (&show, 30, some_100, 5, 150);
  g_assert_cmpfloat (show.gap_ms, <, 40);
  g_assert_cmpuint (second (&show, 30, some_200, 5, 150), ==, 150);
  show_end (&show);
}

/* When everything comes evenly again the delay is gone within seconds, at thirty pictures a second and at ten, and on the way there none stands
 * still and none comes in a heap with the next. */
static void
test_down (void)
{
  static const double some_300[] = { 0, 0, 0, 0, 300 };
  static const guint rates[] = { 30, 10 };

  for (guint k = 0; k < G_N_ELEMENTS (rates); k++)
    {
      Show show;
      guint seconds = 0;

      show_begin (&show);
      for (guint i = 0; i < 20; i++)
        second (&show, rates[k], some_300, 5, 300);
      second (&show, rates[k], even, 1, 300);
      g_assert_cmpfloat (show.wait_ms, >, 200);
      show.gap_ms = 0;
      for (seconds = 1; show.wait_ms > 0; seconds++)
        {
          gint64 before = show.shown_us;

          g_assert_cmpuint (seconds, <, 14);
          second (&show, rates[k], even, 1, seconds < 4 ? 300 : 0);
          if (seconds == 6)
            g_assert_cmpfloat (show.wait_ms, <, 130);
          /* a second of pictures takes no less than seven tenths of one */
          g_assert_cmpint (show.shown_us - before, >=, 690000);
        }
      g_assert_cmpfloat (show.gap_ms, <=, 1001.0 / rates[k]);
      show_end (&show);
    }
}

/* A line falls to a tenth: its queue fills, stands, and is gone after two seconds; pictures are few then, and not all of one size. Five seconds later
 * the queue is forgotten, and what is left is no more than the pictures' own size needs. */
static void
test_fall (void)
{
  static const double fills[] = { 40, 100, 160, 220, 280, 300, 300, 300, 300, 300 };
  static const double full[] = { 300, 320, 290, 310, 300 };
  static const double empties[] = { 280, 230, 180, 130, 80, 40, 20, 40, 30, 20 };
  static const double narrow[] = { 20, 60, 30, 70, 20 };
  Show show;

  show_begin (&show);
  for (guint i = 0; i < 10; i++)
    second (&show, 30, even, 1, 0);
  second (&show, 10, fills, G_N_ELEMENTS (fills), 450);
  second (&show, 10, full, G_N_ELEMENTS (full), 450);
  g_assert_cmpuint (second (&show, 10, empties, G_N_ELEMENTS (empties), 450), >=, 200);
  show.gap_ms = 0;
  for (guint i = 0; i < 5; i++)
    second (&show, 10, narrow, G_N_ELEMENTS (narrow), i < 3 ? 450 : 140);
  g_assert_cmpfloat (show.wait_ms, <=, 140);
  for (guint i = 0; i < 3; i++)
    second (&show, 10, narrow, G_N_ELEMENTS (narrow), 140);
  g_assert_cmpfloat (show.wait_ms, <=, 40);
  g_assert_cmpfloat (show.gap_ms, <, 200);
  show_end (&show);
}

/* A long way, on which now and then a packet is repaired: what was behind it comes a round trip later. With time for that the picture moves. */
static void
test_long_way (void)
{
  static const double repaired[] = { 0, 0, 0, 650, 0, 0, 0, 0, 0, 0 };
  Show show;

  show_begin (&show);
  for (guint i = 0; i < 8; i++)
    second (&show, 10, i % 3 == 1 ? repaired : even, i % 3 == 1 ? 10 : 1, 1200);
  show.gap_ms = 0;
  for (guint i = 8; i < 40; i++)
    second (&show, 10, i % 3 == 1 ? repaired : even, i % 3 == 1 ? 10 : 1, 1200);
  g_assert_cmpfloat (show.gap_ms, <, 300);
  g_assert_cmpfloat (show.wait_ms, <=, 800);
  show_end (&show);
}

/* However much was waited for, it is gone after a few seconds. */
static void
test_much (void)
{
  static const double some_700[] = { 0, 0, 0, 0, 700 };
  Show show;

  show_begin (&show);
  for (guint i = 0; i < 4; i++)
    second (&show, 30, some_700, 5, 800);
  second (&show, 30, even, 1, 800);
  g_assert_cmpfloat (show.wait_ms, >, 600);
  for (guint i = 0; i < 4; i++)
    second (&show, 30, even, 1, 0);
  g_assert_cmpfloat (show.wait_ms, <, 100);
  show_end (&show);
}

/* Never longer than anybody bears. Nor does a clock that jumps hold anything up for long. */
static void
test_bound (void)
{
  static const double much[] = { 0, 0, 0, 0, 900 };
  Show show;

  show_begin (&show);
  second (&show, 30, even, 1, 0);
  g_assert_cmpuint (second (&show, 30, much, 5, 1e9), ==, VAV_REPAIR_MAX_WAIT_MS);
  show.time_us += 3600 * (gint64)G_USEC_PER_SEC;
  show.clock_us -= 3600 * (gint64)G_USEC_PER_SEC;
  for (guint i = 0; i < 5; i++)
    second (&show, 30, even, 1, 0);
  g_assert_cmpfloat (show.wait_ms, <, 200);
  second (&show, 30, some_100, 5, 150);
  second (&show, 30, some_100, 5, 150);
  show.gap_ms = 0;
  second (&show, 30, some_100, 5, 150);
  g_assert_cmpfloat (show.gap_ms, <, 40);
  show_end (&show);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/playout/even", test_even);
  g_test_add_func ("/playout/queue", test_queue);
  g_test_add_func ("/playout/rare", test_rare);
  g_test_add_func ("/playout/up", test_up);
  g_test_add_func ("/playout/down", test_down);
  g_test_add_func ("/playout/fall", test_fall);
  g_test_add_func ("/playout/long-way", test_long_way);
  g_test_add_func ("/playout/much", test_much);
  g_test_add_func ("/playout/bound", test_bound);

  return g_test_run ();
}
