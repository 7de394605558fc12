/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/media/vav-dtls-repeat.h"

#include <string.h>

#define AGAIN_US (250 * 1000)
#define N_AGAIN 2

/* RFC 6347, 4.1: type, version, epoch and number, length */
#define HEADER 13
#define NUMBER 3
#define CHANGE_CIPHER_SPEC 20
#define HANDSHAKE 22

typedef struct
{
  GBytes *packet;
  gint64 due_us;
  guint n_again;
} Waiting;

struct _VavDtlsRepeat
{
  GMainContext *context;
  VavDtlsRepeatFunc send;
  gpointer user_data;

  GQueue waiting; /* of Waiting, that of the next time first */
  GSource *timer;
  guint sent;
  guint64 newest; /* epoch and number of the latest that came, and one more; 0: none */
};

static void
waiting_free (gpointer data)
{
  Waiting *waiting = data;

  g_bytes_unref (waiting->packet);
  g_free (waiting);
}

gboolean
vav_dtls_is_handshake (const guint8 *data, gsize length)
{
  return length >= HEADER && (data[0] == CHANGE_CIPHER_SPEC || data[0] == HANDSHAKE);
}

VavDtlsRepeat *
vav_dtls_repeat_new (GMainContext *context, VavDtlsRepeatFunc send, gpointer user_data)
{
  VavDtlsRepeat *self = g_new0 (VavDtlsRepeat, 1);

  self->context = context;
  self->send = send;
  self->user_data = user_data;
  g_queue_init (&self->waiting);

  return self;
}

static void
stop_timer (VavDtlsRepeat *self)
{
  if (self->timer != NULL)
    g_source_destroy (self->timer);
  g_clear_pointer (&self->timer, g_source_unref);
}

void
vav_dtls_repeat_free (VavDtlsRepeat *self)
{
  if (self == NULL)
    return;

  stop_timer (self);
  g_queue_clear_full (&self->waiting, waiting_free);
  g_free (self);
}

static void start_timer (VavDtlsRepeat *self);

static void
repeat_first (VavDtlsRepeat *self)
{
  Waiting *waiting = g_queue_pop_head (&self->waiting);

  if (self->sent < VAV_DTLS_REPEAT_MAX_SENT)
    {
      self->sent++;
      self->send (self->user_data, waiting->packet);
    }
  waiting->due_us = g_get_monotonic_time () + AGAIN_US; /* two at once are of no use */
  if (++waiting->n_again < N_AGAIN)
    g_queue_push_tail (&self->waiting, waiting);
  else
    waiting_free (waiting);
}

static gboolean
on_timer (gpointer user_data)
{
  VavDtlsRepeat *self = user_data;
  gint64 now_us = g_get_monotonic_time ();
  Waiting *first;

  stop_timer (self);
  while ((first = g_queue_peek_head (&self->waiting)) != NULL && first->due_us <= now_us)
    repeat_first (self);
  start_timer (self);

  return G_SOURCE_REMOVE;
}

static void
start_timer (VavDtlsRepeat *self)
{
  Waiting *first = g_queue_peek_head (&self->waiting);

  if (self->timer != NULL || first == NULL)
    return;

  self->timer = g_timeout_source_new (0);
  g_source_set_ready_time (self->timer, first->due_us);
  g_source_set_callback (self->timer, on_timer, self, NULL);
  g_source_attach (self->timer, self->context);
}

void
vav_dtls_repeat_add (VavDtlsRepeat *self, GBytes *packet)
{
  Waiting *waiting;

  if (self->waiting.length >= VAV_DTLS_REPEAT_MAX_WAITING)
    return;

  waiting = g_new0 (Waiting, 1);
  waiting->packet = g_bytes_ref (packet);
  waiting->due_us = g_get_monotonic_time () + AGAIN_US;
  g_queue_push_tail (&self->waiting, waiting);
  start_timer (self);
}

/* What is only repeated answers nothing. */
void
vav_dtls_repeat_receive (VavDtlsRepeat *self, const guint8 *data, gsize length)
{
  guint64 bytes, number;

  if (!vav_dtls_is_handshake (data, length))
    return;

  memcpy (&bytes, data + NUMBER, sizeof bytes);
  number = GUINT64_FROM_BE (bytes);
  if (number < self->newest)
    return;

  self->newest = number < G_MAXUINT64 ? number + 1 : number;
  g_queue_clear_full (&self->waiting, waiting_free);
  stop_timer (self);
}
