/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gtk/gtk.h>

#include "tests/loop/pair.h"
#include "widgets/visavis-gtk.h"

G_BEGIN_DECLS

/* Anna sits before a view in a window, Bob somewhere else; their test pictures differ. */
typedef struct
{
  Pair pair;
  GtkWidget *window;
  VavGtkConference *view; /* Anna's */
} Room;

void room_set_up (Room *room, gconstpointer media);
void room_tear_down (Room *room, gconstpointer media);

/* Anna calls Bob, and he accepts. */
void begin_call (Room *room);

/* What stands in the view. */
GtkWidget *find_class (GtkWidget *widget, const char *css_class);
gboolean has_words (GtkWidget *widget, const char *words);

G_END_DECLS
