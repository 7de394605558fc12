/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "widgets/vav-gtk-devices-private.h"

#include <glib/gi18n-lib.h>

/* So long after a word one still is somebody who is heard. */
#define HEARD_US (3 * G_USEC_PER_SEC)

static gboolean
has_none (VavGtkDevices *self, VavDeviceKind kind)
{
  return vav_gtk_devices_uses_devices (self) && vav_device_list_is_known (self->list)
         && vav_device_list_count (self->list, kind) == 0;
}

/* Some are there, and none of them can be used. */
static gboolean
is_unusable (VavGtkDevices *self, VavDeviceKind kind)
{
  return vav_gtk_devices_uses_devices (self) && vav_device_list_count (self->list, kind) > 0
         && !vav_endpoint_has (self->endpoint, kind);
}

static const char *
camera_words (VavGtkDevices *self, gboolean test)
{
  if (!test && has_none (self, VAV_DEVICE_CAMERA))
    return _ ("No camera was found. In calls, people see your initials instead of your picture.");
  if (self->endpoint != NULL && g_str_equal (vav_endpoint_get_source (self->endpoint), "none"))
    return _ ("No camera is used.");
  if (!self->preview)
    return _ ("The camera is off.");
  if (!test && is_unusable (self, VAV_DEVICE_CAMERA))
    return _ ("The camera cannot be used. Perhaps another program has it.");
  return _ ("Starting the camera…");
}

static const char *
microphone_words (VavGtkDevices *self)
{
  if (has_none (self, VAV_DEVICE_MICROPHONE))
    return _ ("No microphone was found. People will not hear you.");
  if (self->endpoint != NULL && g_str_equal (vav_endpoint_get_source (self->endpoint), "none"))
    return _ ("No microphone is used.");
  if (is_unusable (self, VAV_DEVICE_MICROPHONE))
    return _ ("The microphone cannot be used. Perhaps another program has it.");
  if (!self->metering)
    return "";
  if (self->heard > 0 && g_get_monotonic_time () - self->heard < HEARD_US)
    return _ ("You are heard.");
  return _ ("Say something: the bar moves when you are heard.");
}

static const char *
speaker_words (VavGtkDevices *self)
{
  const char *source = self->endpoint != NULL ? vav_endpoint_get_source (self->endpoint) : "none";

  if (g_str_equal (source, "test") || g_str_equal (source, "none"))
    return _ ("No sound is played here.");
  if (has_none (self, VAV_DEVICE_SPEAKER))
    return _ ("No speaker was found. You will not hear anybody.");
  if (self->tryout != NULL && vav_preview_is_sounding (self->tryout))
    return _ ("Three rising notes are on their way…");
  if (self->sound == VAV_GTK_SOUND_PLAYED)
    return _ ("Did you hear three notes? If not, choose another speaker, or turn it up.");
  if (self->sound == VAV_GTK_SOUND_FAILED)
    return _ ("The sound could not be played on this speaker. Choose another one.");
  return "";
}

static void
set_words (GtkLabel *label, const char *words)
{
  if (g_strcmp0 (gtk_label_get_label (label), words) != 0)
    gtk_label_set_label (label, words);
  gtk_widget_set_visible (GTK_WIDGET (label), *words != '\0');
}

static gboolean
can_play (VavGtkDevices *self)
{
  const char *source = self->endpoint != NULL ? vav_endpoint_get_source (self->endpoint) : "none";

  return self->tryout != NULL && !vav_preview_is_sounding (self->tryout) && !g_str_equal (source, "test")
         && !g_str_equal (source, "none") && !has_none (self, VAV_DEVICE_SPEAKER);
}

/* What is said, and which buttons can be pressed. */
void
vav_gtk_devices_update_words (VavGtkDevices *self)
{
  gboolean test = self->endpoint != NULL && vav_endpoint_get_test_picture (self->endpoint);
  gboolean camera = self->endpoint != NULL && (test || !has_none (self, VAV_DEVICE_CAMERA))
                    && !g_str_equal (vav_endpoint_get_source (self->endpoint), "none");
  /* the last picture of a camera that was pulled out says nothing any more */
  gboolean seen = camera && self->preview && vav_endpoint_has (self->endpoint, VAV_DEVICE_CAMERA)
                  && vav_gtk_video_view_get_aspect (self->view) > 0;

  set_words (self->camera_hint, camera_words (self, test));
  set_words (self->microphone_hint, microphone_words (self));
  set_words (self->speaker_hint, speaker_words (self));
  gtk_widget_set_visible (self->placeholder, !seen);
  gtk_widget_set_visible (self->preview_button, camera && !self->preview);
  gtk_widget_set_visible (self->test_picture_button, !test && has_none (self, VAV_DEVICE_CAMERA));
  gtk_widget_set_visible (self->hide_button, seen);
  /* stays mapped, else it would ask for no picture and never get the first */
  gtk_widget_set_opacity (GTK_WIDGET (self->view), seen ? 1 : 0);
  gtk_widget_set_sensitive (self->sound_button, can_play (self));
  gtk_widget_set_sensitive (self->processing_row, vav_gtk_devices_uses_devices (self));
}
