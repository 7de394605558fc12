/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What is fuzzed, cut into packets: a byte of time, one of length (0: the rest), and so many bytes. */
typedef struct
{
  const guint8 *bytes;
  gsize left;
  gint64 now_us;
} Parts;

/* Returns: (nullable) (transfer full): the next packet, in room of just its size, so that who reads beyond it is seen */
static inline guint8 *
parts_next (Parts *parts, gsize *size)
{
  guint8 *packet;

  if (parts->left < 3)
    return NULL;

  *size = parts->bytes[1] != 0 ? MIN (parts->bytes[1], parts->left - 2) : parts->left - 2;
  parts->now_us += parts->bytes[0] * G_TIME_SPAN_MILLISECOND;
  packet = g_memdup2 (parts->bytes + 2, *size);
  parts->bytes += 2 + *size;
  parts->left -= 2 + *size;

  return packet;
}

G_END_DECLS
