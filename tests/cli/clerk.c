/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* clerk PROFILE ADDRESS CALLS SEED MAX_MS: the client of the eight-step exchange, many times from one process. Each call is dialled directly
 * after the end of the one before; when it is up, and a random time of at most MAX_MS later (often none), the clerk says goodbye with a random number
 * as data; once it is told of the answer it takes a random time again, and closes. Tells everything as `call --json` does. */
#include <gst/gst.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/service/vav-app-events.h"

#define MAX_NUMBER 1000

typedef struct
{
  GMainLoop *loop;
  VavEndpoint *endpoint;
  VavAppEvents *events;
  GRand *random;
  VavStream *stream;
  const char *address;
  int calls_left;
  int max_ms;
  int status;
} Clerk;

static void dial (Clerk *self);

static guint
some_time (Clerk *self)
{
  return g_rand_boolean (self->random) ? 0 : (guint)g_rand_int_range (self->random, 0, self->max_ms + 1);
}

static gboolean
on_goodbye_time (gpointer user_data)
{
  Clerk *self = user_data;
  g_autofree char *number = g_strdup_printf ("%d", g_rand_int_range (self->random, 1, MAX_NUMBER + 1));
  g_autoptr (GBytes) data = g_bytes_new (number, strlen (number));
  g_autoptr (GError) error = NULL;

  if (!vav_stream_say_goodbye (self->stream, data, &error))
    g_printerr ("%s\n", error->message);
  return G_SOURCE_REMOVE;
}

static void
on_state (VavStream *stream, GParamSpec *pspec, Clerk *self)
{
  if (vav_stream_get_state (stream) == VAV_STATE_ACTIVE)
    g_timeout_add (some_time (self), on_goodbye_time, self);
}

static gboolean
on_close_time (gpointer user_data)
{
  Clerk *self = user_data;

  vav_stream_close (self->stream);
  return G_SOURCE_REMOVE;
}

static void
on_closing (VavStream *stream, GBytes *data, Clerk *self)
{
  g_timeout_add (some_time (self), on_close_time, self);
}

static void
on_closed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Clerk *self = user_data;

  vav_endpoint_close_finish (self->endpoint, result, NULL);
  g_main_loop_quit (self->loop);
}

static gboolean
on_next (gpointer user_data)
{
  Clerk *self = user_data;

  g_clear_object (&self->stream);
  if (self->calls_left > 0 && self->status == 0)
    dial (self);
  else
    vav_endpoint_close_async (self->endpoint, on_closed, self);

  return G_SOURCE_REMOVE;
}

static void
on_ended (VavStream *stream, gboolean graceful, VavReason reason, GBytes *data, Clerk *self)
{
  g_signal_handlers_disconnect_by_data (stream, self);
  if (!graceful)
    self->status = 1;
  g_idle_add_full (G_PRIORITY_HIGH, on_next, self, NULL);
}

static void
dial (Clerk *self)
{
  g_autoptr (GError) error = NULL;

  self->calls_left--;
  self->stream = vav_stream_new (self->endpoint);
  vav_app_events_watch_stream (self->events, self->stream);
  g_signal_connect (self->stream, "notify::state", G_CALLBACK (on_state), self);
  g_signal_connect (self->stream, "closing", G_CALLBACK (on_closing), self);
  g_signal_connect (self->stream, "ended", G_CALLBACK (on_ended), self);
  if (vav_stream_dial (self->stream, self->address, NULL, &error))
    return;

  g_printerr ("%s\n", error->message);
  self->status = 1;
  g_main_loop_quit (self->loop);
}

static gboolean
on_start (gpointer user_data)
{
  dial (user_data);
  return G_SOURCE_REMOVE;
}

int
main (int argc, char **argv)
{
  Clerk self = { 0 };
  g_autoptr (GError) error = NULL;

  if (argc != 6)
    {
      g_printerr ("clerk PROFILE ADDRESS CALLS SEED MAX_MS\n");
      return 2;
    }
  gst_init (NULL, NULL);
  self.loop = g_main_loop_new (NULL, FALSE);
  self.address = argv[2];
  self.calls_left = atoi (argv[3]);
  self.random = g_rand_new_with_seed ((guint32)strtoul (argv[4], NULL, 10));
  self.max_ms = atoi (argv[5]);
  self.events = vav_app_events_new (stdout);
  self.endpoint = vav_endpoint_new (argv[1], "none", &error);
  if (self.endpoint == NULL)
    {
      g_printerr ("%s\n", error->message);
      return 1;
    }

  g_idle_add (on_start, &self);
  g_main_loop_run (self.loop);
  fflush (NULL);
  /* as the programs leave: a library's thread may still be at work */
  _exit (self.status);
}
