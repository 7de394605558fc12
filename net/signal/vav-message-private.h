/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "net/signal/vav-message.h"

G_BEGIN_DECLS

/* As vav_message_parse(), for the channel: of a message of unknown type (VAV_ERROR_NOT_SUPPORTED), `unknown` is that type, cut to 64 bytes, and `seq` its
 * sequence number. */
VavMessage *vav_message_parse_full (GBytes *body, char **unknown, guint64 *seq, GError **error);

G_END_DECLS
