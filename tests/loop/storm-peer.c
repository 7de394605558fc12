/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/loop/storm-peer.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gunixsocketaddress.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/signal/vav-channel-private.h"
#include "net/signal/vav-frame.h"
#include "net/signal/vav-x509.h"

struct _StormPeer
{
  int fd; /* plain; −1: ended */
  VavFrameReader *reader;
  VavChannel *channel;

  Rogue *rogue; /* TLS */
  gboolean over;
  char *id;
};

/* GnuTLS blocks: it runs on a thread while the endpoint's main context goes on. */
typedef struct
{
  gpointer (*work) (gpointer data);
  gpointer data;
  gpointer result;
  int done;
} Aside;

static gboolean
on_done (gpointer data)
{
  return G_SOURCE_REMOVE;
}

static gpointer
run_aside (gpointer data)
{
  Aside *aside = data;

  aside->result = aside->work (aside->data);
  g_atomic_int_set (&aside->done, 1);
  g_idle_add (on_done, NULL); /* wakes the main context */
  return NULL;
}

static gpointer
aside (gpointer (*work) (gpointer data), gpointer data)
{
  Aside aside = { work, data, NULL, 0 };
  GThread *thread = g_thread_new ("storm-peer", run_aside, &aside);

  while (!g_atomic_int_get (&aside.done))
    g_main_context_iteration (NULL, TRUE);
  g_thread_join (thread);
  return aside.result;
}

static StormPeer *
peer_new (int fd)
{
  StormPeer *self = g_new0 (StormPeer, 1);

  self->fd = fd;
  self->reader = vav_frame_reader_new ();
  return self;
}

void
storm_peer_free (StormPeer *self)
{
  if (self == NULL)
    return;
  if (self->fd >= 0)
    close (self->fd);
  g_clear_pointer (&self->rogue, rogue_free);
  g_clear_object (&self->channel);
  vav_frame_reader_free (self->reader);
  g_free (self->id);
  g_free (self);
}

/* plain */

static void
make_unix_pair (int pair[2])
{
  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pair), ==, 0);
}

static void
make_tcp_pair (int pair[2])
{
  guint16 port = 0;
  int listener = rogue_listen ("127.0.0.1", &port);

  pair[0] = rogue_connect ("127.0.0.1", port);
  g_assert_cmpint (pair[0], >=, 0);
  pair[1] = accept4 (listener, NULL, NULL, SOCK_CLOEXEC);
  g_assert_cmpint (pair[1], >=, 0);
  close (listener);
  g_assert_cmpint (fcntl (pair[0], F_SETFL, O_NONBLOCK), ==, 0);
}

static void
on_opened (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;

  if (!vav_channel_open_finish (VAV_CHANNEL (source), result, &error))
    g_error ("no hello: %s", error->message);
  *(gboolean *)data = TRUE;
}

static void
say_hello (StormPeer *self)
{
  g_autoptr (VavMessage) hello = vav_message_new (VAV_MESSAGE_HELLO);
  g_autoptr (GBytes) body = NULL;

  vav_message_set_uint (hello, "version", 1);
  vav_message_set_string (hello, "name", "Storm");
  vav_message_set_seq (hello, 0);
  body = vav_message_serialize (hello, NULL);
  g_assert_true (storm_peer_send (self, body));
}

static StormPeer *
knock_plainly (VavEndpoint *endpoint, StormCarrier carrier, const char *id)
{
  g_autoptr (GSocketConnection) connection = NULL;
  g_autoptr (GSocket) socket = NULL;
  g_autoptr (GError) error = NULL;
  gboolean opened = FALSE;
  StormPeer *self;
  int pair[2];

  if (carrier == STORM_UNIX)
    make_unix_pair (pair);
  else
    make_tcp_pair (pair);
  socket = g_socket_new_from_fd (pair[1], &error);
  g_assert_no_error (error);
  connection = g_socket_connection_factory_create_connection (socket);

  self = peer_new (pair[0]);
  self->id = g_strdup (id);
  self->channel = vav_channel_new (G_IO_STREAM (connection), socket, id);
  vav_channel_open_async (self->channel, "Endpoint", NULL, on_opened, &opened);
  say_hello (self);
  while (!opened)
    g_main_context_iteration (NULL, TRUE);
  vav_endpoint_admit (endpoint, self->channel);
  return self;
}

static gboolean
send_plainly (StormPeer *self, GBytes *frame)
{
  gsize left;
  const guint8 *at = g_bytes_get_data (frame, &left);

  while (left > 0)
    {
      gssize n = send (self->fd, at, left, MSG_NOSIGNAL);

      if (n < 0 && errno == EAGAIN)
        g_main_context_iteration (NULL, FALSE);
      else if (n < 0)
        return FALSE;
      else
        {
          at += n;
          left -= (gsize)n;
        }
    }
  return TRUE;
}

static void
read_plainly (StormPeer *self)
{
  guint8 buffer[16384];
  gssize n;

  while ((n = recv (self->fd, buffer, sizeof buffer, MSG_DONTWAIT)) > 0)
    g_assert_true (vav_frame_reader_push (self->reader, buffer, (gsize)n, NULL));
  if (n == 0 || errno != EAGAIN)
    self->over = TRUE;
}

/* TLS */

static gpointer
shake_hands (gpointer data)
{
  StormPeer *self = data;
  g_autofree char *pem = vav_x509_make_pem (NULL);
  const RogueStyle style = { .alpn = "visavis/1", .pem = pem };
  g_autoptr (GTlsCertificate) certificate = g_tls_certificate_new_from_pem (pem, -1, NULL);

  self->id = vav_identity_id_of_certificate (certificate, NULL);
  return GINT_TO_POINTER (rogue_handshake (self->rogue, &style) && rogue_send_hello (self->rogue));
}

static StormPeer *
knock_by_tls (VavEndpoint *endpoint)
{
  StormPeer *self = peer_new (-1);
  int fd = rogue_connect ("127.0.0.1", vav_endpoint_get_port (endpoint));

  g_assert_cmpint (fd, >=, 0);
  self->rogue = rogue_new (fd, FALSE);
  g_assert_true (aside (shake_hands, self) != NULL);
  return self;
}

static gpointer
shake_hands_only (gpointer data)
{
  StormPeer *self = data;
  const RogueStyle style = { .alpn = "visavis/1" };

  return GINT_TO_POINTER (rogue_handshake (self->rogue, &style));
}

static gpointer
accept_one (gpointer data)
{
  struct pollfd poller = { .fd = GPOINTER_TO_INT (data), .events = POLLIN };

  if (poll (&poller, 1, 2000) <= 0)
    return GINT_TO_POINTER (-1);
  return GINT_TO_POINTER (accept4 (poller.fd, NULL, NULL, SOCK_CLOEXEC));
}

StormPeer *
storm_peer_take (int listener, gboolean polite)
{
  int fd = GPOINTER_TO_INT (aside (accept_one, GINT_TO_POINTER (listener)));
  StormPeer *self;

  if (fd < 0)
    return NULL;
  self = peer_new (-1);
  self->rogue = rogue_new (fd, TRUE);
  if (aside (polite ? shake_hands : shake_hands_only, self) != NULL)
    return self;
  storm_peer_free (self);
  return NULL;
}

typedef struct
{
  Rogue *rogue;
  GBytes *body;
} Sending;

static gpointer
send_aside (gpointer data)
{
  Sending *sending = data;
  g_autofree char *json = g_strndup (g_bytes_get_data (sending->body, NULL), g_bytes_get_size (sending->body));

  return GINT_TO_POINTER (rogue_send_frame (sending->rogue, json));
}

static gpointer
receive_aside (gpointer data)
{
  return rogue_receive (data, 0);
}

static void
listen_by_tls (StormPeer *self, StormHeard heard, gpointer data)
{
  g_autofree char *json = NULL;

  while (rogue_get_fd (self->rogue) >= 0 && (json = aside (receive_aside, self->rogue)) != NULL)
    {
      g_autoptr (GBytes) body = g_bytes_new_take (g_steal_pointer (&json), strlen (json));
      g_autoptr (VavMessage) message = vav_message_parse (body, NULL);

      if (message != NULL)
        heard (message, data);
    }
}

/* either way */

StormPeer *
storm_peer_knock (VavEndpoint *endpoint, StormCarrier carrier, const char *id)
{
  return carrier == STORM_TLS ? knock_by_tls (endpoint) : knock_plainly (endpoint, carrier, id);
}

gboolean
storm_peer_send (StormPeer *self, GBytes *body)
{
  g_autoptr (GBytes) frame = NULL;

  if (!storm_peer_is_open (self))
    return FALSE;
  if (self->rogue != NULL)
    {
      Sending sending = { self->rogue, body };

      self->over = aside (send_aside, &sending) == NULL;
    }
  else
    {
      frame = vav_frame_wrap (body, NULL);
      self->over = !send_plainly (self, frame);
    }
  return !self->over;
}

void
storm_peer_listen (StormPeer *self, StormHeard heard, gpointer data)
{
  GBytes *body;

  if (self->rogue != NULL)
    {
      listen_by_tls (self, heard, data);
      if (rogue_get_end (self->rogue) != ROGUE_END_NONE)
        self->over = TRUE;
      return;
    }
  if (self->fd < 0)
    return;
  read_plainly (self);
  while ((body = vav_frame_reader_pop (self->reader)) != NULL)
    {
      g_autoptr (VavMessage) message = vav_message_parse (body, NULL);

      g_assert_nonnull (message); /* an endpoint says nothing that it would not take itself */
      heard (message, data);
      g_bytes_unref (body);
    }
}

gboolean
storm_peer_is_open (StormPeer *self)
{
  return !self->over && (self->rogue != NULL ? rogue_get_fd (self->rogue) >= 0 : self->fd >= 0);
}

typedef struct
{
  Rogue *rogue;
  StormEnd end;
} Ending;

static gpointer
end_aside (gpointer data)
{
  Ending *ending = data;

  if (ending->end == STORM_END_BYE)
    rogue_bye (ending->rogue);
  else if (ending->end == STORM_END_EOF)
    rogue_eof (ending->rogue);
  else
    rogue_reset (ending->rogue);
  return NULL;
}

void
storm_peer_end (StormPeer *self, StormEnd end)
{
  const struct linger linger = { 1, 0 };
  Ending ending = { self->rogue, end };

  if (self->rogue != NULL && rogue_get_fd (self->rogue) >= 0)
    aside (end_aside, &ending);
  else if (self->fd >= 0)
    {
      if (end == STORM_END_RESET)
        (void)setsockopt (self->fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
      close (self->fd);
      self->fd = -1;
    }
  self->over = TRUE;
}

const char *
storm_peer_get_id (StormPeer *self)
{
  return self->id;
}

VavChannel *
storm_peer_get_channel (StormPeer *self)
{
  return self->channel;
}
