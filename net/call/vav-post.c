/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/call/vav-post.h"

#include <glib/gi18n-lib.h>

/* Half of what vav-rules.c allows: the call has messages of its own, and the two clocks and the network are not one. */
#define BURST 1000
#define PER_SECOND 100
#define PIECE 512
#define FULL (1024 * 1024)
#define MAX_WAITING (2 * FULL)

typedef struct
{
  VavMessage *message;
  gsize length;
} Letter;

struct _VavPost
{
  VavPostSend send;
  VavPostEmpty empty;
  gpointer user_data;
  GMainContext *context;

  GQueue letters; /* of Letter */
  gsize waiting;  /* bytes */
  double tokens;
  gint64 filled; /* µs */
  GSource *timer;
  gboolean sending;
};

static void
letter_free (gpointer data)
{
  Letter *letter = data;

  vav_message_unref (letter->message);
  g_free (letter);
}

static double
price_of (const Letter *letter)
{
  return 1 + (double)(letter->length / PIECE);
}

static void
fill (VavPost *self)
{
  gint64 now = g_get_monotonic_time ();

  self->tokens = MIN (BURST, self->tokens + (double)(now - self->filled) / G_USEC_PER_SEC * PER_SECOND);
  self->filled = now;
}

static void send_some (VavPost *self);

static gboolean
timer_cb (gpointer data)
{
  VavPost *self = data;

  g_clear_pointer (&self->timer, g_source_unref);
  send_some (self);
  return G_SOURCE_REMOVE;
}

static void
wait_for (VavPost *self, double missing)
{
  if (self->timer != NULL)
    return;
  self->timer = g_timeout_source_new ((guint)(missing * 1000 / PER_SECOND) + 1);
  g_source_set_callback (self->timer, timer_cb, self, NULL);
  g_source_attach (self->timer, self->context);
}

/* What is sent may make somebody add or clear. */
static void
send_some (VavPost *self)
{
  Letter *letter;

  if (self->sending)
    return;
  self->sending = TRUE;
  fill (self);
  while ((letter = g_queue_peek_head (&self->letters)) != NULL)
    {
      double price = price_of (letter);

      if (self->tokens < price)
        {
          wait_for (self, price - self->tokens);
          break;
        }
      self->tokens -= price;
      self->waiting -= letter->length;
      g_queue_pop_head (&self->letters);
      self->send (letter->message, self->user_data);
      letter_free (letter);
    }
  self->sending = FALSE;
  if (letter == NULL)
    self->empty (self->user_data);
}

VavPost *
vav_post_new (VavPostSend send, VavPostEmpty empty, gpointer user_data)
{
  VavPost *self = g_new0 (VavPost, 1);

  self->send = send;
  self->empty = empty;
  self->user_data = user_data;
  self->context = g_main_context_ref_thread_default ();
  self->tokens = BURST;
  self->filled = g_get_monotonic_time ();
  return self;
}

void
vav_post_free (VavPost *self)
{
  vav_post_clear (self);
  g_main_context_unref (self->context);
  g_free (self);
}

gboolean
vav_post_add (VavPost *self, VavMessage *message, GError **error)
{
  g_autoptr (GBytes) body = vav_message_serialize (message, error);
  gsize length = body != NULL ? g_bytes_get_size (body) : 0;
  Letter *letter;

  if (body == NULL)
    return FALSE;
  if (self->waiting > MAX_WAITING)
    {
      g_set_error_literal (error, VAV_ERROR, VAV_ERROR_TOO_LARGE, vav_error_describe (VAV_ERROR_TOO_LARGE));
      return FALSE;
    }
  letter = g_new (Letter, 1);
  *letter = (Letter){ vav_message_ref (message), length };
  g_queue_push_tail (&self->letters, letter);
  self->waiting += length;
  send_some (self);
  return TRUE;
}

gboolean
vav_post_has_room (VavPost *self, GError **error)
{
  if (self->waiting <= FULL)
    return TRUE;
  g_set_error_literal (error, VAV_ERROR, VAV_ERROR_TOO_LARGE, _ ("Too much waits to be sent. Try again later."));
  return FALSE;
}

gboolean
vav_post_is_empty (VavPost *self)
{
  return g_queue_is_empty (&self->letters);
}

void
vav_post_clear (VavPost *self)
{
  if (self->timer != NULL)
    g_source_destroy (self->timer);
  g_clear_pointer (&self->timer, g_source_unref);
  g_queue_clear_full (&self->letters, letter_free);
  self->waiting = 0;
}
