/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The pipe through the media path, between two sessions over loopback: whole, in order, slowed down by who takes, and never before both sides
 * agreed. */
#include <string.h>

#include "net/media/vav-data-pipe.h"
#include "pair.h"
#include "tests/lib/tolerate.h"

#define PIECE VAV_DATA_PIPE_MAX_PIECE

/* One end, and what it was told. */
typedef struct
{
  GMutex lock;
  GCond changed;
  /* under lock */
  guint64 bytes;
  guint pieces;
  gboolean stopped; /* takes nothing until it is let go */
  guint closed, destroyed;
  GError *error;
  GThread *thread;

  /* the pipe's thread */
  guint64 next; /* what the next 8 bytes must be */
} End;

static void
on_piece (gpointer user_data, GBytes *bytes)
{
  End *end = user_data;
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);

  for (gsize i = 0; i + 8 <= size; i += 8)
    {
      guint64 value;

      memcpy (&value, data + i, 8);
      g_assert_cmpuint (value, ==, end->next);
      end->next++;
    }

  g_mutex_lock (&end->lock);
  while (end->stopped)
    g_cond_wait (&end->changed, &end->lock);
  g_assert_cmpuint (end->closed, ==, 0);
  end->bytes += size;
  end->pieces++;
  g_assert_true (end->thread == NULL || end->thread == g_thread_self ());
  end->thread = g_thread_self ();
  g_mutex_unlock (&end->lock);
}

static void
on_closed (gpointer user_data, const GError *error)
{
  End *end = user_data;

  g_mutex_lock (&end->lock);
  end->closed++;
  end->error = error != NULL ? g_error_copy (error) : NULL;
  g_mutex_unlock (&end->lock);
}

static void
on_destroy (gpointer user_data)
{
  End *end = user_data;

  g_mutex_lock (&end->lock);
  end->destroyed++;
  g_mutex_unlock (&end->lock);
}

static const VavPipeEvents events = { on_piece, on_closed };

/* A thread that sends numbers in order. */
typedef struct
{
  VavPipe *pipe;
  guint64 total; /* bytes; 0: until it ends */
  gsize piece;
  int sent; /* pieces, atomic */
  GError *error;
} Sender;

static gpointer
run_sender (gpointer data)
{
  Sender *sender = data;
  guint64 next = 0;

  for (guint64 done = 0; sender->total == 0 || done < sender->total; done += sender->piece)
    {
      g_autofree guint64 *numbers = g_malloc (sender->piece);
      g_autoptr (GBytes) bytes = NULL;

      for (gsize i = 0; i < sender->piece / 8; i++)
        numbers[i] = next++;
      bytes = g_bytes_new_take (g_steal_pointer (&numbers), sender->piece);
      if (!vav_pipe_send (sender->pipe, bytes, &sender->error))
        break;
      g_atomic_int_inc (&sender->sent);
    }

  return NULL;
}

typedef struct
{
  Pair *pair;
  VavPipe *pipes[2];
  GWeakRef alive[2];
  End ends[2];
  Sender sender;
  int last_sent;
  gint64 last_change;
} Fixture;

/* The condition of pair_wait() knows the pair alone. */
static Fixture *current;

static gboolean
has_pipes (Pair *pair)
{
  return vav_media_session_get_pipe (pair->sides[0].session) != NULL
         && vav_media_session_get_pipe (pair->sides[1].session) != NULL;
}

static void
take_pipes (Fixture *fixture)
{
  g_assert_true (pair_wait (fixture->pair, has_pipes, 20));
  for (guint i = 0; i < 2; i++)
    fixture->pipes[i] = g_object_ref (vav_media_session_get_pipe (fixture->pair->sides[i].session));
}

static void
start (Fixture *fixture, guint side)
{
  vav_pipe_start (fixture->pipes[side], &events, &fixture->ends[side], on_destroy);
}

static void
set_up_source (Fixture *fixture, const char *source)
{
  current = fixture;
  fixture->pair = pair_new (source);
  for (guint i = 0; i < 2; i++)
    {
      g_mutex_init (&fixture->ends[i].lock);
      g_cond_init (&fixture->ends[i].changed);
    }
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  set_up_source (fixture, "none");
  pair_start (fixture->pair);
  pair_open (fixture->pair, -1);
  take_pipes (fixture);
}

static gboolean
pipes_are_gone (Pair *pair)
{
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (GObject) pipe = g_weak_ref_get (&current->alive[i]);

      if (pipe != NULL)
        return FALSE;
    }

  return TRUE;
}

/* With the call nothing of a pipe is left, once its thread has told what it had to. */
static void
tear_down (Fixture *fixture, gconstpointer data)
{
  if (fixture->pair->sides[0].closed == 0)
    pair_close (fixture->pair);
  for (guint i = 0; i < 2; i++)
    {
      g_weak_ref_init (&fixture->alive[i], fixture->pipes[i]);
      g_clear_object (&fixture->pipes[i]);
    }
  g_assert_true (pair_wait (fixture->pair, pipes_are_gone, 20));
  for (guint i = 0; i < 2; i++)
    {
      g_weak_ref_clear (&fixture->alive[i]);
      g_clear_error (&fixture->ends[i].error);
      g_mutex_clear (&fixture->ends[i].lock);
      g_cond_clear (&fixture->ends[i].changed);
    }
  g_clear_pointer (&fixture->pair, pair_free);
}

static guint64
get_bytes (End *end)
{
  guint64 bytes;

  g_mutex_lock (&end->lock);
  bytes = end->bytes;
  g_mutex_unlock (&end->lock);

  return bytes;
}

static guint
get_closed (End *end)
{
  guint closed;

  g_mutex_lock (&end->lock);
  closed = end->destroyed;
  g_mutex_unlock (&end->lock);

  return closed;
}

static void
let_go (End *end)
{
  g_mutex_lock (&end->lock);
  end->stopped = FALSE;
  g_cond_broadcast (&end->changed);
  g_mutex_unlock (&end->lock);
}

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

static void
begin_sending (Fixture *fixture, GThread **thread)
{
  fixture->sender = (Sender){ .pipe = fixture->pipes[0], .piece = PIECE };
  fixture->last_sent = 0;
  *thread = g_thread_new ("sender", run_sender, &fixture->sender);
}

static gboolean
sends_no_more (Pair *pair)
{
  int sent = g_atomic_int_get (&current->sender.sent);

  if (sent != current->last_sent || sent == 0)
    current->last_change = g_get_monotonic_time ();
  current->last_sent = sent;

  return g_get_monotonic_time () - current->last_change > G_USEC_PER_SEC / 2;
}

static gboolean
got_5_mb (Pair *pair)
{
  return get_bytes (&current->ends[1]) >= 5 * 1024 * 1024;
}

static gboolean
first_is_told (Pair *pair)
{
  return get_closed (&current->ends[0]) > 0;
}

static gboolean
second_is_told (Pair *pair)
{
  return get_closed (&current->ends[1]) > 0;
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
  g_assert_true (pair_wait (fixture->pair, sends_no_more, 20));
  g_test_message ("stands after %d pieces, %d kB more", fixture->last_sent, (int)(resident_kb () - before));
  g_assert_cmpint (fixture->last_sent, >, 4);
  g_assert_cmpint (fixture->last_sent, <=, 512 * 1024 / PIECE);
  if (g_getenv ("VISAVIS_TEST_SANITIZED") == NULL)
    g_assert_cmpuint (resident_kb (), <, before + 12 * 1024);

  let_go (&fixture->ends[1]);
  g_assert_true (pair_wait (fixture->pair, got_5_mb, 30));
  vav_pipe_close (fixture->pipes[0]);
  g_thread_join (thread);
  g_assert_error (fixture->sender.error, VAV_ERROR, VAV_ERROR_CLOSED);
  g_clear_error (&fixture->sender.error);
}

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
  g_assert_true (pair_wait (fixture->pair, sends_no_more, 20));
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
  g_assert_true (pair_wait (fixture->pair, first_is_told, 20));
  g_assert_true (pair_wait (fixture->pair, second_is_told, 20));
  if (who < 2)
    g_assert_no_error (fixture->ends[0].error);
  else
    g_assert_error (fixture->ends[0].error, VAV_ERROR, VAV_ERROR_CLOSED);
  g_assert_cmpuint (fixture->ends[0].closed, ==, 1);
  g_assert_cmpuint (fixture->ends[1].closed, ==, 1);
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
  g_assert_true (pair_wait (fixture->pair, first_is_told, 20));
  g_assert_false (vav_pipe_send (fixture->pipes[0], piece, &error));
  g_assert_error (error, VAV_ERROR, VAV_ERROR_CLOSED);

  /* sending is refused here as soon as the end is there, and that is behind all pieces */
  g_clear_error (&error);
  while (vav_pipe_send (fixture->pipes[1], piece, &error))
    pair_run (0.01);
  g_assert_error (error, VAV_ERROR, VAV_ERROR_CLOSED);
  pair_close (fixture->pair);
  let_go (&fixture->ends[1]);
  g_assert_true (pair_wait (fixture->pair, second_is_told, 20));
  g_assert_cmpuint (fixture->ends[1].bytes, ==, 20 * PIECE);
  g_assert_no_error (fixture->ends[1].error);
  g_assert_no_error (fixture->ends[0].error);
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
  g_assert_true (pair_wait (fixture->pair, second_is_told, 30));
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
  g_assert_true (pair_wait (fixture->pair, pair_both_connected, 20));
  for (guint i = 0; i < 2; i++)
    g_assert_null (vav_media_session_get_pipe (fixture->pair->sides[i].session));
  pair_open (fixture->pair, 0);
  g_assert_true (pair_wait (fixture->pair, first_connected, 20));
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
  g_assert_true (pair_wait (fixture->pair, pair_both_see_and_hear, 20));
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
      g_assert_true (pair_wait (fixture.pair, second_is_told, 20));
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
  g_assert_true (pair_wait (fixture->pair, second_is_told, 20));
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
      g_assert_true (pair_wait (fixture.pair, first_is_told, 20));
      g_assert_true (pair_wait (fixture.pair, second_is_told, 20));
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
      g_assert_true (pair_wait (fixture.pair, first_is_told, 20));
      g_assert_true (pair_wait (fixture.pair, second_is_told, 20));
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

#define ADD(name, set_up, test) g_test_add ("/data-pipe/" name, Fixture, NULL, set_up, test, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD ("both-ways", set_up, test_both_ways);
  ADD ("much", set_up, test_much);
  ADD ("back-pressure", set_up, test_back_pressure);
  for (guint who = 0; who < 3; who++)
    {
      static const char *const names[] = { "own-side", "other-side", "call" };
      g_autofree char *path = g_strconcat ("/data-pipe/close-wakes/", names[who], NULL);

      g_test_add (path, Fixture, GUINT_TO_POINTER (who), set_up, test_close_wakes, tear_down);
    }
  ADD ("close-in-order", set_up, test_close_in_order);
  ADD ("sizes", set_up, test_sizes);
  ADD ("not-before-open", NULL, test_not_before_open);
  ADD ("older-peer", NULL, test_older_peer);
  g_test_add ("/data-pipe/answer-without", Fixture, "answer", NULL, test_older_peer, tear_down);
  ADD ("idle", set_up, test_idle);
  ADD ("other-stream", set_up, test_other_stream);
  g_test_add_data_func ("/data-pipe/nonsense", NULL, test_nonsense);
  g_test_add_func ("/data-pipe/every-millisecond", test_every_millisecond);
  g_test_add_func ("/data-pipe/nothing-left", test_nothing_left);

  return tolerate_exit (g_test_run ());
}
