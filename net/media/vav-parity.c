/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/media/vav-parity.h"

#include <string.h>

#include "net/media/vav-number-guard.h"

#define RTP_HEADER 12
#define RTP_VERSION 0x80
#define VERSION_BITS 0xc0
#define EXTENDED 0x80 /* RFC 5109, 7.3: for later; nobody sets it */
#define LONG_MASK 0x40
#define FEC_HEADER 10
#define SHORT_LEVEL 4
#define LONG_LEVEL 8
#define MASK_BITS 48
#define KEPT 128      /* packets, half a second of them at 2.5 Mbit/s; a power of two */
#define PATIENCE 2048 /* packets without parity: then nobody sends it any more */

/* The sum of packets without what all have: version and source. */
typedef struct
{
  guint8 header[RTP_HEADER]; /* of which the number is no part */
  guint16 length;            /* of what follows the header */
  gsize longest;
  guint8 rest[VAV_PARITY_MAX_PACKET];
} Sum;

typedef struct
{
  guint n;
  guint16 base;
  guint64 mask; /* the base is its highest bit of MASK_BITS */
  Sum sum;
} Lane;

struct _VavParityMaker
{
  guint group, depth;
  guint next; /* lane */
  Lane lanes[VAV_PARITY_MAX_DEPTH];
};

typedef struct
{
  guint16 number;
  gsize size; /* 0: none */
  guint8 data[VAV_PARITY_MAX_PACKET];
} Kept;

struct _VavParityWindow
{
  Kept *kept; /* NULL: nobody sends parity */
  guint without;
  guint16 latest;
};

static guint16
read_number (const guint8 *bytes)
{
  return (guint16)(bytes[0] << 8 | bytes[1]);
}

static void
write_number (guint8 *bytes, guint number)
{
  bytes[0] = (guint8)(number >> 8);
  bytes[1] = (guint8)number;
}

static void
add_bytes (guint8 *sum, const guint8 *bytes, gsize size)
{
  for (gsize i = 0; i < size; i++)
    sum[i] ^= bytes[i];
}

/* packet: without its number for feedback */
static void
sum_add (Sum *self, const guint8 *packet, gsize size)
{
  add_bytes (self->header, packet, RTP_HEADER);
  self->length ^= (guint16)(size - RTP_HEADER);
  add_bytes (self->rest, packet + RTP_HEADER, size - RTP_HEADER);
  self->longest = MAX (self->longest, size - RTP_HEADER);
}

static gboolean
is_packet (const guint8 *packet, gsize size)
{
  return size >= RTP_HEADER && size <= VAV_PARITY_MAX_PACKET && (packet[0] & VERSION_BITS) == RTP_VERSION;
}

VavParityMaker *
vav_parity_maker_new (void)
{
  return g_new0 (VavParityMaker, 1);
}

void
vav_parity_maker_free (VavParityMaker *self)
{
  g_free (self);
}

void
vav_parity_maker_set (VavParityMaker *self, guint group, guint depth)
{
  group = MIN (group, VAV_PARITY_MAX_GROUP);
  depth = CLAMP (depth, 1, VAV_PARITY_MAX_DEPTH);
  if (self->group == group && self->depth == depth)
    return;

  self->group = group;
  self->depth = depth;
  self->next = 0;
  for (guint i = 0; i < VAV_PARITY_MAX_DEPTH; i++)
    self->lanes[i].n = 0;
}

/* RFC 5109, 7.3 and 7.4 */
static gsize
lane_write (Lane *self, guint8 *parity)
{
  gboolean is_long = (self->mask & 0xffffffff) != 0;
  guint8 *level = parity + FEC_HEADER;
  gsize header = FEC_HEADER + (is_long ? LONG_LEVEL : SHORT_LEVEL);

  parity[0] = (guint8)((self->sum.header[0] & ~VERSION_BITS) | (is_long ? LONG_MASK : 0));
  parity[1] = self->sum.header[1];
  write_number (parity + 2, self->base);
  memcpy (parity + 4, self->sum.header + 4, 4);
  write_number (parity + 8, self->sum.length);
  write_number (level, (guint)self->sum.longest);
  write_number (level + 2, (guint)(self->mask >> 32));
  if (is_long)
    for (guint i = 0; i < 4; i++)
      level[4 + i] = (guint8)(self->mask >> (24 - 8 * i));
  memcpy (parity + header, self->sum.rest, self->sum.longest);
  self->n = 0;

  return header + self->sum.longest;
}

static void
lane_add (Lane *self, const guint8 *packet, gsize size)
{
  guint8 plain[VAV_PARITY_MAX_PACKET];
  guint16 number = read_number (packet + 2);

  /* pictures were left out: what the group has so far is too old */
  if (self->n == 0 || (guint16)(number - self->base) >= MASK_BITS)
    {
      memset (self, 0, sizeof *self);
      self->base = number;
    }
  memcpy (plain, packet, size);
  vav_number_guard_strip (plain, size);
  sum_add (&self->sum, plain, size);
  self->mask |= G_GUINT64_CONSTANT (1) << (MASK_BITS - 1 - (guint16)(number - self->base));
  self->n++;
}

/* Parity of groups that are interleaved waits for the packet after the others', so that one run of losses does not take it along. */
gsize
vav_parity_maker_add (VavParityMaker *self, const guint8 *packet, gsize size, guint8 parity[VAV_PARITY_MAX_SIZE])
{
  Lane *lane = &self->lanes[self->next];
  gsize written = 0;

  if (self->group == 0 || !is_packet (packet, size))
    return 0;

  if (lane->n >= self->group)
    written = lane_write (lane, parity);
  lane_add (lane, packet, size);
  if (self->depth == 1 && lane->n >= self->group)
    written = lane_write (lane, parity);
  self->next = (self->next + 1) % self->depth;

  return written;
}

VavParityWindow *
vav_parity_window_new (void)
{
  return g_new0 (VavParityWindow, 1);
}

void
vav_parity_window_free (VavParityWindow *self)
{
  g_free (self->kept);
  g_free (self);
}

static Kept *
find (VavParityWindow *self, guint16 number)
{
  Kept *kept = &self->kept[number % KEPT];

  return kept->size > 0 && kept->number == number ? kept : NULL;
}

static void
keep (VavParityWindow *self, const guint8 *packet, gsize size)
{
  guint16 number = read_number (packet + 2);
  Kept *kept = &self->kept[number % KEPT];

  memcpy (kept->data, packet, size);
  vav_number_guard_strip (kept->data, size);
  kept->number = number;
  kept->size = size;
}

void
vav_parity_window_add (VavParityWindow *self, const guint8 *packet, gsize size)
{
  guint16 number;

  if (self->kept == NULL || !is_packet (packet, size))
    return;
  if (++self->without > PATIENCE)
    {
      g_clear_pointer (&self->kept, g_free);
      return;
    }

  number = read_number (packet + 2);
  if (find (self, self->latest) == NULL || (gint16)(number - self->latest) > 0)
    self->latest = number;
  keep (self, packet, size);
}

/* Returns: how many of the group did not come; missing: (out): the last of them */
static guint
sum_group (VavParityWindow *self, guint16 base, guint64 mask, Sum *sum, guint16 *missing)
{
  guint n = 0;

  for (guint i = 0; i < MASK_BITS; i++)
    {
      guint16 number = (guint16)(base + i);
      Kept *kept;

      if (!(mask >> (MASK_BITS - 1 - i) & 1))
        continue;
      kept = find (self, number);
      if (kept != NULL)
        sum_add (sum, kept->data, kept->size);
      else if (n++ == 0)
        *missing = number;
      else
        break;
    }

  return n;
}

/* Everything that the sum must be to be a packet of this stream. */
static gsize
make_packet (const Sum *sum, guint16 number, const guint8 *like, gsize covered, guint8 *packet)
{
  gsize length = sum->length;

  if (length > covered || length > VAV_PARITY_MAX_PACKET - RTP_HEADER || sum->longest > covered
      || (sum->header[0] & 15) != (like[0] & 15) || (sum->header[1] & 0x7f) != (like[1] & 0x7f))
    return 0;

  memcpy (packet, sum->header, RTP_HEADER);
  packet[0] = (guint8)((sum->header[0] & ~VERSION_BITS) | RTP_VERSION);
  write_number (packet + 2, number);
  memcpy (packet + 8, like + 8, 4);
  memcpy (packet + RTP_HEADER, sum->rest, length);

  return RTP_HEADER + length;
}

/* Returns: where what it covers begins; 0: it is nonsense */
static gsize
read_level (const guint8 *parity, gsize size, guint64 *mask, gsize *covered)
{
  gboolean is_long = size > 0 && (parity[0] & LONG_MASK) != 0;
  gsize header = FEC_HEADER + (is_long ? LONG_LEVEL : SHORT_LEVEL);
  const guint8 *level = parity + FEC_HEADER;

  if (size < header || (parity[0] & EXTENDED))
    return 0;

  *covered = read_number (level);
  *mask = (guint64)read_number (level + 2) << 32;
  if (is_long)
    *mask |= (guint64)read_number (level + 4) << 16 | read_number (level + 6);

  return *covered <= size - header && *covered <= VAV_PARITY_MAX_PACKET - RTP_HEADER ? header : 0;
}

gsize
vav_parity_window_recover (VavParityWindow *self, const guint8 *parity, gsize size,
                           guint8 packet[VAV_PARITY_MAX_PACKET])
{
  Sum sum = { 0 };
  guint16 missing = 0;
  gsize covered = 0, header, found;
  guint64 mask = 0;
  Kept *like;

  self->without = 0;
  if (self->kept == NULL)
    {
      self->kept = g_new0 (Kept, KEPT);
      return 0;
    }
  header = read_level (parity, size, &mask, &covered);
  like = find (self, self->latest);
  if (header == 0 || like == NULL)
    return 0;

  memcpy (sum.header, parity, 2);
  memcpy (sum.header + 4, parity + 4, 4);
  sum.length = read_number (parity + 8);
  memcpy (sum.rest, parity + header, covered);
  if (sum_group (self, read_number (parity + 2), mask, &sum, &missing) != 1)
    return 0;

  found = make_packet (&sum, missing, like->data, covered, packet);
  if (found > 0)
    keep (self, packet, found);

  return found;
}

gboolean
vav_parity_window_get_latest (VavParityWindow *self, guint8 header[12])
{
  Kept *latest = self->kept != NULL ? find (self, self->latest) : NULL;

  if (latest != NULL)
    memcpy (header, latest->data, RTP_HEADER);

  return latest != NULL;
}
