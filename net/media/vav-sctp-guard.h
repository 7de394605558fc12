/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Looks at a packet of SCTP (RFC 9260) before usrsctp and sctpdec do. The latter makes a thread for each stream that the peer thinks of, and ends the
 * process if a message comes for one that it does not know while the association is being taken down, which a peer can bring about. A plain transfer on
 * stream 0 needs none of that: no other stream, no skipping of messages, no resetting of streams, no orderly end (either side just aborts). Pure.
 *
 * Returns: whether the packet is whole and made of such things alone */
gboolean vav_sctp_guard_check (const guint8 *packet, gsize size);

G_END_DECLS
