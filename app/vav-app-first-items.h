/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The first items of another list, so many as are wanted. What changes there is told here as it is: GtkSliceListModel tells of a new first item that all
 * its items are others, and a list box makes all its rows anew. */

#define VAV_APP_TYPE_FIRST_ITEMS (vav_app_first_items_get_type ())
G_DECLARE_FINAL_TYPE (VavAppFirstItems, vav_app_first_items, VAV_APP, FIRST_ITEMS, GObject)

VavAppFirstItems *vav_app_first_items_new (GListModel *model, guint limit);

guint vav_app_first_items_get_limit (VavAppFirstItems *self);

void vav_app_first_items_set_limit (VavAppFirstItems *self, guint limit);

G_END_DECLS
