/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* Cameras and speakers to plug in and pull out, GStreamer's own test elements, told of by a provider that stands in the place of the system's: no
 * computer that runs tests has two cameras to pull out. The other providers are this computer's own business, and are not asked. */
void shelf_set_up (void);

/* width: of its pictures; 0: it cannot be opened. Returns: (transfer full): a camera that is plugged in now */
GstDevice *shelf_plug_camera (const char *name, int width);
GstDevice *shelf_plug_speaker (const char *name, gboolean works);
/* device: (transfer full) */
void shelf_unplug (GstDevice *device);

void shelf_set_width (GstDevice *camera, int width);
int shelf_get_tries (GstDevice *device); /* how often it was to be opened */

/* Cameras are not closed before they are let go again. */
void shelf_hold_cameras (gboolean hold);
int shelf_get_closing (void); /* threads that wait for that */

/* The provider hangs when it is started, as one does whose server hangs. */
void shelf_hang (gboolean hang);
int shelf_get_hanging (void); /* threads */

G_END_DECLS
