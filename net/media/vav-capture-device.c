/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/media/vav-capture-device.h"

#include "net/media/vav-media-elements.h"

/* Of all that a camera can do: 720 lines and fluent, packed or not, before more or less. */
static GstCaps *
choose_camera_caps (VavDevice *device)
{
  static const char *const wishes[] = {
    "video/x-raw, width=1280, height=720, framerate=[24/1,60/1]",
    "image/jpeg, width=1280, height=720, framerate=[24/1,60/1]",
    "video/x-raw, height=[360,720], framerate=[24/1,60/1]",
    "image/jpeg, height=[360,1080], framerate=[24/1,60/1]",
    "video/x-raw, height=[1,1080]",
    "image/jpeg",
  };
  g_autoptr (GstCaps) able = vav_device_get_caps (device);

  for (guint i = 0; able != NULL && i < G_N_ELEMENTS (wishes); i++)
    {
      g_autoptr (GstCaps) wish = gst_caps_from_string (wishes[i]);

      if (gst_caps_can_intersect (able, wish))
        return g_steal_pointer (&wish);
    }

  return gst_caps_new_any ();
}

static void
set_if_there (GstElement *element, const char *name, gint64 value)
{
  GParamSpec *spec = g_object_class_find_property (G_OBJECT_GET_CLASS (element), name);

  if (spec != NULL && G_IS_PARAM_SPEC_INT64 (spec))
    g_object_set (element, name, value, NULL);
}

/* The source's streaming thread. PipeWire hands on whatever times its camera invents, also 0 for ever. */
static GstPadProbeReturn
on_captured (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  GstElement *source = user_data;
  GstBuffer *buffer = vav_media_own_buffer (pad, GST_PAD_PROBE_INFO_BUFFER (info));

  GST_BUFFER_PTS (buffer) = (GstClockTime)g_get_monotonic_time () * GST_USECOND - gst_element_get_base_time (source);
  GST_BUFFER_DTS (buffer) = GST_CLOCK_TIME_NONE;
  GST_PAD_PROBE_INFO_DATA (info) = buffer;

  return GST_PAD_PROBE_OK;
}

static void
stamp_on_arrival (VavMediaKind kind, GstElement *source)
{
  GstElementFactory *factory = gst_element_get_factory (source);
  g_autoptr (GstPad) pad = gst_element_get_static_pad (source, "src");

  /* PulseAudio and ALSA know better when a sound was made */
  if (kind == VAV_MEDIA_AUDIO && (factory == NULL || !g_str_equal (GST_OBJECT_NAME (factory), "pipewiresrc")))
    return;
  if (pad != NULL)
    gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, on_captured, source, NULL);
}

gboolean
vav_capture_device_link (VavDevice *device, VavMediaKind kind, GstElement *source, GstElement *tail)
{
  g_autoptr (GstCaps) caps = NULL;
  GstElement *decoder;

  /* sound in small pieces; a cushion for a thread that is late */
  set_if_there (source, "buffer-time", 100000);
  set_if_there (source, "latency-time", 10000);
  stamp_on_arrival (kind, source);
  if (kind == VAV_MEDIA_AUDIO)
    return gst_element_link (source, tail);

  caps = choose_camera_caps (device);
  if (gst_caps_is_any (caps) || !gst_structure_has_name (gst_caps_get_structure (caps, 0), "image/jpeg"))
    return gst_element_link_filtered (source, tail, caps);

  decoder = gst_element_factory_make ("jpegdec", NULL);
  if (decoder == NULL)
    return FALSE;
  gst_bin_add (GST_BIN (GST_OBJECT_PARENT (source)), decoder);
  return gst_element_link_filtered (source, decoder, caps) && gst_element_link (decoder, tail);
}
