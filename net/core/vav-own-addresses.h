/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define VAV_MAX_OWN_ADDRESSES 16

/* The addresses at which other computers may find this one, IPv4 first, at most VAV_MAX_OWN_ADDRESSES: not those that only this computer or a single link
 * knows, nor those of bridges to its own containers and virtual machines. family: G_SOCKET_FAMILY_INVALID for both.
 * Returns: (element-type utf8) (transfer full) */
GPtrArray *vav_own_addresses_list (GSocketFamily family);

/* Whether an address counts among them. interface: its name; flags: IFF_… of <net/if.h> */
gboolean vav_own_address_counts (const char *interface, guint flags, GInetAddress *address);

/* The number of the interface that has this address; 0: none has. */
guint vav_own_address_find_interface (GInetAddress *address);

G_END_DECLS
