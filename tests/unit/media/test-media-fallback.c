/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What becomes of a picture when cameras cannot be used, go and come back. */
#include <gst/video/video.h>

#include "net/media/vav-media-private.h"
#include "pair.h"
#include "shelf.h"
#include "tests/lib/tolerate.h"

typedef struct
{
  VavMedia *media;
  guint consumer;
  guint failures;
  gboolean has;  /* a camera, as far as was told */
  guint changes; /* of that */
  int watched;   /* atomic: pictures are to be 320 wide */
  int strangers; /* atomic: that were not, meanwhile */
  int width;     /* atomic: of the last picture */
} Eye;

/* The capture's thread */
static void
on_picture (gpointer sample, gpointer user_data)
{
  Eye *eye = user_data;
  GstVideoInfo info;

  gst_video_info_from_caps (&info, gst_sample_get_caps (sample));
  g_atomic_int_set (&eye->width, GST_VIDEO_INFO_WIDTH (&info));
  if (g_atomic_int_get (&eye->watched) && GST_VIDEO_INFO_WIDTH (&info) != 320)
    g_atomic_int_inc (&eye->strangers);
}

static void
on_device_failed (VavMedia *media, int kind, GError *error, Eye *eye)
{
  eye->failures += kind == VAV_MEDIA_VIDEO;
}

static void
on_changed (VavMedia *media, Eye *eye)
{
  eye->changes += eye->has != vav_media_has (media, VAV_MEDIA_VIDEO);
  eye->has = vav_media_has (media, VAV_MEDIA_VIDEO);
}

static void
eye_open (Eye *eye, const char *camera)
{
  eye->media = vav_media_new ("auto", NULL, NULL);
  eye->has = TRUE;
  g_signal_connect (eye->media, "device-failed", G_CALLBACK (on_device_failed), eye);
  g_signal_connect (eye->media, "changed", G_CALLBACK (on_changed), eye);
  eye->consumer = vav_outlet_attach (vav_media_get_outlet (eye->media, VAV_MEDIA_VIDEO), on_picture, eye, NULL);
  vav_media_set_device (eye->media, VAV_DEVICE_CAMERA, camera);
  vav_media_hold (eye->media, VAV_MEDIA_VIDEO);
}

static void
eye_close (Eye *eye)
{
  vav_media_release (eye->media, VAV_MEDIA_VIDEO);
  vav_media_stop_watching (eye->media);
  vav_outlet_detach (vav_media_get_outlet (eye->media, VAV_MEDIA_VIDEO), eye->consumer);
  g_object_unref (eye->media);
}

typedef gboolean (*Condition) (Eye *eye);

static void
wait_until (Eye *eye, Condition condition)
{
  gint64 limit = g_get_monotonic_time () + 60 * G_USEC_PER_SEC;

  while (!condition (eye))
    {
      pair_run (0.02);
      g_assert_cmpint (g_get_monotonic_time (), <, limit);
    }
}

static gboolean
has_failed (Eye *eye)
{
  return eye->failures > 0;
}

static gboolean
has_forgiven (Eye *eye)
{
  return vav_capture_get_avoided (eye->media->sources[VAV_MEDIA_VIDEO].capture)->len == 0;
}

static gboolean
sees_320 (Eye *eye)
{
  return g_atomic_int_get (&eye->width) == 320;
}

static gboolean
sees_640 (Eye *eye)
{
  return g_atomic_int_get (&eye->width) == 640;
}

/* Two cameras of which neither can be used: that is told once, and neither is tried again. */
static void
test_none_works (void)
{
  GstDevice *one = shelf_plug_camera ("one", 0), *two = shelf_plug_camera ("two", 0);
  Eye eye = { NULL };

  eye_open (&eye, "one");
  wait_until (&eye, has_failed);
  pair_run (0.3);
  g_assert_cmpuint (eye.failures, ==, 1);
  g_assert_false (vav_media_is_open (eye.media, VAV_MEDIA_VIDEO));
  g_assert_false (vav_media_has (eye.media, VAV_MEDIA_VIDEO));
  eye_close (&eye);
  shelf_unplug (one);
  shelf_unplug (two);
}

/* The camera that was chosen cannot be used and another takes its place. Once it was pulled out and plugged in again, it is used: not before, whatever
 * else comes. */
static void
test_comes_back (void)
{
  GstDevice *chosen = shelf_plug_camera ("chosen", 0), *other = shelf_plug_camera ("other", 320), *third;
  Eye eye = { NULL };

  eye_open (&eye, "chosen");
  vav_media_start_watching (eye.media);
  wait_until (&eye, sees_320);
  third = shelf_plug_camera ("third", 160);
  pair_run (0.3);
  g_assert_cmpint (g_atomic_int_get (&eye.width), ==, 320);
  g_assert_true (vav_media_is_open (eye.media, VAV_MEDIA_VIDEO));

  shelf_unplug (chosen);
  wait_until (&eye, has_forgiven);
  chosen = shelf_plug_camera ("chosen", 640);
  wait_until (&eye, sees_640);
  g_assert_cmpuint (eye.failures, ==, 0);
  eye_close (&eye);
  shelf_unplug (chosen);
  shelf_unplug (other);
  shelf_unplug (third);
}

static gboolean
has_no_camera (Eye *eye)
{
  return !vav_media_has (eye->media, VAV_MEDIA_VIDEO);
}

static gboolean
has_a_camera (Eye *eye)
{
  return vav_media_has (eye->media, VAV_MEDIA_VIDEO);
}

/* A camera that another program uses, in a call: it is tried again after pauses that grow, which nobody is told of; at once when a device comes or goes;
 * and it is there when it gives pictures. */
static void
test_busy (void)
{
  GstDevice *busy = shelf_plug_camera ("busy", 0), *other;
  Eye eye = { NULL };
  int tries;

  g_test_summary ("W18: a camera that is in use elsewhere is no obstacle, and is offered when it can be used");
  eye_open (&eye, "busy");
  vav_media_start_watching (eye.media);
  vav_media_begin_session (eye.media);
  wait_until (&eye, has_failed);
  pair_run (8.0);
  tries = shelf_get_tries (busy);
  g_test_message ("tried %d times in 8 s", tries);
  g_assert_cmpint (tries, ==, 2);
  g_assert_cmpuint (eye.failures, ==, 1);
  g_assert_cmpuint (eye.changes, ==, 1);
  g_assert_false (vav_media_has (eye.media, VAV_MEDIA_VIDEO));

  shelf_set_width (busy, 320);
  other = shelf_plug_camera ("other", 640);
  wait_until (&eye, sees_320);
  wait_until (&eye, has_a_camera);
  g_assert_cmpuint (eye.failures, ==, 1);
  g_assert_cmpuint (eye.changes, ==, 2);
  vav_media_end_session (eye.media);
  eye_close (&eye);
  shelf_unplug (busy);
  shelf_unplug (other);
}

/* There is no camera, which is known before somebody asks for one: nothing else is told because of that. One that comes is offered. */
static void
test_absent (void)
{
  GstDevice *camera;
  Eye eye = { .has = TRUE };

  g_test_summary ("W18: where there is no camera none is offered, and one that is plugged in later is");
  eye.media = vav_media_new ("auto", NULL, NULL);
  g_signal_connect (eye.media, "changed", G_CALLBACK (on_changed), &eye);
  vav_media_start_watching (eye.media);
  wait_until (&eye, has_no_camera);
  vav_media_hold (eye.media, VAV_MEDIA_VIDEO);
  g_assert_false (vav_media_has (eye.media, VAV_MEDIA_VIDEO));
  pair_run (0.5);
  g_assert_cmpuint (eye.changes, ==, 1);

  camera = shelf_plug_camera ("camera", 320);
  wait_until (&eye, has_a_camera);
  g_assert_cmpuint (eye.changes, ==, 2);
  vav_media_release (eye.media, VAV_MEDIA_VIDEO);
  vav_media_stop_watching (eye.media);
  g_object_unref (eye.media);
  shelf_unplug (camera);
}

/* A camera is chosen that cannot be opened: the one that works goes on without a stop, though it is not the default one, and that is told. */
static void
test_bad_choice (void)
{
  GstDevice *first = shelf_plug_camera ("a default", 160), *good = shelf_plug_camera ("good", 320),
            *bad = shelf_plug_camera ("bad", 0), *later;
  Eye eye = { NULL };
  VavDevice *present, *before;

  g_test_summary ("W19: choosing a camera that cannot be used costs nobody the one that works");
  eye_open (&eye, "good");
  vav_media_start_watching (eye.media);
  wait_until (&eye, sees_320);
  before = vav_capture_dup_device (eye.media->sources[VAV_MEDIA_VIDEO].capture);
  g_atomic_int_set (&eye.watched, TRUE);
  vav_media_set_device (eye.media, VAV_DEVICE_CAMERA, "bad");
  wait_until (&eye, has_failed);
  later = shelf_plug_camera ("later", 640);
  pair_run (0.5);
  present = vav_capture_dup_device (eye.media->sources[VAV_MEDIA_VIDEO].capture);
  g_assert_true (present == before);
  g_atomic_int_set (&eye.watched, FALSE);
  g_assert_cmpuint (eye.failures, ==, 1);
  g_assert_cmpuint (eye.changes, ==, 0);
  g_assert_cmpint (g_atomic_int_get (&eye.strangers), ==, 0);
  g_object_unref (present);
  g_object_unref (before);

  /* and it can be changed over from there */
  vav_media_set_device (eye.media, VAV_DEVICE_CAMERA, "later");
  wait_until (&eye, sees_640);
  eye_close (&eye);
  shelf_unplug (first);
  shelf_unplug (good);
  shelf_unplug (bad);
  shelf_unplug (later);
}

/* Stands for the decoder of files, and says of what it finds nothing. */
typedef struct
{
  GstElement parent_instance;
} Riddle;

typedef struct
{
  GstElementClass parent_class;
} RiddleClass;

GType riddle_get_type (void);

G_DEFINE_TYPE (Riddle, riddle, GST_TYPE_ELEMENT)

static GstStateChangeReturn
riddle_change_state (GstElement *element, GstStateChange transition)
{
  GstStateChangeReturn done = GST_ELEMENT_CLASS (riddle_parent_class)->change_state (element, transition);

  if (transition == GST_STATE_CHANGE_READY_TO_PAUSED)
    {
      gst_element_add_pad (element, gst_pad_new ("src", GST_PAD_SRC));
      gst_element_no_more_pads (element);
    }

  return done;
}

static void
riddle_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
}

static void
riddle_class_init (RiddleClass *klass)
{
  G_OBJECT_CLASS (klass)->set_property = riddle_set_property;
  klass->parent_class.change_state = riddle_change_state;
  gst_element_class_set_static_metadata (&klass->parent_class, "Riddle", "Source/Decoder", "For tests", "Visavis");
  g_object_class_install_property (G_OBJECT_CLASS (klass), 1,
                                   g_param_spec_string ("uri", NULL, NULL, NULL, G_PARAM_WRITABLE));
}

static void
riddle_init (Riddle *self)
{
}

/* Of a file comes something that may be anything: it has no picture, then, and no harm is done. */
static void
test_riddle (void)
{
  GstPluginFeature *decoder = gst_registry_find_feature (gst_registry_get (), "uridecodebin", GST_TYPE_ELEMENT_FACTORY);
  Eye eye = { NULL };

  gst_registry_remove_feature (gst_registry_get (), decoder);
  gst_object_unref (decoder);
  g_assert_true (gst_element_register (NULL, "uridecodebin", GST_RANK_NONE, riddle_get_type ()));
  eye.media = vav_media_new ("/proc/self/exe", NULL, NULL);
  g_signal_connect (eye.media, "device-failed", G_CALLBACK (on_device_failed), &eye);
  vav_media_hold (eye.media, VAV_MEDIA_VIDEO);
  wait_until (&eye, has_failed);
  vav_media_release (eye.media, VAV_MEDIA_VIDEO);
  g_object_unref (eye.media);
}

static gboolean
is_closing (Eye *eye)
{
  return shelf_get_closing () > 0;
}

static gboolean
has_device (Eye *eye)
{
  g_autoptr (VavDevice) device = vav_capture_dup_device (eye->media->sources[VAV_MEDIA_VIDEO].capture);

  return device != NULL;
}

static gboolean
is_closed (Eye *eye)
{
  return shelf_get_closing () == 0;
}

/* A camera that takes its time to close: whoever opens, closes and fails meanwhile neither waits for it nor frees what waits for it. */
static void
test_slow_to_close (void)
{
  GstDevice *one = shelf_plug_camera ("one", 320), *two = shelf_plug_camera ("two", 0);
  VavCapture *capture;
  Eye eye = { 0 };

  eye_open (&eye, "one");
  capture = eye.media->sources[VAV_MEDIA_VIDEO].capture;
  wait_until (&eye, sees_320);
  shelf_hold_cameras (TRUE);
  vav_capture_close (capture);
  wait_until (&eye, is_closing);
  for (guint i = 0; i < 3; i++)
    {
      vav_capture_open (capture);
      vav_capture_close (capture);
    }
  vav_capture_open (capture);
  wait_until (&eye, has_device); /* and waits for it */
  vav_capture_set_device (capture, "two");
  vav_capture_reopen (capture);
  wait_until (&eye, has_failed);
  shelf_hold_cameras (FALSE);
  wait_until (&eye, is_closed);
  eye_close (&eye);
  shelf_unplug (one);
  shelf_unplug (two);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (NULL, NULL);
  shelf_set_up ();

  g_test_add_func ("/media/fallback/none-works", test_none_works);
  g_test_add_func ("/media/fallback/comes-back", test_comes_back);
  g_test_add_func ("/media/fallback/absent", test_absent);
  g_test_add_func ("/media/fallback/busy", test_busy);
  g_test_add_func ("/media/fallback/bad-choice", test_bad_choice);
  g_test_add_func ("/media/fallback/slow-to-close", test_slow_to_close);
  g_test_add_func ("/media/fallback/riddle", test_riddle); /* the last: it takes the decoder's place */

  return tolerate_exit (g_test_run ());
}
