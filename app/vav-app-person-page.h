/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "net/visavis.h"

G_BEGIN_DECLS

/* All about one person: what was between the two, where they are called, who they are. Follows the person; acts by the actions of
 * vav_app_people_actions_install(). */
#define VAV_APP_TYPE_PERSON_PAGE (vav_app_person_page_get_type ())
G_DECLARE_FINAL_TYPE (VavAppPersonPage, vav_app_person_page, VAV_APP, PERSON_PAGE, GtkWidget)

void vav_app_person_page_set_person (VavAppPersonPage *self, VavEndpoint *endpoint, VavPerson *person);
VavPerson *vav_app_person_page_get_person (VavAppPersonPage *self); /* (nullable) */

G_END_DECLS
