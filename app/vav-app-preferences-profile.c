/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/vav-app-preferences-private.h"

#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "app/service/vav-app-copy.h"

/* One saving or bringing back: from the file that was chosen to the end of the thread. */
typedef struct
{
  VavAppPreferences *window; /* owned */
  gboolean restore;
  char *profile; /* the window's own goes when it is closed */
  char *file;
  char *passphrase;
  char *lacking; /* nullable: what the copy that was saved lacks */

  /* while the dialog is open */
  GtkEditable *first;
  GtkEditable *second; /* nullable: a file is opened with what it was closed with */
  GtkLabel *hint;
} Backup;

/* text: (nullable): none for now */
static void
keep_passphrase (Backup *backup, const char *text)
{
  if (backup->passphrase != NULL)
    memset (backup->passphrase, 0, strlen (backup->passphrase));
  g_free (backup->passphrase);
  backup->passphrase = g_strdup (text);
}

static void
backup_free (gpointer data)
{
  Backup *backup = data;

  g_object_unref (backup->window);
  g_free (backup->profile);
  g_free (backup->file);
  g_free (backup->lacking);
  keep_passphrase (backup, NULL);
  g_free (backup);
}

static Backup *
backup_new (VavAppPreferences *window, gboolean restore, const char *file)
{
  Backup *self = g_new0 (Backup, 1);

  self->window = g_object_ref (window);
  self->restore = restore;
  self->profile = g_strdup (window->profile);
  self->file = g_strdup (file);
  return self;
}

static void ask_passphrase (Backup *backup, const char *fault);

/* The person does not want it any more. */
static void
end_restore (VavAppPreferences *self)
{
  if (self->only_restore && self->profile != NULL)
    gtk_window_close (GTK_WINDOW (self));
}

static void
set_busy (VavAppPreferences *self, gboolean busy)
{
  gtk_widget_set_sensitive (GTK_WIDGET (self->save_row), !busy);
  gtk_widget_set_sensitive (GTK_WIDGET (self->restore_row), !busy);
}

/* --- the work, in a thread of its own --- */

static void
work (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Backup *backup = data;
  GError *error = NULL;
  gboolean done;

  if (backup->restore)
    done = vav_backup_check (backup->file, backup->passphrase, &error);
  else
    done = vav_app_copy_write (backup->profile, backup->file, backup->passphrase, &backup->lacking, &error);
  if (done)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
on_worked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  VavAppPreferences *self = VAV_APP_PREFERENCES (source);
  Backup *backup = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;
  gboolean done = g_task_propagate_boolean (G_TASK (result), &error);

  set_busy (self, FALSE);
  if (self->profile == NULL)
    return; /* the window was closed */
  if (!done)
    ask_passphrase (backup_new (self, backup->restore, backup->file), error->message);
  else if (backup->restore)
    g_signal_emit_by_name (self, "import", backup->file, backup->passphrase);
  else
    vav_app_preferences_toast (self, backup->lacking != NULL ? backup->lacking : _ ("Your profile was saved"));
}

static void
begin_work (Backup *backup)
{
  g_autoptr (GTask) task = g_task_new (backup->window, NULL, on_worked, NULL);

  set_busy (backup->window, TRUE);
  g_task_set_task_data (task, backup, backup_free);
  g_task_run_in_thread (task, work);
}

/* --- the passphrase --- */

static const char *
find_fault (Backup *backup)
{
  const char *first = gtk_editable_get_text (backup->first);

  if (strlen (first) < VAV_MIN_PASSPHRASE)
    return _ ("A passphrase has at least 8 letters.");
  if (strlen (first) > VAV_MAX_PASSPHRASE)
    return _ ("This passphrase is too long.");
  if (backup->second != NULL && strcmp (first, gtk_editable_get_text (backup->second)) != 0)
    return _ ("The two are not yet the same.");
  return NULL;
}

static void
on_passphrase_changed (GtkEditable *row, Backup *backup)
{
  AdwMessageDialog *dialog = ADW_MESSAGE_DIALOG (gtk_widget_get_root (GTK_WIDGET (row)));
  const char *fault = find_fault (backup);

  /* when the dialog answers its entries are gone */
  keep_passphrase (backup, fault == NULL ? gtk_editable_get_text (backup->first) : NULL);
  gtk_label_set_label (backup->hint, fault != NULL ? fault : "");
  adw_message_dialog_set_response_enabled (dialog, "go", fault == NULL);
}

static void
on_passphrase_response (AdwMessageDialog *dialog, const char *response, Backup *backup)
{
  if (strcmp (response, "go") == 0 && backup->passphrase != NULL)
    begin_work (backup);
  else
    {
      end_restore (backup->window);
      backup_free (backup);
    }
}

static GtkEditable *
add_passphrase_row (AdwPreferencesGroup *group, const char *title, Backup *backup)
{
  GtkWidget *row = adw_password_entry_row_new ();

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_entry_row_set_activates_default (ADW_ENTRY_ROW (row), TRUE);
  vav_app_preferences_guard_password (GTK_EDITABLE (row));
  adw_preferences_group_add (group, row);
  g_signal_connect (row, "changed", G_CALLBACK (on_passphrase_changed), backup);
  return GTK_EDITABLE (row);
}

static GtkWidget *
make_entries (Backup *backup, const char *fault)
{
  AdwPreferencesGroup *group = ADW_PREFERENCES_GROUP (adw_preferences_group_new ());

  backup->first = add_passphrase_row (group, _ ("Passphrase"), backup);
  if (!backup->restore)
    backup->second = add_passphrase_row (group, _ ("Once more"), backup);
  backup->hint = GTK_LABEL (gtk_label_new (fault));
  gtk_label_set_wrap (backup->hint, TRUE);
  gtk_label_set_xalign (backup->hint, 0);
  gtk_widget_set_margin_top (GTK_WIDGET (backup->hint), 9);
  gtk_widget_add_css_class (GTK_WIDGET (backup->hint), fault != NULL ? "error" : "dim-label");
  adw_preferences_group_add (group, GTK_WIDGET (backup->hint));
  return GTK_WIDGET (group);
}

static void
ask_passphrase (Backup *backup, const char *fault)
{
  GtkWidget *dialog = adw_message_dialog_new (
      GTK_WINDOW (backup->window), backup->restore ? _ ("Bring back a saved copy?") : _ ("Save a copy of your profile"),
      backup->restore ? _ ("Visavis ends your calls, puts your key, people and settings from the "
                           "copy in the place of the present ones, and starts again. What you "
                           "have now is kept in a folder “replaced-…” in your profile.")
                      : _ ("Whoever has the copy and its passphrase can call as you. Without "
                           "the passphrase nobody can open it, not even you."));
  AdwMessageDialog *message = ADW_MESSAGE_DIALOG (dialog);

  adw_message_dialog_add_responses (message, "cancel", _ ("_Cancel"), "go",
                                    backup->restore ? _ ("_Replace and start again") : _ ("_Save"), NULL);
  adw_message_dialog_set_response_appearance (message, "go",
                                              backup->restore ? ADW_RESPONSE_DESTRUCTIVE : ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_response_enabled (message, "go", FALSE);
  adw_message_dialog_set_default_response (message, "go");
  adw_message_dialog_set_close_response (message, "cancel");
  adw_message_dialog_set_extra_child (message, make_entries (backup, fault));
  g_signal_connect (dialog, "response", G_CALLBACK (on_passphrase_response), backup);
  gtk_window_present (GTK_WINDOW (dialog));
  gtk_widget_grab_focus (GTK_WIDGET (backup->first));
}

/* --- files and folders --- */

char *
vav_app_preferences_take_choice (VavAppPreferences *self, int response)
{
  g_autoptr (GFile) file
      = response == GTK_RESPONSE_ACCEPT ? gtk_file_chooser_get_file (GTK_FILE_CHOOSER (self->chooser)) : NULL;
  char *path = file != NULL ? g_file_get_path (file) : NULL;

  gtk_native_dialog_destroy (GTK_NATIVE_DIALOG (self->chooser));
  g_clear_object (&self->chooser);
  return path;
}

void
vav_app_preferences_choose (VavAppPreferences *self, GtkFileChooserAction action, const char *title, const char *accept,
                            GCallback callback)
{
  if (self->chooser != NULL)
    gtk_native_dialog_destroy (GTK_NATIVE_DIALOG (self->chooser));
  g_clear_object (&self->chooser);
  self->chooser = gtk_file_chooser_native_new (title, GTK_WINDOW (self), action, accept, _ ("_Cancel"));
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (self->chooser), TRUE);
  g_signal_connect_swapped (self->chooser, "response", callback, self);
}

static void
on_backup_file (VavAppPreferences *self, int response)
{
  gboolean restore = gtk_file_chooser_get_action (GTK_FILE_CHOOSER (self->chooser)) == GTK_FILE_CHOOSER_ACTION_OPEN;
  g_autofree char *path = vav_app_preferences_take_choice (self, response);

  if (path == NULL)
    end_restore (self);
  else
    ask_passphrase (backup_new (self, restore, path), NULL);
}

static void
on_save (VavAppPreferences *self)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *name = g_date_time_format (now, "visavis-%Y-%m-%d.profile");

  vav_app_preferences_choose (self, GTK_FILE_CHOOSER_ACTION_SAVE, _ ("Save a Copy"), _ ("_Save"),
                              G_CALLBACK (on_backup_file));
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (self->chooser), name);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

static void
on_restore (VavAppPreferences *self)
{
  vav_app_preferences_choose (self, GTK_FILE_CHOOSER_ACTION_OPEN, _ ("Bring Back a Saved Copy"), _ ("_Open"),
                              G_CALLBACK (on_backup_file));
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

static void
show_folder (VavAppPreferences *self)
{
  g_autofree char *folder = vav_app_settings_dup_folder (self->settings);
  g_autofree char *shown = g_filename_display_name (folder);
  g_autofree char *escaped = g_markup_escape_text (shown, -1);

  adw_action_row_set_subtitle (self->folder_row, escaped);
}

static void
on_folder_chosen (VavAppPreferences *self, int response)
{
  g_autofree char *path = vav_app_preferences_take_choice (self, response);

  if (path == NULL)
    return;
  if (!g_utf8_validate (path, -1, NULL) || g_access (path, W_OK | X_OK) != 0)
    {
      vav_app_preferences_toast (self, _ ("Files cannot be kept in this folder: choose one that you may write to"));
      return;
    }
  vav_app_settings_set_string (self->settings, "files-folder", path);
  show_folder (self);
}

static void
on_folder (VavAppPreferences *self)
{
  g_autofree char *folder = vav_app_settings_dup_folder (self->settings);
  g_autoptr (GFile) present = g_file_new_for_path (folder);

  vav_app_preferences_choose (self, GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER, _ ("Folder for Received Files"),
                              _ ("_Select"), G_CALLBACK (on_folder_chosen));
  (void)gtk_file_chooser_set_current_folder (GTK_FILE_CHOOSER (self->chooser), present, NULL);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

void
vav_app_preferences_restore (VavAppPreferences *self)
{
  self->only_restore = TRUE;
  adw_preferences_window_set_search_enabled (ADW_PREFERENCES_WINDOW (self), FALSE);
  adw_preferences_window_set_visible_page_name (ADW_PREFERENCES_WINDOW (self), "profile");
  gtk_window_present (GTK_WINDOW (self));
  on_restore (self);
}

void
vav_app_preferences_fill_profile (VavAppPreferences *self)
{
  show_folder (self);
}

void
vav_app_preferences_bind_profile (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_child (widget_class, VavAppPreferences, folder_row);
  gtk_widget_class_bind_template_child (widget_class, VavAppPreferences, save_row);
  gtk_widget_class_bind_template_child (widget_class, VavAppPreferences, restore_row);
  gtk_widget_class_bind_template_callback (widget_class, on_folder);
  gtk_widget_class_bind_template_callback (widget_class, on_save);
  gtk_widget_class_bind_template_callback (widget_class, on_restore);
}
