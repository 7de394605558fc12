/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/service/vav-app-service-call.h"

#include <glib/gi18n.h>
#include <string.h>

#include "app/service/vav-app-dbus.h"
#include "app/service/vav-app-service.h"

/* How long a call that is over can still be seen, in milliseconds. */
#define LINGER 5000
/* Longer lists of flows are nonsense. */
#define MAX_FLOWS 256

struct _VavAppServiceCall
{
  guint64 value;
  gboolean kept;
  gboolean over;
  gboolean hung_up;
  guint timeout;

  VavStream *stream; /* owned if kept, else until its death */
  GDBusObjectSkeleton *object;
  VavAppDbusCall1 *skeleton;

  VavAppServiceCallGone gone;
  gpointer user_data;
};

char *
vav_app_service_call_dup_path (guint64 value)
{
  return g_strdup_printf (VAV_APP_BUS_PATH "/calls/%" G_GUINT64_FORMAT, value);
}

static const char *
error_name (const GError *error)
{
  if (error->domain != VAV_ERROR)
    return "org.visavis.Error.Failed";

  switch (error->code)
    {
    case VAV_ERROR_BUSY:
      return "org.visavis.Error.Busy";
    case VAV_ERROR_CLOSED:
      return "org.visavis.Error.Closed";
    case VAV_ERROR_TOO_LARGE:
      return "org.visavis.Error.TooLarge";
    case VAV_ERROR_INVALID_ADDRESS:
      return "org.visavis.Error.InvalidAddress";
    default:
      return "org.visavis.Error.Failed";
    }
}

void
vav_app_service_return_error (GDBusMethodInvocation *invocation, const GError *error)
{
  g_dbus_method_invocation_return_dbus_error (invocation, error_name (error), error->message);
}

static void
return_code (GDBusMethodInvocation *invocation, VavError code, const char *sentence)
{
  g_autoptr (GError) error = g_error_new_literal (VAV_ERROR, (int)code, sentence);

  vav_app_service_return_error (invocation, error);
}

gboolean
vav_app_service_take_data (GDBusMethodInvocation *invocation, GVariant *bytes, GBytes **data)
{
  gsize size = g_variant_get_size (bytes);

  if (size > VAV_MAX_DATA)
    {
      return_code (invocation, VAV_ERROR_TOO_LARGE, _ ("The data is too long: at most 64 KiB can be sent."));
      return FALSE;
    }

  *data = size > 0 ? g_variant_get_data_as_bytes (bytes) : NULL;
  return TRUE;
}

/* The stream while it is in this call; NULL once it has gone on to another. */
static VavStream *
current_stream (VavAppServiceCall *self)
{
  return self->stream != NULL && vav_stream_get_value (self->stream) == self->value ? self->stream : NULL;
}

/* The same for a request of the bus, which is answered if there is none. */
static VavStream *
stream_for (VavAppServiceCall *self, GDBusMethodInvocation *invocation)
{
  VavStream *stream = self->over ? NULL : current_stream (self);

  if (stream == NULL)
    return_code (invocation, VAV_ERROR_CLOSED, _ ("This call is over."));

  return stream;
}

static gboolean
on_timeout (gpointer user_data)
{
  VavAppServiceCall *self = user_data;

  self->timeout = 0;
  self->gone (self, self->user_data);

  return G_SOURCE_REMOVE;
}

/* Not at once: the stream's other signals of the same moment are still to be told. */
static void
schedule_removal (VavAppServiceCall *self)
{
  gboolean failed = strcmp (vav_app_dbus_call1_get_state (self->skeleton), "failed") == 0;

  g_clear_handle_id (&self->timeout, g_source_remove);
  if (self->hung_up)
    self->timeout = g_timeout_add (0, on_timeout, self);
  else if (!self->kept || !failed)
    self->timeout = g_timeout_add (LINGER, on_timeout, self);
}

static void
set_over (VavAppServiceCall *self)
{
  if (self->over)
    return;

  self->over = TRUE;
  schedule_removal (self);
}

static const char *
initiator (VavStream *stream)
{
  VavPeer *peer = vav_stream_get_peer (stream);
  const char *own = vav_stream_get_identifier (stream);

  if (vav_stream_is_incoming (stream))
    return peer != NULL ? vav_peer_get_name (peer) : "";

  return own != NULL && *own != '\0' ? own : vav_endpoint_get_identifier (vav_stream_get_endpoint (stream));
}

static const char *
address (VavStream *stream)
{
  VavPeer *peer = vav_stream_get_peer (stream);
  const char *dialled = vav_stream_get_address (stream);

  if (vav_stream_is_incoming (stream))
    return peer != NULL && vav_peer_get_address (peer) != NULL ? vav_peer_get_address (peer) : "";

  return dialled != NULL ? dialled : "";
}

static const char *
text_or_empty (const char *text)
{
  return text != NULL ? text : "";
}

static void
update (VavAppServiceCall *self)
{
  VavStream *stream = current_stream (self);
  g_autofree char *name = NULL;
  VavPeer *peer;
  VavState state;

  if (stream == NULL)
    {
      set_over (self);
      return;
    }

  state = vav_stream_get_state (stream);
  if (self->over || state == VAV_STATE_IDLE)
    return;

  peer = vav_stream_get_peer (stream);
  name = vav_stream_dup_entry_name (stream);
  g_object_set (self->skeleton, "value", self->value, "state", vav_state_to_nick (state), "reason",
                vav_reason_to_nick (vav_stream_get_end_reason (stream)), "entry-name", text_or_empty (name), "address",
                text_or_empty (address (stream)), "peer-id", peer != NULL ? text_or_empty (vav_peer_get_id (peer)) : "",
                "initiator", text_or_empty (initiator (stream)), "incoming", vav_stream_is_incoming (stream),
                "start-time", vav_stream_get_start_time (stream), "graceful", vav_stream_get_graceful (stream), NULL);

  if (state == VAV_STATE_ENDED || state == VAV_STATE_FAILED)
    set_over (self);
}

static void
on_notify (VavStream *stream, GParamSpec *pspec, VavAppServiceCall *self)
{
  update (self);
}

static GVariant *
data_to_variant (GBytes *data)
{
  if (data == NULL)
    return g_variant_new_from_data (G_VARIANT_TYPE_BYTESTRING, "", 0, TRUE, NULL, NULL);

  return g_variant_new_from_bytes (G_VARIANT_TYPE_BYTESTRING, data, TRUE);
}

static void
on_closing (VavStream *stream, GBytes *data, VavAppServiceCall *self)
{
  if (current_stream (self) != NULL)
    vav_app_dbus_call1_emit_closing (self->skeleton, data_to_variant (data));
}

static void
on_ended (VavStream *stream, gboolean graceful, VavReason reason, GBytes *data, VavAppServiceCall *self)
{
  if (current_stream (self) == NULL)
    return;

  update (self);
  g_object_set (self->skeleton, "graceful", graceful, "reason", vav_reason_to_nick (reason), NULL);
  g_dbus_interface_skeleton_flush (G_DBUS_INTERFACE_SKELETON (self->skeleton));
  vav_app_dbus_call1_emit_ended (self->skeleton, graceful, vav_reason_to_nick (reason), data_to_variant (data));
  set_over (self);
}

static VavRequest *
request_for (VavAppServiceCall *self, GDBusMethodInvocation *invocation)
{
  VavStream *stream = stream_for (self, invocation);
  VavRequest *request = stream != NULL ? vav_stream_get_request (stream) : NULL;

  if (stream != NULL && (request == NULL || !vav_request_is_pending (request)))
    {
      return_code (invocation, VAV_ERROR_FAILED, _ ("This call does not wait for an answer."));
      return NULL;
    }

  return request;
}

static gboolean
on_accept (VavAppDbusCall1 *skeleton, GDBusMethodInvocation *invocation, VavAppServiceCall *self)
{
  VavRequest *request = request_for (self, invocation);

  if (request != NULL)
    {
      vav_request_accept (request, VAV_FLOW_ALL, NULL);
      vav_app_dbus_call1_complete_accept (skeleton, invocation);
    }

  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static gboolean
on_reject (VavAppDbusCall1 *skeleton, GDBusMethodInvocation *invocation, GVariant *bytes, VavAppServiceCall *self)
{
  g_autoptr (GBytes) data = NULL;
  VavRequest *request;

  if (!vav_app_service_take_data (invocation, bytes, &data))
    return G_DBUS_METHOD_INVOCATION_HANDLED;

  request = request_for (self, invocation);
  if (request != NULL)
    {
      vav_request_reject (request, VAV_REASON_DECLINED, data);
      vav_app_dbus_call1_complete_reject (skeleton, invocation);
    }

  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

/* Answered at once: that the hang-up is complete is told by the object's going. */
static gboolean
on_hang_up (VavAppDbusCall1 *skeleton, GDBusMethodInvocation *invocation, GVariant *bytes, VavAppServiceCall *self)
{
  VavStream *stream = current_stream (self);
  g_autoptr (GBytes) data = NULL;

  if (!vav_app_service_take_data (invocation, bytes, &data))
    return G_DBUS_METHOD_INVOCATION_HANDLED;

  vav_app_dbus_call1_complete_hang_up (skeleton, invocation);
  self->hung_up = TRUE;
  if (self->over)
    {
      /* a failed one has a handle in the library too */
      if (self->stream != NULL)
        vav_endpoint_hang_up (vav_stream_get_endpoint (self->stream), self->value, NULL, NULL);
      schedule_removal (self);
    }
  else if (stream != NULL)
    vav_stream_hang_up (stream, data);

  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static gboolean
flows_for (GDBusMethodInvocation *invocation, const char *text, VavFlows *flows)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *head = g_strndup (text, MAX_FLOWS);

  if (vav_flows_from_string (head, flows, &error) && *flows != VAV_FLOW_NONE)
    return TRUE;

  if (error == NULL)
    g_set_error_literal (&error, VAV_ERROR, VAV_ERROR_FAILED, _ ("No flow is named."));
  vav_app_service_return_error (invocation, error);
  return FALSE;
}

static gboolean
on_stop (VavAppDbusCall1 *skeleton, GDBusMethodInvocation *invocation, const char *text, VavAppServiceCall *self)
{
  VavStream *stream = stream_for (self, invocation);
  VavFlows flows;

  if (stream != NULL && flows_for (invocation, text, &flows))
    {
      vav_stream_stop (stream, flows);
      vav_app_dbus_call1_complete_stop (skeleton, invocation);
    }

  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static gboolean
on_play (VavAppDbusCall1 *skeleton, GDBusMethodInvocation *invocation, const char *text, VavAppServiceCall *self)
{
  VavStream *stream = stream_for (self, invocation);
  VavFlows flows;

  if (stream != NULL && flows_for (invocation, text, &flows))
    {
      vav_stream_play (stream, flows);
      vav_app_dbus_call1_complete_play (skeleton, invocation);
    }

  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static void
connect_skeleton (VavAppServiceCall *self)
{
  g_signal_connect (self->skeleton, "handle-accept", G_CALLBACK (on_accept), self);
  g_signal_connect (self->skeleton, "handle-reject", G_CALLBACK (on_reject), self);
  g_signal_connect (self->skeleton, "handle-hang-up", G_CALLBACK (on_hang_up), self);
  g_signal_connect (self->skeleton, "handle-stop", G_CALLBACK (on_stop), self);
  g_signal_connect (self->skeleton, "handle-play", G_CALLBACK (on_play), self);
}

static void
connect_stream (VavAppServiceCall *self)
{
  static const char *const properties[]
      = { "state", "end-reason", "peer", "start-time", "graceful", "entry-name", "value" };

  for (guint i = 0; i < G_N_ELEMENTS (properties); i++)
    {
      g_autofree char *detailed = g_strconcat ("notify::", properties[i], NULL);

      g_signal_connect (self->stream, detailed, G_CALLBACK (on_notify), self);
    }
  g_signal_connect (self->stream, "closing", G_CALLBACK (on_closing), self);
  g_signal_connect (self->stream, "ended", G_CALLBACK (on_ended), self);
}

static void
on_stream_gone (gpointer user_data, GObject *stream)
{
  VavAppServiceCall *self = user_data;

  self->stream = NULL;
  set_over (self);
}

VavAppServiceCall *
vav_app_service_call_new (VavStream *stream, gboolean kept, VavAppServiceCallGone gone, gpointer user_data)
{
  VavAppServiceCall *self = g_new0 (VavAppServiceCall, 1);
  g_autofree char *path = NULL;

  self->value = vav_stream_get_value (stream);
  self->kept = kept;
  self->gone = gone;
  self->user_data = user_data;

  self->stream = stream;
  if (kept)
    g_object_ref (stream);
  else
    g_object_weak_ref (G_OBJECT (stream), on_stream_gone, self);

  path = vav_app_service_call_dup_path (self->value);
  self->object = g_dbus_object_skeleton_new (path);
  self->skeleton = vav_app_dbus_call1_skeleton_new ();
  g_dbus_object_skeleton_add_interface (self->object, G_DBUS_INTERFACE_SKELETON (self->skeleton));

  connect_skeleton (self);
  update (self);
  connect_stream (self);

  return self;
}

void
vav_app_service_call_free (VavAppServiceCall *self)
{
  g_clear_handle_id (&self->timeout, g_source_remove);
  if (self->stream != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->stream, self);
      if (self->kept)
        g_object_unref (self->stream);
      else
        g_object_weak_unref (G_OBJECT (self->stream), on_stream_gone, self);
    }

  g_signal_handlers_disconnect_by_data (self->skeleton, self);
  g_clear_object (&self->skeleton);
  g_clear_object (&self->object);
  g_free (self);
}

guint64
vav_app_service_call_get_value (VavAppServiceCall *self)
{
  return self->value;
}

GDBusObjectSkeleton *
vav_app_service_call_get_object (VavAppServiceCall *self)
{
  return self->object;
}

gboolean
vav_app_service_call_is_over (VavAppServiceCall *self)
{
  return self->over;
}

gboolean
vav_app_service_call_stays (VavAppServiceCall *self)
{
  return self->over && self->timeout == 0;
}
