/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "app/vav-app-settings.h"

G_BEGIN_DECLS

/* The size of the window, from one start to the next. */
void vav_app_window_size_restore (GtkWindow *window, VavAppSettings *settings);
void vav_app_window_size_keep (GtkWindow *window, VavAppSettings *settings);

G_END_DECLS
