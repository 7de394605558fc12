/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/media/vav-media-send.h"

#include <gst/app/gstappsrc.h>
#include <gst/rtp/rtp.h>

#include "net/media/vav-media-elements.h"
#include "net/media/vav-media-encoder.h"
#include "net/media/vav-screen.h"

/* How good our picture may be. */
static const struct
{
  int width;
  int height;
  guint interval_us; /* at least this between two pictures; less than the rate says, since none comes on the dot */
  guint bitrate;
} limits[VAV_N_PICTURE_QUALITIES] = {
  [VAV_PICTURE_QUALITY_AUTO] = { 1280, 720, 0, VAV_VIDEO_BITRATE },
  [VAV_PICTURE_QUALITY_LOW] = { 640, 360, 60000, 300000 },
  [VAV_PICTURE_QUALITY_MEDIUM] = { 854, 480, 0, 800000 },
  [VAV_PICTURE_QUALITY_HIGH] = { 1280, 720, 0, VAV_VIDEO_BITRATE },
};

/* From so many bit/s on a picture has more from the next size than from less coarse pixels. By eye: a face at 15 pictures a second. */
static const struct
{
  guint bitrate; /* below this */
  VavPictureQuality shape;
} rungs[] = {
  { 350000, VAV_PICTURE_QUALITY_LOW },
  { 1000000, VAV_PICTURE_QUALITY_MEDIUM },
  { G_MAXUINT, VAV_PICTURE_QUALITY_AUTO },
};

struct _VavMediaSend
{
  VavMediaKind kind;
  VavFlows flow;
  VavMediaGate *gate;
  VavMedia *media;   /* borrowed from the session */
  VavOutlet *screen; /* owned, nullable: sent in the place of the media's picture */
  guint consumer;    /* 0: not started */

  GstElement *source;
  GstElement *filter; /* of the picture's size; NULL for sound */
  GstElement *encoder;
  GstElement *payloader;
  guint ssrc;
  guint bitrate;
  VavPictureQuality quality;
  guint max; /* 0: none but the quality's */
  VavLimit max_by;

  GMutex lock;
  guint interval_us;             /* under lock */
  gint64 next_us;                /* under lock: before that no picture is sent */
  VavMediaSendCounters counters; /* under lock */
  double square_sum;             /* under lock */
  guint square_n;                /* under lock */
};

/* Of the picture only. */
static void
mark (VavMediaSend *self, VavStep step)
{
  if (self->kind == VAV_MEDIA_VIDEO)
    vav_media_gate_mark (self->gate, step);
}

static void
count_sample (VavMediaSend *self, GstSample *sample)
{
  GstMapInfo map;

  g_mutex_lock (&self->lock);
  self->counters.frames++;
  if (self->kind == VAV_MEDIA_VIDEO)
    self->next_us = g_get_monotonic_time () + self->interval_us;
  else if (gst_buffer_map (gst_sample_get_buffer (sample), &map, GST_MAP_READ))
    {
      self->square_sum += vav_media_mean_square ((const gint16 *)(gpointer)map.data, map.size / 2);
      self->square_n++;
      gst_buffer_unmap (gst_sample_get_buffer (sample), &map);
    }
  g_mutex_unlock (&self->lock);
}

static gboolean
is_too_soon (VavMediaSend *self)
{
  gboolean soon;

  g_mutex_lock (&self->lock);
  soon = self->interval_us > 0 && g_get_monotonic_time () < self->next_us;
  g_mutex_unlock (&self->lock);

  return soon;
}

/* The encoder's thread: how large the picture is that is sent */
static GstPadProbeReturn
on_caps (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  VavMediaSend *self = user_data;
  GstEvent *event = GST_PAD_PROBE_INFO_EVENT (info);
  GstCaps *caps;

  if (GST_EVENT_TYPE (event) != GST_EVENT_CAPS)
    return GST_PAD_PROBE_OK;

  gst_event_parse_caps (event, &caps);
  g_mutex_lock (&self->lock);
  gst_structure_get_int (gst_caps_get_structure (caps, 0), "width", &self->counters.width);
  gst_structure_get_int (gst_caps_get_structure (caps, 0), "height", &self->counters.height);
  g_mutex_unlock (&self->lock);

  return GST_PAD_PROBE_OK;
}

/* The source's thread. The encoder's appsrc keeps one picture: the latest wins. */
static void
on_sample (gpointer data, gpointer user_data)
{
  VavMediaSend *self = user_data;
  GstSample *sample = data;

  if (!vav_media_gate_passes (self->gate, self->flow) || is_too_soon (self))
    return;

  mark (self, VAV_STEP_CAPTURED);
  count_sample (self, sample);
  gst_app_src_push_sample (GST_APP_SRC (self->source), sample);
}

/* webrtcbin's side of the encoder's thread */
static GstPadProbeReturn
on_packets (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  VavMediaSend *self = user_data;
  gsize bytes;

  mark (self, VAV_STEP_ENCODED);
  if (GST_PAD_PROBE_INFO_TYPE (info) & GST_PAD_PROBE_TYPE_BUFFER_LIST)
    bytes = gst_buffer_list_calculate_size (GST_PAD_PROBE_INFO_BUFFER_LIST (info));
  else
    bytes = gst_buffer_get_size (GST_PAD_PROBE_INFO_BUFFER (info));
  g_mutex_lock (&self->lock);
  self->counters.bytes += bytes;
  g_mutex_unlock (&self->lock);

  /* what was encoded before a gate shut must not leave after it */
  return vav_media_gate_passes (self->gate, self->flow) ? GST_PAD_PROBE_OK : GST_PAD_PROBE_DROP;
}

static void
set_up_video (VavMediaSend *self)
{
  g_autoptr (GstPad) pad = gst_element_get_static_pad (self->encoder, "sink");

  gst_util_set_object_arg (G_OBJECT (self->payloader), "picture-id-mode", "15-bit");
  g_object_set (self->source, "max-buffers", (guint64)1, "max-bytes", (guint64)0, NULL);
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, on_caps, self, NULL);
  vav_media_send_set_quality (self, vav_media_get_picture_quality (self->media));
}

static void
set_up_audio (VavMediaSend *self)
{
  g_object_set (self->source, "max-time", (guint64)(200 * GST_MSECOND), "max-bytes", (guint64)0, NULL);
  vav_media_send_set_bitrate (self, VAV_AUDIO_BITRATE);
}

static void
set_up_payloader (VavMediaSend *self, const VavSdpMedia *spec)
{
  g_object_set (self->payloader, "pt", spec->payload, "ssrc", self->ssrc, "mtu", 1200, NULL);
  if (spec->twcc != 0)
    {
      GstRTPHeaderExtension *extension = gst_rtp_header_extension_create_from_uri (VAV_TWCC_URI);

      if (extension != NULL)
        {
          gst_rtp_header_extension_set_id (extension, spec->twcc);
          g_signal_emit_by_name (self->payloader, "add-extension", extension);
          gst_object_unref (extension);
        }
    }
}

static GstCaps *
make_caps (VavMediaSend *self, const VavSdpMedia *spec)
{
  gboolean video = self->kind == VAV_MEDIA_VIDEO;
  GstCaps *caps
      = gst_caps_new_simple ("application/x-rtp", "media", G_TYPE_STRING, video ? "video" : "audio", "encoding-name",
                             G_TYPE_STRING, video ? "VP8" : "OPUS", "clock-rate", G_TYPE_INT, video ? 90000 : 48000,
                             "payload", G_TYPE_INT, (int)spec->payload, "ssrc", G_TYPE_UINT, self->ssrc, NULL);

  if (!video)
    gst_caps_set_simple (caps, "encoding-params", G_TYPE_STRING, "2", NULL);
  if (spec->twcc != 0)
    {
      g_autofree char *field = g_strdup_printf ("extmap-%u", spec->twcc);

      gst_caps_set_simple (caps, field, G_TYPE_STRING, VAV_TWCC_URI, NULL);
    }

  return caps;
}

/* webrtcbin connects a pad when it knows its caps; the encoder would tell them with the first frame only, long after the answer. */
static void
announce_caps (VavMediaSend *self, GstPad *pad, GstCaps *caps)
{
  g_autofree char *id = g_strdup_printf ("vav-%s", self->kind == VAV_MEDIA_VIDEO ? "video" : "audio");
  GstSegment segment;

  gst_segment_init (&segment, GST_FORMAT_TIME);
  gst_pad_push_event (pad, gst_event_new_stream_start (id));
  gst_pad_push_event (pad, gst_event_new_caps (caps));
  gst_pad_push_event (pad, gst_event_new_segment (&segment));
}

static gboolean
link_to_webrtc (VavMediaSend *self, const VavSdpMedia *spec, GstElement *webrtc)
{
  g_autoptr (GstCaps) caps = make_caps (self, spec);
  g_autofree char *name = g_strdup_printf ("sink_%u", spec->mline);
  GstPadTemplate *template = gst_element_get_pad_template (webrtc, "sink_%u");
  g_autoptr (GstPad) sink = gst_element_request_pad (webrtc, template, name, caps);
  g_autoptr (GstPad) source = gst_element_get_static_pad (self->payloader, "src");
  g_autoptr (GObject) transceiver = NULL;

  if (sink == NULL)
    return FALSE;
  g_object_get (sink, "transceiver", &transceiver, NULL);
  /* not for sound: browsers refuse an offer with it */
  if (self->kind == VAV_MEDIA_VIDEO)
    g_object_set (transceiver, "do-nack", TRUE, NULL);
  if (gst_pad_link (source, sink) != GST_PAD_LINK_OK)
    return FALSE;

  gst_pad_add_probe (source, GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_BUFFER_LIST, on_packets, self, NULL);
  announce_caps (self, source, caps);
  return TRUE;
}

VavMediaSend *
vav_media_send_new (VavMediaKind kind, const VavSdpMedia *spec, VavMedia *media, VavMediaGate *gate,
                    GstElement *pipeline, GstElement *webrtc, GError **error)
{
  static const char *const chains[VAV_N_MEDIA_KINDS][6] = {
    { "appsrc", "opusenc", "rtpopuspay", NULL },
    { "appsrc", "videoscale", "capsfilter", "vp8enc", "rtpvp8pay", NULL },
  };
  const guint n = kind == VAV_MEDIA_VIDEO ? 5 : 3;
  g_autoptr (VavMediaSend) self = g_new0 (VavMediaSend, 1);
  GstElement *elements[5] = { NULL };

  self->kind = kind;
  self->flow = kind == VAV_MEDIA_VIDEO ? VAV_FLOW_VIDEO_OUT : VAV_FLOW_AUDIO_OUT;
  self->gate = vav_media_gate_ref (gate);
  self->media = media;
  self->ssrc = (guint)g_random_int_range (1, G_MAXINT32);
  g_mutex_init (&self->lock);
  if (!vav_media_make_chain (GST_BIN (pipeline), chains[kind], elements, error))
    return NULL;

  self->source = gst_object_ref (elements[0]);
  self->encoder = gst_object_ref (elements[n - 2]);
  self->payloader = gst_object_ref (elements[n - 1]);
  if (kind == VAV_MEDIA_VIDEO)
    self->filter = gst_object_ref (elements[2]);
  g_object_set (self->source, "is-live", TRUE, "format", GST_FORMAT_TIME, "leaky-type", 2 /* downstream: the oldest */,
                NULL);
  vav_media_encoder_set_up (self->encoder, kind);
  if (kind == VAV_MEDIA_VIDEO)
    set_up_video (self);
  else
    set_up_audio (self);
  set_up_payloader (self, spec);
  vav_media_start_chain (elements, n);
  if (!link_to_webrtc (self, spec, webrtc))
    {
      g_set_error_literal (error, VAV_ERROR, VAV_ERROR_MEDIA, vav_error_describe (VAV_ERROR_MEDIA));
      return NULL;
    }

  return g_steal_pointer (&self);
}

void
vav_media_send_free (VavMediaSend *self)
{
  if (self == NULL)
    return;

  g_clear_object (&self->screen);
  gst_clear_object (&self->source);
  gst_clear_object (&self->filter);
  gst_clear_object (&self->encoder);
  gst_clear_object (&self->payloader);
  vav_media_gate_unref (self->gate);
  g_mutex_clear (&self->lock);
  g_free (self);
}

static VavOutlet *
get_outlet (VavMediaSend *self)
{
  return self->screen != NULL ? self->screen : vav_media_get_outlet (self->media, self->kind);
}

void
vav_media_send_start (VavMediaSend *self)
{
  if (self->consumer != 0)
    return;

  mark (self, VAV_STEP_SOURCE_HELD);
  if (self->kind == VAV_MEDIA_VIDEO)
    vav_media_encoder_force_key_frame (self->encoder);
  self->consumer = vav_outlet_attach (get_outlet (self), on_sample, self, NULL);
  if (self->screen == NULL)
    vav_media_hold (self->media, self->kind);
}

void
vav_media_send_stop (VavMediaSend *self)
{
  if (self->consumer == 0)
    return;

  vav_outlet_detach (get_outlet (self), self->consumer);
  self->consumer = 0;
  if (self->screen == NULL)
    vav_media_release (self->media, self->kind);
}

void
vav_media_send_set_screen (VavMediaSend *self, VavOutlet *screen)
{
  gboolean runs = self->consumer != 0;

  if (self->screen == screen)
    return;

  vav_media_send_stop (self);
  g_set_object (&self->screen, screen);
  vav_media_send_set_quality (self, vav_media_get_picture_quality (self->media));
  if (runs)
    vav_media_send_start (self);
}

static guint
get_max (VavMediaSend *self)
{
  return self->max != 0 ? MIN (self->max, limits[self->quality].bitrate) : limits[self->quality].bitrate;
}

/* The size and rate of a picture: what the quality says, or less where so few bits make nothing of it. */
static VavPictureQuality
find_shape (VavMediaSend *self)
{
  guint i = 0;

  while (get_max (self) >= rungs[i].bitrate)
    i++;

  return limits[rungs[i].shape].height < limits[self->quality].height ? rungs[i].shape : self->quality;
}

/* A screen has its own size and rate, whatever the quality: what is written there is to be read. */
static void
update_shape (VavMediaSend *self)
{
  VavPictureQuality shape = find_shape (self);
  int width = self->screen != NULL ? VAV_SCREEN_WIDTH : limits[shape].width;
  int height = self->screen != NULL ? VAV_SCREEN_HEIGHT : limits[shape].height;
  g_autoptr (GstCaps) caps = NULL;

  caps = gst_caps_new_simple ("video/x-raw", "width", GST_TYPE_INT_RANGE, 16, width, "height", GST_TYPE_INT_RANGE, 16,
                              height, "pixel-aspect-ratio", GST_TYPE_FRACTION, 1, 1, NULL);
  g_object_set (self->filter, "caps", caps, NULL);
  g_mutex_lock (&self->lock);
  self->interval_us = self->screen != NULL ? 0 : limits[shape].interval_us;
  self->next_us = 0;
  g_mutex_unlock (&self->lock);
  vav_media_send_set_bitrate (self, get_max (self));
}

void
vav_media_send_set_quality (VavMediaSend *self, VavPictureQuality quality)
{
  if (self->kind != VAV_MEDIA_VIDEO)
    return;

  self->quality = quality;
  update_shape (self);
}

void
vav_media_send_set_max (VavMediaSend *self, guint bits_per_second, VavLimit by)
{
  if (self->kind != VAV_MEDIA_VIDEO || (self->max == bits_per_second && self->max_by == by))
    return;

  self->max = bits_per_second;
  self->max_by = by;
  update_shape (self);
}

VavLimit
vav_media_send_get_limit (VavMediaSend *self)
{
  return self->max != 0 && self->max < limits[self->quality].bitrate ? self->max_by : VAV_LIMIT_QUALITY;
}

void
vav_media_send_set_bitrate (VavMediaSend *self, guint bits_per_second)
{
  self->bitrate = bits_per_second;
  vav_media_encoder_set_bitrate (self->encoder, self->kind, bits_per_second);
}

guint
vav_media_send_get_bitrate (VavMediaSend *self)
{
  return self->bitrate;
}

guint
vav_media_send_get_ssrc (VavMediaSend *self)
{
  return self->ssrc;
}

GstElement *
vav_media_send_get_encoder (VavMediaSend *self)
{
  return self->encoder;
}

void
vav_media_send_read_counters (VavMediaSend *self, VavMediaSendCounters *counters)
{
  g_mutex_lock (&self->lock);
  *counters = self->counters;
  counters->level = self->square_n > 0 ? self->square_sum / self->square_n : 0;
  self->square_sum = 0;
  self->square_n = 0;
  g_mutex_unlock (&self->lock);
}
