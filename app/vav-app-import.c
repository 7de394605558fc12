/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/vav-app-import.h"

#include <glib/gi18n.h>

#include "app/service/vav-app-cards.h"

/* What fits into a dialog; who has more of them mends these first. */
#define MAX_FAULTS 5

/* While the file is chosen and read; the main thread alone has it. Both may go meanwhile: then nothing is imported. */
typedef struct
{
  VavAppWindow *window; /* weak */
  VavAppHost *host;     /* weak: no file that comes slowly holds a profile that is to be replaced */
} Import;

static Import *
import_new (VavAppWindow *window, VavAppHost *host)
{
  Import *self = g_new0 (Import, 1);

  g_set_weak_pointer (&self->window, window);
  g_set_weak_pointer (&self->host, host);
  return self;
}

static void
import_free (Import *self)
{
  g_clear_weak_pointer (&self->window);
  g_clear_weak_pointer (&self->host);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Import, import_free)

static void
import_notify (gpointer data, GClosure *closure)
{
  import_free (data);
}

static char *
list_faults (GPtrArray *imported)
{
  GString *text = g_string_new (NULL);
  guint n = 0;

  for (guint i = 0; i < imported->len; i++)
    {
      const VavImported *one = imported->pdata[i];
      g_autofree char *sentence = NULL;

      if (one->outcome != VAV_IMPORT_FAULT || n++ >= MAX_FAULTS)
        continue;
      sentence = vav_app_cards_describe_fault (one);
      g_string_append_printf (text, "\n\n%s", sentence);
    }
  if (n > MAX_FAULTS)
    {
      g_string_append (text, "\n\n");
      g_string_append_printf (text, ngettext ("And %u more.", "And %u more.", n - MAX_FAULTS), n - MAX_FAULTS);
    }

  return g_string_free (text, FALSE);
}

static void
tell (VavAppWindow *window, GPtrArray *imported)
{
  g_autofree char *sentence = vav_app_cards_describe (imported);
  g_autofree char *faults = list_faults (imported);
  g_autofree char *body = NULL;
  GtkWidget *dialog;

  if (*faults == '\0')
    {
      vav_app_window_toast (window, sentence);
      return;
    }
  body = g_strconcat (sentence, faults, NULL);
  dialog = adw_message_dialog_new (GTK_WINDOW (window), _ ("Not all could be imported"), body);
  gtk_window_set_destroy_with_parent (GTK_WINDOW (dialog), TRUE);
  adw_message_dialog_add_response (ADW_MESSAGE_DIALOG (dialog), "close", _ ("_Close"));
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "close");
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Import) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (VavPeopleFile) file = g_task_propagate_pointer (G_TASK (result), &error);
  g_autoptr (GPtrArray) imported = NULL;
  VavEndpoint *endpoint;

  if (self->window == NULL || self->host == NULL)
    return;
  endpoint = vav_app_host_get_endpoint (self->host);
  if (file != NULL)
    imported
        = vav_people_import_cards (vav_endpoint_get_people (endpoint), file, vav_endpoint_get_id (endpoint), &error);
  if (imported != NULL)
    tell (self->window, imported);
  else
    vav_app_window_toast (self->window, error->message);
}

/* In a thread of the pool: a file may lie far away, and to look through a large one takes seconds. */
static void
read_file (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  GError *error = NULL;
  g_autoptr (GFileInputStream) stream = g_file_read (source, cancellable, &error);
  VavPeopleFile *file = stream != NULL ? vav_people_file_read (G_INPUT_STREAM (stream), cancellable, &error) : NULL;

  if (file != NULL)
    g_task_return_pointer (task, file, (GDestroyNotify)vav_people_file_unref);
  else
    g_task_return_error (task, error);
}

static void
on_response (GtkNativeDialog *dialog, int response, Import *self)
{
  if (response == GTK_RESPONSE_ACCEPT && self->window != NULL && self->host != NULL)
    {
      g_autoptr (GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));
      g_autoptr (GTask) task = g_task_new (file, NULL, on_read, import_new (self->window, self->host));

      g_task_run_in_thread (task, read_file);
    }
  gtk_native_dialog_destroy (dialog);
  g_object_unref (dialog);
}

void
vav_app_import_choose (VavAppWindow *window, VavAppHost *host)
{
  GtkFileChooserNative *dialog = gtk_file_chooser_native_new (
      _ ("Import people"), GTK_WINDOW (window), GTK_FILE_CHOOSER_ACTION_OPEN, _ ("_Import"), _ ("_Cancel"));
  g_autoptr (GtkFileFilter) filter = gtk_file_filter_new ();

  gtk_file_filter_set_name (filter, _ ("Cards of people (vCard)"));
  gtk_file_filter_add_mime_type (filter, "text/vcard");
  gtk_file_filter_add_suffix (filter, "vcf");
  gtk_file_chooser_add_filter (GTK_FILE_CHOOSER (dialog), filter);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  g_signal_connect_data (dialog, "response", G_CALLBACK (on_response), import_new (window, host), import_notify, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}
