/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "shelf.h"

#define PROVIDER "v4l2deviceprovider"

typedef struct
{
  GstDevice parent_instance;

  int width; /* atomic: of a camera's pictures; 0: it cannot be opened */
  int tries; /* atomic */
} Gadget;

typedef struct
{
  GstDeviceClass parent_class;
} GadgetClass;

typedef struct
{
  GstDeviceProvider parent_instance;
} Shelf;

typedef struct
{
  GstDeviceProviderClass parent_class;
} ShelfClass;

GType gadget_get_type (void);
GType shelf_get_type (void);

G_DEFINE_TYPE (Gadget, gadget, GST_TYPE_DEVICE)
G_DEFINE_TYPE (Shelf, shelf, GST_TYPE_DEVICE_PROVIDER)

/* What threads pass only while it is open. */
typedef struct
{
  gboolean shut;
  int waiting;
} Gate;

static GMutex lock; /* of both gates */
static GCond changed;
static Gate asking;  /* of the provider, for devices */
static Gate closing; /* of cameras */

static void
gate_pass (Gate *self)
{
  g_mutex_lock (&lock);
  self->waiting++;
  while (self->shut)
    g_cond_wait (&changed, &lock);
  self->waiting--;
  g_mutex_unlock (&lock);
}

static void
gate_set_shut (Gate *self, gboolean shut)
{
  g_mutex_lock (&lock);
  self->shut = shut;
  g_cond_broadcast (&changed);
  g_mutex_unlock (&lock);
}

static int
gate_get_waiting (Gate *self)
{
  int n;

  g_mutex_lock (&lock);
  n = self->waiting;
  g_mutex_unlock (&lock);

  return n;
}

/* A camera that is closed when it likes. */
typedef struct
{
  GstBin parent_instance;
} Camera;

typedef struct
{
  GstBinClass parent_class;
} CameraClass;

GType camera_get_type (void);

G_DEFINE_TYPE (Camera, camera, GST_TYPE_BIN)

static GstStateChangeReturn
camera_change_state (GstElement *element, GstStateChange transition)
{
  if (transition == GST_STATE_CHANGE_READY_TO_NULL)
    gate_pass (&closing);

  return GST_ELEMENT_CLASS (camera_parent_class)->change_state (element, transition);
}

static void
camera_class_init (CameraClass *klass)
{
  GST_ELEMENT_CLASS (klass)->change_state = camera_change_state;
}

static void
camera_init (Camera *self)
{
}

static GstElement *
make_camera (int width)
{
  GstElement *camera = g_object_new (camera_get_type (), NULL);
  g_autofree char *words
      = g_strdup_printf ("videotestsrc is-live=true ! capsfilter caps=video/x-raw,width=%d,height=240", width);
  GstElement *inside = gst_parse_bin_from_description (words, TRUE, NULL);
  g_autoptr (GstPad) pad = gst_element_get_static_pad (inside, "src");

  gst_bin_add (GST_BIN (camera), inside);
  gst_element_add_pad (camera, gst_ghost_pad_new ("src", pad));
  return camera;
}

void
shelf_hold_cameras (gboolean hold)
{
  gate_set_shut (&closing, hold);
}

int
shelf_get_closing (void)
{
  return gate_get_waiting (&closing);
}

static GstElement *
gadget_create_element (GstDevice *device, const char *name)
{
  Gadget *self = (Gadget *)device;
  int width = g_atomic_int_get (&self->width);
  gboolean is_camera = gst_device_has_classes (device, "Video/Source");

  g_atomic_int_inc (&self->tries);
  /* a file without a name does not start */
  if (width == 0)
    return gst_element_factory_make (is_camera ? "filesrc" : "filesink", name);

  return is_camera ? make_camera (width) : gst_element_factory_make ("fakesink", name);
}

static void
gadget_class_init (GadgetClass *klass)
{
  GST_DEVICE_CLASS (klass)->create_element = gadget_create_element;
}

static void
gadget_init (Gadget *self)
{
}

static gboolean
shelf_start (GstDeviceProvider *provider)
{
  gate_pass (&asking);

  return TRUE;
}

void
shelf_hang (gboolean hang)
{
  gate_set_shut (&asking, hang);
}

int
shelf_get_hanging (void)
{
  return gate_get_waiting (&asking);
}

static void
shelf_class_init (ShelfClass *klass)
{
  klass->parent_class.start = shelf_start;
  gst_device_provider_class_set_static_metadata (&klass->parent_class, "Cameras and speakers",
                                                 "Source/Sink/Audio/Video", "For tests", "Visavis");
}

static void
shelf_init (Shelf *self)
{
}

/* caps: (transfer full) */
static GstDevice *
plug (const char *name, const char *device_class, GstCaps *caps, int width)
{
  g_autoptr (GstDeviceProvider) shelf = gst_device_provider_factory_get_by_name (PROVIDER);
  GstDevice *device
      = g_object_new (gadget_get_type (), "display-name", name, "device-class", device_class, "caps", caps, NULL);

  gst_caps_unref (caps);
  g_atomic_int_set (&((Gadget *)device)->width, width);
  gst_object_ref_sink (device);
  gst_device_provider_device_add (shelf, device);

  return device;
}

GstDevice *
shelf_plug_camera (const char *name, int width)
{
  return plug (name, "Video/Source",
               gst_caps_new_simple ("video/x-raw", "width", G_TYPE_INT, width, "height", G_TYPE_INT, 240, NULL), width);
}

GstDevice *
shelf_plug_speaker (const char *name, gboolean works)
{
  return plug (name, "Audio/Sink", gst_caps_new_empty_simple ("audio/x-raw"), works);
}

void
shelf_unplug (GstDevice *device)
{
  g_autoptr (GstDeviceProvider) shelf = gst_device_provider_factory_get_by_name (PROVIDER);

  gst_device_provider_device_remove (shelf, device);
  gst_object_unref (device);
}

void
shelf_set_width (GstDevice *camera, int width)
{
  g_atomic_int_set (&((Gadget *)camera)->width, width);
}

int
shelf_get_tries (GstDevice *device)
{
  return g_atomic_int_get (&((Gadget *)device)->tries);
}

void
shelf_set_up (void)
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
