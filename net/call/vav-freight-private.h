/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "net/call/vav-freight.h"
#include "net/core/vav-hop.h"

G_BEGIN_DECLS

/* A freight's inside, shared by its two files: vav-freight.c tells, sends and does what is asked; vav-freight-receive.c takes what comes. */

#define VAV_FREIGHT_HEADER 12

typedef struct
{
  guint32 id;
  VavFileSource *source; /* NULL: all was sent */
  VavPipe *pipe;         /* by which it goes; owned, nullable: before its first piece */
  gboolean busy;         /* the sender is in it */
  gboolean stopped;
  gint64 told; /* progress, µs */
} VavOutgoing;

typedef struct
{
  guint32 id;
  VavFilePart *part;
  VavPipe *pipe; /* by which it comes; the same */
  gboolean begun;
  gboolean busy;   /* a pipe's thread is in it */
  gboolean ending; /* all has come: it is not to be stopped any more, and its end is told */
  gboolean stopped;
  gboolean keep;
  gint64 told;
} VavIncoming;

struct _VavFreight
{
  gatomicrefcount ref_count;
  const VavFreightEvents *events;
  VavHop *hop;
  GDestroyNotify gone;
  gpointer gone_data;

  /* under lock */
  GMutex lock;
  GCond changed;
  GPtrArray *pipes;     /* of VavPipe */
  GHashTable *outgoing; /* id → VavOutgoing, owned; those that are stopped by the sender if it is in them */
  GQueue round;         /* of VavOutgoing */
  GHashTable *incoming; /* id → VavIncoming */
  guint32 last_incoming;
  gsize late;
  gboolean closing;
  gboolean sending; /* the thread was started */
};

/* Any thread. ended: takes path and error. */
void vav_freight_tell_progress (VavFreight *self, gboolean incoming, guint32 file, guint64 transferred, gint64 *told);
void vav_freight_tell_ended (VavFreight *self, gboolean incoming, guint32 file, const guint8 *digest, char *path,
                             GError *error);
void vav_freight_tell_lost (VavFreight *self, const GError *error);
VavFreight *vav_freight_ref (VavFreight *self);
void vav_freight_unref (gpointer data);
void vav_freight_lose_pipe (VavFreight *self, VavPipe *pipe, const GError *error); /* and the files that go by it */
gpointer vav_freight_free_incoming (gpointer incoming);

G_END_DECLS
