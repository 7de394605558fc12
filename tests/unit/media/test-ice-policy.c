/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which addresses become candidates, and when a relayed one is told. */
#include "net/media/vav-ice-addresses.h"
#include "net/media/vav-ice-hold.h"
#include "net/media/vav-ice-policy.h"

#define UP VAV_ICE_ADDRESS_UP
#define LIMIT_S 30

static void
test_judge (void)
{
  static const struct
  {
    VavIceAddress address;
    VavIceVerdict verdict;
  } table[] = {
    { { "eth0", "192.168.1.20", UP }, VAV_ICE_VERDICT_USUAL },
    { { "wlan0", "203.0.113.7", UP }, VAV_ICE_VERDICT_USUAL },
    { { "wg0", "10.8.0.2", UP }, VAV_ICE_VERDICT_USUAL },
    { { "br0", "192.168.1.20", UP }, VAV_ICE_VERDICT_USUAL },
    { { "eth0", "2001:db8::7", UP }, VAV_ICE_VERDICT_USUAL },
    { { "eth0", "fd00::7", UP }, VAV_ICE_VERDICT_USUAL },
    { { "eth0", "2001:db8::7", UP | VAV_ICE_ADDRESS_TEMPORARY }, VAV_ICE_VERDICT_BEST },
    { { "eth0", "2001:db8::7", UP | VAV_ICE_ADDRESS_DEPRECATED }, VAV_ICE_VERDICT_SPARE },
    { { "eth0", "2001:db8::7", UP | VAV_ICE_ADDRESS_TEMPORARY | VAV_ICE_ADDRESS_DEPRECATED }, VAV_ICE_VERDICT_SPARE },
    { { "eth0", "2001:db8::7", UP | VAV_ICE_ADDRESS_UNUSABLE }, VAV_ICE_VERDICT_NEVER },
    { { "eth0", "192.168.1.20", 0 }, VAV_ICE_VERDICT_NEVER },
    { { "lo", "127.0.0.1", UP }, VAV_ICE_VERDICT_NEVER },
    { { "lo", "::1", UP }, VAV_ICE_VERDICT_NEVER },
    { { "eth0", "0.0.0.0", UP }, VAV_ICE_VERDICT_NEVER },
    { { "eth0", "ff02::1", UP }, VAV_ICE_VERDICT_NEVER },
    { { "eth0", "nonsense", UP }, VAV_ICE_VERDICT_NEVER },
    { { "eth0", "fe80::1", UP }, VAV_ICE_VERDICT_LAST },
    { { "eth0", "169.254.7.7", UP }, VAV_ICE_VERDICT_LAST },
    { { "docker0", "172.17.0.1", UP }, VAV_ICE_VERDICT_LAST },
    { { "br-0123456789ab", "172.18.0.1", UP }, VAV_ICE_VERDICT_LAST },
    { { "virbr0", "192.168.122.1", UP }, VAV_ICE_VERDICT_LAST },
    { { "veth12ab", "172.19.0.1", UP }, VAV_ICE_VERDICT_LAST },
    { { "cni0", "10.85.0.1", UP }, VAV_ICE_VERDICT_LAST },
    { { "podman0", "10.88.0.1", UP }, VAV_ICE_VERDICT_LAST },
    { { "docker0", "2001:db8:1::1", UP }, VAV_ICE_VERDICT_LAST },
  };

  g_test_summary ("A3: each kind of address, and what becomes of it");
  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_test_message ("%s on %s", table[i].address.text, table[i].address.interface);
      g_assert_cmpint (vav_ice_policy_judge (&table[i].address), ==, table[i].verdict);
    }
}

static void
assert_chosen (const VavIceAddress *addresses, guint n, const char *expected)
{
  g_autoptr (GPtrArray) list = vav_ice_policy_choose (addresses, n);
  g_autofree char *text = NULL;

  g_ptr_array_add (list, NULL);
  text = g_strjoinv (" ", (char **)list->pdata);
  g_assert_cmpstr (text, ==, expected);
}

static void
test_choose (void)
{
  static const VavIceAddress laptop[] = {
    { "lo", "127.0.0.1", UP },
    { "wlan0", "192.168.1.20", UP },
    { "docker0", "172.17.0.1", UP },
    { "wlan0", "fe80::1", UP },
    { "wlan0", "2001:db8::7", UP },
    { "wlan0", "2001:db8::aaaa", UP | VAV_ICE_ADDRESS_TEMPORARY | VAV_ICE_ADDRESS_DEPRECATED },
    { "wlan0", "2001:db8::bbbb", UP | VAV_ICE_ADDRESS_TEMPORARY },
    { "wlan0", "fd00::7", UP },
    { "wlan0", "192.168.1.20", UP },
  };
  static const VavIceAddress renumbered[] = {
    { "eth0", "2001:db8:1::7", UP | VAV_ICE_ADDRESS_DEPRECATED },
    { "eth0", "2001:db8:2::7", UP },
  };
  static const VavIceAddress cable[] = { { "eth0", "169.254.7.7", UP }, { "eth0", "fe80::1", UP } };

  g_test_summary ("A3: of each network the address that suits, none twice; link-local only for want of any other");
  assert_chosen (laptop, G_N_ELEMENTS (laptop), "2001:db8::bbbb 192.168.1.20 fd00::7");
  assert_chosen (renumbered, G_N_ELEMENTS (renumbered), "2001:db8:2::7");
  assert_chosen (renumbered, 1, "2001:db8:1::7");
  assert_chosen (cable, G_N_ELEMENTS (cable), "fe80::1 169.254.7.7");
  assert_chosen (cable, 0, "");
}

static void
test_cap (void)
{
  VavIceAddress addresses[60];
  g_autoptr (GPtrArray) owned = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) list = NULL;
  guint v4 = 0;

  g_test_summary ("A3: a computer with many addresses names a few, of both families");
  for (guint i = 0; i < G_N_ELEMENTS (addresses); i++)
    {
      g_ptr_array_add (owned, g_strdup_printf (i < 50 ? "2001:db8:%x::1" : "192.0.2.%u", i));
      addresses[i] = (VavIceAddress){ "eth0", owned->pdata[i], UP };
    }
  list = vav_ice_policy_choose (addresses, G_N_ELEMENTS (addresses));
  for (guint i = 0; i < list->len; i++)
    v4 += g_str_has_prefix (list->pdata[i], "192.");
  g_assert_cmpuint (list->len, ==, VAV_ICE_MAX_ADDRESSES);
  g_assert_cmpuint (v4, ==, VAV_ICE_MAX_ADDRESSES / 2);
}

static void
test_this_computer (void)
{
  g_autoptr (GPtrArray) local = vav_ice_addresses_list (TRUE);
  g_autoptr (GPtrArray) all = vav_ice_addresses_list (FALSE);

  g_test_summary ("For a peer on this computer loopback is all; else there is at least one address");
  g_assert_cmpuint (local->len, ==, 1);
  g_assert_cmpstr (local->pdata[0], ==, "127.0.0.1");
  g_assert_cmpuint (all->len, >=, 1);
}

typedef struct
{
  GMainContext *context;
  VavIceHold *hold;
  guint told;
} Held;

static void
on_told (gpointer user_data, const char *candidate)
{
  Held *held = user_data;

  g_assert_cmpstr (candidate, ==, "candidate");
  held->told++;
}

static void
held_set_up (Held *held, gconstpointer data)
{
  held->context = g_main_context_new ();
  held->hold = vav_ice_hold_new (held->context, on_told, held);
  vav_ice_hold_begin (held->hold);
}

static void
held_tear_down (Held *held, gconstpointer data)
{
  vav_ice_hold_free (held->hold);
  g_main_context_unref (held->context);
}

static void
wait_told (Held *held, guint n)
{
  gint64 limit = g_get_monotonic_time () + LIMIT_S * G_TIME_SPAN_SECOND;

  while (held->told < n && g_get_monotonic_time () < limit)
    g_main_context_iteration (held->context, FALSE);
  g_assert_cmpuint (held->told, ==, n);
}

static void
test_held (Held *held, gconstpointer data)
{
  gint64 begun;

  g_test_summary (
      "A3: a relayed candidate waits for the peer's answer, and then until the relay was asked to let it in");
  vav_ice_hold_take (held->hold, "candidate");
  g_assert_false (g_main_context_iteration (held->context, FALSE));
  vav_ice_hold_checking (held->hold, FALSE);
  vav_ice_hold_checking (held->hold, TRUE);
  g_assert_cmpuint (held->told, ==, 0);
  begun = g_get_monotonic_time ();
  vav_ice_hold_set_remote_known (held->hold);
  g_assert_cmpuint (held->told, ==, 0);
  wait_told (held, 1);
  g_assert_cmpint (g_get_monotonic_time () - begun, >=, 20 * 1000);
}

static void
test_held_no_longer (Held *held, gconstpointer data)
{
  g_test_summary ("A peer of which no outer address is known hears of the relay nevertheless, and later ones at once");
  vav_ice_hold_set_remote_known (held->hold);
  vav_ice_hold_take (held->hold, "candidate");
  g_assert_cmpuint (held->told, ==, 0);
  wait_told (held, 1);
  vav_ice_hold_take (held->hold, "candidate");
  g_assert_cmpuint (held->told, ==, 2);
}

static void
test_held_dropped (Held *held, gconstpointer data)
{
  g_test_summary ("What waits when all ends is dropped");
  vav_ice_hold_set_remote_known (held->hold);
  vav_ice_hold_take (held->hold, "candidate");
  g_assert_cmpuint (held->told, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/ice-policy/judge", test_judge);
  g_test_add_func ("/ice-policy/choose", test_choose);
  g_test_add_func ("/ice-policy/cap", test_cap);
  g_test_add_func ("/ice-policy/this-computer", test_this_computer);
  g_test_add ("/ice-hold/held", Held, NULL, held_set_up, test_held, held_tear_down);
  g_test_add ("/ice-hold/no-longer", Held, NULL, held_set_up, test_held_no_longer, held_tear_down);
  g_test_add ("/ice-hold/dropped", Held, NULL, held_set_up, test_held_dropped, held_tear_down);

  return g_test_run ();
}
