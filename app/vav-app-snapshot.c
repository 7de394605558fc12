/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/vav-app-snapshot.h"

#include <glib/gi18n.h>
#include <string.h>

#include "app/vav-app-paths.h"

#define MAX_NAME 64 /* characters of the person's name; a file's name has 255 bytes */
#define TOLD_SECONDS                                                                                                   \
  8 /* it is read, and pressed, in the middle of something else; what went wrong stays until it was read */
#define MAX_TRIES 1000 /* so many pictures within one second */

typedef struct
{
  GdkTexture *picture;
  char *stem; /* the file's name without ".png" */
  char *folder;
} Job;

static void
job_free (Job *job)
{
  g_object_unref (job->picture);
  g_free (job->stem);
  g_free (job->folder);
  g_free (job);
}

/* Other people choose their names: what a file system, a shell or a file manager could read as something else becomes a blank. */
char *
vav_app_snapshot_clean (const char *name)
{
  g_autofree char *valid = g_utf8_make_valid (name != NULL ? name : "", -1);
  GString *text = g_string_new (NULL);
  guint length = 0;

  for (const char *at = valid; *at != '\0' && length < MAX_NAME; at = g_utf8_next_char (at), length++)
    {
      gunichar letter = g_utf8_get_char (at);
      gboolean fits = g_unichar_isprint (letter) && (letter > 127 || strchr ("/\\:*?\"<>|$`", (int)letter) == NULL);

      g_string_append_unichar (text, fits ? letter : ' ');
    }
  g_string_erase (text, 0, (gssize)strspn (text->str, ". "));
  while (text->len > 0 && text->str[text->len - 1] == ' ')
    g_string_truncate (text, text->len - 1);
  if (text->len == 0)
    g_string_assign (text, _ ("Call"));
  return g_string_free (text, FALSE);
}

/* Returns: (nullable): a file that did not exist before, open for writing */
static GFileOutputStream *
create (Job *job, GFile **file, GError **error)
{
  for (guint i = 1; i <= MAX_TRIES; i++)
    {
      g_autofree char *name
          = i == 1 ? g_strconcat (job->stem, ".png", NULL) : g_strdup_printf ("%s (%u).png", job->stem, i);
      g_autoptr (GError) failure = NULL;
      g_autoptr (GFile) candidate = g_file_new_build_filename (job->folder, name, NULL);
      GFileOutputStream *stream = g_file_create (candidate, G_FILE_CREATE_PRIVATE, NULL, &failure);

      if (stream != NULL)
        {
          *file = g_steal_pointer (&candidate);
          return stream;
        }
      if (i == MAX_TRIES || !g_error_matches (failure, G_IO_ERROR, G_IO_ERROR_EXISTS))
        {
          g_propagate_error (error, g_steal_pointer (&failure));
          return NULL;
        }
    }
  return NULL;
}

static gboolean
write_whole (GFileOutputStream *stream, GBytes *png, GError **error)
{
  gsize size;
  const void *data = g_bytes_get_data (png, &size);

  return g_output_stream_write_all (G_OUTPUT_STREAM (stream), data, size, NULL, NULL, error)
         && g_output_stream_close (G_OUTPUT_STREAM (stream), NULL, error);
}

/* In a thread of GIO's pool: packing 1280 × 720 pixels takes a tenth of a second. */
static void
save (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Job *job = data;
  g_autoptr (GBytes) png = gdk_texture_save_to_png_bytes (job->picture);
  g_autoptr (GFile) folder = g_file_new_for_path (job->folder);
  g_autoptr (GFileOutputStream) stream = NULL;
  g_autoptr (GFile) file = NULL;
  g_autoptr (GError) error = NULL;

  if (!g_file_make_directory_with_parents (folder, NULL, &error)
      && g_error_matches (error, G_IO_ERROR, G_IO_ERROR_EXISTS))
    g_clear_error (&error);
  if (error == NULL)
    stream = create (job, &file, &error);
  if (stream != NULL && !write_whole (stream, png, &error))
    g_file_delete (file, NULL, NULL);
  if (error != NULL)
    g_task_return_error (task, g_steal_pointer (&error));
  else
    g_task_return_pointer (task, g_steal_pointer (&file), g_object_unref);
}

static char *
dup_folder (void)
{
  g_autofree char *pictures = vav_app_paths_dup_folder (G_USER_DIRECTORY_PICTURES);

  return g_build_filename (pictures, "Visavis", NULL);
}

void
vav_app_snapshot_save_async (GdkTexture *picture, const char *name, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, callback, user_data);
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *when = g_date_time_format (now, "%Y-%m-%d %H-%M-%S");
  g_autofree char *clean = vav_app_snapshot_clean (name);
  Job *job = g_new0 (Job, 1);

  job->picture = g_object_ref (picture);
  job->stem = g_strdup_printf ("%s %s", clean, when);
  job->folder = dup_folder ();
  g_task_set_task_data (task, job, (GDestroyNotify)job_free);
  g_task_run_in_thread (task, save);
}

GFile *
vav_app_snapshot_save_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* --- telling of it --- */

static void
on_open_folder (AdwToast *toast, GFile *folder)
{
  g_autofree char *uri = g_file_get_uri (folder);

  g_app_info_launch_default_for_uri_async (uri, NULL, NULL, NULL, NULL);
}

static void
add_toast (AdwToastOverlay *overlay, const char *sentence, GFile *file)
{
  g_autofree char *escaped = g_markup_escape_text (sentence, -1);
  AdwToast *toast = adw_toast_new (escaped);

  adw_toast_set_timeout (toast, file != NULL ? TOLD_SECONDS : 0);
  if (file != NULL)
    {
      adw_toast_set_button_label (toast, _ ("Open folder"));
      g_signal_connect_data (toast, "button-clicked", G_CALLBACK (on_open_folder), g_file_get_parent (file),
                             (GClosureNotify)(void (*) (void))g_object_unref, 0);
    }
  adw_toast_overlay_add_toast (overlay, toast);
}

static void
on_saved (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (AdwToastOverlay) overlay = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GFile) file = vav_app_snapshot_save_finish (result, &error);
  g_autofree char *sentence = NULL;

  if (file == NULL)
    /* Translators: why a file could not be written */
    sentence = g_strdup_printf (_ ("The picture could not be saved. %s"), error->message);
  add_toast (overlay, sentence != NULL ? sentence : _ ("Picture saved"), file);
}

void
vav_app_snapshot_keep (GdkTexture *picture, const char *name, AdwToastOverlay *overlay)
{
  vav_app_snapshot_save_async (picture, name, on_saved, g_object_ref (overlay));
}
