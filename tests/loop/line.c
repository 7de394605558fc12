/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/loop/line.h"

#include <gio/gio.h>
#include <sys/socket.h>

typedef struct
{
  GSocketConnection *near;
  GSocketConnection *far; /* nullable: not reached yet */
} Strand;

struct _Line
{
  GSocketService *service; /* nullable: closed */
  GSocketClient *client;
  GSocketConnectable *target;
  GPtrArray *strands;
  char *address;
  guint16 port;
  guint n_made;
};

static void
reset (GSocketConnection *connection)
{
  const struct linger linger = { 1, 0 };

  if (connection == NULL)
    return;
  (void)setsockopt (g_socket_get_fd (g_socket_connection_get_socket (connection)), SOL_SOCKET, SO_LINGER, &linger,
                    sizeof linger);
  g_socket_close (g_socket_connection_get_socket (connection), NULL);
}

static void
strand_free (gpointer data)
{
  Strand *strand = data;

  reset (strand->near);
  reset (strand->far);
  g_clear_object (&strand->near);
  g_clear_object (&strand->far);
  g_free (strand);
}

/* One direction has ended: the other side is told so, and of a reset as of one. */
static void
on_spliced (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GSocketConnection) to = data;

  if (g_output_stream_splice_finish (G_OUTPUT_STREAM (source), result, NULL) < 0)
    reset (to);
  else
    (void)g_socket_shutdown (g_socket_connection_get_socket (to), FALSE, TRUE, NULL);
}

static void
carry (GSocketConnection *from, GSocketConnection *to)
{
  g_output_stream_splice_async (g_io_stream_get_output_stream (G_IO_STREAM (to)),
                                g_io_stream_get_input_stream (G_IO_STREAM (from)), G_OUTPUT_STREAM_SPLICE_NONE,
                                G_PRIORITY_DEFAULT, NULL, on_spliced, g_object_ref (to));
}

static gboolean
on_incoming (GSocketService *service, GSocketConnection *near, GObject *source, Line *self)
{
  Strand *strand = g_new0 (Strand, 1);

  strand->near = g_object_ref (near);
  strand->far = g_socket_client_connect (self->client, self->target, NULL, NULL);
  g_ptr_array_add (self->strands, strand);
  if (strand->far == NULL)
    {
      reset (near);
      return TRUE;
    }
  self->n_made++;
  carry (strand->near, strand->far);
  carry (strand->far, strand->near);

  return TRUE;
}

void
line_open (Line *self)
{
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) wanted = g_inet_socket_address_new (loopback, self->port);
  g_autoptr (GSocketAddress) bound = NULL;
  g_autoptr (GError) error = NULL;

  self->service = g_socket_service_new ();
  g_socket_listener_add_address (G_SOCKET_LISTENER (self->service), wanted, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP,
                                 NULL, &bound, &error);
  g_assert_no_error (error);
  self->port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound));
  g_signal_connect (self->service, "incoming", G_CALLBACK (on_incoming), self);
}

void
line_close (Line *self)
{
  if (self->service == NULL)
    return;
  g_socket_service_stop (self->service);
  g_socket_listener_close (G_SOCKET_LISTENER (self->service));
  g_signal_handlers_disconnect_by_data (self->service, self);
  g_clear_object (&self->service);
}

void
line_cut (Line *self)
{
  g_ptr_array_set_size (self->strands, 0);
}

Line *
line_new (const char *target)
{
  Line *self = g_new0 (Line, 1);

  self->target = g_network_address_parse (target, 0, NULL);
  self->client = g_socket_client_new ();
  self->strands = g_ptr_array_new_with_free_func (strand_free);
  line_open (self);
  self->address = g_strdup_printf ("127.0.0.1:%u", self->port);

  return self;
}

void
line_free (Line *self)
{
  line_close (self);
  g_ptr_array_unref (self->strands);
  g_object_unref (self->client);
  g_object_unref (self->target);
  g_free (self->address);
  g_free (self);
}

const char *
line_get_address (Line *self)
{
  return self->address;
}

guint
line_get_n_made (Line *self)
{
  return self->n_made;
}
