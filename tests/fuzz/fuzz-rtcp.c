/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <gst/gst.h>
#include <gst/rtp/gstrtcpbuffer.h>

#include "net/media/vav-rtcp-guard.h"
#include "parts.h"

/* What a peer sends to be told to the RTP session. What is left of it GStreamer can read, as its session does, without believing a length that is wrong. */

int LLVMFuzzerTestOneInput (const guint8 *bytes, size_t length);

#define FEEDBACK_HEADER 12
#define DESCRIPTION_HEADER 8

static guint sum;

static void
read_bytes (const guint8 *bytes, gsize n)
{
  for (gsize i = 0; i < n; i++)
    sum += bytes[i];
}

static void
read_reports (GstRTCPPacket *packet)
{
  guint32 source, last, jitter, sent, delay;
  guint8 lost;
  gint32 all;

  for (guint i = 0; i < gst_rtcp_packet_get_rb_count (packet); i++)
    gst_rtcp_packet_get_rb (packet, i, &source, &lost, &all, &last, &jitter, &sent, &delay);
}

static void
read_descriptions (GstRTCPPacket *packet)
{
  for (gboolean more = gst_rtcp_packet_sdes_first_item (packet); more; more = gst_rtcp_packet_sdes_next_item (packet))
    {
      sum += gst_rtcp_packet_sdes_get_ssrc (packet);
      for (gboolean again = gst_rtcp_packet_sdes_first_entry (packet); again;
           again = gst_rtcp_packet_sdes_next_entry (packet))
        {
          GstRTCPSDESType type;
          guint8 size, *data;

          if (!gst_rtcp_packet_sdes_get_entry (packet, &type, &size, &data))
            continue;
          if (type == GST_RTCP_SDES_PRIV)
            g_error ("A private item passed, with a length within its length");
          read_bytes (data, size);
        }
    }
}

static void
read_feedback (GstRTCPPacket *packet)
{
  gsize size = 4 * (gsize)gst_rtcp_packet_fb_get_fci_length (packet);
  guint8 *data = size > 0 ? gst_rtcp_packet_fb_get_fci (packet) : NULL;

  read_bytes (data, size);
  if (gst_rtcp_packet_get_type (packet) != GST_RTCP_TYPE_RTPFB
      || gst_rtcp_packet_fb_get_type (packet) != GST_RTCP_RTPFB_TYPE_TWCC)
    return;
  if (size < 10 || GST_READ_UINT16_BE (data + 2) == 0 || GST_READ_UINT16_BE (data + 2) > VAV_RTCP_MAX_NUMBERS)
    g_error ("A report of too much passed");
}

static void
read_one (GstRTCPPacket *packet)
{
  switch ((guint)gst_rtcp_packet_get_type (packet))
    {
    case GST_RTCP_TYPE_SR:
    case GST_RTCP_TYPE_RR:
      read_reports (packet);
      break;
    case GST_RTCP_TYPE_SDES:
      read_descriptions (packet);
      break;
    case GST_RTCP_TYPE_BYE:
      for (guint i = 0; i < gst_rtcp_packet_bye_get_ssrc_count (packet); i++)
        sum += gst_rtcp_packet_bye_get_nth_ssrc (packet, i);
      g_free (gst_rtcp_packet_bye_get_reason (packet));
      break;
    case GST_RTCP_TYPE_RTPFB:
    case GST_RTCP_TYPE_PSFB:
      read_feedback (packet);
      break;
    default:
      g_error ("What we have no use for passed");
    }
}

static void
read_all (guint8 *data, gsize size)
{
  g_autoptr (GstBuffer) buffer
      = gst_buffer_new_wrapped_full (GST_MEMORY_FLAG_READONLY, data, size, 0, size, NULL, NULL);
  GstRTCPBuffer rtcp = GST_RTCP_BUFFER_INIT;
  GstRTCPPacket packet;

  if (!gst_rtcp_buffer_validate_data_reduced (data, (guint)size) || !gst_rtcp_buffer_map (buffer, GST_MAP_READ, &rtcp))
    g_error ("What is left is not whole");
  for (gboolean more = gst_rtcp_buffer_get_first_packet (&rtcp, &packet); more;
       more = gst_rtcp_packet_move_to_next (&packet))
    read_one (&packet);
  gst_rtcp_buffer_unmap (&rtcp);
}

int
LLVMFuzzerTestOneInput (const guint8 *bytes, size_t length)
{
  g_autoptr (VavRtcpGuard) guard = vav_rtcp_guard_new ();
  Parts parts = { bytes, length, G_USEC_PER_SEC };
  guint8 *packet;
  gsize size, left;

  if (!gst_is_initialized ())
    gst_init (NULL, NULL);
  while ((packet = parts_next (&parts, &size)) != NULL)
    {
      vav_rtcp_guard_admit (guard, packet, size);
      left = vav_rtcp_guard_filter (guard, packet, size, parts.now_us);
      if (left > size)
        g_error ("More is left than there was");
      packet = g_realloc (packet, MAX (left, 1));
      if (left > 0)
        read_all (packet, left);
      g_free (packet);
    }

  return 0;
}
