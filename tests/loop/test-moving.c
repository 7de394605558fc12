/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A call whose connection is lost under it, and whose path is made again. */
#include "net/call/vav-call-private.h"
#include "net/call/vav-stream-private.h"
#include "tests/lib/tolerate.h"
#include "tests/loop/line.h"
#include "tests/loop/pair.h"
#include "tests/loop/rogue.h"

#define N_TEXTS 40
#define N_FLOOD 20

typedef struct
{
  Pair pair;
  Line *line; /* from Anna to Bob */
  guint64 values[2];
  GPtrArray *heard[2]; /* texts that Anna, and Bob, got */
} Fixture;

static void
on_text (VavStream *stream, const char *text, GPtrArray *heard)
{
  g_ptr_array_add (heard, g_strdup (text));
}

static void
set_up (Fixture *self, gconstpointer media)
{
  Party *parties[] = { &self->pair.anna, &self->pair.bob };
  g_autoptr (GError) error = NULL;

  pair_set_up (&self->pair, media);
  self->pair.bob.manner = PARTY_ACCEPTS;
  self->line = line_new (vav_endpoint_get_listening_address (self->pair.bob.endpoint));
  for (guint i = 0; i < 2; i++)
    {
      self->heard[i] = g_ptr_array_new_with_free_func (g_free);
      g_signal_connect (parties[i]->stream, "text", G_CALLBACK (on_text), self->heard[i]);
    }
  g_assert_true (vav_stream_dial (self->pair.anna.stream, line_get_address (self->line), NULL, &error));
  wait_for_state (&self->pair.anna, VAV_STATE_ACTIVE);
  wait_for_state (&self->pair.bob, VAV_STATE_ACTIVE);
  for (guint i = 0; i < 2; i++)
    {
      wait_until (g_atomic_int_get ((int *)&parties[i]->n_frames) > 0);
      self->values[i] = vav_stream_get_value (parties[i]->stream);
    }
}

static void
tear_down (Fixture *self, gconstpointer media)
{
  Party *parties[] = { &self->pair.anna, &self->pair.bob };

  for (guint i = 0; i < 2; i++)
    if (parties[i]->endpoint != NULL)
      g_signal_handlers_disconnect_by_data (parties[i]->stream, self->heard[i]);
  pair_tear_down (&self->pair, media);
  line_free (self->line);
  for (guint i = 0; i < 2; i++)
    g_ptr_array_unref (self->heard[i]);
}

static VavCall *
call_of (Party *party)
{
  return vav_stream_get_call (party->stream);
}

static void
wait_for_frames (Party *party)
{
  int before = g_atomic_int_get ((int *)&party->n_frames);

  wait_until (g_atomic_int_get ((int *)&party->n_frames) > before + 5);
}

/* The same call as ever, in which all works. */
static void
assert_goes_on (Fixture *self)
{
  Party *parties[] = { &self->pair.anna, &self->pair.bob };

  for (guint i = 0; i < 2; i++)
    {
      wait_for_state (parties[i], VAV_STATE_ACTIVE);
      wait_for_frames (parties[i]);
      g_assert_cmpuint (vav_stream_get_value (parties[i]->stream), ==, self->values[i]);
      g_assert_cmpuint (parties[i]->n_ended, ==, 0);
      g_assert_cmpuint (parties[i]->n_requests, ==, i);
    }
}

static void
hang_up (Fixture *self)
{
  vav_stream_hang_up (self->pair.anna.stream, NULL);
  wait_until (self->pair.anna.n_ended == 1 && self->pair.bob.n_ended == 1);
  g_assert_true (self->pair.anna.graceful && self->pair.bob.graceful);
}

static void
cut (Fixture *self)
{
  guint made = line_get_n_made (self->line);

  line_cut (self->line);
  wait_for_state (&self->pair.anna, VAV_STATE_RECONNECTING);
  wait_until (line_get_n_made (self->line) > made);
}

static void
test_cut (Fixture *self, gconstpointer media)
{
  g_test_summary (
      "N7, W9: a call whose connection is cut is reconnecting, then goes on as the same call; its goodbye is graceful");
  cut (self);
  assert_goes_on (self);
  g_assert_nonnull (strstr (self->pair.anna.states->str, "active reconnecting active"));
  g_assert_nonnull (strstr (self->pair.bob.states->str, "active"));
  hang_up (self);
}

/* Unmoved by what is lost on the way: each text once, and in order. */
static void
test_texts (Fixture *self, gconstpointer media)
{
  Party *parties[] = { &self->pair.anna, &self->pair.bob };

  g_test_summary (
      "W20: texts that are under way when the connection is cut, or written meanwhile, arrive once and in order");
  for (guint i = 0; i < N_TEXTS; i++)
    {
      g_autofree char *text = g_strdup_printf ("%u", i);

      for (guint j = 0; j < 2; j++)
        g_assert_true (vav_stream_send_text (parties[j]->stream, text, NULL, NULL));
      if (i % 10 == 5)
        line_cut (self->line);
      if (i % 3 == 0)
        wait_one_turn ();
    }
  wait_until (self->heard[0]->len == N_TEXTS && self->heard[1]->len == N_TEXTS);
  assert_goes_on (self);
  for (guint j = 0; j < 2; j++)
    for (guint i = 0; i < N_TEXTS; i++)
      g_assert_cmpuint (g_ascii_strtoull (self->heard[j]->pdata[i], NULL, 10), ==, i);
  hang_up (self);
}

/* The other computer has ended the connection, as it does when it takes another in its place, and the goodbye is said before that is heard of. The program
 * may take 2 s to leave. */
static void
quit (Fixture *self, Party *leaving, Party *left)
{
  line_cut (self->line);
  g_signal_handlers_disconnect_by_func (leaving->stream, on_text, self->heard[leaving == &self->pair.anna ? 0 : 1]);
  party_clear (leaving);
  wait_until (left->n_ended == 1);
  g_assert_true (leaving->graceful && left->graceful);
  g_assert_cmpint (leaving->reason, ==, VAV_REASON_LOCAL);
  g_assert_cmpint (left->reason, ==, VAV_REASON_REMOTE);
}

static void
test_caller_quits (Fixture *self, gconstpointer media)
{
  g_test_summary ("R4, N7: a caller who quits while another connection is made says goodbye on that one");
  quit (self, &self->pair.anna, &self->pair.bob);
}

static void
test_callee_quits (Fixture *self, gconstpointer media)
{
  g_test_summary ("R4, N7: who was called and quits while another connection is made says goodbye on that one");
  quit (self, &self->pair.bob, &self->pair.anna);
}

static void
test_detection_off (Fixture *self, gconstpointer media)
{
  g_test_summary ("W10: while a call runs its own peer comes back by the port, with detection off");
  vav_stream_set_detection (self->pair.bob.stream, FALSE);
  cut (self);
  assert_goes_on (self);
  hang_up (self);
}

/* Nobody can be asked, and picture and sound go on: that is no end. */
static void
test_media_alone (Fixture *self, gconstpointer media)
{
  guint made;

  g_test_summary ("N7: the loss of signalling alone ends nothing while media flow, though the host refuses the port");
  line_close (self->line);
  line_cut (self->line);
  made = line_get_n_made (self->line);
  wait_for_state (&self->pair.anna, VAV_STATE_RECONNECTING);
  for (guint i = 0; i < 10; i++)
    {
      wait_for_frames (&self->pair.anna);
      wait_for_frames (&self->pair.bob);
      g_assert_cmpuint (self->pair.anna.n_ended + self->pair.bob.n_ended, ==, 0);
    }
  g_assert_cmpuint (line_get_n_made (self->line), ==, made);
  line_open (self->line);
  assert_goes_on (self);
  hang_up (self);
}

/* Its program has ended the call, or is another one. */
static void
test_no_such_call (Fixture *self, gconstpointer media)
{
  gint64 begin = g_get_monotonic_time ();

  g_test_summary ("N7: a peer that does not know the call any more says so, and it is over at once, as a reset");
  line_cut (self->line);
  vav_stream_abort (self->pair.bob.stream);
  wait_until (self->pair.anna.n_ended == 1);
  g_assert_cmpint (self->pair.anna.reason, ==, VAV_REASON_RESET);
  g_assert_false (self->pair.anna.graceful);
  g_assert_cmpint (g_get_monotonic_time () - begin, <, 5 * pair_patience () * G_USEC_PER_SEC);
}

static void
expect_refusal (Fixture *self, VavIdentity *identity, const char *call, guint64 last_seq, gboolean told)
{
  Rogue rogue;

  rogue_resume (&rogue, vav_endpoint_get_listening_address (self->pair.bob.endpoint), identity, call, last_seq);
  wait_until (rogue.over);
  g_assert_cmpuint (rogue.n_answers, ==, told ? 1 : 0);
  if (told)
    g_assert_cmpint (rogue.answer, ==, VAV_MESSAGE_CLOSED);
  rogue_clear (&rogue);
  g_assert_null (strstr (self->pair.anna.states->str, "reconnecting"));
  g_assert_null (strstr (self->pair.bob.states->str, "reconnecting"));
}

static void
test_crafted (Fixture *self, gconstpointer media)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (VavIdentity) eve = vav_identity_new_ephemeral (&error);
  g_autofree char *other = vav_message_make_call_id ();
  VavIdentity *anna = vav_endpoint_get_identity (self->pair.anna.endpoint);
  const char *call = call_of (&self->pair.bob)->call_id;

  g_test_summary ("N7: a resume of another key, for another call, or with numbers that cannot be, does a call no harm");
  expect_refusal (self, eve, call, 5, TRUE);
  expect_refusal (self, eve, other, 5, TRUE);
  expect_refusal (self, anna, other, 5, TRUE);
  expect_refusal (self, anna, call, G_MAXINT32, FALSE);
  wait_until (vav_outbox_get_confirmed (call_of (&self->pair.bob)->resume.outbox)
              > 0); /* what came before is settled */
  expect_refusal (self, anna, call, 0, FALSE);
  assert_goes_on (self);
  hang_up (self);
}

/* Even with the right key: Anna's own program takes its call back each time. */
static void
test_flood (Fixture *self, gconstpointer media)
{
  VavIdentity *anna = vav_endpoint_get_identity (self->pair.anna.endpoint);
  VavCall *call = call_of (&self->pair.bob);

  g_test_summary ("N12: repeated resumes of the right key cost one connection each, and the call goes on after them");
  for (guint i = 0; i < N_FLOOD; i++)
    {
      Rogue rogue;

      rogue_resume (&rogue, vav_endpoint_get_listening_address (self->pair.bob.endpoint), anna, call->call_id,
                    call->resume.outbox != NULL ? 3 : 0);
      wait_until (rogue.over || rogue.n_answers > 0);
      rogue_clear (&rogue);
    }
  assert_goes_on (self);
  hang_up (self);
}

/* the path */

static void
test_restart (Fixture *self, gconstpointer media)
{
  g_test_summary ("A3: ICE begins again under a running call, from either side or both at once: the path is another "
                  "one, and nothing stops");
  for (guint i = 1; i <= 6; i++)
    {
      guint before[] = { self->pair.anna.n_paths, self->pair.bob.n_paths };

      if (i % 3 != 1)
        vav_call_restart_media (call_of (&self->pair.anna));
      if (i % 3 != 2)
        vav_call_restart_media (call_of (&self->pair.bob));
      wait_until (self->pair.anna.n_paths > before[0] && self->pair.bob.n_paths > before[1]);
      g_assert_cmpuint (call_of (&self->pair.anna)->touch.generation, ==, call_of (&self->pair.bob)->touch.generation);
      assert_goes_on (self);
    }
  g_assert_null (strstr (self->pair.anna.states->str, "reconnecting"));
  hang_up (self);
}

/* The connection is lost between the description and its answer. */
static void
test_restart_and_cut (Fixture *self, gconstpointer media)
{
  guint paths = self->pair.bob.n_paths;

  g_test_summary ("A3, N7: ICE begins again while the connection is cut: its description goes by the next one");
  vav_call_restart_media (call_of (&self->pair.anna));
  cut (self);
  wait_until (self->pair.bob.n_paths > paths);
  assert_goes_on (self);
  hang_up (self);
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const char *name;
    void (*func) (Fixture *, gconstpointer);
  } tests[] = {
    { "/moving/cut", test_cut },
    { "/moving/texts", test_texts },
    { "/moving/caller-quits", test_caller_quits },
    { "/moving/callee-quits", test_callee_quits },
    { "/moving/detection-off", test_detection_off },
    { "/moving/media-alone", test_media_alone },
    { "/moving/no-such-call", test_no_such_call },
    { "/moving/crafted", test_crafted },
    { "/moving/flood", test_flood },
    { "/moving/restart", test_restart },
    { "/moving/restart-and-cut", test_restart_and_cut },
  };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].name, Fixture, "test", set_up, tests[i].func, tear_down);

  return tolerate_exit (g_test_run ());
}
