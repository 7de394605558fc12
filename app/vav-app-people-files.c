/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/vav-app-people-files.h"

#include <glib/gi18n.h>
#include <string.h>

#include "app/service/vav-app-cards.h"

#define MAX_FAULTS 100 /* who has more of them mends these first */
#define MAX_HEIGHT 260 /* pixels of them that are seen at once */
#define WIDTH 50       /* characters */
#define MARGIN 10

/* While the file is chosen, and read or written; the main thread alone has it. Both may go meanwhile: then nothing more happens. */
typedef struct
{
  VavAppWindow *window; /* weak */
  VavAppHost *host;     /* weak: no file that comes slowly holds a profile that is to be replaced */
  guint n;              /* people who are written */
} Errand;

static Errand *
errand_new (VavAppWindow *window, VavAppHost *host)
{
  Errand *self = g_new0 (Errand, 1);

  g_set_weak_pointer (&self->window, window);
  g_set_weak_pointer (&self->host, host);
  return self;
}

static void
errand_free (Errand *self)
{
  g_clear_weak_pointer (&self->window);
  g_clear_weak_pointer (&self->host);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Errand, errand_free)

static void
errand_notify (gpointer data, GClosure *closure)
{
  errand_free (data);
}

static VavPeople *
get_people (VavAppHost *host)
{
  return vav_endpoint_get_people (vav_app_host_get_endpoint (host));
}

static void
choose (VavAppWindow *window, VavAppHost *host, GtkFileChooserNative *dialog,
        void (*on_response) (GtkNativeDialog *dialog, int response, Errand *self))
{
  g_autoptr (GtkFileFilter) filter = gtk_file_filter_new ();

  gtk_file_filter_set_name (filter, _ ("Cards of people (vCard)"));
  gtk_file_filter_add_mime_type (filter, "text/vcard");
  gtk_file_filter_add_suffix (filter, "vcf");
  gtk_file_chooser_add_filter (GTK_FILE_CHOOSER (dialog), filter);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  g_signal_connect_data (dialog, "response", G_CALLBACK (on_response), errand_new (window, host), errand_notify, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}

/* Returns: (transfer full) (nullable): what was chosen, if anything is to be done with it. The dialog goes. */
static GFile *
take_choice (GtkNativeDialog *dialog, int response, Errand *self)
{
  GFile *file = NULL;

  if (response == GTK_RESPONSE_ACCEPT && self->window != NULL && self->host != NULL)
    file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));
  gtk_native_dialog_destroy (dialog);

  return file;
}

/* --- import --- */

static void
add_row (GtkWidget *list, const char *sentence)
{
  GtkWidget *label = gtk_label_new (sentence);
  GtkWidget *row = gtk_list_box_row_new ();

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_max_width_chars (GTK_LABEL (label), WIDTH); /* as high as they are there the list wants to be */
  gtk_widget_set_margin_top (label, MARGIN);
  gtk_widget_set_margin_bottom (label, MARGIN);
  gtk_widget_set_margin_start (label, MARGIN);
  gtk_widget_set_margin_end (label, MARGIN);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), label);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), FALSE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, sentence, -1);
  gtk_list_box_append (GTK_LIST_BOX (list), row);
}

/* Returns: (nullable): rows that one goes through beside the file, by the arrow keys as well; %NULL: there is no fault */
static GtkWidget *
make_list (GPtrArray *imported)
{
  guint n = vav_app_cards_count (imported, VAV_IMPORT_FAULT), shown = 0;
  GtkWidget *list;

  if (n == 0)
    return NULL;
  list = gtk_list_box_new ();
  gtk_list_box_set_selection_mode (GTK_LIST_BOX (list), GTK_SELECTION_NONE);
  gtk_widget_add_css_class (list, "boxed-list");
  for (guint i = 0; i < imported->len && shown < MAX_FAULTS; i++)
    {
      const VavImported *one = imported->pdata[i];
      g_autofree char *sentence = NULL;

      if (one->outcome != VAV_IMPORT_FAULT)
        continue;
      sentence = vav_app_cards_describe_fault (one);
      add_row (list, sentence);
      shown++;
    }
  if (n > shown)
    {
      g_autofree char *more = g_strdup_printf (ngettext ("And %u more.", "And %u more.", n - shown), n - shown);

      add_row (list, more);
    }

  return list;
}

static GtkWidget *
make_scrolled (GtkWidget *list)
{
  GtkWidget *scrolled = gtk_scrolled_window_new ();

  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), list);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scrolled), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_propagate_natural_width (GTK_SCROLLED_WINDOW (scrolled), TRUE);
  gtk_scrolled_window_set_propagate_natural_height (GTK_SCROLLED_WINDOW (scrolled), TRUE);
  gtk_scrolled_window_set_max_content_height (GTK_SCROLLED_WINDOW (scrolled), MAX_HEIGHT);

  return scrolled;
}

static void
tell (VavAppWindow *window, GPtrArray *imported)
{
  g_autofree char *sentence = vav_app_cards_describe (imported);
  GtkWidget *faults = make_list (imported);
  GtkWidget *dialog;

  if (faults == NULL)
    {
      vav_app_window_toast (window, sentence);
      return;
    }
  dialog = adw_message_dialog_new (GTK_WINDOW (window), _ ("Not all could be imported"), sentence);
  adw_message_dialog_set_extra_child (ADW_MESSAGE_DIALOG (dialog), make_scrolled (faults));
  gtk_window_set_destroy_with_parent (GTK_WINDOW (dialog), TRUE);
  adw_message_dialog_add_response (ADW_MESSAGE_DIALOG (dialog), "close", _ ("_Close"));
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "close");
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "close");
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Errand) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (VavPeopleFile) file = g_task_propagate_pointer (G_TASK (result), &error);
  g_autoptr (GPtrArray) imported = NULL;
  VavEndpoint *endpoint;

  if (self->window == NULL || self->host == NULL)
    return;
  endpoint = vav_app_host_get_endpoint (self->host);
  if (file != NULL)
    imported = vav_people_import_cards (get_people (self->host), file, vav_endpoint_get_id (endpoint), &error);
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

/* The task gets no data: the pool's thread may be the one that frees it, and a weak pointer is cleared on the main thread. */
static void
on_import_response (GtkNativeDialog *dialog, int response, Errand *self)
{
  g_autoptr (GtkNativeDialog) held = dialog;
  g_autoptr (GFile) file = take_choice (dialog, response, self);
  g_autoptr (GTask) task = NULL;

  if (file == NULL)
    return;
  task = g_task_new (file, NULL, on_read, errand_new (self->window, self->host));
  g_task_run_in_thread (task, read_file);
}

/* --- export --- */

static void
on_written (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Errand) self = user_data;
  g_autoptr (GError) error = NULL;
  gboolean written = g_file_replace_contents_finish (G_FILE (source), result, NULL, &error);
  g_autofree char *sentence = written ? vav_app_cards_describe_export (self->n) : g_strdup (error->message);

  if (self->window != NULL)
    vav_app_window_toast (self->window, sentence);
}

/* For this user alone: it says who their people are. */
static void
on_export_response (GtkNativeDialog *dialog, int response, Errand *self)
{
  g_autoptr (GtkNativeDialog) held = dialog;
  g_autoptr (GFile) file = take_choice (dialog, response, self);
  g_autoptr (GBytes) bytes = NULL;
  Errand *errand;
  char *text;

  if (file == NULL)
    return;
  errand = errand_new (self->window, self->host);
  text = vav_people_export_cards (get_people (self->host), &errand->n);
  bytes = g_bytes_new_take (text, strlen (text));
  g_file_replace_contents_bytes_async (file, bytes, NULL, FALSE, G_FILE_CREATE_PRIVATE, NULL, on_written, errand);
}

/* --- public functions --- */

void
vav_app_people_files_import (VavAppWindow *window, VavAppHost *host)
{
  choose (window, host,
          gtk_file_chooser_native_new (_ ("Import people"), GTK_WINDOW (window), GTK_FILE_CHOOSER_ACTION_OPEN,
                                       _ ("_Import"), _ ("_Cancel")),
          on_import_response);
}

void
vav_app_people_files_export (VavAppWindow *window, VavAppHost *host)
{
  GtkFileChooserNative *dialog;
  guint n;
  g_autofree char *text = vav_people_export_cards (get_people (host), &n);
  g_autofree char *nobody = n == 0 ? vav_app_cards_describe_export (0) : NULL;

  if (nobody != NULL)
    {
      vav_app_window_toast (window, nobody);
      return;
    }
  dialog = gtk_file_chooser_native_new (_ ("Export people"), GTK_WINDOW (window), GTK_FILE_CHOOSER_ACTION_SAVE,
                                        _ ("_Export"), _ ("_Cancel"));
  /* Translators: the name that a file of people has at first */
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (dialog), _ ("people.vcf"));
  choose (window, host, dialog, on_export_response);
}
