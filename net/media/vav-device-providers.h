/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

#include "net/core/vav-hop.h"

G_BEGIN_DECLS

/* Those who tell of devices: the servers of sound and pictures, and the system. There is one of each in a process. */

/* Asks all of them. Blocks, up to some hundred milliseconds. Any thread.
 * Returns: (transfer full) (element-type GstDevice): of the best one first */
GList *vav_device_providers_ask (void);

/* Somebody wants to see a camera. In a sandbox the desktop asks them whether they allow that, and those who watch are told when they did. Any thread. */
void vav_device_providers_want_camera (void);

/* From the next asking on, @changed is posted when devices have come or gone (data: %NULL), perhaps in vain. Any thread.
 * Returns: for vav_devices_remove_watch() */
guint vav_devices_add_watch (VavHop *hop, VavHopFunc changed);
void vav_devices_remove_watch (guint id);
/* Whether a sound server was there at the last asking. If none was, nobody tells when one comes. */
gboolean vav_devices_have_servers (void);

G_END_DECLS
