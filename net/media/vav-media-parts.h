/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>
#include <gst/gst.h>

#include "net/media/vav-data-pipe.h"
#include "net/media/vav-ice.h"
#include "net/media/vav-media-gate.h"
#include "net/media/vav-media-negotiation.h"
#include "net/media/vav-media-receive.h"
#include "net/media/vav-media-send.h"
#include "net/media/vav-media-tuning.h"
#include "net/media/vav-rate-control.h"
#include "net/media/vav-speaker.h"

G_BEGIN_DECLS

/**
 * VavMediaEvents:
 *
 * What the media's threads tell the session, each posted to its main context.
 * @connected: DTLS is up and the fingerprint matched
 * @mismatch: DTLS is up and it did not
 * @lost: no DTLS, or something that it needs has failed
 * @broken: a part of ours has failed
 * @path_lost: no path, or the one that was there is silent
 * @restarted: data is a #VavMediaRestart
 * @candidate: data is a char *
 * @path: data is a #VavMediaPath
 * @seen: data is a char *, the host where the other side was heard from
 */
typedef struct
{
  VavHopFunc connected;
  VavHopFunc mismatch;
  VavHopFunc lost;
  VavHopFunc broken;
  VavHopFunc path_lost;
  VavHopFunc restarted;
  VavHopFunc candidate;
  VavHopFunc path;
  VavHopFunc seen;
  VavHopFunc first[VAV_N_MEDIA_KINDS];
} VavMediaEvents;

typedef struct
{
  char *local;
  char *remote;
  gboolean relayed;
} VavMediaPath;

typedef struct
{
  guint generation;
  char *ufrag;
  char *password;
} VavMediaRestart;

/**
 * VavMediaParts:
 *
 * What a session is made of, all owned. Handed from the session to the thread that takes it apart.
 */
typedef struct
{
  GstElement *pipeline;
  GstElement *webrtc;
  VavMediaNegotiation *negotiation;
  GObject *dtls; /* GstWebRTCDTLSTransport */
  gulong dtls_handler;
  VavIce *ice;
  VavMediaGate *gate;
  VavMediaTuning *tuning;
  VavShield *shield;
  VavRateControl *rate;
  VavMediaSend *send[VAV_N_MEDIA_KINDS];
  VavMediaReceive *receive[VAV_N_MEDIA_KINDS];
  VavDataPipe *pipe;   /* NULL without SCTP */
  VavSpeaker *speaker; /* NULL until the call is open, or if nobody listens */
} VavMediaParts;

/* Makes everything but the negotiation; parts->gate is there already. events: static. Error: VAV_ERROR_MEDIA; what was made so far is in
 * @parts, to be closed. */
gboolean vav_media_parts_build (VavMediaParts *parts, VavMedia *media, gboolean local, const VavSdpMedia *specs,
                                VavOutlet *const *outlets, VavHop *hop, const VavMediaEvents *events, GError **error);
/* Once our description was made: the DTLS transport exists from then on. */
void vav_media_parts_watch_dtls (VavMediaParts *parts, VavHop *hop, const VavMediaEvents *events);

/* Takes @parts apart on a thread of its own: ICE first, so that nothing more comes in and relays are released, then the pipeline. Settles
 * @task (nullable) (transfer
 * full) with TRUE, or after 5 s with VAV_ERROR_TIMEOUT: then something hangs inside GStreamer, and what hangs is left to itself. @parts is
 * emptied. */
void vav_media_parts_close (VavMediaParts *parts, GTask *task);

G_END_DECLS
