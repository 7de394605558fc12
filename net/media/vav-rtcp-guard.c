/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/media/vav-rtcp-guard.h"

#include <gst/rtp/gstrtcpbuffer.h>

#define SDES_PRIVATE 8
#define FEEDBACK_HEADER 12 /* of RFC 4585, 6.1: with both sources */
#define REPORT_HEADER 8    /* of transport-wide feedback, before its chunks */
#define BLOCK_BYTES 24     /* RFC 3550, 6.4.1 */
#define SENDER_BYTES 28
#define RECEIVER_BYTES 8

typedef enum
{
  KIND_REPORTS,
  KIND_FEEDBACK,
  KIND_NUMBERS,
  KIND_REPEATS,
  KIND_KEY_FRAMES,
  KIND_ENDS,
  N_KINDS
} Kind;

/* What a second has room for, and what may come at once. What each costs us was measured at the RTP session of GStreamer 1.22 on a computer that can
 * encode 720p30 with a seventh of a core; all together are 3 % of a core at most, and what is refused costs about 1 µs at most. */
static const struct
{
  double rate, burst;
} limits[N_KINDS] = {
  /* SR, RR, their blocks and the items of SDES: 1.2 µs each. Peers that know no reduced size send 900 while much is lost. */
  [KIND_REPORTS] = { 1500, 1500 },
  /* Transport-wide reports. Peers send one with each picture at most, or each 50 ms. */
  [KIND_FEEDBACK] = { 100, 100 },
  /* The numbers in them: 0.6 µs each, 250 bytes while they are looked at, and what we make of them. We send 400 in a second. */
  [KIND_NUMBERS] = { 2048, 4096 },
  /* Packets that are asked for again: 4 µs each; what they cost the path is in the pacer's hands. A fifth of what we send, three times each, is 200. */
  [KIND_REPEATS] = { 1000, 2000 },
  /* Key frames: ten usual pictures each, as long as three take to come. Peers ask again if one does not. */
  [KIND_KEY_FRAMES] = { 3, 3 },
  /* BYE, and each source that it names: 1 µs. */
  [KIND_ENDS] = { 4, 32 },
};

/* So many numbers may be told without news (vav_rtcp_guard_note_told()), half a minute of them at least: GStreamer keeps 80 bytes of each, and walks
 * through all with each report. */
#define MAX_WITHOUT_NEWS 16384

/* What GStreamer 1.22 expects of the next transport-wide report, as it counts (rtptwcc.c): all numbers between that and what comes are lost. */
typedef struct
{
  gboolean begun;
  guint16 number;
  guint8 count;
} Expected;

/* RFC 3550, 5.1; the source is the last word of the header */
#define RTP_HEADER 12
#define RTP_CONTRIBUTORS 0x0f

struct _VavRtcpGuard
{
  gatomicrefcount ref_count;

  GMutex lock; /* all below */
  double room[N_KINDS];
  gint64 filled_us; /* monotonic; 0: never */
  guint32 sources[VAV_RTCP_MAX_SOURCES];
  guint n_sources;
  Expected expected;
  guint without_news; /* numbers */
  guint refused;
};

VavRtcpGuard *
vav_rtcp_guard_new (void)
{
  VavRtcpGuard *self = g_new0 (VavRtcpGuard, 1);

  g_atomic_ref_count_init (&self->ref_count);
  g_mutex_init (&self->lock);
  for (guint i = 0; i < N_KINDS; i++)
    self->room[i] = limits[i].burst;

  return self;
}

VavRtcpGuard *
vav_rtcp_guard_ref (VavRtcpGuard *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
vav_rtcp_guard_unref (VavRtcpGuard *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  g_mutex_clear (&self->lock);
  g_free (self);
}

static void
refill (VavRtcpGuard *self, gint64 now_us)
{
  double seconds = self->filled_us != 0 ? (double)MAX (now_us - self->filled_us, 0) / G_USEC_PER_SEC : 0;

  for (guint i = 0; i < N_KINDS; i++)
    self->room[i] = MIN (self->room[i] + limits[i].rate * seconds, limits[i].burst);
  self->filled_us = MAX (now_us, self->filled_us);
}

static gboolean
take_room (VavRtcpGuard *self, Kind kind, guint n)
{
  if (self->room[kind] < n)
    return FALSE;

  self->room[kind] -= n;
  return TRUE;
}

/* Under the lock */
static gboolean
admit (VavRtcpGuard *self, guint32 ssrc)
{
  for (guint i = 0; i < self->n_sources; i++)
    if (self->sources[i] == ssrc)
      return TRUE;
  if (self->n_sources == VAV_RTCP_MAX_SOURCES)
    return FALSE;

  self->sources[self->n_sources++] = ssrc;
  return TRUE;
}

static guint
get_count (const guint8 *packet)
{
  return packet[0] & 31;
}

static gsize
get_length (const guint8 *packet)
{
  return (GST_READ_UINT16_BE (packet + 2) + 1) * (gsize)4;
}

static gboolean
check_report (VavRtcpGuard *self, const guint8 *packet, gsize length, gsize header)
{
  guint n = get_count (packet);

  return length >= header + n * (gsize)BLOCK_BYTES && take_room (self, KIND_REPORTS, 1 + n)
         && admit (self, GST_READ_UINT32_BE (packet + 4));
}

/* Of one source: pairs of type, length and text, a zero, and zeros up to the next word (RFC 3550, 6.5). Private ones have names, and a length within the
 * length. Returns: where the next source begins; 0 if it is not so */
static gsize
check_items (const guint8 *packet, gsize length, gsize at, guint *n)
{
  while (at < length && packet[at] != 0)
    {
      if (packet[at] == SDES_PRIVATE || at + 2 > length || at + 2 + packet[at + 1] > length)
        return 0;
      at += 2 + (gsize)packet[at + 1];
      (*n)++;
    }
  at = (at + 4) & ~(gsize)3;

  return at <= length ? at : 0;
}

/* GStreamer reads one source more than the count says, if there is anything: there must be nothing. */
static gboolean
check_descriptions (VavRtcpGuard *self, const guint8 *packet, gsize length)
{
  guint n = 1;
  gsize at = 4;

  for (guint i = 0; i < get_count (packet); i++)
    {
      if (at + 8 > length || !admit (self, GST_READ_UINT32_BE (packet + at)))
        return FALSE;
      at = check_items (packet, length, at + 4, &n);
      if (at == 0)
        return FALSE;
    }

  return at == length && take_room (self, KIND_REPORTS, n);
}

static gboolean
check_end (VavRtcpGuard *self, const guint8 *packet, gsize length)
{
  gsize reason = 4 + 4 * (gsize)get_count (packet);

  if (length < reason || (length > reason && reason + 1 + packet[reason] > length))
    return FALSE;

  return take_room (self, KIND_ENDS, 1 + get_count (packet));
}

/* Each asks for one packet, and with its bits for sixteen more (RFC 4585, 6.2.1). */
static gboolean
check_repeats (VavRtcpGuard *self, const guint8 *packet, gsize length)
{
  guint n = 0;

  for (gsize at = FEEDBACK_HEADER; at < length; at += 4)
    n += 1 + (guint)__builtin_popcount (GST_READ_UINT16_BE (packet + at + 2));

  return n > 0 && take_room (self, KIND_REPEATS, n);
}

/* Two words for each source (RFC 5104, 4.3.1) */
static gboolean
check_key_frames (VavRtcpGuard *self, gsize length)
{
  gsize bytes = length - FEEDBACK_HEADER;

  return bytes > 0 && bytes % 8 == 0 && take_room (self, KIND_KEY_FRAMES, (guint)bytes / 8);
}

/* What times a chunk has, in bytes, if it is of @left numbers at most (draft-holmer-rmcat-transport-wide-cc-extensions-01, 3.1). n: (out): of how many it
 * is */
static gsize
read_chunk (guint16 chunk, guint left, guint *n)
{
  static const guint8 bytes[] = { 0, 1, 2, 0 };
  guint width = chunk & 0x4000 ? 2 : 1;
  gsize times = 0;

  if (!(chunk & 0x8000))
    {
      *n = MIN (chunk & 0x1fffu, left);
      return (gsize)*n * bytes[chunk >> 13];
    }

  *n = MIN (14 / width, left);
  for (guint i = 0; i < *n; i++)
    times += bytes[chunk >> (14 - width * (i + 1)) & (width == 2 ? 3 : 1)];

  return times;
}

/* Whether all chunks and times of which a report tells are in it. */
static gboolean
check_chunks (const guint8 *report, gsize size, guint count)
{
  gsize at = REPORT_HEADER, times = 0;

  for (guint told = 0, n; told < count; told += n)
    {
      if (at + 2 > size)
        return FALSE;
      times += read_chunk (GST_READ_UINT16_BE (report + at), count - told, &n);
      at += 2;
      if (n == 0)
        return FALSE;
    }

  return at + times <= size;
}

/* Counts as GStreamer does. Returns: how many numbers it will take for lost that no report told of */
static guint
follow_reports (Expected *expected, guint16 first, guint16 count, guint8 *number)
{
  gint8 ahead = (gint8)(guint8)(*number - expected->count);
  guint lost = 0;

  if (expected->begun && (ahead < 0 || (ahead == 0 && first < expected->number)))
    return 0;
  if (expected->begun && ahead == 0)
    lost = first - (guint)expected->number;
  if (lost > VAV_RTCP_MAX_NUMBERS)
    {
      /* the path was away, or it is a lie: as a report that comes late it is read all the same, and the next one begins anew */
      (*number)--;
      return 0;
    }

  expected->begun = TRUE;
  expected->number = (guint16)(first + count);
  expected->count = (guint8)(*number + 1);
  return lost;
}

static gboolean
check_feedback (VavRtcpGuard *self, guint8 *report, gsize size, Expected *expected)
{
  guint16 count;
  guint lost;

  if (size < REPORT_HEADER + 2 || self->without_news > MAX_WITHOUT_NEWS)
    return FALSE;

  count = GST_READ_UINT16_BE (report + 2);
  if (count == 0 || count > VAV_RTCP_MAX_NUMBERS || !check_chunks (report, size, count)
      || self->room[KIND_NUMBERS] < count || !take_room (self, KIND_FEEDBACK, 1))
    return FALSE;

  lost = follow_reports (expected, GST_READ_UINT16_BE (report), count, report + 7);
  self->room[KIND_NUMBERS] -= count + lost; /* which may be a debt */

  return TRUE;
}

static gboolean
check_transport (VavRtcpGuard *self, guint8 *packet, gsize length, Expected *expected)
{
  switch (get_count (packet))
    {
    case GST_RTCP_RTPFB_TYPE_NACK:
      return check_repeats (self, packet, length);
    case GST_RTCP_RTPFB_TYPE_TWCC:
      return check_feedback (self, packet + FEEDBACK_HEADER, length - FEEDBACK_HEADER, expected);
    default:
      return FALSE;
    }
}

static gboolean
check_payload (VavRtcpGuard *self, const guint8 *packet, gsize length)
{
  switch (get_count (packet))
    {
    case GST_RTCP_PSFB_TYPE_PLI:
      return take_room (self, KIND_KEY_FRAMES, 1);
    case GST_RTCP_PSFB_TYPE_FIR:
      return check_key_frames (self, length);
    default:
      return FALSE;
    }
}

/* What we have no use for does not pass either. */
static gboolean
may_pass (VavRtcpGuard *self, guint8 *packet, gsize length, Expected *expected)
{
  switch ((guint)packet[1])
    {
    case GST_RTCP_TYPE_SR:
      return check_report (self, packet, length, SENDER_BYTES);
    case GST_RTCP_TYPE_RR:
      return check_report (self, packet, length, RECEIVER_BYTES);
    case GST_RTCP_TYPE_SDES:
      return check_descriptions (self, packet, length);
    case GST_RTCP_TYPE_BYE:
      return check_end (self, packet, length);
    case GST_RTCP_TYPE_RTPFB:
      return length >= FEEDBACK_HEADER && check_transport (self, packet, length, expected);
    case GST_RTCP_TYPE_PSFB:
      return length >= FEEDBACK_HEADER && check_payload (self, packet, length);
    default:
      return FALSE;
    }
}

gsize
vav_rtcp_guard_filter (VavRtcpGuard *self, guint8 *data, gsize size, gint64 now_us)
{
  gsize kept = 0, length;
  Expected expected;

  g_mutex_lock (&self->lock);
  refill (self, now_us);
  expected = self->expected;
  if (size > G_MAXUINT16 || !gst_rtcp_buffer_validate_data_reduced (data, (guint)size))
    {
      self->refused++;
      size = 0;
    }
  for (gsize at = 0; at + 4 <= size; at += length)
    {
      length = get_length (data + at);
      if (may_pass (self, data + at, length, &expected))
        {
          memmove (data + kept, data + at, length);
          kept += length;
        }
      else
        self->refused++;
    }
  if (kept > 0 && gst_rtcp_buffer_validate_data_reduced (data, (guint)kept))
    self->expected = expected;
  else
    kept = 0;
  g_mutex_unlock (&self->lock);

  return kept;
}

gboolean
vav_rtcp_guard_admit (VavRtcpGuard *self, const guint8 *packet, gsize size)
{
  gboolean may;

  if (size < RTP_HEADER || (packet[0] & RTP_CONTRIBUTORS) != 0)
    return FALSE;

  g_mutex_lock (&self->lock);
  may = admit (self, GST_READ_UINT32_BE (packet + RTP_HEADER - 4));
  g_mutex_unlock (&self->lock);

  return may;
}

void
vav_rtcp_guard_note_told (VavRtcpGuard *self, guint n, gboolean news)
{
  g_mutex_lock (&self->lock);
  if (self->without_news <= MAX_WITHOUT_NEWS)
    self->without_news = news ? 0 : self->without_news + n;
  g_mutex_unlock (&self->lock);
}

guint
vav_rtcp_guard_get_refused (VavRtcpGuard *self)
{
  guint refused;

  g_mutex_lock (&self->lock);
  refused = self->refused;
  g_mutex_unlock (&self->lock);

  return refused;
}
