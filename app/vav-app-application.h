/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * VavAppApplication:
 *
 * The program: finds its place (bus, profile), puts a window on the screen, then starts the host that owns the calls. A window that is closed
 * during a call ends it gracefully; as a service the process stays.
 */
#define VAV_APP_TYPE_APPLICATION (vav_app_application_get_type ())
G_DECLARE_FINAL_TYPE (VavAppApplication, vav_app_application, VAV_APP, APPLICATION, AdwApplication)

VavAppApplication *vav_app_application_new (void);

/* After the run: nothing was done, because another start took the name on the bus at the same moment. A new application finds its place. */
gboolean vav_app_application_lost_race (VavAppApplication *self);

/* (transfer full) (nullable): the options with which the program is to be started again, now that it has left */
char **vav_app_application_dup_restart (VavAppApplication *self);

G_END_DECLS
