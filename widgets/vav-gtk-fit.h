/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Where a picture goes in a box: pure arithmetic, shared by the view that draws, the display that scales beforehand, and
 * the conference that places the own picture. Private to the library. */

typedef struct
{
  double x, y, width, height;
} VavGtkRect;

gboolean vav_gtk_fit_covers (double picture_width, double picture_height, double width, double height);
/* whole: nothing of the picture may be cut off */
VavGtkRect vav_gtk_fit_picture (double picture_width, double picture_height, double width, double height,
                                gboolean whole);
VavGtkRect vav_gtk_fit_exactly (VavGtkRect rect, int picture_width, int picture_height, double width, double height,
                                int scale);
void vav_gtk_fit_scale (int picture_width, int picture_height, int width, int height, gboolean whole, int *out_width,
                        int *out_height);
VavGtkRect vav_gtk_fit_corner (double picture_width, double picture_height, double width, double height);
gboolean vav_gtk_fit_is_clear (VavGtkRect rect, VavGtkRect other);
/* room: where it may go to */
VavGtkRect vav_gtk_fit_clear (VavGtkRect rect, VavGtkRect other, VavGtkRect room, double margin);

G_END_DECLS
