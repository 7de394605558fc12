/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <math.h>

#include "net/media/vav-devices-private.h"
#include "net/media/vav-media-elements.h"
#include "net/media/vav-media-private.h"

/* The devices of VavMedia: which are there, which are used, and what becomes of a call when they come and go. */

#define POLL_S 3
#define MAX_PAUSE_S 60

static VavDeviceKind
device_kind (VavMediaKind kind)
{
  return kind == VAV_MEDIA_VIDEO ? VAV_DEVICE_CAMERA : VAV_DEVICE_MICROPHONE;
}

static gboolean
has_devices (VavMedia *self)
{
  return g_str_equal (self->source, "auto");
}

static void
set_failed (VavMedia *self, VavMediaKind kind, gboolean failed)
{
  VavMediaSource *source = &self->sources[kind];

  if (source->failed == failed)
    return;
  source->failed = failed;
  g_signal_emit (self, vav_media_signals[VAV_MEDIA_SIGNAL_CHANGED], 0);
}

/* Whether @list has each device of the kind that @other has. */
static gboolean
has_all (GPtrArray *list, GPtrArray *other, VavDeviceKind kind)
{
  for (guint i = 0; i < other->len; i++)
    if (vav_device_get_kind (other->pdata[i]) == kind && !vav_devices_contain (list, other->pdata[i]))
      return FALSE;

  return TRUE;
}

/* Whether devices of a kind came or went since all that there were had failed. */
static gboolean
are_news (VavMediaSource *source, VavDeviceKind kind, GPtrArray *devices)
{
  return source->listed == NULL || !has_all (source->listed, devices, kind) || !has_all (devices, source->listed, kind);
}

static void
keep_list (VavMediaSource *source, GPtrArray *devices)
{
  g_clear_pointer (&source->listed, g_ptr_array_unref);
  source->listed = devices != NULL ? g_ptr_array_ref (devices) : NULL;
}

void
vav_media_start_afresh (VavMedia *self, VavMediaKind kind)
{
  VavMediaSource *source = &self->sources[kind];

  vav_capture_forgive (source->capture, NULL);
  keep_list (source, NULL);
  source->again = FALSE;
  source->pause_s = 0;
}

/* The chosen one is there and cannot be used: what is used in its place stays, even if it is not the default one. */
static gboolean
has_chosen_failed (VavCapture *capture, const char *chosen)
{
  GPtrArray *avoided = vav_capture_get_avoided (capture);

  for (guint i = 0; i < avoided->len; i++)
    if (g_strcmp0 (vav_device_get_name (avoided->pdata[i]), chosen) == 0)
      return TRUE;

  return FALSE;
}

/* What is open changes over if its device is gone (PipeWire tells no error of that), or if another one is the right one: it was chosen, or the
 * sound server says that it is the default. */
static void
follow_choice (VavMedia *self, VavMediaKind kind, GPtrArray *devices)
{
  VavMediaSource *source = &self->sources[kind];
  const char *chosen = self->chosen[device_kind (kind)];
  g_autoptr (VavDevice) present = vav_capture_dup_device (source->capture);
  VavDevice *right
      = vav_devices_choose (devices, device_kind (kind), chosen, vav_capture_get_avoided (source->capture));
  gboolean gone = present != NULL && !vav_devices_contain (devices, present);

  if (present == NULL || (right != NULL && vav_device_is_same (present, right)))
    return;
  if (right == NULL)
    {
      if (gone)
        vav_capture_close (source->capture);
      set_failed (self, kind, gone);
    }
  else if (gone || g_strcmp0 (vav_device_get_name (right), chosen) == 0
           || (vav_device_is_default (right) && !has_chosen_failed (source->capture, chosen)))
    vav_capture_reopen (source->capture);
}

/* Somebody asks for what cannot be used: at once if anything came or went, else after the pause. A camera that another program uses is opened in vain
 * again and again, which that program may feel. */
static void
try_again (VavMedia *self, VavMediaKind kind, GPtrArray *devices)
{
  VavMediaSource *source = &self->sources[kind];
  gboolean news = are_news (source, device_kind (kind), devices);

  if (!news && g_get_monotonic_time () < source->next_try)
    return;
  if (news)
    source->pause_s = 0;
  source->again = !news;
  vav_capture_forgive (source->capture, NULL);
  vav_capture_open (source->capture);
}

static void
take_devices (VavMedia *self, VavMediaKind kind, GPtrArray *devices)
{
  VavMediaSource *source = &self->sources[kind];
  gboolean there = vav_devices_choose (devices, device_kind (kind), NULL, NULL) != NULL;

  if (!source->is_device)
    return;
  if (vav_capture_is_open (source->capture))
    {
      vav_capture_forgive (source->capture, devices);
      follow_choice (self, kind, devices);
    }
  else if (source->deciding)
    return;
  else if (there && source->holds > 0)
    try_again (self, kind, devices); /* it is there when it gives something */
  else
    {
      vav_media_start_afresh (self, kind);
      set_failed (self, kind, !there);
    }
}

static void list_devices (VavMedia *self);

static void
on_devices_listed (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (VavMedia) self = user_data;
  g_autoptr (GPtrArray) devices = vav_devices_list_finish (result, NULL);

  self->listing = FALSE;
  for (guint i = 0; devices != NULL && i < VAV_N_MEDIA_KINDS; i++)
    take_devices (self, (VavMediaKind)i, devices);
  vav_playback_look_again (self->playback);
  if (self->relisted)
    list_devices (self);
}

/* One question at a time; what changes meanwhile is asked once more. */
static void
list_devices (VavMedia *self)
{
  self->relisted = self->listing;
  if (self->listing)
    return;

  self->listing = TRUE;
  vav_devices_list_async (NULL, on_devices_listed, g_object_ref (self));
}

static void
on_devices_changed (gpointer owner, gpointer data)
{
  list_devices (owner);
}

void
vav_media_start_watching (VavMedia *self)
{
  if (!has_devices (self) || self->watch != 0)
    return;

  self->watch = vav_devices_add_watch (self->hop, on_devices_changed);
  list_devices (self);
}

void
vav_media_stop_watching (VavMedia *self)
{
  if (self->watch != 0)
    vav_devices_remove_watch (self->watch);
  self->watch = 0;
  g_clear_pointer (&self->poll, vav_media_remove_timer);
}

void
vav_media_look_again (VavMedia *self)
{
  self->sources[VAV_MEDIA_VIDEO].failed = FALSE;
  g_signal_emit (self, vav_media_signals[VAV_MEDIA_SIGNAL_CHANGED], 0);
  if (self->watch != 0)
    list_devices (self);
}

static gboolean
is_due (VavMediaSource *source)
{
  return source->holds > 0 && source->pause_s > 0 && source->capture != NULL && !vav_capture_is_open (source->capture)
         && g_get_monotonic_time () >= source->next_try;
}

/* Nobody tells that a server of sound or pictures has come, nor that another program has let go of a camera. */
static gboolean
on_poll (gpointer user_data)
{
  VavMedia *self = user_data;

  if (!vav_devices_have_servers () || is_due (&self->sources[VAV_MEDIA_VIDEO])
      || is_due (&self->sources[VAV_MEDIA_AUDIO]))
    list_devices (self);

  return G_SOURCE_CONTINUE;
}

void
vav_media_begin_session (VavMedia *self)
{
  if (self->n_sessions++ > 0 || self->watch == 0)
    return;

  self->poll = vav_media_add_timer (self->hop, POLL_S, on_poll, self);
  on_poll (self);
}

void
vav_media_end_session (VavMedia *self)
{
  if (--self->n_sessions == 0)
    g_clear_pointer (&self->poll, vav_media_remove_timer);
}

typedef struct
{
  VavMedia *media;
  VavMediaKind kind;
  VavDevice *failed; /* (nullable) */
  GError *error;     /* (nullable) */
} Fallback;

static void
fallback_free (Fallback *self)
{
  g_object_unref (self->media);
  g_clear_object (&self->failed);
  g_clear_error (&self->error);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Fallback, fallback_free)

static void
tell_failure (VavMedia *self, VavMediaKind kind, const GError *error)
{
  if (error != NULL)
    g_signal_emit (self, vav_media_signals[VAV_MEDIA_SIGNAL_DEVICE_FAILED], 0, (int)kind, error);
}

/* devices: (nullable): of which none can be used */
static void
give_up (VavMedia *self, VavMediaKind kind, const GError *error, GPtrArray *devices)
{
  VavMediaSource *source = &self->sources[kind];
  gboolean again = source->again;

  keep_list (source, devices);
  source->pause_s = source->pause_s == 0 ? POLL_S : MIN (2 * source->pause_s, MAX_PAUSE_S);
  source->next_try = g_get_monotonic_time () + source->pause_s * G_USEC_PER_SEC;
  set_failed (self, kind, TRUE);
  if (!again)
    tell_failure (self, kind, error);
}

void
vav_media_on_capture_began (VavCapture *capture, VavMedia *self)
{
  VavMediaKind kind = capture == self->sources[VAV_MEDIA_VIDEO].capture ? VAV_MEDIA_VIDEO : VAV_MEDIA_AUDIO;

  self->sources[kind].again = FALSE;
  self->sources[kind].pause_s = 0;
  set_failed (self, kind, FALSE);
}

static void
on_fallback_listed (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Fallback) fallback = user_data;
  g_autoptr (GPtrArray) devices = vav_devices_list_finish (result, NULL);
  VavMediaSource *source = &fallback->media->sources[fallback->kind];

  source->deciding = FALSE;
  if (vav_capture_is_open (source->capture) || source->holds == 0)
    return; /* somebody was quicker, or nobody asks for it any more */
  vav_capture_avoid (source->capture, fallback->failed);
  vav_capture_forgive (source->capture, devices);
  if (vav_devices_choose (devices, device_kind (fallback->kind), NULL, vav_capture_get_avoided (source->capture))
      == NULL)
    {
      give_up (fallback->media, fallback->kind, fallback->error, devices);
      return;
    }
  vav_capture_open (source->capture);
}

/* Another one takes its place, if there is one: best the one that it was to take the place of, which goes on. */
void
vav_media_on_capture_failed (VavCapture *capture, GError *error, VavDevice *device, VavMedia *self)
{
  VavMediaKind kind = capture == self->sources[VAV_MEDIA_VIDEO].capture ? VAV_MEDIA_VIDEO : VAV_MEDIA_AUDIO;
  Fallback *fallback;

  if (device != NULL && vav_capture_is_open (capture))
    {
      vav_capture_avoid (capture, device);
      tell_failure (self, kind, error);
      return;
    }
  if (device == NULL)
    {
      give_up (self, kind, error, NULL);
      return;
    }

  self->sources[kind].deciding = TRUE;
  fallback = g_new0 (Fallback, 1);
  fallback->media = g_object_ref (self);
  fallback->kind = kind;
  fallback->failed = g_object_ref (device);
  fallback->error = error != NULL ? g_error_copy (error) : NULL;
  vav_devices_list_async (NULL, on_fallback_listed, fallback);
}

/**
 * vav_media_set_device:
 * @kind: camera, microphone or speaker
 * @name: (nullable): as vav_device_get_name() tells it; %NULL: the default one
 */
void
vav_media_set_device (VavMedia *self, VavDeviceKind kind, const char *name)
{
  VavMediaKind media_kind = kind == VAV_DEVICE_CAMERA ? VAV_MEDIA_VIDEO : VAV_MEDIA_AUDIO;
  VavCapture *capture;

  g_return_if_fail (VAV_IS_MEDIA (self));
  g_return_if_fail (kind < VAV_N_DEVICE_KINDS);

  g_free (self->chosen[kind]);
  self->chosen[kind] = g_strdup (name);
  if (kind == VAV_DEVICE_SPEAKER)
    {
      vav_playback_set_device (self->playback, name);
      return;
    }

  capture = self->sources[media_kind].capture;
  if (!self->sources[media_kind].is_device)
    return;
  vav_capture_set_device (capture, name);
  vav_media_start_afresh (self, media_kind);
  if (vav_capture_is_open (capture))
    vav_capture_reopen (capture);
  else if (self->sources[media_kind].holds > 0)
    vav_capture_open (capture);
}

/**
 * vav_media_get_device:
 * @kind: camera, microphone or speaker
 *
 * Returns: (nullable): the name of the one that was chosen
 */
const char *
vav_media_get_device (VavMedia *self, VavDeviceKind kind)
{
  g_return_val_if_fail (VAV_IS_MEDIA (self), NULL);
  g_return_val_if_fail (kind < VAV_N_DEVICE_KINDS, NULL);

  return self->chosen[kind];
}

static void
update_gain (VavMedia *self)
{
  vav_playback_set_gain (self->playback, self->muted ? 0 : pow (self->volume, 3));
}

void
vav_media_set_volume (VavMedia *self, double volume)
{
  g_return_if_fail (VAV_IS_MEDIA (self));

  self->volume = volume;
  update_gain (self);
}

void
vav_media_set_muted (VavMedia *self, gboolean muted)
{
  g_return_if_fail (VAV_IS_MEDIA (self));

  self->muted = muted;
  update_gain (self);
}

/**
 * vav_media_set_processing:
 * @processing: whether a microphone's sound is made fit for a call
 *
 * On by default for devices; test and files are given as they are.
 */
void
vav_media_set_processing (VavMedia *self, gboolean processing)
{
  VavCapture *capture;

  g_return_if_fail (VAV_IS_MEDIA (self));

  if (self->processing == processing)
    return;
  self->processing = processing;
  capture = self->sources[VAV_MEDIA_AUDIO].capture;
  if (capture == NULL || !has_devices (self))
    return;
  vav_capture_set_played (capture, processing ? vav_playback_get_played (self->playback) : NULL);
  vav_capture_reopen (capture);
}

/**
 * vav_media_set_picture_quality:
 * @quality: the limit of our picture, in calls that run and in later ones
 */
void
vav_media_set_picture_quality (VavMedia *self, VavPictureQuality quality)
{
  g_return_if_fail (VAV_IS_MEDIA (self));

  if (self->quality == quality)
    return;
  self->quality = quality;
  g_signal_emit (self, vav_media_signals[VAV_MEDIA_SIGNAL_QUALITY_CHANGED], 0);
}

VavPictureQuality
vav_media_get_picture_quality (VavMedia *self)
{
  g_return_val_if_fail (VAV_IS_MEDIA (self), VAV_PICTURE_QUALITY_AUTO);

  return self->quality;
}

/**
 * vav_media_set_rate_limit:
 * @bits_per_second: at most so many of sound and picture together, in each direction of a call that runs or of a later one; 0: no limit
 */
void
vav_media_set_rate_limit (VavMedia *self, guint bits_per_second)
{
  g_return_if_fail (VAV_IS_MEDIA (self));

  if (self->rate_limit == bits_per_second)
    return;
  self->rate_limit = bits_per_second;
  g_signal_emit (self, vav_media_signals[VAV_MEDIA_SIGNAL_QUALITY_CHANGED], 0);
}

guint
vav_media_get_rate_limit (VavMedia *self)
{
  g_return_val_if_fail (VAV_IS_MEDIA (self), 0);

  return self->rate_limit;
}

double
vav_media_get_volume (VavMedia *self)
{
  return self->volume;
}

gboolean
vav_media_get_muted (VavMedia *self)
{
  return self->muted;
}

gboolean
vav_media_get_processing (VavMedia *self)
{
  return self->processing;
}

VavPlayback *
vav_media_get_playback (VavMedia *self)
{
  return self->playback;
}
