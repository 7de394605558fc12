/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The GListModel of an object that keeps what it lists in a GPtrArray: defines list_model_iface_init(). item_type: what it returns as its type. Private. */
#define VAV_DEFINE_LIST_MODEL(Type, array, item_type)                                                                  \
  static GType get_item_type (GListModel *model) { return item_type; }                                                 \
  static guint get_n_items (GListModel *model) { return ((Type *)(void *)model)->array->len; }                         \
  static gpointer get_item (GListModel *model, guint position)                                                         \
  {                                                                                                                    \
    GPtrArray *items = ((Type *)(void *)model)->array;                                                                 \
                                                                                                                       \
    return position < items->len ? g_object_ref (items->pdata[position]) : NULL;                                       \
  }                                                                                                                    \
  static void list_model_iface_init (GListModelInterface *iface)                                                       \
  {                                                                                                                    \
    iface->get_item_type = get_item_type;                                                                              \
    iface->get_n_items = get_n_items;                                                                                  \
    iface->get_item = get_item;                                                                                        \
  }

G_END_DECLS
