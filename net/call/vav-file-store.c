/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/call/vav-file-store.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "net/call/vav-file-name.h"

#define MARK_LENGTH 8
#define PART_SUFFIX ".part"
#define MAX_CLEAN (VAV_FILE_NAME_MAX - 1 - MARK_LENGTH - sizeof PART_SUFFIX + 1)
#define MAX_NUMBER 10000
#define READ_SIZE (256 * 1024)

struct _VavFileStore
{
  char *folder;
  char *name; /* cleaned */
  char *part;
  int folder_fd; /* what happens to the path meanwhile does not matter */
  int fd;
  guint64 size;
  guint64 offset;
  gboolean ours; /* locked: no other store writes it */
  gboolean finished;
};

static gboolean
fail (GError **error, int number)
{
  if (number == ENOSPC || number == EDQUOT || number == EFBIG)
    g_set_error_literal (error, VAV_ERROR, VAV_ERROR_NO_SPACE, vav_error_describe (VAV_ERROR_NO_SPACE));
  else
    g_set_error (error, VAV_ERROR, VAV_ERROR_FAILED, _ ("The file cannot be written: %s."), g_strerror (number));

  return FALSE;
}

static char *
make_part_name (const char *name, guint64 size, const char *peer_id)
{
  g_autofree char *key = g_strdup_printf ("%s\n%" G_GUINT64_FORMAT "\n%s", peer_id, size, name);
  g_autofree char *mark = g_compute_checksum_for_string (G_CHECKSUM_SHA256, key, -1);

  mark[MARK_LENGTH] = '\0';

  return g_strconcat (name, ".", mark, PART_SUFFIX, NULL);
}

/* The file must be ours, a plain one, and nobody else's at this moment. */
static gboolean
check_part (VavFileStore *self, GError **error)
{
  struct stat status;

  if (fstat (self->fd, &status) < 0)
    return fail (error, errno);
  if (!S_ISREG (status.st_mode) || status.st_uid != geteuid () || status.st_nlink != 1)
    return fail (error, EEXIST);
  if (flock (self->fd, LOCK_EX | LOCK_NB) < 0)
    {
      g_set_error_literal (error, VAV_ERROR, VAV_ERROR_BUSY, _ ("This file is being received already."));
      return FALSE;
    }
  self->ours = TRUE;
  if (fchmod (self->fd, S_IRUSR | S_IWUSR) < 0)
    return fail (error, errno);

  self->offset = (guint64)status.st_size;
  if (self->offset > self->size)
    return vav_file_store_restart (self, error);
  if (lseek (self->fd, (off_t)self->offset, SEEK_SET) < 0)
    return fail (error, errno);

  return TRUE;
}

static gboolean
check_space (VavFileStore *self, GError **error)
{
  struct statvfs space;

  if (fstatvfs (self->folder_fd, &space) < 0)
    return TRUE; /* writing will tell */
  if ((guint64)space.f_bavail * space.f_frsize < self->size - self->offset)
    return fail (error, ENOSPC);

  return TRUE;
}

static gboolean
open_part (VavFileStore *self, GError **error)
{
  self->folder_fd = open (self->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (self->folder_fd < 0)
    return fail (error, errno);
  /* not blocking, should a pipe stand there */
  self->fd
      = openat (self->folder_fd, self->part, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (self->fd < 0)
    return fail (error, errno);

  return check_part (self, error) && check_space (self, error);
}

VavFileStore *
vav_file_store_open (const char *folder, const char *name, guint64 size, const char *peer_id, GError **error)
{
  VavFileStore *self = g_new0 (VavFileStore, 1);

  self->folder = g_strdup (folder);
  self->name = vav_file_name_clean (name, MAX_CLEAN);
  self->part = make_part_name (self->name, size, peer_id);
  self->size = size;
  self->folder_fd = self->fd = -1;
  if (open_part (self, error))
    return self;

  /* an empty one was made just now, or is as good as that */
  vav_file_store_close (self, self->offset > 0);
  return NULL;
}

guint64
vav_file_store_get_offset (VavFileStore *self)
{
  return self->offset;
}

gboolean
vav_file_store_read_back (VavFileStore *self, VavFileStoreRead func, gpointer user_data, GError **error)
{
  g_autofree guint8 *bytes = g_malloc (READ_SIZE);
  guint64 at = 0;

  while (at < self->offset)
    {
      ssize_t n = pread (self->fd, bytes, (size_t)MIN (READ_SIZE, self->offset - at), (off_t)at);

      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        return fail (error, n < 0 ? errno : EIO);
      func (bytes, (gsize)n, user_data);
      at += (guint64)n;
    }

  return TRUE;
}

gboolean
vav_file_store_restart (VavFileStore *self, GError **error)
{
  if (ftruncate (self->fd, 0) < 0 || lseek (self->fd, 0, SEEK_SET) < 0)
    return fail (error, errno);
  self->offset = 0;

  return TRUE;
}

gboolean
vav_file_store_write (VavFileStore *self, const guint8 *bytes, gsize length, GError **error)
{
  if (length > self->size - self->offset)
    {
      g_set_error_literal (error, VAV_ERROR, VAV_ERROR_PROTOCOL, _ ("More came than the file has."));
      return FALSE;
    }

  while (length > 0)
    {
      ssize_t n = write (self->fd, bytes, length);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return fail (error, errno);
      bytes += n;
      length -= (gsize)n;
      self->offset += (guint64)n;
    }

  return TRUE;
}

/* Where file systems know no renaming without replacing, a second link does it; where they know no links, an empty file holds the place. */
static int
rename_elsewhere (VavFileStore *self, const char *name)
{
  int place;

  if (linkat (self->folder_fd, self->part, self->folder_fd, name, 0) == 0)
    return unlinkat (self->folder_fd, self->part, 0) == 0 ? 0 : errno;
  if (errno != EPERM && errno != ENOTSUP && errno != ENOSYS)
    return errno;

  place = openat (self->folder_fd, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (place < 0)
    return errno;
  close (place);

  return renameat (self->folder_fd, self->part, self->folder_fd, name) == 0 ? 0 : errno;
}

/* Returns 0 or what is wrong. */
static int
rename_part (VavFileStore *self, const char *name)
{
  if (renameat2 (self->folder_fd, self->part, self->folder_fd, name, RENAME_NOREPLACE) == 0)
    return 0;
  if (errno == EINVAL || errno == ENOSYS)
    return rename_elsewhere (self, name);

  return errno;
}

char *
vav_file_store_finish (VavFileStore *self, GError **error)
{
  if (self->offset != self->size)
    {
      g_set_error_literal (error, VAV_ERROR, VAV_ERROR_PROTOCOL, _ ("The file has not come whole."));
      return NULL;
    }
  if (fsync (self->fd) < 0)
    {
      fail (error, errno);
      return NULL;
    }

  for (guint number = 1; number <= MAX_NUMBER; number++)
    {
      g_autofree char *name = vav_file_name_number (self->name, number);
      int wrong = rename_part (self, name);

      if (wrong == EEXIST)
        continue;
      if (wrong != 0)
        {
          fail (error, wrong);
          return NULL;
        }
      self->finished = TRUE;
      (void)fsync (self->folder_fd);
      return g_build_filename (self->folder, name, NULL);
    }

  fail (error, EEXIST);
  return NULL;
}

void
vav_file_store_close (VavFileStore *self, gboolean keep)
{
  if (!keep && self->ours && !self->finished)
    (void)unlinkat (self->folder_fd, self->part, 0);
  if (self->fd >= 0)
    close (self->fd);
  if (self->folder_fd >= 0)
    close (self->folder_fd);
  g_free (self->folder);
  g_free (self->name);
  g_free (self->part);
  g_free (self);
}
