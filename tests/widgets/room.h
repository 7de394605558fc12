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

/* Real events: runs xdotool with these arguments and waits until it is done; FALSE (and the test is skipped) where it is not installed. The
 * window stands at the screen's corner, and without a window manager what is under the pointer has the keys. */
gboolean act (const char *arguments);
/* Moves the pointer there, inside of a widget: parts of its width and height. */
gboolean point_at (GtkWidget *widget, double x, double y);

G_END_DECLS
