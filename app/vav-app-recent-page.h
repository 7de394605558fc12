/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "net/visavis.h"

G_BEGIN_DECLS

/* What was with everybody, the newest first. A click on a call calls back. */
#define VAV_APP_TYPE_RECENT_PAGE (vav_app_recent_page_get_type ())
G_DECLARE_FINAL_TYPE (VavAppRecentPage, vav_app_recent_page, VAV_APP, RECENT_PAGE, GtkWidget)

void vav_app_recent_page_set_history (VavAppRecentPage *self, VavHistory *history);

/* Missed calls are missed no more when they were looked at. */
void vav_app_recent_page_look (VavAppRecentPage *self);

G_END_DECLS
