/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* RTCP, usual and mad, before anything is made of it. Times are made up: a second here takes no second. */
#include <gst/rtp/gstrtcpbuffer.h>
#include <string.h>

#include "net/media/vav-rtcp-guard.h"

#define START_US G_USEC_PER_SEC
#define US 5678
#define THEM 1234
#define MAX_PACKET 1500

typedef struct
{
  guint8 data[MAX_PACKET];
  gsize size;
} Bytes;

/* words: of 32 bits after the header; first: the count or format beside the version */
static void
add (Bytes *bytes, guint first, guint type, const guint32 *words, guint n)
{
  guint8 *at = bytes->data + bytes->size;

  g_assert_cmpuint (bytes->size + 4 + 4 * (gsize)n, <=, MAX_PACKET);
  at[0] = (guint8)(0x80 | first);
  at[1] = (guint8)type;
  GST_WRITE_UINT16_BE (at + 2, n);
  for (guint i = 0; i < n; i++)
    GST_WRITE_UINT32_BE (at + 4 + 4 * i, words[i]);
  bytes->size += 4 + 4 * (gsize)n;
}

static gsize
pass (VavRtcpGuard *guard, Bytes *bytes, gint64 now_us)
{
  gsize left = vav_rtcp_guard_filter (guard, bytes->data, bytes->size, now_us);

  g_assert_cmpuint (left, <=, bytes->size);
  if (left > 0)
    g_assert_true (gst_rtcp_buffer_validate_data_reduced (bytes->data, (guint)left));

  return left;
}

/* One packet alone. Returns: whether it may pass, as it is */
static gboolean
passes (VavRtcpGuard *guard, gint64 now_us, guint first, guint type, const guint32 *words, guint n)
{
  Bytes bytes = { .size = 0 }, before;
  gsize left;

  add (&bytes, first, type, words, n);
  before = bytes;
  left = pass (guard, &bytes, now_us);
  if (left > 0)
    g_assert_cmpmem (bytes.data, left, before.data, before.size);

  return left > 0;
}

static void
add_usual (Bytes *bytes, guint i)
{
  const guint32 report[12] = { THEM, 1, i, i, i, i, US, 0x10000000, i, 0, 0, 0 };
  const guint32 name[3] = { THEM, 0x01026162, 0 };
  const guint32 repeat[3] = { THEM, US, i << 16 | 3 };
  const guint32 request[2] = { THEM, US };
  /* 5 of 7 came */
  const guint32 told[6] = { THEM, US, i * 7 << 16 | 7, i & 0xff, 0xb3000404, 0x04040400 };

  add (bytes, 1, GST_RTCP_TYPE_SR, report, 12);
  add (bytes, 1, GST_RTCP_TYPE_SDES, name, 3);
  add (bytes, GST_RTCP_RTPFB_TYPE_NACK, GST_RTCP_TYPE_RTPFB, repeat, 3);
  add (bytes, GST_RTCP_RTPFB_TYPE_TWCC, GST_RTCP_TYPE_RTPFB, told, 6);
  if (i % 20 == 0)
    add (bytes, GST_RTCP_PSFB_TYPE_PLI, GST_RTCP_TYPE_PSFB, request, 2);
}

static void
test_usual (void)
{
  g_autoptr (VavRtcpGuard) guard = vav_rtcp_guard_new ();
  const guint32 end[4] = { THEM, 0x04627965, 0x21000000 };

  g_test_summary (
      "What peers send passes as it is: reports, names, requests for packets and pictures, feedback, and goodbye");
  for (guint i = 0; i < 50 * 60; i++)
    {
      Bytes bytes = { .size = 0 }, before;

      add_usual (&bytes, i);
      before = bytes;
      g_assert_cmpuint (pass (guard, &bytes, START_US + i * 20000), ==, before.size);
      g_assert_cmpmem (bytes.data, bytes.size, before.data, before.size);
      vav_rtcp_guard_note_told (guard, 7, i % 20 == 0);
    }
  g_assert_true (passes (guard, START_US + 3000 * 20000, 1, GST_RTCP_TYPE_BYE, end, 3));
  g_assert_cmpuint (vav_rtcp_guard_get_refused (guard), ==, 0);
}

static void
test_no_use (void)
{
  g_autoptr (VavRtcpGuard) guard = vav_rtcp_guard_new ();
  Bytes bytes = { .size = 0 }, wanted = { .size = 0 };
  const guint32 limit[4] = { THEM, 0, 0x52454d42, 0x01000001 };
  const guint32 app[2] = { THEM, 0x6e616d65 };

  g_test_summary (
      "What we have no use for, such as a peer's guess of the bit rate, is taken out, and what is around it stays");
  add_usual (&wanted, 0);
  add (&bytes, 15, GST_RTCP_TYPE_PSFB, limit, 4);
  add_usual (&bytes, 0);
  add (&bytes, 0, GST_RTCP_TYPE_APP, app, 2);
  add (&bytes, 0, GST_RTCP_TYPE_XR, app, 1);
  add (&bytes, 5, GST_RTCP_TYPE_RTPFB, limit, 2);
  g_assert_cmpuint (pass (guard, &bytes, START_US), ==, wanted.size);
  g_assert_cmpmem (bytes.data, wanted.size, wanted.data, wanted.size);
  g_assert_cmpuint (vav_rtcp_guard_get_refused (guard), ==, 4);
}

/* How many of a thousand packets a second pass in ten. */
static guint
flood (guint first, guint type, const guint32 *words, guint n)
{
  g_autoptr (VavRtcpGuard) guard = vav_rtcp_guard_new ();
  guint passed = 0;

  for (guint i = 0; i < 10000; i++)
    passed += passes (guard, START_US + i * 1000, first, type, words, n);
  g_assert_cmpuint (passed + vav_rtcp_guard_get_refused (guard), ==, 10000);

  return passed;
}

static void
test_floods (void)
{
  const guint32 request[2] = { THEM, US };
  const guint32 requests[8] = { THEM, 0, US, 1 << 24, US, 2 << 24, US, 3 << 24 };
  const guint32 repeats[3] = { THEM, US, 0xffff };
  const guint32 end[1] = { THEM };
  const guint32 blocks[1 + 31 * 6] = { THEM };

  g_test_summary ("Of a thousand requests a second few pass: three key frames, a thousand packets; nor do goodbyes and "
                  "reports without end");
  g_assert_cmpuint (flood (GST_RTCP_PSFB_TYPE_PLI, GST_RTCP_TYPE_PSFB, request, 2), ==, 3 + 3 * 10 - 1);
  g_assert_cmpuint (flood (GST_RTCP_PSFB_TYPE_FIR, GST_RTCP_TYPE_PSFB, requests, 8), <=, 1 + 10);
  g_assert_cmpuint (flood (GST_RTCP_RTPFB_TYPE_NACK, GST_RTCP_TYPE_RTPFB, repeats, 3), <=, (2000 + 10 * 1000) / 17);
  g_assert_cmpuint (flood (1, GST_RTCP_TYPE_BYE, end, 1), <=, (32 + 10 * 4) / 2);
  g_assert_cmpuint (flood (31, GST_RTCP_TYPE_RR, blocks, G_N_ELEMENTS (blocks)), <=, 11 * 1500 / 32);
}

static void
test_key_frames_come (void)
{
  g_autoptr (VavRtcpGuard) guard = vav_rtcp_guard_new ();
  const guint32 request[2] = { THEM, US };

  g_test_summary ("After a flood of requests a key frame can be had again within half a second");
  for (guint i = 0; i < 1000; i++)
    passes (guard, START_US + i * 1000, GST_RTCP_PSFB_TYPE_PLI, GST_RTCP_TYPE_PSFB, request, 2);
  g_assert_true (passes (guard, START_US + 1500 * 1000, GST_RTCP_PSFB_TYPE_PLI, GST_RTCP_TYPE_PSFB, request, 2));
}

static gboolean
tell (VavRtcpGuard *guard, guint i, guint number, guint count, const guint32 *rest, guint n)
{
  guint32 words[16] = { THEM, US, number << 16 | count, i & 0xff };

  memcpy (words + 4, rest, n * sizeof *rest);
  return passes (guard, START_US + i * 50000, GST_RTCP_RTPFB_TYPE_TWCC, GST_RTCP_TYPE_RTPFB, words, 4 + n);
}

static void
test_feedback (void)
{
  g_autoptr (VavRtcpGuard) guard = vav_rtcp_guard_new ();
  const guint32 all[5] = { 0x1fff1fff, 0x1fff1fff, 0x1fff1fff, 0x1fff1fff, 0x1fff0000 };
  const guint32 came[1] = { 0x20070404 }, far[1] = { 0x40030404 }, empty[1] = { 0x20000000 };
  const guint32 lost[1] = { 0x04000000 };

  g_test_summary ("Feedback on 65,535 packets is refused, and so is what tells of more than is in it");
  g_assert_false (tell (guard, 0, 0, 65535, all, 5));
  g_assert_false (tell (guard, 0, 0, VAV_RTCP_MAX_NUMBERS + 1, all, 5));
  g_assert_false (tell (guard, 0, 0, 0, all, 5));
  g_assert_false (tell (guard, 0, 0, 7, came, 0));
  g_assert_false (tell (guard, 0, 0, 7, came, 1)); /* seven times, of which two are there */
  g_assert_false (tell (guard, 0, 0, 3, far, 1));  /* six bytes, of which two are there */
  g_assert_false (tell (guard, 0, 0, 7, empty, 1));
  g_assert_cmpuint (vav_rtcp_guard_get_refused (guard), ==, 7);
  g_assert_true (tell (guard, 0, 0, 2, came, 1));
  g_assert_true (tell (guard, 1, 2, 1024, lost, 1));
}

static void
test_feedback_flood (void)
{
  g_autoptr (VavRtcpGuard) guard = vav_rtcp_guard_new ();
  const guint32 lost[1] = { 0x04000000 }, came[1] = { 0x20020404 };
  guint numbers = 0, reports = 0;

  g_test_summary ("Feedback without end is heard for two thousand packets a second, and a hundred times");
  for (guint i = 0; i < 10 * 1000; i++)
    {
      guint32 words[5] = { THEM, US, i << 16 | 1024, i & 0xff, lost[0] };

      numbers += 1024 * passes (guard, START_US + i * 1000, GST_RTCP_RTPFB_TYPE_TWCC, GST_RTCP_TYPE_RTPFB, words, 5);
      words[2] = i << 16 | 2;
      words[4] = came[0];
      reports += passes (guard, START_US + i * 1000, GST_RTCP_RTPFB_TYPE_TWCC, GST_RTCP_TYPE_RTPFB, words, 5);
    }
  g_assert_cmpuint (numbers, <=, 4096 + 10 * 2048);
  g_assert_cmpuint (reports, <=, 100 + 10 * 100);
}

/* Between two reports that follow each other GStreamer takes all numbers for lost. */
static void
test_feedback_gaps (void)
{
  g_autoptr (VavRtcpGuard) guard = vav_rtcp_guard_new ();
  const guint32 came[1] = { 0x20020404 };
  Bytes bytes = { .size = 0 };
  guint passed = 0;

  g_test_summary (
      "Numbers that lie between two reports count as told; a report after a long gap is read as one that came late");
  for (guint i = 0; i < 200; i++)
    passed += tell (guard, i, i * 1000, 2, came, 1);
  /* and one after each that was refused, since it follows none */
  g_assert_cmpuint (passed, <=, 2 * (1 + (4096 + 10 * 2048) / 1000));

  for (guint i = 0; i < 2; i++)
    {
      const guint32 words[5] = { THEM, US, (i * 30000) << 16 | 2, 7 + i, came[0] };

      bytes.size = 0;
      add (&bytes, GST_RTCP_RTPFB_TYPE_TWCC, GST_RTCP_TYPE_RTPFB, words, 5);
      g_assert_cmpuint (pass (guard, &bytes, START_US + 60 * G_USEC_PER_SEC), ==, bytes.size);
    }
  g_assert_cmpuint (bytes.data[19], ==, 7);
}

static void
test_no_news (void)
{
  g_autoptr (VavRtcpGuard) guard = vav_rtcp_guard_new ();
  const guint32 came[1] = { 0x20020404 };
  guint told = 0;

  g_test_summary ("Who tells of packets that were never sent is not listened to for ever");
  for (guint i = 0; i < 100; i++)
    {
      g_assert_true (tell (guard, i, i * 2, 2, came, 1));
      vav_rtcp_guard_note_told (guard, 1000, i % 10 == 9);
    }
  for (guint i = 100; i < 10000 && tell (guard, i, i * 2, 2, came, 1); i++, told += 2)
    vav_rtcp_guard_note_told (guard, 2, FALSE);
  g_assert_cmpuint (told, >, 10000);
  g_assert_cmpuint (told, <, 18000);
  vav_rtcp_guard_note_told (guard, 1, TRUE);
  g_assert_false (tell (guard, 20000, 0, 2, came, 1));
}

static gboolean
admits (VavRtcpGuard *guard, guint contributors, guint32 ssrc)
{
  guint8 packet[12 + 4 * 15] = { (guint8)(0x80 | contributors), 96 };

  GST_WRITE_UINT32_BE (packet + 8, ssrc);
  return vav_rtcp_guard_admit (guard, packet, 12 + 4 * (gsize)contributors);
}

static void
test_sources (void)
{
  g_autoptr (VavRtcpGuard) guard = vav_rtcp_guard_new ();
  const guint8 cut[11] = { 0x80, 96 };
  guint admitted = 0, named = 0;

  g_test_summary ("Of sources without end the first few are known, whatever tells of them");
  for (guint32 i = 1; i <= 1000; i++)
    {
      const guint32 source[1] = { i }, name[3] = { 5000 + i, 0x01026162, 0 };

      admitted += i % 2 ? admits (guard, 0, i) : passes (guard, START_US + i * 10000, 0, GST_RTCP_TYPE_RR, source, 1);
      named += passes (guard, START_US + i * 10000, 1, GST_RTCP_TYPE_SDES, name, 3);
    }
  g_assert_cmpuint (admitted + named, ==, VAV_RTCP_MAX_SOURCES);
  g_assert_true (admits (guard, 0, 1));
  /* those whose sound a mixer has put together become sources, too */
  g_assert_false (admits (guard, 1, 1));
  g_assert_false (admits (guard, 15, 1));
  g_assert_false (vav_rtcp_guard_admit (guard, cut, sizeof cut));
}

static void
test_lies (void)
{
  g_autoptr (VavRtcpGuard) guard = vav_rtcp_guard_new ();
  const guint32 words[7]
      = { THEM, 0x08040561, 0x62630000, 0, 0, 0, 0 }; /* a private item; its name longer than it is */
  const guint32 long_item[2] = { THEM, 0x01ff6162 };
  const guint32 two[6] = { THEM, 0x01026162, 0, THEM + 1, 0x01026162, 0 };
  const guint32 end[2] = { THEM, 0xff616263 };

  g_test_summary ("Lengths that say more than there is are not believed: of blocks, items, names and reasons");
  g_assert_false (passes (guard, START_US, 1, GST_RTCP_TYPE_SDES, words, 3));
  g_assert_false (passes (guard, START_US, 1, GST_RTCP_TYPE_SDES, long_item, 2));
  g_assert_true (passes (guard, START_US, 2, GST_RTCP_TYPE_SDES, two, 6));
  g_assert_false (passes (guard, START_US, 1, GST_RTCP_TYPE_SDES, two, 6));
  g_assert_false (passes (guard, START_US, 3, GST_RTCP_TYPE_SDES, words, 1));
  g_assert_false (passes (guard, START_US, 1, GST_RTCP_TYPE_BYE, end, 2));
  g_assert_false (passes (guard, START_US, 9, GST_RTCP_TYPE_BYE, end, 2));
  g_assert_false (passes (guard, START_US, 2, GST_RTCP_TYPE_RR, words, 7));
  g_assert_false (passes (guard, START_US, 0, GST_RTCP_TYPE_SR, words, 5));
  g_assert_false (passes (guard, START_US, GST_RTCP_RTPFB_TYPE_NACK, GST_RTCP_TYPE_RTPFB, words, 2));
  g_assert_false (passes (guard, START_US, GST_RTCP_RTPFB_TYPE_TWCC, GST_RTCP_TYPE_RTPFB, words, 1));
  g_assert_false (passes (guard, START_US, GST_RTCP_PSFB_TYPE_PLI, GST_RTCP_TYPE_PSFB, words, 1));
  g_assert_false (passes (guard, START_US, GST_RTCP_PSFB_TYPE_FIR, GST_RTCP_TYPE_PSFB, words, 3));
  g_assert_cmpuint (vav_rtcp_guard_get_refused (guard), ==, 12);
}

static void
test_nonsense (void)
{
  g_autoptr (VavRtcpGuard) guard = vav_rtcp_guard_new ();
  g_autoptr (GRand) random = g_rand_new_with_seed (5);
  Bytes usual = { .size = 0 };

  g_test_summary ("What is cut off or broken anywhere does no harm, and what is left is whole");
  add_usual (&usual, 0);
  for (guint i = 0; i < 200000; i++)
    {
      gsize size = (gsize)g_rand_int_range (random, 0, (gint32)usual.size + 1);
      g_autofree guint8 *part = g_memdup2 (usual.data, size + 1);
      gsize left;

      for (gint32 n = g_rand_int_range (random, 0, 6); n > 0 && size > 0; n--)
        part[g_rand_int_range (random, 0, (gint32)size)] = (guint8)g_rand_int (random);
      part = g_realloc (part, MAX (size, 1));
      left = vav_rtcp_guard_filter (guard, part, size, START_US + i * 1000);
      g_assert_cmpuint (left, <=, size);
      if (left > 0)
        g_assert_true (gst_rtcp_buffer_validate_data_reduced (part, (guint)left));
    }
  g_assert_cmpuint (vav_rtcp_guard_get_refused (guard), >, 1000);
}

static void
test_clock (void)
{
  g_autoptr (VavRtcpGuard) guard = vav_rtcp_guard_new ();
  const guint32 request[2] = { THEM, US };
  guint passed = 0;

  g_test_summary ("A clock that stands, jumps or runs backwards gives nobody more than is his");
  for (guint i = 0; i < 1000; i++)
    passed += passes (guard, START_US - i, GST_RTCP_PSFB_TYPE_PLI, GST_RTCP_TYPE_PSFB, request, 2);
  for (guint i = 0; i < 1000; i++)
    passed += passes (guard, G_MAXINT64 - 1, GST_RTCP_PSFB_TYPE_PLI, GST_RTCP_TYPE_PSFB, request, 2);
  g_assert_cmpuint (passed, ==, 6);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rtcp-guard/usual", test_usual);
  g_test_add_func ("/rtcp-guard/no-use", test_no_use);
  g_test_add_func ("/rtcp-guard/floods", test_floods);
  g_test_add_func ("/rtcp-guard/key-frames-come", test_key_frames_come);
  g_test_add_func ("/rtcp-guard/feedback", test_feedback);
  g_test_add_func ("/rtcp-guard/feedback-flood", test_feedback_flood);
  g_test_add_func ("/rtcp-guard/feedback-gaps", test_feedback_gaps);
  g_test_add_func ("/rtcp-guard/no-news", test_no_news);
  g_test_add_func ("/rtcp-guard/sources", test_sources);
  g_test_add_func ("/rtcp-guard/lies", test_lies);
  g_test_add_func ("/rtcp-guard/nonsense", test_nonsense);
  g_test_add_func ("/rtcp-guard/clock", test_clock);

  return g_test_run ();
}
