/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/media/vav-media-receive.h"

#include <gst/app/gstappsink.h>
#include <gst/rtp/rtp.h>
#include <gst/video/video.h>
#include <string.h>

#include "net/media/vav-backlog.h"
#include "net/media/vav-media-elements.h"
#include "net/media/vav-playout.h"
#include "net/media/vav-vp8.h"

/* Of one picture, as the depayloader collects it until its end; more than any key frame has, packets with what each of them costs. */
#define MAX_PICTURE (2 * 1024 * 1024)
#define PACKET_COST 512
#define LEAST_GAP (2500 * GST_USECOND)

struct _VavMediaReceive
{
  VavMediaKind kind;
  VavFlows flow;
  VavOutlet *outlet;
  VavMediaGate *gate;
  VavHop *hop;
  VavHopFunc first;
  gboolean told; /* decoder's thread */
  VavMediaMeter *meter;

  GstElement *depayloader;
  GstElement *decoder;
  GstElement *sink;
  VavPlayout *playout; /* pictures', as the next */
  VavBacklog *backlog;
  int taken; /* atomic: a pad is linked */
};

/* What each pad's probe knows. */
typedef struct
{
  VavMediaGate *gate;
  VavFlows flow;
  VavMediaMeter *meter; /* NULL: a pad that is only drained */
  /* jitter buffer's thread */
  gboolean dropped;
  gsize picture; /* since the last one ended */
} PadWatch;

static void
pad_watch_free (gpointer data)
{
  PadWatch *watch = data;

  vav_media_gate_unref (watch->gate);
  g_free (watch);
}

/* The jitter buffer's thread. Of a picture that never ends the depayloader would keep all that comes. What is dropped is missing in the row of numbers: the
 * depayloader throws away what it has of that picture, and asks for a key frame. */
static gboolean
fits_picture (PadWatch *watch, GstBuffer *packet)
{
  GstRTPBuffer rtp = GST_RTP_BUFFER_INIT;
  gboolean fits, ends;

  if (watch->flow != VAV_FLOW_VIDEO_IN || !gst_rtp_buffer_map (packet, GST_MAP_READ, &rtp))
    return TRUE;

  ends = gst_rtp_buffer_get_marker (&rtp);
  gst_rtp_buffer_unmap (&rtp);
  watch->picture += gst_buffer_get_size (packet) + PACKET_COST;
  fits = watch->picture <= MAX_PICTURE;
  if (ends)
    watch->picture = 0;

  return fits;
}

static gboolean
fit_picture (PadWatch *watch, GstBufferList *list)
{
  gboolean fit = TRUE;

  for (guint i = 0; i < gst_buffer_list_length (list); i++)
    fit = fits_picture (watch, gst_buffer_list_get (list, i)) && fit;

  return fit;
}

/* The jitter buffer's thread. Dropped, never blocked: a blocked or unlinked pad stops everything that comes in, for good. */
static GstPadProbeReturn
on_packet (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  PadWatch *watch = user_data;
  gboolean fits;
  gsize bytes;

  if (watch->meter == NULL)
    return GST_PAD_PROBE_DROP;
  if (!vav_media_gate_passes (watch->gate, watch->flow))
    {
      watch->dropped = TRUE;
      return GST_PAD_PROBE_DROP;
    }

  if (GST_PAD_PROBE_INFO_TYPE (info) & GST_PAD_PROBE_TYPE_BUFFER_LIST)
    {
      bytes = gst_buffer_list_calculate_size (GST_PAD_PROBE_INFO_BUFFER_LIST (info));
      fits = fit_picture (watch, GST_PAD_PROBE_INFO_BUFFER_LIST (info));
    }
  else
    {
      bytes = gst_buffer_get_size (GST_PAD_PROBE_INFO_BUFFER (info));
      fits = fits_picture (watch, GST_PAD_PROBE_INFO_BUFFER (info));
    }
  vav_media_meter_count_bytes (watch->meter, bytes);
  if (watch->flow == VAV_FLOW_VIDEO_IN)
    vav_media_gate_mark (watch->gate, VAV_STEP_UNBUFFERED);
  if (watch->dropped && watch->flow == VAV_FLOW_VIDEO_IN)
    gst_pad_send_event (pad, gst_video_event_new_upstream_force_key_unit (GST_CLOCK_TIME_NONE, TRUE, 0));
  watch->dropped = FALSE;

  return fits ? GST_PAD_PROBE_OK : GST_PAD_PROBE_DROP;
}

/* The depayloader's thread: which pictures the decoder may see. It gives no lists. */
static GstPadProbeReturn
on_frame (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  VavMediaReceive *self = user_data;
  GstBuffer *frame;
  guint8 header[10];
  gsize length;
  VavBacklogVerdict verdict;

  if (GST_PAD_PROBE_INFO_TYPE (info) & GST_PAD_PROBE_TYPE_BUFFER_LIST)
    return GST_PAD_PROBE_DROP;

  frame = GST_PAD_PROBE_INFO_BUFFER (info);
  length = gst_buffer_extract (frame, 0, header, sizeof header);
  verdict = vav_backlog_add (self->backlog, vav_vp8_look (header, length), gst_buffer_get_size (frame),
                             g_get_monotonic_time ());
  if (verdict == VAV_BACKLOG_ASK)
    vav_media_receive_request_key_frame (self);

  return verdict == VAV_BACKLOG_PASS ? GST_PAD_PROBE_OK : GST_PAD_PROBE_DROP;
}

/* The decoder's thread */
static GstPadProbeReturn
on_taken (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  VavMediaReceive *self = user_data;

  vav_backlog_take (self->backlog);

  return GST_PAD_PROBE_OK;
}

static void
watch_frames (VavMediaReceive *self)
{
  g_autoptr (GstPad) pad = gst_element_get_static_pad (self->depayloader, "src");
  g_autoptr (GstPad) decoder = gst_element_get_static_pad (self->decoder, "sink");

  self->backlog = vav_backlog_new ();
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_BUFFER_LIST, on_frame, self, NULL);
  gst_pad_add_probe (decoder, GST_PAD_PROBE_TYPE_BUFFER, on_taken, self, NULL);
}

/* The depayloader's thread: what it gives first is a key frame. */
static GstPadProbeReturn
on_first_frame (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  vav_media_gate_mark (user_data, VAV_STEP_KEY_FRAME);
  return GST_PAD_PROBE_REMOVE;
}

static void
watch_first_frame (VavMediaReceive *self)
{
  g_autoptr (GstPad) pad = gst_element_get_static_pad (self->depayloader, "src");

  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_BUFFER_LIST, on_first_frame,
                     vav_media_gate_ref (self->gate), (GDestroyNotify)vav_media_gate_unref);
}

/* The decoder's thread */
static GstFlowReturn
on_sample (GstAppSink *sink, gpointer user_data)
{
  VavMediaReceive *self = user_data;
  g_autoptr (GstSample) sample = gst_app_sink_pull_sample (sink);

  if (sample == NULL || !vav_media_gate_passes (self->gate, self->flow))
    return GST_FLOW_OK;

  vav_media_meter_count_sample (self->meter, sample);
  vav_outlet_push (self->outlet, sample);
  if (!self->told)
    {
      self->told = TRUE;
      if (self->kind == VAV_MEDIA_VIDEO)
        vav_media_gate_mark (self->gate, VAV_STEP_DECODED);
      vav_hop_post (self->hop, self->first, NULL, NULL);
    }

  return GST_FLOW_OK;
}

/* The depayloader's thread */
static GstPadProbeReturn
on_whole_picture (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  GstBuffer *picture = GST_PAD_PROBE_INFO_BUFFER (info);

  if (GST_BUFFER_PTS_IS_VALID (picture))
    vav_playout_add (user_data, g_get_monotonic_time (), (gint64)(GST_BUFFER_PTS (picture) / GST_USECOND));

  return GST_PAD_PROBE_OK;
}

/* The decoder's thread, before the sink waits for the picture's time. Running time is the monotonic clock (vav_media_make_pipeline()), and the sink
 * adds the pipeline's latency to each picture's time. */
static GstPadProbeReturn
on_picture (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  VavMediaReceive *self = user_data;
  GstBaseSink *sink = GST_BASE_SINK (self->sink);
  GstBuffer *picture = GST_PAD_PROBE_INFO_BUFFER (info);
  gint64 now = g_get_monotonic_time ();
  gint64 time, shown;

  if (!GST_BUFFER_PTS_IS_VALID (picture))
    return GST_PAD_PROBE_OK;

  time = (gint64)(GST_BUFFER_PTS (picture) / GST_USECOND);
  shown = vav_playout_show (self->playout, now, time);
  if (shown > now)
    gst_base_sink_set_ts_offset (sink, (shown - time) * GST_USECOND - (gint64)gst_base_sink_get_latency (sink));
  gst_base_sink_set_sync (sink, shown > now);

  return GST_PAD_PROBE_OK;
}

static void
watch_pictures (VavMediaReceive *self)
{
  g_autoptr (GstPad) whole = gst_element_get_static_pad (self->depayloader, "src");
  g_autoptr (GstPad) pad = gst_element_get_static_pad (self->sink, "sink");

  self->playout = vav_playout_new ();
  gst_pad_add_probe (whole, GST_PAD_PROBE_TYPE_BUFFER, on_whole_picture, self->playout, NULL);
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, on_picture, self, NULL);
}

static guint
keep_back (VavMediaReceive *self, double uneven_ms, gboolean lossy)
{
  guint delay_ms = vav_playout_follow (self->playout, uneven_ms, lossy);

  g_debug ("pictures are kept back for %u ms; the network makes them up to %.0f ms late", delay_ms, uneven_ms);

  return delay_ms;
}

static void
set_up_sink (VavMediaReceive *self)
{
  GstAppSinkCallbacks callbacks = { .new_sample = on_sample };

  g_object_set (self->sink, "sync", FALSE, "async", FALSE, "enable-last-sample", FALSE, "max-buffers", 4, NULL);
  gst_app_sink_set_callbacks (GST_APP_SINK (self->sink), &callbacks, self, NULL);
}

static gboolean
make_video (VavMediaReceive *self, GstBin *bin, GError **error)
{
  static const char *const chain[] = { "rtpvp8depay", "queue", "vp8dec", "appsink", NULL };
  GstElement *elements[4];

  if (!vav_media_make_chain (bin, chain, elements, error))
    return FALSE;
  /* a picture that misses a part is not shown: the last good one stays until the key frame that we ask for */
  g_object_set (elements[0], "request-keyframe", TRUE, "wait-for-keyframe", TRUE, NULL);
  /* what is in it is seen to before it */
  g_object_set (elements[1], "max-size-buffers", 0, "max-size-bytes", 0, "max-size-time", (guint64)0, NULL);
  /* else there are as many as processors, and each waits for the one above it by spinning */
  g_object_set (elements[2], "threads", 1, NULL);
  self->depayloader = gst_object_ref (elements[0]);
  self->decoder = gst_object_ref (elements[2]);
  self->sink = gst_object_ref (elements[3]);
  watch_frames (self);
  watch_first_frame (self);
  set_up_sink (self);
  watch_pictures (self);
  vav_media_start_chain (elements, G_N_ELEMENTS (elements));

  return TRUE;
}

/* The depayloader's thread. For a gap of less than 2.5 ms, the least that Opus conceals, opusdec makes nothing up, forgets to let go of the gap, and so
 * finds it again with each packet that comes: from then on there is silence (seen in 1.22 to 1.26; opus_dec_chain_parse_data()). The jitter buffer
 * tells of such gaps where many packets come at once after a long queue. Nobody hears what is missing there. */
static GstPadProbeReturn
on_gap (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  GstClockTime duration = GST_CLOCK_TIME_NONE;

  if (GST_EVENT_TYPE (GST_PAD_PROBE_INFO_EVENT (info)) != GST_EVENT_GAP)
    return GST_PAD_PROBE_OK;

  gst_event_parse_gap (GST_PAD_PROBE_INFO_EVENT (info), NULL, &duration);

  return duration < LEAST_GAP ? GST_PAD_PROBE_DROP : GST_PAD_PROBE_OK;
}

static void
watch_gaps (VavMediaReceive *self)
{
  g_autoptr (GstPad) pad = gst_element_get_static_pad (self->decoder, "sink");

  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, on_gap, NULL, NULL);
}

static gboolean
make_audio (VavMediaReceive *self, GstBin *bin, GError **error)
{
  static const char *const chain[] = { "rtpopusdepay", "opusdec", "audioconvert", "audioresample", "appsink", NULL };
  GstElement *elements[5];
  g_autoptr (GstCaps) caps = NULL;

  if (!vav_media_make_chain (bin, chain, elements, error))
    return FALSE;
  g_object_set (elements[1], "plc", TRUE, "use-inband-fec", TRUE, NULL);
  caps = gst_caps_from_string ("audio/x-raw, format=S16LE, rate=48000, channels=1, layout=interleaved");
  gst_app_sink_set_caps (GST_APP_SINK (elements[4]), caps);
  self->depayloader = gst_object_ref (elements[0]);
  self->decoder = gst_object_ref (elements[1]);
  self->sink = gst_object_ref (elements[4]);
  watch_gaps (self);
  set_up_sink (self);
  vav_media_start_chain (elements, G_N_ELEMENTS (elements));

  return TRUE;
}

VavMediaReceive *
vav_media_receive_new (VavMediaKind kind, VavOutlet *outlet, VavMediaGate *gate, VavHop *hop, VavHopFunc first,
                       GstElement *pipeline, GError **error)
{
  g_autoptr (VavMediaReceive) self = g_new0 (VavMediaReceive, 1);
  gboolean made;

  self->kind = kind;
  self->flow = kind == VAV_MEDIA_VIDEO ? VAV_FLOW_VIDEO_IN : VAV_FLOW_AUDIO_IN;
  self->outlet = g_object_ref (outlet);
  self->gate = vav_media_gate_ref (gate);
  self->hop = vav_hop_ref (hop);
  self->first = first;
  self->meter = vav_media_meter_new (kind);
  if (kind == VAV_MEDIA_VIDEO)
    made = make_video (self, GST_BIN (pipeline), error);
  else
    made = make_audio (self, GST_BIN (pipeline), error);

  return made ? g_steal_pointer (&self) : NULL;
}

void
vav_media_receive_free (VavMediaReceive *self)
{
  if (self == NULL)
    return;

  gst_clear_object (&self->depayloader);
  gst_clear_object (&self->decoder);
  gst_clear_object (&self->sink);
  g_clear_object (&self->outlet);
  vav_media_gate_unref (self->gate);
  vav_hop_unref (self->hop);
  vav_media_meter_free (self->meter);
  vav_playout_free (self->playout);
  vav_backlog_free (self->backlog);
  g_free (self);
}

static gboolean
is_our_codec (VavMediaReceive *self, GstStructure *caps)
{
  return g_strcmp0 (gst_structure_get_string (caps, "encoding-name"), self->kind == VAV_MEDIA_VIDEO ? "VP8" : "OPUS")
         == 0;
}

gboolean
vav_media_receive_take_pad (VavMediaReceive *self, GstPad *pad)
{
  g_autoptr (GstCaps) caps = gst_pad_get_current_caps (pad);
  GstStructure *structure = caps != NULL ? gst_caps_get_structure (caps, 0) : NULL;
  g_autoptr (GstPad) sink = NULL;
  PadWatch *watch;
  gboolean take;

  if (structure == NULL
      || g_strcmp0 (gst_structure_get_string (structure, "media"), self->kind == VAV_MEDIA_VIDEO ? "video" : "audio")
             != 0)
    return FALSE;

  take = is_our_codec (self, structure) && g_atomic_int_compare_and_exchange (&self->taken, FALSE, TRUE);
  watch = g_new0 (PadWatch, 1);
  watch->gate = vav_media_gate_ref (self->gate);
  watch->flow = self->flow;
  watch->meter = take ? self->meter : NULL;
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_BUFFER_LIST, on_packet, watch, pad_watch_free);
  if (take)
    {
      sink = gst_element_get_static_pad (self->depayloader, "sink");
      if (gst_pad_link (pad, sink) != GST_PAD_LINK_OK)
        watch->meter = NULL;
    }

  return TRUE;
}

void
vav_media_receive_request_key_frame (VavMediaReceive *self)
{
  g_autoptr (GstPad) sink = NULL;

  if (self->kind != VAV_MEDIA_VIDEO || !g_atomic_int_get (&self->taken))
    return;

  sink = gst_element_get_static_pad (self->depayloader, "sink");
  gst_pad_push_event (sink, gst_video_event_new_upstream_force_key_unit (GST_CLOCK_TIME_NONE, TRUE, 0));
}

guint
vav_media_receive_follow_path (VavMediaReceive *self, double uneven_ms, gboolean lossy)
{
  return self->kind == VAV_MEDIA_VIDEO ? keep_back (self, uneven_ms, lossy) : 0;
}

VavMediaMeter *
vav_media_receive_get_meter (VavMediaReceive *self)
{
  return self->meter;
}

guint64
vav_media_receive_get_concealed (VavMediaReceive *self)
{
  g_autoptr (GstStructure) stats = NULL;
  guint64 gaps = 0;

  if (self->kind != VAV_MEDIA_AUDIO)
    return 0;
  g_object_get (self->decoder, "stats", &stats, NULL);
  if (stats != NULL)
    gst_structure_get_uint64 (stats, "num-gap", &gaps);

  return gaps;
}
