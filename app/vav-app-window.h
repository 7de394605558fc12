/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "app/vav-app-host.h"
#include "app/vav-app-settings.h"

G_BEGIN_DECLS

/**
 * VavAppWindow:
 *
 * The face of the program: people on the left, the conference on the right. It owns no call: it shows what the host has, and may be made before there is
 * a host (the window is on the screen while the rest starts).
 */
#define VAV_APP_TYPE_WINDOW (vav_app_window_get_type ())
G_DECLARE_FINAL_TYPE (VavAppWindow, vav_app_window, VAV_APP, WINDOW, AdwApplicationWindow)

VavAppWindow *vav_app_window_new (GtkApplication *application, VavAppSettings *settings, const char *name);

/* Makes the pages that a first frame does not show; else that is done with the host. May be a source: G_SOURCE_REMOVE. */
gboolean vav_app_window_prepare (gpointer window);

void vav_app_window_set_host (VavAppWindow *self, VavAppHost *host, gboolean mirror_own);
void vav_app_window_call (VavAppWindow *self, const char *address, VavFlows flows);

/* Shows all about that person; a call goes on behind it. */
void vav_app_window_show_person (VavAppWindow *self, VavPerson *person);
void vav_app_window_show_recent (VavAppWindow *self);
void vav_app_window_new_call (VavAppWindow *self);

/* Lays the card of an incoming call over the window; NULL takes it away. */
void vav_app_window_set_incoming (VavAppWindow *self, GtkWidget *card);
void vav_app_window_add_toast (VavAppWindow *self, AdwToast *toast);
void vav_app_window_toast (VavAppWindow *self, const char *sentence);
void vav_app_window_notice (VavAppWindow *self, const char *sentence); /* stays until it was read */

/* Says in place of everything that the program cannot work, and why. */
void vav_app_window_fail (VavAppWindow *self, const char *sentence);

G_END_DECLS
