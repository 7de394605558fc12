/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

#include "net/core/vav-outlet.h"

G_BEGIN_DECLS

/* A microphone's sound made fit for a call: the echo of what was played is taken out, noise is suppressed, loudness evened (WebRTC's audio
 * processing, GStreamer's webrtcdsp). Any one thread. */
typedef struct _VavVoice VavVoice;

/* played: what goes to the speaker (16 bit, 48 kHz, mono). Returns: (nullable) (transfer full): NULL where it is not installed */
VavVoice *vav_voice_new (VavOutlet *played);
/* When the element's pipeline has been stopped. */
void vav_voice_free (VavVoice *self);

/* To be put into a pipeline, once; takes and gives 16 bit, 48 kHz, mono. Returns: (transfer none) */
GstElement *vav_voice_get_element (VavVoice *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VavVoice, vav_voice_free)

G_END_DECLS
