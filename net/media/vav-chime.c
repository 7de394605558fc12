/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/media/vav-chime.h"

#include <gst/audio/audio.h>
#include <math.h>

#include "net/media/vav-speaker.h"

#define RATE 48000
#define CHUNK (RATE / 100)
#define CHUNK_US 10000
#define NOTE (RATE / 4)
#define LATENCY_MS 60

#define LEAD_CHUNKS 30  /* silence, until the speaker of ours has surely opened where another one plays already */
#define WAIT_CHUNKS 500 /* so long for a speaker to open */
#define DRAIN_CHUNKS 40 /* until all was played that the speaker and the server of sound still hold */

struct _VavChime
{
  gatomicrefcount ref_count;
  VavPlayback *playback;
  VavOutlet *outlet;
  VavSpeaker *speaker;
  VavHop *hop;
  VavHopFunc ended;
  int heard; /* atomic: a speaker takes sound */

  GMutex lock;
  GCond cond;
  gboolean stop; /* under lock */
};

/* A struck note: a tone and its octave, which die away. */
static double
note (double frequency, double t)
{
  double attack = MIN (t / 0.008, 1);

  return attack * exp (-5 * t) * (sin (2 * G_PI * frequency * t) + 0.3 * sin (4 * G_PI * frequency * t));
}

/*
 * vav_chime_fill:
 * @at: of the first sample, counted from the chime's beginning
 */
void
vav_chime_fill (gint16 *samples, gsize n, gsize at)
{
  static const double notes[] = { 523.25, 659.26, 783.99 }; /* C, E, G */

  for (gsize i = 0; i < n; i++)
    {
      double sum = 0;

      for (gsize k = 0; k < G_N_ELEMENTS (notes); k++)
        if (at + i >= k * NOTE && at + i < VAV_CHIME_LENGTH)
          sum += note (notes[k], (double)(at + i - k * NOTE) / RATE);
      /* ends without a click */
      sum *= CLAMP ((VAV_CHIME_LENGTH - (double)(at + i)) / (RATE / 10.0), 0, 1);
      samples[i] = (gint16)(sum * 0.22 * G_MAXINT16);
    }
}

static void
chime_unref (VavChime *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  vav_playback_unref (self->playback);
  g_object_unref (self->outlet);
  vav_hop_unref (self->hop);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->cond);
  g_free (self);
}

/* The speaker's streaming thread */
static void
on_played (gpointer sample, gpointer user_data)
{
  VavChime *self = user_data;

  g_atomic_int_set (&self->heard, TRUE);
}

/* Returns: %FALSE if it is to stop */
static gboolean
wait_until (VavChime *self, gint64 when)
{
  gboolean go_on;

  g_mutex_lock (&self->lock);
  while (!self->stop && g_get_monotonic_time () < when)
    g_cond_wait_until (&self->cond, &self->lock, when);
  go_on = !self->stop;
  g_mutex_unlock (&self->lock);

  return go_on;
}

static void
push (VavChime *self, GstCaps *caps, gsize at)
{
  GstBuffer *buffer = gst_buffer_new_allocate (NULL, CHUNK * sizeof (gint16), NULL);
  g_autoptr (GstSample) sample = NULL;
  GstMapInfo map;

  gst_buffer_map (buffer, &map, GST_MAP_WRITE);
  vav_chime_fill ((gint16 *)(gpointer)map.data, CHUNK, at);
  gst_buffer_unmap (buffer, &map);
  sample = gst_sample_new (buffer, caps, NULL, NULL);
  gst_buffer_unref (buffer);
  vav_outlet_push (self->outlet, sample);
}

/* Silence until a speaker is open, then the chime, then silence until it is out. Returns: whether all of it went to a speaker */
static gboolean
play (VavChime *self)
{
  g_autoptr (GstCaps) caps
      = gst_caps_new_simple ("audio/x-raw", "format", G_TYPE_STRING, GST_AUDIO_NE (S16), "rate", G_TYPE_INT, RATE,
                             "channels", G_TYPE_INT, 1, "layout", G_TYPE_STRING, "interleaved", NULL);
  const gint64 length = VAV_CHIME_LENGTH / CHUNK;
  gint64 start = g_get_monotonic_time ();
  gint64 begun = -1;

  for (gint64 n = 0; begun < 0 || n < begun + length + DRAIN_CHUNKS; n++)
    {
      if (!wait_until (self, start + n * CHUNK_US) || (begun < 0 && n >= WAIT_CHUNKS))
        return FALSE;
      if (begun < 0 && n >= LEAD_CHUNKS && g_atomic_int_get (&self->heard))
        begun = n;
      push (self, caps, begun < 0 ? VAV_CHIME_LENGTH : (gsize)(n - begun) * CHUNK);
    }

  return TRUE;
}

static gpointer
run (gpointer data)
{
  VavChime *self = data;
  VavOutlet *played = vav_playback_get_played (self->playback);
  guint consumer = vav_outlet_attach (played, on_played, self, NULL);
  gboolean done = play (self);

  vav_outlet_detach (played, consumer);
  g_clear_pointer (&self->speaker, vav_speaker_free);
  vav_hop_post (self->hop, self->ended, GINT_TO_POINTER (done), NULL);
  chime_unref (self);

  return NULL;
}

VavChime *
vav_chime_new (VavPlayback *playback, VavHop *hop, VavHopFunc ended)
{
  VavChime *self = g_new0 (VavChime, 1);

  g_atomic_ref_count_init (&self->ref_count);
  g_atomic_ref_count_inc (&self->ref_count); /* the thread's */
  self->playback = vav_playback_ref (playback);
  self->outlet = vav_outlet_new ();
  self->hop = vav_hop_ref (hop);
  self->ended = ended;
  g_mutex_init (&self->lock);
  g_cond_init (&self->cond);
  self->speaker = vav_speaker_new (playback, self->outlet, LATENCY_MS);
  g_thread_unref (g_thread_new ("vav-chime", run, self));

  return self;
}

void
vav_chime_free (VavChime *self)
{
  if (self == NULL)
    return;

  g_mutex_lock (&self->lock);
  self->stop = TRUE;
  g_cond_broadcast (&self->cond);
  g_mutex_unlock (&self->lock);
  chime_unref (self);
}
