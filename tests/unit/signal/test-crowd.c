/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "fixture.h"
#include "rogue.h"

/* A listener among many peers that are silent, slow or wrong. */

#define SILENT 1000
/* Far above what it takes (5 ms; 0.6 s among stalled ones), as the computer may be busy. */
#define LIMIT_S 4.5

/* A ClientHello as another program of ours sends it, caught on its way. */
static GBytes *
catch_client_hello (void)
{
  g_autoptr (VavIdentity) identity = vav_identity_new_ephemeral (NULL);
  guint16 port = 0;
  int listener = rogue_listen ("127.0.0.1", &port);
  g_autofree char *text = g_strdup_printf ("127.0.0.1:%u", port);
  g_autoptr (VavAddress) address = vav_address_parse (text, NULL);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  guint8 buffer[4096];
  gssize n = -1;
  int fd = -1;

  g_assert_cmpint (fcntl (listener, F_SETFL, O_NONBLOCK), ==, 0);
  vav_direct_dial_async (identity, address, NULL, cancellable, NULL, NULL, NULL, NULL);
  WAIT_FOR (fd >= 0 || (fd = accept4 (listener, NULL, NULL, SOCK_NONBLOCK)) >= 0);
  WAIT_FOR (n > 0 || (n = recv (fd, buffer, sizeof buffer, 0)) > 0);
  g_cancellable_cancel (cancellable);
  close (fd);
  close (listener);
  fixture_settle ();
  return g_bytes_new (buffer, (gsize)n);
}

static void
close_fd (gpointer data)
{
  close (GPOINTER_TO_INT (data));
}

/* Connects n times, sends the bytes, and stays. The listener runs meanwhile. */
static GPtrArray *
make_crowd (House *house, int n, const void *bytes, gsize length)
{
  GPtrArray *crowd = g_ptr_array_new_with_free_func (close_fd);

  for (int i = 0; i < n; i++)
    {
      int fd = rogue_connect ("127.0.0.1", vav_listener_get_port (house->listener));

      g_assert_cmpint (fd, >=, 0);
      g_ptr_array_add (crowd, GINT_TO_POINTER (fd));
      if (length > 0)
        g_assert_cmpint (send (fd, bytes, length, MSG_NOSIGNAL), ==, length);
      fixture_settle ();
    }
  return crowd;
}

static double
time_good_caller (House *house)
{
  g_autoptr (GError) error = NULL;
  gint64 begin = g_get_monotonic_time ();
  g_autoptr (VavChannel) channel = fixture_dial_port (vav_listener_get_port (house->listener), &error);

  g_assert_no_error (error);
  g_assert_nonnull (channel);
  return (double)(g_get_monotonic_time () - begin) / G_USEC_PER_SEC;
}

static void
assert_gets_through (const char *name, int n, const void *bytes, gsize length)
{
  g_autoptr (House) house = house_new ("127.0.0.1");
  g_autoptr (GPtrArray) crowd = make_crowd (house, n, bytes, length);
  double seconds = time_good_caller (house);

  g_test_message ("%u %s: %.3f s", crowd->len, name, seconds);
  g_assert_cmpfloat (seconds, <, LIMIT_S);
  WAIT_FOR (house->ends->len == 1);
}

/* A thousand silent peers, a thousand that begin a handshake byte by byte, 300 that stop in the middle of it: a good
 * caller gets through. */
static void
test_silent (void)
{
  assert_gets_through ("silent peers", SILENT, NULL, 0);
}

static void
test_slow (void)
{
  assert_gets_through ("slow peers", SILENT, "\x16", 1);
  assert_gets_through ("slow peers", SILENT, "\x16\x03\x01\x01\x00zzz", 8);
}

static void
test_stalled (void)
{
  g_autoptr (GBytes) hello = catch_client_hello ();

  assert_gets_through ("stalled handshakes", 300, g_bytes_get_data (hello, NULL), g_bytes_get_size (hello));
}

static gboolean
knows_friend (const char *source, gpointer data)
{
  return g_str_equal (source, "127.0.0.1");
}

/* As many stand in the midst of a handshake as the listener lets; whoever comes from where one of ours is waits for none of them to be put out. */
static void
test_friend (void)
{
  g_autoptr (House) house = house_new ("127.0.0.1");
  g_autoptr (GBytes) hello = catch_client_hello ();
  g_autoptr (GPtrArray) crowd = g_ptr_array_new_with_free_func (close_fd);
  g_autoptr (GError) error = NULL;
  guint8 bytes[4096];

  vav_listener_set_knows (house->listener, knows_friend, NULL);
  g_assert_true (vav_listener_open (house->listener, "127.0.0.1", 0, FALSE, &error));
  for (guint i = 0; i < 4; i++)
    {
      int fd = rogue_connect_from ("127.0.0.2", "127.0.0.1", vav_listener_get_port (house->listener));
      gssize n = g_bytes_get_size (hello);

      g_assert_cmpint (fd, >=, 0);
      g_ptr_array_add (crowd, GINT_TO_POINTER (fd));
      g_assert_cmpint (send (fd, g_bytes_get_data (hello, NULL), (gsize)n, MSG_NOSIGNAL), ==, n);
      WAIT_FOR (recv (fd, bytes, 1, MSG_DONTWAIT) == 1);
    }
  (void)time_good_caller (house);
  for (guint i = 0; i < crowd->len; i++)
    {
      gssize n;

      while ((n = recv (GPOINTER_TO_INT (crowd->pdata[i]), bytes, sizeof bytes, MSG_DONTWAIT)) > 0)
        ;
      g_assert_cmpint (n, ==, -1);
      g_assert_cmpint (errno, ==, EAGAIN);
    }
}

/* Whoever sends half a handshake and ends costs no processor time while the listener waits. */
static void
test_half_closed (void)
{
  g_autoptr (House) house = house_new ("127.0.0.1");
  g_autoptr (GPtrArray) crowd = make_crowd (house, 50, "\x16\x03", 2);
  guint8 byte;

  for (guint i = 0; i < crowd->len; i++)
    shutdown (GPOINTER_TO_INT (crowd->pdata[i]), SHUT_WR);
  for (guint i = 0; i < crowd->len; i++)
    WAIT_FOR (recv (GPOINTER_TO_INT (crowd->pdata[i]), &byte, 1, MSG_DONTWAIT) == 0);
}

static void
set_descriptor_limit (rlim_t soft)
{
  struct rlimit limit;

  g_assert_cmpint (getrlimit (RLIMIT_NOFILE, &limit), ==, 0);
  limit.rlim_cur = MIN (soft, limit.rlim_max);
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &limit), ==, 0);
}

static double
get_processor_time (void)
{
  struct timespec now;

  clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &now);
  return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static gboolean
ring_cb (gpointer data)
{
  *(gboolean *)data = TRUE;
  return G_SOURCE_REMOVE;
}

/* A process without a free descriptor does not spin, and takes callers again as soon as it has some. */
static void
test_no_descriptors (void)
{
  g_autoptr (House) house = house_new ("127.0.0.1");
  g_autoptr (GPtrArray) crowd = g_ptr_array_new_with_free_func (close_fd);
  struct rlimit before;
  double busy;
  gboolean rung = FALSE;

  g_assert_cmpint (getrlimit (RLIMIT_NOFILE, &before), ==, 0);
  for (int i = 0; i < 20; i++)
    g_ptr_array_add (crowd, GINT_TO_POINTER (rogue_connect ("127.0.0.1", vav_listener_get_port (house->listener))));
  set_descriptor_limit (3);
  busy = get_processor_time ();
  g_timeout_add (1000, ring_cb, &rung);
  WAIT_FOR (rung);
  busy = get_processor_time () - busy;
  set_descriptor_limit (before.rlim_cur);
  g_test_message ("%.3f s of processor time in 1 s", busy);
  g_assert_cmpfloat (busy, <, 0.3);
  g_assert_cmpfloat (time_good_caller (house), <, LIMIT_S);
}

static void
dial_once (House *house)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (End) alice = NULL;
  End *bob;

  alice = end_new (fixture_dial_port (vav_listener_get_port (house->listener), &error));
  g_assert_no_error (error);
  vav_channel_start (alice->channel);
  WAIT_FOR (house->ends->len == 1);
  bob = g_ptr_array_index (house->ends, 0);
  if (g_test_rand_bit ())
    vav_channel_close (alice->channel);
  else
    vav_channel_abort (bob->channel);
  WAIT_FOR (alice->closed && bob->closed);
  g_ptr_array_set_size (house->ends, 0);
}

/* After a hundred connections, ended this way and that, and a crowd, there are no more descriptors than before, and no more threads. Of the last of the
 * ten before, one may still have been going. */
static void
test_nothing_left (void)
{
  g_autoptr (House) house = house_new ("127.0.0.1");
  g_autoptr (GPtrArray) crowd = NULL;
  guint descriptors;
  guint threads;

  for (int i = 0; i < 10; i++)
    dial_once (house);
  WAIT_FOR (!g_main_context_pending (NULL));
  descriptors = fixture_count_descriptors ();
  threads = fixture_count_threads ();
  for (int i = 0; i < 100; i++)
    dial_once (house);
  crowd = make_crowd (house, 50, NULL, 0);
  g_clear_pointer (&crowd, g_ptr_array_unref);
  WAIT_FOR (fixture_count_descriptors () <= descriptors);
  WAIT_FOR (fixture_count_threads () <= threads + 2); /* GLib's pool comes and goes */
}

/* Closing the listener drops whoever waits, shakes hands or greets; and it can be opened again. */
static void
test_close (void)
{
  g_autoptr (House) house = house_new ("127.0.0.1");
  g_autoptr (GBytes) hello = catch_client_hello ();
  guint before = fixture_count_descriptors ();
  g_autoptr (GPtrArray) silent = make_crowd (house, 20, NULL, 0);
  g_autoptr (GPtrArray) stalled = make_crowd (house, 20, g_bytes_get_data (hello, NULL), g_bytes_get_size (hello));
  guint16 port = vav_listener_get_port (house->listener);
  g_autoptr (GError) error = NULL;

  vav_listener_close (house->listener);
  g_assert_false (vav_listener_is_open (house->listener));
  g_assert_cmpuint (vav_listener_get_port (house->listener), ==, 0);
  g_ptr_array_set_size (silent, 0);
  g_ptr_array_set_size (stalled, 0);
  WAIT_FOR (fixture_count_descriptors () < before + 5);
  g_assert_null (fixture_dial_port (port, &error));
  g_assert_error (error, VAV_ERROR, VAV_ERROR_UNREACHABLE);
  g_clear_error (&error);
  g_assert_true (vav_listener_open (house->listener, "127.0.0.1", 0, FALSE, &error));
  time_good_caller (house);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  set_descriptor_limit (8192);
  g_test_add_func ("/signal/crowd/silent", test_silent);
  g_test_add_func ("/signal/crowd/slow", test_slow);
  g_test_add_func ("/signal/crowd/stalled", test_stalled);
  g_test_add_func ("/signal/crowd/friend", test_friend);
  g_test_add_func ("/signal/crowd/half-closed", test_half_closed);
  g_test_add_func ("/signal/crowd/no-descriptors", test_no_descriptors);
  g_test_add_func ("/signal/crowd/nothing-left", test_nothing_left);
  g_test_add_func ("/signal/crowd/close", test_close);
  return g_test_run ();
}
