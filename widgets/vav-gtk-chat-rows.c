/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <glib/gi18n-lib.h>

#include "widgets/vav-gtk-chat-private.h"
#include "widgets/vav-gtk-file-row-private.h"
#include "widgets/vav-gtk-text-row-private.h"
#include "widgets/vav-gtk-words.h"

/* Rows that are laid out at a time; those before come with a button. So a long conversation costs a call no frame. */
#define SHOWN 150

static guint
count (VavGtkChat *self)
{
  return self->conversation != NULL ? g_list_model_get_n_items (G_LIST_MODEL (self->conversation)) : 0;
}

static void
on_accept (VavGtkChat *self, VavGtkFileRow *row)
{
  g_autofree char *folder = g_strdup (self->folder);
  g_autoptr (GError) error = NULL;

  if (folder == NULL)
    folder = g_strdup (g_get_user_special_dir (G_USER_DIRECTORY_DOWNLOAD));
  if (folder == NULL)
    folder = g_strdup (g_get_home_dir ());
  g_mkdir_with_parents (folder, 0755); /* what goes wrong with it is the file's trouble, and told there */
  if (!vav_file_accept (vav_gtk_file_row_get_file (row), folder, &error))
    vav_gtk_file_row_set_trouble (row, error->message);
}

static GtkWidget *
make_row (VavGtkChat *self, guint position)
{
  g_autoptr (VavGtkMessage) message = g_list_model_get_item (G_LIST_MODEL (self->conversation), position);
  g_autofree char *name = vav_gtk_words_name (self->stream);
  GtkWidget *row = NULL;

  if (vav_gtk_message_get_file (message) == NULL)
    return vav_gtk_text_row_new (message, name);
  row = vav_gtk_file_row_new (message, name);
  g_signal_connect_object (row, "accept", G_CALLBACK (on_accept), self, G_CONNECT_SWAPPED);
  return row;
}

static void
remove_row (VavGtkChat *self, guint index)
{
  GtkListBoxRow *row = gtk_list_box_get_row_at_index (self->list, (int)index);

  if (row != NULL)
    gtk_list_box_remove (self->list, GTK_WIDGET (row));
}

static void
update_shell (VavGtkChat *self)
{
  gtk_stack_set_visible_child_name (self->stack, count (self) > 0 ? "rows" : "empty");
  gtk_widget_set_visible (self->earlier_button, self->first > 0);
}

void
vav_gtk_chat_on_items_changed (VavGtkChat *self, guint position, guint removed, guint added)
{
  guint n = count (self);

  for (guint i = 0; i < removed; i++)
    if (position >= self->first)
      remove_row (self, position - self->first);
    else
      self->first--;
  /* rows come at the end, those of a list that is filled too */
  for (guint i = 0; i < added; i++)
    gtk_list_box_insert (self->list, make_row (self, position + i), (int)(position + i - self->first));
  for (; self->at_end && n - self->first > SHOWN; self->first++)
    remove_row (self, 0);
  update_shell (self);
}

void
vav_gtk_chat_fill (VavGtkChat *self)
{
  guint n = count (self);

  while (gtk_list_box_get_row_at_index (self->list, 0) != NULL)
    remove_row (self, 0);
  self->first = n > SHOWN ? n - SHOWN : 0;
  self->at_end = TRUE;
  for (guint i = self->first; i < n; i++)
    gtk_list_box_append (self->list, make_row (self, i));
  update_shell (self);
}

void
vav_gtk_chat_show_earlier (VavGtkChat *self)
{
  guint from = self->first > SHOWN ? self->first - SHOWN : 0;

  self->at_end = FALSE; /* the person looks back */
  while (self->first > from)
    gtk_list_box_prepend (self->list, make_row (self, --self->first));
  update_shell (self);
}

/* --- read --- */

void
vav_gtk_chat_read (VavGtkChat *self)
{
  if (self->conversation != NULL && gtk_widget_get_mapped (GTK_WIDGET (self)))
    vav_gtk_conversation_mark_read (self->conversation);
}

void
vav_gtk_chat_on_arrived (VavGtkChat *self, VavGtkMessage *message)
{
#if GTK_CHECK_VERSION(4, 14, 0)
  GtkListBoxRow *row = gtk_list_box_get_row_at_index (self->list, (int)(count (self) - 1 - self->first));
  g_autofree char *name = vav_gtk_words_name (self->stream);
  const char *what = vav_gtk_message_get_text (message);
  g_autofree char *sentence = NULL;

  if (what != NULL)
    sentence = g_strdup_printf (_ ("%s writes: %s"), name, what);
  else
    sentence
        = g_strdup_printf (_ ("%s offers the file %s"), name, vav_file_get_name (vav_gtk_message_get_file (message)));
  if (row != NULL)
    gtk_accessible_announce (GTK_ACCESSIBLE (row), sentence, GTK_ACCESSIBLE_ANNOUNCEMENT_PRIORITY_MEDIUM);
#endif
  vav_gtk_chat_read (self);
}

/* --- scrolling --- */

void
vav_gtk_chat_go_to_end (VavGtkChat *self)
{
  GtkAdjustment *adjustment = gtk_scrolled_window_get_vadjustment (self->scrolled);

  self->at_end = TRUE;
  self->moving = TRUE;
  gtk_adjustment_set_value (adjustment,
                            gtk_adjustment_get_upper (adjustment) - gtk_adjustment_get_page_size (adjustment));
  self->moving = FALSE;
}

/* Rows or room are new. */
static void
on_adjustment_changed (VavGtkChat *self)
{
  if (self->at_end)
    vav_gtk_chat_go_to_end (self);
}

static void
on_scrolled (VavGtkChat *self)
{
  GtkAdjustment *adjustment = gtk_scrolled_window_get_vadjustment (self->scrolled);
  double rest = gtk_adjustment_get_upper (adjustment) - gtk_adjustment_get_page_size (adjustment)
                - gtk_adjustment_get_value (adjustment);

  if (!self->moving)
    self->at_end = rest < 12;
}

void
vav_gtk_chat_watch_scrolling (VavGtkChat *self)
{
  GtkAdjustment *adjustment = gtk_scrolled_window_get_vadjustment (self->scrolled);

  g_signal_connect_object (adjustment, "changed", G_CALLBACK (on_adjustment_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (adjustment, "value-changed", G_CALLBACK (on_scrolled), self, G_CONNECT_SWAPPED);
}
