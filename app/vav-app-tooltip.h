/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* GTK asks where the pointer is for each tooltip that is set on a visible widget; on X11 these are several questions to the server, which answers when it
 * has time. Here only what is on the screen and has other words is asked about. */
void vav_app_tooltip_set (GtkWidget *widget, const char *text /* (nullable) */);

G_END_DECLS
