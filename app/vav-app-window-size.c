/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/vav-app-window-size.h"

/* The least that the window takes: so large is the small window, too. */
#define MIN_WIDTH 360
#define MIN_HEIGHT 294

#define ACTION "small"
#define BEFORE "size-before-small"

typedef struct
{
  int width, height;
  gboolean maximized;
} Size;

void
vav_app_window_size_restore (GtkWindow *window, VavAppSettings *settings)
{
  gtk_window_set_default_size (window, vav_app_settings_get_int (settings, "window-width", 1000),
                               vav_app_settings_get_int (settings, "window-height", 680));
  if (vav_app_settings_get_boolean (settings, "window-maximized", FALSE))
    gtk_window_maximize (window);
}

/* What the small window was before counts. */
void
vav_app_window_size_keep (GtkWindow *window, VavAppSettings *settings)
{
  const Size *before = g_object_get_data (G_OBJECT (window), BEFORE);
  Size size = { .maximized = gtk_window_is_maximized (window) };

  gtk_window_get_default_size (window, &size.width, &size.height);
  if (before != NULL)
    size = *before;
  if (size.width >= MIN_WIDTH && size.height >= MIN_HEIGHT)
    {
      vav_app_settings_set_int (settings, "window-width", size.width);
      vav_app_settings_set_int (settings, "window-height", size.height);
    }
  vav_app_settings_set_boolean (settings, "window-maximized", size.maximized);
}

static void
make_small (GtkWindow *window)
{
  Size *before = g_new0 (Size, 1);

  before->maximized = gtk_window_is_maximized (window);
  gtk_window_get_default_size (window, &before->width, &before->height);
  g_object_set_data_full (G_OBJECT (window), BEFORE, before, g_free);
  gtk_window_unfullscreen (window);
  gtk_window_unmaximize (window);
  gtk_window_set_default_size (window, MIN_WIDTH, MIN_HEIGHT);
}

static void
make_large (GtkWindow *window)
{
  g_autofree Size *before = g_object_steal_data (G_OBJECT (window), BEFORE);

  gtk_window_set_default_size (window, before->width, before->height);
  if (before->maximized)
    gtk_window_maximize (window);
}

static void
on_change_state (GSimpleAction *action, GVariant *state, gpointer window)
{
  if (g_variant_get_boolean (state) == (g_object_get_data (G_OBJECT (window), BEFORE) != NULL))
    return;
  if (g_variant_get_boolean (state))
    make_small (window);
  else
    make_large (window);
  g_simple_action_set_state (action, state);
}

void
vav_app_window_size_add_small (GtkWindow *window)
{
  static const GActionEntry entry = { .name = ACTION, .state = "false", .change_state = on_change_state };

  g_action_map_add_action_entries (G_ACTION_MAP (window), &entry, 1, window);
}

void
vav_app_window_size_set_in_call (GtkWindow *window, gboolean in_call)
{
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (window), ACTION);

  g_simple_action_set_enabled (G_SIMPLE_ACTION (action), in_call);
  if (!in_call)
    g_action_change_state (action, g_variant_new_boolean (FALSE));
}
