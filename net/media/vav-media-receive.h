/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

#include "net/core/vav-hop.h"
#include "net/core/vav-outlet.h"
#include "net/media/vav-media-gate.h"
#include "net/media/vav-media-meter.h"
#include "net/media/vav-media.h"

G_BEGIN_DECLS

/* Receives one kind of media from webrtcbin: depayloader and decoder of a fixed codec into an outlet. Each pad that webrtcbin adds gets a
 * probe that drops while the gate does not pass, linked or not. */
typedef struct _VavMediaReceive VavMediaReceive;

/* hop, first: told once, when the first picture or sound goes into the outlet */
VavMediaReceive *vav_media_receive_new (VavMediaKind kind, VavOutlet *outlet, VavMediaGate *gate, VavHop *hop,
                                        VavHopFunc first, GstElement *pipeline, GError **error);
/* After the pipeline was stopped, any thread. */
void vav_media_receive_free (VavMediaReceive *self);

/* In webrtcbin's pad-added, on its thread: takes the pad if it is of this kind. A second pad of a kind, or another codec, is only
 * drained.
 * Returns: whether it was of this kind */
gboolean vav_media_receive_take_pad (VavMediaReceive *self, GstPad *pad);

/* Once a second, main thread: how long pictures are kept back so that they move evenly. uneven_ms, lossy: of
 * vav_media_buffers. Returns: that, in ms; 0 for sound */
guint vav_media_receive_follow_path (VavMediaReceive *self, double uneven_ms, gboolean lossy);
/* Asks the sender for a key frame (pictures only), unless one was asked for just now. */
void vav_media_receive_request_key_frame (VavMediaReceive *self);
VavMediaMeter *vav_media_receive_get_meter (VavMediaReceive *self);
/* Packets that the decoder made up since the beginning (sound only). */
guint64 vav_media_receive_get_concealed (VavMediaReceive *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VavMediaReceive, vav_media_receive_free)

G_END_DECLS
