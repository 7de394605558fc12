/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/media/vav-ice-agent-private.h"

#include <string.h>

#include "net/media/vav-candidate.h"

#define INITIAL_TIMEOUT_MS 100 /* RTO of the first try */
#define MAX_RETRANSMISSIONS 7
#define GOODBYE_MS 2000 /* for a TURN server to confirm the release */

typedef struct
{
  VavIceAgent *self;
  void (*func) (VavIceAgent *self, char **args);
  char **args;
} Call;

static gboolean
call_run (gpointer data)
{
  Call *call = data;

  call->func (call->self, call->args);
  return G_SOURCE_REMOVE;
}

static void
call_free (gpointer data)
{
  Call *call = data;

  g_strfreev (call->args);
  vav_ice_agent_unref (call->self);
  g_free (call);
}

/* Runs @func on the ICE thread, after what was posted before; nothing more once it is to close. With the lock held. */
static void
post_locked (VavIceAgent *self, void (*func) (VavIceAgent *, char **), const char *first, const char *second)
{
  g_autoptr (GSource) source = NULL;
  const char *args[] = { first, second, NULL };
  Call *call;

  if (self->closing)
    return;

  source = g_idle_source_new ();
  call = g_new0 (Call, 1);
  call->self = vav_ice_agent_ref (self);
  call->func = func;
  call->args = g_strdupv ((char **)args);
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, call_run, call, call_free);
  g_source_attach (source, self->context);
}

void
vav_ice_agent_post (VavIceAgent *self, void (*func) (VavIceAgent *, char **), const char *first, const char *second)
{
  g_mutex_lock (&self->lock);
  post_locked (self, func, first, second);
  g_mutex_unlock (&self->lock);
}

static void
on_receive (NiceAgent *agent, guint stream, guint component, guint length, char *data, gpointer user_data)
{
  VavIceAgent *self = user_data;

  vav_dtls_repeat_receive (self->repeat, (const guint8 *)data, length);
  self->events.receive (self->user_data, data, length);
}

/* ICE thread, as all that libnice tells but for what is below. */
static void
take_state (VavIceAgent *self, guint stream, guint state)
{
  gboolean fails = state == NICE_COMPONENT_STATE_FAILED;

  if (state == NICE_COMPONENT_STATE_CONNECTING)
    vav_ice_agent_mark (self, VAV_STEP_CHECKING);
  if (state == NICE_COMPONENT_STATE_CONNECTED || state == NICE_COMPONENT_STATE_READY)
    {
      vav_ice_agent_note_answer (self);
      vav_ice_agent_end_slow (self);
    }
  if (fails && self->slowed && stream == vav_ice_agent_get_newest (self))
    return;
  if (stream == (guint)g_atomic_int_get ((int *)&self->stream))
    self->broken = fails;
  else if (stream == self->next && fails)
    {
      vav_ice_agent_drop_failed (self);
      self->failed
          = self->next; /* the other side may still think that it works: what comes by it is taken until the next one */
      self->next = 0;
    }
  else
    return;
  /* a new path that fails beside one that works is no loss; and libnice may never call a new one failed, so the old one's failure is told at once */
  if (!fails || self->broken)
    self->events.state (self->user_data, (NiceComponentState)state);
}

static void
do_take_state (VavIceAgent *self, char **args)
{
  take_state (self, (guint)g_ascii_strtoull (args[0], NULL, 10), (guint)g_ascii_strtoull (args[1], NULL, 10));
}

/* The ICE thread, but what a relay's connection that ends by itself has left to be told, libnice tells on the next thread that uses the agent, and that is
 * who sends. */
static void
on_state (NiceAgent *agent, guint stream, guint component, guint state, VavIceAgent *self)
{
  g_autofree char *stream_text = NULL;
  g_autofree char *state_text = NULL;

  if (g_main_context_is_owner (self->context))
    {
      take_state (self, stream, state);
      return;
    }

  stream_text = g_strdup_printf ("%u", stream);
  state_text = g_strdup_printf ("%u", state);
  vav_ice_agent_post (self, do_take_state, stream_text, state_text);
}

static void
note_local (VavIceAgent *self, const NiceCandidate *candidate)
{
  NiceCandidateType type = candidate->type;

  g_mutex_lock (&self->lock);
  if (type == NICE_CANDIDATE_TYPE_HOST)
    {
      self->report.host = TRUE;
      self->report.outside |= !nice_address_is_private ((NiceAddress *)&candidate->addr);
    }
  else if (type == NICE_CANDIDATE_TYPE_SERVER_REFLEXIVE)
    self->report.reflexive = TRUE;
  else if (type == NICE_CANDIDATE_TYPE_RELAYED)
    self->report.relay = VAV_ICE_RELAY_WORKS;
  g_mutex_unlock (&self->lock);
}

static void
note_remote (VavIceAgent *self, NiceCandidateType type)
{
  g_mutex_lock (&self->lock);
  if (type == NICE_CANDIDATE_TYPE_RELAYED)
    self->report.peer_relayed = TRUE;
  g_mutex_unlock (&self->lock);
}

static void
on_candidate (NiceAgent *agent, NiceCandidate *candidate, VavIceAgent *self)
{
  g_autofree char *line = NULL;
  g_autofree char *clean = NULL;

  note_local (self, candidate);
  if (candidate->stream_id != vav_ice_agent_get_newest (self))
    return;
  if (self->config.relay_only && candidate->type != NICE_CANDIDATE_TYPE_RELAYED)
    return;

  /* without the related address: nobody needs it, and of a relayed candidate it is what relaying hides */
  line = nice_agent_generate_local_candidate_sdp (agent, candidate);
  clean = vav_candidate_clean (line, TRUE, NULL);
  if (clean == NULL)
    return;
  vav_ice_agent_note_candidate (self);
  /* with relays on both sides only, the one whose check comes last is let in: nothing is gained by waiting */
  if (candidate->type == NICE_CANDIDATE_TYPE_RELAYED && !self->config.relay_only)
    vav_ice_hold_take (self->hold, clean);
  else
    self->events.candidate (self->user_data, clean);
}

static void
tell_relayed (gpointer user_data, const char *candidate)
{
  VavIceAgent *self = user_data;

  self->events.candidate (self->user_data, candidate);
  vav_ice_agent_note_candidate (self);
  vav_ice_agent_review_end (self);
}

static void
on_gathered (NiceAgent *agent, guint stream, VavIceAgent *self)
{
  self->gathered = TRUE;
  vav_ice_agent_mark (self, VAV_STEP_GATHERED);
  vav_ice_agent_review_end (self);
  self->events.gathered (self->user_data);
  vav_ice_agent_note_gathered (self, stream);
}

static char *
address_to_string (const NiceAddress *address)
{
  char ip[NICE_ADDRESS_STRING_LEN];

  nice_address_to_string (address, ip);
  return g_strdup_printf (strchr (ip, ':') != NULL ? "[%s]:%u" : "%s:%u", ip, nice_address_get_port (address));
}

static void
on_pair (NiceAgent *agent, guint stream, guint component, NiceCandidate *local, NiceCandidate *remote,
         VavIceAgent *self)
{
  g_autofree char *local_text = address_to_string (&local->addr);
  g_autofree char *remote_text = address_to_string (&remote->addr);

  if (stream == self->next)
    vav_ice_agent_take_over (self);
  if (stream != (guint)g_atomic_int_get ((int *)&self->stream))
    return;
  g_atomic_int_set (&self->has_path, TRUE);
  vav_ice_agent_mark (self, VAV_STEP_PATH);
  if (self->early != NULL)
    vav_ice_early_settle (self->early, stream);
  self->events.path (self->user_data, local_text, remote_text,
                     local->type == NICE_CANDIDATE_TYPE_RELAYED || remote->type == NICE_CANDIDATE_TYPE_RELAYED);
}

guint
vav_ice_agent_add_stream (VavIceAgent *self)
{
  guint stream = nice_agent_add_stream (self->agent, 1);

  nice_agent_attach_recv (self->agent, stream, VAV_ICE_COMPONENT, self->context, on_receive, self);
  return stream;
}

/* libnice's consent freshness gives a path up after 10 s without an answer to a check, of which it sends one in 4 to 6 s: one that is lost can suffice,
 * where RFC 7675, 5.1, says 30 s. Its keepalive checks are the same without that: 50 s, and the call itself looks for another path as soon as nothing
 * comes, and ends after 30 s. */
static void
make_agent (VavIceAgent *self)
{
  self->agent = nice_agent_new_full (self->context, NICE_COMPATIBILITY_RFC5245, NICE_AGENT_OPTION_ICE_TRICKLE);
  g_object_set (self->agent, "keepalive-conncheck", TRUE, "upnp", FALSE, "ice-tcp", FALSE, "stun-pacing-timer",
                VAV_ICE_PACING_MS, "stun-initial-timeout", INITIAL_TIMEOUT_MS, "stun-max-retransmissions",
                MAX_RETRANSMISSIONS, "force-relay", self->config.relay_only, NULL);
  if (self->config.stun != NULL)
    g_object_set (self->agent, "stun-server", self->config.stun->host, "stun-server-port",
                  (guint)self->config.stun->port, NULL);

  g_signal_connect (self->agent, "component-state-changed", G_CALLBACK (on_state), self);
  g_signal_connect (self->agent, "new-candidate-full", G_CALLBACK (on_candidate), self);
  g_signal_connect (self->agent, "candidate-gathering-done", G_CALLBACK (on_gathered), self);
  g_signal_connect (self->agent, "new-selected-pair-full", G_CALLBACK (on_pair), self);
  vav_ice_agent_watch_knocks (self);
}

static gpointer
run (gpointer data)
{
  VavIceAgent *self = data;

  g_main_context_push_thread_default (self->context);
  g_main_loop_run (self->loop);
  g_signal_handlers_disconnect_by_data (self->agent, self);
  g_source_destroy (self->goodbye);
  g_clear_pointer (&self->goodbye, g_source_unref);
  vav_ice_agent_end_patience (self);
  vav_ice_agent_end_waiting (self);
  vav_ice_agent_end_slow (self);
  vav_ice_agent_end_parting (self);
  g_clear_pointer (&self->early, vav_ice_early_free);
  g_clear_pointer (&self->repeat, vav_dtls_repeat_free);
  g_main_context_pop_thread_default (self->context);

  g_mutex_lock (&self->lock);
  self->gone = TRUE;
  g_cond_broadcast (&self->cond);
  g_mutex_unlock (&self->lock);
  vav_ice_agent_unref (self);

  return NULL;
}

VavIceAgent *
vav_ice_agent_new (const VavIceConfig *config, const VavIceEvents *events, gpointer user_data)
{
  VavIceAgent *self = g_new0 (VavIceAgent, 1);

  g_atomic_ref_count_init (&self->ref_count);
  g_mutex_init (&self->lock);
  g_cond_init (&self->cond);
  self->config = *config;
  vav_timeline_ref (self->config.timeline);
  self->config.stun = config->stun != NULL ? vav_ice_url_copy (config->stun) : NULL;
  self->config.turn = config->turn != NULL ? vav_ice_url_copy (config->turn) : NULL;
  self->report.relay_only = config->relay_only;
  self->report.stun = config->stun != NULL;
  self->report.tcp = config->turn != NULL && config->turn->tcp;
  self->report.relay = config->turn != NULL ? VAV_ICE_RELAY_ASKED : VAV_ICE_RELAY_NONE;
  self->cancellable = g_cancellable_new ();
  self->events = *events;
  self->user_data = user_data;
  self->waiting = g_ptr_array_new_with_free_func (g_free);
  self->own_addresses = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->gatherers = g_ptr_array_new ();
  self->leavers = g_ptr_array_new ();
  self->context = g_main_context_new ();
  self->loop = g_main_loop_new (self->context, FALSE);
  self->hold = vav_ice_hold_new (self->context, tell_relayed, self);
  self->repeat = vav_dtls_repeat_new (self->context, vav_ice_agent_repeat, self);
  make_agent (self);
  self->stream = vav_ice_agent_add_stream (self);
  if (!config->relay_only)
    self->early = vav_ice_early_new (self->agent, self->context, self->stream, VAV_ICE_COMPONENT);
  self->thread = g_thread_new ("vav-ice", run, vav_ice_agent_ref (self));

  return self;
}

VavIceAgent *
vav_ice_agent_ref (VavIceAgent *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
vav_ice_agent_unref (VavIceAgent *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  g_clear_object (&self->agent);
  vav_ice_hold_free (self->hold);
  g_main_loop_unref (self->loop);
  g_main_context_unref (self->context);
  if (self->thread != NULL)
    g_thread_unref (self->thread);
  g_ptr_array_unref (self->waiting);
  vav_ice_agent_keep_remote (self, NULL, NULL);
  g_free (self->next_ufrag);
  g_free (self->next_password);
  g_hash_table_unref (self->own_addresses);
  g_ptr_array_unref (self->gatherers);
  g_ptr_array_unref (self->leavers);
  g_object_unref (self->cancellable);
  vav_timeline_unref (self->config.timeline);
  vav_ice_url_free (self->config.stun);
  vav_ice_url_free (self->config.turn);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->cond);
  g_free (self);
}

void
vav_ice_agent_set_controlling (VavIceAgent *self, gboolean controlling)
{
  g_atomic_int_set (&self->controlling, controlling);
  g_object_set (self->agent, "controlling-mode", controlling, NULL);
}

gboolean
vav_ice_agent_get_controlling (VavIceAgent *self)
{
  return g_atomic_int_get (&self->controlling);
}

/* What webrtcbin describes is the first generation, and comes when it has time: the peer may have begun another meanwhile, which has its own. */
static gboolean
is_overtaken (VavIceAgent *self)
{
  return self->generation > 0;
}

static void
do_set_local (VavIceAgent *self, char **args)
{
  if (is_overtaken (self))
    return;
  nice_agent_set_local_credentials (self->agent, self->stream, args[0], args[1]);
  if (self->early != NULL)
    vav_ice_early_set_local (self->early, args[0]);
}

void
vav_ice_agent_set_local_credentials (VavIceAgent *self, const char *ufrag, const char *password)
{
  vav_ice_agent_post (self, do_set_local, ufrag, password);
}

static void
give_candidate (VavIceAgent *self, const char *line)
{
  g_autofree char *attribute = g_strconcat ("a=", line, NULL);
  NiceCandidate *candidate;
  GSList *list;

  if (self->n_candidates++ >= VAV_CANDIDATE_MAX_COUNT)
    return;
  candidate = nice_agent_parse_remote_candidate_sdp (self->agent, vav_ice_agent_get_newest (self), attribute);
  if (candidate == NULL)
    return;

  note_remote (self, candidate->type);
  vav_ice_agent_note_candidate (self);
  if (self->n_candidates == 1)
    vav_ice_agent_begin_slow (self);
  if (self->early != NULL)
    vav_ice_early_add_remote (self->early, candidate);
  vav_ice_hold_checking (
      self->hold, candidate->type == NICE_CANDIDATE_TYPE_SERVER_REFLEXIVE
                      || (candidate->type == NICE_CANDIDATE_TYPE_HOST && !nice_address_is_private (&candidate->addr)));
  list = g_slist_prepend (NULL, candidate);
  nice_agent_set_remote_candidates (self->agent, vav_ice_agent_get_newest (self), VAV_ICE_COMPONENT, list);
  g_slist_free_full (list, (GDestroyNotify)nice_candidate_free);
}

/* libnice's force-relay keeps host candidates out of pairs only when the remote candidate comes after them. */
static gboolean
takes_candidates (VavIceAgent *self)
{
  return self->remote_known && (self->gathering || !self->config.relay_only);
}

static void
give_waiting (VavIceAgent *self)
{
  if (!takes_candidates (self))
    return;
  for (guint i = 0; i < self->waiting->len; i++)
    give_candidate (self, self->waiting->pdata[i]);
  g_ptr_array_set_size (self->waiting, 0);
}

static void
do_set_remote (VavIceAgent *self, char **args)
{
  if (is_overtaken (self) || !nice_agent_set_remote_credentials (self->agent, self->stream, args[0], args[1]))
    return;

  vav_ice_agent_keep_remote (self, g_strdup (args[0]), g_strdup (args[1]));
  self->remote_known = TRUE;
  if (self->early != NULL)
    vav_ice_early_set_remote (self->early, args[0], args[1]);
  vav_ice_hold_set_remote_known (self->hold);
  give_waiting (self);
}

void
vav_ice_agent_set_remote_credentials (VavIceAgent *self, const char *ufrag, const char *password)
{
  vav_ice_agent_post (self, do_set_remote, ufrag, password);
}

static void
do_add_candidate (VavIceAgent *self, char **args)
{
  if (takes_candidates (self))
    give_candidate (self, args[0]);
  else if (self->waiting->len < VAV_CANDIDATE_MAX_COUNT)
    g_ptr_array_add (self->waiting, g_strdup (args[0]));
}

void
vav_ice_agent_add_candidate (VavIceAgent *self, const char *candidate)
{
  vav_ice_agent_post (self, do_add_candidate, candidate, NULL);
}

static void
do_gather (VavIceAgent *self, char **args)
{
  if (self->gathering)
    return;
  self->gathering = TRUE;

  if (!is_overtaken (self))
    vav_ice_agent_gather_stream (self, self->stream);
  give_waiting (self);
  vav_ice_agent_begin_patience (self);
}

void
vav_ice_agent_gather (VavIceAgent *self)
{
  vav_ice_agent_post (self, do_gather, NULL, NULL);
}

void
vav_ice_agent_send (VavIceAgent *self, const char *data, gsize length)
{
  /* what cannot be sent is lost, as on any network */
  nice_agent_send (self->agent, (guint)g_atomic_int_get ((int *)&self->stream), VAV_ICE_COMPONENT, (guint)length, data);
}

/* May come never, or after the thread has left: holds nothing but the loop. */
static void
on_closed (GObject *agent, GAsyncResult *result, gpointer user_data)
{
  g_main_loop_quit (user_data);
  g_main_loop_unref (user_data);
}

static gboolean
on_goodbye_timeout (gpointer data)
{
  g_main_loop_quit (data);
  return G_SOURCE_REMOVE;
}

static void
do_close (VavIceAgent *self, char **args)
{
  /* still listening: the server's answer comes that way */
  self->goodbye = g_timeout_source_new (GOODBYE_MS);
  g_source_set_callback (self->goodbye, on_goodbye_timeout, self->loop, NULL);
  g_source_attach (self->goodbye, self->context);
  nice_agent_close_async (self->agent, on_closed, g_main_loop_ref (self->loop));
}

void
vav_ice_agent_get_report (VavIceAgent *self, VavIceReport *report)
{
  g_mutex_lock (&self->lock);
  *report = self->report;
  g_mutex_unlock (&self->lock);
}

gboolean
vav_ice_agent_close (VavIceAgent *self, gint64 deadline)
{
  gboolean gone;

  g_cancellable_cancel (self->cancellable);
  g_mutex_lock (&self->lock);
  if (!self->closing)
    {
      post_locked (self, do_close, NULL, NULL);
      self->closing = TRUE;
    }
  while (!self->gone && g_cond_wait_until (&self->cond, &self->lock, deadline))
    ;
  gone = self->gone;
  g_mutex_unlock (&self->lock);

  return gone;
}
