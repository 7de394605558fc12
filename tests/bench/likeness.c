/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/bench/likeness.h"

#include <math.h>

#include "net/media/vav-test-picture.h"

#define FRACTION 256

/* Where a column of the original lies in the picture: between `left` and the one after it. */
typedef struct
{
  int left;
  int right;
  int part; /* of the right one, of FRACTION */
} Place;

struct _Likeness
{
  int width;
  int height;
  VavTestPicture *picture;
  guint8 *planes[3];
  int strides[3];

  guint8 *row;    /* of the picture, scaled */
  Place *columns; /* for pictures of columns_for's width */
  int columns_for;
};

Likeness *
likeness_new (int width, int height)
{
  Likeness *self = g_new0 (Likeness, 1);

  self->width = width;
  self->height = height;
  /* the seed makes the colour, not the luma */
  self->picture = vav_test_picture_new (width, height, NULL);
  vav_test_picture_set_grain (self->picture, LIKENESS_GRAIN);
  for (int i = 0; i < 3; i++)
    {
      self->strides[i] = i == 0 ? width : (width + 1) / 2;
      self->planes[i] = g_malloc ((gsize)self->strides[i] * (gsize)height);
    }
  self->row = g_malloc ((gsize)width);
  self->columns = g_new (Place, (gsize)width);

  return self;
}

void
likeness_free (Likeness *self)
{
  for (int i = 0; i < 3; i++)
    g_free (self->planes[i]);
  vav_test_picture_free (self->picture);
  g_free (self->row);
  g_free (self->columns);
  g_free (self);
}

/* Where the middle of one of `n` is among `of`. */
static Place
place (int i, int n, int of)
{
  int at = CLAMP ((int)(((2 * i + 1) * (gint64)of * FRACTION / n - FRACTION) / 2), 0, (of - 1) * FRACTION);

  return (Place){ at / FRACTION, MIN (at / FRACTION + 1, of - 1), at % FRACTION };
}

static int
between (int a, int b, int part)
{
  return a * (FRACTION - part) + b * part;
}

static void
lay_columns (Likeness *self, int width)
{
  if (self->columns_for == width)
    return;

  for (int x = 0; x < self->width; x++)
    self->columns[x] = place (x, self->width, width);
  self->columns_for = width;
}

static const guint8 *
scaled_row (Likeness *self, const guint8 *luma, int stride, int width, int height, int y)
{
  Place at = place (y, self->height, height);
  const guint8 *above = luma + (gsize)at.left * (gsize)stride, *below = luma + (gsize)at.right * (gsize)stride;

  lay_columns (self, width);
  for (int x = 0; x < self->width; x++)
    {
      Place column = self->columns[x];

      self->row[x] = (guint8)(between (between (above[column.left], above[column.right], column.part),
                                       between (below[column.left], below[column.right], column.part), at.part)
                              / (FRACTION * FRACTION));
    }

  return self->row;
}

static guint64
difference (const guint8 *a, const guint8 *b, int n)
{
  guint32 sum = 0; /* a row of 65,535 at most: 255² × 65,535 fits */

  for (int i = 0; i < n; i++)
    sum += (guint32)((a[i] - b[i]) * (a[i] - b[i]));

  return sum;
}

/* The clock is drawn from 52 % of the height on, an eighth of it high. */
static gboolean
is_clock (const Likeness *self, int y)
{
  return y >= self->height / 2 && y < self->height * 66 / 100;
}

double
likeness_measure (Likeness *self, const GstVideoFrame *frame, guint16 number, gint64 mono_ns, guint day_ms)
{
  const guint8 *luma = GST_VIDEO_FRAME_PLANE_DATA (frame, 0);
  int stride = GST_VIDEO_FRAME_PLANE_STRIDE (frame, 0);
  int width = GST_VIDEO_FRAME_WIDTH (frame), height = GST_VIDEO_FRAME_HEIGHT (frame), rows = 0;
  guint64 sum = 0;

  vav_test_picture_draw (self->picture, self->planes, self->strides, number, mono_ns, day_ms);
  for (int y = 0; y < self->height; y += 2)
    {
      const guint8 *row = width == self->width && height == self->height
                              ? luma + (gsize)y * (gsize)stride
                              : scaled_row (self, luma, stride, width, height, y);

      if (is_clock (self, y))
        continue;
      sum += difference (self->planes[0] + (gsize)y * (gsize)self->strides[0], row, self->width);
      rows++;
    }
  if (sum == 0)
    return LIKENESS_BEST;

  return MIN (10 * log10 (255.0 * 255.0 * rows * self->width / (double)sum), LIKENESS_BEST);
}
