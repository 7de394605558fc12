/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gi18n.h>

#include "app/cli/vav-cli-ask.h"
#include "app/cli/vav-cli-commands.h"
#include "app/cli/vav-cli-farewells.h"
#include "app/cli/vav-cli-session.h"

/* A deferred call is accepted after so many milliseconds. */
#define DEFER_TIME 3000
/* With so many calls at the same time the door is closed. */
#define MAX_CONCURRENT 16

typedef struct
{
  VavCliSession *session;
  VavCliAsk *ask; /* (nullable) */
  VavCliFarewells *farewells;
  VavStream *waiting;    /* (nullable): that takes the next call */
  GPtrArray *streams;    /* element-type VavStream: in calls */
  GHashTable *connected; /* element-type VavStream: those of them that were active */
  GPtrArray *deferred;   /* element-type Deferred */
  guint n_started, n_over;
  char *trouble; /* (nullable): what was last said about the broker */
} Answer;

typedef struct
{
  Answer *answer;
  VavRequest *request;
  guint source;
} Deferred;

static void wait_for_next (Answer *answer);

static void
deferred_free (Deferred *deferred)
{
  g_clear_handle_id (&deferred->source, g_source_remove);
  g_object_unref (deferred->request);
  g_free (deferred);
}

static gboolean
on_deferred (gpointer user_data)
{
  Deferred *deferred = user_data;
  Answer *answer = deferred->answer;
  g_autoptr (VavRequest) request = g_object_ref (deferred->request);

  deferred->source = 0;
  g_ptr_array_remove (answer->deferred, deferred);
  if (vav_request_is_pending (request))
    vav_request_accept (request, VAV_FLOW_ALL, answer->session->options->data);

  return G_SOURCE_REMOVE;
}

static void
defer (Answer *answer, VavRequest *request)
{
  Deferred *deferred = g_new0 (Deferred, 1);

  deferred->answer = answer;
  deferred->request = g_object_ref (request);
  deferred->source = g_timeout_add (DEFER_TIME, on_deferred, deferred);
  g_ptr_array_add (answer->deferred, deferred);
  vav_request_defer (request);
}

static gboolean
is_known (VavRequest *request)
{
  VavPeer *peer = vav_request_get_peer (request);

  return vav_peer_is_self (peer) || vav_peer_get_trust (peer) != VAV_TRUST_UNKNOWN;
}

static void
decide (Answer *answer, VavRequest *request)
{
  const VavCliOptions *options = answer->session->options;

  switch (options->decision)
    {
    case VAV_CLI_DECIDE_ACCEPT:
      vav_request_accept (request, VAV_FLOW_ALL, options->data);
      break;
    case VAV_CLI_DECIDE_REJECT:
      vav_request_reject (request, VAV_REASON_REFUSED, options->data);
      break;
    case VAV_CLI_DECIDE_DEFER:
      defer (answer, request);
      break;
    case VAV_CLI_DECIDE_ASK:
      vav_cli_ask_add (answer->ask, request);
      break;
    case VAV_CLI_DECIDE_PEOPLE:
    default:
      if (is_known (request))
        vav_request_accept (request, VAV_FLOW_ALL, options->data);
      else
        vav_request_reject (request, VAV_REASON_REFUSED, options->data);
      break;
    }
}

static void
on_state (VavStream *stream, GParamSpec *pspec, Answer *answer)
{
  if (vav_stream_get_state (stream) == VAV_STATE_ACTIVE)
    g_hash_table_add (answer->connected, stream);
}

/* All calls that were wanted are over, and what they began as well; or there is room for another. */
static void
go_on (gpointer user_data)
{
  Answer *answer = user_data;
  VavCliSession *session = answer->session;

  if (session->options->calls == 0 || answer->n_over < (guint)session->options->calls)
    wait_for_next (answer);
  else if (vav_cli_farewells_count_left (answer->farewells) == 0)
    vav_cli_session_quit (session);
}

static void
on_ended (VavStream *stream, gboolean graceful, VavReason reason, GBytes *data, Answer *answer)
{
  VavCliSession *session = answer->session;
  gboolean connected = g_hash_table_remove (answer->connected, stream);
  VavCliStatus status = vav_cli_status_of_call (connected, graceful, reason);
  const GError *error = vav_stream_get_last_error (stream);

  /* people have read it on stdout */
  if (status != VAV_CLI_OK && !session->quitting && session->options->json)
    vav_cli_complain (error != NULL ? error->message : vav_reason_describe (reason));
  if (!session->quitting)
    session->status = vav_cli_status_worse (session->status, status);

  g_signal_handlers_disconnect_by_data (stream, answer);
  g_ptr_array_remove (answer->streams, stream);
  answer->n_over++;
  go_on (answer);
}

static void
on_request (VavEndpoint *endpoint, VavStream *stream, VavRequest *request, Answer *answer)
{
  if (stream != answer->waiting)
    return;

  answer->n_started++;
  g_ptr_array_add (answer->streams, g_steal_pointer (&answer->waiting));
  g_signal_connect (stream, "notify::state", G_CALLBACK (on_state), answer);
  vav_cli_farewells_watch (answer->farewells, stream);
  g_signal_connect (stream, "ended", G_CALLBACK (on_ended), answer);
  /* in this order: the door never closes in between */
  wait_for_next (answer);
  vav_stream_set_detection (stream, FALSE);

  decide (answer, request);
}

/* There is one stream that waits for a call, as long as more calls are wanted. */
static void
wait_for_next (Answer *answer)
{
  VavCliSession *session = answer->session;
  int calls = session->options->calls;

  if (answer->waiting != NULL || session->quitting
      || answer->streams->len + vav_cli_farewells_count_left (answer->farewells) >= MAX_CONCURRENT
      || (calls > 0 && answer->n_started >= (guint)calls))
    return;

  answer->waiting = vav_cli_session_add_stream (session);
  vav_app_service_set_default_stream (session->service, answer->waiting);
  vav_stream_set_detection (answer->waiting, TRUE);
}

/* A place that cannot be one is a slip of the command line, one that is taken is not. */
static VavCliStatus
complain_of_listening (const GError *error)
{
  vav_cli_complain (error->message);
  return g_error_matches (error, VAV_ERROR, VAV_ERROR_INVALID_ADDRESS) ? VAV_CLI_USAGE : VAV_CLI_FAILED;
}

static void
on_listen_failed (VavEndpoint *endpoint, GError *error, Answer *answer)
{
  answer->session->status = complain_of_listening (error);
  vav_cli_session_quit (answer->session);
}

static void
hang_up_all (Answer *answer)
{
  g_autoptr (GPtrArray) streams = g_ptr_array_copy (answer->streams, (GCopyFunc)g_object_ref, NULL);

  g_ptr_array_set_free_func (streams, g_object_unref);
  for (guint i = 0; i < streams->len; i++)
    {
      VavStream *stream = g_ptr_array_index (streams, i);
      VavRequest *request = vav_stream_get_request (stream);

      if (request != NULL && vav_request_is_pending (request))
        vav_request_reject (request, VAV_REASON_UNREACHABLE, NULL);
      else if (vav_stream_is_busy (stream))
        vav_stream_hang_up (stream, answer->session->options->bye_data);
    }
}

/* The end of the endpoint waits for the calls' ends. */
static void
on_interrupt (VavCliSession *session, gpointer user_data)
{
  Answer *answer = user_data;

  vav_cli_session_quit (session);
  hang_up_all (answer);
  vav_cli_farewells_stop (answer->farewells);
}

/* Who waits for calls waits in vain meanwhile: told with or without JSON. Between two tries the trouble stays; said again with each it would fill the screen. */
static void
on_broker_trouble (VavEndpoint *endpoint, GParamSpec *pspec, Answer *answer)
{
  g_autofree char *trouble = vav_endpoint_dup_broker_trouble (endpoint);

  if (g_strcmp0 (trouble, answer->trouble) == 0)
    return;
  if (trouble != NULL)
    vav_cli_complain (trouble);
  g_free (answer->trouble);
  answer->trouble = g_steal_pointer (&trouble);
}

static gboolean
start (Answer *answer, GError **error)
{
  VavCliSession *session = answer->session;
  const char *listen = session->options->listen;

  if (session->options->decision == VAV_CLI_DECIDE_ASK)
    answer->ask = vav_cli_ask_new (session->options->data, session->options->json);
  if (listen != NULL && !vav_endpoint_set_listen (session->endpoint, listen, error))
    return FALSE;

  g_signal_connect (session->endpoint, "connection-requested", G_CALLBACK (on_request), answer);
  g_signal_connect (session->endpoint, "listen-failed", G_CALLBACK (on_listen_failed), answer);
  g_signal_connect (session->endpoint, "notify::broker-trouble", G_CALLBACK (on_broker_trouble), answer);
  vav_endpoint_set_findable (session->endpoint, session->options->findable);
  wait_for_next (answer);

  return TRUE;
}

static void
clear (Answer *answer)
{
  g_signal_handlers_disconnect_by_data (answer->session->endpoint, answer);
  vav_app_service_set_default_stream (answer->session->service, NULL);
  for (guint i = 0; i < answer->streams->len; i++)
    g_signal_handlers_disconnect_by_data (g_ptr_array_index (answer->streams, i), answer);

  g_clear_pointer (&answer->ask, vav_cli_ask_free);
  g_clear_pointer (&answer->farewells, vav_cli_farewells_free);
  g_clear_object (&answer->waiting);
  g_ptr_array_unref (answer->deferred);
  g_ptr_array_unref (answer->streams);
  g_hash_table_unref (answer->connected);
  g_free (answer->trouble);
}

int
vav_cli_answer (VavCliOptions *options)
{
  VavCliStatus status;
  g_autoptr (VavCliSession) session = vav_cli_session_new (options, TRUE, &status);
  g_autoptr (GError) error = NULL;
  Answer answer = { .session = session };

  if (session == NULL)
    return (int)status;

  answer.farewells = vav_cli_farewells_new (options, go_on, &answer);
  answer.streams = g_ptr_array_new_with_free_func (g_object_unref);
  answer.connected = g_hash_table_new (NULL, NULL);
  answer.deferred = g_ptr_array_new_with_free_func ((GDestroyNotify)deferred_free);
  if (start (&answer, &error))
    status = vav_cli_session_run (session, on_interrupt, &answer);
  else
    status = complain_of_listening (error);
  clear (&answer);

  return (int)status;
}
