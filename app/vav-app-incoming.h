/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "app/vav-app-host.h"

G_BEGIN_DECLS

/**
 * VavAppIncoming:
 *
 * The card that tells who is calling and takes the decision. It is no window of its own, so it cannot take the keyboard focus: the main window
 * lays it over itself, or a small window holds it when the main one is hidden. Its holder takes it away when another caller is asked about.
 */
#define VAV_APP_TYPE_INCOMING (vav_app_incoming_get_type ())
G_DECLARE_FINAL_TYPE (VavAppIncoming, vav_app_incoming, VAV_APP, INCOMING, GtkWidget)

GtkWidget *vav_app_incoming_new (VavAppHost *host, VavAppCaller *caller);

G_END_DECLS
