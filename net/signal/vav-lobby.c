/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/signal/vav-lobby.h"

#include <errno.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "net/signal/vav-tls.h"

typedef struct
{
  VavLobby *lobby;
  GSocket *socket;
  VavSource *source;
  GSource *readable;
  GList link; /* in lobby->guests */
  gint64 until;
  int wanted; /* bytes (SO_RCVLOWAT) before it is worth to look again */
} Guest;

struct _VavLobby
{
  VavLobbyReady ready;
  gpointer user_data;

  VavSources *sources; /* not owned */
  GQueue guests;       /* oldest first */
  GMainContext *context;
  GSource *deadline; /* of the oldest */
};

/* The guest leaves; the socket is the caller's, and the source if it is asked for. */
static GSocket *
show_out (Guest *guest, VavSource **source)
{
  VavLobby *self = guest->lobby;
  GSocket *socket = guest->socket;

  g_source_destroy (guest->readable);
  g_source_unref (guest->readable);
  g_queue_unlink (&self->guests, &guest->link);
  if (source != NULL)
    *source = guest->source;
  else
    vav_sources_release (self->sources, guest->source);
  g_free (guest);
  return socket;
}

static void
drop (Guest *guest)
{
  g_autoptr (GSocket) socket = show_out (guest, NULL);

  g_socket_close (socket, NULL);
}

/* Tells whoever does not speak TLS, and then goes. What it sent is read first: closing with unread bytes would be a
 * reset, and the alert lost. */
static void
send_away (Guest *guest)
{
  static const guint8 alert[] = { 21, 3, 3, 0, 2, 2, 10 }; /* fatal unexpected_message (RFC 8446, 6) */
  g_autoptr (GSocket) socket = show_out (guest, NULL);
  int fd = g_socket_get_fd (socket);
  guint8 trash[4096];

  (void)send (fd, alert, sizeof alert, MSG_NOSIGNAL | MSG_DONTWAIT);
  for (int i = 0; i < 16 && recv (fd, trash, sizeof trash, MSG_DONTWAIT) > 0; i++)
    ;
  g_socket_shutdown (socket, FALSE, TRUE, NULL);
  g_socket_close (socket, NULL);
}

/* Wakes us only when that many bytes are there (or the end), so that a slow sender costs no processor time. */
static void
want (Guest *guest, int bytes)
{
  guest->wanted = bytes;
  (void)setsockopt (g_socket_get_fd (guest->socket), SOL_SOCKET, SO_RCVLOWAT, &bytes, sizeof bytes);
}

static void
hand_on (Guest *guest)
{
  VavLobby *self = guest->lobby;
  gint64 until = guest->until;
  g_autoptr (GSocket) socket = NULL;
  VavSource *source;

  want (guest, 1);
  socket = show_out (guest, &source);
  self->ready (socket, source, until, self->user_data);
}

static gboolean
readable_cb (GSocket *socket, GIOCondition condition, gpointer data)
{
  Guest *guest = data;
  int fd = g_socket_get_fd (socket);
  guint8 begin[8];
  gssize n = recv (fd, begin, sizeof begin, MSG_PEEK | MSG_DONTWAIT);
  gsize needed;
  int there = 0;

  if (n < 0 && (errno == EAGAIN || errno == EINTR))
    return G_SOURCE_CONTINUE;
  if (n <= 0 || ioctl (fd, FIONREAD, &there) != 0)
    {
      drop (guest);
      return G_SOURCE_REMOVE;
    }
  needed = vav_tls_measure_client_hello (begin, (gsize)n);
  if (needed == 0)
    send_away (guest);
  else if ((gsize)there >= needed)
    hand_on (guest);
  else if (guest->wanted == (int)needed)
    drop (guest); /* woken without enough: it has ended its half */
  else
    {
      want (guest, (int)needed);
      return G_SOURCE_CONTINUE;
    }
  return G_SOURCE_REMOVE;
}

static void arm (VavLobby *self);

static gboolean
deadline_cb (gpointer data)
{
  VavLobby *self = data;
  gint64 now = g_get_monotonic_time ();
  GList *link;

  while ((link = g_queue_peek_head_link (&self->guests)) != NULL && ((Guest *)link->data)->until <= now)
    drop (link->data);
  g_clear_pointer (&self->deadline, g_source_unref);
  arm (self);
  return G_SOURCE_REMOVE;
}

static void
arm (VavLobby *self)
{
  Guest *oldest = g_queue_peek_head (&self->guests);
  gint64 left;

  if (oldest == NULL || self->deadline != NULL)
    return;
  left = MAX (oldest->until - g_get_monotonic_time (), 0) / 1000 + 1;
  self->deadline = g_timeout_source_new ((guint)left);
  g_source_set_callback (self->deadline, deadline_cb, self, NULL);
  g_source_attach (self->deadline, self->context);
}

/* public functions */

VavLobby *
vav_lobby_new (VavSources *sources, VavLobbyReady ready, gpointer user_data)
{
  VavLobby *self = g_new0 (VavLobby, 1);

  self->sources = sources;
  self->ready = ready;
  self->user_data = user_data;
  self->context = g_main_context_ref_thread_default ();
  return self;
}

void
vav_lobby_free (VavLobby *self)
{
  Guest *guest;

  while ((guest = g_queue_peek_head (&self->guests)) != NULL)
    drop (guest);
  if (self->deadline != NULL)
    g_source_destroy (self->deadline);
  g_clear_pointer (&self->deadline, g_source_unref);
  g_main_context_unref (self->context);
  g_free (self);
}

void
vav_lobby_add (VavLobby *self, GSocket *socket, VavSource *source)
{
  Guest *guest = g_new0 (Guest, 1);

  guest->lobby = self;
  guest->socket = g_object_ref (socket);
  guest->source = source;
  guest->until = g_get_monotonic_time () + VAV_TLS_HANDSHAKE_MS * G_TIME_SPAN_MILLISECOND;
  guest->link.data = guest;
  g_queue_push_tail_link (&self->guests, &guest->link);
  guest->readable = g_socket_create_source (socket, G_IO_IN, NULL);
  g_source_set_callback (guest->readable, G_SOURCE_FUNC (readable_cb), guest, NULL);
  g_source_attach (guest->readable, self->context);
  arm (self);
}

gboolean
vav_lobby_drop_one (VavLobby *self)
{
  Guest *chosen = g_queue_peek_head (&self->guests);

  for (GList *link = self->guests.head; link != NULL; link = link->next)
    if (vav_source_yields (((Guest *)link->data)->source, chosen->source))
      chosen = link->data;
  if (chosen == NULL)
    return FALSE;
  drop (chosen);
  return TRUE;
}

gboolean
vav_lobby_drop_one_of (VavLobby *self, VavSource *source)
{
  for (GList *link = self->guests.head; link != NULL; link = link->next)
    if (((Guest *)link->data)->source == source)
      {
        drop (link->data);
        return TRUE;
      }
  return FALSE;
}
