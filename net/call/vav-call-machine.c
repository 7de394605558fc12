/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/call/vav-call-machine.h"

#define BOTH (-1)

#define PHASE(name) VAV_CALL_PHASE_##name
#define EVENT(name) VAV_CALL_EVENT_##name
#define DO(name) VAV_CALL_ACTION_##name
#define WHY(name) VAV_REASON_##name

/* How the machine leaves a call, by what the peer must still be told. */
#define LEAVE (DO (STOP_MEDIA) | DO (CLOSE_CHANNEL))
#define BREAK (DO (STOP_MEDIA) | DO (ABORT_CHANNEL))

typedef struct
{
  VavCallPhase from;
  int role; /* a VavRole, or BOTH */
  VavCallEvent event;
  VavCallStep step;
} Rule;

/* The life of a call. What has no rule here is judged by the_rest(). */
static const Rule rules[] = {
  /* from, role, event → phase, actions, reason, graceful */
  { PHASE (IDLE), VAV_ROLE_CALLER, EVENT (DIAL), { PHASE (RESOLVING), DO (DIAL) | DO (OFFER_MEDIA) } },
  { PHASE (IDLE), VAV_ROLE_CALLER, EVENT (DIAL_FAILED), { PHASE (FAILED), BREAK } },
  { PHASE (IDLE), VAV_ROLE_CALLEE, EVENT (PEER_REQUEST), { PHASE (INCOMING), DO (ANNOUNCE) } },

  { PHASE (RESOLVING), BOTH, EVENT (RESOLVED), { PHASE (DIALLING) } },
  { PHASE (RESOLVING), BOTH, EVENT (CONNECTED), { PHASE (REQUESTED), DO (SEND_REQUEST) } },
  { PHASE (RESOLVING), BOTH, EVENT (DIAL_FAILED), { PHASE (FAILED), BREAK } },
  { PHASE (RESOLVING), BOTH, EVENT (HANG_UP), { PHASE (ENDED), BREAK, WHY (LOCAL) } },
  { PHASE (RESOLVING), BOTH, EVENT (MEDIA_FAILED), { PHASE (FAILED), BREAK } },

  { PHASE (DIALLING), BOTH, EVENT (RESOLVED), { PHASE (DIALLING) } },
  { PHASE (DIALLING), BOTH, EVENT (CONNECTED), { PHASE (REQUESTED), DO (SEND_REQUEST) } },
  { PHASE (DIALLING), BOTH, EVENT (DIAL_FAILED), { PHASE (FAILED), BREAK } },
  { PHASE (DIALLING), BOTH, EVENT (HANG_UP), { PHASE (ENDED), BREAK, WHY (LOCAL) } },
  { PHASE (DIALLING), BOTH, EVENT (MEDIA_FAILED), { PHASE (FAILED), BREAK } },

  { PHASE (REQUESTED), BOTH, EVENT (PEER_RINGING), { PHASE (RINGING), DO (TELL_RINGING) } },
  { PHASE (REQUESTED), BOTH, EVENT (PEER_ACCEPT), { PHASE (CONNECTING), DO (OPEN_MEDIA) } },
  { PHASE (REQUESTED), BOTH, EVENT (PEER_REJECT), { PHASE (FAILED), LEAVE } },
  { PHASE (REQUESTED), BOTH, EVENT (PEER_CANDIDATE), { PHASE (REQUESTED), DO (TAKE_CANDIDATE) } },
  { PHASE (REQUESTED), BOTH, EVENT (HANG_UP), { PHASE (ENDED), DO (SEND_WITHDRAW) | LEAVE, WHY (LOCAL) } },
  { PHASE (REQUESTED), BOTH, EVENT (MEDIA_FAILED), { PHASE (FAILED), DO (SEND_WITHDRAW) | LEAVE } },
  { PHASE (REQUESTED), BOTH, EVENT (RING_TIMEOUT), { PHASE (FAILED), DO (SEND_WITHDRAW) | LEAVE, WHY (NO_ANSWER) } },

  { PHASE (RINGING), BOTH, EVENT (PEER_ACCEPT), { PHASE (CONNECTING), DO (OPEN_MEDIA) } },
  { PHASE (RINGING), BOTH, EVENT (PEER_REJECT), { PHASE (FAILED), LEAVE } },
  { PHASE (RINGING), BOTH, EVENT (PEER_CANDIDATE), { PHASE (RINGING), DO (TAKE_CANDIDATE) } },
  { PHASE (RINGING), BOTH, EVENT (HANG_UP), { PHASE (ENDED), DO (SEND_WITHDRAW) | LEAVE, WHY (LOCAL) } },
  { PHASE (RINGING), BOTH, EVENT (MEDIA_CONNECTED), { PHASE (RINGING) } },
  { PHASE (RINGING), BOTH, EVENT (MEDIA_FAILED), { PHASE (FAILED), DO (SEND_WITHDRAW) | LEAVE } },
  { PHASE (RINGING), BOTH, EVENT (RING_TIMEOUT), { PHASE (FAILED), DO (SEND_WITHDRAW) | LEAVE, WHY (NO_ANSWER) } },

  { PHASE (INCOMING), BOTH, EVENT (RING), { PHASE (ALERTING), DO (SEND_RINGING) } },
  { PHASE (INCOMING), BOTH, EVENT (ACCEPT), { PHASE (CONNECTING), DO (OPEN_MEDIA) | DO (SEND_ACCEPT) } },
  { PHASE (INCOMING), BOTH, EVENT (REJECT), { PHASE (ENDED), DO (SEND_REJECT) | LEAVE } },
  { PHASE (INCOMING), BOTH, EVENT (HANG_UP), { PHASE (ENDED), DO (SEND_REJECT) | LEAVE, WHY (DECLINED) } },
  { PHASE (INCOMING), BOTH, EVENT (PEER_WITHDRAW), { PHASE (ENDED), LEAVE, WHY (WITHDRAWN) } },
  { PHASE (INCOMING), BOTH, EVENT (PEER_CANDIDATE), { PHASE (INCOMING), DO (TAKE_CANDIDATE) } },
  { PHASE (INCOMING), BOTH, EVENT (RING_TIMEOUT), { PHASE (ENDED), DO (SEND_REJECT) | LEAVE, WHY (NO_ANSWER) } },

  { PHASE (ALERTING), BOTH, EVENT (RING), { PHASE (ALERTING) } },
  { PHASE (ALERTING), BOTH, EVENT (ACCEPT), { PHASE (CONNECTING), DO (OPEN_MEDIA) | DO (SEND_ACCEPT) } },
  { PHASE (ALERTING), BOTH, EVENT (REJECT), { PHASE (ENDED), DO (SEND_REJECT) | LEAVE } },
  { PHASE (ALERTING), BOTH, EVENT (HANG_UP), { PHASE (ENDED), DO (SEND_REJECT) | LEAVE, WHY (DECLINED) } },
  { PHASE (ALERTING), BOTH, EVENT (PEER_WITHDRAW), { PHASE (ENDED), LEAVE, WHY (WITHDRAWN) } },
  { PHASE (ALERTING), BOTH, EVENT (PEER_CANDIDATE), { PHASE (ALERTING), DO (TAKE_CANDIDATE) } },
  { PHASE (ALERTING), BOTH, EVENT (MEDIA_CONNECTED), { PHASE (ALERTING) } },
  { PHASE (ALERTING), BOTH, EVENT (MEDIA_FAILED), { PHASE (FAILED), DO (SEND_REJECT) | LEAVE } },
  { PHASE (ALERTING), BOTH, EVENT (RING_TIMEOUT), { PHASE (ENDED), DO (SEND_REJECT) | LEAVE, WHY (NO_ANSWER) } },

  { PHASE (CONNECTING), BOTH, EVENT (MEDIA_CONNECTED), { PHASE (ACTIVE) } },
  /* no path, or a wrong key on it: the other side is told which, lest it thinks that we broke */
  { PHASE (CONNECTING), BOTH, EVENT (MEDIA_FAILED), { PHASE (FAILED), DO (SEND_REJECT) | LEAVE } },
  { PHASE (CONNECTING), BOTH, EVENT (SET_UP_TIMEOUT), { PHASE (FAILED), DO (SEND_REJECT) | LEAVE, WHY (MEDIA) } },
  { PHASE (CONNECTING), BOTH, EVENT (PEER_REJECT), { PHASE (FAILED), LEAVE } },
  { PHASE (CONNECTING), BOTH, EVENT (PEER_CANDIDATE), { PHASE (CONNECTING), DO (TAKE_CANDIDATE) } },
  { PHASE (CONNECTING), BOTH, EVENT (PEER_FLOWS), { PHASE (CONNECTING), DO (TAKE_FLOWS) } },
  /* the path may be up for the peer a moment earlier */
  { PHASE (CONNECTING), BOTH, EVENT (PEER_GIVES), { PHASE (CONNECTING) } },
  { PHASE (CONNECTING), BOTH, EVENT (PEER_CONFIRMS), { PHASE (CONNECTING) } },
  { PHASE (CONNECTING), BOTH, EVENT (PEER_CLOSING), { PHASE (GOODBYE_HEARD), DO (TELL_CLOSING) } },
  /* who was in the call already broke it off */
  { PHASE (CONNECTING), BOTH, EVENT (PEER_CLOSED), { PHASE (FAILED), LEAVE, WHY (RESET) } },
  { PHASE (CONNECTING), BOTH, EVENT (HANG_UP), { PHASE (GOODBYE_SAID), DO (SEND_CLOSING) } },
  { PHASE (CONNECTING),
    VAV_ROLE_CALLEE,
    EVENT (TAKE_BACK),
    { PHASE (ENDED), DO (SEND_REJECT) | LEAVE, WHY (DECLINED) } },
  /* our accept and the caller's withdrawal crossed */
  { PHASE (CONNECTING), VAV_ROLE_CALLEE, EVENT (PEER_WITHDRAW), { PHASE (ENDED), LEAVE, WHY (WITHDRAWN) } },

  { PHASE (ACTIVE), BOTH, EVENT (PEER_CANDIDATE), { PHASE (ACTIVE), DO (TAKE_CANDIDATE) } },
  { PHASE (ACTIVE), BOTH, EVENT (PEER_FLOWS), { PHASE (ACTIVE), DO (TAKE_FLOWS) } },
  { PHASE (ACTIVE), BOTH, EVENT (PEER_GIVES), { PHASE (ACTIVE) } },
  { PHASE (ACTIVE), BOTH, EVENT (PEER_CONFIRMS), { PHASE (ACTIVE) } },
  { PHASE (ACTIVE), BOTH, EVENT (MEDIA_FAILED), { PHASE (ENDED), BREAK, WHY (RESET) } },
  { PHASE (ACTIVE), BOTH, EVENT (MEDIA_BROKEN), { PHASE (ENDED), DO (SEND_CLOSED) | LEAVE, WHY (MEDIA) } },
  { PHASE (ACTIVE), BOTH, EVENT (PEER_REJECT), { PHASE (ENDED), LEAVE } }, /* the path came up for us alone */
  { PHASE (ACTIVE), BOTH, EVENT (PEER_CLOSING), { PHASE (GOODBYE_HEARD), DO (TELL_CLOSING) } },
  { PHASE (ACTIVE), BOTH, EVENT (HANG_UP), { PHASE (FLUSHING), DO (FLUSH) } },
  { PHASE (ACTIVE), VAV_ROLE_CALLEE, EVENT (PEER_WITHDRAW), { PHASE (ENDED), LEAVE, WHY (WITHDRAWN) } },
  { PHASE (ACTIVE),
    BOTH,
    EVENT (PEER_CLOSED),
    { PHASE (ENDED), LEAVE, WHY (RESET) } }, /* without a goodbye: abortive */
  { PHASE (ACTIVE), BOTH, EVENT (OUT_OF_TOUCH), { PHASE (RECONNECTING) } },
  { PHASE (ACTIVE), BOTH, EVENT (ABORT), { PHASE (ENDED), DO (SEND_CLOSED) | LEAVE, WHY (LOCAL) } },

  /* The network changes under the call: what the peer says is heard as ever, as soon as it can be said. */
  { PHASE (RECONNECTING), BOTH, EVENT (IN_TOUCH), { PHASE (ACTIVE) } },
  { PHASE (RECONNECTING), BOTH, EVENT (PEER_CANDIDATE), { PHASE (RECONNECTING), DO (TAKE_CANDIDATE) } },
  { PHASE (RECONNECTING), BOTH, EVENT (PEER_FLOWS), { PHASE (RECONNECTING), DO (TAKE_FLOWS) } },
  { PHASE (RECONNECTING), BOTH, EVENT (PEER_GIVES), { PHASE (RECONNECTING) } },
  { PHASE (RECONNECTING), BOTH, EVENT (PEER_CONFIRMS), { PHASE (RECONNECTING) } },
  { PHASE (RECONNECTING), BOTH, EVENT (MEDIA_FAILED), { PHASE (ENDED), BREAK, WHY (RESET) } },
  { PHASE (RECONNECTING), BOTH, EVENT (MEDIA_BROKEN), { PHASE (ENDED), DO (SEND_CLOSED) | LEAVE, WHY (MEDIA) } },
  { PHASE (RECONNECTING), BOTH, EVENT (PEER_CLOSING), { PHASE (GOODBYE_HEARD), DO (TELL_CLOSING) } },
  { PHASE (RECONNECTING), BOTH, EVENT (PEER_CLOSED), { PHASE (ENDED), LEAVE, WHY (RESET) } },
  { PHASE (RECONNECTING), BOTH, EVENT (HANG_UP), { PHASE (FLUSHING), DO (FLUSH) } },
  { PHASE (RECONNECTING), BOTH, EVENT (ABORT), { PHASE (ENDED), DO (SEND_CLOSED) | LEAVE, WHY (LOCAL) } },

  /* We want to leave: what we still have to give goes first. */
  { PHASE (FLUSHING), BOTH, EVENT (FLUSHED), { PHASE (GOODBYE_SAID), DO (SEND_CLOSING) } },
  { PHASE (FLUSHING), BOTH, EVENT (PEER_CANDIDATE), { PHASE (FLUSHING) } },
  { PHASE (FLUSHING), BOTH, EVENT (PEER_FLOWS), { PHASE (FLUSHING) } },
  { PHASE (FLUSHING), BOTH, EVENT (PEER_GIVES), { PHASE (FLUSHING) } },
  { PHASE (FLUSHING), BOTH, EVENT (PEER_CONFIRMS), { PHASE (FLUSHING) } },
  { PHASE (FLUSHING), BOTH, EVENT (PEER_REJECT), { PHASE (ENDED), LEAVE } },
  { PHASE (FLUSHING), BOTH, EVENT (PEER_CLOSING), { PHASE (ANSWERING), DO (TELL_CLOSING) } },
  { PHASE (FLUSHING), BOTH, EVENT (LINGER_TIMEOUT), { PHASE (ENDED), BREAK, WHY (TIMEOUT) } },
  { PHASE (FLUSHING), VAV_ROLE_CALLEE, EVENT (PEER_WITHDRAW), { PHASE (ENDED), LEAVE, WHY (WITHDRAWN) } },

  /* We have said goodbye: we send nothing more, and still hear what the peer says until it is done. */
  { PHASE (GOODBYE_SAID), BOTH, EVENT (PEER_CANDIDATE), { PHASE (GOODBYE_SAID) } },
  { PHASE (GOODBYE_SAID), BOTH, EVENT (PEER_FLOWS), { PHASE (GOODBYE_SAID) } },
  { PHASE (GOODBYE_SAID), BOTH, EVENT (PEER_GIVES), { PHASE (GOODBYE_SAID) } },
  { PHASE (GOODBYE_SAID), BOTH, EVENT (PEER_CONFIRMS), { PHASE (GOODBYE_SAID) } },
  { PHASE (GOODBYE_SAID), BOTH, EVENT (PEER_REJECT), { PHASE (ENDED), LEAVE } },
  { PHASE (GOODBYE_SAID), BOTH, EVENT (PEER_CLOSING), { PHASE (PARTED), DO (TELL_CLOSING) } },
  { PHASE (GOODBYE_SAID), BOTH, EVENT (PEER_CLOSED), { PHASE (ENDED), BREAK, WHY (RESET) } },
  { PHASE (GOODBYE_SAID), BOTH, EVENT (LINGER_TIMEOUT), { PHASE (ENDED), BREAK, WHY (TIMEOUT) } },
  { PHASE (GOODBYE_SAID), VAV_ROLE_CALLEE, EVENT (PEER_WITHDRAW), { PHASE (ENDED), LEAVE, WHY (WITHDRAWN) } },

  /* The peer has said goodbye: it hears us still, until we say ours. One that closes before that is done all the same. One whose connection breaks
   * meanwhile is not: it waited for an answer that it will never have, and that is a reset, goodbye or not. */
  { PHASE (GOODBYE_HEARD), BOTH, EVENT (HANG_UP), { PHASE (ANSWERING), DO (FLUSH) } },
  { PHASE (GOODBYE_HEARD), BOTH, EVENT (PEER_CONFIRMS), { PHASE (GOODBYE_HEARD) } },
  { PHASE (GOODBYE_HEARD), BOTH, EVENT (PEER_CLOSED), { PHASE (ENDED), LEAVE, WHY (REMOTE), TRUE } },
  { PHASE (GOODBYE_HEARD),
    BOTH,
    EVENT (LINGER_TIMEOUT),
    { PHASE (ENDED), DO (SEND_CLOSING) | DO (SEND_CLOSED) | LEAVE, WHY (REMOTE), TRUE } },

  { PHASE (ANSWERING), BOTH, EVENT (FLUSHED), { PHASE (PARTED), DO (SEND_CLOSING) } },
  { PHASE (ANSWERING), BOTH, EVENT (PEER_CONFIRMS), { PHASE (ANSWERING) } },
  { PHASE (ANSWERING), BOTH, EVENT (PEER_CLOSED), { PHASE (ENDED), LEAVE, WHY (NONE), TRUE } },
  { PHASE (ANSWERING),
    BOTH,
    EVENT (LINGER_TIMEOUT),
    { PHASE (ENDED), DO (SEND_CLOSING) | DO (SEND_CLOSED) | LEAVE, WHY (NONE), TRUE } },

  /* Both have said goodbye, and nothing can go wrong any more: this side closes when it likes. */
  { PHASE (PARTED), BOTH, EVENT (CLOSE), { PHASE (ENDED), DO (SEND_CLOSED) | LEAVE, WHY (NONE), TRUE } },
  { PHASE (PARTED), BOTH, EVENT (HANG_UP), { PHASE (ENDED), DO (SEND_CLOSED) | LEAVE, WHY (NONE), TRUE } },
  { PHASE (PARTED), BOTH, EVENT (LINGER_TIMEOUT), { PHASE (ENDED), DO (SEND_CLOSED) | LEAVE, WHY (NONE), TRUE } },
  { PHASE (PARTED), BOTH, EVENT (ABORT), { PHASE (ENDED), BREAK, WHY (NONE), TRUE } },
  { PHASE (PARTED), BOTH, EVENT (LOST), { PHASE (PARTED) } },
  { PHASE (PARTED), BOTH, EVENT (GONE), { PHASE (PARTED) } },
  { PHASE (PARTED), BOTH, EVENT (PEER_CLOSED), { PHASE (PARTED) } },
  { PHASE (PARTED), BOTH, EVENT (PEER_CONFIRMS), { PHASE (PARTED) } },
};

static gboolean
is_from_peer (VavCallEvent event)
{
  return event >= VAV_CALL_EVENT_PEER_REQUEST && event <= VAV_CALL_EVENT_PEER_CLOSED;
}

/* The phases in which the call had been answered with yes: breaking off from there is an end, before it a failure. */
static VavCallPhase
broken_phase (VavCallPhase phase)
{
  return phase > VAV_CALL_PHASE_CONNECTING ? VAV_CALL_PHASE_ENDED : VAV_CALL_PHASE_FAILED;
}

/* What no rule names: after the end nothing matters; losing the connection or the patience ends any call, and so does a peer that does not come back;
 * what the peer must not say now is nonsense; a local event that came too late (a timer, a second click) changes nothing. Nor does being out of touch,
 * but for a call that is up: it goes on ringing, connecting or closing within the limits of that, and what is said meanwhile is sent afterwards. */
static VavCallStep
the_rest (VavCallPhase phase, VavCallEvent event)
{
  VavCallStep stay = { phase, VAV_CALL_ACTION_NONE, VAV_REASON_NONE, FALSE };

  if (phase == VAV_CALL_PHASE_IDLE || vav_call_phase_is_over (phase))
    return stay;
  if (event == VAV_CALL_EVENT_ABORT)
    return (VavCallStep){ VAV_CALL_PHASE_ENDED, BREAK, VAV_REASON_LOCAL, FALSE };
  if (event == VAV_CALL_EVENT_LOST)
    return (VavCallStep){ broken_phase (phase), BREAK, VAV_REASON_NONE, FALSE };
  if (event == VAV_CALL_EVENT_GONE && vav_call_phase_outlives_connection (phase))
    return (VavCallStep){ broken_phase (phase), BREAK, VAV_REASON_RESET, FALSE };
  if (event == VAV_CALL_EVENT_NONSENSE || is_from_peer (event))
    return (VavCallStep){ broken_phase (phase), BREAK, VAV_REASON_PROTOCOL, FALSE };

  return stay;
}

/**
 * vav_call_machine_step:
 * @phase: where the call stands
 * @role: which side this is
 * @event: what happened
 *
 * The call's life as a pure function: no I/O, no state of its own.
 *
 * Returns: what follows
 */
VavCallStep
vav_call_machine_step (VavCallPhase phase, VavRole role, VavCallEvent event)
{
  for (guint i = 0; i < G_N_ELEMENTS (rules); i++)
    if (rules[i].from == phase && rules[i].event == event && (rules[i].role == BOTH || rules[i].role == (int)role))
      return rules[i].step;

  return the_rest (phase, event);
}

VavState
vav_call_phase_to_state (VavCallPhase phase)
{
  static const VavState states[VAV_N_CALL_PHASES] = {
    [VAV_CALL_PHASE_IDLE] = VAV_STATE_IDLE,
    [VAV_CALL_PHASE_RESOLVING] = VAV_STATE_RESOLVING,
    [VAV_CALL_PHASE_DIALLING] = VAV_STATE_DIALLING,
    [VAV_CALL_PHASE_REQUESTED] = VAV_STATE_DIALLING,
    [VAV_CALL_PHASE_RINGING] = VAV_STATE_RINGING,
    [VAV_CALL_PHASE_INCOMING] = VAV_STATE_INCOMING,
    [VAV_CALL_PHASE_ALERTING] = VAV_STATE_INCOMING,
    [VAV_CALL_PHASE_CONNECTING] = VAV_STATE_CONNECTING,
    [VAV_CALL_PHASE_RECONNECTING] = VAV_STATE_RECONNECTING,
    [VAV_CALL_PHASE_ACTIVE] = VAV_STATE_ACTIVE,
    [VAV_CALL_PHASE_FLUSHING] = VAV_STATE_CLOSING,
    [VAV_CALL_PHASE_GOODBYE_SAID] = VAV_STATE_CLOSING,
    [VAV_CALL_PHASE_GOODBYE_HEARD] = VAV_STATE_CLOSING,
    [VAV_CALL_PHASE_ANSWERING] = VAV_STATE_CLOSING,
    [VAV_CALL_PHASE_PARTED] = VAV_STATE_CLOSING,
    [VAV_CALL_PHASE_ENDED] = VAV_STATE_ENDED,
    [VAV_CALL_PHASE_FAILED] = VAV_STATE_FAILED,
  };

  return states[phase];
}

/* Whether there is something between the two that another connection can go on with. */
gboolean
vav_call_phase_outlives_connection (VavCallPhase phase)
{
  return phase >= VAV_CALL_PHASE_REQUESTED && !vav_call_phase_is_over (phase);
}

gboolean
vav_call_phase_is_over (VavCallPhase phase)
{
  return phase == VAV_CALL_PHASE_ENDED || phase == VAV_CALL_PHASE_FAILED;
}

/* For debug output and test messages. */
const char *
vav_call_event_to_string (VavCallEvent event)
{
  static const char *const names[VAV_N_CALL_EVENTS] = {
    "dial",         "ring",           "accept",         "reject",        "hang-up",         "abort",
    "resolved",     "connected",      "dial-failed",    "lost",          "nonsense",        "peer-request",
    "peer-ringing", "peer-accept",    "peer-reject",    "peer-withdraw", "peer-candidate",  "peer-flows",
    "peer-gives",   "peer-confirms",  "peer-closing",   "peer-closed",   "media-connected", "media-failed",
    "ring-timeout", "set-up-timeout", "linger-timeout", "take-back",     "flushed",         "close",
    "out-of-touch", "in-touch",       "gone",           "media-broken",
  };

  return names[event];
}

const char *
vav_call_phase_to_string (VavCallPhase phase)
{
  static const char *const names[VAV_N_CALL_PHASES] = {
    "idle",          "resolving",  "dialling",     "requested", "ringing",  "incoming",
    "alerting",      "connecting", "reconnecting", "active",    "flushing", "goodbye-said",
    "goodbye-heard", "answering",  "parted",       "ended",     "failed",
  };

  return names[phase];
}
