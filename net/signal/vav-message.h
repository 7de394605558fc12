/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "net/core/vav-error.h"

G_BEGIN_DECLS

/* The types of messages; the order is that of the schema table in vav-message.c. */
typedef enum
{
  VAV_MESSAGE_HELLO,
  VAV_MESSAGE_REQUEST,
  VAV_MESSAGE_RINGING,
  VAV_MESSAGE_ACCEPT,
  VAV_MESSAGE_REJECT,
  VAV_MESSAGE_WITHDRAW,
  VAV_MESSAGE_CANDIDATE,
  VAV_MESSAGE_FLOWS,
  VAV_MESSAGE_CLOSING,
  VAV_MESSAGE_CLOSED,
  VAV_MESSAGE_TEXT,
  VAV_MESSAGE_ACK,
  VAV_MESSAGE_FILE_OFFER,
  VAV_MESSAGE_FILE_ACCEPT,
  VAV_MESSAGE_FILE_REFUSE,
  VAV_MESSAGE_FILE_CANCEL,
  VAV_MESSAGE_FILE_DONE,
  VAV_MESSAGE_FILE_WAY,
  VAV_MESSAGE_ATTACH,
  VAV_MESSAGE_ATTACHED,
  VAV_MESSAGE_RESUME,
  VAV_MESSAGE_DESCRIPTION,
  VAV_MESSAGE_PING,
  VAV_MESSAGE_PONG,
  VAV_MESSAGE_UNSUPPORTED,
} VavMessageType;

#define VAV_N_MESSAGE_TYPES (VAV_MESSAGE_UNSUPPORTED + 1)

/**
 * VavMessage:
 *
 * One signalling message: a type, the 128-bit id of the call (32 lower-case hex digits; none in hello), a rising
 * sequence number, and its fields. What vav_message_parse() returns has been held to the schema: every field that
 * the accessors return is of the right kind and within its cap, required fields are there, unknown fields are gone.
 * Reference counted (not thread safe).
 *
 * | type | fields |
 * |---|---|
 * | hello | version (uint, required), name (string ≤ 128), features (list of strings), agent (string ≤ 128) |
 * | request | name (string ≤ 128), data, description (SDP ≤ 64 KiB, required), flows (what the caller will send), port (its own listener) |
 * | ringing | description (SDP) |
 * | accept | description (SDP), data, flows (list of "audio", "video": what the callee will send) |
 * | reject | reason (string, required: declined, refused, busy, unreachable, no-answer, media), data |
 * | withdraw | |
 * | candidate | mline (uint ≤ 15, required), candidate (string ≤ 1024, required) |
 * | flows | send (list), receive (list): what the sender of this message sends, and wants to get; held (0 or 1): it has the call on hold;
 *   screen (0 or 1): the picture it sends is a screen; limit (uint ≤ 10⁹): it wants at most so many bit/s of sound and picture together; 0, or not there: it does
 *   not mind; slow (0, 1 or 2, as VavSlow): what the path makes of the picture it sends |
 * | closing | data |
 * | closed | |
 * | text | id (uint, required: 1, 2, 3…), text (string ≤ 16 KiB, required) |
 * | ack | id (uint): the text of that number was given to the other program; or last_seq (uint): all messages up to that one came, and need not be kept |
 * | file-offer | file (uint, required: 1, 2, 3… in each direction), name (string ≤ 255, required), size (uint, required) |
 * | file-accept | file (uint, required), offset (uint, required): what is there of it, digest (string ≤ 64): the SHA-256 of that, in hex |
 * | file-refuse | file (uint, required) |
 * | file-cancel | file (uint, required), by (string, required: sender, receiver), reason (string, required: see vav-schema.c) |
 * | file-done | file (uint, required): it arrived whole |
 * | file-way | there is no second connection for files: they go through the media's path |
 * | attach | the first message of a second connection for the files of a call |
 * | attached | the answer; after it that connection carries pieces (see VavTlsPipe) |
 * | resume | last_seq (uint, required): the first message of another connection for the same call, and its answer. Up to there the sender has heard; what comes
 *   after that is sent again, with the numbers that it had |
 * | description | generation (uint, required: 1, 2, 3…), ufrag, password (strings ≤ 256, required): ICE begins again with these; candidates after it are of that
 *   generation |
 * | ping, pong | token (string ≤ 64) |
 * | unsupported | what (string ≤ 64): the polite answer to an unknown type |
 */
typedef struct _VavMessage VavMessage;

VavMessage *vav_message_new (VavMessageType type);
VavMessage *vav_message_ref (VavMessage *self);
void vav_message_unref (VavMessage *self);

VavMessageType vav_message_get_kind (VavMessage *self);
const char *vav_message_kind_to_string (VavMessageType type);
const char *vav_message_get_call (VavMessage *self); /* (nullable) */
void vav_message_set_call (VavMessage *self, const char *call);
guint64 vav_message_get_seq (VavMessage *self);
void vav_message_set_seq (VavMessage *self, guint64 seq);

/* Getters give what the message owns: NULL, or the fallback, if the field is not there. Setters take NULL for "not
 * there". set_string() is FALSE, and changes nothing, if the text may not stand in the field (too long, not UTF-8, none
 * of the choices); names are made harmless and cut to fit instead. */
const char *vav_message_get_string (VavMessage *self, const char *field);
gboolean vav_message_set_string (VavMessage *self, const char *field, const char *value);
gint64 vav_message_get_uint (VavMessage *self, const char *field, gint64 fallback);
void vav_message_set_uint (VavMessage *self, const char *field, guint64 value);
GBytes *vav_message_get_data (VavMessage *self); /* (transfer none) (nullable) */
void vav_message_set_data (VavMessage *self, GBytes *data);
char **vav_message_dup_strings (VavMessage *self, const char *field); /* never NULL; empty if not there */
gboolean vav_message_has (VavMessage *self, const char *field);
void vav_message_set_strings (VavMessage *self, const char *field, const char *const *values);

/* The body of a frame, without the length. serialize() holds the message to the same schema: VAV_ERROR_TOO_LARGE above a cap,
 * VAV_ERROR_FAILED if something required is not there. parse() doubts everything: size, UTF-8, depth, then JSON, then the schema.
 * An unknown type is VAV_ERROR_NOT_SUPPORTED (the peer may be newer), everything else VAV_ERROR_PROTOCOL. */
GBytes *vav_message_serialize (VavMessage *self, GError **error);
VavMessage *vav_message_parse (GBytes *body, GError **error);

char *vav_message_make_call_id (void);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VavMessage, vav_message_unref)

G_END_DECLS
