/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <gio/gio.h>

#include "app/vav-app-first-items.h"

#define LIMIT 7
#define MOST 12
#define ROUNDS 3000

/* Keeps a list as a list box does: by what it is told alone. */
static void
on_items_changed (GListModel *model, guint position, guint removed, guint added, GPtrArray *kept)
{
  g_assert_cmpuint (position + removed, <=, kept->len);
  if (removed > 0)
    g_ptr_array_remove_range (kept, position, removed);
  for (guint i = 0; i < added; i++)
    g_ptr_array_insert (kept, (int)(position + i), g_list_model_get_item (model, position + i));
  g_assert_cmpuint (g_list_model_get_n_items (model), ==, kept->len);
}

static void
compare (GListModel *all, GListModel *first, GPtrArray *kept, guint limit)
{
  guint n = MIN (limit, g_list_model_get_n_items (all));

  g_assert_cmpuint (g_list_model_get_n_items (first), ==, n);
  g_assert_cmpuint (kept->len, ==, n);
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (GObject) item = g_list_model_get_item (all, i);

      g_assert_true (item == kept->pdata[i]);
    }
}

static void
splice (GListStore *store)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (store));
  guint position = (guint)g_random_int_range (0, (int)n + 1);
  guint removed = (guint)g_random_int_range (0, (int)(n - position) + 1);
  guint added = (guint)g_random_int_range (0, MOST);
  g_autoptr (GPtrArray) fresh = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < added; i++)
    g_ptr_array_add (fresh, g_object_new (G_TYPE_OBJECT, NULL));
  g_list_store_splice (store, position, removed, fresh->pdata, added);
}

static void
test_any_change (void)
{
  g_autoptr (GListStore) store = g_list_store_new (G_TYPE_OBJECT);
  g_autoptr (VavAppFirstItems) first = NULL;
  g_autoptr (GPtrArray) kept = g_ptr_array_new_with_free_func (g_object_unref);
  guint limit = LIMIT;

  g_test_summary ("Whatever changes in a list, who is told of its first items alone has exactly them");
  first = vav_app_first_items_new (G_LIST_MODEL (store), limit);
  g_signal_connect (first, "items-changed", G_CALLBACK (on_items_changed), kept);
  for (guint i = 0; i < ROUNDS; i++)
    {
      splice (store);
      compare (G_LIST_MODEL (store), G_LIST_MODEL (first), kept, limit);
      if (i % 10 == 9)
        {
          limit = (guint)g_random_int_range (0, 2 * LIMIT);
          vav_app_first_items_set_limit (first, limit);
          compare (G_LIST_MODEL (store), G_LIST_MODEL (first), kept, limit);
        }
    }
}

static void
on_counted (GListModel *model, guint position, guint removed, guint added, guint *told)
{
  *told += removed + added;
}

/* Why GtkSliceListModel is not used. */
static void
test_little_is_told (void)
{
  g_autoptr (GListStore) store = g_list_store_new (G_TYPE_OBJECT);
  g_autoptr (VavAppFirstItems) first = NULL;
  g_autoptr (GObject) item = g_object_new (G_TYPE_OBJECT, NULL);
  guint told = 0;

  g_test_summary ("A new first item is told of as one that came and one that went at the end");
  for (guint i = 0; i < 100; i++)
    g_list_store_append (store, item);
  first = vav_app_first_items_new (G_LIST_MODEL (store), 25);
  g_signal_connect (first, "items-changed", G_CALLBACK (on_counted), &told);
  g_list_store_insert (store, 0, item);
  g_assert_cmpuint (told, ==, 2);
  g_list_store_append (store, item);
  g_assert_cmpuint (told, ==, 2);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app/first-items/any-change", test_any_change);
  g_test_add_func ("/app/first-items/little-is-told", test_little_is_told);
  return g_test_run ();
}
