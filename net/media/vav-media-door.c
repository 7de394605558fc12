/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/media/vav-media-door.h"

#include "net/media/vav-number-guard.h"
#include "net/media/vav-source-guard.h"

/* GST_DTLS_SRTP_AUTH_HMAC_SHA1_80, which is the only one that it offers */
#define TAG_OF_80_BITS 2

typedef struct _Door Door;

/* buffer: (inout): what is left of it. Returns: whether it may pass */
typedef gboolean (*Check) (Door *door, GstBuffer **buffer);

/* The receiving thread's. */
struct _Door
{
  VavMediaGate *gate;
  VavRtcpGuard *guard;
  VavShield *shield;
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
  vav_shield_unref (door->shield);
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

  if (!vav_shield_take (door->shield, buffer) || !gst_buffer_map (*buffer, &map, GST_MAP_READ))
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
watch (GstElement *decrypter, const char *name, Check check, VavMediaGate *gate, VavRtcpGuard *guard, VavShield *shield)
{
  g_autoptr (GstPad) pad = gst_element_get_static_pad (decrypter, name);
  Door *door;

  if (pad == NULL)
    return;

  door = g_new0 (Door, 1);
  door->gate = vav_media_gate_ref (gate);
  door->guard = vav_rtcp_guard_ref (guard);
  door->shield = vav_shield_ref (shield);
  door->check = check;
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_BUFFER_LIST, on_packets, door, door_free);
}

static void
before_free (gpointer data)
{
  VavSourceGuard *guard = data;

  if (vav_source_guard_get_refused (guard) > 0)
    g_debug ("%u packets did not show that they are the peer's", vav_source_guard_get_refused (guard));
  vav_source_guard_free (guard);
}

/* (transfer full) (nullable) */
static GstElement *
find_element (GstElement *decrypter, const char *factory)
{
  GstIterator *iterator = gst_bin_iterate_all_by_element_factory_name (GST_BIN (decrypter), factory);
  GValue item = G_VALUE_INIT;
  GstElement *element = NULL;

  if (gst_iterator_next (iterator, &item) == GST_ITERATOR_OK)
    element = g_value_dup_object (&item);
  g_value_unset (&item);
  gst_iterator_free (iterator);

  return element;
}

/* There is one as soon as the handshake is over. */
static void
fetch_key (VavSourceGuard *guard, GstElement *decrypter)
{
  g_autoptr (GstElement) dtls = find_element (decrypter, "dtlsdec");
  g_autoptr (GstBuffer) key = NULL;
  guint8 bytes[VAV_SRTP_KEY_BYTES];
  guint tag = 0;

  if (dtls != NULL)
    g_object_get (dtls, "decoder-key", &key, "srtp-auth", &tag, NULL);
  if (key == NULL)
    return;

  if (tag == TAG_OF_80_BITS && gst_buffer_get_size (key) == sizeof bytes
      && gst_buffer_extract (key, 0, bytes, sizeof bytes) == sizeof bytes)
    vav_source_guard_set_key (guard, bytes);
  else
    vav_source_guard_set_key (guard, NULL);
}

/* The receiving thread. There are no lists: what parts DTLS from SRTP takes them apart. */
static GstPadProbeReturn
before_srtp (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  VavSourceGuard *guard = user_data;
  g_autoptr (GstElement) srtp = NULL;
  g_autoptr (GstObject) decrypter = NULL;
  GstMapInfo map;
  gboolean may;

  if (!vav_source_guard_has_key (guard))
    {
      srtp = gst_pad_get_parent_element (pad);
      decrypter = srtp != NULL ? gst_object_get_parent (GST_OBJECT (srtp)) : NULL;
      if (decrypter != NULL)
        fetch_key (guard, GST_ELEMENT (decrypter));
    }
  if (!gst_buffer_map (GST_PAD_PROBE_INFO_BUFFER (info), &map, GST_MAP_READ))
    return GST_PAD_PROBE_DROP;

  may = vav_source_guard_check (guard, map.data, map.size);
  gst_buffer_unmap (GST_PAD_PROBE_INFO_BUFFER (info), &map);

  return may ? GST_PAD_PROBE_OK : GST_PAD_PROBE_DROP;
}

static void
watch_before (GstElement *decrypter)
{
  g_autoptr (GstElement) srtp = find_element (decrypter, "srtpdec");
  g_autoptr (GstPad) pad = srtp != NULL ? gst_element_get_static_pad (srtp, "rtp_sink") : NULL;

  if (pad != NULL)
    gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, before_srtp, vav_source_guard_new (), before_free);
}

void
vav_media_door_put_in (GstElement *decrypter, VavMediaGate *gate, VavRtcpGuard *guard, VavShield *shield)
{
  watch_before (decrypter);
  watch (decrypter, "rtp_src", check_rtp, gate, guard, shield);
  watch (decrypter, "rtcp_src", check_rtcp, gate, guard, shield);
}
