/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "net/visavis.h"

G_BEGIN_DECLS

/* Somebody in the local network who is none of the people: what they call themselves, told as their claim, and a button that adds them. Activating it calls them. */
#define VAV_APP_TYPE_NEARBY_ROW (vav_app_nearby_row_get_type ())
G_DECLARE_FINAL_TYPE (VavAppNearbyRow, vav_app_nearby_row, VAV_APP, NEARBY_ROW, GtkListBoxRow)

GtkWidget *vav_app_nearby_row_new (VavNearbyPerson *person);
VavNearbyPerson *vav_app_nearby_row_get_person (VavAppNearbyRow *self);

G_END_DECLS
