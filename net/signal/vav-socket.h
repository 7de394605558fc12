/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

#include "net/core/vav-error.h"

G_BEGIN_DECLS

/* TCP sockets as signalling wants them. Private to signal. */

/* No delay for small messages, keepalive, no time limit of GIO's own. */
void vav_socket_prepare (GSocket *socket);

/* Whether the other side ever sent a byte. The end of the connection is none. TRUE if that cannot be known. */
gboolean vav_socket_has_received (GSocket *socket);

/* Who is to be held responsible for a connection: the address, in IPv6 the /64 (one customer has at least that many).
 * NULL: not an IP socket. */
char *vav_socket_dup_source (GSocket *socket);
char *vav_socket_dup_source_of (GInetAddress *ip);

/* How long a packet takes there and back, as TCP has measured it (ms); -1: not known. */
int vav_socket_get_round_trip (GSocket *socket);

/* Listens on the host (an IP address or "localhost"; no name is looked up. NULL: all addresses, IPv6 and IPv4 side by side) and port (0: any); `search`: if it is taken on
 * the next ones (up to 20), then on any. What it got is in `bound` and `address` (HOST:PORT). Errors: PORT_TAKEN,
 * INVALID_ADDRESS, FAILED. Returns: (element-type GSocket): non-blocking, listening sockets on one port */
GPtrArray *vav_socket_listen (const char *host, guint16 port, gboolean search, guint16 *bound, char **address,
                              GError **error);

G_END_DECLS
