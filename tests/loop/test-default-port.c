/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/lib/tolerate.h"
#include "tests/loop/pair.h"

/* The default port is one for the whole computer. Where the kernel lets us, this process gets a network of its own, with nothing but the loopback,
 * so that it minds no Visavis that runs beside it. Before any thread is there. */
static void
move_into_own_network (void)
{
  struct ifreq request = { .ifr_name = "lo", .ifr_flags = IFF_UP };
  int fd;

  if (unshare (CLONE_NEWNET) != 0 && unshare (CLONE_NEWUSER | CLONE_NEWNET) != 0)
    return;
  fd = socket (AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  g_assert_no_errno (ioctl (fd, SIOCSIFFLAGS, &request));
  close (fd);
}

static void
check_without_port (const char *listen, const char *dial)
{
  Party anna, bob;

  party_init (&anna, "Anna", NULL, "test");
  party_init (&bob, "Bob", NULL, "test");
  party_listen (&bob, listen);
  bob.manner = PARTY_ACCEPTS;
  vav_stream_set_address (anna.stream, dial);
  wait_until (party_state (&anna) == VAV_STATE_ACTIVE || anna.n_ended > 0);
  g_assert_no_error (vav_stream_get_last_error (anna.stream));
  wait_until (g_atomic_int_get (&anna.n_frames) > 5);
  party_clear (&anna);
  party_clear (&bob);
}

static void
test_ipv4 (void)
{
  g_test_summary ("W4: An IPv4 address without a port means the default port.");
  check_without_port ("127.0.0.1:7667", "127.0.0.1");
}

static void
test_ipv6 (void)
{
  g_test_summary ("W4: An IPv6 address without a port means the default port, with brackets or without.");
  check_without_port ("[::1]:7667", "::1");
  check_without_port ("[::1]:7667", "[::1]");
}

static void
test_name (void)
{
  g_test_summary ("W5: So does a host name.");
  check_without_port ("127.0.0.1:7667", "localhost");
}

int
main (int argc, char **argv)
{
  move_into_own_network ();
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/loop/default-port/ipv4", test_ipv4);
  g_test_add_func ("/loop/default-port/ipv6", test_ipv6);
  g_test_add_func ("/loop/default-port/name", test_name);
  return tolerate_exit (g_test_run ());
}
