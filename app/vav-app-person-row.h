/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "net/visavis.h"

G_BEGIN_DECLS

/* A person in the list: portrait, name, when last talked to. Activating it calls them. */
#define VAV_APP_TYPE_PERSON_ROW (vav_app_person_row_get_type ())
G_DECLARE_FINAL_TYPE (VavAppPersonRow, vav_app_person_row, VAV_APP, PERSON_ROW, GtkListBoxRow)

GtkWidget *vav_app_person_row_new (VavPerson *person);
void vav_app_person_row_set_nearby (VavAppPersonRow *self, gboolean nearby); /* said to be in the local network now */
VavPerson *vav_app_person_row_get_person (VavAppPersonRow *self);

G_END_DECLS
