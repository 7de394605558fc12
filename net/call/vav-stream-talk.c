/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/call/vav-stream-talk.h"

#include "net/call/vav-courier.h"
#include "net/call/vav-file-private.h"
#include "net/call/vav-recorder.h"
#include "net/call/vav-stream-private.h"

/* What the two people of a call give each other: the stream's side of the courier. */

enum
{
  TEXT,
  TEXT_ACKNOWLEDGED,
  FILE_OFFERED,
  FILE_CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static void
on_text (VavCourier *courier, const char *text, VavStream *self)
{
  vav_recorder_note_text (self->endpoint, self->call, text, TRUE);
  g_signal_emit (self, signals[TEXT], 0, text);
}

static void
on_text_acknowledged (VavCourier *courier, guint64 id, VavStream *self)
{
  g_signal_emit (self, signals[TEXT_ACKNOWLEDGED], 0, id);
}

static void
on_file_offered (VavCourier *courier, VavFile *file, VavStream *self)
{
  g_signal_emit (self, signals[FILE_OFFERED], 0, file);
}

static void
on_file_changed (VavCourier *courier, VavFile *file, VavStream *self)
{
  /* there may be many: not looked for in the list */
  if (!file->listed)
    {
      file->listed = TRUE;
      g_list_store_append (self->files, file);
    }
  vav_recorder_note_file (self->endpoint, self->call, file);
  g_signal_emit (self, signals[FILE_CHANGED], 0, file);
}

static guint
add_signal (const char *name, GType type)
{
  return g_signal_new (name, VAV_TYPE_STREAM, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, type);
}

void
vav_stream_talk_class_init (void)
{
  signals[TEXT] = add_signal ("text", G_TYPE_STRING);
  signals[TEXT_ACKNOWLEDGED] = add_signal ("text-acknowledged", G_TYPE_UINT64);
  signals[FILE_OFFERED] = add_signal ("file-offered", VAV_TYPE_FILE);
  signals[FILE_CHANGED] = add_signal ("file-changed", VAV_TYPE_FILE);
}

void
vav_stream_talk_init (VavStream *self)
{
  self->files = g_list_store_new (VAV_TYPE_FILE);
  self->courier_group = g_signal_group_new (VAV_TYPE_COURIER);
  g_signal_group_connect (self->courier_group, "text", G_CALLBACK (on_text), self);
  g_signal_group_connect (self->courier_group, "text-acknowledged", G_CALLBACK (on_text_acknowledged), self);
  g_signal_group_connect (self->courier_group, "file-offered", G_CALLBACK (on_file_offered), self);
  g_signal_group_connect (self->courier_group, "file-changed", G_CALLBACK (on_file_changed), self);
}

void
vav_stream_talk_set_call (VavStream *self, VavCall *call)
{
  if (call != NULL)
    g_list_store_remove_all (self->files);
  g_signal_group_set_target (self->courier_group, call != NULL ? vav_call_get_courier (call) : NULL);
}

/**
 * vav_stream_send_text:
 * @text: UTF-8, at most VAV_MAX_TEXT bytes
 * @id: (out) (optional): its number, told by `text-acknowledged`
 * @error: VAV_ERROR_CLOSED, VAV_ERROR_NOT_SUPPORTED, VAV_ERROR_TOO_LARGE, VAV_ERROR_FAILED (no UTF-8)
 */
gboolean
vav_stream_send_text (VavStream *self, const char *text, guint64 *id, GError **error)
{
  g_return_val_if_fail (VAV_IS_STREAM (self), FALSE);
  g_return_val_if_fail (text != NULL, FALSE);

  if (self->call != NULL)
    {
      if (!vav_courier_send_text (vav_call_get_courier (self->call), text, id, error))
        return FALSE;
      vav_recorder_note_text (self->endpoint, self->call, text, FALSE);
      return TRUE;
    }
  g_set_error_literal (error, VAV_ERROR, VAV_ERROR_CLOSED, vav_error_describe (VAV_ERROR_CLOSED));
  return FALSE;
}

/* A thread of GTask's pool: a file may lie on a slow disk. */
static void
open_source (GTask *task, gpointer stream, gpointer path, GCancellable *cancellable)
{
  GError *error = NULL;
  VavFileSource *source = vav_file_source_open (path, &error);

  if (source != NULL)
    g_task_return_pointer (task, source, (GDestroyNotify)vav_file_source_free);
  else
    g_task_return_error (task, error);
}

static void
on_opened (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  VavStream *self = VAV_STREAM (object);
  const char *path = g_task_get_task_data (G_TASK (result));
  VavCall *call = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (VavFileSource) source = g_task_propagate_pointer (G_TASK (result), &error);
  VavFile *file = NULL;

  if (source != NULL && call != self->call)
    g_set_error_literal (&error, VAV_ERROR, VAV_ERROR_CLOSED, vav_error_describe (VAV_ERROR_CLOSED));
  else if (source != NULL)
    file = vav_courier_send_file (vav_call_get_courier (call), path, source, &error);
  if (file != NULL)
    g_task_return_pointer (task, file, g_object_unref);
  else
    g_task_return_error (task, error);
}

/**
 * vav_stream_send_file_async:
 * @path: of a plain file
 * @cancellable: (nullable): gives up before it is offered
 *
 * Offers a file to the other side of the present call.
 */
void
vav_stream_send_file_async (VavStream *self, const char *path, GCancellable *cancellable, GAsyncReadyCallback callback,
                            gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  g_autoptr (GTask) opening = NULL;

  g_return_if_fail (VAV_IS_STREAM (self));
  g_return_if_fail (path != NULL);

  g_task_set_source_tag (task, vav_stream_send_file_async);
  if (self->call == NULL)
    {
      g_task_return_new_error (task, VAV_ERROR, VAV_ERROR_CLOSED, "%s", vav_error_describe (VAV_ERROR_CLOSED));
      g_object_unref (task);
      return;
    }
  g_task_set_task_data (task, g_object_ref (self->call), g_object_unref);
  opening = g_task_new (self, cancellable, on_opened, task);
  g_task_set_task_data (opening, g_canonicalize_filename (path, NULL), g_free);
  g_task_run_in_thread (opening, open_source);
}

/**
 * vav_stream_send_file_finish:
 * @error: VAV_ERROR_FILE, VAV_ERROR_CLOSED, VAV_ERROR_NOT_SUPPORTED, VAV_ERROR_TOO_LARGE (too many wait)
 *
 * Returns: (transfer full): the file, as it is offered
 */
VavFile *
vav_stream_send_file_finish (VavStream *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * vav_stream_get_files:
 *
 * Returns: (transfer none): of #VavFile, those of the present or last call in both directions, the oldest first
 */
GListModel *
vav_stream_get_files (VavStream *self)
{
  g_return_val_if_fail (VAV_IS_STREAM (self), NULL);
  return G_LIST_MODEL (self->files);
}
