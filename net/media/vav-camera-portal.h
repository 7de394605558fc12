/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* In a sandbox (Flatpak) there is no camera in /dev and no way to PipeWire. The desktop's portal asks the person, and what it hands out is a connection
 * to PipeWire on which there are cameras and nothing else. Without a sandbox none of this is needed and none of it happens. Any thread. */

gboolean vav_camera_portal_is_needed (void);

/* Somebody wants to see a camera: the portal is asked, unless it has given one or is being asked. Returns at once; @func is called, on a thread of the
 * portal's, when there is a connection. A no stays a no until somebody wants to see a camera again; the desktop remembers it too, and where it may be
 * taken back is in its settings. */
void vav_camera_portal_ask (void (*func) (void));

/* Returns: (transfer none): the connection; -1: there is none (yet), or it has ended. It stays the same, and open, until it is -1. */
int vav_camera_portal_get_remote (void);

G_END_DECLS
