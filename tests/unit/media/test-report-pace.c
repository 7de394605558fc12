/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How often we report, by what we can send. */
#include "net/media/vav-report-pace.h"

static void
test_begin (void)
{
  VavReportPace pace = { 0 };
  VavReportTimes first, times;

  g_test_summary ("Reports come soon until the round trip is known, and rarer then");
  vav_report_pace_begin (&first);
  vav_report_pace_follow (&pace, 1200, -1, &times);
  g_assert_cmpmem (&first, sizeof first, &times, sizeof times);
  vav_report_pace_follow (&pace, 1200, 40, &times);
  g_assert_cmpuint (times.regular_ms, >=, 4 * first.regular_ms);
  g_assert_cmpuint (times.feedback_ms, ==, first.feedback_ms);
  g_assert_cmpuint (times.bandwidth, ==, first.bandwidth);
  /* not known for a while */
  vav_report_pace_follow (&pace, 1200, -1, &times);
  g_assert_cmpuint (times.regular_ms, >=, 4 * first.regular_ms);
}

static void
test_share (void)
{
  static const double rates[] = { 10000, 3000, 1200, 600, 300, 250, 200, 160, 140, 100, 80, 60, 40, 10, 0, -1 };
  VavReportPace pace = { .measured = TRUE };
  guint before = 0;

  g_test_summary ("Feedback has a twentieth of what we can send, and leaves four to twenty times a second");
  for (guint i = 0; i < G_N_ELEMENTS (rates); i++)
    {
      VavReportTimes times;

      vav_report_pace_follow (&pace, rates[i], 40, &times);
      g_assert_cmpuint (times.feedback_ms, >=, VAV_FEEDBACK_MIN_MS);
      g_assert_cmpuint (times.feedback_ms, <=, VAV_FEEDBACK_MAX_MS);
      g_assert_cmpuint (times.feedback_ms, >=, before);
      before = times.feedback_ms;
      if (rates[i] >= 80)
        g_assert_cmpfloat (750.0 / times.feedback_ms, <=, rates[i] * 0.06);
    }
  g_assert_cmpuint (before, ==, VAV_FEEDBACK_MAX_MS);
}

static void
test_narrow (void)
{
  VavReportPace pace = { .measured = TRUE };
  VavReportTimes wide, narrow, times;

  g_test_summary (
      "Where there is hardly room for sound reports are rare, and not to and fro with each move of the estimate");
  vav_report_pace_follow (&pace, 200, 40, &wide);
  vav_report_pace_follow (&pace, 149, 40, &narrow);
  g_assert_cmpuint (narrow.regular_ms, >, wide.regular_ms);
  g_assert_cmpuint (narrow.bandwidth, <, wide.bandwidth);
  vav_report_pace_follow (&pace, 249, 40, &times);
  g_assert_cmpmem (&times, sizeof times, &narrow, sizeof narrow);
  vav_report_pace_follow (&pace, 250, 40, &times);
  g_assert_cmpuint (times.regular_ms, ==, wide.regular_ms);
  vav_report_pace_follow (&pace, 150, 40, &times);
  g_assert_cmpuint (times.regular_ms, ==, wide.regular_ms);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/report-pace/begin", test_begin);
  g_test_add_func ("/report-pace/share", test_share);
  g_test_add_func ("/report-pace/narrow", test_narrow);

  return g_test_run ();
}
