/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/media/vav-device-list.h"

#include "net/media/vav-devices-private.h"
#include "net/media/vav-media-elements.h"

#define POLL_S 3

struct _VavDeviceList
{
  GObject parent_instance;

  GPtrArray *devices; /* element-type VavDevice */
  VavHop *hop;
  guint watch;
  GSource *poll;
  gboolean known;
  gboolean listing;  /* an answer is under way */
  gboolean relisted; /* and is old already */
};

enum
{
  PROP_KNOWN = 1,
  N_PROPS
};
static GParamSpec *properties[N_PROPS];

static void vav_device_list_iface_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (VavDeviceList, vav_device_list, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, vav_device_list_iface_init))

static GType
vav_device_list_get_item_type (GListModel *model)
{
  return VAV_TYPE_DEVICE;
}

static guint
vav_device_list_get_n_items (GListModel *model)
{
  return VAV_DEVICE_LIST (model)->devices->len;
}

static gpointer
vav_device_list_get_item (GListModel *model, guint position)
{
  VavDeviceList *self = VAV_DEVICE_LIST (model);

  return position < self->devices->len ? g_object_ref (self->devices->pdata[position]) : NULL;
}

static void
vav_device_list_iface_init (GListModelInterface *iface)
{
  iface->get_item_type = vav_device_list_get_item_type;
  iface->get_n_items = vav_device_list_get_n_items;
  iface->get_item = vav_device_list_get_item;
}

static gboolean
is_equal (GPtrArray *a, GPtrArray *b)
{
  if (a->len != b->len)
    return FALSE;
  for (guint i = 0; i < a->len; i++)
    if (!vav_device_is_same (a->pdata[i], b->pdata[i])
        || vav_device_is_default (a->pdata[i]) != vav_device_is_default (b->pdata[i]))
      return FALSE;

  return TRUE;
}

static void
take (VavDeviceList *self, GPtrArray *devices)
{
  g_autoptr (GPtrArray) old = NULL;

  if (!is_equal (self->devices, devices))
    {
      old = g_steal_pointer (&self->devices);
      self->devices = g_ptr_array_ref (devices);
      g_list_model_items_changed (G_LIST_MODEL (self), 0, old->len, devices->len);
    }
  if (!self->known)
    {
      self->known = TRUE;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_KNOWN]);
    }
}

static void ask (VavDeviceList *self);

static void
on_listed (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (VavDeviceList) self = user_data;
  g_autoptr (GPtrArray) devices = vav_devices_list_finish (result, NULL);

  self->listing = FALSE;
  if (self->watch == 0)
    return; /* nobody has it any more */
  if (devices != NULL)
    take (self, devices);
  if (self->relisted)
    ask (self);
}

/* One question at a time; what changes meanwhile is asked once more. */
static void
ask (VavDeviceList *self)
{
  self->relisted = self->listing;
  if (self->listing)
    return;

  self->listing = TRUE;
  vav_devices_list_async (NULL, on_listed, g_object_ref (self));
}

static void
on_changed (gpointer owner, gpointer data)
{
  ask (owner);
}

/* Nobody tells that a server of sound has come. */
static gboolean
on_poll (gpointer user_data)
{
  if (!vav_devices_have_servers ())
    ask (user_data);

  return G_SOURCE_CONTINUE;
}

static void
vav_device_list_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_KNOWN)
    g_value_set_boolean (value, VAV_DEVICE_LIST (object)->known);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
vav_device_list_dispose (GObject *object)
{
  VavDeviceList *self = VAV_DEVICE_LIST (object);

  if (self->watch != 0)
    vav_devices_remove_watch (self->watch);
  self->watch = 0;
  g_clear_pointer (&self->poll, vav_media_remove_timer);
  g_clear_pointer (&self->hop, vav_hop_unref);

  G_OBJECT_CLASS (vav_device_list_parent_class)->dispose (object);
}

static void
vav_device_list_finalize (GObject *object)
{
  g_ptr_array_unref (VAV_DEVICE_LIST (object)->devices);

  G_OBJECT_CLASS (vav_device_list_parent_class)->finalize (object);
}

static void
vav_device_list_class_init (VavDeviceListClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = vav_device_list_get_property;
  object_class->dispose = vav_device_list_dispose;
  object_class->finalize = vav_device_list_finalize;

  properties[PROP_KNOWN] = g_param_spec_boolean ("known", "Known", "Whether the devices were asked for yet", FALSE,
                                                 G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
vav_device_list_init (VavDeviceList *self)
{
  self->devices = g_ptr_array_new_with_free_func (g_object_unref);
  self->hop = vav_hop_new (self);
  self->watch = vav_devices_add_watch (self->hop, on_changed);
  self->poll = vav_media_add_timer (self->hop, POLL_S, on_poll, self);
  ask (self);
}

/**
 * vav_device_list_new:
 *
 * Returns: (transfer full): the list, which fills itself soon
 */
VavDeviceList *
vav_device_list_new (void)
{
  return g_object_new (VAV_TYPE_DEVICE_LIST, NULL);
}

/**
 * vav_device_list_is_known:
 *
 * Returns: whether the devices were asked for yet
 */
gboolean
vav_device_list_is_known (VavDeviceList *self)
{
  g_return_val_if_fail (VAV_IS_DEVICE_LIST (self), FALSE);

  return self->known;
}

/**
 * vav_device_list_count:
 * @kind: camera, microphone or speaker
 *
 * Returns: how many of that kind there are
 */
guint
vav_device_list_count (VavDeviceList *self, VavDeviceKind kind)
{
  guint n = 0;

  g_return_val_if_fail (VAV_IS_DEVICE_LIST (self), 0);

  for (guint i = 0; i < self->devices->len; i++)
    n += vav_device_get_kind (self->devices->pdata[i]) == kind;

  return n;
}
