/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/media/vav-vp8.h"

#include <string.h>

#define KEY_HEADER_SIZE 10 /* frame tag, start code, width and height with their scales */

/* 14 bits of size under 2 of scale, little-endian */
static guint
read_size (const guint8 *data)
{
  return (guint)(data[0] | data[1] << 8) & 0x3fff;
}

VavVp8Frame
vav_vp8_look (const guint8 *data, gsize length)
{
  static const guint8 start_code[] = { 0x9d, 0x01, 0x2a };
  guint width, height;

  if (length == 0)
    return VAV_VP8_BAD;
  if (data[0] & 1)
    return VAV_VP8_DELTA;
  if (length < KEY_HEADER_SIZE || memcmp (data + 3, start_code, sizeof start_code) != 0)
    return VAV_VP8_BAD;

  width = read_size (data + 6);
  height = read_size (data + 8);
  if (width == 0 || width > VAV_VP8_MAX_WIDTH || height == 0 || height > VAV_VP8_MAX_HEIGHT)
    return VAV_VP8_BAD;

  return VAV_VP8_KEY;
}

/* Of the descriptor before the frame; 0: it is cut off */
static gsize
measure_descriptor (const guint8 *payload, gsize length)
{
  gsize size = 1;
  guint8 extension;

  if ((payload[0] & 0x80) == 0)
    return size;
  if (length < 3)
    return 0;

  extension = payload[1];
  size++;
  if ((extension & 0x80) != 0)
    size += (payload[2] & 0x80) != 0 ? 2 : 1;
  if ((extension & 0x40) != 0)
    size++;
  if ((extension & 0x30) != 0)
    size++;

  return size;
}

gboolean
vav_vp8_begins_key (const guint8 *payload, gsize length)
{
  gsize size = length > 0 ? measure_descriptor (payload, length) : 0;
  gboolean begins = size > 0 && (payload[0] & 0x10) != 0 && (payload[0] & 0x07) == 0;

  return begins && length > size && (payload[size] & 1) == 0;
}
