/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "net/core/vav-types.h"

G_BEGIN_DECLS

/**
 * VavCallPhase:
 *
 * Where a call stands, finer than the #VavState that is told outside (vav_call_phase_to_state()):
 * who said goodbye and whether the request has left matter to the machine, not to the person.
 */
typedef enum
{
  VAV_CALL_PHASE_IDLE,
  VAV_CALL_PHASE_RESOLVING, /* caller: looking the name up */
  VAV_CALL_PHASE_DIALLING,  /* caller: connecting, no hello yet */
  VAV_CALL_PHASE_REQUESTED, /* caller: connected, our request is out or waits for the offer */
  VAV_CALL_PHASE_RINGING,   /* caller: the peer rings */
  VAV_CALL_PHASE_INCOMING,  /* callee: requested, not ringing */
  VAV_CALL_PHASE_ALERTING,  /* callee: requested, ringing */
  VAV_CALL_PHASE_CONNECTING,
  VAV_CALL_PHASE_RECONNECTING, /* it was up: the signalling connection is lost, or the media path is, and is being made again */
  VAV_CALL_PHASE_ACTIVE,
  VAV_CALL_PHASE_FLUSHING, /* this side wants to say goodbye: what it still has to give goes out first */
  VAV_CALL_PHASE_GOODBYE_SAID,
  VAV_CALL_PHASE_GOODBYE_HEARD,
  VAV_CALL_PHASE_ANSWERING, /* the same as FLUSHING, after the peer's goodbye */
  VAV_CALL_PHASE_PARTED,    /* both said goodbye; this side has not closed yet */
  VAV_CALL_PHASE_ENDED,
  VAV_CALL_PHASE_FAILED,
} VavCallPhase;

#define VAV_N_CALL_PHASES (VAV_CALL_PHASE_FAILED + 1)

typedef enum
{
  /* this side's person or program */
  VAV_CALL_EVENT_DIAL,
  VAV_CALL_EVENT_RING,
  VAV_CALL_EVENT_ACCEPT,
  VAV_CALL_EVENT_REJECT, /* its reason is the decider's */
  VAV_CALL_EVENT_HANG_UP,
  VAV_CALL_EVENT_ABORT,
  /* the carrier */
  VAV_CALL_EVENT_RESOLVED,
  VAV_CALL_EVENT_CONNECTED,
  VAV_CALL_EVENT_DIAL_FAILED, /* its reason is the carrier's */
  VAV_CALL_EVENT_LOST,
  VAV_CALL_EVENT_NONSENSE,
  /* the peer's messages */
  VAV_CALL_EVENT_PEER_REQUEST,
  VAV_CALL_EVENT_PEER_RINGING,
  VAV_CALL_EVENT_PEER_ACCEPT,
  VAV_CALL_EVENT_PEER_REJECT, /* its reason is the peer's */
  VAV_CALL_EVENT_PEER_WITHDRAW,
  VAV_CALL_EVENT_PEER_CANDIDATE,
  VAV_CALL_EVENT_PEER_FLOWS,
  VAV_CALL_EVENT_PEER_GIVES,    /* a text, a file: something new */
  VAV_CALL_EVENT_PEER_CONFIRMS, /* an answer to what this side gave */
  VAV_CALL_EVENT_PEER_CLOSING,
  VAV_CALL_EVENT_PEER_CLOSED,
  /* media */
  VAV_CALL_EVENT_MEDIA_CONNECTED,
  VAV_CALL_EVENT_MEDIA_FAILED,
  /* clocks */
  VAV_CALL_EVENT_RING_TIMEOUT,
  VAV_CALL_EVENT_SET_UP_TIMEOUT,
  VAV_CALL_EVENT_LINGER_TIMEOUT,
  /* this side again: its yes is taken back before the caller heard of it */
  VAV_CALL_EVENT_TAKE_BACK,
  /* and what it does after the goodbyes */
  VAV_CALL_EVENT_FLUSHED, /* all that it had to give has gone out, or is cut */
  VAV_CALL_EVENT_CLOSE,
  /* a changing network */
  VAV_CALL_EVENT_OUT_OF_TOUCH, /* signalling or media are lost, and may come back */
  VAV_CALL_EVENT_IN_TOUCH,     /* both are there */
  VAV_CALL_EVENT_GONE,         /* they do not come back: nobody there knows the call, or it has been too long */
  /* and media of a call that is up: on this computer, not on the way */
  VAV_CALL_EVENT_MEDIA_BROKEN,
} VavCallEvent;

#define VAV_N_CALL_EVENTS (VAV_CALL_EVENT_MEDIA_BROKEN + 1)

/* What the call must do on a transition, in the order of the bits. */
typedef enum
{
  VAV_CALL_ACTION_NONE = 0,
  VAV_CALL_ACTION_DIAL = 1 << 0,         /* start the carrier */
  VAV_CALL_ACTION_OFFER_MEDIA = 1 << 1,  /* make a session and its offer */
  VAV_CALL_ACTION_SEND_REQUEST = 1 << 2, /* as soon as the offer is there */
  VAV_CALL_ACTION_ANNOUNCE = 1 << 3,     /* raise connection-requested */
  VAV_CALL_ACTION_SEND_RINGING = 1 << 4, /* for accepted people with the answer */
  VAV_CALL_ACTION_TELL_RINGING = 1 << 5,
  VAV_CALL_ACTION_OPEN_MEDIA = 1 << 6,  /* sources on, gates open (once the fingerprint matches) */
  VAV_CALL_ACTION_SEND_ACCEPT = 1 << 7, /* as soon as the answer is there */
  VAV_CALL_ACTION_SEND_REJECT = 1 << 8,
  VAV_CALL_ACTION_SEND_WITHDRAW = 1 << 9,
  VAV_CALL_ACTION_TAKE_CANDIDATE = 1 << 10,
  VAV_CALL_ACTION_TAKE_FLOWS = 1 << 11,
  VAV_CALL_ACTION_TELL_CLOSING = 1 << 12, /* the peer said goodbye */
  VAV_CALL_ACTION_FLUSH = 1 << 13,        /* then FLUSHED */
  VAV_CALL_ACTION_SEND_CLOSING = 1 << 14, /* our goodbye */
  VAV_CALL_ACTION_SEND_CLOSED = 1 << 15,
  VAV_CALL_ACTION_STOP_MEDIA = 1 << 16,
  VAV_CALL_ACTION_CLOSE_CHANNEL = 1 << 17, /* in order: flush, close_notify */
  VAV_CALL_ACTION_ABORT_CHANNEL = 1 << 18, /* reset; also gives up a dial */
} VavCallAction;

/**
 * VavCallStep:
 * @phase: the next phase
 * @actions: a set of #VavCallAction
 * @reason: why the call is over, for %VAV_CALL_PHASE_ENDED and %VAV_CALL_PHASE_FAILED; %VAV_REASON_NONE there means
 *   that the event brings its own, or, of a graceful end, that it is the side that said goodbye first
 * @graceful: whether the end is graceful: the peer said goodbye and nothing broke
 */
typedef struct
{
  VavCallPhase phase;
  VavCallAction actions;
  VavReason reason;
  gboolean graceful;
} VavCallStep;

VavCallStep vav_call_machine_step (VavCallPhase phase, VavRole role, VavCallEvent event);
VavState vav_call_phase_to_state (VavCallPhase phase);
gboolean vav_call_phase_outlives_connection (VavCallPhase phase);
gboolean vav_call_phase_is_over (VavCallPhase phase);
const char *vav_call_event_to_string (VavCallEvent event);
const char *vav_call_phase_to_string (VavCallPhase phase);

G_END_DECLS
