/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/lib/tolerate.h"
#include "tests/loop/pair.h"

/* Endpoints that live in threads of their own. This program never runs the default main context: whatever would be left to it never happens. */

typedef struct _Floor Floor;

/* A user in a thread with a main context of its own. What is counted may be read from any thread. */
struct _Floor
{
  const char *name;
  GThread *thread;
  GMainContext *context;
  GMainLoop *loop;
  VavEndpoint *endpoint;
  VavStream *stream;
  VavStream *second;
  char *address;
  gboolean accepts;

  int n_events;   /* signals of all kinds, here */
  int n_foreign;  /* and elsewhere */
  int n_requests; /* before the handler of connection-requested */
  int n_rings;
  int n_ended;
  int n_frames;
  int state;
  int closed;
  VavRequest *request;

  /* blocks in the handler of connection-requested until this says otherwise */
  gboolean (*block_until) (Floor *self, gpointer data);
  gpointer block_data;
  int block_over;
};

/* Waits without any main context; a busy computer shows a few pictures a second. */
static gboolean
soon (gboolean (*condition) (Floor *self, gpointer data), Floor *self, gpointer data)
{
  static GMutex mutex;
  static GCond never;
  gint64 limit = g_get_monotonic_time () + 90 * G_USEC_PER_SEC;

  while (!condition (self, data) && g_get_monotonic_time () < limit)
    {
      g_mutex_lock (&mutex);
      g_cond_wait_until (&never, &mutex, g_get_monotonic_time () + 5000);
      g_mutex_unlock (&mutex);
    }

  return condition (self, data);
}

/* every signal, whatever its parameters */

static void
on_any_signal (GClosure *closure, GValue *result, guint n_params, const GValue *params, gpointer hint, gpointer data)
{
  Floor *self = closure->data;

  g_atomic_int_inc (g_thread_self () == self->thread ? &self->n_events : &self->n_foreign);
}

static void
watch_signal (Floor *self, gpointer object, guint id)
{
  GClosure *closure = g_closure_new_simple (sizeof (GClosure), self);

  g_closure_set_marshal (closure, on_any_signal);
  g_signal_connect_closure_by_id (object, id, 0, closure, FALSE);
}

static void
watch_signals (Floor *self, gpointer object)
{
  guint n;
  g_autofree guint *ids = g_signal_list_ids (G_OBJECT_TYPE (object), &n);

  watch_signal (self, object, g_signal_lookup ("notify", G_TYPE_OBJECT));
  for (guint i = 0; i < n; i++)
    watch_signal (self, object, ids[i]);
}

static void
on_request (VavStream *stream, VavRequest *request, Floor *self)
{
  g_set_object (&self->request, request);
  watch_signals (self, request);
  g_atomic_int_inc (&self->n_requests);
  if (self->block_until != NULL)
    {
      g_assert_true (soon (self->block_until, self, self->block_data));
      g_atomic_int_set (&self->block_over, TRUE);
    }
  if (self->accepts)
    vav_request_accept (request, VAV_FLOW_ALL, NULL);
}

static void
on_state (VavStream *stream, GParamSpec *pspec, Floor *self)
{
  g_atomic_int_set (&self->state, (int)vav_stream_get_state (stream));
}

static void
on_ringing (VavStream *stream, Floor *self)
{
  g_atomic_int_inc (&self->n_rings);
}

static void
on_ended (VavStream *stream, gboolean graceful, VavReason reason, GBytes *data, Floor *self)
{
  g_atomic_int_inc (&self->n_ended);
}

/* Streaming thread */
static void
on_frame (gpointer sample, gpointer data)
{
  g_atomic_int_inc ((int *)data);
}

static VavStream *
open_line (Floor *self)
{
  VavStream *stream = vav_stream_new (self->endpoint);

  watch_signals (self, stream);
  g_signal_connect (stream, "connection-requested", G_CALLBACK (on_request), self);
  vav_stream_set_detection (stream, TRUE);

  return stream;
}

static void
move_in (Floor *self)
{
  g_autoptr (GError) error = NULL;

  self->endpoint = vav_endpoint_new (NULL, "test", &error);
  g_assert_no_error (error);
  watch_signals (self, self->endpoint);
  vav_endpoint_set_identifier (self->endpoint, self->name);
  vav_endpoint_set_listen (self->endpoint, "127.0.0.1:0", NULL);
  self->stream = open_line (self);
  self->second = open_line (self);
  g_signal_connect (self->stream, "notify::state", G_CALLBACK (on_state), self);
  g_signal_connect (self->stream, "ringing", G_CALLBACK (on_ringing), self);
  g_signal_connect (self->stream, "ended", G_CALLBACK (on_ended), self);
  vav_outlet_attach (vav_stream_get_video_in (self->stream), on_frame, &self->n_frames, NULL);
  self->address = g_strdup (vav_endpoint_get_listening_address (self->endpoint));
}

static void
on_closed (GObject *source, GAsyncResult *result, gpointer data)
{
  Floor *self = data;

  g_assert_true (vav_endpoint_close_finish (VAV_ENDPOINT (source), result, NULL));
  g_assert_true (g_thread_self () == self->thread);
  g_atomic_int_set (&self->closed, TRUE);
}

static gpointer
live (gpointer data)
{
  Floor *self = data;

  /* whoever made it may come to note it only after the first signals */
  self->thread = g_thread_self ();
  g_main_context_push_thread_default (self->context);
  move_in (self);
  g_main_loop_run (self->loop);
  g_clear_object (&self->request);
  g_clear_object (&self->stream);
  g_clear_object (&self->second);
  g_clear_object (&self->endpoint);
  while (g_main_context_iteration (self->context, FALSE))
    ;
  g_main_context_pop_thread_default (self->context);

  return NULL;
}

static gboolean
is_running (Floor *self, gpointer data)
{
  return g_main_loop_is_running (self->loop);
}

static Floor *
floor_new (const char *name)
{
  Floor *self = g_new0 (Floor, 1);
  GThread *thread;

  tolerate_gstreamer ();
  self->name = name;
  self->accepts = TRUE;
  self->context = g_main_context_new ();
  self->loop = g_main_loop_new (self->context, FALSE);
  thread = g_thread_new (name, live, self);
  g_assert_true (soon (is_running, self, NULL));
  g_assert_true (self->thread == thread);

  return self;
}

/* in the thread of the floor */

static void
tell (Floor *self, GSourceFunc what)
{
  g_main_context_invoke (self->context, what, self);
}

static gboolean
close_endpoint (gpointer data)
{
  Floor *self = data;

  vav_endpoint_close_async (self->endpoint, on_closed, self);
  return G_SOURCE_REMOVE;
}

static gboolean
hang_up (gpointer data)
{
  Floor *self = data;

  vav_stream_hang_up (self->stream, NULL);
  return G_SOURCE_REMOVE;
}

static gboolean
quit (gpointer data)
{
  Floor *self = data;

  g_main_loop_quit (self->loop);
  return G_SOURCE_REMOVE;
}

typedef struct
{
  Floor *floor;
  char *address;
} Number;

static gboolean
dial (gpointer data)
{
  g_autofree Number *number = data;
  g_autofree char *address = g_steal_pointer (&number->address);

  g_assert_true (vav_stream_dial (number->floor->stream, address, NULL, NULL));
  return G_SOURCE_REMOVE;
}

static void
call (Floor *from, Floor *to)
{
  Number *number = g_new (Number, 1);

  *number = (Number){ from, g_strdup (to->address) };
  g_main_context_invoke (from->context, dial, number);
}

static gboolean
is_closed (Floor *self, gpointer data)
{
  return g_atomic_int_get (&self->closed);
}

static void
floor_free (Floor *self)
{
  if (!is_closed (self, NULL))
    tell (self, close_endpoint);
  g_assert_true (soon (is_closed, self, NULL));
  tell (self, quit);
  g_thread_join (self->thread);
  g_assert_cmpint (self->n_foreign, ==, 0);
  g_assert_cmpint (self->n_events, >, 0);
  g_main_loop_unref (self->loop);
  g_main_context_unref (self->context);
  g_free (self->address);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Floor, floor_free)

/* conditions */

static gboolean
is_active (Floor *self, gpointer data)
{
  return g_atomic_int_get (&self->state) == VAV_STATE_ACTIVE;
}

static gboolean
has_frames (Floor *self, gpointer n)
{
  return g_atomic_int_get (&self->n_frames) >= GPOINTER_TO_INT (n);
}

static gboolean
has_request (Floor *self, gpointer n)
{
  return g_atomic_int_get (&self->n_requests) >= GPOINTER_TO_INT (n);
}

static gboolean
is_over (Floor *self, gpointer data)
{
  return g_atomic_int_get (&self->n_ended) > 0;
}

static void
connect_floors (Floor *from, Floor *to)
{
  call (from, to);
  g_assert_true (soon (is_active, from, NULL));
  g_assert_true (soon (is_active, to, NULL));
  g_assert_true (soon (has_frames, from, GINT_TO_POINTER (5)));
  g_assert_true (soon (has_frames, to, GINT_TO_POINTER (5)));
}

static void
test_own_context (void)
{
  g_autoptr (Floor) anna = floor_new ("anna");
  g_autoptr (Floor) bob = floor_new ("bob");

  g_test_summary (
      "W12: Two endpoints, each in a thread with a main context of its own, call each other; every signal and "
      "notification of theirs comes in that thread, and nothing needs the default context.");
  connect_floors (anna, bob);
  tell (bob, hang_up);
  g_assert_true (soon (is_over, anna, NULL));
  g_assert_true (soon (is_over, bob, NULL));
  g_assert_cmpint (anna->n_ended + bob->n_ended, ==, 2);
}

static gboolean
other_is_active (Floor *self, gpointer other)
{
  return is_active (other, NULL) && has_frames (other, GINT_TO_POINTER (5));
}

/* Bob's handler does not return until Dora and Carl see each other; had theirs to wait for his, none would ever. */
static void
test_slow_handler (void)
{
  g_autoptr (Floor) anna = floor_new ("anna");
  g_autoptr (Floor) bob = floor_new ("bob");
  g_autoptr (Floor) carl = floor_new ("carl");
  g_autoptr (Floor) dora = floor_new ("dora");

  g_test_summary (
      "W12: While a handler of one context does not return, a call of another context is dialled, accepted and "
      "connected; then the first is taken too.");
  bob->block_until = other_is_active;
  bob->block_data = dora;
  call (anna, bob);
  g_assert_true (soon (has_request, bob, GINT_TO_POINTER (1)));
  connect_floors (carl, dora);
  g_assert_true (soon (is_active, anna, NULL));
  g_assert_true (g_atomic_int_get (&bob->block_over));
}

typedef struct
{
  Floor *other;
  int here;
  int there;
} Frames;

static gboolean
both_got_frames (Floor *self, gpointer data)
{
  Frames *frames = data;

  if (frames->here == 0)
    {
      frames->here = g_atomic_int_get (&self->n_frames) + 30;
      frames->there = g_atomic_int_get (&frames->other->n_frames) + 30;
    }

  return has_frames (self, GINT_TO_POINTER (frames->here))
         && has_frames (frames->other, GINT_TO_POINTER (frames->there));
}

static void
test_media_flow (void)
{
  g_autoptr (Floor) anna = floor_new ("anna");
  g_autoptr (Floor) bob = floor_new ("bob");
  g_autoptr (Floor) carl = floor_new ("carl");
  Frames frames = { anna };

  g_test_summary (
      "W12: While a handler does not return, the pictures of a call in its own context go on for a second, both ways.");
  connect_floors (anna, bob);
  bob->block_until = both_got_frames;
  bob->block_data = &frames;
  call (carl, bob);
  g_assert_true (soon (is_active, carl, NULL));
  g_assert_true (g_atomic_int_get (&bob->block_over));
  g_assert_true (is_active (anna, NULL));
}

static gboolean
other_is_closed (Floor *self, gpointer other)
{
  return is_closed (other, NULL);
}

/* Bob does not answer the goodbye, since his handler waits for Anna's end. */
static void
test_limit_of_closing (void)
{
  g_autoptr (Floor) anna = floor_new ("anna");
  g_autoptr (Floor) bob = floor_new ("bob");
  g_autoptr (Floor) carl = floor_new ("carl");
  gint64 begun;

  g_test_summary ("R4, W12: Closing an endpoint is cut after 2 s when the other side does not answer, in a context of "
                  "its own too.");
  connect_floors (anna, bob);
  bob->block_until = other_is_closed;
  bob->block_data = anna;
  bob->accepts = FALSE;
  call (carl, bob);
  g_assert_true (soon (has_request, bob, GINT_TO_POINTER (2)));
  begun = g_get_monotonic_time ();
  tell (anna, close_endpoint);
  g_assert_true (soon (is_closed, anna, NULL));
  g_assert_cmpint (g_get_monotonic_time () - begun, <, 6 * G_USEC_PER_SEC);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/loop/threads/own-context", test_own_context);
  g_test_add_func ("/loop/threads/slow-handler", test_slow_handler);
  g_test_add_func ("/loop/threads/media-flow", test_media_flow);
  g_test_add_func ("/loop/threads/limit-of-closing", test_limit_of_closing);
  return tolerate_exit (g_test_run ());
}
