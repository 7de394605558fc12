/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which pictures a decoder is given that is slower than they come. */
#include "net/media/vav-backlog.h"

#define MS G_TIME_SPAN_MILLISECOND
#define GAP_MS 33

static gint64 now = 1;

static VavBacklogVerdict
add (VavBacklog *backlog, VavVp8Frame kind)
{
  return vav_backlog_add (backlog, kind, 1000, now += GAP_MS * MS);
}

static void
test_usual (void)
{
  g_autoptr (VavBacklog) backlog = vav_backlog_new ();

  for (guint i = 0; i < 1000; i++)
    {
      g_assert_cmpint (add (backlog, i % 100 == 0 ? VAV_VP8_KEY : VAV_VP8_DELTA), ==, VAV_BACKLOG_PASS);
      vav_backlog_take (backlog);
    }
}

/* What came in a heap, and is decoded at twice the rate, passes. */
static void
test_heap (void)
{
  g_autoptr (VavBacklog) backlog = vav_backlog_new ();

  g_assert_cmpint (add (backlog, VAV_VP8_KEY), ==, VAV_BACKLOG_PASS);
  for (guint i = 0; i < 60; i++)
    g_assert_cmpint (vav_backlog_add (backlog, VAV_VP8_DELTA, 1000, now), ==, VAV_BACKLOG_PASS);
  for (guint i = 0; i < 200; i++)
    {
      vav_backlog_take (backlog);
      vav_backlog_take (backlog);
      g_assert_cmpint (add (backlog, VAV_VP8_DELTA), ==, VAV_BACKLOG_PASS);
    }
}

/* A fifth too slow for ten minutes. What waits never does for much longer than it may, and a key frame is asked for when there is room. */
static void
test_slow (void)
{
  g_autoptr (VavBacklog) backlog = vav_backlog_new ();
  g_autoptr (GQueue) waiting = g_queue_new ();
  gint64 decoded = now, longest = 0;
  guint asked = 0, passed = 0;
  gboolean key = TRUE;

  for (guint i = 0; i < 10 * 60 * 30; i++)
    {
      VavBacklogVerdict verdict = add (backlog, key ? VAV_VP8_KEY : VAV_VP8_DELTA);

      key = verdict == VAV_BACKLOG_ASK; /* it is there with the next one */
      asked += key;
      if (verdict == VAV_BACKLOG_PASS)
        g_queue_push_tail (waiting, g_memdup2 (&now, sizeof now));
      passed += verdict == VAV_BACKLOG_PASS;
      while (!g_queue_is_empty (waiting) && decoded + GAP_MS * MS * 6 / 5 <= now)
        {
          g_autofree gint64 *since = g_queue_pop_head (waiting);

          vav_backlog_take (backlog);
          decoded = MAX (decoded + GAP_MS * MS * 6 / 5, *since);
          longest = MAX (longest, now - *since);
        }
    }
  g_queue_clear_full (waiting, g_free);
  g_test_message ("%u passed, %u times asked, waited for %" G_GINT64_FORMAT " ms at most", passed, asked, longest / MS);
  g_assert_cmpint (longest / MS, <, VAV_BACKLOG_MAX_MS * 3 / 2);
  g_assert_cmpuint (passed, >, 10 * 60 * 30 * 3 / 4);
  g_assert_cmpuint (asked, >, 0);
}

/* More in one moment than there is room for: no key frame is asked for while it is decoded. */
static void
test_flood (void)
{
  g_autoptr (VavBacklog) backlog = vav_backlog_new ();

  g_assert_cmpint (add (backlog, VAV_VP8_KEY), ==, VAV_BACKLOG_PASS);
  while (vav_backlog_add (backlog, VAV_VP8_DELTA, 1000, now) == VAV_BACKLOG_PASS)
    ;
  for (guint i = 0; i < VAV_BACKLOG_MAX_PICTURES / 2; i++)
    {
      vav_backlog_take (backlog);
      g_assert_cmpint (vav_backlog_add (backlog, i % 2 == 0 ? VAV_VP8_KEY : VAV_VP8_DELTA, 1000, now), ==,
                       VAV_BACKLOG_DROP);
    }
  for (guint i = 0; i < VAV_BACKLOG_MAX_PICTURES / 2; i++)
    vav_backlog_take (backlog);
  g_assert_cmpint (vav_backlog_add (backlog, VAV_VP8_DELTA, 1000, now), ==, VAV_BACKLOG_ASK);
  g_assert_cmpint (vav_backlog_add (backlog, VAV_VP8_KEY, 1000, now), ==, VAV_BACKLOG_PASS);
}

static void
test_much (void)
{
  g_autoptr (VavBacklog) backlog = vav_backlog_new ();
  guint n = 0;

  g_assert_cmpint (add (backlog, VAV_VP8_KEY), ==, VAV_BACKLOG_PASS);
  while (vav_backlog_add (backlog, VAV_VP8_DELTA, VAV_BACKLOG_MAX_BYTES / 4, now) == VAV_BACKLOG_PASS)
    g_assert_cmpuint (++n, <=, 4);
  g_assert_cmpuint (n, ==, 3);
  g_assert_cmpint (vav_backlog_add (backlog, VAV_VP8_KEY, G_MAXSIZE, now), ==, VAV_BACKLOG_DROP);
}

/* After one that the decoder must not see nothing goes in but a key frame, and none is asked for: who sends such things would send more. */
static void
test_bad (void)
{
  g_autoptr (VavBacklog) backlog = vav_backlog_new ();

  g_assert_cmpint (add (backlog, VAV_VP8_KEY), ==, VAV_BACKLOG_PASS);
  g_assert_cmpint (add (backlog, VAV_VP8_BAD), ==, VAV_BACKLOG_DROP);
  g_assert_cmpint (add (backlog, VAV_VP8_DELTA), ==, VAV_BACKLOG_DROP);
  g_assert_cmpint (add (backlog, VAV_VP8_KEY), ==, VAV_BACKLOG_PASS);
  g_assert_cmpint (add (backlog, VAV_VP8_DELTA), ==, VAV_BACKLOG_PASS);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/backlog/usual", test_usual);
  g_test_add_func ("/backlog/heap", test_heap);
  g_test_add_func ("/backlog/slow", test_slow);
  g_test_add_func ("/backlog/flood", test_flood);
  g_test_add_func ("/backlog/much", test_much);
  g_test_add_func ("/backlog/bad", test_bad);

  return g_test_run ();
}
