/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/call/vav-door.h"

#include "net/call/vav-call-private.h"
#include "net/call/vav-crossing.h"
#include "net/call/vav-people-private.h"
#include "net/call/vav-request-private.h"
#include "net/call/vav-sightings.h"
#include "net/call/vav-stream-private.h"

#define REQUEST_LIMIT_S 10 /* from hello to request */
#define MAX_VISITORS 128   /* connected, nothing asked yet */
#define PLACES_LAST_S 10   /* for so long it is not looked up anew from where our people call */

/* Somebody who has said hello and not yet what they want. */
typedef struct
{
  VavDoor *door;
  VavChannel *channel;
  gboolean only_self;
  GSource *limit;
} Visitor;

struct _VavDoor
{
  VavEndpoint *endpoint; /* not owned: it owns us */
  VavListener *listener;
  VavListener *self_listener;
  GQueue visitors;
  VavCrossing *crossing;
  GHashTable *places; /* (nullable): the sources (vav_listener_dup_source()) where our people are called */
  gint64 places_since;
  VavSightings *sightings;

  char *host;
  guint16 port;
  gboolean failed;    /* the port could not be had: not tried again before something changes */
  gboolean open;      /* requests may come in, by whatever carrier */
  gboolean search;    /* no port was asked for: the next free one will do */
  gboolean for_calls; /* open only for those with whom a call runs: nobody else is let in */
};

static void
visitor_free (Visitor *visitor)
{
  g_queue_remove (&visitor->door->visitors, visitor);
  g_signal_handlers_disconnect_by_data (visitor->channel, visitor);
  g_source_destroy (visitor->limit);
  g_source_unref (visitor->limit);
  g_object_unref (visitor->channel);
  g_free (visitor);
}

static void
send_away (Visitor *visitor)
{
  vav_channel_abort (visitor->channel);
  visitor_free (visitor);
}

static gboolean
on_request_limit (gpointer data)
{
  send_away (data);
  return G_SOURCE_REMOVE;
}

static void
on_visitor_closed (VavChannel *channel, GError *error, Visitor *visitor)
{
  visitor_free (visitor);
}

/* Another program of this user may have blocked them a moment ago. */
static gboolean
is_blocked (VavDoor *self, VavCall *call)
{
  VavPeople *people = vav_endpoint_get_people (self->endpoint);

  vav_people_refresh (people);
  return vav_people_is_blocked (people, vav_peer_get_id (vav_call_get_peer (call)));
}

/* Tells of the request, on a stream that waits for one. If all lines are taken the caller is told so, politely.
 *
 * Blocked people get the answer that everybody gets while nobody listens: "unreachable". "Refused" would say that there is somebody who wants none of them. No
 * stream, no condition, no history and no program hears of it. */
static void
announce (VavDoor *self, VavCall *call, gboolean for_self)
{
  g_autoptr (VavEndpoint) endpoint = g_object_ref (self->endpoint);
  g_autoptr (VavStream) stream = NULL;
  g_autoptr (VavRequest) request = NULL;

  if (!for_self && is_blocked (self, call))
    {
      vav_call_reject (call, VAV_REASON_UNREACHABLE, NULL);
      return;
    }
  stream = vav_endpoint_pick_stream (endpoint, for_self);
  if (stream == NULL)
    {
      vav_call_reject (call, self->open || for_self ? VAV_REASON_BUSY : VAV_REASON_UNREACHABLE, NULL);
      return;
    }

  vav_stream_set_call (stream, call);
  request = vav_request_new (call, stream);
  vav_stream_set_request (stream, request);
  vav_endpoint_raise (endpoint, stream, request);
}

static void
on_crossed_nothing (VavCall *call, gpointer self)
{
  announce (self, call, FALSE);
}

/* The same to everybody, whether there is such a call with somebody else or none. */
static void
tell_no_such_call (VavChannel *channel, VavMessage *resume)
{
  g_autoptr (VavMessage) closed = vav_message_new (VAV_MESSAGE_CLOSED);

  vav_message_set_call (closed, vav_message_get_call (resume));
  (void)vav_channel_send (channel, closed, NULL);
  vav_channel_close (channel);
}

static void
on_visitor_message (VavChannel *channel, VavMessage *message, Visitor *visitor)
{
  VavDoor *self = visitor->door;
  g_autoptr (VavCall) call = NULL;
  g_autoptr (VavChannel) kept = g_object_ref (channel);
  g_autoptr (GError) error = NULL;
  gboolean for_self = visitor->only_self;

  visitor_free (visitor);
  if (vav_message_get_kind (message) == VAV_MESSAGE_ATTACH)
    {
      if (!vav_courier_admit (self->endpoint, channel, message))
        vav_channel_abort (channel);
      return;
    }

  if (vav_message_get_kind (message) == VAV_MESSAGE_RESUME)
    {
      g_autoptr (VavEndpoint) endpoint = g_object_ref (self->endpoint); /* that may be all that its end waits for */

      if (vav_last_words_say (endpoint->last_words, channel, message))
        vav_endpoint_close_channel (endpoint, channel);
      else if (!vav_call_admit (endpoint, channel, message))
        tell_no_such_call (channel, message);
      return;
    }

  call = vav_call_new (self->endpoint, VAV_ROLE_CALLEE);
  if (!vav_call_take_request (call, channel, message, &error))
    {
      g_debug ("request refused: %s", error->message);
      vav_channel_abort (channel);
      return;
    }

  if (for_self || !vav_crossing_take (self->crossing, call))
    announce (self, call, for_self);
}

static void
add_visitor (VavDoor *self, VavChannel *channel, gboolean only_self)
{
  Visitor *visitor;

  if (g_queue_get_length (&self->visitors) >= MAX_VISITORS)
    send_away (g_queue_peek_head (&self->visitors));

  visitor = g_new0 (Visitor, 1);
  visitor->door = self;
  visitor->channel = g_object_ref (channel);
  visitor->only_self = only_self;
  visitor->limit = g_timeout_source_new_seconds (REQUEST_LIMIT_S);
  g_source_set_callback (visitor->limit, on_request_limit, visitor, NULL);
  g_source_attach (visitor->limit, g_main_context_get_thread_default ());
  g_queue_push_tail (&self->visitors, visitor);

  g_signal_connect (channel, "message", G_CALLBACK (on_visitor_message), visitor);
  g_signal_connect (channel, "closed", G_CALLBACK (on_visitor_closed), visitor);
  vav_channel_start (channel);
}

void
vav_door_admit (VavDoor *self, VavChannel *channel)
{
  add_visitor (self, channel, FALSE);
}

/* They have shown who they are. */
static void
note_sighting (VavDoor *self, VavChannel *channel)
{
  const char *where = vav_channel_get_peer_address (channel);
  g_autoptr (VavAddress) address = where != NULL ? vav_address_parse (where, NULL) : NULL;
  g_autofree char *source = address != NULL && address->host != NULL ? vav_listener_dup_source (address->host) : NULL;

  if (source != NULL)
    vav_sightings_note (self->sightings, source, vav_channel_get_peer_id (channel));
}

static void
on_channel (VavListener *listener, VavChannel *channel, VavDoor *self)
{
  gboolean only_self = listener == self->self_listener;

  if (!only_self)
    note_sighting (self, channel);
  if (only_self && g_strcmp0 (vav_channel_get_peer_id (channel), vav_endpoint_get_id (self->endpoint)) != 0)
    vav_channel_abort (channel);
  else
    add_visitor (self, channel, only_self);
}

static void
add_places (GHashTable *places, VavPerson *person)
{
  const char *const *addresses = vav_person_get_addresses (person);

  if (!vav_person_is_ours (person))
    return;
  for (guint i = 0; addresses[i] != NULL; i++)
    {
      g_autoptr (VavAddress) address = vav_address_parse (addresses[i], NULL);
      char *place = address != NULL && address->host != NULL ? vav_listener_dup_source (address->host) : NULL;

      if (place != NULL)
        g_hash_table_add (places, place);
    }
}

/* Whether one of our people is called at that source, or came from there lately, so that a crowd of others does not keep them out. Where they are a name, they
 * go with the others. */
static gboolean
is_place_of_ours (const char *source, gpointer data)
{
  VavDoor *self = data;
  GListModel *people = G_LIST_MODEL (vav_endpoint_get_people (self->endpoint));
  gint64 now = g_get_monotonic_time ();

  if (self->places == NULL || now - self->places_since > PLACES_LAST_S * G_TIME_SPAN_SECOND)
    {
      g_clear_pointer (&self->places, g_hash_table_unref);
      self->places = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
      self->places_since = now;
      for (guint i = 0; i < g_list_model_get_n_items (people); i++)
        {
          g_autoptr (VavPerson) person = g_list_model_get_item (people, i);

          add_places (self->places, person);
        }
    }
  return g_hash_table_contains (self->places, source) || vav_sightings_knows (self->sightings, source);
}

static VavListener *
make_listener (VavDoor *self)
{
  VavListener *listener = vav_listener_new (vav_endpoint_get_identity (self->endpoint));

  vav_listener_set_name (listener, vav_endpoint_get_identifier (self->endpoint));
  vav_listener_set_knows (listener, is_place_of_ours, self);
  g_signal_connect (listener, "channel", G_CALLBACK (on_channel), self);

  return listener;
}

static void
drop_listener (VavDoor *self, VavListener **listener)
{
  if (*listener == NULL)
    return;

  g_signal_handlers_disconnect_by_data (*listener, self);
  vav_listener_close (*listener);
  g_clear_object (listener);
}

VavDoor *
vav_door_new (VavEndpoint *endpoint)
{
  VavDoor *self = g_new0 (VavDoor, 1);

  self->endpoint = endpoint;
  self->port = VAV_DEFAULT_PORT;
  self->search = TRUE;
  g_queue_init (&self->visitors);
  self->sightings = vav_sightings_new (vav_endpoint_get_people (endpoint));
  self->crossing = vav_crossing_new (endpoint, on_crossed_nothing, self);

  return self;
}

void
vav_door_free (VavDoor *self)
{
  drop_listener (self, &self->listener);
  drop_listener (self, &self->self_listener);
  while (!g_queue_is_empty (&self->visitors))
    send_away (g_queue_peek_head (&self->visitors));
  vav_crossing_free (self->crossing);
  g_clear_pointer (&self->places, g_hash_table_unref);
  vav_sightings_free (self->sightings);
  g_free (self->host);
  g_free (self);
}

static void
shut (VavDoor *self)
{
  self->failed = FALSE;
  self->for_calls = FALSE;
  if (self->listener == NULL)
    return;

  drop_listener (self, &self->listener);
  vav_endpoint_set_listening_address (self->endpoint, NULL);
}

static void
open_up (VavDoor *self)
{
  g_autoptr (GError) error = NULL;

  if (self->failed || (self->listener != NULL && !self->for_calls))
    return;

  self->for_calls = FALSE;
  if (self->listener == NULL)
    {
      self->listener = make_listener (self);
      if (!vav_listener_open (self->listener, self->host, self->port, self->search, &error))
        {
          self->failed = TRUE;
          drop_listener (self, &self->listener);
          vav_endpoint_tell_listen_failed (self->endpoint, error);
          return;
        }
    }
  vav_endpoint_set_listening_address (self->endpoint, vav_listener_dup_address (self->listener));
}

/**
 * vav_door_set_where:
 * @host_port: (nullable): `HOST:PORT`; %NULL: all addresses, the default port or the next free one
 * @error: VAV_ERROR_INVALID_ADDRESS
 *
 * If the door is open it moves there; that it cannot is told by the endpoint's `listen-failed`.
 */
gboolean
vav_door_set_where (VavDoor *self, const char *host_port, GError **error)
{
  g_autofree char *host = NULL;
  guint16 port = VAV_DEFAULT_PORT;

  if (host_port != NULL && !vav_address_parse_listen (host_port, &host, &port, error))
    return FALSE;

  g_free (self->host);
  self->host = g_steal_pointer (&host);
  self->port = port;
  self->search = host_port == NULL;
  self->failed = FALSE;
  if (self->listener != NULL && !self->for_calls)
    {
      shut (self);
      open_up (self);
    }

  return TRUE;
}

/**
 * vav_door_set_open:
 * @open: whether requests may come in
 * @direct: whether over TCP, too
 * @in_call: whether a call runs that came in by this door; then its peer may come back, and others are told that nobody is to be reached
 */
void
vav_door_set_open (VavDoor *self, gboolean open, gboolean in_call, gboolean direct)
{
  self->open = open;
  if (open && direct)
    open_up (self);
  else if (!in_call || self->listener == NULL || !direct)
    shut (self);
  else if (!self->for_calls)
    {
      self->for_calls = TRUE;
      vav_endpoint_set_listening_address (self->endpoint, NULL);
    }
}

gboolean
vav_door_is_open (VavDoor *self)
{
  return self->open;
}

/* A call of the endpoint has moved on. */
void
vav_door_review (VavDoor *self)
{
  vav_crossing_review (self->crossing);
}

void
vav_door_set_name (VavDoor *self, const char *name)
{
  if (self->listener != NULL)
    vav_listener_set_name (self->listener, name);
  if (self->self_listener != NULL)
    vav_listener_set_name (self->self_listener, name);
}

guint16
vav_door_get_port (VavDoor *self)
{
  return self->listener != NULL && !self->for_calls ? vav_listener_get_port (self->listener) : 0;
}

const char *
vav_door_get_host (VavDoor *self)
{
  return self->host;
}

/**
 * vav_door_open_for_self:
 *
 * Returns: the loopback port for a call to oneself; 0 on error
 */
guint16
vav_door_open_for_self (VavDoor *self, GError **error)
{
  if (self->self_listener == NULL)
    {
      self->self_listener = make_listener (self);
      if (!vav_listener_open (self->self_listener, "127.0.0.1", 0, FALSE, error))
        drop_listener (self, &self->self_listener);
    }

  return self->self_listener != NULL ? vav_listener_get_port (self->self_listener) : 0;
}

void
vav_door_close_for_self (VavDoor *self)
{
  drop_listener (self, &self->self_listener);
}
