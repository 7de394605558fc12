/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/vav-app-tooltip.h"

void
vav_app_tooltip_set (GtkWidget *widget, const char *text)
{
  gboolean aside = gtk_widget_get_root (widget) == NULL && gtk_widget_get_visible (widget);

  if (g_strcmp0 (gtk_widget_get_tooltip_text (widget), text) == 0)
    return;
  /* what is in no window yet is not seen either way */
  if (aside)
    gtk_widget_set_visible (widget, FALSE);
  gtk_widget_set_tooltip_text (widget, text);
  if (aside)
    gtk_widget_set_visible (widget, TRUE);
}
