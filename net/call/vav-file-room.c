/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/call/vav-file-room.h"

#include <sys/stat.h>
#include <sys/statvfs.h>

struct _VavFileRoom
{
  GList link;
  dev_t device;
  guint64 needed;
};

static GMutex lock;
static GQueue rooms; /* of VavFileRoom; under lock, as is all that is in them */

/* Under lock. Saturates: a peer says the sizes. */
static guint64
sum_needed (dev_t device)
{
  guint64 sum = 0;

  for (GList *l = rooms.head; l != NULL; l = l->next)
    {
      VavFileRoom *room = l->data;

      if (room->device == device)
        sum += MIN (room->needed, G_MAXUINT64 - sum);
    }
  return sum;
}

VavFileRoom *
vav_file_room_take (int fd, guint64 needed)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&lock);
  guint64 available = G_MAXUINT64; /* if nobody knows, writing will tell */
  struct statvfs system;
  struct stat status = { 0 };
  VavFileRoom *self;
  guint64 others;

  if (fstatvfs (fd, &system) == 0 && fstat (fd, &status) == 0)
    available = (guint64)system.f_bavail * system.f_frsize;
  others = sum_needed (status.st_dev);
  if (available < others || available - others < needed)
    return NULL;
  self = g_new0 (VavFileRoom, 1);
  self->link.data = self;
  self->device = status.st_dev;
  self->needed = needed;
  g_queue_push_tail_link (&rooms, &self->link);
  return self;
}

void
vav_file_room_set_needed (VavFileRoom *self, guint64 needed)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&lock);

  self->needed = needed;
}

void
vav_file_room_free (VavFileRoom *self)
{
  g_mutex_lock (&lock);
  g_queue_unlink (&rooms, &self->link);
  g_mutex_unlock (&lock);
  g_free (self);
}
