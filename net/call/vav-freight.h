/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "net/call/vav-file-part.h"
#include "net/call/vav-file-source.h"
#include "net/core/vav-pipe.h"

G_BEGIN_DECLS

/**
 * VavFreight:
 *
 * The bytes of the files of one call: a quiet thread of its own sends, one piece of each file in turn; what comes is written on the pipes' threads.
 *
 * A piece is the number of the file (4 bytes, big endian), the offset (8 bytes) and data. At the offset that is the size stands the SHA-256 of the
 * whole, which ends the file. The first piece of a file begins where the receiver said that it stands, or at 0.
 *
 * The functions are for the main context; events are told there, while the owner lives.
 */
typedef struct _VavFreight VavFreight;

/* progress: at most ten times a second for each file. ended: unless it is stopped before; VAV_ERROR_RESET: the pipe by which it went
 * has ended, also when all was sent. sha256, path: of a file that arrived whole, or
 * all of which was sent (no path). lost: the pipe that is used has ended; VAV_ERROR_PROTOCOL, be it
 * that the end was told before: the other side sent what it must not, and was cut. */
typedef struct
{
  void (*progress) (gpointer owner, gboolean incoming, guint32 file, guint64 transferred);
  void (*ended) (gpointer owner, gboolean incoming, guint32 file, const char *sha256, const char *path,
                 const GError *error);
  void (*lost) (gpointer owner, const GError *error);
} VavFreightEvents;

/* owner: a #GObject, held weakly. gone: called on some thread when all threads are over and all is given back. */
VavFreight *vav_freight_new (const VavFreightEvents *events, gpointer owner, GDestroyNotify gone, gpointer gone_data);

/* Ends in order what runs; what came stays for another time. */
void vav_freight_close (VavFreight *self);

/* listen: what comes by it is taken; starts it. use: this side's files go by the first that was given and lives. Its end is told as `lost`. */
void vav_freight_listen (VavFreight *self, VavPipe *pipe);
void vav_freight_use (VavFreight *self, VavPipe *pipe);

/* Closes those that are used: another one comes in their place. */
void vav_freight_forget_pipes (VavFreight *self);

void vav_freight_send (VavFreight *self, guint32 file, VavFileSource *source); /* source: (transfer full) */
void vav_freight_receive (VavFreight *self, guint32 file, VavFilePart *part);  /* part: (transfer full) */
/* Also of an outgoing file that has arrived: nothing more is told of it. FALSE: an incoming one has all come, and its end is told instead. */
gboolean vav_freight_stop (VavFreight *self, gboolean incoming, guint32 file, gboolean keep);

G_END_DECLS
