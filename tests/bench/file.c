/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* file FOLDER MEGABYTES: how fast a file goes across in a call without picture and sound, from FOLDER to FOLDER, checked and renamed; and as many
 * bytes from memory to nowhere over a plain TLS connection, which is the ceiling; both in this one process over the loopback. Tells a JSON
 * object a line: {"event":"file" or "tls","mbit":…,"cpu_s_per_gb":…}; the threads of a file yield to all else that runs on the computer. */
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "net/signal/vav-tls.h"
#include "net/visavis.h"

#define PIECE (256 * 1024)

typedef struct
{
  gint64 began; /* µs */
  gint64 cpu;   /* µs, of all threads */
} Clock;

static gint64
cpu_us (void)
{
  struct timespec now;

  clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &now);
  return (gint64)now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000;
}

static Clock
clock_start (void)
{
  return (Clock){ g_get_monotonic_time (), cpu_us () };
}

static void
tell (const char *event, guint64 bytes, Clock start)
{
  g_print ("{\"event\":\"%s\",\"mbit\":%.1f,\"cpu_s_per_gb\":%.3f}\n", event,
           (double)bytes * 8 / (double)(g_get_monotonic_time () - start.began),
           (double)(cpu_us () - start.cpu) * 1000 / (double)bytes);
}

/* the file */

typedef struct
{
  VavEndpoint *endpoints[2];
  VavStream *streams[2];
  const char *folder;
  char *source;
  guint64 size;
  Clock start;
  VavFile *file; /* as it arrives */
  gboolean over;
} Bench;

static void
on_request (VavStream *stream, VavRequest *request, Bench *self)
{
  vav_request_accept (request, VAV_FLOW_ALL, NULL);
}

static void
on_offered (VavStream *stream, VavFile *file, Bench *self)
{
  self->file = g_object_ref (file);
  self->start = clock_start ();
  vav_file_accept (file, self->folder, NULL);
}

static void
on_changed (VavStream *stream, VavFile *file, Bench *self)
{
  if (!vav_file_is_over (file))
    return;
  if (vav_file_get_state (file) != VAV_FILE_STATE_DONE)
    g_error ("the file did not arrive: %s", vav_file_state_to_nick (vav_file_get_state (file)));
  tell ("file", self->size, self->start);
  self->over = TRUE;
}

static void
make_file (Bench *self)
{
  g_autofree char *bytes = g_malloc (PIECE);
  int fd = open (self->source, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

  memset (bytes, 'x', PIECE);
  for (guint64 n = 0; n < self->size; n += PIECE)
    if (write (fd, bytes, PIECE) != PIECE)
      g_error ("%s cannot be written", self->source);
  close (fd);
}

static void
on_closed (GObject *source, GAsyncResult *result, gpointer n_closed)
{
  vav_endpoint_close_finish (VAV_ENDPOINT (source), result, NULL);
  (*(guint *)n_closed)++;
}

static void
close_all (Bench *self)
{
  guint n_closed = 0;

  g_unlink (self->source);
  g_unlink (vav_file_get_path (self->file));
  for (guint i = 0; i < 2; i++)
    vav_endpoint_close_async (self->endpoints[i], on_closed, &n_closed);
  while (n_closed < 2)
    g_main_context_iteration (NULL, TRUE);
}

static void
send_file (Bench *self)
{
  for (guint i = 0; i < 2; i++)
    {
      self->endpoints[i] = vav_endpoint_new (NULL, "none", NULL);
      self->streams[i] = vav_stream_new (self->endpoints[i]);
    }
  g_signal_connect (self->streams[1], "connection-requested", G_CALLBACK (on_request), self);
  g_signal_connect (self->streams[1], "file-offered", G_CALLBACK (on_offered), self);
  g_signal_connect (self->streams[1], "file-changed", G_CALLBACK (on_changed), self);
  vav_endpoint_set_listen (self->endpoints[1], "127.0.0.1:0", NULL);
  vav_stream_set_detection (self->streams[1], TRUE);
  vav_stream_dial (self->streams[0], vav_endpoint_get_listening_address (self->endpoints[1]), NULL, NULL);
  while (vav_stream_get_state (self->streams[0]) != VAV_STATE_ACTIVE
         || vav_stream_get_state (self->streams[1]) != VAV_STATE_ACTIVE)
    g_main_context_iteration (NULL, TRUE);
  vav_stream_send_file_async (self->streams[0], self->source, NULL, NULL, NULL);
  while (!self->over)
    g_main_context_iteration (NULL, TRUE);
  close_all (self);
}

/* plain TLS */

typedef struct
{
  GSocket *listening;
  VavIdentity *identity;
  guint64 size;
} Plain;

/* A thread of its own. */
static gpointer
run_server (gpointer data)
{
  Plain *plain = data;
  g_autoptr (GSocket) socket = g_socket_accept (plain->listening, NULL, NULL);
  g_autoptr (GSocketConnection) connection = g_socket_connection_factory_create_connection (socket);
  g_autoptr (GIOStream) tls = vav_tls_new_server (G_IO_STREAM (connection), plain->identity, NULL);
  g_autofree char *bytes = g_malloc (PIECE);
  guint64 n = 0;
  gssize came;

  while (n < plain->size
         && (came = g_input_stream_read (g_io_stream_get_input_stream (tls), bytes, PIECE, NULL, NULL)) > 0)
    n += (guint64)came;
  return NULL;
}

static void
send_plain (guint64 size)
{
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) any = g_inet_socket_address_new (loopback, 0);
  g_autoptr (GSocketAddress) bound = NULL;
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketConnection) connection = NULL;
  g_autoptr (GIOStream) tls = NULL;
  g_autofree char *bytes = g_malloc0 (PIECE);
  Plain plain = { g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL),
                  vav_identity_new_ephemeral (NULL), size };
  GThread *server;
  Clock start;

  g_socket_bind (plain.listening, any, TRUE, NULL);
  g_socket_listen (plain.listening, NULL);
  bound = g_socket_get_local_address (plain.listening, NULL);
  server = g_thread_new ("server", run_server, &plain);
  connection = g_socket_client_connect (client, G_SOCKET_CONNECTABLE (bound), NULL, NULL);
  tls = vav_tls_new_client (G_IO_STREAM (connection), plain.identity, NULL);
  if (!g_tls_connection_handshake (G_TLS_CONNECTION (tls), NULL, NULL))
    g_error ("no TLS");
  start = clock_start ();
  for (guint64 n = 0; n < size; n += PIECE)
    if (!g_output_stream_write_all (g_io_stream_get_output_stream (tls), bytes, PIECE, NULL, NULL, NULL))
      g_error ("TLS broke");
  g_thread_join (server);
  tell ("tls", size, start);
  g_object_unref (plain.listening);
  g_object_unref (plain.identity);
}

int
main (int argc, char **argv)
{
  Bench bench = { 0 };

  if (argc != 3)
    {
      g_printerr ("Usage: file FOLDER MEGABYTES\n");
      return 2;
    }
  bench.folder = argv[1];
  bench.source = g_build_filename (argv[1], "sent", NULL);
  bench.size = strtoull (argv[2], NULL, 10) * 1024 * 1024;
  make_file (&bench);
  send_file (&bench);
  send_plain (bench.size);
  return 0;
}
