/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

#include "net/media/vav-media-gate.h"

G_BEGIN_DECLS

/* Has an encoder of pictures make all that it needs before the first real picture comes, on its own thread: at 720p that takes it 20 to 30 ms of a
 * processor, more than to encode a key frame, and would lie between the yes and the first picture. @source, an appsrc, gives it one grey picture of
 * @caps, and what is made of that goes nowhere. If pictures of other caps come in the end all was for nothing, and does no harm. gate: notes when it is ready. */
void vav_encoder_warm_up (GstElement *source, GstElement *encoder, GstCaps *caps, VavMediaGate *gate);

G_END_DECLS
