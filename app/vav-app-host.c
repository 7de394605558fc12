/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/vav-app-host.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <stdio.h>

#include "app/service/vav-app-events.h"
#include "app/service/vav-app-profile.h"
#include "app/service/vav-app-service.h"
#include "app/vav-app-caller.h"
#include "app/vav-app-choices.h"
#include "app/vav-app-network.h"

/* So many may wait for a decision at once; further callers are told that this side is busy. */
#define MAX_CALLERS 20

struct _VavAppHost
{
  GObject parent_instance;

  /* owned */
  VavEndpoint *endpoint;
  VavStream *waiting;    /* free, and waits for callers while detection is on */
  VavStream *stream;     /* what the window shows */
  GListStore *callers;   /* of VavAppCaller, oldest first */
  VavAppCaller *ringing; /* nullable: of these, the one that the person is asked about */
  VavAppService *service;
  VavAppEvents *events; /* nullable */
  FILE *report;         /* nullable */
  VavAppPolicy *policy;

  gboolean accept_all;
  gboolean busy; /* as was notified */
};

enum
{
  PROP_STREAM = 1,
  PROP_DETECTION,
  PROP_RINGING,
  PROP_BUSY,
  N_PROPS
};
static GParamSpec *properties[N_PROPS];

enum
{
  MISSED,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (VavAppHost, vav_app_host, G_TYPE_OBJECT)

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

/* (nullable) (transfer full): the stream of whoever has waited longest */
static VavStream *
find_calling (VavAppHost *self)
{
  g_autoptr (VavAppCaller) caller = g_list_model_get_item (G_LIST_MODEL (self->callers), 0);

  return caller != NULL ? vav_request_get_stream (vav_app_caller_get_request (caller)) : NULL;
}

/* A running call is shown as long as it runs; then whichever other call there is; else who calls, so that one reads of a call that was missed. */
static void
choose (VavAppHost *self)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->endpoint));
  g_autoptr (VavStream) calling = NULL;

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
  calling = find_calling (self);
  if (calling != NULL && !vav_stream_is_busy (self->stream))
    show_stream (self, calling);
}

static void
choose_stream (VavAppHost *self)
{
  gboolean busy;

  choose (self);
  busy = is_call_to_show (self->stream);
  if (busy == self->busy)
    return;
  self->busy = busy;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_BUSY]);
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

/* --- who calls --- */

static void
on_detection (VavAppHost *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_DETECTION]);
}

static void
set_waiting (VavAppHost *self, VavStream *stream)
{
  if (self->waiting != NULL)
    g_signal_handlers_disconnect_by_func (self->waiting, on_detection, self);
  g_set_object (&self->waiting, stream);
  g_signal_connect_object (stream, "notify::detection", G_CALLBACK (on_detection), self, G_CONNECT_SWAPPED);
  if (self->events != NULL)
    vav_app_events_watch_stream (self->events, stream);
  vav_app_service_set_default_stream (self->service, stream);
}

/* The waiting stream has got a call: the next caller needs another one. */
static void
wait_anew (VavAppHost *self)
{
  g_autoptr (VavStream) taken = g_object_ref (self->waiting);
  g_autoptr (VavStream) fresh = vav_stream_new (self->endpoint);

  /* before the old one stops, else the door would close in between and open at another port */
  vav_stream_set_detection (fresh, vav_stream_get_detection (taken));
  set_waiting (self, fresh);
  vav_stream_set_detection (taken, FALSE);
}

/* One after the other: the oldest that was not silenced. */
static void
update_ringing (VavAppHost *self)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->callers));
  g_autoptr (VavAppCaller) ringing = NULL;

  for (guint i = 0; i < n && ringing == NULL; i++)
    {
      ringing = g_list_model_get_item (G_LIST_MODEL (self->callers), i);
      if (vav_app_caller_is_silenced (ringing))
        g_clear_object (&ringing);
    }
  if (g_set_object (&self->ringing, ringing))
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_RINGING]);
}

static void
on_settled (VavAppHost *self, VavReason reason, VavRequest *request)
{
  g_autoptr (VavRequest) alive = g_object_ref (request);
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->callers));

  g_signal_handlers_disconnect_by_func (request, on_settled, self);
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (VavAppCaller) caller = g_list_model_get_item (G_LIST_MODEL (self->callers), i);

      if (vav_app_caller_get_request (caller) != request)
        continue;
      g_list_store_remove (self->callers, i);
      update_ringing (self);
      if (reason == VAV_REASON_WITHDRAWN || reason == VAV_REASON_NO_ANSWER)
        g_signal_emit (self, signals[MISSED], 0, caller);
      break;
    }
  choose_stream (self);
}

static void
let_wait (VavAppHost *self, VavRequest *request)
{
  g_autoptr (VavAppCaller) caller = vav_app_caller_new (request);

  g_signal_connect_object (request, "settled", G_CALLBACK (on_settled), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (caller, "notify::silenced", G_CALLBACK (update_ringing), self, G_CONNECT_SWAPPED);
  g_list_store_append (self->callers, caller);
  update_ringing (self);
  choose_stream (self);
}

static void
on_connection_requested (VavAppHost *self, VavStream *stream, VavRequest *request)
{
  VavPeer *peer = vav_request_get_peer (request);
  gboolean accepted = vav_peer_is_self (peer) || self->accept_all;

  if (!accepted && !vav_app_policy_admits (self->policy, peer, vav_endpoint_get_people (self->endpoint)))
    {
      vav_request_reject (request, VAV_REASON_UNREACHABLE, NULL);
      return;
    }
  if (!accepted && g_list_model_get_n_items (G_LIST_MODEL (self->callers)) >= MAX_CALLERS)
    {
      vav_request_reject (request, VAV_REASON_BUSY, NULL);
      return;
    }
  if (stream == self->waiting)
    wait_anew (self);
  if (accepted)
    vav_request_accept (request, VAV_FLOW_ALL, NULL);
  else
    let_wait (self, request);
}

/* --- GObject --- */

static void
vav_app_host_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  VavAppHost *self = VAV_APP_HOST (object);

  if (id == PROP_STREAM)
    g_value_set_object (value, self->stream);
  else if (id == PROP_DETECTION)
    g_value_set_boolean (value, vav_stream_get_detection (self->waiting));
  else if (id == PROP_RINGING)
    g_value_set_object (value, self->ringing);
  else if (id == PROP_BUSY)
    g_value_set_boolean (value, self->busy);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
vav_app_host_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  VavAppHost *self = VAV_APP_HOST (object);

  if (id == PROP_DETECTION)
    vav_stream_set_detection (self->waiting, g_value_get_boolean (value));
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
  g_clear_object (&self->ringing);
  g_clear_object (&self->callers);
  g_clear_object (&self->policy);
  g_clear_object (&self->endpoint);
  G_OBJECT_CLASS (vav_app_host_parent_class)->finalize (object);
}

static void
vav_app_host_class_init (VavAppHostClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = vav_app_host_get_property;
  object_class->set_property = vav_app_host_set_property;
  object_class->finalize = vav_app_host_finalize;
  properties[PROP_STREAM]
      = g_param_spec_object ("stream", NULL, NULL, VAV_TYPE_STREAM, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  properties[PROP_DETECTION] = g_param_spec_boolean (
      "detection", NULL, NULL, FALSE, G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  properties[PROP_RINGING]
      = g_param_spec_object ("ringing", NULL, NULL, VAV_APP_TYPE_CALLER, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  properties[PROP_BUSY] = g_param_spec_boolean ("busy", NULL, NULL, FALSE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  signals[MISSED] = g_signal_new ("missed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                  G_TYPE_NONE, 1, VAV_APP_TYPE_CALLER);
}

static void
vav_app_host_init (VavAppHost *self)
{
  self->callers = g_list_store_new (VAV_APP_TYPE_CALLER);
  self->policy = vav_app_policy_new ();
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
  if (!vav_app_network_set_up (self->endpoint, options, error))
    return FALSE;
  vav_endpoint_set_identifier (self->endpoint, identifier);
  if (options->settings != NULL)
    vav_app_choices_keep (options->settings, self->endpoint);
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
  self->service = vav_app_service_new (self->endpoint);
  self->stream = vav_stream_new (self->endpoint);
  set_waiting (self, self->stream);

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

VavAppPolicy *
vav_app_host_get_policy (VavAppHost *self)
{
  return self->policy;
}

/* Returns: (transfer none): of VavAppCaller, oldest first: those who wait for a decision */
GListModel *
vav_app_host_get_callers (VavAppHost *self)
{
  return G_LIST_MODEL (self->callers);
}

/* Returns: (transfer none) (nullable): the oldest caller that was not silenced */
VavAppCaller *
vav_app_host_get_ringing (VavAppHost *self)
{
  return self->ringing;
}

/* Returns: (transfer none) (nullable): the one with that number */
VavAppCaller *
vav_app_host_find_caller (VavAppHost *self, guint64 value)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->callers));

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (VavAppCaller) caller = g_list_model_get_item (G_LIST_MODEL (self->callers), i);

      if (vav_request_get_value (vav_app_caller_get_request (caller)) == value)
        return caller; /* the list holds it */
    }
  return NULL;
}

gboolean
vav_app_host_get_detection (VavAppHost *self)
{
  return vav_stream_get_detection (self->waiting);
}

void
vav_app_host_set_detection (VavAppHost *self, gboolean detection)
{
  vav_stream_set_detection (self->waiting, detection);
}

/* Whether a call runs or is being made; one that only rings here does not count. */
gboolean
vav_app_host_is_busy (VavAppHost *self)
{
  choose_stream (self);
  return is_call_to_show (self->stream);
}

/* --- several calls --- */

/* (transfer container): the endpoint's streams; what is done to them may change its list */
static GPtrArray *
list_streams (VavAppHost *self)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->endpoint));
  GPtrArray *streams = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < n; i++)
    g_ptr_array_add (streams, g_list_model_get_item (G_LIST_MODEL (self->endpoint), i));
  return streams;
}

/* All calls but that one wait on hold. A call to oneself is given up: nobody waits there. */
static void
hold_others (VavAppHost *self, VavStream *but)
{
  g_autoptr (GPtrArray) streams = list_streams (self);

  for (guint i = 0; i < streams->len; i++)
    {
      VavStream *stream = g_ptr_array_index (streams, i);
      VavPeer *peer = vav_stream_get_peer (stream);

      if (stream == but || !is_call_to_show (stream))
        continue;
      if (peer != NULL && vav_peer_is_self (peer))
        vav_stream_hang_up (stream, NULL);
      else
        vav_stream_set_held (stream, TRUE);
    }
}

/* Talks in that call: it is taken off hold and shown, and all others wait on hold. */
void
vav_app_host_switch_to (VavAppHost *self, VavStream *stream)
{
  if (!is_call_to_show (stream))
    return;
  hold_others (self, stream);
  vav_stream_set_held (stream, FALSE);
  show_stream (self, stream);
}

/* Says yes to who waits. The calls that there are wait on hold. */
void
vav_app_host_answer (VavAppHost *self, VavAppCaller *caller, VavFlows flows)
{
  g_autoptr (VavRequest) request = g_object_ref (vav_app_caller_get_request (caller));
  g_autoptr (VavStream) stream = vav_request_get_stream (request);

  if (stream == NULL || !vav_request_is_pending (request))
    return;
  hold_others (self, stream);
  vav_request_accept (request, flows, NULL);
  if (is_call_to_show (stream))
    show_stream (self, stream);
}

/* To call who rings here is to answer. */
static gboolean
answer_to (VavAppHost *self, const char *address)
{
  g_autoptr (GPtrArray) streams = list_streams (self);

  for (guint i = 0; i < streams->len; i++)
    if (vav_stream_get_request (g_ptr_array_index (streams, i)) != NULL
        && vav_stream_dial (g_ptr_array_index (streams, i), address, NULL, NULL))
      {
        vav_app_host_switch_to (self, g_ptr_array_index (streams, i));
        return TRUE;
      }
  return FALSE;
}

static gboolean
tell_failure (VavStream *stream, GError **error)
{
  const GError *last = vav_stream_get_last_error (stream);

  if (last != NULL)
    g_propagate_error (error, g_error_copy (last));
  else
    g_set_error_literal (error, VAV_ERROR, VAV_ERROR_FAILED, vav_reason_describe (vav_stream_get_end_reason (stream)));
  return FALSE;
}

/* Somebody else may ring meanwhile: that goes on. Calls that run wait on hold, unless this one fails at once: then it is not shown in their place. */
gboolean
vav_app_host_call (VavAppHost *self, const char *address, VavFlows flows, GError **error)
{
  g_autoptr (VavStream) stream = NULL;

  if (answer_to (self, address))
    return TRUE;
  stream = vav_stream_new (self->endpoint);
  if (self->events != NULL)
    vav_app_events_watch_stream (self->events, stream);
  vav_stream_stop (stream, VAV_FLOW_ALL & ~flows);
  if (!vav_stream_dial (stream, address, NULL, error))
    return FALSE;
  if (!is_call_to_show (stream) && is_call_to_show (self->stream))
    return tell_failure (stream, error);
  if (is_call_to_show (stream))
    hold_others (self, stream);
  show_stream (self, stream); /* only now: a stream that is in no call gives way to any that is */
  return TRUE;
}

void
vav_app_host_hang_up_all (VavAppHost *self)
{
  g_autoptr (GPtrArray) streams = list_streams (self);

  for (guint i = 0; i < streams->len; i++)
    if (is_call_to_show (g_ptr_array_index (streams, i)))
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
