/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/service/vav-app-service.h"

#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "app/service/vav-app-dbus.h"
#include "app/service/vav-app-service-call.h"

/* Calls that are over and still to be seen, those that wait for a hang-up and those that do not; the oldest of a kind go first. Strangers, who
 * can make only the second kind, push none of the first out. */
#define MAX_OVER 64
/* Longer addresses are nonsense; VavAddress has its own, smaller cap. */
#define MAX_ADDRESS 1024

struct _VavAppService
{
  GObject parent_instance;

  /* owned */
  VavEndpoint *endpoint;
  VavStream *default_stream;
  GDBusObjectManagerServer *manager;
  VavAppDbusEndpoint1 *root;
  GPtrArray *calls;    /* element-type VavAppServiceCall, oldest first */
  GHashTable *streams; /* watched until their death, not held */
  GCancellable *looking;
  guint name_id;

  VavStream *dialling; /* borrowed: that Connect just dials with */
};

G_DEFINE_FINAL_TYPE (VavAppService, vav_app_service, G_TYPE_OBJECT)

static VavAppServiceCall *
find_call (VavAppService *self, guint64 value)
{
  for (guint i = 0; i < self->calls->len; i++)
    {
      VavAppServiceCall *call = g_ptr_array_index (self->calls, i);

      if (vav_app_service_call_get_value (call) == value)
        return call;
    }

  return NULL;
}

static void
remove_call (VavAppServiceCall *call, gpointer user_data)
{
  VavAppService *self = user_data;
  g_autofree char *path = vav_app_service_call_dup_path (vav_app_service_call_get_value (call));

  g_dbus_object_manager_server_unexport (self->manager, path);
  g_ptr_array_remove (self->calls, call);
}

static void
drop_oldest (VavAppService *self, gboolean stays)
{
  VavAppServiceCall *oldest = NULL;
  guint n_over = 0;

  for (guint i = self->calls->len; i > 0; i--)
    {
      VavAppServiceCall *call = g_ptr_array_index (self->calls, i - 1);

      if (!vav_app_service_call_is_over (call) || vav_app_service_call_stays (call) != stays)
        continue;
      oldest = call;
      n_over++;
    }
  if (n_over > MAX_OVER)
    remove_call (oldest, self);
}

/* Shows the call that the stream is in, if it is in one and is not shown yet. */
static void
show_call (VavAppService *self, VavStream *stream)
{
  guint64 value = vav_stream_get_value (stream);
  VavAppServiceCall *call;

  if (value == 0 || vav_stream_get_state (stream) == VAV_STATE_IDLE || find_call (self, value) != NULL)
    return;

  call = vav_app_service_call_new (stream, stream == self->dialling, remove_call, self);
  g_ptr_array_add (self->calls, call);
  g_dbus_object_manager_server_export (self->manager, vav_app_service_call_get_object (call));
  drop_oldest (self, TRUE);
  drop_oldest (self, FALSE);
}

static void
on_state (VavStream *stream, GParamSpec *pspec, VavAppService *self)
{
  if (vav_stream_is_busy (stream))
    show_call (self, stream);
}

static void
on_stream_gone (gpointer user_data, GObject *stream)
{
  VavAppService *self = user_data;

  g_hash_table_remove (self->streams, stream);
}

static void
watch_stream (VavAppService *self, VavStream *stream)
{
  if (g_hash_table_add (self->streams, stream))
    {
      g_object_weak_ref (G_OBJECT (stream), on_stream_gone, self);
      g_signal_connect (stream, "notify::state", G_CALLBACK (on_state), self);
    }
  on_state (stream, NULL, self);
}

static void
on_items_changed (GListModel *streams, guint position, guint removed, guint added, VavAppService *self)
{
  for (guint i = position; i < position + added; i++)
    {
      g_autoptr (VavStream) stream = g_list_model_get_item (streams, i);

      watch_stream (self, stream);
    }
}

/* An option of another type than it has would be an option that is silently not there. */
static gboolean
check_option (GDBusMethodInvocation *invocation, GVariant *options, const char *name, const GVariantType *type)
{
  g_autoptr (GVariant) value = g_variant_lookup_value (options, name, NULL);

  if (value == NULL || g_variant_is_of_type (value, type))
    return TRUE;

  g_dbus_method_invocation_return_error (invocation, G_DBUS_ERROR, G_DBUS_ERROR_INVALID_ARGS,
                                         _ ("The option “%s” has another type than it must have."), name);
  return FALSE;
}

/* options of Connect; FALSE if the invocation was answered. Those that are not known are for later versions. */
static gboolean
take_options (GDBusMethodInvocation *invocation, GVariant *options, GBytes **data, const char **identifier)
{
  g_autoptr (GVariant) bytes = NULL;

  if (!check_option (invocation, options, "data", G_VARIANT_TYPE_BYTESTRING)
      || !check_option (invocation, options, "identifier", G_VARIANT_TYPE_STRING))
    return FALSE;

  bytes = g_variant_lookup_value (options, "data", G_VARIANT_TYPE_BYTESTRING);
  *identifier = NULL;
  g_variant_lookup (options, "identifier", "&s", identifier);
  if (*identifier != NULL && strlen (*identifier) > VAV_MAX_NAME)
    {
      g_dbus_method_invocation_return_dbus_error (invocation, "org.visavis.Error.TooLarge",
                                                  _ ("The name is too long: at most 128 bytes can be sent."));
      return FALSE;
    }

  return bytes == NULL || vav_app_service_take_data (invocation, bytes, data);
}

static gboolean
dial (VavAppService *self, VavStream *stream, const char *address, GBytes *data, GError **error)
{
  gboolean ok;

  self->dialling = stream;
  ok = vav_stream_dial (stream, address, data, error);
  if (ok)
    show_call (self, stream);
  self->dialling = NULL;

  return ok;
}

static gboolean
on_connect (VavAppDbusEndpoint1 *root, GDBusMethodInvocation *invocation, const char *address, GVariant *options,
            VavAppService *self)
{
  g_autoptr (VavStream) stream = NULL;
  g_autoptr (GBytes) data = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *path = NULL;
  const char *identifier;

  if (strlen (address) > MAX_ADDRESS)
    {
      g_dbus_method_invocation_return_dbus_error (invocation, "org.visavis.Error.InvalidAddress",
                                                  _ ("That is too long for an address."));
      return G_DBUS_METHOD_INVOCATION_HANDLED;
    }
  if (!take_options (invocation, options, &data, &identifier))
    return G_DBUS_METHOD_INVOCATION_HANDLED;

  stream = vav_stream_new (self->endpoint);
  if (identifier != NULL)
    vav_stream_set_identifier (stream, identifier);
  if (dial (self, stream, address, data, &error))
    {
      path = vav_app_service_call_dup_path (vav_stream_get_value (stream));
      vav_app_dbus_endpoint1_complete_connect (root, invocation, path);
    }
  else
    vav_app_service_return_error (invocation, error);

  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static void
update_detection (VavAppService *self)
{
  gboolean detection = self->default_stream != NULL && vav_stream_get_detection (self->default_stream);

  if (vav_app_dbus_endpoint1_get_detection (self->root) != detection)
    vav_app_dbus_endpoint1_set_detection (self->root, detection);
}

static void
on_stream_detection (VavStream *stream, GParamSpec *pspec, VavAppService *self)
{
  update_detection (self);
}

/* Written over the bus, or by update_detection(), which changes nothing here. */
static void
on_root_detection (VavAppDbusEndpoint1 *root, GParamSpec *pspec, VavAppService *self)
{
  if (self->default_stream != NULL)
    vav_stream_set_detection (self->default_stream, vav_app_dbus_endpoint1_get_detection (root));
  update_detection (self);
}

static void
on_identifier (VavEndpoint *endpoint, GParamSpec *pspec, VavAppService *self)
{
  const char *identifier = vav_endpoint_get_identifier (endpoint);

  vav_app_dbus_endpoint1_set_identifier (self->root, identifier != NULL ? identifier : "");
}

static void
vav_app_service_dispose (GObject *object)
{
  VavAppService *self = VAV_APP_SERVICE (object);
  GHashTableIter iter;
  gpointer stream;

  vav_app_service_unexport (self);
  vav_app_service_set_default_stream (self, NULL);
  g_signal_handlers_disconnect_by_data (self->endpoint, self);
  g_signal_handlers_disconnect_by_data (self->root, self);

  g_hash_table_iter_init (&iter, self->streams);
  while (g_hash_table_iter_next (&iter, &stream, NULL))
    {
      g_signal_handlers_disconnect_by_data (stream, self);
      g_object_weak_unref (stream, on_stream_gone, self);
      g_hash_table_iter_remove (&iter);
    }
  g_ptr_array_set_size (self->calls, 0);

  G_OBJECT_CLASS (vav_app_service_parent_class)->dispose (object);
}

static void
vav_app_service_finalize (GObject *object)
{
  VavAppService *self = VAV_APP_SERVICE (object);

  g_clear_pointer (&self->calls, g_ptr_array_unref);
  g_clear_pointer (&self->streams, g_hash_table_unref);
  g_clear_object (&self->manager);
  g_clear_object (&self->root);
  g_clear_object (&self->endpoint);

  G_OBJECT_CLASS (vav_app_service_parent_class)->finalize (object);
}

static void
vav_app_service_class_init (VavAppServiceClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = vav_app_service_dispose;
  object_class->finalize = vav_app_service_finalize;
}

static void
vav_app_service_init (VavAppService *self)
{
  self->manager = g_dbus_object_manager_server_new (VAV_APP_BUS_PATH);
  self->root = vav_app_dbus_endpoint1_skeleton_new ();
  self->calls = g_ptr_array_new_with_free_func ((GDestroyNotify)vav_app_service_call_free);
  self->streams = g_hash_table_new (NULL, NULL);
}

/**
 * vav_app_service_new:
 *
 * Returns: (transfer full): a service that knows all calls of @endpoint and is on no bus yet
 */
VavAppService *
vav_app_service_new (VavEndpoint *endpoint)
{
  VavAppService *self = g_object_new (VAV_APP_TYPE_SERVICE, NULL);

  self->endpoint = g_object_ref (endpoint);
  vav_app_dbus_endpoint1_set_id (self->root, vav_endpoint_get_id (endpoint));
  on_identifier (endpoint, NULL, self);
  on_items_changed (G_LIST_MODEL (endpoint), 0, 0, g_list_model_get_n_items (G_LIST_MODEL (endpoint)), self);

  g_signal_connect (endpoint, "items-changed", G_CALLBACK (on_items_changed), self);
  g_signal_connect (endpoint, "notify::identifier", G_CALLBACK (on_identifier), self);
  g_signal_connect (self->root, "handle-connect", G_CALLBACK (on_connect), self);
  g_signal_connect (self->root, "notify::detection", G_CALLBACK (on_root_detection), self);

  return self;
}

void
vav_app_service_set_default_stream (VavAppService *self, VavStream *stream)
{
  if (self->default_stream != NULL)
    g_signal_handlers_disconnect_by_func (self->default_stream, on_stream_detection, self);
  g_set_object (&self->default_stream, stream);
  if (stream != NULL)
    g_signal_connect (stream, "notify::detection", G_CALLBACK (on_stream_detection), self);
  update_detection (self);
}

gboolean
vav_app_service_export (VavAppService *self, GDBusConnection *connection, const char *name, GError **error)
{
  g_return_val_if_fail (g_dbus_interface_skeleton_get_connection (G_DBUS_INTERFACE_SKELETON (self->root)) == NULL,
                        FALSE);

  if (!g_dbus_interface_skeleton_export (G_DBUS_INTERFACE_SKELETON (self->root), connection, VAV_APP_BUS_PATH, error))
    return FALSE;
  g_dbus_object_manager_server_set_connection (self->manager, connection);
  if (name != NULL)
    self->name_id
        = g_bus_own_name_on_connection (connection, name, G_BUS_NAME_OWNER_FLAGS_DO_NOT_QUEUE, NULL, NULL, NULL, NULL);

  return TRUE;
}

void
vav_app_service_unexport (VavAppService *self)
{
  if (self->looking != NULL)
    g_cancellable_cancel (self->looking);
  g_clear_object (&self->looking);
  g_clear_handle_id (&self->name_id, g_bus_unown_name);
  if (g_dbus_interface_skeleton_get_connection (G_DBUS_INTERFACE_SKELETON (self->root)) != NULL)
    g_dbus_interface_skeleton_unexport (G_DBUS_INTERFACE_SKELETON (self->root));
  g_dbus_object_manager_server_set_connection (self->manager, NULL);
}

static void
on_bus (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (VavAppService) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GDBusConnection) connection = g_bus_get_finish (result, &error);
  g_autofree char *name = vav_app_service_dup_instance_name ();

  if (connection == NULL || self->looking == NULL)
    {
      g_debug ("No session bus: %s", error != NULL ? error->message : "not wanted any more");
      return;
    }

  g_clear_object (&self->looking);
  g_dbus_connection_set_exit_on_close (connection, FALSE);
  if (!vav_app_service_export (self, connection, name, &error))
    g_debug ("Not on the session bus: %s", error->message);
}

void
vav_app_service_export_instance (VavAppService *self)
{
  g_return_if_fail (self->looking == NULL);

  if (!vav_app_service_has_bus ())
    return;
  self->looking = g_cancellable_new ();
  g_bus_get (G_BUS_TYPE_SESSION, self->looking, on_bus, g_object_ref (self));
}

char *
vav_app_service_dup_instance_name (void)
{
  return g_strdup_printf (VAV_APP_BUS_NAME ".Instance_%d", (int)getpid ());
}

gboolean
vav_app_service_has_bus (void)
{
  const char *address = g_getenv ("DBUS_SESSION_BUS_ADDRESS");
  g_autofree char *socket = g_build_filename (g_get_user_runtime_dir (), "bus", NULL);

  return (address != NULL && *address != '\0') || g_file_test (socket, G_FILE_TEST_EXISTS);
}
