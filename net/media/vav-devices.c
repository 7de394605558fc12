/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/media/vav-devices.h"

#include "net/media/vav-devices-private.h"

struct _VavDevice
{
  GObject parent_instance;

  VavDeviceKind kind;
  char *name;
  gboolean is_default;
  GstDevice *device;
};

G_DEFINE_FINAL_TYPE (VavDevice, vav_device, G_TYPE_OBJECT)

static const struct
{
  VavDeviceKind kind;
  const char *device_class; /* GStreamer's word */
  const char *nick;
} kinds[] = {
  { VAV_DEVICE_CAMERA, "Video/Source", "camera" },
  { VAV_DEVICE_MICROPHONE, "Audio/Source", "microphone" },
  { VAV_DEVICE_SPEAKER, "Audio/Sink", "speaker" },
};

static void
vav_device_finalize (GObject *object)
{
  VavDevice *self = VAV_DEVICE (object);

  g_free (self->name);
  gst_clear_object (&self->device);

  G_OBJECT_CLASS (vav_device_parent_class)->finalize (object);
}

static void
vav_device_class_init (VavDeviceClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = vav_device_finalize;
}

static void
vav_device_init (VavDevice *self)
{
}

static VavDevice *
vav_device_new (VavDeviceKind kind, GstDevice *device)
{
  VavDevice *self = g_object_new (VAV_TYPE_DEVICE, NULL);
  g_autoptr (GstStructure) properties = gst_device_get_properties (device);

  self->kind = kind;
  self->name = gst_device_get_display_name (device);
  self->device = gst_object_ref (device);
  if (properties != NULL)
    gst_structure_get_boolean (properties, "is-default", &self->is_default);

  return self;
}

VavDeviceKind
vav_device_get_kind (VavDevice *self)
{
  g_return_val_if_fail (VAV_IS_DEVICE (self), VAV_DEVICE_CAMERA);
  return self->kind;
}

const char *
vav_device_get_name (VavDevice *self)
{
  g_return_val_if_fail (VAV_IS_DEVICE (self), NULL);
  return self->name;
}

gboolean
vav_device_is_default (VavDevice *self)
{
  g_return_val_if_fail (VAV_IS_DEVICE (self), FALSE);
  return self->is_default;
}

/**
 * vav_device_kind_to_nick:
 *
 * Returns: `camera`, `microphone` or `speaker`: the word in JSON events
 */
const char *
vav_device_kind_to_nick (VavDeviceKind kind)
{
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (kinds[i].kind == kind)
      return kinds[i].nick;

  return "";
}

GstElement *
vav_device_make_element (VavDevice *self)
{
  return gst_device_create_element (self->device, NULL);
}

/* What a loudspeaker plays can be recorded too, but that is no microphone. */
static gboolean
is_monitor (GstDevice *device)
{
  g_autoptr (GstStructure) properties = gst_device_get_properties (device);

  return properties != NULL && g_strcmp0 (gst_structure_get_string (properties, "device.class"), "monitor") == 0;
}

/* The same device is told by several daemons, under the same name: those of the daemon that came first count. Two devices of one
 * daemon with the same name are two. */
static gboolean
is_told_by_another (GPtrArray *found, VavDeviceKind kind, GstDevice *device)
{
  g_autofree char *name = gst_device_get_display_name (device);

  for (guint i = 0; i < found->len; i++)
    {
      VavDevice *other = found->pdata[i];

      if (other->kind == kind && G_OBJECT_TYPE (other->device) != G_OBJECT_TYPE (device)
          && g_strcmp0 (other->name, name) == 0)
        return TRUE;
    }

  return FALSE;
}

static void
add_device (GPtrArray *found, GstDevice *device)
{
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (gst_device_has_classes (device, kinds[i].device_class) && !is_monitor (device)
        && !is_told_by_another (found, kinds[i].kind, device))
      g_ptr_array_add (found, vav_device_new (kinds[i].kind, device));
}

static int
compare_devices (gconstpointer a, gconstpointer b)
{
  VavDevice *first = *(VavDevice *const *)a;
  VavDevice *second = *(VavDevice *const *)b;

  if (first->kind != second->kind)
    return (int)first->kind - (int)second->kind;
  if (first->is_default != second->is_default)
    return second->is_default - first->is_default;

  return g_utf8_collate (first->name, second->name);
}

GPtrArray *
vav_devices_list (void)
{
  GPtrArray *found = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GstDeviceMonitor) monitor = gst_device_monitor_new ();
  GList *devices;

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    gst_device_monitor_add_filter (monitor, kinds[i].device_class, NULL);
  devices = gst_device_monitor_get_devices (monitor);
  for (GList *l = devices; l != NULL; l = l->next)
    add_device (found, l->data);
  g_list_free_full (devices, gst_object_unref);
  g_ptr_array_sort (found, compare_devices);

  return found;
}

static void
list_on_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  g_task_return_pointer (task, vav_devices_list (), (GDestroyNotify)g_ptr_array_unref);
}

/**
 * vav_devices_list_async:
 * @cancellable: (nullable): stops the waiting, not the asking
 * @callback: in the thread-default main context of the caller
 *
 * Asks PipeWire, PulseAudio, ALSA and V4L2 what there is now.
 */
void
vav_devices_list_async (GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);

  gst_init (NULL, NULL);
  g_task_set_source_tag (task, vav_devices_list_async);
  g_task_set_return_on_cancel (task, TRUE);
  g_task_run_in_thread (task, list_on_thread);
}

/**
 * vav_devices_list_finish:
 * @error: only G_IO_ERROR_CANCELLED: no devices at all is no error
 *
 * Returns: (transfer full) (element-type VavDevice): cameras, then microphones, then speakers; of each kind the default first
 */
GPtrArray *
vav_devices_list_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}
