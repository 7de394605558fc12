/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/core/vav-own-addresses.h"

#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>

/* What Docker, Podman, libvirt, LXC, LXD, Incus, CNI and their like call their ends of the wire. */
static const char *const inner[]
    = { "docker", "br-", "veth", "podman", "cni", "virbr", "vnet", "lxcbr", "lxdbr", "incusbr", "vmnet", "vboxnet" };

static GInetAddress *
read_address (const struct sockaddr *address)
{
  if (address == NULL)
    return NULL;
  if (address->sa_family == AF_INET)
    return g_inet_address_new_from_bytes (
        (const guint8 *)&((const struct sockaddr_in *)(const void *)address)->sin_addr, G_SOCKET_FAMILY_IPV4);
  if (address->sa_family == AF_INET6)
    return g_inet_address_new_from_bytes (
        (const guint8 *)&((const struct sockaddr_in6 *)(const void *)address)->sin6_addr, G_SOCKET_FAMILY_IPV6);
  return NULL;
}

gboolean
vav_own_address_counts (const char *interface, guint flags, GInetAddress *address)
{
  if (!(flags & IFF_UP) || (flags & IFF_LOOPBACK) || g_inet_address_get_is_loopback (address)
      || g_inet_address_get_is_link_local (address) || g_inet_address_get_is_multicast (address)
      || g_inet_address_get_is_any (address))
    return FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS (inner); i++)
    if (g_str_has_prefix (interface, inner[i]))
      return FALSE;
  return TRUE;
}

static void
add_family (GPtrArray *list, const struct ifaddrs *first, GSocketFamily family)
{
  for (const struct ifaddrs *entry = first; entry != NULL && list->len < VAV_MAX_OWN_ADDRESSES; entry = entry->ifa_next)
    {
      g_autoptr (GInetAddress) address = read_address (entry->ifa_addr);
      g_autofree char *text = NULL;

      if (address == NULL || g_inet_address_get_family (address) != family
          || !vav_own_address_counts (entry->ifa_name, entry->ifa_flags, address))
        continue;
      text = g_inet_address_to_string (address);
      if (!g_ptr_array_find_with_equal_func (list, text, g_str_equal, NULL))
        g_ptr_array_add (list, g_steal_pointer (&text));
    }
}

GPtrArray *
vav_own_addresses_list (GSocketFamily family)
{
  GPtrArray *list = g_ptr_array_new_with_free_func (g_free);
  struct ifaddrs *first = NULL;

  if (getifaddrs (&first) != 0)
    return list;
  if (family != G_SOCKET_FAMILY_IPV6)
    add_family (list, first, G_SOCKET_FAMILY_IPV4);
  if (family != G_SOCKET_FAMILY_IPV4)
    add_family (list, first, G_SOCKET_FAMILY_IPV6);
  freeifaddrs (first);
  return list;
}

guint
vav_own_address_find_interface (GInetAddress *address)
{
  struct ifaddrs *first = NULL;
  guint number = 0;

  if (getifaddrs (&first) != 0)
    return 0;
  for (const struct ifaddrs *entry = first; entry != NULL && number == 0; entry = entry->ifa_next)
    {
      g_autoptr (GInetAddress) own = read_address (entry->ifa_addr);

      if (own != NULL && g_inet_address_equal (own, address))
        number = if_nametoindex (entry->ifa_name);
    }
  freeifaddrs (first);
  return number;
}
