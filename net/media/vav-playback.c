/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/media/vav-playback.h"

#include "net/media/vav-speaker.h"

struct _VavPlayback
{
  gatomicrefcount ref_count;
  VavOutlet *played;

  GMutex lock; /* all below; taken before a speaker's own */
  double gain;
  char *device;
  GPtrArray *speakers; /* borrowed, oldest first */
};

VavPlayback *
vav_playback_new (void)
{
  VavPlayback *self = g_new0 (VavPlayback, 1);

  g_atomic_ref_count_init (&self->ref_count);
  g_mutex_init (&self->lock);
  self->played = vav_outlet_new ();
  self->gain = 1;
  self->speakers = g_ptr_array_new ();

  return self;
}

VavPlayback *
vav_playback_ref (VavPlayback *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
vav_playback_unref (VavPlayback *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  g_object_unref (self->played);
  g_ptr_array_unref (self->speakers);
  g_free (self->device);
  g_mutex_clear (&self->lock);
  g_free (self);
}

void
vav_playback_set_gain (VavPlayback *self, double gain)
{
  g_mutex_lock (&self->lock);
  self->gain = gain;
  for (guint i = 0; i < self->speakers->len; i++)
    vav_speaker_set_gain (self->speakers->pdata[i], gain);
  g_mutex_unlock (&self->lock);
}

double
vav_playback_get_gain (VavPlayback *self)
{
  double gain;

  g_mutex_lock (&self->lock);
  gain = self->gain;
  g_mutex_unlock (&self->lock);

  return gain;
}

void
vav_playback_look_again (VavPlayback *self)
{
  g_mutex_lock (&self->lock);
  for (guint i = 0; i < self->speakers->len; i++)
    vav_speaker_look_again (self->speakers->pdata[i]);
  g_mutex_unlock (&self->lock);
}

void
vav_playback_set_device (VavPlayback *self, const char *name)
{
  g_mutex_lock (&self->lock);
  g_free (self->device);
  self->device = g_strdup (name);
  g_mutex_unlock (&self->lock);

  vav_playback_look_again (self);
}

char *
vav_playback_dup_device (VavPlayback *self)
{
  char *name;

  g_mutex_lock (&self->lock);
  name = g_strdup (self->device);
  g_mutex_unlock (&self->lock);

  return name;
}

void
vav_playback_add (VavPlayback *self, VavSpeaker *speaker)
{
  g_mutex_lock (&self->lock);
  g_ptr_array_add (self->speakers, speaker);
  g_mutex_unlock (&self->lock);
}

void
vav_playback_remove (VavPlayback *self, VavSpeaker *speaker)
{
  g_mutex_lock (&self->lock);
  g_ptr_array_remove (self->speakers, speaker);
  g_mutex_unlock (&self->lock);
}

VavOutlet *
vav_playback_get_played (VavPlayback *self)
{
  return self->played;
}

/* The speaker's streaming thread */
void
vav_playback_push (VavPlayback *self, VavSpeaker *speaker, gpointer sample)
{
  gboolean oldest;

  g_mutex_lock (&self->lock);
  oldest = self->speakers->len > 0 && self->speakers->pdata[0] == speaker;
  g_mutex_unlock (&self->lock);

  if (oldest)
    vav_outlet_push (self->played, sample);
}
