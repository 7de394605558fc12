/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>
#include <sys/socket.h>

#include "fixture.h"
#include "net/core/vav-pipe.h"
#include "net/signal/vav-digest.h"

/* One end of a pipe, and what its threads told. */
typedef struct
{
  VavPipe *pipe;
  GAsyncResult *result;
  GMutex lock;
  VavDigest *digest;
  guint64 n_bytes;
  guint n_pieces;
  guint n_closed;
  guint n_destroyed;
  GError *error;
  gboolean blocked; /* takes nothing meanwhile */
} Half;

static void
piece_cb (gpointer data, GBytes *bytes)
{
  Half *half = data;

  while (g_atomic_int_get (&half->blocked))
    g_thread_yield ();
  g_mutex_lock (&half->lock);
  vav_digest_update (half->digest, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  half->n_bytes += g_bytes_get_size (bytes);
  g_atomic_int_inc (&half->n_pieces);
  g_mutex_unlock (&half->lock);
}

static void
closed_cb (gpointer data, const GError *error)
{
  Half *half = data;

  half->error = error != NULL ? g_error_copy (error) : NULL;
  g_atomic_int_inc (&half->n_closed);
}

static void
destroy_cb (gpointer data)
{
  g_atomic_int_inc (&((Half *)data)->n_destroyed);
}

static const VavPipeEvents events = { piece_cb, closed_cb };

typedef struct
{
  House *house;
  Half halves[2];
} Fixture;

static void
turned_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Half *half = data;

  half->pipe = vav_channel_become_pipe_finish (VAV_CHANNEL (source), result, NULL);
  g_assert_nonnull (half->pipe);
}

static void
on_attach (VavChannel *channel, VavMessage *message, gpointer data)
{
  vav_channel_become_pipe_async (channel, turned_cb, data);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (VavIdentity) identity = vav_identity_new_ephemeral (NULL);
  g_autoptr (VavChannel) channel = NULL;
  g_autofree char *address = NULL;
  g_autoptr (VavMessage) attach = vav_message_new (VAV_MESSAGE_ATTACH);

  fixture->house = house_new ("127.0.0.1");
  address = vav_listener_dup_address (fixture->house->listener);
  channel = fixture_dial (identity, address, NULL);
  WAIT_FOR (fixture->house->ends->len == 1);
  for (guint i = 0; i < 2; i++)
    {
      g_mutex_init (&fixture->halves[i].lock);
      fixture->halves[i].digest = vav_digest_new ();
    }
  g_signal_connect (((End *)fixture->house->ends->pdata[0])->channel, "message", G_CALLBACK (on_attach),
                    &fixture->halves[1]);
  vav_message_set_call (attach, "00112233445566778899aabbccddeeff");
  g_assert_true (vav_channel_send (channel, attach, NULL));
  vav_channel_become_pipe_async (channel, turned_cb, &fixture->halves[0]);
  WAIT_FOR (fixture->halves[0].pipe != NULL && fixture->halves[1].pipe != NULL);
  for (guint i = 0; i < 2; i++)
    vav_pipe_start (fixture->halves[i].pipe, &events, &fixture->halves[i], destroy_cb);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  for (guint i = 0; i < 2; i++)
    {
      Half *half = &fixture->halves[i];

      vav_pipe_close (half->pipe);
      WAIT_FOR (g_atomic_int_get (&half->n_destroyed) == 1);
      g_assert_cmpuint (half->n_closed, ==, 1);
      g_assert_finalize_object (half->pipe);
      vav_digest_free (half->digest);
      g_clear_error (&half->error);
      g_mutex_clear (&half->lock);
    }
  house_free (fixture->house);
}

typedef struct
{
  Half *half;
  VavDigest *digest;
  guint64 n_bytes;
  guint n_pieces;
  gboolean over;
  GError *error;
} Sender;

static gpointer
run_sender (gpointer data)
{
  Sender *sender = data;

  for (guint i = 0; i < sender->n_pieces && sender->error == NULL; i++)
    {
      gsize length = i % 3 == 0 ? 1 + i : vav_pipe_get_max_piece (sender->half->pipe) - i % 7;
      guint8 *bytes = g_malloc (length);
      g_autoptr (GBytes) piece = NULL;

      memset (bytes, (int)i, length);
      vav_digest_update (sender->digest, bytes, length);
      sender->n_bytes += length;
      piece = g_bytes_new_take (bytes, length);
      vav_pipe_send (sender->half->pipe, piece, &sender->error);
    }
  g_atomic_int_set (&sender->over, TRUE);
  return NULL;
}

static void
test_both_ways (Fixture *fixture, gconstpointer data)
{
  Sender senders[2];
  GThread *threads[2];

  g_test_summary ("W20: pieces go both ways at once, whole, in order and each once");
  for (guint i = 0; i < 2; i++)
    {
      senders[i] = (Sender){ &fixture->halves[i], vav_digest_new (), .n_pieces = 300 };
      threads[i] = g_thread_new ("sender", run_sender, &senders[i]);
    }
  for (guint i = 0; i < 2; i++)
    {
      Half *there = &fixture->halves[1 - i];
      guint8 sent[VAV_DIGEST_SIZE], came[VAV_DIGEST_SIZE];

      g_thread_join (threads[i]);
      g_assert_no_error (senders[i].error);
      WAIT_FOR (g_atomic_int_get (&there->n_pieces) == 300);
      g_assert_cmpuint (there->n_bytes, ==, senders[i].n_bytes);
      vav_digest_peek (senders[i].digest, sent);
      vav_digest_peek (there->digest, came);
      g_assert_cmpmem (sent, sizeof sent, came, sizeof came);
      vav_digest_free (senders[i].digest);
    }
}

/* What was sent still goes after the close, and both sides are told of no error. */
static void
test_close_in_order (Fixture *fixture, gconstpointer data)
{
  Sender sender = { &fixture->halves[0], vav_digest_new (), .n_pieces = 3 };

  run_sender (&sender);
  vav_pipe_close (fixture->halves[0].pipe);
  WAIT_FOR (g_atomic_int_get (&fixture->halves[0].n_closed) == 1
            && g_atomic_int_get (&fixture->halves[1].n_closed) == 1);
  g_assert_no_error (fixture->halves[0].error);
  g_assert_no_error (fixture->halves[1].error);
  g_assert_cmpuint (fixture->halves[1].n_pieces, ==, 3);
  g_assert_cmpuint (fixture->halves[1].n_bytes, ==, sender.n_bytes);
  vav_digest_free (sender.digest);

  sender = (Sender){ &fixture->halves[0], vav_digest_new (), .n_pieces = 1 };
  run_sender (&sender);
  g_assert_error (sender.error, VAV_ERROR, VAV_ERROR_CLOSED);
  g_clear_error (&sender.error);
  vav_digest_free (sender.digest);
}

/* A taker that takes nothing stops the sender; a close wakes it. */
static void
test_backpressure (Fixture *fixture, gconstpointer data)
{
  Sender sender = { &fixture->halves[0], vav_digest_new (), .n_pieces = 1000 };
  GThread *thread;
  gint64 limit = g_get_monotonic_time () + G_USEC_PER_SEC;

  g_atomic_int_set (&fixture->halves[1].blocked, TRUE);
  thread = g_thread_new ("sender", run_sender, &sender);
  while (g_get_monotonic_time () < limit)
    fixture_iterate ();
  g_assert_false (g_atomic_int_get (&sender.over));
  vav_pipe_close (fixture->halves[0].pipe);
  g_thread_join (thread);
  g_assert_error (sender.error, VAV_ERROR, VAV_ERROR_CLOSED);
  g_clear_error (&sender.error);
  g_atomic_int_set (&fixture->halves[1].blocked, FALSE);
  vav_digest_free (sender.digest);
}

static void
test_too_large (Fixture *fixture, gconstpointer data)
{
  gsize length = vav_pipe_get_max_piece (fixture->halves[0].pipe) + 1;
  g_autoptr (GBytes) piece = g_bytes_new_take (g_malloc0 (length), length);
  g_autoptr (GError) error = NULL;

  g_assert_false (vav_pipe_send (fixture->halves[0].pipe, piece, &error));
  g_assert_error (error, VAV_ERROR, VAV_ERROR_TOO_LARGE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add ("/signal/pipe/both-ways", Fixture, NULL, set_up, test_both_ways, tear_down);
  g_test_add ("/signal/pipe/close-in-order", Fixture, NULL, set_up, test_close_in_order, tear_down);
  g_test_add ("/signal/pipe/backpressure", Fixture, NULL, set_up, test_backpressure, tear_down);
  g_test_add ("/signal/pipe/too-large", Fixture, NULL, set_up, test_too_large, tear_down);

  return g_test_run ();
}
