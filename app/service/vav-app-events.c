/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/service/vav-app-events.h"

#include <time.h>

#include "app/service/vav-app-json.h"
#include "app/service/vav-app-presence-watch.h"

struct _VavAppEvents
{
  FILE *out; /* borrowed */
  gboolean broken;
  gint64 start_ns;

  VavEndpoint *endpoint;         /* owned */
  GHashTable *streams;           /* element-type VavStream Watch: not held */
  VavAppPresenceWatch *presence; /* nullable: no endpoint is watched */

  /* what was last said */
  gboolean broker_connected;
  char *broker_trouble; /* nullable */
};

/* What was last said about a stream, so that nothing is said twice. */
typedef struct
{
  guint64 value;
  VavState state;
} Watch;

static gint64
monotonic_ns (void)
{
  struct timespec now;

  clock_gettime (CLOCK_MONOTONIC, &now);
  return (gint64)now.tv_sec * 1000000000 + now.tv_nsec;
}

static void
copy_member (JsonObject *fields, const char *member, JsonNode *node, gpointer user_data)
{
  json_object_set_member (user_data, member, json_node_copy (node));
}

void
vav_app_events_write (VavAppEvents *self, const char *event, guint64 value, JsonObject *fields)
{
  g_autoptr (JsonObject) given = fields;
  g_autoptr (JsonObject) object = json_object_new ();
  g_autofree char *line = NULL;
  gint64 now = monotonic_ns ();

  json_object_set_string_member (object, "event", event);
  vav_app_json_set_rounded (object, "time", (double)(now - self->start_ns) / 1e9, 6);
  json_object_set_int_member (object, "mono_ns", now);
  if (value != 0)
    json_object_set_int_member (object, "value", (gint64)value);
  if (given != NULL)
    json_object_foreach_member (given, copy_member, object);

  line = vav_app_json_to_line (object);
  if (!self->broken)
    self->broken = fprintf (self->out, "%s\n", line) < 0 || fflush (self->out) != 0;
}

gboolean
vav_app_events_is_broken (VavAppEvents *self)
{
  return self->broken;
}

void
vav_app_events_identity (VavAppEvents *self, VavEndpoint *endpoint)
{
  JsonObject *fields = json_object_new ();

  vav_app_json_set_string (fields, "id", vav_endpoint_get_id (endpoint));
  vav_app_json_set_string (fields, "name", vav_endpoint_get_identifier (endpoint));
  vav_app_json_set_string (fields, "profile", vav_endpoint_get_profile (endpoint));
  vav_app_events_write (self, "identity", 0, fields);
}

void
vav_app_events_device (VavAppEvents *self, VavDevice *device)
{
  JsonObject *fields = json_object_new ();

  vav_app_json_set_string (fields, "kind", vav_device_kind_to_nick (vav_device_get_kind (device)));
  vav_app_json_set_string (fields, "name", vav_device_get_name (device));
  vav_app_events_write (self, "device", 0, fields);
}

static void
write_data (VavAppEvents *self, const char *event, VavStream *stream, GBytes *data)
{
  JsonObject *fields = json_object_new ();

  json_object_set_member (fields, "data", vav_app_json_data_node (data));
  vav_app_events_write (self, event, vav_stream_get_value (stream), fields);
}

static void
write_ms (VavAppEvents *self, const char *event, VavStream *stream, double ms)
{
  JsonObject *fields = json_object_new ();

  vav_app_json_set_rounded (fields, "ms", ms, 1);
  vav_app_events_write (self, event, vav_stream_get_value (stream), fields);
}

static JsonObject *
quality_to_json (const VavQuality *quality)
{
  JsonObject *object = json_object_new ();
  JsonArray *codecs = json_array_new ();

  for (guint i = 0; quality->codecs[i] != NULL; i++)
    json_array_add_string_element (codecs, quality->codecs[i]);
  json_object_set_array_member (object, "codecs", codecs);
  if (quality->bitrate != 0)
    vav_app_json_set_rounded (object, "kbps", quality->bitrate / 1000.0, 1);
  else
    json_object_set_null_member (object, "kbps");

  return object;
}

/* The kinds of media that are offered, and in what quality. */
static JsonObject *
offer_to_json (VavRequest *request)
{
  static const struct
  {
    const char *member;
    VavFlows flow;
  } kinds[] = { { "audio", VAV_FLOW_AUDIO_IN }, { "video", VAV_FLOW_VIDEO_IN } };
  JsonObject *object = json_object_new ();

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      const VavQuality *quality = vav_request_get_quality (request, kinds[i].flow);

      if (quality != NULL)
        json_object_set_object_member (object, kinds[i].member, quality_to_json (quality));
    }

  return object;
}

static JsonObject *
video_in_to_json (const VavStats *stats)
{
  JsonObject *object = json_object_new ();

  vav_app_json_set_rounded (object, "fps", stats->video_in.fps, 1);
  json_object_set_int_member (object, "width", stats->video_in.width);
  json_object_set_int_member (object, "height", stats->video_in.height);
  vav_app_json_set_rounded (object, "kbps", stats->video_in.kbps, 1);
  json_object_set_int_member (object, "frames", (gint64)stats->video_in.frames);
  json_object_set_int_member (object, "freezes", stats->video_in.freezes);
  vav_app_json_set_rounded (object, "freeze_ms", stats->video_in.freeze_ms, 1);
  vav_app_json_set_rounded (object, "latency_ms", stats->video_in.latency_ms, 1);

  return object;
}

static JsonObject *
video_out_to_json (const VavStats *stats)
{
  JsonObject *object = json_object_new ();

  vav_app_json_set_rounded (object, "fps", stats->video_out.fps, 1);
  json_object_set_int_member (object, "width", stats->video_out.width);
  json_object_set_int_member (object, "height", stats->video_out.height);
  vav_app_json_set_rounded (object, "kbps", stats->video_out.kbps, 1);
  vav_app_json_set_rounded (object, "target_kbps", stats->video_out.target_kbps, 1);

  return object;
}

static JsonObject *
stats_to_json (const VavStats *stats)
{
  JsonObject *object = json_object_new ();
  JsonObject *audio_in = json_object_new ();
  JsonObject *audio_out = json_object_new ();

  vav_app_json_set_rounded (object, "rtt_ms", stats->rtt_ms, 2);
  vav_app_json_set_rounded (object, "loss", stats->loss, 4);
  json_object_set_object_member (object, "video_in", video_in_to_json (stats));
  json_object_set_object_member (object, "video_out", video_out_to_json (stats));

  vav_app_json_set_rounded (audio_in, "kbps", stats->audio_in.kbps, 1);
  json_object_set_int_member (audio_in, "concealed", (gint64)stats->audio_in.concealed);
  vav_app_json_set_rounded (audio_in, "level_db", stats->audio_in.level_db, 1);
  json_object_set_object_member (object, "audio_in", audio_in);

  vav_app_json_set_rounded (audio_out, "kbps", stats->audio_out.kbps, 1);
  vav_app_json_set_rounded (audio_out, "level_db", stats->audio_out.level_db, 1);
  json_object_set_object_member (object, "audio_out", audio_out);

  vav_app_json_set_rounded (object, "cpu", stats->cpu, 3);
  vav_app_json_set_rounded (object, "rss_mb", stats->rss_mb, 1);

  return object;
}

static void
on_state (VavStream *stream, GParamSpec *pspec, VavAppEvents *self)
{
  Watch *watch = g_hash_table_lookup (self->streams, stream);
  guint64 value = vav_stream_get_value (stream);
  VavState state = vav_stream_get_state (stream);
  JsonObject *fields;

  if (watch->value == value && watch->state == state)
    return;
  watch->value = value;
  watch->state = state;

  fields = json_object_new ();
  vav_app_json_set_string (fields, "state", vav_state_to_nick (state));
  vav_app_json_set_string (fields, "reason", vav_reason_to_nick (vav_stream_get_end_reason (stream)));
  vav_app_events_write (self, "state", value, fields);
}

static void
on_answered (VavStream *stream, GBytes *data, VavAppEvents *self)
{
  if (data != NULL)
    write_data (self, "answer-data", stream, data);
}

static void
on_closing (VavStream *stream, GBytes *data, VavAppEvents *self)
{
  write_data (self, "closing", stream, data);
}

static void
on_goodbye_sent (VavStream *stream, GBytes *data, VavAppEvents *self)
{
  write_data (self, "goodbye-sent", stream, data);
}

static void
on_closed (VavStream *stream, VavAppEvents *self)
{
  vav_app_events_write (self, "closed", vav_stream_get_value (stream), NULL);
}

static void
on_ended (VavStream *stream, gboolean graceful, VavReason reason, GBytes *data, VavAppEvents *self)
{
  const GError *error = vav_stream_get_last_error (stream);
  JsonObject *fields = json_object_new ();

  json_object_set_boolean_member (fields, "graceful", graceful);
  vav_app_json_set_string (fields, "reason", vav_reason_to_nick (reason));
  json_object_set_member (fields, "data", vav_app_json_data_node (data));
  vav_app_json_set_string (fields, "error", error != NULL ? error->message : NULL);
  vav_app_events_write (self, "ended", vav_stream_get_value (stream), fields);
}

static void
on_first_frame (VavStream *stream, double ms, VavAppEvents *self)
{
  write_ms (self, "first-frame", stream, ms);
}

static void
on_first_sound (VavStream *stream, double ms, VavAppEvents *self)
{
  write_ms (self, "first-sound", stream, ms);
}

static void
on_path (VavStream *stream, const char *local, const char *remote, gboolean relayed, VavAppEvents *self)
{
  JsonObject *fields = json_object_new ();

  vav_app_json_set_string (fields, "local", local);
  vav_app_json_set_string (fields, "remote", remote);
  json_object_set_boolean_member (fields, "relayed", relayed);
  vav_app_events_write (self, "path", vav_stream_get_value (stream), fields);
}

static void
on_network (VavStream *stream, guint gap_ms, VavAppEvents *self)
{
  JsonObject *fields = json_object_new ();

  json_object_set_int_member (fields, "gap_ms", gap_ms);
  vav_app_events_write (self, "network", vav_stream_get_value (stream), fields);
}

static void
on_stats (VavStream *stream, const VavStats *stats, VavAppEvents *self)
{
  vav_app_events_write (self, "stats", vav_stream_get_value (stream), stats_to_json (stats));
}

static void
on_text (VavStream *stream, const char *text, VavAppEvents *self)
{
  JsonObject *fields = json_object_new ();

  vav_app_json_set_string (fields, "text", text);
  vav_app_events_write (self, "text", vav_stream_get_value (stream), fields);
}

static void
on_file_changed (VavStream *stream, VavFile *file, VavAppEvents *self)
{
  const GError *error = vav_file_get_error (file);
  JsonObject *fields = json_object_new ();

  vav_app_json_set_string (fields, "name", vav_file_get_name (file));
  json_object_set_int_member (fields, "size", (gint64)vav_file_get_size (file));
  vav_app_json_set_string (fields, "sha256", vav_file_get_sha256 (file));
  vav_app_json_set_string (fields, "path", vav_file_get_path (file));
  vav_app_json_set_string (fields, "state", vav_file_state_to_nick (vav_file_get_state (file)));
  json_object_set_boolean_member (fields, "incoming", vav_file_is_incoming (file));
  vav_app_json_set_string (fields, "error", error != NULL ? error->message : NULL);
  vav_app_events_write (self, "file", vav_stream_get_value (stream), fields);
}

static void
on_request (VavEndpoint *endpoint, VavStream *stream, VavRequest *request, VavAppEvents *self)
{
  VavPeer *peer = vav_request_get_peer (request);
  JsonObject *fields = json_object_new ();

  vav_app_events_watch_stream (self, stream);

  vav_app_json_set_string (fields, "name", vav_peer_get_name (peer));
  vav_app_json_set_string (fields, "id", vav_peer_get_id (peer));
  vav_app_json_set_string (fields, "trust", vav_trust_to_nick (vav_peer_get_trust (peer)));
  vav_app_json_set_string (fields, "address", vav_peer_get_address (peer));
  json_object_set_object_member (fields, "offer", offer_to_json (request));
  json_object_set_member (fields, "data", vav_app_json_data_node (vav_request_get_data (request)));
  vav_app_events_write (self, "request", vav_request_get_value (request), fields);
}

static void
write_listening (VavAppEvents *self, VavEndpoint *endpoint, const char *address)
{
  JsonObject *fields;

  if (address == NULL)
    return;

  fields = json_object_new ();
  vav_app_json_set_string (fields, "address", address);
  vav_app_json_set_string (fields, "id", vav_endpoint_get_id (endpoint));
  vav_app_events_write (self, "listening", 0, fields);
}

static void
on_listening (VavEndpoint *endpoint, GParamSpec *pspec, VavAppEvents *self)
{
  write_listening (self, endpoint, vav_endpoint_get_listening_address (endpoint));
}

/* Each time that the meeting server lets us take calls. */
static void
on_meeting (VavEndpoint *endpoint, GParamSpec *pspec, VavAppEvents *self)
{
  write_listening (self, endpoint, vav_endpoint_get_meeting_address (endpoint));
}

/* Between two tries the trouble stays, and is notified with each: said once. */
static void
on_broker (VavEndpoint *endpoint, GParamSpec *pspec, VavAppEvents *self)
{
  g_autofree char *trouble = vav_endpoint_dup_broker_trouble (endpoint);
  gboolean connected = vav_endpoint_is_broker_connected (endpoint);
  JsonObject *fields;

  if (connected == self->broker_connected && g_strcmp0 (trouble, self->broker_trouble) == 0)
    return;

  fields = json_object_new ();
  json_object_set_boolean_member (fields, "connected", connected);
  if (trouble != NULL)
    json_object_set_string_member (fields, "trouble", trouble);
  g_free (self->broker_trouble);
  self->broker_trouble = g_steal_pointer (&trouble);
  self->broker_connected = connected;
  vav_app_events_write (self, "broker", 0, fields);
}

static void
on_items_changed (GListModel *streams, guint position, guint removed, guint added, VavAppEvents *self)
{
  for (guint i = position; i < position + added; i++)
    {
      g_autoptr (VavStream) stream = g_list_model_get_item (streams, i);

      vav_app_events_watch_stream (self, stream);
    }
}

static void
on_stream_gone (gpointer user_data, GObject *stream)
{
  VavAppEvents *self = user_data;

  g_hash_table_remove (self->streams, stream);
}

/* A stream that the endpoint lists no more is watched until its death: its last events may come after it left the list. */
void
vav_app_events_watch_stream (VavAppEvents *self, VavStream *stream)
{
  Watch *watch;

  if (g_hash_table_contains (self->streams, stream))
    return;

  watch = g_new0 (Watch, 1);
  g_hash_table_insert (self->streams, stream, watch);
  g_object_weak_ref (G_OBJECT (stream), on_stream_gone, self);

  g_signal_connect (stream, "notify::state", G_CALLBACK (on_state), self);
  g_signal_connect (stream, "answered", G_CALLBACK (on_answered), self);
  g_signal_connect (stream, "closing", G_CALLBACK (on_closing), self);
  g_signal_connect (stream, "goodbye-sent", G_CALLBACK (on_goodbye_sent), self);
  g_signal_connect (stream, "closed", G_CALLBACK (on_closed), self);
  g_signal_connect (stream, "ended", G_CALLBACK (on_ended), self);
  g_signal_connect (stream, "first-frame", G_CALLBACK (on_first_frame), self);
  g_signal_connect (stream, "first-sound", G_CALLBACK (on_first_sound), self);
  g_signal_connect (stream, "file-changed", G_CALLBACK (on_file_changed), self);
  g_signal_connect (stream, "text", G_CALLBACK (on_text), self);
  g_signal_connect (stream, "path", G_CALLBACK (on_path), self);
  g_signal_connect (stream, "network", G_CALLBACK (on_network), self);
  g_signal_connect (stream, "stats", G_CALLBACK (on_stats), self);

  watch->value = vav_stream_get_value (stream);
  if (vav_stream_get_state (stream) != VAV_STATE_IDLE)
    on_state (stream, NULL, self);
}

static void
on_present (VavPerson *person, gpointer user_data)
{
  JsonObject *fields = json_object_new ();

  vav_app_json_set_string (fields, "name", vav_person_get_name (person));
  vav_app_json_set_string (fields, "id", vav_person_get_id (person));
  json_object_set_boolean_member (fields, "present", vav_person_get_present (person));
  vav_app_events_write (user_data, "presence", 0, fields);
}

void
vav_app_events_watch_endpoint (VavAppEvents *self, VavEndpoint *endpoint)
{
  g_return_if_fail (self->endpoint == NULL);

  self->endpoint = g_object_ref (endpoint);
  on_listening (endpoint, NULL, self);
  on_broker (endpoint, NULL, self);
  on_items_changed (G_LIST_MODEL (endpoint), 0, 0, g_list_model_get_n_items (G_LIST_MODEL (endpoint)), self);

  g_signal_connect (endpoint, "notify::listening-address", G_CALLBACK (on_listening), self);
  g_signal_connect (endpoint, "notify::meeting-address", G_CALLBACK (on_meeting), self);
  g_signal_connect (endpoint, "notify::broker-trouble", G_CALLBACK (on_broker), self);
  g_signal_connect (endpoint, "connection-requested", G_CALLBACK (on_request), self);
  g_signal_connect (endpoint, "items-changed", G_CALLBACK (on_items_changed), self);
  self->presence = vav_app_presence_watch_new (vav_endpoint_get_people (endpoint), on_present, self);
}

/**
 * vav_app_events_new:
 * @out: where the lines go; it must outlive the teller
 *
 * Returns: (transfer full): a teller that watches nothing yet
 */
VavAppEvents *
vav_app_events_new (FILE *out)
{
  VavAppEvents *self = g_new0 (VavAppEvents, 1);

  self->out = out;
  self->start_ns = monotonic_ns ();
  self->streams = g_hash_table_new_full (NULL, NULL, NULL, g_free);

  return self;
}

void
vav_app_events_free (VavAppEvents *self)
{
  GHashTableIter iter;
  gpointer stream;

  g_hash_table_iter_init (&iter, self->streams);
  while (g_hash_table_iter_next (&iter, &stream, NULL))
    {
      g_signal_handlers_disconnect_by_data (stream, self);
      g_object_weak_unref (stream, on_stream_gone, self);
    }
  if (self->endpoint != NULL)
    g_signal_handlers_disconnect_by_data (self->endpoint, self);

  g_clear_pointer (&self->presence, vav_app_presence_watch_free);
  g_hash_table_unref (self->streams);
  g_clear_object (&self->endpoint);
  g_free (self->broker_trouble);
  g_free (self);
}
