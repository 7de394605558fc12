/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gi18n.h>

#include "app/cli/vav-cli-commands.h"
#include "app/cli/vav-cli-give.h"
#include "app/cli/vav-cli-save.h"
#include "app/cli/vav-cli-session.h"

/* How long the other half of a call to oneself may take to see the end, in milliseconds. */
#define OTHER_HALF_LIMIT 2000

typedef struct
{
  VavCliSession *session;
  VavStream *stream;    /* that dials */
  VavStream *door;      /* (nullable): that listens meanwhile */
  VavStream *other;     /* (nullable): the other half of a call to oneself */
  VavCliGive *give;     /* (nullable): before it dials */
  gboolean connected;   /* was active */
  gboolean over;        /* the dialling half has ended */
  guint duration;       /* sources */
  GArray *flow_sources; /* element-type guint */
} Call;

typedef struct
{
  Call *call;
  VavCliFlowChange change;
  guint index;
} FlowTimer;

static gboolean
on_duration (gpointer user_data)
{
  Call *call = user_data;

  call->duration = 0;
  vav_stream_hang_up (call->stream, call->session->options->bye_data);
  return G_SOURCE_REMOVE;
}

static gboolean
on_flow_time (gpointer user_data)
{
  FlowTimer *timer = user_data;

  g_array_index (timer->call->flow_sources, guint, timer->index) = 0;
  if (timer->change.play)
    vav_stream_play (timer->call->stream, timer->change.flows);
  else
    vav_stream_stop (timer->call->stream, timer->change.flows);

  return G_SOURCE_REMOVE;
}

static void
start_timers (Call *call)
{
  const VavCliOptions *options = call->session->options;

  if (options->duration > 0)
    call->duration = g_timeout_add ((guint)(options->duration * 1000), on_duration, call);

  for (guint i = 0; i < options->flow_changes->len; i++)
    {
      FlowTimer *timer = g_new0 (FlowTimer, 1);
      guint source;

      timer->call = call;
      timer->change = g_array_index (options->flow_changes, VavCliFlowChange, i);
      timer->index = i;
      source
          = g_timeout_add_full (G_PRIORITY_DEFAULT, (guint)(timer->change.seconds * 1000), on_flow_time, timer, g_free);
      g_array_append_val (call->flow_sources, source);
    }
}

static void
stop_timers (Call *call)
{
  g_clear_handle_id (&call->duration, g_source_remove);
  for (guint i = 0; i < call->flow_sources->len; i++)
    g_clear_handle_id (&g_array_index (call->flow_sources, guint, i), g_source_remove);
}

static void
on_state (VavStream *stream, GParamSpec *pspec, Call *call)
{
  if (vav_stream_get_state (stream) != VAV_STATE_ACTIVE || call->connected)
    return;

  call->connected = TRUE;
  start_timers (call);
  vav_cli_give_start (call->give);
}

static gboolean
on_other_half_limit (gpointer user_data)
{
  vav_cli_session_quit (user_data);
  return G_SOURCE_REMOVE;
}

static void
on_ended (VavStream *stream, gboolean graceful, VavReason reason, GBytes *data, Call *call)
{
  const GError *error = vav_stream_get_last_error (stream);
  VavCliSession *session = call->session;

  stop_timers (call);
  call->over = TRUE;
  session->status = vav_cli_status_of_call (call->connected, graceful, reason);
  if (g_error_matches (error, VAV_ERROR, VAV_ERROR_INVALID_ADDRESS))
    session->status = VAV_CLI_USAGE;
  if (session->status != VAV_CLI_OK)
    vav_cli_complain (error != NULL ? error->message : vav_reason_describe (reason));

  if (call->other != NULL && vav_stream_is_busy (call->other))
    g_timeout_add (OTHER_HALF_LIMIT, on_other_half_limit, session);
  else
    vav_cli_session_quit (session);
}

static void
on_other_half_ended (VavStream *stream, gboolean graceful, VavReason reason, GBytes *data, Call *call)
{
  if (call->over)
    vav_cli_session_quit (call->session);
}

/* Only the call to oneself is taken; this program is for the one call that it makes. */
static void
on_request (VavEndpoint *endpoint, VavStream *stream, VavRequest *request, Call *call)
{
  if (call->other != NULL || !vav_peer_is_self (vav_request_get_peer (request)))
    {
      vav_request_reject (request, VAV_REASON_BUSY, NULL);
      return;
    }

  call->other = g_object_ref (stream);
  vav_cli_save_watch (stream, call->session->options);
  g_signal_connect (stream, "ended", G_CALLBACK (on_other_half_ended), call);
  vav_request_accept (request, VAV_FLOW_ALL, NULL);
}

static void
on_listen_failed (VavEndpoint *endpoint, GError *error, Call *call)
{
  vav_cli_complain (error->message);
  call->session->status = VAV_CLI_FAILED;
  vav_cli_session_quit (call->session);
}

/* The end of the endpoint waits for the goodbye, and cuts it if it takes too long. */
static void
on_interrupt (VavCliSession *session, gpointer user_data)
{
  Call *call = user_data;

  vav_stream_hang_up (call->stream, session->options->bye_data);
  vav_cli_session_quit (session);
}

/* Without --listen nobody can come in; the library lets a call to oneself in by a door of its own. */
static gboolean
open_door (Call *call, GError **error)
{
  const char *listen = call->session->options->listen;

  if (listen == NULL)
    return TRUE;
  if (!vav_endpoint_set_listen (call->session->endpoint, listen, error))
    return FALSE;

  call->door = vav_cli_session_add_stream (call->session);
  vav_stream_set_detection (call->door, TRUE);

  return TRUE;
}

static gboolean
start (Call *call, GError **error)
{
  VavCliSession *session = call->session;
  const VavCliOptions *options = session->options;

  session->status = VAV_CLI_FAILED;
  call->stream = vav_cli_session_add_stream (session);
  vav_stream_set_linger (call->stream, options->linger);
  call->give = vav_cli_give_new (options, call->stream);
  g_signal_connect (call->stream, "notify::state", G_CALLBACK (on_state), call);
  g_signal_connect (call->stream, "ended", G_CALLBACK (on_ended), call);
  g_signal_connect (session->endpoint, "connection-requested", G_CALLBACK (on_request), call);
  g_signal_connect (session->endpoint, "listen-failed", G_CALLBACK (on_listen_failed), call);
  if (!open_door (call, error))
    return FALSE;

  return session->quitting || vav_stream_dial (call->stream, options->arguments[0], options->data, error);
}

static void
clear (Call *call)
{
  stop_timers (call);
  g_array_unref (call->flow_sources);
  g_clear_pointer (&call->give, vav_cli_give_free);
  g_signal_handlers_disconnect_by_data (call->session->endpoint, call);
  if (call->stream != NULL)
    g_signal_handlers_disconnect_by_data (call->stream, call);
  if (call->other != NULL)
    g_signal_handlers_disconnect_by_data (call->other, call);
  g_clear_object (&call->stream);
  g_clear_object (&call->other);
  g_clear_object (&call->door);
}

int
vav_cli_call (VavCliOptions *options)
{
  VavCliStatus status;
  g_autoptr (VavCliSession) session = vav_cli_session_new (options, FALSE, &status);
  g_autoptr (GError) error = NULL;
  Call call = { .session = session };

  if (session == NULL)
    return (int)status;

  call.flow_sources = g_array_new (FALSE, FALSE, sizeof (guint));
  if (start (&call, &error))
    status = vav_cli_session_run (session, on_interrupt, &call);
  else
    {
      vav_cli_complain (error->message);
      status = VAV_CLI_FAILED;
    }
  clear (&call);

  return (int)status;
}
