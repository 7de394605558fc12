/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/call/vav-stream-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "net/call/vav-endpoint-private.h"
#include "net/call/vav-recorder.h"
#include "net/core/vav-enums.h"

G_DEFINE_FINAL_TYPE (VavStream, vav_stream, G_TYPE_OBJECT)

GParamSpec *vav_stream_properties[VAV_STREAM_N_PROPS];
guint vav_stream_signals[VAV_STREAM_N_SIGNALS];

static void
forward_sample (gpointer sample, gpointer outlet)
{
  vav_outlet_push (outlet, sample);
}

void
vav_stream_set_request (VavStream *self, VavRequest *request)
{
  g_set_object (&self->request, request);
}

static void
notify_call (VavStream *self)
{
  static const int changing[]
      = { VAV_STREAM_PROP_STATE, VAV_STREAM_PROP_END_REASON, VAV_STREAM_PROP_LAST_ERROR, VAV_STREAM_PROP_GRACEFUL,
          VAV_STREAM_PROP_PEER,  VAV_STREAM_PROP_FLOWS,      VAV_STREAM_PROP_PEER_FLOWS, VAV_STREAM_PROP_ENTRY_NAME,
          VAV_STREAM_PROP_HELD,  VAV_STREAM_PROP_PEER_HELD,  VAV_STREAM_PROP_SHARING,    VAV_STREAM_PROP_PEER_SHARING,
          VAV_STREAM_PROP_SLOW,  VAV_STREAM_PROP_PEER_SLOW };

  g_object_freeze_notify (G_OBJECT (self));
  for (guint i = 0; i < G_N_ELEMENTS (changing); i++)
    g_object_notify_by_pspec (G_OBJECT (self), vav_stream_properties[changing[i]]);
  g_object_thaw_notify (G_OBJECT (self));
}

/* One call at a time; the outlets of the stream last, so that a view does not notice that calls come and go. */
void
vav_stream_set_call (VavStream *self, VavCall *call)
{
  if (self->call != NULL)
    {
      vav_outlet_detach (vav_call_get_video_in (self->call), self->forward_video);
      vav_outlet_detach (vav_call_get_audio_in (self->call), self->forward_audio);
    }
  vav_stream_set_request (self, NULL);
  g_clear_error (&self->refusal);
  g_clear_pointer (&self->answer, g_bytes_unref);
  g_set_object (&self->call, call);
  g_signal_group_set_target (self->call_group, call);
  vav_stream_talk_set_call (self, call);
  vav_stream_screen_update (self);
  if (call == NULL)
    {
      self->waiting_since = g_get_monotonic_time ();
      g_object_notify_by_pspec (G_OBJECT (self), vav_stream_properties[VAV_STREAM_PROP_VALUE]);
      notify_call (self);
      return;
    }

  self->forward_video
      = vav_outlet_attach (vav_call_get_video_in (call), forward_sample, g_object_ref (self->video_in), g_object_unref);
  self->forward_audio
      = vav_outlet_attach (vav_call_get_audio_in (call), forward_sample, g_object_ref (self->audio_in), g_object_unref);
  vav_call_set_flows (call, self->flows);
  g_object_notify_by_pspec (G_OBJECT (self), vav_stream_properties[VAV_STREAM_PROP_VALUE]);
  g_object_notify_by_pspec (G_OBJECT (self), vav_stream_properties[VAV_STREAM_PROP_INCOMING]);
  g_object_notify_by_pspec (G_OBJECT (self), vav_stream_properties[VAV_STREAM_PROP_START_TIME]);
  if (vav_call_get_phase (call) != VAV_CALL_PHASE_IDLE)
    notify_call (self); /* it came in: it is under way already */
}

static void
on_changed (VavCall *call, VavStream *self)
{
  VavCallPhase phase = vav_call_get_phase (call);

  if (phase != VAV_CALL_PHASE_INCOMING && phase != VAV_CALL_PHASE_ALERTING)
    vav_stream_set_request (self, NULL);
  self->flows = vav_call_get_flows (call);
  vav_stream_screen_update (self);
  if (vav_call_phase_is_over (phase))
    g_clear_error (&self->refusal);
  notify_call (self);
  if (vav_call_phase_is_over (phase))
    return; /* on_ended() goes on: until then nothing new begins, and the list may hold the last reference */
  vav_stream_settle (self);
  vav_endpoint_stream_changed (self->endpoint, self);
}

static void
on_ringing (VavCall *call, VavStream *self)
{
  g_signal_emit (self, vav_stream_signals[VAV_STREAM_RINGING], 0);
}

static void
on_answered (VavCall *call, GBytes *data, VavStream *self)
{
  g_clear_pointer (&self->answer, g_bytes_unref);
  self->answer = data != NULL ? g_bytes_ref (data) : NULL;
  g_signal_emit (self, vav_stream_signals[VAV_STREAM_ANSWERED], 0, data);
}

static void
on_closing (VavCall *call, GBytes *data, VavStream *self)
{
  g_signal_emit (self, vav_stream_signals[VAV_STREAM_CLOSING], 0, data);
}

static void
on_goodbye_sent (VavCall *call, GBytes *data, VavStream *self)
{
  g_signal_emit (self, vav_stream_signals[VAV_STREAM_GOODBYE_SENT], 0, data);
}

static void
on_closed (VavCall *call, VavStream *self)
{
  g_signal_emit (self, vav_stream_signals[VAV_STREAM_CLOSED], 0);
}

static void
on_ended (VavCall *call, gboolean graceful, VavReason reason, GBytes *data, VavStream *self)
{
  g_autoptr (VavStream) alive = g_object_ref (self);

  self->waiting_since = g_get_monotonic_time ();
  if (vav_call_get_phase (call) == VAV_CALL_PHASE_FAILED && !vav_call_is_incoming (call))
    vav_endpoint_keep_failed (self->endpoint, vav_call_get_value (call), vav_call_get_error (call));
  vav_recorder_note_call (self->endpoint, call);
  g_signal_emit (self, vav_stream_signals[VAV_STREAM_ENDED], 0, graceful, reason, data);
  if (call == self->call)
    vav_stream_settle (self);
  vav_endpoint_stream_changed (self->endpoint, self);
}

static void
on_first_frame (VavCall *call, double ms, VavStream *self)
{
  g_signal_emit (self, vav_stream_signals[VAV_STREAM_FIRST_FRAME], 0, ms);
}

static void
on_first_sound (VavCall *call, double ms, VavStream *self)
{
  g_signal_emit (self, vav_stream_signals[VAV_STREAM_FIRST_SOUND], 0, ms);
}

static void
on_path (VavCall *call, const char *local, const char *remote, gboolean relayed, VavStream *self)
{
  g_signal_emit (self, vav_stream_signals[VAV_STREAM_PATH], 0, local, remote, relayed);
}

static void
on_network (VavCall *call, guint gap_ms, VavStream *self)
{
  g_signal_emit (self, vav_stream_signals[VAV_STREAM_NETWORK], 0, gap_ms);
}

static void
on_sharing_ended (VavCall *call, const GError *error, VavStream *self)
{
  g_signal_emit (self, vav_stream_signals[VAV_STREAM_SHARING_ENDED], 0, error);
}

static void
on_stats (VavCall *call, const VavStats *stats, VavStream *self)
{
  g_signal_emit (self, vav_stream_signals[VAV_STREAM_STATS], 0, stats);
}

static void
listen_to_calls (VavStream *self)
{
  static const struct
  {
    const char *signal;
    GCallback handler;
  } handlers[] = {
    { "changed", G_CALLBACK (on_changed) },
    { "ringing", G_CALLBACK (on_ringing) },
    { "answered", G_CALLBACK (on_answered) },
    { "closing", G_CALLBACK (on_closing) },
    { "goodbye-sent", G_CALLBACK (on_goodbye_sent) },
    { "closed", G_CALLBACK (on_closed) },
    { "ended", G_CALLBACK (on_ended) },
    { "first-frame", G_CALLBACK (on_first_frame) },
    { "first-sound", G_CALLBACK (on_first_sound) },
    { "path", G_CALLBACK (on_path) },
    { "network", G_CALLBACK (on_network) },
    { "stats", G_CALLBACK (on_stats) },
    { "sharing-ended", G_CALLBACK (on_sharing_ended) },
  };

  self->call_group = g_signal_group_new (VAV_TYPE_CALL);
  for (guint i = 0; i < G_N_ELEMENTS (handlers); i++)
    g_signal_group_connect (self->call_group, handlers[i].signal, handlers[i].handler, self);
}

static void
vav_stream_constructed (GObject *object)
{
  VavStream *self = VAV_STREAM (object);

  G_OBJECT_CLASS (vav_stream_parent_class)->constructed (object);

  vav_stream_screen_update (self);
  self->constructed = TRUE;
  if (self->detection)
    vav_endpoint_stream_changed (self->endpoint, self);
  if (self->address != NULL)
    {
      g_autofree char *address = g_steal_pointer (&self->address);

      vav_stream_set_address (self, address);
    }
}

static void
vav_stream_dispose (GObject *object)
{
  VavStream *self = VAV_STREAM (object);

  if (self->call != NULL)
    {
      vav_call_hang_up (self->call, NULL, self->linger_ms);
      vav_stream_set_call (self, NULL);
    }
  vav_stream_set_request (self, NULL);
  vav_stream_screen_clear (self);

  G_OBJECT_CLASS (vav_stream_parent_class)->dispose (object);
}

static void
vav_stream_finalize (GObject *object)
{
  VavStream *self = VAV_STREAM (object);

  g_clear_object (&self->call_group);
  g_clear_object (&self->courier_group);
  g_clear_object (&self->files);
  g_clear_error (&self->refusal);
  g_clear_pointer (&self->answer, g_bytes_unref);
  g_list_free_full (self->connecting, g_object_unref);
  g_list_free_full (self->disconnecting, g_object_unref);
  g_clear_object (&self->video_in);
  g_clear_object (&self->audio_in);
  g_clear_object (&self->video_out);
  g_clear_object (&self->endpoint);
  g_free (self->address);
  g_free (self->identifier);

  G_OBJECT_CLASS (vav_stream_parent_class)->finalize (object);
}

static void
vav_stream_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  VavStream *self = VAV_STREAM (object);

  switch (id)
    {
    case VAV_STREAM_PROP_ENDPOINT:
      g_value_set_object (value, self->endpoint);
      break;
    case VAV_STREAM_PROP_ADDRESS:
      g_value_set_string (value, self->address);
      break;
    case VAV_STREAM_PROP_IDENTIFIER:
      g_value_set_string (value, self->identifier);
      break;
    case VAV_STREAM_PROP_DETECTION:
      g_value_set_boolean (value, self->detection);
      break;
    case VAV_STREAM_PROP_LINGER:
      g_value_set_int (value, self->linger_ms);
      break;
    case VAV_STREAM_PROP_VALUE:
      g_value_set_uint64 (value, vav_stream_get_value (self));
      break;
    case VAV_STREAM_PROP_STATE:
      g_value_set_enum (value, (int)vav_stream_get_state (self));
      break;
    case VAV_STREAM_PROP_END_REASON:
      g_value_set_enum (value, (int)vav_stream_get_end_reason (self));
      break;
    case VAV_STREAM_PROP_LAST_ERROR:
      g_value_set_boxed (value, vav_stream_get_last_error (self));
      break;
    case VAV_STREAM_PROP_GRACEFUL:
      g_value_set_boolean (value, vav_stream_get_graceful (self));
      break;
    case VAV_STREAM_PROP_PEER:
      g_value_set_object (value, vav_stream_get_peer (self));
      break;
    case VAV_STREAM_PROP_FLOWS:
      g_value_set_flags (value, (guint)vav_stream_get_flows (self));
      break;
    case VAV_STREAM_PROP_PEER_FLOWS:
      g_value_set_flags (value, (guint)vav_stream_get_peer_flows (self));
      break;
    case VAV_STREAM_PROP_HELD:
      g_value_set_boolean (value, vav_stream_get_held (self));
      break;
    case VAV_STREAM_PROP_PEER_HELD:
      g_value_set_boolean (value, vav_stream_get_peer_held (self));
      break;
    case VAV_STREAM_PROP_SHARING:
      g_value_set_boolean (value, vav_stream_get_sharing (self));
      break;
    case VAV_STREAM_PROP_PEER_SHARING:
      g_value_set_boolean (value, vav_stream_get_peer_sharing (self));
      break;
    case VAV_STREAM_PROP_SLOW:
      g_value_set_enum (value, (int)vav_stream_get_slow (self));
      break;
    case VAV_STREAM_PROP_PEER_SLOW:
      g_value_set_enum (value, (int)vav_stream_get_peer_slow (self));
      break;
    case VAV_STREAM_PROP_INCOMING:
      g_value_set_boolean (value, vav_stream_is_incoming (self));
      break;
    case VAV_STREAM_PROP_START_TIME:
      g_value_set_int64 (value, vav_stream_get_start_time (self));
      break;
    case VAV_STREAM_PROP_ENTRY_NAME:
      g_value_take_string (value, vav_stream_dup_entry_name (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
vav_stream_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  VavStream *self = VAV_STREAM (object);

  switch (id)
    {
    case VAV_STREAM_PROP_ENDPOINT:
      self->endpoint = g_value_dup_object (value);
      break;
    case VAV_STREAM_PROP_ADDRESS:
      vav_stream_set_address (self, g_value_get_string (value));
      break;
    case VAV_STREAM_PROP_IDENTIFIER:
      vav_stream_set_identifier (self, g_value_get_string (value));
      break;
    case VAV_STREAM_PROP_DETECTION:
      vav_stream_set_detection (self, g_value_get_boolean (value));
      break;
    case VAV_STREAM_PROP_LINGER:
      vav_stream_set_linger (self, g_value_get_int (value));
      break;
    case VAV_STREAM_PROP_HELD:
      vav_stream_set_held (self, g_value_get_boolean (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
install_properties (GObjectClass *klass)
{
  /* all are set before construction is complete, so that dialling then knows them, in whatever order they were given */
  const GParamFlags rw = G_PARAM_READWRITE | G_PARAM_CONSTRUCT | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;
  const GParamFlags ro = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  vav_stream_properties[VAV_STREAM_PROP_ENDPOINT]
      = g_param_spec_object ("endpoint", "Endpoint", "The user whose line it is", VAV_TYPE_ENDPOINT,
                             G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  /* %NULL: none. Setting it dials (after construction); the same value again redials; in a call nothing happens but
   * that `last-error` says busy. */
  vav_stream_properties[VAV_STREAM_PROP_ADDRESS]
      = g_param_spec_string ("address", "Address", "Whom to call; setting it dials", NULL, rw);
  vav_stream_properties[VAV_STREAM_PROP_IDENTIFIER]
      = g_param_spec_string ("identifier", "Identifier", "The name under which it can be called", NULL, rw);
  vav_stream_properties[VAV_STREAM_PROP_DETECTION]
      = g_param_spec_boolean ("detection", "Detection", "Whether it takes calls", FALSE, rw);
  /* milliseconds for the goodbye before the end is forced; 0: at once; −1: in the background, for 30 s at most */
  vav_stream_properties[VAV_STREAM_PROP_LINGER] = g_param_spec_int (
      "linger", "Linger", "Milliseconds for the goodbye; 0: none, -1: in the background", -1, G_MAXINT, -1, rw);
  /* 1 to 2⁵³ − 1; 0: never had a call */
  vav_stream_properties[VAV_STREAM_PROP_VALUE]
      = g_param_spec_uint64 ("value", "Value", "The call's number on this computer", 0, G_MAXUINT64, 0, ro);
  vav_stream_properties[VAV_STREAM_PROP_STATE]
      = g_param_spec_enum ("state", "State", "The phase of the call", VAV_TYPE_STATE, VAV_STATE_IDLE, ro);
  vav_stream_properties[VAV_STREAM_PROP_END_REASON] = g_param_spec_enum (
      "end-reason", "End reason", "Why the last call is over", VAV_TYPE_REASON, VAV_REASON_NONE, ro);
  vav_stream_properties[VAV_STREAM_PROP_LAST_ERROR]
      = g_param_spec_boxed ("last-error", "Last error", "Why the last call failed", G_TYPE_ERROR, ro);
  vav_stream_properties[VAV_STREAM_PROP_GRACEFUL] = g_param_spec_boolean (
      "graceful", "Graceful", "Whether the last call ended with goodbyes on both sides", FALSE, ro);
  vav_stream_properties[VAV_STREAM_PROP_PEER]
      = g_param_spec_object ("peer", "Peer", "Who is at the other end", VAV_TYPE_PEER, ro);
  vav_stream_properties[VAV_STREAM_PROP_FLOWS] = g_param_spec_flags (
      "flows", "Flows", "What this side wants to send and take", VAV_TYPE_FLOWS, VAV_FLOW_ALL, ro);
  vav_stream_properties[VAV_STREAM_PROP_PEER_FLOWS]
      = g_param_spec_flags ("peer-flows", "Peer flows", "What the other side sends", VAV_TYPE_FLOWS, 0, ro);
  vav_stream_properties[VAV_STREAM_PROP_HELD]
      = g_param_spec_boolean ("held", "Held", "Whether this side has the call on hold", FALSE, rw);
  vav_stream_properties[VAV_STREAM_PROP_PEER_HELD]
      = g_param_spec_boolean ("peer-held", "Peer held", "Whether the other side has the call on hold", FALSE, ro);
  vav_stream_properties[VAV_STREAM_PROP_SHARING]
      = g_param_spec_boolean ("sharing", "Sharing", "Whether a screen is sent in the place of the camera", FALSE, ro);
  vav_stream_properties[VAV_STREAM_PROP_PEER_SHARING] = g_param_spec_boolean (
      "peer-sharing", "Peer sharing", "Whether the other side's picture is a screen", FALSE, ro);
  vav_stream_properties[VAV_STREAM_PROP_SLOW]
      = g_param_spec_enum ("slow", "Slow", "What a slow path makes of the own picture", VAV_TYPE_SLOW, VAV_SLOW_NO, ro);
  vav_stream_properties[VAV_STREAM_PROP_PEER_SLOW] = g_param_spec_enum (
      "peer-slow", "Peer slow", "What a slow path makes of the other side's picture", VAV_TYPE_SLOW, VAV_SLOW_NO, ro);
  vav_stream_properties[VAV_STREAM_PROP_INCOMING]
      = g_param_spec_boolean ("incoming", "Incoming", "Whether the other side called", FALSE, ro);
  vav_stream_properties[VAV_STREAM_PROP_START_TIME] = g_param_spec_int64 (
      "start-time", "Start time", "Since when the two are connected, in Unix seconds", 0, G_MAXINT64, 0, ro);
  vav_stream_properties[VAV_STREAM_PROP_ENTRY_NAME]
      = g_param_spec_string ("entry-name", "Entry name", "The person's name, or the address dialled", NULL, ro);

  g_object_class_install_properties (klass, VAV_STREAM_N_PROPS, vav_stream_properties);
}

static guint
add_signal (const char *name, guint n_params, GType first, GType second, GType third)
{
  return g_signal_new (name, VAV_TYPE_STREAM, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, n_params, first,
                       second, third);
}

static void
vav_stream_class_init (VavStreamClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->constructed = vav_stream_constructed;
  object_class->dispose = vav_stream_dispose;
  object_class->finalize = vav_stream_finalize;
  object_class->get_property = vav_stream_get_property;
  object_class->set_property = vav_stream_set_property;
  install_properties (object_class);

  vav_stream_signals[VAV_STREAM_CONNECTION_REQUESTED] = add_signal ("connection-requested", 1, VAV_TYPE_REQUEST, 0, 0);
  vav_stream_signals[VAV_STREAM_RINGING] = add_signal ("ringing", 0, 0, 0, 0);
  vav_stream_signals[VAV_STREAM_ANSWERED] = add_signal ("answered", 1, G_TYPE_BYTES, 0, 0);
  vav_stream_signals[VAV_STREAM_CLOSING] = add_signal ("closing", 1, G_TYPE_BYTES, 0, 0);
  vav_stream_signals[VAV_STREAM_GOODBYE_SENT] = add_signal ("goodbye-sent", 1, G_TYPE_BYTES, 0, 0);
  vav_stream_signals[VAV_STREAM_CLOSED] = add_signal ("closed", 0, 0, 0, 0);
  vav_stream_signals[VAV_STREAM_ENDED] = add_signal ("ended", 3, G_TYPE_BOOLEAN, VAV_TYPE_REASON, G_TYPE_BYTES);
  vav_stream_signals[VAV_STREAM_FIRST_FRAME] = add_signal ("first-frame", 1, G_TYPE_DOUBLE, 0, 0);
  vav_stream_signals[VAV_STREAM_FIRST_SOUND] = add_signal ("first-sound", 1, G_TYPE_DOUBLE, 0, 0);
  vav_stream_signals[VAV_STREAM_PATH] = add_signal ("path", 3, G_TYPE_STRING, G_TYPE_STRING, G_TYPE_BOOLEAN);
  vav_stream_signals[VAV_STREAM_NETWORK] = add_signal ("network", 1, G_TYPE_UINT, 0, 0);
  vav_stream_signals[VAV_STREAM_STATS] = add_signal ("stats", 1, VAV_TYPE_STATS, 0, 0);
  vav_stream_signals[VAV_STREAM_SHARING_ENDED] = add_signal ("sharing-ended", 1, G_TYPE_ERROR, 0, 0);
  vav_stream_talk_class_init ();
}

static void
vav_stream_init (VavStream *self)
{
  self->linger_ms = -1;
  self->flows = VAV_FLOW_ALL;
  self->video_in = vav_outlet_new ();
  self->audio_in = vav_outlet_new ();
  self->video_out = vav_outlet_new ();
  self->waiting_since = g_get_monotonic_time ();
  listen_to_calls (self);
  vav_stream_talk_init (self);
}
