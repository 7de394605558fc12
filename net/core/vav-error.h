/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "net/core/vav-types.h"

G_BEGIN_DECLS

#define VAV_ERROR (vav_error_quark ())

/**
 * VavError:
 * @VAV_ERROR_FAILED: anything that has no code of its own
 * @VAV_ERROR_INVALID_ADDRESS: the address cannot be read
 * @VAV_ERROR_RESOLVE: the name does not resolve
 * @VAV_ERROR_UNREACHABLE: nobody listens there, or no route
 * @VAV_ERROR_TIMEOUT: the other side did not answer in time
 * @VAV_ERROR_TLS: the other side does not speak TLS as we need it (version, certificate, ALPN)
 * @VAV_ERROR_UNTRUSTED: another identity answered than the one that was dialled
 * @VAV_ERROR_PROTOCOL: the other side said something it must not say
 * @VAV_ERROR_TOO_LARGE: a frame, text, name or data above its cap
 * @VAV_ERROR_NOT_SUPPORTED: the peer or the carrier cannot do that
 * @VAV_ERROR_BUSY: the stream is already in a call
 * @VAV_ERROR_DECLINED: the other person said no
 * @VAV_ERROR_REFUSED: the other program's condition said no
 * @VAV_ERROR_PEER_BUSY: the other person is in a call
 * @VAV_ERROR_NO_ANSWER: it rang, and nobody answered in time
 * @VAV_ERROR_WITHDRAWN: the caller gave up before the answer
 * @VAV_ERROR_RESET: the connection broke without a goodbye
 * @VAV_ERROR_CLOSED: the call or connection is over
 * @VAV_ERROR_MEDIA: no media path could be made
 * @VAV_ERROR_FINGERPRINT: the media path's key is not the announced one
 * @VAV_ERROR_PORT_TAKEN: another program listens on that port
 * @VAV_ERROR_PROFILE: the profile (key, people) cannot be read or written
 * @VAV_ERROR_NO_SUCH_CALL: there is no call of that number (any more)
 * @VAV_ERROR_FILE: a file to be sent or received cannot be read or written
 * @VAV_ERROR_DISK_FULL: there is no room for a file
 * @VAV_ERROR_DAMAGED: the file that arrived is not the one that was sent
 * @VAV_ERROR_DEVICE: a camera, microphone, speaker or media file cannot be used
 * @VAV_ERROR_BROKEN: a part for picture or sound failed on this computer while it was in use
 *
 * The errors of the library. The message of a #GError in this domain is a whole sentence, translated,
 * that a person understands and can act on.
 */
typedef enum
{
  VAV_ERROR_FAILED,
  VAV_ERROR_INVALID_ADDRESS,
  VAV_ERROR_RESOLVE,
  VAV_ERROR_UNREACHABLE,
  VAV_ERROR_TIMEOUT,
  VAV_ERROR_TLS,
  VAV_ERROR_UNTRUSTED,
  VAV_ERROR_PROTOCOL,
  VAV_ERROR_TOO_LARGE,
  VAV_ERROR_NOT_SUPPORTED,
  VAV_ERROR_BUSY,
  VAV_ERROR_DECLINED,
  VAV_ERROR_REFUSED,
  VAV_ERROR_PEER_BUSY,
  VAV_ERROR_NO_ANSWER,
  VAV_ERROR_WITHDRAWN,
  VAV_ERROR_RESET,
  VAV_ERROR_CLOSED,
  VAV_ERROR_MEDIA,
  VAV_ERROR_FINGERPRINT,
  VAV_ERROR_PORT_TAKEN,
  VAV_ERROR_PROFILE,
  VAV_ERROR_NO_SUCH_CALL,
  VAV_ERROR_FILE,
  VAV_ERROR_DISK_FULL,
  VAV_ERROR_DAMAGED,
  VAV_ERROR_DEVICE,
  VAV_ERROR_BROKEN,
} VavError;

#define VAV_N_ERRORS (VAV_ERROR_BROKEN + 1)

GQuark vav_error_quark (void);

const char *vav_error_describe (VavError code);
const char *vav_reason_describe (VavReason reason);
const char *vav_state_describe (VavState state);

const char *vav_state_to_nick (VavState state);
const char *vav_reason_to_nick (VavReason reason);
const char *vav_trust_to_nick (VavTrust trust);
char *vav_flows_to_string (VavFlows flows);
gboolean vav_flows_from_string (const char *text, VavFlows *flows, GError **error);

GError *vav_error_new_untrusted (const char *id, const char *sentence);
const char *vav_error_get_other_id (const GError *error); /* (nullable): UNTRUSTED: who answered */

VavReason vav_reason_from_error (const GError *error);
GError *vav_error_from_reason (VavReason reason);

G_END_DECLS
