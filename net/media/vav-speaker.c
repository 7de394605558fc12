/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/media/vav-speaker.h"

#include <gst/app/gstappsrc.h>
#include <gst/gst.h>

#include "net/media/vav-devices-private.h"
#include "net/media/vav-media-elements.h"

#define RATE 48000
#define MARGIN_MS 10            /* for decoder and threads */
#define BUFFER_US 60000         /* what the sound server holds of ours */
#define PIECE_US 10000          /* asked for at a time */
#define SURPLUS_MS 80           /* more than the cushion is left out */
#define SHRINK_MS 20            /* not for less: each time something may be left out */
#define SHORT_US G_USEC_PER_SEC /* a device that failed sooner makes way for the next one */

/* When what is given to a device now will be heard. The pipeline's streaming thread */
typedef struct
{
  GstElement *sink;   /* borrowed */
  GstClock *clock;    /* (nullable): the device's, once it is open */
  GstClockTime given; /* so much sound so far */
  GstClockTime stamp; /* of the next one, on the monotonic clock; 0: not known yet */
  double error;       /* by how much the stamps are early, in ns: a mean over two seconds */
} Schedule;

struct _VavSpeaker
{
  gatomicrefcount ref_count;
  VavPlayback *playback;
  VavOutlet *outlet;
  guint consumer; /* 0: stopped */

  VavDevice *device; /* thread: that plays */
  char *chosen;      /* thread; (nullable): what was chosen when those failed */
  GPtrArray *failed; /* thread; element-type VavDevice: as soon as they were opened */
  Schedule schedule;

  GMutex lock; /* all below */
  GCond cond;
  gboolean stop;
  gboolean asking; /* the thread waits for the servers of sound */
  gboolean done;   /* the thread has closed everything */
  gboolean look;   /* another device may be the right one now */
  guint latency_ms;
  guint cushion_ms;   /* silence that was given so far; 0: nothing played yet */
  GstElement *source; /* while it plays */
  GstElement *volume;
  GstBus *bus;
};

/* With the lock held. */
static void
push_silence (VavSpeaker *self, guint ms, GstCaps *caps)
{
  gsize size = (gsize)ms * RATE / 1000 * sizeof (gint16);
  GstBuffer *buffer = gst_buffer_new_allocate (NULL, size, NULL);
  g_autoptr (GstSample) sample = NULL;

  gst_buffer_memset (buffer, 0, 0, size);
  sample = gst_sample_new (buffer, caps, NULL, NULL);
  gst_buffer_unref (buffer);
  gst_app_src_push_sample (GST_APP_SRC (self->source), sample);
}

/* The decoder's thread */
static void
on_sample (gpointer data, gpointer user_data)
{
  VavSpeaker *self = user_data;
  guint wanted;

  g_mutex_lock (&self->lock);
  if (self->source != NULL && !self->stop)
    {
      wanted = self->latency_ms + MARGIN_MS;
      if (wanted > self->cushion_ms)
        {
          push_silence (self, wanted - self->cushion_ms, gst_sample_get_caps (data));
          gst_app_src_set_max_time (GST_APP_SRC (self->source), (wanted + SURPLUS_MS) * GST_MSECOND);
          self->cushion_ms = wanted;
        }
      else if (wanted + SHRINK_MS <= self->cushion_ms)
        {
          gst_app_src_set_max_time (GST_APP_SRC (self->source), (wanted + SURPLUS_MS) * GST_MSECOND);
          self->cushion_ms = wanted;
        }
      gst_app_src_push_sample (GST_APP_SRC (self->source), data);
    }
  g_mutex_unlock (&self->lock);
}

static void
set_up_sink (GstElement *sink)
{
  GObjectClass *class = G_OBJECT_GET_CLASS (sink);

  if (g_object_class_find_property (class, "buffer-time") != NULL)
    g_object_set (sink, "buffer-time", (gint64)BUFFER_US, "latency-time", (gint64)PIECE_US, NULL);
  /* as fast as the device takes it: that is the only clock that counts here */
  g_object_set (sink, "sync", FALSE, NULL);
}

/* When a sound will be heard that is given now: after all that the device has not played yet. */
static GstClockTime
estimate (Schedule *self)
{
  GstClockTime now = (GstClockTime)g_get_monotonic_time () * GST_USECOND;
  GstClockTime played;

  if (self->clock == NULL)
    self->clock = gst_element_provide_clock (self->sink);
  if (self->clock == NULL)
    return now + BUFFER_US * GST_USECOND;
  played = gst_clock_get_time (self->clock);

  return now + (self->given > played ? MIN (self->given - played, GST_SECOND) : 0);
}

/* Evenly from one sound to the next: whoever compares this with what a microphone hears must not be led about by threads that are late. */
static GstClockTime
next_stamp (Schedule *self, GstClockTime duration)
{
  GstClockTime heard = estimate (self);
  GstClockTime stamp;

  self->error += ((double)GST_CLOCK_DIFF (self->stamp, heard) - self->error) * (double)duration / (2.0 * GST_SECOND);
  if (self->stamp == 0 || ABS (GST_CLOCK_DIFF (self->stamp, heard)) > 200 * GST_MSECOND)
    {
      self->stamp = heard;
      self->error = 0;
    }
  else if (ABS (self->error) > 5 * GST_MSECOND)
    {
      self->stamp = (GstClockTime)((double)self->stamp + self->error);
      self->error = 0;
    }
  stamp = self->stamp;
  self->stamp += duration;
  self->given += duration;

  return stamp;
}

/* The pipeline's streaming thread: what goes to the device now */
static GstPadProbeReturn
on_played (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  VavSpeaker *self = user_data;
  g_autoptr (GstCaps) caps = gst_pad_get_current_caps (pad);
  g_autoptr (GstBuffer) buffer = NULL;
  g_autoptr (GstSample) sample = NULL;

  /* what is muted is marked as a gap, and audio sinks crash over one without a time stamp, as our cushion is (GStreamer 1.22) */
  GST_PAD_PROBE_INFO_DATA (info) = gst_buffer_make_writable (GST_PAD_PROBE_INFO_BUFFER (info));
  GST_BUFFER_FLAG_UNSET (GST_PAD_PROBE_INFO_BUFFER (info), GST_BUFFER_FLAG_GAP);
  buffer = gst_buffer_copy (GST_PAD_PROBE_INFO_BUFFER (info));
  GST_BUFFER_PTS (buffer) = next_stamp (&self->schedule, gst_buffer_get_size (buffer) * GST_SECOND / (2 * RATE));
  GST_BUFFER_DTS (buffer) = GST_CLOCK_TIME_NONE;
  sample = gst_sample_new (buffer, caps, NULL, NULL);
  vav_playback_push (self->playback, self, sample);

  return GST_PAD_PROBE_OK;
}

/* Returns (transfer full) (nullable) */
static GstElement *
build (VavSpeaker *self, GstElement **source, GstElement **volume)
{
  static const char *const chain[] = { "appsrc", "volume", "audioconvert", "audioresample", NULL };
  g_autoptr (GstElement) pipeline = vav_media_make_pipeline (NULL);
  GstElement *sink = vav_device_make_element (self->device), *elements[4];
  g_autoptr (GstPad) pad = NULL;

  if (sink == NULL || !vav_media_make_chain (GST_BIN (pipeline), chain, elements, NULL))
    {
      g_clear_pointer (&sink, gst_object_unref);
      return NULL;
    }

  set_up_sink (sink);
  self->schedule = (Schedule){ .sink = sink };
  gst_bin_add (GST_BIN (pipeline), sink);
  g_object_set (elements[0], "is-live", TRUE, "format", GST_FORMAT_TIME, "leaky-type", 2 /* downstream: the oldest */,
                "max-bytes", (guint64)0, "max-time", (guint64)(SURPLUS_MS * GST_MSECOND), NULL);
  g_object_set (elements[1], "volume", vav_playback_get_gain (self->playback), NULL);
  pad = gst_element_get_static_pad (elements[1], "src");
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, on_played, self, NULL);
  *source = elements[0];
  *volume = elements[1];
  return gst_element_link (elements[3], sink) ? g_steal_pointer (&pipeline) : NULL;
}

static gboolean
is_stopped (VavSpeaker *self)
{
  gboolean stopped;

  g_mutex_lock (&self->lock);
  stopped = self->stop;
  g_mutex_unlock (&self->lock);

  return stopped;
}

static GPtrArray *
ask (VavSpeaker *self)
{
  GPtrArray *list;

  g_mutex_lock (&self->lock);
  self->asking = TRUE;
  g_cond_broadcast (&self->cond);
  g_mutex_unlock (&self->lock);
  list = vav_devices_probe ();
  g_mutex_lock (&self->lock);
  self->asking = FALSE;
  g_mutex_unlock (&self->lock);

  return list;
}

/* Those that failed may be tried again once they have gone, or another one is chosen. */
static void
forgive (VavSpeaker *self, GPtrArray *list, const char *chosen)
{
  gboolean other = g_strcmp0 (chosen, self->chosen) != 0;

  for (guint i = self->failed->len; i > 0; i--)
    if (other || !vav_devices_contain (list, self->failed->pdata[i - 1]))
      g_ptr_array_remove_index (self->failed, i - 1);
  g_free (self->chosen);
  self->chosen = g_strdup (chosen);
}

/* Returns: (transfer full) (nullable): the chosen one, or the best of those that have not failed */
static VavDevice *
pick (VavSpeaker *self)
{
  g_autofree char *name = vav_playback_dup_device (self->playback);
  g_autoptr (GPtrArray) list = ask (self);
  VavDevice *device;

  forgive (self, list, name);
  device = vav_devices_choose (list, VAV_DEVICE_SPEAKER, name, self->failed);

  return device != NULL ? g_object_ref (device) : NULL;
}

/* Returns: whether another device is to be used from now on */
static gboolean
is_other_wanted (VavSpeaker *self)
{
  g_autoptr (VavDevice) device = NULL;
  gboolean look;

  g_mutex_lock (&self->lock);
  look = self->look;
  self->look = FALSE;
  g_mutex_unlock (&self->lock);
  if (!look)
    return FALSE;

  device = pick (self);
  return device != NULL && !vav_device_is_same (device, self->device);
}

/* Returns: %FALSE if the device failed */
static gboolean
watch (VavSpeaker *self, GstBus *bus)
{
  while (!is_stopped (self) && !is_other_wanted (self))
    {
      g_autoptr (GstMessage) message
          = gst_bus_timed_pop_filtered (bus, GST_SECOND, GST_MESSAGE_ERROR | GST_MESSAGE_APPLICATION);

      if (message != NULL && GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR)
        return FALSE;
    }

  return TRUE;
}

static void
set_playing (VavSpeaker *self, GstElement *source, GstElement *volume, GstBus *bus)
{
  g_mutex_lock (&self->lock);
  self->source = source;
  self->volume = volume;
  self->bus = bus;
  self->cushion_ms = 0;
  g_mutex_unlock (&self->lock);
}

/* Plays on one device, until it fails or another is wanted. Returns: %FALSE if it failed as soon as it was opened, however long that took */
static gboolean
play (VavSpeaker *self)
{
  GstElement *source = NULL, *volume = NULL;
  g_autoptr (GstElement) pipeline = build (self, &source, &volume);
  g_autoptr (GstBus) bus = NULL;
  gboolean played = FALSE;

  if (pipeline == NULL)
    return FALSE;

  bus = gst_element_get_bus (pipeline);
  set_playing (self, source, volume, bus);
  vav_speaker_set_gain (self, vav_playback_get_gain (self->playback)); /* it may have changed meanwhile */
  if (gst_element_set_state (pipeline, GST_STATE_PLAYING) != GST_STATE_CHANGE_FAILURE)
    {
      gint64 begun = g_get_monotonic_time ();

      played = watch (self, bus) || g_get_monotonic_time () - begun >= SHORT_US;
    }
  set_playing (self, NULL, NULL, NULL);
  gst_element_set_state (pipeline, GST_STATE_NULL);
  gst_clear_object (&self->schedule.clock);

  return played;
}

static void
wait_for_change (VavSpeaker *self)
{
  g_mutex_lock (&self->lock);
  while (!self->stop && !self->look)
    g_cond_wait (&self->cond, &self->lock);
  self->look = FALSE;
  g_mutex_unlock (&self->lock);
}

static void
speaker_unref (VavSpeaker *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  g_object_unref (self->outlet);
  vav_playback_unref (self->playback);
  g_ptr_array_unref (self->failed);
  g_free (self->chosen);
  g_cond_clear (&self->cond);
  g_mutex_clear (&self->lock);
  g_free (self);
}

/* When all have failed, something must change before any is tried again: devices that came or went, another choice, or just another look. */
static void
try_speaker (VavSpeaker *self)
{
  self->device = pick (self);
  if (self->device == NULL)
    {
      wait_for_change (self);
      g_ptr_array_set_size (self->failed, 0);
    }
  else if (!is_stopped (self) && !play (self))
    g_ptr_array_add (self->failed, g_object_ref (self->device));
  g_clear_object (&self->device);
}

static gpointer
run (gpointer data)
{
  VavSpeaker *self = data;

  while (!is_stopped (self))
    try_speaker (self);

  g_mutex_lock (&self->lock);
  self->done = TRUE;
  g_cond_broadcast (&self->cond);
  g_mutex_unlock (&self->lock);
  speaker_unref (self);

  return NULL;
}

VavSpeaker *
vav_speaker_new (VavPlayback *playback, VavOutlet *outlet, guint latency_ms)
{
  VavSpeaker *self = g_new0 (VavSpeaker, 1);

  g_atomic_ref_count_init (&self->ref_count);
  g_atomic_ref_count_inc (&self->ref_count); /* the thread's */
  self->failed = g_ptr_array_new_with_free_func (g_object_unref);
  self->playback = vav_playback_ref (playback);
  self->outlet = g_object_ref (outlet);
  self->latency_ms = latency_ms;
  g_mutex_init (&self->lock);
  g_cond_init (&self->cond);
  vav_playback_add (playback, self);
  self->consumer = vav_outlet_attach (outlet, on_sample, self, NULL);
  g_thread_unref (g_thread_new ("vav-speaker", run, self));

  return self;
}

void
vav_speaker_set_latency (VavSpeaker *self, guint latency_ms)
{
  g_mutex_lock (&self->lock);
  self->latency_ms = latency_ms;
  g_mutex_unlock (&self->lock);
}

void
vav_speaker_set_gain (VavSpeaker *self, double gain)
{
  g_mutex_lock (&self->lock);
  if (self->volume != NULL)
    g_object_set (self->volume, "volume", gain, NULL);
  g_mutex_unlock (&self->lock);
}

/* With the lock held. */
static void
wake (VavSpeaker *self)
{
  if (self->bus != NULL)
    gst_bus_post (self->bus, gst_message_new_application (NULL, gst_structure_new_empty ("wake")));
  g_cond_broadcast (&self->cond);
}

void
vav_speaker_look_again (VavSpeaker *self)
{
  g_mutex_lock (&self->lock);
  self->look = TRUE;
  wake (self);
  g_mutex_unlock (&self->lock);
}

void
vav_speaker_stop (VavSpeaker *self)
{
  if (self->consumer != 0)
    vav_outlet_detach (self->outlet, self->consumer);
  self->consumer = 0;

  g_mutex_lock (&self->lock);
  self->stop = TRUE;
  wake (self);
  g_mutex_unlock (&self->lock);
}

void
vav_speaker_free (VavSpeaker *self)
{
  if (self == NULL)
    return;

  vav_speaker_stop (self);
  vav_playback_remove (self->playback, self);
  g_mutex_lock (&self->lock);
  while (!self->done && !self->asking)
    g_cond_wait (&self->cond, &self->lock);
  g_mutex_unlock (&self->lock);
  speaker_unref (self);
}
