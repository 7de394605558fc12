/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* When pictures are shown. As they come, where they come evenly. Where packets come late or had to be repaired, a picture stands still and then
 * several come in a heap: there each is shown a little later than its time, as much as nearly all of them are late, and they move evenly again. When
 * more of that delay is needed or less, pictures follow each other a little slower or faster than they were taken until it is there: none is left
 * out, and none stands still for it. Any thread. */
typedef struct _VavPlayout VavPlayout;

VavPlayout *vav_playout_new (void);
void vav_playout_free (VavPlayout *self);

/* A picture has come whole. Both in µs: now, and its own time as the jitter buffer tells it. Not after anything that waits for when the one before it is
 * shown: that would look as if it had come late. */
void vav_playout_add (VavPlayout *self, gint64 now_us, gint64 time_us);
/* A picture is ready to be shown. Returns: when it is, on the clock of now; now: at once */
gint64 vav_playout_show (VavPlayout *self, gint64 now_us, gint64 time_us);
/* Once a second. uneven_ms: how late pictures can be by the network's doing, 0 where all comes evenly: no delay is longer, since what a busy
 * computer adds no delay makes better. lossy: packets are lost again and again, and what is rare now comes back: it counts for longer than a queue
 * does. Returns: how long pictures are kept back, in ms; 0: not at all */
guint vav_playout_follow (VavPlayout *self, double uneven_ms, gboolean lossy);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VavPlayout, vav_playout_free)

G_END_DECLS
