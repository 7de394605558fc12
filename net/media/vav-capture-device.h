/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "net/media/vav-devices-private.h"
#include "net/media/vav-media.h"

G_BEGIN_DECLS

/* Sets up a source that was made for @device, and links it to @tail, both in one bin: of all that a camera can do the best for a call, sound in
 * small pieces, time stamps of the monotonic clock. */
gboolean vav_capture_device_link (VavDevice *device, VavMediaKind kind, GstElement *source, GstElement *tail);

G_END_DECLS
