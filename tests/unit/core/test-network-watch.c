/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Addresses and routes that change are told of: in a network of the test's own, which the kernel makes. */
#include <arpa/inet.h>
#include <net/if.h>
#include <sched.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/core/vav-network-watch.h"

#define LIMIT_US (20 * G_USEC_PER_SEC)

typedef struct
{
  guint n;
  gint64 last_us;
} Told;

static void
on_changed (gpointer data)
{
  Told *told = data;

  told->n++;
  told->last_us = g_get_monotonic_time ();
}

static gboolean
wake_up (gpointer data)
{
  return G_SOURCE_CONTINUE;
}

static void
wait_for (GMainContext *context, Told *told, guint n)
{
  g_autoptr (GSource) clock = g_timeout_source_new (20);
  gint64 until = g_get_monotonic_time () + LIMIT_US;

  g_source_set_callback (clock, wake_up, NULL, NULL);
  g_source_attach (clock, context);
  while (told->n < n && g_get_monotonic_time () < until)
    g_main_context_iteration (context, TRUE);
  g_source_destroy (clock);
  g_assert_cmpuint (told->n, ==, n);
}

/* Gives the loopback interface an address (the nth alias of it), or takes the interface down. */
static void
change (guint alias, const char *address, gboolean up)
{
  int control = socket (AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  struct sockaddr_in in = { .sin_family = AF_INET };
  struct ifreq request;

  g_assert_cmpint (control, >=, 0);
  memset (&request, 0, sizeof request);
  g_snprintf (request.ifr_name, IFNAMSIZ, alias > 0 ? "lo:%u" : "lo", alias);
  if (address != NULL)
    {
      g_assert_cmpint (inet_pton (AF_INET, address, &in.sin_addr), ==, 1);
      memcpy (&request.ifr_addr, &in, sizeof in);
      g_assert_cmpint (ioctl (control, SIOCSIFADDR, &request), ==, 0);
    }
  request.ifr_flags = up ? IFF_UP : 0;
  g_assert_cmpint (ioctl (control, SIOCSIFFLAGS, &request), ==, 0);
  close (control);
}

static void
test_changes (void)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (VavNetworkWatch) watch = NULL;
  Told told = { 0 };
  gint64 begun;

  g_test_summary ("A3: a heap of changes of addresses and routes is told once, 200 ms after the last of them, and the "
                  "next heap again");
  g_main_context_push_thread_default (context);
  watch = vav_network_watch_new (on_changed, &told);
  begun = g_get_monotonic_time ();
  change (0, NULL, TRUE);
  for (guint i = 1; i < 10; i++)
    {
      g_autofree char *address = g_strdup_printf ("10.77.0.%u", i);

      change (i, address, TRUE);
    }
  wait_for (context, &told, 1);
  g_assert_cmpint (told.last_us - begun, >=, 200 * 1000);
  change (0, NULL, FALSE);
  wait_for (context, &told, 2);
  g_main_context_pop_thread_default (context);
}

static void
test_freed (void)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  Told told = { 0 }, other = { 0 };
  VavNetworkWatch *watch;
  g_autoptr (VavNetworkWatch) still = NULL;

  g_test_summary ("A3: nothing is told any more once the watch is freed, also of what has changed before");
  g_main_context_push_thread_default (context);
  watch = vav_network_watch_new (on_changed, &told);
  still = vav_network_watch_new (on_changed, &other);
  change (0, NULL, TRUE);
  while (g_main_context_iteration (context, FALSE))
    ;
  vav_network_watch_free (watch);
  vav_network_watch_free (NULL);
  wait_for (context, &other, 1);
  g_assert_cmpuint (told.n, ==, 0);
  g_main_context_pop_thread_default (context);
}

static void
assert_source (const char *host, const char *expected)
{
  g_autofree char *source = vav_network_find_source (host);

  g_assert_cmpstr (source, ==, expected);
}

static void
test_source (void)
{
  g_test_summary ("A3: from which address this computer would send follows the routes, and there may be no way");
  change (0, NULL, TRUE);
  change (1, "10.77.0.1", TRUE);
  assert_source ("127.0.0.1", "127.0.0.1");
  assert_source ("10.77.0.1", "10.77.0.1");
  assert_source ("192.0.2.1", NULL);
  assert_source ("2001:db8::1", NULL);
  assert_source ("not an address", NULL);
  assert_source ("", NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  /* before GLib has threads */
  if (unshare (CLONE_NEWNET) != 0 && unshare (CLONE_NEWUSER | CLONE_NEWNET) != 0)
    {
      g_print ("1..0 # SKIP a network of one's own is not permitted here\n");
      return 0;
    }
  g_test_add_func ("/network-watch/changes", test_changes);
  g_test_add_func ("/network-watch/freed", test_freed);
  g_test_add_func ("/network-watch/source", test_source);

  return g_test_run ();
}
