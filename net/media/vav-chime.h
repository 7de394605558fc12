/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "net/core/vav-hop.h"
#include "net/media/vav-playback.h"

G_BEGIN_DECLS

/* A short sound by which a person hears whether the speaker works: three rising notes, played once on a thread of its own. */
typedef struct _VavChime VavChime;

/* ended: posted once: data: GINT_TO_POINTER (TRUE) if a speaker took it all. Main thread. */
VavChime *vav_chime_new (VavPlayback *playback, VavHop *hop, VavHopFunc ended);
/* Nothing is played any more soon after; the thread closes the speaker by itself. Never blocks. */
void vav_chime_free (VavChime *self);

/* Of the sound itself, for its thread and for tests. at: in samples of 48 kHz from its beginning on; silence once it is over */
#define VAV_CHIME_LENGTH (48000 * 12 / 10)
void vav_chime_fill (gint16 *samples, gsize n, gsize at);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VavChime, vav_chime_free)

G_END_DECLS
