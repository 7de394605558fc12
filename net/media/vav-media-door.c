/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/media/vav-media-door.h"

#include "net/media/vav-number-guard.h"

/* The receiving thread's. */
typedef struct
{
  VavMediaGate *gate;
  VavNumberGuard numbers;
} Door;

static void
door_free (gpointer data)
{
  Door *door = data;

  if (door->numbers.refused > 0)
    g_debug ("%u packets came with numbers that are not told of", door->numbers.refused);
  vav_media_gate_unref (door->gate);
  g_free (door);
}

/* The session reports by this time, too: however late a busy machine comes to a packet. */
static gint64
get_time_us (GstBuffer *buffer)
{
  return GST_BUFFER_PTS_IS_VALID (buffer) ? (gint64)(GST_BUFFER_PTS (buffer) / GST_USECOND) : g_get_monotonic_time ();
}

/* buffer: (transfer full). Returns: (transfer full): the same, or one without a number */
static GstBuffer *
check_number (Door *door, GstBuffer *buffer)
{
  GstMapInfo map;
  gboolean may = TRUE;

  if (gst_buffer_map (buffer, &map, GST_MAP_READ))
    {
      may = vav_number_guard_check (&door->numbers, map.data, map.size, get_time_us (buffer));
      gst_buffer_unmap (buffer, &map);
    }
  if (may)
    return buffer;

  buffer = gst_buffer_make_writable (buffer);
  if (gst_buffer_map (buffer, &map, GST_MAP_READWRITE))
    {
      vav_number_guard_strip (map.data, map.size);
      gst_buffer_unmap (buffer, &map);
    }

  return buffer;
}

static gboolean
check_in_list (GstBuffer **buffer, guint i, gpointer user_data)
{
  *buffer = check_number (user_data, *buffer);
  return TRUE;
}

/* The receiving thread, as the next */
static GstPadProbeReturn
on_rtp (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  Door *door = user_data;

  if (!vav_media_gate_is_open (door->gate))
    return GST_PAD_PROBE_DROP;

  if (GST_PAD_PROBE_INFO_TYPE (info) & GST_PAD_PROBE_TYPE_BUFFER)
    info->data = check_number (door, GST_PAD_PROBE_INFO_BUFFER (info));
  else
    {
      info->data = gst_buffer_list_make_writable (GST_PAD_PROBE_INFO_BUFFER_LIST (info));
      gst_buffer_list_foreach (info->data, check_in_list, door);
    }

  return GST_PAD_PROBE_OK;
}

static GstPadProbeReturn
on_rtcp (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  Door *door = user_data;

  return vav_media_gate_is_open (door->gate) ? GST_PAD_PROBE_OK : GST_PAD_PROBE_DROP;
}

static void
watch (GstElement *decrypter, const char *name, GstPadProbeCallback callback, VavMediaGate *gate)
{
  g_autoptr (GstPad) pad = gst_element_get_static_pad (decrypter, name);
  Door *door;

  if (pad == NULL)
    return;

  door = g_new0 (Door, 1);
  door->gate = vav_media_gate_ref (gate);
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_BUFFER_LIST, callback, door, door_free);
}

void
vav_media_door_put_in (GstElement *decrypter, VavMediaGate *gate)
{
  watch (decrypter, "rtp_src", on_rtp, gate);
  watch (decrypter, "rtcp_src", on_rtcp, gate);
}
