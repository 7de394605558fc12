/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

#include "net/signal/vav-topics.h"

G_BEGIN_DECLS

/**
 * What presence says, byte by byte; pure. See vav-presence.h for who says it when. Private to signal.
 *
 * A **sitting** is one stretch of being there: the name of a topic, when it began, how long a step is, and the end of a chain of digests,
 * SHA-256 (name ‖ SHA-256 (name ‖ … secret)). It is told to each person under a seal of their own (AES-256-GCM; the topic is authenticated with it).
 *
 * A **beat** is, in the topic so named, a step's number and the link of the chain that is so many digests from the end. Who was told of the sitting can check it;
 * only who has the secret can make it, also not another reader together with the broker; and it says when it was made. So a beat that a broker kept is old, and one
 * that it invents is none.
 */
#define VAV_PRESENCE_LINK 32
#define VAV_PRESENCE_MAX_STEPS 150
#define VAV_PRESENCE_MAX_STEP_S 600
#define VAV_PRESENCE_SEALED (12 + 77 + 16)
#define VAV_PRESENCE_BEAT (2 + VAV_PRESENCE_LINK)

typedef struct
{
  char name[VAV_TOPIC_NAME_LENGTH + 1]; /* of the topic of its beats: vav_topic_presence() */
  gint64 began;                         /* Unix seconds: the time of beat 0 */
  guint16 step;                         /* seconds from beat to beat */
  guint16 steps;                        /* how many there can be after beat 0 */
  guint8 end[VAV_PRESENCE_LINK];
} VavSitting;

/* began: the time of beat 0; secret (out): VAV_PRESENCE_LINK bytes. */
void vav_sitting_begin (VavSitting *self, const char *name, gint64 began, guint step, guint8 *secret);

/* sealed: VAV_PRESENCE_SEALED bytes. FALSE from open: not sealed with that key for that topic, or nonsense inside. */
void vav_sitting_seal (const VavSitting *self, const guint8 *key, const char *topic, guint8 *sealed);
gboolean vav_sitting_open (VavSitting *self, const guint8 *key, const char *topic, const guint8 *sealed, gsize length);

/* beat: VAV_PRESENCE_BEAT bytes. number: at most self->steps. */
void vav_sitting_make_beat (const VavSitting *self, const guint8 *secret, guint number, guint8 *beat);

/* Until when (Unix seconds, exclusive) somebody is there, going by that beat: half a step after the next one is due. Clocks may differ by as much. 0: it is no beat
 * of this sitting, it is too old, or from a future that is further away than that. */
gint64 vav_sitting_judge (const VavSitting *self, const guint8 *beat, gsize length, gint64 now);

G_END_DECLS
