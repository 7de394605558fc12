/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/signal/vav-socket.h"

#include <glib/gi18n-lib.h>
#include <linux/tcp.h> /* its tcp_info is longer than the one of <netinet/tcp.h> */
#include <netinet/in.h>
#include <stddef.h>
#include <sys/socket.h>

#include "net/core/vav-address.h"

#define BACKLOG 1024
#define MAX_SEARCH 20u

void
vav_socket_prepare (GSocket *socket)
{
  g_socket_set_timeout (socket, 0);
  g_socket_set_keepalive (socket, TRUE);
  (void)g_socket_set_option (socket, IPPROTO_TCP, TCP_NODELAY, 1, NULL);
}

gboolean
vav_socket_has_received (GSocket *socket)
{
  struct tcp_info info = { 0 };
  socklen_t length = sizeof info;

  if (getsockopt (g_socket_get_fd (socket), IPPROTO_TCP, TCP_INFO, &info, &length) != 0
      || length < offsetof (struct tcp_info, tcpi_bytes_received) + sizeof info.tcpi_bytes_received)
    return TRUE;
  return info.tcpi_bytes_received > 1; /* the end counts as one */
}

int
vav_socket_get_round_trip (GSocket *socket)
{
  struct tcp_info info = { 0 };
  socklen_t length = sizeof info;

  if (getsockopt (g_socket_get_fd (socket), IPPROTO_TCP, TCP_INFO, &info, &length) != 0)
    return -1;
  return (int)(info.tcpi_rtt / 1000);
}

char *
vav_socket_dup_source (GSocket *socket)
{
  g_autoptr (GSocketAddress) address = g_socket_get_remote_address (socket, NULL);

  if (!G_IS_INET_SOCKET_ADDRESS (address))
    return NULL;
  return vav_socket_dup_source_of (g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (address)));
}

char *
vav_socket_dup_source_of (GInetAddress *ip)
{
  g_autoptr (GInetAddress) network = NULL;
  guint8 bytes[16] = { 0 };

  if (g_inet_address_get_family (ip) != G_SOCKET_FAMILY_IPV6)
    return g_inet_address_to_string (ip);
  memcpy (bytes, g_inet_address_to_bytes (ip), 8);
  network = g_inet_address_new_from_bytes (bytes, G_SOCKET_FAMILY_IPV6);
  return g_inet_address_to_string (network);
}

static GSocket *
listen_on (GInetAddress *ip, guint16 port, GError **error)
{
  GSocketFamily family = g_inet_address_get_family (ip);
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new (ip, port);
  g_autoptr (GSocket) socket = NULL;

  socket = g_socket_new (family, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, error);
  if (socket == NULL)
    return NULL;
  if (family == G_SOCKET_FAMILY_IPV6 && !g_socket_set_option (socket, IPPROTO_IPV6, IPV6_V6ONLY, 1, error))
    return NULL;
  g_socket_set_listen_backlog (socket, BACKLOG);
  g_socket_set_blocking (socket, FALSE);
  if (!g_socket_bind (socket, address, TRUE, error) || !g_socket_listen (socket, error))
    return NULL;
  return g_steal_pointer (&socket);
}

static guint16
get_port (GSocket *socket)
{
  g_autoptr (GSocketAddress) address = g_socket_get_local_address (socket, NULL);

  return address != NULL ? g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (address)) : 0;
}

static gboolean
is_taken (const GError *error)
{
  return g_error_matches (error, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE);
}

/* All addresses on one port. A family that this computer does not have is passed over, if another works. */
static GPtrArray *
listen_on_all (GList *addresses, guint16 port, GError **error)
{
  g_autoptr (GPtrArray) sockets = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GError) first = NULL;

  for (GList *item = addresses; item != NULL; item = item->next)
    {
      g_autoptr (GError) failure = NULL;
      GSocket *socket = listen_on (item->data, port, &failure);

      if (socket != NULL)
        {
          g_ptr_array_add (sockets, socket);
          port = get_port (socket);
        }
      else if (is_taken (failure))
        {
          g_propagate_error (error, g_steal_pointer (&failure));
          return NULL;
        }
      else if (first == NULL)
        first = g_steal_pointer (&failure);
    }
  if (sockets->len > 0)
    return g_steal_pointer (&sockets);
  g_propagate_error (error, g_steal_pointer (&first));
  return NULL;
}

/* "Any" port of the first family may be taken in the other: then once more. */
static GPtrArray *
listen_on_any (GList *addresses, GError **error)
{
  g_autoptr (GError) failure = NULL;

  for (guint i = 0; i < MAX_SEARCH; i++)
    {
      GPtrArray *sockets;

      g_clear_error (&failure);
      sockets = listen_on_all (addresses, 0, &failure);
      if (sockets != NULL)
        return sockets;
      if (!is_taken (failure))
        break;
    }
  g_propagate_error (error, g_steal_pointer (&failure));
  return NULL;
}

static GPtrArray *
search_port (GList *addresses, guint16 port, GError **error)
{
  for (guint p = port; p <= port + MAX_SEARCH && p <= (guint)G_MAXUINT16; p++)
    {
      g_autoptr (GError) failure = NULL;
      GPtrArray *sockets = listen_on_all (addresses, (guint16)p, &failure);

      if (sockets != NULL)
        return sockets;
      if (!is_taken (failure))
        {
          g_propagate_error (error, g_steal_pointer (&failure));
          return NULL;
        }
    }
  return listen_on_any (addresses, error);
}

/* Never asks a resolver, which would take its time: an address, or the name of this computer for itself (RFC 6761, 6.3). */
static GList *
find_addresses (const char *host)
{
  GList *addresses = NULL;
  GInetAddress *ip;

  if (host == NULL)
    {
      addresses = g_list_append (addresses, g_inet_address_new_any (G_SOCKET_FAMILY_IPV6));
      return g_list_append (addresses, g_inet_address_new_any (G_SOCKET_FAMILY_IPV4));
    }
  if (g_ascii_strcasecmp (host, "localhost") == 0)
    {
      addresses = g_list_append (addresses, g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4));
      return g_list_append (addresses, g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV6));
    }
  ip = g_inet_address_new_from_string (host);
  return ip != NULL ? g_list_append (NULL, ip) : NULL;
}

static void
describe (const GError *failure, const char *host, guint16 port, GError **error)
{
  g_autofree char *where = vav_address_join (host != NULL ? host : "*", port);

  if (is_taken (failure))
    g_set_error (error, VAV_ERROR, VAV_ERROR_PORT_TAKEN,
                 _ ("Port %u is already used by another program on this computer. Close that program, or choose "
                    "another port."),
                 port);
  else if (g_error_matches (failure, G_IO_ERROR, G_IO_ERROR_FAILED)
           || g_error_matches (failure, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
    g_set_error (error, VAV_ERROR, VAV_ERROR_INVALID_ADDRESS,
                 _ ("Visavis cannot take calls at %s: that is not an address of this computer."), where);
  else
    g_set_error (error, VAV_ERROR, VAV_ERROR_FAILED, _ ("Visavis cannot take calls at %s (%s)."), where,
                 failure->message);
}

static char *
join_bound (GPtrArray *sockets, const char *host)
{
  GSocket *first = g_ptr_array_index (sockets, 0);
  g_autoptr (GSocketAddress) address = g_socket_get_local_address (first, NULL);
  GInetSocketAddress *inet = G_INET_SOCKET_ADDRESS (address);
  g_autofree char *ip = g_inet_address_to_string (g_inet_socket_address_get_address (inet));

  return vav_address_join (ip, g_inet_socket_address_get_port (inet));
}

GPtrArray *
vav_socket_listen (const char *host, guint16 port, gboolean search, guint16 *bound, char **address, GError **error)
{
  g_autoptr (GError) failure = NULL;
  GList *addresses = find_addresses (host);
  GPtrArray *sockets;

  if (addresses == NULL)
    {
      g_set_error (error, VAV_ERROR, VAV_ERROR_INVALID_ADDRESS,
                   _ ("Visavis cannot take calls at “%s”: give an IP address of this computer, like 192.168.1.20."),
                   host);
      return NULL;
    }
  if (port == 0)
    sockets = listen_on_any (addresses, &failure);
  else if (search)
    sockets = search_port (addresses, port, &failure);
  else
    sockets = listen_on_all (addresses, port, &failure);
  g_list_free_full (addresses, g_object_unref);
  if (sockets == NULL)
    {
      describe (failure, host, port, error);
      return NULL;
    }
  *bound = get_port (g_ptr_array_index (sockets, 0));
  *address = join_bound (sockets, host);
  return sockets;
}
