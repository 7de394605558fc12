/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "widgets/vav-gtk-style-private.h"

void
vav_gtk_style_load (GdkDisplay *display)
{
  static const char key[] = "vav-gtk-chat-css";
  g_autoptr (GtkCssProvider) provider = NULL;

  if (display == NULL || g_object_get_data (G_OBJECT (display), key) != NULL)
    return;
  provider = gtk_css_provider_new ();
  gtk_css_provider_load_from_resource (provider, "/org/visavis/gtk/vav-gtk-chat.css");
  gtk_style_context_add_provider_for_display (display, GTK_STYLE_PROVIDER (provider),
                                              GTK_STYLE_PROVIDER_PRIORITY_SETTINGS + 1);
  g_object_set_data (G_OBJECT (display), key, GINT_TO_POINTER (TRUE));
}
