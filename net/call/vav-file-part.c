/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/call/vav-file-part.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "net/call/vav-file-leftovers.h"
#include "net/call/vav-file-name.h"
#include "net/call/vav-file-room.h"
#include "net/signal/vav-digest.h"

#define MAX_TRIES 1000
#define READ_SIZE (256 * 1024)
#define LOCK_TRIES 25
#define LOCK_PAUSE_US 20000

struct _VavFilePart
{
  char *folder;
  char *name;      /* that it shall have */
  char *part_name; /* that it has */
  int dir_fd;
  int fd;
  guint64 size;
  guint64 offset;
  VavDigest *digest;
  VavFileRoom *room; /* for what is still to come; NULL until it is known how much that is */
  gboolean known;    /* what is there was read through */
  gboolean finished;
};

static void
move_to (VavFilePart *self, guint64 offset)
{
  self->offset = offset;
  if (self->room != NULL)
    vav_file_room_set_needed (self->room, self->size - offset);
}

static gboolean
fail (GError **error, int code)
{
  if (code == ENOSPC || code == EDQUOT || code == EFBIG)
    g_set_error_literal (error, VAV_ERROR, VAV_ERROR_DISK_FULL, vav_error_describe (VAV_ERROR_DISK_FULL));
  else
    g_set_error (error, VAV_ERROR, VAV_ERROR_FILE, _ ("The file cannot be saved (%s)."), g_strerror (code));
  return FALSE;
}

/* Tells apart whose and which it is, and shows neither. */
static char *
make_mark (const char *name, guint64 size, const char *peer_id)
{
  g_autoptr (VavDigest) digest = vav_digest_new ();
  g_autofree char *length = g_strdup_printf ("%" G_GUINT64_FORMAT, size);
  g_autofree char *hex = NULL;
  guint8 bytes[VAV_DIGEST_SIZE];

  vav_digest_update (digest, peer_id, strlen (peer_id) + 1);
  vav_digest_update (digest, name, strlen (name) + 1);
  vav_digest_update (digest, length, strlen (length));
  vav_digest_peek (digest, bytes);
  hex = vav_digest_to_hex (bytes);
  return g_strndup (hex, VAV_FILE_NAME_MARK);
}

/* Whoever held it a moment ago, before the connection was lost, may still be letting go. tries: what is left of them, for all names together. */
static gboolean
lock (int fd, guint *tries, GCancellable *cancellable)
{
  while (flock (fd, LOCK_EX | LOCK_NB) != 0)
    {
      if (*tries == 0 || g_cancellable_is_cancelled (cancellable))
        return FALSE;
      (*tries)--;
      g_usleep (LOCK_PAUSE_US);
    }
  return TRUE;
}

/* -1: this name is not for us; -2: error (errno). */
static int
try_open (VavFilePart *self, guint *tries, GCancellable *cancellable)
{
  int fd = openat (self->dir_fd, self->part_name, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK, 0600);
  struct stat status;

  if (fd < 0)
    return errno == ELOOP || errno == EISDIR || errno == ENXIO || errno == EACCES ? -1 : -2;
  /* after the lock the name may be somebody else's: whoever had the lock has finished */
  if (vav_file_is_ours (fd, &status) && lock (fd, tries, cancellable)
      && vav_file_is_there (self->dir_fd, self->part_name, &status) && fchmod (fd, 0600) == 0)
    return fd;
  close (fd);
  return -1;
}

static gboolean
open_part (VavFilePart *self, const char *peer_id, GCancellable *cancellable, GError **error)
{
  g_autofree char *mark = make_mark (self->name, self->size, peer_id);
  guint tries = LOCK_TRIES;

  self->fd = -1;
  for (guint n = 1; self->fd == -1 && n <= MAX_TRIES; n++)
    {
      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;
      g_free (self->part_name);
      self->part_name = vav_file_name_part (self->name, mark, n);
      self->fd = try_open (self, &tries, cancellable);
    }
  return self->fd >= 0 || fail (error, self->fd == -2 ? errno : EEXIST);
}

/* Takes up what is there of it. */
static gboolean
read_through (VavFilePart *self, GCancellable *cancellable, GError **error)
{
  g_autofree guint8 *buffer = g_malloc (READ_SIZE);
  gssize n;

  while ((n = pread (self->fd, buffer, READ_SIZE, (off_t)self->offset)) > 0 && self->offset + (gsize)n <= self->size)
    {
      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;
      vav_digest_update (self->digest, buffer, (gsize)n);
      self->offset += (gsize)n;
    }
  if (n < 0)
    return fail (error, errno);
  self->known = TRUE;
  return n == 0 || vav_file_part_restart (self, error); /* more than there can be: another one's */
}

VavFilePart *
vav_file_part_open (const char *folder, const char *name, guint64 size, const char *peer_id, GCancellable *cancellable,
                    GError **error)
{
  VavFilePart *self = g_new0 (VavFilePart, 1);

  self->folder = g_strdup (folder);
  self->name = g_strdup (name);
  self->size = size;
  self->fd = -1;
  self->digest = vav_digest_new ();
  self->dir_fd = open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (self->dir_fd < 0)
    fail (error, errno);
  else if (open_part (self, peer_id, cancellable, error) && read_through (self, cancellable, error))
    {
      vav_file_leftovers_remove (self->dir_fd); /* ours is locked */
      self->room = vav_file_room_take (self->fd, size - self->offset);
      if (self->room != NULL)
        return self;
      fail (error, ENOSPC);
    }
  vav_file_part_free (self, TRUE);
  return NULL;
}

/* What was begun and holds nothing is no use to anybody. But of what was not read through nobody knows that. */
void
vav_file_part_free (VavFilePart *self, gboolean keep)
{
  if (self->fd >= 0 && !self->finished && (!keep || (self->known && self->offset == 0)))
    (void)unlinkat (self->dir_fd, self->part_name, 0);
  if (self->fd >= 0)
    close (self->fd);
  if (self->dir_fd >= 0)
    close (self->dir_fd);
  g_clear_pointer (&self->room, vav_file_room_free);
  vav_digest_free (self->digest);
  g_free (self->folder);
  g_free (self->name);
  g_free (self->part_name);
  g_free (self);
}

guint64
vav_file_part_get_size (VavFilePart *self)
{
  return self->size;
}

guint64
vav_file_part_get_offset (VavFilePart *self)
{
  return self->offset;
}

void
vav_file_part_get_digest (VavFilePart *self, guint8 *digest)
{
  vav_digest_peek (self->digest, digest);
}

gboolean
vav_file_part_restart (VavFilePart *self, GError **error)
{
  vav_digest_reset (self->digest);
  move_to (self, 0);
  return ftruncate (self->fd, 0) == 0 || fail (error, errno);
}

gboolean
vav_file_part_write (VavFilePart *self, const void *bytes, gsize length, GError **error)
{
  const guint8 *at = bytes;

  g_return_val_if_fail (length <= self->size - self->offset, FALSE);

  while (length > 0)
    {
      gssize n = pwrite (self->fd, at, length, (off_t)self->offset);

      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        return fail (error, n < 0 ? errno : ENOSPC);
      vav_digest_update (self->digest, at, (gsize)n);
      move_to (self, self->offset + (gsize)n);
      at += n;
      length -= (gsize)n;
    }
  return TRUE;
}

/* Where the file system cannot rename without replacing, a second name is made and the first taken away; where a file has one name only (FAT), an
 * empty file holds the place. */
static int
rename_elsewhere (VavFilePart *self, const char *name)
{
  int place, code;

  if (linkat (self->dir_fd, self->part_name, self->dir_fd, name, 0) == 0)
    return unlinkat (self->dir_fd, self->part_name, 0) == 0 ? 0 : errno;
  if (errno != EPERM && errno != ENOTSUP && errno != ENOSYS)
    return errno;
  place = openat (self->dir_fd, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (place < 0)
    return errno;
  close (place);
  if (renameat (self->dir_fd, self->part_name, self->dir_fd, name) == 0)
    return 0;
  code = errno;
  (void)unlinkat (self->dir_fd, name, 0); /* the empty one */
  return code;
}

/* 0, or errno. */
static int
rename_to (VavFilePart *self, const char *name)
{
  if (renameat2 (self->dir_fd, self->part_name, self->dir_fd, name, RENAME_NOREPLACE) == 0)
    return 0;
  return errno == EINVAL || errno == ENOSYS ? rename_elsewhere (self, name) : errno;
}

static char *
give_name (VavFilePart *self, GError **error)
{
  int code = EEXIST;

  for (guint n = 1; code == EEXIST && n <= MAX_TRIES; n++)
    {
      g_autofree char *name = vav_file_name_number (self->name, n);

      code = rename_to (self, name);
      if (code == 0)
        return g_build_filename (self->folder, name, NULL);
    }
  fail (error, code);
  return NULL;
}

char *
vav_file_part_finish (VavFilePart *self, const guint8 *digest, GError **error)
{
  guint8 ours[VAV_DIGEST_SIZE];
  char *path;

  vav_digest_peek (self->digest, ours);
  if (self->offset != self->size || memcmp (ours, digest, sizeof ours) != 0)
    {
      self->offset = 0; /* none of it is to be trusted */
      g_set_error_literal (error, VAV_ERROR, VAV_ERROR_DAMAGED, vav_error_describe (VAV_ERROR_DAMAGED));
      return NULL;
    }
  if (fdatasync (self->fd) != 0 && errno != EINVAL)
    {
      fail (error, errno);
      return NULL;
    }
  path = give_name (self, error);
  self->finished = path != NULL;
  (void)fsync (self->dir_fd);
  return path;
}
