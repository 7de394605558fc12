/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "app/vav-app-host.h"

G_BEGIN_DECLS

/**
 * VavAppSidebar:
 *
 * The left side of the window: own name, whether one can be reached, the entry, the current calls, the people.
 *
 * Signal `call` (char *address): the person wants to call that name or address.
 */
#define VAV_APP_TYPE_SIDEBAR (vav_app_sidebar_get_type ())
G_DECLARE_FINAL_TYPE (VavAppSidebar, vav_app_sidebar, VAV_APP, SIDEBAR, GtkWidget)

void vav_app_sidebar_set_name (VavAppSidebar *self, const char *name);
void vav_app_sidebar_set_host (VavAppSidebar *self, VavAppHost *host);

/* Why there is no listening though it is wanted; NULL: nothing is wrong. */
void vav_app_sidebar_set_trouble (VavAppSidebar *self, const char *sentence);
/* Whether callers or current calls are listed: somebody waits, there is more than one call, or one that the window does not show. Notified as `lists-calls`. */
gboolean vav_app_sidebar_lists_calls (VavAppSidebar *self);
void vav_app_sidebar_focus_entry (VavAppSidebar *self);
void vav_app_sidebar_set_title_buttons (VavAppSidebar *self, gboolean visible);

G_END_DECLS
