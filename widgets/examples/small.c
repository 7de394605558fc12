/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <widgets/visavis-gtk.h>

/* small [ADDRESS [MEDIA]]: a window that calls somebody. Closed, it says goodbye before it leaves. */
int
main (int argc, char **argv)
{
  VavEndpoint *endpoint;
  GtkWidget *view, *window;

  gtk_init ();
  endpoint = vav_endpoint_new (NULL, argc > 2 ? argv[2] : "auto", NULL);
  view = vav_gtk_conference_new ();
  window = gtk_window_new ();
  gtk_window_set_child (GTK_WINDOW (window), view);
  gtk_window_present (GTK_WINDOW (window));
  vav_gtk_conference_set_endpoint (VAV_GTK_CONFERENCE (view), endpoint);
  vav_gtk_conference_dial (VAV_GTK_CONFERENCE (view), argc > 1 ? argv[1] : "", NULL);
  while (g_list_model_get_n_items (gtk_window_get_toplevels ()) > 0)
    g_main_context_iteration (NULL, TRUE);
  vav_endpoint_close_async (endpoint, NULL, NULL);
  while (g_list_model_get_n_items (G_LIST_MODEL (endpoint)) > 0)
    g_main_context_iteration (NULL, TRUE);
  return 0;
}
