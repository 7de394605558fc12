/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/call/vav-endpoint-private.h"
#include "net/core/vav-enums.h"
#include "net/media/vav-preview-media.h"

/* What the user sees and hears with: settings of the endpoint, for all its calls, at any time. */

static const char *const device_names[VAV_N_DEVICE_KINDS] = { "camera", "microphone", "speaker" };

static const char *const device_nicks[VAV_N_DEVICE_KINDS] = { "Camera", "Microphone", "Speaker" };

static void
notify (VavEndpoint *self, const char *name)
{
  g_object_notify (G_OBJECT (self), name);
}

/**
 * vav_endpoint_set_device:
 * @kind: camera, microphone or speaker
 * @name: (nullable): as vav_device_get_name() tells it; %NULL: the person's default one
 *
 * Chooses a device. In a call it takes the place of the one before, without the other side noticing more than another picture or sound. One
 * that is not there is used as soon as it comes; until then the default one is. Without effect on test sources and files.
 */
void
vav_endpoint_set_device (VavEndpoint *self, VavDeviceKind kind, const char *name)
{
  VavMedia *media;

  g_return_if_fail (VAV_IS_ENDPOINT (self));
  g_return_if_fail (kind < VAV_N_DEVICE_KINDS);

  media = vav_endpoint_get_media (self);
  if (g_strcmp0 (vav_media_get_device (media, kind), name) == 0)
    return;
  vav_media_set_device (media, kind, name);
  notify (self, device_names[kind]);
}

/**
 * vav_endpoint_get_device:
 * @kind: camera, microphone or speaker
 *
 * Returns: (transfer none) (nullable): the name of the one that was chosen; %NULL: none, so the default one is used
 */
const char *
vav_endpoint_get_device (VavEndpoint *self, VavDeviceKind kind)
{
  g_return_val_if_fail (VAV_IS_ENDPOINT (self), NULL);
  g_return_val_if_fail (kind < VAV_N_DEVICE_KINDS, NULL);

  return vav_media_get_device (vav_endpoint_get_media (self), kind);
}

/**
 * vav_endpoint_set_volume:
 * @volume: 0 to VAV_MAX_VOLUME, as people hear it; 1: as it came. The amplitude is its third power
 *
 * How loud the other side is. The volume of the computer is not touched.
 */
void
vav_endpoint_set_volume (VavEndpoint *self, double volume)
{
  g_return_if_fail (VAV_IS_ENDPOINT (self));
  g_return_if_fail (volume >= 0 && volume <= VAV_MAX_VOLUME);

  if (vav_endpoint_get_volume (self) - volume == 0)
    return;
  vav_media_set_volume (vav_endpoint_get_media (self), volume);
  notify (self, "volume");
}

/**
 * vav_endpoint_get_volume:
 *
 * Returns: of what comes, 0 to VAV_MAX_VOLUME; 1: as it came
 */
double
vav_endpoint_get_volume (VavEndpoint *self)
{
  g_return_val_if_fail (VAV_IS_ENDPOINT (self), 1);
  return vav_media_get_volume (vav_endpoint_get_media (self));
}

/**
 * vav_endpoint_set_muted:
 * @muted: whether the other side is not heard; their sound comes nevertheless (see vav_stream_stop() for that)
 */
void
vav_endpoint_set_muted (VavEndpoint *self, gboolean muted)
{
  g_return_if_fail (VAV_IS_ENDPOINT (self));

  if (vav_endpoint_get_muted (self) == !!muted)
    return;
  vav_media_set_muted (vav_endpoint_get_media (self), !!muted);
  notify (self, "muted");
}

/**
 * vav_endpoint_get_muted:
 *
 * Returns: whether nothing is to be heard
 */
gboolean
vav_endpoint_get_muted (VavEndpoint *self)
{
  g_return_val_if_fail (VAV_IS_ENDPOINT (self), FALSE);
  return vav_media_get_muted (vav_endpoint_get_media (self));
}

/**
 * vav_endpoint_set_voice_processing:
 * @processing: whether echo and noise are taken out of the microphone's sound, and its loudness is evened
 *
 * On by default. A microphone out of which the sound server takes the echo is left as it is, and so are test sources and files.
 */
void
vav_endpoint_set_voice_processing (VavEndpoint *self, gboolean processing)
{
  g_return_if_fail (VAV_IS_ENDPOINT (self));

  if (vav_endpoint_get_voice_processing (self) == !!processing)
    return;
  vav_media_set_processing (vav_endpoint_get_media (self), !!processing);
  notify (self, "voice-processing");
}

/**
 * vav_endpoint_get_voice_processing:
 *
 * Returns: whether echo and noise are taken out
 */
gboolean
vav_endpoint_get_voice_processing (VavEndpoint *self)
{
  g_return_val_if_fail (VAV_IS_ENDPOINT (self), TRUE);
  return vav_media_get_processing (vav_endpoint_get_media (self));
}

/**
 * vav_endpoint_set_picture_quality:
 * @quality: the limit of what this side sends
 */
void
vav_endpoint_set_picture_quality (VavEndpoint *self, VavPictureQuality quality)
{
  g_return_if_fail (VAV_IS_ENDPOINT (self));
  g_return_if_fail (quality < VAV_N_PICTURE_QUALITIES);

  if (vav_endpoint_get_picture_quality (self) == quality)
    return;
  vav_media_set_picture_quality (vav_endpoint_get_media (self), quality);
  notify (self, "picture-quality");
}

/**
 * vav_endpoint_get_picture_quality:
 *
 * Returns: how good our picture may be
 */
VavPictureQuality
vav_endpoint_get_picture_quality (VavEndpoint *self)
{
  g_return_val_if_fail (VAV_IS_ENDPOINT (self), VAV_PICTURE_QUALITY_AUTO);
  return vav_media_get_picture_quality (vav_endpoint_get_media (self));
}

/**
 * vav_endpoint_set_rate_limit:
 * @bits_per_second: at most so many bit/s of sound and picture together, in each direction of a call, headers and all; up to VAV_MAX_RATE; 0: no limit
 *
 * For who pays for what goes through. It holds for what this side sends, and the other side is told and keeps to it in what it sends; in calls that run
 * at once. Sound comes first: below some 115 kbit/s nothing more is saved. The picture gets smaller and slower with its bits. Texts, files and the set-up of a
 * call do not count. A program of an older version at the other side sends as much as before.
 */
void
vav_endpoint_set_rate_limit (VavEndpoint *self, guint bits_per_second)
{
  g_return_if_fail (VAV_IS_ENDPOINT (self));
  g_return_if_fail (bits_per_second <= VAV_MAX_RATE);

  if (vav_endpoint_get_rate_limit (self) == bits_per_second)
    return;
  vav_media_set_rate_limit (vav_endpoint_get_media (self), bits_per_second);
  notify (self, "rate-limit");
}

/**
 * vav_endpoint_get_rate_limit:
 *
 * Returns: in bit/s, in each direction of a call; 0: none
 */
guint
vav_endpoint_get_rate_limit (VavEndpoint *self)
{
  g_return_val_if_fail (VAV_IS_ENDPOINT (self), 0);
  return vav_media_get_rate_limit (vav_endpoint_get_media (self));
}

/**
 * vav_endpoint_get_source:
 *
 * Returns: (transfer none): `test`, `auto`, `none` or the path of a media file
 */
const char *
vav_endpoint_get_source (VavEndpoint *self)
{
  g_return_val_if_fail (VAV_IS_ENDPOINT (self), NULL);
  return vav_media_get_source (vav_endpoint_get_media (self));
}

/**
 * vav_endpoint_set_test_picture:
 * @test_picture: whether others see a test picture in the place of what the camera gives
 *
 * For who has no camera, or does not want to be seen; also in the middle of a call. The sound stays what it is.
 */
void
vav_endpoint_set_test_picture (VavEndpoint *self, gboolean test_picture)
{
  g_return_if_fail (VAV_IS_ENDPOINT (self));

  if (vav_endpoint_get_test_picture (self) == !!test_picture)
    return;
  vav_media_set_test_picture (vav_endpoint_get_media (self), test_picture);
  notify (self, "test-picture");
}

/**
 * vav_endpoint_get_test_picture:
 *
 * Returns: whether a test picture stands in the place of the camera
 */
gboolean
vav_endpoint_get_test_picture (VavEndpoint *self)
{
  g_return_val_if_fail (VAV_IS_ENDPOINT (self), FALSE);
  return vav_media_get_test_picture (vav_endpoint_get_media (self));
}

/**
 * vav_endpoint_has:
 * @kind: camera or microphone
 *
 * Returns: %FALSE if there is none, or none that can be used. %TRUE until that is known
 */
gboolean
vav_endpoint_has (VavEndpoint *self, VavDeviceKind kind)
{
  g_return_val_if_fail (VAV_IS_ENDPOINT (self), FALSE);
  g_return_val_if_fail (kind == VAV_DEVICE_CAMERA || kind == VAV_DEVICE_MICROPHONE, FALSE);

  return vav_media_has (vav_endpoint_get_media (self), kind == VAV_DEVICE_CAMERA ? VAV_MEDIA_VIDEO : VAV_MEDIA_AUDIO);
}

/**
 * vav_endpoint_make_preview:
 *
 * Returns: (transfer full): what the chosen camera, microphone and speaker are tried with; everything is off at first
 */
VavPreview *
vav_endpoint_make_preview (VavEndpoint *self)
{
  g_return_val_if_fail (VAV_IS_ENDPOINT (self), NULL);

  return vav_preview_new (vav_endpoint_get_media (self));
}

static void
on_media_changed (VavEndpoint *self)
{
  notify (self, "has-camera");
  notify (self, "has-microphone");
}

void
vav_endpoint_watch_media (VavEndpoint *self)
{
  g_signal_connect_object (vav_endpoint_get_media (self), "changed", G_CALLBACK (on_media_changed), self,
                           G_CONNECT_SWAPPED);
}

void
vav_endpoint_install_device_properties (GObjectClass *class)
{
  const GParamFlags rw = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;
  const GParamFlags readable = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  for (guint i = 0; i < VAV_N_DEVICE_KINDS; i++)
    g_object_class_install_property (class, VAV_ENDPOINT_PROP_CAMERA + i,
                                     g_param_spec_string (device_names[i], device_nicks[i],
                                                          "Name of the one that is used; none: the default one", NULL,
                                                          rw));
  g_object_class_install_property (
      class, VAV_ENDPOINT_PROP_VOLUME,
      g_param_spec_double ("volume", "Volume", "Of what comes; 1: as it came", 0, VAV_MAX_VOLUME, 1, rw));
  g_object_class_install_property (
      class, VAV_ENDPOINT_PROP_MUTED,
      g_param_spec_boolean ("muted", "Muted", "Whether nothing is to be heard", FALSE, rw));
  g_object_class_install_property (
      class, VAV_ENDPOINT_PROP_VOICE_PROCESSING,
      g_param_spec_boolean ("voice-processing", "Voice processing", "Whether echo and noise are taken out", TRUE, rw));
  g_object_class_install_property (class, VAV_ENDPOINT_PROP_PICTURE_QUALITY,
                                   g_param_spec_enum ("picture-quality", "Picture quality",
                                                      "How good the own picture may be", VAV_TYPE_PICTURE_QUALITY,
                                                      VAV_PICTURE_QUALITY_AUTO, rw));
  g_object_class_install_property (class, VAV_ENDPOINT_PROP_RATE_LIMIT,
                                   g_param_spec_uint ("rate-limit", "Rate limit",
                                                      "In bit/s, in each direction of a call; 0: none", 0, VAV_MAX_RATE,
                                                      0, rw));
  g_object_class_install_property (class, VAV_ENDPOINT_PROP_TEST_PICTURE,
                                   g_param_spec_boolean ("test-picture", "Test picture",
                                                         "Whether a test picture stands in the place of the camera",
                                                         FALSE, rw));
  g_object_class_install_property (class, VAV_ENDPOINT_PROP_HAS_CAMERA,
                                   g_param_spec_boolean ("has-camera", "Has camera",
                                                         "Whether there is something to see this user with", TRUE,
                                                         readable));
  g_object_class_install_property (class, VAV_ENDPOINT_PROP_HAS_MICROPHONE,
                                   g_param_spec_boolean ("has-microphone", "Has microphone",
                                                         "Whether there is something to hear this user with", TRUE,
                                                         readable));
}

gboolean
vav_endpoint_get_device_property (VavEndpoint *self, guint id, GValue *value)
{
  switch (id)
    {
    case VAV_ENDPOINT_PROP_CAMERA:
    case VAV_ENDPOINT_PROP_MICROPHONE:
    case VAV_ENDPOINT_PROP_SPEAKER:
      g_value_set_string (value, vav_endpoint_get_device (self, (VavDeviceKind)(id - VAV_ENDPOINT_PROP_CAMERA)));
      return TRUE;
    case VAV_ENDPOINT_PROP_VOLUME:
      g_value_set_double (value, vav_endpoint_get_volume (self));
      return TRUE;
    case VAV_ENDPOINT_PROP_MUTED:
      g_value_set_boolean (value, vav_endpoint_get_muted (self));
      return TRUE;
    case VAV_ENDPOINT_PROP_VOICE_PROCESSING:
      g_value_set_boolean (value, vav_endpoint_get_voice_processing (self));
      return TRUE;
    case VAV_ENDPOINT_PROP_PICTURE_QUALITY:
      g_value_set_enum (value, (int)vav_endpoint_get_picture_quality (self));
      return TRUE;
    case VAV_ENDPOINT_PROP_RATE_LIMIT:
      g_value_set_uint (value, vav_endpoint_get_rate_limit (self));
      return TRUE;
    case VAV_ENDPOINT_PROP_TEST_PICTURE:
      g_value_set_boolean (value, vav_endpoint_get_test_picture (self));
      return TRUE;
    case VAV_ENDPOINT_PROP_HAS_CAMERA:
      g_value_set_boolean (value, vav_endpoint_has (self, VAV_DEVICE_CAMERA));
      return TRUE;
    case VAV_ENDPOINT_PROP_HAS_MICROPHONE:
      g_value_set_boolean (value, vav_endpoint_has (self, VAV_DEVICE_MICROPHONE));
      return TRUE;
    default:
      return FALSE;
    }
}

gboolean
vav_endpoint_set_device_property (VavEndpoint *self, guint id, const GValue *value)
{
  switch (id)
    {
    case VAV_ENDPOINT_PROP_CAMERA:
    case VAV_ENDPOINT_PROP_MICROPHONE:
    case VAV_ENDPOINT_PROP_SPEAKER:
      vav_endpoint_set_device (self, (VavDeviceKind)(id - VAV_ENDPOINT_PROP_CAMERA), g_value_get_string (value));
      return TRUE;
    case VAV_ENDPOINT_PROP_VOLUME:
      vav_endpoint_set_volume (self, g_value_get_double (value));
      return TRUE;
    case VAV_ENDPOINT_PROP_MUTED:
      vav_endpoint_set_muted (self, g_value_get_boolean (value));
      return TRUE;
    case VAV_ENDPOINT_PROP_VOICE_PROCESSING:
      vav_endpoint_set_voice_processing (self, g_value_get_boolean (value));
      return TRUE;
    case VAV_ENDPOINT_PROP_PICTURE_QUALITY:
      vav_endpoint_set_picture_quality (self, (VavPictureQuality)g_value_get_enum (value));
      return TRUE;
    case VAV_ENDPOINT_PROP_RATE_LIMIT:
      vav_endpoint_set_rate_limit (self, g_value_get_uint (value));
      return TRUE;
    case VAV_ENDPOINT_PROP_TEST_PICTURE:
      vav_endpoint_set_test_picture (self, g_value_get_boolean (value));
      return TRUE;
    default:
      return FALSE;
    }
}
