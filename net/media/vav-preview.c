/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/media/vav-preview-media.h"

#include <gst/gst.h>

#include "net/media/vav-chime.h"
#include "net/media/vav-media-elements.h"
#include "net/media/vav-media-private.h"

#define LEVEL_MS 100

struct _VavPreview
{
  GObject parent_instance;

  VavMedia *media;
  VavHop *hop;
  gboolean wanted[VAV_N_MEDIA_KINDS];
  double level;
  GSource *timer;  /* (nullable): reads the level */
  guint consumer;  /* 0: the microphone is off */
  VavChime *chime; /* (nullable) */

  GMutex lock; /* below: what the microphone's thread sums up */
  double square_sum;
  guint square_n;
};

enum
{
  PROP_MICROPHONE = 1,
  PROP_CAMERA,
  PROP_LEVEL,
  PROP_SOUNDING,
  N_PROPS
};
static GParamSpec *properties[N_PROPS];

enum
{
  SIGNAL_SOUND_ENDED,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (VavPreview, vav_preview, G_TYPE_OBJECT)

/* --- the level --- */

/* The microphone's thread */
static void
on_sound (gpointer sample, gpointer user_data)
{
  VavPreview *self = user_data;
  GstBuffer *buffer = gst_sample_get_buffer (sample);
  GstMapInfo map;

  if (buffer == NULL || !gst_buffer_map (buffer, &map, GST_MAP_READ))
    return;
  g_mutex_lock (&self->lock);
  self->square_sum += vav_media_mean_square ((const gint16 *)(gpointer)map.data, map.size / 2);
  self->square_n++;
  g_mutex_unlock (&self->lock);
  gst_buffer_unmap (buffer, &map);
}

static void
set_level (VavPreview *self, double level)
{
  self->level = level;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_LEVEL]);
}

static gboolean
on_level (gpointer user_data)
{
  VavPreview *self = user_data;
  double mean = 0;

  g_mutex_lock (&self->lock);
  if (self->square_n > 0)
    mean = self->square_sum / self->square_n;
  self->square_sum = 0;
  self->square_n = 0;
  g_mutex_unlock (&self->lock);
  set_level (self, vav_media_level (mean));

  return G_SOURCE_CONTINUE;
}

static void
start_meter (VavPreview *self)
{
  self->consumer = vav_outlet_attach (vav_media_get_outlet (self->media, VAV_MEDIA_AUDIO), on_sound, self, NULL);
  self->timer = g_timeout_source_new (LEVEL_MS);
  g_source_set_callback (self->timer, on_level, self, NULL);
  g_source_attach (self->timer, vav_hop_get_context (self->hop));
}

static void
stop_meter (VavPreview *self)
{
  vav_outlet_detach (vav_media_get_outlet (self->media, VAV_MEDIA_AUDIO), self->consumer);
  self->consumer = 0;
  g_clear_pointer (&self->timer, vav_media_remove_timer);
  self->square_sum = 0;
  self->square_n = 0;
  set_level (self, VAV_LEVEL_SILENCE);
}

/* --- what is open --- */

static void
set_wanted (VavPreview *self, VavMediaKind kind, gboolean wanted, guint property)
{
  if (self->wanted[kind] == wanted)
    return;
  self->wanted[kind] = wanted;
  if (wanted)
    {
      vav_media_begin_session (self->media);
      if (kind == VAV_MEDIA_AUDIO)
        start_meter (self);
      vav_media_hold (self->media, kind);
    }
  else
    {
      vav_media_release (self->media, kind);
      if (kind == VAV_MEDIA_AUDIO)
        stop_meter (self);
      vav_media_end_session (self->media);
    }
  g_object_notify_by_pspec (G_OBJECT (self), properties[property]);
}

/* --- the sound --- */

static void
end_sound (VavPreview *self, gboolean played)
{
  g_clear_pointer (&self->chime, vav_chime_free);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SOUNDING]);
  g_signal_emit (self, signals[SIGNAL_SOUND_ENDED], 0, played);
}

static void
on_sound_ended (gpointer owner, gpointer data)
{
  end_sound (owner, GPOINTER_TO_INT (data));
}

/* --- GObject --- */

static void
vav_preview_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  VavPreview *self = VAV_PREVIEW (object);

  switch (id)
    {
    case PROP_MICROPHONE:
      g_value_set_boolean (value, vav_preview_get_microphone (self));
      break;
    case PROP_CAMERA:
      g_value_set_boolean (value, vav_preview_get_camera (self));
      break;
    case PROP_LEVEL:
      g_value_set_double (value, self->level);
      break;
    case PROP_SOUNDING:
      g_value_set_boolean (value, vav_preview_is_sounding (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
vav_preview_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  VavPreview *self = VAV_PREVIEW (object);

  if (id == PROP_MICROPHONE)
    vav_preview_set_microphone (self, g_value_get_boolean (value));
  else if (id == PROP_CAMERA)
    vav_preview_set_camera (self, g_value_get_boolean (value));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
vav_preview_dispose (GObject *object)
{
  VavPreview *self = VAV_PREVIEW (object);

  if (self->media != NULL)
    {
      vav_preview_set_microphone (self, FALSE);
      vav_preview_set_camera (self, FALSE);
    }
  g_clear_pointer (&self->chime, vav_chime_free);
  g_clear_object (&self->media);
  g_clear_pointer (&self->hop, vav_hop_unref);

  G_OBJECT_CLASS (vav_preview_parent_class)->dispose (object);
}

static void
vav_preview_finalize (GObject *object)
{
  g_mutex_clear (&VAV_PREVIEW (object)->lock);

  G_OBJECT_CLASS (vav_preview_parent_class)->finalize (object);
}

static void
vav_preview_class_init (VavPreviewClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags rw = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;
  const GParamFlags readable = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->get_property = vav_preview_get_property;
  object_class->set_property = vav_preview_set_property;
  object_class->dispose = vav_preview_dispose;
  object_class->finalize = vav_preview_finalize;

  properties[PROP_MICROPHONE]
      = g_param_spec_boolean ("microphone", "Microphone", "Whether the microphone is wanted", FALSE, rw);
  properties[PROP_CAMERA] = g_param_spec_boolean ("camera", "Camera", "Whether the camera is wanted", FALSE, rw);
  properties[PROP_LEVEL] = g_param_spec_double ("level", "Level", "How loud the microphone is, in dB of full scale",
                                                VAV_LEVEL_SILENCE, 0, VAV_LEVEL_SILENCE, readable);
  properties[PROP_SOUNDING]
      = g_param_spec_boolean ("sounding", "Sounding", "Whether the test sound is on its way", FALSE, readable);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  signals[SIGNAL_SOUND_ENDED] = g_signal_new ("sound-ended", VAV_TYPE_PREVIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                              G_TYPE_NONE, 1, G_TYPE_BOOLEAN);
}

static void
vav_preview_init (VavPreview *self)
{
  self->hop = vav_hop_new (self);
  self->level = VAV_LEVEL_SILENCE;
  g_mutex_init (&self->lock);
}

VavPreview *
vav_preview_new (VavMedia *media)
{
  VavPreview *self = g_object_new (VAV_TYPE_PREVIEW, NULL);

  self->media = g_object_ref (media);

  return self;
}

/**
 * vav_preview_set_microphone:
 * @microphone: whether it is wanted
 */
void
vav_preview_set_microphone (VavPreview *self, gboolean microphone)
{
  g_return_if_fail (VAV_IS_PREVIEW (self));

  set_wanted (self, VAV_MEDIA_AUDIO, !!microphone, PROP_MICROPHONE);
}

/**
 * vav_preview_get_microphone:
 *
 * Returns: whether it is wanted
 */
gboolean
vav_preview_get_microphone (VavPreview *self)
{
  g_return_val_if_fail (VAV_IS_PREVIEW (self), FALSE);

  return self->wanted[VAV_MEDIA_AUDIO];
}

/**
 * vav_preview_set_camera:
 * @camera: whether it is wanted
 */
void
vav_preview_set_camera (VavPreview *self, gboolean camera)
{
  g_return_if_fail (VAV_IS_PREVIEW (self));

  set_wanted (self, VAV_MEDIA_VIDEO, !!camera, PROP_CAMERA);
}

/**
 * vav_preview_get_camera:
 *
 * Returns: whether it is wanted
 */
gboolean
vav_preview_get_camera (VavPreview *self)
{
  g_return_val_if_fail (VAV_IS_PREVIEW (self), FALSE);

  return self->wanted[VAV_MEDIA_VIDEO];
}

/**
 * vav_preview_get_level:
 *
 * Returns: dB of full scale: 0 is as loud as can be, speech is about -30, -100 is silence
 */
double
vav_preview_get_level (VavPreview *self)
{
  g_return_val_if_fail (VAV_IS_PREVIEW (self), VAV_LEVEL_SILENCE);

  return self->level;
}

/**
 * vav_preview_get_video_out:
 *
 * Of the camera itself: pictures also come while only a call uses it.
 *
 * Returns: (transfer none): where the pictures come out
 */
VavOutlet *
vav_preview_get_video_out (VavPreview *self)
{
  g_return_val_if_fail (VAV_IS_PREVIEW (self), NULL);

  return vav_media_get_outlet (self->media, VAV_MEDIA_VIDEO);
}

/**
 * vav_preview_play_sound:
 *
 * Who uses test sources has no speaker: that is told by `sound-ended` at once.
 */
void
vav_preview_play_sound (VavPreview *self)
{
  g_return_if_fail (VAV_IS_PREVIEW (self));

  if (self->chime != NULL)
    return;
  if (!vav_media_has_speaker (self->media))
    {
      g_signal_emit (self, signals[SIGNAL_SOUND_ENDED], 0, FALSE);
      return;
    }
  self->chime = vav_chime_new (vav_media_get_playback (self->media), self->hop, on_sound_ended);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SOUNDING]);
}

/**
 * vav_preview_is_sounding:
 *
 * Returns: whether that sound is on its way
 */
gboolean
vav_preview_is_sounding (VavPreview *self)
{
  g_return_val_if_fail (VAV_IS_PREVIEW (self), FALSE);

  return self->chime != NULL;
}
