/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <gio/gio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "fixture.h"
#include "rogue.h"

static VavMessage *
make_closing (const char *text)
{
  VavMessage *message = vav_message_new (VAV_MESSAGE_CLOSING);
  g_autofree char *call = vav_message_make_call_id ();
  g_autoptr (GBytes) data = g_bytes_new (text, strlen (text));

  vav_message_set_call (message, call);
  vav_message_set_data (message, data);
  return message;
}

/* Two real ends find each other over TCP and TLS, know each other's id and name, and talk both ways. */
static void
test_talk (gconstpointer host)
{
  g_autoptr (House) house = house_new (host);
  g_autoptr (VavIdentity) identity = vav_identity_new_ephemeral (NULL);
  g_autofree char *address = vav_listener_dup_address (house->listener);
  g_autoptr (GError) error = NULL;
  g_autoptr (VavMessage) hi = make_closing ("hi");
  g_autoptr (VavMessage) ho = make_closing ("ho");
  g_autoptr (End) alice = NULL;
  End *bob;

  alice = end_new (fixture_dial (identity, address, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (vav_channel_get_peer_id (alice->channel), ==, vav_identity_get_id (house->identity));
  g_assert_cmpstr (vav_channel_get_peer_name (alice->channel), ==, "Bob");
  g_assert_cmpuint (vav_channel_get_peer_version (alice->channel), ==, 1);
  g_assert_true (vav_channel_peer_has_feature (alice->channel, "data"));
  g_assert_false (vav_channel_peer_has_feature (alice->channel, "nonsense"));
  g_assert_true (vav_channel_is_local (alice->channel));
  g_assert_cmpstr (vav_channel_get_peer_address (alice->channel), ==, address);

  /* before start: goes right behind the hello */
  g_assert_true (vav_channel_send (alice->channel, hi, &error));
  WAIT_FOR (house->ends->len == 1);
  bob = g_ptr_array_index (house->ends, 0);
  g_assert_cmpstr (vav_channel_get_peer_id (bob->channel), ==, vav_identity_get_id (identity));
  g_assert_cmpstr (vav_channel_get_peer_name (bob->channel), ==, "Alice");
  WAIT_FOR (bob->messages->len == 1);
  g_assert_cmpmem (g_bytes_get_data (vav_message_get_data (bob->messages->pdata[0]), NULL), 2, "hi", 2);

  g_assert_true (vav_channel_send (bob->channel, ho, &error));
  vav_channel_start (alice->channel);
  g_assert_cmpuint (alice->messages->len, ==, 0);
  WAIT_FOR (alice->messages->len == 1);

  vav_channel_close (alice->channel);
  WAIT_FOR (alice->closed && bob->closed);
  g_assert_no_error (alice->error);
  g_assert_no_error (bob->error);
  g_assert_cmpuint (alice->n_closed, ==, 1);
}

/* Whoever asks for an id gets it, or the sentence that somebody else answers. */
static void
test_id (void)
{
  g_autoptr (House) house = house_new ("127.0.0.1");
  g_autoptr (VavIdentity) identity = vav_identity_new_ephemeral (NULL);
  g_autofree char *bound = vav_listener_dup_address (house->listener);
  g_autofree char *right = g_strdup_printf ("visavis:%s@%s", vav_identity_get_id (house->identity), bound);
  g_autofree char *wrong = g_strdup_printf ("visavis:%s@%s", vav_identity_get_id (identity), bound);
  g_autoptr (VavChannel) channel = NULL;
  g_autoptr (GError) error = NULL;

  channel = fixture_dial (identity, right, &error);
  g_assert_no_error (error);
  g_assert_null (fixture_dial (identity, wrong, &error));
  g_assert_error (error, VAV_ERROR, VAV_ERROR_UNTRUSTED);
}

/* A port where nobody listens, a name that does not resolve, an id without a host: each has its error and a sentence. */
static void
test_nobody (void)
{
  g_autoptr (VavIdentity) identity = vav_identity_new_ephemeral (NULL);
  g_autoptr (GSocketListener) placeholder = g_socket_listener_new ();
  g_autofree char *id_only = g_strdup_printf ("visavis:%s", vav_identity_get_id (identity));
  guint16 port = g_socket_listener_add_any_inet_port (placeholder, NULL, NULL);
  g_autoptr (GError) error = NULL;

  g_socket_listener_close (placeholder);
  g_assert_null (fixture_dial_port (port, &error));
  g_assert_error (error, VAV_ERROR, VAV_ERROR_UNREACHABLE);
  g_assert_nonnull (strstr (error->message, "127.0.0.1:"));
  g_clear_error (&error);

  g_assert_null (fixture_dial (identity, "nobody.invalid", &error));
  g_assert_error (error, VAV_ERROR, VAV_ERROR_RESOLVE);
  g_assert_nonnull (strstr (error->message, "nobody.invalid"));
  g_clear_error (&error);

  g_assert_null (fixture_dial (identity, id_only, &error));
  g_assert_error (error, VAV_ERROR, VAV_ERROR_UNREACHABLE);
}

/* One who answers, but has the connection end before TLS is up. */
typedef struct
{
  int listener;
  gboolean listens; /* to what the caller says, before */
  const char *words;
  void (*end) (Rogue *self);
  int code;
  guint n; /* atomic: callers */
} Short;

/* As often as somebody calls. */
static gpointer
answer_shortly (gpointer data)
{
  Short *answer = data;
  int fd;

  for (; (fd = accept (answer->listener, NULL, NULL)) >= 0; g_atomic_int_inc (&answer->n))
    {
      g_autoptr (Rogue) rogue = rogue_new (fd, TRUE);
      char hello[4096];

      if (answer->listens)
        g_assert_cmpint (recv (rogue_get_fd (rogue), hello, sizeof hello, 0), >, 0);
      if (answer->words != NULL)
        rogue_send_plain (rogue, answer->words, strlen (answer->words));
      answer->end (rogue);
    }
  return NULL;
}

/* One who ends the connection at once may be one of ours who is leaving or has too many callers, and is tried again a few times; only who says something else
 * speaks another language. */
static void
test_short_answers (void)
{
  Short answers[] = {
    { -1, FALSE, NULL, rogue_eof, VAV_ERROR_UNREACHABLE },
    { -1, FALSE, NULL, rogue_reset, VAV_ERROR_UNREACHABLE },
    { -1, TRUE, NULL, rogue_eof, VAV_ERROR_UNREACHABLE },
    { -1, TRUE, NULL, rogue_reset, VAV_ERROR_UNREACHABLE },
    { -1, TRUE, "220 mail.example.org\r\n", rogue_eof, VAV_ERROR_TLS },
    { -1, TRUE, "HTTP/1.1 400 No\r\n\r\n", rogue_eof, VAV_ERROR_TLS },
  };

  for (guint i = 0; i < G_N_ELEMENTS (answers); i++)
    {
      g_autoptr (GError) error = NULL;
      guint16 port = 0;
      GThread *thread;

      answers[i].listener = rogue_listen ("127.0.0.1", &port);
      thread = g_thread_new ("answer", answer_shortly, &answers[i]);
      g_assert_null (fixture_dial_port (port, &error));
      shutdown (answers[i].listener, SHUT_RDWR);
      g_thread_join (thread);
      close (answers[i].listener);
      if (answers[i].code == VAV_ERROR_TLS)
        g_assert_cmpuint (answers[i].n, ==, 1);
      else
        g_assert_cmpuint (answers[i].n, >, 1);
      g_test_message ("%u: %s", i, error->message);
      g_assert_error (error, VAV_ERROR, answers[i].code);
      g_assert_nonnull (strstr (error->message, answers[i].code == VAV_ERROR_TLS ? "language" : "at once"));
    }
}

/* Each connection shows its own certificate: nothing is resumed from one before, made by somebody else of the same process. */
static void
test_no_resumption (void)
{
  g_autoptr (House) house = house_new ("127.0.0.1");
  g_autofree char *address = vav_listener_dup_address (house->listener);

  for (guint i = 0; i < 4; i++)
    {
      g_autoptr (VavIdentity) identity = vav_identity_new_ephemeral (NULL);
      g_autoptr (GError) error = NULL;
      g_autoptr (VavChannel) channel = fixture_dial (identity, address, &error);

      g_assert_no_error (error);
      g_assert_cmpstr (vav_channel_get_peer_id (channel), ==, vav_identity_get_id (house->identity));
      WAIT_FOR (house->ends->len == i + 1);
      g_assert_cmpstr (vav_channel_get_peer_id (((End *)house->ends->pdata[i])->channel), ==,
                       vav_identity_get_id (identity));
    }
}

static void
phase_cb (VavDialPhase phase, gpointer data)
{
  g_string_append_c (data, "rct"[phase]);
}

static void
result_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  *(GAsyncResult **)data = g_object_ref (result);
}

/* A name is first looked up, an address is not; then comes the connection, then what is said by it; all is told, and never before the dialling function returned. */
static void
test_progress (void)
{
  static const char *const hosts[] = { "localhost", "127.0.0.1" };
  static const char *const expected[] = { "rct", "ct" };
  g_autoptr (House) house = house_new ("127.0.0.1");

  for (guint i = 0; i < G_N_ELEMENTS (hosts); i++)
    {
      g_autofree char *text = g_strdup_printf ("%s:%u", hosts[i], vav_listener_get_port (house->listener));
      g_autoptr (VavAddress) address = vav_address_parse (text, NULL);
      g_autoptr (GString) phases = g_string_new (NULL);
      g_autoptr (GAsyncResult) result = NULL;
      g_autoptr (VavChannel) channel = NULL;
      g_autoptr (GError) error = NULL;

      vav_direct_dial_async (house->identity, address, NULL, NULL, phase_cb, phases, result_cb, &result);
      g_assert_cmpstr (phases->str, ==, "");
      WAIT_FOR (result != NULL);
      channel = vav_direct_dial_finish (result, &error);
      g_assert_no_error (error);
      g_assert_cmpstr (phases->str, ==, expected[i]);
    }
}

/* Cancelling at any moment settles the dial at once and leaves nothing behind. */
static void
test_cancel (void)
{
  g_autoptr (House) house = house_new ("127.0.0.1");
  g_autofree char *text = vav_listener_dup_address (house->listener);
  g_autoptr (VavAddress) address = vav_address_parse (text, NULL);

  for (int turns = 0; turns < 40; turns++)
    {
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();
      g_autoptr (GAsyncResult) result = NULL;
      g_autoptr (GError) error = NULL;

      vav_direct_dial_async (house->identity, address, NULL, cancellable, NULL, NULL, result_cb, &result);
      for (int i = 0; i < turns; i++)
        g_main_context_iteration (NULL, FALSE);
      g_cancellable_cancel (cancellable);
      WAIT_FOR (result != NULL);
      g_assert_null (vav_direct_dial_finish (result, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    }
}

/* Also while it waits to try again. */
static void
test_cancel_pause (void)
{
  Short answer = { -1, FALSE, NULL, rogue_reset, VAV_ERROR_UNREACHABLE };
  g_autoptr (VavIdentity) identity = vav_identity_new_ephemeral (NULL);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (VavAddress) address = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  guint16 port = 0;
  GThread *thread;

  answer.listener = rogue_listen ("127.0.0.1", &port);
  text = g_strdup_printf ("127.0.0.1:%u", port);
  address = vav_address_parse (text, NULL);
  thread = g_thread_new ("answer", answer_shortly, &answer);
  vav_direct_dial_async (identity, address, NULL, cancellable, NULL, NULL, result_cb, &result);
  WAIT_FOR (result != NULL || g_atomic_int_get (&answer.n) >= 3);
  g_cancellable_cancel (cancellable);
  WAIT_FOR (result != NULL);
  shutdown (answer.listener, SHUT_RDWR);
  g_thread_join (thread);
  close (answer.listener);
  g_assert_null (vav_direct_dial_finish (result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

/* Closing, and then aborting or dropping at any moment of it, over real TLS: told once, and the other side always learns of the end. */
static void
test_abort_while_closing (void)
{
  g_autoptr (House) house = house_new ("127.0.0.1");

  for (int turns = 0; turns < 30; turns++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (VavMessage) hi = make_closing ("hi");
      End *alice = end_new (fixture_dial_port (vav_listener_get_port (house->listener), &error));
      End *bob;

      g_assert_no_error (error);
      WAIT_FOR (house->ends->len == 1);
      bob = g_ptr_array_index (house->ends, 0);
      vav_channel_start (alice->channel);
      g_assert_true (vav_channel_send (alice->channel, hi, NULL));
      vav_channel_close (alice->channel);
      for (int i = 0; i < turns; i++)
        g_main_context_iteration (NULL, FALSE);
      if (turns % 3 > 0)
        vav_channel_abort (alice->channel);
      if (turns % 3 == 2)
        g_clear_pointer (&alice, end_free);
      WAIT_FOR (bob->closed && (alice == NULL || alice->closed));
      g_assert_cmpuint (bob->n_closed, ==, 1);
      g_assert_true (alice == NULL || alice->n_closed == 1);
      g_clear_pointer (&alice, end_free);
      g_ptr_array_set_size (house->ends, 0);
    }
}

/* A taken port is told by its number, or passed over with `search`; a host that is not ours is told too. */
static void
test_port (void)
{
  g_autoptr (House) house = house_new (NULL);
  g_autoptr (VavListener) other = vav_listener_new (house->identity);
  g_autoptr (GError) error = NULL;
  guint16 port = vav_listener_get_port (house->listener);
  g_autofree char *number = g_strdup_printf ("%u", port);
  g_autofree char *address = NULL;

  g_assert_false (vav_listener_open (other, NULL, port, FALSE, &error));
  g_assert_error (error, VAV_ERROR, VAV_ERROR_PORT_TAKEN);
  g_assert_nonnull (strstr (error->message, number));
  g_assert_false (vav_listener_is_open (other));
  g_clear_error (&error);

  g_assert_true (vav_listener_open (other, NULL, port, TRUE, &error));
  g_assert_cmpuint (vav_listener_get_port (other), !=, port);
  address = vav_listener_dup_address (other);
  g_assert_true (g_str_has_prefix (address, "[::]:") || g_str_has_prefix (address, "0.0.0.0:"));

  g_assert_false (vav_listener_open (other, "192.0.2.1", 0, FALSE, &error));
  g_assert_nonnull (strstr (error->message, "192.0.2.1"));
}

/* Names are not looked up, which could keep everything waiting: "localhost" is known, others are asked to be addresses. */
static void
test_listen_on_name (void)
{
  static const char *const wrong[] = { "nobody.invalid", "localhost.example.org", "", "127.0.0.1.", "*" };
  g_autoptr (House) house = house_new ("localhost");
  g_autoptr (VavIdentity) identity = vav_identity_new_ephemeral (NULL);
  g_autoptr (VavListener) other = vav_listener_new (identity);
  g_autofree char *six = g_strdup_printf ("[::1]:%u", vav_listener_get_port (house->listener));
  g_autoptr (VavChannel) by_four = NULL;
  g_autoptr (VavChannel) by_six = NULL;
  g_autoptr (GError) error = NULL;

  by_four = fixture_dial_port (vav_listener_get_port (house->listener), &error);
  g_assert_no_error (error);
  by_six = fixture_dial (identity, six, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_assert_false (vav_listener_open (other, wrong[i], 0, FALSE, &error));
      g_assert_error (error, VAV_ERROR, VAV_ERROR_INVALID_ADDRESS);
      g_assert_nonnull (strstr (error->message, "IP address"));
      g_clear_error (&error);
    }
}

/* IPv6 and IPv4 are served side by side on one port. */
static void
test_both_families (void)
{
  g_autoptr (House) house = house_new (NULL);
  g_autoptr (VavIdentity) identity = vav_identity_new_ephemeral (NULL);
  g_autofree char *six = g_strdup_printf ("[::1]:%u", vav_listener_get_port (house->listener));
  g_autoptr (VavChannel) by_four = NULL;
  g_autoptr (VavChannel) by_six = NULL;
  g_autoptr (GError) error = NULL;

  by_four = fixture_dial_port (vav_listener_get_port (house->listener), &error);
  g_assert_no_error (error);
  by_six = fixture_dial (identity, six, &error);
  g_assert_no_error (error);
  WAIT_FOR (house->ends->len == 2);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/signal/direct/talk/ipv4", "127.0.0.1", test_talk);
  g_test_add_data_func ("/signal/direct/talk/ipv6", "::1", test_talk);
  g_test_add_func ("/signal/direct/id", test_id);
  g_test_add_func ("/signal/direct/no-resumption", test_no_resumption);
  g_test_add_func ("/signal/direct/nobody", test_nobody);
  g_test_add_func ("/signal/direct/short-answers", test_short_answers);
  g_test_add_func ("/signal/direct/progress", test_progress);
  g_test_add_func ("/signal/direct/cancel", test_cancel);
  g_test_add_func ("/signal/direct/cancel-pause", test_cancel_pause);
  g_test_add_func ("/signal/direct/abort-while-closing", test_abort_while_closing);
  g_test_add_func ("/signal/direct/port", test_port);
  g_test_add_func ("/signal/direct/listen-on-name", test_listen_on_name);
  g_test_add_func ("/signal/direct/both-families", test_both_families);
  return g_test_run ();
}
