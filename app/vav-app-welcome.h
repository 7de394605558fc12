/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "app/vav-app-host.h"
#include "app/vav-app-settings.h"

G_BEGIN_DECLS

/**
 * VavAppWelcome:
 *
 * The first start, in three steps that can each be skipped: the name that people see; camera, microphone and speaker; a test call. The camera is on in
 * the second step and in the test call only. However it is closed, it does not come again (`first-start-done`).
 */
#define VAV_APP_TYPE_WELCOME (vav_app_welcome_get_type ())
G_DECLARE_FINAL_TYPE (VavAppWelcome, vav_app_welcome, VAV_APP, WELCOME, AdwWindow)

gboolean vav_app_welcome_is_due (VavAppSettings *settings);
/* settings: outlive it. Returns: (transfer none): owned by GTK */
GtkWidget *vav_app_welcome_new (GtkWindow *parent, VavAppHost *host, VavAppSettings *settings);

G_END_DECLS
