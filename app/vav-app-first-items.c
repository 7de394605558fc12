/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/vav-app-first-items.h"

struct _VavAppFirstItems
{
  GObject parent_instance;

  GListModel *model; /* owned */
  guint limit;
  guint n; /* so many are told of */
};

static void list_model_iface_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (VavAppFirstItems, vav_app_first_items, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_iface_init))

static GType
get_item_type (GListModel *model)
{
  return g_list_model_get_item_type (VAV_APP_FIRST_ITEMS (model)->model);
}

static guint
get_n_items (GListModel *model)
{
  return VAV_APP_FIRST_ITEMS (model)->n;
}

static gpointer
get_item (GListModel *model, guint position)
{
  VavAppFirstItems *self = VAV_APP_FIRST_ITEMS (model);

  return position < self->n ? g_list_model_get_item (self->model, position) : NULL;
}

static void
list_model_iface_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

/* As many as there are and as are wanted, by adding or taking at the end. */
static void
fit (VavAppFirstItems *self)
{
  guint before = self->n;

  self->n = MIN (self->limit, g_list_model_get_n_items (self->model));
  if (self->n > before)
    g_list_model_items_changed (G_LIST_MODEL (self), before, 0, self->n - before);
  else if (self->n < before)
    g_list_model_items_changed (G_LIST_MODEL (self), self->n, before - self->n, 0);
}

/* What came may push out all that was behind it; else there are too many or too few for a moment, which is put right at the end. */
static void
on_items_changed (VavAppFirstItems *self, guint position, guint removed, guint added)
{
  guint gone;

  if (position < self->n)
    {
      gone = MIN (removed, self->n - position);
      if (position + added >= self->limit)
        {
          gone = self->n - position;
          added = self->limit - position;
        }
      self->n += added - gone;
      g_list_model_items_changed (G_LIST_MODEL (self), position, gone, added);
    }
  fit (self);
}

static void
vav_app_first_items_dispose (GObject *object)
{
  VavAppFirstItems *self = VAV_APP_FIRST_ITEMS (object);

  if (self->model != NULL)
    g_signal_handlers_disconnect_by_data (self->model, self);
  g_clear_object (&self->model);
  self->n = 0;
  G_OBJECT_CLASS (vav_app_first_items_parent_class)->dispose (object);
}

static void
vav_app_first_items_class_init (VavAppFirstItemsClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = vav_app_first_items_dispose;
}

static void
vav_app_first_items_init (VavAppFirstItems *self)
{
}

VavAppFirstItems *
vav_app_first_items_new (GListModel *model, guint limit)
{
  VavAppFirstItems *self = g_object_new (VAV_APP_TYPE_FIRST_ITEMS, NULL);

  self->model = g_object_ref (model);
  self->limit = limit;
  self->n = MIN (limit, g_list_model_get_n_items (model));
  g_signal_connect_swapped (model, "items-changed", G_CALLBACK (on_items_changed), self);
  return self;
}

guint
vav_app_first_items_get_limit (VavAppFirstItems *self)
{
  return self->limit;
}

void
vav_app_first_items_set_limit (VavAppFirstItems *self, guint limit)
{
  self->limit = limit;
  fit (self);
}
