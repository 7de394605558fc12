/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

#include "net/media/vav-devices.h"

G_BEGIN_DECLS

/* What there is now, each once, defaults first; blocks for up to some hundred milliseconds, so never on the main thread.
 * (transfer full) (element-type VavDevice) */
GPtrArray *vav_devices_list (void);

/* The element that captures from, or plays to, the device; (transfer floating) (nullable): it has gone. */
GstElement *vav_device_make_element (VavDevice *self);

G_END_DECLS
