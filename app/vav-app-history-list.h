/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "net/visavis.h"

G_BEGIN_DECLS

/* What was, the newest first: a part of it, and more with a button. Entries can be deleted one by one. A click on a call (signal `call`, VavHistoryEntry *)
 * asks to call back. */
#define VAV_APP_TYPE_HISTORY_LIST (vav_app_history_list_get_type ())
G_DECLARE_FINAL_TYPE (VavAppHistoryList, vav_app_history_list, VAV_APP, HISTORY_LIST, GtkWidget)

/* entries: a list of the history; with_names: they are of several people */
void vav_app_history_list_show (VavAppHistoryList *self, VavHistory *history, GListModel *entries, gboolean with_names);

G_END_DECLS
