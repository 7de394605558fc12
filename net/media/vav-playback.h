/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "net/core/vav-outlet.h"

G_BEGIN_DECLS

typedef struct _VavSpeaker VavSpeaker;

/* What all speakers of one user have in common: on which device, how loud, and what was played, to which echo cancellation listens.
 * Reference counted. Any thread. */
typedef struct _VavPlayback VavPlayback;

VavPlayback *vav_playback_new (void);
VavPlayback *vav_playback_ref (VavPlayback *self);
void vav_playback_unref (VavPlayback *self);

/* gain: factor of the amplitude */
void vav_playback_set_gain (VavPlayback *self, double gain);
double vav_playback_get_gain (VavPlayback *self);
/* name: (nullable): the default one. Speakers that play change over. */
void vav_playback_set_device (VavPlayback *self, const char *name);
char *vav_playback_dup_device (VavPlayback *self);
/* Other devices are there than before: every speaker looks again. */
void vav_playback_look_again (VavPlayback *self);

/* For speakers, from when they are made until they are freed. */
void vav_playback_add (VavPlayback *self, VavSpeaker *speaker);
void vav_playback_remove (VavPlayback *self, VavSpeaker *speaker);

/* Sound (16 bit, 48 kHz, mono) as it goes to the device; the time stamps tell when it is heard. Of several speakers at a time it is the
 * oldest one's. */
VavOutlet *vav_playback_get_played (VavPlayback *self);
/* sample: a GstSample, borrowed. For speakers. */
void vav_playback_push (VavPlayback *self, VavSpeaker *speaker, gpointer sample);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VavPlayback, vav_playback_unref)

G_END_DECLS
