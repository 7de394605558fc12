/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What becomes of a picture when cameras cannot be used, go and come back. The cameras are GStreamer's own test sources, told of by a provider
 * that stands in the place of the system's: no computer that runs tests has two cameras to pull out. */
#include <gst/gst.h>
#include <gst/video/video.h>

#include "net/media/vav-media-private.h"
#include "pair.h"

#define PROVIDER "v4l2deviceprovider"

typedef struct
{
  GstDevice parent_instance;

  int width; /* 0: it cannot be opened */
  int tries; /* how often that was asked for, atomic */
} Camera;

typedef struct
{
  GstDeviceClass parent_class;
} CameraClass;

typedef struct
{
  GstDeviceProvider parent_instance;
} Shelf;

typedef struct
{
  GstDeviceProviderClass parent_class;
} ShelfClass;

GType camera_get_type (void);
GType shelf_get_type (void);

G_DEFINE_TYPE (Camera, camera, GST_TYPE_DEVICE)
G_DEFINE_TYPE (Shelf, shelf, GST_TYPE_DEVICE_PROVIDER)

static GstElement *
camera_create_element (GstDevice *device, const char *name)
{
  Camera *self = (Camera *)device;
  int width = g_atomic_int_get (&self->width);
  g_autofree char *good
      = g_strdup_printf ("videotestsrc is-live=true ! capsfilter caps=video/x-raw,width=%d,height=240", width);

  g_atomic_int_inc (&self->tries);
  /* a file without a name is a source that does not start */
  return width == 0 ? gst_element_factory_make ("filesrc", name) : gst_parse_bin_from_description (good, TRUE, NULL);
}

static void
camera_class_init (CameraClass *klass)
{
  GST_DEVICE_CLASS (klass)->create_element = camera_create_element;
}

static void
camera_init (Camera *self)
{
}

static gboolean
shelf_start (GstDeviceProvider *provider)
{
  return TRUE;
}

static void
shelf_class_init (ShelfClass *klass)
{
  klass->parent_class.start = shelf_start;
  gst_device_provider_class_set_static_metadata (&klass->parent_class, "Cameras", "Source/Video", "For tests",
                                                 "Visavis");
}

static void
shelf_init (Shelf *self)
{
}

/* Returns: (transfer full): a camera that is plugged in now */
static GstDevice *
plug (const char *name, int width)
{
  g_autoptr (GstDeviceProvider) shelf = gst_device_provider_factory_get_by_name (PROVIDER);
  g_autoptr (GstCaps) caps
      = gst_caps_new_simple ("video/x-raw", "width", G_TYPE_INT, width, "height", G_TYPE_INT, 240, NULL);
  GstDevice *camera
      = g_object_new (camera_get_type (), "display-name", name, "device-class", "Video/Source", "caps", caps, NULL);

  ((Camera *)camera)->width = width;
  gst_object_ref_sink (camera);
  gst_device_provider_device_add (shelf, camera);

  return camera;
}

/* camera: (transfer full) */
static void
unplug (GstDevice *camera)
{
  g_autoptr (GstDeviceProvider) shelf = gst_device_provider_factory_get_by_name (PROVIDER);

  gst_device_provider_device_remove (shelf, camera);
  gst_object_unref (camera);
}

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
  gint64 limit = g_get_monotonic_time () + 15 * G_USEC_PER_SEC;

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
  GstDevice *one = plug ("one", 0), *two = plug ("two", 0);
  Eye eye = { NULL };

  eye_open (&eye, "one");
  wait_until (&eye, has_failed);
  pair_run (0.3);
  g_assert_cmpuint (eye.failures, ==, 1);
  g_assert_false (vav_media_is_open (eye.media, VAV_MEDIA_VIDEO));
  g_assert_false (vav_media_has (eye.media, VAV_MEDIA_VIDEO));
  eye_close (&eye);
  unplug (one);
  unplug (two);
}

/* The camera that was chosen cannot be used and another takes its place. Once it was pulled out and plugged in again, it is used: not before, whatever
 * else comes. */
static void
test_comes_back (void)
{
  GstDevice *chosen = plug ("chosen", 0), *other = plug ("other", 320), *third;
  Eye eye = { NULL };

  eye_open (&eye, "chosen");
  vav_media_start_watching (eye.media);
  wait_until (&eye, sees_320);
  third = plug ("third", 160);
  pair_run (0.3);
  g_assert_cmpint (g_atomic_int_get (&eye.width), ==, 320);
  g_assert_true (vav_media_is_open (eye.media, VAV_MEDIA_VIDEO));

  unplug (chosen);
  wait_until (&eye, has_forgiven);
  chosen = plug ("chosen", 640);
  wait_until (&eye, sees_640);
  g_assert_cmpuint (eye.failures, ==, 0);
  eye_close (&eye);
  unplug (chosen);
  unplug (other);
  unplug (third);
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
  GstDevice *busy = plug ("busy", 0), *other;
  Eye eye = { NULL };
  int tries;

  g_test_summary ("W18: a camera that is in use elsewhere is no obstacle, and is offered when it can be used");
  eye_open (&eye, "busy");
  vav_media_start_watching (eye.media);
  vav_media_begin_session (eye.media);
  wait_until (&eye, has_failed);
  pair_run (8.0);
  tries = g_atomic_int_get (&((Camera *)busy)->tries);
  g_test_message ("tried %d times in 8 s", tries);
  g_assert_cmpint (tries, ==, 2);
  g_assert_cmpuint (eye.failures, ==, 1);
  g_assert_cmpuint (eye.changes, ==, 1);
  g_assert_false (vav_media_has (eye.media, VAV_MEDIA_VIDEO));

  g_atomic_int_set (&((Camera *)busy)->width, 320);
  other = plug ("other", 640);
  wait_until (&eye, sees_320);
  wait_until (&eye, has_a_camera);
  g_assert_cmpuint (eye.failures, ==, 1);
  g_assert_cmpuint (eye.changes, ==, 2);
  vav_media_end_session (eye.media);
  eye_close (&eye);
  unplug (busy);
  unplug (other);
}

/* A camera is chosen that cannot be opened: the one that works goes on without a stop, though it is not the default one, and that is told. */
static void
test_bad_choice (void)
{
  GstDevice *first = plug ("a default", 160), *good = plug ("good", 320), *bad = plug ("bad", 0), *later;
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
  later = plug ("later", 640);
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
  unplug (first);
  unplug (good);
  unplug (bad);
  unplug (later);
}

/* The other providers are this computer's own business. */
static void
set_up_providers (void)
{
  static const char *const others[] = { "pulsedeviceprovider", "pipewiredeviceprovider", "alsadeviceprovider" };

  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    {
      GstPluginFeature *feature
          = gst_registry_find_feature (gst_registry_get (), others[i], GST_TYPE_DEVICE_PROVIDER_FACTORY);

      if (feature != NULL)
        gst_registry_remove_feature (gst_registry_get (), feature);
      g_clear_pointer (&feature, gst_object_unref);
    }
  g_assert_true (gst_device_provider_register (NULL, PROVIDER, GST_RANK_PRIMARY, shelf_get_type ()));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (NULL, NULL);
  set_up_providers ();

  g_test_add_func ("/media/fallback/none-works", test_none_works);
  g_test_add_func ("/media/fallback/comes-back", test_comes_back);
  g_test_add_func ("/media/fallback/busy", test_busy);
  g_test_add_func ("/media/fallback/bad-choice", test_bad_choice);

  return g_test_run ();
}
