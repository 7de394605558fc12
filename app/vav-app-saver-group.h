/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "app/vav-app-settings.h"

G_BEGIN_DECLS

/**
 * VavAppSaverGroup:
 *
 * Of the preferences: when calls shall take less data, and how much they may take then.
 */
#define VAV_APP_TYPE_SAVER_GROUP (vav_app_saver_group_get_type ())
G_DECLARE_FINAL_TYPE (VavAppSaverGroup, vav_app_saver_group, VAV_APP, SAVER_GROUP, AdwPreferencesGroup)

/* settings: outlives the group */
void vav_app_saver_group_set_settings (VavAppSaverGroup *self, VavAppSettings *settings);

G_END_DECLS
