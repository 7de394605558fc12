/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* The chat's style sheet, once a display: above the theme (GTK's own comes with the settings' priority), below what the program and the user say. */
void vav_gtk_style_load (GdkDisplay *display);

G_END_DECLS
