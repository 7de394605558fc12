/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "app/vav-app-host.h"

G_BEGIN_DECLS

/**
 * VavAppReach:
 *
 * The popover that tells at which addresses one can be called, how far each of them is known, and what a firewall must let through; or why nobody can call.
 */
#define VAV_APP_TYPE_REACH (vav_app_reach_get_type ())
G_DECLARE_FINAL_TYPE (VavAppReach, vav_app_reach, VAV_APP, REACH, GtkPopover)

void vav_app_reach_set_host (VavAppReach *self, VavAppHost *host);
void vav_app_reach_set_trouble (VavAppReach *self, const char *sentence); /* (nullable) */
void vav_app_reach_update (VavAppReach *self);                            /* the addresses may have changed */

G_END_DECLS
