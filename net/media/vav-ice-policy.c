/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which addresses of this computer become host candidates. All of the policy is here; who asks the kernel is vav-ice-addresses.c. */
#include "net/media/vav-ice-policy.h"

#include <gio/gio.h>
#include <string.h>

#define NETWORK_BYTES 8 /* of IPv6: a /64 */

/* Networks inside this computer: nobody outside is reached by them, and what is inside is reached by any address. */
static const char *const inner_interfaces[]
    = { "docker", "virbr", "br-", "veth", "vnet", "cni", "podman", "lxcbr", "lxdbr", "flannel", "cali" };

static gboolean
is_inner (const char *interface)
{
  for (guint i = 0; i < G_N_ELEMENTS (inner_interfaces); i++)
    if (g_str_has_prefix (interface, inner_interfaces[i]))
      return TRUE;

  return FALSE;
}

static VavIceVerdict
judge_ip (const VavIceAddress *address, GInetAddress *ip)
{
  if (g_inet_address_get_is_loopback (ip) || g_inet_address_get_is_any (ip) || g_inet_address_get_is_multicast (ip))
    return VAV_ICE_VERDICT_NEVER;
  if (g_inet_address_get_is_link_local (ip) || is_inner (address->interface))
    return VAV_ICE_VERDICT_LAST;
  if (g_inet_address_get_family (ip) == G_SOCKET_FAMILY_IPV4)
    return VAV_ICE_VERDICT_USUAL;
  if (address->flags & VAV_ICE_ADDRESS_DEPRECATED)
    return VAV_ICE_VERDICT_SPARE;

  return address->flags & VAV_ICE_ADDRESS_TEMPORARY ? VAV_ICE_VERDICT_BEST : VAV_ICE_VERDICT_USUAL;
}

VavIceVerdict
vav_ice_policy_judge (const VavIceAddress *address)
{
  g_autoptr (GInetAddress) ip = g_inet_address_new_from_string (address->text);

  if (ip == NULL || !(address->flags & VAV_ICE_ADDRESS_UP) || (address->flags & VAV_ICE_ADDRESS_UNUSABLE))
    return VAV_ICE_VERDICT_NEVER;

  return judge_ip (address, ip);
}

typedef struct
{
  const VavIceAddress *address;
  GInetAddress *ip;
  VavIceVerdict verdict;
} Entry;

static void
entry_clear (gpointer data)
{
  Entry *entry = data;

  g_object_unref (entry->ip);
}

/* Of IPv6 one address of each network of an interface: the peer learns no more than it needs, and each pair is checked once. */
static gboolean
stand_for_each_other (const Entry *one, const Entry *other)
{
  if (g_inet_address_equal (one->ip, other->ip))
    return TRUE;

  return g_inet_address_get_family (one->ip) == G_SOCKET_FAMILY_IPV6
         && g_inet_address_get_family (other->ip) == G_SOCKET_FAMILY_IPV6
         && g_str_equal (one->address->interface, other->address->interface)
         && memcmp (g_inet_address_to_bytes (one->ip), g_inet_address_to_bytes (other->ip), NETWORK_BYTES) == 0;
}

/* The better of those that stand for each other, in the place of the first. */
static void
add_entry (GArray *entries, const VavIceAddress *address, VavIceVerdict verdict)
{
  Entry entry = { address, g_inet_address_new_from_string (address->text), verdict };

  for (guint i = 0; i < entries->len; i++)
    {
      Entry *other = &g_array_index (entries, Entry, i);

      if (!stand_for_each_other (&entry, other))
        continue;
      if (entry.verdict > other->verdict)
        {
          entry_clear (other);
          *other = entry;
        }
      else
        entry_clear (&entry);
      return;
    }

  g_array_append_val (entries, entry);
}

static GArray *
sift (const VavIceAddress *addresses, guint n, VavIceVerdict least, VavIceVerdict most)
{
  GArray *entries = g_array_new (FALSE, FALSE, sizeof (Entry));

  g_array_set_clear_func (entries, entry_clear);
  for (guint i = 0; i < n; i++)
    {
      VavIceVerdict verdict = vav_ice_policy_judge (&addresses[i]);

      if (verdict >= least && verdict <= most)
        add_entry (entries, &addresses[i], verdict);
    }

  return entries;
}

static const char *
take_next (GArray *entries, GSocketFamily family, guint *next)
{
  while (*next < entries->len)
    {
      const Entry *entry = &g_array_index (entries, Entry, (*next)++);

      if (g_inet_address_get_family (entry->ip) == family)
        return entry->address->text;
    }

  return NULL;
}

static void
add_by_turns (GPtrArray *list, GArray *entries)
{
  static const GSocketFamily families[] = { G_SOCKET_FAMILY_IPV6, G_SOCKET_FAMILY_IPV4 };
  guint next[G_N_ELEMENTS (families)] = { 0 };
  guint dry = 0;

  for (guint turn = 0; dry < G_N_ELEMENTS (families) && list->len < VAV_ICE_MAX_ADDRESSES; turn++)
    {
      guint i = turn % G_N_ELEMENTS (families);
      const char *text = take_next (entries, families[i], &next[i]);

      dry = text == NULL ? dry + 1 : 0;
      if (text != NULL)
        g_ptr_array_add (list, g_strdup (text));
    }
}

/* Deprecated addresses are what a provider took back, or yesterday's: only for want of others of IPv6. */
static void
drop_spare (GArray *entries)
{
  gboolean better = FALSE;

  for (guint i = 0; i < entries->len; i++)
    {
      const Entry *entry = &g_array_index (entries, Entry, i);

      better = better
               || (g_inet_address_get_family (entry->ip) == G_SOCKET_FAMILY_IPV6
                   && entry->verdict > VAV_ICE_VERDICT_SPARE);
    }
  for (guint i = entries->len; better && i > 0; i--)
    if (g_array_index (entries, Entry, i - 1).verdict == VAV_ICE_VERDICT_SPARE)
      g_array_remove_index (entries, i - 1);
}

GPtrArray *
vav_ice_policy_choose (const VavIceAddress *addresses, guint n)
{
  GPtrArray *list = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GArray) good = sift (addresses, n, VAV_ICE_VERDICT_SPARE, VAV_ICE_VERDICT_BEST);

  drop_spare (good);
  add_by_turns (list, good);
  if (list->len == 0)
    {
      g_autoptr (GArray) last = sift (addresses, n, VAV_ICE_VERDICT_LAST, VAV_ICE_VERDICT_LAST);

      add_by_turns (list, last);
    }

  return list;
}
