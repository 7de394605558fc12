/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

#include "net/core/vav-error.h"
#include "net/core/vav-outlet.h"
#include "net/core/vav-types.h"
#include "net/media/vav-devices.h"

G_BEGIN_DECLS

/**
 * VavMediaKind:
 * @VAV_MEDIA_AUDIO: sound
 * @VAV_MEDIA_VIDEO: picture
 */
typedef enum
{
  VAV_MEDIA_AUDIO,
  VAV_MEDIA_VIDEO,
} VavMediaKind;

#define VAV_N_MEDIA_KINDS (VAV_MEDIA_VIDEO + 1)

/**
 * VavMedia:
 *
 * What this user sees and hears with: where picture and sound come from, where sound goes, which STUN and TURN servers
 * help. One per endpoint, shared by its calls: two calls that send the same camera open it once.
 *
 * The source is `test` (a test picture with frame number and time, and a tone; incoming sound is played to nobody), `auto` (devices),
 * `none`, or the path of a media file (played in a loop as picture and sound).
 *
 * Main-context object.
 */
#define VAV_TYPE_MEDIA (vav_media_get_type ())
G_DECLARE_FINAL_TYPE (VavMedia, vav_media, VAV, MEDIA, GObject)

VavMedia *vav_media_new (const char *source, const char *seed, GError **error);
void vav_media_warm_up (VavMedia *self);
const char *vav_media_get_source (VavMedia *self); /* as given */
void vav_media_set_test_picture (VavMedia *self,
                                 gboolean test_picture); /* in the place of the camera, whatever the source is */
gboolean vav_media_get_test_picture (VavMedia *self);
gboolean vav_media_set_stun (VavMedia *self, const char *url, GError **error);
gboolean vav_media_set_turn (VavMedia *self, const char *url, GError **error);
void vav_media_set_relay_only (VavMedia *self, gboolean relay_only);
gboolean vav_media_set_ports (VavMedia *self, const char *ports, GError **error);

/* Pictures or sound of this side while something holds the source open: every hold opens the device (asynchronously) unless it is open,
 * the last release closes it. Nothing is opened without a hold. Whoever attaches to the outlet without a hold just sees nothing. */
VavOutlet *vav_media_get_outlet (VavMedia *self, VavMediaKind kind);
void vav_media_hold (VavMedia *self, VavMediaKind kind);
void vav_media_release (VavMedia *self, VavMediaKind kind);
gboolean vav_media_has (VavMedia *self, VavMediaKind kind);
gboolean vav_media_is_open (VavMedia *self, VavMediaKind kind);

/* Which device of each kind, by its name; %NULL: the default one. One that is not there is used when it comes; meanwhile another is. What
 * is open changes over. */
void vav_media_set_device (VavMedia *self, VavDeviceKind kind, const char *name);
const char *vav_media_get_device (VavMedia *self, VavDeviceKind kind);

/* How loud the other side is: 0 to 1.5 as people hear it (the amplitude is its third power), 1: as it came. */
void vav_media_set_volume (VavMedia *self, double volume);
double vav_media_get_volume (VavMedia *self);
void vav_media_set_muted (VavMedia *self, gboolean muted);
gboolean vav_media_get_muted (VavMedia *self);

/* Whether echo and noise are taken out of a microphone's sound and its loudness is evened; a source that does so itself is left alone. */
void vav_media_set_processing (VavMedia *self, gboolean processing);
gboolean vav_media_get_processing (VavMedia *self);

void vav_media_set_picture_quality (VavMedia *self, VavPictureQuality quality);
VavPictureQuality vav_media_get_picture_quality (VavMedia *self);
/* Of sound and picture together in each direction of a call, see vav-rate-limit.h: bit/s; 0: none. */
void vav_media_set_rate_limit (VavMedia *self, guint bits_per_second);
guint vav_media_get_rate_limit (VavMedia *self);

/* The addresses of this computer that a path may begin at, in one line. (transfer full) */
char *vav_media_describe_addresses (void);

G_END_DECLS
