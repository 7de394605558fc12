/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

#include "net/call/vav-peer.h"
#include "net/call/vav-request.h"
#include "net/core/vav-error.h"
#include "net/core/vav-outlet.h"
#include "net/core/vav-timeline.h"
#include "net/media/vav-media-stats.h"

G_BEGIN_DECLS

typedef struct _VavEndpoint VavEndpoint;

/**
 * VavStream:
 *
 * One line to somebody: idle, dialling, being called, in a call, over; then ready for the next. Usable without GTK; bound to by
 * #VavGtkConference. Belongs to a #VavEndpoint and lives in its main context: all functions, signals and notifications there.
 *
 * Properties: `endpoint`, `address`, `identifier`, `detection`, `value`, `state`, `end-reason`, `last-error`, `graceful`, `peer`, `flows`,
 * `peer-flows`, `held`, `peer-held`, `sharing`, `peer-sharing`, `slow`, `peer-slow`, `linger`, `incoming`, `start-time`, `entry-name`.
 */
#define VAV_TYPE_STREAM (vav_stream_get_type ())
G_DECLARE_FINAL_TYPE (VavStream, vav_stream, VAV, STREAM, GObject)

/**
 * VavStream::connection-requested:
 * @self: the object that tells it
 * @request: who asks
 *
 * Somebody calls on this line, and nothing rings yet. See #VavRequest for what a handler may do.
 */

/**
 * VavStream::ringing:
 * @self: the object that tells it
 *
 * The other side rings.
 */

/**
 * VavStream::answered:
 * @self: the object that tells it
 * @data: (nullable): what came with the answer
 *
 * The other side accepted or rejected.
 */

/**
 * VavStream::closing:
 * @self: the object that tells it
 * @data: (nullable): what came with the goodbye
 *
 * The other side said goodbye. See vav_stream_hold_closing().
 */

/**
 * VavStream::goodbye-sent:
 * @self: the object that tells it
 * @data: (nullable): what goes with it
 *
 * This side says goodbye.
 */

/**
 * VavStream::closed:
 * @self: the object that tells it
 *
 * This side has closed its connection in order, after the goodbyes.
 */

/**
 * VavStream::ended:
 * @self: the object that tells it
 * @graceful: whether there were goodbyes on both sides
 * @reason: why it is over
 * @data: (nullable): what came with the other side's goodbye
 *
 * The call is over. Exactly once a connection.
 */

/**
 * VavStream::first-frame:
 * @self: the object that tells it
 * @ms: milliseconds since dialling, or since accepting
 *
 * The other side's first picture is there.
 */

/**
 * VavStream::first-sound:
 * @self: the object that tells it
 * @ms: milliseconds since dialling, or since accepting
 *
 * The other side's first sound is there.
 */

/**
 * VavStream::sharing-ended:
 * @self: the object that tells it
 * @error: (nullable): what went wrong
 *
 * A screen is not sent any more. See vav_stream_share_screen().
 */

/**
 * VavStream::path:
 * @self: the object that tells it
 * @local: `IP:PORT` here
 * @remote: `IP:PORT` there
 * @relayed: whether a relay carries it
 *
 * Media take this path from now on.
 */

/**
 * VavStream::stats:
 * @self: the object that tells it
 * @stats: how the call goes
 *
 * Once a second in a call.
 */

/**
 * VavStream::network:
 * @self: the object that tells it
 * @gap_ms: the longest time without media in that, in milliseconds
 *
 * The network has changed under the call, and it goes on.
 */

VavStream *vav_stream_new (VavEndpoint *endpoint);
VavEndpoint *vav_stream_get_endpoint (VavStream *self);

const char *vav_stream_get_address (VavStream *self);
void vav_stream_set_address (VavStream *self, const char *address);
const char *vav_stream_get_identifier (VavStream *self);
void vav_stream_set_identifier (VavStream *self, const char *identifier);
gboolean vav_stream_get_detection (VavStream *self);
void vav_stream_set_detection (VavStream *self, gboolean detection);
int vav_stream_get_linger (VavStream *self);
void vav_stream_set_linger (VavStream *self, int linger_ms);

guint64 vav_stream_get_value (VavStream *self);
VavState vav_stream_get_state (VavStream *self);
VavReason vav_stream_get_end_reason (VavStream *self);
const GError *
vav_stream_get_last_error (VavStream *self); /* (nullable); see vav_error_get_other_id() for who answered instead */
gboolean vav_stream_get_graceful (VavStream *self);
gboolean vav_stream_is_incoming (VavStream *self);
gboolean vav_stream_is_busy (VavStream *self);      /* in a call or about to be: neither idle nor over */
gint64 vav_stream_get_start_time (VavStream *self); /* Unix seconds; 0: never */
VavPeer *vav_stream_get_peer (VavStream *self);     /* (nullable) */
GBytes *vav_stream_get_answer (VavStream *self);    /* (nullable): the data that came with the other side's yes or no */
VavRequest *vav_stream_get_request (VavStream *self);   /* (nullable): that waits for a decision */
char *vav_stream_dup_entry_name (VavStream *self);      /* the person's name, or the address dialled */
const VavStats *vav_stream_get_stats (VavStream *self); /* (nullable) */
VavTimeline *
vav_stream_get_timeline (VavStream *self); /* (nullable): of the set-up; only after vav_timeline_enable() */

/* Dials at once (the handle is `value`, from the moment this returns); how it went is told by `state` and `last-error`.
 * VAV_ERROR_BUSY (nothing happens) in a call, VAV_ERROR_TOO_LARGE for data over VAV_MAX_DATA. An address that cannot be read makes a call that failed. */
gboolean vav_stream_dial (VavStream *self, const char *address, GBytes *data, GError **error);

/* The same, settling when the call is active, or with why it is not. */
void vav_stream_connect_async (VavStream *self, const char *address, GBytes *data, GCancellable *cancellable,
                               GAsyncReadyCallback callback, gpointer user_data);
gboolean vav_stream_connect_finish (VavStream *self, GAsyncResult *result, GError **error);

/* Ends the call in any state: gracefully with a goodbye (and data) as `linger` says, or at once. disconnect_async() settles when it is over. */
void vav_stream_hang_up (VavStream *self, GBytes *data);
void vav_stream_abort (VavStream *self);
void vav_stream_disconnect_async (VavStream *self, GBytes *data, GAsyncReadyCallback callback, gpointer user_data);
gboolean vav_stream_disconnect_finish (VavStream *self, GAsyncResult *result, GError **error);

/* The end in two acts: the goodbye, after which this side only receives, and the close. Who is told `closing` may hold the close, work out an
 * answer from the data, say goodbye with it, and close. */
gboolean vav_stream_say_goodbye (VavStream *self, GBytes *data, GError **error);
void vav_stream_hold_closing (VavStream *self);
void vav_stream_close (VavStream *self);
GBytes *vav_stream_get_goodbye (VavStream *self); /* (nullable): the other side's, from `closing` on */

/* Which flows run; see #VavFlows. `flows`: what this side wants to send and take, whatever the other side has stopped; `peer-flows`: what the other side sends (as IN flows). Stopping an OUT
 * flow closes the device: the computer's own sign tells that nobody listens or looks. So nothing can tell that one speaks while muted, and it is not tried. */
void vav_stream_stop (VavStream *self, VavFlows flows);
void vav_stream_play (VavStream *self, VavFlows flows);
VavFlows vav_stream_get_flows (VavStream *self);
VavFlows vav_stream_get_peer_flows (VavStream *self);

/* Hold: nothing runs, `flows` is what will run again. `peer-held`: the other side has this one on hold. */
void vav_stream_set_held (VavStream *self, gboolean held);
gboolean vav_stream_get_held (VavStream *self);
gboolean vav_stream_get_peer_held (VavStream *self);

/* What a slow path makes of the two pictures: properties `slow` (ours) and `peer-slow` (the other side's). */
VavSlow vav_stream_get_slow (VavStream *self);
VavSlow vav_stream_get_peer_slow (VavStream *self);

/* A screen or window in the place of the camera's picture; see there. `sharing`: it is sent. `peer-sharing`: the picture of the other side is one. */
gboolean vav_stream_share_screen (VavStream *self, int fd, guint32 node, GError **error);
void vav_stream_stop_sharing (VavStream *self);
gboolean vav_stream_get_sharing (VavStream *self);
gboolean vav_stream_get_peer_sharing (VavStream *self);

/* The other side's picture and sound, and our own picture as it is sent. They last as long as the stream, over all its calls. */
VavOutlet *vav_stream_get_video_in (VavStream *self);
/**
 * vav_stream_get_audio_in:
 *
 * Returns: (transfer none): the other side's sound; it lasts as long as the stream, over all its calls
 */
VavOutlet *vav_stream_get_audio_in (VavStream *self);
VavOutlet *vav_stream_get_video_out (VavStream *self);

G_END_DECLS
