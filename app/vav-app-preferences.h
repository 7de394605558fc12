/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "app/vav-app-background.h"
#include "app/vav-app-host.h"
#include "app/vav-app-settings.h"

G_BEGIN_DECLS

/**
 * VavAppPreferences:
 *
 * What a person can choose, in pages. A choice counts at once; what cannot be used is told beside its row and not kept.
 *
 * Signal `import` (char *file, char *passphrase): the file is a saved profile which that opens, and the person wants it in the place of the present one. The
 * program must let go of the profile for that.
 */
#define VAV_APP_TYPE_PREFERENCES (vav_app_preferences_get_type ())
G_DECLARE_FINAL_TYPE (VavAppPreferences, vav_app_preferences, VAV_APP, PREFERENCES, AdwPreferencesWindow)

/* settings: outlive it. host: (nullable): the program could not start; then what is chosen counts from the next start. */
VavAppPreferences *vav_app_preferences_new (GtkWindow *parent, VavAppSettings *settings, VavAppHost *host,
                                            const char *profile);

/* What comes of starting with the desktop is told beside its switch from then on. Once. */
void vav_app_preferences_set_background (VavAppPreferences *self, VavAppBackground *background);

/* Asks for a saved profile at once; if none is given the window goes again. For a window that was made for that. */
void vav_app_preferences_restore (VavAppPreferences *self);

G_END_DECLS
