/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "net/visavis.h"

G_BEGIN_DECLS

/* A current call in the list: who, in which state, and a button that ends just this one. Activating the row shows the call. */
#define VAV_APP_TYPE_CALL_ROW (vav_app_call_row_get_type ())
G_DECLARE_FINAL_TYPE (VavAppCallRow, vav_app_call_row, VAV_APP, CALL_ROW, GtkListBoxRow)

GtkWidget *vav_app_call_row_new (VavStream *stream);
VavStream *vav_app_call_row_get_stream (VavAppCallRow *self);

/* Whether the window shows this call; else it is in the background. */
void vav_app_call_row_set_shown (VavAppCallRow *self, gboolean shown);

G_END_DECLS
