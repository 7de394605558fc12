/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/vav-app-shortcuts.h"

static void
make (GtkApplicationWindow *window)
{
  g_autoptr (GtkBuilder) builder = gtk_builder_new_from_resource ("/org/visavis/Visavis/vav-app-shortcuts.ui");

  gtk_application_window_set_help_overlay (window,
                                           GTK_SHORTCUTS_WINDOW (gtk_builder_get_object (builder, "help_overlay")));
}

static void
on_action (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  if (gtk_application_window_get_help_overlay (window) == NULL)
    make (window);
  gtk_window_present (GTK_WINDOW (gtk_application_window_get_help_overlay (window)));
}

void
vav_app_shortcuts_add (GtkApplicationWindow *window)
{
  const GActionEntry action = { .name = "show-help-overlay", .activate = on_action };

  g_action_map_add_action_entries (G_ACTION_MAP (window), &action, 1, window);
}
