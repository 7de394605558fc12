/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "net/core/vav-outlet.h"
#include "net/media/vav-playback.h"

G_BEGIN_DECLS

/* Plays what comes out of an outlet (16-bit, 48 kHz, mono) on the speaker that the person chose, and changes over in the middle when they
 * choose another or when it goes away. Keeps a cushion of sound, so that it goes
 * evenly however unevenly it came: as much silence as sounds may be late goes before the first one, and what gathers beyond that (the two
 * clocks are never the same) is left out. Opens the speaker on a thread of its own; no speaker is no error, and then nobody hears. */
typedef struct _VavSpeaker VavSpeaker;

/* Main thread. latency_ms: how late sounds may come */
VavSpeaker *vav_speaker_new (VavPlayback *playback, VavOutlet *outlet, guint latency_ms);
/* Main thread. */
void vav_speaker_set_latency (VavSpeaker *self, guint latency_ms);
/* For VavPlayback, any thread. */
void vav_speaker_set_gain (VavSpeaker *self, double gain);
void vav_speaker_look_again (VavSpeaker *self);
/* Nothing is played any more; not yet closed. Any thread but the outlet's. */
void vav_speaker_stop (VavSpeaker *self);
/* Waits until the speaker is closed: not on the main thread. While the servers are asked what speakers there are it does not wait: one that hangs
 * would hold up the end of a call. */
void vav_speaker_free (VavSpeaker *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VavSpeaker, vav_speaker_free)

G_END_DECLS
