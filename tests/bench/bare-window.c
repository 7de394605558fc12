/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The least that a libadwaita program can show and take a letter in: what a start costs before any of our own. The entry stands where ours does. */
#include <adwaita.h>

static void
on_activate (GtkApplication *application)
{
  GtkWidget *window = adw_application_window_new (application);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *entry = gtk_entry_new ();
  GtkWidget *page = adw_status_page_new ();

  gtk_box_append (GTK_BOX (box), adw_header_bar_new ());
  gtk_entry_set_placeholder_text (GTK_ENTRY (entry), "Name or address");
  gtk_widget_set_halign (entry, GTK_ALIGN_START);
  gtk_widget_set_margin_start (entry, 12);
  gtk_widget_set_margin_top (entry, 64);
  gtk_box_append (GTK_BOX (box), entry);
  adw_status_page_set_title (ADW_STATUS_PAGE (page), "Hello");
  gtk_widget_set_vexpand (page, TRUE);
  gtk_box_append (GTK_BOX (box), page);
  adw_application_window_set_content (ADW_APPLICATION_WINDOW (window), box);
  gtk_window_set_default_size (GTK_WINDOW (window), 1000, 680);
  gtk_window_present (GTK_WINDOW (window));
}

int
main (int argc, char **argv)
{
  g_autoptr (AdwApplication) application = adw_application_new ("org.visavis.BareWindow", G_APPLICATION_NON_UNIQUE);

  g_signal_connect (application, "activate", G_CALLBACK (on_activate), NULL);

  return g_application_run (G_APPLICATION (application), argc, argv);
}
