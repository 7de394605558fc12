/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "fixture.h"

/* Peers that do what they must not, as processes: see rogue-peer --help. */

#define CALL "0123456789abcdef0123456789abcdef"

typedef struct
{
  GSubprocess *process;
  GString *output;
  gboolean over;
} Peer;

static void
output_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Peer *peer = data;
  g_autoptr (GBytes) bytes = g_input_stream_read_bytes_finish (G_INPUT_STREAM (source), result, NULL);

  peer->over = bytes == NULL || g_bytes_get_size (bytes) == 0;
  if (peer->over)
    return;
  g_string_append_len (peer->output, g_bytes_get_data (bytes, NULL), (gssize)g_bytes_get_size (bytes));
  g_input_stream_read_bytes_async (G_INPUT_STREAM (source), 4096, 0, NULL, output_cb, peer);
}

static Peer *
peer_new (const char *mode, const char *option, const char *address, const char *input)
{
  Peer *peer = g_new0 (Peer, 1);
  g_autoptr (GError) error = NULL;
  GOutputStream *in;

  peer->output = g_string_new (NULL);
  peer->process = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDIN_PIPE, &error,
                                    g_getenv ("ROGUE_PEER"), option, address, mode, NULL);
  g_assert_no_error (error);
  in = g_subprocess_get_stdin_pipe (peer->process);
  g_assert_true (g_output_stream_write_all (in, input, strlen (input), NULL, NULL, NULL));
  g_output_stream_close (in, NULL, NULL);
  g_input_stream_read_bytes_async (g_subprocess_get_stdout_pipe (peer->process), 4096, 0, NULL, output_cb, peer);
  return peer;
}

/* Waits until it is gone. */
static void
peer_free (Peer *peer)
{
  WAIT_FOR (peer->over);
  g_subprocess_wait (peer->process, NULL, NULL);
  g_object_unref (peer->process);
  g_string_free (peer->output, TRUE);
  g_free (peer);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Peer, peer_free)

static Peer *
call (House *house, const char *mode, const char *input)
{
  g_autofree char *address = vav_listener_dup_address (house->listener);

  return peer_new (mode, "--connect", address, input);
}

static gboolean
says (Peer *peer, const char *text)
{
  return strstr (peer->output->str, text) != NULL;
}

/* A good caller still gets through. */
static void
assert_open (House *house)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (VavChannel) channel = fixture_dial_port (vav_listener_get_port (house->listener), &error);

  g_assert_no_error (error);
  g_assert_nonnull (channel);
}

/* Callers who do not even get to the hello: each is ended by us, none becomes a channel, the next good one does. */
static void
test_refused_callers (gconstpointer mode)
{
  g_autoptr (House) house = house_new ("127.0.0.1");
  g_autoptr (Peer) peer = call (house, mode, "");

  WAIT_FOR (peer->over);
  g_test_message ("%s", peer->output->str);
  g_assert_true (says (peer, "\"end\""));
  g_assert_false (says (peer, "\"none\""));
  g_assert_cmpuint (house->ends->len, ==, 0);
  assert_open (house);
}

/* Callers who say hello and then nonsense: the channel ends with the right error, and they are told by an orderly end. */
static void
assert_ends (const char *mode, const char *input, VavError code)
{
  g_autoptr (House) house = house_new ("127.0.0.1");
  g_autoptr (Peer) peer = call (house, mode, input);
  End *end;

  WAIT_FOR (house->ends->len == 1);
  end = g_ptr_array_index (house->ends, 0);
  WAIT_FOR (end->closed && peer->over);
  g_assert_error (end->error, VAV_ERROR, (int)code);
  g_assert_cmpuint (end->messages->len, ==, 0);
  g_assert_true (says (peer, "\"bye\""));
  assert_open (house);
}

static void
test_nonsense (void)
{
  g_autoptr (GString) many = g_string_new (NULL);

  assert_ends ("huge-frame", "", VAV_ERROR_TOO_LARGE);
  assert_ends ("deep-json", "", VAV_ERROR_PROTOCOL);
  assert_ends ("bad-utf8", "", VAV_ERROR_PROTOCOL);
  assert_ends ("script", "[]\n", VAV_ERROR_PROTOCOL);
  assert_ends ("script", "{\"type\":\"withdraw\",\"call\":\"" CALL "\",\"seq\":1}\n", VAV_ERROR_PROTOCOL);
  assert_ends ("script", "{\"type\":\"hello\",\"version\":1}\n", VAV_ERROR_PROTOCOL);
  assert_ends ("script", "{\"type\":\"request\",\"call\":\"" CALL "\"}\n", VAV_ERROR_PROTOCOL);
  for (int i = 0; i < 17; i++)
    g_string_append (many, "{\"type\":\"dance\"}\n");
  assert_ends ("script", many->str, VAV_ERROR_PROTOCOL);
  for (int i = 0; i < 2200; i++)
    g_string_append (g_string_truncate (many, i == 0 ? 0 : many->len), "{\"type\":\"pong\"}\n");
  assert_ends ("script", many->str, VAV_ERROR_PROTOCOL);
}

/* Without a hello as the first message there is no channel. */
static void
test_no_hello (void)
{
  static const char *const inputs[] = {
    "{\"type\":\"ping\"}\n",
    "{\"type\":\"dance\"}\n",
    "{\"type\":\"hello\"}\n",
    "{\"type\":\"hello\",\"version\":0}\n",
    "rubbish\n",
  };
  g_autoptr (House) house = house_new ("127.0.0.1");

  for (guint i = 0; i < G_N_ELEMENTS (inputs); i++)
    {
      g_autoptr (Peer) peer = call (house, "bare", inputs[i]);

      WAIT_FOR (peer->over);
      g_assert_true (says (peer, "\"bye\""));
    }
  g_assert_cmpuint (house->ends->len, ==, 0);
}

/* An unknown type is answered with `unsupported` and its name, and the channel goes on to an end in order. */
static void
test_unknown_type (void)
{
  g_autoptr (House) house = house_new ("127.0.0.1");
  g_autoptr (Peer) peer = call (house, "unknown-type", "");
  End *end;

  WAIT_FOR (house->ends->len == 1);
  end = g_ptr_array_index (house->ends, 0);
  WAIT_FOR (end->closed && peer->over);
  g_assert_no_error (end->error);
  g_assert_true (says (peer, "\"type\":\"unsupported\""));
  g_assert_true (says (peer, "\"what\":\"dance\""));
}

/* Orderly end, end without close_notify, reset: told apart; and what was said before it is read before it is told. */
static void
test_endings (void)
{
  static const char *const ways[] = { "!bye", "!eof", "!reset" };

  for (guint i = 0; i < G_N_ELEMENTS (ways); i++)
    {
      g_autoptr (House) house = house_new ("127.0.0.1");
      g_autofree char *input
          = g_strdup_printf ("!wait hello\n{\"type\":\"closing\",\"call\":\"" CALL "\",\"data\":\"YnllCg==\"}\n%s%s\n",
                             i == 2 ? "!wait closed\n" : "", ways[i]);
      g_autoptr (Peer) peer = call (house, "script", input);
      g_autoptr (VavMessage) closed = vav_message_new (VAV_MESSAGE_CLOSED);
      End *end;

      WAIT_FOR (house->ends->len == 1);
      end = g_ptr_array_index (house->ends, 0);
      WAIT_FOR (end->messages->len == 1);
      vav_message_set_call (closed, CALL);
      if (i == 2)
        g_assert_true (vav_channel_send (end->channel, closed, NULL));
      WAIT_FOR (end->closed);
      WAIT_FOR (peer->over);
      g_assert_cmpuint (end->n_closed, ==, 1);
      if (i == 0)
        g_assert_no_error (end->error);
      else
        g_assert_error (end->error, VAV_ERROR, VAV_ERROR_RESET);
      g_assert_false (vav_channel_send (end->channel, closed, NULL));
    }
}

/* Our own ends, as the other side sees them: close() is an orderly end behind all that was queued, abort() a reset. */
static void
test_own_endings (void)
{
  for (int i = 0; i < 2; i++)
    {
      g_autoptr (House) house = house_new ("127.0.0.1");
      g_autoptr (Peer) peer = call (house, "script", "!wait closed\n");
      End *end;

      WAIT_FOR (house->ends->len == 1);
      end = g_ptr_array_index (house->ends, 0);
      for (int n = 0; n < 500; n++)
        {
          g_autoptr (VavMessage) closed = vav_message_new (VAV_MESSAGE_CLOSED);

          vav_message_set_call (closed, CALL);
          g_assert_true (vav_channel_send (end->channel, closed, NULL));
        }
      if (i == 0)
        vav_channel_close (end->channel);
      else
        vav_channel_abort (end->channel);
      g_assert_false (end->closed);
      WAIT_FOR (end->closed && peer->over);
      g_assert_cmpuint (end->n_closed, ==, 1);
      g_assert_true (says (peer, i == 0 ? "\"bye\"" : "\"reset\""));
      if (i == 0)
        {
          g_assert_no_error (end->error);
          g_assert_true (says (peer, "\"seq\":501,"));
        }
      else
        g_assert_error (end->error, VAV_ERROR, VAV_ERROR_RESET);
    }
}

/* Servers that are not what was dialled: each gives its error and a sentence of its own, in time. */
static void
test_rogue_servers (void)
{
  static const struct
  {
    const char *mode;
    int code;
    const char *word;
  } cases[] = {
    { "plain", VAV_ERROR_TLS, "language" },          { "http", VAV_ERROR_TLS, "language" },
    { "garbage", VAV_ERROR_TLS, "language" },        { "tls12", VAV_ERROR_TLS, "too old" },
    { "no-cert", VAV_ERROR_TLS, "certificate" },     { "other-alpn", VAV_ERROR_TLS, "not Visavis" },
    { "silent", VAV_ERROR_TIMEOUT, "says nothing" }, { "no-hello", VAV_ERROR_TIMEOUT, "says nothing" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (Peer) peer = peer_new (cases[i].mode, "--listen", "127.0.0.1:0", "");
      g_autoptr (GError) error = NULL;

      WAIT_FOR (strchr (peer->output->str, '\n') != NULL);
      g_assert_null (fixture_dial_port ((guint16)atoi (peer->output->str), &error));
      g_test_message ("%s: %s", cases[i].mode, error->message);
      g_assert_error (error, VAV_ERROR, cases[i].code);
      g_assert_nonnull (strstr (error->message, cases[i].word));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/signal/rogue/caller/silent", "silent", test_refused_callers);
  g_test_add_data_func ("/signal/rogue/caller/plain", "plain", test_refused_callers);
  g_test_add_data_func ("/signal/rogue/caller/http", "http", test_refused_callers);
  g_test_add_data_func ("/signal/rogue/caller/garbage", "garbage", test_refused_callers);
  g_test_add_data_func ("/signal/rogue/caller/tls12", "tls12", test_refused_callers);
  g_test_add_data_func ("/signal/rogue/caller/no-cert", "no-cert", test_refused_callers);
  g_test_add_data_func ("/signal/rogue/caller/other-alpn", "other-alpn", test_refused_callers);
  g_test_add_data_func ("/signal/rogue/caller/no-hello", "no-hello", test_refused_callers);
  g_test_add_func ("/signal/rogue/nonsense", test_nonsense);
  g_test_add_func ("/signal/rogue/no-hello", test_no_hello);
  g_test_add_func ("/signal/rogue/unknown-type", test_unknown_type);
  g_test_add_func ("/signal/rogue/endings", test_endings);
  g_test_add_func ("/signal/rogue/own-endings", test_own_endings);
  g_test_add_func ("/signal/rogue/servers", test_rogue_servers);
  return g_test_run ();
}
