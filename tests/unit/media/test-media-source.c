/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where pictures and sound come from: test, file, none, devices that are not there. */
#include "tests/lib/tolerate.h"
#include <glib/gstdio.h>
#include <gst/gst.h>
#include <gst/video/video.h>
#include <string.h>

#include "net/media/vav-devices.h"
#include "net/media/vav-media.h"
#include "pair.h"

typedef struct
{
  VavMedia *media;
  int samples[VAV_N_MEDIA_KINDS]; /* atomic */
  int width, height;              /* atomic */
  gint64 first_pts, last_pts;     /* video, read when closed */
  guint failures[VAV_N_MEDIA_KINDS];
  guint consumers[VAV_N_MEDIA_KINDS];
} Eye;

static void
on_video (gpointer sample, gpointer user_data)
{
  Eye *eye = user_data;
  GstVideoInfo info;
  GstBuffer *buffer = gst_sample_get_buffer (sample);

  gst_video_info_from_caps (&info, gst_sample_get_caps (sample));
  g_atomic_int_set (&eye->width, GST_VIDEO_INFO_WIDTH (&info));
  g_atomic_int_set (&eye->height, GST_VIDEO_INFO_HEIGHT (&info));
  if (eye->first_pts == 0)
    eye->first_pts = (gint64)GST_BUFFER_PTS (buffer);
  eye->last_pts = (gint64)GST_BUFFER_PTS (buffer);
  g_atomic_int_inc (&eye->samples[VAV_MEDIA_VIDEO]);
}

static void
on_audio (gpointer sample, gpointer user_data)
{
  Eye *eye = user_data;

  if (gst_buffer_get_size (gst_sample_get_buffer (sample)) == 960)
    g_atomic_int_inc (&eye->samples[VAV_MEDIA_AUDIO]);
}

static void
on_device_failed (VavMedia *media, int kind, GError *error, Eye *eye)
{
  g_assert_error (error, VAV_ERROR, VAV_ERROR_DEVICE);
  eye->failures[kind]++;
}

static Eye *
eye_new (const char *source)
{
  Eye *eye = g_new0 (Eye, 1);
  g_autoptr (GError) error = NULL;

  eye->media = vav_media_new (source, "seed", &error);
  g_assert_no_error (error);
  eye->consumers[VAV_MEDIA_VIDEO]
      = vav_outlet_attach (vav_media_get_outlet (eye->media, VAV_MEDIA_VIDEO), on_video, eye, NULL);
  eye->consumers[VAV_MEDIA_AUDIO]
      = vav_outlet_attach (vav_media_get_outlet (eye->media, VAV_MEDIA_AUDIO), on_audio, eye, NULL);
  g_signal_connect (eye->media, "device-failed", G_CALLBACK (on_device_failed), eye);

  return eye;
}

static void
eye_hold (Eye *eye, gboolean hold)
{
  for (guint i = 0; i < VAV_N_MEDIA_KINDS; i++)
    (hold ? vav_media_hold : vav_media_release) (eye->media, (VavMediaKind)i);
}

static void
eye_free (Eye *eye)
{
  for (guint i = 0; i < VAV_N_MEDIA_KINDS; i++)
    vav_outlet_detach (vav_media_get_outlet (eye->media, (VavMediaKind)i), eye->consumers[i]);
  g_object_unref (eye->media);
  g_free (eye);
}

static int
seen (Eye *eye, VavMediaKind kind)
{
  return g_atomic_int_get (&eye->samples[kind]);
}

static void
wait_for_samples (Eye *eye, int video, int audio)
{
  gint64 limit = g_get_monotonic_time () + 60 * G_USEC_PER_SEC;

  while (seen (eye, VAV_MEDIA_VIDEO) < video || seen (eye, VAV_MEDIA_AUDIO) < audio)
    {
      pair_run (0.02);
      g_assert_cmpint (g_get_monotonic_time (), <, limit);
    }
}

/* Nothing comes before a hold, pictures and sound come while one is there, nothing after the last release; holds are counted. */
static void
test_holds (void)
{
  Eye *eye = eye_new ("test");
  int video;

  pair_run (0.2);
  g_assert_cmpint (seen (eye, VAV_MEDIA_VIDEO) + seen (eye, VAV_MEDIA_AUDIO), ==, 0);
  g_assert_true (vav_media_has (eye->media, VAV_MEDIA_VIDEO));
  eye_hold (eye, TRUE);
  eye_hold (eye, TRUE);
  wait_for_samples (eye, 10, 30);
  g_assert_cmpint (eye->width, ==, 1280);
  g_assert_cmpint (eye->height, ==, 720);
  eye_hold (eye, FALSE);
  g_assert_true (vav_media_is_open (eye->media, VAV_MEDIA_VIDEO));
  eye_hold (eye, FALSE);
  g_assert_false (vav_media_is_open (eye->media, VAV_MEDIA_VIDEO));
  video = seen (eye, VAV_MEDIA_VIDEO);
  pair_run (0.2);
  g_assert_cmpint (seen (eye, VAV_MEDIA_VIDEO), ==, video);
  eye_free (eye);
}

/* "none" is nothing, and no error. */
static void
test_none (void)
{
  Eye *eye = eye_new ("none");

  eye_hold (eye, TRUE);
  pair_run (0.3);
  for (guint i = 0; i < VAV_N_MEDIA_KINDS; i++)
    {
      g_assert_false (vav_media_has (eye->media, (VavMediaKind)i));
      g_assert_cmpint (seen (eye, (VavMediaKind)i), ==, 0);
      g_assert_cmpuint (eye->failures[i], ==, 0);
    }
  eye_hold (eye, FALSE);
  eye_free (eye);
}

static char *
make_file (const char *folder, gboolean sound)
{
  char *path = g_build_filename (folder, sound ? "both.mkv" : "picture only.webm", NULL);
  g_autofree char *description = g_strdup_printf (
      "videotestsrc num-buffers=20 ! video/x-raw,width=400,height=300,framerate=20/1 ! vp8enc deadline=1 ! webmmux "
      "name=m ! "
      "filesink location=\"%s\" %s",
      path,
      sound ? "audiotestsrc num-buffers=50 samplesperbuffer=960 ! audio/x-raw,rate=48000 ! vorbisenc ! queue ! m."
            : "");
  g_autoptr (GError) error = NULL;
  g_autoptr (GstElement) pipeline = gst_parse_launch (description, &error);
  g_autoptr (GstBus) bus = NULL;
  g_autoptr (GstMessage) message = NULL;

  g_assert_no_error (error);
  bus = gst_element_get_bus (pipeline);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  message = gst_bus_timed_pop_filtered (bus, 20 * GST_SECOND, GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
  g_assert_nonnull (message);
  g_assert_cmpint (GST_MESSAGE_TYPE (message), ==, GST_MESSAGE_EOS);
  gst_element_set_state (pipeline, GST_STATE_NULL);

  return path;
}

/* A file of one second is played again and again, in its own time and shape, with time stamps of the monotonic clock that go on rising. */
static void
test_file (void)
{
  g_autofree char *folder = g_dir_make_tmp ("vav-media-XXXXXX", NULL);
  g_autofree char *path = make_file (folder, TRUE);
  Eye *eye = eye_new (path);
  gint64 start = g_get_monotonic_time ();
  double seconds;

  eye_hold (eye, TRUE);
  wait_for_samples (eye, 50, 200);
  seconds = (double)(g_get_monotonic_time () - start) / G_USEC_PER_SEC;
  eye_hold (eye, FALSE);
  g_test_message ("%d pictures and %d pieces of sound in %.1f s", seen (eye, VAV_MEDIA_VIDEO),
                  seen (eye, VAV_MEDIA_AUDIO), seconds);
  g_assert_cmpfloat (seconds, >, 1.8);
  g_assert_cmpint (eye->width, ==, 400);
  g_assert_cmpint (eye->height, ==, 300);
  g_assert_cmpint (eye->first_pts / 1000, >=, start);
  g_assert_cmpint (eye->last_pts - eye->first_pts, >, G_GINT64_CONSTANT (2000000000));
  g_assert_cmpint (eye->last_pts / 1000, <=, g_get_monotonic_time () + 100000);
  g_assert_cmpuint (eye->failures[0] + eye->failures[1], ==, 0);

  /* and again */
  g_atomic_int_set (&eye->samples[VAV_MEDIA_VIDEO], 0);
  eye_hold (eye, TRUE);
  wait_for_samples (eye, 5, 0);
  eye_hold (eye, FALSE);
  eye_free (eye);
  g_unlink (path);
  g_rmdir (folder);
}

static void
wait_for_failure (Eye *eye, VavMediaKind kind)
{
  gint64 limit = g_get_monotonic_time () + 60 * G_USEC_PER_SEC;

  while (eye->failures[kind] == 0)
    {
      pair_run (0.02);
      g_assert_cmpint (g_get_monotonic_time (), <, limit);
    }
}

/* A file without sound has a picture and tells that there is no sound; one that is no media file tells both; one that is not there cannot
 * be chosen. */
static void
test_poor_files (void)
{
  g_autofree char *folder = g_dir_make_tmp ("vav-media-XXXXXX", NULL);
  g_autofree char *path = make_file (folder, FALSE);
  g_autofree char *text = g_build_filename (folder, "text", NULL);
  g_autoptr (GError) error = NULL;
  Eye *eye = eye_new (path);

  eye_hold (eye, TRUE);
  wait_for_samples (eye, 10, 0);
  wait_for_failure (eye, VAV_MEDIA_AUDIO);
  g_assert_false (vav_media_has (eye->media, VAV_MEDIA_AUDIO));
  g_assert_true (vav_media_has (eye->media, VAV_MEDIA_VIDEO));
  g_assert_cmpuint (eye->failures[VAV_MEDIA_VIDEO], ==, 0);
  eye_hold (eye, FALSE);
  eye_free (eye);

  g_assert_true (g_file_set_contents (text, "not a film\n", -1, NULL));
  eye = eye_new (text);
  eye_hold (eye, TRUE);
  wait_for_failure (eye, VAV_MEDIA_VIDEO);
  wait_for_failure (eye, VAV_MEDIA_AUDIO);
  g_assert_false (vav_media_is_open (eye->media, VAV_MEDIA_VIDEO));
  /* who holds it too tries anew */
  memset (eye->failures, 0, sizeof eye->failures);
  eye_hold (eye, TRUE);
  wait_for_failure (eye, VAV_MEDIA_VIDEO);
  wait_for_failure (eye, VAV_MEDIA_AUDIO);
  eye_hold (eye, FALSE);
  eye_hold (eye, FALSE);
  eye_free (eye);

  g_unlink (text);
  g_unlink (path);
  g_assert_null (vav_media_new (path, NULL, &error));
  g_assert_error (error, VAV_ERROR, VAV_ERROR_DEVICE);
  g_rmdir (folder);
}

static void
on_list (GObject *object, GAsyncResult *result, gpointer user_data)
{
  GPtrArray **list = user_data;
  g_autoptr (GError) error = NULL;

  *list = vav_devices_list_finish (result, &error);
  g_assert_no_error (error);
}

/* Without any server of sound or pictures "auto" is quiet: no devices, no failures, soon. (What is in /dev of this computer is its own
 * business.) */
static void
test_no_devices (void)
{
  GPtrArray *list = NULL;
  gint64 start = g_get_monotonic_time ();
  Eye *eye;

  vav_devices_list_async (NULL, on_list, &list);
  while (list == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_test_message ("%u devices after %.0f ms", list->len, (double)(g_get_monotonic_time () - start) / 1000);
  if (list->len > 0)
    {
      g_ptr_array_unref (list);
      g_test_skip ("this computer has devices");
      return;
    }
  g_ptr_array_unref (list);

  eye = eye_new ("auto");
  eye_hold (eye, TRUE);
  start = g_get_monotonic_time ();
  while (vav_media_is_open (eye->media, VAV_MEDIA_VIDEO) || vav_media_is_open (eye->media, VAV_MEDIA_AUDIO))
    {
      pair_run (0.02);
      g_assert_cmpint (g_get_monotonic_time () - start, <, 60 * G_USEC_PER_SEC);
    }
  for (guint i = 0; i < VAV_N_MEDIA_KINDS; i++)
    {
      g_assert_false (vav_media_has (eye->media, (VavMediaKind)i));
      g_assert_cmpuint (eye->failures[i], ==, 0);
    }
  eye_hold (eye, FALSE);
  eye_free (eye);
}

/* Addresses of servers are checked when they are set. */
static void
test_servers (void)
{
  g_autoptr (VavMedia) media = vav_media_new ("none", NULL, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_true (vav_media_set_stun (media, "stun://192.0.2.1:3478", &error));
  g_assert_true (vav_media_set_turn (media, "turn://u:p@192.0.2.1", &error));
  g_assert_no_error (error);
  g_assert_false (vav_media_set_stun (media, "turn://u:p@192.0.2.1", &error));
  g_assert_error (error, VAV_ERROR, VAV_ERROR_INVALID_ADDRESS);
  g_clear_error (&error);
  g_assert_false (vav_media_set_turn (media, "nonsense", &error));
  g_assert_error (error, VAV_ERROR, VAV_ERROR_INVALID_ADDRESS);
  g_clear_error (&error);
  g_assert_true (vav_media_set_turn (media, NULL, &error));
}

int
main (int argc, char **argv)
{
  /* no server that happens to run here */
  g_setenv ("PIPEWIRE_RUNTIME_DIR", "/nonexistent", TRUE);
  g_setenv ("PULSE_SERVER", "unix:/nonexistent/pulse", TRUE);
  g_unsetenv ("XDG_RUNTIME_DIR");
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/media-source/holds", test_holds);
  g_test_add_func ("/media-source/none", test_none);
  g_test_add_func ("/media-source/file", test_file);
  g_test_add_func ("/media-source/poor-files", test_poor_files);
  g_test_add_func ("/media-source/no-devices", test_no_devices);
  g_test_add_func ("/media-source/servers", test_servers);

  return tolerate_exit (g_test_run ());
}
