/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/video/video.h>

G_BEGIN_DECLS

/* How much a test picture that came over a line is like the one that was sent, which is drawn again from its number and its time. */

typedef struct _Likeness Likeness;

/* What the bench's pictures hold for a codec to spend bits on; see vav_test_picture_set_grain(). */
#define LIKENESS_GRAIN 24

Likeness *likeness_new (int width, int height);
void likeness_free (Likeness *self);

/* The luma's peak signal-to-noise ratio in dB, at most LIKENESS_BEST, over every second row and without the clock, whose time of day the code does not
 * tell exactly. A picture of another size is scaled to the original's. */
#define LIKENESS_BEST 99.0
double likeness_measure (Likeness *self, const GstVideoFrame *frame, guint16 number, gint64 mono_ns, guint day_ms);

G_END_DECLS
