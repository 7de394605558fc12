/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/call/vav-file-leftovers.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include "net/call/vav-file-name.h"

typedef struct
{
  char *name;
  struct timespec changed;
} Leftover;

static void
leftover_free (gpointer data)
{
  Leftover *leftover = data;

  g_free (leftover->name);
  g_free (leftover);
}

static int
compare_changed (gconstpointer a, gconstpointer b)
{
  const Leftover *one = *(const Leftover *const *)a;
  const Leftover *other = *(const Leftover *const *)b;

  if (one->changed.tv_sec != other->changed.tv_sec)
    return one->changed.tv_sec > other->changed.tv_sec ? -1 : 1;
  return one->changed.tv_nsec > other->changed.tv_nsec ? -1 : one->changed.tv_nsec < other->changed.tv_nsec;
}

/* The latest first. */
static GPtrArray *
list (int dir_fd)
{
  GPtrArray *leftovers = g_ptr_array_new_with_free_func (leftover_free);
  int fd = openat (dir_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR *dir = fd >= 0 ? fdopendir (fd) : NULL;
  struct dirent *entry;
  struct stat status;

  while (dir != NULL && (entry = readdir (dir)) != NULL)
    {
      Leftover *leftover;

      if (!vav_file_name_is_part (entry->d_name) || fstatat (dir_fd, entry->d_name, &status, AT_SYMLINK_NOFOLLOW) != 0)
        continue;
      leftover = g_new (Leftover, 1);
      *leftover = (Leftover){ g_strdup (entry->d_name), status.st_mtim };
      g_ptr_array_add (leftovers, leftover);
    }
  if (dir != NULL)
    closedir (dir);
  else if (fd >= 0)
    close (fd);
  g_ptr_array_sort (leftovers, compare_changed);
  return leftovers;
}

/* -1: it is not ours, or in use. Else nobody takes it up until it is closed. */
static int
seize (int dir_fd, const char *name)
{
  int fd = openat (dir_fd, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  struct stat status;

  if (fd < 0)
    return -1;
  if (vav_file_is_ours (fd, &status) && flock (fd, LOCK_EX | LOCK_NB) == 0 && vav_file_is_there (dir_fd, name, &status))
    return fd;
  close (fd);
  return -1;
}

void
vav_file_leftovers_remove (int dir_fd)
{
  g_autoptr (GPtrArray) leftovers = list (dir_fd);
  time_t oldest = time (NULL) - (time_t)VAV_FILE_LEFTOVERS_DAYS * 24 * 60 * 60;
  guint kept = 0;

  for (guint i = 0; i < leftovers->len; i++)
    {
      const Leftover *leftover = leftovers->pdata[i];
      int fd = seize (dir_fd, leftover->name);

      if (fd < 0)
        continue;
      if (kept < VAV_FILE_LEFTOVERS_MOST && leftover->changed.tv_sec >= oldest)
        kept++;
      else
        (void)unlinkat (dir_fd, leftover->name, 0);
      close (fd);
    }
}

gboolean
vav_file_is_ours (int fd, struct stat *status)
{
  return fstat (fd, status) == 0 && S_ISREG (status->st_mode) && status->st_uid == geteuid () && status->st_nlink == 1;
}

gboolean
vav_file_is_there (int dir_fd, const char *name, const struct stat *status)
{
  struct stat now;

  return fstatat (dir_fd, name, &now, AT_SYMLINK_NOFOLLOW) == 0 && now.st_ino == status->st_ino
         && now.st_dev == status->st_dev;
}
