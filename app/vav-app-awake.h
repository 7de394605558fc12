/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "app/vav-app-host.h"

G_BEGIN_DECLS

/**
 * VavAppAwake:
 *
 * Keeps the computer awake and its screen unlocked while a call runs, if the session has somebody to ask (gtk_application_inhibit()).
 */
#define VAV_APP_TYPE_AWAKE (vav_app_awake_get_type ())
G_DECLARE_FINAL_TYPE (VavAppAwake, vav_app_awake, VAV_APP, AWAKE, GObject)

/* window: (nullable): for whom it is asked; not held */
VavAppAwake *vav_app_awake_new (GtkApplication *application, GtkWindow *window, VavAppHost *host);

G_END_DECLS
