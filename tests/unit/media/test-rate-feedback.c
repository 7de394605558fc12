/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the peer says of packets, as GStreamer hands it on: true, wrong and mad. */
#include "net/media/vav-rate-feedback.h"

#define TWCC "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01"
#define OVERHEAD 58

static void
add_packet (GValueArray *list, guint number, guint64 sent, guint64 received, guint size, gboolean lost)
{
  GstStructure *packet = gst_structure_new ("RTPTWCCPacket", "seqnum", G_TYPE_UINT, number, "local-ts", G_TYPE_UINT64,
                                            sent, "remote-ts", G_TYPE_UINT64, received, "payload-type", G_TYPE_UCHAR,
                                            96, "size", G_TYPE_UINT, size, "lost", G_TYPE_BOOLEAN, lost, NULL);
  GValue value = G_VALUE_INIT;

  g_value_init (&value, GST_TYPE_STRUCTURE);
  g_value_take_boxed (&value, packet);
  G_GNUC_BEGIN_IGNORE_DEPRECATIONS
  g_value_array_append (list, &value);
  G_GNUC_END_IGNORE_DEPRECATIONS
  g_value_unset (&value);
}

static GValueArray *
make_list (void)
{
  G_GNUC_BEGIN_IGNORE_DEPRECATIONS
  return g_value_array_new (0);
  G_GNUC_END_IGNORE_DEPRECATIONS
}

/* list: (transfer full) */
static GArray *
parse (GValueArray *list)
{
  g_autoptr (GstStructure) structure = gst_structure_new_empty ("RTPTWCCPackets");
  GValue value = G_VALUE_INIT;

  G_GNUC_BEGIN_IGNORE_DEPRECATIONS
  g_value_init (&value, g_value_array_get_type ());
  G_GNUC_END_IGNORE_DEPRECATIONS
  g_value_take_boxed (&value, list);
  gst_structure_take_value (structure, "packets", &value);

  return vav_rate_feedback_parse (structure, OVERHEAD);
}

static void
test_true (void)
{
  GValueArray *list = make_list ();
  g_autoptr (GArray) packets = NULL;
  const VavRatePacket *packet;

  g_test_summary (
      "Feedback is read packet by packet: when it left, when it came, and how long it was with its headers");
  add_packet (list, 65535, 5000000, 7000000, 1000, FALSE);
  add_packet (list, 0, 6000000, GST_CLOCK_TIME_NONE, 1000, TRUE);
  add_packet (list, 1, GST_CLOCK_TIME_NONE, 9000000, 0, FALSE);
  packets = parse (list);
  g_assert_cmpuint (packets->len, ==, 3);
  packet = &g_array_index (packets, VavRatePacket, 0);
  g_assert_cmpuint (packet->sequence, ==, 65535);
  g_assert_cmpint (packet->sent_us, ==, 5000);
  g_assert_cmpint (packet->received_us, ==, 7000);
  g_assert_cmpuint (packet->bytes, ==, 1000 + OVERHEAD);
  packet = &g_array_index (packets, VavRatePacket, 1);
  g_assert_cmpuint (packet->sequence, ==, 0);
  g_assert_cmpint (packet->received_us, ==, -1);
  /* not one of ours */
  g_assert_cmpint (g_array_index (packets, VavRatePacket, 2).sent_us, ==, -1);
}

static void
test_nonsense (void)
{
  g_autoptr (GstStructure) empty = gst_structure_new_empty ("RTPTWCCPackets");
  g_autoptr (GstStructure) other = gst_structure_new ("RTPTWCCPackets", "packets", G_TYPE_STRING, "many", NULL);
  g_autoptr (GArray) none = vav_rate_feedback_parse (empty, OVERHEAD);
  g_autoptr (GArray) wrong = vav_rate_feedback_parse (other, OVERHEAD);
  g_autoptr (GArray) packets = NULL;
  GValueArray *list = make_list ();
  GValue value = G_VALUE_INIT;

  g_test_summary ("Feedback that is none is nothing, and what cannot be is taken for nothing");
  g_assert_cmpuint (none->len, ==, 0);
  g_assert_cmpuint (wrong->len, ==, 0);

  /* neither lost nor come; times beyond all measure; something else among the packets */
  add_packet (list, 7, 5000000, GST_CLOCK_TIME_NONE, 1000, FALSE);
  add_packet (list, 70000, G_MAXUINT64 - 1, G_MAXUINT64 - 1, G_MAXUINT, TRUE);
  g_value_init (&value, G_TYPE_INT);
  G_GNUC_BEGIN_IGNORE_DEPRECATIONS
  g_value_array_append (list, &value);
  G_GNUC_END_IGNORE_DEPRECATIONS
  g_value_unset (&value);
  g_value_init (&value, GST_TYPE_STRUCTURE);
  g_value_take_boxed (&value, gst_structure_new ("RTPTWCCPacket", "seqnum", G_TYPE_STRING, "seven", NULL));
  G_GNUC_BEGIN_IGNORE_DEPRECATIONS
  g_value_array_append (list, &value);
  G_GNUC_END_IGNORE_DEPRECATIONS
  g_value_unset (&value);
  packets = parse (list);
  for (guint i = 0; i < packets->len; i++)
    {
      const VavRatePacket *packet = &g_array_index (packets, VavRatePacket, i);

      g_assert_cmpint (packet->sent_us, <=, G_MAXINT64 / 4);
      g_assert_cmpint (packet->received_us, <=, G_MAXINT64 / 4);
      g_assert_cmpuint (packet->bytes, <=, G_MAXUINT16 + OVERHEAD);
    }
  g_assert_cmpuint (packets->len, ==, 1);
}

static void
test_flood (void)
{
  GValueArray *list = make_list ();
  g_autoptr (GArray) packets = NULL;

  g_test_summary ("Of a report without end only the beginning is looked at");
  for (guint i = 0; i < 65535; i++)
    add_packet (list, i, 1000 * i, 1000 * i, 1000, i % 2 == 0);
  packets = parse (list);
  g_assert_cmpuint (packets->len, ==, VAV_RATE_FEEDBACK_MAX);
}

static void
test_news (void)
{
  g_autoptr (GArray) packets = NULL;
  GValueArray *list = make_list ();
  gint64 news_us = 0;

  g_test_summary ("A report is news if it ends with a packet that came and left later than what was news before; one "
                  "that was never sent is none");
  for (guint i = 0; i < 3; i++)
    add_packet (list, i, (1 + i) * 400 * GST_MSECOND, 7000000, 1000, FALSE);
  add_packet (list, 3, 9 * GST_SECOND, GST_CLOCK_TIME_NONE, 1000, TRUE);
  add_packet (list, 4, GST_CLOCK_TIME_NONE, 7000000, 0, FALSE);
  packets = parse (list);
  g_assert_true (vav_rate_feedback_is_news (packets, &news_us));
  g_assert_cmpint (news_us, ==, 1200000);
  g_assert_false (vav_rate_feedback_is_news (packets, &news_us));
  news_us -= 300000;
  g_assert_true (vav_rate_feedback_is_news (packets, &news_us));
  g_array_remove_range (packets, 0, 3);
  news_us = 0;
  g_assert_false (vav_rate_feedback_is_news (packets, &news_us));
  g_array_set_size (packets, 0);
  g_assert_false (vav_rate_feedback_is_news (packets, &news_us));
}

static void
test_current (void)
{
  g_autoptr (GArray) packets = NULL;
  GValueArray *list = make_list ();
  const gint64 now_us = 100 * G_USEC_PER_SEC;

  g_test_summary ("A report is current if its last packet left lately, whether it came or not; one that was never sent "
                  "makes it none");
  add_packet (list, 0, 60 * GST_SECOND, 7000000, 1000, FALSE);
  add_packet (list, 1, 99 * GST_SECOND, GST_CLOCK_TIME_NONE, 1000, TRUE);
  add_packet (list, 2, GST_CLOCK_TIME_NONE, GST_CLOCK_TIME_NONE, 0, TRUE);
  packets = parse (list);
  g_assert_cmpuint (packets->len, ==, 3);
  g_assert_false (vav_rate_feedback_is_current (packets, now_us));
  g_array_set_size (packets, 2);
  g_assert_true (vav_rate_feedback_is_current (packets, now_us));
  g_assert_false (vav_rate_feedback_is_current (packets, now_us + 29 * G_USEC_PER_SEC));
  g_array_set_size (packets, 1);
  g_assert_false (vav_rate_feedback_is_current (packets, now_us));
  g_array_set_size (packets, 0);
  g_assert_false (vav_rate_feedback_is_current (packets, now_us));
}

/* An RTP session that numbers what it sends, and what it was told of that. */
typedef struct
{
  GstElement *pipeline;
  GstPad *rtp, *rtcp;
  guint16 sequence;
  guint8 reports;
  GArray *told; /* of VavRatePacket */
} Line;

/* Whoever encodes would hear of it. */
static GstPadProbeReturn
on_told (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  Line *line = user_data;
  const GstStructure *structure = gst_event_get_structure (GST_PAD_PROBE_INFO_EVENT (info));

  if (structure != NULL && gst_structure_has_name (structure, "RTPTWCCPackets"))
    {
      g_clear_pointer (&line->told, g_array_unref);
      line->told = vav_rate_feedback_parse (structure, OVERHEAD);
    }

  return GST_PAD_PROBE_OK;
}

/* (transfer full) */
static GstPad *
open_pad (Line *line, GstElement *session, const char *name, const char *caps_string)
{
  g_autoptr (GstPad) sink = gst_element_request_pad_simple (session, name);
  g_autoptr (GstCaps) caps = gst_caps_from_string (caps_string);
  GstPad *pad = gst_pad_new (name, GST_PAD_SRC);
  GstSegment segment;

  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_EVENT_UPSTREAM, on_told, line, NULL);
  gst_pad_set_active (pad, TRUE);
  g_assert_cmpint (gst_pad_link (pad, sink), ==, GST_PAD_LINK_OK);
  gst_segment_init (&segment, GST_FORMAT_TIME);
  gst_pad_push_event (pad, gst_event_new_stream_start (name));
  gst_pad_push_event (pad, gst_event_new_caps (caps));
  gst_pad_push_event (pad, gst_event_new_segment (&segment));

  return pad;
}

static Line *
line_new (void)
{
  Line *line = g_new0 (Line, 1);
  GstElement *session = gst_element_factory_make ("rtpsession", NULL);
  GstElement *sink = gst_element_factory_make ("fakesink", NULL);

  line->pipeline = gst_pipeline_new (NULL);
  g_object_set (sink, "async", FALSE, "sync", FALSE, NULL);
  gst_bin_add_many (GST_BIN (line->pipeline), session, sink, NULL);
  gst_element_set_state (line->pipeline, GST_STATE_PLAYING);
  line->rtp = open_pad (line, session, "send_rtp_sink",
                        "application/x-rtp, media=video, clock-rate=90000, payload=96, encoding-name=VP8, "
                        "extmap-3=\"" TWCC "\"");
  g_assert_true (gst_element_link_pads (session, "send_rtp_src", sink, "sink"));
  line->rtcp = open_pad (line, session, "recv_rtcp_sink", "application/x-rtcp");

  return line;
}

static void
line_free (Line *line)
{
  gst_element_set_state (line->pipeline, GST_STATE_NULL);
  gst_object_unref (line->rtp);
  gst_object_unref (line->rtcp);
  gst_object_unref (line->pipeline);
  g_clear_pointer (&line->told, g_array_unref);
  g_free (line);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Line, line_free)

static void
send_packets (Line *line, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      guint8 packet[] = { 0x90, 96, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7, 0xbe, 0xde, 0, 1, 0x31, 0, 0, 0, 'a', 'b', 'c', 'd' };

      GST_WRITE_UINT16_BE (packet + 2, line->sequence++);
      g_assert_cmpint (gst_pad_push (line->rtp, gst_buffer_new_memdup (packet, sizeof packet)), ==, GST_FLOW_OK);
    }
}

/* Two packets, of which the first came. Returns: what was made of it */
static const GArray *
tell_of (Line *line, guint16 number)
{
  guint8 packet[24] = { 0x8f, 205, 0, 5, 0, 0, 0, 9, 0, 0, 0, 7 };

  GST_WRITE_UINT16_BE (packet + 12, number);
  packet[15] = 2;
  packet[19] = line->reports++;
  packet[20] = 0xa0; /* one bit each */
  packet[22] = 4;
  g_clear_pointer (&line->told, g_array_unref);
  gst_pad_push (line->rtcp, gst_buffer_new_memdup (packet, sizeof packet));
  g_assert_nonnull (line->told);
  g_assert_cmpuint (line->told->len, >=, 2);

  return line->told;
}

static gboolean
knows (Line *line, guint16 number)
{
  const GArray *told = tell_of (line, number);

  return g_array_index (told, VavRatePacket, told->len - 2).sent_us >= 0;
}

static void
test_forgets (void)
{
  g_autoptr (Line) line = line_new ();

  g_test_summary (
      "GStreamer forgets what was before the last packet of a report that is current, and nothing after one "
      "that ends with a packet which was never sent");
  send_packets (line, 20);
  g_assert_false (vav_rate_feedback_is_current (tell_of (line, 19), g_get_monotonic_time ()));
  g_assert_true (knows (line, 0));
  g_assert_true (vav_rate_feedback_is_current (tell_of (line, 17), g_get_monotonic_time ()));
  g_assert_false (knows (line, 0));
  g_assert_false (knows (line, 16));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (NULL, NULL);
  g_test_add_func ("/rate-feedback/true", test_true);
  g_test_add_func ("/rate-feedback/nonsense", test_nonsense);
  g_test_add_func ("/rate-feedback/flood", test_flood);
  g_test_add_func ("/rate-feedback/news", test_news);
  g_test_add_func ("/rate-feedback/current", test_current);
  g_test_add_func ("/rate-feedback/forgets", test_forgets);

  return g_test_run ();
}
