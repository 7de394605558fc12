/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "net/signal/vav-avahi.h"

G_BEGIN_DECLS

/**
 * VavAnnouncement:
 *
 * Tells everybody in the local network that this user can be called here: name, id, port. Whoever reads it may know that the person is there; so it is made only for
 * somebody who agreed. A name that somebody else has gets a number.
 */
typedef struct _VavAnnouncement VavAnnouncement;

VavAnnouncement *vav_announcement_new (VavAvahi *avahi, const char *id);
void vav_announcement_free (VavAnnouncement *self);

/* port 0: withdrawn. interface, protocol: VAV_AVAHI_ANY, or what the port can be reached by */
void vav_announcement_set (VavAnnouncement *self, const char *name, guint16 port, int interface, int protocol);

const char *vav_announcement_get_name (
    VavAnnouncement *self); /* (nullable): the name that the network agreed to; NULL: not announced (yet) */

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VavAnnouncement, vav_announcement_free)

G_END_DECLS
