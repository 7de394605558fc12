/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

#include "net/media/vav-media.h"

G_BEGIN_DECLS

/* How the encoders are set: vp8enc for pictures, opusenc for sound. Any thread; setting may wait for a picture that is being encoded. */

/* Before it runs. */
void vav_media_encoder_set_up (GstElement *encoder, VavMediaKind kind);
void vav_media_encoder_set_bitrate (GstElement *encoder, VavMediaKind kind, guint bits_per_second);
/* Pictures: at least so much time between two, µs; 0: as they come. A key frame takes no longer to be sent for being one of few. */
void vav_media_encoder_set_interval (GstElement *encoder, guint interval_us);
/* Sound: 20, 40 or 60 ms in one packet, from the next one on. */
void vav_media_encoder_set_frame (GstElement *encoder, guint ms);
/* Sound: so much of it is lost on its way, 0 to 1; the repair in its own packets follows. */
void vav_media_encoder_set_loss (GstElement *encoder, double loss);
/* Pictures: the next one can be shown without those before it. */
void vav_media_encoder_force_key_frame (GstElement *encoder);
/* And what is encoded before that does not leave: what it builds on has not left either. By any thread */
void vav_media_encoder_start_afresh (GstElement *encoder);

G_END_DECLS
