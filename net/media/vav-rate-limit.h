/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* How much sound and picture of one direction may be together: bit/s as the network counts them, headers and all; 0: there is no limit. Pure functions, which
 * take any number: half of them come from the other side. */

/* Below this a picture is none. */
#define VAV_MIN_PICTURE_BITRATE 50000

/* The tighter of the two. */
guint vav_rate_limit_join (guint one, guint other);
/* What the picture's encoder may give when the sound has its share, at least VAV_MIN_PICTURE_BITRATE; 0: there is no limit. */
guint vav_rate_limit_get_picture (guint limit);

G_END_DECLS
