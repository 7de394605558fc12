/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What counts as a picture that stands still. */
#include "net/media/vav-freezes.h"

#define MS G_TIME_SPAN_MILLISECOND

static gint64 now;

static void
add (VavFreezes *freezes, guint n, guint gap_ms)
{
  for (guint i = 0; i < n; i++)
    vav_freezes_add (freezes, now += gap_ms * MS);
}

static void
test_limits (void)
{
  VavFreezes freezes = { 0 }, slow = { 0 };

  add (&freezes, 40, 40);
  add (&freezes, 1, 189);
  g_assert_cmpuint (freezes.n, ==, 0);
  add (&freezes, 40, 40);
  add (&freezes, 1, 191);
  g_assert_cmpuint (freezes.n, ==, 1);
  g_assert_cmpfloat_with_epsilon (freezes.total_us, 191 * MS, 0.5);

  /* of slow pictures three */
  add (&slow, 41, 200);
  add (&slow, 1, 599);
  g_assert_cmpuint (slow.n, ==, 0);
  add (&slow, 40, 200);
  add (&slow, 1, 601);
  g_assert_cmpuint (slow.n, ==, 1);
}

/* A camera in the dark, a screen on a narrow line: what is slow from now on is usual soon. */
static void
test_slower (void)
{
  static const guint slow_ms[] = { 200, 250, 400, 1000, 2000 };

  for (guint i = 0; i < G_N_ELEMENTS (slow_ms); i++)
    {
      VavFreezes freezes = { 0 };

      add (&freezes, 60, 33);
      add (&freezes, 60, slow_ms[i]);
      g_test_message ("%u ms: %u freezes", slow_ms[i], freezes.n);
      g_assert_cmpuint (freezes.n, >, 0);
      g_assert_cmpuint (freezes.n, <=, 12);
    }
}

/* One long freeze hides no other one for long. */
static void
test_long (void)
{
  VavFreezes freezes = { 0 };

  add (&freezes, 60, 33);
  add (&freezes, 1, 5000);
  g_assert_cmpuint (freezes.n, ==, 1);
  add (&freezes, VAV_FREEZES_GAPS, 33);
  add (&freezes, 1, 200);
  g_assert_cmpuint (freezes.n, ==, 2);
}

static void
test_pause (void)
{
  VavFreezes freezes = { 0 };

  add (&freezes, 60, 33);
  vav_freezes_pause (&freezes);
  add (&freezes, 1, 60000);
  add (&freezes, 1, 33);
  g_assert_cmpuint (freezes.n, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/freezes/limits", test_limits);
  g_test_add_func ("/freezes/slower", test_slower);
  g_test_add_func ("/freezes/long", test_long);
  g_test_add_func ("/freezes/pause", test_pause);

  return g_test_run ();
}
