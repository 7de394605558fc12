/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/call/vav-crossing.h"

#include <string.h>

#include "net/call/vav-call-private.h"
#include "net/call/vav-stream-private.h"

#define UNKNOWN_MS 500 /* a request waits so long for a dial of ours to find out whom it reaches */
#define WON_MS 2000    /* the loser drops its request within a round trip; one that stands longer is meant */
#define MAX_WAITING 64 /* while a dial of ours is open any stranger may ask; those beyond are announced at once */

/* A request that is neither announced nor answered. */
typedef struct
{
  VavCrossing *crossing;
  VavCall *request; /* owned */
  gboolean won;     /* ours was out and goes before it */
  GSource *limit;
} Waiting;

struct _VavCrossing
{
  VavEndpoint *endpoint; /* not owned: it owns the door, which owns us */
  VavCrossingRaise raise;
  gpointer user_data;
  GQueue waiting; /* of Waiting */
  gboolean reviewing;
};

static void
waiting_free (Waiting *waiting)
{
  g_queue_remove (&waiting->crossing->waiting, waiting);
  g_signal_handlers_disconnect_by_data (waiting->request, waiting);
  g_source_destroy (waiting->limit);
  g_source_unref (waiting->limit);
  g_object_unref (waiting->request);
  g_free (waiting);
}

static void
raise_waiting (Waiting *waiting)
{
  VavCrossing *self = waiting->crossing;
  g_autoptr (VavCall) request = g_object_ref (waiting->request);

  waiting_free (waiting);
  self->raise (request, self->user_data);
}

static gboolean
on_limit (gpointer data)
{
  raise_waiting (data);
  return G_SOURCE_REMOVE;
}

static void
on_ended (VavCall *request, gboolean graceful, VavReason reason, GBytes *data, Waiting *waiting)
{
  waiting_free (waiting);
}

static void
wait_with (VavCrossing *self, VavCall *request, gboolean won)
{
  Waiting *waiting = g_new0 (Waiting, 1);

  waiting->crossing = self;
  waiting->request = g_object_ref (request);
  waiting->won = won;
  waiting->limit = g_timeout_source_new (won ? WON_MS : UNKNOWN_MS);
  g_source_set_callback (waiting->limit, on_limit, waiting, NULL);
  g_source_attach (waiting->limit, g_main_context_get_thread_default ());
  g_signal_connect (request, "ended", G_CALLBACK (on_ended), waiting);
  g_queue_push_tail (&self->waiting, waiting);
}

static gboolean
is_ours_to (VavStream *stream, const char *id)
{
  VavCall *call = vav_stream_get_call (stream);

  return call != NULL && vav_call_is_dialling (call) && g_strcmp0 (vav_call_get_target_id (call), id) == 0;
}

/* One that was accepted a moment ago: the request that crossed it may still come in, before its withdrawal. */
static gboolean
was_ours_to (VavStream *stream, const char *id)
{
  VavCall *call = vav_stream_get_call (stream);

  return call != NULL && vav_call_was_dialled_since (call, g_get_monotonic_time () - WON_MS * 1000)
         && g_strcmp0 (vav_call_get_target_id (call), id) == 0;
}

/* One that does not know yet whom it will reach. */
static gboolean
is_open (VavStream *stream, const char *unused)
{
  VavCall *call = vav_stream_get_call (stream);

  return call != NULL && vav_call_is_dialling (call) && vav_call_get_target_id (call) == NULL;
}

/* One where the request of that id was announced and waits for a decision. */
static gboolean
is_asked_by (VavStream *stream, const char *id)
{
  VavRequest *request = vav_stream_get_request (stream);

  return request != NULL && vav_request_is_pending (request)
         && strcmp (vav_peer_get_id (vav_request_get_peer (request)), id) == 0;
}

static VavStream *
find_stream (VavCrossing *self, gboolean (*test) (VavStream *, const char *), const char *id)
{
  for (guint i = 0; i < self->endpoint->streams->len; i++)
    if (test (self->endpoint->streams->pdata[i], id))
      return self->endpoint->streams->pdata[i];

  return NULL;
}

/* The request becomes the stream's call in place of what the stream dialled. arrived: (nullable): where it was announced */
static void
adopt (VavCrossing *self, VavStream *stream, VavCall *request, VavStream *arrived)
{
  g_autoptr (VavStream) alive = g_object_ref (stream);
  g_autoptr (VavCall) theirs = g_object_ref (request); /* where it was announced lets go of it */
  g_autoptr (VavCall) ours = g_object_ref (vav_stream_get_call (stream));
  g_autoptr (VavCall) remnant = arrived != NULL ? vav_call_new_remnant (request) : NULL;

  g_debug ("two requests cross: ours is dropped for theirs");
  vav_call_replace (theirs, ours, vav_stream_get_flows (stream));
  if (arrived != NULL)
    vav_stream_set_call (arrived, remnant);
  vav_stream_set_call (stream, theirs);
  vav_call_drop (ours);
  vav_endpoint_stream_changed (self->endpoint, stream);
  if (remnant != NULL)
    vav_call_dispatch (remnant, VAV_CALL_EVENT_PEER_WITHDRAW, VAV_REASON_NONE, NULL);
}

/* Whether the request was taken care of, or waits on. */
static gboolean
judge (VavCrossing *self, VavCall *request, gboolean *won)
{
  const char *id = vav_peer_get_id (vav_call_get_peer (request));
  VavStream *stream = find_stream (self, is_ours_to, id);

  *won = stream == NULL && find_stream (self, was_ours_to, id) != NULL;
  if (*won)
    return TRUE;
  if (stream == NULL)
    return find_stream (self, is_open, NULL) != NULL;
  *won = vav_call_is_requested (vav_stream_get_call (stream)) && strcmp (vav_endpoint_get_id (self->endpoint), id) < 0;
  if (!*won)
    adopt (self, stream, request, NULL);

  return TRUE;
}

/* A dial of ours that turns out to go to somebody whose request was announced here meanwhile. */
static void
review_announced (VavCrossing *self)
{
  g_autoptr (GPtrArray) streams
      = g_ptr_array_copy (self->endpoint->streams, (GCopyFunc)(void (*) (void))g_object_ref, NULL);

  g_ptr_array_set_free_func (streams, g_object_unref);
  for (guint i = 0; i < streams->len; i++)
    {
      VavStream *stream = streams->pdata[i];
      VavCall *call = vav_stream_get_call (stream);
      const char *id = call != NULL && vav_call_is_dialling (call) ? vav_call_get_target_id (call) : NULL;
      VavStream *arrived = id != NULL && !vav_call_is_requested (call) ? find_stream (self, is_asked_by, id) : NULL;

      if (arrived != NULL && g_strcmp0 (id, vav_endpoint_get_id (self->endpoint)) != 0)
        adopt (self, stream, vav_stream_get_call (arrived), arrived);
    }
}

VavCrossing *
vav_crossing_new (VavEndpoint *endpoint, VavCrossingRaise raise, gpointer user_data)
{
  VavCrossing *self = g_new0 (VavCrossing, 1);

  self->endpoint = endpoint;
  self->raise = raise;
  self->user_data = user_data;
  g_queue_init (&self->waiting);

  return self;
}

void
vav_crossing_free (VavCrossing *self)
{
  while (!g_queue_is_empty (&self->waiting))
    waiting_free (g_queue_peek_head (&self->waiting));
  g_free (self);
}

gboolean
vav_crossing_take (VavCrossing *self, VavCall *request)
{
  g_autoptr (VavCall) alive = g_object_ref (request);
  gboolean won;

  if (vav_peer_is_self (vav_call_get_peer (request)))
    return FALSE;
  if (!judge (self, request, &won))
    return FALSE;
  if (vav_call_is_decided (request))
    return TRUE;
  if (g_queue_get_length (&self->waiting) >= MAX_WAITING)
    return FALSE;
  wait_with (self, request, won);

  return TRUE;
}

static Waiting *
find_waiting (VavCrossing *self, VavCall *request)
{
  for (GList *link = self->waiting.head; link != NULL; link = link->next)
    if (((Waiting *)link->data)->request == request)
      return link->data;

  return NULL;
}

/* The program hears of what is taken or announced here, and may end any call meanwhile: so each is looked up again after that. */
static void
review_waiting (VavCrossing *self, VavCall *request)
{
  Waiting *waiting = find_waiting (self, request);
  gboolean won;

  if (waiting == NULL || waiting->won)
    return;
  if (!judge (self, request, &won))
    {
      raise_waiting (waiting);
      return;
    }
  waiting = find_waiting (self, request);
  if (waiting == NULL || !(won || vav_call_is_decided (request)))
    return;
  waiting_free (waiting);
  if (!vav_call_is_decided (request))
    wait_with (self, request, TRUE);
}

void
vav_crossing_review (VavCrossing *self)
{
  g_autoptr (GPtrArray) requests = NULL;

  if (self->reviewing)
    return;

  self->reviewing = TRUE;
  review_announced (self);
  requests = g_ptr_array_new_with_free_func (g_object_unref);
  for (GList *link = self->waiting.head; link != NULL; link = link->next)
    g_ptr_array_add (requests, g_object_ref (((Waiting *)link->data)->request));
  for (guint i = 0; i < requests->len; i++)
    review_waiting (self, requests->pdata[i]);
  self->reviewing = FALSE;
}
