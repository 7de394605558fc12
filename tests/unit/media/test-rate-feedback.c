/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the peer says of packets, as GStreamer hands it on: true, wrong and mad. */
#include "net/media/vav-rate-feedback.h"

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

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (NULL, NULL);
  g_test_add_func ("/rate-feedback/true", test_true);
  g_test_add_func ("/rate-feedback/nonsense", test_nonsense);
  g_test_add_func ("/rate-feedback/flood", test_flood);
  g_test_add_func ("/rate-feedback/news", test_news);

  return g_test_run ();
}
