/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/cli/vav-cli-ask.h"

#include <gio/gunixinputstream.h>
#include <glib/gi18n.h>
#include <string.h>
#include <unistd.h>

#include "app/cli/vav-cli-status.h"

struct _VavCliAsk
{
  gboolean json;
  GBytes *data; /* (nullable) */
  GDataInputStream *input;
  GCancellable *cancellable;
  GQueue requests; /* element-type VavRequest, owned: that wait for a decision */
  gboolean reading;
  gboolean at_end;
};

static const char how[] = N_ ("Write “accept” or “reject”, and after a space data of at most 64 KiB if you like.");

static void read_next (VavCliAsk *self);

static void
on_settled (VavRequest *request, VavReason reason, VavCliAsk *self)
{
  GList *link = g_queue_find (&self->requests, request);

  if (link == NULL)
    return;

  g_signal_handlers_disconnect_by_data (request, self);
  g_queue_delete_link (&self->requests, link);
  g_object_unref (request);
}

static void
refuse_all (VavCliAsk *self)
{
  if (!g_queue_is_empty (&self->requests))
    vav_cli_complain (_ ("There is nothing more to read from stdin, so the call is refused."));
  while (!g_queue_is_empty (&self->requests))
    {
      VavRequest *request = g_queue_pop_head (&self->requests);

      g_signal_handlers_disconnect_by_data (request, self);
      vav_request_reject (request, VAV_REASON_REFUSED, self->data);
      g_object_unref (request);
    }
}

/* A decision and data after one space. FALSE if it is neither. */
static gboolean
decide (VavCliAsk *self, VavRequest *request, const char *line)
{
  const char *space = strchr (line, ' ');
  gsize length = space != NULL ? (gsize)(space - line) : strlen (line);
  g_autoptr (GBytes) data = NULL;

  if (space != NULL && strlen (space + 1) > VAV_MAX_DATA)
    return FALSE;
  if (space != NULL)
    data = g_bytes_new (space + 1, strlen (space + 1));
  else if (self->data != NULL)
    data = g_bytes_ref (self->data);

  if (length == strlen ("accept") && strncmp (line, "accept", length) == 0)
    vav_request_accept (request, VAV_FLOW_ALL, data);
  else if (length == strlen ("reject") && strncmp (line, "reject", length) == 0)
    vav_request_reject (request, VAV_REASON_DECLINED, data);
  else
    return FALSE;

  return TRUE;
}

static void
take_line (VavCliAsk *self, const char *line)
{
  g_autoptr (VavRequest) request = g_queue_pop_head (&self->requests);

  if (request == NULL)
    {
      vav_cli_complain (_ ("Nobody is waiting for an answer any more."));
      return;
    }

  g_signal_handlers_disconnect_by_data (request, self);
  if (!decide (self, request, line))
    {
      vav_cli_complain (_ (how));
      g_signal_connect (request, "settled", G_CALLBACK (on_settled), self);
      g_queue_push_head (&self->requests, g_steal_pointer (&request));
    }
}

static void
on_line (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *line = g_data_input_stream_read_line_finish (G_DATA_INPUT_STREAM (source), result, NULL, &error);
  VavCliAsk *self;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  self = user_data;
  self->reading = FALSE;
  if (line == NULL)
    {
      self->at_end = TRUE;
      refuse_all (self);
      return;
    }

  take_line (self, line);
  read_next (self);
}

static void
read_next (VavCliAsk *self)
{
  if (self->reading || g_queue_is_empty (&self->requests))
    return;

  self->reading = TRUE;
  g_data_input_stream_read_line_async (self->input, G_PRIORITY_DEFAULT, self->cancellable, on_line, self);
}

void
vav_cli_ask_add (VavCliAsk *self, VavRequest *request)
{
  g_queue_push_tail (&self->requests, g_object_ref (request));
  g_signal_connect (request, "settled", G_CALLBACK (on_settled), self);

  if (self->at_end)
    {
      refuse_all (self);
      return;
    }
  if (!self->json)
    g_print ("%s\n", _ (how));
  read_next (self);
}

VavCliAsk *
vav_cli_ask_new (GBytes *data, gboolean json)
{
  VavCliAsk *self = g_new0 (VavCliAsk, 1);
  g_autoptr (GInputStream) input = g_unix_input_stream_new (STDIN_FILENO, FALSE);

  self->json = json;
  self->data = data != NULL ? g_bytes_ref (data) : NULL;
  self->input = g_data_input_stream_new (input);
  self->cancellable = g_cancellable_new ();
  g_queue_init (&self->requests);

  return self;
}

void
vav_cli_ask_free (VavCliAsk *self)
{
  g_cancellable_cancel (self->cancellable);
  while (!g_queue_is_empty (&self->requests))
    on_settled (g_queue_peek_head (&self->requests), VAV_REASON_NONE, self);

  g_clear_pointer (&self->data, g_bytes_unref);
  g_object_unref (self->input);
  g_object_unref (self->cancellable);
  g_free (self);
}
