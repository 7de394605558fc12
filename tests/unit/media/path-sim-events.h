/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

typedef struct
{
  gint64 time_us;
  guint64 serial; /* of two at the same time the one that was added first comes first */
  int kind;
  guint flow;
  gpointer data;
} PathEvent;

/* What is to happen, the earliest first: a binary heap. */
typedef struct
{
  GArray *heap;
  guint64 serial;
} PathEvents;

void path_events_init (PathEvents *self);
void path_events_clear (PathEvents *self);
void path_events_add (PathEvents *self, gint64 time_us, int kind, guint flow, gpointer data);
PathEvent path_events_take (PathEvents *self);
gint64 path_events_get_time (PathEvents *self);
gboolean path_events_is_empty (PathEvents *self);
