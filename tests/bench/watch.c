/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* watch listen HOST:PORT [receive] and watch call HOST:PORT: one end of a call, for the bench of bad lines. Test picture with grain, and tone; who only receives
 * sends nothing. "pause" and "resume" on stdin stop and play what is sent, its end or a signal hangs up.
 *
 * Tells on stdout, a JSON object a line: "listening" with "address"; "state"; "stats" once a second; and each picture of the other side as it comes out:
 * {"event":"picture","t":…,"n":…,"age":…,"psnr":…,"w":…,"h":…}. t: ms of monotonic time; n: its number, -1: it cannot be read; age: ms since it was
 * drawn (both ends have one clock); psnr: dB of its luma against the original, -1: unknown. A smaller picture is scaled up for that, as a view does. */
#include <glib-unix.h>
#include <gst/video/video.h>
#include <math.h>
#include <stdio.h>

#include "net/media/vav-test-picture.h"
#include "net/media/vav-test-source.h"
#include "net/visavis.h"
#include "tests/bench/likeness.h"

#define MS_PER_DAY (24 * 3600 * 1000)

typedef struct
{
  GMainLoop *loop;
  VavEndpoint *endpoint;
  VavStream *stream;
  VavFlows flows; /* what it takes part in */
  guint watch;    /* of the pictures */
  GString *line;  /* of stdin, what there is of it */
  gboolean over;
  int status;

  Likeness *likeness; /* the thread of the pictures */
} Watch;

static double
now_ms (void)
{
  return (double)g_get_monotonic_time () / 1000;
}

/* Any thread: a line goes out at once and whole. */
G_GNUC_PRINTF (1, 2)
static void
tell (const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list words;

  va_start (words, format);
  text = g_strdup_vprintf (format, words);
  va_end (words);
  fputs (text, stdout);
  fflush (stdout);
}

static guint
milliseconds_of_day (void)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();

  return (guint)(g_date_time_get_hour (now) * 3600000 + g_date_time_get_minute (now) * 60000
                 + g_date_time_get_second (now) * 1000 + g_date_time_get_microsecond (now) / 1000);
}

/* The thread of the pictures. */
static void
on_picture (gpointer data, gpointer user_data)
{
  Watch *self = user_data;
  GstSample *sample = data;
  gint64 now = g_get_monotonic_time ();
  double age = -1, psnr = -1;
  GstVideoInfo info;
  GstVideoFrame frame;
  guint16 number = 0;
  guint32 tenths = 0;
  gboolean readable;

  if (!gst_video_info_from_caps (&info, gst_sample_get_caps (sample))
      || !gst_video_frame_map (&frame, &info, gst_sample_get_buffer (sample), GST_MAP_READ))
    return;

  readable = vav_test_picture_read (GST_VIDEO_FRAME_PLANE_DATA (&frame, 0), GST_VIDEO_FRAME_PLANE_STRIDE (&frame, 0),
                                    GST_VIDEO_INFO_WIDTH (&info), GST_VIDEO_INFO_HEIGHT (&info), &number, &tenths);
  if (readable)
    age = vav_test_picture_age (tenths, now * 1000);
  if (age >= 0)
    psnr = likeness_measure (self->likeness, &frame, number, now * 1000 - (gint64)(age * 1e6),
                             (milliseconds_of_day () + MS_PER_DAY - (guint)age) % MS_PER_DAY);
  gst_video_frame_unmap (&frame);
  tell ("{\"event\":\"picture\",\"t\":%.1f,\"n\":%d,\"age\":%.1f,\"psnr\":%.2f,\"w\":%d,\"h\":%d}\n",
        (double)now / 1000, readable ? number : -1, age, psnr, GST_VIDEO_INFO_WIDTH (&info),
        GST_VIDEO_INFO_HEIGHT (&info));
}

static void
on_stats (VavStream *stream, const VavStats *stats, Watch *self)
{
  tell ("{\"event\":\"stats\",\"t\":%.1f,\"rtt\":%.1f,\"loss\":%.4f,\"fps_out\":%.1f,\"kbps_out\":%.1f,"
        "\"target\":%.1f,\"w_out\":%d,\"concealed\":%" G_GUINT64_FORMAT ",\"level\":%.1f}\n",
        now_ms (), stats->rtt_ms, stats->loss, stats->video_out.fps, stats->video_out.kbps,
        stats->video_out.target_kbps, stats->video_out.width, stats->audio_in.concealed, stats->audio_in.level_db);
}

static void
on_state (VavStream *stream, GParamSpec *pspec, Watch *self)
{
  tell ("{\"event\":\"state\",\"t\":%.1f,\"state\":\"%s\"}\n", now_ms (),
        vav_state_to_nick (vav_stream_get_state (stream)));
}

static void
on_request (VavStream *stream, VavRequest *request, Watch *self)
{
  vav_request_accept (request, self->flows, NULL);
}

static void
on_closed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Watch *self = user_data;

  vav_endpoint_close_finish (self->endpoint, result, NULL);
  g_main_loop_quit (self->loop);
}

static void
leave (Watch *self)
{
  if (!self->over)
    vav_endpoint_close_async (self->endpoint, on_closed, self);
  self->over = TRUE;
}

static void
on_ended (VavStream *stream, gboolean graceful, VavReason reason, GBytes *data, Watch *self)
{
  const GError *error = vav_stream_get_last_error (stream);

  tell ("{\"event\":\"over\",\"t\":%.1f,\"graceful\":%s}\n", now_ms (), graceful ? "true" : "false");
  if (error != NULL)
    g_printerr ("%s\n", error->message);
  if (!graceful)
    self->status = 1;
  leave (self);
}

static gboolean
on_signal (gpointer user_data)
{
  leave (user_data);
  return G_SOURCE_CONTINUE;
}

static void
obey (Watch *self, const char *line)
{
  if (g_str_equal (line, "pause"))
    vav_stream_stop (self->stream, VAV_FLOW_OUT);
  else if (g_str_equal (line, "resume"))
    vav_stream_play (self->stream, VAV_FLOW_OUT);
  else
    g_printerr ("watch does not know “%s”.\n", line);
}

static gboolean
on_words (int fd, GIOCondition condition, gpointer user_data)
{
  Watch *self = user_data;
  char bytes[256], *end;
  ssize_t length = read (fd, bytes, sizeof bytes);

  if (length <= 0 || self->line->len > sizeof bytes)
    {
      leave (self);
      return G_SOURCE_REMOVE;
    }
  g_string_append_len (self->line, bytes, length);
  while ((end = strchr (self->line->str, '\n')) != NULL)
    {
      *end = '\0';
      obey (self, self->line->str);
      g_string_erase (self->line, 0, end - self->line->str + 1);
    }

  return G_SOURCE_CONTINUE;
}

static gboolean
begin (Watch *self, gboolean listens, const char *address, GError **error)
{
  self->endpoint = vav_endpoint_new (NULL, "test", error);
  if (self->endpoint == NULL)
    return FALSE;

  self->stream = vav_stream_new (self->endpoint);
  g_signal_connect (self->stream, "notify::state", G_CALLBACK (on_state), self);
  g_signal_connect (self->stream, "connection-requested", G_CALLBACK (on_request), self);
  g_signal_connect (self->stream, "stats", G_CALLBACK (on_stats), self);
  g_signal_connect (self->stream, "ended", G_CALLBACK (on_ended), self);
  self->watch = vav_outlet_attach (vav_stream_get_video_in (self->stream), on_picture, self, NULL);
  if (!listens)
    return vav_stream_dial (self->stream, address, NULL, error);

  if (!vav_endpoint_set_listen (self->endpoint, address, error))
    return FALSE;
  vav_stream_set_detection (self->stream, TRUE);
  tell ("{\"event\":\"listening\",\"address\":\"%s\"}\n", vav_endpoint_get_listening_address (self->endpoint));

  return TRUE;
}

static void
run (Watch *self)
{
  g_unix_fd_add (STDIN_FILENO, G_IO_IN | G_IO_HUP, on_words, self);
  g_unix_signal_add (SIGINT, on_signal, self);
  g_unix_signal_add (SIGTERM, on_signal, self);
  g_main_loop_run (self->loop);
}

int
main (int argc, char **argv)
{
  Watch self = { .flows = VAV_FLOW_ALL };
  g_autoptr (GError) error = NULL;
  gboolean listens = argc > 1 && g_str_equal (argv[1], "listen");

  if (argc < 3 || argc > 4 || !(listens || g_str_equal (argv[1], "call"))
      || (argc == 4 && !(listens && g_str_equal (argv[3], "receive"))))
    {
      g_printerr ("watch listen HOST:PORT [receive]\nwatch call HOST:PORT\n");
      return 2;
    }
  if (argc == 4)
    self.flows = VAV_FLOW_IN;
  gst_init (NULL, NULL);
  vav_test_source_set_grain (LIKENESS_GRAIN);
  self.loop = g_main_loop_new (NULL, FALSE);
  self.line = g_string_new (NULL);
  self.likeness = likeness_new (VAV_TEST_WIDTH, VAV_TEST_HEIGHT);
  if (begin (&self, listens, argv[2], &error))
    run (&self);
  else
    {
      g_printerr ("%s\n", error->message);
      self.status = 1;
    }

  if (self.stream != NULL)
    {
      vav_outlet_detach (vav_stream_get_video_in (self.stream), self.watch);
      g_signal_handlers_disconnect_by_data (self.stream, &self);
    }
  g_clear_object (&self.stream);
  g_clear_object (&self.endpoint);
  likeness_free (self.likeness);
  g_string_free (self.line, TRUE);
  g_main_loop_unref (self.loop);

  return self.status;
}
