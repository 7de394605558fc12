/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "net/core/vav-outlet.h"
#include "net/media/vav-devices.h"
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
 * - `began`: the device or file gives something
 * - `failed` (GError *, VavDevice *): VAV_ERROR_DEVICE: it could not be opened, or went away; %NULL: there is no such device, which is nobody's fault.
 *   It is closed then, unless the device whose place it was to take goes on. The second argument is the #VavDevice (nullable) that it had
 */
#define VAV_TYPE_CAPTURE (vav_capture_get_type ())
G_DECLARE_FINAL_TYPE (VavCapture, vav_capture, VAV, CAPTURE, GObject)

VavCapture *vav_capture_new (VavMediaKind kind, const char *source, const char *seed, VavOutlet *outlet);
/* For what is opened from now on; see #VavCaptureConfig. vav_capture_reopen() has what is open changed over, as seamlessly as devices let it. */
void vav_capture_set_device (VavCapture *self, const char *name);
void vav_capture_set_played (VavCapture *self, VavOutlet *played);
void vav_capture_reopen (VavCapture *self);
VavDevice *vav_capture_dup_device (VavCapture *self); /* (transfer full) (nullable): that is open */

/* Devices that failed are not opened again before they were forgiven: of two that cannot be used each would take the other's place for ever. */
void vav_capture_avoid (VavCapture *self, VavDevice *device);
/* there: (nullable) (element-type VavDevice): those are not forgiven; who has gone may come back */
void vav_capture_forgive (VavCapture *self, GPtrArray *there);
GPtrArray *vav_capture_get_avoided (VavCapture *self); /* (transfer none) (element-type VavDevice) */

void vav_capture_open (VavCapture *self);
void vav_capture_close (VavCapture *self);
gboolean vav_capture_is_open (VavCapture *self);

G_END_DECLS
