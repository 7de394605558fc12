/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

#include "net/media/vav-devices.h"

G_BEGIN_DECLS

/* As vav_devices_list_async(), but blocks: for threads that may. Returns: (element-type VavDevice) (transfer full) */
GPtrArray *vav_devices_probe (void);
/* The first (default) one of a kind. Blocks. Returns: (nullable) (transfer full) */
VavDevice *vav_devices_pick (VavDeviceKind kind);

/* Returns: (nullable) (transfer floating): a source or sink for the device */
GstElement *vav_device_make_element (VavDevice *self);
/* Returns: (nullable) (transfer full): what it can do */
GstCaps *vav_device_get_caps (VavDevice *self);

G_END_DECLS
