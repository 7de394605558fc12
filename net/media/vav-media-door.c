/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/media/vav-media-door.h"

#include "net/media/vav-number-guard.h"

typedef struct _Door Door;

/* buffer: (inout): what is left of it. Returns: whether it may pass */
typedef gboolean (*Check) (Door *door, GstBuffer **buffer);

/* The receiving thread's. */
struct _Door
{
  VavMediaGate *gate;
  VavRtcpGuard *guard;
  VavNumberGuard numbers;
  Check check;
};

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

/* Each source gets a place in the RTP session. A number that may not be told goes out of the packet. */
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
check_in_list (GstBuffer **buffer, guint i, gpointer user_data)
{
  Door *door = user_data;

  if (!door->check (door, buffer))
    gst_clear_buffer (buffer);

  return TRUE;
}

/* The receiving thread */
static GstPadProbeReturn
on_packets (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  Door *door = user_data;

  if (!vav_media_gate_is_open (door->gate))
    return GST_PAD_PROBE_DROP;
  if ((GST_PAD_PROBE_INFO_TYPE (info) & GST_PAD_PROBE_TYPE_BUFFER_LIST) == 0)
    return door->check (door, (GstBuffer **)&info->data) ? GST_PAD_PROBE_OK : GST_PAD_PROBE_DROP;

  info->data = gst_buffer_list_make_writable (GST_PAD_PROBE_INFO_BUFFER_LIST (info));
  gst_buffer_list_foreach (info->data, check_in_list, door);

  return gst_buffer_list_length (info->data) > 0 ? GST_PAD_PROBE_OK : GST_PAD_PROBE_DROP;
}

static void
watch (GstElement *decrypter, const char *name, Check check, VavMediaGate *gate, VavRtcpGuard *guard)
{
  g_autoptr (GstPad) pad = gst_element_get_static_pad (decrypter, name);
  Door *door;

  if (pad == NULL)
    return;

  door = g_new0 (Door, 1);
  door->gate = vav_media_gate_ref (gate);
  door->guard = vav_rtcp_guard_ref (guard);
  door->check = check;
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_BUFFER_LIST, on_packets, door, door_free);
}

void
vav_media_door_put_in (GstElement *decrypter, VavMediaGate *gate, VavRtcpGuard *guard)
{
  watch (decrypter, "rtp_src", check_rtp, gate, guard);
  watch (decrypter, "rtcp_src", check_rtcp, gate, guard);
}
