/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/signal/vav-tunnel-private.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <string.h>
#include <sys/socket.h>

#include "net/core/vav-error.h"

#define AGAIN_MS 1000
#define MAX_AGAIN_MS 8000
#define GIVE_UP_S 30
#define LINGER_S 5 /* what TLS wrote before it closed its socket may take so long to arrive */

typedef struct
{
  guint64 end; /* the offset after it */
  GBytes *frame;
} Sent;

static void watch (VavTunnel *self);
static void send_more (VavTunnel *self);

static void
clear_source (GSource **source)
{
  if (*source != NULL)
    g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

static void
sent_free (gpointer data)
{
  Sent *sent = data;

  g_bytes_unref (sent->frame);
  g_free (sent);
}

static void
tunnel_clear (gpointer data)
{
  VavTunnel *self = data;

  clear_source (&self->watch);
  clear_source (&self->again);
  g_queue_clear_full (&self->unacked, sent_free);
  g_clear_pointer (&self->order, vav_tunnel_order_free);
  g_clear_pointer (&self->pending, g_byte_array_unref);
  g_clear_object (&self->outside);
  g_clear_error (&self->error);
  g_free (self->topic);
  g_free (self->answers);
}

VavTunnel *
vav_tunnel_ref (VavTunnel *self)
{
  return g_rc_box_acquire (self);
}

void
vav_tunnel_unref (VavTunnel *self)
{
  g_rc_box_release_full (self, tunnel_clear);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VavTunnel, vav_tunnel_unref)

/* the end */

void
vav_tunnel_finish (VavTunnel *self, GError *error)
{
  VavTunnels *owner = g_steal_pointer (&self->owner);

  self->error = error;
  clear_source (&self->watch);
  clear_source (&self->again);
  g_socket_close (self->outside, NULL);
  if (owner != NULL)
    vav_tunnels_forget (owner, self);
}

static VavTunnelFrame
make_frame (VavTunnel *self, VavTunnelKind kind, guint64 offset)
{
  VavTunnelFrame frame = { .kind = kind, .from_dialled = self->answers == NULL, .offset = offset };

  memcpy (frame.id, self->key, VAV_TUNNEL_ID_SIZE);
  return frame;
}

/* The other side is told, and it is over here. */
static void
cut (VavTunnel *self)
{
  VavTunnelFrame frame = make_frame (self, VAV_TUNNEL_RESET, self->sent);
  g_autoptr (GBytes) bytes = NULL;

  frame.reason = VAV_TUNNEL_CUT;
  bytes = vav_tunnel_frame_build (&frame);
  vav_tunnels_publish (self->owner, self->topic, bytes, NULL);
  vav_tunnel_finish (self, NULL);
}

/* Over in order: both directions have ended, and each side knows. Or our side has closed, and all that it wrote has arrived. FALSE: it is over. */
static gboolean
check_over (VavTunnel *self)
{
  if (self->owner == NULL)
    return FALSE;
  if (self->end_sent && g_queue_is_empty (&self->unacked))
    {
      if (self->end_written)
        vav_tunnel_finish (self, NULL);
      else if (self->inside_closed)
        cut (self);
    }
  return self->owner != NULL;
}

/* out */

static gboolean
again_cb (gpointer data)
{
  g_autoptr (VavTunnel) self = vav_tunnel_ref (data);
  Sent *oldest = g_queue_peek_head (&self->unacked);
  gint64 waited = g_get_monotonic_time () - self->progress;
  gint64 patience = self->inside_closed ? LINGER_S : GIVE_UP_S;

  clear_source (&self->again);
  if (waited > patience * G_TIME_SPAN_SECOND)
    {
      cut (self);
      return G_SOURCE_REMOVE;
    }
  if (oldest != NULL)
    vav_tunnels_publish (self->owner, self->topic, oldest->frame, self->open_number != 0 ? &self->open_number : NULL);
  self->n_again++;
  self->again = g_timeout_source_new (MIN (AGAIN_MS << MIN (self->n_again, 4), MAX_AGAIN_MS));
  g_source_set_callback (self->again, again_cb, self, NULL);
  g_source_attach (self->again, g_main_context_get_thread_default ());
  return G_SOURCE_REMOVE;
}

/* While something is not acknowledged, it is sent again after a while. */
static void
arm (VavTunnel *self)
{
  clear_source (&self->again);
  self->n_again = 0;
  self->progress = g_get_monotonic_time ();
  if (g_queue_is_empty (&self->unacked))
    return;
  self->again = g_timeout_source_new (AGAIN_MS);
  g_source_set_callback (self->again, again_cb, self, NULL);
  g_source_attach (self->again, g_main_context_get_thread_default ());
}

static void
send_frame (VavTunnel *self, VavTunnelKind kind, const guint8 *data, gsize length)
{
  VavTunnelFrame frame = make_frame (self, kind, self->sent);
  Sent *sent = g_new (Sent, 1);

  frame.data = data;
  frame.length = length;
  if (kind == VAV_TUNNEL_OPEN)
    {
      memcpy (frame.answers, self->answers, VAV_TOPIC_NAME_LENGTH);
      frame.sent = g_get_real_time () / G_TIME_SPAN_MILLISECOND;
    }
  self->sent += MAX (length, 1);
  if (self->deaf)
    {
      g_free (sent);
      return;
    }
  sent->end = self->sent;
  sent->frame = vav_tunnel_frame_build (&frame);
  g_queue_push_tail (&self->unacked, sent);
  if (self->unacked.length == 1)
    arm (self);
  vav_tunnels_publish (self->owner, self->topic, sent->frame, kind == VAV_TUNNEL_OPEN ? &self->open_number : NULL);
}

/* FALSE: nothing more can be read now. */
static gboolean
send_some (VavTunnel *self)
{
  guint8 data[VAV_TUNNEL_MAX_DATA];
  gssize n = recv (g_socket_get_fd (self->outside), data, sizeof data, MSG_DONTWAIT);

  if (n < 0 && (errno == EAGAIN || errno == EINTR))
    return FALSE;
  if (n < 0)
    cut (self); /* closed with bytes unread */
  else if (n > 0)
    send_frame (self, self->answers != NULL && self->sent == 0 ? VAV_TUNNEL_OPEN : VAV_TUNNEL_DATA, data, (gsize)n);
  else if (self->answers != NULL && self->sent == 0)
    vav_tunnel_finish (self, NULL); /* nobody ever heard of it */
  else
    {
      self->end_sent = TRUE;
      send_frame (self, VAV_TUNNEL_END, NULL, 0);
    }
  return n > 0;
}

/* The first frame goes alone: without it the others mean nothing. */
static gboolean
may_send (VavTunnel *self)
{
  guint window = self->answers != NULL && self->acked == 0 && self->open_number != 0 ? 1 : VAV_TUNNEL_WINDOW;

  return self->owner != NULL && !self->end_sent && self->unacked.length < window;
}

static void
send_more (VavTunnel *self)
{
  while (may_send (self) && send_some (self))
    ;
}

static void
send_again (VavTunnel *self)
{
  if (g_queue_is_empty (&self->unacked))
    return;
  arm (self);
  for (GList *link = self->unacked.head; link != NULL; link = link->next)
    vav_tunnels_publish (self->owner, self->topic, ((Sent *)link->data)->frame,
                         self->open_number != 0 ? &self->open_number : NULL);
}

/* One that says nothing new, after we have waited in vain: the other side is back. */
static void
take_ack (VavTunnel *self, guint64 offset)
{
  Sent *oldest;
  gboolean progress = FALSE;

  while ((oldest = g_queue_peek_head (&self->unacked)) != NULL && oldest->end <= offset)
    {
      sent_free (g_queue_pop_head (&self->unacked));
      progress = TRUE;
    }
  if (progress)
    arm (self);
  else if (self->n_again > 0)
    send_again (self);
}

/* in */

/* What TLS has from us is acknowledged; what it has not read yet holds the other side up. */
static void
acknowledge (VavTunnel *self, gboolean repeat)
{
  guint64 offset = vav_tunnel_order_get_next (self->order) - self->pending->len;
  VavTunnelFrame frame;
  g_autoptr (GBytes) bytes = NULL;

  if (self->end_taken && !self->end_written)
    offset--;
  if (offset == self->acked && !repeat)
    return;
  self->acked = offset;
  frame = make_frame (self, VAV_TUNNEL_ACK, offset);
  bytes = vav_tunnel_frame_build (&frame);
  vav_tunnels_publish (self->owner, self->topic, bytes, NULL);
}

void
vav_tunnel_resend (VavTunnel *self)
{
  /* what the other side said meanwhile went nowhere, and it would wait longer and longer before it says it again */
  if (vav_tunnel_has_received (self))
    acknowledge (self, TRUE);
  send_again (self);
}

static void
write_pending (VavTunnel *self)
{
  while (self->pending->len > 0)
    {
      gssize n = send (g_socket_get_fd (self->outside), self->pending->data, self->pending->len,
                       MSG_DONTWAIT | MSG_NOSIGNAL);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0 && errno == EAGAIN)
        return;
      if (n < 0) /* nobody reads it any more: that it came is all that matters to the other side */
        n = (gssize)self->pending->len;
      g_byte_array_remove_range (self->pending, 0, (guint)n);
    }
  if (self->end_taken && !self->end_written)
    {
      self->end_written = TRUE;
      g_socket_shutdown (self->outside, FALSE, TRUE, NULL);
    }
}

static void
take_data (VavTunnel *self, const VavTunnelFrame *frame)
{
  g_autoptr (GBytes) data = frame->kind != VAV_TUNNEL_END ? g_bytes_new (frame->data, frame->length) : NULL;
  VavTunnelTake taken = vav_tunnel_order_take (self->order, frame->offset, data);
  GBytes *next;

  if (taken == VAV_TUNNEL_GAP)
    {
      cut (self);
      return;
    }
  self->open_number = 0;
  while ((next = vav_tunnel_order_pop (self->order)) != NULL)
    {
      self->end_taken = g_bytes_get_size (next) == 0;
      g_byte_array_append (self->pending, g_bytes_get_data (next, NULL), (guint)g_bytes_get_size (next));
      g_bytes_unref (next);
    }
  write_pending (self);
  acknowledge (self, taken == VAV_TUNNEL_REPEATED);
}

static GError *
make_refusal (VavTunnelReset reason)
{
  if (reason == VAV_TUNNEL_EXPIRED)
    return g_error_new_literal (VAV_ERROR, VAV_ERROR_UNREACHABLE,
                                _ ("The other computer took the call for an old one. Is the clock right, on both?"));
  if (reason == VAV_TUNNEL_FULL)
    return g_error_new_literal (VAV_ERROR, VAV_ERROR_UNREACHABLE,
                                _ ("Too many are calling there at the moment. Try again later."));
  return g_error_new_literal (VAV_ERROR, VAV_ERROR_UNREACHABLE, _ ("Nobody takes calls there at the moment."));
}

void
vav_tunnel_take (VavTunnel *self, const VavTunnelFrame *frame)
{
  g_autoptr (VavTunnel) alive = vav_tunnel_ref (self);

  if (frame->kind == VAV_TUNNEL_RESET && self->end_taken)
    {
      self->deaf = TRUE;
      g_queue_clear_full (&self->unacked, sent_free);
      arm (self);
    }
  else if (frame->kind == VAV_TUNNEL_RESET)
    {
      self->nobody = frame->reason == VAV_TUNNEL_CLOSED && !vav_tunnel_has_received (self);
      vav_tunnel_finish (self, vav_tunnel_has_received (self) ? NULL : make_refusal (frame->reason));
    }
  else if (frame->kind == VAV_TUNNEL_ACK)
    {
      self->open_number = 0;
      take_ack (self, frame->offset);
    }
  else
    take_data (self, frame);
  send_more (self);
  if (check_over (self))
    watch (self);
}

/* the socket */

static gboolean
ready_cb (GSocket *socket, GIOCondition condition, gpointer data)
{
  g_autoptr (VavTunnel) self = vav_tunnel_ref (data);

  if (condition & (G_IO_HUP | G_IO_ERR))
    self->inside_closed = TRUE;
  if (self->pending->len > 0)
    {
      write_pending (self);
      acknowledge (self, FALSE);
    }
  send_more (self);
  if (check_over (self))
    watch (self);
  return G_SOURCE_REMOVE;
}

/* A source for what is wanted now. A closed inside would wake us for ever: from then on only acknowledgements do. */
static void
watch (VavTunnel *self)
{
  GIOCondition wanted = 0;

  clear_source (&self->watch);
  if (self->inside_closed)
    return;
  if (may_send (self))
    wanted |= G_IO_IN;
  if (self->pending->len > 0)
    wanted |= G_IO_OUT;
  self->watch = g_socket_create_source (self->outside, wanted, NULL);
  g_source_set_callback (self->watch, G_SOURCE_FUNC (ready_cb), self, NULL);
  g_source_attach (self->watch, g_main_context_get_thread_default ());
}

void
vav_tunnel_leave (VavTunnel *self)
{
  send_more (self);
  if (self->owner != NULL)
    cut (self);
}

static GSocket *
take_fd (int fd)
{
  GSocket *socket = g_socket_new_from_fd (fd, NULL);

  if (socket != NULL)
    g_socket_set_blocking (socket, FALSE);
  return socket;
}

VavTunnel *
vav_tunnel_new (VavTunnels *owner, const guint8 *key, const char *topic, const char *answers, GSocket **inside,
                GError **error)
{
  VavTunnel *self;
  int fds[2];

  if (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) != 0)
    {
      g_set_error (error, VAV_ERROR, VAV_ERROR_FAILED, _ ("No connection can be made now (%s)."), g_strerror (errno));
      return NULL;
    }
  self = g_rc_box_new0 (VavTunnel);
  self->owner = owner;
  memcpy (self->key, key, VAV_TUNNEL_KEY_SIZE);
  self->topic = g_strdup (topic);
  self->answers = g_strdup (answers);
  self->outside = take_fd (fds[0]);
  *inside = take_fd (fds[1]);
  self->order = vav_tunnel_order_new ();
  self->pending = g_byte_array_new ();
  self->progress = g_get_monotonic_time ();
  return self;
}

void
vav_tunnel_start (VavTunnel *self)
{
  watch (self);
}

const GError *
vav_tunnel_get_error (VavTunnel *self)
{
  return self->error;
}

gboolean
vav_tunnel_has_received (VavTunnel *self)
{
  return vav_tunnel_order_get_next (self->order) > 0;
}

gboolean
vav_tunnel_found_nobody (VavTunnel *self)
{
  return self->nobody;
}
