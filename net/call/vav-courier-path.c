/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/call/vav-courier-private.h"
#include "net/call/vav-stream-private.h"
#include "net/signal/vav-direct.h"

/* The connection for the bytes of files: a second one to where the call goes, with the same keys. Whoever called opens it, as that is who can reach the
 * other, when the first file is to run; the called side waits for it. If it cannot be made they go through the media's path. */

#define DIAL_MS 8000
#define WAIT_MS 12000

/* Second connections in one call: each that is lost takes its threads a while to part, and a peer might break them as fast as they are made. */
#define MAX_PATHS 64

static void
clear_limit (VavCourier *self)
{
  if (self->path_limit != NULL)
    g_source_destroy (self->path_limit);
  g_clear_pointer (&self->path_limit, g_source_unref);
}

static void
leave_channel (VavCourier *self)
{
  if (self->path_channel == NULL)
    return;
  g_signal_handlers_disconnect_by_data (self->path_channel, self);
  vav_channel_abort (self->path_channel);
  g_clear_object (&self->path_channel);
}

void
vav_courier_leave_path (VavCourier *self)
{
  clear_limit (self);
  if (self->path_dialling != NULL)
    g_cancellable_cancel (self->path_dialling);
  g_clear_object (&self->path_dialling);
  leave_channel (self);
  self->path = VAV_PATH_NONE;
}

/* Through the media's path; it is the same for the whole call. */
static VavPipe *
get_call_pipe (VavCourier *self)
{
  return self->call->session != NULL ? vav_media_session_get_pipe (self->call->session) : NULL;
}

/* Before the other side knows that there is no second connection its pieces may come that way. */
static void
listen_to_call (VavCourier *self)
{
  VavPipe *pipe = get_call_pipe (self);

  if (pipe == NULL || self->listens_to_call)
    return;
  self->listens_to_call = TRUE;
  vav_courier_ensure_freight (self);
  vav_freight_listen (self->freight, pipe);
}

static gboolean
use_call (VavCourier *self)
{
  VavPipe *pipe = get_call_pipe (self);

  vav_courier_leave_path (self);
  if (pipe == NULL)
    return FALSE;
  listen_to_call (self);
  self->path = VAV_PATH_UP;
  self->uses_call = TRUE;
  vav_freight_use (self->freight, pipe);
  return TRUE;
}

/* There is no second connection. Whoever called knows, and tells the other. */
static void
fail (VavCourier *self)
{
  g_autoptr (VavMessage) way = vav_message_new (VAV_MESSAGE_FILE_WAY);

  if (!use_call (self))
    vav_courier_fail_path (self);
  else if (self->call->role == VAV_ROLE_CALLER)
    vav_courier_send (self, way, NULL);
}

/* The other side knows: a second connection that this one still believes in is lost. */
gboolean
vav_courier_take_way (VavCourier *self, VavMessage *message)
{
  if (self->call->role != VAV_ROLE_CALLEE)
    return FALSE;
  if (self->path == VAV_PATH_UP && self->uses_call)
    return TRUE;
  if (self->path == VAV_PATH_UP)
    vav_freight_forget_pipes (self->freight);
  if (!use_call (self))
    vav_courier_fail_path (self);
  return TRUE;
}

static gboolean
limit_cb (gpointer data)
{
  fail (data);
  return G_SOURCE_REMOVE;
}

static void
start_limit (VavCourier *self, guint ms)
{
  clear_limit (self);
  self->path_limit = g_timeout_source_new (ms);
  g_source_set_callback (self->path_limit, limit_cb, self, NULL);
  g_source_attach (self->path_limit, vav_hop_get_context (self->hop));
}

/* the freight */

typedef struct
{
  VavEndpoint *endpoint;
  GMainContext *context;
} Gone;

static gboolean
end_task_cb (gpointer endpoint)
{
  vav_endpoint_end_task (endpoint);
  return G_SOURCE_REMOVE;
}

/* The last of its threads. */
static void
gone_cb (gpointer data)
{
  Gone *gone = data;
  g_autoptr (GSource) source = g_idle_source_new ();

  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, end_task_cb, gone->endpoint, g_object_unref);
  g_source_attach (source, gone->context);
  g_main_context_unref (gone->context);
  g_free (gone);
}

void
vav_courier_ensure_freight (VavCourier *self)
{
  Gone *gone;

  if (self->freight != NULL)
    return;
  gone = g_new (Gone, 1);
  gone->endpoint = g_object_ref (self->call->endpoint);
  gone->context = g_main_context_ref (vav_hop_get_context (self->hop));
  vav_endpoint_begin_task (gone->endpoint);
  self->freight = vav_freight_new (&vav_courier_freight_events, self, gone_cb, gone);
}

/* both sides: the connection becomes a pipe */

static void
pipe_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (VavCourier) self = data;
  g_autoptr (VavPipe) pipe = vav_channel_become_pipe_finish (VAV_CHANNEL (source), result, NULL);

  if (self->path_channel != VAV_CHANNEL (source))
    return; /* given up meanwhile */
  g_clear_object (&self->path_channel);
  if (pipe == NULL)
    {
      fail (self);
      return;
    }
  clear_limit (self);
  self->path = VAV_PATH_UP;
  vav_courier_ensure_freight (self);
  vav_freight_use (self->freight, pipe);
  vav_freight_listen (self->freight, pipe);
}

static void
become_pipe (VavCourier *self)
{
  g_signal_handlers_disconnect_by_data (self->path_channel, self);
  vav_channel_become_pipe_async (self->path_channel, pipe_cb, g_object_ref (self));
}

/* the caller */

static void
on_message (VavChannel *channel, VavMessage *message, VavCourier *self)
{
  if (vav_message_get_kind (message) == VAV_MESSAGE_ATTACHED
      && g_strcmp0 (vav_message_get_call (message), self->call->call_id) == 0)
    become_pipe (self);
  else
    fail (self);
}

static void
on_closed (VavChannel *channel, GError *error, VavCourier *self)
{
  fail (self);
}

static void
on_dialled (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (VavCourier) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (VavChannel) channel = vav_direct_dial_finish (result, &error);
  g_autoptr (VavMessage) attach = vav_message_new (VAV_MESSAGE_ATTACH);

  /* given up meanwhile, be it that the next one is being dialled already */
  if (self->call == NULL || g_task_get_cancellable (G_TASK (result)) != self->path_dialling)
    {
      if (channel != NULL)
        vav_channel_abort (channel);
      return;
    }
  g_clear_object (&self->path_dialling);
  vav_message_set_call (attach, self->call->call_id);
  if (channel == NULL || !vav_channel_send (channel, attach, &error))
    {
      g_debug ("no connection for files: %s", error->message);
      fail (self);
      return;
    }
  self->path_channel = g_steal_pointer (&channel);
  g_signal_connect (self->path_channel, "message", G_CALLBACK (on_message), self);
  g_signal_connect (self->path_channel, "closed", G_CALLBACK (on_closed), self);
  vav_channel_start (self->path_channel);
}

/* Where the call's own connection went, whatever name was looked up for it; and only the same key may answer. */
static VavAddress *
find_address (VavCourier *self)
{
  VavCall *call = self->call;
  const char *where = vav_channel_get_peer_address (call->channel);
  gboolean by_name
      = call->address == NULL || call->address->host == NULL || !g_hostname_is_ip_address (call->address->host);
  VavAddress *address;

  if (where == NULL) /* the call's own connection came by a broker */
    return NULL;
  address = by_name ? vav_address_parse (where, NULL) : vav_address_copy (call->address);
  if (address == NULL)
    return NULL;
  g_free (address->id);
  address->id = g_strdup (vav_channel_get_peer_id (call->channel));
  return address;
}

static void
dial (VavCourier *self)
{
  g_autoptr (VavAddress) address = find_address (self);

  if (address == NULL || self->n_paths >= MAX_PATHS)
    {
      fail (self);
      return;
    }
  self->n_paths++;
  self->path_dialling = g_cancellable_new ();
  vav_direct_dial_async (vav_endpoint_get_identity (self->call->endpoint), address, self->call->identifier,
                         self->path_dialling, NULL, NULL, on_dialled, g_object_ref (self));
}

void
vav_courier_ensure_path (VavCourier *self)
{
  if (self->path != VAV_PATH_NONE || self->call == NULL || self->call->channel == NULL)
    return;
  listen_to_call (self);
  self->path = VAV_PATH_TRYING;
  start_limit (self, self->call->role == VAV_ROLE_CALLER ? DIAL_MS : WAIT_MS);
  if (self->call->role == VAV_ROLE_CALLER)
    dial (self);
}

void
vav_courier_path_lost (VavCourier *self)
{
  if (self->path == VAV_PATH_UP)
    self->path = VAV_PATH_NONE;
}

/* the called side */

static gboolean
expects (VavCall *call, VavChannel *channel, VavMessage *attach)
{
  VavCourier *self = vav_call_get_courier (call);

  return call->role == VAV_ROLE_CALLEE && call->channel != NULL
         && g_strcmp0 (call->call_id, vav_message_get_call (attach)) == 0
         && g_strcmp0 (vav_channel_get_peer_id (call->channel), vav_channel_get_peer_id (channel)) == 0
         && !self->uses_call && self->path_channel == NULL && self->n_paths < MAX_PATHS && vav_courier_has_files (self);
}

static void
admit (VavCourier *self, VavChannel *channel)
{
  g_autoptr (VavMessage) attached = vav_message_new (VAV_MESSAGE_ATTACHED);

  /* the other side may know before us that the one we have is lost */
  if (self->path == VAV_PATH_UP)
    vav_freight_forget_pipes (self->freight);
  self->n_paths++;
  self->path = VAV_PATH_TRYING;
  start_limit (self, WAIT_MS);
  self->path_channel = g_object_ref (channel);
  vav_message_set_call (attached, self->call->call_id);
  (void)vav_channel_send (channel, attached, NULL);
  become_pipe (self);
}

gboolean
vav_courier_admit (VavEndpoint *endpoint, VavChannel *channel, VavMessage *attach)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (endpoint));

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (VavStream) stream = g_list_model_get_item (G_LIST_MODEL (endpoint), i);
      VavCall *call = vav_stream_get_call (stream);

      if (call == NULL || !expects (call, channel, attach))
        continue;
      admit (vav_call_get_courier (call), channel);
      return TRUE;
    }
  return FALSE;
}
