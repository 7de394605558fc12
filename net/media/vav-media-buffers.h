/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* webrtcbin's jitter buffers. It gives all of them one latency; picture and sound want different ones: for the picture it is only the time that
 * repair may take, for the sound it is the time after which a packet counts as lost. So each is told its own, and how to ask for what is missing,
 * from how unevenly packets come into it and how long the path is. */
typedef struct _VavMediaBuffers VavMediaBuffers;

/* All counts are since the beginning. */
typedef struct
{
  guint64 pushed;
  guint64 lost;     /* given up */
  guint64 asked;    /* requests for a packet, each repetition counted */
  guint64 repaired; /* came because they were asked for */
  guint64 extra;    /* came twice */
} VavMediaBufferCounts;

VavMediaBuffers *vav_media_buffers_new (void);
void vav_media_buffers_free (VavMediaBuffers *self);

/* Takes over the setting up of an rtpjitterbuffer that was just made. Any thread. */
void vav_media_buffers_add (VavMediaBuffers *self, GstElement *buffer);
/* Once a second, main thread. rtt_ms: -1 if not known. Returns: the latency of the sound in ms */
guint vav_media_buffers_follow (VavMediaBuffers *self, double rtt_ms);
/* After that. As vav_repair_judge_uneven(). */
double vav_media_buffers_get_uneven (VavMediaBuffers *self);
/* After that. Whether packets were repaired lately. */
gboolean vav_media_buffers_is_lossy (VavMediaBuffers *self);
void vav_media_buffers_count (VavMediaBuffers *self, VavMediaBufferCounts *counts);
/* Returns: the share that was given up between the two, 0 to 1 */
double vav_media_buffers_compare (const VavMediaBufferCounts *before, const VavMediaBufferCounts *now);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VavMediaBuffers, vav_media_buffers_free)

G_END_DECLS
