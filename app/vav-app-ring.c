/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/vav-app-ring.h"

#include <gst/gst.h>

#include "app/vav-app-paths.h"
#include "net/visavis.h"

/* How soon a player notices that it is to stop. */
#define ATTENTION (50 * GST_MSECOND)

/* One run of a sound: belongs to its thread and to the ring that may tell it to stop. */
typedef struct
{
  int stop; /* atomic */
  gboolean once;
  char *path;
} Player;

struct _VavAppRing
{
  VavAppSound sound;
  Player *player; /* nullable */
  gboolean has_speaker;
  GCancellable *cancellable; /* nullable: looking for a speaker */
};

static void
player_clear (gpointer data)
{
  g_free (((Player *)data)->path);
}

static GstElement *
make_pipeline (const char *path)
{
  GstElement *pipeline
      = gst_parse_launch ("filesrc name=file ! wavparse ! audioconvert ! audioresample ! autoaudiosink", NULL);
  GstElement *file = pipeline != NULL ? gst_bin_get_by_name (GST_BIN (pipeline), "file") : NULL;

  if (file != NULL)
    g_object_set (file, "location", path, NULL);
  gst_clear_object (&file);
  return pipeline;
}

/* The player's thread: sound servers may take their time, and an error here only means silence. */
static gpointer
play (gpointer data)
{
  Player *player = data;
  GstElement *pipeline = make_pipeline (player->path);
  GstBus *bus = pipeline != NULL ? gst_element_get_bus (pipeline) : NULL;
  gboolean goes_on = bus != NULL && gst_element_set_state (pipeline, GST_STATE_PLAYING) != GST_STATE_CHANGE_FAILURE;

  while (goes_on && g_atomic_int_get (&player->stop) == 0)
    {
      g_autoptr (GstMessage) message = gst_bus_timed_pop_filtered (bus, ATTENTION, GST_MESSAGE_EOS | GST_MESSAGE_ERROR);

      if (message != NULL && GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR)
        goes_on = FALSE;
      else if (message != NULL)
        goes_on = !player->once && gst_element_seek_simple (pipeline, GST_FORMAT_TIME, GST_SEEK_FLAG_FLUSH, 0);
    }
  if (pipeline != NULL)
    gst_element_set_state (pipeline, GST_STATE_NULL);
  gst_clear_object (&bus);
  gst_clear_object (&pipeline);
  g_atomic_rc_box_release_full (player, player_clear);
  return NULL;
}

static void
stop (VavAppRing *self)
{
  if (self->player == NULL)
    return;
  g_atomic_int_set (&self->player->stop, 1);
  g_atomic_rc_box_release_full (g_steal_pointer (&self->player), player_clear);
}

static void
start (VavAppRing *self)
{
  static const char *const names[] = { NULL, "sounds/ring.wav", "sounds/waiting.wav", "sounds/ringback.wav" };
  g_autofree char *path = vav_app_paths_find_data (names[self->sound]);
  GThread *thread;

  if (path == NULL)
    return;
  self->player = g_atomic_rc_box_new0 (Player);
  self->player->once = self->sound == VAV_APP_SOUND_WAITING;
  self->player->path = g_steal_pointer (&path);
  thread = g_thread_try_new ("ring", play, g_atomic_rc_box_acquire (self->player), NULL);
  if (thread != NULL)
    g_thread_unref (thread);
  else
    {
      g_atomic_rc_box_release_full (self->player, player_clear);
      stop (self);
    }
}

static void
on_devices (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) devices = vav_devices_list_finish (result, &error);
  VavAppRing *self = user_data;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  g_clear_object (&self->cancellable);
  for (guint i = 0; devices != NULL && i < devices->len; i++)
    if (vav_device_get_kind (g_ptr_array_index (devices, i)) == VAV_DEVICE_SPEAKER)
      self->has_speaker = TRUE;
  if (self->has_speaker && self->sound != VAV_APP_SOUND_NONE && self->player == NULL)
    start (self);
}

VavAppRing *
vav_app_ring_new (void)
{
  return g_new0 (VavAppRing, 1);
}

void
vav_app_ring_free (VavAppRing *self)
{
  stop (self);
  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_free (self);
}

void
vav_app_ring_play (VavAppRing *self, VavAppSound sound)
{
  if (self->sound == sound)
    return;
  stop (self);
  self->sound = sound;
  if (sound == VAV_APP_SOUND_NONE)
    return;
  if (self->has_speaker)
    start (self);
  else if (self->cancellable == NULL)
    {
      /* trying to play where there is no speaker makes sound libraries complain on stderr */
      self->cancellable = g_cancellable_new ();
      vav_devices_list_async (self->cancellable, on_devices, self);
    }
}
