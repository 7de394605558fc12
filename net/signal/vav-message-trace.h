/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "net/signal/vav-message.h"

G_BEGIN_DECLS

/* For whoever looks for a mistake: messages as lines that may be shown to anybody. Of names, texts, data, descriptions, candidates and passwords only the size
 * is told. Private to signal. */

/* (transfer full): `accept 3 of 5f0c2a91 description=(4711 bytes) flows=audio,video` */
char *vav_message_to_trace (VavMessage *self);
/* way: "→" sent, "←" read. Written as a debug message of the domain visavis-signal, and not even made unless somebody wants those. */
void vav_message_trace (VavMessage *self, const char *way);

G_END_DECLS
