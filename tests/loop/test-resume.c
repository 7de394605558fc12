/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A connection that is lost before a call is up, or after its goodbye. */
#include "net/call/vav-call-private.h"
#include "net/call/vav-stream-private.h"
#include "tests/lib/tolerate.h"
#include "tests/loop/line.h"
#include "tests/loop/pair.h"
#include "tests/loop/rogue.h"

#define APART_US 400000    /* more than a look at how the call stands */
#define TOGETHER_US 900000 /* less than what a change takes to settle */

typedef struct
{
  Pair pair;
  Line *line; /* from Anna to Bob */
} Fixture;

static void
set_up (Fixture *self, gconstpointer media)
{
  pair_set_up (&self->pair, media);
  self->line = line_new (vav_endpoint_get_listening_address (self->pair.bob.endpoint));
}

static void
tear_down (Fixture *self, gconstpointer media)
{
  pair_tear_down (&self->pair, media);
  line_free (self->line);
}

static void
dial (Fixture *self)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (vav_stream_dial (self->pair.anna.stream, line_get_address (self->line), NULL, &error));
  wait_until (self->pair.bob.n_requests == 1);
  wait_until (vav_stream_get_call (self->pair.anna.stream)->described);
}

static const char *
where (Fixture *self)
{
  return vav_endpoint_get_listening_address (self->pair.bob.endpoint);
}

static VavCall *
call_of (Party *party)
{
  return vav_stream_get_call (party->stream);
}

static gboolean
is_lost (Party *party)
{
  return call_of (party)->channel_over;
}

/* Nothing gets through, and each knows it. */
static void
lose (Fixture *self)
{
  line_close (self->line);
  line_cut (self->line);
  wait_until (is_lost (&self->pair.anna) && is_lost (&self->pair.bob));
}

static void
wait_for_resume (Fixture *self)
{
  guint made = line_get_n_made (self->line);

  if (!vav_call_phase_is_over (call_of (&self->pair.anna)->phase))
    wait_until (line_get_n_made (self->line) > made && !is_lost (&self->pair.anna) && !is_lost (&self->pair.bob));
}

static void
find_again (Fixture *self)
{
  line_open (self->line);
  wait_for_resume (self);
}

static void
wait_active (Fixture *self)
{
  wait_for_state (&self->pair.anna, VAV_STATE_ACTIVE);
  wait_for_state (&self->pair.bob, VAV_STATE_ACTIVE);
  wait_until (self->pair.anna.n_first_frames == 1 && self->pair.bob.n_first_frames == 1);
  g_assert_cmpuint (self->pair.anna.n_ended + self->pair.bob.n_ended, ==, 0);
  g_assert_cmpuint (self->pair.bob.n_requests, ==, 1);
  g_assert_cmpuint (self->pair.anna.n_answered, ==, 1);
}

static void
expect_end (Fixture *self, gboolean graceful, VavReason annas, VavReason bobs)
{
  wait_until (self->pair.anna.n_ended == 1 && self->pair.bob.n_ended == 1);
  g_assert_cmpint (self->pair.anna.graceful, ==, graceful);
  g_assert_cmpint (self->pair.bob.graceful, ==, graceful);
  g_assert_cmpint (self->pair.anna.reason, ==, annas);
  g_assert_cmpint (self->pair.bob.reason, ==, bobs);
}

static void
hang_up (Fixture *self)
{
  vav_stream_hang_up (self->pair.anna.stream, NULL);
  expect_end (self, TRUE, VAV_REASON_LOCAL, VAV_REASON_REMOTE);
}

static void
accept_with (Party *party, const char *text)
{
  g_autoptr (GBytes) data = g_bytes_new_static (text, strlen (text));

  vav_request_accept (party->request, VAV_FLOW_ALL, data);
}

/* before it is up */

static void
test_ringing (Fixture *self, gconstpointer media)
{
  g_test_summary (
      "N7, N3: a request that rings outlives its connection: it rings on, is accepted on another, and is one call");
  dial (self);
  vav_request_ring (self->pair.bob.request);
  wait_for_state (&self->pair.anna, VAV_STATE_RINGING);
  lose (self);
  g_assert_cmpint (party_state (&self->pair.anna), ==, VAV_STATE_RINGING);
  g_assert_cmpint (party_state (&self->pair.bob), ==, VAV_STATE_INCOMING);
  find_again (self);
  accept_with (&self->pair.bob, "hello");
  wait_active (self);
  g_assert_cmpstr (self->pair.anna.answer_data, ==, "hello");
  g_assert_cmpuint (self->pair.anna.n_ringing, ==, 1);
  g_assert_null (strstr (self->pair.anna.states->str, "reconnecting"));
  hang_up (self);
}

static void
test_ringing_begins (Fixture *self, gconstpointer media)
{
  g_test_summary (
      "N2, N7: a deferred request that begins to ring while there is no connection rings at the caller afterwards");
  self->pair.bob.manner = PARTY_DEFERS;
  dial (self);
  wait_until (call_of (&self->pair.anna)->described);
  lose (self);
  vav_request_ring (self->pair.bob.request);
  g_assert_cmpuint (self->pair.anna.n_ringing, ==, 0);
  find_again (self);
  wait_for_state (&self->pair.anna, VAV_STATE_RINGING);
  accept_with (&self->pair.bob, "");
  wait_active (self);
  hang_up (self);
}

static void
test_accepted_meanwhile (Fixture *self, gconstpointer media)
{
  g_test_summary ("N7: who accepts while there is no connection is in the call as soon as there is one");
  dial (self);
  vav_request_ring (self->pair.bob.request);
  wait_for_state (&self->pair.anna, VAV_STATE_RINGING);
  lose (self);
  accept_with (&self->pair.bob, "later");
  wait_for_state (&self->pair.bob, VAV_STATE_CONNECTING);
  find_again (self);
  wait_active (self);
  g_assert_cmpstr (self->pair.anna.answer_data, ==, "later");
  hang_up (self);
}

static void
test_connecting (Fixture *self, gconstpointer media)
{
  g_test_summary ("N7: a connection that is lost between the accept and the path is made again, and the path comes");
  dial (self);
  accept_with (&self->pair.bob, "");
  wait_until (party_state (&self->pair.anna) >= VAV_STATE_CONNECTING);
  line_cut (self->line);
  wait_active (self);
  hang_up (self);
}

/* There is no second connection: the caller knows at once, as the port refuses; the called side, which cannot ask, soon. */
static void
test_ringing_for_nobody (Fixture *self, gconstpointer media)
{
  g_test_summary ("N7, N12: a request whose caller does not come back rings for some seconds more, and a port that "
                  "refuses ends it for the caller");
  dial (self);
  vav_request_ring (self->pair.bob.request);
  wait_for_state (&self->pair.anna, VAV_STATE_RINGING);
  lose (self);
  expect_end (self, FALSE, VAV_REASON_RESET, VAV_REASON_RESET);
}

/* The network has changed while it rang: what was offered is of no use any more. */
static void
test_stale (Fixture *self, gconstpointer media)
{
  g_test_summary (
      "A3, N7: addresses that change while it rings are told anew as soon as it is accepted, by either side");
  dial (self);
  vav_request_ring (self->pair.bob.request);
  wait_for_state (&self->pair.anna, VAV_STATE_RINGING);
  vav_call_restart_media (call_of (&self->pair.anna));
  vav_call_restart_media (call_of (&self->pair.bob));
  g_assert_cmpuint (call_of (&self->pair.anna)->touch.generation, ==, 0);
  accept_with (&self->pair.bob, "");
  wait_active (self);
  wait_until (call_of (&self->pair.anna)->touch.generation >= 1);
  wait_until (call_of (&self->pair.anna)->touch.generation == call_of (&self->pair.bob)->touch.generation);
  hang_up (self);
}

static void
test_rejected_meanwhile (Fixture *self, gconstpointer media)
{
  g_autoptr (GBytes) data = g_bytes_new_static ("not now", 7);

  g_test_summary (
      "N11, N7: who is refused while there is no connection is told so as soon as there is one, with the data, and not "
      "of a reset");
  dial (self);
  vav_request_ring (self->pair.bob.request);
  wait_for_state (&self->pair.anna, VAV_STATE_RINGING);
  lose (self);
  vav_request_reject (self->pair.bob.request, VAV_REASON_DECLINED, data);
  wait_until (self->pair.bob.n_ended == 1);
  g_assert_cmpuint (self->pair.anna.n_ended, ==, 0);
  line_open (self->line);
  expect_end (self, FALSE, VAV_REASON_DECLINED, VAV_REASON_DECLINED);
  g_assert_cmpstr (self->pair.anna.answer_data, ==, "not now");
}

/* Nobody but who called hears how it ended. */
static void
test_rejected_for_others (Fixture *self, gconstpointer media)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (VavIdentity) eve = vav_identity_new_ephemeral (&error);
  g_autofree char *call = NULL;
  Rogue rogue;

  g_test_summary (
      "N11, N12: another key that comes back for a call that was refused is told that there is no such call");
  dial (self);
  call = g_strdup (call_of (&self->pair.bob)->call_id);
  lose (self);
  vav_request_reject (self->pair.bob.request, VAV_REASON_DECLINED, NULL);
  rogue_resume (&rogue, where (self), eve, call, 0);
  wait_until (rogue.over);
  g_assert_cmpuint (rogue.n_answers, ==, 1);
  g_assert_cmpint (rogue.answer, ==, VAV_MESSAGE_CLOSED);
  rogue_clear (&rogue);
  line_open (self->line);
  expect_end (self, FALSE, VAV_REASON_DECLINED, VAV_REASON_DECLINED);
}

/* the goodbye */

static void
become_active (Fixture *self)
{
  self->pair.bob.manner = PARTY_ACCEPTS;
  dial (self);
  wait_active (self);
}

static void
say_goodbye (Party *party, const char *text)
{
  g_autoptr (GBytes) data = g_bytes_new_static (text, strlen (text));

  vav_stream_hang_up (party->stream, data);
}

static void
test_goodbye_lost (Fixture *self, gconstpointer media)
{
  g_test_summary (
      "N4, N7: a goodbye that is said while there is no connection is heard on the next one, and the end is graceful");
  become_active (self);
  lose (self);
  say_goodbye (&self->pair.anna, "from Anna");
  line_open (self->line);
  expect_end (self, TRUE, VAV_REASON_LOCAL, VAV_REASON_REMOTE);
  g_assert_cmpstr (self->pair.bob.ended_data, ==, "from Anna");
}

static void
test_goodbyes_cross (Fixture *self, gconstpointer media)
{
  g_test_summary ("N4, N7: both say goodbye while there is no connection: both hear it, once");
  become_active (self);
  lose (self);
  say_goodbye (&self->pair.anna, "from Anna");
  say_goodbye (&self->pair.bob, "from Bob");
  line_open (self->line);
  expect_end (self, TRUE, VAV_REASON_LOCAL, VAV_REASON_LOCAL);
  g_assert_cmpstr (self->pair.anna.ended_data, ==, "from Bob");
  g_assert_cmpstr (self->pair.bob.ended_data, ==, "from Anna");
  g_assert_cmpuint (self->pair.anna.n_closing, ==, 1);
  g_assert_cmpuint (self->pair.bob.n_closing, ==, 1);
}

static void
on_closing_hold (VavStream *stream, GBytes *data, gpointer user_data)
{
  vav_stream_hold_closing (stream);
}

/* The connection is lost between the two goodbyes, and the answer is worked out meanwhile. */
static void
test_answer_lost (Fixture *self, gconstpointer media)
{
  g_test_summary ("N9, N7: the answer to a goodbye, said while there is no connection, arrives on the next one; nobody "
                  "is done before that");
  g_signal_connect (self->pair.bob.stream, "closing", G_CALLBACK (on_closing_hold), NULL);
  become_active (self);
  say_goodbye (&self->pair.anna, "1");
  wait_until (self->pair.bob.n_closing == 1);
  lose (self);
  say_goodbye (&self->pair.bob, "2");
  g_assert_cmpuint (self->pair.bob.n_ended, ==, 0);
  line_open (self->line);
  expect_end (self, TRUE, VAV_REASON_LOCAL, VAV_REASON_REMOTE);
  g_assert_cmpstr (self->pair.anna.ended_data, ==, "2");
}

static void
test_goodbye_to_nobody (Fixture *self, gconstpointer media)
{
  g_test_summary ("N7: a goodbye that nobody can hear any more is a reset, and does not take the whole limit");
  g_signal_connect (self->pair.bob.stream, "closing", G_CALLBACK (on_closing_hold), NULL);
  become_active (self);
  say_goodbye (&self->pair.anna, "1");
  wait_until (self->pair.bob.n_closing == 1);
  lose (self);
  expect_end (self, FALSE, VAV_REASON_RESET, VAV_REASON_RESET);
}

/* the path */

static void
on_network (VavStream *stream, guint gap, GArray *gaps)
{
  g_array_append_val (gaps, gap);
}

static void
restart (Fixture *self)
{
  guint paths = self->pair.bob.n_paths;

  vav_call_restart_media (call_of (&self->pair.anna));
  wait_until (self->pair.bob.n_paths > paths);
}

/* One after the other, each when the one before could have been told of by itself. Whether they were close enough to belong together: a slow computer may
 * take too long. */
static gboolean
restart_thrice (Fixture *self)
{
  gboolean together = TRUE;

  for (guint i = 0; i < 3; i++)
    {
      gint64 begin = g_get_monotonic_time ();

      restart (self);
      wait_until (g_get_monotonic_time () - begin > APART_US);
      together = together && g_get_monotonic_time () - begin < TOGETHER_US;
    }

  return together;
}

static void
test_one_change (Fixture *self, gconstpointer media)
{
  g_autoptr (GArray) gaps = g_array_new (FALSE, FALSE, sizeof (guint));
  VavCall *call;

  g_test_summary ("N7: several restarts that belong to one change of the network are told once, when it is over");
  become_active (self);
  call = call_of (&self->pair.anna);
  g_signal_connect (self->pair.anna.stream, "network", G_CALLBACK (on_network), gaps);
  while (!restart_thrice (self))
    {
      wait_until (!call->touch.changing);
      g_array_set_size (gaps, 0);
    }
  wait_until (!call->touch.changing);
  g_assert_cmpuint (gaps->len, ==, 1);
  g_signal_handlers_disconnect_by_data (self->pair.anna.stream, gaps);
  hang_up (self);
}

/* nonsense */

static void
expect_refusal (Fixture *self, VavIdentity *identity, const char *call, guint64 last_seq, guint n_answers)
{
  Rogue rogue;

  rogue_resume (&rogue, where (self), identity, call, last_seq);
  wait_until (rogue.over);
  g_assert_cmpuint (rogue.n_answers, ==, n_answers);
  rogue_clear (&rogue);
  g_assert_false (is_lost (&self->pair.anna) || is_lost (&self->pair.bob));
}

static void
test_crafted (Fixture *self, gconstpointer media)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (VavIdentity) eve = vav_identity_new_ephemeral (&error);
  g_autofree char *other = vav_message_make_call_id ();
  VavIdentity *anna = vav_endpoint_get_identity (self->pair.anna.endpoint);
  const char *call;

  g_test_summary (
      "N7, N12: a resume of another key, for another call or with numbers that cannot be is refused while it "
      "rings, and it rings on");
  dial (self);
  vav_request_ring (self->pair.bob.request);
  wait_for_state (&self->pair.anna, VAV_STATE_RINGING);
  call = call_of (&self->pair.bob)->call_id;
  expect_refusal (self, eve, call, 0, 1);
  expect_refusal (self, eve, other, 0, 1);
  expect_refusal (self, anna, other, 0, 1);
  expect_refusal (self, anna, call, 4711, 0);
  expect_refusal (self, anna, call, G_MAXINT32, 0);
  accept_with (&self->pair.bob, "");
  wait_active (self);
  hang_up (self);
}

static void
test_at_once (Fixture *self, gconstpointer media)
{
  VavIdentity *anna = vav_endpoint_get_identity (self->pair.anna.endpoint);
  Rogue rogues[3];

  g_test_summary (
      "N7: several resumes of the right key at once, while it rings: one connection is the call's, and Anna's own "
      "program takes it back");
  dial (self);
  vav_request_ring (self->pair.bob.request);
  wait_for_state (&self->pair.anna, VAV_STATE_RINGING);
  for (guint i = 0; i < G_N_ELEMENTS (rogues); i++)
    rogue_resume (&rogues[i], where (self), anna, call_of (&self->pair.bob)->call_id, 0);
  for (guint i = 0; i < G_N_ELEMENTS (rogues); i++)
    {
      wait_until (rogues[i].over || rogues[i].n_answers > 0);
      rogue_clear (&rogues[i]);
    }
  accept_with (&self->pair.bob, "");
  wait_active (self);
  hang_up (self);
}

static void
test_said_again (Fixture *self, gconstpointer media)
{
  VavIdentity *anna = vav_endpoint_get_identity (self->pair.anna.endpoint);
  g_autofree char *call = NULL;
  Rogue rogue;

  g_test_summary ("N7: who says resume again where it was taken talks nonsense, and that ends the call as such");
  dial (self);
  call = g_strdup (call_of (&self->pair.bob)->call_id);
  rogue_resume (&rogue, where (self), anna, call, 0);
  wait_until (rogue.n_answers > 0);
  g_assert_cmpint (rogue.answer, ==, VAV_MESSAGE_RESUME);
  rogue_say (&rogue, call, 0);
  expect_end (self, FALSE, VAV_REASON_RESET, VAV_REASON_PROTOCOL);
  rogue_clear (&rogue);
}

/* closing */

typedef enum
{
  STEP_ASKED,
  STEP_TURNED,    /* the main loop has run once */
  STEP_DESCRIBED, /* the other side has begun as well */
  STEP_PATH,      /* one side has another path */
  STEP_PATHS,     /* both have */
  N_STEPS,
} Step;

static void
restart_until (Fixture *self, Step step)
{
  guint before[] = { self->pair.anna.n_paths, self->pair.bob.n_paths };
  guint generation = call_of (&self->pair.anna)->touch.generation;

  vav_call_restart_media (call_of (&self->pair.anna));
  if (step == STEP_TURNED)
    wait_one_turn ();
  else if (step == STEP_DESCRIBED)
    wait_until (call_of (&self->pair.bob)->touch.generation > generation);
  else if (step == STEP_PATH)
    wait_until (self->pair.anna.n_paths > before[0] || self->pair.bob.n_paths > before[1]);
  else if (step == STEP_PATHS)
    wait_until (self->pair.anna.n_paths > before[0] && self->pair.bob.n_paths > before[1]);
}

static void
reset (Party *party)
{
  party->n_requests = party->n_ringing = party->n_answered = party->n_ended = party->n_first_frames = 0;
}

static void
test_close_while_restarting (Fixture *self, gconstpointer media)
{
  g_test_summary (
      "N12, W17: a call that ends at any moment of a restart, in order or at once, by either side, ends as ever");
  for (guint i = 0; i < 2 * N_STEPS; i++)
    {
      Party *closer = i % 2 == 0 ? &self->pair.anna : &self->pair.bob;
      gboolean abruptly = (i / 2) % 2 == 1;

      reset (&self->pair.anna);
      reset (&self->pair.bob);
      become_active (self);
      restart_until (self, (Step)(i / 2));
      if (abruptly)
        vav_stream_abort (closer->stream);
      else
        vav_stream_hang_up (closer->stream, NULL);
      wait_until (self->pair.anna.n_ended == 1 && self->pair.bob.n_ended == 1);
      g_assert_cmpint (closer->reason, ==, VAV_REASON_LOCAL);
      g_assert_cmpint (self->pair.anna.graceful && self->pair.bob.graceful, ==, !abruptly);
    }
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const char *name;
    void (*func) (Fixture *, gconstpointer);
  } tests[] = {
    { "/resume/ringing", test_ringing },
    { "/resume/ringing-begins", test_ringing_begins },
    { "/resume/accepted-meanwhile", test_accepted_meanwhile },
    { "/resume/connecting", test_connecting },
    { "/resume/ringing-for-nobody", test_ringing_for_nobody },
    { "/resume/stale", test_stale },
    { "/resume/rejected-meanwhile", test_rejected_meanwhile },
    { "/resume/rejected-for-others", test_rejected_for_others },
    { "/resume/goodbye-lost", test_goodbye_lost },
    { "/resume/goodbyes-cross", test_goodbyes_cross },
    { "/resume/answer-lost", test_answer_lost },
    { "/resume/goodbye-to-nobody", test_goodbye_to_nobody },
    { "/resume/one-change", test_one_change },
    { "/resume/crafted", test_crafted },
    { "/resume/at-once", test_at_once },
    { "/resume/said-again", test_said_again },
    { "/resume/close-while-restarting", test_close_while_restarting },
  };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].name, Fixture, "test", set_up, tests[i].func, tear_down);

  return tolerate_exit (g_test_run ());
}
