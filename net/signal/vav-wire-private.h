/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "net/signal/vav-frame.h"
#include "net/signal/vav-wire.h"

G_BEGIN_DECLS

/* A wire's inside, shared by its two files: vav-wire.c reads and writes, vav-wire-end.c ends. */

#define VAV_WIRE_READ_SIZE (16 * 1024)

struct _VavWire
{
  GObject parent_instance;

  /* owned */
  GIOStream *stream;
  GSocket *socket;
  GMainContext *context;
  GCancellable *cancellable;

  /* borrowed */
  const VavWireEvents *events;
  gpointer owner;

  /* reading */
  VavFrameReader *reader;
  gboolean paused;
  gboolean reading;   /* a read is under way */
  gboolean read_over; /* the other side ended its half, or cannot be read any more */
  GError *read_error; /* why, if not in order; told when all frames before it were delivered */
  GSource *pump;      /* delivers frames that wait */
  guint8 buffer[VAV_WIRE_READ_SIZE];

  /* writing */
  GByteArray *queue;
  GByteArray *writing; /* non-NULL: a write is under way */
  GQueue flushes;      /* of GTask */
  guint64 n_queued;    /* bytes, since the beginning */
  guint64 n_written;
  gboolean write_broken;

  /* the end */
  gboolean closing;       /* nothing more is delivered or taken */
  gboolean ending_output; /* the close_notify is under way, on a thread of GIO */
  gboolean output_over;
  gboolean told;
  gboolean released;
  GError *verdict; /* what `ended` tells */
  GSource *deadline;
};

void vav_wire_read_more (VavWire *self); /* unless it is paused, or there is nothing more to read */

/* Tells `ended`, once, from the main loop. */
void vav_wire_tell (VavWire *self, const GError *error);
void vav_wire_tell_reset (VavWire *self);
GError *vav_wire_make_reset_error (void);

/* Ends our half in order once all is written, reads on until the other half ends too, and then gives everything back. */
void vav_wire_begin_closing (VavWire *self);
void vav_wire_end_output (VavWire *self); /* if it is time */
void vav_wire_check_over (VavWire *self);
void vav_wire_start_deadline (VavWire *self);

void vav_wire_set_linger_zero (VavWire *self); /* the release will be a reset */
void vav_wire_release (VavWire *self);
void vav_wire_close_bottom (VavWire *self);
void vav_wire_settle_flushes (VavWire *self);

GSource *vav_wire_attach_now (VavWire *self, GSourceFunc func);
void vav_wire_clear_source (GSource **source);

G_END_DECLS
