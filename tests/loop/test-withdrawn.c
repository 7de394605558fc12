/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Who called hangs up while it rings and there is no connection. Whom it rings at cannot ask: the caller listens nowhere. */
#include "net/call/vav-call-private.h"
#include "net/call/vav-stream-private.h"
#include "tests/lib/tolerate.h"
#include "tests/loop/line.h"
#include "tests/loop/pair.h"

typedef struct
{
  Pair pair;
  Line *line;            /* from Anna to Bob */
  VavEndpoint *endpoint; /* of Anna, beyond its end */
} Fixture;

static VavCall *
call_of (Party *party)
{
  return vav_stream_get_call (party->stream);
}

static void
set_up (Fixture *self, gconstpointer media)
{
  pair_set_up (&self->pair, media);
  self->endpoint = g_object_ref (self->pair.anna.endpoint);
  self->line = line_new (vav_endpoint_get_listening_address (self->pair.bob.endpoint));
}

static void
tear_down (Fixture *self, gconstpointer media)
{
  pair_tear_down (&self->pair, media);
  g_assert_cmpuint (self->endpoint->n_errands, ==, 0);
  wait_until (G_OBJECT (self->endpoint)->ref_count == 1); /* what took longer than closing may is done */
  g_assert_finalize_object (g_steal_pointer (&self->endpoint));
  line_free (self->line);
}

/* It rings, and then nothing gets through, and each knows it. Bob would wait for 3 s only, as her computer has ended the connection; here for 30. */
static void
ring_and_lose (Fixture *self)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (vav_stream_dial (self->pair.anna.stream, line_get_address (self->line), NULL, &error));
  wait_until (self->pair.bob.n_requests == 1);
  vav_request_ring (self->pair.bob.request);
  wait_for_state (&self->pair.anna, VAV_STATE_RINGING);
  line_close (self->line);
  line_cut (self->line);
  wait_until (call_of (&self->pair.anna)->channel_over && call_of (&self->pair.bob)->channel_over);
  call_of (&self->pair.bob)->resume.cut = FALSE;
}

static void
withdraw (Fixture *self)
{
  vav_stream_hang_up (self->pair.anna.stream, NULL);
  g_assert_cmpuint (self->pair.anna.n_ended, ==, 1);
  g_assert_cmpint (self->pair.anna.reason, ==, VAV_REASON_LOCAL);
  g_assert_cmpuint (self->pair.bob.n_ended, ==, 0);
}

static void
test_heard (Fixture *self, gconstpointer media)
{
  g_test_summary (
      "N11, N7: a withdrawal while there is no connection is over at once for who called, and is heard by whom "
      "it rings at as soon as there is one: no reset, though they know no place to ask at");
  ring_and_lose (self);
  withdraw (self);
  line_open (self->line);
  wait_until (self->pair.bob.n_ended == 1);
  g_assert_cmpint (self->pair.bob.reason, ==, VAV_REASON_WITHDRAWN);
  g_assert_false (self->pair.bob.graceful);
  g_assert_cmpuint (self->pair.anna.n_ended, ==, 1);
}

/* The other call is not the one that was withdrawn. */
static void
test_again (Fixture *self, gconstpointer media)
{
  g_autoptr (GError) error = NULL;

  g_test_summary ("N11, N7: a withdrawal that is still to be heard ends no other call of the same two");
  ring_and_lose (self);
  withdraw (self);
  line_open (self->line);
  wait_until (self->pair.bob.n_ended == 1);
  self->pair.bob.manner = PARTY_ACCEPTS;
  self->pair.anna.n_ended = self->pair.bob.n_ended = 0;
  g_assert_true (vav_stream_dial (self->pair.anna.stream, line_get_address (self->line), NULL, &error));
  wait_for_state (&self->pair.anna, VAV_STATE_ACTIVE);
  wait_for_state (&self->pair.bob, VAV_STATE_ACTIVE);
  vav_stream_hang_up (self->pair.anna.stream, NULL);
  wait_until (self->pair.anna.n_ended == 1 && self->pair.bob.n_ended == 1);
  g_assert_true (self->pair.anna.graceful && self->pair.bob.graceful);
}

static void
test_unheard (Fixture *self, gconstpointer media)
{
  g_test_summary ("N11, N12, R4: who ends the program while a withdrawal is unheard waits for that no longer than for "
                  "the rest, and leaves nothing behind");
  ring_and_lose (self);
  withdraw (self);
}

/* As a call leaves them. */
static void
leave_words (Fixture *self, guint number)
{
  VavEndpoint *endpoint = self->pair.anna.endpoint;
  const char *bob = vav_endpoint_get_id (self->pair.bob.endpoint);
  g_autofree char *call = g_strdup_printf ("%032x", number);
  g_autofree char *there = g_strdup_printf ("visavis:%s@%s", bob, line_get_address (self->line));
  g_autoptr (VavAddress) place = vav_address_parse (there, NULL);

  g_assert_nonnull (place);
  vav_last_words_keep (endpoint->last_words, call, bob, 0, vav_outbox_new (),
                       vav_errand_new (endpoint, call, 0, place, NULL, "Anna"));
}

static void
test_many (Fixture *self, gconstpointer media)
{
  g_test_summary ("N11, N12: of many withdrawals that are unheard the last few are carried there");
  line_close (self->line);
  for (guint i = 0; i < 3 * VAV_LAST_WORDS_MAX; i++)
    leave_words (self, i);
  g_assert_cmpuint (self->endpoint->n_errands, ==, VAV_LAST_WORDS_MAX);
  for (guint i = 0; i < 100; i++)
    wait_one_turn ();
  g_assert_cmpuint (self->endpoint->n_errands, <=, VAV_LAST_WORDS_MAX);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add ("/withdrawn/heard", Fixture, "test", set_up, test_heard, tear_down);
  g_test_add ("/withdrawn/again", Fixture, "test", set_up, test_again, tear_down);
  g_test_add ("/withdrawn/many", Fixture, "test", set_up, test_many, tear_down);
  g_test_add ("/withdrawn/unheard", Fixture, "test", set_up, test_unheard, tear_down);

  return tolerate_exit (g_test_run ());
}
