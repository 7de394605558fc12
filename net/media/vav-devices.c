/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/media/vav-devices-private.h"

#include <string.h>

#include "net/media/vav-device-providers.h"

#define MAX_DEVICES 64 /* of all kinds; a sound server that lists more is out of its mind */

struct _VavDevice
{
  GObject parent_instance;

  VavDeviceKind kind;
  char *name;
  char *path; /* of a camera's node in /dev, if known */
  gboolean is_default;
  gboolean cancels_echo;
  int rank;
  GstDevice *device;
};

G_DEFINE_FINAL_TYPE (VavDevice, vav_device, G_TYPE_OBJECT)

static void
vav_device_finalize (GObject *object)
{
  VavDevice *self = VAV_DEVICE (object);

  g_free (self->name);
  g_free (self->path);
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

/* Who tells of a device, best first: PulseAudio (or PipeWire in its clothes) knows which is the default and mixes; V4L2 works without a
 * daemon. */
static int
rank_provider (GstDevice *device)
{
  static const char *const ranked[] = { "GstPulseDevice", "GstV4l2Device", "GstPipeWireDevice", "GstAlsaDevice", NULL };
  const char *type = G_OBJECT_TYPE_NAME (device);

  for (int i = 0; ranked[i] != NULL; i++)
    if (g_str_equal (type, ranked[i]))
      return i;

  return G_N_ELEMENTS (ranked);
}

static gboolean
read_kind (GstDevice *device, VavDeviceKind *kind)
{
  if (gst_device_has_classes (device, "Video/Source"))
    *kind = VAV_DEVICE_CAMERA;
  else if (gst_device_has_classes (device, "Audio/Source"))
    *kind = VAV_DEVICE_MICROPHONE;
  else if (gst_device_has_classes (device, "Audio/Sink"))
    *kind = VAV_DEVICE_SPEAKER;
  else
    return FALSE;

  return TRUE;
}

/* What a speaker plays, offered as if it were a microphone */
static gboolean
is_monitor (const GstStructure *properties, const char *name)
{
  return (properties != NULL && g_strcmp0 (gst_structure_get_string (properties, "device.class"), "monitor") == 0)
         || g_str_has_prefix (name, "Monitor of ");
}

/* A screen that is cast, by us or another program, is a source of pictures for PipeWire too; a camera says that it is one. */
static gboolean
is_screen (GstDevice *device, const GstStructure *properties, VavDeviceKind kind)
{
  return kind == VAV_DEVICE_CAMERA && g_str_equal (G_OBJECT_TYPE_NAME (device), "GstPipeWireDevice")
         && (properties == NULL || g_strcmp0 (gst_structure_get_string (properties, "media.role"), "Camera") != 0);
}

static const char *
read_path (const GstStructure *properties)
{
  static const char *const keys[] = { "device.path", "api.v4l2.path", "object.path", NULL };

  for (guint i = 0; properties != NULL && keys[i] != NULL; i++)
    {
      const char *path = gst_structure_get_string (properties, keys[i]);

      if (path != NULL && g_str_has_prefix (path, "v4l2:"))
        path += strlen ("v4l2:");
      if (path != NULL && g_str_has_prefix (path, "/dev/"))
        return path;
    }

  return NULL;
}

static gboolean
has_echo_word (const char *text)
{
  static const char *const words[] = { "echo-cancel", "echo_cancel", "echocancel", "echo cancel" };
  g_autofree char *lower = text != NULL ? g_ascii_strdown (text, -1) : NULL;

  for (guint i = 0; lower != NULL && i < G_N_ELEMENTS (words); i++)
    if (strstr (lower, words[i]) != NULL)
      return TRUE;

  return FALSE;
}

/* Whether the sound server has taken the echo out of what this gives: module-echo-cancel of PulseAudio (a filter whose intended role is
 * "phone") and of PipeWire (by their names, which people may change and seldom do). */
static gboolean
read_cancels_echo (GstDevice *device, const GstStructure *properties, const char *name)
{
  static const char *const keys[] = { "node.name", "node.description", "device.string", "media.name", "node.group" };
  g_autofree char *internal = NULL;
  const char *roles;

  if (has_echo_word (name))
    return TRUE;
  if (g_object_class_find_property (G_OBJECT_GET_CLASS (device), "internal-name") != NULL)
    g_object_get (device, "internal-name", &internal, NULL);
  if (has_echo_word (internal))
    return TRUE;
  for (guint i = 0; properties != NULL && i < G_N_ELEMENTS (keys); i++)
    if (has_echo_word (gst_structure_get_string (properties, keys[i])))
      return TRUE;

  roles = properties != NULL ? gst_structure_get_string (properties, "device.intended_roles") : NULL;
  return roles != NULL && strstr (roles, "phone") != NULL
         && g_strcmp0 (gst_structure_get_string (properties, "device.class"), "filter") == 0;
}

static VavDevice *
vav_device_new (GstDevice *device)
{
  g_autoptr (GstStructure) properties = gst_device_get_properties (device);
  g_autofree char *name = gst_device_get_display_name (device);
  VavDevice *self;
  VavDeviceKind kind;

  if (name == NULL || !read_kind (device, &kind) || is_monitor (properties, name)
      || is_screen (device, properties, kind))
    return NULL;

  self = g_object_new (VAV_TYPE_DEVICE, NULL);
  self->kind = kind;
  self->name = g_utf8_make_valid (name, -1);
  self->path = g_strdup (read_path (properties));
  self->rank = rank_provider (device);
  self->device = gst_object_ref (device);
  self->cancels_echo = read_cancels_echo (device, properties, name);
  if (properties != NULL)
    gst_structure_get_boolean (properties, "is-default", &self->is_default);

  return self;
}

static gboolean
is_same (VavDevice *a, VavDevice *b)
{
  if (a->kind != b->kind)
    return FALSE;
  if (a->path != NULL && b->path != NULL)
    return g_str_equal (a->path, b->path);

  return g_str_equal (a->name, b->name);
}

/* Two that are one: the better provider's is kept. */
static void
add_device (GPtrArray *list, VavDevice *device)
{
  for (guint i = 0; i < list->len; i++)
    {
      VavDevice *other = list->pdata[i];

      /* two equal things on one provider are two things */
      if (!is_same (device, other) || device->rank == other->rank)
        continue;
      if (device->rank < other->rank)
        g_set_object ((VavDevice **)&list->pdata[i], device);
      return;
    }
  if (list->len < MAX_DEVICES)
    g_ptr_array_add (list, g_object_ref (device));
}

static int
compare_devices (gconstpointer a, gconstpointer b)
{
  const VavDevice *x = *(VavDevice *const *)a;
  const VavDevice *y = *(VavDevice *const *)b;

  if (x->kind != y->kind)
    return (int)x->kind - (int)y->kind;
  if (x->is_default != y->is_default)
    return y->is_default - x->is_default;
  if (x->rank != y->rank)
    return x->rank - y->rank;

  return g_strcmp0 (x->name, y->name);
}

GPtrArray *
vav_devices_probe (void)
{
  GPtrArray *list = g_ptr_array_new_with_free_func (g_object_unref);
  GList *found;

  if (!gst_init_check (NULL, NULL, NULL))
    return list;

  found = vav_device_providers_ask ();
  for (GList *item = found; item != NULL; item = item->next)
    {
      g_autoptr (VavDevice) device = vav_device_new (item->data);

      if (device != NULL)
        add_device (list, device);
    }
  g_list_free_full (found, gst_object_unref);

  g_ptr_array_sort (list, compare_devices);
  return list;
}

gboolean
vav_device_is_same (VavDevice *self, VavDevice *other)
{
  return is_same (self, other);
}

gboolean
vav_device_cancels_echo (VavDevice *self)
{
  return self->cancels_echo;
}

gboolean
vav_devices_contain (GPtrArray *list, VavDevice *device)
{
  for (guint i = 0; i < list->len; i++)
    if (is_same (list->pdata[i], device))
      return TRUE;

  return FALSE;
}

VavDevice *
vav_devices_choose (GPtrArray *list, VavDeviceKind kind, const char *name, GPtrArray *avoid)
{
  VavDevice *best = NULL;

  for (guint i = 0; i < list->len; i++)
    {
      VavDevice *device = list->pdata[i];

      if (device->kind != kind || (avoid != NULL && vav_devices_contain (avoid, device)))
        continue;
      if (best == NULL)
        best = device;
      if (name != NULL && g_str_equal (device->name, name))
        return device;
    }

  return best;
}

VavDevice *
vav_devices_pick (VavDeviceKind kind, const char *name, GPtrArray *avoid)
{
  g_autoptr (GPtrArray) list = vav_devices_probe ();
  VavDevice *device = vav_devices_choose (list, kind, name, avoid);

  return device != NULL ? g_object_ref (device) : NULL;
}

GstElement *
vav_device_make_element (VavDevice *self)
{
  return gst_device_create_element (self->device, NULL);
}

GstCaps *
vav_device_get_caps (VavDevice *self)
{
  return gst_device_get_caps (self->device);
}

/**
 * vav_device_get_kind:
 *
 * Returns: what it is
 */
VavDeviceKind
vav_device_get_kind (VavDevice *self)
{
  g_return_val_if_fail (VAV_IS_DEVICE (self), VAV_DEVICE_CAMERA);

  return self->kind;
}

/**
 * vav_device_get_name:
 *
 * Returns: (transfer none): its name for people
 */
const char *
vav_device_get_name (VavDevice *self)
{
  g_return_val_if_fail (VAV_IS_DEVICE (self), NULL);

  return self->name;
}

/**
 * vav_device_is_default:
 *
 * Returns: whether the person's sound server says that this is the one to use
 */
gboolean
vav_device_is_default (VavDevice *self)
{
  g_return_val_if_fail (VAV_IS_DEVICE (self), FALSE);

  return self->is_default;
}

/**
 * vav_device_kind_to_nick:
 * @kind: a kind
 *
 * Returns: (transfer none): `camera`, `microphone` or `speaker`
 */
const char *
vav_device_kind_to_nick (VavDeviceKind kind)
{
  static const char *const nicks[] = { "camera", "microphone", "speaker" };

  g_return_val_if_fail (kind < G_N_ELEMENTS (nicks), NULL);

  return nicks[kind];
}

static void
probe_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  g_task_return_pointer (task, vav_devices_probe (), (GDestroyNotify)g_ptr_array_unref);
}

/**
 * vav_devices_list_async:
 * @cancellable: (nullable): to give up waiting
 * @callback: called when the list is there
 * @user_data: for @callback
 *
 * Asks what cameras, microphones and speakers there are.
 */
void
vav_devices_list_async (GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);

  g_task_set_source_tag (task, vav_devices_list_async);
  g_task_set_return_on_cancel (task, TRUE);
  g_task_run_in_thread (task, probe_in_thread);
}

/**
 * vav_devices_list_finish:
 * @result: what the callback got
 * @error: return location: only if cancelled
 *
 * Returns: (transfer full) (element-type VavDevice): the devices, by kind, defaults first
 */
GPtrArray *
vav_devices_list_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
