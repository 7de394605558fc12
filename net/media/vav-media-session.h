/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "net/core/vav-pipe.h"
#include "net/core/vav-timeline.h"
#include "net/media/vav-media-stats.h"
#include "net/media/vav-media.h"
#include "net/media/vav-quality.h"

G_BEGIN_DECLS

/**
 * VavMediaSession:
 *
 * The media of one call: webrtcbin with our own ICE (VavIce), VP8 and Opus both ways in one BUNDLE.
 * Main-context object; all signals arrive in the context where it was made; all media threads are its own business.
 *
 * Nothing is gathered, resolved or sent before vav_media_session_create_offer() or vav_media_session_set_remote(). No device is
 * opened, no media byte leaves and nothing that came in is shown before vav_media_session_open() **and** until the certificate that
 * DTLS saw has the announced fingerprint; both are needed.
 *
 * Signals:
 * - `description` (gchar *sdp): our offer or answer, to be told to the peer
 * - `candidate` (guint mline, gchar *candidate): a local candidate, to be told to the peer; never before `description`; empty: all are told
 * - `connected` (): DTLS is up and the fingerprint matched
 * - `path` (gchar *local, gchar *remote, gboolean relayed): the selected pair, "IP:PORT", whenever it changes
 * - `first-frame` (), `first-sound` (): once each
 * - `stats` (VavStats *): once a second while open
 * - `failed` (GError *): VAV_ERROR_PROTOCOL: a description that cannot be taken; _FINGERPRINT; _MEDIA: no path. At most once; nothing
 *   follows.
 */
#define VAV_TYPE_MEDIA_SESSION (vav_media_session_get_type ())
G_DECLARE_FINAL_TYPE (VavMediaSession, vav_media_session, VAV, MEDIA_SESSION, GObject)

/* video_in, audio_in: where the other side's picture (raw video) and sound (raw audio) come out. The session also plays the sound on the
 * media's speaker. */
VavMediaSession *vav_media_session_new (VavMedia *media, VavOutlet *video_in, VavOutlet *audio_in);

/* The peer is on this computer: only loopback addresses are gathered and taken. Before create_offer or set_remote. Both sides must say
 * so. */
void vav_media_session_set_local (VavMediaSession *self, gboolean local);
/* timeline: (nullable): where the media note their steps. Before create_offer or set_remote. */
void vav_media_session_set_timeline (VavMediaSession *self, VavTimeline *timeline);
void vav_media_session_create_offer (VavMediaSession *self);
void vav_media_session_set_remote (VavMediaSession *self, const char *sdp);
void vav_media_session_add_candidate (VavMediaSession *self, guint mline, const char *candidate);

/* Opens the gates (see above). flows: what runs; may change at any time. Stopping an outgoing flow stops before the encoder; playing it
 * forces a key frame. */
void vav_media_session_open (VavMediaSession *self);
void vav_media_session_set_flows (VavMediaSession *self, VavFlows flows);
/* screen: (nullable): what is sent as our picture from now on, with a key frame; the camera is given back meanwhile. NULL: the camera's again */
void vav_media_session_set_screen (VavMediaSession *self, VavOutlet *screen);
/* At most so many bit/s of sound and picture together, as the peer wants; 0: it does not mind. Beside the media's own limit. */
void vav_media_session_set_peer_limit (VavMediaSession *self, guint bits_per_second);
gboolean vav_media_session_is_connected (VavMediaSession *self);
GError *vav_media_session_describe_failure (VavMediaSession *self);

/* A changing network. restart: begins another generation of ICE beside what runs, under the same DTLS (see vav_ice_agent_restart()); `restarted` (generation,
 * ufrag, password) tells what the peer must know, then `candidate`. ufrag, password: (nullable): the peer's of that generation. FALSE: they cannot be such.
 * Once connected, a lost path is told as `path-lost`, not as `failed`, and `path` tells of another. last_heard: when the last media packet came, monotonic µs;
 * 0: none yet. take_gap: the longest time without any since this was asked last, in ms. */
gboolean vav_media_session_restart (VavMediaSession *self, guint generation, const char *ufrag, const char *password);
gint64 vav_media_session_get_last_heard (VavMediaSession *self);
guint vav_media_session_take_gap (VavMediaSession *self);

/* (nullable): pieces of bytes through the media path, from `connected` and open to the end. Peers of older versions have none. */
VavPipe *vav_media_session_get_pipe (VavMediaSession *self);

/* Ends everything on a thread of its own, never on this one; settles when descriptors, threads, relay allocations and devices are given
 * back, within 5 s. No signal is emitted after the call. A session that is finalized without it does the same unasked. */
void vav_media_session_close_async (VavMediaSession *self, GAsyncReadyCallback callback, gpointer user_data);
gboolean vav_media_session_close_finish (VavMediaSession *self, GAsyncResult *result, GError **error);

/* Is this an offer or answer that we take? Size, lines, exactly one audio and one video m-line, at most one for data, exactly one fingerprint (SHA-256), ICE
 * credentials. Pure: nothing is resolved or kept. quality: (out) (nullable): for each kind what it is offered in, owned by the caller.
 * Error: VAV_ERROR_PROTOCOL. */
gboolean vav_sdp_check (const char *sdp, VavQuality *quality[VAV_N_MEDIA_KINDS], GError **error);

G_END_DECLS
