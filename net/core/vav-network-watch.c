/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/core/vav-network-watch.h"

#include <glib-unix.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>
#include <unistd.h>

#define QUIET_MS 200
#define ANY_PORT 9 /* discard: nothing is sent there */

struct _VavNetworkWatch
{
  VavNetworkChanged changed;
  gpointer user_data;

  GMainContext *context;
  GNetworkMonitor *monitor;
  int kernel;        /* an rtnetlink socket; -1: not permitted */
  GSource *readable; /* nullable */
  GSource *quiet;    /* nullable: until it is told */
};

static void
clear_source (GSource **source)
{
  if (*source != NULL)
    g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

static gboolean
on_quiet (gpointer data)
{
  VavNetworkWatch *self = data;

  g_clear_pointer (&self->quiet, g_source_unref);
  self->changed (self->user_data);

  return G_SOURCE_REMOVE;
}

static void
note (VavNetworkWatch *self)
{
  clear_source (&self->quiet);
  self->quiet = g_timeout_source_new (QUIET_MS);
  g_source_set_callback (self->quiet, on_quiet, self, NULL);
  g_source_attach (self->quiet, self->context);
}

/* What it says is not read: that it says something is enough, and lost messages (ENOBUFS) are something too. */
static gboolean
on_kernel (int fd, GIOCondition condition, gpointer data)
{
  char buffer[4096];

  while (recv (fd, buffer, sizeof buffer, MSG_DONTWAIT) > 0)
    ;
  note (data);

  return G_SOURCE_CONTINUE;
}

static void
watch_kernel (VavNetworkWatch *self)
{
  struct sockaddr_nl address
      = { .nl_family = AF_NETLINK,
          .nl_groups = RTMGRP_LINK | RTMGRP_IPV4_IFADDR | RTMGRP_IPV4_ROUTE | RTMGRP_IPV6_IFADDR | RTMGRP_IPV6_ROUTE };

  self->kernel = socket (AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE);
  if (self->kernel < 0)
    return;
  if (bind (self->kernel, (const struct sockaddr *)&address, sizeof address) != 0)
    {
      close (self->kernel);
      self->kernel = -1;
      return;
    }
  self->readable = g_unix_fd_source_new (self->kernel, G_IO_IN);
  g_source_set_callback (self->readable, G_SOURCE_FUNC (on_kernel), self, NULL);
  g_source_attach (self->readable, self->context);
}

/* GNetworkMonitor emits in the global default context, which may be another thread's: it is used where both are the same. */
static gboolean
may_use_monitor (VavNetworkWatch *self)
{
  return self->context == g_main_context_default ();
}

static void
on_monitor (GNetworkMonitor *monitor, gboolean available, VavNetworkWatch *self)
{
  note (self);
}

VavNetworkWatch *
vav_network_watch_new (VavNetworkChanged changed, gpointer user_data)
{
  VavNetworkWatch *self = g_new0 (VavNetworkWatch, 1);

  self->changed = changed;
  self->user_data = user_data;
  self->context = g_main_context_ref_thread_default ();
  watch_kernel (self);
  if (may_use_monitor (self))
    {
      self->monitor = g_object_ref (g_network_monitor_get_default ());
      g_signal_connect (self->monitor, "network-changed", G_CALLBACK (on_monitor), self);
    }

  return self;
}

void
vav_network_watch_free (VavNetworkWatch *self)
{
  if (self == NULL)
    return;

  if (self->monitor != NULL)
    g_signal_handlers_disconnect_by_data (self->monitor, self);
  g_clear_object (&self->monitor);
  clear_source (&self->quiet);
  clear_source (&self->readable);
  if (self->kernel >= 0)
    close (self->kernel);
  g_main_context_unref (self->context);
  g_free (self);
}

char *
vav_network_find_source (const char *host)
{
  g_autoptr (GSocketAddress) there = g_inet_socket_address_new_from_string (host, ANY_PORT);
  g_autoptr (GSocketAddress) here = NULL;
  g_autoptr (GSocket) socket = NULL;

  if (there == NULL)
    return NULL;
  socket = g_socket_new (g_socket_address_get_family (there), G_SOCKET_TYPE_DATAGRAM, G_SOCKET_PROTOCOL_UDP, NULL);
  if (socket == NULL || !g_socket_connect (socket, there, NULL, NULL))
    return NULL;
  here = g_socket_get_local_address (socket, NULL);

  return G_IS_INET_SOCKET_ADDRESS (here)
             ? g_inet_address_to_string (g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (here)))
             : NULL;
}
