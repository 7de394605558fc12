/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* When pictures are shown. As they come, where they come evenly. Where packets come late or had to be repaired, a picture stands still and then
 * several come in a heap: there each is shown a little later than its time, as much as nearly all of them are late, and they move evenly again. The
 * delay goes up at once and down slowly, to nothing. Any thread. */
typedef struct _VavPlayout VavPlayout;

#define VAV_PLAYOUT_MAX_MS 300

VavPlayout *vav_playout_new (void);
void vav_playout_free (VavPlayout *self);

/* A picture is ready. Both in µs: now, and its own time as the jitter buffer tells it */
void vav_playout_add (VavPlayout *self, gint64 now_us, gint64 time_us);
/* Once a second. uneven_ms: how late pictures can be by the network's doing, 0 where all comes evenly: no delay is longer, since what a busy
 * computer adds no delay makes better. Returns: how long pictures are kept back, in ms; 0: not at all. offset_ms: (out): when a picture is shown,
 * counted from its time */
guint vav_playout_follow (VavPlayout *self, double uneven_ms, double *offset_ms);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VavPlayout, vav_playout_free)

G_END_DECLS
