/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* redial PROFILE ADDRESS CALLS SECONDS: calls somebody again and again from one process, as a program does that runs all day: the
 * first call of a process warms it up, the others show what a call costs. Test picture and tone.
 *
 * Tells on stdout, a JSON object a line: {"event":"dial","mono_ns":…}, "first-frame" and "first-sound" with "ms" since dialling, and at
 * each call's end "over" with "graceful". */
#include <gst/gst.h>
#include <stdlib.h>

#include "net/visavis.h"

#define WARM_UP_MS 1000

typedef struct
{
  GMainLoop *loop;
  VavEndpoint *endpoint;
  VavStream *stream;
  const char *address;
  int calls_left;
  guint milliseconds;
  int status;
} Redial;

static void
on_first_frame (VavStream *stream, double ms, Redial *self)
{
  g_print ("{\"event\":\"first-frame\",\"ms\":%d.%d}\n", (int)ms, (int)(ms * 10) % 10);
}

static void
on_first_sound (VavStream *stream, double ms, Redial *self)
{
  g_print ("{\"event\":\"first-sound\",\"ms\":%d.%d}\n", (int)ms, (int)(ms * 10) % 10);
}

static gboolean
on_enough (gpointer user_data)
{
  Redial *self = user_data;

  vav_stream_hang_up (self->stream, NULL);
  return G_SOURCE_REMOVE;
}

static void
on_state (VavStream *stream, GParamSpec *pspec, Redial *self)
{
  if (vav_stream_get_state (stream) == VAV_STATE_ACTIVE)
    g_timeout_add (self->milliseconds, on_enough, self);
}

static void
on_closed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Redial *self = user_data;

  vav_endpoint_close_finish (self->endpoint, result, NULL);
  g_main_loop_quit (self->loop);
}

/* A stream of its own for every call, as people do it. */
static void dial (Redial *self);

static gboolean
on_next (gpointer user_data)
{
  Redial *self = user_data;

  g_signal_handlers_disconnect_by_data (self->stream, self);
  g_clear_object (&self->stream);
  if (self->calls_left > 0 && self->status == 0)
    dial (self);
  else
    vav_endpoint_close_async (self->endpoint, on_closed, self);

  return G_SOURCE_REMOVE;
}

static void
on_ended (VavStream *stream, gboolean graceful, VavReason reason, GBytes *data, Redial *self)
{
  const GError *error = vav_stream_get_last_error (stream);

  if (error != NULL)
    g_printerr ("%s\n", error->message);
  if (!graceful)
    self->status = 1;
  g_print ("{\"event\":\"over\",\"graceful\":%s}\n", graceful ? "true" : "false");
  g_timeout_add (WARM_UP_MS / 2, on_next, self);
}

static void
dial (Redial *self)
{
  g_autoptr (GError) error = NULL;

  self->calls_left--;
  self->stream = vav_stream_new (self->endpoint);
  g_signal_connect (self->stream, "notify::state", G_CALLBACK (on_state), self);
  g_signal_connect (self->stream, "first-frame", G_CALLBACK (on_first_frame), self);
  g_signal_connect (self->stream, "first-sound", G_CALLBACK (on_first_sound), self);
  g_signal_connect (self->stream, "ended", G_CALLBACK (on_ended), self);

  g_print ("{\"event\":\"dial\",\"mono_ns\":%" G_GINT64_FORMAT "}\n", g_get_monotonic_time () * 1000);
  if (!vav_stream_dial (self->stream, self->address, NULL, &error))
    {
      g_printerr ("%s\n", error->message);
      self->status = 1;
      g_main_loop_quit (self->loop);
    }
}

static gboolean
on_warm (gpointer user_data)
{
  dial (user_data);
  return G_SOURCE_REMOVE;
}

int
main (int argc, char **argv)
{
  Redial self = { 0 };
  g_autoptr (GError) error = NULL;

  if (argc != 5)
    {
      g_printerr ("redial PROFILE ADDRESS CALLS SECONDS\n");
      return 2;
    }
  gst_init (NULL, NULL);
  self.loop = g_main_loop_new (NULL, FALSE);
  self.address = argv[2];
  self.calls_left = atoi (argv[3]);
  self.milliseconds = (guint)(g_ascii_strtod (argv[4], NULL) * 1000);
  self.endpoint = vav_endpoint_new (argv[1], "test", &error);
  if (self.endpoint == NULL)
    {
      g_printerr ("%s\n", error->message);
      return 1;
    }

  g_timeout_add (WARM_UP_MS, on_warm, &self);
  g_main_loop_run (self.loop);
  g_clear_object (&self.endpoint);
  g_main_loop_unref (self.loop);

  return self.status;
}
