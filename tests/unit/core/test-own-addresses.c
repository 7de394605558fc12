/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/core/vav-address.h"
#include "net/core/vav-own-addresses.h"

#include <net/if.h>

#define RUNS (IFF_UP | IFF_RUNNING)

typedef struct
{
  const char *interface;
  guint flags;
  const char *address;
  gboolean counts;
} Case;

/* Cards, radios and tunnels count; the loopback, a single link, what is down, and bridges to what runs inside this computer do not. */
static void
test_counts (void)
{
  static const Case table[] = {
    { "eth0", RUNS, "192.168.1.20", TRUE },
    { "wlp2s0", RUNS, "2001:db8::7", TRUE },
    { "wlp2s0", RUNS, "fd12:3456::7", TRUE },
    { "tun0", RUNS | IFF_POINTOPOINT, "10.8.0.2", TRUE },
    { "bridge0", RUNS, "192.168.1.20", TRUE },
    { "lo", RUNS | IFF_LOOPBACK, "127.0.0.1", FALSE },
    { "lo", RUNS | IFF_LOOPBACK, "192.168.1.20", FALSE },
    { "eth0", RUNS, "127.0.0.1", FALSE },
    { "eth0", RUNS, "fe80::1", FALSE },
    { "eth0", RUNS, "169.254.3.4", FALSE },
    { "eth0", RUNS, "224.0.0.1", FALSE },
    { "eth0", RUNS, "0.0.0.0", FALSE },
    { "eth0", 0, "192.168.1.20", FALSE },
    { "docker0", RUNS, "172.17.0.1", FALSE },
    { "br-0123456789ab", RUNS, "172.18.0.1", FALSE },
    { "veth12ab", RUNS, "10.0.3.1", FALSE },
    { "virbr0", RUNS, "192.168.122.1", FALSE },
    { "podman1", RUNS, "10.88.0.1", FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_autoptr (GInetAddress) address = g_inet_address_new_from_string (table[i].address);

      g_test_message ("%s %s", table[i].interface, table[i].address);
      g_assert_cmpint (vav_own_address_counts (table[i].interface, table[i].flags, address), ==, table[i].counts);
    }
}

/* What this computer has: addresses that can be read, none twice, IPv4 before IPv6, and by family they are the same ones. */
static void
test_list (void)
{
  g_autoptr (GPtrArray) all = vav_own_addresses_list (G_SOCKET_FAMILY_INVALID);
  g_autoptr (GPtrArray) four = vav_own_addresses_list (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GPtrArray) six = vav_own_addresses_list (G_SOCKET_FAMILY_IPV6);
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  g_assert_cmpuint (all->len, <=, VAV_MAX_OWN_ADDRESSES);
  g_assert_cmpuint (all->len, ==, MIN (four->len + six->len, VAV_MAX_OWN_ADDRESSES));
  for (guint i = 0; i < all->len; i++)
    {
      g_autoptr (GInetAddress) address = g_inet_address_new_from_string (all->pdata[i]);

      g_assert_nonnull (address);
      g_assert_false (g_inet_address_get_is_loopback (address));
      g_assert_true (g_hash_table_add (seen, all->pdata[i]));
      g_assert_cmpint (g_inet_address_get_family (address), ==,
                       i < four->len ? G_SOCKET_FAMILY_IPV4 : G_SOCKET_FAMILY_IPV6);
    }
}

/* Private ranges are known by the edges of their blocks; a name, and what is no address, is not called local. */
static void
test_local (void)
{
  static const char *const local[] = { "10.0.0.1:7667",   "172.16.0.1",      "172.31.255.255:1", "192.168.0.1:7667",
                                       "100.64.0.1:7667", "100.127.255.255", "[fc00::1]:7667",   "[fdff::1]:7667",
                                       "[fe80::1]:7667",  "127.0.0.1:7667",  "[::1]:7667",       "169.254.1.1" };
  static const char *const wide[]
      = { "9.255.255.255", "11.0.0.0:7667", "172.15.255.255", "172.32.0.0",    "192.167.0.1",     "192.169.0.1",
          "100.63.0.1",    "100.128.0.1",   "[fe00::1]:7667", "[2001:db8::1]", "anna.example:80", "",
          "not an address" };

  for (guint i = 0; i < G_N_ELEMENTS (local); i++)
    {
      g_test_message ("%s", local[i]);
      g_assert_true (vav_address_is_local (local[i]));
    }
  for (guint i = 0; i < G_N_ELEMENTS (wide); i++)
    {
      g_test_message ("%s", wide[i]);
      g_assert_false (vav_address_is_local (wide[i]));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/own-addresses/counts", test_counts);
  g_test_add_func ("/own-addresses/list", test_list);
  g_test_add_func ("/own-addresses/local", test_local);
  return g_test_run ();
}
