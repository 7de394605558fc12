/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "pipe-ends.h"

#include <string.h>

static void
on_piece (gpointer user_data, GBytes *bytes)
{
  End *end = user_data;
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);

  for (gsize i = 0; i + 8 <= size; i += 8)
    {
      guint64 value;

      memcpy (&value, data + i, 8);
      g_assert_cmpuint (value, ==, end->next);
      end->next++;
    }

  g_mutex_lock (&end->lock);
  while (end->stopped)
    g_cond_wait (&end->changed, &end->lock);
  g_assert_cmpuint (end->closed, ==, 0);
  end->bytes += size;
  end->pieces++;
  g_assert_true (end->thread == NULL || end->thread == g_thread_self ());
  end->thread = g_thread_self ();
  g_mutex_unlock (&end->lock);
}

static void
on_closed (gpointer user_data, const GError *error)
{
  End *end = user_data;

  g_mutex_lock (&end->lock);
  end->closed++;
  end->error = error != NULL ? g_error_copy (error) : NULL;
  g_mutex_unlock (&end->lock);
}

static void
on_destroy (gpointer user_data)
{
  End *end = user_data;

  g_mutex_lock (&end->lock);
  end->destroyed++;
  g_mutex_unlock (&end->lock);
}

static const VavPipeEvents events = { on_piece, on_closed };

gpointer
run_sender (gpointer data)
{
  Sender *sender = data;
  guint64 next = 0;

  for (guint64 done = 0; sender->total == 0 || done < sender->total; done += sender->piece)
    {
      g_autofree guint64 *numbers = g_malloc (sender->piece);
      g_autoptr (GBytes) bytes = NULL;

      for (gsize i = 0; i < sender->piece / 8; i++)
        numbers[i] = next++;
      bytes = g_bytes_new_take (g_steal_pointer (&numbers), sender->piece);
      if (!vav_pipe_send (sender->pipe, bytes, &sender->error))
        break;
      g_atomic_int_inc (&sender->sent);
    }

  return NULL;
}

Fixture *current;

static gboolean
has_pipes (Pair *pair)
{
  return vav_media_session_get_pipe (pair->sides[0].session) != NULL
         && vav_media_session_get_pipe (pair->sides[1].session) != NULL;
}

void
take_pipes (Fixture *fixture)
{
  g_assert_true (pair_wait (fixture->pair, has_pipes, 60));
  for (guint i = 0; i < 2; i++)
    fixture->pipes[i] = g_object_ref (vav_media_session_get_pipe (fixture->pair->sides[i].session));
}

void
start (Fixture *fixture, guint side)
{
  vav_pipe_start (fixture->pipes[side], &events, &fixture->ends[side], on_destroy);
}

void
set_up_source (Fixture *fixture, const char *source)
{
  current = fixture;
  fixture->pair = pair_new (source);
  for (guint i = 0; i < 2; i++)
    {
      g_mutex_init (&fixture->ends[i].lock);
      g_cond_init (&fixture->ends[i].changed);
    }
}

void
set_up (Fixture *fixture, gconstpointer data)
{
  set_up_source (fixture, "none");
  pair_start (fixture->pair);
  pair_open (fixture->pair, -1);
  take_pipes (fixture);
}

static gboolean
pipes_are_gone (Pair *pair)
{
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (GObject) pipe = g_weak_ref_get (&current->alive[i]);

      if (pipe != NULL)
        return FALSE;
    }

  return TRUE;
}

/* With the call nothing of a pipe is left, once its thread has told what it had to. */
void
tear_down (Fixture *fixture, gconstpointer data)
{
  if (fixture->pair->sides[0].closed == 0)
    pair_close (fixture->pair);
  for (guint i = 0; i < 2; i++)
    {
      g_weak_ref_init (&fixture->alive[i], fixture->pipes[i]);
      g_clear_object (&fixture->pipes[i]);
    }
  g_assert_true (pair_wait (fixture->pair, pipes_are_gone, 60));
  for (guint i = 0; i < 2; i++)
    {
      g_weak_ref_clear (&fixture->alive[i]);
      g_clear_error (&fixture->ends[i].error);
      g_mutex_clear (&fixture->ends[i].lock);
      g_cond_clear (&fixture->ends[i].changed);
    }
  g_clear_pointer (&fixture->pair, pair_free);
}

guint64
get_bytes (End *end)
{
  guint64 bytes;

  g_mutex_lock (&end->lock);
  bytes = end->bytes;
  g_mutex_unlock (&end->lock);

  return bytes;
}

static guint
get_closed (End *end)
{
  guint closed;

  g_mutex_lock (&end->lock);
  closed = end->destroyed;
  g_mutex_unlock (&end->lock);

  return closed;
}

void
let_go (End *end)
{
  g_mutex_lock (&end->lock);
  end->stopped = FALSE;
  g_cond_broadcast (&end->changed);
  g_mutex_unlock (&end->lock);
}

void
begin_sending (Fixture *fixture, GThread **thread)
{
  fixture->sender = (Sender){ .pipe = fixture->pipes[0], .piece = PIECE };
  fixture->last_sent = 0;
  *thread = g_thread_new ("sender", run_sender, &fixture->sender);
}

gboolean
sends_no_more (Pair *pair)
{
  int sent = g_atomic_int_get (&current->sender.sent);

  if (sent != current->last_sent || sent == 0)
    current->last_change = g_get_monotonic_time ();
  current->last_sent = sent;

  return g_get_monotonic_time () - current->last_change > G_USEC_PER_SEC / 2;
}

gboolean
first_is_told (Pair *pair)
{
  return get_closed (&current->ends[0]) > 0;
}

gboolean
second_is_told (Pair *pair)
{
  return get_closed (&current->ends[1]) > 0;
}
