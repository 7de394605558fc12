/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gtk/gtk.h>

#include "widgets/vav-gtk-display.h"

G_BEGIN_DECLS

/* Draws a display's picture into its whole area and tells the display how large it is and whether it is to be seen. CSS node `videoview`.
 * Property `aspect` (double, notified): width by height of the picture; 0: none yet. Private to the library. */
#define VAV_GTK_TYPE_VIDEO_VIEW (vav_gtk_video_view_get_type ())
G_DECLARE_FINAL_TYPE (VavGtkVideoView, vav_gtk_video_view, VAV_GTK, VIDEO_VIEW, GtkWidget)

void vav_gtk_video_view_set_source (VavGtkVideoView *self, VavStream *stream, VavGtkDisplayKind kind);
void vav_gtk_video_view_set_preview (VavGtkVideoView *self,
                                     VavPreview *preview); /* the same, of a camera without a call */
void vav_gtk_video_view_set_mirror (VavGtkVideoView *self, gboolean mirror);
void vav_gtk_video_view_set_dimmed (VavGtkVideoView *self, gboolean dimmed);
void vav_gtk_video_view_set_shaded (VavGtkVideoView *self, gboolean shaded);
double vav_gtk_video_view_get_aspect (VavGtkVideoView *self);

G_END_DECLS
