/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/media/vav-media-door.h"

#include "net/media/vav-number-guard.h"

/* The receiving thread's. */
typedef struct
{
  VavMediaGate *gate;
  VavRtcpGuard *guard;
  VavNumberGuard numbers;
} Door;

static void
door_free (gpointer data)
{
  Door *door = data;

  if (door->numbers.refused > 0)
    g_debug ("%u packets came with numbers that are not told of", door->numbers.refused);
  vav_media_gate_unref (door->gate);
  vav_rtcp_guard_unref (door->guard);
  g_free (door);
}

/* The session reports by this time, too: however late a busy machine comes to a packet. */
static gint64
get_time_us (GstBuffer *buffer)
{
  return GST_BUFFER_PTS_IS_VALID (buffer) ? (gint64)(GST_BUFFER_PTS (buffer) / GST_USECOND) : g_get_monotonic_time ();
}

/* Each source gets a place in the RTP session. buffer: (inout): without its number, if that may not be told. Returns: whether it may pass */
static gboolean
check_rtp (Door *door, GstBuffer **buffer)
{
  GstMapInfo map;
  gboolean may, told;

  if (!gst_buffer_map (*buffer, &map, GST_MAP_READ))
    return FALSE;

  may = vav_rtcp_guard_admit (door->guard, map.data, map.size);
  told = may && vav_number_guard_check (&door->numbers, map.data, map.size, get_time_us (*buffer));
  gst_buffer_unmap (*buffer, &map);
  if (!may || told)
    return may;

  *buffer = gst_buffer_make_writable (*buffer);
  if (!gst_buffer_map (*buffer, &map, GST_MAP_READWRITE))
    return FALSE;

  vav_number_guard_strip (map.data, map.size);
  gst_buffer_unmap (*buffer, &map);
  return TRUE;
}

/* buffer: (inout): what is left of it */
static gboolean
check_rtcp (Door *door, GstBuffer **buffer)
{
  GstMapInfo map;
  gsize left;

  *buffer = gst_buffer_make_writable (*buffer);
  if (!gst_buffer_map (*buffer, &map, GST_MAP_READWRITE))
    return FALSE;

  left = vav_rtcp_guard_filter (door->guard, map.data, map.size, g_get_monotonic_time ());
  gst_buffer_unmap (*buffer, &map);
  if (left > 0)
    gst_buffer_set_size (*buffer, (gssize)left);

  return left > 0;
}

static gboolean
check_rtp_in_list (GstBuffer **buffer, guint i, gpointer door)
{
  if (!check_rtp (door, buffer))
    gst_clear_buffer (buffer);

  return TRUE;
}

static gboolean
check_rtcp_in_list (GstBuffer **buffer, guint i, gpointer door)
{
  if (!check_rtcp (door, buffer))
    gst_clear_buffer (buffer);

  return TRUE;
}

static GstPadProbeReturn
check_list (Door *door, GstPadProbeInfo *info, GstBufferListFunc check)
{
  info->data = gst_buffer_list_make_writable (GST_PAD_PROBE_INFO_BUFFER_LIST (info));
  gst_buffer_list_foreach (info->data, check, door);

  return gst_buffer_list_length (info->data) > 0 ? GST_PAD_PROBE_OK : GST_PAD_PROBE_DROP;
}

/* The receiving thread, as the next */
static GstPadProbeReturn
on_rtp (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  Door *door = user_data;

  if (!vav_media_gate_is_open (door->gate))
    return GST_PAD_PROBE_DROP;
  if (GST_PAD_PROBE_INFO_TYPE (info) & GST_PAD_PROBE_TYPE_BUFFER_LIST)
    return check_list (door, info, check_rtp_in_list);

  return check_rtp (door, (GstBuffer **)&info->data) ? GST_PAD_PROBE_OK : GST_PAD_PROBE_DROP;
}

static GstPadProbeReturn
on_rtcp (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  Door *door = user_data;

  if (!vav_media_gate_is_open (door->gate))
    return GST_PAD_PROBE_DROP;
  if (GST_PAD_PROBE_INFO_TYPE (info) & GST_PAD_PROBE_TYPE_BUFFER_LIST)
    return check_list (door, info, check_rtcp_in_list);

  return check_rtcp (door, (GstBuffer **)&info->data) ? GST_PAD_PROBE_OK : GST_PAD_PROBE_DROP;
}

static void
watch (GstElement *decrypter, const char *name, GstPadProbeCallback callback, VavMediaGate *gate, VavRtcpGuard *guard)
{
  g_autoptr (GstPad) pad = gst_element_get_static_pad (decrypter, name);
  Door *door;

  if (pad == NULL)
    return;

  door = g_new0 (Door, 1);
  door->gate = vav_media_gate_ref (gate);
  door->guard = vav_rtcp_guard_ref (guard);
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_BUFFER_LIST, callback, door, door_free);
}

void
vav_media_door_put_in (GstElement *decrypter, VavMediaGate *gate, VavRtcpGuard *guard)
{
  watch (decrypter, "rtp_src", on_rtp, gate, guard);
  watch (decrypter, "rtcp_src", on_rtcp, gate, guard);
}
