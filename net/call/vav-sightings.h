/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "net/call/vav-people.h"

G_BEGIN_DECLS

/**
 * VavSightings:
 *
 * From where people said hello lately, while the program runs: whoever of them is one of ours is let in first when a crowd is at the door. That they are is
 * asked when it matters, as somebody may become one of ours in the very call that they came for, or be blocked after it.
 *
 * A source is what vav_listener_dup_source() makes of an address. All functions are for the main thread.
 */
typedef struct _VavSightings VavSightings;

#define VAV_SIGHTINGS_MAX_OURS 256
#define VAV_SIGHTINGS_MAX_OTHERS 64 /* however many of these come, none of ours is forgotten for them */

VavSightings *vav_sightings_new (VavPeople *people);
void vav_sightings_free (VavSightings *self);

/* Somebody said hello from there. */
void vav_sightings_note (VavSightings *self, const char *source, const char *id);
/* Whether one of our people did. */
gboolean vav_sightings_knows (VavSightings *self, const char *source);

G_END_DECLS
