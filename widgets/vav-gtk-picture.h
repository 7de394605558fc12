/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gdk/gdk.h>
#include <gst/gst.h>

G_BEGIN_DECLS

/* Returns: (transfer full) (nullable): a raw video sample as a texture of its full size. Private to the library. */
GdkTexture *vav_gtk_picture_new (GstSample *sample);

G_END_DECLS
