/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

#include "net/media/vav-pacer.h"

G_BEGIN_DECLS

/* What waits in the pacer. Pure; the caller's lock. The fields are its own, but for ssrc and dropped. All zero: empty. */
typedef struct
{
  GQueue queues[VAV_N_PACER_PRIORITIES];
  gsize bytes[VAV_N_PACER_PRIORITIES]; /* in each, on the wire */
  guint dropped[VAV_N_PACER_PRIORITIES];
  guint32 ssrc[VAV_N_PACER_PRIORITIES];
  guint8 payload[VAV_N_PACER_PRIORITIES]; /* their types, of sound and pictures; 0: nothing came yet */
  guint16 newest;                         /* number of the last picture packet that came */
  guint16 forgotten;                      /* up to that number pictures are not repeated */
  gboolean has_newest, has_forgotten;
} VavPacerQueue;

void vav_pacer_queue_clear (VavPacerQueue *self);
/* buffer: (transfer full): an RTP packet; what is too short for one is dropped */
void vav_pacer_queue_push (VavPacerQueue *self, GstBuffer *buffer, gint64 now_us);
/* What goes next; VAV_N_PACER_PRIORITIES: nothing waits. */
VavPacerPriority vav_pacer_queue_first (const VavPacerQueue *self);
/* When the first of those is too old. There must be one. */
gint64 vav_pacer_queue_get_limit_us (const VavPacerQueue *self, VavPacerPriority priority);
/* Returns: (transfer full): the first of those. There must be one. */
GstBuffer *vav_pacer_queue_take (VavPacerQueue *self, VavPacerPriority priority);
/* Returns: whether pictures were among what was dropped: a key frame is needed. */
gboolean vav_pacer_queue_drop_old (VavPacerQueue *self, gint64 now_us);
/* And repeats, those that are still to be asked for too. */
void vav_pacer_queue_drop_pictures (VavPacerQueue *self);
gboolean vav_pacer_queue_may_repeat (const VavPacerQueue *self, guint32 ssrc, guint16 number);
gsize vav_pacer_queue_get_bytes (const VavPacerQueue *self);
VavPacerPriority vav_pacer_queue_get_priority (const VavPacerQueue *self, GstBuffer *buffer);

G_END_DECLS
