/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/service/vav-app-events.h"
#include "app/service/vav-app-json.h"
#include "shut.h"
#include "tests/lib/tolerate.h"

/* A teller into memory, and a stream that is told about. */
typedef struct
{
  FILE *file;
  char *text;
  gsize size;
  VavEndpoint *endpoint;
  VavStream *stream;
  VavAppEvents *events;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  fixture->endpoint = vav_endpoint_new (NULL, "none", &error);
  g_assert_no_error (error);
  fixture->file = open_memstream (&fixture->text, &fixture->size);
  fixture->events = vav_app_events_new (fixture->file);
  vav_app_events_watch_endpoint (fixture->events, fixture->endpoint);
  fixture->stream = vav_stream_new (fixture->endpoint);
  vav_app_events_watch_stream (fixture->events, fixture->stream);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_clear_pointer (&fixture->events, vav_app_events_free);
  g_clear_object (&fixture->stream);
  shut (fixture->endpoint);
  g_clear_object (&fixture->endpoint);
  fclose (fixture->file);
  free (fixture->text);
}

/* The last line, parsed. */
static JsonObject *
last_event (Fixture *fixture)
{
  g_autofree char *text = g_strndup (fixture->text, fixture->size - 1);
  const char *line = strrchr (text, '\n');
  g_autoptr (JsonNode) node = NULL;
  g_autoptr (GError) error = NULL;

  node = json_from_string (line != NULL ? line + 1 : text, &error);
  g_assert_no_error (error);

  return json_object_ref (json_node_get_object (node));
}

/* Data is a string where it is UTF-8, else base64; none is null. What a peer sends can never break the line. */
static void
test_data (void)
{
  const struct
  {
    const char *bytes;
    gsize size;
    const char *line;
  } rows[] = {
    { "hello", 5, "{\"data\":\"hello\"}" },
    { "", 0, "{\"data\":\"\"}" },
    { "a\nb\"", 4, "{\"data\":\"a\\nb\\\"\"}" },
    { "\xc3\xa9", 2, "{\"data\":\"é\"}" },
    { "\xff\xfe", 2, "{\"data\":{\"base64\":\"//4=\"}}" },
    { "a\0b", 3, "{\"data\":{\"base64\":\"YQBi\"}}" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GBytes) bytes = g_bytes_new_static (rows[i].bytes, rows[i].size);
      g_autoptr (JsonObject) object = json_object_new ();
      g_autofree char *line = NULL;

      json_object_set_member (object, "data", vav_app_json_data_node (bytes));
      line = vav_app_json_to_line (object);
      g_assert_cmpstr (line, ==, rows[i].line);
    }
}

/* Numbers are written as a person would; what is no number is null. */
static void
test_numbers (void)
{
  g_autoptr (JsonObject) object = json_object_new ();
  g_autofree char *line = NULL;

  vav_app_json_set_rounded (object, "a", 33.3333, 1);
  vav_app_json_set_rounded (object, "b", -60, 1);
  vav_app_json_set_rounded (object, "c", 0.00001, 4);
  vav_app_json_set_rounded (object, "d", -0.00001, 4);
  vav_app_json_set_rounded (object, "e", NAN, 1);
  vav_app_json_set_rounded (object, "f", INFINITY, 1);
  vav_app_json_set_rounded (object, "g", 1234567.891, 3);
  json_object_set_int_member (object, "h", G_GINT64_CONSTANT (9007199254740991));
  json_object_set_null_member (object, "i");
  json_object_set_boolean_member (object, "j", TRUE);
  vav_app_json_set_rounded (object, "k", 0.000012, 6);
  line = vav_app_json_to_line (object);
  g_assert_cmpstr (line, ==,
                   "{\"a\":33.3,\"b\":-60,\"c\":0,\"d\":0,\"e\":null,\"f\":null,\"g\":1234567.891,"
                   "\"h\":9007199254740991,\"i\":null,\"j\":true,\"k\":0.000012}");
}

/* Each signal of a stream becomes its event, with the fields of the contract. */
static void
test_signals (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static ("bye", 3);
  const struct
  {
    const char *event, *member;
  } simple[] = { { "first-frame", "ms" }, { "first-sound", "ms" } };

  for (guint i = 0; i < G_N_ELEMENTS (simple); i++)
    {
      g_autoptr (JsonObject) event = NULL;

      g_signal_emit_by_name (fixture->stream, simple[i].event, 123.456);
      event = last_event (fixture);
      g_assert_cmpstr (json_object_get_string_member (event, "event"), ==, simple[i].event);
      g_assert_cmpfloat (json_object_get_double_member (event, simple[i].member), ==, 123.5);
      g_assert_cmpint (json_object_get_int_member (event, "mono_ns"), >, 0);
      g_assert_cmpfloat (json_object_get_double_member (event, "time"), >=, 0);
    }

  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (JsonObject) event = NULL;
      const char *name = i == 0 ? "closing" : "goodbye-sent";

      g_signal_emit_by_name (fixture->stream, name, bytes);
      event = last_event (fixture);
      g_assert_cmpstr (json_object_get_string_member (event, "event"), ==, name);
      g_assert_cmpstr (json_object_get_string_member (event, "data"), ==, "bye");
    }
}

/* What the other side writes. */
static void
test_text (Fixture *fixture, gconstpointer data)
{
  g_autoptr (JsonObject) event = NULL;

  g_test_summary ("W20: a text that comes in is an event");
  g_signal_emit_by_name (fixture->stream, "text", "hello\n\"you\"");
  event = last_event (fixture);
  g_assert_cmpstr (json_object_get_string_member (event, "event"), ==, "text");
  g_assert_cmpstr (json_object_get_string_member (event, "text"), ==, "hello\n\"you\"");
}

/* The end of a call, and the path. */
static void
test_end (Fixture *fixture, gconstpointer data)
{
  g_autoptr (JsonObject) path = NULL;
  g_autoptr (JsonObject) network = NULL;
  g_autoptr (JsonObject) ended = NULL;

  g_signal_emit_by_name (fixture->stream, "path", "127.0.0.1:1", "[::1]:2", TRUE);
  path = last_event (fixture);
  g_assert_cmpstr (json_object_get_string_member (path, "local"), ==, "127.0.0.1:1");
  g_assert_cmpstr (json_object_get_string_member (path, "remote"), ==, "[::1]:2");
  g_assert_true (json_object_get_boolean_member (path, "relayed"));

  g_signal_emit_by_name (fixture->stream, "network", 1234u);
  network = last_event (fixture);
  g_assert_cmpstr (json_object_get_string_member (network, "event"), ==, "network");
  g_assert_cmpint (json_object_get_int_member (network, "gap_ms"), ==, 1234);

  g_signal_emit_by_name (fixture->stream, "ended", FALSE, VAV_REASON_NO_ANSWER, NULL);
  ended = last_event (fixture);
  g_assert_cmpstr (json_object_get_string_member (ended, "event"), ==, "ended");
  g_assert_false (json_object_get_boolean_member (ended, "graceful"));
  g_assert_cmpstr (json_object_get_string_member (ended, "reason"), ==, "no-answer");
  g_assert_true (json_object_get_null_member (ended, "data"));
  g_assert_true (json_object_get_null_member (ended, "error"));
}

/* Statistics have all their fields, in their places. */
static void
test_stats (Fixture *fixture, gconstpointer data)
{
  VavStats stats = { .rtt_ms = 1.234, .loss = 0.05, .cpu = 0.5, .rss_mb = 100.04 };
  g_autoptr (JsonObject) event = NULL;
  JsonObject *video;

  stats.video_in.fps = 29.97;
  stats.video_in.width = 1280;
  stats.video_in.latency_ms = -1;
  stats.audio_in.level_db = -18.25;
  g_signal_emit_by_name (fixture->stream, "stats", &stats);
  event = last_event (fixture);
  video = json_object_get_object_member (event, "video_in");
  g_assert_cmpfloat (json_object_get_double_member (event, "rtt_ms"), ==, 1.23);
  g_assert_cmpfloat (json_object_get_double_member (event, "loss"), ==, 0.05);
  g_assert_cmpfloat (json_object_get_double_member (video, "fps"), ==, 30);
  g_assert_cmpint (json_object_get_int_member (video, "width"), ==, 1280);
  g_assert_cmpfloat (json_object_get_double_member (video, "latency_ms"), ==, -1);
  g_assert_true (json_object_has_member (event, "video_out"));
  g_assert_true (json_object_has_member (event, "audio_out"));
}

/* A dial tells its states with the call's number, also when it fails at once; a stream's death is no harm. */
static void
test_dial (Fixture *fixture, gconstpointer data)
{
  g_autoptr (JsonObject) ended = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;

  g_assert_true (vav_stream_dial (fixture->stream, "not an address", NULL, &error));
  g_assert_no_error (error);
  ended = last_event (fixture);
  g_assert_cmpstr (json_object_get_string_member (ended, "event"), ==, "ended");
  g_assert_cmpuint ((guint64)json_object_get_int_member (ended, "value"), ==, vav_stream_get_value (fixture->stream));
  g_assert_cmpstr (json_object_get_string_member (ended, "error"), !=, "");
  text = g_strndup (fixture->text, fixture->size);
  g_assert_nonnull (strstr (text, "\"state\":\"failed\""));

  g_clear_object (&fixture->stream);
}

static void
on_requested (VavEndpoint *endpoint, VavStream *stream, VavRequest *request, gboolean *requested)
{
  vav_request_reject (request, VAV_REASON_REFUSED, NULL);
  *requested = TRUE;
}

/* A request tells what is offered: kinds, codecs and rates. */
static void
test_request (Fixture *fixture, gconstpointer data)
{
  g_autoptr (VavEndpoint) caller = NULL;
  g_autoptr (VavStream) stream = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  gboolean requested = FALSE;

  g_test_summary ("N1, W11: the event of a request tells codecs and bit rates of what is offered");
  tolerate_gstreamer ();
  g_signal_connect (fixture->endpoint, "connection-requested", G_CALLBACK (on_requested), &requested);
  vav_endpoint_set_listen (fixture->endpoint, "127.0.0.1:0", &error);
  g_assert_no_error (error);
  vav_stream_set_detection (fixture->stream, TRUE);
  caller = vav_endpoint_new (NULL, "test", &error);
  g_assert_no_error (error);
  stream = vav_stream_new (caller);
  g_assert_true (vav_stream_dial (stream, vav_endpoint_get_listening_address (fixture->endpoint), NULL, &error));
  while (!requested || vav_stream_get_state (stream) != VAV_STATE_FAILED)
    g_main_context_iteration (NULL, TRUE);

  text = g_strndup (fixture->text, fixture->size);
  g_assert_nonnull (strstr (text, "\"event\":\"request\""));
  g_assert_nonnull (strstr (text, "\"offer\":{\"audio\":{\"codecs\":[\"OPUS\"],\"kbps\":32},"
                                  "\"video\":{\"codecs\":[\"VP8\"],\"kbps\":1500}}"));
  shut (caller);
}

/* A reader that went away is noticed, and nothing more is written. */
static void
test_broken (void)
{
  FILE *file = fopen ("/dev/full", "w");
  g_autoptr (VavAppEvents) events = NULL;

  if (file == NULL)
    {
      g_test_skip ("there is no /dev/full");
      return;
    }
  events = vav_app_events_new (file);
  g_assert_false (vav_app_events_is_broken (events));
  vav_app_events_write (events, "closed", 1, NULL);
  g_assert_true (vav_app_events_is_broken (events));
  vav_app_events_write (events, "closed", 1, NULL);
  fclose (file);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/events/data", test_data);
  g_test_add_func ("/events/numbers", test_numbers);
  g_test_add ("/events/signals", Fixture, NULL, set_up, test_signals, tear_down);
  g_test_add ("/events/text", Fixture, NULL, set_up, test_text, tear_down);
  g_test_add ("/events/end", Fixture, NULL, set_up, test_end, tear_down);
  g_test_add ("/events/stats", Fixture, NULL, set_up, test_stats, tear_down);
  g_test_add ("/events/dial", Fixture, NULL, set_up, test_dial, tear_down);
  g_test_add ("/events/request", Fixture, NULL, set_up, test_request, tear_down);
  g_test_add_func ("/events/broken", test_broken);

  return tolerate_exit (g_test_run ());
}
