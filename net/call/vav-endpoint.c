/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/call/vav-endpoint-private.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <string.h>

#include "net/call/vav-door.h"
#include "net/call/vav-history-private.h"
#include "net/call/vav-people-private.h"
#include "net/call/vav-stream-private.h"
#include "net/core/vav-list-model.h"
#include "net/core/vav-own-addresses.h"

#define CLOSE_LIMIT_MS 2000
#define VALUE_BITS 53   /* a number that JSON and JavaScript keep whole */
#define COUNTER_BITS 20 /* calls in the life of a process */

VAV_DEFINE_LIST_MODEL (VavEndpoint, streams, VAV_TYPE_STREAM)

G_DEFINE_FINAL_TYPE_WITH_CODE (VavEndpoint, vav_endpoint, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_iface_init))

enum
{
  PROP_0,
  PROP_ID,
  PROP_IDENTIFIER,
  PROP_LISTENING_ADDRESS,
  PROP_HISTORY_KEPT,
  PROP_FINDABLE,
  PROP_BROKER,
  PROP_MEETING_ADDRESS,
  PROP_BROKER_TROUBLE,
  PROP_PRESENCE,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];
guint vav_endpoint_signals[VAV_ENDPOINT_N_SIGNALS];

static void
vav_endpoint_finalize (GObject *object)
{
  VavEndpoint *self = VAV_ENDPOINT (object);

  vav_endpoint_drop_nearby (self);
  vav_endpoint_clear_broker (self);
  g_free (self->meeting_address);
  g_clear_pointer (&self->door, vav_door_free);
  g_ptr_array_unref (self->streams);
  g_clear_pointer (&self->last_words, vav_last_words_free);
  g_queue_clear_full (&self->failed, vav_failed_call_free);
  g_clear_pointer (&self->condition, vav_condition_release);
  g_clear_object (&self->media);
  g_clear_object (&self->written);
  g_clear_object (&self->history);
  g_clear_object (&self->people);
  g_clear_object (&self->identity);
  g_free (self->profile);
  g_free (self->identifier);
  g_free (self->listening_address);

  G_OBJECT_CLASS (vav_endpoint_parent_class)->finalize (object);
}

static void
vav_endpoint_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  VavEndpoint *self = VAV_ENDPOINT (object);

  switch (id)
    {
    case PROP_ID:
      g_value_set_string (value, vav_endpoint_get_id (self));
      break;
    case PROP_IDENTIFIER:
      g_value_set_string (value, self->identifier);
      break;
    case PROP_LISTENING_ADDRESS:
      g_value_set_string (value, self->listening_address);
      break;
    case PROP_HISTORY_KEPT:
      g_value_set_boolean (value, self->history_kept);
      break;
    case PROP_FINDABLE:
      g_value_set_boolean (value, self->findable);
      break;
    case PROP_BROKER:
      g_value_set_string (value, self->broker);
      break;
    case PROP_MEETING_ADDRESS:
      g_value_set_string (value, self->meeting_address);
      break;
    case PROP_BROKER_TROUBLE:
      g_value_take_string (value, vav_endpoint_dup_broker_trouble (self));
      break;
    case PROP_PRESENCE:
      g_value_set_boolean (value, vav_endpoint_get_presence (self));
      break;
    default:
      if (!vav_endpoint_get_device_property (self, id, value))
        G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
vav_endpoint_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  VavEndpoint *self = VAV_ENDPOINT (object);

  switch (id)
    {
    case PROP_IDENTIFIER:
      vav_endpoint_set_identifier (self, g_value_get_string (value));
      break;
    case PROP_HISTORY_KEPT:
      vav_endpoint_set_history_kept (self, g_value_get_boolean (value));
      break;
    case PROP_FINDABLE:
      vav_endpoint_set_findable (self, g_value_get_boolean (value));
      break;
    case PROP_BROKER:
      (void)vav_endpoint_set_broker (self, g_value_get_string (value), NULL);
      break;
    case PROP_PRESENCE:
      vav_endpoint_set_presence (self, g_value_get_boolean (value));
      break;
    default:
      if (!vav_endpoint_set_device_property (self, id, value))
        G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
vav_endpoint_class_init (VavEndpointClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags ro = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->finalize = vav_endpoint_finalize;
  object_class->get_property = vav_endpoint_get_property;
  object_class->set_property = vav_endpoint_set_property;

  properties[PROP_ID] = g_param_spec_string ("id", "Id", "Canonical id of the key", NULL, ro);
  properties[PROP_IDENTIFIER]
      = g_param_spec_string ("identifier", "Identifier", "The displayed name", NULL,
                             G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  properties[PROP_LISTENING_ADDRESS] = g_param_spec_string ("listening-address", "Listening address",
                                                            "HOST:PORT as bound", NULL, ro | G_PARAM_EXPLICIT_NOTIFY);
  properties[PROP_HISTORY_KEPT]
      = g_param_spec_boolean ("history-kept", "History kept", "Whether calls, texts and files are kept", FALSE,
                              G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  properties[PROP_FINDABLE]
      = g_param_spec_boolean ("findable", "Findable", "Whether everybody in the local network may find this user",
                              FALSE, G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  properties[PROP_BROKER] = g_param_spec_string ("broker", "Broker", "The meeting server's URL", NULL,
                                                 G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  properties[PROP_MEETING_ADDRESS]
      = g_param_spec_string ("meeting-address", "Meeting address", "What calls this user by the meeting server", NULL,
                             ro | G_PARAM_EXPLICIT_NOTIFY);
  properties[PROP_BROKER_TROUBLE] = g_param_spec_string (
      "broker-trouble", "Broker trouble", "Why the meeting server is not connected to, a sentence for people", NULL,
      ro | G_PARAM_EXPLICIT_NOTIFY);
  properties[PROP_PRESENCE]
      = g_param_spec_boolean ("presence", "Presence", "Whether people see at the meeting server that calls are taken",
                              TRUE, G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  vav_endpoint_install_device_properties (object_class);

  vav_endpoint_signals[VAV_ENDPOINT_CONNECTION_REQUESTED]
      = g_signal_new ("connection-requested", VAV_TYPE_ENDPOINT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2,
                      VAV_TYPE_STREAM, VAV_TYPE_REQUEST);
  vav_endpoint_signals[VAV_ENDPOINT_LISTEN_FAILED] = g_signal_new (
      "listen-failed", VAV_TYPE_ENDPOINT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_ERROR);
  vav_endpoint_signals[VAV_ENDPOINT_DEVICE_FAILED] = g_signal_new (
      "device-failed", VAV_TYPE_ENDPOINT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_ERROR);
  vav_endpoint_signals[VAV_ENDPOINT_STREAM_ENDED] = g_signal_new ("stream-ended", VAV_TYPE_ENDPOINT, G_SIGNAL_RUN_LAST,
                                                                  0, NULL, NULL, NULL, G_TYPE_NONE, 1, VAV_TYPE_STREAM);
}

static void
vav_endpoint_init (VavEndpoint *self)
{
  guint64 random = (guint64)g_random_int () << 32 | g_random_int ();

  self->streams = g_ptr_array_new_with_free_func (g_object_unref);
  self->value_base = (random & ((G_GUINT64_CONSTANT (1) << (VALUE_BITS - COUNTER_BITS)) - 1)) << COUNTER_BITS;
  self->identifier = g_strdup (g_get_real_name ());
}

static void
on_device_failed (VavEndpoint *self, int kind, GError *error)
{
  g_signal_emit (self, vav_endpoint_signals[VAV_ENDPOINT_DEVICE_FAILED], 0, error);
}

/**
 * vav_endpoint_new:
 * @profile: (nullable): folder of the key and the people, made if missing; %NULL: a new key, and nothing is kept
 * @media: `test`, `auto`, `none` or the path of a media file
 * @error: VAV_ERROR_PROFILE, VAV_ERROR_DEVICE
 *
 * Returns: (transfer full): the endpoint
 */
VavEndpoint *
vav_endpoint_new (const char *profile, const char *media, GError **error)
{
  g_autoptr (VavEndpoint) self = g_object_new (VAV_TYPE_ENDPOINT, NULL);
  g_autoptr (VavStore) store = NULL;

  self->profile = g_strdup (profile);
  self->identity = profile != NULL ? vav_identity_load (profile, error) : vav_identity_new_ephemeral (error);
  if (self->identity == NULL)
    return NULL;
  store = vav_store_open (profile, error);
  self->people = store != NULL ? vav_people_new (store, error) : NULL;
  if (self->people == NULL)
    return NULL;
  self->history = vav_history_new (store, self->people);
  self->written = vav_store_watch (store);
  self->media = vav_media_new (media, vav_identity_get_id (self->identity), error);
  if (self->media == NULL)
    return NULL;

  g_signal_connect_object (self->media, "device-failed", G_CALLBACK (on_device_failed), self, G_CONNECT_SWAPPED);
  vav_endpoint_watch_media (self);
  vav_endpoint_watch_profile (self);
  self->last_words = vav_last_words_new ();
  self->door = vav_door_new (self);
  vav_endpoint_make_nearby (self);
  vav_media_warm_up (self->media);

  return g_steal_pointer (&self);
}

/**
 * vav_endpoint_get_id:
 *
 * Returns: this user's canonical id
 */
const char *
vav_endpoint_get_id (VavEndpoint *self)
{
  g_return_val_if_fail (VAV_IS_ENDPOINT (self), NULL);
  return vav_identity_get_id (self->identity);
}

/**
 * vav_endpoint_get_profile:
 *
 * Returns: the folder where identity and people are
 */
const char *
vav_endpoint_get_profile (VavEndpoint *self)
{
  g_return_val_if_fail (VAV_IS_ENDPOINT (self), NULL);
  return self->profile;
}

const char *
vav_endpoint_get_identifier (VavEndpoint *self)
{
  g_return_val_if_fail (VAV_IS_ENDPOINT (self), NULL);
  return self->identifier;
}

/**
 * vav_endpoint_set_identifier:
 * @name: what other people see when this user calls, at most VAV_MAX_NAME bytes
 */
void
vav_endpoint_set_identifier (VavEndpoint *self, const char *name)
{
  g_return_if_fail (VAV_IS_ENDPOINT (self));
  g_return_if_fail (name != NULL && strlen (name) <= VAV_MAX_NAME);

  if (strcmp (self->identifier, name) == 0)
    return;
  g_free (self->identifier);
  self->identifier = g_strdup (name);
  vav_door_set_name (self->door, name);
  if (self->rendezvous != NULL)
    vav_rendezvous_set_name (self->rendezvous, name);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_IDENTIFIER]);
}

VavIdentity *
vav_endpoint_get_identity (VavEndpoint *self)
{
  return self->identity;
}

VavMedia *
vav_endpoint_get_media (VavEndpoint *self)
{
  return self->media;
}

static gboolean
any_stream (VavEndpoint *self, gboolean (*test) (VavStream *))
{
  for (guint i = 0; i < self->streams->len; i++)
    if (test (self->streams->pdata[i]))
      return TRUE;

  return FALSE;
}

void
vav_endpoint_review_door (VavEndpoint *self)
{
  gboolean open = !self->closing && any_stream (self, vav_stream_get_detection);
  gboolean in_call = any_stream (self, vav_stream_was_called);

  vav_door_set_open (self->door, open, in_call, !self->no_direct);
  vav_endpoint_review_meeting (self, open, in_call);
}

/**
 * vav_endpoint_set_listen:
 * @host_port: (nullable): `HOST:PORT`; port 0: any; %NULL: all addresses, the default port or the next free one
 * @error: VAV_ERROR_INVALID_ADDRESS
 *
 * Where to listen while a stream detects; if one does, at once. Whether the port could be opened is told by `listening-address` and `listen-failed`.
 */
gboolean
vav_endpoint_set_listen (VavEndpoint *self, const char *host_port, GError **error)
{
  g_return_val_if_fail (VAV_IS_ENDPOINT (self), FALSE);

  if (!vav_door_set_where (self->door, host_port, error))
    return FALSE;
  vav_endpoint_review_door (self);
  return TRUE;
}

const char *
vav_endpoint_get_listening_address (VavEndpoint *self)
{
  g_return_val_if_fail (VAV_IS_ENDPOINT (self), NULL);
  return self->listening_address;
}

/* The family of the address that stands for all addresses; %G_SOCKET_FAMILY_INVALID for any other. */
static GSocketFamily
family_of_any (const char *host)
{
  g_autoptr (GInetAddress) ip = g_inet_address_new_from_string (host);

  return ip != NULL && g_inet_address_get_is_any (ip) ? g_inet_address_get_family (ip) : G_SOCKET_FAMILY_INVALID;
}

/**
 * vav_endpoint_dup_addresses:
 *
 * Where others can call this user, in their network or from everywhere (vav_address_is_local() tells): the address that was asked for, or all addresses of
 * this computer, IPv4 first. They change with the network, which a #GNetworkMonitor tells.
 *
 * Returns: (transfer full) (array zero-terminated=1): `HOST:PORT` each; empty while nobody listens
 */
char **
vav_endpoint_dup_addresses (VavEndpoint *self)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_autoptr (GPtrArray) own = NULL;
  const char *host;
  guint16 port;

  g_return_val_if_fail (VAV_IS_ENDPOINT (self), NULL);

  host = vav_door_get_host (self->door);
  port = vav_door_get_port (self->door);
  if (port != 0 && host != NULL && family_of_any (host) == G_SOCKET_FAMILY_INVALID)
    g_strv_builder_add (builder, self->listening_address);
  else if (port != 0)
    own = vav_own_addresses_list (host != NULL ? family_of_any (host) : G_SOCKET_FAMILY_INVALID);
  for (guint i = 0; own != NULL && i < own->len; i++)
    {
      g_autofree char *address = vav_address_join (own->pdata[i], port);

      g_strv_builder_add (builder, address);
    }
  return g_strv_builder_end (builder);
}

void
vav_endpoint_set_listening_address (VavEndpoint *self, char *address)
{
  g_free (self->listening_address);
  self->listening_address = address;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_LISTENING_ADDRESS]);
}

void
vav_endpoint_tell_listen_failed (VavEndpoint *self, const GError *error)
{
  g_signal_emit (self, vav_endpoint_signals[VAV_ENDPOINT_LISTEN_FAILED], 0, error);
}

gboolean
vav_endpoint_set_stun (VavEndpoint *self, const char *url, GError **error)
{
  g_return_val_if_fail (VAV_IS_ENDPOINT (self), FALSE);
  return vav_media_set_stun (self->media, url, error);
}

gboolean
vav_endpoint_set_turn (VavEndpoint *self, const char *url, GError **error)
{
  g_return_val_if_fail (VAV_IS_ENDPOINT (self), FALSE);
  return vav_media_set_turn (self->media, url, error);
}

void
vav_endpoint_set_relay_only (VavEndpoint *self, gboolean relay_only)
{
  g_return_if_fail (VAV_IS_ENDPOINT (self));
  vav_media_set_relay_only (self->media, relay_only);
}

gboolean
vav_endpoint_set_media_ports (VavEndpoint *self, const char *ports, GError **error)
{
  g_return_val_if_fail (VAV_IS_ENDPOINT (self), FALSE);
  return vav_media_set_ports (self->media, ports, error);
}

guint64
vav_endpoint_next_value (VavEndpoint *self)
{
  return self->value_base + ++self->value_counter;
}

guint16
vav_endpoint_get_port (VavEndpoint *self)
{
  return vav_door_get_port (self->door);
}

gboolean
vav_endpoint_is_closing (VavEndpoint *self)
{
  return self->closing;
}

static void
clear_close_limit (VavEndpoint *self)
{
  if (self->close_limit != NULL)
    g_source_destroy (self->close_limit);
  g_clear_pointer (&self->close_limit, g_source_unref);
}

static void
finish_closing (VavEndpoint *self)
{
  g_autoptr (GTask) task = g_steal_pointer (&self->close_task);

  clear_close_limit (self);
  g_task_return_boolean (task, TRUE);
}

static void
check_closing (VavEndpoint *self)
{
  if (self->close_task != NULL && self->n_tasks == 0 && !any_stream (self, vav_stream_is_busy))
    finish_closing (self);
}

void
vav_endpoint_stream_changed (VavEndpoint *self, VavStream *stream)
{
  g_autoptr (VavStream) alive = g_object_ref (stream);
  gboolean wanted = vav_stream_is_busy (stream) || vav_stream_get_detection (stream);
  guint position;
  gboolean listed = g_ptr_array_find (self->streams, stream, &position);

  if (wanted && !listed)
    {
      g_ptr_array_add (self->streams, g_object_ref (stream));
      g_list_model_items_changed (G_LIST_MODEL (self), self->streams->len - 1, 0, 1);
    }
  else if (!wanted && listed)
    {
      g_ptr_array_remove_index (self->streams, position);
      g_list_model_items_changed (G_LIST_MODEL (self), position, 1, 0);
      g_signal_emit (self, vav_endpoint_signals[VAV_ENDPOINT_STREAM_ENDED], 0, stream);
    }

  vav_endpoint_review_door (self);
  vav_door_review (self->door);
  if (!any_stream (self, vav_stream_is_busy))
    vav_door_close_for_self (self->door);
  check_closing (self);
}

void
vav_endpoint_begin_task (VavEndpoint *self)
{
  self->n_tasks++;
}

void
vav_endpoint_end_task (VavEndpoint *self)
{
  self->n_tasks--;
  check_closing (self);
}

static void
on_channel_closed (VavChannel *channel, GError *error, VavEndpoint *self)
{
  g_signal_handlers_disconnect_by_func (channel, on_channel_closed, self);
  vav_endpoint_end_task (self);
  g_object_unref (channel);
  g_object_unref (self);
}

void
vav_endpoint_admit (VavEndpoint *self, VavChannel *channel)
{
  vav_door_admit (self->door, channel);
}

/* Closes in order, and counts as unfinished until that is done. */
void
vav_endpoint_close_channel (VavEndpoint *self, VavChannel *channel)
{
  vav_endpoint_begin_task (self);
  g_signal_connect (g_object_ref (channel), "closed", G_CALLBACK (on_channel_closed), g_object_ref (self));
  vav_channel_close (channel);
}

static gboolean
on_close_limit (gpointer data)
{
  g_autoptr (VavEndpoint) self = g_object_ref (data); /* who waits for the end may drop it */
  g_autoptr (GPtrArray) streams = g_ptr_array_copy (self->streams, (GCopyFunc)(void (*) (void))g_object_ref, NULL);

  clear_close_limit (self);
  g_ptr_array_set_free_func (streams, g_object_unref);
  g_debug ("closing takes too long: cutting what is left");
  for (guint i = 0; i < streams->len; i++)
    vav_stream_abort (streams->pdata[i]);
  vav_last_words_give_up (self->last_words);
  if (self->close_task != NULL)
    finish_closing (self);

  return G_SOURCE_REMOVE;
}

/**
 * vav_endpoint_close_async:
 * @callback: when all is given back; after 2 s in any case, whatever still is on its way
 *
 * Hangs up gracefully, stops listening, and lets go of all streams. Calls no longer work afterwards.
 */
void
vav_endpoint_close_async (VavEndpoint *self, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GPtrArray) streams = NULL;

  g_return_if_fail (VAV_IS_ENDPOINT (self));
  g_return_if_fail (!self->closing);

  self->closing = TRUE;
  self->close_task = g_task_new (self, NULL, callback, user_data);
  self->close_limit = g_timeout_source_new (CLOSE_LIMIT_MS);
  g_source_set_callback (self->close_limit, on_close_limit, self, NULL);
  g_source_attach (self->close_limit, g_main_context_get_thread_default ());

  streams = g_ptr_array_copy (self->streams, (GCopyFunc)(void (*) (void))g_object_ref, NULL);
  g_ptr_array_set_free_func (streams, g_object_unref);
  for (guint i = 0; i < streams->len; i++)
    {
      vav_stream_set_detection (streams->pdata[i], FALSE);
      vav_stream_hang_up (streams->pdata[i], NULL);
    }
  vav_endpoint_review_door (self);
  vav_nearby_stop (self->nearby);
  check_closing (self);
}

gboolean
vav_endpoint_close_finish (VavEndpoint *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}
