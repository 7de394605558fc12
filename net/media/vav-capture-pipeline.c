/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/media/vav-capture-pipeline.h"

#include <glib/gi18n-lib.h>
#include <gst/app/gstappsink.h>
#include <gst/gst.h>

#include "net/media/vav-capture-device.h"
#include "net/media/vav-media-elements.h"
#include "net/media/vav-voice.h"

struct _VavCapturePipeline
{
  gatomicrefcount ref_count;
  VavMediaKind kind;
  char *source;
  char *device_name; /* (nullable) */
  GPtrArray *avoid;  /* element-type VavDevice */
  VavOutlet *played; /* (nullable) */
  VavOutlet *outlet;
  VavHop *hop;
  const VavCaptureEvents *events;

  GMutex lock;
  GCond cond;
  gboolean stop;              /* under lock: also held while a sample is pushed */
  gboolean failed;            /* under lock: it ended by itself */
  gboolean done;              /* under lock: the device is closed */
  GstBus *bus;                /* under lock: to wake the thread */
  VavDevice *device;          /* under lock; (nullable): set once, by the thread */
  VavCapturePipeline *before; /* under lock; (nullable): still runs, or is being closed. Its lock is taken after ours */

  gboolean began;       /* streaming thread */
  GstElement *pipeline; /* thread */
  VavVoice *voice;      /* thread; (nullable) */
  gboolean linked;      /* thread that decodes */
};

static VavCapturePipeline *
capture_ref (VavCapturePipeline *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
vav_capture_pipeline_unref (VavCapturePipeline *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  g_free (self->source);
  g_free (self->device_name);
  g_ptr_array_unref (self->avoid);
  g_clear_object (&self->played);
  g_clear_object (&self->device);
  g_object_unref (self->outlet);
  g_clear_pointer (&self->before, vav_capture_pipeline_unref);
  vav_hop_unref (self->hop);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->cond);
  g_free (self);
}

/* The pipeline's running time counts from its base time, which is a time of the monotonic clock: so is the sum. */
static GstSample *
stamp_sample (VavCapturePipeline *self, GstSample *sample)
{
  GstBuffer *buffer = gst_buffer_copy (gst_sample_get_buffer (sample));
  guint64 time
      = gst_segment_to_running_time (gst_sample_get_segment (sample), GST_FORMAT_TIME, GST_BUFFER_PTS (buffer));
  GstSample *stamped;

  if (GST_CLOCK_TIME_IS_VALID (time))
    time += gst_element_get_base_time (self->pipeline);
  else
    time = (GstClockTime)g_get_monotonic_time () * GST_USECOND;
  GST_BUFFER_PTS (buffer) = GST_BUFFER_DTS (buffer) = time;
  stamped = gst_sample_new (buffer, gst_sample_get_caps (sample), NULL, NULL);
  gst_buffer_unref (buffer);

  return stamped;
}

static VavCapturePipeline *
dup_before (VavCapturePipeline *self)
{
  VavCapturePipeline *before;

  g_mutex_lock (&self->lock);
  before = self->before != NULL ? capture_ref (self->before) : NULL;
  g_mutex_unlock (&self->lock);

  return before;
}

static VavCapturePipeline *
take_before (VavCapturePipeline *self)
{
  VavCapturePipeline *before;

  g_mutex_lock (&self->lock);
  before = g_steal_pointer (&self->before);
  g_mutex_unlock (&self->lock);

  return before;
}

static void
capture_unref (gpointer data)
{
  vav_capture_pipeline_unref (data);
}

/* The one before shows what it has until this one has something. */
static void
take_over (VavCapturePipeline *self)
{
  g_autoptr (VavCapturePipeline) before = take_before (self);

  if (before != NULL)
    vav_capture_pipeline_stop (before);
}

/* The pipeline's streaming thread */
static GstFlowReturn
on_sample (GstAppSink *sink, gpointer user_data)
{
  VavCapturePipeline *self = user_data;
  g_autoptr (GstSample) sample = gst_app_sink_pull_sample (sink);
  g_autoptr (GstSample) stamped = NULL;

  if (sample == NULL)
    return GST_FLOW_OK;

  if (!self->began)
    {
      self->began = TRUE;
      take_over (self);
      vav_hop_post (self->hop, self->events->began, capture_ref (self), capture_unref);
    }
  stamped = stamp_sample (self, sample);
  g_mutex_lock (&self->lock);
  if (!self->stop)
    vav_outlet_push (self->outlet, stamped);
  g_mutex_unlock (&self->lock);

  return GST_FLOW_OK;
}

static void
set_up_sink (VavCapturePipeline *self, GstElement *sink, gboolean paced)
{
  GstAppSinkCallbacks callbacks = { .new_sample = on_sample };

  g_object_set (sink, "sync", paced, "enable-last-sample", FALSE, "max-buffers", 4, NULL);
  gst_app_sink_set_callbacks (GST_APP_SINK (sink), &callbacks, self, NULL);
}

/* From whatever comes to sound in pieces of 10 ms. Returns the first element. */
static GstElement *
make_audio_tail (VavCapturePipeline *self, gboolean paced, GError **error)
{
  static const char *const chain[] = { "audioconvert", "audioresample", "capsfilter", NULL };
  static const char *const end[] = { "audiobuffersplit", "appsink", NULL };
  g_autoptr (GstCaps) caps
      = gst_caps_from_string ("audio/x-raw, format=S16LE, rate=48000, channels=1, layout=interleaved");
  GstElement *first[3], *last[2], *voice = self->voice != NULL ? vav_voice_get_element (self->voice) : NULL;

  if (!vav_media_make_chain (GST_BIN (self->pipeline), chain, first, error)
      || !vav_media_make_chain (GST_BIN (self->pipeline), end, last, error))
    return NULL;
  g_object_set (first[2], "caps", caps, NULL);
  g_object_set (last[0], "output-buffer-duration", 1, 100, NULL);
  set_up_sink (self, last[1], paced);
  if (voice != NULL)
    gst_bin_add (GST_BIN (self->pipeline), voice);
  if (voice != NULL ? !gst_element_link_many (first[2], voice, last[0], NULL) : !gst_element_link (first[2], last[0]))
    return NULL;

  vav_media_start_chain (last, G_N_ELEMENTS (last));
  if (voice != NULL)
    vav_media_start_chain (&voice, 1);
  vav_media_start_chain (first, G_N_ELEMENTS (first));
  return first[0];
}

static GstElement *
make_video_tail (VavCapturePipeline *self, gboolean paced, GError **error)
{
  static const char *const chain[] = { "videoconvert", "videoscale", "videorate", "appsink", NULL };
  g_autoptr (GstCaps) caps
      = gst_caps_from_string ("video/x-raw, format=I420, width=[16,1280], height=[16,720], pixel-aspect-ratio=1/1");
  GstElement *elements[4];

  if (!vav_media_make_chain (GST_BIN (self->pipeline), chain, elements, error))
    return NULL;
  g_object_set (elements[2], "drop-only", TRUE, "max-rate", 30, NULL);
  g_object_set (elements[3], "caps", caps, NULL);
  set_up_sink (self, elements[3], paced);

  vav_media_start_chain (elements, G_N_ELEMENTS (elements));
  return elements[0];
}

/* From whatever comes to what goes into the outlet. Returns the first element. */
static GstElement *
make_tail (VavCapturePipeline *self, gboolean paced, GError **error)
{
  return self->kind == VAV_MEDIA_VIDEO ? make_video_tail (self, paced, error) : make_audio_tail (self, paced, error);
}

/* The device that is to be used, under lock so that the next one on it knows. Returns: (nullable) (transfer none) */
static VavDevice *
pick_device (VavCapturePipeline *self)
{
  VavDeviceKind kind = self->kind == VAV_MEDIA_VIDEO ? VAV_DEVICE_CAMERA : VAV_DEVICE_MICROPHONE;
  VavDevice *device = vav_devices_pick (kind, self->device_name, self->avoid);

  g_mutex_lock (&self->lock);
  self->device = device;
  g_mutex_unlock (&self->lock);

  return device;
}

static gboolean
build_device (VavCapturePipeline *self, GError **error)
{
  GstElement *source, *tail;

  /* none is no error */
  if (self->device == NULL)
    return FALSE;
  if (self->played != NULL && !vav_device_cancels_echo (self->device))
    self->voice = vav_voice_new (self->played);
  source = vav_device_make_element (self->device);
  tail = source != NULL ? make_tail (self, FALSE, error) : NULL;
  if (tail == NULL)
    {
      g_clear_pointer (&source, gst_object_unref);
      return FALSE;
    }

  gst_bin_add (GST_BIN (self->pipeline), source);
  return vav_capture_device_link (self->device, self->kind, source, tail);
}

/* What of a file is not ours is played to nobody, in the same time. */
static void
drain_pad (VavCapturePipeline *self, GstPad *pad)
{
  GstElement *sink = gst_element_factory_make ("fakesink", NULL);
  g_autoptr (GstPad) target = gst_element_get_static_pad (sink, "sink");

  g_object_set (sink, "sync", TRUE, "async", FALSE, NULL);
  gst_bin_add (GST_BIN (self->pipeline), sink);
  gst_element_sync_state_with_parent (sink);
  gst_pad_link (pad, target);
}

/* A pad that may give anything says nothing of what it gives. */
static gboolean
is_ours (VavCapturePipeline *self, GstPad *pad)
{
  g_autoptr (GstCaps) caps = gst_pad_query_caps (pad, NULL);

  if (gst_caps_is_any (caps) || gst_caps_is_empty (caps))
    return FALSE;

  return gst_structure_has_name (gst_caps_get_structure (caps, 0),
                                 self->kind == VAV_MEDIA_VIDEO ? "video/x-raw" : "audio/x-raw");
}

static void
on_decoded_pad (GstElement *decoder, GstPad *pad, VavCapturePipeline *self)
{
  GstElement *tail = NULL;
  g_autoptr (GstPad) target = NULL;

  if (!self->linked && is_ours (self, pad))
    tail = make_tail (self, TRUE, NULL);
  if (tail == NULL)
    {
      drain_pad (self, pad);
      return;
    }

  self->linked = TRUE;
  target = gst_element_get_static_pad (tail, "sink");
  gst_pad_link (pad, target);
}

static void
on_no_more_pads (GstElement *decoder, VavCapturePipeline *self)
{
  if (!self->linked)
    GST_ELEMENT_ERROR (self->pipeline, STREAM, WRONG_TYPE, ("no such stream"), (NULL));
}

static gboolean
build_file (VavCapturePipeline *self, GError **error)
{
  g_autofree char *absolute = g_canonicalize_filename (self->source, NULL);
  g_autofree char *uri = gst_filename_to_uri (absolute, error);
  GstElement *decoder = gst_element_factory_make ("uridecodebin", NULL);

  if (uri == NULL || decoder == NULL)
    {
      g_clear_pointer (&decoder, gst_object_unref);
      return FALSE;
    }
  g_object_set (decoder, "uri", uri, NULL);
  g_signal_connect (decoder, "pad-added", G_CALLBACK (on_decoded_pad), self);
  g_signal_connect (decoder, "no-more-pads", G_CALLBACK (on_no_more_pads), self);
  gst_bin_add (GST_BIN (self->pipeline), decoder);

  return TRUE;
}

static GError *
describe_failure (VavCapturePipeline *self)
{
  if (!g_str_equal (self->source, "auto"))
    return g_error_new (VAV_ERROR, VAV_ERROR_DEVICE,
                        self->kind == VAV_MEDIA_VIDEO ? _ ("The file “%s” has no picture that can be played.")
                                                      : _ ("The file “%s” has no sound that can be played."),
                        self->source);

  return g_error_new_literal (
      VAV_ERROR, VAV_ERROR_DEVICE,
      self->kind == VAV_MEDIA_VIDEO
          ? _ ("The camera cannot be used. Perhaps another program uses it, or it was unplugged.")
          : _ ("The microphone cannot be used. Perhaps it was unplugged."));
}

static gboolean
is_stopped (VavCapturePipeline *self)
{
  gboolean stopped;

  g_mutex_lock (&self->lock);
  stopped = self->stop;
  g_mutex_unlock (&self->lock);

  return stopped;
}

static void
seek_to_start (VavCapturePipeline *self, gboolean first)
{
  GstSeekFlags flags = GST_SEEK_FLAG_SEGMENT | (first ? GST_SEEK_FLAG_FLUSH : 0);

  gst_element_seek (self->pipeline, 1.0, GST_FORMAT_TIME, flags, GST_SEEK_TYPE_SET, 0, GST_SEEK_TYPE_NONE, -1);
}

/* Plays until told to stop. Returns FALSE if it ended by itself. */
static gboolean
watch (VavCapturePipeline *self, GstBus *bus, gboolean file)
{
  const GstMessageType types = GST_MESSAGE_ERROR | GST_MESSAGE_EOS | GST_MESSAGE_SEGMENT_DONE | GST_MESSAGE_ASYNC_DONE
                               | GST_MESSAGE_APPLICATION;
  gboolean looping = FALSE;

  while (!is_stopped (self))
    {
      g_autoptr (GstMessage) message = gst_bus_timed_pop_filtered (bus, GST_SECOND, types);
      GstMessageType type = message != NULL ? GST_MESSAGE_TYPE (message) : GST_MESSAGE_UNKNOWN;

      if (type == GST_MESSAGE_ERROR || (type == GST_MESSAGE_EOS && !file))
        return FALSE;
      if (type == GST_MESSAGE_ASYNC_DONE && file && !looping)
        {
          looping = TRUE;
          seek_to_start (self, TRUE);
          gst_element_set_state (self->pipeline, GST_STATE_PLAYING);
        }
      else if (type == GST_MESSAGE_SEGMENT_DONE || type == GST_MESSAGE_EOS)
        seek_to_start (self, type == GST_MESSAGE_EOS);
    }

  return TRUE;
}

/* A device can mostly be opened once only. One that failed may have left one before it running. */
static gboolean
is_on_our_device (VavCapturePipeline *self, VavCapturePipeline *before)
{
  gboolean same;

  g_mutex_lock (&before->lock);
  same = (before->device == NULL && !before->stop) /* not known yet; one that is stopped opens none any more */
         || self->device == NULL || (before->device != NULL && vav_device_is_same (before->device, self->device))
         || (before->before != NULL && is_on_our_device (self, before->before));
  g_mutex_unlock (&before->lock);

  return same;
}

/* And all before it. No lock is held while one waits for another: who stops them does not wait. */
static void
wait_until_done (VavCapturePipeline *self)
{
  g_autoptr (VavCapturePipeline) before = NULL;

  g_mutex_lock (&self->lock);
  while (!self->done)
    g_cond_wait (&self->cond, &self->lock);
  g_mutex_unlock (&self->lock);
  before = dup_before (self);
  if (before != NULL)
    wait_until_done (before);
}

/* Until the one before has given the device back, if it has ours; another one runs on until there is something to take its place. */
static void
wait_for_before (VavCapturePipeline *self)
{
  g_autoptr (VavCapturePipeline) before = dup_before (self);
  g_autoptr (VavCapturePipeline) over = NULL;

  if (before == NULL || !is_on_our_device (self, before))
    return;

  vav_capture_pipeline_stop (before);
  wait_until_done (before);
  over = take_before (self);
}

/* Returns FALSE if it could not be opened, or ended by itself. */
static gboolean
play (VavCapturePipeline *self, gboolean *absent)
{
  gboolean file = !g_str_equal (self->source, "auto");
  g_autoptr (GstBus) bus = NULL;
  g_autoptr (GstClock) clock = gst_system_clock_obtain ();
  g_autoptr (GError) error = NULL;

  if (!file)
    pick_device (self);
  wait_for_before (self);
  if (is_stopped (self))
    return TRUE;
  self->pipeline = file ? gst_object_ref_sink (gst_pipeline_new (NULL)) : vav_media_make_pipeline (NULL);
  gst_pipeline_use_clock (GST_PIPELINE (self->pipeline), clock);
  if (!(file ? build_file (self, &error) : build_device (self, &error)))
    {
      *absent = !file && error == NULL && self->device == NULL;
      return FALSE;
    }

  bus = gst_element_get_bus (self->pipeline);
  g_mutex_lock (&self->lock);
  self->bus = gst_object_ref (bus);
  g_mutex_unlock (&self->lock);
  if (gst_element_set_state (self->pipeline, file ? GST_STATE_PAUSED : GST_STATE_PLAYING) == GST_STATE_CHANGE_FAILURE)
    return FALSE;

  return watch (self, bus, file);
}

static void
failure_free (gpointer data)
{
  VavCaptureFailure *failure = data;

  vav_capture_pipeline_unref (failure->pipeline);
  g_clear_error (&failure->error);
  g_free (failure);
}

static void
tell_failure (VavCapturePipeline *self, gboolean absent)
{
  VavCaptureFailure *failure = g_new0 (VavCaptureFailure, 1);

  g_mutex_lock (&self->lock);
  self->failed = TRUE;
  g_mutex_unlock (&self->lock);
  failure->pipeline = capture_ref (self);
  failure->device = self->device;
  failure->error = absent ? NULL : describe_failure (self);
  vav_hop_post (self->hop, self->events->failed, failure, failure_free);
}

static gpointer
run (gpointer data)
{
  VavCapturePipeline *self = data;
  gboolean absent = FALSE;

  if (!is_stopped (self) && !play (self, &absent))
    tell_failure (self, absent);
  if (self->pipeline != NULL)
    gst_element_set_state (self->pipeline, GST_STATE_NULL);
  gst_clear_object (&self->pipeline);
  g_clear_pointer (&self->voice, vav_voice_free);

  g_mutex_lock (&self->lock);
  gst_clear_object (&self->bus);
  self->done = TRUE;
  g_cond_broadcast (&self->cond);
  g_mutex_unlock (&self->lock);
  vav_capture_pipeline_unref (self);

  return NULL;
}

static gpointer
ref_device (gconstpointer device, gpointer user_data)
{
  return g_object_ref ((gpointer)device);
}

VavCapturePipeline *
vav_capture_pipeline_new (const VavCaptureConfig *config, VavOutlet *outlet, VavCapturePipeline *before, VavHop *hop,
                          const VavCaptureEvents *events)
{
  VavCapturePipeline *self = g_new0 (VavCapturePipeline, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->kind = config->kind;
  self->source = g_strdup (config->source);
  self->device_name = g_strdup (config->device);
  self->avoid = g_ptr_array_copy (config->avoid, ref_device, NULL);
  g_set_object (&self->played, config->played);
  self->outlet = g_object_ref (outlet);
  self->before = before;
  self->hop = vav_hop_ref (hop);
  self->events = events;
  g_mutex_init (&self->lock);
  g_cond_init (&self->cond);
  g_thread_unref (g_thread_new ("vav-capture", run, capture_ref (self)));

  return self;
}

static gboolean
is_running (VavCapturePipeline *self)
{
  gboolean running;

  g_mutex_lock (&self->lock);
  running = !self->stop && !self->failed;
  g_mutex_unlock (&self->lock);

  return running;
}

/* Those between stay where they are: a thread may be waiting for one of them. */
VavCapturePipeline *
vav_capture_pipeline_dup_running_before (VavCapturePipeline *self)
{
  VavCapturePipeline *before = dup_before (self);

  while (before != NULL && !is_running (before))
    {
      g_autoptr (VavCapturePipeline) failed = before;

      before = dup_before (failed);
    }

  return before;
}

VavDevice *
vav_capture_pipeline_dup_device (VavCapturePipeline *self)
{
  VavDevice *device = NULL;

  g_mutex_lock (&self->lock);
  g_set_object (&device, self->device);
  g_mutex_unlock (&self->lock);

  return device;
}

void
vav_capture_pipeline_stop (VavCapturePipeline *self)
{
  g_mutex_lock (&self->lock);
  self->stop = TRUE;
  if (self->bus != NULL)
    gst_bus_post (self->bus, gst_message_new_application (NULL, gst_structure_new_empty ("stop")));
  if (self->before != NULL)
    vav_capture_pipeline_stop (self->before);
  g_mutex_unlock (&self->lock);
}
