/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <glib-unix.h>
#include <glib/gstdio.h>
#include <gst/app/app.h>
#include <net/visavis.h>

/* bot PROFILE FILE FOLDER [LISTEN]: an answering machine, without a window.
 *
 * It answers whoever calls, plays FILE to them over and over, and keeps what they show and say as FOLDER/NUMBER.webm. When they say goodbye it says its own
 * with the totals of the call, after the recording is whole: {"seconds": …, "pictures": …, "received": …, "sent": …, "recorded": …}, the last three in
 * bytes. SIGINT ends it. */

#define MAX_VISITS 4

enum
{
  PICTURE,
  SOUND,
  N_KINDS,
};

typedef struct
{
  VavEndpoint *endpoint;
  const char *folder;
  GMainLoop *loop;
  guint n_visits;
  gboolean leaving;
} Bot;

/* Somebody who calls, from accepting until the recording is whole. */
typedef struct
{
  Bot *bot;
  VavStream *stream;
  GstElement *pipeline;
  GstElement *source[N_KINDS];
  guint consumer[N_KINDS]; /* 0: no more is recorded */
  guint watch;
  char *path;
  gint64 since; /* monotonic time; 0: the call was never up */
} Visit;

static void wait_for_caller (Bot *self);

static VavOutlet *
outlet_of (Visit *self, int kind)
{
  return kind == PICTURE ? vav_stream_get_video_in (self->stream) : vav_stream_get_audio_in (self->stream);
}

/* On a streaming thread, where one must return at once: the source keeps the sample, and lets the oldest go if the encoder is too slow. */
static void
on_sample (gpointer sample, gpointer source)
{
  gst_app_src_push_sample (GST_APP_SRC (source), sample);
}

/* No more comes. When all that came has been written, the pipeline says so on its bus. */
static void
end_recording (Visit *self)
{
  for (int kind = 0; kind < N_KINDS; kind++)
    {
      if (self->consumer[kind] == 0)
        continue;
      vav_outlet_detach (outlet_of (self, kind), self->consumer[kind]);
      self->consumer[kind] = 0;
      gst_app_src_end_of_stream (GST_APP_SRC (self->source[kind]));
    }
}

static GBytes *
work_out_totals (Visit *self)
{
  const VavStats *stats = vav_stream_get_stats (self->stream);
  gint64 seconds = self->since > 0 ? (g_get_monotonic_time () - self->since) / G_USEC_PER_SEC : 0;
  GStatBuf file = { 0 };
  char *text;

  g_stat (self->path, &file);
  text = g_strdup_printf ("{\"seconds\": %" G_GINT64_FORMAT ", \"pictures\": %" G_GUINT64_FORMAT
                          ", \"received\": %" G_GUINT64_FORMAT ", \"sent\": %" G_GUINT64_FORMAT
                          ", \"recorded\": %" G_GINT64_FORMAT "}",
                          seconds, stats != NULL ? stats->video_in.frames : 0, stats != NULL ? stats->received : 0,
                          stats != NULL ? stats->sent : 0, (gint64)file.st_size);

  return g_bytes_new_take (text, strlen (text));
}

static void
visit_free (Visit *self)
{
  Bot *bot = self->bot;

  g_signal_handlers_disconnect_by_data (self->stream, self);
  g_source_remove (self->watch);
  gst_element_set_state (self->pipeline, GST_STATE_NULL);
  for (int kind = 0; kind < N_KINDS; kind++)
    gst_object_unref (self->source[kind]);
  gst_object_unref (self->pipeline);
  g_object_unref (self->stream);
  g_free (self->path);
  g_free (self);

  if (bot->n_visits-- == MAX_VISITS)
    wait_for_caller (bot);
}

/* The recording is whole, or cannot go on. Who still waits for a goodbye gets it with the totals; who has gone does not. */
static gboolean
on_message (GstBus *bus, GstMessage *message, gpointer user_data)
{
  Visit *self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) totals = NULL;

  if (GST_MESSAGE_TYPE (message) != GST_MESSAGE_EOS && GST_MESSAGE_TYPE (message) != GST_MESSAGE_ERROR)
    return G_SOURCE_CONTINUE;

  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR)
    {
      gst_message_parse_error (message, &error, NULL);
      g_printerr ("%s: %s\n", self->path, error->message);
      end_recording (self);
    }
  totals = work_out_totals (self);
  g_print ("%s %.*s\n", self->path, (int)g_bytes_get_size (totals), (const char *)g_bytes_get_data (totals, NULL));
  if (vav_stream_is_busy (self->stream))
    vav_stream_hang_up (self->stream, totals);
  visit_free (self);

  return G_SOURCE_CONTINUE;
}

static void
on_state (Visit *self)
{
  if (self->since == 0 && vav_stream_get_state (self->stream) == VAV_STATE_ACTIVE)
    self->since = g_get_monotonic_time ();
}

/* The caller says goodbye. Ours comes when the totals are known. */
static void
on_closing (Visit *self)
{
  vav_stream_hold_closing (self->stream);
  end_recording (self);
}

/* Pictures of any size become one size, as a file has one; the two queues are long, as a flow may be stopped for a while and the muxer waits for it. */
static GstElement *
make_pipeline (GError **error)
{
  return gst_parse_launch (
      "webmmux name=mux offset-to-zero=true ! filesink name=file "
      "appsrc name=picture is-live=true format=time leaky-type=downstream max-time=2000000000 max-bytes=0 ! "
      "videoconvert ! videoscale add-borders=true ! video/x-raw,width=640,height=360,pixel-aspect-ratio=1/1 ! "
      "vp8enc deadline=1 cpu-used=8 target-bitrate=800000 ! queue max-size-time=0 max-size-buffers=0 "
      "max-size-bytes=50000000 ! mux. "
      "appsrc name=sound is-live=true format=time leaky-type=downstream max-time=2000000000 max-bytes=0 ! "
      "audioconvert ! audioresample ! opusenc ! queue max-size-time=0 max-size-buffers=0 max-size-bytes=50000000 ! "
      "mux. ",
      error);
}

static void
record (Bot *bot, VavStream *stream, GstElement *pipeline)
{
  static const char *const names[N_KINDS] = { "picture", "sound" };
  Visit *self = g_new0 (Visit, 1);
  g_autoptr (GstElement) file = gst_bin_get_by_name (GST_BIN (pipeline), "file");
  g_autoptr (GstBus) bus = gst_element_get_bus (pipeline);

  self->bot = bot;
  self->stream = g_object_ref (stream);
  self->pipeline = pipeline;
  self->path = g_strdup_printf ("%s/%" G_GUINT64_FORMAT ".webm", bot->folder, vav_stream_get_value (stream));
  g_object_set (file, "location", self->path, NULL);
  self->watch = gst_bus_add_watch (bus, on_message, self);
  for (int kind = 0; kind < N_KINDS; kind++)
    {
      self->source[kind] = gst_bin_get_by_name (GST_BIN (pipeline), names[kind]);
      self->consumer[kind] = vav_outlet_attach (outlet_of (self, kind), on_sample, gst_object_ref (self->source[kind]),
                                                gst_object_unref);
    }
  g_signal_connect_swapped (stream, "notify::state", G_CALLBACK (on_state), self);
  g_signal_connect_swapped (stream, "closing", G_CALLBACK (on_closing), self);
  g_signal_connect_swapped (stream, "ended", G_CALLBACK (end_recording), self);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
}

static void
on_request (VavEndpoint *endpoint, VavStream *stream, VavRequest *request, Bot *self)
{
  g_autoptr (GError) error = NULL;
  GstElement *pipeline = make_pipeline (&error);

  if (pipeline == NULL)
    {
      g_printerr ("%s\n", error->message);
      vav_request_reject (request, VAV_REASON_REFUSED, NULL);
      return;
    }
  record (self, stream, pipeline);
  if (++self->n_visits < MAX_VISITS)
    wait_for_caller (self);
  vav_stream_set_detection (stream, FALSE);
  vav_request_accept (request, VAV_FLOW_ALL, NULL);
}

/* One stream waits for the next call; the endpoint holds it. */
static void
wait_for_caller (Bot *self)
{
  g_autoptr (VavStream) stream = vav_stream_new (self->endpoint);

  if (!self->leaving)
    vav_stream_set_detection (stream, TRUE);
}

static void
on_closed (GObject *endpoint, GAsyncResult *result, gpointer loop)
{
  g_main_loop_quit (loop);
}

static gboolean
on_interrupt (gpointer user_data)
{
  Bot *self = user_data;

  self->leaving = TRUE;
  vav_endpoint_close_async (self->endpoint, on_closed, self->loop);

  return G_SOURCE_REMOVE;
}

/* What there is to tell the people who are to call. */
static void
on_listening (VavEndpoint *endpoint)
{
  if (vav_endpoint_get_listening_address (endpoint) != NULL)
    g_print ("visavis:%s@%s\n", vav_endpoint_get_id (endpoint), vav_endpoint_get_listening_address (endpoint));
}

int
main (int argc, char **argv)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (VavEndpoint) endpoint = NULL;
  g_autoptr (GError) error = NULL;
  Bot self = { .loop = loop };

  if (argc < 4)
    {
      g_printerr ("bot PROFILE FILE FOLDER [LISTEN]\n");
      return 2;
    }
  gst_init (NULL, NULL);
  endpoint = vav_endpoint_new (argv[1], argv[2], &error);
  if (endpoint == NULL || !vav_endpoint_set_listen (endpoint, argc > 4 ? argv[4] : "0.0.0.0:7667", &error))
    {
      g_printerr ("%s\n", error->message);
      return 1;
    }
  self.endpoint = endpoint;
  self.folder = argv[3];
  g_signal_connect (endpoint, "notify::listening-address", G_CALLBACK (on_listening), NULL);
  g_signal_connect (endpoint, "connection-requested", G_CALLBACK (on_request), &self);
  g_unix_signal_add (SIGINT, on_interrupt, &self);
  wait_for_caller (&self);
  g_main_loop_run (loop);
  while (self.n_visits > 0) /* recordings that are not whole yet */
    g_main_context_iteration (NULL, TRUE);

  return 0;
}
