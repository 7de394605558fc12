/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/media/vav-test-picture.h"

#include <math.h>
#include <string.h>

#define COLUMNS 28
#define ROWS 2
#define GRID 32 /* squares across the picture */
#define N_BITS (COLUMNS * ROWS)
#define DARK 32
#define BRIGHT 220
#define MAX_AGE_MS (60 * 1000)
#define MAX_GRAIN 100
#define GRAIN_CELL 2   /* pixels, across and down */
#define GRAIN_ROOM 256 /* by up to so much a frame's noise is moved from another's, across and down */

struct _VavTestPicture
{
  int width;
  int height;
  guint8 *ground; /* Y, U, V without padding */

  guint8 *grain; /* (nullable) noise, larger than its box by GRAIN_ROOM each way */
  int grain_x;   /* the box */
  int grain_y;
  int grain_width;
  int grain_height;
};

static guint32
hash_seed (const char *seed)
{
  guint32 hash = 2166136261u; /* FNV-1a: the same on every computer */

  for (; seed != NULL && *seed != '\0'; seed++)
    hash = (hash ^ (guint8)*seed) * 16777619u;

  return hash ^ hash >> 15;
}

static int
chroma_width (const VavTestPicture *self)
{
  return (self->width + 1) / 2;
}

static int
chroma_height (const VavTestPicture *self)
{
  return (self->height + 1) / 2;
}

static void
draw_ground (VavTestPicture *self, const char *seed)
{
  double hue = hash_seed (seed) % 360 * G_PI / 180;
  gsize luma = (gsize)self->width * (gsize)self->height;
  gsize chroma = (gsize)chroma_width (self) * (gsize)chroma_height (self);
  g_autofree guint8 *ramp = g_malloc ((gsize)self->width);

  for (int x = 0; x < self->width; x++)
    ramp[x] = (guint8)(80 + 20 * x / self->width);
  for (int y = 0; y < self->height; y++)
    {
      guint8 *row = self->ground + (gsize)y * (gsize)self->width;
      guint8 base = (guint8)(50 * y / self->height);

      for (int x = 0; x < self->width; x++)
        row[x] = (guint8)(ramp[x] + base);
    }
  memset (self->ground + luma, (int)(128 + 40 * cos (hue)), chroma);
  memset (self->ground + luma + chroma, (int)(128 + 40 * sin (hue)), chroma);
}

VavTestPicture *
vav_test_picture_new (int width, int height, const char *seed)
{
  VavTestPicture *self = g_new0 (VavTestPicture, 1);

  self->width = width;
  self->height = height;
  self->ground = g_malloc ((gsize)width * (gsize)height + 2 * (gsize)chroma_width (self) * (gsize)chroma_height (self));
  draw_ground (self, seed);

  return self;
}

void
vav_test_picture_free (VavTestPicture *self)
{
  if (self == NULL)
    return;

  g_free (self->ground);
  g_free (self->grain);
  g_free (self);
}

void
vav_test_picture_set_grain (VavTestPicture *self, int grain)
{
  guint32 state = 1;
  int width, height;

  g_clear_pointer (&self->grain, g_free);
  if (grain <= 0)
    return;

  grain = MIN (grain, MAX_GRAIN);
  /* beside the digits, above the disc */
  self->grain_x = self->width * 62 / 100;
  self->grain_y = self->height * 28 / 100;
  self->grain_width = self->width * 36 / 100;
  self->grain_height = self->height * 35 / 100;
  width = self->grain_width + GRAIN_ROOM;
  height = self->grain_height + GRAIN_ROOM;
  self->grain = g_malloc ((gsize)width * (gsize)height);
  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++)
      {
        guint8 *pixel = self->grain + (gsize)y * (gsize)width + x;

        if (y % GRAIN_CELL > 0)
          *pixel = *(pixel - width);
        else if (x % GRAIN_CELL > 0)
          *pixel = *(pixel - 1);
        else
          {
            state = state * 1664525u + 1013904223u; /* the same on every computer */
            *pixel = (guint8)(128 - grain + (int)((state >> 16) % (guint32)(2 * grain + 1)));
          }
      }
}

/* Each frame has another part of the noise, so that no codec finds it in the frame before. */
static void
draw_grain (VavTestPicture *self, guint8 *luma, int stride, guint16 frame)
{
  guint32 place = frame * 2654435761u;
  int width = self->grain_width + GRAIN_ROOM;
  const guint8 *from = self->grain + (gsize)(place >> 24) * (gsize)width + (place >> 16 & 0xff);

  for (int y = 0; y < self->grain_height; y++)
    memcpy (luma + (gsize)(self->grain_y + y) * (gsize)stride + self->grain_x, from + (gsize)y * (gsize)width,
            (gsize)self->grain_width);
}

static void
copy_plane (guint8 *to, int stride, const guint8 *from, int width, int height)
{
  if (stride == width)
    memcpy (to, from, (gsize)width * (gsize)height);
  else
    for (int y = 0; y < height; y++)
      memcpy (to + (gsize)y * (gsize)stride, from + (gsize)y * (gsize)width, (gsize)width);
}

static void
fill_box (guint8 *luma, int stride, int x, int y, int width, int height, int value)
{
  for (int row = 0; row < height; row++)
    memset (luma + (gsize)(y + row) * (gsize)stride + x, value, (gsize)width);
}

static void
fill_disc (guint8 *luma, int stride, int centre_x, int centre_y, int radius)
{
  for (int dy = -radius; dy <= radius; dy++)
    {
      int half = (int)sqrt ((double)(radius * radius - dy * dy));

      memset (luma + (gsize)(centre_y + dy) * (gsize)stride + centre_x - half, 190, (gsize)(2 * half + 1));
    }
}

/* Segments a to g of 0 to 9, bit 0 is a (top), clockwise, g is the middle. */
static const guint8 segments[10] = { 0x3f, 0x06, 0x5b, 0x4f, 0x66, 0x6d, 0x7d, 0x07, 0x7f, 0x6f };

static void
draw_digit (guint8 *luma, int stride, int x, int y, int size, int digit)
{
  int line = size / 6;
  int width = size * 3 / 5;
  int half = size / 2;
  guint8 on = segments[digit];
  const int boxes[7][4] = {
    { 0, 0, width, line },
    { width - line, 0, line, half },
    { width - line, half, line, half },
    { 0, size - line, width, line },
    { 0, half, line, half },
    { 0, 0, line, half },
    { 0, half - line / 2, width, line },
  };

  for (int i = 0; i < 7; i++)
    if (on & 1 << i)
      fill_box (luma, stride, x + boxes[i][0], y + boxes[i][1], boxes[i][2], boxes[i][3], BRIGHT);
}

/* Digits, colons and points. */
static void
draw_text (guint8 *luma, int stride, int x, int y, int size, const char *text)
{
  int dot = size / 6;

  for (; *text != '\0'; text++)
    {
      if (g_ascii_isdigit (*text))
        {
          draw_digit (luma, stride, x, y, size, *text - '0');
          x += size * 4 / 5;
          continue;
        }
      fill_box (luma, stride, x, y + size - dot, dot, dot, BRIGHT);
      if (*text == ':')
        fill_box (luma, stride, x, y + size / 3, dot, dot, BRIGHT);
      x += size * 2 / 5;
    }
}

static guint8
checksum (const guint8 *bytes, gsize length)
{
  guint8 crc = 0xa5; /* CRC-8, polynomial 0x07 */

  for (gsize i = 0; i < length; i++)
    {
      crc ^= bytes[i];
      for (int bit = 0; bit < 8; bit++)
        crc = (guint8)(crc & 0x80 ? crc << 1 ^ 0x07 : crc << 1);
    }

  return crc;
}

static void
draw_code (guint8 *luma, int stride, int width, guint16 frame, guint32 tenths)
{
  int size = width / GRID;
  guint8 bytes[N_BITS / 8] = { (guint8)(frame >> 8),   (guint8)frame,         (guint8)(tenths >> 24),
                               (guint8)(tenths >> 16), (guint8)(tenths >> 8), (guint8)tenths };

  bytes[6] = checksum (bytes, 6);
  fill_box (luma, stride, size, size, (COLUMNS + 2) * size, (ROWS + 2) * size, 128);
  for (int i = 0; i < N_BITS; i++)
    fill_box (luma, stride, (2 + i % COLUMNS) * size, (2 + i / COLUMNS) * size, size, size,
              bytes[i / 8] & 0x80 >> i % 8 ? BRIGHT : DARK);
}

void
vav_test_picture_draw (VavTestPicture *self, guint8 *const planes[3], const int strides[3], guint16 frame,
                       gint64 mono_ns, guint day_ms)
{
  gsize luma = (gsize)self->width * (gsize)self->height;
  gsize chroma = (gsize)chroma_width (self) * (gsize)chroma_height (self);
  int radius = self->height / 12;
  double angle = (double)(mono_ns / 1000000 % 4000) * 2 * G_PI / 4000;
  char number[16], clock[32];

  copy_plane (planes[0], strides[0], self->ground, self->width, self->height);
  copy_plane (planes[1], strides[1], self->ground + luma, chroma_width (self), chroma_height (self));
  copy_plane (planes[2], strides[2], self->ground + luma + chroma, chroma_width (self), chroma_height (self));

  fill_disc (planes[0], strides[0], self->width / 2 + (int)(self->width * 0.35 * cos (angle)),
             self->height * 8 / 10 + (int)(self->height * 0.08 * sin (2 * angle)), radius);
  g_snprintf (number, sizeof number, "%05u", frame);
  g_snprintf (clock, sizeof clock, "%02u:%02u:%02u.%03u", day_ms / 3600000 % 24, day_ms / 60000 % 60,
              day_ms / 1000 % 60, day_ms % 1000);
  draw_text (planes[0], strides[0], self->width / 16, self->height * 3 / 10, self->height / 6, number);
  draw_text (planes[0], strides[0], self->width / 16, self->height * 52 / 100, self->height / 8, clock);
  if (self->grain != NULL)
    draw_grain (self, planes[0], strides[0], frame);
  draw_code (planes[0], strides[0], self->width, frame, (guint32)(mono_ns / 100000));
}

/* Mean of the inner half of a square: codecs and scalers spoil edges. */
static int
read_square (const guint8 *luma, int stride, int width, int column, int row)
{
  int x = (4 * column + 1) * width / (4 * GRID);
  int y = (4 * row + 1) * width / (4 * GRID);
  int size = MAX (width / (2 * GRID), 1);
  int sum = 0;

  for (int dy = 0; dy < size; dy++)
    for (int dx = 0; dx < size; dx++)
      sum += luma[(gsize)(y + dy) * (gsize)stride + x + dx];

  return sum / (size * size);
}

gboolean
vav_test_picture_read (const guint8 *luma, int stride, int width, int height, guint16 *frame, guint32 *tenths)
{
  guint8 bytes[N_BITS / 8] = { 0 };

  /* room for the code, and squares large enough to be read */
  if (width < 4 * GRID || height < (ROWS + 4) * width / GRID)
    return FALSE;

  for (int i = 0; i < N_BITS; i++)
    if (read_square (luma, stride, width, 2 + i % COLUMNS, 2 + i / COLUMNS) > (DARK + BRIGHT) / 2)
      bytes[i / 8] |= (guint8)(0x80 >> i % 8);
  if (checksum (bytes, 6) != bytes[6])
    return FALSE;

  *frame = (guint16)(bytes[0] << 8 | bytes[1]);
  *tenths = (guint32)bytes[2] << 24 | (guint32)bytes[3] << 16 | (guint32)bytes[4] << 8 | bytes[5];
  return TRUE;
}

double
vav_test_picture_age (guint32 tenths, gint64 now_ns)
{
  guint32 age = (guint32)(now_ns / 100000) - tenths;

  return age <= MAX_AGE_MS * 10 ? age / 10.0 : -1;
}

void
vav_test_tone_fill (gint16 *samples, guint n, double frequency, double *phase)
{
  double step = 2 * G_PI * frequency / 48000;

  for (guint i = 0; i < n; i++)
    {
      samples[i] = (gint16)lrint (4634 * sin (*phase)); /* RMS 3277: -20 dB of full scale */
      *phase += step;
      if (*phase > 2 * G_PI)
        *phase -= 2 * G_PI;
    }
}

double
vav_test_tone_frequency (const char *seed)
{
  return 300 + hash_seed (seed) / 360 % 15 * 50;
}
