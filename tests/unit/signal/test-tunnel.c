/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "net/core/vav-error.h"
#include "net/signal/vav-tunnel-private.h"
#include "tests/unit/signal/fixture.h"

#define ROUNDS 20000

static void
take (VavTunnelOrder *order, guint64 offset, const char *text, VavTunnelTake expected)
{
  g_autoptr (GBytes) data = text != NULL ? g_bytes_new (text, strlen (text)) : NULL;

  g_assert_cmpint (vav_tunnel_order_take (order, offset, data), ==, expected);
}

static void
pop (VavTunnelOrder *order, const char *expected)
{
  g_autoptr (GBytes) data = vav_tunnel_order_pop (order);

  if (expected == NULL)
    g_assert_null (data);
  else
    g_assert_cmpmem (g_bytes_get_data (data, NULL), g_bytes_get_size (data), expected, strlen (expected));
}

/* Bytes come out in order and once, however their frames came; what lies too far ahead, or after the end, is a gap. */
static void
test_order (void)
{
  g_autoptr (VavTunnelOrder) order = vav_tunnel_order_new ();

  take (order, 3, "def", VAV_TUNNEL_TAKEN);
  pop (order, NULL);
  take (order, 3, "xyz", VAV_TUNNEL_REPEATED);
  take (order, 6, NULL, VAV_TUNNEL_TAKEN);
  take (order, 0, "abc", VAV_TUNNEL_TAKEN);
  pop (order, "abc");
  pop (order, "def");
  g_assert_cmpuint (vav_tunnel_order_get_next (order), ==, 6);
  pop (order, "");
  g_assert_cmpuint (vav_tunnel_order_get_next (order), ==, 7);
  take (order, 0, "abc", VAV_TUNNEL_REPEATED);
  take (order, 7, "g", VAV_TUNNEL_GAP);
  pop (order, NULL);
}

/* No more waits than a window, and nothing from beyond it. */
static void
test_window (void)
{
  g_autoptr (VavTunnelOrder) order = vav_tunnel_order_new ();

  take (order, (guint64)VAV_TUNNEL_WINDOW * VAV_TUNNEL_MAX_DATA + 1, "x", VAV_TUNNEL_GAP);
  for (guint i = 1; i <= VAV_TUNNEL_WINDOW; i++)
    take (order, i, "x", VAV_TUNNEL_TAKEN);
  take (order, VAV_TUNNEL_WINDOW + 1, "x", VAV_TUNNEL_GAP);
}

/* Each kind of frame is read as it was built; of each, no shorter or changed form is taken for what it is not, and none is read past its end. */
static void
test_frames (void)
{
  static const guint8 data[] = "some bytes";

  for (VavTunnelKind kind = VAV_TUNNEL_OPEN; kind <= VAV_TUNNEL_RESET; kind++)
    {
      VavTunnelFrame frame
          = { .kind = kind, .offset = kind == VAV_TUNNEL_OPEN ? 0 : 77, .sent = 5, .reason = VAV_TUNNEL_FULL };
      VavTunnelFrame read;
      g_autoptr (GBytes) bytes = NULL;
      gsize length;

      memset (frame.answers, 'a', VAV_TOPIC_NAME_LENGTH);
      frame.data = data;
      frame.length = kind <= VAV_TUNNEL_DATA ? sizeof data : 0;
      bytes = vav_tunnel_frame_build (&frame);
      length = g_bytes_get_size (bytes);
      g_assert_true (vav_tunnel_frame_parse (&read, g_bytes_get_data (bytes, NULL), length));
      g_assert_cmpint (read.kind, ==, kind);
      g_assert_cmpuint (read.offset, ==, frame.offset);
      g_assert_cmpmem (read.data, read.length, frame.data, frame.length);
      for (gsize n = 0; n < VAV_TUNNEL_HEADER; n++)
        g_assert_false (vav_tunnel_frame_parse (&read, g_bytes_get_data (bytes, NULL), n));
    }
}

/* Random frames, some almost right, through parser and order: nothing but an answer may come of it. */
static void
test_nonsense (void)
{
  g_autoptr (VavTunnelOrder) order = vav_tunnel_order_new ();

  for (guint round = 0; round < ROUNDS; round++)
    {
      guint8 bytes[VAV_TUNNEL_HEADER + VAV_TUNNEL_OPEN_HEADER + 64];
      gsize length = (gsize)g_test_rand_int_range (0, sizeof bytes);
      g_autofree guint8 *exact = NULL;
      VavTunnelFrame frame;

      for (gsize i = 0; i < sizeof bytes; i++)
        bytes[i] = (guint8)g_test_rand_int ();
      bytes[0] = 1;
      bytes[1] %= 7;
      bytes[2 + VAV_TUNNEL_ID_SIZE] %= 2;
      memset (bytes + 3 + VAV_TUNNEL_ID_SIZE, 0, 7);
      exact = g_memdup2 (bytes, MAX (length, 1)); /* a sanitizer sees what is read past the end */
      if (!vav_tunnel_frame_parse (&frame, exact, length) || frame.kind == VAV_TUNNEL_ACK
          || frame.kind == VAV_TUNNEL_RESET)
        continue;
      {
        g_autoptr (GBytes) data = frame.length > 0 ? g_bytes_new (frame.data, frame.length) : NULL;
        GBytes *next;

        (void)vav_tunnel_order_take (order, frame.offset, data);
        while ((next = vav_tunnel_order_pop (order)) != NULL)
          g_bytes_unref (next);
      }
    }
}

static void
on_dialled (GObject *source, GAsyncResult *result, gpointer error)
{
  g_assert_null (vav_direct_dial_finish (result, error));
}

/* The broker is left before somebody dials by it, before that begins, and while it waits for the broker. */
static void
test_closed (void)
{
  g_autoptr (VavIdentity) anna = vav_identity_new_ephemeral (NULL);
  g_autoptr (VavIdentity) bob = vav_identity_new_ephemeral (NULL);
  VavAddress address = { .id = (char *)vav_identity_get_id (bob) };

  g_test_summary ("A9: A call that waits for the broker when that is left ends at once, with words");
  for (guint moment = 0; moment < 3; moment++)
    {
      g_autoptr (VavBroker) broker = vav_broker_new ("mqtt://127.0.0.1:1", NULL);
      g_autoptr (VavTunnels) tunnels = vav_tunnels_new (broker, vav_identity_get_id (anna));
      g_autoptr (GError) error = NULL;

      if (moment == 0)
        g_object_run_dispose (G_OBJECT (tunnels));
      vav_tunnel_dial_async (anna, tunnels, &address, "", NULL, NULL, NULL, on_dialled, &error);
      if (moment == 2)
        fixture_settle ();
      g_assert_no_error (error);
      if (moment > 0)
        g_object_run_dispose (G_OBJECT (tunnels));
      WAIT_FOR (error != NULL);
      g_assert_error (error, VAV_ERROR, VAV_ERROR_UNREACHABLE);
    }
}

/* As much of a ClientHello as the other side looks at. */
#define HELLO 64

/* Two people at a real broker, and a tunnel between them. */
typedef struct
{
  GSubprocess *program;
  VavIdentity *identities[2];
  VavBroker *brokers[2];
  VavTunnels *tunnels[2];
  VavTunnel *dialled;
  GSocket *ends[2]; /* of who dialled, of who was */
  GString *heard[2];
} Two;

static void
on_incoming (VavTunnels *tunnels, GSocket *socket, GSocket **end)
{
  *end = g_object_ref (socket);
}

static gboolean
are_reachable (Two *two)
{
  return vav_tunnels_is_reachable (two->tunnels[0]) && vav_tunnels_is_reachable (two->tunnels[1]);
}

static void
say (GSocket *end, const char *text, gsize length)
{
  g_assert_cmpint (g_socket_send (end, text, length, NULL, NULL), ==, (gssize)length);
}

/* Whether the last that came there is that; what came first is no text. */
static gboolean
hears (Two *two, guint end, const char *text)
{
  const gsize length = strlen (text);
  char bytes[HELLO];
  gssize n;

  while ((n = g_socket_receive (two->ends[end], bytes, sizeof bytes, NULL, NULL)) > 0)
    g_string_append_len (two->heard[end], bytes, n);

  return two->heard[end]->len >= length
         && memcmp (two->heard[end]->str + two->heard[end]->len - length, text, length) == 0;
}

static void
two_set_up (Two *two, gconstpointer unused)
{
  const char hello[HELLO] = { 22, 3, 1, 0, HELLO - 5 };
  g_autofree char *url = NULL;
  g_autoptr (GError) error = NULL;

  two->program = fixture_start_mosquitto (&url);
  for (guint i = 0; i < 2; i++)
    {
      two->identities[i] = vav_identity_new_ephemeral (NULL);
      two->brokers[i] = vav_broker_new (url, NULL);
      two->tunnels[i] = vav_tunnels_new (two->brokers[i], vav_identity_get_id (two->identities[i]));
      two->heard[i] = g_string_new (NULL);
      vav_tunnels_set_open (two->tunnels[i], TRUE);
      vav_broker_start (two->brokers[i], NULL);
    }
  g_signal_connect (two->tunnels[1], "incoming", G_CALLBACK (on_incoming), &two->ends[1]);
  WAIT_FOR (are_reachable (two));
  two->dialled = vav_tunnels_dial (two->tunnels[0], vav_identity_get_id (two->identities[1]), &two->ends[0], &error);
  g_assert_no_error (error);
  say (two->ends[0], hello, HELLO);
  WAIT_FOR (two->ends[1] != NULL);
  say (two->ends[1], "hello", 5);
  WAIT_FOR (hears (two, 0, "hello"));
}

static void
two_tear_down (Two *two, gconstpointer unused)
{
  vav_tunnel_unref (two->dialled);
  for (guint i = 0; i < 2; i++)
    {
      g_object_unref (two->ends[i]);
      g_string_free (two->heard[i], TRUE);
      g_object_run_dispose (G_OBJECT (two->tunnels[i]));
      g_object_unref (two->tunnels[i]);
      vav_broker_stop (two->brokers[i]);
      g_object_unref (two->brokers[i]);
      g_object_unref (two->identities[i]);
    }
  fixture_stop_mosquitto (two->program);
}

/* Who speaks waits longer each time before he says it again: here for ever. */
static void
test_back (Two *two, gconstpointer unused)
{
  g_test_summary ("What was said while the other side was away from the broker is said again as soon as that is back");
  WAIT_FOR (g_queue_is_empty (&two->dialled->unacked));
  vav_broker_stop (two->brokers[1]);
  say (two->ends[0], "goodbye", 7);
  WAIT_FOR (two->dialled->n_again > 0);
  g_assert_nonnull (two->dialled->again);
  g_source_destroy (two->dialled->again);
  vav_broker_start (two->brokers[1], NULL);
  WAIT_FOR (hears (two, 1, "goodbye"));
  WAIT_FOR (g_queue_is_empty (&two->dialled->unacked));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/signal/tunnel/order", test_order);
  g_test_add_func ("/signal/tunnel/window", test_window);
  g_test_add_func ("/signal/tunnel/frames", test_frames);
  g_test_add_func ("/signal/tunnel/nonsense", test_nonsense);
  g_test_add_func ("/signal/tunnel/closed", test_closed);
  g_test_add ("/signal/tunnel/back", Two, NULL, two_set_up, test_back, two_tear_down);
  return g_test_run ();
}
