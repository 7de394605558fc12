/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/cli/vav-cli-give.h"

#include <glib/gi18n.h>

#include "app/cli/vav-cli-status.h"

struct _VavCliGive
{
  const VavCliOptions *options; /* borrowed */
  VavStream *stream;            /* owned */
  guint n_texts;                /* that were given to the library */
  guint64 first_id, last_id;    /* of the first and the last of them */
  GCancellable *cancellable;    /* of what is being offered */
};

/* TRUE: there is room for another. */
static gboolean
send_text (VavCliGive *self, const char *text)
{
  g_autoptr (GError) error = NULL;

  if (vav_stream_send_text (self->stream, text, &self->last_id, &error))
    {
      if (self->n_texts++ == 0)
        self->first_id = self->last_id;
      return TRUE;
    }

  /* too much waits: there is room when what went before has arrived */
  if (g_error_matches (error, VAV_ERROR, VAV_ERROR_TOO_LARGE) && self->last_id > 0)
    return FALSE;

  /* one that cannot be sent is told of; those after it can be sent no more than it */
  vav_cli_complain (error->message);
  self->n_texts = self->options->texts->len;
  return FALSE;
}

static void
send_texts (VavCliGive *self)
{
  while (self->n_texts < self->options->texts->len
         && send_text (self, g_ptr_array_index (self->options->texts, self->n_texts)))
    ;
}

/* Ids count up by one, and nobody else writes in this call. */
static void
tell_arrived (VavCliGive *self, guint64 id)
{
  g_autofree char *text = NULL;

  if (self->options->json || id < self->first_id || id - self->first_id >= self->n_texts)
    return;
  text = vav_cli_printable (g_ptr_array_index (self->options->texts, id - self->first_id));
  g_print (_ ("It arrived: %s\n"), text);
}

static void
on_text_acknowledged (VavStream *stream, guint64 id, VavCliGive *self)
{
  tell_arrived (self, id);
  if (id == self->last_id)
    send_texts (self);
}

static void
on_offered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (VavFile) file = vav_stream_send_file_finish (VAV_STREAM (source), result, &error);

  if (file == NULL && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    vav_cli_complain (error->message);
}

void
vav_cli_give_start (VavCliGive *self)
{
  send_texts (self);
  for (guint i = 0; i < self->options->files->len; i++)
    vav_stream_send_file_async (self->stream, g_ptr_array_index (self->options->files, i), self->cancellable,
                                on_offered, NULL);
}

VavCliGive *
vav_cli_give_new (const VavCliOptions *options, VavStream *stream)
{
  VavCliGive *self = g_new0 (VavCliGive, 1);

  self->options = options;
  self->stream = g_object_ref (stream);
  self->cancellable = g_cancellable_new ();
  g_signal_connect (stream, "text-acknowledged", G_CALLBACK (on_text_acknowledged), self);

  return self;
}

void
vav_cli_give_free (VavCliGive *self)
{
  g_cancellable_cancel (self->cancellable);
  g_object_unref (self->cancellable);
  g_signal_handlers_disconnect_by_data (self->stream, self);
  g_object_unref (self->stream);
  g_free (self);
}
