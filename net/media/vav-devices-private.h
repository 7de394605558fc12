/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

#include "net/media/vav-device-providers.h"
#include "net/media/vav-devices.h"

G_BEGIN_DECLS

/* As vav_devices_list_async(), but blocks: for threads that may. Returns: (element-type VavDevice) (transfer full) */
GPtrArray *vav_devices_probe (void);
/* The one with a name, or else the first (default) one of a kind, but none like those of @avoid (element-type VavDevice). name, avoid: (nullable).
 * Returns: (nullable) (transfer none): of @list */
VavDevice *vav_devices_choose (GPtrArray *list, VavDeviceKind kind, const char *name, GPtrArray *avoid);
/* Of all that there are. Blocks. Returns: (nullable) (transfer full) */
VavDevice *vav_devices_pick (VavDeviceKind kind, const char *name, GPtrArray *avoid);
/* list: (element-type VavDevice): whether one of it is the same as the device */
gboolean vav_devices_contain (GPtrArray *list, VavDevice *device);

/* Whether two are one, told of at two times or by two servers. */
gboolean vav_device_is_same (VavDevice *self, VavDevice *other);
/* A microphone out of which the sound server takes the echo already. */
gboolean vav_device_cancels_echo (VavDevice *self);

/* Returns: (nullable) (transfer floating): a source or sink for the device */
GstElement *vav_device_make_element (VavDevice *self);
/* Returns: (nullable) (transfer full): what it can do */
GstCaps *vav_device_get_caps (VavDevice *self);

G_END_DECLS
