/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "net/signal/vav-avahi.h"
#include "net/signal/vav-nearby.h"

G_BEGIN_DECLS

/* What the endpoint does with its VavNearby. */

typedef gboolean (*VavNearbyFilter) (const char *id, gpointer user_data); /* whether that person is listed */

VavNearby *vav_nearby_new (VavAvahi *avahi, VavNearbyFilter filter, gpointer user_data);
void vav_nearby_review (VavNearby *self); /* the filter has changed */
void vav_nearby_stop (VavNearby *self);   /* for good: the filter is not asked again */

/* vav-nearby-person.c */
VavNearbyPerson *vav_nearby_person_new (const char *id);
void vav_nearby_person_set (VavNearbyPerson *self, const char *name, const char *const *addresses);

G_END_DECLS
