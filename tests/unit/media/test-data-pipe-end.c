/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How a pipe ends: in order, by nonsense, and with the call at any moment. */
#include "net/media/vav-media-session-private.h"
#include "pipe-ends.h"
#include "tests/lib/tolerate.h"

/* Who waits in vav_pipe_send() is woken by a close: of its own side, of the other side, and of the call. */
static void
test_close_wakes (Fixture *fixture, gconstpointer data)
{
  guint who = GPOINTER_TO_UINT (data);
  GThread *thread;

  fixture->ends[1].stopped = TRUE;
  start (fixture, 0);
  start (fixture, 1);
  begin_sending (fixture, &thread);
  g_assert_true (pair_wait (fixture->pair, sends_no_more, 60));
  if (who < 2)
    vav_pipe_close (fixture->pipes[who]);
  else
    pair_close (fixture->pair);
  /* the second side's thread is still held in its callback: its end is said when that returns */
  if (who == 1)
    let_go (&fixture->ends[1]);
  g_thread_join (thread);
  g_assert_error (fixture->sender.error, VAV_ERROR, VAV_ERROR_CLOSED);
  g_clear_error (&fixture->sender.error);
  let_go (&fixture->ends[1]);
  g_assert_true (pair_wait (fixture->pair, first_is_told, 60));
  g_assert_true (pair_wait (fixture->pair, second_is_told, 60));
  if (who < 2)
    g_assert_no_error (fixture->ends[0].error);
  else
    g_assert_error (fixture->ends[0].error, VAV_ERROR, VAV_ERROR_CLOSED);
  g_assert_cmpuint (fixture->ends[0].closed, ==, 1);
  g_assert_cmpuint (fixture->ends[1].closed, ==, 1);
}

/* The encoder's thread */
static GstPadProbeReturn
drop (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  return GST_PAD_PROBE_DROP;
}

/* From here on nothing of the pipe leaves this side, and so nothing is acknowledged. */
static void
stop_path (VavMediaSession *session)
{
  g_autoptr (GstIterator) elements
      = gst_bin_iterate_all_by_element_factory_name (GST_BIN (session->parts.pipeline), "dtlssrtpenc");
  g_auto (GValue) encoder = G_VALUE_INIT;
  guint n = 0;

  while (gst_iterator_next (elements, &encoder) == GST_ITERATOR_OK)
    {
      g_autoptr (GstObject) bin = gst_object_get_parent (g_value_get_object (&encoder));
      g_autoptr (GstPad) pad = gst_element_get_static_pad (GST_ELEMENT (bin), "data_sink");

      gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, drop, NULL, NULL);
      g_value_reset (&encoder);
      n++;
    }
  g_assert_cmpuint (n, ==, 1);
}

/* Past the pipe's window, as far as SCTP takes it. */
static gpointer
run_raw_sender (gpointer data)
{
  Sender *sender = data;
  g_autofree guint8 *zeros = g_malloc0 (PIECE + 1);

  while (vav_data_pipe_send_raw (VAV_DATA_PIPE (sender->pipe), zeros, PIECE + 1))
    g_atomic_int_inc (&sender->sent);

  return NULL;
}

/* On a path that takes nothing a sender stands inside of SCTP, for minutes. The pipe's window is smaller than what SCTP holds, so it should never come
 * to that; but the end of a call waits for no network, whatever stands. */
static void
test_dead_path (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) piece = g_bytes_new_static ("1234567", 7);
  GThread *thread;

  g_test_summary ("N12: a call whose path takes nothing gives its pipe back at once");
  start (fixture, 1);
  g_assert_true (vav_pipe_send (fixture->pipes[0], piece, NULL)); /* from now on it is up */
  stop_path (fixture->pair->sides[0].session);
  fixture->sender = (Sender){ .pipe = fixture->pipes[0] };
  thread = g_thread_new ("sender", run_raw_sender, &fixture->sender);
  g_assert_true (pair_wait (fixture->pair, sends_no_more, 60));
  g_assert_cmpint (fixture->last_sent, >, 512 * 1024 / PIECE);

  pair_close (fixture->pair); /* with an error if it took 5 s */
  g_thread_join (thread);
  g_assert_cmpint (g_atomic_int_get (&fixture->sender.sent), ==, fixture->last_sent);
}

/* What was sent before a close arrives before the end, also if the call is over before it was told; then nothing can be sent either way. */
static void
test_close_in_order (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) piece = g_bytes_new_static ("1234567", 7);
  g_autoptr (GError) error = NULL;
  Sender sender = { .pipe = fixture->pipes[0], .total = 20 * PIECE, .piece = PIECE };

  fixture->ends[1].stopped = TRUE;
  start (fixture, 0);
  start (fixture, 1);
  run_sender (&sender);
  g_assert_no_error (sender.error);
  vav_pipe_close (fixture->pipes[0]);
  g_assert_true (pair_wait (fixture->pair, first_is_told, 60));
  g_assert_false (vav_pipe_send (fixture->pipes[0], piece, &error));
  g_assert_error (error, VAV_ERROR, VAV_ERROR_CLOSED);

  /* sending is refused here as soon as the end is there, and that is behind all pieces */
  g_clear_error (&error);
  while (vav_pipe_send (fixture->pipes[1], piece, &error))
    pair_run (0.01);
  g_assert_error (error, VAV_ERROR, VAV_ERROR_CLOSED);
  pair_close (fixture->pair);
  let_go (&fixture->ends[1]);
  g_assert_true (pair_wait (fixture->pair, second_is_told, 60));
  g_assert_cmpuint (fixture->ends[1].bytes, ==, 20 * PIECE);
  g_assert_no_error (fixture->ends[1].error);
  g_assert_no_error (fixture->ends[0].error);
}

/* A peer that says what it must not is cut off; the call goes on. */
static void
test_nonsense (gconstpointer data)
{
  static const struct
  {
    const char *what;
    const char *bytes;
    gsize size, repeat;
  } rows[] = {
    { "an unknown message", "\x07", 1, 1 },
    { "credit for what was not sent", "\x01\0\0\0\x01", 5, 1 },
    { "much credit", "\x01\xff\xff\xff\xff", 5, 1 },
    { "short credit", "\x01\0\0\0", 4, 1 },
    { "long credit", "\x01\0\0\0\0\0", 6, 1 },
    { "an end with more", "\x02\0", 2, 1 },
    { "a piece that is too long", NULL, PIECE + 2, 1 },
    { "more than the window", NULL, PIECE + 1, 64 },
    { "empty pieces beyond the window", "\0", 1, 20000 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      Fixture fixture = { NULL };
      g_autofree guint8 *zeros = g_malloc0 (PIECE + 2);
      g_autoptr (GBytes) piece = g_bytes_new_static ("1234567", 7);

      g_test_message ("%s", rows[i].what);
      set_up (&fixture, NULL);
      fixture.ends[1].stopped = rows[i].repeat > 1;
      start (&fixture, 1);
      g_assert_true (vav_pipe_send (fixture.pipes[0], piece, NULL)); /* from now on it is up */
      for (guint n = 0; n < rows[i].repeat; n++)
        if (!vav_data_pipe_send_raw (VAV_DATA_PIPE (fixture.pipes[0]),
                                     rows[i].bytes != NULL ? (const guint8 *)rows[i].bytes : zeros, rows[i].size))
          break;
      while (rows[i].repeat > 1 && vav_pipe_send (fixture.pipes[1], piece, NULL)) /* until the sender is cut off */
        pair_run (0.01);
      let_go (&fixture.ends[1]);
      g_assert_true (pair_wait (fixture.pair, second_is_told, 60));
      g_assert_error (fixture.ends[1].error, VAV_ERROR, VAV_ERROR_PROTOCOL);
      g_assert_cmpuint (fixture.pair->sides[1].failures, ==, 0);
      tear_down (&fixture, NULL);
    }
}

/* So is one that opens another stream: each would have a thread. */
static void
test_other_stream (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) piece = g_bytes_new_static ("1234567", 7);

  start (fixture, 1);
  g_assert_true (vav_pipe_send (fixture->pipes[0], piece, NULL));
  g_assert_true (vav_data_pipe_send_astray (VAV_DATA_PIPE (fixture->pipes[0])));
  g_assert_true (pair_wait (fixture->pair, second_is_told, 60));
  g_assert_error (fixture->ends[1].error, VAV_ERROR, VAV_ERROR_PROTOCOL);
  g_assert_cmpuint (fixture->pair->sides[1].failures, ==, 0);
}

typedef enum
{
  CLOSE_UNUSED,
  CLOSE_IDLE,
  CLOSE_SENDING,
  CLOSE_N,
} CloseMode;

/* A call ends at every millisecond of a pipe's life: while it begins, sends, has sent, or was never used. */
static void
test_every_millisecond (void)
{
  for (guint ms = 0; ms < 60; ms++)
    {
      Fixture fixture = { NULL };
      CloseMode mode = (CloseMode)(ms % CLOSE_N);
      g_autoptr (GBytes) piece = g_bytes_new_static ("1234567", 7);
      GThread *thread = NULL;

      tolerate_gstreamer ();
      set_up (&fixture, NULL);
      start (&fixture, 0);
      start (&fixture, 1);
      if (mode == CLOSE_IDLE)
        g_assert_true (vav_pipe_send (fixture.pipes[0], piece, NULL));
      else if (mode == CLOSE_SENDING)
        begin_sending (&fixture, &thread);
      pair_run (ms / 2000.0);
      pair_close (fixture.pair);
      if (thread != NULL)
        {
          g_thread_join (thread);
          g_assert_error (fixture.sender.error, VAV_ERROR, VAV_ERROR_CLOSED);
          g_clear_error (&fixture.sender.error);
        }
      g_assert_true (pair_wait (fixture.pair, first_is_told, 60));
      g_assert_true (pair_wait (fixture.pair, second_is_told, 60));
      tear_down (&fixture, NULL);
    }
}

static guint few_threads;

static gboolean
has_few_threads (Pair *pair)
{
  return count_threads () <= few_threads;
}

/* After many pipes the process has the threads and descriptors that it had after the first few. */
static void
test_nothing_left (void)
{
  guint threads = 0, descriptors = 0;

  g_test_summary ("N12: threads and descriptors of pipes are given back");
  for (guint n = 0; n < 20; n++)
    {
      Fixture fixture = { NULL };
      g_autoptr (GBytes) piece = g_bytes_new_static ("1234567", 7);

      set_up (&fixture, NULL);
      start (&fixture, 0);
      start (&fixture, 1);
      g_assert_true (vav_pipe_send (fixture.pipes[n % 2], piece, NULL));
      pair_close (fixture.pair);
      g_assert_true (pair_wait (fixture.pair, first_is_told, 60));
      g_assert_true (pair_wait (fixture.pair, second_is_told, 60));
      tear_down (&fixture, NULL);
      if (n == 3)
        {
          pair_run (1.0); /* GStreamer keeps idle threads for half a second */
          threads = count_threads ();
          descriptors = count_descriptors ();
        }
    }
  few_threads = threads;
  pair_wait (NULL, has_few_threads, 10);
  g_test_message ("threads %u then %u, descriptors %u then %u", threads, count_threads (), descriptors,
                  count_descriptors ());
  g_assert_cmpuint (count_threads (), <=, threads + 1);
  g_assert_cmpuint (count_descriptors (), ==, descriptors);
}

#define ADD(name, set_up, test) g_test_add ("/data-pipe-end/" name, Fixture, NULL, set_up, test, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  for (guint who = 0; who < 3; who++)
    {
      static const char *const names[] = { "own-side", "other-side", "call" };
      g_autofree char *path = g_strconcat ("/data-pipe-end/close-wakes/", names[who], NULL);

      g_test_add (path, Fixture, GUINT_TO_POINTER (who), set_up, test_close_wakes, tear_down);
    }
  ADD ("dead-path", set_up, test_dead_path);
  ADD ("close-in-order", set_up, test_close_in_order);
  ADD ("other-stream", set_up, test_other_stream);
  g_test_add_data_func ("/data-pipe-end/nonsense", NULL, test_nonsense);
  g_test_add_func ("/data-pipe-end/every-millisecond", test_every_millisecond);
  g_test_add_func ("/data-pipe-end/nothing-left", test_nothing_left);

  return tolerate_exit (g_test_run ());
}
