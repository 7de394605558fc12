/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "net/media/vav-devices.h"

G_BEGIN_DECLS

/**
 * VavDeviceList:
 *
 * The cameras, microphones and speakers of this computer, as a #GListModel of #VavDevice, by kind and defaults first: what vav_devices_list_async()
 * tells, kept up to date. Devices that come and go are noticed within seconds; where no server of sound runs, one is looked for every few
 * seconds. Opens none of them.
 *
 * Belongs to the main context where it was made.
 *
 * Properties: `known` (notified): whether the devices were asked for yet; before that the list is empty and says nothing.
 */
#define VAV_TYPE_DEVICE_LIST (vav_device_list_get_type ())
G_DECLARE_FINAL_TYPE (VavDeviceList, vav_device_list, VAV, DEVICE_LIST, GObject)

VavDeviceList *vav_device_list_new (void);
gboolean vav_device_list_is_known (VavDeviceList *self);
guint vav_device_list_count (VavDeviceList *self, VavDeviceKind kind);

G_END_DECLS
