/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

#include "net/call/vav-history.h"
#include "net/call/vav-people.h"
#include "net/call/vav-request.h"
#include "net/call/vav-stream.h"
#include "net/media/vav-devices.h"
#include "net/media/vav-preview.h"
#include "net/signal/vav-nearby.h"

G_BEGIN_DECLS

/**
 * VavEndpoint:
 *
 * This user on this computer: the identity, the people, the listener, the media sources, and all streams with a call or with
 * detection on. A #GListModel of #VavStream. Lives in the main context where it was made.
 *
 * It holds the streams that it lists, and streams hold it: vav_endpoint_close_async() ends all of them and so breaks the circle.
 *
 * Properties: `id`; `broker` ((nullable), writable): the meeting server's URL, `meeting-address` ((nullable), notified): `visavis:ID` while calls are taken by it,
 * `presence` (writable), and `broker-trouble` ((nullable), notified): a sentence, why it is not connected to; `identifier` (this user's displayed name); `history-kept`; `findable`; `listening-address` ((nullable), notified): `HOST:PORT` as bound; of what
 * this user sees and hears with, for all calls: `camera`, `microphone`, `speaker` ((nullable): names), `volume`, `muted`,
 * `voice-processing`, `picture-quality`, `rate-limit`, `test-picture`; and (read-only, notified) `has-camera`, `has-microphone`: whether there is something to see
 * and to hear this user with, as far as is known.
 */
#define VAV_TYPE_ENDPOINT (vav_endpoint_get_type ())
G_DECLARE_FINAL_TYPE (VavEndpoint, vav_endpoint, VAV, ENDPOINT, GObject)

/**
 * VavEndpoint::connection-requested:
 * @self: the object that tells it
 * @stream: where it arrived
 * @request: who asks
 *
 * Somebody calls. After the stream's own signal of that name.
 */

/**
 * VavEndpoint::listen-failed:
 * @self: the object that tells it
 * @error: why, a sentence for people
 *
 * Detection is on, but the port could not be opened.
 */

/**
 * VavEndpoint::device-failed:
 * @self: the object that tells it
 * @error: why, a sentence for people
 *
 * A camera, microphone or media file cannot be used; calls go on without it, or with the one that was used before.
 */

/**
 * VavEndpoint::stream-ended:
 * @self: the object that tells it
 * @stream: which
 *
 * A stream has left the list: its call is over, and it does not detect.
 */

VavEndpoint *vav_endpoint_new (const char *profile, const char *media, GError **error);

const char *vav_endpoint_get_id (VavEndpoint *self);
const char *vav_endpoint_get_profile (VavEndpoint *self);
/**
 * vav_endpoint_get_identifier:
 *
 * Returns: (nullable): this user's displayed name
 */
const char *vav_endpoint_get_identifier (VavEndpoint *self);
void vav_endpoint_set_identifier (VavEndpoint *self, const char *name);
VavPeople *vav_endpoint_get_people (VavEndpoint *self);
VavHistory *vav_endpoint_get_history (VavEndpoint *self);
void vav_endpoint_set_history_kept (VavEndpoint *self,
                                    gboolean kept); /* calls, texts and files from now on; off at first */
gboolean vav_endpoint_get_history_kept (VavEndpoint *self);
const char *
vav_endpoint_get_notice (VavEndpoint *self); /* (nullable): a damaged file was put aside; to be shown once */

gboolean vav_endpoint_set_listen (VavEndpoint *self, const char *host_port, GError **error);
/**
 * vav_endpoint_get_listening_address:
 *
 * Returns: (nullable): `HOST:PORT` as bound; %NULL: not listening
 */
const char *vav_endpoint_get_listening_address (VavEndpoint *self);
char **vav_endpoint_dup_addresses (VavEndpoint *self); /* where others can call now, each `HOST:PORT` */
gboolean vav_endpoint_set_broker (VavEndpoint *self, const char *url, GError **error);
const char *vav_endpoint_get_broker (VavEndpoint *self);          /* (nullable) */
const char *vav_endpoint_get_meeting_address (VavEndpoint *self); /* (nullable): not to be reached by a broker */
gboolean vav_endpoint_is_broker_connected (VavEndpoint *self);    /* changes with a notify::broker-trouble */
char *vav_endpoint_dup_broker_trouble (VavEndpoint *self);        /* (nullable): why there is no connection to it */
/* Whether one's people see at the meeting server that this user takes calls; at first they do. */
void vav_endpoint_set_presence (VavEndpoint *self, gboolean shown);
gboolean vav_endpoint_get_presence (VavEndpoint *self);
void vav_endpoint_set_direct (VavEndpoint *self, gboolean direct);
gboolean vav_endpoint_get_direct (VavEndpoint *self);
/**
 * vav_endpoint_set_stun:
 * @url: (nullable): `stun://HOST[:PORT]`; %NULL: none
 *
 * Sets who tells this computer how others see it.
 */
gboolean vav_endpoint_set_stun (VavEndpoint *self, const char *url, GError **error);
/**
 * vav_endpoint_set_turn:
 * @url: (nullable): `turn://USER:PASS@HOST[:PORT][?transport=tcp]`; %NULL: none
 *
 * Sets who relays calls that find no other way.
 */
gboolean vav_endpoint_set_turn (VavEndpoint *self, const char *url, GError **error);
/**
 * vav_endpoint_set_relay_only:
 * @relay_only: whether media go through the relay alone, so that the other side does not learn this computer's address
 */
void vav_endpoint_set_relay_only (VavEndpoint *self, gboolean relay_only);
/**
 * vav_endpoint_set_media_ports:
 * @ports: (nullable): `FIRST-LAST`; %NULL: any
 *
 * Sets the UDP ports of calls that begin after this. Error: %VAV_ERROR_INVALID_ADDRESS.
 */
gboolean vav_endpoint_set_media_ports (VavEndpoint *self, const char *ports, GError **error);

/* Whether everybody in the local network is told name, id and port while this user can be called; off at first, and only the person can want it. */
void vav_endpoint_set_findable (VavEndpoint *self, gboolean findable);
gboolean vav_endpoint_get_findable (VavEndpoint *self);
VavNearby *vav_endpoint_get_nearby (VavEndpoint *self); /* (transfer none): who else can be found */

/* What this user sees and hears with, in all calls; may change in the middle of one. */
#define VAV_MAX_VOLUME 1.5
void vav_endpoint_set_device (VavEndpoint *self, VavDeviceKind kind,
                              const char *name); /* (nullable): the default one */
const char *vav_endpoint_get_device (VavEndpoint *self, VavDeviceKind kind);
void vav_endpoint_set_volume (VavEndpoint *self, double volume); /* 0 to VAV_MAX_VOLUME; 1: as it came */
double vav_endpoint_get_volume (VavEndpoint *self);
void vav_endpoint_set_muted (VavEndpoint *self, gboolean muted);
gboolean vav_endpoint_get_muted (VavEndpoint *self);
void vav_endpoint_set_voice_processing (VavEndpoint *self, gboolean processing);
gboolean vav_endpoint_get_voice_processing (VavEndpoint *self);
void vav_endpoint_set_picture_quality (VavEndpoint *self, VavPictureQuality quality);
VavPictureQuality vav_endpoint_get_picture_quality (VavEndpoint *self);
void vav_endpoint_set_rate_limit (VavEndpoint *self, guint bits_per_second); /* in each direction of a call; 0: none */
guint vav_endpoint_get_rate_limit (VavEndpoint *self);
const char *vav_endpoint_get_source (
    VavEndpoint *self); /* as given to vav_endpoint_new(): what is chosen above counts for `auto` */
void vav_endpoint_set_test_picture (VavEndpoint *self, gboolean test_picture); /* in the place of the camera */
gboolean vav_endpoint_get_test_picture (VavEndpoint *self);
gboolean vav_endpoint_has (VavEndpoint *self, VavDeviceKind kind); /* camera or microphone */
VavPreview *vav_endpoint_make_preview (VavEndpoint *self);

/* Calls by their numbers alone. */
VavStream *vav_endpoint_find (VavEndpoint *self, guint64 value); /* (transfer none) (nullable) */
gboolean vav_endpoint_get_status (VavEndpoint *self, guint64 value, VavState *state, GError **call_error,
                                  GError **error);
gboolean vav_endpoint_hang_up (VavEndpoint *self, guint64 value, GBytes *data, GError **error);

/**
 * VavConditionFunc:
 * @stream: where the request arrived
 * @request: who asks, and what they offer; only to be looked at
 * @data: (out) (nullable) (transfer full): goes with the answer, at most VAV_MAX_DATA bytes
 * @user_data: as given
 *
 * A program's decision about a request, at once. With %VAV_DECISION_DEFER the program keeps a reference and answers later.
 */
typedef VavDecision (*VavConditionFunc) (VavStream *stream, VavRequest *request, GBytes **data, gpointer user_data);

void vav_endpoint_set_condition (VavEndpoint *self, VavConditionFunc condition, gpointer user_data,
                                 GDestroyNotify destroy);

/* Hangs everything up gracefully (what takes longer than 2 s is cut), stops listening; settles when all is given back. A program calls it before it quits. */
void vav_endpoint_close_async (VavEndpoint *self, GAsyncReadyCallback callback, gpointer user_data);
/**
 * vav_endpoint_close_finish:
 * @result: of the call that ends
 *
 * Returns: %TRUE: all is given back
 */
gboolean vav_endpoint_close_finish (VavEndpoint *self, GAsyncResult *result, GError **error);

G_END_DECLS
