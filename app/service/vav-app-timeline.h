/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "net/visavis.h"

G_BEGIN_DECLS

/* --timeline: tells on stderr where the time goes, one table a call and one for the start of the window. Nothing of it without
 * vav_timeline_enable(). */

/* Each call of the endpoint, a second or two after its first picture, or when it has ended. */
void vav_app_timeline_watch (VavEndpoint *endpoint);

/* The start of this process, by what the kernel noted (in hundredths of a second), and that it is in main() now. */
void vav_app_timeline_begin (void);
void vav_app_timeline_mark (VavStep step);
/* The start is over: its table. */
void vav_app_timeline_end (void);

G_END_DECLS
