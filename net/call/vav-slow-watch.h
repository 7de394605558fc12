/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "net/core/vav-types.h"

G_BEGIN_DECLS

/**
 * VavSlowWatch:
 *
 * What of a slow path a person is told: not each hitch, and no words that come and go. That the picture is reduced is said when it has been so for four seconds, in
 * which a call that begins finds its rate, and taken back when it has been as it should for five. A picture that pauses is told at once, as it stands still, and so is
 * that it goes on. Pure; the fields are its own. All zero: at the beginning.
 */
typedef struct
{
  VavSlow told;
  VavSlow other;   /* what it has been since, if that is not what is told */
  gint64 since_us; /* 0: it is what is told */
} VavSlowWatch;

/* now: what the rate control says at that time (monotonic, µs; any number of times a second). Returns: what is told from now on */
VavSlow vav_slow_watch_follow (VavSlowWatch *self, VavSlow now, gint64 time_us);

G_END_DECLS
