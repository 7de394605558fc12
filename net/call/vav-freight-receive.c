/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "net/call/vav-freight-private.h"
#include "net/signal/vav-digest.h"

/* What may still come of files that were stopped, after the last of these: as much as was on its way. */
#define MAX_LATE (64 * 1024 * 1024)

/* What comes in: all on the pipes' threads. */

typedef struct
{
  VavFreight *freight;
  VavPipe *pipe;
} Link;

static void
link_free (gpointer data)
{
  Link *link = data;

  g_object_unref (link->pipe);
  vav_freight_unref (link->freight);
  g_free (link);
}

static GError *
make_protocol_error (void)
{
  return g_error_new_literal (VAV_ERROR, VAV_ERROR_PROTOCOL, vav_error_describe (VAV_ERROR_PROTOCOL));
}

/* The other side sent what it must not: nothing more is taken from it. */
static void
cut (Link *link)
{
  g_autoptr (GError) error = make_protocol_error ();

  vav_freight_tell_lost (link->freight, error);
  vav_pipe_close (link->pipe);
}

/* NULL: nothing to do with it. */
static VavIncoming *
enter (VavFreight *self, VavPipe *pipe, guint32 id, gsize length, gboolean *wrong)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  VavIncoming *incoming = g_hash_table_lookup (self->incoming, GUINT_TO_POINTER (id));

  /* a file comes by one pipe at a time */
  *wrong = incoming != NULL && incoming->busy;
  if (*wrong)
    return NULL;
  if (incoming != NULL && !self->closing)
    {
      incoming->busy = TRUE;
      g_set_object (&incoming->pipe, pipe);
      return incoming;
    }
  if (!self->closing)
    self->late += length;
  *wrong = id == 0 || id > self->last_incoming || self->late > MAX_LATE;
  return NULL;
}

static void
leave (VavFreight *self, VavIncoming *incoming, gboolean over)
{
  gboolean stopped;

  g_mutex_lock (&self->lock);
  incoming->busy = FALSE;
  stopped = incoming->stopped;
  if (over && !stopped)
    {
      incoming->keep = TRUE;
      g_hash_table_remove (self->incoming, GUINT_TO_POINTER (incoming->id));
    }
  g_mutex_unlock (&self->lock);
  if (over || stopped)
    vav_freight_free_incoming (incoming);
}

/* Whether the file is to get its name: else it was stopped before. */
static gboolean
begin_end (VavFreight *self, VavIncoming *incoming)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  incoming->ending = !incoming->stopped;
  return incoming->ending;
}

/* Whether the file is over. Takes the error. */
static gboolean
fail (VavFreight *self, VavIncoming *incoming, GError *error)
{
  vav_freight_tell_ended (self, TRUE, incoming->id, NULL, NULL, error);
  return TRUE;
}

static gboolean
finish (VavFreight *self, VavIncoming *incoming, const guint8 *digest)
{
  GError *error = NULL;
  char *path;

  if (!begin_end (self, incoming))
    return FALSE;
  path = vav_file_part_finish (incoming->part, digest, &error);
  vav_freight_tell_ended (self, TRUE, incoming->id, path != NULL ? digest : NULL, path, error);
  return TRUE;
}

/* FALSE: that piece may not be. *over: nothing more is to come of the file. */
static gboolean
take_data (VavFreight *self, VavIncoming *incoming, guint64 offset, const guint8 *data, gsize length, gboolean *over)
{
  VavFilePart *part = incoming->part;
  guint64 size = vav_file_part_get_size (part);
  GError *error = NULL;

  if (offset != vav_file_part_get_offset (part))
    {
      if (offset != 0 || incoming->begun)
        return FALSE;
      if (!vav_file_part_restart (part, &error))
        *over = fail (self, incoming, error);
    }
  incoming->begun = TRUE;
  if (*over)
    return TRUE;
  if (offset == size)
    {
      if (length != VAV_DIGEST_SIZE)
        return FALSE;
      *over = finish (self, incoming, data);
      return TRUE;
    }
  if (length == 0 || length > size - offset)
    return FALSE;
  if (!vav_file_part_write (part, data, length, &error))
    *over = fail (self, incoming, error);
  else
    vav_freight_tell_progress (self, TRUE, incoming->id, offset + length, &incoming->told);
  return TRUE;
}

static void
piece_cb (gpointer data, GBytes *bytes)
{
  Link *link = data;
  VavFreight *self = link->freight;
  gsize length;
  const guint8 *piece = g_bytes_get_data (bytes, &length);
  VavIncoming *incoming = NULL;
  gboolean wrong = length < VAV_FREIGHT_HEADER;
  gboolean over = FALSE;
  guint32 id = 0;
  guint64 offset = 0;

  if (!wrong)
    {
      memcpy (&id, piece, sizeof id);
      memcpy (&offset, piece + sizeof id, sizeof offset);
      id = GUINT32_FROM_BE (id);
      offset = GUINT64_FROM_BE (offset);
      incoming = enter (self, link->pipe, id, length, &wrong);
    }
  if (incoming != NULL)
    {
      wrong = !take_data (self, incoming, offset, piece + VAV_FREIGHT_HEADER, length - VAV_FREIGHT_HEADER, &over);
      leave (self, incoming, over);
    }
  if (wrong)
    cut (link);
}

static void
closed_cb (gpointer data, const GError *error)
{
  Link *link = data;

  vav_freight_lose_pipe (link->freight, link->pipe, error);
}

static const VavPipeEvents pipe_events = { piece_cb, closed_cb };

void
vav_freight_listen (VavFreight *self, VavPipe *pipe)
{
  Link *link = g_new (Link, 1);

  *link = (Link){ vav_freight_ref (self), g_object_ref (pipe) };
  vav_pipe_start (pipe, &pipe_events, link, link_free);
}
