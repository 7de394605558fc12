/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "net/core/vav-error.h"
#include "net/core/vav-outlet.h"

G_BEGIN_DECLS

/* Of a screen that is sent: at most so large, and so many pictures a second. */
#define VAV_SCREEN_WIDTH 1920
#define VAV_SCREEN_HEIGHT 1080
#define VAV_SCREEN_FPS 15

/**
 * VavScreen:
 *
 * A screen or window as a node of PipeWire, which the person chose in their desktop's dialog: pushes pictures (I420, at most VAV_SCREEN_WIDTH ×
 * VAV_SCREEN_HEIGHT, shape kept) into its outlet from the beginning until it is stopped. A screen on which nothing moves gives the same picture
 * again several times a second, so that who looks can be sent a key frame at any time.
 *
 * Opens, watches and closes on a thread of its own. Main-context object.
 *
 * Signals:
 * - `began` (): the first picture is there
 * - `ended` (GError *): it ended by itself; VAV_ERROR_DEVICE: it never gave a picture; VAV_ERROR_MEDIA: a plug-in is missing; %NULL: somebody
 *   else has ended it: the desktop, or who closed the window. At most once, and never after vav_screen_stop()
 */
#define VAV_TYPE_SCREEN (vav_screen_get_type ())
G_DECLARE_FINAL_TYPE (VavScreen, vav_screen, VAV, SCREEN, GObject)

/* fd: (transfer full): a connection to PipeWire that may use the node. Closed on the thread, soon after the stop. */
VavScreen *vav_screen_new (int fd, guint32 node);
VavOutlet *vav_screen_get_outlet (VavScreen *self);
gboolean vav_screen_has_begun (VavScreen *self);
/* Nothing goes into the outlet any more when this returns. Never blocks. Disposing does it too. */
void vav_screen_stop (VavScreen *self);

G_END_DECLS
