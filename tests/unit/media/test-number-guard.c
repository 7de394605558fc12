/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Numbers of packets, true, lossy and mad, before a real RTP session that reports on them: GStreamer ends the process if it cannot. */
#include <gst/gst.h>
#include <string.h>

#include "net/media/vav-number-guard.h"

#define URI "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01"
#define INTERVAL_MS 250
#define ID 3
#define PACKET_US 2500 /* 400 in a second */
#define HEADER 20
#define PAYLOAD 4

/* An RTP session behind a guard. */
typedef struct
{
  GstElement *pipeline;
  GstPad *in;
  VavNumberGuard guard;
  guint16 sequence;
  gint64 now_us;
  guint told;
} Line;

static Line *
line_new (void)
{
  Line *line = g_new0 (Line, 1);
  GstElement *element = gst_element_factory_make ("rtpsession", NULL);
  g_autoptr (GObject) session = NULL;
  g_autoptr (GstPad) sink = gst_element_request_pad_simple (element, "recv_rtp_sink");
  g_autoptr (GstCaps) caps = gst_caps_from_string (
      "application/x-rtp, media=video, clock-rate=90000, payload=96, encoding-name=VP8, extmap-3=\"" URI "\"");
  GstSegment segment;

  line->pipeline = gst_pipeline_new (NULL);
  gst_bin_add (GST_BIN (line->pipeline), element);
  g_object_get (element, "internal-session", &session, NULL);
  g_object_set (session, "twcc-feedback-interval", (guint64)INTERVAL_MS * GST_MSECOND, NULL);
  line->in = gst_pad_new ("in", GST_PAD_SRC);
  gst_pad_set_active (line->in, TRUE);
  g_assert_cmpint (gst_pad_link (line->in, sink), ==, GST_PAD_LINK_OK);
  gst_element_set_state (line->pipeline, GST_STATE_PLAYING);
  gst_segment_init (&segment, GST_FORMAT_TIME);
  gst_pad_push_event (line->in, gst_event_new_stream_start ("line"));
  gst_pad_push_event (line->in, gst_event_new_caps (caps));
  gst_pad_push_event (line->in, gst_event_new_segment (&segment));

  return line;
}

static void
line_free (Line *line)
{
  gst_element_set_state (line->pipeline, GST_STATE_NULL);
  gst_object_unref (line->in);
  gst_object_unref (line->pipeline);
  g_free (line);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Line, line_free)

static void
fill_packet (guint8 packet[HEADER + PAYLOAD], guint16 sequence, guint id, guint16 number)
{
  const guint8 bytes[HEADER + PAYLOAD] = {
    0x90, 96, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7, 0xbe, 0xde, 0, 1, (guint8)(id << 4 | 1), 0, 0, 0, 'a', 'b', 'c', 'd'
  };

  memcpy (packet, bytes, sizeof bytes);
  GST_WRITE_UINT16_BE (packet + 2, sequence);
  packet[HEADER - 3] = (guint8)(number >> 8);
  packet[HEADER - 2] = (guint8)number;
}

/* Returns: whether the session was told of the number */
static gboolean
send_with_id (Line *line, guint id, guint16 number)
{
  guint8 packet[HEADER + PAYLOAD];
  GstBuffer *buffer;
  gboolean told;

  fill_packet (packet, line->sequence++, id, number);
  told = vav_number_guard_check (&line->guard, packet, sizeof packet, line->now_us);
  if (!told)
    vav_number_guard_strip (packet, sizeof packet);
  line->told += told;
  buffer = gst_buffer_new_memdup (packet, sizeof packet);
  GST_BUFFER_PTS (buffer) = (guint64)line->now_us * GST_USECOND;
  gst_pad_push (line->in, buffer);

  return told;
}

static gboolean
send_one (Line *line, guint number)
{
  return send_with_id (line, ID, (guint16)number);
}

/* So that what was told so far is reported on. */
static void
finish (Line *line, guint number)
{
  line->now_us += 2 * G_USEC_PER_SEC;
  send_one (line, number);
}

static void
test_usual (void)
{
  g_autoptr (Line) line = line_new ();
  g_autoptr (GRand) random = g_rand_new_with_seed (1);
  guint number = 65000;

  g_test_summary (
      "Numbers are told on where three packets of ten are lost, some overtake others, and the numbers wrap");
  for (guint i = 0; i < 60 * 400; i++)
    {
      line->now_us += PACKET_US;
      number += g_rand_int_range (random, 0, 10) < 3 ? 2 : 1;
      if (i % 20 == 5)
        g_assert_true (send_one (line, number + 1));
      g_assert_true (send_one (line, number));
      if (i % 20 == 5)
        number++;
    }
  finish (line, number + 1);
  g_assert_cmpuint (line->guard.refused, ==, 0);
}

static void
test_gap (void)
{
  g_autoptr (Line) line = line_new ();
  guint number = 5;

  g_test_summary ("After a gap in the path numbers go on, whether all packets come at once or none of them come");
  for (guint round = 0; round < 3; round++)
    {
      for (guint i = 0; i < 400; i++)
        {
          line->now_us += PACKET_US;
          g_assert_true (send_one (line, number++));
        }
      line->now_us += 3 * G_USEC_PER_SEC;
      for (guint i = 0; i < 1200; i++)
        g_assert_true (send_one (line, number++));
      line->now_us += 60 * G_USEC_PER_SEC;
      number += 60 * 400;
      line->now_us += 300 * G_TIME_SPAN_MILLISECOND;
      for (guint i = 0; i < 8; i++)
        g_assert_true (send_one (line, number++));
      number += 150;
    }
  finish (line, number);
  g_assert_cmpuint (line->guard.refused, ==, 0);
}

/* Steps from one number to the next, again and again. */
typedef struct
{
  const char *name;
  guint n;
  int steps[4];
} Storm;

static const Storm storms[] = {
  { "far-apart", 1, { 40 } },
  { "just-apart", 1, { 18 } },
  { "there-and-back", 2, { 1, -1 } },
  { "round", 1, { 30000 } },
  { "forwards", 2, { 900, -1 } },
  { "twice", 1, { 0 } },
  { "over-the-end", 4, { 20000, 1, 1, 20000 } },
  { "backwards", 1, { -1 } },
  { "pairs", 2, { 29, -14 } },
};

static void
test_storm (gconstpointer data)
{
  const Storm *storm = data;
  g_autoptr (Line) line = line_new ();
  guint number = 65400;

  g_test_summary ("Packets whose numbers are far apart, come twice or run backwards do not end the process, and then "
                  "it is well again");
  for (guint i = 0; i < 20000; i++)
    {
      line->now_us += 100;
      send_one (line, number);
      number += (guint)storm->steps[i % storm->n];
    }
  g_assert_cmpuint (line->guard.refused, >, 1000);
  g_assert_cmpuint (line->told, >, 3);
  finish (line, number);
  for (guint i = 0; i < 100; i++)
    {
      line->now_us += PACKET_US;
      g_assert_true (send_one (line, ++number));
    }
}

static void
test_random (void)
{
  g_autoptr (Line) line = line_new ();
  g_autoptr (GRand) random = g_rand_new_with_seed (7);
  guint number = 0;

  g_test_summary ("Nor do numbers of all kinds of disorder, beside others that are none");
  for (guint round = 0; round < 400; round++)
    {
      int spread = 1 << g_rand_int_range (random, 0, 17);
      int back = g_rand_boolean (random) ? spread / 2 : 0;
      guint decoys = g_rand_boolean (random) ? (guint)g_rand_int_range (random, 0, 40) : 0;
      int step_us = 1 << g_rand_int_range (random, 0, 13);

      for (guint i = 0; i < 1200 / (decoys + 1); i++)
        {
          line->now_us += g_rand_int_range (random, 0, step_us);
          number += (guint)(g_rand_int_range (random, 0, spread + 1) - back);
          send_one (line, number);
          for (guint j = 1; j <= decoys; j++)
            send_with_id (line, ID + 1, (guint16)(number + j));
        }
      line->now_us += g_rand_int_range (random, 0, 600) * G_TIME_SPAN_MILLISECOND;
    }
  finish (line, number);
  g_test_message ("%u told, %u not", line->told, line->guard.refused);
}

static void
test_packets (void)
{
  VavNumberGuard guard = { 0 };
  g_autoptr (GRand) random = g_rand_new_with_seed (3);
  guint8 packet[HEADER + PAYLOAD], before[HEADER + PAYLOAD];

  g_test_summary ("Only the number is taken out of a packet, and nothing out of one that has none or is cut off");
  fill_packet (packet, 1, ID, 0x1234);
  vav_number_guard_strip (packet, sizeof packet);
  fill_packet (before, 1, 0, 0);
  before[HEADER - 4] = 0;
  g_assert_cmpmem (packet, sizeof packet, before, sizeof before);
  vav_number_guard_strip (packet, sizeof packet);
  g_assert_cmpmem (packet, sizeof packet, before, sizeof before);
  for (gsize size = 0; size < HEADER; size++)
    {
      g_autofree guint8 *part = NULL;

      fill_packet (before, 1, ID, 0x1234);
      part = g_memdup2 (before, MAX (size, 1));
      g_assert_true (vav_number_guard_check (&guard, part, size, 1000));
      vav_number_guard_strip (part, size);
      g_assert_cmpmem (part, size, before, size);
    }
  g_assert_false (guard.known);

  for (guint i = 0; i < 100000; i++)
    {
      gsize size = (gsize)g_rand_int_range (random, 0, 60);
      g_autofree guint8 *bytes = g_malloc (size + 1);

      for (gsize at = 0; at < size; at++)
        bytes[at] = (guint8)g_rand_int (random);
      if (size > 28)
        {
          bytes[0] = (guint8)(0x90 | (bytes[0] & 3));
          memcpy (bytes + 12 + 4 * (bytes[0] & 3), (const guint8[]){ 0xbe, 0xde, 0 }, 3);
        }
      vav_number_guard_check (&guard, bytes, size, i);
      vav_number_guard_strip (bytes, size);
    }
}

static void
test_two_numbers (void)
{
  VavNumberGuard guard = { 0 };
  guint8 packet[] = { 0x90, 96, 0, 1, 0, 0, 0, 0, 0, 0, 0, 7, 0xbe, 0xde, 0, 2, 0x31, 0, 1, 0x41, 0, 1, 0, 0 };

  g_test_summary ("A packet with two numbers has none");
  g_assert_false (vav_number_guard_check (&guard, packet, sizeof packet, 1000));
  vav_number_guard_strip (packet, sizeof packet);
  g_assert_true (vav_number_guard_check (&guard, packet, sizeof packet, 1000));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (NULL, NULL);
  g_test_add_func ("/number-guard/usual", test_usual);
  g_test_add_func ("/number-guard/gap", test_gap);
  for (guint i = 0; i < G_N_ELEMENTS (storms); i++)
    {
      g_autofree char *path = g_strconcat ("/number-guard/storm/", storms[i].name, NULL);

      g_test_add_data_func (path, &storms[i], test_storm);
    }
  g_test_add_func ("/number-guard/random", test_random);
  g_test_add_func ("/number-guard/packets", test_packets);
  g_test_add_func ("/number-guard/two-numbers", test_two_numbers);

  return g_test_run ();
}
