/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/sdp/sdp.h>

G_BEGIN_DECLS

/* What descriptions say of parity: ULPFEC (RFC 5109, 14.1) from a source of its own (RFC 5956, 4.1). webrtcbin is not shown it: it would begin to make
 * some itself. */

/* Into the picture's part. payload: not used there; picture, parity: sources */
void vav_sdp_parity_add (GstSDPMessage *message, guint payload, guint32 picture, guint32 parity);
/* Takes it out of what a peer says. picture: its payload type, which is not that of parity. Returns: that of parity; 0: there is none, or of another kind,
 * which stays */
guint vav_sdp_parity_take (GstSDPMedia *media, guint picture);

G_END_DECLS
