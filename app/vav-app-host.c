/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/vav-app-host.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <stdio.h>

#include "app/service/vav-app-events.h"
#include "app/service/vav-app-profile.h"
#include "app/service/vav-app-service.h"

struct _VavAppHost
{
  GObject parent_instance;

  /* owned */
  VavEndpoint *endpoint;
  VavStream *waiting; /* the default stream: waits for callers while detection is on */
  VavStream *stream;  /* what the window shows */
  VavAppService *service;
  VavAppEvents *events; /* nullable */
  FILE *report;         /* nullable */

  gboolean accept_all;
};

enum
{
  PROP_STREAM = 1,
  N_PROPS
};
static GParamSpec *properties[N_PROPS];

enum
{
  REQUEST,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (VavAppHost, vav_app_host, G_TYPE_OBJECT)

void
vav_app_options_clear (VavAppOptions *options)
{
  g_clear_pointer (&options->profile, g_free);
  g_clear_pointer (&options->media, g_free);
  g_clear_pointer (&options->listen, g_free);
  g_clear_pointer (&options->report, g_free);
  g_clear_pointer (&options->stun, g_free);
  g_clear_pointer (&options->turn, g_free);
}

/* --- which stream is shown --- */

static void
show_stream (VavAppHost *self, VavStream *stream)
{
  if (g_set_object (&self->stream, stream))
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STREAM]);
}

static gboolean
is_call_to_show (VavStream *stream)
{
  return vav_stream_is_busy (stream) && vav_stream_get_state (stream) != VAV_STATE_INCOMING;
}

/* A running call is shown as long as it runs; then whichever other call there is; else who calls, so that one reads of a call that was missed. */
static void
choose_stream (VavAppHost *self)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->endpoint));

  if (is_call_to_show (self->stream))
    return;
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (VavStream) stream = g_list_model_get_item (G_LIST_MODEL (self->endpoint), i);

      if (is_call_to_show (stream))
        {
          show_stream (self, stream);
          return;
        }
    }
  if (vav_stream_is_busy (self->waiting))
    show_stream (self, self->waiting);
}

static void
on_streams_changed (VavAppHost *self, guint position, guint removed, guint added)
{
  for (guint i = position; i < position + added; i++)
    {
      g_autoptr (VavStream) stream = g_list_model_get_item (G_LIST_MODEL (self->endpoint), i);

      g_signal_handlers_disconnect_by_func (stream, choose_stream, self);
      g_signal_connect_object (stream, "notify::state", G_CALLBACK (choose_stream), self, G_CONNECT_SWAPPED);
    }
  choose_stream (self);
}

static void
on_connection_requested (VavAppHost *self, VavStream *stream, VavRequest *request)
{
  if (vav_peer_is_self (vav_request_get_peer (request)) || self->accept_all)
    vav_request_accept (request, VAV_FLOWS_ALL, NULL);
  else if (vav_app_host_is_busy (self))
    vav_request_reject (request, VAV_REASON_BUSY, NULL);
  else
    g_signal_emit (self, signals[REQUEST], 0, request);
}

/* --- GObject --- */

static void
vav_app_host_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_STREAM)
    g_value_set_object (value, VAV_APP_HOST (object)->stream);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
vav_app_host_finalize (GObject *object)
{
  VavAppHost *self = VAV_APP_HOST (object);

  if (self->endpoint != NULL)
    g_signal_handlers_disconnect_by_data (self->endpoint, self);
  if (self->service != NULL)
    vav_app_service_unexport (self->service);
  g_clear_object (&self->service);
  g_clear_pointer (&self->events, vav_app_events_free);
  g_clear_pointer (&self->report, fclose);
  g_clear_object (&self->stream);
  g_clear_object (&self->waiting);
  g_clear_object (&self->endpoint);
  G_OBJECT_CLASS (vav_app_host_parent_class)->finalize (object);
}

static void
vav_app_host_class_init (VavAppHostClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = vav_app_host_get_property;
  object_class->finalize = vav_app_host_finalize;
  properties[PROP_STREAM]
      = g_param_spec_object ("stream", NULL, NULL, VAV_TYPE_STREAM, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  signals[REQUEST] = g_signal_new ("request", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                   G_TYPE_NONE, 1, VAV_TYPE_REQUEST);
}

static void
vav_app_host_init (VavAppHost *self)
{
}

static gboolean
open_report (VavAppHost *self, const char *path, GError **error)
{
  if (path == NULL)
    return TRUE;
  self->report = fopen (path, "ae");
  if (self->report == NULL)
    {
      g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (errno), _ ("The report %s cannot be written: %s."),
                   path, g_strerror (errno));
      return FALSE;
    }
  self->events = vav_app_events_new (self->report);
  return TRUE;
}

static gboolean
open_endpoint (VavAppHost *self, const VavAppOptions *options, GError **error)
{
  g_autofree char *identifier = vav_app_profile_dup_identifier (options->profile);

  self->endpoint = vav_endpoint_new (options->profile, options->media != NULL ? options->media : "auto", error);
  if (self->endpoint == NULL)
    return FALSE;
  if (options->listen != NULL && !vav_endpoint_set_listen (self->endpoint, options->listen, error))
    return FALSE;
  if (options->stun != NULL && !vav_endpoint_set_stun (self->endpoint, options->stun, error))
    return FALSE;
  if (options->turn != NULL && !vav_endpoint_set_turn (self->endpoint, options->turn, error))
    return FALSE;
  vav_endpoint_set_relay_only (self->endpoint, options->relay_only);
  vav_endpoint_set_identifier (self->endpoint, identifier);
  return TRUE;
}

/**
 * vav_app_host_new:
 *
 * Detection is off at first: the caller turns it on when everything is connected.
 *
 * Returns: (transfer full) (nullable): the host; %NULL if the profile, the media or the report cannot be used
 */
VavAppHost *
vav_app_host_new (const VavAppOptions *options, GError **error)
{
  g_autoptr (VavAppHost) self = g_object_new (VAV_APP_TYPE_HOST, NULL);

  self->accept_all = options->accept_all;
  if (!open_report (self, options->report, error) || !open_endpoint (self, options, error))
    return NULL;
  if (self->events != NULL)
    {
      vav_app_events_identity (self->events, self->endpoint);
      vav_app_events_watch_endpoint (self->events, self->endpoint);
    }
  self->waiting = vav_stream_new (self->endpoint);
  self->stream = g_object_ref (self->waiting);
  if (self->events != NULL)
    vav_app_events_watch_stream (self->events, self->waiting);
  self->service = vav_app_service_new (self->endpoint);
  vav_app_service_set_default_stream (self->service, self->waiting);

  g_signal_connect_swapped (self->endpoint, "items-changed", G_CALLBACK (on_streams_changed), self);
  g_signal_connect_swapped (self->endpoint, "connection-requested", G_CALLBACK (on_connection_requested), self);
  on_streams_changed (self, 0, 0, g_list_model_get_n_items (G_LIST_MODEL (self->endpoint)));
  return g_steal_pointer (&self);
}

VavEndpoint *
vav_app_host_get_endpoint (VavAppHost *self)
{
  return self->endpoint;
}

VavStream *
vav_app_host_get_stream (VavAppHost *self)
{
  return self->stream;
}

VavStream *
vav_app_host_get_waiting_stream (VavAppHost *self)
{
  return self->waiting;
}

void
vav_app_host_show (VavAppHost *self, VavStream *stream)
{
  if (is_call_to_show (stream))
    show_stream (self, stream);
}

/* Whether a call runs or is being made; one that only rings here does not count. */
gboolean
vav_app_host_is_busy (VavAppHost *self)
{
  choose_stream (self);
  return is_call_to_show (self->stream);
}

static gboolean
dial (VavAppHost *self, VavStream *stream, const char *address, GError **error)
{
  show_stream (self, stream);
  vav_stream_play (stream, VAV_FLOWS_ALL); /* what was turned off in the last call counted for that one */
  return vav_stream_dial (stream, address, NULL, error);
}

/**
 * vav_app_host_call:
 *
 * Somebody else may ring meanwhile: that goes on.
 */
gboolean
vav_app_host_call (VavAppHost *self, const char *address, GError **error)
{
  g_autoptr (GError) refusal = NULL;

  if (vav_app_host_is_busy (self))
    {
      g_set_error_literal (error, VAV_ERROR, VAV_ERROR_BUSY, _ ("You are in a call. Hang up first."));
      return FALSE;
    }
  /* to call who rings there is to answer */
  if (dial (self, self->waiting, address, &refusal))
    return TRUE;
  if (g_error_matches (refusal, VAV_ERROR, VAV_ERROR_BUSY))
    {
      g_autoptr (VavStream) fresh = vav_stream_new (self->endpoint);

      return dial (self, fresh, address, error);
    }
  g_propagate_error (error, g_steal_pointer (&refusal));
  return FALSE;
}

void
vav_app_host_hang_up_all (VavAppHost *self)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->endpoint));
  g_autoptr (GPtrArray) streams = g_ptr_array_new_with_free_func (g_object_unref);

  /* hanging up may change the list */
  for (guint i = 0; i < n; i++)
    g_ptr_array_add (streams, g_list_model_get_item (G_LIST_MODEL (self->endpoint), i));
  for (guint i = 0; i < streams->len; i++)
    if (vav_stream_is_busy (g_ptr_array_index (streams, i)))
      vav_stream_hang_up (g_ptr_array_index (streams, i), NULL);
}

gboolean
vav_app_host_export (VavAppHost *self, GDBusConnection *connection, GError **error)
{
  return vav_app_service_export (self->service, connection, NULL, error);
}

static void
on_closed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (vav_endpoint_close_finish (VAV_ENDPOINT (source), result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

void
vav_app_host_close_async (VavAppHost *self, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);

  vav_endpoint_close_async (self->endpoint, on_closed, task);
}

gboolean
vav_app_host_close_finish (VavAppHost *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
