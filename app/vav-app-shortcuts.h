/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Gives the window the action `win.show-help-overlay`. The list of shortcuts is made when it is first asked for: GtkApplication makes one for each window
 * before that is seen, where it finds it under the name that it knows, and a start took 8 ms longer. */
void vav_app_shortcuts_add (GtkApplicationWindow *window);

G_END_DECLS
