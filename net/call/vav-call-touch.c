/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/call/vav-call-private.h"

#include <string.h>
#include <time.h>

/* Whether the two sides of a call are in touch: signalling is there, and media come. If not, the path is made again under what runs. */

#define TICK_MS 250
#define HUSH_MS 800     /* of media that are expected: another path is looked for, and nobody is told yet */
#define SILENCE_MS 2000 /* the same: told as reconnecting */
#define CALLEE_MS 1000  /* later, whoever was called dials: the caller does so first */
#define SEEN_MS                                                                                                        \
  5000 /* if the other side was heard from elsewhere so lately, the caller waits for no more than the hush */
#define BACK_MS 500        /* media that came so lately flow again */
#define LIMIT_MS 30000     /* without any sign of life */
#define CUT_MS 3000        /* the same, if the other computer has ended the connection and nothing can be asked there */
#define CUT_QUIET_MS 10000 /* and if no media are expected */
#define SETTLE_MS 1000     /* a change that is over for so long is told: several restarts may belong to one */
#define RESTART_MS 4000    /* between two restarts of this side: one may take so long on a slow network */
#define ANSWER_MS 1000     /* for the peer to say something after that */
#define MANY_GENERATIONS 100 /* that a peer may begin in a minute */

/* Nothing is expected of a peer that sends nothing, or nothing yet: devices take their time. */
static void
review_expectation (VavCall *self, gint64 now)
{
  gboolean expects = (vav_call_get_taken_flows (self) & self->peer_sends) != 0;

  if (expects && !self->touch.expects)
    self->touch.expected_us = now;
  self->touch.expects = expects;
}

static gint64
get_last_heard (VavCall *self)
{
  return self->session != NULL ? vav_media_session_get_last_heard (self->session) : 0;
}

/* For how long media that should come have not, in µs; of a call that is not up, for how long there is no connection. */
gint64
vav_call_get_silence (VavCall *self, gint64 now)
{
  gint64 last = get_last_heard (self);

  if (!vav_call_is_up (self))
    return self->channel_over ? now - self->touch.out_us : 0;
  if (self->touch.expects && last > self->touch.expected_us)
    return now - last;
  /* no media to tell by */
  return self->phase == VAV_CALL_PHASE_RECONNECTING && (self->channel_over || self->touch.path_lost)
             ? now - MAX (self->touch.out_us, last)
             : 0;
}

/* From here on gaps count. */
static void
begin_change (VavCall *self)
{
  if (self->touch.changing || !vav_call_is_up (self))
    return;

  self->touch.changing = TRUE;
  self->touch.changed_us = 0;
  if (self->session != NULL)
    (void)vav_media_session_take_gap (self->session); /* of before */
}

/* Both have described what they send, and their first addresses, and neither has said goodbye. */
static gboolean
may_restart (VavCall *self)
{
  return self->session != NULL && self->described && self->remote_described && vav_call_can_resume (self)
         && (vav_call_is_up (self) || self->phase == VAV_CALL_PHASE_CONNECTING);
}

void
vav_call_restart_media (VavCall *self)
{
  self->touch.stale = !may_restart (self);
  if (self->touch.stale)
    return;

  self->touch.generation++;
  self->touch.restarted_us = g_get_monotonic_time ();
  self->n_remote_candidates = 0;
  begin_change (self);
  g_debug ("call %" G_GUINT64_FORMAT ": generation %u of the path", self->value, self->touch.generation);
  (void)vav_media_session_restart (self->session, self->touch.generation, NULL, NULL);
}

void
vav_call_refresh_path (VavCall *self)
{
  if (self->touch.stale && may_restart (self))
    vav_call_restart_media (self);
}

/* The peer has begun another generation, or answers ours. */
void
vav_call_take_generation (VavCall *self, VavMessage *message)
{
  guint generation = (guint)vav_message_get_uint (message, "generation", 0);
  gint64 now = g_get_monotonic_time ();

  if (now - self->touch.peer_us > 60 * G_USEC_PER_SEC)
    {
      self->touch.peer_us = now;
      self->touch.n_generations = 0;
    }
  if (++self->touch.n_generations > MANY_GENERATIONS || self->phase < VAV_CALL_PHASE_CONNECTING)
    {
      vav_call_dispatch (self, VAV_CALL_EVENT_NONSENSE, VAV_REASON_PROTOCOL, NULL);
      return;
    }
  if (!may_restart (self) || generation < self->touch.generation)
    return;

  begin_change (self);
  self->touch.generation = generation;
  self->n_remote_candidates = 0;
  if (!vav_media_session_restart (self->session, generation, vav_message_get_string (message, "ufrag"),
                                  vav_message_get_string (message, "password")))
    vav_call_dispatch (self, VAV_CALL_EVENT_NONSENSE, VAV_REASON_PROTOCOL, NULL);
}

/* Consent has run out, or no pair works. */
void
vav_call_path_lost (VavCall *self)
{
  if (!vav_call_can_resume (self))
    {
      if (vav_call_is_up (self))
        vav_call_dispatch (self, VAV_CALL_EVENT_MEDIA_FAILED, VAV_REASON_MEDIA, NULL);
      return;
    }
  self->touch.path_lost = TRUE;
  if (g_get_monotonic_time () - self->touch.restarted_us >= RESTART_MS * 1000)
    vav_call_restart_media (self);
  vav_call_dispatch (self, VAV_CALL_EVENT_OUT_OF_TOUCH, VAV_REASON_NONE, NULL);
}

/* Once a change, when media have come after its last restart, where any are expected. */
static void
tell_gap (VavCall *self, gint64 now)
{
  guint gap;

  if (!self->touch.changing || self->touch.changed_us == 0
      || now - MAX (self->touch.changed_us, self->touch.restarted_us) < SETTLE_MS * 1000
      || (self->touch.expects && get_last_heard (self) <= self->touch.changed_us))
    return;

  gap = self->session != NULL ? vav_media_session_take_gap (self->session) : 0;
  self->touch.changing = FALSE;
  g_signal_emit (self, vav_call_signals[VAV_CALL_NETWORK], 0, gap);
}

static void
come_back (VavCall *self, gint64 now)
{
  vav_call_stop_resuming (self);
  if (self->touch.changed_us == 0)
    self->touch.changed_us = now;
  vav_call_dispatch (self, VAV_CALL_EVENT_IN_TOUCH, VAV_REASON_NONE, NULL);
}

/* A connection that the other computer ended: if nothing can be asked there it does not take the whole limit to know that its program is gone. */
static gint64
get_limit_ms (VavCall *self)
{
  if (!self->channel_over || !self->resume.cut || vav_call_has_place (self))
    return LIMIT_MS;

  return self->touch.expects || !vav_call_is_up (self) ? CUT_MS : CUT_QUIET_MS;
}

/* The peer answers each generation with its own description. */
static gboolean
is_unanswered (VavCall *self, gint64 now)
{
  return self->resume.heard_us < self->touch.restarted_us && now - self->touch.restarted_us >= ANSWER_MS * 1000;
}

/* If nothing passes at all, what is said by the connection waits for the next time that TCP repeats it, seconds after the network is back: so another one
 * is dialled meanwhile. */
static void
look_for_path (VavCall *self, gint64 now, gint64 silence)
{
  gboolean seen = self->resume.seen != NULL && now - self->resume.seen_us < SEEN_MS * 1000;
  gint64 turn_ms = seen ? HUSH_MS : self->role == VAV_ROLE_CALLER ? SILENCE_MS : SILENCE_MS + CALLEE_MS;

  if (now - self->touch.restarted_us >= RESTART_MS * 1000)
    vav_call_restart_media (self);
  if (silence >= turn_ms * 1000 && is_unanswered (self, now) && !vav_call_is_resuming (self))
    vav_call_resume_now (self);
}

static void
check_lost (VavCall *self, gint64 now)
{
  gint64 silence = vav_call_get_silence (self, now);
  gboolean silent = silence >= BACK_MS * 1000 || self->touch.path_lost;

  if (!self->channel_over && !silent)
    come_back (self, now);
  else if (silence >= get_limit_ms (self) * 1000 || !vav_call_can_resume (self))
    vav_call_dispatch (self, VAV_CALL_EVENT_GONE, VAV_REASON_RESET, NULL);
  else if (silence >= SILENCE_MS * 1000 && !self->channel_over)
    look_for_path (self, now, silence);
}

/* It rings, connects or closes: only the connection can be lost. */
static void
check_connection (VavCall *self, gint64 now)
{
  if (!self->channel_over)
    self->touch.out_us = 0;
  else if (vav_call_get_silence (self, now) >= get_limit_ms (self) * 1000 || !vav_call_can_resume (self))
    vav_call_dispatch (self, VAV_CALL_EVENT_GONE, VAV_REASON_RESET, NULL);
}

void
vav_call_check_touch (VavCall *self)
{
  gint64 now = g_get_monotonic_time ();
  gint64 silence;

  if (!vav_call_is_up (self))
    {
      check_connection (self, now);
      return;
    }
  review_expectation (self, now);
  silence = vav_call_get_silence (self, now);
  if (self->phase == VAV_CALL_PHASE_RECONNECTING)
    check_lost (self, now);
  else if (silence >= SILENCE_MS * 1000 || (self->channel_over && self->resume.pending == NULL))
    vav_call_dispatch (self, VAV_CALL_EVENT_OUT_OF_TOUCH, VAV_REASON_NONE, NULL);
  else if (silence >= HUSH_MS * 1000)
    look_for_path (self, now, silence);
  else
    tell_gap (self, now);
}

/* In µs; goes on while the computer sleeps, which the monotonic time does not. */
static gint64
get_boot_time (void)
{
  struct timespec now;

  clock_gettime (CLOCK_BOOTTIME, &now);
  return (gint64)now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000;
}

/* For so long that the peer has ended the call meanwhile: what it sent before waits in the sockets still, and must not count as a sign of life. */
static gboolean
has_slept (VavCall *self)
{
  gint64 limit_ms = self->touch.expects ? LIMIT_MS : 2 * LIMIT_MS;
  gint64 before = self->touch.tick_us;

  self->touch.tick_us = get_boot_time ();
  return before != 0 && self->touch.tick_us - before >= limit_ms * 1000;
}

static gboolean
on_tick (gpointer data)
{
  g_autoptr (VavCall) self = g_object_ref (data);

  if (has_slept (self) && vav_call_is_up (self))
    vav_call_dispatch (self, VAV_CALL_EVENT_GONE, VAV_REASON_RESET, NULL);
  else
    vav_call_check_touch (self);
  return G_SOURCE_CONTINUE;
}

/* Everything that a path may begin at, and which of it is the way to the peer. */
static char *
describe_addresses (VavCall *self)
{
  g_autofree char *host = NULL;
  g_autofree char *source = vav_call_find_host (self, &host) ? vav_network_find_source (host) : NULL;
  g_autofree char *own = vav_media_describe_addresses ();

  return g_strdup_printf ("%s by %s", own, source != NULL ? source : "nothing");
}

/* What runs goes on meanwhile, if it can. */
static void
on_network (gpointer data)
{
  g_autoptr (VavCall) self = g_object_ref (data);
  g_autofree char *addresses = describe_addresses (self);
  gboolean same = g_strcmp0 (addresses, self->touch.addresses) == 0;

  if (!vav_call_can_resume (self))
    return;
  if (same && self->phase != VAV_CALL_PHASE_RECONNECTING && !self->channel_over)
    return;

  g_debug ("call %" G_GUINT64_FORMAT ": now %s", self->value, addresses);
  g_free (self->touch.addresses);
  self->touch.addresses = g_steal_pointer (&addresses);
  if (!same)
    self->touch.moved_us = g_get_monotonic_time ();
  self->resume.n_tries = 0;
  vav_call_restart_media (self);
  if (!same || self->channel_over)
    vav_call_resume_now (self);
}

static void
begin (VavCall *self)
{
  VavCallTouch *touch = &self->touch;

  touch->tick = g_timeout_source_new (TICK_MS);
  g_source_set_callback (touch->tick, on_tick, self, NULL);
  g_source_attach (touch->tick, g_main_context_get_thread_default ());
  touch->addresses = describe_addresses (self);
  if (!vav_channel_is_local (self->channel))
    touch->network = vav_network_watch_new (on_network, self);
}

void
vav_call_watch_touch (VavCall *self)
{
  gint64 now = g_get_monotonic_time ();

  if (self->phase == VAV_CALL_PHASE_ACTIVE)
    {
      self->touch.out_us = 0;
      review_expectation (self, now); /* not only at the first tick: all that comes before it would count as nothing */
    }
  else if (self->phase == VAV_CALL_PHASE_RECONNECTING)
    {
      begin_change (self);
      if (self->touch.out_us == 0)
        self->touch.out_us = now;
    }

  if (vav_call_phase_is_over (self->phase))
    vav_call_clear_resume (self);
  else if (self->touch.tick == NULL && vav_call_can_resume (self))
    begin (self);
  vav_call_refresh_path (self);
  if (self->phase == VAV_CALL_PHASE_ACTIVE && self->channel_over) /* lost while it connected */
    vav_call_dispatch (self, VAV_CALL_EVENT_OUT_OF_TOUCH, VAV_REASON_NONE, NULL);
}
