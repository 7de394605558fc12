/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "app/vav-app-data-rate.h"

/* When less data is taken, and how much: an hour of both directions has the megabytes that the preferences say. */
static void
test_decide (void)
{
  static const struct
  {
    const char *when;
    const char *amount;
    gboolean metered;
    guint megabytes; /* 0: no limit */
  } cases[] = {
    { "never", "least", FALSE, 0 },    { "never", "least", TRUE, 0 },      { "metered", "least", FALSE, 0 },
    { "metered", "least", TRUE, 270 }, { "metered", "less", TRUE, 540 },   { "always", "some", FALSE, 900 },
    { "always", "some", TRUE, 900 },   { NULL, NULL, FALSE, 0 },           { NULL, NULL, TRUE, 540 },
    { "sometimes", "much", FALSE, 0 }, { "sometimes", "much", TRUE, 540 }, { "always", "", FALSE, 540 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      guint rate = vav_app_data_rate_decide (cases[i].when, cases[i].amount, cases[i].metered);

      g_test_message ("%s, %s, %d: %u bit/s", cases[i].when, cases[i].amount, cases[i].metered, rate);
      g_assert_cmpuint ((guint)(2.0 * rate * 3600 / 8 / 1e6 + 0.5), ==, cases[i].megabytes);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/data-rate/decide", test_decide);
  return g_test_run ();
}
