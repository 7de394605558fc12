/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "app/vav-app-settings.h"

G_BEGIN_DECLS

/* The size of the window, from one start to the next. */
void vav_app_window_size_restore (GtkWindow *window, VavAppSettings *settings);
void vav_app_window_size_keep (GtkWindow *window, VavAppSettings *settings);

/* In a call the window can be small, to stand beside what one works at: action `small` of the window. It is as large again when the call ends. No program can
 * keep its window over the others since GTK 4: that is the window manager's, by its menu. */
void vav_app_window_size_add_small (GtkWindow *window);
void vav_app_window_size_set_in_call (GtkWindow *window, gboolean in_call);

G_END_DECLS
