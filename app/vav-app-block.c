/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/vav-app-block.h"

#include <glib/gi18n.h>

#include "app/vav-app-window.h"

#define TOLD_SECONDS 8

static VavPeople *
get_people (VavAppHost *host)
{
  return vav_endpoint_get_people (vav_app_host_get_endpoint (host));
}

static VavAppWindow *
get_window (void)
{
  GList *windows = gtk_application_get_windows (GTK_APPLICATION (g_application_get_default ()));

  for (GList *at = windows; at != NULL; at = at->next)
    if (VAV_APP_IS_WINDOW (at->data))
      return at->data;
  return NULL;
}

gboolean
vav_app_block_is_for (VavAppHost *host, VavAppCaller *caller)
{
  VavPeer *peer = vav_request_get_peer (vav_app_caller_get_request (caller));
  g_autoptr (VavPerson) person = vav_people_find_by_id (get_people (host), vav_peer_get_id (peer));

  return person == NULL && !vav_peer_is_self (peer);
}

/* Who was not among the people before goes again. */
static void
on_undo (AdwToast *toast, VavPerson *person)
{
  VavPeople *people = g_object_get_data (G_OBJECT (toast), "people");
  VavAppWindow *window = get_window ();
  g_autoptr (GError) error = NULL;

  if (GPOINTER_TO_INT (g_object_get_data (G_OBJECT (toast), "known")) != 0)
    vav_people_set_blocked (people, person, FALSE, &error);
  else
    vav_people_remove_person (people, person, &error);
  if (error != NULL && window != NULL)
    vav_app_window_toast (window, error->message);
}

static void
tell (VavPeople *people, VavPerson *person, gboolean known)
{
  VavAppWindow *window = get_window ();
  AdwToast *toast;

  if (window == NULL)
    return;
  toast = adw_toast_new (_ ("Blocked"));
  adw_toast_set_timeout (toast, TOLD_SECONDS);
  adw_toast_set_button_label (toast, _ ("Undo"));
  g_object_set_data (G_OBJECT (toast), "known", GINT_TO_POINTER (known));
  g_object_set_data_full (G_OBJECT (toast), "people", g_object_ref (people), g_object_unref);
  g_signal_connect_object (toast, "button-clicked", G_CALLBACK (on_undo), person, 0);
  g_object_set_data_full (G_OBJECT (toast), "person", g_object_ref (person), g_object_unref);
  vav_app_window_add_toast (window, toast);
}

void
vav_app_block_caller (VavAppHost *host, VavAppCaller *caller)
{
  g_autoptr (VavAppCaller) alive = g_object_ref (caller);
  VavPeer *peer = vav_request_get_peer (vav_app_caller_get_request (caller));
  VavPeople *people = get_people (host);
  g_autoptr (GError) error = NULL;
  /* added while the card was there: from their own link, say */
  g_autoptr (VavPerson) before = vav_people_find_by_id (people, vav_peer_get_id (peer));
  g_autoptr (VavPerson) person
      = vav_people_block_id (people, vav_peer_get_id (peer), vav_peer_get_claimed_name (peer), &error);
  VavAppWindow *window = get_window ();

  if (person != NULL)
    tell (people, person, before != NULL);
  else if (window != NULL)
    vav_app_window_toast (window, error->message);
  vav_app_caller_decline (alive, NULL);
}
