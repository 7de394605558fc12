/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/* Pictures of a call that are kept, as PNG files in the folder "Visavis" among the user's pictures. */

/* Written in a thread, never over another file. name: whom it shows; anything. Gives the file; errors are of G_IO_ERROR. */
void vav_app_snapshot_save_async (GdkTexture *picture, const char *name, GAsyncReadyCallback callback,
                                  gpointer user_data);
GFile *vav_app_snapshot_save_finish (GAsyncResult *result, GError **error); /* (transfer full) */

/* The same, and tells of it there, with a button that opens the folder. */
void vav_app_snapshot_keep (GdkTexture *picture, const char *name, AdwToastOverlay *overlay);

/* A name as a part of a file's name: no character that means something to a file system, 64 at most, never empty. (transfer full) */
char *vav_app_snapshot_clean (const char *name);

G_END_DECLS
