/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>

#include "widgets/vav-gtk-chat-private.h"

/* How files come into the chat: by a dialog, by drop, by paste. */

#define MAX_AT_ONCE 64

static void
send_path (VavGtkChat *self, GFile *file)
{
  g_autofree char *path = g_file_get_path (file);
  g_autofree char *name = NULL;
  g_autofree char *sentence = NULL;

  if (path != NULL)
    {
      vav_gtk_conversation_send_file (self->conversation, path, NULL);
      return;
    }
  name = g_file_get_parse_name (file);
  sentence = g_strdup_printf (_ ("Only files of this computer can be sent, and %s is none."), name);
  vav_gtk_chat_hint (self, sentence);
}

/**
 * vav_gtk_chat_send_files:
 * @files: of #GFile
 *
 * Offers the files to the other side: 64 at a time at most, and only those of this computer.
 */
void
vav_gtk_chat_send_files (VavGtkChat *self, GListModel *files)
{
  guint n = g_list_model_get_n_items (files);

  g_return_if_fail (VAV_GTK_IS_CHAT (self));

  if (self->conversation == NULL)
    return;
  vav_gtk_chat_hint (self, n > MAX_AT_ONCE ? _ ("That is too many at once: the first 64 files are sent.") : NULL);
  vav_gtk_chat_go_to_end (self);
  for (guint i = 0; i < MIN (n, MAX_AT_ONCE); i++)
    {
      g_autoptr (GFile) file = g_list_model_get_item (files, i);

      send_path (self, file);
    }
}

static void
send_list (VavGtkChat *self, GdkFileList *list)
{
  g_autoptr (GListStore) store = g_list_store_new (G_TYPE_FILE);
  GSList *files = gdk_file_list_get_files (list);

  for (GSList *at = files; at != NULL; at = at->next)
    g_list_store_append (store, at->data);
  g_slist_free (files);
  vav_gtk_chat_send_files (self, G_LIST_MODEL (store));
}

/* --- by a dialog --- */

static void
on_chosen (VavGtkChat *self, int response)
{
  g_autoptr (GtkFileChooserNative) chooser = g_steal_pointer (&self->chooser);
  g_autoptr (GListModel) files = gtk_file_chooser_get_files (GTK_FILE_CHOOSER (chooser));

  if (response == GTK_RESPONSE_ACCEPT)
    vav_gtk_chat_send_files (self, files);
  gtk_native_dialog_destroy (GTK_NATIVE_DIALOG (chooser));
}

void
vav_gtk_chat_choose_files (VavGtkChat *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));

  if (self->chooser == NULL)
    {
      self->chooser = gtk_file_chooser_native_new (_ ("Send files"), GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL,
                                                   GTK_FILE_CHOOSER_ACTION_OPEN, _ ("_Send"), _ ("_Cancel"));
      gtk_file_chooser_set_select_multiple (GTK_FILE_CHOOSER (self->chooser), TRUE);
      gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (self->chooser), TRUE);
      g_signal_connect_object (self->chooser, "response", G_CALLBACK (on_chosen), self, G_CONNECT_SWAPPED);
    }
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

/* --- by drop --- */

static gboolean
on_drop (VavGtkChat *self, const GValue *value)
{
  if (!G_VALUE_HOLDS (value, GDK_TYPE_FILE_LIST) || !gtk_widget_get_sensitive (self->attach_button))
    return FALSE;
  send_list (self, g_value_get_boxed (value));
  return TRUE;
}

static GdkDragAction
on_enter (VavGtkChat *self)
{
  if (!gtk_widget_get_sensitive (self->attach_button))
    return 0;
  gtk_widget_add_css_class (GTK_WIDGET (self), "drop");
  return GDK_ACTION_COPY;
}

static void
on_leave (VavGtkChat *self)
{
  gtk_widget_remove_css_class (GTK_WIDGET (self), "drop");
}

/**
 * vav_gtk_chat_take_drops:
 * @widget: must not outlive the chat
 *
 * Files dropped there are sent, too.
 */
void
vav_gtk_chat_take_drops (VavGtkChat *self, GtkWidget *widget)
{
  GtkDropTarget *target = gtk_drop_target_new (GDK_TYPE_FILE_LIST, GDK_ACTION_COPY);

  g_return_if_fail (VAV_GTK_IS_CHAT (self));

  gtk_event_controller_set_propagation_phase (GTK_EVENT_CONTROLLER (target), GTK_PHASE_CAPTURE);
  g_signal_connect_object (target, "drop", G_CALLBACK (on_drop), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (target, "enter", G_CALLBACK (on_enter), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (target, "leave", G_CALLBACK (on_leave), self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (target));
}

/* --- by paste --- */

typedef struct
{
  GdkTexture *texture; /* owned */
  VavStream *stream;   /* owned: also if the chat shows another one meanwhile */
  char *folder;
  char *path;
} Picture;

static void
picture_free (Picture *picture)
{
  g_object_unref (picture->texture);
  g_object_unref (picture->stream);
  g_free (picture->folder);
  g_free (picture->path);
  g_free (picture);
}

/* A thread of GTask's pool. The folder is this user's alone. */
static void
save_picture (GTask *task, gpointer chat, gpointer data, GCancellable *cancellable)
{
  Picture *picture = data;
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  /* Translators: the file name of a picture that was pasted, with date and time */
  g_autofree char *name = g_date_time_format (now, _ ("Picture %Y-%m-%d %H-%M-%S.png"));

  picture->folder = g_dir_make_tmp ("visavis-XXXXXX", NULL);
  if (picture->folder == NULL)
    {
      g_task_return_boolean (task, FALSE);
      return;
    }
  picture->path = g_build_filename (picture->folder, name != NULL ? name : "Picture.png", NULL);
  if (gdk_texture_save_to_png (picture->texture, picture->path))
    {
      g_task_return_boolean (task, TRUE);
      return;
    }
  g_unlink (picture->path);
  g_rmdir (picture->folder);
  g_task_return_boolean (task, FALSE);
}

static void
on_saved (GObject *object, GAsyncResult *result, gpointer user_data)
{
  VavGtkChat *self = VAV_GTK_CHAT (object);
  Picture *picture = g_task_get_task_data (G_TASK (result));

  if (g_task_propagate_boolean (G_TASK (result), NULL))
    vav_gtk_conversation_send_file (vav_gtk_conversation_of (picture->stream), picture->path, picture->folder);
  else if (self->conversation != NULL)
    vav_gtk_chat_hint (self, _ ("The picture could not be saved, so it was not sent."));
}

static void
on_texture (GObject *clipboard, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (VavGtkChat) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GdkTexture) texture = gdk_clipboard_read_texture_finish (GDK_CLIPBOARD (clipboard), result, &error);
  g_autoptr (GTask) task = NULL;
  Picture *picture = NULL;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) || self->conversation == NULL)
    return;
  if (texture == NULL)
    {
      vav_gtk_chat_hint (self, _ ("What was copied cannot be read as a picture."));
      return;
    }
  picture = g_new0 (Picture, 1);
  picture->texture = g_steal_pointer (&texture);
  picture->stream = g_object_ref (self->stream);
  task = g_task_new (self, NULL, on_saved, NULL);
  g_task_set_task_data (task, picture, (GDestroyNotify)picture_free);
  g_task_run_in_thread (task, save_picture);
}

static void
on_pasted_files (GObject *clipboard, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (VavGtkChat) self = user_data;
  g_autoptr (GError) error = NULL;
  const GValue *value = gdk_clipboard_read_value_finish (GDK_CLIPBOARD (clipboard), result, &error);

  if (value != NULL && G_VALUE_HOLDS (value, GDK_TYPE_FILE_LIST))
    send_list (self, g_value_get_boxed (value));
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    vav_gtk_chat_hint (self, _ ("The files that were copied cannot be read."));
}

/* Formats of the clipboard that GTK can make that type of. */
static gboolean
has_type (GdkClipboard *clipboard, GType type)
{
  g_autoptr (GdkContentFormats) formats
      = gdk_content_formats_union_deserialize_gtypes (gdk_content_formats_ref (gdk_clipboard_get_formats (clipboard)));

  return gdk_content_formats_contain_gtype (formats, type);
}

gboolean
vav_gtk_chat_paste (VavGtkChat *self)
{
  GdkClipboard *clipboard = gtk_widget_get_clipboard (GTK_WIDGET (self));

  if (!gtk_widget_get_sensitive (self->attach_button))
    return FALSE;
  if (has_type (clipboard, GDK_TYPE_FILE_LIST))
    {
      gdk_clipboard_read_value_async (clipboard, GDK_TYPE_FILE_LIST, G_PRIORITY_DEFAULT, self->pasting, on_pasted_files,
                                      g_object_ref (self));
      return TRUE;
    }
  /* a word processor gives both, and means the text */
  if (has_type (clipboard, G_TYPE_STRING) || !has_type (clipboard, GDK_TYPE_TEXTURE))
    return FALSE;
  gdk_clipboard_read_texture_async (clipboard, self->pasting, on_texture, g_object_ref (self));
  return TRUE;
}
