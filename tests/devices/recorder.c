/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* recorder PROFILE MEDIA FOLDER: takes one call and keeps what comes in, as another program than ours would: over the public header.
 *
 * Tells on stdout, as visavis-cli does: {"event":"listening","address":…}, "active", "frame" and "sound" (the first is there), "kept" with
 * "width" and "height" (a picture), "peer-sharing" with "value", "ended".
 * Leaves in FOLDER a picture a second (N.ppm, sixty at most) and the sound (sound.wav, 16 bit, one channel). SIGTERM ends it. */
#include <glib-unix.h>
#include <gst/audio/audio.h>
#include <gst/video/video.h>

#include "net/visavis.h"

#define MAX_PICTURES 60
#define MAX_SOUND (60 * 48000 * 8)

typedef struct
{
  VavEndpoint *endpoint;
  VavStream *stream;
  const char *folder;
  GMainLoop *loop;
  gboolean peer_sharing;
  guint picture_id, sound_id; /* at the stream's outlets */

  GMutex lock;
  GPtrArray *pictures; /* under lock; element-type GstSample */
  gint64 last_picture; /* under lock: when, monotonic time */
  GstCaps *sound_caps; /* under lock; of the first sample, and of all of them */
  GByteArray *sound;   /* under lock */
} Recorder;

static void
tell (const char *event, const char *field, const char *value)
{
  if (field != NULL)
    g_print ("{\"event\":\"%s\",\"%s\":\"%s\"}\n", event, field, value);
  else
    g_print ("{\"event\":\"%s\"}\n", event);
}

static void
tell_kept (GstCaps *caps)
{
  GstStructure *structure = gst_caps_get_structure (caps, 0);
  int width = 0, height = 0;

  gst_structure_get (structure, "width", G_TYPE_INT, &width, "height", G_TYPE_INT, &height, NULL);
  g_print ("{\"event\":\"kept\",\"width\":%d,\"height\":%d}\n", width, height);
}

/* Streaming thread: a picture is kept as it is, written at the end. */
static void
on_picture (gpointer sample, gpointer user_data)
{
  Recorder *self = user_data;
  gint64 now = g_get_monotonic_time ();

  g_mutex_lock (&self->lock);
  if (self->pictures->len < MAX_PICTURES && now - self->last_picture >= G_USEC_PER_SEC)
    {
      /* Decoders have few buffers: what is kept is a copy. */
      g_autoptr (GstBuffer) copy = gst_buffer_copy_deep (gst_sample_get_buffer (sample));

      g_ptr_array_add (self->pictures, gst_sample_new (copy, gst_sample_get_caps (sample), NULL, NULL));
      self->last_picture = now;
      tell_kept (gst_sample_get_caps (sample));
    }
  g_mutex_unlock (&self->lock);
}

/* Streaming thread. */
static void
on_sound (gpointer sample, gpointer user_data)
{
  Recorder *self = user_data;
  GstBuffer *buffer = gst_sample_get_buffer (sample);
  GstMapInfo map;

  if (!gst_buffer_map (buffer, &map, GST_MAP_READ))
    return;
  g_mutex_lock (&self->lock);
  if (self->sound_caps == NULL)
    self->sound_caps = gst_caps_ref (gst_sample_get_caps (sample));
  if (self->sound->len + map.size <= MAX_SOUND && gst_caps_is_equal (self->sound_caps, gst_sample_get_caps (sample)))
    g_byte_array_append (self->sound, map.data, (guint)map.size);
  g_mutex_unlock (&self->lock);
  gst_buffer_unmap (buffer, &map);
}

/* Rows without padding, after a header. */
static void
write_picture (Recorder *self, GstSample *sample, guint number)
{
  g_autoptr (GstCaps) caps = gst_caps_from_string ("video/x-raw,format=RGB");
  g_autoptr (GError) error = NULL;
  g_autoptr (GstSample) rgb = gst_video_convert_sample (sample, caps, 5 * GST_SECOND, &error);
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree char *name = g_strdup_printf ("%02u.ppm", number);
  g_autofree char *path = g_build_filename (self->folder, name, NULL);
  GstVideoInfo info;
  GstVideoFrame frame;

  if (rgb == NULL || !gst_video_info_from_caps (&info, gst_sample_get_caps (rgb))
      || !gst_video_frame_map (&frame, &info, gst_sample_get_buffer (rgb), GST_MAP_READ))
    {
      g_printerr ("A picture was lost: %s\n", error != NULL ? error->message : "not readable");
      return;
    }
  g_string_append_printf (text, "P6\n%d %d\n255\n", GST_VIDEO_FRAME_WIDTH (&frame), GST_VIDEO_FRAME_HEIGHT (&frame));
  for (int row = 0; row < GST_VIDEO_FRAME_HEIGHT (&frame); row++)
    g_string_append_len (text,
                         (const char *)GST_VIDEO_FRAME_PLANE_DATA (&frame, 0)
                             + (gsize)row * (gsize)GST_VIDEO_FRAME_PLANE_STRIDE (&frame, 0),
                         3 * (gssize)GST_VIDEO_FRAME_WIDTH (&frame));
  gst_video_frame_unmap (&frame);
  g_file_set_contents (path, text->str, (gssize)text->len, NULL);
}

static void
append_number (GByteArray *file, guint32 number, guint bytes)
{
  guint32 little = GUINT32_TO_LE (number);

  g_byte_array_append (file, (const guint8 *)&little, bytes);
}

/* RIFF header of one channel of 16 bit. */
static GByteArray *
make_header (guint rate, gsize size)
{
  GByteArray *file = g_byte_array_new ();

  g_byte_array_append (file, (const guint8 *)"RIFF", 4);
  append_number (file, 36 + (guint32)size, 4);
  g_byte_array_append (file, (const guint8 *)"WAVEfmt ", 8);
  append_number (file, 16, 4);
  append_number (file, 1, 2);
  append_number (file, 1, 2);
  append_number (file, rate, 4);
  append_number (file, 2 * rate, 4);
  append_number (file, 2, 2);
  append_number (file, 16, 2);
  g_byte_array_append (file, (const guint8 *)"data", 4);
  append_number (file, (guint32)size, 4);

  return file;
}

static void
write_sound (Recorder *self)
{
  g_autofree char *path = g_build_filename (self->folder, "sound.wav", NULL);
  g_autoptr (GByteArray) file = NULL;
  GstAudioConverter *converter;
  GstAudioInfo in, out;
  gpointer samples = NULL;
  gsize size = 0;

  if (self->sound_caps == NULL || !gst_audio_info_from_caps (&in, self->sound_caps))
    return;
  gst_audio_info_set_format (&out, GST_AUDIO_FORMAT_S16LE, GST_AUDIO_INFO_RATE (&in), 1, NULL);
  converter = gst_audio_converter_new (GST_AUDIO_CONVERTER_FLAG_NONE, &in, &out, NULL);
  if (converter != NULL
      && gst_audio_converter_convert (converter, GST_AUDIO_CONVERTER_FLAG_NONE, self->sound->data, self->sound->len,
                                      &samples, &size))
    {
      file = make_header ((guint)GST_AUDIO_INFO_RATE (&in), size);
      g_byte_array_append (file, samples, (guint)size);
      g_file_set_contents (path, (const char *)file->data, (gssize)file->len, NULL);
    }
  g_free (samples);
  g_clear_pointer (&converter, gst_audio_converter_free);
}

static void
on_requested (VavStream *stream, VavRequest *request, Recorder *self)
{
  vav_request_accept (request, VAV_FLOW_ALL, NULL);
  vav_stream_set_detection (stream, FALSE);
}

static void
on_state (VavStream *stream, GParamSpec *pspec, Recorder *self)
{
  if (vav_stream_get_state (stream) == VAV_STATE_ACTIVE)
    tell ("active", NULL, NULL);
}

static void
on_first_frame (VavStream *stream, double ms, Recorder *self)
{
  tell ("frame", NULL, NULL);
}

/* Notified also when nothing changed. */
static void
on_peer_sharing (VavStream *stream, GParamSpec *pspec, Recorder *self)
{
  if (self->peer_sharing == vav_stream_get_peer_sharing (stream))
    return;
  self->peer_sharing = !self->peer_sharing;
  tell ("peer-sharing", "value", self->peer_sharing ? "yes" : "no");
}

static void
on_first_sound (VavStream *stream, double ms, Recorder *self)
{
  tell ("sound", NULL, NULL);
}

static void
on_closed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Recorder *self = user_data;

  vav_endpoint_close_finish (self->endpoint, result, NULL);
  g_main_loop_quit (self->loop);
}

static void
on_ended (VavStream *stream, gboolean graceful, VavReason reason, GBytes *data, Recorder *self)
{
  tell ("ended", "graceful", graceful ? "yes" : "no");
  vav_endpoint_close_async (self->endpoint, on_closed, self);
}

static gboolean
on_signal (gpointer user_data)
{
  Recorder *self = user_data;

  vav_stream_set_detection (self->stream, FALSE);
  if (vav_stream_is_busy (self->stream))
    vav_stream_hang_up (self->stream, NULL);
  else
    vav_endpoint_close_async (self->endpoint, on_closed, self);

  return G_SOURCE_REMOVE;
}

static void
on_listening (VavEndpoint *endpoint, GParamSpec *pspec, Recorder *self)
{
  const char *address = vav_endpoint_get_listening_address (endpoint);

  if (address != NULL)
    tell ("listening", "address", address);
}

static gboolean
start (Recorder *self, const char *profile, const char *media, GError **error)
{
  self->endpoint = vav_endpoint_new (profile, media, error);
  if (self->endpoint == NULL || !vav_endpoint_set_listen (self->endpoint, "127.0.0.1:0", error))
    return FALSE;

  self->stream = vav_stream_new (self->endpoint);
  g_signal_connect (self->endpoint, "notify::listening-address", G_CALLBACK (on_listening), self);
  g_signal_connect (self->stream, "connection-requested", G_CALLBACK (on_requested), self);
  g_signal_connect (self->stream, "notify::state", G_CALLBACK (on_state), self);
  g_signal_connect (self->stream, "first-frame", G_CALLBACK (on_first_frame), self);
  g_signal_connect (self->stream, "first-sound", G_CALLBACK (on_first_sound), self);
  g_signal_connect (self->stream, "notify::peer-sharing", G_CALLBACK (on_peer_sharing), self);
  g_signal_connect (self->stream, "ended", G_CALLBACK (on_ended), self);
  self->picture_id = vav_outlet_attach (vav_stream_get_video_in (self->stream), on_picture, self, NULL);
  self->sound_id = vav_outlet_attach (vav_stream_get_audio_in (self->stream), on_sound, self, NULL);
  vav_stream_set_detection (self->stream, TRUE);

  return TRUE;
}

static void
clear (Recorder *self)
{
  g_clear_object (&self->stream);
  g_clear_object (&self->endpoint);
  g_clear_pointer (&self->pictures, g_ptr_array_unref);
  g_clear_pointer (&self->sound, g_byte_array_unref);
  g_clear_pointer (&self->sound_caps, gst_caps_unref);
  g_clear_pointer (&self->loop, g_main_loop_unref);
}

/* Nobody adds any more. */
static void
write_all (Recorder *self)
{
  vav_outlet_detach (vav_stream_get_video_in (self->stream), self->picture_id);
  vav_outlet_detach (vav_stream_get_audio_in (self->stream), self->sound_id);

  for (guint i = 0; i < self->pictures->len; i++)
    write_picture (self, g_ptr_array_index (self->pictures, i), i);
  write_sound (self);
}

int
main (int argc, char **argv)
{
  Recorder self = { 0 };
  g_autoptr (GError) error = NULL;

  if (argc != 4)
    {
      g_printerr ("recorder PROFILE MEDIA FOLDER\n");
      return 2;
    }
  gst_init (NULL, NULL);
  self.folder = argv[3];
  self.loop = g_main_loop_new (NULL, FALSE);
  self.pictures = g_ptr_array_new_with_free_func ((GDestroyNotify)gst_sample_unref);
  self.sound = g_byte_array_new ();
  g_unix_signal_add (SIGTERM, on_signal, &self);
  g_unix_signal_add (SIGINT, on_signal, &self);

  if (!start (&self, argv[1], argv[2], &error))
    {
      g_printerr ("%s\n", error->message);
      return 1;
    }
  g_main_loop_run (self.loop);

  write_all (&self);
  clear (&self);

  return 0;
}
