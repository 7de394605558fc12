/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

#include "net/core/vav-outlet.h"

G_BEGIN_DECLS

/**
 * VavPreview:
 *
 * What this user's camera and microphone give, outside a call or beside one: for a person who wants to see and hear that all works. Made by
 * vav_endpoint_make_preview(), of the devices that are chosen there; it follows when others are. A device that a call uses already is shared with it, never opened twice.
 * Nothing is open before it is asked for, nor after it was turned off or the preview is gone. Nobody else gets anything of it.
 *
 * It holds devices, not the endpoint: turn it off before the endpoint is closed. Belongs to the main context where it was made.
 *
 * Properties:
 * - `microphone`, `camera` (gboolean, notified): whether they are wanted. One that is not there is taken as soon as it comes
 * - `level` (double, notified, about ten times a second while the microphone is wanted): how loud the microphone is, in dB of full scale; -100: silence, or nothing
 * - `sounding` (gboolean, notified): whether the test sound is on its way
 */
#define VAV_TYPE_PREVIEW (vav_preview_get_type ())
G_DECLARE_FINAL_TYPE (VavPreview, vav_preview, VAV, PREVIEW, GObject)

/**
 * VavPreview::sound-ended:
 * @self: the object that tells it
 * @played: %FALSE if there is no speaker that took it
 *
 * The sound of vav_preview_play_sound() is over.
 */

#define VAV_LEVEL_SILENCE (-100.0)

void vav_preview_set_microphone (VavPreview *self, gboolean microphone);
gboolean vav_preview_get_microphone (VavPreview *self);
void vav_preview_set_camera (VavPreview *self, gboolean camera);
gboolean vav_preview_get_camera (VavPreview *self);
double vav_preview_get_level (VavPreview *self);

/* The camera's pictures while `camera` is on, not mirrored. (transfer none) */
VavOutlet *vav_preview_get_video_out (VavPreview *self);

/* Plays a short rising sound on the chosen speaker, with the chosen volume. One at a time. */
void vav_preview_play_sound (VavPreview *self);
gboolean vav_preview_is_sounding (VavPreview *self);

G_END_DECLS
