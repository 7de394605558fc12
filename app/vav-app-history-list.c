/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/vav-app-history-list.h"

#include "app/vav-app-first-items.h"
#include "app/vav-app-history-row.h"

#define PAGE 25 /* so many entries more at once */

struct _VavAppHistoryList
{
  GtkWidget parent_instance;

  /* template children */
  GtkWidget *box;
  GtkListBox *list;
  GtkWidget *more_button;

  /* owned, nullable: nothing to show yet */
  VavHistory *history;
  GListModel *entries;
  VavAppFirstItems *shown;

  gboolean with_names;
};

enum
{
  CALL,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (VavAppHistoryList, vav_app_history_list, GTK_TYPE_WIDGET)

static void
update_more (VavAppHistoryList *self)
{
  guint all = g_list_model_get_n_items (self->entries);

  gtk_widget_set_visible (self->more_button, all > vav_app_first_items_get_limit (self->shown));
}

static void
on_more (VavAppHistoryList *self)
{
  vav_app_first_items_set_limit (self->shown, vav_app_first_items_get_limit (self->shown) + PAGE);
  update_more (self);
}

static void
on_delete (VavAppHistoryList *self, VavAppHistoryRow *row)
{
  g_autoptr (VavHistoryEntry) entry = g_object_ref (vav_app_history_row_get_entry (row));
  g_autoptr (GError) error = NULL;

  if (!vav_history_delete (self->history, entry, &error))
    g_message ("%s", error->message);
}

static void
on_row_activated (VavAppHistoryList *self, GtkListBoxRow *row)
{
  g_autoptr (VavHistoryEntry) entry = g_object_ref (vav_app_history_row_get_entry (VAV_APP_HISTORY_ROW (row)));

  if (vav_history_entry_get_kind (entry) == VAV_HISTORY_CALL)
    g_signal_emit (self, signals[CALL], 0, entry);
}

static GtkWidget *
make_row (gpointer item, gpointer user_data)
{
  VavAppHistoryList *self = user_data;
  GtkWidget *row = vav_app_history_row_new (item, self->with_names);

  g_signal_connect_object (row, "delete", G_CALLBACK (on_delete), self, G_CONNECT_SWAPPED);
  return row;
}

/* Rows are made when somebody looks: in a call every text and file is a new entry. */
static void
update_rows (VavAppHistoryList *self)
{
  gboolean seen = self->shown != NULL && gtk_widget_get_mapped (GTK_WIDGET (self));

  gtk_list_box_bind_model (self->list, seen ? G_LIST_MODEL (self->shown) : NULL, make_row, self, NULL);
}

static void
vav_app_history_list_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (vav_app_history_list_parent_class)->map (widget);
  update_rows (VAV_APP_HISTORY_LIST (widget));
}

static void
vav_app_history_list_unmap (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (vav_app_history_list_parent_class)->unmap (widget);
  update_rows (VAV_APP_HISTORY_LIST (widget));
}

static void
forget (VavAppHistoryList *self)
{
  gtk_list_box_bind_model (self->list, NULL, NULL, NULL, NULL);
  if (self->entries != NULL)
    g_signal_handlers_disconnect_by_data (self->entries, self);
  g_clear_object (&self->shown);
  g_clear_object (&self->entries);
  g_clear_object (&self->history);
}

static void
vav_app_history_list_dispose (GObject *object)
{
  VavAppHistoryList *self = VAV_APP_HISTORY_LIST (object);

  if (self->list != NULL)
    forget (self);
  gtk_widget_dispose_template (GTK_WIDGET (self), VAV_APP_TYPE_HISTORY_LIST);
  G_OBJECT_CLASS (vav_app_history_list_parent_class)->dispose (object);
}

static void
vav_app_history_list_class_init (VavAppHistoryListClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = vav_app_history_list_dispose;
  widget_class->map = vav_app_history_list_map;
  widget_class->unmap = vav_app_history_list_unmap;
  signals[CALL] = g_signal_new ("call", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                                1, VAV_TYPE_HISTORY_ENTRY);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/visavis/Visavis/vav-app-history-list.ui");
  gtk_widget_class_bind_template_child (widget_class, VavAppHistoryList, box);
  gtk_widget_class_bind_template_child (widget_class, VavAppHistoryList, list);
  gtk_widget_class_bind_template_child (widget_class, VavAppHistoryList, more_button);
  gtk_widget_class_bind_template_callback (widget_class, on_more);
  gtk_widget_class_bind_template_callback (widget_class, on_row_activated);
}

static void
vav_app_history_list_init (VavAppHistoryList *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * vav_app_history_list_show:
 * @history: where entries are deleted
 * @entries: of the history, the newest first
 * @with_names: they are of several people
 */
void
vav_app_history_list_show (VavAppHistoryList *self, VavHistory *history, GListModel *entries, gboolean with_names)
{
  forget (self);
  self->history = g_object_ref (history);
  self->entries = g_object_ref (entries);
  self->with_names = with_names;
  self->shown = vav_app_first_items_new (entries, PAGE);
  update_rows (self);
  g_signal_connect_swapped (entries, "items-changed", G_CALLBACK (update_more), self);
  update_more (self);
}
