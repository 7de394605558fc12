/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The other side's connection ends without the goodbye that belongs to it, in each of the ways in which a connection can end, in each state. */
#include "tests/lib/tolerate.h"
#include "tests/loop/pair.h"
#include "tests/loop/storm-live.h"
#include "tests/loop/storm-peer.h"

#define CALL "0123456789abcdef0123456789abcdef"
#define OVER_WITHIN_US (5 * G_USEC_PER_SEC)

typedef enum
{
  CUT_INCOMING, /* nothing rings yet */
  CUT_ALERTING,
  CUT_ACTIVE,
  CUT_GOODBYE_SAID,  /* by us: the answer does not come */
  CUT_GOODBYE_HEARD, /* theirs: they wait for our answer, and must not go before it */
  CUT_PARTED,        /* both were said: nothing is left to break */
} Moment;

#define N_MOMENTS (CUT_PARTED + 1)

typedef struct
{
  Party bob;
  VavMedia *media; /* the peer's */
  StormPeer *peer;
  StormLive *live;
  guint seq;
} Stage;

static void
say (Stage *self, VavMessage *message)
{
  g_autoptr (GBytes) body = NULL;

  vav_message_set_call (message, CALL);
  vav_message_set_seq (message, ++self->seq + 10);
  body = vav_message_serialize (message, NULL);
  g_assert_true (storm_peer_send (self->peer, body));
}

static void
on_heard (VavMessage *message, gpointer data)
{
  Stage *self = data;

  if (vav_message_get_kind (message) == VAV_MESSAGE_ACCEPT)
    vav_media_session_set_remote (self->live->session, vav_message_get_string (message, "description"));
  else if (vav_message_get_kind (message) == VAV_MESSAGE_CANDIDATE)
    vav_media_session_add_candidate (self->live->session, 0, vav_message_get_string (message, "candidate"));
}

static gboolean
is_active (Stage *self)
{
  storm_peer_listen (self->peer, on_heard, self);
  while (self->live->candidates->len > 0)
    {
      g_autoptr (VavMessage) message = vav_message_new (VAV_MESSAGE_CANDIDATE);

      vav_message_set_uint (message, "mline", 0);
      vav_message_set_string (message, "candidate", self->live->candidates->pdata[0]);
      g_ptr_array_remove_index (self->live->candidates, 0);
      say (self, message);
    }
  return party_state (&self->bob) == VAV_STATE_ACTIVE && self->live->connected;
}

static void
on_closing_hold (VavStream *stream, GBytes *data, gpointer user_data)
{
  vav_stream_hold_closing (stream);
}

static void
run_to_the_moment (Stage *self, Moment moment)
{
  g_autoptr (VavMessage) request = vav_message_new (VAV_MESSAGE_REQUEST);
  g_autoptr (VavMessage) closing = vav_message_new (VAV_MESSAGE_CLOSING);

  self->bob.manner = moment == CUT_INCOMING ? PARTY_DEFERS : moment == CUT_ALERTING ? PARTY_ASKS : PARTY_ACCEPTS;
  self->seq = 0;
  self->peer = storm_peer_knock (self->bob.endpoint, STORM_TLS, NULL);
  self->live = storm_live_new (self->media, TRUE);
  vav_media_session_create_offer (self->live->session);
  wait_until (self->live->description != NULL);
  vav_message_set_string (request, "description", self->live->description);
  say (self, request);
  wait_until (self->bob.n_requests == 1);
  if (moment < CUT_ACTIVE)
    return;
  wait_until (is_active (self));
  if (moment == CUT_GOODBYE_SAID)
    vav_stream_hang_up (self->bob.stream, NULL);
  if (moment < CUT_GOODBYE_HEARD)
    return;
  say (self, closing);
  wait_until (self->bob.n_closing == 1);
  if (moment == CUT_PARTED)
    g_assert_true (vav_stream_say_goodbye (self->bob.stream, NULL, NULL));
}

static void
cut_once (Stage *self, Moment moment, StormEnd end)
{
  Party *bob = &self->bob;
  gint64 begin;

  g_clear_object (&bob->request);
  bob->n_requests = bob->n_ended = bob->n_closing = 0;
  run_to_the_moment (self, moment);
  begin = g_get_monotonic_time ();
  storm_peer_end (self->peer, end);
  if (moment == CUT_PARTED)
    vav_stream_close (bob->stream);
  wait_until (bob->n_ended > 0);
  g_test_message ("moment %d, end %d: %s%s after %.0f ms", (int)moment, (int)end, vav_reason_to_nick (bob->reason),
                  bob->graceful ? ", graceful" : "", (double)(g_get_monotonic_time () - begin) / 1000);
  g_assert_cmpint (g_get_monotonic_time () - begin, <, 3 * OVER_WITHIN_US);
  g_assert_cmpint (bob->graceful, ==, moment == CUT_PARTED);
  g_assert_cmpint (bob->reason, ==, moment == CUT_PARTED ? VAV_REASON_REMOTE : VAV_REASON_RESET);
  g_assert_cmpuint (bob->n_ended, ==, 1);
  g_clear_pointer (&self->live, storm_live_free);
  g_clear_pointer (&self->peer, storm_peer_free);
}

static void
test_cut (gconstpointer data)
{
  StormEnd end = (StormEnd)GPOINTER_TO_INT (data);
  Stage stage = { 0 };

  g_test_summary (
      "N7, W17, N12: a connection that ends without a goodbye is a reset in every state, told once; after both "
      "goodbyes it is not");
  party_init (&stage.bob, "Bob", NULL, "test");
  party_listen (&stage.bob, "127.0.0.1:0");
  g_signal_connect (stage.bob.stream, "closing", G_CALLBACK (on_closing_hold), NULL);
  stage.media = vav_media_new ("test", "cut", NULL);
  for (int moment = 0; moment < N_MOMENTS; moment++)
    cut_once (&stage, (Moment)moment, end);
  party_clear (&stage.bob);
  g_clear_object (&stage.media);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/loop/breaks/close-notify", GINT_TO_POINTER (STORM_END_BYE), test_cut);
  g_test_add_data_func ("/loop/breaks/no-close-notify", GINT_TO_POINTER (STORM_END_EOF), test_cut);
  g_test_add_data_func ("/loop/breaks/reset", GINT_TO_POINTER (STORM_END_RESET), test_cut);
  return tolerate_exit (g_test_run ());
}
