/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/call/vav-freight-private.h"

#include <string.h>

#include "net/core/vav-quiet.h"
#include "net/signal/vav-digest.h"

#define MAX_PIECE (256 * 1024)
#define PROGRESS_US (G_USEC_PER_SEC / 10)

/* telling: any thread */

typedef struct
{
  const VavFreightEvents *events;
  gboolean incoming;
  guint32 file;
  guint64 transferred;
  char *sha256;
  char *path;
  GError *error;
} Note;

static void
note_free (gpointer data)
{
  Note *note = data;

  g_free (note->sha256);
  g_free (note->path);
  g_clear_error (&note->error);
  g_free (note);
}

static void
tell_progress_cb (gpointer owner, gpointer data)
{
  Note *note = data;

  note->events->progress (owner, note->incoming, note->file, note->transferred);
}

static void
tell_ended_cb (gpointer owner, gpointer data)
{
  Note *note = data;

  note->events->ended (owner, note->incoming, note->file, note->sha256, note->path, note->error);
}

static void
tell_lost_cb (gpointer owner, gpointer data)
{
  Note *note = data;

  note->events->lost (owner, note->error);
}

static Note *
note_new (VavFreight *self, gboolean incoming, guint32 file)
{
  Note *note = g_new0 (Note, 1);

  note->events = self->events;
  note->incoming = incoming;
  note->file = file;
  return note;
}

void
vav_freight_tell_progress (VavFreight *self, gboolean incoming, guint32 file, guint64 transferred, gint64 *told)
{
  gint64 now = g_get_monotonic_time ();
  Note *note;

  if (now - *told < PROGRESS_US)
    return;
  *told = now;
  note = note_new (self, incoming, file);
  note->transferred = transferred;
  vav_hop_post (self->hop, tell_progress_cb, note, note_free);
}

/* Takes path and error. */
void
vav_freight_tell_ended (VavFreight *self, gboolean incoming, guint32 file, const guint8 *digest, char *path,
                        GError *error)
{
  Note *note = note_new (self, incoming, file);

  note->sha256 = digest != NULL ? vav_digest_to_hex (digest) : NULL;
  note->path = path;
  note->error = error;
  vav_hop_post (self->hop, tell_ended_cb, note, note_free);
}

void
vav_freight_tell_lost (VavFreight *self, const GError *error)
{
  Note *note = note_new (self, FALSE, 0);

  note->error = error != NULL ? g_error_copy (error) : NULL;
  vav_hop_post (self->hop, tell_lost_cb, note, note_free);
}

/* life */

VavFreight *
vav_freight_ref (VavFreight *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
vav_freight_unref (gpointer data)
{
  VavFreight *self = data;

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_hash_table_unref (self->outgoing);
  g_hash_table_unref (self->incoming);
  g_ptr_array_unref (self->pipes);
  vav_hop_unref (self->hop);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->changed);
  if (self->gone != NULL)
    self->gone (self->gone_data);
  g_free (self);
}

static void
outgoing_free (VavOutgoing *outgoing)
{
  g_clear_pointer (&outgoing->source, vav_file_source_free);
  g_clear_object (&outgoing->pipe);
  g_free (outgoing);
}

gpointer
vav_freight_free_incoming (gpointer data)
{
  VavIncoming *incoming = data;

  vav_file_part_free (incoming->part, incoming->keep);
  g_clear_object (&incoming->pipe);
  g_free (incoming);
  return NULL;
}

/* sending: the sender's thread */

/* NULL: it is over. */
static VavOutgoing *
next_outgoing (VavFreight *self, VavPipe **pipe)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  VavOutgoing *outgoing;

  while (!self->closing && (self->pipes->len == 0 || g_queue_is_empty (&self->round)))
    g_cond_wait (&self->changed, &self->lock);
  if (self->closing)
    return NULL;
  *pipe = g_object_ref (self->pipes->pdata[0]);
  outgoing = g_queue_pop_head (&self->round);
  g_set_object (&outgoing->pipe, *pipe);
  outgoing->busy = TRUE;
  return outgoing;
}

/* The next piece of the file, or its digest if all was read. NULL: error. */
static GBytes *
make_piece (VavOutgoing *outgoing, gsize max, guint8 *digest, gboolean *last, GError **error)
{
  g_autofree guint8 *piece = g_malloc (max);
  guint64 offset = vav_file_source_get_offset (outgoing->source);
  guint32 id = GUINT32_TO_BE (outgoing->id);
  guint64 at = GUINT64_TO_BE (offset);
  gssize n;

  memcpy (piece, &id, sizeof id);
  memcpy (piece + sizeof id, &at, sizeof at);
  *last = offset == vav_file_source_get_size (outgoing->source);
  if (*last)
    {
      vav_file_source_get_digest (outgoing->source, digest);
      memcpy (piece + VAV_FREIGHT_HEADER, digest, VAV_DIGEST_SIZE);
      n = VAV_DIGEST_SIZE;
    }
  else
    n = vav_file_source_read (outgoing->source, piece + VAV_FREIGHT_HEADER, max - VAV_FREIGHT_HEADER, error);
  return n >= 0 ? g_bytes_new_take (g_steal_pointer (&piece), VAV_FREIGHT_HEADER + (gsize)n) : NULL;
}

/* Under lock. Whether it is nobody's any more; else the sender is in it, and frees it. */
static gboolean
take_out (VavFreight *self, VavOutgoing *outgoing)
{
  outgoing->stopped = TRUE;
  g_hash_table_remove (self->outgoing, GUINT_TO_POINTER (outgoing->id));
  g_queue_remove (&self->round, outgoing);
  return !outgoing->busy;
}

/* Under lock. Without those that have all come: their own end is told. */
static GArray *
find_bound (GHashTable *table, gboolean incoming, VavPipe *pipe)
{
  GArray *ids = g_array_new (FALSE, FALSE, sizeof (guint32));
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, table);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      VavIncoming *in = value;
      VavOutgoing *out = value;
      guint32 id = incoming ? in->id : out->id;

      if ((incoming ? in->pipe : out->pipe) == pipe && !(incoming && in->ending))
        g_array_append_val (ids, id);
    }
  return ids;
}

static void
tell_reset (VavFreight *self, gboolean incoming, GArray *ids)
{
  for (guint i = 0; i < ids->len; i++)
    vav_freight_tell_ended (self, incoming, g_array_index (ids, guint32, i), NULL, NULL,
                            g_error_new_literal (VAV_ERROR, VAV_ERROR_RESET, vav_error_describe (VAV_ERROR_RESET)));
}

/* Files that began on a pipe end with it: on another one the other side would not know their beginning. Returns whether the pipe was in use. */
static gboolean
cut_bound (VavFreight *self, VavPipe *pipe)
{
  g_autoptr (GArray) incoming = NULL;
  g_autoptr (GArray) outgoing = NULL;
  gboolean used;

  g_mutex_lock (&self->lock);
  used = g_ptr_array_remove (self->pipes, pipe);
  incoming = find_bound (self->incoming, TRUE, pipe);
  outgoing = find_bound (self->outgoing, FALSE, pipe);
  for (guint i = 0; i < outgoing->len; i++)
    {
      VavOutgoing *out = g_hash_table_lookup (self->outgoing, GUINT_TO_POINTER (g_array_index (outgoing, guint32, i)));

      if (take_out (self, out))
        outgoing_free (out);
    }
  g_mutex_unlock (&self->lock);
  tell_reset (self, TRUE, incoming);
  tell_reset (self, FALSE, outgoing);
  return used;
}

void
vav_freight_lose_pipe (VavFreight *self, VavPipe *pipe, const GError *error)
{
  gboolean used = cut_bound (self, pipe);

  /* the sender may have seen the pipe end before its reader told why */
  if (used || g_error_matches (error, VAV_ERROR, VAV_ERROR_PROTOCOL))
    vav_freight_tell_lost (self, error);
}

/* Whether there is more of the file to come. */
static gboolean
send_piece (VavFreight *self, VavOutgoing *outgoing, VavPipe *pipe)
{
  g_autoptr (GError) error = NULL;
  guint8 digest[VAV_DIGEST_SIZE];
  gboolean last;
  g_autoptr (GBytes) piece
      = make_piece (outgoing, MIN (vav_pipe_get_max_piece (pipe), MAX_PIECE), digest, &last, &error);

  if (piece == NULL)
    {
      vav_freight_tell_ended (self, FALSE, outgoing->id, NULL, NULL, g_steal_pointer (&error));
      return FALSE;
    }
  if (!vav_pipe_send (pipe, piece, NULL))
    {
      vav_freight_lose_pipe (self, pipe, NULL);
      vav_pipe_close (pipe); /* nobody else would, while the other side holds its half open */
      return FALSE;
    }
  if (last)
    {
      vav_freight_tell_ended (self, FALSE, outgoing->id, digest, NULL, NULL);
      g_clear_pointer (&outgoing->source, vav_file_source_free);
    }
  else
    vav_freight_tell_progress (self, FALSE, outgoing->id, vav_file_source_get_offset (outgoing->source),
                               &outgoing->told);
  return !last;
}

static gpointer
run_sender (gpointer data)
{
  VavFreight *self = data;
  VavOutgoing *outgoing;
  VavPipe *pipe = NULL;

  while ((outgoing = next_outgoing (self, &pipe)) != NULL)
    {
      gboolean more = send_piece (self, outgoing, pipe);
      gboolean stopped;

      g_clear_object (&pipe);
      g_mutex_lock (&self->lock);
      outgoing->busy = FALSE;
      stopped = outgoing->stopped || self->closing;
      if (!stopped && more)
        g_queue_push_tail (&self->round, outgoing);
      else if (!stopped && outgoing->source != NULL)
        stopped = take_out (self, outgoing); /* it could not be read */
      g_mutex_unlock (&self->lock);
      if (stopped)
        outgoing_free (outgoing);
    }
  vav_freight_unref (self);
  return NULL;
}

/* public functions */

VavFreight *
vav_freight_new (const VavFreightEvents *events, gpointer owner, GDestroyNotify gone, gpointer gone_data)
{
  VavFreight *self = g_new0 (VavFreight, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->events = events;
  self->hop = vav_hop_new (owner);
  self->gone = gone;
  self->gone_data = gone_data;
  g_mutex_init (&self->lock);
  g_cond_init (&self->changed);
  self->pipes = g_ptr_array_new_with_free_func (g_object_unref);
  self->outgoing = g_hash_table_new (NULL, NULL);
  self->incoming = g_hash_table_new (NULL, NULL);
  return self;
}

/* What a thread is in frees itself when it is back. */
static GList *
take_all (VavFreight *self)
{
  GList *parts = NULL;
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->incoming);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      VavIncoming *incoming = value;

      incoming->stopped = TRUE;
      incoming->keep = TRUE;
      if (!incoming->busy)
        parts = g_list_prepend (parts, incoming);
    }
  g_hash_table_iter_init (&iter, self->outgoing);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      VavOutgoing *outgoing = value;

      outgoing->stopped = TRUE;
      if (!outgoing->busy)
        outgoing_free (outgoing);
    }
  g_queue_clear (&self->round);
  g_hash_table_remove_all (self->incoming);
  g_hash_table_remove_all (self->outgoing);
  return parts;
}

void
vav_freight_close (VavFreight *self)
{
  g_autoptr (GPtrArray) pipes = g_ptr_array_new_with_free_func (g_object_unref);
  GList *parts;

  g_mutex_lock (&self->lock);
  self->closing = TRUE;
  parts = take_all (self);
  g_ptr_array_extend_and_steal (pipes, g_steal_pointer (&self->pipes));
  self->pipes = g_ptr_array_new_with_free_func (g_object_unref);
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->lock);

  for (guint i = 0; i < pipes->len; i++)
    vav_pipe_close (pipes->pdata[i]);
  while (parts != NULL)
    {
      vav_freight_free_incoming (parts->data);
      parts = g_list_delete_link (parts, parts);
    }
  vav_freight_unref (self);
}

void
vav_freight_use (VavFreight *self, VavPipe *pipe)
{
  g_mutex_lock (&self->lock);
  if (!self->closing)
    g_ptr_array_add (self->pipes, g_object_ref (pipe));
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->lock);
}

void
vav_freight_forget_pipes (VavFreight *self)
{
  g_autoptr (GPtrArray) pipes = NULL;

  g_mutex_lock (&self->lock);
  pipes = g_ptr_array_copy (self->pipes, (GCopyFunc)g_object_ref, NULL);
  g_mutex_unlock (&self->lock);
  g_ptr_array_set_free_func (pipes, g_object_unref);
  for (guint i = 0; i < pipes->len; i++)
    {
      cut_bound (self, pipes->pdata[i]);
      vav_pipe_close (pipes->pdata[i]);
    }
}

void
vav_freight_send (VavFreight *self, guint32 file, VavFileSource *source)
{
  VavOutgoing *outgoing = g_new0 (VavOutgoing, 1);
  gboolean start;

  outgoing->id = file;
  outgoing->source = source;
  g_mutex_lock (&self->lock);
  g_hash_table_insert (self->outgoing, GUINT_TO_POINTER (file), outgoing);
  g_queue_push_tail (&self->round, outgoing);
  start = !self->sending;
  self->sending = TRUE;
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->lock);
  if (start)
    g_thread_unref (vav_quiet_thread_new ("vav-file-send", run_sender, vav_freight_ref (self)));
}

void
vav_freight_receive (VavFreight *self, guint32 file, VavFilePart *part)
{
  VavIncoming *incoming = g_new0 (VavIncoming, 1);

  incoming->id = file;
  incoming->part = part;
  g_mutex_lock (&self->lock);
  g_hash_table_insert (self->incoming, GUINT_TO_POINTER (file), incoming);
  self->last_incoming = MAX (self->last_incoming, file);
  g_mutex_unlock (&self->lock);
}

static void
stop_outgoing (VavFreight *self, guint32 file)
{
  VavOutgoing *outgoing;

  g_mutex_lock (&self->lock);
  outgoing = g_hash_table_lookup (self->outgoing, GUINT_TO_POINTER (file));
  if (outgoing != NULL && !take_out (self, outgoing))
    outgoing = NULL;
  g_mutex_unlock (&self->lock);
  if (outgoing != NULL)
    outgoing_free (outgoing);
}

static gboolean
stop_incoming (VavFreight *self, guint32 file, gboolean keep)
{
  VavIncoming *incoming;
  gboolean stopped;
  gboolean ours = FALSE;

  g_mutex_lock (&self->lock);
  self->late = 0;
  incoming = g_hash_table_lookup (self->incoming, GUINT_TO_POINTER (file));
  stopped = incoming != NULL && !incoming->ending;
  if (stopped)
    {
      incoming->stopped = TRUE;
      incoming->keep = keep;
      g_hash_table_remove (self->incoming, GUINT_TO_POINTER (file));
      ours = !incoming->busy;
    }
  g_mutex_unlock (&self->lock);
  if (ours && keep)
    vav_freight_free_incoming (incoming);
  else if (ours) /* to remove a large file takes time */
    g_thread_unref (vav_quiet_thread_new ("vav-file-stop", vav_freight_free_incoming, incoming));
  return stopped;
}

gboolean
vav_freight_stop (VavFreight *self, gboolean incoming, guint32 file, gboolean keep)
{
  if (incoming)
    return stop_incoming (self, file, keep);
  stop_outgoing (self, file);
  return TRUE;
}
