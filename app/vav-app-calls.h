/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "app/vav-app-host.h"

G_BEGIN_DECLS

/**
 * VavAppCalls:
 *
 * The current calls, whoever began them: visible when there is more than one, one that the window does not show, or one on hold. A click on a row goes on with that
 * call and puts the others on hold; its button ends it. Calls that wait for a decision have their card instead; of a call to oneself only the half that dialled stands here.
 */
#define VAV_APP_TYPE_CALLS (vav_app_calls_get_type ())
G_DECLARE_FINAL_TYPE (VavAppCalls, vav_app_calls, VAV_APP, CALLS, GtkWidget)

void vav_app_calls_set_host (VavAppCalls *self, VavAppHost *host);

G_END_DECLS
