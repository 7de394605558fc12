/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * VavTestPicture:
 *
 * Draws a test picture into I420 frames: a calm ground whose hue comes from a seed (so that two people's pictures differ), a disc that
 * moves, the frame's number and the time of day in large digits, and a code: frame number (16 bit), CLOCK_MONOTONIC in tenths of a
 * millisecond (32 bit) and a checksum (8 bit) as two rows of 28 dark and bright squares, each 1/32 of the picture's width, so that it
 * survives scaling to 320 pixels and hard compression. Pure: no clock, no threads.
 */
typedef struct _VavTestPicture VavTestPicture;

VavTestPicture *vav_test_picture_new (int width, int height, const char *seed);
void vav_test_picture_free (VavTestPicture *self);
/* A box of fresh noise in every frame from now on, ± @grain around grey (0: none, at most 100): what a codec has to spend bits on, as on a
 * picture of people. 24 takes what it is given up to some megabits a second. */
void vav_test_picture_set_grain (VavTestPicture *self, int grain);

/* planes, strides: Y, U, V of a frame of the size given to new. mono_ns: CLOCK_MONOTONIC; day_ms: milliseconds since midnight */
void vav_test_picture_draw (VavTestPicture *self, guint8 *const planes[3], const int strides[3], guint16 frame,
                            gint64 mono_ns, guint day_ms);

/* Reads the code out of a luma plane of any size and of the same shape. Returns: %FALSE if there is none (or it did not survive) */
gboolean vav_test_picture_read (const guint8 *luma, int stride, int width, int height, guint16 *frame, guint32 *tenths);
/* How long ago that was, in milliseconds, by the clock's @now_ns (the counter wraps after 119 hours); -1: not a time of this computer. */
double vav_test_picture_age (guint32 tenths, gint64 now_ns);

/* Writes @n samples (48 kHz, mono) of a sine at about -20 dBFS; @phase goes on from call to call. */
void vav_test_tone_fill (gint16 *samples, guint n, double frequency, double *phase);
/* Hertz, between 300 and 1000, from the same seed as the picture. */
double vav_test_tone_frequency (const char *seed);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VavTestPicture, vav_test_picture_free)

G_END_DECLS
