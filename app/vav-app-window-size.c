/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/vav-app-window-size.h"

#define MIN_WIDTH 360
#define MIN_HEIGHT 294

void
vav_app_window_size_restore (GtkWindow *window, VavAppSettings *settings)
{
  gtk_window_set_default_size (window, vav_app_settings_get_int (settings, "window-width", 1000),
                               vav_app_settings_get_int (settings, "window-height", 680));
  if (vav_app_settings_get_boolean (settings, "window-maximized", FALSE))
    gtk_window_maximize (window);
}

void
vav_app_window_size_keep (GtkWindow *window, VavAppSettings *settings)
{
  int width, height;

  gtk_window_get_default_size (window, &width, &height);
  if (width >= MIN_WIDTH && height >= MIN_HEIGHT)
    {
      vav_app_settings_set_int (settings, "window-width", width);
      vav_app_settings_set_int (settings, "window-height", height);
    }
  vav_app_settings_set_boolean (settings, "window-maximized", gtk_window_is_maximized (window));
}
