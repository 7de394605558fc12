/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "path-sim-events.h"

void
path_events_init (PathEvents *self)
{
  self->heap = g_array_new (FALSE, FALSE, sizeof (PathEvent));
  self->serial = 0;
}

void
path_events_clear (PathEvents *self)
{
  g_array_unref (self->heap);
}

static gboolean
is_before (const PathEvent *a, const PathEvent *b)
{
  return a->time_us < b->time_us || (a->time_us == b->time_us && a->serial < b->serial);
}

void
path_events_add (PathEvents *self, gint64 time_us, int kind, guint flow, gpointer data)
{
  PathEvent event = { time_us, self->serial++, kind, flow, data }, *heap;
  guint i = self->heap->len;

  g_array_append_val (self->heap, event);
  heap = &g_array_index (self->heap, PathEvent, 0);
  for (; i > 0 && is_before (&event, &heap[(i - 1) / 2]); i = (i - 1) / 2)
    heap[i] = heap[(i - 1) / 2];
  heap[i] = event;
}

PathEvent
path_events_take (PathEvents *self)
{
  PathEvent *heap = &g_array_index (self->heap, PathEvent, 0);
  guint n = self->heap->len - 1, i = 0;
  PathEvent first = heap[0], last = heap[n];

  for (guint child; (child = 2 * i + 1) < n; i = child)
    {
      if (child + 1 < n && is_before (&heap[child + 1], &heap[child]))
        child++;
      if (is_before (&last, &heap[child]))
        break;
      heap[i] = heap[child];
    }
  heap[i] = last;
  g_array_set_size (self->heap, n);

  return first;
}

/* Of the next; a very late one if there is none */
gint64
path_events_get_time (PathEvents *self)
{
  return self->heap->len > 0 ? g_array_index (self->heap, PathEvent, 0).time_us : G_MAXINT64;
}

gboolean
path_events_is_empty (PathEvents *self)
{
  return self->heap->len == 0;
}
