/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <gst/gst.h>
#include <gst/rtp/gstrtcpbuffer.h>
#include <gst/rtp/gstrtpbuffer.h>
#include <string.h>

#include "net/media/vav-number-guard.h"
#include "net/media/vav-source-guard.h"
#include "parts.h"

/* Headers of packets, before SRTP and after it: whatever we read in them, GStreamer reads the same. */

int LLVMFuzzerTestOneInput (const guint8 *bytes, size_t length);

#define N_IDS 15 /* RFC 8285, 4.2 */
#define ANYBODY 0x51000000

static GstBuffer *
wrap (guint8 *packet, gsize size)
{
  return gst_buffer_new_wrapped_full (0, packet, size, 0, size, NULL, NULL);
}

/* As the RTP session looks for them, whatever their id. */
static guint
count_numbers (guint8 *packet, gsize size)
{
  g_autoptr (GstBuffer) buffer = wrap (packet, size);
  GstRTPBuffer rtp = GST_RTP_BUFFER_INIT;
  guint n = 0, bytes;
  gpointer data;

  if (!gst_rtp_buffer_map (buffer, GST_MAP_READ, &rtp))
    return 0;
  for (guint8 id = 1; id < N_IDS; id++)
    for (guint i = 0; gst_rtp_buffer_get_extension_onebyte_header (&rtp, id, i, &data, &bytes); i++)
      n += bytes == 2;
  gst_rtp_buffer_unmap (&rtp);

  return n;
}

static void
check_numbers (VavNumberGuard *guard, guint8 *packet, gsize size, gint64 now_us)
{
  gboolean may = vav_number_guard_check (guard, packet, size, now_us);

  if (may && count_numbers (packet, size) > 1)
    g_error ("A packet with two numbers passed");
  vav_number_guard_strip (packet, size);
  if (count_numbers (packet, size) > 0 || !vav_number_guard_check (guard, packet, size, now_us))
    g_error ("A number is left");
}

/* As GStreamer's SRTP looks for it. */
static gboolean
find_rtcp_source (GstBuffer *buffer, guint32 *source)
{
  GstRTCPBuffer rtcp = GST_RTCP_BUFFER_INIT;
  GstRTCPPacket packet;
  gboolean found = FALSE;

  if (!gst_rtcp_buffer_map (buffer, GST_MAP_READ, &rtcp))
    return FALSE;
  for (gboolean more = gst_rtcp_buffer_get_first_packet (&rtcp, &packet); more && !found;
       more = gst_rtcp_packet_move_to_next (&packet))
    {
      GstRTCPType type = gst_rtcp_packet_get_type (&packet);

      found = TRUE;
      if (type == GST_RTCP_TYPE_RR)
        *source = gst_rtcp_packet_rr_get_ssrc (&packet);
      else if (type == GST_RTCP_TYPE_SR)
        gst_rtcp_packet_sr_get_sender_info (&packet, source, NULL, NULL, NULL, NULL);
      else if (type == GST_RTCP_TYPE_RTPFB || type == GST_RTCP_TYPE_PSFB)
        *source = gst_rtcp_packet_fb_get_sender_ssrc (&packet);
      else if (type == GST_RTCP_TYPE_APP)
        *source = gst_rtcp_packet_app_get_ssrc (&packet);
      else if (type == GST_RTCP_TYPE_BYE)
        *source = gst_rtcp_packet_bye_get_nth_ssrc (&packet, 0);
      else
        found = FALSE;
    }
  gst_rtcp_buffer_unmap (&rtcp);

  return found;
}

static gboolean
find_source (GstBuffer *buffer, guint32 *source)
{
  GstRTPBuffer rtp = GST_RTP_BUFFER_INIT;
  gboolean found = FALSE;

  if (gst_rtp_buffer_map (buffer, GST_MAP_READ | GST_RTP_BUFFER_MAP_FLAG_SKIP_PADDING, &rtp))
    {
      guint8 type = gst_rtp_buffer_get_payload_type (&rtp);

      found = type < 64 || type > 80;
      *source = gst_rtp_buffer_get_ssrc (&rtp);
      gst_rtp_buffer_unmap (&rtp);
    }

  return found || find_rtcp_source (buffer, source);
}

static gboolean
knows (VavSourceGuard *guard, guint32 source)
{
  guint8 report[8] = { 0x80, GST_RTCP_TYPE_RR, 0, 1 };

  GST_WRITE_UINT32_BE (report + 4, source);
  return vav_source_guard_check (guard, report, sizeof report);
}

/* With tags that it cannot read whatever has a source passes, and it is that one that is known then. */
static void
check_source (guint8 *packet, gsize size)
{
  g_autoptr (VavSourceGuard) guard = vav_source_guard_new ();
  g_autoptr (GstBuffer) buffer = wrap (packet, size);
  guint32 source = 0;

  vav_source_guard_set_key (guard, NULL);
  if (!vav_source_guard_check (guard, packet, size) || !find_source (buffer, &source))
    return;
  for (guint32 i = 1; i < VAV_SRTP_MAX_SOURCES; i++)
    knows (guard, source + i);
  if (!knows (guard, source) || knows (guard, source + ANYBODY))
    g_error ("Another source than GStreamer's");
}

int
LLVMFuzzerTestOneInput (const guint8 *bytes, size_t length)
{
  static const guint8 key[VAV_SRTP_KEY_BYTES] = { 1, 2, 3 };
  g_autoptr (VavSourceGuard) guard = vav_source_guard_new ();
  VavNumberGuard numbers = { 0 };
  Parts parts = { bytes, length, G_USEC_PER_SEC };
  guint8 *packet;
  gsize size;

  if (!gst_is_initialized ())
    gst_init (NULL, NULL);
  vav_source_guard_set_key (guard, key);
  while ((packet = parts_next (&parts, &size)) != NULL)
    {
      if (vav_source_guard_check (guard, packet, size))
        g_error ("A packet that nobody signed passed");
      check_source (packet, size);
      check_numbers (&numbers, packet, size, parts.now_us);
      g_free (packet);
    }

  return 0;
}
