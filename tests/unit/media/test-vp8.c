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

/* The first packet of a key frame is known by its descriptor and the frame's first bit, whatever of the descriptor is there. */
static void
test_begins (void)
{
  static const struct
  {
    guint8 payload[8];
    gsize length;
    gboolean begins;
  } packets[] = {
    { { 0x10, 0x00 }, 2, TRUE },
    { { 0x10, 0x01 }, 2, FALSE },                  /* a change to the picture before */
    { { 0x00, 0x00 }, 2, FALSE },                  /* not its first packet */
    { { 0x11, 0x00 }, 2, FALSE },                  /* nor its first partition */
    { { 0x90, 0x80, 0x05, 0x00 }, 4, TRUE },       /* 7 bits of picture id */
    { { 0x90, 0x80, 0x85, 0x01, 0x00 }, 5, TRUE }, /* 15 bits */
    { { 0x90, 0x80, 0x85, 0x00, 0x01 }, 5, FALSE },
    { { 0x90, 0xe0, 0x85, 0x01, 0x01, 0x01, 0x00 }, 7, TRUE }, /* and layers */
    { { 0x90, 0x10, 0x01, 0x00 }, 4, TRUE },                   /* a key index alone */
    { { 0x10 }, 1, FALSE },                                    /* cut off */
    { { 0x90 }, 1, FALSE },
    { { 0x90, 0x80 }, 2, FALSE },
    { { 0x90, 0x80, 0x85, 0x01 }, 4, FALSE },
    { { 0 }, 0, FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (packets); i++)
    g_assert_cmpint (vav_vp8_begins_key (packets[i].payload, packets[i].length), ==, packets[i].begins);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/vp8/sizes", test_sizes);
  g_test_add_func ("/vp8/nonsense", test_nonsense);

  g_test_add_func ("/vp8/begins", test_begins);
  return g_test_run ();
}
