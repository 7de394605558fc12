/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/cli/vav-cli-session.h"

#include "app/cli/vav-cli-save.h"
#include "app/service/vav-app-timeline.h"

#include <glib-unix.h>
#include <glib/gi18n.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

/* How long the goodbyes may take, and how often the output is looked after, in milliseconds. */
#define CLOSE_LIMIT 2500
#define OUTPUT_CHECK 500

static void
abort_all (VavCliSession *self)
{
  g_autoptr (GPtrArray) streams = g_ptr_array_new_with_free_func (g_object_unref);
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->endpoint));

  for (guint i = 0; i < n; i++)
    g_ptr_array_add (streams, g_list_model_get_item (G_LIST_MODEL (self->endpoint), i));
  for (guint i = 0; i < streams->len; i++)
    if (vav_stream_is_busy (g_ptr_array_index (streams, i)))
      vav_stream_abort (g_ptr_array_index (streams, i));
}

/* The first asks for a graceful end, the second cuts what is still there, the third leaves at once. */
static void
interrupt (VavCliSession *self)
{
  self->n_interrupts++;
  if (self->n_interrupts == 1)
    {
      if (!self->quitting && self->interrupt != NULL)
        self->interrupt (self, self->user_data);
      return;
    }
  if (self->n_interrupts > 2)
    _exit (VAV_CLI_RESET);

  abort_all (self);
  vav_cli_session_quit (self);
}

static gboolean
on_signal (gpointer user_data)
{
  interrupt (user_data);
  return G_SOURCE_CONTINUE;
}

static gboolean
on_output_check (gpointer user_data)
{
  VavCliSession *self = user_data;

  if (self->events == NULL || !vav_app_events_is_broken (self->events))
    return G_SOURCE_CONTINUE;

  self->sources[3] = 0;
  if (self->n_interrupts == 0)
    interrupt (self);
  return G_SOURCE_REMOVE;
}

/* A call goes on without it: told, with or without JSON, and the end is what it will be. */
static void
on_device_failed (VavEndpoint *endpoint, GError *error, VavCliSession *self)
{
  vav_cli_complain (error->message);
}

static void
watch_signals (VavCliSession *self)
{
  self->sources[0] = g_unix_signal_add (SIGINT, on_signal, self);
  self->sources[1] = g_unix_signal_add (SIGTERM, on_signal, self);
  self->sources[2] = g_unix_signal_add (SIGHUP, on_signal, self);
  self->sources[3] = g_timeout_add (OUTPUT_CHECK, on_output_check, self);
}

static gboolean
configure (VavCliSession *self, GError **error)
{
  const VavCliOptions *options = self->options;
  g_autofree char *identifier = vav_app_profile_dup_identifier (options->profile);

  vav_endpoint_set_identifier (self->endpoint, options->identifier != NULL ? options->identifier : identifier);
  vav_endpoint_set_relay_only (self->endpoint, options->relay_only);
  vav_endpoint_set_direct (self->endpoint, !options->no_direct);

  return vav_endpoint_set_media_ports (self->endpoint, options->media_ports, error)
         && (options->stun == NULL || vav_endpoint_set_stun (self->endpoint, options->stun, error))
         && (options->turn == NULL || vav_endpoint_set_turn (self->endpoint, options->turn, error))
         && (options->broker == NULL || vav_endpoint_set_broker (self->endpoint, options->broker, error));
}

VavCliSession *
vav_cli_session_new (const VavCliOptions *options, gboolean lock, VavCliStatus *status)
{
  g_autoptr (VavCliSession) self = g_new0 (VavCliSession, 1);
  g_autoptr (GError) error = NULL;

  self->options = options;
  if (options->timeline)
    vav_timeline_enable ();
  self->loop = g_main_loop_new (NULL, FALSE);
  if (options->json)
    self->events = vav_app_events_new (stdout);

  *status = VAV_CLI_FAILED;
  if (!lock || (self->lock = vav_app_lock_take (options->profile, &error)) != NULL)
    self->endpoint = vav_endpoint_new (options->profile, options->media, &error);
  if (self->endpoint != NULL && !configure (self, &error))
    *status = VAV_CLI_USAGE;
  if (error != NULL)
    {
      vav_cli_complain (error->message);
      return NULL;
    }

  if (vav_endpoint_get_notice (self->endpoint) != NULL)
    vav_cli_complain (vav_endpoint_get_notice (self->endpoint));
  if (self->events != NULL)
    vav_app_events_watch_endpoint (self->events, self->endpoint);
  else
    self->talk = vav_cli_talk_new (self->endpoint);
  vav_app_timeline_watch (self->endpoint);
  self->service = vav_app_service_new (self->endpoint);
  g_signal_connect (self->endpoint, "device-failed", G_CALLBACK (on_device_failed), self);
  watch_signals (self);

  return g_steal_pointer (&self);
}

void
vav_cli_session_free (VavCliSession *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (self->sources); i++)
    g_clear_handle_id (&self->sources[i], g_source_remove);
  g_clear_object (&self->service);
  if (self->endpoint != NULL)
    g_signal_handlers_disconnect_by_data (self->endpoint, self);
  g_clear_pointer (&self->talk, vav_cli_talk_free);
  g_clear_pointer (&self->events, vav_app_events_free);
  g_clear_object (&self->endpoint);
  g_clear_pointer (&self->lock, vav_app_lock_release);
  g_clear_pointer (&self->loop, g_main_loop_unref);
  g_free (self);
}

VavStream *
vav_cli_session_add_stream (VavCliSession *self)
{
  VavStream *stream = vav_stream_new (self->endpoint);

  vav_cli_save_watch (stream, self->options);
  if (self->events != NULL)
    vav_app_events_watch_stream (self->events, stream);
  else
    vav_cli_talk_watch_stream (self->talk, stream);

  return stream;
}

void
vav_cli_session_quit (VavCliSession *self)
{
  self->quitting = TRUE;
  if (!self->closing)
    g_main_loop_quit (self->loop);
}

static void
on_closed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  VavCliSession *self = user_data;

  vav_endpoint_close_finish (self->endpoint, result, NULL);
  self->closed = TRUE;
  g_main_loop_quit (self->loop);
}

static gboolean
on_close_limit (gpointer user_data)
{
  VavCliSession *self = user_data;

  g_debug ("The end took too long, leaving");
  g_main_loop_quit (self->loop);
  return G_SOURCE_CONTINUE;
}

/* The endpoint is closed in every case, so that what a call took is given back and its goodbye is on the wire. */
static void
close_endpoint (VavCliSession *self)
{
  guint limit = g_timeout_add (CLOSE_LIMIT, on_close_limit, self);

  vav_endpoint_close_async (self->endpoint, on_closed, self);
  g_main_loop_run (self->loop);
  g_source_remove (limit);
  if (!self->closed)
    {
      fflush (NULL);
      _exit ((int)self->status);
    }
}

VavCliStatus
vav_cli_session_run (VavCliSession *self, VavCliInterrupt on_interrupt, gpointer user_data)
{
  self->interrupt = on_interrupt;
  self->user_data = user_data;
  if (self->n_interrupts > 0 && !self->quitting)
    on_interrupt (self, user_data);
  vav_app_service_export_instance (self->service);

  if (!self->quitting)
    g_main_loop_run (self->loop);
  self->quitting = TRUE;
  self->closing = TRUE;
  close_endpoint (self);
  vav_app_service_unexport (self->service);

  return self->status;
}
