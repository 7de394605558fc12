/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "net/call/vav-endpoint.h"
#include "net/core/vav-address.h"

G_BEGIN_DECLS

/**
 * VavErrand:
 *
 * Carries the last words of a call to the other side, where there was no connection when they were said: dials for up to 30 s, which is as long as the other side
 * waits for somebody to come back, says `resume`, and lets VavLastWords say the rest. The endpoint's close waits for it, for as long as that may take.
 * Main-context object, owned by the words that it carries.
 */
typedef struct _VavErrand VavErrand;

/* call: its id. heard: the number of the last message from there. place, others (nullable): see VavDialPlaces; the place has their id. name (nullable): ours. */
VavErrand *vav_errand_new (VavEndpoint *endpoint, const char *call, guint64 heard, const VavAddress *place,
                           const char *const *others, const char *name);
void vav_errand_free (VavErrand *self); /* gives it up */

G_END_DECLS
