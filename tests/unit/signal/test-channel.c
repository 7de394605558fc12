/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>
#include <sys/socket.h>

#include "fixture.h"
#include "net/signal/vav-channel-private.h"
#include "net/signal/vav-frame.h"
#include "net/signal/vav-rules.h"

#define CALL "0123456789abcdef0123456789abcdef"

/* Two channels on one socket pair, hellos exchanged; no TLS, which is tested elsewhere. */
typedef struct
{
  GSocket *sockets[2];
  End *ends[2];
} Pair;

static void
opened_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;

  vav_channel_open_finish (VAV_CHANNEL (source), result, &error);
  g_assert_no_error (error);
  ++*(int *)data;
}

static Pair *
pair_new (void)
{
  Pair *pair = g_new0 (Pair, 1);
  int opened = 0;
  int fds[2];

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), ==, 0);
  for (int i = 0; i < 2; i++)
    {
      g_autoptr (GSocketConnection) connection = NULL;

      pair->sockets[i] = g_socket_new_from_fd (fds[i], NULL);
      connection = g_socket_connection_factory_create_connection (pair->sockets[i]);
      pair->ends[i] = end_new (vav_channel_new (G_IO_STREAM (connection), pair->sockets[i], "somebody"));
    }
  for (int i = 0; i < 2; i++)
    vav_channel_open_async (pair->ends[i]->channel, "Name", NULL, opened_cb, &opened);
  WAIT_FOR (opened == 2);
  return pair;
}

static void
pair_free (Pair *pair)
{
  for (int i = 0; i < 2; i++)
    {
      g_clear_pointer (&pair->ends[i], end_free);
      g_object_unref (pair->sockets[i]);
    }
  fixture_settle ();
  g_free (pair);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Pair, pair_free)

static gboolean
send_data (End *end, gsize length)
{
  g_autoptr (VavMessage) message = vav_message_new (VAV_MESSAGE_CLOSING);
  g_autoptr (GBytes) data = g_bytes_new_take (g_malloc0 (length), length);

  vav_message_set_call (message, CALL);
  vav_message_set_data (message, data);
  return vav_channel_send (end->channel, message, NULL);
}

/* Bytes below the channel, as a wrong peer would send them. */
static void
send_raw (Pair *pair, int i, const char *json)
{
  g_autoptr (GBytes) body = g_bytes_new (json, strlen (json));
  g_autoptr (GBytes) frame = vav_frame_wrap (body, NULL);

  g_assert_cmpint (
      g_socket_send (pair->sockets[i], g_bytes_get_data (frame, NULL), g_bytes_get_size (frame), NULL, NULL), ==,
      g_bytes_get_size (frame));
}

/* Much, while the other end reads; or until it does not any more. */
static void
send_all (Pair *pair, End *reader, const char *json)
{
  g_autoptr (GBytes) body = g_bytes_new (json, strlen (json));
  g_autoptr (GBytes) frame = vav_frame_wrap (body, NULL);
  gsize length;
  const char *bytes = g_bytes_get_data (frame, &length);

  g_socket_set_blocking (pair->sockets[0], FALSE);
  while (length > 0 && !reader->closed)
    {
      gssize n = g_socket_send (pair->sockets[0], bytes, length, NULL, NULL);

      if (n < 0)
        fixture_iterate ();
      bytes += MAX (n, 0);
      length -= (gsize)MAX (n, 0);
    }
}

/* What comes before start() is kept and delivered in order, from the main loop; an end in order behind it as well. */
static void
test_before_start (void)
{
  g_autoptr (Pair) pair = pair_new ();
  End *a = pair->ends[0];
  End *b = pair->ends[1];

  for (gsize i = 1; i <= 50; i++)
    g_assert_true (send_data (a, i));
  vav_channel_close (a->channel);
  fixture_settle ();
  g_assert_cmpuint (b->messages->len, ==, 0);
  g_assert_false (b->closed);
  vav_channel_start (b->channel);
  g_assert_cmpuint (b->messages->len, ==, 0);
  WAIT_FOR (b->closed && a->closed);
  g_assert_cmpuint (b->messages->len, ==, 50);
  for (guint i = 0; i < 50; i++)
    g_assert_cmpuint (g_bytes_get_size (vav_message_get_data (b->messages->pdata[i])), ==, i + 1);
  g_assert_no_error (a->error);
  g_assert_no_error (b->error);
}

static void
request (End *end)
{
  g_autoptr (VavMessage) message = vav_message_new (VAV_MESSAGE_REQUEST);

  vav_message_set_call (message, CALL);
  vav_message_set_string (message, "description", "v=0\r\n");
  g_assert_true (vav_channel_send (end->channel, message, NULL));
}

/* Much and a close right behind it: all arrives. */
static void
test_close_behind_much (void)
{
  g_autoptr (Pair) pair = pair_new ();

  request (pair->ends[0]);
  for (int i = 0; i < 10; i++)
    g_assert_true (send_data (pair->ends[0], VAV_MAX_DATA));
  vav_channel_close (pair->ends[0]->channel);
  g_assert_false (send_data (pair->ends[0], 1));
  vav_channel_start (pair->ends[1]->channel);
  WAIT_FOR (pair->ends[1]->closed);
  g_assert_no_error (pair->ends[1]->error);
  g_assert_cmpuint (pair->ends[1]->messages->len, ==, 11);
}

/* Both talk and close at the same moment: nobody sees a reset. */
static void
test_both_close (void)
{
  g_autoptr (Pair) pair = pair_new ();

  for (int i = 0; i < 2; i++)
    {
      vav_channel_start (pair->ends[i]->channel);
      g_assert_true (send_data (pair->ends[i], 1000));
      vav_channel_close (pair->ends[i]->channel);
    }
  WAIT_FOR (pair->ends[0]->closed && pair->ends[1]->closed);
  g_assert_no_error (pair->ends[0]->error);
  g_assert_no_error (pair->ends[1]->error);
}

/* A peer that does not read: sending fails at 4 MiB, closing does not wait for ever, and `closed` tells that not all went out. */
static void
test_peer_does_not_read (void)
{
  g_autoptr (Pair) pair = pair_new ();
  End *a = pair->ends[0];
  int n = 0;

  while (send_data (a, VAV_MAX_DATA))
    g_assert_cmpint (++n, <, 100);
  g_assert_cmpint (n, >, 40);
  vav_channel_close (a->channel);
  WAIT_FOR (a->closed);
  g_assert_error (a->error, VAV_ERROR, VAV_ERROR_RESET);
}

static void
flushed_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  *(int *)data = vav_channel_flush_finish (VAV_CHANNEL (source), result, NULL) ? 1 : -1;
}

/* Flushing settles when all is with the kernel; or, if that will never be, tells so. */
static void
test_flush (void)
{
  g_autoptr (Pair) pair = pair_new ();
  End *a = pair->ends[0];
  int nothing = 0;
  int much = 0;
  int never = 0;

  vav_channel_flush_async (a->channel, flushed_cb, &nothing);
  WAIT_FOR (nothing == 1);
  request (a);
  for (int i = 0; i < 10; i++)
    g_assert_true (send_data (a, VAV_MAX_DATA));
  vav_channel_flush_async (a->channel, flushed_cb, &much);
  fixture_settle ();
  g_assert_cmpint (much, ==, 0);
  vav_channel_start (pair->ends[1]->channel);
  WAIT_FOR (much == 1);

  g_assert_true (send_data (a, VAV_MAX_DATA));
  vav_channel_flush_async (a->channel, flushed_cb, &never);
  vav_channel_abort (a->channel);
  WAIT_FOR (never == -1 && a->closed);
}

static void
drop_cb (VavChannel *channel, VavMessage *message, gpointer data)
{
  Pair *pair = data;

  /* the last reference, in the middle of several messages */
  g_clear_pointer (&pair->ends[1], end_free);
}

static void
abort_cb (VavChannel *channel, VavMessage *message, gpointer data)
{
  vav_channel_abort (channel);
}

static void
close_cb (VavChannel *channel, VavMessage *message, gpointer data)
{
  vav_channel_close (channel);
}

/* A handler may drop, abort or close the channel; nothing is delivered after that. */
static void
test_reentrancy (void)
{
  static const GCallback handlers[] = { G_CALLBACK (drop_cb), G_CALLBACK (abort_cb), G_CALLBACK (close_cb) };

  for (guint i = 0; i < G_N_ELEMENTS (handlers); i++)
    {
      g_autoptr (Pair) pair = pair_new ();
      End *b = pair->ends[1];

      vav_channel_start (pair->ends[0]->channel);
      for (int n = 0; n < 5; n++)
        g_assert_true (send_data (pair->ends[0], 10));
      g_signal_connect (b->channel, "message", handlers[i], pair);
      vav_channel_start (b->channel);
      WAIT_FOR (pair->ends[0]->closed);
      if (i == 0)
        continue;
      WAIT_FOR (b->closed);
      g_assert_cmpuint (b->messages->len, ==, 1);
      g_assert_cmpuint (b->n_closed, ==, 1);
    }
}

/* Two idle channels keep each other alive by pings, which nobody sees; a frozen one is given up. */
static void
test_silence (void)
{
  g_autoptr (Pair) pair = pair_new ();
  End *a = pair->ends[0];
  End *b = pair->ends[1];
  gint64 until;

  vav_channel_set_patience (a->channel, 50, 1500);
  vav_channel_start (a->channel);
  vav_channel_start (b->channel);
  until = g_get_monotonic_time () + 2000 * G_TIME_SPAN_MILLISECOND;
  WAIT_FOR (g_get_monotonic_time () > until);
  g_assert_false (a->closed);
  g_assert_cmpuint (a->messages->len, ==, 0);
  g_assert_cmpuint (b->messages->len, ==, 0);
}

static void
test_frozen (void)
{
  g_autoptr (Pair) pair = pair_new ();
  End *a = pair->ends[0];

  vav_channel_set_patience (a->channel, 20, 200);
  vav_channel_start (a->channel); /* the other is never started: it reads nothing */
  WAIT_FOR (a->closed);
  g_assert_error (a->error, VAV_ERROR, VAV_ERROR_TIMEOUT);
  g_assert_cmpuint (a->n_closed, ==, 1);
}

/* A peer whose last words came just before the connection broke is heard, though writing to it fails first. */
static void
test_last_words (void)
{
  g_autoptr (Pair) pair = pair_new ();
  End *b = pair->ends[1];

  send_raw (pair, 0, "{\"type\":\"closing\",\"seq\":9,\"call\":\"" CALL "\"}");
  g_socket_close (pair->sockets[0], NULL);
  vav_channel_start (b->channel);
  for (int i = 0; i < 10; i++)
    g_assert_true (send_data (b, 1000));
  WAIT_FOR (b->closed);
  g_assert_cmpuint (b->messages->len, ==, 1);
}

/* A message cut in two by the end is a reset, also if the end itself is in order. */
static void
test_cut (void)
{
  g_autoptr (Pair) pair = pair_new ();
  End *b = pair->ends[1];

  g_assert_cmpint (g_socket_send (pair->sockets[0], "\0\0\0\7{\"ty", 8, NULL, NULL), ==, 8);
  g_socket_shutdown (pair->sockets[0], FALSE, TRUE, NULL);
  vav_channel_start (b->channel);
  WAIT_FOR (b->closed);
  g_assert_error (b->error, VAV_ERROR, VAV_ERROR_RESET);
}

/* What was good before the nonsense in one and the same packet is delivered first. */
static void
test_good_before_bad (void)
{
  g_autoptr (Pair) pair = pair_new ();
  End *b = pair->ends[1];

  send_raw (pair, 0, "{\"type\":\"closing\",\"seq\":9,\"call\":\"" CALL "\"}");
  g_assert_cmpint (g_socket_send (pair->sockets[0], "\0\0\0\0", 4, NULL, NULL), ==, 4);
  vav_channel_start (b->channel);
  WAIT_FOR (b->closed);
  g_assert_error (b->error, VAV_ERROR, VAV_ERROR_PROTOCOL);
  g_assert_cmpuint (b->messages->len, ==, 1);
}

/* The rules alone: seq rises, 600 at once, 2,000 in a call, then 200 a second, 16 unknown ones. */
static void
test_rules (void)
{
  VavRules rules;
  gint64 now = 1000;

  vav_rules_init (&rules, now);
  g_assert_true (vav_rules_take_seq (&rules, 0, NULL));
  g_assert_false (vav_rules_take_seq (&rules, 0, NULL));
  g_assert_true (vav_rules_take_seq (&rules, 7, NULL));
  g_assert_false (vav_rules_take_seq (&rules, 6, NULL));
  for (int i = 0; i < 600; i++)
    g_assert_true (vav_rules_count (&rules, 511, now, NULL));
  g_assert_false (vav_rules_count (&rules, 1, now, NULL));
  for (int i = 0; i < 2; i++)
    vav_rules_trust (&rules);
  for (int i = 0; i < 1400; i++)
    g_assert_true (vav_rules_count (&rules, 1, now, NULL));
  g_assert_false (vav_rules_count (&rules, 1, now, NULL));
  for (int i = 0; i < 200; i++)
    {
      now += G_USEC_PER_SEC / 200;
      g_assert_true (vav_rules_count (&rules, 1, now, NULL));
    }
  for (int i = 0; i < 16; i++)
    g_assert_true (vav_rules_take_unknown (&rules, NULL));
  g_assert_false (vav_rules_take_unknown (&rules, NULL));
}

/* Large messages count for several: a stranger may send one of the largest, who is in a call two more and hundreds of candidates. */
static void
test_rules_size (void)
{
  VavRules rules;
  gint64 now = 1000;

  vav_rules_init (&rules, now);
  g_assert_true (vav_rules_count (&rules, VAV_FRAME_MAX, now, NULL));
  g_assert_false (vav_rules_count (&rules, VAV_FRAME_MAX, now, NULL));
  vav_rules_trust (&rules);
  for (int i = 0; i < 2; i++)
    g_assert_true (vav_rules_count (&rules, VAV_FRAME_MAX, now, NULL));
  for (int i = 0; i < 400; i++)
    g_assert_true (vav_rules_count (&rules, 200, now, NULL));
  g_assert_false (vav_rules_count (&rules, VAV_FRAME_MAX, now, NULL));
}

/* A hundred of the largest messages, whatever they are: the channel is closed after the first that is too large for its kind, or
 * before the third is read. */
static void
test_large_nonsense (void)
{
  static const char *const kinds[] = { "ping", "pong", "dance", "candidate", "closing" };
  g_autofree char *junk = g_strnfill (200 * 1024, 'x');

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      g_autoptr (Pair) pair = pair_new ();
      End *b = pair->ends[1];

      vav_channel_start (b->channel);
      for (int n = 0; n < 100 && !b->closed; n++)
        {
          g_autofree char *json = g_strdup_printf ("{\"type\":\"%s\",\"seq\":%d,\"call\":\"" CALL "\",\"junk\":\"%s\"}",
                                                   kinds[i], 9 + n, junk);

          send_all (pair, b, json);
        }
      WAIT_FOR (b->closed);
      g_assert_error (b->error, VAV_ERROR, VAV_ERROR_PROTOCOL);
      g_assert_cmpuint (b->messages->len, <=, 1);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/signal/channel/before-start", test_before_start);
  g_test_add_func ("/signal/channel/close-behind-much", test_close_behind_much);
  g_test_add_func ("/signal/channel/both-close", test_both_close);
  g_test_add_func ("/signal/channel/peer-does-not-read", test_peer_does_not_read);
  g_test_add_func ("/signal/channel/flush", test_flush);
  g_test_add_func ("/signal/channel/reentrancy", test_reentrancy);
  g_test_add_func ("/signal/channel/silence", test_silence);
  g_test_add_func ("/signal/channel/frozen", test_frozen);
  g_test_add_func ("/signal/channel/last-words", test_last_words);
  g_test_add_func ("/signal/channel/cut", test_cut);
  g_test_add_func ("/signal/channel/good-before-bad", test_good_before_bad);
  g_test_add_func ("/signal/channel/rules", test_rules);
  g_test_add_func ("/signal/channel/rules-size", test_rules_size);
  g_test_add_func ("/signal/channel/large-nonsense", test_large_nonsense);
  return g_test_run ();
}
