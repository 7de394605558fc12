/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/media/vav-number-guard.h"

#include <string.h>

#include "net/media/vav-report-pace.h"

#define RTP_HEADER 12
#define EXTENSION_HEADER 4
#define ONE_BYTE 0xbede /* RFC 8285, 4.2; in the other form GStreamer looks for no numbers */
#define PADDING_ID 0
#define STOP_ID 15
#define NUMBER_BYTES 2

/* No interval between reports is longer: what one tells of came within two periods, but for its last packet. */
#define PERIOD_US (VAV_FEEDBACK_MAX_MS * G_TIME_SPAN_MILLISECOND)

/* In sevenths of a byte: a packet has two bytes for its time, and two bits of a chunk, which has room for seven times two. */
#define TIME_COST 14
#define BITS_COST 2
/* Up to so many missing ones are told one by one. With more, chunks may be filled up, begun, and written twice. */
#define FEW_MISSING 7
#define SOME_MISSING 28
#define CHUNKS_COST 28
/* Up to 65,535 missing ones, of which a chunk tells 8,191; twice; and the chunks around them. */
#define LEAP_COST 280
/* A report has 1,380 bytes for all that: so much, and the rest is for its last packet and for where the numbers begin anew. Usual is a third: 400 packets
 * in a second, and a third of them lost. */
#define MAX_COST (1200 * 7)
/* What comes in order has no such limit, since GStreamer itself begins a new report in time, and after a gap in the path much may come at once. But there
 * may be packets among them that it does not look at. */
#define MAX_ORDERLY (4 * MAX_COST)
/* Half of the numbers there are; a minute of them. So none can come twice. */
#define MAX_ADVANCE 32767
#define WINDOW 64 /* bits of `seen` */

typedef gboolean (*ElementFunc) (gpointer user_data, guint8 *element, gsize size);

/* As GStreamer walks through them. func: what it returns says whether to go on. element: with its header of one byte, size: without */
static void
walk (guint8 *packet, gsize size, ElementFunc func, gpointer user_data)
{
  gsize at, end, length;

  if (size < RTP_HEADER || !(packet[0] & 0x10))
    return;

  at = RTP_HEADER + 4 * (gsize)(packet[0] & 15);
  if (at + EXTENSION_HEADER > size || (packet[at] << 8 | packet[at + 1]) != ONE_BYTE)
    return;

  end = at + EXTENSION_HEADER + 4 * (gsize)(packet[at + 2] << 8 | packet[at + 3]);
  for (at += EXTENSION_HEADER; end <= size && at + 1 < end; at += length)
    {
      guint id = packet[at] >> 4;

      length = id != PADDING_ID ? (packet[at] & 15) + (gsize)2 : 1;
      if (id == STOP_ID || at + length > end)
        return;
      if (id != PADDING_ID && !func (user_data, packet + at, length - 1))
        return;
    }
}

typedef struct
{
  guint16 number;
  guint n;
} Found;

/* Whatever its id: it is the other side that chooses it, and might choose another for each stream. */
static gboolean
find (gpointer user_data, guint8 *element, gsize size)
{
  Found *found = user_data;

  if (size == NUMBER_BYTES)
    {
      found->number = (guint16)(element[1] << 8 | element[2]);
      found->n++;
    }

  return TRUE;
}

static gboolean
strip (gpointer user_data, guint8 *element, gsize size)
{
  if (size == NUMBER_BYTES)
    memset (element, PADDING_ID, 1 + NUMBER_BYTES);

  return TRUE;
}

/* What nothing was told of for two periods is forgotten: the path was away, or the numbers begin anew. */
static void
begin_period (VavNumberGuard *self, gint64 now_us)
{
  gint64 periods = self->began_us != 0 ? (now_us - self->began_us) / PERIOD_US : 2;

  if (periods < 1)
    return;

  self->costs[1] = periods == 1 ? self->costs[0] : 0;
  self->advances[1] = periods == 1 ? self->advances[0] : 0;
  self->leapt[1] = periods == 1 && self->leapt[0];
  self->costs[0] = self->advances[0] = 0;
  self->leapt[0] = FALSE;
  self->began_us = periods == 1 ? self->began_us + PERIOD_US : MAX (now_us, 1);
  self->known = self->known && self->costs[1] > 0;
}

static guint
get_cost (guint missing)
{
  if (missing <= FEW_MISSING)
    return TIME_COST + BITS_COST * (missing + 1);
  if (missing <= SOME_MISSING)
    return TIME_COST + BITS_COST * (missing + 1) + CHUNKS_COST;

  return TIME_COST + BITS_COST + LEAP_COST;
}

static gboolean
may_add (VavNumberGuard *self, guint cost, guint advance, gboolean leap)
{
  gboolean leapt = leap || self->leapt[0] || self->leapt[1];

  if (self->costs[0] + self->costs[1] + cost > (leapt ? MAX_COST : MAX_ORDERLY)
      || self->advances[0] + self->advances[1] + advance > MAX_ADVANCE)
    return FALSE;

  self->costs[0] += cost;
  self->advances[0] += advance;
  self->leapt[0] |= leap;
  return TRUE;
}

/* It was overtaken: what is told of it lies between others. */
static gboolean
add_late (VavNumberGuard *self, guint behind)
{
  guint64 bit = G_GUINT64_CONSTANT (1) << (behind % WINDOW);

  if (behind >= WINDOW || (self->seen & bit) || !may_add (self, TIME_COST + BITS_COST + CHUNKS_COST, 0, TRUE))
    return FALSE;

  self->seen |= bit;
  return TRUE;
}

static gboolean
add (VavNumberGuard *self, guint16 number)
{
  guint16 ahead = self->known ? (guint16)(number - self->top) : 1;

  if (ahead == 0 || ahead > MAX_ADVANCE)
    return add_late (self, (guint16)-ahead);
  if (!may_add (self, get_cost (ahead - 1u), ahead, ahead != 1))
    return FALSE;

  self->seen = ahead < WINDOW && self->known ? self->seen << ahead | 1 : 1;
  self->known = TRUE;
  self->top = number;
  return TRUE;
}

gboolean
vav_number_guard_check (VavNumberGuard *self, const guint8 *packet, gsize size, gint64 now_us)
{
  Found found = { 0 };

  begin_period (self, now_us);
  walk ((guint8 *)packet, size, find, &found);
  if (found.n == 0 || (found.n == 1 && add (self, found.number)))
    return TRUE;

  self->refused++;
  return FALSE;
}

void
vav_number_guard_strip (guint8 *packet, gsize size)
{
  walk (packet, size, strip, NULL);
}
