/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/vav-app-window.h"

G_BEGIN_DECLS

/**
 * What a person can do with their people, as actions of a window: `people.add`, `people.import`, `people.recent`, `people.add-card` (a link, type `s`); and with one of them, by their number (type `x`):
 * `people.call`, `people.call-sound`, `people.open`, `people.edit`, `people.compare`, `people.favourite`, `people.block`, `people.unblock` and `people.remove`. They ask where
 * something would be lost. Rows, pages and menus name them; nobody else changes the people.
 */
void vav_app_people_actions_install (VavAppWindow *window, VavAppHost *host);

/* A menu of what can be done with that person. (transfer full) */
GMenuModel *vav_app_people_actions_make_menu (VavPerson *person, gboolean on_page);

G_END_DECLS
