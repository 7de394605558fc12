/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* One call as plain webrtcbin makes it, with nothing of ours: two of them, test picture and tone, VP8 and Opus both ways in one bundle; offer, answer, ICE,
 * DTLS, the first frames and sounds on both sides, closed. FALSE: none came within 20 s. */
gboolean bare_call (void);

G_END_DECLS
