/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/signal/vav-dial-private.h"

#include <glib/gi18n-lib.h>

#include "net/signal/vav-channel-private.h"
#include "net/signal/vav-socket.h"
#include "net/signal/vav-tls.h"
#include "net/signal/vav-wire.h"

#define STEP_MS 10000
#define WHOLE_MS 15000

/* Who ends the connection before a word has too many callers at the moment, or goes: for so long it is tried again, after a pause of so much times the number
 * of tries, more or less. */
#define CROWDED_MS 3000
#define PAUSE_MS 150

static void
clear_source (GSource **source)
{
  if (*source != NULL)
    g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

static void
dial_free (gpointer data)
{
  VavDial *dial = data;

  clear_source (&dial->again);
  clear_source (&dial->step_deadline);
  clear_source (&dial->deadline);
  g_clear_pointer (&dial->tunnel, vav_tunnel_unref);
  g_clear_object (&dial->tunnels);
  g_clear_object (&dial->client);
  g_clear_object (&dial->channel);
  g_clear_object (&dial->stream);
  g_clear_object (&dial->socket);
  g_clear_object (&dial->outer);
  g_clear_object (&dial->cancellable);
  g_clear_object (&dial->identity);
  g_clear_pointer (&dial->address, vav_address_free);
  g_free (dial->where);
  g_free (dial->name);
  g_free (dial);
}

static GSource *
attach (GSource *source, GSourceFunc func, gpointer data)
{
  g_source_set_callback (source, func, data, NULL);
  g_source_attach (source, g_main_context_get_thread_default ());
  return source;
}

static void
stop_waiting (VavDial *dial)
{
  if (dial->changed_id != 0)
    g_signal_handler_disconnect (dial->tunnels, dial->changed_id);
  dial->changed_id = 0;
}

/* Every way out passes here. Takes task and error. */
static void
settle (GTask *task, GError *error)
{
  VavDial *dial = g_task_get_task_data (task);

  clear_source (&dial->step_deadline);
  clear_source (&dial->deadline);
  stop_waiting (dial);
  if (dial->outer != NULL)
    g_cancellable_disconnect (dial->outer, dial->outer_id);
  g_clear_object (&dial->outer);
  if (error != NULL && dial->channel == NULL && dial->socket != NULL)
    g_socket_close (dial->socket, NULL);
  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, g_steal_pointer (&dial->channel), g_object_unref);
  g_object_unref (task);
}

/* hello */

static void
opened_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  GTask *task = data;
  VavDial *dial = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;

  if (vav_channel_open_finish (VAV_CHANNEL (source), result, &error))
    settle (task, NULL);
  else if (dial->timed_out)
    settle (task, vav_dial_make_timeout (dial));
  else if (g_error_matches (error, VAV_ERROR, VAV_ERROR_CLOSED) || g_error_matches (error, VAV_ERROR, VAV_ERROR_RESET))
    settle (task, vav_dial_make_short (dial));
  else
    settle (task, g_steal_pointer (&error));
}

static void connect_now (GTask *task);

/* Also when it is given up meanwhile. */
static gboolean
again_cb (gpointer data)
{
  GTask *task = data;
  VavDial *dial = g_task_get_task_data (task);
  GError *error = NULL;

  clear_source (&dial->again);
  if (g_cancellable_set_error_if_cancelled (dial->cancellable, &error))
    settle (task, vav_dial_describe (dial, error));
  else
    connect_now (task);
  return G_SOURCE_REMOVE;
}

static gboolean
is_crowded (VavDial *dial, GError *failure)
{
  return dial->tunnel == NULL && !dial->timed_out && vav_dial_is_short (dial, failure)
         && g_get_monotonic_time () - dial->begun < CROWDED_MS * G_TIME_SPAN_MILLISECOND;
}

static void
try_again_soon (GTask *task)
{
  VavDial *dial = g_task_get_task_data (task);
  guint pause_ms = ++dial->n_tries * PAUSE_MS;
  g_autoptr (GSource) cancelled = g_cancellable_source_new (dial->cancellable);

  if (dial->socket != NULL)
    g_socket_close (dial->socket, NULL);
  g_clear_object (&dial->stream);
  g_clear_object (&dial->socket);
  g_clear_object (&dial->client);
  dial->again = g_timeout_source_new (pause_ms / 2 + (guint)g_random_int_range (0, (gint32)pause_ms));
  g_source_set_dummy_callback (cancelled);
  g_source_add_child_source (dial->again, cancelled);
  attach (dial->again, again_cb, task);
}

static void
handshake_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  GTask *task = data;
  VavDial *dial = g_task_get_task_data (task);
  GError *error = NULL;
  g_autofree char *id = vav_tls_handshake_finish (G_TLS_CONNECTION (source), result, &error);

  if (id == NULL && is_crowded (dial, error))
    {
      g_error_free (error);
      try_again_soon (task);
      return;
    }
  if (id == NULL)
    {
      settle (task, vav_dial_describe_handshake (dial, error));
      return;
    }
  if (dial->address->id != NULL && g_strcmp0 (id, dial->address->id) != 0)
    {
      g_autoptr (VavWire) wire = vav_wire_new (dial->stream, dial->socket);
      g_autofree char *sentence = NULL;

      vav_wire_close (wire);
      g_clear_object (&dial->socket);
      sentence = g_strdup_printf (_ ("Somebody else answers at %s: the identity is not the one that you asked for. No "
                                     "call was made."),
                                  dial->where);
      settle (task, vav_error_new_untrusted (id, sentence));
      return;
    }
  dial->channel = vav_channel_new (dial->stream, dial->socket, id);
  if (dial->at_once)
    {
      if (!vav_channel_open_at_once (dial->channel, dial->name, &error))
        g_clear_object (&dial->channel);
      settle (task, error);
      return;
    }
  vav_channel_open_async (dial->channel, dial->name, dial->cancellable, opened_cb, task);
}

/* the connection */

/* TCP may connect a port to itself (RFC 9293, 3.5) when nobody listens on it and it is free for the outgoing side: that is nobody, too. */
static gboolean
is_itself (GSocketConnection *connection)
{
  g_autoptr (GSocketAddress) here = g_socket_connection_get_local_address (connection, NULL);
  g_autoptr (GSocketAddress) there = g_socket_connection_get_remote_address (connection, NULL);

  if (!G_IS_INET_SOCKET_ADDRESS (here) || !G_IS_INET_SOCKET_ADDRESS (there))
    return FALSE;
  return g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (here))
             == g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (there))
         && g_inet_address_equal (g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (here)),
                                  g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (there)));
}

/* Who reset it meanwhile has no address any more, and glib-networking (2.80) lets go of what it was not given then. An address that was told once stays. */
static gboolean
is_over (GSocketConnection *connection)
{
  g_autoptr (GSocketAddress) there = g_socket_connection_get_remote_address (connection, NULL);

  return there == NULL;
}

static void
talk (GTask *task, GSocketConnection *connection)
{
  VavDial *dial = g_task_get_task_data (task);
  GError *error = NULL;

  clear_source (&dial->step_deadline);
  dial->step = VAV_DIAL_STEP_TALKING;
  if (dial->progress != NULL)
    dial->progress (VAV_DIAL_TALKING, dial->progress_data);
  dial->socket = g_object_ref (g_socket_connection_get_socket (connection));
  vav_socket_prepare (dial->socket);
  dial->stream = vav_tls_new_client (G_IO_STREAM (connection), dial->identity, &error);
  if (dial->stream == NULL)
    settle (task, error);
  else
    vav_tls_handshake_async (G_TLS_CONNECTION (dial->stream), dial->cancellable, handshake_cb, task);
}

static void
connected_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  GTask *task = data;
  VavDial *dial = g_task_get_task_data (task);
  g_autoptr (GSocketConnection) connection = NULL;
  GError *error = NULL;

  connection = g_socket_client_connect_finish (G_SOCKET_CLIENT (source), result, &error);
  if (connection != NULL && is_itself (connection))
    {
      g_clear_object (&connection);
      error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED, "");
    }
  else if (connection != NULL && is_over (connection))
    {
      g_clear_object (&connection);
      error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED, "");
    }
  if (connection == NULL && is_crowded (dial, error))
    {
      g_error_free (error);
      try_again_soon (task);
      return;
    }
  if (connection == NULL)
    {
      settle (task, vav_dial_describe (dial, error));
      return;
    }
  talk (task, connection);
}

static gboolean
deadline_cb (gpointer data)
{
  VavDial *dial = data;

  dial->timed_out = TRUE;
  g_cancellable_cancel (dial->cancellable);
  return G_SOURCE_REMOVE;
}

static void
enter_step (VavDial *dial, VavDialStep step)
{
  dial->step = step;
  clear_source (&dial->step_deadline);
  dial->step_deadline = attach (g_timeout_source_new (STEP_MS), deadline_cb, dial);
  if (dial->progress != NULL)
    dial->progress (step == VAV_DIAL_STEP_RESOLVING ? VAV_DIAL_RESOLVING : VAV_DIAL_CONNECTING, dial->progress_data);
}

static void
client_event_cb (GSocketClient *client, GSocketClientEvent event, GSocketConnectable *connectable,
                 GIOStream *connection, gpointer data)
{
  VavDial *dial = g_task_get_task_data (data);

  if (event == G_SOCKET_CLIENT_CONNECTING && dial->step == VAV_DIAL_STEP_RESOLVING && !dial->timed_out)
    enter_step (dial, VAV_DIAL_STEP_CONNECTING);
}

static void
outer_cancelled_cb (GCancellable *cancellable, gpointer data)
{
  g_cancellable_cancel (data);
}

static void
connect_now (GTask *task)
{
  VavDial *dial = g_task_get_task_data (task);
  g_autoptr (GSocketConnectable) target = NULL;

  dial->step = VAV_DIAL_STEP_RESOLVING;
  if (!g_hostname_is_ip_address (dial->address->host))
    enter_step (dial, VAV_DIAL_STEP_RESOLVING);
  dial->client = g_socket_client_new ();
  g_socket_client_set_enable_proxy (dial->client, FALSE);
  g_signal_connect_object (dial->client, "event", G_CALLBACK (client_event_cb), task, 0);
  target = g_network_address_new (dial->address->host, dial->address->port);
  g_socket_client_connect_async (dial->client, target, dial->cancellable, connected_cb, task);
}

/* From the main loop, so that progress is never told inside of vav_direct_dial_async(). */
static gboolean
begin_cb (gpointer data)
{
  GTask *task = data;
  VavDial *dial = g_task_get_task_data (task);

  dial->begun = g_get_monotonic_time ();
  dial->deadline = attach (g_timeout_source_new (WHOLE_MS), deadline_cb, dial);
  connect_now (task);
  return G_SOURCE_REMOVE;
}

/* through a broker */

static void
open_tunnel (GTask *task)
{
  VavDial *dial = g_task_get_task_data (task);
  g_autoptr (GSocket) socket = NULL;
  g_autoptr (GSocketConnection) connection = NULL;
  GError *error = NULL;

  dial->tunnel = vav_tunnels_dial (dial->tunnels, dial->address->id, &socket, &error);
  if (dial->tunnel == NULL)
    {
      settle (task, error);
      return;
    }
  connection = g_socket_connection_factory_create_connection (socket);
  talk (task, connection);
}

/* Or it is known that there will be none: the broker was left. */
static gboolean
may_open (VavDial *dial)
{
  return vav_broker_is_connected (vav_tunnels_get_broker (dial->tunnels)) || vav_tunnels_is_closed (dial->tunnels);
}

/* Once, when the broker is there, or cannot be had, or it took too long. */
static void
stop_waiting_for_broker (GTask *task)
{
  VavDial *dial = g_task_get_task_data (task);
  VavBroker *broker = vav_tunnels_get_broker (dial->tunnels);

  stop_waiting (dial);
  if (may_open (dial))
    open_tunnel (task);
  else if (vav_broker_get_error (broker) != NULL)
    settle (task, g_error_new_literal (VAV_ERROR, VAV_ERROR_UNREACHABLE, vav_broker_get_error (broker)->message));
  else
    settle (task, vav_dial_make_timeout (dial));
}

static void
broker_changed_cb (VavTunnels *tunnels, GTask *task)
{
  stop_waiting_for_broker (task);
}

static gboolean
given_up_cb (GCancellable *cancellable, gpointer data)
{
  GTask *task = data;
  VavDial *dial = g_task_get_task_data (task);

  if (dial->changed_id == 0)
    return G_SOURCE_REMOVE;
  if (dial->timed_out)
    stop_waiting_for_broker (task);
  else
    settle (task, g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, ""));
  return G_SOURCE_REMOVE;
}

static gboolean
begin_tunnel_cb (gpointer data)
{
  GTask *task = data;
  VavDial *dial = g_task_get_task_data (task);
  VavBroker *broker = vav_tunnels_get_broker (dial->tunnels);
  g_autoptr (GSource) given_up = NULL;

  enter_step (dial, VAV_DIAL_STEP_CONNECTING);
  dial->deadline = attach (g_timeout_source_new (WHOLE_MS), deadline_cb, dial);
  if (may_open (dial))
    {
      open_tunnel (task);
      return G_SOURCE_REMOVE;
    }
  dial->changed_id = g_signal_connect (dial->tunnels, "changed", G_CALLBACK (broker_changed_cb), task);
  given_up = g_cancellable_source_new (dial->cancellable);
  g_source_set_callback (given_up, G_SOURCE_FUNC (given_up_cb), g_object_ref (task), g_object_unref);
  g_source_attach (given_up, g_main_context_get_thread_default ());
  vav_broker_hurry (broker);
  return G_SOURCE_REMOVE;
}

static VavDial *
dial_new (VavIdentity *identity, const VavAddress *address, const char *name, GCancellable *outer)
{
  VavDial *dial = g_new0 (VavDial, 1);

  dial->identity = g_object_ref (identity);
  dial->address = vav_address_copy (address);
  dial->name = g_strdup (name);
  if (address->host != NULL)
    dial->where = vav_address_join (address->host, address->port);
  dial->cancellable = g_cancellable_new ();
  if (outer != NULL)
    {
      dial->outer = g_object_ref (outer);
      dial->outer_id = g_cancellable_connect (outer, G_CALLBACK (outer_cancelled_cb), g_object_ref (dial->cancellable),
                                              g_object_unref);
    }
  return dial;
}

static void
begin_dialling (VavIdentity *identity, const VavAddress *address, const char *name, gboolean at_once,
                GCancellable *cancellable, VavDialProgress progress, gpointer progress_data,
                GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GSource) source = NULL;
  GTask *task;
  VavDial *dial;

  g_return_if_fail (VAV_IS_IDENTITY (identity) && address != NULL);

  task = g_task_new (identity, cancellable, callback, user_data);
  dial = dial_new (identity, address, name, cancellable);
  dial->at_once = at_once;
  dial->progress = progress;
  dial->progress_data = progress_data;
  g_task_set_source_tag (task, vav_direct_dial_async);
  g_task_set_task_data (task, dial, dial_free);
  if (address->host == NULL)
    {
      settle (task, g_error_new_literal (VAV_ERROR, VAV_ERROR_UNREACHABLE,
                                         _ ("This address says who to call, but not where they are. Ask for an address "
                                            "with a host name, or use a meeting server.")));
      return;
    }

  source = g_idle_source_new ();
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  attach (source, begin_cb, task);
}

/* public functions */

void
vav_direct_dial_async (VavIdentity *identity, const VavAddress *address, const char *name, GCancellable *cancellable,
                       VavDialProgress progress, gpointer progress_data, GAsyncReadyCallback callback,
                       gpointer user_data)
{
  begin_dialling (identity, address, name, FALSE, cancellable, progress, progress_data, callback, user_data);
}

void
vav_direct_dial_at_once_async (VavIdentity *identity, const VavAddress *address, const char *name,
                               GCancellable *cancellable, VavDialProgress progress, gpointer progress_data,
                               GAsyncReadyCallback callback, gpointer user_data)
{
  begin_dialling (identity, address, name, TRUE, cancellable, progress, progress_data, callback, user_data);
}

void
vav_tunnel_dial_async (VavIdentity *identity, VavTunnels *tunnels, const VavAddress *address, const char *name,
                       GCancellable *cancellable, VavDialProgress progress, gpointer progress_data,
                       GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GSource) source = NULL;
  GTask *task;
  VavDial *dial;

  g_return_if_fail (VAV_IS_IDENTITY (identity) && VAV_IS_TUNNELS (tunnels) && address->id != NULL);

  task = g_task_new (identity, cancellable, callback, user_data);
  dial = dial_new (identity, address, name, cancellable);
  dial->tunnels = g_object_ref (tunnels);
  g_free (dial->where);
  dial->where = g_strdup (vav_broker_get_where (vav_tunnels_get_broker (tunnels)));
  dial->progress = progress;
  dial->progress_data = progress_data;
  g_task_set_source_tag (task, vav_tunnel_dial_async);
  g_task_set_task_data (task, dial, dial_free);
  source = g_idle_source_new ();
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  attach (source, begin_tunnel_cb, task);
}

VavChannel *
vav_direct_dial_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (G_IS_TASK (result), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

VavDialVerdict
vav_direct_dial_judge (GAsyncResult *result)
{
  VavDial *dial = g_task_get_task_data (G_TASK (result));

  if (dial->refused)
    return VAV_DIAL_REFUSED;
  return dial->tunnel != NULL && vav_tunnel_found_nobody (dial->tunnel) ? VAV_DIAL_ABSENT : VAV_DIAL_UNKNOWN;
}
