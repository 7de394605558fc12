/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/media/vav-media-tuning.h"

#include <string.h>

#include "net/media/vav-certificate.h"
#include "net/media/vav-media-door.h"
#include "net/media/vav-repair.h"
#include "net/media/vav-report-pace.h"

/* For that long a packet of ours may be asked for. After a path was away for seconds the other side asks for all that it missed, and what is older
 * than its patience would only stand in the way of the key frame. webrtcbin's own limit of 500 packets is three seconds at full rate. */
#define REPEAT_MS VAV_REPAIR_MAX_MS

/* One call has two streams to us; a second one of a kind is only drained (vav-media-receive.c). Each costs a jitter buffer with its thread. */
#define MAX_STREAMS 8

struct _VavMediaTuning
{
  gatomicrefcount
      ref_count;        /* the session's, and the handler's: webrtcbin's thread may be in it while the session goes */
  GstElement *pipeline; /* borrowed: the session owns both */
  gulong handler;
  VavMediaGate *gate;
  VavRtcpGuard *guard;
  VavShield *shield;

  VavMediaBuffers *buffers;

  GMutex lock;
  GPtrArray *sessions;  /* under lock: rtpsessions, one */
  VavReportTimes times; /* under lock: theirs */

  VavMediaBufferCounts last;
  VavReportPace pace;
};

/* Feedback on each packet goes with the last packet of each picture, unless it has a time of its own: then sound alone is told of too. */
static void
set_up_session (GstElement *element, const VavReportTimes *times)
{
  g_autoptr (GObject) session = NULL;

  g_object_set (element, "rtcp-min-interval", times->regular_ms * GST_MSECOND, "bandwidth", (double)times->bandwidth,
                NULL);
  g_object_get (element, "internal-session", &session, NULL);
  g_object_set (session, "twcc-feedback-interval", times->feedback_ms * GST_MSECOND, NULL);
}

static void
set_up_decrypter (VavMediaTuning *self, GstElement *decrypter)
{
  if (vav_certificate_get_pem () != NULL)
    g_object_set (decrypter, "pem", vav_certificate_get_pem (), NULL);
  vav_media_door_put_in (decrypter, self->gate, self->guard, self->shield);
}

/* Any thread */
static void
on_element (GstBin *bin, GstBin *parent, GstElement *element, VavMediaTuning *self)
{
  GstElementFactory *factory = gst_element_get_factory (element);
  const char *name = factory != NULL ? GST_OBJECT_NAME (factory) : "";

  if (g_str_equal (name, "clocksync"))
    g_object_set (element, "sync", FALSE, NULL);
  else if (g_str_equal (name, "dtlssrtpdec"))
    set_up_decrypter (self, element);
  else if (g_str_equal (name, "rtpbin") || g_str_equal (name, "rtpssrcdemux"))
    {
      g_object_set (element, "max-streams", MAX_STREAMS, NULL);
      /* no moving of one stream's times by the other's reports: that would look as if all its packets were late */
      if (g_str_equal (name, "rtpbin"))
        gst_util_set_object_arg (G_OBJECT (element), "rtcp-sync", "rtp-info");
    }
  else if (g_str_equal (name, "rtpsession"))
    {
      /* since GStreamer 1.24 no sender tells of itself at all before the session knows a latency, which none of our pipelines has */
      g_object_set (element, "rtcp-sync-send-time", FALSE, NULL);
      g_mutex_lock (&self->lock);
      set_up_session (element, &self->times);
      g_ptr_array_add (self->sessions, gst_object_ref (element));
      g_mutex_unlock (&self->lock);
    }
  else if (g_str_equal (name, "rtprtxsend"))
    g_object_set (element, "max-size-time", REPEAT_MS, NULL);
  else if (g_str_equal (name, "rtpjitterbuffer"))
    vav_media_buffers_add (self->buffers, element);
}

static void
tuning_unref (gpointer data)
{
  VavMediaTuning *self = data;

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  vav_media_gate_unref (self->gate);
  vav_rtcp_guard_unref (self->guard);
  vav_shield_unref (self->shield);
  vav_media_buffers_free (self->buffers);
  g_ptr_array_unref (self->sessions);
  g_mutex_clear (&self->lock);
  g_free (self);
}

static void
tuning_closure_unref (gpointer data, GClosure *closure)
{
  tuning_unref (data);
}

VavMediaTuning *
vav_media_tuning_new (GstElement *pipeline, VavMediaGate *gate, VavRtcpGuard *guard, VavShield *shield)
{
  VavMediaTuning *self = g_new0 (VavMediaTuning, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->pipeline = pipeline;
  self->gate = vav_media_gate_ref (gate);
  self->guard = vav_rtcp_guard_ref (guard);
  self->shield = vav_shield_ref (shield);
  self->buffers = vav_media_buffers_new ();
  vav_report_pace_begin (&self->times);
  self->sessions = g_ptr_array_new_with_free_func (gst_object_unref);
  g_mutex_init (&self->lock);
  g_atomic_ref_count_inc (&self->ref_count);
  self->handler
      = g_signal_connect_data (pipeline, "deep-element-added", G_CALLBACK (on_element), self, tuning_closure_unref, 0);

  return self;
}

void
vav_media_tuning_free (VavMediaTuning *self)
{
  if (self == NULL)
    return;

  g_signal_handler_disconnect (self->pipeline, self->handler);
  tuning_unref (self);
}

static GPtrArray *
copy_list (VavMediaTuning *self, GPtrArray *elements)
{
  GPtrArray *list;

  g_mutex_lock (&self->lock);
  list = g_ptr_array_copy (elements, (GCopyFunc)gst_object_ref, NULL);
  g_ptr_array_set_free_func (list, gst_object_unref);
  g_mutex_unlock (&self->lock);

  return list;
}

void
vav_media_tuning_follow_rate (VavMediaTuning *self, double kbps, double rtt_ms)
{
  g_autoptr (GPtrArray) sessions = NULL;
  VavReportTimes times;
  gboolean same;

  vav_report_pace_follow (&self->pace, kbps, rtt_ms, &times);
  g_mutex_lock (&self->lock);
  same = memcmp (&times, &self->times, sizeof times) == 0;
  self->times = times;
  g_mutex_unlock (&self->lock);
  if (same)
    return;

  sessions = copy_list (self, self->sessions);
  for (guint i = 0; i < sessions->len; i++)
    set_up_session (sessions->pdata[i], &times);
}

guint
vav_media_tuning_follow_path (VavMediaTuning *self, double rtt_ms)
{
  return vav_media_buffers_follow (self->buffers, rtt_ms);
}

double
vav_media_tuning_get_uneven (VavMediaTuning *self)
{
  return vav_media_buffers_get_uneven (self->buffers);
}

gboolean
vav_media_tuning_is_lossy (VavMediaTuning *self)
{
  return vav_media_buffers_is_lossy (self->buffers);
}

void
vav_media_tuning_count_packets (VavMediaTuning *self, VavMediaBufferCounts *counts)
{
  vav_media_buffers_count (self->buffers, counts);
}

double
vav_media_tuning_read_loss (VavMediaTuning *self)
{
  VavMediaBufferCounts counts;
  double loss;

  vav_media_buffers_count (self->buffers, &counts);
  loss = vav_media_buffers_compare (&self->last, &counts);
  self->last = counts;
  g_debug ("packets since the beginning: %" G_GUINT64_FORMAT " passed on, %" G_GUINT64_FORMAT " given up; "
           "%" G_GUINT64_FORMAT " requests, %" G_GUINT64_FORMAT " repaired, %" G_GUINT64_FORMAT " came twice; "
           "%u of RTCP refused",
           counts.pushed, counts.lost, counts.asked, counts.repaired, counts.extra,
           vav_rtcp_guard_get_refused (self->guard));

  return loss;
}

/* Of a reception report in the RTP session's own list of sources (the round trip is told in units of 1/65536 s, RFC 3550, 6.4.1). */
static double
read_source_rtt (const GValue *source)
{
  const GstStructure *stats = gst_value_get_structure (source);
  gboolean internal = TRUE, have = FALSE;
  guint trip = 0;

  if (stats == NULL || !gst_structure_get_boolean (stats, "internal", &internal) || internal)
    return -1;
  if (!gst_structure_get_boolean (stats, "have-rb", &have) || !have
      || !gst_structure_get_uint (stats, "rb-round-trip", &trip))
    return -1;

  return trip * 1000.0 / 65536;
}

double
vav_media_tuning_read_rtt (VavMediaTuning *self)
{
  g_autoptr (GPtrArray) sessions = copy_list (self, self->sessions);
  g_autoptr (GstStructure) stats = NULL;
  const GValue *value;
  GValueArray *sources;
  double rtt = -1;

  if (sessions->len == 0)
    return -1;
  g_object_get (sessions->pdata[0], "stats", &stats, NULL);
  value = stats != NULL ? gst_structure_get_value (stats, "source-stats") : NULL;
  sources = value != NULL ? g_value_get_boxed (value) : NULL;
  G_GNUC_BEGIN_IGNORE_DEPRECATIONS
  for (guint i = 0; sources != NULL && i < sources->n_values; i++)
    {
      double trip = read_source_rtt (g_value_array_get_nth (sources, i));

      if (trip >= 0 && (rtt < 0 || trip < rtt))
        rtt = trip;
    }
  G_GNUC_END_IGNORE_DEPRECATIONS

  return rtt;
}
