/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/media/vav-media-send.h"

#include <gst/app/gstappsrc.h>
#include <gst/rtp/rtp.h>

#include "net/media/vav-encoder-warm-up.h"
#include "net/media/vav-media-elements.h"
#include "net/media/vav-media-encoder.h"
#include "net/media/vav-media-private.h"
#include "net/media/vav-screen.h"

/* How good our picture may be. */
static const VavRateLimits qualities[VAV_N_PICTURE_QUALITIES] = {
  [VAV_PICTURE_QUALITY_AUTO] = { { 1280, 720, 0, FALSE }, VAV_VIDEO_BITRATE, FALSE },
  [VAV_PICTURE_QUALITY_LOW] = { { 640, 360, 66000, FALSE }, 300000, FALSE },
  [VAV_PICTURE_QUALITY_MEDIUM] = { { 854, 480, 0, FALSE }, 800000, FALSE },
  [VAV_PICTURE_QUALITY_HIGH] = { { 1280, 720, 0, FALSE }, VAV_VIDEO_BITRATE, FALSE },
};

/* While the pacer has that much to do no picture is encoded: it would be old before it left. */
#define MAX_QUEUE_US 100000

/* No camera's pictures come on the dot. */
#define EARLY_US 5000

/* A source that gave nothing for so long gives none soon that would do in the place of one that was left out. */
#define STILL_US 200000

struct _VavMediaSend
{
  VavMediaKind kind;
  VavFlows flow;
  VavMediaGate *gate;
  VavMedia *media;   /* borrowed from the session */
  VavPacer *pacer;   /* owned */
  VavOutlet *screen; /* owned, nullable: sent in the place of the media's picture */
  guint consumer;    /* 0: not started */

  GstElement *source;
  GstElement *filter; /* of the picture's size; NULL for sound */
  GstElement *encoder;
  GstElement *payloader;
  guint ssrc;
  gboolean numbered; /* for feedback */
  guint bitrate;
  int width, height; /* of pictures, at most */
  VavPictureQuality quality;
  guint max; /* 0: none but the quality's */
  VavLimit max_by;
  VavRateLimits limits; /* of all that */
  VavMediaSendChanged changed;
  gpointer changed_data;

  GMutex order;    /* taken before the lock: pictures go to the encoder in the order in which they came */
  GstSample *held; /* under order, nullable: the latest picture, if it was left out */
  gint64 held_us;  /* under order: when it came */

  GMutex lock;
  guint interval_us;             /* under lock */
  gboolean paused;               /* under lock */
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

/* In the mean as many as the interval says; what was late is made good, but not at once. Under lock. */
static gint64
find_next (VavMediaSend *self, gint64 now_us)
{
  return MAX (self->next_us + self->interval_us, now_us + self->interval_us - self->interval_us / 4);
}

static void
count_sample (VavMediaSend *self, GstSample *sample)
{
  GstMapInfo map;

  g_mutex_lock (&self->lock);
  self->counters.frames++;
  if (self->kind == VAV_MEDIA_VIDEO)
    self->next_us = find_next (self, g_get_monotonic_time ());
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
  soon = self->paused || (self->interval_us > 0 && g_get_monotonic_time () < self->next_us - EARLY_US);
  g_mutex_unlock (&self->lock);

  return soon || vav_pacer_get_queue_us (self->pacer) > MAX_QUEUE_US;
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

/* The encoder's appsrc keeps one picture: the latest wins. */
static void
push (VavMediaSend *self, GstSample *sample)
{
  mark (self, VAV_STEP_CAPTURED);
  if (self->kind == VAV_MEDIA_VIDEO && self->screen == NULL)
    vav_media_note_picture (self->media, gst_sample_get_caps (sample));
  count_sample (self, sample);
  gst_app_src_push_sample (GST_APP_SRC (self->source), sample);
}

/* The source's thread */
static void
on_sample (gpointer data, gpointer user_data)
{
  VavMediaSend *self = user_data;
  GstSample *sample = data;

  if (!vav_media_gate_passes (self->gate, self->flow))
    return;

  g_mutex_lock (&self->order);
  g_clear_pointer (&self->held, gst_sample_unref);
  if (self->kind == VAV_MEDIA_VIDEO && is_too_soon (self))
    {
      self->held = gst_sample_ref (sample);
      self->held_us = g_get_monotonic_time ();
    }
  else
    push (self, sample);
  g_mutex_unlock (&self->order);
}

/* As the source would have stamped it later; but earlier than whatever it gives next. Returns: (transfer full) */
static GstSample *
make_later (GstSample *sample, gint64 later_us)
{
  g_autoptr (GstBuffer) buffer = gst_buffer_copy (gst_sample_get_buffer (sample));

  if (GST_BUFFER_PTS_IS_VALID (buffer))
    GST_BUFFER_PTS (buffer) += (GstClockTime)(later_us - STILL_US / 2) * GST_USECOND;
  GST_BUFFER_DTS (buffer) = GST_CLOCK_TIME_NONE;

  return gst_sample_new (buffer, gst_sample_get_caps (sample), NULL, NULL);
}

/* What stands still at this side stands there: who shows nothing new does not show it again either. */
static void
push_held (VavMediaSend *self)
{
  gint64 later_us;

  g_mutex_lock (&self->order);
  later_us = g_get_monotonic_time () - self->held_us;
  if (self->held != NULL && later_us >= STILL_US && vav_media_gate_passes (self->gate, self->flow)
      && !is_too_soon (self))
    {
      g_autoptr (GstSample) sample = make_later (self->held, later_us);

      g_clear_pointer (&self->held, gst_sample_unref);
      push (self, sample);
    }
  g_mutex_unlock (&self->order);
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
  vav_media_send_follow (self, &self->limits.picture, self->limits.bitrate);
}

static void
set_up_audio (VavMediaSend *self)
{
  g_object_set (self->source, "max-time", (guint64)(200 * GST_MSECOND), "max-bytes", (guint64)0, NULL);
  vav_media_send_follow (self, NULL, VAV_AUDIO_BITRATE);
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
          self->numbered = TRUE;
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
vav_media_send_new (VavMediaKind kind, const VavSdpMedia *spec, VavMedia *media, VavMediaGate *gate, VavPacer *pacer,
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
  self->pacer = g_object_ref (pacer);
  self->ssrc = (guint)g_random_int_range (1, G_MAXINT32);
  g_mutex_init (&self->order);
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
  gst_clear_object (&self->pacer);
  gst_clear_object (&self->source);
  gst_clear_object (&self->filter);
  gst_clear_object (&self->encoder);
  gst_clear_object (&self->payloader);
  g_clear_pointer (&self->held, gst_sample_unref);
  vav_media_gate_unref (self->gate);
  g_mutex_clear (&self->order);
  g_mutex_clear (&self->lock);
  g_free (self);
}

static VavOutlet *
get_outlet (VavMediaSend *self)
{
  return self->screen != NULL ? self->screen : vav_media_get_outlet (self->media, self->kind);
}

void
vav_media_send_warm_up (VavMediaSend *self)
{
  g_autoptr (GstCaps) caps = vav_media_dup_picture (self->media);

  if (caps != NULL && self->consumer == 0 && vav_media_has (self->media, self->kind))
    vav_encoder_warm_up (self->source, self->encoder, caps, self->gate);
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
  g_clear_pointer (&self->held, gst_sample_unref); /* nobody else is there: what was not sent by now is not */
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

/* A screen has its own size and rate, whatever the quality: what is written there is to be read. */
static void
update_limits (VavMediaSend *self)
{
  self->limits = qualities[self->quality];
  if (self->max != 0)
    self->limits.bitrate = MIN (self->limits.bitrate, self->max);
  if (self->screen != NULL)
    {
      self->limits.picture = (VavRatePicture){ VAV_SCREEN_WIDTH, VAV_SCREEN_HEIGHT, 0, FALSE };
      self->limits.screen = TRUE;
    }
  if (self->changed != NULL)
    self->changed (self->changed_data);
}

void
vav_media_send_set_quality (VavMediaSend *self, VavPictureQuality quality)
{
  if (self->kind != VAV_MEDIA_VIDEO)
    return;

  self->quality = quality;
  update_limits (self);
}

void
vav_media_send_set_max (VavMediaSend *self, guint bits_per_second, VavLimit by)
{
  if (self->kind != VAV_MEDIA_VIDEO || (self->max == bits_per_second && self->max_by == by))
    return;

  self->max = bits_per_second;
  self->max_by = by;
  update_limits (self);
}

VavLimit
vav_media_send_get_limit (VavMediaSend *self)
{
  return self->max != 0 && self->max < qualities[self->quality].bitrate ? self->max_by : VAV_LIMIT_QUALITY;
}

void
vav_media_send_watch (VavMediaSend *self, VavMediaSendChanged changed, gpointer user_data)
{
  self->changed = changed;
  self->changed_data = user_data;
}

const VavRateLimits *
vav_media_send_get_limits (VavMediaSend *self)
{
  return &self->limits;
}

static void
set_picture (VavMediaSend *self, const VavRatePicture *picture)
{
  g_autoptr (GstCaps) caps = NULL;

  g_mutex_lock (&self->lock);
  if (self->interval_us != picture->interval_us)
    {
      self->next_us = 0;
      vav_media_encoder_set_interval (self->encoder, picture->interval_us);
    }
  self->interval_us = picture->interval_us;
  self->paused = picture->paused;
  g_mutex_unlock (&self->lock);
  if (self->width == picture->width && self->height == picture->height)
    return;

  self->width = picture->width;
  self->height = picture->height;
  caps = gst_caps_new_simple ("video/x-raw", "width", GST_TYPE_INT_RANGE, 16, self->width, "height", GST_TYPE_INT_RANGE,
                              16, self->height, "pixel-aspect-ratio", GST_TYPE_FRACTION, 1, 1, NULL);
  g_object_set (self->filter, "caps", caps, NULL);
}

void
vav_media_send_follow (VavMediaSend *self, const VavRatePicture *picture, guint bits_per_second)
{
  if (self->kind == VAV_MEDIA_VIDEO)
    set_picture (self, picture);
  push_held (self);
  if (self->bitrate != bits_per_second)
    vav_media_encoder_set_bitrate (self->encoder, self->kind, bits_per_second);
  self->bitrate = bits_per_second;
}

guint
vav_media_send_get_bitrate (VavMediaSend *self)
{
  return self->bitrate;
}

guint64
vav_media_send_get_bytes (VavMediaSend *self)
{
  guint64 bytes;

  g_mutex_lock (&self->lock);
  bytes = self->counters.bytes;
  g_mutex_unlock (&self->lock);

  return bytes;
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

GstElement *
vav_media_send_get_payloader (VavMediaSend *self)
{
  return self->payloader;
}

void
vav_media_send_stop_numbering (VavMediaSend *self)
{
  self->numbered = FALSE;
  g_signal_emit_by_name (self->payloader, "clear-extensions");
}

gboolean
vav_media_send_is_numbered (VavMediaSend *self)
{
  return self->numbered;
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
