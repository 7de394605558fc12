/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a VP8 frame says of its size is known before a decoder makes room for it. */
#include <string.h>

#include "net/media/vav-vp8.h"

typedef struct
{
  guint width, height;
  VavVp8Frame expected;
} Size;

static void
write_header (guint8 header[10], guint width, guint height, guint scale)
{
  static const guint8 begin[] = { 0x10, 0x02, 0x00, 0x9d, 0x01, 0x2a };

  memcpy (header, begin, sizeof begin);
  header[6] = (guint8)width;
  header[7] = (guint8)(width >> 8 | scale << 6);
  header[8] = (guint8)height;
  header[9] = (guint8)(height >> 8 | scale << 6);
}

/* Key frames of good sizes pass, too large ones and empty ones do not; the scale is no part of the size. */
static void
test_sizes (void)
{
  static const Size sizes[] = {
    { 1, 1, VAV_VP8_KEY },     { 1280, 720, VAV_VP8_KEY },    { 4096, 2304, VAV_VP8_KEY }, { 4097, 16, VAV_VP8_BAD },
    { 16, 2305, VAV_VP8_BAD }, { 16383, 16383, VAV_VP8_BAD }, { 0, 720, VAV_VP8_BAD },     { 1280, 0, VAV_VP8_BAD },
  };
  guint8 header[10];

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    for (guint scale = 0; scale < 4; scale++)
      {
        write_header (header, sizes[i].width, sizes[i].height, scale);
        g_assert_cmpint (vav_vp8_look (header, sizeof header), ==, sizes[i].expected);
      }
}

/* A key frame that is cut off, or without the start code, is none; a delta frame declares nothing. */
static void
test_nonsense (void)
{
  guint8 header[10];

  write_header (header, 1280, 720, 0);
  for (gsize length = 0; length < sizeof header; length++)
    g_assert_cmpint (vav_vp8_look (header, length), ==, VAV_VP8_BAD);
  for (guint i = 3; i < 6; i++)
    {
      write_header (header, 1280, 720, 0);
      header[i] ^= 1;
      g_assert_cmpint (vav_vp8_look (header, sizeof header), ==, VAV_VP8_BAD);
    }
  write_header (header, 16383, 16383, 0);
  header[0] |= 1;
  g_assert_cmpint (vav_vp8_look (header, sizeof header), ==, VAV_VP8_DELTA);
  g_assert_cmpint (vav_vp8_look (header, 1), ==, VAV_VP8_DELTA);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/vp8/sizes", test_sizes);
  g_test_add_func ("/vp8/nonsense", test_nonsense);

  return g_test_run ();
}
