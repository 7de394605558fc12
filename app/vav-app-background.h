/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "app/vav-app-settings.h"

G_BEGIN_DECLS

/**
 * VavAppBackground:
 *
 * The program without its window: whether it goes on when that is closed (setting `run-in-background`), and whether the desktop starts it with itself
 * (`autostart`). The latter is asked of the Background portal; where there is none, and no sandbox, a desktop file in the user's autostart folder does it.
 * A change of the setting is carried out at once. If that is refused the setting falls back. Never blocks.
 *
 * Property `trouble` (string, nullable): why the desktop does not start it though it was wanted, as a sentence for people.
 */
#define VAV_APP_TYPE_BACKGROUND (vav_app_background_get_type ())
G_DECLARE_FINAL_TYPE (VavAppBackground, vav_app_background, VAV_APP, BACKGROUND, GObject)

/* application, settings: outlive it until it is closed. profile: the folder that the desktop starts it with. */
VavAppBackground *vav_app_background_new (GApplication *application, VavAppSettings *settings, const char *profile);
void vav_app_background_close (VavAppBackground *self); /* (transfer full) */

/* Whether the program stays when the window is closed; reachable: whether people can call. */
gboolean vav_app_background_stays (VavAppBackground *self, gboolean reachable);

/* It stays. The first time this is said. */
void vav_app_background_tell (VavAppBackground *self);

G_END_DECLS
