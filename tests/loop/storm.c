/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/loop/storm.h"

#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/media/vav-ice-addresses.h"
#include "net/signal/vav-schema.h"
#include "tests/loop/ledger.h"

#define MAX_CANDIDATES_SENT 50 /* of VAV_MAX_CANDIDATES, so that nonsense comes by chance and not always there */

#define chance(self, probability) storm_words_chance (&(self)->words, probability)
#define pick(self, n) storm_words_pick (&(self)->words, n)

/* life */

static char *
make_description (VavMedia *media, const char *offer)
{
  g_autoptr (StormLive) live = storm_live_new (media, TRUE);

  if (offer != NULL)
    vav_media_session_set_remote (live->session, offer);
  else
    vav_media_session_create_offer (live->session);
  while (live->description == NULL)
    g_main_context_iteration (NULL, TRUE);
  return g_strdup (live->description);
}

static GPtrArray *
list_hosts (void)
{
  GPtrArray *hosts = vav_ice_addresses_list (FALSE);
  g_autoptr (GPtrArray) local = vav_ice_addresses_list (TRUE);

  g_ptr_array_set_free_func (hosts, g_free);
  for (guint i = 0; i < local->len; i++)
    g_ptr_array_add (hosts, g_strdup (local->pdata[i]));
  return hosts;
}

Storm *
storm_new (guint32 seed)
{
  Storm *self = g_new0 (Storm, 1);

  self->words.rand = g_rand_new_with_seed (seed);
  self->words.hosts = list_hosts ();
  self->log = g_string_new (NULL);
  self->said = g_ptr_array_new_with_free_func ((GDestroyNotify)g_bytes_unref);
  self->media = vav_media_new ("test", "storm", NULL);
  self->offer = make_description (self->media, NULL);
  self->answer = make_description (self->media, self->offer);
  self->words.offer = self->offer;
  self->words.answer = self->answer;
  self->sink = -1;
  self->listener = rogue_listen ("127.0.0.1", &self->port);
  g_assert_cmpint (self->listener, >=, 0);
  return self;
}

void
storm_free (Storm *self)
{
  g_rand_free (self->words.rand);
  g_ptr_array_unref (self->words.hosts);
  g_ptr_array_unref (self->said);
  g_string_free (self->log, TRUE);
  g_clear_object (&self->media);
  close (self->listener);
  g_free (self->words.call);
  g_free ((char *)self->words.candidates);
  g_free (self->offer);
  g_free (self->answer);
  g_free (self);
}

static void
count_sample (gpointer sample, gpointer counter)
{
  g_atomic_int_inc ((int *)counter);
}

static void act_locally (Storm *self);

/* Decided in the handler, or not. */
static void
on_request (VavStream *stream, VavRequest *request, Storm *self)
{
  storm_watch_call (self, vav_stream_get_call (stream));
  g_set_object (&self->request, request);
  storm_note (self, "requested");
  if (chance (self, 0.5))
    act_locally (self);
}

/* Some programs answer a goodbye in their own time. */
static void
on_closing (VavStream *stream, GBytes *data, Storm *self)
{
  if (!chance (self, 0.5))
    return;
  storm_note (self, "person: holds the close");
  vav_stream_hold_closing (stream);
}

void
storm_begin_endpoint (Storm *self)
{
  self->endpoint = vav_endpoint_new (NULL, "test", NULL);
  self->stream = vav_stream_new (self->endpoint);
  g_signal_connect (self->stream, "connection-requested", G_CALLBACK (on_request), self);
  g_signal_connect (self->stream, "closing", G_CALLBACK (on_closing), self);
  vav_outlet_attach (vav_stream_get_video_in (self->stream), count_sample, &self->n_samples, NULL);
  vav_outlet_attach (vav_stream_get_audio_in (self->stream), count_sample, &self->n_samples, NULL);
  g_assert_true (vav_endpoint_set_listen (self->endpoint, "127.0.0.1:0", NULL));
  vav_stream_set_detection (self->stream, TRUE);
}

static void
on_endpoint_closed (GObject *source, GAsyncResult *result, gpointer done)
{
  g_assert_true (vav_endpoint_close_finish (VAV_ENDPOINT (source), result, NULL));
  *(gboolean *)done = TRUE;
}

/* All calls, channels and sessions of the scenes are gone, and with them whatever held the endpoint. */
void
storm_end_endpoint (Storm *self)
{
  gboolean done = FALSE;

  vav_endpoint_close_async (self->endpoint, on_endpoint_closed, &done);
  storm_wait (self, done, 10000);
  storm_check (self, done);
  g_signal_handlers_disconnect_by_data (self->stream, self);
  g_assert_finalize_object (g_steal_pointer (&self->stream)); /* it keeps its last call */
  storm_wait (self, ledger_count_living () == 0, 10000);
  if (ledger_count_living () > 0)
    {
      g_autofree char *names = ledger_dup_living ();

      storm_fail (self, G_STRLOC, names);
    }
  g_assert_finalize_object (g_steal_pointer (&self->endpoint));
}

/* the person at the endpoint */

static void
decide (Storm *self)
{
  g_autoptr (GBytes) data = chance (self, 0.2) ? g_bytes_new_static ("why", 3) : NULL;

  switch (pick (self, 8))
    {
    case 0:
    case 1:
    case 2:
      storm_note (self, "person: accept");
      self->allowed |= vav_request_is_pending (self->request);
      vav_request_accept (self->request, pick (self, VAV_FLOW_ALL + 1), data);
      break;
    case 3:
      storm_note (self, "person: reject");
      vav_request_reject (self->request, chance (self, 0.5) ? VAV_REASON_DECLINED : VAV_REASON_BUSY, data);
      break;
    case 4:
      storm_note (self, "person: defer");
      vav_request_defer (self->request);
      break;
    case 5:
      storm_note (self, "person: lets go of the request");
      g_clear_object (&self->request);
      break;
    default:
      storm_note (self, "person: ring");
      vav_request_ring (self->request);
      break;
    }
}

static void
act_locally (Storm *self)
{
  static const int lingers[] = { -1, 0, 20 };
  guint roll = pick (self, 40);

  if (roll == 0)
    {
      storm_note (self, "person: abort");
      vav_stream_abort (self->stream);
    }
  else if (roll < 3)
    {
      vav_stream_set_linger (self->stream, lingers[pick (self, G_N_ELEMENTS (lingers))]);
      storm_note (self, "person: hang up, linger %d", vav_stream_get_linger (self->stream));
      vav_stream_hang_up (self->stream, NULL);
    }
  else if (roll == 3)
    {
      storm_note (self, "person: say goodbye");
      vav_stream_say_goodbye (self->stream, NULL, NULL);
    }
  else if (roll == 4 && vav_stream_get_state (self->stream) == VAV_STATE_CLOSING)
    {
      storm_note (self, "person: close");
      vav_stream_close (self->stream);
    }
  else if (roll < 9)
    {
      storm_note (self, "person: stop and play");
      vav_stream_stop (self->stream, pick (self, VAV_FLOW_ALL + 1));
      vav_stream_play (self->stream, pick (self, VAV_FLOW_ALL + 1));
    }
  else if (self->request != NULL && vav_request_is_pending (self->request))
    decide (self);
}

/* the peer */

static void
send_body (Storm *self, GBytes *body, const char *name)
{
  VavCallPhase phase = self->call != NULL ? self->call->phase : VAV_CALL_PHASE_IDLE;

  storm_note (self, "peer: %s (in %s)", name, vav_call_phase_to_string (phase));
  if (!storm_peer_send (self->peer, body))
    return;
  self->n_sent += !vav_call_phase_is_over (phase);
  self->by_phase[phase]++;
  g_ptr_array_add (self->said, g_bytes_ref (body));
}

/* Mostly in order; else the same again, a step back, or far ahead. */
static guint64
next_seq (Storm *self, double wild)
{
  if (!chance (self, wild * 0.3))
    return ++self->seq;
  switch (pick (self, 3))
    {
    case 0:
      return self->seq;
    case 1:
      return pick (self, (guint)MIN (self->seq, 1000000) + 1);
    default:
      self->seq += pick (self, G_MAXINT32);
      return self->seq;
    }
}

static void
send_message (Storm *self, VavMessage *message, double wild)
{
  VavMessageType type = vav_message_get_kind (message);
  g_autofree char *other = vav_message_make_call_id ();
  g_autoptr (GBytes) body = NULL;

  if (chance (self, wild * 0.2) && vav_message_get_call (message) != NULL)
    vav_message_set_call (message, other);
  body = storm_words_serialize (message, next_seq (self, wild));
  self->by_type[type]++;
  if (type == VAV_MESSAGE_CLOSING)
    self->said_goodbye = TRUE;
  if (type == VAV_MESSAGE_ACCEPT && self->who == STORM_CALLED)
    self->allowed = TRUE;
  send_body (self, body, vav_message_kind_to_string (type));
}

static void
replay (Storm *self)
{
  if (self->said->len == 0)
    return;
  send_body (self, self->said->pdata[pick (self, self->said->len)], "a replay");
}

/* What only belongs to the set-up and the end; everything else of the table may be said in a call at any time, also what is not written yet. */
static gboolean
is_chatter (VavMessageType type)
{
  return type != VAV_MESSAGE_HELLO && type != VAV_MESSAGE_REQUEST && type != VAV_MESSAGE_RINGING
         && type != VAV_MESSAGE_ACCEPT && type != VAV_MESSAGE_REJECT && type != VAV_MESSAGE_WITHDRAW
         && type != VAV_MESSAGE_CLOSING && type != VAV_MESSAGE_CLOSED && type != VAV_MESSAGE_CANDIDATE;
}

static gboolean
is_talking (Storm *self)
{
  return self->call != NULL
         && (self->call->phase == VAV_CALL_PHASE_CONNECTING || self->call->phase == VAV_CALL_PHASE_ACTIVE);
}

/* What a good peer might say now, as far as it knows. */
static VavMessageType
pick_good_type (Storm *self)
{
  static const VavMessageType always[] = { VAV_MESSAGE_CANDIDATE,   VAV_MESSAGE_CANDIDATE, VAV_MESSAGE_UNSUPPORTED,
                                           VAV_MESSAGE_UNSUPPORTED, VAV_MESSAGE_PING,      VAV_MESSAGE_PONG };
  VavMessageType type;

  if (self->who == STORM_CALLED && !is_talking (self) && chance (self, 0.1))
    return chance (self, 0.5) ? VAV_MESSAGE_ACCEPT : VAV_MESSAGE_RINGING;
  if (is_talking (self))
    {
      if (chance (self, 0.01))
        return VAV_MESSAGE_CLOSING;
      type = (VavMessageType)pick (self, VAV_N_MESSAGE_TYPES);
      if (is_chatter (type) && chance (self, 0.2)) /* much of it answers what was never said, and ends the call */
        return type;
    }
  type = always[pick (self, G_N_ELEMENTS (always))];
  if (type == VAV_MESSAGE_CANDIDATE && self->n_candidates++ > MAX_CANDIDATES_SENT)
    return VAV_MESSAGE_UNSUPPORTED;
  return type;
}

static void
speak (Storm *self, double wild)
{
  g_autoptr (VavMessage) message = NULL;
  g_autoptr (GBytes) body = NULL;
  VavMessageType type;

  if (chance (self, wild * 0.3))
    {
      replay (self);
      return;
    }
  if (chance (self, 0.01))
    {
      body = storm_words_make_unknown (&self->words, ++self->seq);
      send_body (self, body, "unknown type");
      return;
    }
  type = chance (self, wild) ? (VavMessageType)pick (self, VAV_N_MESSAGE_TYPES) : pick_good_type (self);
  message = storm_words_make (&self->words, type);
  if (self->live != NULL && self->live->description != NULL && !chance (self, wild)
      && (type == VAV_MESSAGE_ACCEPT || type == VAV_MESSAGE_RINGING))
    vav_message_set_string (message, "description", self->live->description);
  send_message (self, message, wild);
}

/* What the endpoint says: before a yes to an unknown caller it tells nothing of itself. */
static void
on_heard (VavMessage *message, gpointer data)
{
  Storm *self = data;
  VavMessageType type = vav_message_get_kind (message);
  const char *sdp = vav_message_has (message, "description") ? vav_message_get_string (message, "description") : NULL;

  storm_note (self, "endpoint: %s", vav_message_kind_to_string (type));
  if (self->who == STORM_UNKNOWN && !self->allowed)
    storm_check (self, sdp == NULL && type != VAV_MESSAGE_CANDIDATE && type != VAV_MESSAGE_ACCEPT);
  if (type == VAV_MESSAGE_REQUEST)
    {
      g_free (self->words.call);
      self->words.call = g_strdup (vav_message_get_call (message));
    }
  if (self->live != NULL && sdp != NULL)
    vav_media_session_set_remote (self->live->session, sdp);
  if (self->live != NULL && type == VAV_MESSAGE_CANDIDATE)
    vav_media_session_add_candidate (self->live->session, 0, vav_message_get_string (message, "candidate"));
}

static void
tell_live_candidates (Storm *self)
{
  while (self->live != NULL && self->live->description != NULL && self->live->candidates->len > 0)
    {
      g_autoptr (VavMessage) message = vav_message_new (VAV_MESSAGE_CANDIDATE);

      vav_message_set_call (message, self->words.call);
      vav_message_set_uint (message, "mline", 0);
      vav_message_set_string (message, "candidate", self->live->candidates->pdata[0]);
      g_ptr_array_remove_index (self->live->candidates, 0);
      self->n_candidates++;
      send_message (self, message, 0);
    }
}

/* scenes */

static void
ask (Storm *self, double wild)
{
  g_autoptr (VavMessage) request = storm_words_make (&self->words, VAV_MESSAGE_REQUEST);

  if (self->live != NULL)
    {
      vav_media_session_create_offer (self->live->session);
      storm_wait (self, self->live->description != NULL, 10000);
      vav_message_set_string (request, "description", self->live->description);
    }
  else if (!chance (self, wild))
    vav_message_set_string (request, "description", self->offer);
  send_message (self, request, wild * 0.3);
  storm_wait (self, self->call != NULL || !storm_peer_is_open (self->peer), 50);
}

static void
dial (Storm *self)
{
  g_autofree char *address = g_strdup_printf ("127.0.0.1:%u", self->port);

  g_assert_true (vav_stream_dial (self->stream, address, NULL, NULL));
  storm_watch_call (self, vav_stream_get_call (self->stream));
  self->peer = storm_peer_take (self->listener, TRUE);
  storm_check (self, self->peer != NULL);
  storm_wait (self, (storm_peer_listen (self->peer, on_heard, self), self->said->len > 0 || self->call->described),
              10000);
  storm_peer_listen (self->peer, on_heard, self);
}

static char *
make_id (Storm *self)
{
  const guint32 noise[] = { g_rand_int (self->words.rand), g_rand_int (self->words.rand) };

  return vav_id_from_spki ((const guint8 *)noise, sizeof noise);
}

static void
knock (Storm *self, StormCarrier carrier)
{
  g_autofree char *id = self->who == STORM_SELF ? g_strdup (vav_endpoint_get_id (self->endpoint)) : make_id (self);

  self->peer = storm_peer_knock (self->endpoint, carrier, id);
  if (self->who == STORM_KNOWN)
    vav_people_remember (vav_endpoint_get_people (self->endpoint), storm_peer_get_id (self->peer), "Known",
                         "127.0.0.1:9", FALSE, NULL);
}

/* Of some scenes the point is what comes once the path is up. */
static void
await_path (Storm *self)
{
  if (self->live == NULL || !chance (self, 0.7))
    return;
  for (guint i = 0; i < 150 && !self->live->connected && self->call != NULL && storm_peer_is_open (self->peer)
                    && self->call->phase < VAV_CALL_PHASE_GOODBYE_SAID;
       i++)
    {
      storm_peer_listen (self->peer, on_heard, self);
      tell_live_candidates (self);
      storm_turn (self, 10);
    }
  if (self->live->connected)
    self->n_live_before_yes += !self->allowed;
}

/* And of some of these, that it ends well for once. */
static void
await_media (Storm *self)
{
  if (self->live != NULL && self->request != NULL && vav_request_is_pending (self->request))
    {
      storm_note (self, "person: accept");
      self->allowed = TRUE;
      vav_request_accept (self->request, VAV_FLOW_ALL, NULL);
      storm_wait (self, self->call->phase != VAV_CALL_PHASE_CONNECTING, 500);
    }
  if (self->live == NULL || !self->allowed || self->call == NULL || self->call->phase != VAV_CALL_PHASE_ACTIVE)
    return;
  storm_wait (self, g_atomic_int_get (&self->live->n_frames) > 0, 5000);
}

static void
make_weather (Storm *self)
{
  static const double winds[] = { 0.005, 0.02, 0.1, 0.5 };
  double wild = winds[pick (self, self->live != NULL ? 2 : G_N_ELEMENTS (winds))];
  guint steps = pick (self, 8) == 0 ? 250 : 20 + pick (self, 60);

  if (self->who != STORM_CALLED && !chance (self, wild * 0.2))
    ask (self, wild);
  for (guint i = 0; i < steps && storm_peer_is_open (self->peer); i++)
    {
      storm_peer_listen (self->peer, on_heard, self);
      tell_live_candidates (self);
      if (i == steps / 4)
        await_path (self);
      if (i == steps / 2)
        await_media (self);
      if (chance (self, self->call != NULL ? 0.06 : 0))
        act_locally (self);
      else
        speak (self, wild);
      if (!chance (self, 0.2))
        storm_turn (self, self->live == NULL && chance (self, 0.9) ? 0 : 3);
    }
  if (self->live != NULL && g_atomic_int_get (&self->live->n_frames) > 0)
    self->n_live_media++;
}

static void
come_to_an_end (Storm *self)
{
  storm_turn (self, 1);
  if (self->call == NULL || vav_call_phase_is_over (self->call->phase))
    return;
  if (chance (self, 0.3))
    act_locally (self);
  if (chance (self, 0.6) && self->allowed)
    {
      g_autoptr (VavMessage) closing = storm_words_make (&self->words, VAV_MESSAGE_CLOSING);
      g_autoptr (VavMessage) closed = storm_words_make (&self->words, VAV_MESSAGE_CLOSED);

      send_message (self, closing, 0);
      if (chance (self, 0.5))
        vav_stream_hang_up (self->stream, NULL);
      send_message (self, closed, 0);
      storm_turn (self, 1);
    }
  if (chance (self, 0.7))
    {
      storm_note (self, "peer: goes");
      storm_peer_end (self->peer, (StormEnd)pick (self, STORM_N_ENDS));
      storm_wait (self, vav_call_phase_is_over (self->call->phase) || self->call->channel_over, 5000);
      vav_stream_close (self->stream); /* whoever said goodbye and did not close yet, or holds the close */
      storm_turn (self, 1);
      storm_check (self, vav_call_phase_is_over (self->call->phase));
    }
  else
    vav_stream_abort (self->stream);
}

static void
open_sink (Storm *self)
{
  struct sockaddr_in6 address = { .sin6_family = AF_INET6, .sin6_addr = in6addr_any };
  socklen_t length = sizeof address;
  const int off = 0;

  self->sink = socket (AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  g_assert_cmpint (setsockopt (self->sink, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off), ==, 0);
  g_assert_cmpint (bind (self->sink, (struct sockaddr *)&address, length), ==, 0);
  g_assert_cmpint (getsockname (self->sink, (struct sockaddr *)&address, &length), ==, 0);
  self->words.sink = g_ntohs (address.sin6_port);
}

static void
set_the_stage (Storm *self, StormWho who, StormCarrier carrier, gboolean live)
{
  g_autofree char *candidate = NULL;

  g_string_truncate (self->log, 0);
  g_ptr_array_set_size (self->said, 0);
  self->who = who;
  self->seq = 1 + pick (self, 100);
  self->n_ended = self->n_candidates = 0;
  self->allowed = self->said_goodbye = self->graceful = FALSE;
  self->samples_before = g_atomic_int_get (&self->n_samples);
  g_free (self->words.call);
  self->words.call = vav_message_make_call_id ();
  open_sink (self);
  candidate = storm_words_make_candidate (&self->words);
  g_free ((char *)self->words.candidates);
  self->words.candidates = g_str_is_ascii (candidate) ? g_strdup_printf ("a=%s\r\n", candidate) : g_strdup ("a=\r\n");
  vav_stream_set_linger (self->stream, -1);
  if (live)
    self->live = storm_live_new (self->media, carrier != STORM_UNIX);
}

void
storm_scene (Storm *self, StormWho who, StormCarrier carrier, gboolean live)
{
  self->n_scenes++;
  set_the_stage (self, who, carrier, live);
  if (who == STORM_CALLED)
    dial (self);
  else
    knock (self, carrier);
  make_weather (self);
  come_to_an_end (self);
  if (self->call != NULL)
    storm_judge_end (self);
  g_clear_object (&self->request);
  storm_unwatch_call (self);
  g_clear_pointer (&self->peer, storm_peer_free);
  g_clear_pointer (&self->live, storm_live_free);
  close (self->sink);
  self->sink = -1;
}
