/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gtk/gtk.h>

#include "widgets/vav-gtk-conference.h"

G_BEGIN_DECLS

/* The view of that name and what it calls, for programs that have the name at hand and not the widget. A view's name is its id in a .ui file, or the widget's
 * `name`. NULL for the root: all windows of the program. */
VavGtkConference *vav_gtk_find_conference (GtkWidget *root, const char *name, GError **error);
gboolean vav_gtk_dial (GtkWidget *root, const char *name, const char *address, GError **error);

G_END_DECLS
