/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/media/vav-ice-addresses.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>

#define MAX_ADDRESSES 16

typedef enum
{
  CLASS_NONE,
  CLASS_USUAL,
  CLASS_LINK_LOCAL,
} AddressClass;

static AddressClass
classify (const struct ifaddrs *entry)
{
  if (entry->ifa_addr == NULL || !(entry->ifa_flags & IFF_UP) || (entry->ifa_flags & IFF_LOOPBACK))
    return CLASS_NONE;

  if (entry->ifa_addr->sa_family == AF_INET)
    return CLASS_USUAL;
  if (entry->ifa_addr->sa_family == AF_INET6)
    {
      const struct sockaddr_in6 *address = (const struct sockaddr_in6 *)(const void *)entry->ifa_addr;

      return IN6_IS_ADDR_LINKLOCAL (&address->sin6_addr) ? CLASS_LINK_LOCAL : CLASS_USUAL;
    }

  return CLASS_NONE;
}

static char *
address_to_string (const struct sockaddr *address)
{
  char text[INET6_ADDRSTRLEN];
  const void *bytes;

  if (address->sa_family == AF_INET)
    bytes = &((const struct sockaddr_in *)(const void *)address)->sin_addr;
  else
    bytes = &((const struct sockaddr_in6 *)(const void *)address)->sin6_addr;

  return inet_ntop (address->sa_family, bytes, text, sizeof text) != NULL ? g_strdup (text) : NULL;
}

static guint
add_addresses (GPtrArray *list, const struct ifaddrs *first, AddressClass wanted)
{
  guint v6 = 0;

  for (const struct ifaddrs *entry = first; entry != NULL; entry = entry->ifa_next)
    {
      g_autofree char *text = NULL;

      if (classify (entry) != wanted || list->len >= MAX_ADDRESSES)
        continue;
      text = address_to_string (entry->ifa_addr);
      if (text == NULL)
        continue;
      v6 += entry->ifa_addr->sa_family == AF_INET6;
      if (!g_ptr_array_find_with_equal_func (list, text, g_str_equal, NULL))
        g_ptr_array_add (list, g_steal_pointer (&text));
    }

  return v6;
}

GPtrArray *
vav_ice_addresses_list (gboolean local)
{
  GPtrArray *list = g_ptr_array_new_with_free_func (g_free);
  struct ifaddrs *first = NULL;

  if (!local && getifaddrs (&first) == 0)
    {
      if (add_addresses (list, first, CLASS_USUAL) == 0 && list->len == 0)
        add_addresses (list, first, CLASS_LINK_LOCAL);
      freeifaddrs (first);
    }
  if (list->len == 0)
    g_ptr_array_add (list, g_strdup ("127.0.0.1"));

  return list;
}
