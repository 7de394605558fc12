/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A session can be closed at every moment, in time, and gives back what it took. */
#include "net/media/vav-media-session-private.h"
#include "pair.h"
#include "tests/lib/tolerate.h"

/* how often each moment is tried; the sanitizers make each try many times as slow */
static guint
rounds (guint n)
{
  return g_getenv ("VISAVIS_TEST_SANITIZED") != NULL ? MAX (n / 5, 4) : n;
}

typedef struct
{
  const char *name;
  PairCondition until;
  gboolean start;
  double wait; /* seconds more */
} Stage;

static gboolean
at_once (Pair *pair)
{
  return TRUE;
}

static gboolean
offered (Pair *pair)
{
  return pair->sides[0].descriptions > 0;
}

static gboolean
answered (Pair *pair)
{
  return pair->sides[1].descriptions > 0;
}

static gboolean
has_candidates (Pair *pair)
{
  return pair->sides[0].candidates > 0 && pair->sides[1].candidates > 0;
}

static gboolean
has_path (Pair *pair)
{
  return pair->sides[0].paths > 0 || pair->sides[1].paths > 0;
}

static gboolean
one_connected (Pair *pair)
{
  return pair->sides[0].connected > 0 || pair->sides[1].connected > 0;
}

static gboolean
one_sees (Pair *pair)
{
  return pair->sides[0].first_frames > 0 || pair->sides[1].first_frames > 0;
}

static const Stage stages[] = {
  { "new", at_once, FALSE, 0 },
  { "offering", at_once, TRUE, 0 },
  { "offered", offered, TRUE, 0 },
  { "answered", answered, TRUE, 0 },
  { "candidates", has_candidates, TRUE, 0 },
  { "path", has_path, TRUE, 0 },
  { "one-connected", one_connected, TRUE, 0 },
  { "connected", pair_both_connected, TRUE, 0 },
  { "one-sees", one_sees, TRUE, 0 },
  { "open", pair_both_see_and_hear, TRUE, 0.05 },
};

/* Twenty times at each stage: closing settles within the limit, without an error (pair_close() asserts both). */
static void
test_stage (gconstpointer data)
{
  const Stage *stage = data;
  double longest = 0;

  for (guint n = 0; n < rounds (20); n++)
    {
      g_autoptr (Pair) pair = pair_new ("test");
      gint64 start;

      if (stage->start)
        pair_start (pair);
      if (n % 2 == 0)
        pair_open (pair, -1);
      else if (stage->until == one_sees || stage->until == pair_both_see_and_hear)
        pair_open (pair, -1);
      g_assert_true (pair_wait (pair, stage->until, 60));
      pair_run (stage->wait);
      start = g_get_monotonic_time ();
      pair_close (pair);
      longest = MAX (longest, (double)(g_get_monotonic_time () - start) / 1000);
      for (guint i = 0; i < 2; i++)
        {
          g_assert_cmpuint (pair->sides[i].failures, ==, 0);
          g_assert_false (vav_media_is_open (pair->sides[i].media, VAV_MEDIA_VIDEO));
        }
    }
  g_test_message ("%s: the longest took %.0f ms", stage->name, longest);
}

/* Milliseconds after the start, whatever that hits. */
static void
test_every_millisecond (void)
{
  for (guint ms = 0; ms < 60; ms++)
    {
      g_autoptr (Pair) pair = pair_new ("test");

      pair_start (pair);
      pair_open (pair, -1);
      pair_run (ms / 1000.0);
      pair_close (pair);
    }
}

/* No signal comes after close was asked for, and closing twice answers twice. */
static void
test_silence (void)
{
  g_autoptr (Pair) pair = pair_new ("test");
  Side before[2];

  pair_start (pair);
  pair_open (pair, -1);
  g_assert_true (pair_wait (pair, pair_both_see_and_hear, 60));
  for (guint i = 0; i < 2; i++)
    before[i] = pair->sides[i];
  pair_close (pair);
  pair_close (pair);
  pair_run (1.2);
  for (guint i = 0; i < 2; i++)
    {
      g_assert_cmpuint (pair->sides[i].stats, ==, before[i].stats);
      g_assert_cmpuint (pair->sides[i].failures, ==, 0);
      g_assert_cmpuint (pair->sides[i].candidates, ==, before[i].candidates);
      g_assert_cmpuint (pair->sides[i].closed, ==, 2);
    }
}

/* A session that is let go of without a close takes itself apart. */
static void
test_let_go (void)
{
  guint threads, descriptors;

  {
    g_autoptr (Pair) warm = pair_new ("test");

    pair_start (warm);
    pair_open (warm, -1);
    g_assert_true (pair_wait (warm, pair_both_see_and_hear, 60));
    pair_close (warm);
  }
  pair_run (0.2);
  threads = count_threads ();
  descriptors = count_descriptors ();
  for (guint n = 0; n < 5; n++)
    {
      g_autoptr (Pair) pair = pair_new ("test");

      pair_start (pair);
      pair_open (pair, -1);
      g_assert_true (pair_wait (pair, pair_both_connected, 60));
    }
  pair_run (1.0);
  g_assert_cmpuint (count_threads (), <=, threads + 2); /* GLib's idle pool threads come and go */
  g_assert_cmpuint (count_descriptors (), ==, descriptors);
}

/* After many calls the process has the threads and descriptors that it had after the first. */
static void
test_nothing_left (void)
{
  guint threads = 0, descriptors = 0;

  for (guint n = 0; n < 30; n++)
    {
      g_autoptr (Pair) pair = pair_new ("test");

      pair_start (pair);
      pair_open (pair, -1);
      g_assert_true (pair_wait (pair, pair_both_see_and_hear, 60));
      pair_close (pair);
      if (n == 2)
        {
          pair_run (0.2);
          threads = count_threads ();
          descriptors = count_descriptors ();
        }
    }
  pair_run (0.5);
  g_test_message ("threads %u then %u, descriptors %u then %u", threads, count_threads (), descriptors,
                  count_descriptors ());
  g_assert_cmpuint (count_threads (), <=, threads + 1);
  g_assert_cmpuint (count_descriptors (), ==, descriptors);
}

/* An element that will not stop until it is let. */
typedef struct
{
  GstElement parent_instance;
  int lets; /* atomic */
} Stubborn;

typedef GstElementClass StubbornClass;

GType stubborn_get_type (void);

G_DEFINE_TYPE (Stubborn, stubborn, GST_TYPE_ELEMENT)

static GstStateChangeReturn
stubborn_change_state (GstElement *element, GstStateChange change)
{
  Stubborn *self = (Stubborn *)element;

  if (change == GST_STATE_CHANGE_PLAYING_TO_PAUSED && !g_atomic_int_get (&self->lets))
    return GST_STATE_CHANGE_FAILURE;

  return GST_ELEMENT_CLASS (stubborn_parent_class)->change_state (element, change);
}

static void
stubborn_class_init (StubbornClass *klass)
{
  klass->change_state = stubborn_change_state;
}

static void
stubborn_init (Stubborn *self)
{
}

typedef struct
{
  gboolean settled;
  GError *error;
} Answer;

static void
on_answer (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Answer *answer = user_data;

  answer->settled = TRUE;
  g_task_propagate_boolean (G_TASK (result), &answer->error);
}

static Answer answers[2];

static gboolean
is_answered (Pair *pair)
{
  return answers[0].settled;
}

static gboolean
is_answered_again (Pair *pair)
{
  return answers[1].settled;
}

static gboolean
is_given_up (Pair *pair)
{
  g_autoptr (GDir) tasks = g_dir_open ("/proc/self/task", 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (tasks)) != NULL)
    {
      g_autofree char *path = g_build_filename ("/proc/self/task", name, "comm", NULL);
      g_autofree char *comm = NULL;

      if (g_file_get_contents (path, &comm, NULL, NULL) && g_str_has_prefix (comm, "vav-media-close"))
        return FALSE;
    }

  return TRUE;
}

/* It goes on with all that it knows: nothing of that is freed under it. */
static void
test_stubborn (void)
{
  g_autoptr (Pair) pair = pair_new ("test");
  VavMediaSession *session = pair->sides[0].session;
  g_autoptr (GstElement) stubborn = gst_object_ref_sink (g_object_new (stubborn_get_type (), NULL));
  g_autoptr (GstObject) pipeline = NULL;
  VavMediaParts parts;

  tolerate_gstreamer ();
  pair_start (pair);
  pair_open (pair, -1);
  g_assert_true (pair_wait (pair, pair_both_see_and_hear, 60));
  gst_bin_add (GST_BIN (session->parts.pipeline), stubborn);
  g_assert_true (gst_element_sync_state_with_parent (stubborn));
  parts = session->parts;
  vav_media_session_close_async (session, on_answer, &answers[0]);
  g_assert_true (pair_wait (pair, is_answered, 60));
  g_assert_true (pair_wait (pair, is_given_up, 60));
  g_assert_error (answers[0].error, VAV_ERROR, VAV_ERROR_TIMEOUT);
  pipeline = gst_object_get_parent (GST_OBJECT (stubborn));
  g_assert_true (GST_OBJECT (parts.pipeline) == pipeline);

  /* what was left is whole: it can be taken apart */
  g_atomic_int_set (&((Stubborn *)stubborn)->lets, TRUE);
  parts.pipe = NULL;
  parts.speaker = NULL;
  parts.dtls = NULL;
  parts.dtls_handler = 0;
  vav_media_parts_close (&parts, g_task_new (NULL, NULL, on_answer, &answers[1]));
  g_assert_true (pair_wait (pair, is_answered_again, 60));
  g_assert_no_error (answers[1].error);
  pair_close (pair);
  g_clear_error (&answers[0].error);
}

/* A handshake that is held up where the other side's certificate is looked at */
typedef struct
{
  GstElement *pipelines[2];
  gboolean hold_server; /* else the client, who sees a certificate first, and more than once */
  gpointer first;       /* atomic; the client's connection, to be compared only */
  int is_held;          /* atomic */
  int is_stopped;       /* atomic */
} Handshake;

static Handshake *handshake;

static gboolean
is_of_client (GstElement *pipeline)
{
  GstIterator *iterator = gst_bin_iterate_all_by_element_factory_name (GST_BIN (pipeline), "dtlsenc");
  GValue item = G_VALUE_INIT;
  GstIteratorResult result;
  gboolean is_client = FALSE;

  while ((result = gst_iterator_next (iterator, &item)) == GST_ITERATOR_RESYNC)
    gst_iterator_resync (iterator);
  g_assert_cmpint (result, ==, GST_ITERATOR_OK);
  g_object_get (g_value_get_object (&item), "is-client", &is_client, NULL);
  g_value_unset (&item);
  gst_iterator_free (iterator);

  return is_client;
}

/* On the thread that has the packet, within OpenSSL. What is seen late, as on a busy computer, counts for nothing: the wait for a packet has its limit. */
static gboolean
on_certificate (GSignalInvocationHint *hint, guint n_values, const GValue *values, gpointer data)
{
  Handshake *self = data;
  gint64 start = g_get_monotonic_time ();
  gpointer connection = g_value_get_object (&values[0]);
  GstElement *pipeline = self->pipelines[is_of_client (self->pipelines[0]) == self->hold_server ? 1 : 0];
  gboolean is_client;

  g_atomic_pointer_compare_and_exchange (&self->first, NULL, connection);
  is_client = g_atomic_pointer_get (&self->first) == connection;
  if (is_client == self->hold_server || !g_atomic_int_compare_and_exchange (&self->is_held, FALSE, TRUE))
    return TRUE;
  while (!g_atomic_int_get (&self->is_stopped) && g_get_monotonic_time () < start + G_USEC_PER_SEC / 2)
    {
      if (GST_STATE_TARGET (pipeline) == GST_STATE_NULL && g_get_monotonic_time () < start + G_USEC_PER_SEC)
        g_atomic_int_set (&self->is_stopped, TRUE);
      g_usleep (1000);
    }

  return TRUE;
}

static gboolean
are_both_made (Pair *pair)
{
  return pair->sides[0].session->parts.pipeline != NULL && pair->sides[1].session->parts.pipeline != NULL;
}

static gboolean
is_held (Pair *pair)
{
  return g_atomic_int_get (&handshake->is_held);
}

/* Nothing is stopped under DTLS that works on a packet, at either side: what it answers would not get out, and OpenSSL can end such a handshake by freeing
 * twice what it has. */
static void
test_handshake (void)
{
  g_autoptr (Pair) first = pair_new ("test");

  pair_start (first); /* which makes GStreamer know the type */
  g_assert_true (pair_wait (first, pair_both_connected, 60));
  pair_close (first);
  for (guint n = 0; n < 4; n++)
    {
      g_autoptr (Pair) pair = pair_new ("test");
      Handshake self = { .hold_server = n % 2 == 1 };
      guint signal = g_signal_lookup ("on-peer-certificate", g_type_from_name ("GstDtlsConnection"));
      gulong hook;

      handshake = &self;
      pair_start (pair);
      g_assert_true (pair_wait (pair, are_both_made, 60));
      for (guint i = 0; i < 2; i++)
        self.pipelines[i] = gst_object_ref (pair->sides[i].session->parts.pipeline);
      hook = g_signal_add_emission_hook (signal, 0, on_certificate, &self, NULL);
      g_assert_true (pair_wait (pair, is_held, 60));
      pair_close (pair);
      g_signal_remove_emission_hook (signal, hook);
      g_assert_false (g_atomic_int_get (&self.is_stopped));
      for (guint i = 0; i < 2; i++)
        gst_object_unref (self.pipelines[i]);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (stages); i++)
    {
      g_autofree char *path = g_strconcat ("/media-close/", stages[i].name, NULL);

      g_test_add_data_func (path, &stages[i], test_stage);
    }
  g_test_add_func ("/media-close/handshake", test_handshake);
  g_test_add_func ("/media-close/every-millisecond", test_every_millisecond);
  g_test_add_func ("/media-close/silence", test_silence);
  g_test_add_func ("/media-close/let-go", test_let_go);
  g_test_add_func ("/media-close/stubborn", test_stubborn);
  g_test_add_func ("/media-close/nothing-left", test_nothing_left);

  return tolerate_exit (g_test_run ());
}
