/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "net/visavis.h"

G_BEGIN_DECLS

/* One thing that was between the two: a call, a text or a file, in words. Its signal `delete` asks to forget it. */
#define VAV_APP_TYPE_HISTORY_ROW (vav_app_history_row_get_type ())
G_DECLARE_FINAL_TYPE (VavAppHistoryRow, vav_app_history_row, VAV_APP, HISTORY_ROW, GtkListBoxRow)

/* with_name: among entries of several people */
GtkWidget *vav_app_history_row_new (VavHistoryEntry *entry, gboolean with_name);
VavHistoryEntry *vav_app_history_row_get_entry (VavAppHistoryRow *self);

G_END_DECLS
