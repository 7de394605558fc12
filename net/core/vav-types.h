/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/**
 * VavState:
 * @VAV_STATE_IDLE: no connection, and none asked for
 * @VAV_STATE_RESOLVING: the address is being looked up
 * @VAV_STATE_DIALLING: the signalling connection is being made
 * @VAV_STATE_RINGING: the other side said that it rings
 * @VAV_STATE_INCOMING: a request came in and waits for a decision
 * @VAV_STATE_CONNECTING: accepted; the media path is being made
 * @VAV_STATE_ACTIVE: connected: path up, fingerprint matched
 * @VAV_STATE_RECONNECTING: the path was lost and is being made again
 * @VAV_STATE_CLOSING: one side said goodbye, the other has not yet
 * @VAV_STATE_ENDED: over: it had been connected, or somebody here gave it up or said no, or the caller gave up
 * @VAV_STATE_FAILED: over, without ever having been connected, against this side's will; #VavStream:last-error tells why
 *
 * The phase of a call. Why a call is over is not a phase: see #VavReason.
 */
typedef enum
{
  VAV_STATE_IDLE,
  VAV_STATE_RESOLVING,
  VAV_STATE_DIALLING,
  VAV_STATE_RINGING,
  VAV_STATE_INCOMING,
  VAV_STATE_CONNECTING,
  VAV_STATE_ACTIVE,
  VAV_STATE_RECONNECTING,
  VAV_STATE_CLOSING,
  VAV_STATE_ENDED,
  VAV_STATE_FAILED,
} VavState;

#define VAV_N_STATES (VAV_STATE_FAILED + 1)

/**
 * VavReason:
 * @VAV_REASON_NONE: not over
 * @VAV_REASON_LOCAL: this side hung up
 * @VAV_REASON_REMOTE: the other side hung up
 * @VAV_REASON_DECLINED: a person said no
 * @VAV_REASON_BUSY: the other side is in a call and takes no second one
 * @VAV_REASON_NO_ANSWER: it rang, and nobody answered in time
 * @VAV_REASON_WITHDRAWN: the caller gave up before the answer
 * @VAV_REASON_REFUSED: a program's condition said no
 * @VAV_REASON_UNREACHABLE: nobody listens there, or detection is off
 * @VAV_REASON_UNTRUSTED: another identity answered than the one that was dialled
 * @VAV_REASON_RESET: the connection broke without a goodbye
 * @VAV_REASON_TIMEOUT: the other side fell silent
 * @VAV_REASON_MEDIA: no media path, or its key was not the announced one
 * @VAV_REASON_PROTOCOL: the other side said something it must not say
 *
 * Why a call is over.
 */
typedef enum
{
  VAV_REASON_NONE,
  VAV_REASON_LOCAL,
  VAV_REASON_REMOTE,
  VAV_REASON_DECLINED,
  VAV_REASON_BUSY,
  VAV_REASON_NO_ANSWER,
  VAV_REASON_WITHDRAWN,
  VAV_REASON_REFUSED,
  VAV_REASON_UNREACHABLE,
  VAV_REASON_UNTRUSTED,
  VAV_REASON_RESET,
  VAV_REASON_TIMEOUT,
  VAV_REASON_MEDIA,
  VAV_REASON_PROTOCOL,
} VavReason;

#define VAV_N_REASONS (VAV_REASON_PROTOCOL + 1)

/**
 * VavFlows:
 * @VAV_FLOW_NONE: nothing
 * @VAV_FLOW_AUDIO_IN: the other side's sound
 * @VAV_FLOW_AUDIO_OUT: our sound
 * @VAV_FLOW_VIDEO_IN: the other side's picture
 * @VAV_FLOW_VIDEO_OUT: our picture
 * @VAV_FLOW_IN: the other side's sound and picture
 * @VAV_FLOW_OUT: our sound and picture
 * @VAV_FLOW_ALL: all four
 *
 * The four flows of a call, as a set.
 */
typedef enum
{
  VAV_FLOW_NONE = 0,
  VAV_FLOW_AUDIO_IN = 1 << 0,
  VAV_FLOW_AUDIO_OUT = 1 << 1,
  VAV_FLOW_VIDEO_IN = 1 << 2,
  VAV_FLOW_VIDEO_OUT = 1 << 3,
  VAV_FLOW_IN = VAV_FLOW_AUDIO_IN | VAV_FLOW_VIDEO_IN,
  VAV_FLOW_OUT = VAV_FLOW_AUDIO_OUT | VAV_FLOW_VIDEO_OUT,
  VAV_FLOW_ALL = VAV_FLOW_IN | VAV_FLOW_OUT,
} VavFlows;

/**
 * VavPictureQuality:
 * @VAV_PICTURE_QUALITY_AUTO: what the path carries
 * @VAV_PICTURE_QUALITY_LOW: 360 lines, 15 pictures and 300 kbit a second at most
 * @VAV_PICTURE_QUALITY_MEDIUM: 480 lines, 30 pictures and 800 kbit a second at most
 * @VAV_PICTURE_QUALITY_HIGH: 720 lines, 30 pictures and 1.5 Mbit a second at most
 *
 * How good our picture may be.
 */
typedef enum
{
  VAV_PICTURE_QUALITY_AUTO,
  VAV_PICTURE_QUALITY_LOW,
  VAV_PICTURE_QUALITY_MEDIUM,
  VAV_PICTURE_QUALITY_HIGH,
} VavPictureQuality;

#define VAV_N_PICTURE_QUALITIES (VAV_PICTURE_QUALITY_HIGH + 1)

/**
 * VavLimit:
 * @VAV_LIMIT_QUALITY: the quality that this side has chosen, or the best there is
 * @VAV_LIMIT_OWN: this side's #VavEndpoint:rate-limit
 * @VAV_LIMIT_PEER: the other side wants no more
 * @VAV_LIMIT_PATH: the path carries no more
 *
 * What keeps our picture from taking more bits.
 */
typedef enum
{
  VAV_LIMIT_QUALITY,
  VAV_LIMIT_OWN,
  VAV_LIMIT_PEER,
  VAV_LIMIT_PATH,
} VavLimit;

#define VAV_N_LIMITS (VAV_LIMIT_PATH + 1)

/**
 * VavSlow:
 * @VAV_SLOW_NO: the path carries the picture as it is meant to be
 * @VAV_SLOW_REDUCED: it carries a smaller, slower or coarser one only
 * @VAV_SLOW_PAUSED: it carries none: sound goes on
 *
 * What a slow path makes of a picture.
 */
typedef enum
{
  VAV_SLOW_NO,
  VAV_SLOW_REDUCED,
  VAV_SLOW_PAUSED,
} VavSlow;

#define VAV_N_SLOW (VAV_SLOW_PAUSED + 1)

/**
 * VavTrust:
 * @VAV_TRUST_UNKNOWN: this key was never talked to
 * @VAV_TRUST_ACCEPTED: the key was remembered when the two first talked
 * @VAV_TRUST_VERIFIED: the two compared a code
 *
 * How far a key is trusted to be the person it says.
 */
typedef enum
{
  VAV_TRUST_UNKNOWN,
  VAV_TRUST_ACCEPTED,
  VAV_TRUST_VERIFIED,
} VavTrust;

/**
 * VavDecision:
 * @VAV_DECISION_ASK: a person decides: it rings
 * @VAV_DECISION_ACCEPT: yes, with all flows
 * @VAV_DECISION_REJECT: no; the caller is told "refused"
 * @VAV_DECISION_DEFER: later; it does not ring meanwhile
 *
 * What a program's condition says to a request.
 */
typedef enum
{
  VAV_DECISION_ASK,
  VAV_DECISION_ACCEPT,
  VAV_DECISION_REJECT,
  VAV_DECISION_DEFER,
} VavDecision;

/**
 * VavRole:
 * @VAV_ROLE_CALLER: this side dialled
 * @VAV_ROLE_CALLEE: the other side dialled
 */
typedef enum
{
  VAV_ROLE_CALLER,
  VAV_ROLE_CALLEE,
} VavRole;

#define VAV_N_ROLES (VAV_ROLE_CALLEE + 1)

/**
 * VavFileState:
 * @VAV_FILE_STATE_OFFERED: waits for the receiver's decision
 * @VAV_FILE_STATE_ACCEPTED: the receiver wants it; it is being made ready, or waits for its turn
 * @VAV_FILE_STATE_RUNNING: on its way
 * @VAV_FILE_STATE_DONE: arrived whole, and was compared with what was sent
 * @VAV_FILE_STATE_REFUSED: the receiver does not want it
 * @VAV_FILE_STATE_CANCELLED: one of the two gave it up
 * @VAV_FILE_STATE_FAILED: it could not be read, written or carried; #VavFile:error tells why
 * @VAV_FILE_STATE_INTERRUPTED: the call ended before it was whole. Offered again in another call, it goes on where it stopped
 *
 * Where a file stands that one of the two people of a call offers to the other. The last five are ends.
 */
typedef enum
{
  VAV_FILE_STATE_OFFERED,
  VAV_FILE_STATE_ACCEPTED,
  VAV_FILE_STATE_RUNNING,
  VAV_FILE_STATE_DONE,
  VAV_FILE_STATE_REFUSED,
  VAV_FILE_STATE_CANCELLED,
  VAV_FILE_STATE_FAILED,
  VAV_FILE_STATE_INTERRUPTED,
} VavFileState;

/**
 * VavHistoryKind:
 * @VAV_HISTORY_CALL: a call, also one that came to nothing
 * @VAV_HISTORY_TEXT: a text that was written in a call
 * @VAV_HISTORY_FILE: a file that was offered in a call
 *
 * What an entry of the history tells of.
 */
typedef enum
{
  VAV_HISTORY_CALL,
  VAV_HISTORY_TEXT,
  VAV_HISTORY_FILE,
} VavHistoryKind;

/**
 * VavImportOutcome:
 * @VAV_IMPORT_ADDED: somebody new
 * @VAV_IMPORT_CHANGED: they were known, and have more addresses now
 * @VAV_IMPORT_KNOWN: they were known, and nothing is new
 * @VAV_IMPORT_SELF: this user themselves
 * @VAV_IMPORT_NO_ADDRESS: somebody who is not called by Visavis
 * @VAV_IMPORT_FAULT: it cannot be read or taken; #VavImported:fault tells why
 *
 * What came of one card of a file. From VAV_IMPORT_SELF on, nothing came of it.
 */
typedef enum
{
  VAV_IMPORT_ADDED,
  VAV_IMPORT_CHANGED,
  VAV_IMPORT_KNOWN,
  VAV_IMPORT_SELF,
  VAV_IMPORT_NO_ADDRESS,
  VAV_IMPORT_FAULT,
} VavImportOutcome;

#define VAV_N_IMPORT_OUTCOMES (VAV_IMPORT_FAULT + 1)

/* Caps on what a user of the library or a peer may say, in bytes. */
#define VAV_MAX_NAME 128
#define VAV_MAX_DATA (64 * 1024)
#define VAV_MAX_TEXT (16 * 1024)

/* No rate is higher, in bit/s. */
#define VAV_MAX_RATE 1000000000

#define VAV_DEFAULT_PORT 7667

G_END_DECLS
