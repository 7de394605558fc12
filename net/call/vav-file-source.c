/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/call/vav-file-source.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "net/signal/vav-digest.h"

#define READ_SIZE (256 * 1024)

struct _VavFileSource
{
  int fd;
  guint64 size;
  gint64 changed;
  guint64 offset;
  VavDigest *digest;
};

static void
fail (GError **error, int code)
{
  g_set_error (error, VAV_ERROR, VAV_ERROR_FILE, _ ("The file cannot be read (%s)."), g_strerror (code));
}

VavFileSource *
vav_file_source_open (const char *path, GError **error)
{
  int fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  VavFileSource *self;
  struct stat status;

  if (fd < 0 || fstat (fd, &status) != 0)
    {
      fail (error, errno);
      if (fd >= 0)
        close (fd);
      return NULL;
    }
  if (!S_ISREG (status.st_mode))
    {
      g_set_error_literal (error, VAV_ERROR, VAV_ERROR_FILE, _ ("Only files can be sent, no folders and no devices."));
      close (fd);
      return NULL;
    }
  self = g_new0 (VavFileSource, 1);
  self->fd = fd;
  self->size = (guint64)status.st_size;
  self->changed = (gint64)status.st_mtim.tv_sec * 1000000000 + status.st_mtim.tv_nsec;
  self->digest = vav_digest_new ();
  (void)posix_fadvise (fd, 0, 0, POSIX_FADV_SEQUENTIAL);
  return self;
}

void
vav_file_source_free (VavFileSource *self)
{
  close (self->fd);
  vav_digest_free (self->digest);
  g_free (self);
}

guint64
vav_file_source_get_size (VavFileSource *self)
{
  return self->size;
}

gint64
vav_file_source_get_changed (VavFileSource *self)
{
  return self->changed;
}

guint64
vav_file_source_get_offset (VavFileSource *self)
{
  return self->offset;
}

gboolean
vav_file_source_skip (VavFileSource *self, guint64 offset, const guint8 *digest, GCancellable *cancellable,
                      GError **error)
{
  g_autofree guint8 *buffer = g_malloc (READ_SIZE);
  guint8 ours[VAV_DIGEST_SIZE];

  while (self->offset < offset)
    {
      if (g_cancellable_set_error_if_cancelled (cancellable, error)
          || vav_file_source_read (self, buffer, MIN (READ_SIZE, offset - self->offset), error) < 0)
        return FALSE;
    }
  vav_digest_peek (self->digest, ours);
  if (memcmp (ours, digest, sizeof ours) == 0)
    return TRUE;
  vav_digest_reset (self->digest);
  self->offset = 0;
  return TRUE;
}

gssize
vav_file_source_read (VavFileSource *self, void *buffer, gsize length, GError **error)
{
  gssize n;

  length = MIN (length, self->size - self->offset);
  if (length == 0)
    return 0;
  do
    n = pread (self->fd, buffer, length, (off_t)self->offset);
  while (n < 0 && errno == EINTR);
  if (n < 0)
    fail (error, errno);
  else if (n == 0)
    g_set_error_literal (error, VAV_ERROR, VAV_ERROR_FILE, _ ("The file was changed while it was sent."));
  if (n <= 0)
    return -1;
  vav_digest_update (self->digest, buffer, (gsize)n);
  self->offset += (gsize)n;
  return n;
}

void
vav_file_source_get_digest (VavFileSource *self, guint8 *digest)
{
  vav_digest_peek (self->digest, digest);
}
