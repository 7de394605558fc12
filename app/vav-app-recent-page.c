/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/vav-app-recent-page.h"

#include "app/vav-app-history-list.h"

struct _VavAppRecentPage
{
  GtkWidget parent_instance;

  /* template children */
  GtkWidget *scroller;
  VavAppHistoryList *list;

  VavHistory *history; /* owned, nullable: not yet started */
};

G_DEFINE_FINAL_TYPE (VavAppRecentPage, vav_app_recent_page, GTK_TYPE_WIDGET)

/* Whoever is among the people is called as such, whatever their address was then. */
static void
on_call (VavAppRecentPage *self, VavHistoryEntry *entry)
{
  const char *address = vav_history_entry_get_address (entry);

  if (vav_history_entry_get_person (entry) != 0)
    gtk_widget_activate_action (GTK_WIDGET (self), "people.call", "x", vav_history_entry_get_person (entry));
  else if (address != NULL)
    gtk_widget_activate_action (GTK_WIDGET (self), "app.call", "s", address);
}

static void
vav_app_recent_page_dispose (GObject *object)
{
  g_clear_object (&VAV_APP_RECENT_PAGE (object)->history);
  gtk_widget_dispose_template (GTK_WIDGET (object), VAV_APP_TYPE_RECENT_PAGE);
  G_OBJECT_CLASS (vav_app_recent_page_parent_class)->dispose (object);
}

static void
vav_app_recent_page_class_init (VavAppRecentPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = vav_app_recent_page_dispose;
  g_type_ensure (VAV_APP_TYPE_HISTORY_LIST);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/visavis/Visavis/vav-app-recent-page.ui");
  gtk_widget_class_bind_template_child (widget_class, VavAppRecentPage, scroller);
  gtk_widget_class_bind_template_child (widget_class, VavAppRecentPage, list);
  gtk_widget_class_bind_template_callback (widget_class, on_call);
}

static void
vav_app_recent_page_init (VavAppRecentPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/* Once, when the program is ready to call. */
void
vav_app_recent_page_set_history (VavAppRecentPage *self, VavHistory *history)
{
  g_return_if_fail (self->history == NULL);

  self->history = g_object_ref (history);
  vav_app_history_list_show (self->list, history, G_LIST_MODEL (history), TRUE);
}

void
vav_app_recent_page_look (VavAppRecentPage *self)
{
  g_autoptr (GError) error = NULL;

  if (self->history != NULL && !vav_history_mark_seen (self->history, NULL, &error))
    g_message ("%s", error->message);
}
