/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Pictures from files of this user: portraits of people, codes. A file has 20 MiB and 100 million pixels at most. */

/* Made smaller until no side is longer than that many pixels, and turned as its camera was held. Any thread; blocks. VAV_ERROR_FAILED. (transfer full) */
GdkPixbuf *vav_app_picture_load (GFile *file, int side, GCancellable *cancellable, GError **error);

/* A square out of the middle of a picture, as a small JPEG file that vav_people_set_picture() takes. The picture is read in a thread. */
void vav_app_picture_make_portrait_async (GFile *file, GCancellable *cancellable, GAsyncReadyCallback callback,
                                          gpointer user_data);
GBytes *vav_app_picture_make_portrait_finish (GAsyncResult *result, GError **error);

/* (transfer full) (nullable): what a person's picture looks like; %NULL if there is none, or it is damaged */
GdkPaintable *vav_app_picture_get_paintable (GBytes *picture);

G_END_DECLS
