/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "net/visavis.h"

G_BEGIN_DECLS

/**
 * VavAppPeopleList:
 *
 * The people to choose from: favourites first, then who was last seen; not the blocked ones. A click or Enter on one calls (signal `call`, char *name); the rest is in
 * their menu. Below them who else wants to be found in the local network, for whom is searched while the list is seen, and 10 s longer.
 */
#define VAV_APP_TYPE_PEOPLE_LIST (vav_app_people_list_get_type ())
G_DECLARE_FINAL_TYPE (VavAppPeopleList, vav_app_people_list, VAV_APP, PEOPLE_LIST, GtkWidget)

void vav_app_people_list_set_endpoint (VavAppPeopleList *self, VavEndpoint *endpoint);

/* Shows those only whose name or address has that text in it. */
void vav_app_people_list_set_text (VavAppPeopleList *self, const char *text);
VavPerson *
vav_app_people_list_get_first (VavAppPeopleList *self); /* (transfer full) (nullable): of those that are shown */

G_END_DECLS
