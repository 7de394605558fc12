/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/media/vav-rate-limit.h"

/* None is no limit; of two the tighter holds, whichever side it is of. */
static void
test_join (void)
{
  g_assert_cmpuint (vav_rate_limit_join (0, 0), ==, 0);
  g_assert_cmpuint (vav_rate_limit_join (0, 300000), ==, 300000);
  g_assert_cmpuint (vav_rate_limit_join (300000, 0), ==, 300000);
  g_assert_cmpuint (vav_rate_limit_join (600000, 300000), ==, 300000);
  g_assert_cmpuint (vav_rate_limit_join (1, G_MAXUINT), ==, 1);
}

/* Picture, sound and what is around them stay below the limit, and nothing goes to waste. */
static void
test_share (void)
{
  for (guint limit = 150000; limit <= 3000000; limit += 50000)
    {
      guint picture = vav_rate_limit_get_picture (limit);
      guint packets = picture / 8 / 1200 + (picture < 350000 ? 15 : 30); /* the last one of each picture is short */
      guint whole = picture + 32000 + (packets + 50) * 60 * 8;

      g_test_message ("%u of %u", whole, limit);
      g_assert_cmpuint (whole, <=, limit);
      g_assert_cmpuint (whole, >=, limit * 85 / 100);
    }
}

/* Whatever a peer says, there is a picture and a sum that does not overflow. */
static void
test_nonsense (void)
{
  static const guint limits[] = { 1, 7, 63999, 64000, 64001, 114000, G_MAXUINT - 1, G_MAXUINT };

  g_assert_cmpuint (vav_rate_limit_get_picture (0), ==, 0);
  for (guint i = 0; i < G_N_ELEMENTS (limits); i++)
    {
      g_assert_cmpuint (vav_rate_limit_get_picture (limits[i]), >=, VAV_MIN_PICTURE_BITRATE);
      g_assert_cmpuint (vav_rate_limit_get_picture (limits[i]), <=, MAX (limits[i], VAV_MIN_PICTURE_BITRATE));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rate-limit/join", test_join);
  g_test_add_func ("/rate-limit/share", test_share);
  g_test_add_func ("/rate-limit/nonsense", test_nonsense);
  return g_test_run ();
}
