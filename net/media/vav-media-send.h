/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

#include "net/media/vav-media-gate.h"
#include "net/media/vav-media.h"
#include "net/media/vav-pacer.h"
#include "net/media/vav-rate-ladder.h"
#include "net/media/vav-sdp.h"

G_BEGIN_DECLS

/* Bit/s: what is offered, and what sending begins with. */
#define VAV_VIDEO_BITRATE 1500000
#define VAV_AUDIO_BITRATE 32000

/**
 * VavMediaSendCounters:
 * Counted since the beginning.
 */
typedef struct
{
  guint64 frames;
  guint64 bytes;
  int width;
  int height;
  double level; /* sound: mean square since the last reading */
} VavMediaSendCounters;

/* Sends one kind of media into webrtcbin: encoder and payloader, linked from the beginning so that the m-line is negotiated, fed only
 * while started and while the gate passes. Main thread, except where said. */
typedef struct _VavMediaSend VavMediaSend;

typedef void (*VavMediaSendChanged) (gpointer user_data);

/* Adds its elements to @pipeline and requests a pad of @webrtc. pacer: while much waits there no picture is encoded. spec: m-line, payload type, id of the TWCC extension (0: none).
 * Returns: (nullable) (transfer full): %NULL with VAV_ERROR_MEDIA if an element is missing */
VavMediaSend *vav_media_send_new (VavMediaKind kind, const VavSdpMedia *spec, VavMedia *media, VavMediaGate *gate,
                                  VavPacer *pacer, GstElement *pipeline, GstElement *webrtc, GError **error);
/* After the pipeline was stopped, any thread. */
void vav_media_send_free (VavMediaSend *self);

/* Pictures: makes the encoder ready for those that the media's source gave last, if it gave any. Opens nothing. */
void vav_media_send_warm_up (VavMediaSend *self);

/* Holds the media's source and feeds the encoder; begins with a key frame. Nothing if already so. */
void vav_media_send_start (VavMediaSend *self);
void vav_media_send_stop (VavMediaSend *self);

/* Pictures: those of a screen in the place of the camera's, which is given back meanwhile; in its size and rate. NULL: the camera's again.
 * Begins with a key frame. */
void vav_media_send_set_screen (VavMediaSend *self, VavOutlet *screen);

/* What the person chose. It is a limit: who watches for changes of the limits says what is sent. */
void vav_media_send_set_quality (VavMediaSend *self, VavPictureQuality quality);
/* At most so many bit/s, whatever the quality; 0: what the quality says. Size and rate of the picture follow. by: whose limit that is. */
void vav_media_send_set_max (VavMediaSend *self, guint bits_per_second, VavLimit by);
VavLimit vav_media_send_get_limit (VavMediaSend *self); /* what holds now, beside the path */
void vav_media_send_watch (VavMediaSend *self, VavMediaSendChanged changed, gpointer user_data);
const VavRateLimits *vav_media_send_get_limits (VavMediaSend *self);
/* What is sent from now on. picture: (nullable): for sound. bits_per_second: of the encoder. To be called now and then also if nothing changed:
 * the last picture of a source that is still, if it was left out, is sent then. */
void vav_media_send_follow (VavMediaSend *self, const VavRatePicture *picture, guint bits_per_second);
/* For good: packets carry no numbers for feedback any more. */
void vav_media_send_stop_numbering (VavMediaSend *self);
gboolean vav_media_send_is_numbered (VavMediaSend *self); /* the peer is to report on them */
guint vav_media_send_get_bitrate (VavMediaSend *self);
/* Of all packets so far. */
guint64 vav_media_send_get_bytes (VavMediaSend *self);
/* Of its packets; chosen by chance. */
guint vav_media_send_get_ssrc (VavMediaSend *self);
/* (transfer none) */
GstElement *vav_media_send_get_encoder (VavMediaSend *self);
GstElement *vav_media_send_get_payloader (VavMediaSend *self);
void vav_media_send_read_counters (VavMediaSend *self, VavMediaSendCounters *counters);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VavMediaSend, vav_media_send_free)

G_END_DECLS
