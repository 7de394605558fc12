/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "net/core/vav-outlet.h"
#include "net/media/vav-media.h"

G_BEGIN_DECLS

/**
 * VavCapture:
 *
 * One source of pictures or sound (camera, microphone, test, file) that pushes into an outlet while it is open. Opens and closes on a
 * thread of its own.
 * Main-context object.
 *
 * Signals:
 * - `failed` (GError *): VAV_ERROR_DEVICE: it could not be opened, or went away; %NULL: there is no such device, which is nobody's fault.
 *   It is closed then
 */
#define VAV_TYPE_CAPTURE (vav_capture_get_type ())
G_DECLARE_FINAL_TYPE (VavCapture, vav_capture, VAV, CAPTURE, GObject)

VavCapture *vav_capture_new (VavMediaKind kind, const char *source, const char *seed, VavOutlet *outlet);
void vav_capture_open (VavCapture *self);
void vav_capture_close (VavCapture *self);
gboolean vav_capture_is_open (VavCapture *self);

G_END_DECLS
