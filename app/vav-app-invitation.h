/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/vav-app-settings.h"
#include "app/vav-app-window.h"

G_BEGIN_DECLS

/* The servers that a link carries: asks in plain words whether to use them from now on, keeps them if so, and then calls done with user_data, which destroy
 * frees in the end. Servers that are in use already raise no question. */
void vav_app_invitation_ask (VavAppWindow *window, VavAppHost *host, VavAppSettings *settings, const VavCard *card,
                             void (*done) (gpointer user_data), gpointer user_data, GDestroyNotify destroy);

G_END_DECLS
