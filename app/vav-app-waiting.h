/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "app/vav-app-host.h"

G_BEGIN_DECLS

/**
 * VavAppWaiting:
 *
 * The callers who wait beside the one whose card is shown: who, for how long, and what they say first. Each can be answered or declined, or is left until they
 * give up. Visible when there are any.
 */
#define VAV_APP_TYPE_WAITING (vav_app_waiting_get_type ())
G_DECLARE_FINAL_TYPE (VavAppWaiting, vav_app_waiting, VAV_APP, WAITING, GtkWidget)

void vav_app_waiting_set_host (VavAppWaiting *self, VavAppHost *host);

G_END_DECLS
