/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <glib/gi18n-lib.h>

#include "net/call/vav-courier-private.h"
#include "net/call/vav-file-private.h"
#include "net/core/vav-quiet.h"
#include "net/signal/vav-digest.h"

/* Making files ready to run, on a thread of its own for each, as a large part may have to be read through. */

typedef struct
{
  VavHop *hop; /* to the courier */
  VavFile *file;
  GCancellable *cancellable;
  char *folder;
  char *name;
  char *peer_id;
  char *path;
  guint64 size;
  gint64 changed;
  guint64 offset;
  char *digest;

  VavFilePart *part;
  VavFileSource *source;
  GError *error;
} Job;

static void
job_free (gpointer data)
{
  Job *job = data;

  if (job->part != NULL)
    vav_file_part_free (job->part, TRUE);
  g_clear_pointer (&job->source, vav_file_source_free);
  g_clear_error (&job->error);
  g_object_unref (job->cancellable);
  g_object_unref (job->file);
  vav_hop_unref (job->hop);
  g_free (job->folder);
  g_free (job->name);
  g_free (job->peer_id);
  g_free (job->path);
  g_free (job->digest);
  g_free (job);
}

static void
open_source (Job *job)
{
  guint8 digest[VAV_DIGEST_SIZE];

  job->source = vav_file_source_open (job->path, &job->error);
  if (job->source == NULL)
    return;
  if (vav_file_source_get_size (job->source) != job->size || vav_file_source_get_changed (job->source) != job->changed)
    g_set_error_literal (&job->error, VAV_ERROR, VAV_ERROR_FILE, _ ("The file was changed since it was offered."));
  else if (job->offset > 0 && vav_digest_from_hex (job->digest, digest))
    vav_file_source_skip (job->source, job->offset, digest, job->cancellable, &job->error);
}

static void ready_cb (gpointer owner, gpointer data);

/* Its own thread. The file is only kept. */
static gpointer
run_job (gpointer data)
{
  Job *job = data;
  g_autoptr (VavHop) hop = vav_hop_ref (job->hop);

  if (job->folder != NULL)
    job->part = vav_file_part_open (job->folder, job->name, job->size, job->peer_id, job->cancellable, &job->error);
  else
    open_source (job);
  vav_hop_post (hop, ready_cb, job, job_free);
  return NULL;
}

void
vav_courier_make_ready (VavCourier *self, VavFile *file)
{
  Job *job = g_new0 (Job, 1);

  file->making_ready = g_cancellable_new ();
  job->hop = vav_hop_ref (self->hop);
  job->file = g_object_ref (file);
  job->cancellable = g_object_ref (file->making_ready);
  job->folder = g_strdup (file->folder);
  job->name = g_strdup (file->name);
  job->peer_id = g_strdup (vav_channel_get_peer_id (self->call->channel));
  job->path = g_strdup (file->path);
  job->size = file->size;
  job->changed = file->changed;
  job->offset = file->offset;
  job->digest = g_strdup (file->digest);
  g_thread_unref (vav_quiet_thread_new ("vav-file-ready", run_job, job));
}

static void
say_accept (VavCourier *self, VavFile *file, VavFilePart *part)
{
  g_autoptr (VavMessage) message = vav_message_new (VAV_MESSAGE_FILE_ACCEPT);
  guint64 offset = vav_file_part_get_offset (part);
  guint8 digest[VAV_DIGEST_SIZE];
  g_autofree char *hex = NULL;

  vav_message_set_uint (message, "file", file->id);
  vav_message_set_uint (message, "offset", offset);
  vav_file_part_get_digest (part, digest);
  hex = vav_digest_to_hex (digest);
  if (offset > 0)
    vav_message_set_string (message, "digest", hex);
  vav_courier_send (self, message, NULL);
}

static void
ready_cb (gpointer owner, gpointer data)
{
  VavCourier *self = owner;
  Job *job = data;
  VavFile *file = job->file;
  guint64 at;

  if (self->call == NULL || file->state != VAV_FILE_STATE_ACCEPTED)
    return;
  if (job->error == NULL && file->incoming && vav_call_has_said_goodbye (self->call))
    return; /* it is too late to say that it may come */
  if (job->error != NULL)
    {
      vav_courier_fail_file (self, file, g_steal_pointer (&job->error));
      return;
    }
  vav_courier_ensure_freight (self);
  if (file->incoming)
    {
      at = vav_file_part_get_offset (job->part);
      say_accept (self, file, job->part);
      vav_freight_receive (self->freight, file->id, g_steal_pointer (&job->part));
      file->coming = TRUE;
    }
  else
    {
      at = vav_file_source_get_offset (job->source);
      vav_freight_send (self->freight, file->id, g_steal_pointer (&job->source));
    }
  vav_file_set_transferred (file, at);
  if (file->state != VAV_FILE_STATE_ACCEPTED)
    return; /* whoever heard of that cancelled it, or ended the call */
  vav_courier_set_file_state (self, file, VAV_FILE_STATE_RUNNING, NULL);
  vav_courier_ensure_path (self);
}
