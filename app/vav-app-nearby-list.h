/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "net/visavis.h"

G_BEGIN_DECLS

/**
 * VavAppNearbyList:
 *
 * Who else wants to be found in the local network, under a heading; not there while nobody is. People whom the user knows are not in it: they are
 * shown in their own place. A click or Enter on one calls (signal `call`, char *link).
 */
#define VAV_APP_TYPE_NEARBY_LIST (vav_app_nearby_list_get_type ())
G_DECLARE_FINAL_TYPE (VavAppNearbyList, vav_app_nearby_list, VAV_APP, NEARBY_LIST, GtkWidget)

void vav_app_nearby_list_set_endpoint (VavAppNearbyList *self, VavEndpoint *endpoint); /* once */
void vav_app_nearby_list_set_text (VavAppNearbyList *self, const char *text); /* folded; only names with it in them */

G_END_DECLS
