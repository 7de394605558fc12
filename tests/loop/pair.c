/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/loop/pair.h"

#include <stdlib.h>

#include "tests/lib/tolerate.h"

static char *
text_of (GBytes *data)
{
  gsize size;
  const char *bytes;

  if (data == NULL)
    return NULL;
  bytes = g_bytes_get_data (data, &size);
  return g_strndup (bytes, size);
}

static GBytes *
bytes_of (const char *text)
{
  return text != NULL ? g_bytes_new (text, strlen (text)) : NULL;
}

int
pair_patience (void)
{
  const char *patience = g_getenv ("VISAVIS_TEST_PATIENCE");

  return MAX (patience != NULL ? atoi (patience) : 1, 1);
}

static gboolean
wake_up (gpointer data)
{
  return G_SOURCE_CONTINUE;
}

/* One turn of the main loop, never longer than 20 ms, so that conditions that no event tells of are looked at too. */
void
wait_one_turn (void)
{
  static guint ticker;

  if (ticker == 0)
    ticker = g_timeout_add (20, wake_up, NULL);
  g_main_context_iteration (NULL, TRUE);
}

static void
on_state (VavStream *stream, GParamSpec *pspec, Party *party)
{
  const char *nick = vav_state_to_nick (vav_stream_get_state (stream));

  if (!g_str_has_suffix (party->states->str, nick))
    g_string_append_printf (party->states, "%s%s", party->states->len > 0 ? " " : "", nick);
}

static void
on_request (VavStream *stream, VavRequest *request, Party *party)
{
  g_autoptr (GBytes) data = bytes_of (party->say);

  party->n_requests++;
  g_set_object (&party->request, request);
  switch (party->manner)
    {
    case PARTY_ACCEPTS:
      vav_request_accept (request, party->accept_flows, data);
      break;
    case PARTY_REJECTS:
      vav_request_reject (request, VAV_REASON_REFUSED, data);
      break;
    case PARTY_DEFERS:
      vav_request_defer (request);
      break;
    case PARTY_ASKS:
    default:
      break;
    }
}

static void
on_ringing (VavStream *stream, Party *party)
{
  party->n_ringing++;
}

static void
on_answered (VavStream *stream, GBytes *data, Party *party)
{
  party->n_answered++;
  g_free (party->answer_data);
  party->answer_data = text_of (data);
}

static void
on_closing (VavStream *stream, GBytes *data, Party *party)
{
  g_autoptr (GBytes) goodbye = bytes_of (party->say_goodbye);

  party->n_closing++;
  g_free (party->closing_data);
  party->closing_data = text_of (data);
  if (goodbye != NULL)
    vav_stream_hang_up (stream, goodbye);
}

static void
on_ended (VavStream *stream, gboolean graceful, VavReason reason, GBytes *data, Party *party)
{
  party->n_ended++;
  party->graceful = graceful;
  party->reason = reason;
  g_free (party->ended_data);
  party->ended_data = text_of (data);
}

static void
on_first_frame (VavStream *stream, double ms, Party *party)
{
  g_assert_cmpfloat (ms, >, 0);
  party->n_first_frames++;
}

static void
on_path (VavStream *stream, const char *local, const char *remote, gboolean relayed, Party *party)
{
  g_assert_false (relayed);
  party->n_paths++;
}

/* The producer's thread; counter: an int */
void
pair_count_sample (gpointer sample, gpointer counter)
{
  g_atomic_int_inc ((int *)counter);
}

void
party_init (Party *party, const char *name, const char *profile, const char *media)
{
  g_autoptr (GError) error = NULL;

  tolerate_gstreamer ();
  *party = (Party){ .accept_flows = VAV_FLOW_ALL, .states = g_string_new (NULL) };
  party->endpoint = vav_endpoint_new (profile, media, &error);
  g_assert_no_error (error);
  vav_endpoint_set_identifier (party->endpoint, name);
  party->stream = vav_stream_new (party->endpoint);
  g_signal_connect (party->stream, "notify::state", G_CALLBACK (on_state), party);
  g_signal_connect (party->stream, "connection-requested", G_CALLBACK (on_request), party);
  g_signal_connect (party->stream, "ringing", G_CALLBACK (on_ringing), party);
  g_signal_connect (party->stream, "answered", G_CALLBACK (on_answered), party);
  g_signal_connect (party->stream, "closing", G_CALLBACK (on_closing), party);
  g_signal_connect (party->stream, "ended", G_CALLBACK (on_ended), party);
  g_signal_connect (party->stream, "first-frame", G_CALLBACK (on_first_frame), party);
  g_signal_connect (party->stream, "path", G_CALLBACK (on_path), party);
  vav_outlet_attach (vav_stream_get_video_in (party->stream), pair_count_sample, &party->n_frames, NULL);
  vav_outlet_attach (vav_stream_get_audio_in (party->stream), pair_count_sample, &party->n_sounds, NULL);
}

void
party_listen (Party *party, const char *host_port)
{
  g_autoptr (GError) error = NULL;

  vav_endpoint_set_listen (party->endpoint, host_port, &error);
  g_assert_no_error (error);
  vav_stream_set_detection (party->stream, TRUE);
  g_assert_nonnull (vav_endpoint_get_listening_address (party->endpoint));
}

static void
on_endpoint_closed (GObject *source, GAsyncResult *result, gpointer done)
{
  g_assert_true (vav_endpoint_close_finish (VAV_ENDPOINT (source), result, NULL));
  *(gboolean *)done = TRUE;
}

void
party_clear (Party *party)
{
  gboolean done = FALSE;

  if (party->endpoint == NULL)
    return;

  vav_endpoint_close_async (party->endpoint, on_endpoint_closed, &done);
  wait_until (done);
  g_clear_object (&party->request);
  g_signal_handlers_disconnect_by_data (party->stream, party);
  g_assert_finalize_object (g_steal_pointer (&party->stream));
  g_clear_object (&party->endpoint);
  g_free (party->answer_data);
  g_free (party->closing_data);
  g_free (party->ended_data);
  g_string_free (party->states, TRUE);
}

void
pair_set_up (Pair *pair, gconstpointer media)
{
  party_init (&pair->anna, "Anna", NULL, media);
  party_init (&pair->bob, "Bob", NULL, media);
  party_listen (&pair->bob, "127.0.0.1:0");
}

void
pair_tear_down (Pair *pair, gconstpointer media)
{
  party_clear (&pair->anna);
  party_clear (&pair->bob);
}

void
party_call (Party *caller, Party *callee)
{
  g_autoptr (GError) error = NULL;

  vav_stream_dial (caller->stream, vav_endpoint_get_listening_address (callee->endpoint), NULL, &error);
  g_assert_no_error (error);
}

VavState
party_state (Party *party)
{
  return vav_stream_get_state (party->stream);
}
