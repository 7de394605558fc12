/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "widgets/vav-gtk-fit.h"

#include <math.h>

/* At most this part of a picture may be cut off to fill the box; with more, bars are better than a cropped face. A little more than a quarter: 16:9 fills
 * 4:3, and still does so when it was scaled to whole pixels. */
#define MAX_CUT 0.26

/* The own picture in the corner: part of the box's width and height, and limits in pixels. */
#define CORNER_PART 0.28
#define CORNER_MAX 260.0
#define CORNER_MIN 72.0
#define CORNER_MARGIN_PART 0.02
#define CORNER_MARGIN_MIN 6.0
#define CORNER_MARGIN_MAX 18.0

/*
 * vav_gtk_fit_covers:
 *
 * Returns: whether a picture fills the box (cut a little at two sides) or is shown whole between bars
 */
gboolean
vav_gtk_fit_covers (double picture_width, double picture_height, double width, double height)
{
  double ratio;

  if (picture_width <= 0 || picture_height <= 0 || width <= 0 || height <= 0)
    return TRUE;
  ratio = (picture_width / picture_height) / (width / height);
  if (ratio > 1)
    ratio = 1 / ratio;
  return 1 - ratio <= MAX_CUT;
}

/*
 * vav_gtk_fit_picture:
 *
 * Returns: where the picture is drawn in a box of @width × @height; reaches over the box when it covers it
 */
VavGtkRect
vav_gtk_fit_picture (double picture_width, double picture_height, double width, double height, gboolean whole)
{
  VavGtkRect rect = { 0, 0, width, height };
  double across, down;
  gboolean covers = !whole && vav_gtk_fit_covers (picture_width, picture_height, width, height);
  double scale;

  if (picture_width <= 0 || picture_height <= 0 || width <= 0 || height <= 0)
    return rect;
  across = width / picture_width;
  down = height / picture_height;
  scale = covers ? MAX (across, down) : MIN (across, down);
  rect.width = picture_width * scale;
  rect.height = picture_height * scale;
  rect.x = (width - rect.width) / 2;
  rect.y = (height - rect.height) / 2;
  return rect;
}

/*
 * vav_gtk_fit_exactly:
 * @rect: of vav_gtk_fit_picture()
 * @scale: device pixels a pixel
 *
 * Returns: @rect; or, where the picture was scaled for it beforehand (vav_gtk_fit_scale(), which gives up to two pixels more), the place where each
 *   pixel of the picture is one of the device: sharp, and not scaled a second time
 */
VavGtkRect
vav_gtk_fit_exactly (VavGtkRect rect, int picture_width, int picture_height, double width, double height, int scale)
{
  double across = (double)picture_width / scale, down = (double)picture_height / scale;
  double more = 2.0 / scale;

  if (across < rect.width || across > rect.width + more || down < rect.height || down > rect.height + more)
    return rect;
  rect.width = across;
  rect.height = down;
  rect.x = floor ((width - across) / 2 * scale) / scale;
  rect.y = floor ((height - down) / 2 * scale) / scale;
  return rect;
}

static int
even (double length)
{
  int pixels = (int)(length + 0.5);

  return MAX (2, (pixels + 1) & ~1);
}

/*
 * vav_gtk_fit_scale:
 *
 * The size to which a picture is scaled before it is shown in a box of @width × @height device pixels: never larger than it is,
 * aspect kept, even (I420 needs it).
 */
void
vav_gtk_fit_scale (int picture_width, int picture_height, int width, int height, gboolean whole, int *out_width,
                   int *out_height)
{
  VavGtkRect rect = vav_gtk_fit_picture (picture_width, picture_height, width, height, whole);

  if (picture_width <= 0 || picture_height <= 0 || rect.width >= picture_width || rect.height >= picture_height)
    {
      *out_width = MAX (picture_width, 1);
      *out_height = MAX (picture_height, 1);
      return;
    }
  *out_width = MIN (even (rect.width), picture_width);
  *out_height = MIN (even (rect.height), picture_height);
}

/*
 * vav_gtk_fit_corner:
 *
 * Returns: where the own picture stands in a conference of @width × @height: at the bottom, at the end side of left-to-right
 *   text, with the picture's own aspect
 */
VavGtkRect
vav_gtk_fit_corner (double picture_width, double picture_height, double width, double height)
{
  double aspect = picture_width > 0 && picture_height > 0 ? picture_width / picture_height : 4.0 / 3.0;
  double margin = CLAMP (CORNER_MARGIN_PART * MIN (width, height), CORNER_MARGIN_MIN, CORNER_MARGIN_MAX);
  VavGtkRect rect;

  rect.width = CLAMP (width * CORNER_PART, CORNER_MIN, CORNER_MAX);
  rect.height = rect.width / aspect;
  if (rect.height > height * CORNER_PART)
    {
      rect.height = MAX (height * CORNER_PART, CORNER_MIN / 2);
      rect.width = rect.height * aspect;
    }
  rect.x = width - rect.width - margin;
  rect.y = height - rect.height - margin;
  return rect;
}

gboolean
vav_gtk_fit_is_clear (VavGtkRect rect, VavGtkRect other)
{
  return rect.x + rect.width <= other.x || rect.x >= other.x + other.width || rect.y + rect.height <= other.y
         || rect.y >= other.y + other.height;
}

/*
 * vav_gtk_fit_clear:
 *
 * Returns: @rect, moved as little as may be, across or down, so that it keeps clear of @other by @margin; where it is if it does, or if there is no room
 */
VavGtkRect
vav_gtk_fit_clear (VavGtkRect rect, VavGtkRect other, VavGtkRect room, double margin)
{
  const double tops[] = { other.y - margin - rect.height, other.y + other.height + margin };
  const double lefts[] = { other.x - margin - rect.width, other.x + other.width + margin };
  VavGtkRect best = rect;
  double way = G_MAXDOUBLE;

  if (vav_gtk_fit_is_clear (rect, other))
    return rect;
  for (guint i = 0; i < 2; i++)
    {
      if (ABS (tops[i] - rect.y) < way && tops[i] >= room.y && tops[i] + rect.height <= room.y + room.height)
        {
          best = (VavGtkRect){ rect.x, tops[i], rect.width, rect.height };
          way = ABS (tops[i] - rect.y);
        }
      if (ABS (lefts[i] - rect.x) < way && lefts[i] >= room.x && lefts[i] + rect.width <= room.x + room.width)
        {
          best = (VavGtkRect){ lefts[i], rect.y, rect.width, rect.height };
          way = ABS (lefts[i] - rect.x);
        }
    }

  return best;
}
