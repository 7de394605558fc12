/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/media/vav-rate-feedback.h"

#define NEWS_US (300 * G_TIME_SPAN_MILLISECOND)
#define CURRENT_US (30 * G_TIME_SPAN_SECOND)

static gint64
to_us (guint64 time)
{
  return time == GST_CLOCK_TIME_NONE || time / GST_USECOND > G_MAXINT64 / 4 ? -1 : (gint64)(time / GST_USECOND);
}

static gboolean
parse_packet (const GValue *value, guint overhead, VavRatePacket *packet)
{
  const GstStructure *structure = GST_VALUE_HOLDS_STRUCTURE (value) ? gst_value_get_structure (value) : NULL;
  guint64 sent = GST_CLOCK_TIME_NONE, received = GST_CLOCK_TIME_NONE;
  guint number, size = 0;
  gboolean lost = FALSE;

  if (structure == NULL
      || !gst_structure_get (structure, "seqnum", G_TYPE_UINT, &number, "local-ts", G_TYPE_UINT64, &sent, "remote-ts",
                             G_TYPE_UINT64, &received, "size", G_TYPE_UINT, &size, "lost", G_TYPE_BOOLEAN, &lost, NULL))
    return FALSE;

  packet->sequence = (guint16)number;
  packet->sent_us = to_us (sent);
  packet->received_us = lost ? -1 : to_us (received);
  packet->bytes = MIN (size, G_MAXUINT16) + overhead;

  /* not said to be lost, and not said when it came: that is no news */
  return lost || packet->received_us >= 0;
}

GArray *
vav_rate_feedback_parse (const GstStructure *structure, guint overhead)
{
  GArray *packets = g_array_new (FALSE, FALSE, sizeof (VavRatePacket));
  const GValue *value = gst_structure_get_value (structure, "packets");
  GValueArray *list;

  G_GNUC_BEGIN_IGNORE_DEPRECATIONS
  list = value != NULL && G_VALUE_HOLDS (value, g_value_array_get_type ()) ? g_value_get_boxed (value) : NULL;
  for (guint i = 0; list != NULL && i < MIN (list->n_values, VAV_RATE_FEEDBACK_MAX); i++)
    {
      VavRatePacket packet;

      if (parse_packet (g_value_array_get_nth (list, i), overhead, &packet))
        g_array_append_val (packets, packet);
    }
  G_GNUC_END_IGNORE_DEPRECATIONS

  return packets;
}

gboolean
vav_rate_feedback_is_news (const GArray *packets, gint64 *news_us)
{
  for (guint i = packets->len; i > 0; i--)
    {
      const VavRatePacket *packet = &g_array_index (packets, VavRatePacket, i - 1);

      if (packet->sent_us < 0 || packet->received_us < 0)
        continue;
      if (packet->sent_us < *news_us + NEWS_US)
        return FALSE;
      *news_us = packet->sent_us;
      return TRUE;
    }

  return FALSE;
}

gboolean
vav_rate_feedback_is_current (const GArray *packets, gint64 now_us)
{
  const VavRatePacket *last = packets->len > 0 ? &g_array_index (packets, VavRatePacket, packets->len - 1) : NULL;

  return last != NULL && last->sent_us >= 0 && last->sent_us > now_us - CURRENT_US;
}
