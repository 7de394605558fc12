/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/media/vav-ice-addresses.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <linux/if_addr.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "net/media/vav-ice-policy.h"
#include "net/media/vav-media.h"

#define MAX_KNOWN 256 /* a computer with more addresses loses some */
#define IF_INET6 "/proc/self/net/if_inet6"

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

static VavIceAddressFlags
read_flags (guint kernel)
{
  VavIceAddressFlags flags = 0;

  if (kernel & IFA_F_TEMPORARY)
    flags |= VAV_ICE_ADDRESS_TEMPORARY;
  if (kernel & IFA_F_DEPRECATED)
    flags |= VAV_ICE_ADDRESS_DEPRECATED;
  if ((kernel & IFA_F_DADFAILED) || ((kernel & IFA_F_TENTATIVE) && !(kernel & IFA_F_OPTIMISTIC)))
    flags |= VAV_ICE_ADDRESS_UNUSABLE;

  return flags;
}

/* What getifaddrs() does not tell: 32 digits, index, prefix length, scope, flags, name. */
static void
read_line (GHashTable *table, const char *line)
{
  struct in6_addr address;
  char text[INET6_ADDRSTRLEN];
  guint flags;

  if (strlen (line) < 33 || sscanf (line + 32, "%*x %*x %*x %x", &flags) != 1)
    return;
  for (guint i = 0; i < sizeof address.s6_addr; i++)
    {
      int high = g_ascii_xdigit_value (line[2 * i]);
      int low = g_ascii_xdigit_value (line[2 * i + 1]);

      if (high < 0 || low < 0)
        return;
      address.s6_addr[i] = (guint8)(high << 4 | low);
    }
  if (inet_ntop (AF_INET6, &address, text, sizeof text) != NULL)
    g_hash_table_insert (table, g_strdup (text), GUINT_TO_POINTER (flags));
}

static GHashTable *
read_kernel_flags (void)
{
  GHashTable *table = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;

  if (!g_file_get_contents (IF_INET6, &text, NULL, NULL))
    return table;
  lines = g_strsplit (text, "\n", MAX_KNOWN);
  for (guint i = 0; lines[i] != NULL; i++)
    read_line (table, lines[i]);

  return table;
}

static void
clear_address (gpointer data)
{
  VavIceAddress *address = data;

  g_free ((char *)address->interface);
  g_free ((char *)address->text);
}

static void
add_address (GArray *known, const struct ifaddrs *entry, GHashTable *kernel_flags)
{
  VavIceAddress address = { NULL };

  if (entry->ifa_addr == NULL || known->len >= MAX_KNOWN || (entry->ifa_flags & IFF_LOOPBACK))
    return;
  if (entry->ifa_addr->sa_family != AF_INET && entry->ifa_addr->sa_family != AF_INET6)
    return;
  address.text = address_to_string (entry->ifa_addr);
  if (address.text == NULL)
    return;

  address.interface = g_strdup (entry->ifa_name);
  address.flags = read_flags (GPOINTER_TO_UINT (g_hash_table_lookup (kernel_flags, address.text)));
  if (entry->ifa_flags & IFF_UP)
    address.flags |= VAV_ICE_ADDRESS_UP;
  g_array_append_val (known, address);
}

static GPtrArray *
choose (void)
{
  g_autoptr (GArray) known = g_array_new (FALSE, FALSE, sizeof (VavIceAddress));
  g_autoptr (GHashTable) kernel_flags = read_kernel_flags ();
  struct ifaddrs *first = NULL;

  g_array_set_clear_func (known, clear_address);
  if (getifaddrs (&first) == 0)
    {
      for (const struct ifaddrs *entry = first; entry != NULL; entry = entry->ifa_next)
        add_address (known, entry, kernel_flags);
      freeifaddrs (first);
    }

  return vav_ice_policy_choose ((const VavIceAddress *)(const void *)known->data, known->len);
}

GPtrArray *
vav_ice_addresses_list (gboolean local)
{
  GPtrArray *list = local ? g_ptr_array_new_with_free_func (g_free) : choose ();

  if (list->len == 0)
    g_ptr_array_add (list, g_strdup ("127.0.0.1"));

  return list;
}

char *
vav_media_describe_addresses (void)
{
  g_autoptr (GPtrArray) list = vav_ice_addresses_list (FALSE);

  g_ptr_array_add (list, NULL);
  return g_strjoinv (" ", (char **)list->pdata);
}
