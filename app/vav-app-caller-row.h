/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "app/vav-app-host.h"

G_BEGIN_DECLS

/* Somebody who waits, in the list: who, since when, what they say first, and two buttons for the decision. */
#define VAV_APP_TYPE_CALLER_ROW (vav_app_caller_row_get_type ())
G_DECLARE_FINAL_TYPE (VavAppCallerRow, vav_app_caller_row, VAV_APP, CALLER_ROW, GtkListBoxRow)

GtkWidget *vav_app_caller_row_new (VavAppHost *host, VavAppCaller *caller);

G_END_DECLS
