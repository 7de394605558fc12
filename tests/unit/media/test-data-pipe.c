/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The pipe through the media path, between two sessions over loopback: whole, in order, slowed down by who takes, and never before both sides
 * agreed. */
#include "pipe-ends.h"
#include "tests/lib/tolerate.h"

static gboolean
both_got_a_lot (Pair *pair)
{
  return get_bytes (&current->ends[0]) >= 4 * 1024 * 1024 && get_bytes (&current->ends[1]) >= 4 * 1024 * 1024;
}

/* Both ways at once, in order, each piece once, on one thread. */
static void
test_both_ways (Fixture *fixture, gconstpointer data)
{
  Sender senders[2] = { { .pipe = fixture->pipes[0], .total = 4 * 1024 * 1024, .piece = 8 * 1024 },
                        { .pipe = fixture->pipes[1], .total = 4 * 1024 * 1024, .piece = PIECE } };
  GThread *threads[2];

  for (guint i = 0; i < 2; i++)
    {
      start (fixture, i);
      threads[i] = g_thread_new ("sender", run_sender, &senders[i]);
    }
  g_assert_true (pair_wait (fixture->pair, both_got_a_lot, 60));
  for (guint i = 0; i < 2; i++)
    {
      g_thread_join (threads[i]);
      g_assert_no_error (senders[i].error);
    }
  g_assert_cmpuint (fixture->ends[0].pieces, ==, 4 * 1024 * 1024 / PIECE);
  g_assert_cmpuint (fixture->ends[1].pieces, ==, 4 * 1024 / 8);
  g_assert_cmpuint (fixture->ends[0].closed + fixture->ends[1].closed, ==, 0);
}

static gboolean
got_50_mb (Pair *pair)
{
  return get_bytes (&current->ends[1]) >= 50 * 1024 * 1024;
}

static guint64
resident_kb (void)
{
  g_autofree char *text = NULL;
  guint64 total, resident;

  g_assert_true (g_file_get_contents ("/proc/self/statm", &text, NULL, NULL));
  g_assert_cmpint (sscanf (text, "%" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT, &total, &resident), ==, 2);

  return resident * 4;
}

/* 50 MB arrive as they were sent, and are never in memory. */
static void
test_much (Fixture *fixture, gconstpointer data)
{
  Sender sender = { .pipe = fixture->pipes[0], .total = 50 * 1024 * 1024, .piece = PIECE };
  guint64 before = resident_kb ();
  gint64 begin = g_get_monotonic_time ();
  GThread *thread = g_thread_new ("sender", run_sender, &sender);

  start (fixture, 1);
  g_assert_true (pair_wait (fixture->pair, got_50_mb, 120));
  g_thread_join (thread);
  g_assert_no_error (sender.error);
  g_test_message ("%.0f Mbit/s, %d kB more", 50.0 * 8 * 1.048576 / ((double)(g_get_monotonic_time () - begin) / 1e6),
                  (int)(resident_kb () - before));
  if (g_getenv ("VISAVIS_TEST_SANITIZED") == NULL)
    g_assert_cmpuint (resident_kb (), <, before + 25 * 1024);
}

static gboolean
got_5_mb (Pair *pair)
{
  return get_bytes (&current->ends[1]) >= 5 * 1024 * 1024;
}

/* Who takes nothing slows the sender down until it stands, on little memory; and all arrives once it takes again. */
static void
test_back_pressure (Fixture *fixture, gconstpointer data)
{
  guint64 before = resident_kb ();
  GThread *thread;

  fixture->ends[1].stopped = TRUE;
  start (fixture, 1);
  begin_sending (fixture, &thread);
  g_assert_true (pair_wait (fixture->pair, sends_no_more, 60));
  g_test_message ("stands after %d pieces, %d kB more", fixture->last_sent, (int)(resident_kb () - before));
  g_assert_cmpint (fixture->last_sent, >, 4);
  g_assert_cmpint (fixture->last_sent, <=, 512 * 1024 / PIECE);
  if (g_getenv ("VISAVIS_TEST_SANITIZED") == NULL)
    g_assert_cmpuint (resident_kb (), <, before + 12 * 1024);

  let_go (&fixture->ends[1]);
  g_assert_true (pair_wait (fixture->pair, got_5_mb, 60));
  vav_pipe_close (fixture->pipes[0]);
  g_thread_join (thread);
  g_assert_error (fixture->sender.error, VAV_ERROR, VAV_ERROR_CLOSED);
  g_clear_error (&fixture->sender.error);
}

/* What is too long is refused before it is sent, and nothing ends by it. Nothing at all can be sent. */
static void
test_sizes (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) large = g_bytes_new_take (g_malloc0 (PIECE + 1), PIECE + 1);
  g_autoptr (GBytes) empty = g_bytes_new (NULL, 0);
  g_autoptr (GError) error = NULL;

  start (fixture, 1);
  g_assert_cmpuint (vav_pipe_get_max_piece (fixture->pipes[0]), ==, PIECE);
  g_assert_false (vav_pipe_send (fixture->pipes[0], large, &error));
  g_assert_error (error, VAV_ERROR, VAV_ERROR_TOO_LARGE);
  for (guint i = 0; i < 30000; i++)
    g_assert_true (vav_pipe_send (fixture->pipes[0], empty, NULL));
  vav_pipe_close (fixture->pipes[0]);
  g_assert_true (pair_wait (fixture->pair, second_is_told, 60));
  g_assert_cmpuint (fixture->ends[1].pieces, ==, 30000);
  g_assert_no_error (fixture->ends[1].error);
}

static gboolean
first_connected (Pair *pair)
{
  return pair_both_connected (pair) && vav_media_session_get_pipe (pair->sides[0].session) != NULL;
}

/* Nothing comes through before the other person agreed, and it comes at once when they do. */
static void
test_not_before_open (Fixture *fixture, gconstpointer data)
{
  Sender sender = { .total = PIECE, .piece = PIECE };
  gint64 opened;
  GThread *thread;

  g_test_summary ("N12: a pipe is there when both sides agreed, and not before");
  set_up_source (fixture, "none");
  pair_start (fixture->pair);
  g_assert_null (vav_media_session_get_pipe (fixture->pair->sides[0].session));
  g_assert_true (pair_wait (fixture->pair, pair_both_connected, 60));
  for (guint i = 0; i < 2; i++)
    g_assert_null (vav_media_session_get_pipe (fixture->pair->sides[i].session));
  pair_open (fixture->pair, 0);
  g_assert_true (pair_wait (fixture->pair, first_connected, 60));
  sender.pipe = vav_media_session_get_pipe (fixture->pair->sides[0].session);
  thread = g_thread_new ("sender", run_sender, &sender);
  pair_run (0.5);
  g_assert_cmpint (g_atomic_int_get (&sender.sent), ==, 0);
  g_assert_null (vav_media_session_get_pipe (fixture->pair->sides[1].session));

  opened = g_get_monotonic_time ();
  pair_open (fixture->pair, 1);
  take_pipes (fixture);
  g_thread_join (thread);
  g_assert_no_error (sender.error);
  /* not only when SCTP tries again, after three seconds */
  g_assert_cmpint (g_get_monotonic_time () - opened, <, 2 * G_USEC_PER_SEC);
}

static char *
without_data (guint from, const char *sdp)
{
  g_autoptr (GRegex) part = g_regex_new ("m=application.*", G_REGEX_DOTALL, 0, NULL);
  g_autofree char *shorter = g_regex_replace_literal (part, sdp, -1, 0, "", 0, NULL);
  g_autoptr (GRegex) name = g_regex_new ("(a=group:BUNDLE audio0 video1) data", 0, 0, NULL);

  return g_regex_replace (name, shorter, -1, 0, "\\1", 0, NULL);
}

static char *
answer_without_data (guint from, const char *sdp)
{
  return from == 1 ? without_data (from, sdp) : NULL;
}

/* A peer without it: the call is as good, and there is no pipe. */
static void
test_older_peer (Fixture *fixture, gconstpointer answer_only)
{
  set_up_source (fixture, "test");
  fixture->pair->munge = answer_only != NULL ? answer_without_data : without_data;
  pair_start (fixture->pair);
  pair_open (fixture->pair, -1);
  g_assert_true (pair_wait (fixture->pair, pair_both_see_and_hear, 60));
  g_assert_null (vav_media_session_get_pipe (fixture->pair->sides[0].session));
  if (answer_only == NULL)
    {
      g_assert_null (vav_media_session_get_pipe (fixture->pair->sides[1].session));
      g_assert_null (strstr (fixture->pair->sides[1].description, "m=application"));
    }
}

/* Nobody pays for a pipe that nobody uses. */
static void
test_idle (Fixture *fixture, gconstpointer data)
{
  guint threads = count_threads ();

  for (guint i = 0; i < 2; i++)
    {
      start (fixture, i);
      g_assert_true (VAV_IS_DATA_PIPE (fixture->pipes[i]));
    }
  pair_run (0.5);
  g_assert_cmpuint (count_threads (), <=, threads);
}

#define ADD(name, set_up, test) g_test_add ("/data-pipe/" name, Fixture, NULL, set_up, test, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD ("both-ways", set_up, test_both_ways);
  ADD ("much", set_up, test_much);
  ADD ("back-pressure", set_up, test_back_pressure);
  ADD ("sizes", set_up, test_sizes);
  ADD ("not-before-open", NULL, test_not_before_open);
  ADD ("older-peer", NULL, test_older_peer);
  g_test_add ("/data-pipe/answer-without", Fixture, "answer", NULL, test_older_peer, tear_down);
  ADD ("idle", set_up, test_idle);

  return tolerate_exit (g_test_run ());
}
